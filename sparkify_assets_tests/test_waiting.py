"""Whoever waits for the database file is let in in the order in which they came."""

from collections.abc import Iterator
from functools import partial
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from sparkify_assets.errors import WarehouseBusy
from sparkify_assets.warehouse.duckdb.queue import Queue
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests import processes

pytestmark = pytest.mark.long

until = partial(processes.until, seconds=30)


class Visitors:
    """Processes which open the database one after another, each until it may end."""

    def __init__(self, folder: Path) -> None:
        self.database, self.log = folder / "star.duckdb", folder / "log"
        duckdb.connect(str(self.database)).close()
        self._processes: dict[str, tuple[ForkServerProcess, Event]] = {}

    def come(self, name: str, *, read_only: bool = False) -> ForkServerProcess:
        """It is in, or it waits; others come after it."""
        seen, may_end = {*self.waiting}, processes.CONTEXT.Event()
        process = processes.start(processes.hold, self.database, self.log, name, read_only, may_end)
        self._processes[name] = process, may_end
        until(lambda: name in self.let_in or not {*self.waiting} <= seen)
        return process

    def go(self, name: str) -> None:
        process, may_end = self._processes[name]
        may_end.set()
        process.join()

    @property
    def let_in(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []

    @property
    def waiting(self) -> list[Path]:
        return list(self.database.parent.glob("star.duckdb.waiting-*"))


@pytest.fixture
def visitors(tmp_path: Path) -> Iterator[Visitors]:
    found = Visitors(tmp_path)
    yield found
    for process, may_end in found._processes.values():
        may_end.set()
        process.kill()
        process.join()


def test_who_came_first_goes_first_and_readers_go_together(visitors: Visitors) -> None:
    visitors.come("holder")
    for name, read_only in (("writer", False), ("reader", True), ("other reader", True), ("last", False)):
        visitors.come(name.replace(" ", "-"), read_only=read_only)
    visitors.go("holder")
    until(lambda: visitors.let_in == ["holder", "writer"])
    visitors.go("writer")
    until(lambda: len(visitors.let_in) == 4)
    assert set(visitors.let_in[2:]) == {"reader", "other-reader"}
    visitors.go("reader")
    visitors.go("other-reader")
    until(lambda: visitors.let_in[4:] == ["last"])
    assert visitors.waiting == []


def test_who_comes_later_does_not_pass_a_writer_which_waits_for_readers(visitors: Visitors) -> None:
    visitors.come("reader", read_only=True)
    visitors.come("writer")
    visitors.come("late-reader", read_only=True)
    visitors.go("reader")
    until(lambda: visitors.let_in == ["reader", "writer"])
    visitors.go("writer")
    until(lambda: visitors.let_in[2:] == ["late-reader"])


def test_nobody_waits_for_one_which_was_killed_while_it_waited(visitors: Visitors) -> None:
    visitors.come("holder")
    killed = visitors.come("killed")
    killed.kill()
    killed.join()
    visitors.come("next")
    visitors.go("holder")
    until(lambda: visitors.let_in == ["holder", "next"])
    assert visitors.waiting == []


def test_the_message_says_who_holds_the_database_and_what_it_runs(visitors: Visitors) -> None:
    holder = visitors.come("holder")
    visitors.come("waiting")
    with pytest.raises(WarehouseBusy) as refused:
        DuckDBWarehouse(path=str(visitors.database), wait_seconds=0).fetch("select 1")
    command = Path(f"/proc/{holder.pid}/cmdline").read_text().split("\0")[0]
    assert f"is held by process {holder.pid} ({command} " in str(refused.value)
    assert "Waited 0 s behind 1 which came first. Wait for that run, or stop it." in str(refused.value)


def test_where_nobody_may_write_a_reader_waits_without_a_place() -> None:
    with Queue(Path("/proc/star.duckdb"), read_only=True) as queue:
        queue.enter()
        assert queue.ahead() == []
