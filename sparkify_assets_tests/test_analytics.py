"""Analytics and cubes: every row of them equals what pandas makes of the raw lines, on the real half, on lakes
written by hand, and on random plays."""

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.model import load_order
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.answers import answered_by
from sparkify_assets_tests.lakes import REAL_LAKE, at, event, logged_out, song
from sparkify_assets_tests.pandas_answers import Answers, Row, answered, raw_plays
from sparkify_assets_tests.workbench import FIRST, STAR_GRAPH, Platform, SmallLake, Tables, tables_of

pytestmark = pytest.mark.slow

STAR = tables_of("star")
ANALYTICS = tables_of("analytics")
CUBES = tables_of("cubes")

ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]


# What the warehouse makes of it


def derive(warehouse: DuckDBWarehouse, zone: str, *answers: str) -> None:
    """Build these answers, and what they are made of, from the star; without names, all analytics and cubes."""
    for model in load_order(models()[name] for name in made_from(answers or (*ANALYTICS, *CUBES))):
        load_tables(warehouse, [model], None, zone)


def made_from(answers: Iterable[str]) -> set[str]:
    """These answers and those which they read."""
    read = {name for answer in answers for name in models()[answer].reads if name in (*ANALYTICS, *CUBES)}
    return {*answers, *(made_from(read) if read else ())}


def derived(warehouse: DuckDBWarehouse) -> Answers:
    columns = {name: [c for c in models()[name].column_names if c != "matched_plays"] for name in (*ANALYTICS, *CUBES)}
    return {name: warehouse.fetch(f"select {', '.join(some)} from {name}").rows for name, some in columns.items()}


def assert_same(found: Answers, wanted: Mapping[str, Sequence[Row]]) -> None:
    for table, rows in wanted.items():
        lacks, has = Counter(rows) - Counter(found[table]), Counter(found[table]) - Counter(rows)
        assert not lacks, f"{table} lacks {list(lacks)[:5]}, has {list(has)[:5]}"
        assert not has, f"{table} has too much: {list(has)[:5]}"


def build(tables: Tables, *days: str, zone: str = "UTC", answers: Sequence[str] = ()) -> DuckDBWarehouse:
    """Star and answers of a lake (by default all of them), without Dagster around them."""
    covered = (date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
    tables.stage_day(days[0], days[-1])
    tables.stage_songs()
    load_tables(tables.warehouse, [models()[name] for name in STAR], covered)
    derive(tables.warehouse, zone, *answers)
    return tables.warehouse


# The real half


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    if not REAL_LAKE.exists():
        pytest.skip(f"the real half is not at {REAL_LAKE}")
    tables = Tables(SmallLake(REAL_LAKE), tmp_path_factory.mktemp("real") / "real.duckdb")
    yield build(tables, "2018-11-16", "2018-11-30")
    tables.warehouse.close()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_answers_and_cubes_of_the_real_half_are_what_pandas_makes_of_it(real: DuckDBWarehouse, zone: str) -> None:
    derive(real, zone)
    assert_same(derived(real), answered(raw_plays(REAL_LAKE), zone))


def test_the_answers_of_the_real_half(real: DuckDBWarehouse) -> None:
    derive(real, "UTC")

    def first(query: str) -> Row:
        return real.fetch(query).rows[0]

    assert first("select title, artist, plays from top_songs where play_month is null and rank = 1") == (
        "Revelry",
        "Kings Of Leon",
        17,
    )
    assert first(
        "select artist, plays, trend from trending_artists where week_start = date '2018-11-26' and rank = 1"
    ) == ("Shakira", 6, 1.42)
    assert first("select weekday, hour, plays from peak_hours where play_month is null and rank = 1") == (
        "Wednesday",
        9,
        71,
    )
    most = "select gender, level, region, plays from listening_by_demographic where play_month is null and rank = 1"
    assert first(most) == ("F", "paid", "CA", 790)
    assert first("select plays, listeners from plays_cube where dimensions = 'total'") == (3779, 88)


# Rules, on lakes written by hand


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    made = SmallLake(tmp_path / "lake")
    made.song("A.json", song())
    return made


@pytest.fixture
def tables(lake: SmallLake, tmp_path: Path) -> Iterator[Tables]:
    made = Tables(lake, tmp_path / "warehouse.duckdb")
    yield made
    made.warehouse.close()


def plays(*changes: Mapping[str, Any], session: int = 1) -> list[dict[str, Any]]:
    """Plays one minute apart, each with these changes."""
    start = at("2018-11-01 12:00")
    return [
        event(**{"sessionId": session, "itemInSession": item, "ts": start + 60_000 * item, **change})
        for item, change in enumerate(changes)
    ]


def test_songs_outside_the_catalog_count_as_played(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({"song": "Unknown"}, {"song": "Unknown"}, {}, {"song": "Unknown "}))
    found = build(tables, FIRST, answers=("top_songs",)).fetch(
        "select rank, title, artist, plays, matched_plays from top_songs where play_month is null order by rank"
    )
    assert found.rows == [(1, "Unknown", "Ann", 3, 0), (2, "Alpha", "Ann", 1, 1)]


def test_songs_of_equal_plays_rank_by_listeners_then_by_the_alphabet(lake: SmallLake, tables: Tables) -> None:
    lake.log(
        FIRST,
        *plays(*[{"song": title} for title in ("b", "b", "a", "a", "Z", "Z", "é", "é", "c")]),
        *plays({"song": "c", "userId": "2"}, {"song": None}, {"song": None}, session=2),
    )
    found = build(tables, FIRST, answers=("top_songs",)).fetch(
        "select title, plays, listeners from top_songs where play_month is not null order by rank"
    )
    assert found.rows == [("c", 2, 2), ("Z", 2, 1), ("a", 2, 1), ("b", 2, 1), ("é", 2, 1), (None, 2, 1)]


def test_a_repeated_play_counts_once(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), event(), event(song="Beta", ts=at("2018-11-01 12:01")))
    warehouse = build(tables, FIRST, answers=("top_songs", "plays_cube"))
    assert warehouse.fetch("select title, plays from top_songs where play_month is null").rows == [("Alpha", 1)]
    assert warehouse.fetch("select plays, seconds from plays_cube where dimensions = 'total'").rows == [(1, 200)]


MIDNIGHT = at("2018-11-04 23:30")  # a Sunday


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "day", "week"),
    [
        ("UTC", "Sunday", 23, "2018-11-04", "2018-10-29"),
        ("Europe/Oslo", "Monday", 0, "2018-11-05", "2018-11-05"),
        ("America/New_York", "Sunday", 18, "2018-11-04", "2018-10-29"),  # the first day after summer time
        ("Asia/Kolkata", "Monday", 5, "2018-11-05", "2018-11-05"),
    ],
)
def test_hours_days_and_weeks_are_those_of_the_time_zone(
    lake: SmallLake, tables: Tables, zone: str, weekday: str, hour: int, day: str, week: str
) -> None:
    lake.log("2018-11-04", event(ts=MIDNIGHT))
    warehouse = build(tables, "2018-11-04", zone=zone, answers=("peak_hours", "plays_cube", "trending_artists"))
    assert warehouse.fetch("select weekday, hour from peak_hours where play_month is null").rows == [(weekday, hour)]
    assert warehouse.fetch("select play_date, hour from plays_cube where dimensions = 'date hour'").rows == [
        (date.fromisoformat(day), hour)
    ]
    assert warehouse.fetch("select week_start from trending_artists").rows == [(date.fromisoformat(week),)]
    assert warehouse.fetch("select start_time from songplays").rows == [(datetime(2018, 11, 4, 23, 30),)]


def test_an_hour_which_the_clock_repeats_counts_both_times(lake: SmallLake, tables: Tables) -> None:
    twice = [{"ts": at("2018-11-04 05:30")}, {"ts": at("2018-11-04 06:30")}]  # 1:30 in New York, before and after
    lake.log("2018-11-04", *plays(*twice))
    warehouse = build(tables, "2018-11-04", zone="America/New_York", answers=("peak_hours",))
    assert warehouse.fetch("select hour, plays from peak_hours where play_month is null").rows == [(1, 2)]


@pytest.mark.parametrize(
    ("location", "state", "city"),
    [
        ("San Francisco-Oakland-Hayward, CA", "CA", "San Francisco-Oakland-Hayward"),
        ("New York-Newark-Jersey City, NY-NJ-PA", "NY", "New York-Newark-Jersey City"),
        ("Oslo", None, "Oslo"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_place_lies_in_the_first_state_of_its_location(
    lake: SmallLake, tables: Tables, location: str | None, state: str | None, city: str | None
) -> None:
    lake.log(FIRST, event(location=location))
    warehouse = build(tables, FIRST, answers=("plays_cube", "plays_by_place", "listening_by_demographic"))
    assert warehouse.fetch("select state, city from plays_by_place where place_level = 'city'").rows == [(state, city)]
    assert warehouse.fetch("select region from listening_by_demographic where play_month is null").rows == [(state,)]
    by_region = "select region, all_regions from plays_cube where dimensions = 'region'"
    assert warehouse.fetch(by_region).rows == [(state, 0)]


def test_cities_of_one_name_in_two_states_are_two(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({"location": "Columbus, OH"}, {"location": "Columbus, GA-AL"}))
    found = build(tables, FIRST, answers=("plays_by_place",)).fetch(
        "select state, city, plays from plays_by_place where place_level = 'city'"
    )
    assert sorted(found.rows) == [("GA", "Columbus", 1), ("OH", "Columbus", 1)]


def test_what_is_not_known_is_no_total(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({}, {"artist": None, "userId": "", "gender": None}))
    warehouse = build(tables, FIRST, answers=("plays_cube",))
    by_artist = "select artist, all_artists, plays from plays_cube where dimensions in ('month artist', 'total')"
    assert warehouse.fetch(f"{by_artist} order by 2, 1").rows == [("Ann", 0, 1), (None, 0, 1), (None, 1, 2)]
    by_gender = "select gender, all_genders, plays, listeners from plays_cube where dimensions = 'gender' order by 1"
    assert warehouse.fetch(by_gender).rows == [("F", 0, 1, 1), (None, 0, 1, 0)]


def test_the_level_is_that_of_the_play_the_gender_that_of_today(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({"level": "free", "gender": None}, {"level": "paid", "gender": "M"}))
    found = build(tables, FIRST, answers=("listening_by_demographic",)).fetch(
        "select gender, level, plays from listening_by_demographic where play_month is null order by rank"
    )
    assert found.rows == [("M", "free", 1), ("M", "paid", 1)]


def test_hours_rank_by_plays_per_day_not_by_the_number_of_such_days(lake: SmallLake, tables: Tables) -> None:
    lake.log("2018-11-01", event(), event(itemInSession=1))  # two Thursdays with two plays each
    lake.log("2018-11-08", *(event(sessionId=2, itemInSession=n, ts=at("2018-11-08 12:00")) for n in range(2)))
    lake.log("2018-11-09", *(event(sessionId=3, itemInSession=n, ts=at("2018-11-09 07:00")) for n in range(3)))
    found = build(tables, "2018-11-01", "2018-11-09", answers=("peak_hours",)).fetch(
        "select weekday, hour, plays, days, plays_per_day from peak_hours where play_month is null order by rank"
    )
    assert found.rows == [("Friday", 7, 3, 1, 3.0), ("Thursday", 12, 4, 2, 2.0)]


def week(artist: str, day: str, count: int, listeners: int, session: int) -> list[dict[str, Any]]:
    """So many plays of an artist on a day, shared by so many listeners."""
    changes = [{"artist": artist, "userId": str(n % listeners + 1), "ts": at(f"{day} 12:00") + n} for n in range(count)]
    return plays(*changes, session=session)


def test_a_trend_is_smoothed_and_needs_two_listeners(lake: SmallLake, tables: Tables) -> None:
    lake.log(
        "2018-11-05",
        *week("Steady", "2018-11-05", 60, 3, 1),
        *week("Rising", "2018-11-05", 20, 3, 2),
        *week("Falling", "2018-11-05", 20, 3, 3),
    )
    lake.log(
        "2018-11-12",
        *week("Steady", "2018-11-12", 55, 3, 4),
        *week("Rising", "2018-11-12", 30, 3, 5),
        *week("Newcomer", "2018-11-12", 3, 2, 6),
        *week("One fan", "2018-11-12", 12, 1, 7),
    )
    found = build(tables, "2018-11-05", "2018-11-12", answers=("trending_artists",)).fetch(
        "select rank, artist, plays, plays_before, expected_plays, trend from trending_artists "
        "where week_start = date '2018-11-12' order by rank"
    )
    assert found.rows == [
        (1, "Rising", 30, 20, 20.0, 1.33),
        (2, "Newcomer", 3, 0, 0.0, 1.3),
        (3, "Steady", 55, 60, 60.0, 0.93),
        (4, "One fan", 12, 0, 0.0, 2.2),
    ]


def test_weeks_compare_by_shares_so_that_a_short_one_is_no_fall(lake: SmallLake, tables: Tables) -> None:
    lake.log("2018-11-05", *week("Ann", "2018-11-05", 60, 2, 1), *week("Bob", "2018-11-05", 40, 2, 2))
    lake.log("2018-11-12", *week("Ann", "2018-11-12", 6, 2, 3), *week("Bob", "2018-11-12", 4, 2, 4))
    found = build(tables, "2018-11-05", "2018-11-12", answers=("trending_artists",)).fetch(
        "select artist, expected_plays, trend from trending_artists where week_start = date '2018-11-12' order by rank"
    )
    assert found.rows == [("Ann", 6.0, 1.0), ("Bob", 4.0, 1.0)]


def test_only_four_weeks_count_as_before(lake: SmallLake, tables: Tables) -> None:
    lake.log("2018-11-05", *week("Ann", "2018-11-05", 5, 2, 1))
    lake.log("2018-12-03", *week("Ann", "2018-12-03", 5, 2, 2))
    lake.log("2018-12-10", *week("Ann", "2018-12-10", 5, 2, 3))
    found = build(tables, "2018-11-05", "2018-12-10", answers=("trending_artists",)).fetch(
        "select week_start, plays_before from trending_artists order by 1"
    )
    assert [before for _, before in found.rows] == [0, 5, 5]


def test_a_length_which_is_not_sane_adds_no_seconds(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays(*[{"length": length} for length in (None, -1.0, 86_401.0, 1e300, 100.5, 0.4)]))
    found = build(tables, FIRST, answers=("plays_cube",)).fetch(
        "select plays, seconds from plays_cube where dimensions = 'total'"
    )
    assert found.rows == [(6, 101)]


def test_without_plays_there_are_no_answers_and_the_cube_totals_none(tables: Tables) -> None:
    derive(tables.warehouse, "UTC")
    found = derived(tables.warehouse)
    assert {name: len(rows) for name, rows in found.items() if rows} == {
        "plays_cube": 1, "plays_by_place": 1, "plays_drill_down": 1
    }  # fmt: skip
    assert found["plays_by_place"] == [("all", None, None, 0, 0, 0)]


# Random plays

MOMENTS = st.integers(at("2018-10-27 00:00"), at("2018-12-02 00:00")).map(
    lambda ts: datetime(1970, 1, 1) + timedelta(milliseconds=ts)
)
PLAYS = st.lists(
    st.fixed_dictionaries(
        {
            "start_time": MOMENTS,
            "user": st.one_of(st.none(), st.integers(1, 4)),
            "level": st.sampled_from(["free", "paid", None]),
            "location": st.sampled_from([None, "", "Oslo", "Gary, IN", "Columbus, OH", "Columbus, GA-AL", "X , NY-NJ"]),
            "session": st.integers(1, 3),
            "title": st.sampled_from(["a", "a ", "B", "é", "", None]),
            "artist": st.sampled_from(["Ann", "Ann ", "Bob", "", None]),
            "seconds": st.one_of(st.none(), st.integers(0, 400)),
        }
    ),
    min_size=1,
    max_size=100,
)
INSERT = """
insert into songplays (
    start_time, user_id, level, location, session_id, played_title, played_artist, played_seconds,
    item_in_session, log_date
)
values (:start_time, :user, :level, :location, :session, :title, :artist, :seconds, :item, date '2018-11-01')
"""
GENDERS = {1: "F", 2: "M", 3: None}  # and listener 4 is not in `users`


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(path=str(tmp_path_factory.mktemp("random") / "random.duckdb"))
    with warehouse.transaction() as session:
        for user, gender in GENDERS.items():
            session.execute(
                "insert into users (user_id, gender, last_seen_ts, last_session_id, last_item_in_session, log_date) "
                "values (:user, :gender, 0, 0, 0, date '2018-11-01')",
                user=user,
                gender=gender,
            )
    yield warehouse
    warehouse.close()


def test_every_answer_and_every_grouping_set_equals_a_groupby_of_the_fact(empty: DuckDBWarehouse) -> None:
    # Not shrunk: that takes minutes.
    @settings(max_examples=6, phases=[Phase.generate])
    @given(PLAYS, st.sampled_from(ZONES))
    def holds(plays: list[dict[str, Any]], zone: str) -> None:
        with empty.transaction() as session:
            session.execute("delete from songplays")
            for item, play in enumerate(plays):
                session.execute(INSERT, item=item, **play)
        derive(empty, zone)
        fact = pd.DataFrame(plays, dtype=object)
        fact["start_time"] = pd.to_datetime(fact["start_time"])
        assert_same(derived(empty), answered(fact.assign(gender=fact["user"].map(GENDERS).astype(object)), zone))

    holds()


# In Dagster


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    folder = tmp_path_factory.mktemp("answers")
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log(FIRST, *plays({"song": "Beta"}, {}, {}), logged_out(sessionId=2))
    platform = Platform(lake, folder / "w.duckdb", instance, last_day=FIRST, time_zone="Asia/Kolkata")
    return platform.build(select=(*STAR_GRAPH, *ANALYTICS, *CUBES))


def told(run: dg.ExecuteInProcessResult, name: str) -> Mapping[str, Any]:
    return run.asset_materializations_for_node(name)[0].metadata


@pytest.mark.parametrize("name", ANALYTICS)
def test_each_answer_is_told_with_its_first_rows_and_a_chart_below_100_kb(
    run: dg.ExecuteInProcessResult, name: str
) -> None:
    chart = told(run, name)["chart"].value
    head, _, encoded = chart.partition("data:image/png;base64,")
    assert head == f"![{answered_by(name).question}]("
    assert len(chart) < 100_000
    with Image.open(BytesIO(base64.b64decode(encoded.removesuffix(")")))) as picture:
        assert picture.format == "PNG"
    assert len(told(run, name)["preview"].value.splitlines()) > 2


def test_the_first_rows_are_those_which_rank_first(run: dg.ExecuteInProcessResult) -> None:
    assert told(run, "top_songs")["preview"].value.splitlines()[2] == "| 2018-11-01 | 1 | Alpha | Ann | 2 | 1 | 2 |"


def test_the_first_rows_are_of_the_months_which_the_run_wrote(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    lake, later = SmallLake(tmp_path / "lake"), "2018-12-03"
    lake.song("A.json", song())
    lake.log(FIRST, event())
    lake.log(later, event(song="Beta", sessionId=2, ts=at(f"{later} 12:00")))
    platform = Platform(lake, tmp_path / "w.duckdb", instance, last_day=later)
    for day in (FIRST, later):
        run = platform.build(day, select=(*STAR_GRAPH, "top_songs", "trending_artists"))
    songs = [row.split(" | ")[:3] for row in shown(run, "top_songs")]
    assert songs == [["| 2018-12-01", "1", "Beta"], ["| ", "1", "Alpha"], ["| ", "2", "Beta"]]
    assert [row[:14] for row in shown(run, "trending_artists")] == ["| 2018-12-03 |"]


def shown(run: dg.ExecuteInProcessResult, name: str) -> list[str]:
    rows: list[str] = told(run, name)["preview"].value.splitlines()[2:]
    return rows


def test_the_time_zone_is_told_where_it_matters(run: dg.ExecuteInProcessResult) -> None:
    zones = {name: told(run, name).get("time_zone") for name in (*ANALYTICS, *CUBES)}
    assert {name for name, zone in zones.items() if zone and zone.value == "Asia/Kolkata"} == {
        "top_songs", "trending_artists", "listening_by_demographic", "peak_hours", "plays_cube", "listener_months",
        "listeners_by_week"
    }  # fmt: skip


def test_no_table_of_the_star_depends_on_an_answer_being_current() -> None:
    """A key from an answer to the star would be broken between the load of the one and that of the other."""
    assert [name for name in (*ANALYTICS, *CUBES) if models()[name].foreign_keys] == []


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_query_of_a_chart_asks_for_few_rows_in_their_order(real: DuckDBWarehouse, name: str) -> None:
    rows = real.fetch(answered_by(name).query)
    assert 0 < len(rows.rows) <= 168
    assert rows.rows == real.fetch(answered_by(name).query).rows
