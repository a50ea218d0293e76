"""The command `sparkify`: what it prints, and how it ends."""

import csv
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import dagster as dg
import duckdb
import pytest

from sparkify_assets.charts.page import drawing_script
from sparkify_assets.cli import main as main_module
from sparkify_assets.cli.days import days_to_build
from sparkify_assets.cli.main import COMMANDS, main
from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.home import open_instance
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.cli import STAR_ALONE, invoke, on_a_terminal, rows, set_up
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import event
from sparkify_assets_tests.processes import until
from sparkify_assets_tests.workbench import FIRST, SmallLake, tables_of


@pytest.fixture(scope="module")
def built(ran: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after its first run, whose instance these tests may use."""
    return Path(shutil.copytree(ran[0], tmp_path_factory.mktemp("cli") / "built"))


@pytest.fixture
def home(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lake and a warehouse; to make an instance anew for each test would cost a second."""
    shutil.copytree(built, tmp_path / "home", ignore=shutil.ignore_patterns("dagster"))
    set_up(tmp_path / "home", monkeypatch)
    # The instance of `built` names its own folder; runs of these tests may be kept there.
    monkeypatch.setenv("DAGSTER_HOME", str(built / "dagster"))
    return tmp_path / "home"


@pytest.fixture
def fresh(home: Path) -> Path:
    """The same before its first run."""
    (home / "warehouse.duckdb").unlink()
    return home


@pytest.mark.slow
def test_on_a_terminal_lines_are_printed_above_the_bar(fresh: Path) -> None:
    shown = on_a_terminal("run", "--select", '+key:"staging_events"')
    erased, bar = "\x1b[2K", "━"
    lines = [line.split(erased)[-1] for line in shown.split("\r\n") if "✓" in line]
    assert bar in shown
    assert len(lines) == 3, shown
    assert not [line for line in lines if bar in line]


# run


def test_a_run_prints_each_table_with_rows_and_checks_and_the_database(ran: tuple[Path, str]) -> None:
    folder, printed = ran
    table = {line.split()[0]: line.split()[1:3] for line in printed.split("Tables")[1].splitlines() if "/" in line}
    assert table["songplays"] == ["2", "12/12"]
    assert table["staging_events"] == ["2", "8/8"]
    assert "0 failed    Rejected records: 0" in printed
    assert f"Database: {folder / 'warehouse.duckdb'}    Lake: {folder / 'lake'}" in printed


@pytest.mark.slow
def test_a_run_of_the_days_of_options_builds_those(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2018-11-03")
    SmallLake(fresh / "lake").log("2018-11-02", event(sessionId=2))
    done = invoke("run", "--from", "2018-11-02", "--to", "2018-11-02", *STAR_ALONE)
    assert done.exit_code == 0
    assert rows(fresh, "select log_date::varchar, session_id from songplays") == [("2018-11-02", 2)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--from", "2018-10-31"],
            "--from 2018-10-31 is outside of the days 2018-11-01 to 2018-11-01. Set SPARKIFY_FIRST_DAY to 2018-10-31",
        ),
        (["--to", "2018-11-02"], "of the days 2018-11-01 to 2018-11-01. Set SPARKIFY_LAST_DAY to 2018-11-02 or after."),
        (["--from", "2018-11-02"], "--from 2018-11-02 is outside of the days 2018-11-01 to 2018-11-01. Set SPARKIFY_"),
        (["--to", "9999-12-31"], "A day is built once it has ended, in UTC: the last one is "),
        (["--from", "2018-11-02", "--to", "2018-11-01"], "--from 2018-11-02 is after --to 2018-11-01; swap them"),
        (["--select", "unknown"], "--select 'unknown' is not understood"),
        (["--select", "+group:("], "--select '+group:(' is not understood"),
        (
            ["--select", "event_logs"],
            "--select 'event_logs' matches nothing that can be built. Assets: active_listeners, ",
        ),
        (["--select", 'group:"nothing"'], "matches nothing that can be built. Assets: active_listeners, "),
    ],
)
def test_options_which_make_no_sense_end_with_1_and_a_hint(fresh: Path, options: list[str], message: str) -> None:
    refused = invoke("run", *options)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: ")
    assert message in refused.stderr
    assert not (fresh / "warehouse.duckdb").exists()


def test_a_day_which_is_none_is_a_mistake_in_the_command(fresh: Path) -> None:
    refused = invoke("run", "--from", "yesterday")
    assert refused.exit_code == 2
    assert "'yesterday' does not match the format" in refused.output


@pytest.mark.slow
def test_a_selection_with_all_before_it_builds_on_a_fresh_database(fresh: Path) -> None:
    assert invoke("run", *STAR_ALONE).exit_code == 0
    assert rows(fresh, "select count(*) from songplays") == [(2,)]


def test_a_selection_without_what_it_needs_is_stopped_by_its_check(fresh: Path) -> None:
    stopped = invoke("run", "--select", "songplays")
    assert stopped.exit_code == 1
    assert "! row_count: the table is empty: are there log files for these days in the lake?" in stopped.output
    assert "The run was stopped." in stopped.output


# The script which draws the charts of the report, made while the tables are. These runs are stopped before a page.


@pytest.fixture
def no_pages(fresh: Path) -> Path:
    """A folder without a warehouse and without pages; where they will be."""
    shutil.rmtree(fresh / "data" / "reports")
    return fresh / "data" / "reports"


def scripts(folder: Path) -> list[Path]:
    return list(folder.glob(".vega-*.js"))


def test_a_run_of_the_report_begins_its_script_before_the_report(no_pages: Path) -> None:
    stopped = invoke("run", "--select", 'key:"songplays"+')
    assert "The run was stopped." in stopped.output
    until(lambda: scripts(no_pages), seconds=60)
    assert not list(no_pages.glob("listening_report.html"))


def test_a_run_without_the_report_begins_no_script(no_pages: Path, tmp_path: Path) -> None:
    assert "The run was stopped." in invoke("run", "--select", "songplays").output
    drawing_script(tmp_path / "another")  # made after one which was begun
    assert not scripts(no_pages)


@pytest.mark.slow
def test_a_run_whose_pages_are_in_s3_begins_no_script(
    no_pages: Path, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARKIFY_REPORT_FOLDER", f"s3://{BUCKET}/pages")
    assert "The run was stopped." in invoke("run", "--select", 'key:"songplays"+').output
    drawing_script(tmp_path / "another")
    assert not scripts(no_pages)
    assert scripts(tmp_path / "another")


def test_a_setting_which_the_graph_needs_is_named_without_a_traceback(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARKIFY_WAREHOUSE", "redshift")
    monkeypatch.setenv("SPARKIFY_LAKE", "s3://bucket/lake")
    for command in (["run"], ["checks"], ["reset", "--yes"]):
        failed = invoke(*command)
        assert failed.exit_code == 1
        assert failed.output.startswith("Error: Say in one way how to log in to Redshift, but none is set.")


def steps_of(output: str) -> list[str]:
    return [line.split()[1] for line in output.splitlines() if line.startswith("✓")]


def test_a_selection_is_built_alone(home: Path) -> None:
    done = invoke("run", "--select", "top_songs")
    assert done.exit_code == 0
    assert steps_of(done.output) == ["top_songs", "quality_dashboard"]


def test_one_table_of_the_star_builds_all_five(home: Path) -> None:
    done = invoke("run", "--select", "songs")
    assert done.exit_code == 0
    assert steps_of(done.output) == ["star", "quality_dashboard"]
    assert all(f"    {table} " in done.output for table in tables_of("star"))


def test_a_broken_key_ends_with_1_and_names_the_row(home: Path) -> None:
    with duckdb.connect("warehouse.duckdb") as connection:
        connection.execute("insert into artists from artists")
    stopped = invoke("run", "--select", "artists")
    assert stopped.exit_code == 1
    assert "broke the rule 'artist_id is unique' in 1 places" in stopped.output
    assert "artist_id=AR1, copies=2" in stopped.output
    assert "1 failed" in stopped.output


def test_rejects_are_counted_and_printed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_MAX_REJECT_SHARE", "0.5")
    SmallLake(home / "lake").log(FIRST, event(auth="[/b]\x1b[2J"), b"[1]")
    done = invoke("run")
    assert done.exit_code == 0
    assert "! no_rejects: 1 break the rule, first: table_name=staging_events" in done.output
    assert "Rejected records: 1" in done.output
    for shown in (done, invoke("checks"), invoke("checks", "--json")):
        assert "\x1b" not in shown.output
        assert r"[/b]\x1b[2J" in shown.output.replace(r"\\x1b", r"\x1b")


def test_of_very_many_days_those_with_data_are_built(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_FIRST_DAY", "2000-01-01")
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "")
    begin = time.monotonic()
    done = invoke("run", "--select", '+key:"staging_events"')
    assert done.exit_code == 0
    assert "Rejected records" not in done.output  # they are counted by a table which is not selected
    assert f"There are log files for {FIRST} to {FIRST}; the other days to build have none." in done.output
    assert time.monotonic() - begin < 30
    (home / "lake/log_data/2018/11" / f"{FIRST}-events.json").rename(
        home / "lake/log_data/2018/11/2018-11-03-events.json"
    )
    assert days_to_build(load_settings(), None, None) == (date(2018, 11, 1), date(2018, 11, 3))


# Folders


def test_folders_which_cannot_be_written_are_named_with_their_settings(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh / "file").touch()
    for name in ("SPARKIFY_DUCKDB_PATH", "SPARKIFY_REPORT_FOLDER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, str(fresh / "file" / "below"))
    refused = invoke("run")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.removeprefix("Error: ").splitlines() == [
        f"This user may not write to {fresh}/file, which is no folder. Set {name} to another folder."
        for name in ("SPARKIFY_REPORT_FOLDER", "DAGSTER_HOME", "SPARKIFY_DUCKDB_PATH")
    ]
    told = invoke("doctor").stdout
    assert all(f"✗ {name}: This user may not write" in told for name in ("disk", "reports", "Dagster instance"))
    assert invoke("checks").exit_code == 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody may make a file")
def test_a_working_folder_in_which_nobody_may_write_does_when_all_lies_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARKIFY_REPORT_FOLDER", str(home / "reports"))
    monkeypatch.chdir("/proc")
    assert invoke("run", "--select", "top_songs").exit_code == 0
    assert invoke("checks").exit_code in (0, 1)
    assert invoke("doctor").exit_code == 0


def test_the_home_of_dagster_holds_the_whole_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "~/home")
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        with open_instance() as instance:
            instance.create_run_for_job(dg.JobDefinition(name="job", graph_def=dg.GraphDefinition(name="job")))
            runs.append(instance.get_runs_count())
        assert [*(tmp_path / name).iterdir()] == []
    assert runs == [1, 2]
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"dagster.yaml", "dagster"}


def test_a_configuration_which_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    for text in (b"{{", b"storages: 1", b"[1]", b"\xff\xfea"):
        (tmp_path / "dagster.yaml").write_bytes(text)
        match = r"dagster.yaml does not describe a Dagster instance: "
        with pytest.raises(SettingsError, match=match), open_instance():
            pass


def test_too_many_rejects_end_with_1_and_the_first_lines(home: Path) -> None:
    SmallLake(home / "lake").log(FIRST, event(), b"[1]")
    stopped = invoke("run")
    assert stopped.exit_code == 1
    assert "log_data/2018/11/2018-11-01-events.json line 2: not a JSON object" in stopped.output
    assert rows(home, "select count(*) from staging_events") == [(2,)]


LAKE_PROBLEMS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no lake": (shutil.rmtree, "lacks the folder log_data/. Set SPARKIFY_LAKE to a folder or s3://"),
    "no logs": (
        lambda lake: shutil.rmtree(lake / "log_data"), "lacks the folder log_data/. Set SPARKIFY_LAKE to a folder"
    ),
    "no songs": (
        lambda lake: shutil.rmtree(lake / "song_data"), "lacks the folder song_data/. Set SPARKIFY_LAKE to a folder"
    ),
    "no song file": (
        lambda lake: (lake / "song_data/A.json").unlink(), "song_data holds no .json, .jsonl or .ndjson file. Put"
    ),
    "malformed paths": (
        lambda lake: put(lake / "log_json_path.json", "{"), "log_json_path.json is not a JSONPaths file (Expecting"
    ),
    "paths of another kind": (
        lambda lake: put(lake / "log_json_path.json", '{"jsonpaths": ["artist"]}'),
        "is not a JSONPaths file ('artist' is no path to a field of the event). It has to be one object",
    ),
    "a path too few": (
        lambda lake: put(lake / "log_json_path.json", '{"jsonpaths": ["$.artist"]}'), "list one path for each"
    ),
}  # fmt: skip


def put(path: Path, text: str) -> None:
    path.write_text(text)


@pytest.mark.parametrize("problem", LAKE_PROBLEMS)
def test_a_lake_with_a_problem_ends_with_1_and_a_hint(fresh: Path, problem: str) -> None:
    cause, message = LAKE_PROBLEMS[problem]
    cause(fresh / "lake")
    stopped = invoke("run")
    assert stopped.exit_code == 1
    assert message.lower() in " ".join(stopped.output.split()).lower()


@pytest.mark.parametrize("problem", LAKE_PROBLEMS)
def test_the_doctor_finds_the_problem_of_a_lake(fresh: Path, problem: str) -> None:
    cause, message = LAKE_PROBLEMS[problem]
    cause(fresh / "lake")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert any(line.startswith("✗") and message.lower() in line.lower() for line in failed.output.splitlines())


def test_a_wrong_setting_ends_with_1_and_its_name(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_FIRST_DAY", "soon")
    refused = invoke("run")
    assert refused.exit_code == 1
    assert "SPARKIFY_FIRST_DAY = 'soon'" in refused.stderr


def test_a_file_in_the_way_of_the_database_is_named(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_DUCKDB_PATH", "lake/log_json_path.json/warehouse.duckdb")
    stopped = invoke("run", "--select", "cluster")
    assert stopped.exit_code == 1
    assert "lake/log_json_path.json, which is no folder. Set SPARKIFY_DUCKDB_PATH to another" in stopped.output


# query


def test_a_table_has_a_header_and_a_line_a_row(home: Path) -> None:
    printed = invoke("query", "select user_id, level, song_id from songplays order by user_id").stdout
    assert [line.split() for line in printed.splitlines()] == [
        ["user_id", "level", "song_id"], ["1", "free", "SO1"], ["2", "free", "SO1"]
    ]  # fmt: skip


def test_csv_can_be_read_by_a_program(home: Path) -> None:
    printed = invoke("query", "select user_id, 'a,\"b\"' as text, null as no from users order by 1", "--format", "csv")
    assert list(csv.reader(printed.stdout.splitlines())) == [
        ["user_id", "text", "no"], ["1", 'a,"b"', ""], ["2", 'a,"b"', ""]
    ]  # fmt: skip


def test_json_can_be_read_by_a_program(home: Path) -> None:
    query = "select user_id, start_time, log_date, 1.5 as n, null as no, 'ü' as t from songplays where user_id = 1"
    printed = invoke("query", query, "--format", "json").stdout
    assert json.loads(printed) == [
        {"user_id": 1, "start_time": "2018-11-01T12:00:00", "log_date": "2018-11-01", "n": 1.5, "no": None, "t": "ü"}
    ]
    assert "ü" in printed


def test_a_query_is_redshift_sql(home: Path) -> None:
    printed = invoke("query", "select dateadd(day, 1, min(start_time)) as d from songplays;", "--format", "csv")
    assert printed.stdout == "d\n2018-11-02 12:00:00\n"


def test_no_rows_are_a_header_alone(home: Path) -> None:
    assert invoke("query", "select user_id from users where 1 = 0", "--format", "csv").stdout == "user_id\n"


@pytest.mark.parametrize("text", ["[bold]x[/bold]", "[/x]", "[red]"])
def test_brackets_are_printed_as_they_are(home: Path, text: str) -> None:
    assert text in invoke("query", f"select '{text}' as a").stdout


def test_the_tables_can_be_listed(home: Path) -> None:
    assert "songplays" in invoke("query", "show tables").stdout


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select from where", "The query cannot be read: "),
        ("select (1", "The query cannot be read: "),
        ("select * from playsongs", "DuckDB refused: "),
        ("select nothing from users", "DuckDB refused: "),
        ("select 1; select 2", "One query at a time, please: there are 2."),
        ("", "One query at a time, please: there are 0."),
        ("delete from users", "Only queries are answered here"),
        ("insert into users (user_id) values (1)", "Only queries are answered here"),
        ("drop table users", "Only queries are answered here"),
        ("create table x (a int)", "Only queries are answered here"),
        ("copy users to 'users.csv'", "Only queries are answered here"),
        ("copy (select 1) to 'users.csv'", "Only queries are answered here"),
        ("set memory_limit = '1GB'", "Only queries are answered here"),
        ("vacuum", "Only queries are answered here"),
        ("select * into copied from users", "Only queries are answered here"),
        ("with gone as (delete from users returning *) select * from gone", "Only queries are answered here"),
        ("unload ('select 1') to 's3://bucket/key' iam_role default", "Only queries are answered here"),
        ("call procedure()", "Only queries are answered here"),
        ("install httpfs", "Only queries are answered here"),
        ("load httpfs", "Only queries are answered here"),
        ("attach 'lake.duckdb'", "The query cannot be read: "),
        ("export database 'exported'", "The query cannot be read: "),
        ("select pg_catalog.set_config('search_path', 'x', false)", "set_config administers Redshift"),
        ("select reboot_cluster()", "reboot_cluster administers Redshift"),
        ("select * from read_text('/etc/hostname')", "A query reads the tables of"),
        ("select * from read_csv('lake/log_json_path.json')", "A query reads the tables of"),
        ("select * from 'lake/log_json_path.json'", "A query reads the tables of"),
        ("select * from sniff_csv('/etc/passwd')", "A query reads the tables of"),
        ("select getenv('HOME')", "DuckDB refused: "),
    ],
)
def test_what_is_no_query_is_refused_and_changes_nothing(home: Path, query: str, message: str) -> None:
    files = sorted(home.iterdir())
    refused = invoke("query", query)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert message in refused.stderr
    assert rows(home, "select count(*) from users") == [(2,)]
    assert sorted(home.iterdir()) == files


def test_a_query_which_needs_more_memory_than_it_may_have_spills(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_DUCKDB_MEMORY_LIMIT", "48MB")
    query = "select count(distinct m) as n from (select md5(cast(range as varchar)) as m from range(1000000)) as t"
    assert invoke("query", query, "--format", "csv").stdout == "n\n1000000\n"


def test_a_query_without_a_database_says_how_to_build_it(fresh: Path) -> None:
    refused = invoke("query", "select 1")
    assert refused.exit_code == 1
    assert "warehouse.duckdb yet. Build it: sparkify run" in refused.stderr
    assert not (fresh / "warehouse.duckdb").exists()


# doctor


def test_the_doctor_finds_nothing_wrong_with_a_good_lake(home: Path) -> None:
    passed = invoke("doctor")
    assert (passed.exit_code, "✗" in passed.output) == (0, False)
    assert "✓ event logs: 1 files for 1 of the 1 days 2018-11-01 to 2018-11-01" in passed.output
    assert "its JSONPaths feed 18 columns" in passed.output


def test_the_doctor_distinguishes_given_from_default(home: Path) -> None:
    printed = invoke("doctor").output
    assert "✓ SPARKIFY_LAST_DAY: 2018-11-01 (given)" in printed
    assert "✓ SPARKIFY_FIRST_DAY: 2018-11-01 (default)" in printed


def test_the_doctor_changes_nothing(fresh: Path) -> None:
    before = sorted(fresh.rglob("*"))
    assert "warehouse.duckdb does not exist yet; the first run makes it" in invoke("doctor").output
    assert sorted(fresh.rglob("*")) == before


def test_the_doctor_finds_days_which_the_lake_lacks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_FIRST_DAY", "2019-01-01")
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2019-01-31")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "✗ event logs: 0 files for 0 of the 31 days 2019-01-01 to 2019-01-31; " in failed.output


def test_the_doctor_finds_a_wrong_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_MAX_REJECT_SHARE", "7")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "SPARKIFY_MAX_REJECT_SHARE = '7'" in failed.output


def test_the_doctor_finds_a_lake_of_an_unknown_kind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAKE", "gs://bucket")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "✗ lake: SPARKIFY_LAKE = 'gs://bucket' is neither a folder nor s3://bucket[/prefix]." in failed.output


def test_the_doctor_finds_a_database_which_is_none(home: Path) -> None:
    (home / "warehouse.duckdb").write_text("no database" * 1000)
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "✗ warehouse: The database" in failed.output


def test_the_doctor_finds_a_file_in_the_way_of_the_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_DUCKDB_PATH", "lake/log_json_path.json/warehouse.duckdb")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "✗ disk: This user may not write to" in failed.output


def test_the_doctor_finds_a_file_in_the_way_of_the_instance(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "lake/log_json_path.json")
    failed = invoke("doctor")
    assert failed.exit_code == 1
    assert "✗ Dagster instance: This user may not write to" in failed.output


def test_the_doctor_accepts_an_instance_which_does_not_exist_yet(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(home / "not" / "yet"))
    assert invoke("doctor").exit_code == 0


# reset


def test_reset_with_yes_empties_every_table_and_keeps_the_lake(home: Path) -> None:
    done = invoke("reset", "--yes")
    assert done.exit_code == 0
    assert "is empty now. Fill them: sparkify run" in done.output
    assert rows(home, "select count(*) from songplays") == [(0,)]
    assert rows(home, "select count(*) from lake_files") == [(0,)]
    assert (home / "lake/song_data/A.json").exists()


@pytest.mark.parametrize(("answer", "left"), [("n\n", 2), ("\n", 2), ("", 2), ("y\n", 0)])
def test_reset_without_yes_asks(home: Path, answer: str, left: int) -> None:
    asked = invoke("reset", answer=answer)
    assert "Drop every table of" in asked.output
    assert asked.exit_code == (1 if left else 0)
    assert rows(home, "select count(*) from songplays") == [(left,)]


def test_after_a_reset_a_run_builds_the_same_again(home: Path) -> None:
    before = rows(home, "select * exclude (songplay_id) from songplays order by all")
    invoke("reset", "--yes")
    assert invoke("run", *STAR_ALONE).exit_code == 0
    assert rows(home, "select * exclude (songplay_id) from songplays order by all") == before


# generate and the console script


def test_generate_writes_a_lake_which_the_doctor_accepts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = invoke("generate", "made", "--days", "2", "--users", "3", "--songs", "9", "--start", "2018-11-01")
    assert made.exit_code == 0
    assert f"and 9 songs in {home / 'made'}" in made.output
    monkeypatch.setenv("SPARKIFY_LAKE", "made")
    assert invoke("doctor").exit_code == 0


@pytest.mark.parametrize("option", [["--days", "0"], ["--users", "0"], ["--faults", "0.9"], ["--start", "x"]])
def test_generate_refuses_what_makes_no_lake(home: Path, option: list[str]) -> None:
    assert invoke("generate", "made", *option).exit_code == 2
    assert not Path("made").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x", "--start", "9999-12-25"], "lead beyond the calendar, which ends on 9999-12-31"),
        (["x", "--start", "0001-01-01"], "--start 0001-01-01 is before 1971-01-01"),
        (["x", "--days", "99999999"], "lead beyond the calendar"),
        (["lake/log_json_path.json/x"], "cannot be written: Not a directory"),
        (["s3://KEY:hunter2@bucket/x"], "A sample is written to a folder of this machine"),
    ],
)
def test_generate_says_why_it_cannot(home: Path, arguments: list[str], says: str) -> None:
    refused = invoke("generate", *arguments)
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert "hunter2" not in refused.output


def test_every_command_and_option_has_a_help_text() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.help, name
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == [], name


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["cluster", "--help"], ["settle"]])
def test_what_needs_no_dagster_does_not_import_it(arguments: list[str]) -> None:
    code = (
        "import sys; from sparkify_assets.cli.main import main; main(sys.argv[1:], standalone_mode=False)\n"
        "assert not {'dagster', 'duckdb', 'numpy', 'boto3'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert "AssertionError" not in done.stderr
    assert ("No such command 'settle'" in done.stderr) == (arguments == ["settle"])


def test_the_help_lists_every_command() -> None:
    printed = invoke("--help").output
    assert all(f"  {name} " in printed and short_help in printed for name, short_help in COMMANDS.items())
    modules = {path.stem for path in Path(main_module.__file__).parent.glob("*.py")}
    assert set(COMMANDS) - {"import"} <= modules


@pytest.mark.parametrize("paused", [True, False])
def test_during_a_run_garbage_is_collected(paused: bool) -> None:
    """What exists before it is left out if the console script paused the collection; tests and the UI do not."""
    code = (
        "import gc; from sparkify_assets.instance import garbage_collection\n"
        f"if {paused}: garbage_collection.pause(); assert not gc.isenabled()\n"
        "garbage_collection.resume(); print(gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"True {paused}\n"
