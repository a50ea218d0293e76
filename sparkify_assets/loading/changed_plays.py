"""Days in which plays changed, for the tables by weeks and months which are made of plays.

A load of the star notes for each of them when the plays began which it put in, took out or counts in another way. The
next load of the table takes these days, in the transaction which replaces its rows, and hands them on to the tables
made of it. So tables may be loaded in any order, and a run which dies leaves the rest to the next one.

A table is made anew if it is empty, or made by other SQL or in another time zone than before.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import installed_sql, models
from sparkify_assets.models.sql_text import with_queries
from sparkify_assets.warehouse.base import Session

_INTO_PENDING = "insert into pending_plays (table_name, first_time, last_time)\n"
CHANGED_DAYS = """
    create temp table changed_days as
    select
        play_date,
        cast(date_trunc('week', play_date) as date) as week_start,
        cast(date_trunc('month', play_date) as date) as play_month
    from (
        select cast(first_time at time zone 'UTC' at time zone :time_zone as date) as play_date
        from pending_plays
        where table_name = :table_name
        union
        select cast(last_time at time zone 'UTC' at time zone :time_zone as date) as play_date
        from pending_plays
        where table_name = :table_name
    ) as days
"""


def hand_on_plays(session: Session, changed: Iterable[str], first_day: date, last_day: date) -> None:
    """Note what the load of the star for these days changed, for the tables made of the `changed` ones."""
    _mark(session, _followers(changed), "changed_plays", first_day=first_day, last_day=last_day)


def take_changed_days(session: Session, model: Model, time_zone: str, *, anew: bool) -> tuple[date, date]:
    """Put the days in which plays changed into the temporary table `changed_days`; which plays the load needs.

    These are the days of whole weeks or months. If the table is to be made `anew`, its rows go and all days are taken.
    """
    if anew or not _is_made_alike(session, model, time_zone):
        session.execute(f"delete from {model.name}")
        _forget(session, model)
        _mark(session, [model.name], "placed_plays")
        session.delete_if_any("made_tables", "table_name = :table_name", table_name=model.name)
        session.insert_rows("made_tables", [{"table_name": model.name, "made_by": _made_by(model, time_zone)}])
    session.execute("drop table if exists changed_days")
    session.execute(CHANGED_DAYS, table_name=model.name, time_zone=time_zone)
    column = "week_start" if model.load == "weeks" else "play_month"
    first, last = session.fetch(f"select min({column}) as first, max({column}) as last from changed_days").rows[0]
    if first is None:
        return date.max, date.max
    return first, _end_of_week(last) if model.load == "weeks" else _end_of_month(last)


def plays_taken(session: Session, model: Model) -> None:
    """Hand the days which the load of a table took on to the tables made of it, and note that it has taken them."""
    for name in _followers([model.name]):
        session.execute(
            f"{_INTO_PENDING}select {_literal(name)} as table_name, first_time, last_time from pending_plays "
            "where table_name = :table_name",
            table_name=model.name,
        )
    _forget(session, model)


def _followers(changed: Iterable[str]) -> list[str]:
    names = {*changed}
    return [model.name for model in models().values() if model.follows_plays and model.reads & names]


def _mark(session: Session, tables: list[str], plays: str, **days: date) -> None:
    """Note, by table and day in UTC, when plays of this named query began."""
    if not tables:
        return
    marked = " union all ".join(f"select {_literal(name)} as table_name" for name in tables)
    query = (
        "select marked.table_name, played.first_time, played.last_time\n"
        f"from (\nselect min(start_time) as first_time, max(start_time) as last_time\nfrom {plays}\n"
        f"group by date_trunc('day', start_time)\n) as played\ncross join ({marked}) as marked"
    )
    session.execute(_INTO_PENDING + with_queries(query, installed_sql().queries), **days)


def _literal(table: str) -> str:
    """Redshift gives a literal alone no type."""
    return f"cast('{table}' as varchar(128))"


def _forget(session: Session, model: Model) -> None:
    session.delete_if_any("pending_plays", "table_name = :table_name", table_name=model.name)


def _is_made_alike(session: Session, model: Model, time_zone: str) -> bool:
    made = session.fetch("select made_by from made_tables where table_name = :table_name", table_name=model.name).rows
    some = session.fetch(f"select 1 as found from {model.name} limit 1").rows
    return bool(some) and made == [(_made_by(model, time_zone),)]


def _made_by(model: Model, time_zone: str) -> str:
    return hashlib.sha256("\n".join([*model.texts, time_zone]).encode()).hexdigest()


def _end_of_week(monday: date) -> date:
    return monday + min(timedelta(days=6), date.max - monday)


def _end_of_month(first_day: date) -> date:
    if (first_day.year, first_day.month) == (date.max.year, date.max.month):
        return date.max
    return (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
