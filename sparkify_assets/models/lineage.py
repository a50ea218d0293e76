"""Column lineage of a table, read from the statements of its file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from sparkify_assets.models.model import Model, View
from sparkify_assets.models.reading import models, views
from sparkify_assets.models.sql_text import DIALECT, parse

Lineage = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
"""By table and column the (table, column) pairs which its values come from."""

Pair = tuple[str, str]
Sources = set[Pair]
Origins = dict[str, Sources]


@dataclass(frozen=True)
class _Relation:
    """A table or query: where each column comes from, and by which columns its rows are known (for `count(*)`)."""

    columns: Origins
    rows: Sources


def column_lineage(model: Model, tables: Mapping[str, Model], views: Mapping[str, View]) -> dict[str, list[Pair]]:
    """For each column: the (table, column) pairs its values come from, none for generated values.

    Views and temporary tables are looked through. Columns which only decide which row is taken, or whether it is a
    total, do not count. A number of rows comes from the key by which the counted rows are known.
    """
    known = _Known({name.lower(): _stored(table) for name, table in tables.items()})
    for view in views.values():
        known.add(view.name, view.query)
    for name in tables:
        for made in ("new", "old", "affected"):
            known.relations[f"{made}_{name}".lower()] = known.relations[name.lower()]
    known.relations["changed_days"] = _Relation({"play_date": set(), "week_start": set(), "play_month": set()}, set())
    found: Origins = {}
    for statement in model.texts:
        tree = parse(statement)
        if isinstance(tree, exp.Create):
            known.add(tree.this.name, tree.expression)
        elif isinstance(tree, exp.Query):
            _add(found, model.loaded_columns, known.relation(tree))
        elif isinstance(tree, exp.Insert) and _target(tree) == model.name:
            _add(found, [identifier.name for identifier in tree.this.expressions], known.relation(tree.expression))
    spelling = {(t.lower(), c.lower()): (t, c) for t, table in tables.items() for c in table.column_names}
    return {
        column.name: sorted(
            spelling[source]
            for source in found.get(column.name.lower(), set())
            if source in spelling and source[0] != model.name
        )
        for column in model.columns
    }


@cache
def lineage_of(table: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The lineage of an installed table, read once."""
    return column_lineage(models()[table], models(), views())


def origins(lineage: Lineage, table: str, column: str) -> list[tuple[str, str]]:
    """Where the chain of a column begins: columns of what `lineage` does not describe, which are fields of the lake."""
    found: Sources = set()
    seen: Sources = set()
    waiting = [(table, column)]
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        if pair[0] in lineage:
            waiting += lineage[pair[0]].get(pair[1], ())
        else:
            found.add(pair)
    return sorted(found)


def _stored(table: Model) -> _Relation:
    name = table.name.lower()
    identities = {column.name for column in table.columns if column.identity}
    natural = next((key for key in (table.primary_key, *table.unique) if not identities & set(key)), ())
    return _Relation(
        {column.lower(): {(name, column.lower())} for column in table.column_names},
        {(name, column.lower()) for column in natural},
    )


class _Known:
    """Relations by lower-case name."""

    def __init__(self, relations: dict[str, _Relation]) -> None:
        self.relations = relations

    def add(self, name: str, query: exp.Expr | str) -> None:
        """Know the result of a query under a name."""
        self.relations[name.lower()] = self.relation(parse(query) if isinstance(query, str) else query)

    def relation(self, query: exp.Expr) -> _Relation:
        """The result of a query."""
        schema: dict[str, object] = {name: dict.fromkeys(r.columns, "int") for name, r in self.relations.items()}
        qualified = qualify(query.copy(), schema=schema, dialect=DIALECT, validate_qualify_columns=False)
        scope = build_scope(qualified)
        return _of_scope(scope, self.relations) if scope else _Relation({}, set())


def _add(found: Origins, columns: Iterable[str], rows: _Relation) -> None:
    for name, sources in zip(columns, rows.columns.values(), strict=True):
        found.setdefault(name.lower(), set()).update(sources)


def _target(insert: exp.Insert) -> str:
    table = insert.this.find(exp.Table)
    return table.name if table else ""


def _of_scope(scope: Scope, known: Mapping[str, _Relation]) -> _Relation:
    if scope.set_operation_scopes:
        left, right = (_of_scope(part, known) for part in scope.set_operation_scopes)
        if isinstance(scope.expression, exp.Except):
            return left
        pairs = zip(left.columns.items(), right.columns.values(), strict=True)
        return _Relation({name: sources | other for (name, sources), other in pairs}, left.rows | right.rows)
    nothing = _Relation({}, set())
    read = {
        name: _of_scope(source, known) if isinstance(source, Scope) else known.get(source.name.lower(), nothing)
        for name, source in scope.sources.items()
    }
    select = cast(exp.Select, scope.expression)
    first = select.args.get("from_")
    rows = read.get(first.alias_or_name, nothing).rows if first else set()
    columns: Origins = {}
    for projection in select.selects:
        sources = {
            source
            for column in _value_columns(projection)
            if column.table in read
            for source in read[column.table].columns.get(column.name, set())
        }
        columns[projection.alias_or_name] = sources | rows if _counts_rows(projection) else sources
    return _Relation(columns, rows)


def _value_columns(projection: exp.Expr) -> list[exp.Column]:
    return [column for column in projection.find_all(exp.Column) if _is_value(column)]


def _counts_rows(projection: exp.Expr) -> bool:
    return any(isinstance(count.this, exp.Star) and _is_value(count) for count in projection.find_all(exp.Count))


def _is_value(node: exp.Expr) -> bool:
    """Whether it does not only order or part the rows of a window, or tell a total."""
    window = node.find_ancestor(exp.Window)
    is_argument = window is None or any(node is part for part in window.this.walk())
    return is_argument and not node.find_ancestor(exp.Grouping)
