"""Every answer and every grouping set as pandas makes them of the raw lines of a lake."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

Row = tuple[Any, ...]
Answers = dict[str, list[Row]]

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
GROUPS = [
    (), ("level",), ("gender",), ("region",),
    ("level", "gender"), ("level", "region"), ("gender", "region"), ("level", "gender", "region"),
]  # fmt: skip
OVER_HOURS = [("hour",), ("hour", "level"), ("hour", "gender"), ("hour", "region")]
OF_ARTISTS = [("artist",), ("level", "artist"), ("gender", "artist"), ("region", "artist")]
OVER_DAYS = [(), ("hour",), ("level",), ("gender",), ("region",), ("level", "gender", "region"), ("artist",)]
DIMENSIONS = ("date", "hour", "level", "gender", "region", "artist")


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
        month=local.dt.date.map(lambda day: day.replace(day=1)),
        week=local.dt.date.map(lambda day: day - timedelta(days=day.weekday())),
        region=places.map(lambda place: place[1]).astype(object),
        city=places.map(lambda place: place[0]).astype(object),
        seconds=pd.to_numeric(plays["seconds"]).fillna(0),
        song=[_song(*names) for names in zip(text["title"], text["artist"], strict=True)],
    )
    return {
        "top_songs": _by_month(fact, _top_songs),
        "trending_artists": _trending_artists(fact),
        "listening_by_demographic": _by_month(fact, _demographic),
        "peak_hours": _by_month(fact, _peak_hours),
        "active_listeners": _active_listeners(fact),
        "listeners_by_week": [(*values, plays, users) for values, (plays, _, users, _) in _added_up(fact, ["week"])],
        "listener_months": [
            (*values, plays, seconds)
            for values, (plays, seconds, *_) in _added_up(fact, ["month", "user", "level", "region", "city"])
        ],
        "plays_cube": [*_grouping_sets(fact)],
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


def _grouping_sets(fact: pd.DataFrame) -> Iterator[Row]:
    for by in GROUPS:
        for plays_of_set in _grouping_set(fact, (), by):
            yield (*plays_of_set[:-1], None)
    for by in (*GROUPS, *OVER_HOURS, *OF_ARTISTS):
        yield from _grouping_set(fact, ("month",), by)
    for by in OVER_DAYS:
        yield from _grouping_set(fact, ("month", "date"), by)


def _grouping_set(fact: pd.DataFrame, period: Row, by: Sequence[str]) -> Iterator[Row]:
    flags = tuple(int(dimension not in (*period, *by)) for dimension in DIMENSIONS)
    for values, measures in _added_up(fact, [*period, *by]):
        of = dict(zip((*period, *by), values, strict=True))
        name = " ".join((*period[-1:], *by)) or "total"
        yield (name, of.get("month"), *(of.get(dimension) for dimension in DIMENSIONS), *flags, *measures)


def _by_month(fact: pd.DataFrame, answer: Callable[[pd.DataFrame, bool], list[Row]]) -> list[Row]:
    """An answer for each month and, behind no month, over all time."""
    months = [(month, *row) for month, plays in fact.groupby("month") for row in answer(plays, False)]
    return [*months, *((None, *row) for row in answer(fact, True))]


def _ranked(rows: list[Row], *order: Callable[[Row], Any]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: tuple(_last_if_null(by(row)) for by in order))
    return [(rank, *row) for rank, row in enumerate(ordered, start=1)]


def _last_if_null(value: Any) -> tuple[bool, Any]:
    return value is None, 0 if value is None else value


def _rounded(value: float) -> float:
    return math.floor(value * 100 + 0.5) / 100


def _top_songs(fact: pd.DataFrame, all_time: bool) -> list[Row]:
    rows = [
        (*values, plays, None if all_time else users)
        for values, (plays, _, users, _) in _added_up(fact, ["title", "artist"])
    ]
    return _ranked(rows, lambda r: -r[2], lambda r: -(r[3] or 0), lambda r: r[0], lambda r: r[1])


def _trending_artists(fact: pd.DataFrame) -> list[Row]:
    totals = Counter(fact[fact.artist.notna()].week)
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


def _demographic(fact: pd.DataFrame, all_time: bool) -> list[Row]:
    rows: list[Row] = []
    for values, group in fact.groupby(["gender", "level", "region"], dropna=False):
        plays, users = len(group), group.user.nunique()
        sessions = None if all_time else group.session.nunique()
        measures = (plays, users, sessions, int(group.seconds.sum()))
        rows.append((*map(_known, values), *measures, _rounded(plays / users) if users else None))
    return _ranked(rows, lambda r: -r[3], lambda r: -r[4], lambda r: r[0], lambda r: r[1], lambda r: r[2])


def _peak_hours(fact: pd.DataFrame, all_time: bool) -> list[Row]:
    days = fact.groupby("weekday").date.nunique()
    rows: list[Row] = []
    for (weekday, hour), group in fact.groupby(["weekday", "hour"]):
        of_day = int(days[weekday])
        users = None if all_time else group.user.nunique()
        measures = (len(group), users, of_day, _rounded(len(group) / of_day))
        rows.append((int(weekday), WEEKDAYS[weekday - 1], int(hour), *measures))
    return _ranked(rows, lambda r: -r[6], lambda r: -r[3], lambda r: r[0], lambda r: r[2])


def _active_listeners(fact: pd.DataFrame) -> list[Row]:
    plays = fact.groupby("date").size()
    daily, weekly, monthly = (fact.groupby(period).user.nunique() for period in ("date", "week", "month"))
    calendar = pd.date_range(fact.date.min(), fact.date.max()).date
    return [
        (
            day,
            int(plays.get(day, 0)),
            int(daily.get(day, 0)),
            int(weekly.get(day - timedelta(days=day.weekday()), 0)),
            int(monthly[day.replace(day=1)]),
        )
        for day in calendar
        if day.replace(day=1) in monthly
    ]


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
