"""`create table` in Redshift SQL: its columns, keys and properties, as the file states them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from sparkify_assets.models.sql_text import DIALECT, ModelError

_INTEGER_BYTES = {"SMALLINT": 2, "INTEGER": 4, "BIGINT": 8}
_NUL_SIGN = "\u2400"
_COLUMN_LINE = re.compile(r"^\s+(?P<name>\w+)\s.*?--\s*(?P<comment>.+?)\s*$")


@dataclass(frozen=True)
class Column:
    """One column; `type` is its Redshift type as written."""

    name: str
    type: str
    nullable: bool
    description: str
    identity: bool

    @property
    def kind(self) -> str:
        """The type without its length or precision."""
        return self.type.partition("(")[0].strip()

    @property
    def byte_limit(self) -> int | None:
        """Bytes a VARCHAR column holds (Redshift counts bytes), None for other types."""
        found = re.fullmatch(r"VARCHAR\((\d+)\)", self.type)
        return int(found.group(1)) if found else None

    @property
    def integer_range(self) -> tuple[int, int] | None:
        """The lowest and the highest number of an integer column, None for other types."""
        if self.type not in _INTEGER_BYTES:
            return None
        half = 1 << (8 * _INTEGER_BYTES[self.type] - 1)
        return -half, half - 1


@dataclass(frozen=True)
class ForeignKey:
    """`column` of this table refers to `reference` of `table`; null refers to nothing."""

    column: str
    table: str
    reference: str


@dataclass(frozen=True)
class Table:
    """What a `create table` states; `properties` are distribution and sort order."""

    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    properties: tuple[str, ...]


def read_ddl(create: str, tree: exp.Create) -> Table:
    """Read a statement and its tree; raises ModelError for a column without a comment or a key of several columns."""
    schema = tree.this
    comments = _column_comments(create)
    columns = tuple(_column(definition, comments) for definition in schema.find_all(exp.ColumnDef))
    if missing := [column.name for column in columns if not column.description]:
        raise ModelError(f"add a comment to the line of column {', '.join(missing)}.")
    return Table(
        columns,
        primary_key=tuple(c.name for key in schema.find_all(exp.PrimaryKey) for c in key.expressions),
        unique=tuple(_names(key.this) for key in schema.find_all(exp.UniqueColumnConstraint) if key.this),
        foreign_keys=tuple(_foreign_key(key) for key in schema.find_all(exp.ForeignKey)),
        properties=tuple(_properties(tree)),
    )


def _column_comments(create: str) -> dict[str, str]:
    found = (_COLUMN_LINE.match(line) for line in create.splitlines())
    return {match["name"]: match["comment"] for match in found if match}


def _column(definition: exp.ColumnDef, comments: Mapping[str, str]) -> Column:
    kinds = [type(constraint.kind) for constraint in definition.constraints]
    return Column(
        name=definition.name,
        type=definition.args["kind"].sql(dialect=DIALECT).upper(),
        nullable=exp.NotNullColumnConstraint not in kinds,
        description=comments.get(definition.name, ""),
        identity=exp.GeneratedAsIdentityColumnConstraint in kinds,
    )


def _names(schema: exp.Expr) -> tuple[str, ...]:
    return tuple(identifier.name for identifier in schema.expressions)


def _foreign_key(key: exp.ForeignKey) -> ForeignKey:
    target = key.args["reference"].this
    if len(key.expressions) != 1:
        raise ModelError(f"a foreign key has one column here; split or drop {key.sql(dialect=DIALECT)}.")
    return ForeignKey(key.expressions[0].name, target.this.name, target.expressions[0].name)


def _properties(create: exp.Create) -> Iterable[str]:
    properties = create.args.get("properties")
    for part in properties.expressions if properties else []:
        yield part.sql(dialect=DIALECT)


def storable(text: str) -> str:
    """The text as a column can hold it: without NUL, of which Redshift takes none, and with nothing but characters."""
    return text.replace("\0", _NUL_SIGN).encode(errors="replace").decode()
