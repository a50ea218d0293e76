"""The graph in Dagster: days, runs, what a materialization tells, and that every check can fail."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.components.check_kinds import RowCount
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.tables.jobs import RESET_WORD
from sparkify_assets.loading.key_audit import CheckFinding
from sparkify_assets.models.reading import models
from sparkify_assets.settings import Settings
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.workbench import (
    EVERYTHING,
    QUIET,
    STAR_GRAPH,
    Platform,
    SmallLake,
    evaluations,
    tables_of,
    whole_steps,
)
from sparkify_assets_tests.workbench import (
    materializations as events_of,
)

pytestmark = pytest.mark.slow

ANALYTICS = tables_of("analytics")
CUBES = tables_of("cubes")

DAYS = ["2018-11-01", "2018-11-02", "2018-11-03"]
PLAYS = {"2018-11-01": 2, "2018-11-02": 1, "2018-11-03": 0}
STAR = tables_of("staging", "star")
DERIVED = (*ANALYTICS, *CUBES)
TABLES = [*STAR, *DERIVED]
DAILY = ["staging_events", "users", "time", "songplays"]


def new_platform(folder: Path, instance: dg.DagsterInstance) -> Platform:
    """Two listeners, three plays, of which two are of the one song; the third day has no file."""
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log(
        DAYS[0],
        event(),
        event(itemInSession=1, ts=at("2018-11-01 12:05")),
        event(itemInSession=2, page="Home", song=None),
    )
    lake.log(DAYS[1], event(userId="2", sessionId=2, song="Unknown", ts=at("2018-11-02 08:00")))
    return Platform(lake, folder / "warehouse.duckdb", instance, last_day=DAYS[-1])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, dg.ExecuteInProcessResult]]:
    with dg.DagsterInstance.ephemeral() as instance:
        platform = new_platform(tmp_path_factory.mktemp("built"), instance)
        yield platform, platform.build(select=EVERYTHING)


@pytest.fixture(scope="module")
def run(built: tuple[Platform, dg.ExecuteInProcessResult]) -> dg.ExecuteInProcessResult:
    return built[1]


@pytest.fixture
def platform(built: tuple[Platform, dg.ExecuteInProcessResult], tmp_path: Path) -> Iterator[Platform]:
    """What `built` is, whatever a test does to its tables."""
    database = Path(built[0].settings.duckdb_path)
    shutil.copy(database, tmp_path / "before.duckdb")
    yield built[0]
    shutil.copy(tmp_path / "before.duckdb", database)


def materializations(result: dg.ExecuteInProcessResult, name: str) -> dict[str | None, dict[str, Any]]:
    """Metadata by partition."""
    return {done.partition: dict(done.metadata) for done in events_of(result, name)}


def latest(result: dg.ExecuteInProcessResult, name: str) -> dict[str, Any]:
    return list(materializations(result, name).values())[-1]


# Definitions


def test_the_definitions_are_loadable() -> None:
    dg.Definitions.validate_loadable(build_definitions(Settings(_env_file=None)))


def test_the_definitions_import_nothing_which_only_a_run_needs() -> None:
    """Each command and each process of Dagster loads them."""
    heavy = {"altair", "boto3", "duckdb", "numpy", "pandas", "PIL", "redshift_connector", "vl_convert"}
    seen = f"import sys, sparkify_assets.definitions; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_definitions_of_the_code_location_are_loadable() -> None:
    from sparkify_assets.definitions import defs

    dg.Definitions.validate_loadable(defs())


@pytest.mark.parametrize("name", ["event_logs", *DAILY])
def test_the_partitions_are_the_days_of_the_settings(built: tuple[Platform, Any], name: str) -> None:
    days = built[0].definitions.resolve_asset_graph().get(dg.AssetKey(name)).partitions_def
    assert days is not None
    assert list(days.get_partition_keys()) == DAYS


def test_without_a_last_day_the_partitions_end_yesterday() -> None:
    days = (
        build_definitions(Settings(_env_file=None, last_day=None))
        .resolve_asset_graph()
        .get(dg.AssetKey("songplays"))
        .partitions_def
    )
    assert days is not None
    keys = days.get_partition_keys(current_time=datetime(2018, 11, 4, 0, 30, tzinfo=UTC))
    assert list(keys) == DAYS


def test_every_asset_takes_a_range_of_days_in_one_run(built: tuple[Platform, Any]) -> None:
    graph = built[0].definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        assert graph.get(key).backfill_policy == dg.BackfillPolicy.single_run(), key


# A run of some days


def test_a_range_of_days_is_one_run(built: tuple[Platform, dg.ExecuteInProcessResult]) -> None:
    records = built[0].instance.fetch_materializations(dg.AssetKey("songplays"), limit=9).records
    assert {record.run_id for record in records} == {built[1].run_id}
    assert sorted(str(record.partition_key) for record in records) == DAYS


@pytest.mark.parametrize("name", DAILY)
def test_a_run_materializes_each_of_its_days(run: dg.ExecuteInProcessResult, name: str) -> None:
    assert list(materializations(run, name)) == DAYS


@pytest.mark.parametrize(
    ("name", "rows"), [("staging_events", [3, 1, 0]), ("songplays", [2, 1, 0]), ("users", [1, 1, 0])]
)
def test_each_day_tells_its_rows(run: dg.ExecuteInProcessResult, name: str, rows: list[int]) -> None:
    found = materializations(run, name)
    assert [found[day]["dagster/partition_row_count"].value for day in DAYS] == rows


def test_a_single_day_is_a_range_of_one(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    platform = new_platform(tmp_path, instance)
    result = platform.definitions.resolve_job_def("daily_etl").execute_in_process(
        instance=platform.instance,
        partition_key=DAYS[1],
        asset_selection=whole_steps(platform.definitions, STAR_GRAPH),
        run_config=QUIET,
    )
    assert list(materializations(result, "songplays")) == [DAYS[1]]
    assert platform.rows("select distinct log_date::varchar from staging_events") == [(DAYS[1],)]


def test_staging_events_without_days_asks_for_them(tmp_path: Path) -> None:
    # An instance which knows the log files already fails before the asset does, in words of its own.
    with dg.DagsterInstance.ephemeral() as fresh:
        platform = new_platform(tmp_path, fresh)
        job = platform.definitions.resolve_job_def("sparkify_etl")
        failed = job.execute_in_process(instance=fresh, run_config=QUIET, raise_on_error=False)
    assert "choose partitions for the run" in str(failed.failure_data_for_node("staging_events"))


def test_days_without_a_file_are_told(built: tuple[Platform, dg.ExecuteInProcessResult]) -> None:
    platform, run = built
    assert latest(run, "staging_events")["days_without_file"].value == 1
    warnings = [record for record in platform.instance.all_logs(run.run_id) if record.level == 30]
    assert any(
        "1 of the days 2018-11-01 to 2018-11-03 have no file of event_logs" in record.user_message
        for record in warnings
    )
    assert any("2018-11-03" in record.user_message for record in warnings)


def test_files_of_the_lake_count_as_made_once_a_load_has_seen_them(built: tuple[Platform, Any]) -> None:
    instance = built[0].instance
    (logs,) = instance.fetch_observations(dg.AssetKey("event_logs"), limit=1).records
    (songs,) = instance.fetch_materializations(dg.AssetKey("song_files"), limit=1).records
    assert logs.event_log_entry.asset_observation is not None
    assert songs.asset_materialization is not None
    assert logs.event_log_entry.asset_observation.metadata["files"].value == 2
    assert songs.asset_materialization.metadata["files"].value == 1
    # The third day has no file.
    assert instance.get_materialized_partitions(dg.AssetKey("event_logs")) == set(DAYS[:2])


# What a materialization tells


@pytest.mark.parametrize("name", TABLES)
def test_a_materialization_tells_rows_preview_columns_and_place(
    built: tuple[Platform, dg.ExecuteInProcessResult], name: str
) -> None:
    platform, run = built
    told = latest(run, name)
    assert told["dagster/row_count"].value == platform.rows(f"select count(*) from {name}")[0][0]
    assert told["dagster/table_name"].value == f"warehouse.main.{name}"
    assert told["preview"].value.startswith("| " + " | ".join(models()[name].column_names) + " |")
    columns = told["dagster/column_schema"].schema.columns
    assert [(column.name, column.type, column.description) for column in columns] == [
        (column.name, column.type, column.description) for column in models()[name].columns
    ]


@pytest.mark.parametrize("name", [name for name in STAR if name != "load_rejects"])
def test_a_materialization_tells_what_it_added_and_its_seconds(run: dg.ExecuteInProcessResult, name: str) -> None:
    told = latest(run, name)
    assert told["rows_added"].value == told["dagster/row_count"].value > 0
    assert 0 < told["seconds"].value < 60


def test_a_second_run_adds_nothing(platform: Platform) -> None:
    again = platform.build(select=EVERYTHING)
    assert {
        name: latest(again, name)["rows_added"].value for name in TABLES if name != "load_rejects"
    } == dict.fromkeys((name for name in TABLES if name != "load_rejects"), 0)


def test_the_columns_of_songplays_show_their_keys(run: dg.ExecuteInProcessResult) -> None:
    schema = latest(run, "songplays")["dagster/column_schema"].schema
    shown = {column.name: (column.constraints.nullable, column.constraints.other) for column in schema.columns}
    assert shown["songplay_id"] == (False, ["PRIMARY KEY", "IDENTITY"])
    assert shown["user_id"] == (True, ["FOREIGN KEY to users.user_id"])
    assert shown["start_time"] == (False, ["FOREIGN KEY to time.start_time"])
    assert schema.constraints.other == [
        "PRIMARY KEY (songplay_id)", "UNIQUE (session_id, item_in_session)", "DISTSTYLE even", "SORTKEY(start_time)"
    ]  # fmt: skip


def test_the_lineage_is_told_for_machines_and_for_people(run: dg.ExecuteInProcessResult) -> None:
    told = latest(run, "songplays")
    deps = told["dagster/column_lineage"].lineage.deps_by_column
    assert deps["song_id"] == [dg.TableColumnDep(dg.AssetKey("songs"), "song_id")]
    assert "songplay_id" not in deps
    assert "| song_id | songs.song_id |" in told["lineage"].value


def test_the_lineage_of_a_staging_table_leads_into_the_lake(run: dg.ExecuteInProcessResult) -> None:
    deps = latest(run, "staging_events")["dagster/column_lineage"].lineage.deps_by_column
    assert deps["firstName"] == [dg.TableColumnDep(dg.AssetKey("event_logs"), "firstName")]
    assert latest(run, "staging_songs")["dagster/column_lineage"].lineage.deps_by_column["title"] == [
        dg.TableColumnDep(dg.AssetKey("song_files"), "title")
    ]


def test_the_sql_is_told_as_the_engine_ran_it(run: dg.ExecuteInProcessResult) -> None:
    told = latest(run, "songplays")["sql"].value
    assert told.startswith("```sql\n")
    assert told.count("DELETE FROM songplays") == 2  # by day, and by key under other days
    assert "BETWEEN $first_day AND $last_day" in told


# Checks


def test_every_check_of_a_good_lake_passes_but_for_the_day_without_a_file(run: dg.ExecuteInProcessResult) -> None:
    failed = {name: found.description for name, found in evaluations(run).items() if not found.passed}
    assert failed == {"staging_events.days_have_events": "1 break the rule, first: day_without_events=2018-11-03"}


def test_checks_run_alone_prove_the_whole_table_again(platform: Platform) -> None:
    found = platform.check(*TABLES)
    assert set(found) == {f"{k.asset_key.to_user_string()}.{k.name}" for k in all_checks(platform)}
    assert [name for name, check in found.items() if not check.passed] == ["staging_events.days_have_events"]


def nullable(table: str, column: str) -> list[str]:
    """Somebody drops the constraint, and the value of one row."""
    first = f"select min(rowid) from {table}"
    return [
        f"alter table {table} alter {column} drop not null",
        f"update {table} set {column} = null where rowid = ({first})",
    ]


REJECT = "insert into load_rejects values ('staging_events', 'a.json', 1, 'ts', 'missing', null, '{}', '2018-11-01')"
BROKEN: dict[str, tuple[list[str], str]] = {
    "staging_events.not_null": (nullable("staging_events", "page"), "page=None"),
    "staging_events.row_count": (
        ["delete from staging_events where itemInSession = 2"],
        "the last run left 4 rows: something else has changed the table",
    ),
    "staging_events.days_have_events": (["delete from lake_files where log_date = '2018-11-01'"], "2018-11-01"),
    "staging_events.accepted_values": (["update staging_events set gender = 'X'"], "found=X"),
    "staging_events.garbled": (["update staging_events set song = 'JosÃ©'"], "found=JosÃ©, times="),
    "staging_events.dates_inside_partition": (
        ["update staging_events set ts = ts + 86400000 where itemInSession = 2"], "log_date=2018-11-01"
    ),
    "staging_events.every_record_accounted": (
        ["delete from staging_events where itemInSession = 2"],
        "records_in_lake=4, records_staged=3, records_rejected=0",
    ),
    "staging_songs.not_null": (nullable("staging_songs", "title"), "title=None"),
    "staging_songs.row_count": (["delete from staging_songs"], "the table is empty"),
    "staging_songs.accepted_values": (["update staging_songs set duration = -1"], "duration=-1.0"),
    "staging_songs.garbled": (["update staging_songs set artist_name = 'BjÃ¶rk'"], "found=BjÃ¶rk, times=1"),
    "staging_songs.doubled_songs": (["insert into staging_songs from staging_songs"], "song_id=SO1, records=2"),
    "staging_songs.every_record_accounted": (["delete from staging_songs"], "records_in_lake=1, records_staged=0"),
    "load_rejects.not_null": ([REJECT, *nullable("load_rejects", "reason")], "reason=None"),
    "load_rejects.no_rejects": ([REJECT], "column_name=ts, reason=missing, records_rejected=1"),
    "users.not_null": (nullable("users", "last_seen_ts"), "last_seen_ts=None"),
    "users.primary_key": (["insert into users from users where user_id = 2"], "user_id=2, copies=2"),
    "users.row_count": (["insert into users from users"], "the last run left 2 rows"),
    "users.every_listener_known": (["delete from users where user_id = 2"], "user_id=2"),
    "artists.not_null": (nullable("artists", "name"), "name=None"),
    "artists.primary_key": (["insert into artists from artists"], "artist_id=AR1, copies=2"),
    "artists.row_count": (["delete from artists"], "the table is empty"),
    "artists.every_artist_known": (["update artists set artist_id = 'AR9'"], "artist_id=AR1"),
    "songs.not_null": (nullable("songs", "artist_name"), "artist_name=None"),
    "songs.primary_key": (["insert into songs from songs"], "song_id=SO1, copies=2"),
    "songs.references_artists": (["delete from artists"], "song_id=SO1, artist_id=AR1"),
    "songs.row_count": (["delete from songs"], "the table is empty"),
    "songs.every_song_known": (["delete from songs"], "song_id=SO1"),
    "time.not_null": (nullable("time", "weekday"), "weekday=None"),
    "time.primary_key": (["insert into time from time limit 1"], "copies=2"),
    "time.row_count": (["delete from time where hour = 8"], "the last run left 3 rows"),
    "songplays.not_null": (nullable("songplays", "start_time"), "start_time=None"),
    "songplays.primary_key": (
        ["update songplays set session_id = 0, item_in_session = 7"], f"songplay_id={2**31 + 7}, copies=3"
    ),
    "songplays.unique_session_id_and_item_in_session": (
        ["update songplays set item_in_session = 0"], "session_id=1, item_in_session=0, copies=2"
    ),
    "songplays.references_time": (["delete from time where hour = 8"], "start_time=2018-11-02 08:00:00"),
    "songplays.references_users": (["delete from users where user_id = 2"], "user_id=2"),
    "songplays.references_songs": (["delete from songs"], "song_id=SO1"),
    "songplays.references_artists": (["delete from artists"], "artist_id=AR1"),
    "songplays.row_count": (["delete from songplays where user_id = 2"], "the last run left 3 rows"),
    "songplays.every_play_counted": (
        ["delete from songplays where user_id = 2"], "session_id=2, item_in_session=0, problem=has no row"
    ),
    "songplays.every_time_played": (
        ["insert into time values ('2018-11-01 13:00', 13, 1, 44, 11, 2018, 'Thursday')"],
        "start_time=2018-11-01 13:00:00",
    ),
    "songplays.matched_share": (["update songplays set song_id = null"], "plays=3, songs=1"),
    "songplays.repeats_agree": (
        ["insert into staging_events select * replace (ts + 1 as ts) from staging_events where userId = 2"],
        "session_id=2, item_in_session=0, lines=2",
    ),
    "plays_by_place.cities_add_up_to_states": (
        ["update plays_by_place set plays = 9 where place_level = 'city'"],
        "state=None, plays_of_cities=9, plays_of_state=3",
    ),
}  # fmt: skip

# The lake has no play by a paying listener and none at a weekend; there, somebody invents one.
FILL = {
    "plays_slice_paid": ["insert into plays_slice_paid values ('2018-11-01', 'F', null, 1, 200, 1, 1)"],
    "plays_dice_weekend_evenings": ["insert into plays_dice_weekend_evenings values ('2018-11-03', 20, 1, 200, 1, 1)"],
}


def broken_answers() -> Iterator[tuple[str, tuple[list[str], str]]]:
    """The checks which every table of analytics and cubes has."""
    for table in DERIVED:
        fill, model = FILL.get(table, []), models()[table]
        required = next(column.name for column in model.columns if not column.nullable)
        keys = {"primary_key": model.primary_key} if model.primary_key else {}
        keys |= {f"unique_{'_and_'.join(columns)}": columns for columns in model.unique}
        shared = [line.split()[0] for line in model.checks]
        all_time = " where play_month is null" if "play_month" in model.column_names else ""
        yield f"{table}.not_null", ([*fill, *nullable(table, required)], f"{required}=None")
        for key in keys:
            yield f"{table}.{key}", ([*fill, f"insert into {table} from {table}"], "copies=2")
        yield f"{table}.row_count", ([*fill, f"insert into {table} from {table}"], "the last run left")
        for sums in shared or ["agrees_with_plays_cube"]:
            rows = all_time if sums == "adds_up_over_all_time" else ""
            yield f"{table}.{sums}", ([*fill, f"update {table} set plays = plays + 1{rows}"], "plays_here=")


BROKEN |= dict(broken_answers())


@pytest.mark.parametrize("check", sorted(BROKEN))
def test_a_check_names_what_somebody_broke_in_the_database(platform: Platform, check: str) -> None:
    statements, named = BROKEN[check]
    platform.change(*statements)
    found = platform.check(check.split(".")[0])[check]
    assert not found.passed
    assert named in str(found.description)


def test_every_check_of_every_table_is_broken_once(platform: Platform) -> None:
    names = {f"{key.asset_key.to_user_string()}.{key.name}" for key in all_checks(platform)}
    assert names - {name for name in names if name.endswith(".files_are_loaded")} == set(BROKEN)  # see test_layouts


def all_checks(platform: Platform) -> set[dg.AssetCheckKey]:
    return set(platform.definitions.resolve_asset_graph().asset_check_keys)


def test_a_play_too_many_is_named_too(platform: Platform) -> None:
    platform.change("delete from staging_events where userId = 2")
    found = platform.check("songplays")["songplays.every_play_counted"]
    assert "session_id=2, item_in_session=0, problem=has no play" in str(found.description)


def test_one_check_can_be_run_alone(platform: Platform) -> None:
    only = dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("songplays"), "references_users"))
    assert list(platform.check(selection=only)) == ["songplays.references_users"]


def test_a_key_which_does_not_hold_rolls_the_load_back_and_stops_the_run(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    platform = new_platform(tmp_path, instance)
    platform.build()
    platform.change("insert into artists from artists")
    stopped = platform.build(good=False)
    found = evaluations(stopped)["artists.primary_key"]
    assert (stopped.success, found.passed, found.blocking) == (False, False, True)
    assert found.description == (
        "The load of artists broke the rule 'artist_id is unique' in 1 places and was rolled back; "
        "the previous rows stay. First: artist_id=AR1, copies=2."
    )
    assert events_of(stopped, "songs") == []


def test_days_which_are_run_again_fix_what_somebody_broke(platform: Platform) -> None:
    platform.change("delete from users", "delete from songplays", "update staging_events set level = 'x'")
    platform.build(select=EVERYTHING)
    assert [name for name, check in platform.check(*TABLES).items() if not check.passed] == [
        "staging_events.days_have_events"
    ]


def test_an_empty_table_stops_the_run(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    platform = new_platform(tmp_path, instance)
    stopped = platform.build(DAYS[2], good=False)
    found = evaluations(stopped)["staging_events.row_count"]
    assert (stopped.success, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "are there log files for these days in the lake?" in str(found.description)
    assert events_of(stopped, "users") == []


@pytest.mark.parametrize(
    ("table", "before", "left", "severity"),
    [
        ("songs", 0, 0, "WARN"),
        ("songs", 5, 0, "ERROR"),
        ("songs", 0, 5, "ERROR"),
        ("users", 0, 0, "ERROR"),
        ("staging_songs", 0, 0, "WARN"),
        ("staging_events", 0, 0, "ERROR"),
    ],
)
def test_only_a_catalog_which_never_held_anything_may_be_empty(
    table: str, before: int, left: int, severity: str
) -> None:
    metrics: dict[str, int | float] = {"rows_now": 0, "rows_of_last_run": left, "rows_before_it": before}
    assert RowCount(models()[table]).severity(CheckFinding(1, [], metrics)).value == severity


# Reset


def reset(platform: Platform, confirm: str) -> dg.ExecuteInProcessResult:
    return platform.definitions.resolve_job_def("reset_warehouse").execute_in_process(
        instance=platform.instance,
        run_config={"ops": {"drop_and_create": {"config": {"confirm": confirm}}}},
        raise_on_error=False,
    )


def test_reset_takes_tables_with_other_columns_too(platform: Platform) -> None:
    """A run over the database of an earlier version names `sparkify reset`, which has to work then."""
    platform.change("alter table lake_files rename column version to stamp")
    refused = platform.build(good=False)
    assert "Rebuild it: sparkify reset, then sparkify run." in str(refused.failure_data_for_node("cluster"))
    assert reset(platform, RESET_WORD).success
    assert platform.build().success
    assert platform.rows("select count(*) from songplays") == [(3,)]


@pytest.mark.parametrize("word", ["", "yes", RESET_WORD.upper()])
def test_reset_without_the_word_drops_nothing(platform: Platform, word: str) -> None:
    refused = reset(platform, word)
    assert not refused.success
    assert f"confirm: {RESET_WORD!r}" in str(refused.failure_data_for_node("drop_and_create"))
    assert platform.rows("select count(*) from songplays") == [(3,)]


def test_reset_with_the_word_empties_every_table(platform: Platform) -> None:
    assert reset(platform, RESET_WORD).success
    assert [name for name in models() if platform.rows(f"from {name}")] == []
