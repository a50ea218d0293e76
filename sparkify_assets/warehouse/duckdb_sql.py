"""Redshift SQL as DuckDB reads it: sqlglot translates, and what only Redshift knows is left out."""

import re
from functools import cache

import sqlglot
from sqlglot import exp

from sparkify_assets.models import DIALECT


@cache
def duckdb_sql(statement: str) -> str:
    """Translate one statement.

    Keys are not declared on DuckDB: it would keep an index for each, while the loads audit them
    on both engines alike. Distribution and sort order have no meaning there, and an identity
    column becomes a sequence. DuckDB trims every kind of blank, Redshift the space alone.
    """
    tree = sqlglot.parse_one(statement, read=DIALECT)
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):
        _strip_keys(tree.this)
        _strip_properties(tree)
        for column in tree.this.find_all(exp.ColumnDef):
            _identity_to_sequence(tree.this.this.name, column)
    for trim in tree.find_all(exp.Trim):
        if not trim.expression:
            trim.set("expression", exp.Literal.string(" "))
    return tree.sql(dialect="duckdb", pretty=True, comments=False)


def sequences(statement: str) -> list[str]:
    """Names of the sequences which the table of a CREATE statement needs on DuckDB."""
    return re.findall(r"NEXTVAL\('(\w+)'\)", duckdb_sql(statement), flags=re.IGNORECASE)


def _strip_keys(schema: exp.Schema) -> None:
    keys = (exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint, exp.Constraint)
    schema.set("expressions", [part for part in schema.expressions if not isinstance(part, keys)])


def _strip_properties(tree: exp.Create) -> None:
    tree.set("properties", None)


def _identity_to_sequence(table: str, column: exp.ColumnDef) -> None:
    for constraint in column.constraints:
        if isinstance(constraint.kind, exp.GeneratedAsIdentityColumnConstraint):
            start = constraint.kind.args["start"]
            name = f"{table}_{column.name}_from_{start.name}"
            constraint.set("kind", exp.DefaultColumnConstraint(this=exp.func("NEXTVAL", exp.Literal.string(name))))
