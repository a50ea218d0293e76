"""Analytics and cubes: every row of them equals what pandas makes of the raw lines, on the real half, on lakes
written by hand, and on random plays."""

import base64
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from sparkify_assets_tests.workbench import FIRST, STAR_GRAPH, Platform, SmallLake, Tables, tables_of

STAR = tables_of("star")
ANALYTICS = tables_of("analytics")
CUBES = tables_of("cubes")

Row = tuple[Any, ...]
Answers = dict[str, list[Row]]

ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
GROUPING_SETS = [
    (), ("level",), ("gender",), ("region",),
    ("level", "gender"), ("level", "region"), ("gender", "region"), ("level", "gender", "region"),
    ("date",), ("hour",), ("date", "hour"),
    ("date", "level"), ("date", "gender"), ("date", "region"), ("date", "level", "gender", "region"),
    ("hour", "level"), ("hour", "gender"), ("hour", "region"),
    ("artist",), ("date", "artist"), ("level", "artist"), ("gender", "artist"), ("region", "artist"),
]  # fmt: skip
DIMENSIONS = ("date", "hour", "level", "gender", "region", "artist")


# What pandas makes of it


def raw_plays(lake: Path) -> pd.DataFrame:
    """The plays of a lake's lines, with the gender of the listener's latest event."""
    files = sorted((lake / "log_data").rglob("*.json"))
    events = pd.DataFrame([json.loads(line) for file in files for line in file.read_bytes().splitlines()])
    events["user"] = pd.to_numeric(events["userId"])
    latest = events.dropna(subset="user").sort_values(["ts", "sessionId", "itemInSession"])
    genders = latest.drop_duplicates("user", keep="last").set_index("user")["gender"]
    plays = events[events["page"] == "NextSong"].sort_values("ts").drop_duplicates(["sessionId", "itemInSession"])
    return pd.DataFrame(
        {
            "start_time": pd.to_datetime(plays["ts"], unit="ms"),
            "user": plays["user"],
            "gender": plays["user"].map(genders),
            "level": plays["level"],
            "location": plays["location"],
            "session": plays["sessionId"],
            "title": plays["song"],
            "artist": plays["artist"],
            "seconds": plays["length"].map(lambda length: math.floor(length + 0.5), na_action="ignore"),
        }
    )


def answered(plays: pd.DataFrame, zone: str) -> Answers:
    """Every table of analytics and cubes, but for the column `matched_plays`."""
    local = plays["start_time"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    text = plays.assign(**{name: plays[name].map(_trimmed).astype(object) for name in ("title", "artist")})
    places = plays["location"].map(_place)
    fact = text.assign(
        date=local.dt.date,
        hour=local.dt.hour,
        weekday=local.dt.day_of_week + 1,
        week=local.dt.date.map(lambda day: day - timedelta(days=day.weekday())),
        region=places.map(lambda place: place[1]).astype(object),
        city=places.map(lambda place: place[0]).astype(object),
        seconds=pd.to_numeric(plays["seconds"]).fillna(0),
        song=[_song(*names) for names in zip(text["title"], text["artist"], strict=True)],
    )
    return {
        "top_songs": _top_songs(fact),
        "trending_artists": _trending_artists(fact),
        "listening_by_demographic": _demographic(fact),
        "peak_hours": _peak_hours(fact),
        "plays_cube": [row for by in GROUPING_SETS for row in _grouping_set(fact, by)],
        "plays_by_place": _places(fact),
        "plays_by_calendar": _calendar(fact),
        "plays_drill_down": _drill_down(fact),
        "plays_slice_paid": [
            (day, gender, region, *measures)
            for (day, gender, region), measures in _added_up(fact[fact.level == "paid"], ["date", "gender", "region"])
        ],
        "plays_dice_weekend_evenings": [
            (day, hour, *measures)
            for (day, hour), measures in _added_up(fact[(fact.weekday >= 6) & (fact.hour >= 18)], ["date", "hour"])
        ],
    }


def _trimmed(value: Any) -> str | None:
    return value.rstrip(" ") if isinstance(value, str) else None


def _song(title: Any, artist: Any) -> str | None:
    return f"{title}\n{artist}" if isinstance(title, str) and isinstance(artist, str) else None


def _place(location: Any) -> tuple[str | None, str | None]:
    city, _, states = location.partition(", ") if isinstance(location, str) else ("", "", "")
    return city.rstrip(" ") or None, states.split(", ")[0].split("-")[0].rstrip(" ") or None


def _known(value: Any) -> Any:
    return None if value is None or value != value else value.item() if hasattr(value, "item") else value


def _added_up(fact: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[Row, Row]]:
    """For each combination of values its plays, seconds, listeners and songs."""
    measures = {"plays": ("session", "size"), "seconds": ("seconds", "sum")}
    distinct = {"listeners": ("user", "nunique"), "songs": ("song", "nunique")}
    groups = fact.assign(all=0).groupby(list(by) or "all", dropna=False, sort=False).agg(**measures, **distinct)
    for key, numbers in zip(groups.index, groups.itertuples(index=False), strict=True):
        values = key if len(by) > 1 else (key,) if by else ()
        yield tuple(map(_known, values)), tuple(map(int, numbers))


def _grouping_set(fact: pd.DataFrame, by: Sequence[str]) -> Iterator[Row]:
    flags = tuple(int(dimension not in by) for dimension in DIMENSIONS)
    for values, measures in _added_up(fact, by):
        of = dict(zip(by, values, strict=True))
        yield (" ".join(by) or "total", *(of.get(dimension) for dimension in DIMENSIONS), *flags, *measures)


def _ranked(rows: list[Row], *order: Callable[[Row], Any]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: tuple(_last_if_null(by(row)) for by in order))
    return [(rank, *row) for rank, row in enumerate(ordered, start=1)]


def _last_if_null(value: Any) -> tuple[bool, Any]:
    return value is None, 0 if value is None else value


def _rounded(value: float) -> float:
    return math.floor(value * 100 + 0.5) / 100


def _top_songs(fact: pd.DataFrame) -> list[Row]:
    rows = [(*values, plays, users) for values, (plays, _, users, _) in _added_up(fact, ["title", "artist"])]
    return _ranked(rows, lambda r: -r[2], lambda r: -r[3], lambda r: r[0], lambda r: r[1])


def _trending_artists(fact: pd.DataFrame) -> list[Row]:
    totals = Counter(fact.week)
    weekly = {values: (plays, users) for values, (plays, _, users, _) in _added_up(fact, ["week", "artist"])}
    found: list[Row] = []
    for week in sorted(totals):
        before = [other for other in totals if week - timedelta(days=28) <= other < week]
        rows: list[Row] = []
        for (of_week, artist), (plays, users) in weekly.items():
            if of_week == week and artist is not None:
                earlier = sum(weekly.get((other, artist), (0, 0))[0] for other in before)
                expected = earlier * totals[week] / sum(totals[other] for other in before) if before else None
                trend = None if expected is None else _rounded((plays + 10) / (expected + 10))
                rows.append((artist, plays, users, earlier, None if expected is None else _rounded(expected), trend))
        order = (lambda r: r[2] < 2, lambda r: -(r[5] or 0), lambda r: -r[1], lambda r: -r[2], lambda r: r[0])
        found += [(week, *row) for row in _ranked(rows, *order)]
    return found


def _demographic(fact: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for values, group in fact.groupby(["gender", "level", "region"], dropna=False):
        plays, users = len(group), group.user.nunique()
        measures = (plays, users, group.session.nunique(), int(group.seconds.sum()))
        rows.append((*map(_known, values), *measures, _rounded(plays / users) if users else None))
    return _ranked(rows, lambda r: -r[3], lambda r: -r[4], lambda r: r[0], lambda r: r[1], lambda r: r[2])


def _peak_hours(fact: pd.DataFrame) -> list[Row]:
    days = fact.groupby("weekday").date.nunique()
    rows: list[Row] = []
    for (weekday, hour), group in fact.groupby(["weekday", "hour"]):
        of_day = int(days[weekday])
        measures = (len(group), group.user.nunique(), of_day, _rounded(len(group) / of_day))
        rows.append((int(weekday), WEEKDAYS[weekday - 1], int(hour), *measures))
    return _ranked(rows, lambda r: -r[6], lambda r: -r[3], lambda r: r[0], lambda r: r[2])


def _places(fact: pd.DataFrame) -> list[Row]:
    levels = {"city": ["region", "city"], "state": ["region"], "all": []}
    return [
        (level, *values, *[None] * (2 - len(values)), plays, seconds, users)
        for level, by in levels.items()
        for values, (plays, seconds, users, _) in _added_up(fact, by)
    ]


def _calendar(fact: pd.DataFrame) -> list[Row]:
    first_days = {
        "day": fact.date,
        "week": fact.week,
        "month": fact.date.map(lambda day: day.replace(day=1)),
        "all": pd.Series(fact.date.min(), fact.index),
    }
    return [
        (level, day, group.date.nunique(), len(group), int(group.seconds.sum()))
        for level, first_day in first_days.items()
        for day, group in fact.groupby(first_day)
    ]


def _drill_down(fact: pd.DataFrame) -> list[Row]:
    path = ["level", "gender", "region"]
    found: list[Row] = []
    parents: dict[Row, int] = {}
    for depth in range(4):
        steps = dict(_added_up(fact, path[:depth]))
        for values, (plays, seconds, users, _) in steps.items():
            share = plays / (parents[values[:-1]] if depth else plays) if plays else None
            found.append((depth, *values, *[None] * (3 - depth), plays, seconds, users, share))
        parents = {values: measures[0] for values, measures in steps.items()}
    return found


# What the warehouse makes of it


def derive(warehouse: DuckDBWarehouse, zone: str) -> None:
    """Build analytics and cubes from the star."""
    for model in load_order(models()[name] for name in (*ANALYTICS, *CUBES)):
        load_tables(warehouse, [model], None, zone)


def derived(warehouse: DuckDBWarehouse) -> Answers:
    columns = {name: [c for c in models()[name].column_names if c != "matched_plays"] for name in (*ANALYTICS, *CUBES)}
    return {name: warehouse.fetch(f"select {', '.join(some)} from {name}").rows for name, some in columns.items()}


def assert_same(found: Answers, wanted: Mapping[str, Sequence[Row]]) -> None:
    for table, rows in wanted.items():
        lacks, has = Counter(rows) - Counter(found[table]), Counter(found[table]) - Counter(rows)
        assert not lacks, f"{table} lacks {list(lacks)[:5]}, has {list(has)[:5]}"
        assert not has, f"{table} has too much: {list(has)[:5]}"


def build(tables: Tables, *days: str, zone: str = "UTC") -> DuckDBWarehouse:
    """Star, analytics and cubes of a lake, without Dagster around them."""
    covered = (date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
    tables.stage_day(days[0], days[-1])
    tables.stage_songs()
    load_tables(tables.warehouse, [models()[name] for name in STAR], covered)
    derive(tables.warehouse, zone)
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

    assert first("select title, artist, plays from top_songs where rank = 1") == ("Revelry", "Kings Of Leon", 17)
    assert first(
        "select artist, plays, trend from trending_artists where week_start = date '2018-11-26' and rank = 1"
    ) == ("Shakira", 6, 1.42)
    assert first("select weekday, hour, plays from peak_hours where rank = 1") == ("Wednesday", 9, 71)
    assert first("select gender, level, region, plays from listening_by_demographic where rank = 1") == (
        "F", "paid", "CA", 790
    )  # fmt: skip
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
    found = build(tables, FIRST).fetch("select rank, title, artist, plays, matched_plays from top_songs order by rank")
    assert found.rows == [(1, "Unknown", "Ann", 3, 0), (2, "Alpha", "Ann", 1, 1)]


def test_songs_of_equal_plays_rank_by_listeners_then_by_the_alphabet(lake: SmallLake, tables: Tables) -> None:
    lake.log(
        FIRST,
        *plays(*[{"song": title} for title in ("b", "b", "a", "a", "Z", "Z", "é", "é", "c")]),
        *plays({"song": "c", "userId": "2"}, {"song": None}, {"song": None}, session=2),
    )
    found = build(tables, FIRST).fetch("select title, plays, listeners from top_songs order by rank")
    assert found.rows == [("c", 2, 2), ("Z", 2, 1), ("a", 2, 1), ("b", 2, 1), ("é", 2, 1), (None, 2, 1)]


def test_a_repeated_play_counts_once(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), event(), event(song="Beta", ts=at("2018-11-01 12:01")))
    warehouse = build(tables, FIRST)
    assert warehouse.fetch("select title, plays from top_songs").rows == [("Alpha", 1)]
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
    warehouse = build(tables, "2018-11-04", zone=zone)
    assert warehouse.fetch("select weekday, hour from peak_hours").rows == [(weekday, hour)]
    assert warehouse.fetch("select play_date, hour from plays_cube where dimensions = 'date hour'").rows == [
        (date.fromisoformat(day), hour)
    ]
    assert warehouse.fetch("select week_start from trending_artists").rows == [(date.fromisoformat(week),)]
    assert warehouse.fetch("select start_time from songplays").rows == [(datetime(2018, 11, 4, 23, 30),)]


def test_an_hour_which_the_clock_repeats_counts_both_times(lake: SmallLake, tables: Tables) -> None:
    twice = [{"ts": at("2018-11-04 05:30")}, {"ts": at("2018-11-04 06:30")}]  # 1:30 in New York, before and after
    lake.log("2018-11-04", *plays(*twice))
    warehouse = build(tables, "2018-11-04", zone="America/New_York")
    assert warehouse.fetch("select hour, plays from peak_hours").rows == [(1, 2)]


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
    warehouse = build(tables, FIRST)
    assert warehouse.fetch("select state, city from plays_by_place where place_level = 'city'").rows == [(state, city)]
    assert warehouse.fetch("select region from listening_by_demographic").rows == [(state,)]
    by_region = "select region, all_regions from plays_cube where dimensions = 'region'"
    assert warehouse.fetch(by_region).rows == [(state, 0)]


def test_cities_of_one_name_in_two_states_are_two(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({"location": "Columbus, OH"}, {"location": "Columbus, GA-AL"}))
    found = build(tables, FIRST).fetch("select state, city, plays from plays_by_place where place_level = 'city'")
    assert sorted(found.rows) == [("GA", "Columbus", 1), ("OH", "Columbus", 1)]


def test_what_is_not_known_is_no_total(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({}, {"artist": None, "userId": "", "gender": None}))
    warehouse = build(tables, FIRST)
    by_artist = "select artist, all_artists, plays from plays_cube where dimensions in ('artist', 'total')"
    assert warehouse.fetch(f"{by_artist} order by 2, 1").rows == [("Ann", 0, 1), (None, 0, 1), (None, 1, 2)]
    by_gender = "select gender, all_genders, plays, listeners from plays_cube where dimensions = 'gender' order by 1"
    assert warehouse.fetch(by_gender).rows == [("F", 0, 1, 1), (None, 0, 1, 0)]


def test_the_level_is_that_of_the_play_the_gender_that_of_today(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays({"level": "free", "gender": None}, {"level": "paid", "gender": "M"}))
    found = build(tables, FIRST).fetch("select gender, level, plays from listening_by_demographic order by rank")
    assert found.rows == [("M", "free", 1), ("M", "paid", 1)]


def test_hours_rank_by_plays_per_day_not_by_the_number_of_such_days(lake: SmallLake, tables: Tables) -> None:
    lake.log("2018-11-01", event(), event(itemInSession=1))  # two Thursdays with two plays each
    lake.log("2018-11-08", *(event(sessionId=2, itemInSession=n, ts=at("2018-11-08 12:00")) for n in range(2)))
    lake.log("2018-11-09", *(event(sessionId=3, itemInSession=n, ts=at("2018-11-09 07:00")) for n in range(3)))
    found = build(tables, "2018-11-01", "2018-11-09").fetch(
        "select weekday, hour, plays, days, plays_per_day from peak_hours order by rank"
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
    found = build(tables, "2018-11-05", "2018-11-12").fetch(
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
    found = build(tables, "2018-11-05", "2018-11-12").fetch(
        "select artist, expected_plays, trend from trending_artists where week_start = date '2018-11-12' order by rank"
    )
    assert found.rows == [("Ann", 6.0, 1.0), ("Bob", 4.0, 1.0)]


def test_only_four_weeks_count_as_before(lake: SmallLake, tables: Tables) -> None:
    lake.log("2018-11-05", *week("Ann", "2018-11-05", 5, 2, 1))
    lake.log("2018-12-03", *week("Ann", "2018-12-03", 5, 2, 2))
    lake.log("2018-12-10", *week("Ann", "2018-12-10", 5, 2, 3))
    found = build(tables, "2018-11-05", "2018-12-10").fetch(
        "select week_start, plays_before from trending_artists order by 1"
    )
    assert [before for _, before in found.rows] == [0, 5, 5]


def test_a_length_which_is_not_sane_adds_no_seconds(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *plays(*[{"length": length} for length in (None, -1.0, 86_401.0, 1e300, 100.5, 0.4)]))
    found = build(tables, FIRST).fetch("select plays, seconds from plays_cube where dimensions = 'total'")
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
    max_size=40,
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
    @settings(max_examples=15, phases=[Phase.generate])
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
    assert told(run, "top_songs")["preview"].value.splitlines()[2] == "| 1 | Alpha | Ann | 2 | 1 | 2 |"


def test_the_time_zone_is_told_where_it_matters(run: dg.ExecuteInProcessResult) -> None:
    zones = {name: told(run, name).get("time_zone") for name in (*ANALYTICS, *CUBES)}
    assert {name for name, zone in zones.items() if zone and zone.value == "Asia/Kolkata"} == {
        "trending_artists", "peak_hours", "plays_cube"
    }  # fmt: skip


def test_no_table_of_the_star_depends_on_an_answer_being_current() -> None:
    """A key from an answer to the star would be broken between the load of the one and that of the other."""
    assert [name for name in (*ANALYTICS, *CUBES) if models()[name].foreign_keys] == []


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_query_of_a_chart_asks_for_few_rows_in_their_order(real: DuckDBWarehouse, name: str) -> None:
    rows = real.fetch(answered_by(name).query)
    assert 0 < len(rows.rows) <= 168
    assert rows.rows == real.fetch(answered_by(name).query).rows
