"""A run whose process is gone is ended by the next run or by the sensor, and started once more."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from socket import gethostname
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner

from sparkify_assets.cli.main import main
from sparkify_assets.definitions import build_definitions
from sparkify_assets.instance.dead_runs import end_dead_runs
from sparkify_assets.instance.home import open_instance
from sparkify_assets.settings import Settings, load_settings
from sparkify_assets_tests import processes
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.webhooks import Webhook, webhook
from sparkify_assets_tests.workbench import SmallLake

pytestmark = pytest.mark.slow

JOB = "sparkify_etl"
FAILURE, STARTED, SUCCESS = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dg.DagsterInstance]]:
    """One home; to make it costs a second."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        with open_instance() as instance:
            yield home, instance


@pytest.fixture
def home(made: tuple[Path, dg.DagsterInstance], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(made[0]))
    return made[0]


@pytest.fixture
def instance(made: tuple[Path, dg.DagsterInstance]) -> Iterator[dg.DagsterInstance]:
    yield made[1]
    for run in made[1].get_runs():
        made[1].delete_run(run.run_id)
    for note in notes(made[0]):
        note.unlink()


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as found:
        yield found


def killed_run(home: Path, instance: dg.DagsterInstance, job_name: str = JOB) -> dg.DagsterRun:
    """A run of the command line of two days and one asset, which was killed at work."""
    process = processes.start(processes.run_and_die, home, job_name)
    process.join()
    assert process.exitcode == -9
    (run,) = instance.get_runs(dg.RunsFilter(job_name=job_name))
    assert run.status == STARTED
    return run


def read(home: Path) -> dict[str, Any]:
    """What the one run which has not ended says of its process."""
    (note,) = notes(home)
    return dict(json.loads(note.read_text()))


def rewrite(home: Path, **changes: Any) -> None:
    (note,) = notes(home)
    note.write_text(json.dumps(read(home) | changes))


def notes(home: Path) -> list[Path]:
    return sorted((home / "dagster/history/processes").iterdir())


def ending(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """What the run says of its end."""
    (failed,) = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    return str(failed.get_dagster_event().message)


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    return instance.get_run_by_id(run.run_id).status  # type: ignore[union-attr]


def test_a_run_whose_process_is_gone_fails_and_says_so(home: Path, instance: dg.DagsterInstance) -> None:
    run = killed_run(home, instance)
    note = read(home)
    assert [ended.run_id for ended in end_dead_runs(instance, JOB)] == [run.run_id]
    assert status(instance, run) == FAILURE
    assert ending(instance, run) == (
        f"The process {note['pid']} on {gethostname()}, which began it at {note['started']}, is gone: it was killed, "
        "or the machine was restarted. While a daemon runs, it is started once more."
    )
    assert notes(home) == []
    assert end_dead_runs(instance, JOB) == []


def test_a_run_which_was_killed_before_its_status_said_so_is_ended_too(
    home: Path, instance: dg.DagsterInstance
) -> None:
    process = processes.start(processes.run_and_die_early, home)
    process.join()
    assert process.exitcode == -9
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.NOT_STARTED
    assert [ended.run_id for ended in end_dead_runs(instance, JOB)] == [run.run_id]
    assert status(instance, run) == FAILURE
    assert notes(home) == []


def test_a_run_whose_process_lives_is_left_alone(home: Path, instance: dg.DagsterInstance) -> None:
    may_end = processes.CONTEXT.Event()
    process = processes.start(processes.run_until, home, may_end)
    while not (running := instance.get_runs(dg.RunsFilter(statuses=[STARTED]))):
        assert process.is_alive()
    assert end_dead_runs(instance, JOB) == []
    may_end.set()
    process.join()
    assert status(instance, running[0]) == SUCCESS
    assert notes(home) == []


def test_a_run_of_another_host_is_left_alone(home: Path, instance: dg.DagsterInstance) -> None:
    run = killed_run(home, instance)
    rewrite(home, host="elsewhere")
    assert end_dead_runs(instance, JOB) == []
    assert status(instance, run) == STARTED


def test_another_process_with_the_same_number_is_not_the_one_which_is_gone(
    home: Path, instance: dg.DagsterInstance
) -> None:
    run = killed_run(home, instance)
    rewrite(home, pid=os.getpid())
    end_dead_runs(instance, JOB)
    assert status(instance, run) == FAILURE


def test_a_reset_whose_process_is_gone_is_ended_but_never_started_again(
    home: Path, instance: dg.DagsterInstance
) -> None:
    run = killed_run(home, instance, "reset_warehouse")
    end_dead_runs(instance, JOB)
    assert "started once more" not in ending(instance, run)
    assert ticks(home, instance) == [[]]


def test_the_sensor_starts_a_dead_run_once_more_and_tells_people(
    home: Path, instance: dg.DagsterInstance, hook: Webhook
) -> None:
    run = killed_run(home, instance)
    (request,), *later = ticks(home, instance, count=3, notify_webhook=hook.url)
    assert later == [[], []]
    assert request.run_key == run.run_id
    assert request.asset_selection == [dg.AssetKey("doomed")]
    assert request.tags["dagster/asset_partition_range_start"] == "2018-11-01"
    assert request.tags["dagster/asset_partition_range_end"] == "2018-11-02"
    # So that Dagster does not retry the retry.
    assert request.tags["dagster/max_retries"] == "0"
    (text,) = hook.texts
    assert text.startswith(f"Sparkify: {JOB} for 2018-11-01 to 2018-11-02 failed (run {run.run_id[:8]})\n")
    assert "is gone: it was killed" in text
    assert "Dagster retries it." not in text


def test_the_next_sparkify_run_ends_a_dead_one_and_the_sensor_retries_it(
    home: Path, instance: dg.DagsterInstance, hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = killed_run(home, instance)
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARKIFY_LAKE", str(lake.folder))
    monkeypatch.setenv("SPARKIFY_NOTIFY_WEBHOOK", hook.url)
    monkeypatch.setenv("COLUMNS", "1000")
    load_settings.cache_clear()
    done = CliRunner().invoke(main, ["run", "--from", "2018-11-01", "--to", "2018-11-01", "--select", "staging_songs"])
    assert done.exit_code == 0, done.output
    assert status(instance, run) == FAILURE
    assert "is gone: it was killed" in done.output
    (text,) = hook.texts
    assert text.startswith(f"Sparkify: {JOB} for 2018-11-01 to 2018-11-02 failed (run {run.run_id[:8]})\n")
    (request,), later = ticks(home, instance, count=2)
    assert (request.run_key, later) == (run.run_id, [])


def ticks(home: Path, instance: dg.DagsterInstance, count: int = 1, **changes: Any) -> list[list[dg.RunRequest]]:
    """What the sensor requests in each of so many ticks."""
    definitions = build_definitions(Settings(_env_file=None, **changes))
    sensor = definitions.resolve_sensor_def("end_dead_runs")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    found = []
    for _ in range(count):
        with dg.build_sensor_context(instance=instance, definitions=definitions) as context:
            evaluated = sensor(context)
            assert isinstance(evaluated, dg.SensorResult)
            found.append(list(evaluated.run_requests or []))
    return found
