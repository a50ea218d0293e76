"""Processes which make the same home at the same moment leave a whole one."""

from pathlib import Path

import dagster as dg
import pytest

from sparkify_assets.instance.home import open_instance
from sparkify_assets_tests import processes

pytestmark = pytest.mark.slow


@dg.asset
def any_asset() -> None:
    """Something to run."""


@pytest.mark.parametrize("trial", range(3))
def test_first_starts_at_once_leave_a_home_in_which_runs_work(
    trial: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = processes.CONTEXT.Barrier(3)
    started = [processes.start(processes.first_use, tmp_path / "home", together) for _ in range(3)]
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0, 0]
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    with open_instance() as instance:
        assert instance.schedule_storage
        for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
            version, newest = storage.alembic_version() or (None, None)
            assert version == newest is not None
        assert dg.materialize([any_asset], instance=instance).success
