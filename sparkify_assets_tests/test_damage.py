"""Files break: the Dagster instance and the database are named, set aside and begun anew, and no row is lost."""

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from sparkify_assets.cli.repair import repair
from sparkify_assets.errors import InstanceError, SettingsError
from sparkify_assets.instance.home import examine_instance, open_instance
from sparkify_assets_tests.cli import invoke, rows, set_up, small_lake
from sparkify_assets_tests.test_lake_changes import Watch
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake

pytestmark = pytest.mark.slow

STAGING = ("run", "--select", '+key:"staging_events" or +key:"staging_songs"')
RUNS, INDEX, SCHEDULES = "dagster/history/runs.db", "dagster/history/runs/index.db", "dagster/schedules/schedules.db"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after a run of what the lake holds."""
    folder = tmp_path_factory.mktemp("built")
    small_lake(folder)
    with pytest.MonkeyPatch.context() as patch:
        set_up(folder, patch)
        done = invoke(*STAGING)
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def home(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it."""
    folder = shutil.copytree(built, tmp_path / "home")
    set_up(folder, monkeypatch)
    return folder


def no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def the_first_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def of_two_first_starts(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("insert into alembic_version values ('7e2f3204cf8e')")


FAULTS: dict[Callable[[Path], None], str] = {
    no_database: "no whole SQLite file",
    a_folder: "is a folder",
    the_first_half: "",
    of_two_first_starts: "two processes",
}


@pytest.mark.parametrize("name", [RUNS, INDEX, SCHEDULES])
@pytest.mark.parametrize("damage", FAULTS)
def test_a_damaged_file_of_the_instance_is_named(home: Path, damage: Callable[[Path], None], name: str) -> None:
    path = home / "dagster" / name
    damage(path)
    for use in (open_instance, closing_nothing):
        with pytest.raises(InstanceError) as refused, use():
            pass
        assert f"is damaged: {path} " in str(refused.value)
        assert FAULTS[damage] in str(refused.value)
        assert "The tables are untouched. `sparkify doctor --repair`" in str(refused.value)
        assert refused.value.damaged == (home / "dagster/dagster/history", home / "dagster/dagster/schedules")


@contextmanager
def closing_nothing() -> Iterator[None]:
    examine_instance()
    yield


def test_a_damaged_instance_is_set_aside_and_nothing_is_loaded_again(home: Path) -> None:
    before = rows(home, "from lake_files")
    no_database(home / "dagster" / INDEX)
    for command in (STAGING, ("checks",), ("doctor",), ("doctor", "--repair")):
        told = invoke(*command, answer="n\n")
        assert told.exit_code == 1
        assert f"{home / 'dagster' / INDEX} is no whole SQLite file" in told.output
    repaired = invoke("doctor", "--repair", answer="y\n")
    assert repaired.exit_code == 0, repaired.output
    (aside,) = (home / "dagster/dagster").glob("history.*")
    assert (aside / "runs/index.db").read_bytes().startswith(b"no database")
    assert f"{home}/dagster/dagster/history is {aside} now." in repaired.output
    assert rows(home, "from lake_files") == before
    assert invoke("checks").exit_code == 2
    with open_instance() as instance:
        watch = Watch(Platform(SmallLake(home / "lake"), home / "warehouse.duckdb", instance, last_day=FIRST))
        assert [watch.requests() for _ in range(3)] == [[], [], []]
        watch.platform.change(f"update lake_files set version = 'x' where log_date = '{FIRST}'")
        watch.cursor = None
        assert [watch.requests() for _ in range(2)] == [[], [(FIRST, FIRST)]]


CONFIGS = {b"": "it is empty", b" \n": "it is empty", b"{{": "", b"\xff\xfea": "", None: "Is a directory"}


@pytest.mark.parametrize("text", CONFIGS)
def test_a_damaged_configuration_is_named_and_set_aside(home: Path, text: bytes | None) -> None:
    config = home / "dagster/dagster.yaml"
    config.unlink()
    config.mkdir() if text is None else config.write_bytes(text)
    with pytest.raises(SettingsError) as refused, open_instance():
        pass
    assert str(refused.value).startswith(f"{config} does not describe a Dagster instance: ")
    assert CONFIGS[text] in str(refused.value)
    assert "The tables are untouched." in str(refused.value)
    assert repair(refused.value, ask=False)
    with open_instance() as instance:
        assert instance.get_runs_count() == 1


def test_a_database_of_another_version_of_dagster_is_named(home: Path) -> None:
    path = home / "dagster" / RUNS
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update alembic_version set version_num = 'f00000000001'")
    with pytest.raises(InstanceError, match=f"{path} was written by another version of Dagster .revision f00000000001"):
        examine_instance()


@pytest.mark.parametrize("name", [RUNS, INDEX, SCHEDULES])
def test_an_empty_file_is_made_anew(home: Path, name: str) -> None:
    path = home / "dagster" / name
    path.write_bytes(b"")
    assert examine_instance() == f"{home}/dagster"
    with open_instance() as instance:
        assert instance.get_runs_count() == (0 if name == RUNS else 1)
        assert bool(instance.all_asset_keys()) == (name != INDEX)
    assert path.stat().st_size > 0


def in_a_child(prepare: Callable[[], None], *command: str) -> str:
    """What a command prints in a process which was prepared for it; it has to end with 1."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            prepare()
            done = invoke(*command)
            os.write(writer, f"{done.exit_code}\n{done.output}".encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        output = pipe.read().decode()
    os.waitpid(child, 0)
    assert output.startswith("1\n"), output
    assert "Traceback" not in output
    return output


def somebody_else() -> None:
    """Root may write everything."""
    if os.getuid() == 0:
        os.setuid(65534)


@pytest.fixture
def public(home: Path) -> Iterator[Path]:
    """The home where every user finds it."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        shutil.copytree(home, Path(folder) / "home")
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        set_up(Path(folder) / "home", patch)
        yield Path(folder) / "home"


@pytest.mark.parametrize("name", [RUNS, INDEX, SCHEDULES])
def test_a_file_which_may_not_be_written_is_named(public: Path, name: str) -> None:
    path = public / "dagster" / name
    path.chmod(0o444)
    for command in (("doctor",), ("checks",)) if name == INDEX else (("checks",),):
        told = in_a_child(somebody_else, *command)
        assert f"This user may not write to {path}, which is part of the Dagster instance." in told
        assert "The tables are untouched. Give the right, or set DAGSTER_HOME" in told


def test_a_full_disk_under_the_instance_is_named(home: Path) -> None:
    full = (home / "dagster" / INDEX).stat().st_size // 2
    told = in_a_child(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (full, full)), *STAGING)
    assert f"The Dagster instance in {home}/dagster could not be read or written" in told
    assert "Is the disk full? Free some space, or set DAGSTER_HOME" in told
    assert "✓ Dagster instance" in invoke("doctor").output


# The database


def a_damaged_block(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(12_288 + 100)
        file.write(os.urandom(1000))


def another_log(path: Path) -> None:
    """What a killed process leaves beside another database."""
    other = path.with_name("other.duckdb")
    if (child := os.fork()) == 0:
        connection = duckdb.connect(str(other))
        connection.execute("create table other as select 1 as one")
        connection.execute("checkpoint")
        connection.execute("insert into other values (2)")
        os._exit(0)
    os.waitpid(child, 0)
    Path(f"{other}.wal").rename(f"{path}.wal")


def of_sqlite(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table other (one int)")


DATABASE_FAULTS = (no_database, of_sqlite, a_folder, the_first_half, a_damaged_block, another_log)


@pytest.mark.parametrize("damage", DATABASE_FAULTS)
def test_a_damaged_database_is_named_and_set_aside(home: Path, damage: Callable[[Path], None]) -> None:
    path = home / "warehouse.duckdb"
    damage(path)
    told = invoke("doctor")
    assert (told.exit_code, f"✗ warehouse: The database file {path} is damaged" in told.output) == (1, True), (
        told.output
    )
    repaired = invoke("doctor", "--repair", "--yes")
    assert repaired.exit_code == 0
    (aside,) = (one for one in home.glob("warehouse.duckdb.*") if one.suffix != ".wal")
    assert f"{path} is {aside} now." in repaired.output
    assert not path.exists()
    assert not path.with_name(f"{path.name}.wal").exists()


def test_a_run_on_a_damaged_database_says_the_way_out_and_then_builds_it(home: Path) -> None:
    no_database(home / "warehouse.duckdb")
    for command in (STAGING, ("query", "select 1")):
        told = invoke(*command)
        assert told.exit_code == 1
        assert "is damaged: it is no DuckDB database." in told.output
        assert "`sparkify doctor --repair`, then `sparkify run`" in told.output
    assert invoke("doctor", "--repair", "--yes").exit_code == 0
    assert invoke(*STAGING).exit_code == 0
    assert rows(home, "select count(*) from staging_events") == [(2,)]


def test_too_little_memory_names_its_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_DUCKDB_MEMORY_LIMIT", "1MB")
    told = invoke("query", "select listagg(cast(range as varchar), ',') from range(3000000)")
    assert told.exit_code == 1
    assert "Give it more by SPARKIFY_DUCKDB_MEMORY_LIMIT" in told.output
