"""Column lineage of a table, read from its load statements."""

from collections.abc import Mapping
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from sparkify_assets.models import DIALECT, Model

Origins = dict[str, set[tuple[str, str]]]


def column_lineage(model: Model, tables: Mapping[str, Model]) -> dict[str, list[tuple[str, str]]]:
    """For each column: the (table, column) pairs its values come from, none for generated values.

    Temporary tables are looked through. Columns which only decide which row is taken do not count.
    """
    schema: dict[str, object] = {
        name.lower(): {column.lower(): "int" for column in table.column_names} for name, table in tables.items()
    }
    spelling = {
        (name.lower(), column.lower()): (name, column)
        for name, table in tables.items()
        for column in table.column_names
    }
    temporary: dict[str, Origins] = {}
    found: Origins = {}
    for statement in model.load:
        tree = sqlglot.parse_one(statement, read=DIALECT)
        query = tree.expression if isinstance(tree, (exp.Create, exp.Insert)) else None
        if query is None:
            continue
        origins = _origins(query, schema, temporary)
        if isinstance(tree, exp.Create):
            name = tree.this.name.lower()
            temporary[name] = origins
            schema[name] = dict.fromkeys(origins, "int")
        elif tree.this.find(exp.Table).name.lower() == model.name:
            targets = [identifier.name.lower() for identifier in tree.this.expressions]
            for target, sources in zip(targets, origins.values(), strict=True):
                found.setdefault(target, set()).update(sources)
    return {
        column.name: sorted(
            spelling[source]
            for source in found.get(column.name.lower(), set())
            if source in spelling and source[0] != model.name
        )
        for column in model.columns
    }


def _origins(query: exp.Expr, schema: dict[str, object], temporary: Mapping[str, Origins]) -> Origins:
    qualified = qualify(query.copy(), schema=schema, dialect=DIALECT, validate_qualify_columns=False)
    scope = build_scope(qualified)
    return _scope_origins(scope, temporary) if scope else {}


def _scope_origins(scope: Scope, temporary: Mapping[str, Origins]) -> Origins:
    if scope.set_operation_scopes:
        left, right = (_scope_origins(part, temporary) for part in scope.set_operation_scopes)
        if isinstance(scope.expression, exp.Except):
            return left
        return {name: sources | other for (name, sources), other in zip(left.items(), right.values(), strict=True)}
    nested = {
        name: _scope_origins(source, temporary) for name, source in scope.sources.items() if isinstance(source, Scope)
    }
    origins: Origins = {}
    for projection in cast(exp.Select, scope.expression).selects:
        sources: set[tuple[str, str]] = set()
        for column in _value_columns(projection):
            source = scope.sources.get(column.table)
            if isinstance(source, Scope):
                sources |= nested[column.table].get(column.name, set())
            elif isinstance(source, exp.Table):
                table = source.name.lower()
                sources |= temporary[table].get(column.name, set()) if table in temporary else {(table, column.name)}
        origins[projection.alias_or_name] = sources
    return origins


def _value_columns(projection: exp.Expr) -> list[exp.Column]:
    return [column for column in projection.find_all(exp.Column) if not column.find_ancestor(exp.Window)]
