"""Column lineage is read from the statements, and looks through temporary tables."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sparkify_assets.components.staging_tables import staged_lineage
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.sources import JSON_PATHS
from sparkify_assets.models.lineage import Lineage, column_lineage, lineage_of, origins
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models, read_table, views
from sparkify_assets_tests.workbench import SmallLake, tables_of

ANALYTICS = tables_of("analytics")
CUBES = tables_of("cubes")

# table.column <- where its values come from; nothing for generated values
STAR = """
users.user_id <- staging_events.userId
users.first_name <- staging_events.firstName
users.last_name <- staging_events.lastName
users.gender <- staging_events.gender
users.level <- staging_events.level
users.last_seen_ts <- staging_events.ts
users.last_session_id <- staging_events.sessionId
users.last_item_in_session <- staging_events.itemInSession
users.log_date <- staging_events.log_date

artists.artist_id <- staging_songs.artist_id
artists.name <- staging_songs.artist_name
artists.location <- staging_songs.artist_location
artists.latitude <- staging_songs.artist_latitude
artists.longitude <- staging_songs.artist_longitude

songs.song_id <- staging_songs.song_id
songs.title <- staging_songs.title
songs.artist_id <- staging_songs.artist_id
songs.year <- staging_songs.year
songs.duration <- staging_songs.duration
songs.artist_name <- staging_songs.artist_name

time.start_time <- songplays.start_time
time.hour <- songplays.start_time
time.day <- songplays.start_time
time.week <- songplays.start_time
time.month <- songplays.start_time
time.year <- songplays.start_time
time.weekday <- songplays.start_time

songplays.songplay_id <-
songplays.start_time <- staging_events.ts
songplays.user_id <- staging_events.userId
songplays.level <- staging_events.level
songplays.song_id <- songs.song_id
songplays.artist_id <- songs.artist_id
songplays.session_id <- staging_events.sessionId
songplays.location <- staging_events.location
songplays.user_agent <- staging_events.userAgent
songplays.item_in_session <- staging_events.itemInSession
songplays.played_title <- staging_events.song
songplays.played_artist <- staging_events.artist
songplays.played_seconds <- staging_events.length
songplays.log_date <- staging_events.log_date
"""

# A number of plays comes from what a play is known by; ranks, flags of totals and numbered songs are generated.
ANSWERS = """
top_songs.play_month <- songplays.start_time
top_songs.rank <-
top_songs.title <- songplays.played_title
top_songs.artist <- songplays.played_artist
top_songs.plays <- songplays.item_in_session, songplays.session_id
top_songs.listeners <- songplays.user_id
top_songs.matched_plays <- songplays.song_id

trending_artists.week_start <- songplays.start_time
trending_artists.rank <-
trending_artists.artist <- songplays.played_artist
trending_artists.plays <- songplays.item_in_session, songplays.session_id
trending_artists.listeners <- songplays.user_id
trending_artists.plays_before <- songplays.item_in_session, songplays.session_id
trending_artists.expected_plays <- songplays.item_in_session, songplays.session_id
trending_artists.trend <- songplays.item_in_session, songplays.session_id

listening_by_demographic.play_month <- songplays.start_time
listening_by_demographic.rank <-
listening_by_demographic.gender <- users.gender
listening_by_demographic.level <- listener_months.level, songplays.level
listening_by_demographic.region <- listener_months.region, songplays.location
listening_by_demographic.plays <- listener_months.plays, songplays.item_in_session, songplays.session_id
listening_by_demographic.listeners <- listener_months.user_id, songplays.user_id
listening_by_demographic.sessions <- songplays.session_id
listening_by_demographic.seconds <- listener_months.seconds, songplays.played_seconds
listening_by_demographic.plays_per_listener <- listener_months.plays, listener_months.user_id, songplays.item_in_session, songplays.session_id, songplays.user_id

peak_hours.play_month <- songplays.start_time
peak_hours.rank <-
peak_hours.weekday_number <- songplays.start_time
peak_hours.weekday <- songplays.start_time
peak_hours.hour <- songplays.start_time
peak_hours.plays <- songplays.item_in_session, songplays.session_id
peak_hours.listeners <- songplays.user_id
peak_hours.days <- songplays.start_time
peak_hours.plays_per_day <- songplays.item_in_session, songplays.session_id, songplays.start_time

active_listeners.play_date <- plays_cube.play_month
active_listeners.plays <- plays_cube.plays
active_listeners.daily_listeners <- plays_cube.listeners
active_listeners.weekly_listeners <- listeners_by_week.listeners
active_listeners.monthly_listeners <- plays_cube.listeners

listeners_by_week.week_start <- songplays.start_time
listeners_by_week.plays <- songplays.item_in_session, songplays.session_id
listeners_by_week.listeners <- songplays.user_id

listener_months.play_month <- songplays.start_time
listener_months.user_id <- songplays.user_id
listener_months.level <- songplays.level
listener_months.region <- songplays.location
listener_months.city <- songplays.location
listener_months.plays <- songplays.item_in_session, songplays.session_id
listener_months.seconds <- songplays.played_seconds

plays_cube.dimensions <- listener_months.play_month, songplays.start_time
plays_cube.play_month <- listener_months.play_month, songplays.start_time
plays_cube.play_date <- songplays.start_time
plays_cube.hour <- songplays.start_time
plays_cube.level <- listener_months.level, songplays.level
plays_cube.gender <- users.gender
plays_cube.region <- listener_months.region, songplays.location
plays_cube.artist <- songplays.played_artist
plays_cube.all_dates <-
plays_cube.all_hours <-
plays_cube.all_levels <-
plays_cube.all_genders <-
plays_cube.all_regions <-
plays_cube.all_artists <-
plays_cube.plays <- listener_months.plays, songplays.item_in_session, songplays.session_id
plays_cube.seconds <- listener_months.seconds, songplays.played_seconds
plays_cube.listeners <- listener_months.user_id, songplays.user_id
plays_cube.songs <-

plays_by_place.place_level <-
plays_by_place.state <- listener_months.region
plays_by_place.city <- listener_months.city
plays_by_place.plays <- listener_months.plays
plays_by_place.seconds <- listener_months.seconds
plays_by_place.listeners <- listener_months.user_id

plays_by_calendar.calendar_level <-
plays_by_calendar.first_day <- plays_cube.play_date
plays_by_calendar.days <-
plays_by_calendar.plays <- plays_cube.plays
plays_by_calendar.seconds <- plays_cube.seconds

plays_drill_down.depth <- plays_cube.all_genders, plays_cube.all_levels, plays_cube.all_regions
plays_drill_down.level <- plays_cube.level
plays_drill_down.gender <- plays_cube.gender
plays_drill_down.region <- plays_cube.region
plays_drill_down.plays <- plays_cube.plays
plays_drill_down.seconds <- plays_cube.seconds
plays_drill_down.listeners <- plays_cube.listeners
plays_drill_down.share_of_parent <- plays_cube.plays

plays_slice_paid.play_date <- plays_cube.play_date
plays_slice_paid.gender <- plays_cube.gender
plays_slice_paid.region <- plays_cube.region
plays_slice_paid.plays <- plays_cube.plays
plays_slice_paid.seconds <- plays_cube.seconds
plays_slice_paid.listeners <- plays_cube.listeners
plays_slice_paid.songs <- plays_cube.songs

plays_dice_weekend_evenings.play_date <- plays_cube.play_date
plays_dice_weekend_evenings.hour <- plays_cube.hour
plays_dice_weekend_evenings.plays <- plays_cube.plays
plays_dice_weekend_evenings.seconds <- plays_cube.seconds
plays_dice_weekend_evenings.listeners <- plays_cube.listeners
plays_dice_weekend_evenings.songs <- plays_cube.songs
"""  # noqa: E501


def shown(model: Model) -> list[str]:
    return [
        f"{model.name}.{column} <- {', '.join(f'{table}.{source}' for table, source in sources)}".strip()
        for column, sources in column_lineage(model, models(), views()).items()
    ]


@pytest.mark.parametrize("table", ["users", "artists", "songs", "time", "songplays"])
def test_the_lineage_of_the_star_is_as_stated(table: str) -> None:
    assert shown(models()[table]) == [row for row in STAR.splitlines() if row.startswith(f"{table}.")]


@pytest.mark.parametrize("table", [*ANALYTICS, *CUBES])
def test_the_lineage_of_the_answers_is_as_stated(table: str) -> None:
    assert shown(models()[table]) == [row for row in ANSWERS.splitlines() if row.startswith(f"{table}.")]


@pytest.mark.parametrize("name", sorted(models()))
def test_no_column_comes_from_its_own_table_or_from_a_temporary_one(name: str) -> None:
    for sources in column_lineage(models()[name], models(), views()).values():
        for table, column in sources:
            assert table != name
            assert column in models()[table].column_names


@pytest.fixture
def lineage(tmp_path: Path) -> Callable[[str], list[str]]:
    """The lineage of a table `t` with the columns a and b, loaded by these statements."""

    def of(load: str) -> list[str]:
        path = tmp_path / "t.sql"
        path.write_text(
            f"-- Grain.\n-- load: script\ncreate table if not exists t (\n a int, -- A\n b int -- B\n);\n{load}"
        )
        return shown(read_table(path))

    return of


def test_both_sides_of_a_union_count(lineage: Callable[[str], list[str]]) -> None:
    found = lineage("insert into t (a, b) select userId, ts from staging_events union all select year, 1 from songs;")
    assert found == ["t.a <- songs.year, staging_events.userId", "t.b <- staging_events.ts"]


def test_what_except_takes_away_does_not_count(lineage: Callable[[str], list[str]]) -> None:
    found = lineage("insert into t (a, b) select userId, ts from staging_events except select year, year from songs;")
    assert found == ["t.a <- staging_events.userId", "t.b <- staging_events.ts"]


def test_a_chain_of_temporary_tables_is_looked_through(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "create temp table one as select userId as x, ts from staging_events;"
        "create temp table two as select one.x + songs.year as y, one.ts as z from one cross join songs;"
        "insert into t (b, a) select y, max(z) from two group by y;"
    )
    assert found == ["t.a <- staging_events.ts", "t.b <- songs.year, staging_events.userId"]


def test_a_star_stands_for_all_columns(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "create temp table one as select * from songs;"
        "insert into t (a, b) select x.year, x.duration from (select one.*, 1 as n from one) as x;"
    )
    assert found == ["t.a <- songs.year", "t.b <- songs.duration"]


def test_all_inserts_count(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "insert into t (a, b) select userId, 1 from staging_events; insert into t (a, b) select year, null from songs;"
    )
    assert found == ["t.a <- songs.year, staging_events.userId", "t.b <-"]


def test_columns_which_only_choose_a_row_do_not_count(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "insert into t (a, b) select year, row_number() over (partition by title order by duration) from songs "
        "where artist_id is not null;"
    )
    assert found == ["t.a <- songs.year", "t.b <-"]


def test_a_row_kept_from_the_table_itself_adds_nothing(lineage: Callable[[str], list[str]]) -> None:
    found = lineage("insert into t (a, b) select year, 1 from songs union all select a, b from t;")
    assert found == ["t.a <- songs.year", "t.b <-"]


def test_a_number_of_rows_comes_from_their_key_and_not_from_a_join(
    lineage: Callable[[str], list[str]],
) -> None:
    found = lineage(
        "create temp table one as select songplays.level from songplays left join users on users.user_id = 1;"
        "insert into t (a, b) select n, x.n + 1 from (select level, count(*) as n from one group by level) as x;"
    )
    known_by = "songplays.item_in_session, songplays.session_id"
    assert found == [f"t.a <- {known_by}", f"t.b <- {known_by}"]


def test_a_number_of_rows_without_a_key_comes_from_nothing(lineage: Callable[[str], list[str]]) -> None:
    assert lineage("insert into t (a) select count(*) from staging_events;") == ["t.a <-", "t.b <-"]


def test_a_flag_of_totals_comes_from_nothing(lineage: Callable[[str], list[str]]) -> None:
    found = lineage("insert into t (a, b) select year, grouping(year) from songs group by rollup (year);")
    assert found == ["t.a <- songs.year", "t.b <-"]


def test_a_temporary_table_made_anew_forgets_the_first(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "create temp table one as select userId as x from staging_events; drop table one;"
        "create temp table one as select year as x from songs;"
        "insert into t (a) select x from one;"
    )
    assert found == ["t.a <- songs.year", "t.b <-"]


# From the lake to the cubes


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Lineage:
    """The lineage of every table, on a lake whose fields have names of their own."""
    lake = SmallLake(tmp_path_factory.mktemp("lineage") / "lake")
    paths = [f"$.lake_{column.lower()}" for column in models()["staging_events"].column_names[:-1]]
    lake.write(JSON_PATHS, json.dumps({"jsonpaths": paths}).encode())
    staged = staged_lineage(LocalLake(folder=str(lake.folder)))
    return {name: staged.get(name) or lineage_of(name) for name in models()}


# The file of JSONPaths names the fields, the columns take them in its order.
IN_THE_LAKE = """
staging_events.userId <- event_logs.lake_userid
songplays.start_time <- event_logs.lake_ts
songplays.song_id <- song_files.song_id
songs.artist_name <- song_files.artist_name
peak_hours.plays_per_day <- event_logs.lake_iteminsession, event_logs.lake_sessionid, event_logs.lake_ts
plays_cube.gender <- event_logs.lake_gender
plays_drill_down.plays <- event_logs.lake_iteminsession, event_logs.lake_sessionid
plays_drill_down.depth <-
plays_by_calendar.first_day <- event_logs.lake_ts
staging_songs.source_file <-
"""


@pytest.mark.parametrize("row", IN_THE_LAKE.split("\n")[1:-1])
def test_a_column_is_followed_to_the_fields_of_the_lake(whole: Lineage, row: str) -> None:
    table, _, column = row.split(" <-")[0].partition(".")
    found = origins(whole, table, column)
    assert f"{table}.{column} <- {', '.join(f'{source}.{name}' for source, name in found)}".strip() == row


def test_every_chain_ends_in_the_lake(whole: Lineage) -> None:
    ends = {table for name, columns in whole.items() for column in columns for table, _ in origins(whole, name, column)}
    assert ends == {"event_logs", "song_files"}


def test_a_circle_of_columns_ends() -> None:
    circle = {"a": {"x": [("b", "y")]}, "b": {"y": [("a", "x"), ("lake", "z")]}}
    assert origins(circle, "a", "x") == [("lake", "z")]
