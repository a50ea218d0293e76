"""Rules which follow from the keys a table declares.

Redshift does not enforce keys, but its planner trusts them; so each load proves them before it
commits, over the rows of its days, and the checks can prove them again over the whole table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sparkify_assets.models.model import ForeignKey, Model
from sparkify_assets.warehouse.base import Finding, Session

SHOWN_ROWS = 10


@dataclass(frozen=True)
class KeyRule:
    """A rule about one table: `query` gives the rows which break it, `count_query` their number."""

    name: str
    rule: str
    query: str
    count_query: str


def key_rules(model: Model) -> Iterator[KeyRule]:
    """The rules of a table, in the order in which they are worth reading: a natural key tells more than a made one."""
    required = [column.name for column in model.columns if not column.nullable]
    if required:
        yield _not_null(model, required)
    for columns in model.unique:
        yield _unique(model, f"unique_{'_and_'.join(columns)}", columns)
    if model.primary_key:
        yield _unique(model, "primary_key", model.primary_key)
    for key in model.foreign_keys:
        yield _references(model, key)


def find(session: Session, rule: KeyRule, first_day: date, last_day: date) -> Finding:
    """Look a rule up over the rows of these days."""
    days = {"first_day": first_day, "last_day": last_day}
    count = int(session.fetch(rule.count_query, **days).scalar)
    if not count:
        return Finding(0)
    rows = session.fetch(f"{rule.query} limit {SHOWN_ROWS}", **days)
    return Finding(count, rows.dicts())


def _not_null(model: Model, columns: list[str]) -> KeyRule:
    missing = " or ".join(f"{column} is null" for column in columns)
    return _rule(
        name="not_null",
        rule=f"{', '.join(columns)} are never null",
        query=f"select {', '.join(columns)} from {model.name} where ({missing}){_and_days(model)}",
    )


def _unique(model: Model, name: str, columns: tuple[str, ...]) -> KeyRule:
    listed = ", ".join(columns)
    within = (
        f"select {listed}, count(*) as copies from {model.name} where 1 = 1{_and_days(model)} "
        f"group by {listed} having count(*) > 1"
    )
    made = {column.name for column in model.columns if column.identity}
    # The engine makes an identity for the whole table: looking for it in other days could only be slow.
    if not model.days or made.issuperset(columns):
        return _rule(name, f"{listed} is unique", within)
    # Keys of these days which stand in other days as well; a join on the few keys, not a group of all.
    same = " and ".join(f"others.{column} = changed.{column}" for column in columns)
    elsewhere = (
        f"select {', '.join(f'others.{column}' for column in columns)}, 2 as copies from {model.name} as others "
        f"inner join (select {listed} from {model.name} where {model.days}) as changed on {same} "
        f"where not ({model.days_of('others')})"
    )
    return _rule(name, f"{listed} is unique", f"{within} union all {elsewhere}")


def _references(model: Model, key: ForeignKey) -> KeyRule:
    own = f"{model.name}.{key.column}"
    referring = f"from {model.name} where {own} is not null{_and_days(model)}"
    return KeyRule(
        name=f"references_{key.table}",
        rule=f"each {key.column} stands in {key.table}",
        query=(
            f"select {', '.join(f'{model.name}.{column}' for column in _identifying(model, key))} from {model.name} "
            f"left join {key.table} on {own} = {key.table}.{key.reference} "
            f"where {own} is not null{_and_days(model)} and {key.table}.{key.reference} is null"
        ),
        # Counting the rows which do find theirs lets an engine skip what lies outside of the range of their keys.
        count_query=(
            f"select (select count(*) {referring}) - "
            f"(select count(*) {referring} and {own} in (select {key.reference} from {key.table})) as broken"
        ),
    )


def _rule(name: str, rule: str, query: str) -> KeyRule:
    return KeyRule(name, rule, query, f"select count(*) from ({query}) as broken")


def _identifying(model: Model, key: ForeignKey) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*model.primary_key, key.column)))


def _and_days(model: Model) -> str:
    return f" and {model.days_of(model.name)}" if model.days else ""
