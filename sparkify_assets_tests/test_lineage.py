"""Column lineage is read from the statements, and looks through temporary tables."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sparkify_assets.lineage import column_lineage
from sparkify_assets.models import Model, models, read_model

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

time.start_time <- staging_events.ts
time.hour <- staging_events.ts
time.day <- staging_events.ts
time.week <- staging_events.ts
time.month <- staging_events.ts
time.year <- staging_events.ts
time.weekday <- staging_events.ts

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


def shown(model: Model) -> list[str]:
    return [
        f"{model.name}.{column} <- {', '.join(f'{table}.{source}' for table, source in sources)}".strip()
        for column, sources in column_lineage(model, models()).items()
    ]


@pytest.mark.parametrize("table", ["users", "artists", "songs", "time", "songplays"])
def test_the_lineage_of_the_star_is_as_stated(table: str) -> None:
    assert shown(models()[table]) == [row for row in STAR.splitlines() if row.startswith(f"{table}.")]


@pytest.mark.parametrize("name", sorted(models()))
def test_no_column_comes_from_its_own_table_or_from_a_temporary_one(name: str) -> None:
    for sources in column_lineage(models()[name], models()).values():
        for table, column in sources:
            assert table != name
            assert column in models()[table].column_names


@pytest.fixture
def lineage(tmp_path: Path) -> Callable[[str], list[str]]:
    """The lineage of a table `t` with the columns a and b, loaded by these statements."""

    def of(load: str) -> list[str]:
        path = tmp_path / "t.sql"
        path.write_text(f"-- Grain.\ncreate table if not exists t (\n a int, -- A\n b int -- B\n);\n{load}")
        return shown(read_model(path))

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


def test_a_temporary_table_made_anew_forgets_the_first(lineage: Callable[[str], list[str]]) -> None:
    found = lineage(
        "create temp table one as select userId as x from staging_events; drop table one;"
        "create temp table one as select year as x from songs;"
        "insert into t (a) select x from one;"
    )
    assert found == ["t.a <- songs.year", "t.b <-"]
