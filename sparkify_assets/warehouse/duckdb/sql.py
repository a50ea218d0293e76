"""Redshift SQL as DuckDB reads it: sqlglot translates, without what only Redshift has."""

from functools import cache

import sqlglot
from sqlglot import exp

from sparkify_assets.models.sql_text import DIALECT, ModelError


@cache
def duckdb_sql(statement: str) -> str:
    """Translate one statement.

    Keys are not declared on DuckDB: it would keep an index for each, while the loads audit them
    on both engines alike. Distribution and sort order have no meaning there. An identity column
    is computed from the other key of its table: a sequence would make DuckDB write with one thread.
    DuckDB trims every kind of blank, Redshift the space alone. It counts the bytes of a text by STRLEN. It reads
    hexadecimal digits, the one base which `strtol` is used for, behind 0x. Raises ModelError for an identity column in
    a table without a unique pair of integers.
    """
    if statement.startswith("comment on "):  # the same in both, and there are hundreds
        return statement
    tree = sqlglot.parse_one(statement, read=DIALECT)
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):
        for column in tree.this.find_all(exp.ColumnDef):
            if column.find(exp.GeneratedAsIdentityColumnConstraint):
                _compute_identity(column, tree.this)
        _strip_keys(tree.this)
        _strip_properties(tree)
    for trim in [*tree.find_all(exp.Trim)][::-1]:  # the inner ones first
        if not trim.expression:
            trim.set("expression", exp.Literal.string(" "))
            if trim.args.get("position") == "TRAILING":
                trim.replace(_trim_few(trim))
    for number in tree.find_all(exp.FromBase):
        number.replace(exp.cast(exp.DPipe(this=exp.Literal.string("0x"), expression=number.this), "bigint"))
    for function in [*tree.find_all(exp.Anonymous)]:
        if function.name.lower() == "octet_length":
            function.replace(exp.func("strlen", *function.expressions))
    for formatted in [*tree.find_all(exp.TimeToStr)]:
        # sqlglot takes the D of Redshift's 'Day' for the number of the weekday.
        if (written := formatted.args["format"].name) == "%uay":
            formatted.replace(exp.func("dayname", formatted.this))
        else:
            formatted.set("format", exp.Literal.string(written.replace("%uay", "%A")))
    return tree.sql(dialect="duckdb", pretty=True, comments=False, copy=False)


def _trim_few(trim: exp.Trim) -> exp.Expression:
    """DuckDB looks at each letter to trim a text; few texts end with a space, which it tells at once."""
    text = trim.this
    return exp.Case().when(exp.func("ends_with", text, exp.Literal.string(" ")), trim.copy()).else_(text)


def _strip_keys(schema: exp.Schema) -> None:
    keys = (exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint, exp.Constraint)
    schema.set("expressions", [part for part in schema.expressions if not isinstance(part, keys)])


def _strip_properties(tree: exp.Create) -> None:
    tree.set("properties", None)


def _compute_identity(identity: exp.ColumnDef, schema: exp.Schema) -> None:
    """Put two unique 32-bit integers side by side in one of 64 bits, which is as unique."""
    integers = {column.name for column in schema.find_all(exp.ColumnDef) if column.args["kind"].is_type(exp.DType.INT)}
    keys = (
        tuple(column.name for column in key.this.expressions) for key in schema.find_all(exp.UniqueColumnConstraint)
    )
    pair = next((key for key in keys if len(key) == 2 and set(key) <= integers), None)
    if pair is None:
        raise ModelError(
            f"{schema.this.name}.{identity.name} is an identity column, which DuckDB computes from another key: "
            "state unique (a, b) for two integer columns."
        )
    high, low = pair
    packed = f"cast({high} as bigint) * {1 << 32} + (cast({low} as bigint) + {1 << 31})"
    computed = exp.ComputedColumnConstraint(this=exp.paren(sqlglot.parse_one(packed)))
    identity.set("constraints", [exp.ColumnConstraint(kind=computed)])
