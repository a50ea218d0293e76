"""Rules which follow from the keys a table declares.

Redshift does not enforce keys, but its planner trusts them. So each load proves them before it commits, over every
row which it wrote or which referred to a row it took out; run alone, the checks prove them over the whole table.

The planner must not answer an audit from the declarations which it proves: it removes joins and DISTINCT which they
make redundant (AWS: Defining table constraints). So an audit compares computed values, of which nothing is declared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sparkify_assets.errors import KeyViolation
from sparkify_assets.models.ddl import ForeignKey
from sparkify_assets.models.model import Model, equal, rows_of_run
from sparkify_assets.warehouse.base import Session

SHOWN_ROWS = 10
_PERIODS = frozenset({"play_date", "week_start", "play_month"})


@dataclass(frozen=True)
class CheckFinding:
    """What a check found: `count` rows break its rule, the first of which are `rows`; `metrics` were compared."""

    count: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    metrics: dict[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Broken:
    """The query of the rows which break a rule, and one for their number where there is a cheaper one."""

    rows: str
    count: str | None = None


@dataclass(frozen=True)
class KeyRule:
    """A rule about one table: `query` gives the rows which break it, `count_query` their number."""

    name: str
    rule: str
    query: str
    count_query: str


def key_rules(model: Model) -> list[KeyRule]:
    """The rules over the whole table, in the order in which they are worth reading: natural keys first."""
    return list(_rules(model, model.name, lambda columns: _doubled(model.name, columns), lambda key: model.name))


def rules_of_run(model: Model, loaded: Mapping[str, Model]) -> list[KeyRule]:
    """The rules over what the load of this transaction wrote, whatever its day, and over what others took out."""
    written = _written(model)

    def referring(key: ForeignKey) -> str:
        referenced = loaded.get(key.table)
        # Which rows a table lost is known of an upsert only: for another each row which refers to it is audited.
        return written if referenced is None or referenced.load == "upsert" else model.name

    upserted = [key for key in model.foreign_keys if key.table in loaded and loaded[key.table].load == "upsert"]
    return [
        *_rules(model, written, lambda columns: _doubled_by_run(model, columns), referring),
        *(_refers_to_no_removed_row(model, key) for key in upserted),
    ]


def audit(
    session: Session, loaded: Sequence[Model], parameters: Callable[[Model], Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Prove the keys of tables which were loaded in this transaction; gives the names of the rules by table.

    Raises KeyViolation at the first which does not hold.
    """
    tables = {model.name: model for model in loaded}
    for model in loaded:
        for rule in rules_of_run(model, tables):
            finding = evaluate(session, rule, parameters(model))
            if finding.count:
                raise KeyViolation(model.name, rule.name, rule.rule, finding.count, finding.rows)
    return {model.name: [rule.name for rule in key_rules(model)] for model in loaded}


def evaluate(session: Session, rule: KeyRule, parameters: Mapping[str, Any]) -> CheckFinding:
    """Evaluate a rule; rules over whole tables need no parameters."""
    count = int(session.fetch(rule.count_query, **parameters).scalar)
    if not count:
        return CheckFinding(0)
    return CheckFinding(count, session.fetch(f"{rule.query} limit {SHOWN_ROWS}", **parameters).dicts())


def _rules(
    model: Model, rows: str, doubled: Callable[[tuple[str, ...]], _Broken], referring: Callable[[ForeignKey], str]
) -> Iterator[KeyRule]:
    required = [column.name for column in model.columns if not column.nullable and not column.identity]
    if required:
        missing = " or ".join(f"{column} is null" for column in required)
        yield _rule(
            "not_null",
            f"{', '.join(required)} are never null",
            _Broken(f"select {', '.join(required)} from {rows} as written where {missing}"),
        )
    for columns in model.unique:
        yield _rule(f"unique_{'_and_'.join(columns)}", f"{', '.join(columns)} is unique", doubled(columns))
    if model.primary_key:
        yield _rule("primary_key", f"{', '.join(model.primary_key)} is unique", doubled(model.primary_key))
    for key in model.foreign_keys:
        yield _references(model, key, referring(key))


def _written(model: Model) -> str:
    if _writes_some_rows(model):
        return f"new_{model.name}"
    return f"({rows_of_run(model)})" if model.scope else model.name


def _writes_some_rows(model: Model) -> bool:
    """Whether a load compares only some rows; one which compares the whole table audits the whole table."""
    return model.load == "upsert" and model.is_daily


def _doubled(rows: str, columns: tuple[str, ...]) -> _Broken:
    listed = ", ".join(columns)
    values = ", ".join(f"{_computed(column)} as {column}" for column in columns)
    return _Broken(
        f"select {listed}, count(*) as copies from (select {values} from {rows} as declared) as written "
        f"group by {listed} having count(*) > 1"
    )


def _doubled_by_run(model: Model, columns: tuple[str, ...]) -> _Broken:
    """Keys which the run wrote and which exist twice: joins on the few keys, not a group of the whole table."""
    name, scope = model.name, model.scope
    if _writes_some_rows(model):
        return _Broken(_copies(model, columns, f"new_{name}"), _copies_counted(model, *columns))
    if scope is None:
        return _doubled(name, columns)
    within = _doubled(f"(select {', '.join(columns)} from {name} where {scope})", columns)
    # The engine makes an identity for the whole table: to look for it in other rows could only be slow.
    if {column.name for column in model.columns if column.identity}.issuperset(columns):
        return within
    affected = [_copies(model, columns, _affected(model, columns))] if model.affected_key else []
    # Rows of other days, weeks and months have another key.
    if model.follows_plays and _PERIODS.intersection(columns):
        return _Broken(" union all ".join([within.rows, *affected]))
    elsewhere = (
        f"select {', '.join(f'{name}.{column}' for column in columns)}, 2 as copies from {name} "
        f"inner join (select {', '.join(f'{_computed(column)} as {column}' for column in columns)} from {name} "
        f"where {scope}) as written on {equal(name, 'written', columns)} where not ({scope})"
    )
    return _Broken(" union all ".join([within.rows, elsewhere, *affected]))


def _affected(model: Model, columns: tuple[str, ...]) -> str:
    name, affected = model.name, f"affected_{model.name}"
    listed = ", ".join(f"{name}.{column}" for column in columns)
    return f"(select {listed} from {name} inner join {affected} on {equal(name, affected, model.affected_key)})"


def _copies(model: Model, columns: tuple[str, ...], written: str) -> str:
    values = [(column, _computed(f"{model.name}.{column}")) for column in columns]
    return (
        f"select {', '.join(f'{value} as {column}' for column, value in values)}, count(*) as copies from {model.name} "
        f"inner join (select distinct {', '.join(columns)} from {written} as affected) as written "
        f"on {equal(model.name, 'written', columns)} group by {', '.join(value for _, value in values)} "
        "having count(*) > 1"
    )


def _copies_counted(model: Model, key: str, *more: str) -> str | None:
    """How many rows more than keys there are of what the run wrote, for a key of one column; cheaper than a group."""
    if more:
        return None
    new = f"new_{model.name}"
    return (
        f"select (select count(*) from {model.name} where {key} in (select {key} from {new})) "
        f"- (select count(distinct {key}) from {new}) as broken"
    )


def _references(model: Model, key: ForeignKey, rows: str) -> KeyRule:
    own = _computed(f"written.{key.column}")
    referring = f"from {rows} as written where written.{key.column} is not null"
    return _rule(
        f"references_{key.table}",
        f"each {key.column} exists in {key.table}",
        _Broken(
            f"select {', '.join(f'written.{column}' for column in _identifying(model, key))} from {rows} as written "
            f"left join {key.table} on {own} = {key.table}.{key.reference} "
            f"where written.{key.column} is not null and {key.table}.{key.reference} is null",
            # To count the rows which find theirs lets an engine skip what is outside of the range of their keys.
            f"select (select count(*) {referring}) - "
            f"(select count(*) {referring} and {own} in (select {key.reference} from {key.table})) as broken",
        ),
    )


def _refers_to_no_removed_row(model: Model, key: ForeignKey) -> KeyRule:
    gone, name, target = f"old_{key.table}", model.name, key.table
    return _rule(
        f"references_{target}",
        f"each {key.column} exists in {target}",
        _Broken(
            f"select {', '.join(f'{name}.{column}' for column in _identifying(model, key))} from {name} inner join ("
            f"select {gone}.{key.reference} from {gone} left join {target} on {gone}.{key.reference} = "
            f"{target}.{key.reference} where {target}.{key.reference} is null"
            f") as gone on {name}.{key.column} = gone.{key.reference}"
        ),
    )


def _computed(column: str) -> str:
    """The value of a column, which is no column for a planner; for every type alike."""
    return f"greatest({column}, {column})"


def _rule(name: str, rule: str, broken: _Broken) -> KeyRule:
    return KeyRule(name, rule, broken.rows, broken.count or f"select count(*) from ({broken.rows}) as broken")


def _identifying(model: Model, key: ForeignKey) -> tuple[str, ...]:
    identities = {column.name for column in model.columns if column.identity}
    natural = next((k for k in (model.primary_key, *model.unique) if k and not identities & set(k)), ())
    return tuple(dict.fromkeys((*natural, key.column)))
