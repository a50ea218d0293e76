"""Reads `sql/`: one file per table, in Redshift SQL, from which the rest of the platform is derived.

A file holds, in this order:

* a comment which states the grain; its line `days: ...`, if there is one, is the predicate which
  picks the rows of a run's days (for a table with a `log_date` it need not be said),
* one `create table if not exists`, a column a line, each with a comment, and the keys,
* the statements which load the table, run in one transaction; `:first_day` and `:last_day` are
  the days (of log files) which a run covers, and `:time_zone` is that of SPARKIFY_TIME_ZONE,
* statements under a `-- prune` comment: they drop rows which nothing needs any more, and run in
  the transaction of the fact, once its rows no longer refer to them.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

DIALECT = "redshift"
_PRUNE_MARK = "-- prune"
_DAYS_MARK = "days: "
_COLUMN_LINE = re.compile(r"^\s+(?P<name>\w+)\s.*?--\s*(?P<comment>.+?)\s*$")


class ModelError(ValueError):
    """A file under `sql/` is not written as a model has to be; says file and cure."""


@dataclass(frozen=True)
class Column:
    """One column; `type` is its Redshift type as written."""

    name: str
    type: str
    nullable: bool
    description: str
    identity: bool

    @property
    def byte_limit(self) -> int | None:
        """Bytes a VARCHAR column holds (Redshift counts bytes), None for other types."""
        found = re.fullmatch(r"VARCHAR\((\d+)\)", self.type)
        return int(found.group(1)) if found else None


@dataclass(frozen=True)
class ForeignKey:
    """`column` of this table refers to `reference` of `table`; null refers to nothing."""

    column: str
    table: str
    reference: str


@dataclass(frozen=True)
class Model:
    """One table of `sql/`, as its file states it."""

    name: str
    group: str
    path: Path
    description: str
    create: str
    load: tuple[str, ...]
    prune: tuple[str, ...]
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    properties: tuple[str, ...]
    days: str | None

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the table."""
        return tuple(column.name for column in self.columns)

    @property
    def is_daily(self) -> bool:
        """Whether rows belong to the day of a log file, so that a run changes only its days."""
        return any(":first_day" in statement for statement in self.load)

    @property
    def is_local(self) -> bool:
        """Whether dates and hours are those of the time zone of the settings, and not UTC."""
        return any(":time_zone" in statement for statement in self.load)

    def days_of(self, alias: str) -> str | None:
        """The predicate `days` for the table under an alias."""
        if self.days is None:
            return None
        predicate = sqlglot.parse_one(self.days, read=DIALECT)
        names = "|".join({column.name for column in predicate.find_all(exp.Column)} & set(self.column_names))
        return re.sub(rf"(?<![:.\w])({names})\b", rf"{alias}.\1", self.days)

    @cached_property
    def upstream(self) -> frozenset[str]:
        """Tables which the load statements read or write, without this one and temporary ones."""
        parsed = [sqlglot.parse_one(statement, read=DIALECT) for statement in self.load]
        created = {_created_table(tree) for tree in parsed}
        named = {table.name for tree in parsed for table in tree.find_all(exp.Table)}
        return frozenset(named - created - {self.name})


def read_models(folder: Path | None = None) -> Mapping[str, Model]:
    """Every model under `folder` (the installed `sql/` by default), by table name."""
    root = folder or sql_folder()
    paths = sorted(p for p in root.glob("*/*.sql") if p.parent.name != "checks")
    found: dict[str, Model] = {}
    for path in paths:
        if path.stem in found:
            raise ModelError(f"{found[path.stem].path} and {path} are two tables of one name; rename one.")
        found[path.stem] = read_model(path)
    return found


@cache
def models() -> Mapping[str, Model]:
    """The models of the installed `sql/`, read once."""
    return read_models()


def sql_folder() -> Path:
    """Where the SQL lies: inside an installed wheel, or beside the package in a checkout."""
    packaged = Path(str(resources.files("sparkify_assets"))) / "sql"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sql"


def read_model(path: Path) -> Model:
    """Parse one file; raises ModelError where it breaks the rules of the module's docstring."""
    try:
        create, *rest = statements(path.read_text(encoding="utf-8")) or [""]
        tree = sqlglot.parse_one(create, read=DIALECT)
    except SqlglotError as error:
        raise ModelError(f"{path}: mend the SQL: {str(error).splitlines()[0]}") from error
    if not isinstance(tree, exp.Create) or _created_table(tree) != path.stem:
        raise ModelError(f"{path}: the first statement must create the table {path.stem!r}, like the file's name.")
    schema = tree.this
    comments = _column_comments(create)
    columns = tuple(_column(definition, comments) for definition in schema.find_all(exp.ColumnDef))
    if missing := [column.name for column in columns if not column.description]:
        raise ModelError(f"{path}: add a comment to the line of column {', '.join(missing)}.")
    header = leading_comment(create)
    description = "\n".join(line for line in header if not line.startswith(_DAYS_MARK))
    if not description:
        raise ModelError(f"{path}: begin with a comment which states the grain, such as 'One row per play.'")
    return Model(
        name=path.stem,
        group=path.parent.name,
        path=path,
        description=description,
        create=create,
        load=tuple(s for s in rest if not s.startswith(_PRUNE_MARK)),
        prune=tuple(s for s in rest if s.startswith(_PRUNE_MARK)),
        columns=columns,
        primary_key=tuple(c.name for key in schema.find_all(exp.PrimaryKey) for c in key.expressions),
        unique=tuple(_names(key.this) for key in schema.find_all(exp.UniqueColumnConstraint) if key.this),
        foreign_keys=tuple(_foreign_key(key) for key in schema.find_all(exp.ForeignKey)),
        properties=tuple(_properties(tree)),
        days=_days(header, columns),
    )


def statements(text: str) -> list[str]:
    """The statements of a file as written, each with the comments above it, without semicolons."""
    alone = text.strip().removesuffix(";").rstrip()
    if ";" not in alone:  # as in most checks; finding the semicolons which end a statement costs time at each start
        return [alone] if alone else []
    ends = [t.start for t in sqlglot.tokenize(text, read=DIALECT) if t.token_type is TokenType.SEMICOLON]
    starts = [0, *(end + 1 for end in ends)]
    parts = [text[start:end].strip() for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def leading_comment(statement: str) -> list[str]:
    """The lines of the comment above a statement, without their dashes."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), statement.splitlines())
    return [line.removeprefix("--").strip() for line in lines]


def dependency_order(tables: Iterable[Model]) -> list[Model]:
    """Referenced tables before those which refer to them."""
    waiting = {model.name: model for model in tables}
    ordered: list[Model] = []
    while waiting:
        ready = [
            m for m in waiting.values() if not any(k.table in waiting for k in m.foreign_keys if k.table != m.name)
        ]
        if not ready:
            raise ModelError(f"The foreign keys of {', '.join(sorted(waiting))} form a circle.")
        ordered += ready
        for model in ready:
            del waiting[model.name]
    return ordered


def pruned_with(fact: Model, tables: Mapping[str, Model]) -> list[Model]:
    """Tables whose prune statements run with `fact`: all it refers to, those which refer first.

    Empty unless `fact` is a table which no other table refers to.
    """
    if any(key.table == fact.name for model in tables.values() for key in model.foreign_keys):
        return []
    needed: dict[str, Model] = {}
    open_keys = list(fact.foreign_keys)
    while open_keys:
        referred = tables[open_keys.pop().table]
        needed[referred.name] = referred
        open_keys += [key for key in referred.foreign_keys if key.table not in needed]
    return list(reversed(dependency_order(needed.values())))


def _created_table(tree: exp.Expr) -> str | None:
    table = tree.find(exp.Table) if isinstance(tree, exp.Create) else None
    return table.name if table else None


def _days(header: Iterable[str], columns: Iterable[Column]) -> str | None:
    stated = [line.removeprefix(_DAYS_MARK) for line in header if line.startswith(_DAYS_MARK)]
    if stated:
        return stated[0]
    if any(column.name == "log_date" for column in columns):
        return "log_date between :first_day and :last_day"
    return None


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
        raise ModelError(f"A foreign key has one column here; split or drop {key.sql(dialect=DIALECT)}.")
    return ForeignKey(key.expressions[0].name, target.this.name, target.expressions[0].name)


def _properties(create: exp.Create) -> Iterable[str]:
    properties = create.args.get("properties")
    for part in properties.expressions if properties else []:
        text = part.sql(dialect=DIALECT)
        if not text.upper().startswith("TEMP"):
            yield text
