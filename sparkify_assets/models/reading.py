"""Reads `sql/`: one file per table, in Redshift SQL, from which the rest of the platform is derived.

A file of a table holds, in this order:

* a comment which states the grain, with the lines `load: ...` (how its rows are replaced, see
  `materialization`), `check: ...` (shared checks, see `sql_checks`) and `source: ...` (the table of a database
  which it is a copy of, see `database.source_table`),
* one `create table if not exists`, a column a line, each with a comment, and the keys,
* perhaps helpers, `create temp table ... as`,
* one query which gives the rows, its columns in the order of the table; perhaps a second one, which reads
  the rows of the first in the table. Tables which the loads themselves write have none.

`:first_day` and `:last_day` are the days (of log files) which a run covers; in a table loaded by weeks or
months those of the plays which it needs. `:time_zone` is that of SPARKIFY_TIME_ZONE. A file with `create
or replace view` is a view. A file with a query alone is a named query: it is put, as a common table
expression, into the queries which read it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources
from itertools import takewhile
from pathlib import Path
from typing import cast

from sqlglot import exp

from sparkify_assets.models.ddl import read_ddl
from sparkify_assets.models.model import Model, View, rows_of_run
from sparkify_assets.models.sql_text import (
    DIALECT,
    ModelError,
    header,
    parse,
    statements,
    tables_read,
    with_queries,
    without_comment,
)
from sparkify_assets.settings import load_settings

_LOADS = ("replace", "upsert", "days", "weeks", "months", "script")
_MADE_BY_A_LOAD = re.compile(r"(?:new|old|affected)_(\w+)")


@dataclass(frozen=True)
class Sql:
    """What a folder of SQL holds: tables, views and named queries by name."""

    tables: Mapping[str, Model]
    views: Mapping[str, View]
    queries: Mapping[str, str]


@cache
def installed_sql() -> Sql:
    """The tables of this process, read once: those of a project of its own with the state of loads, or Sparkify's."""
    return read_sql(sql_folder(), _packaged_folder() if load_settings().project else None)


def models() -> Mapping[str, Model]:
    """The tables of the installed `sql/`."""
    return installed_sql().tables


def tables_in(folder: str) -> list[Model]:
    """The tables of one folder of the installed `sql/`, in the order of their names."""
    return [model for model in models().values() if model.group == folder]


def views() -> Mapping[str, View]:
    """The views of the installed `sql/`, each after those which it reads."""
    return installed_sql().views


def sql_folder() -> Path:
    """Where the SQL is: in the project of the settings; else inside of a wheel, or beside the package in a checkout."""
    project = load_settings().project
    return Path(project).resolve() / "sql" if project else _packaged_folder()


def _packaged_folder() -> Path:
    packaged = Path(str(resources.files("sparkify_assets"))) / "sql"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sql"


def read_sql(folder: Path, state_of: Path | None = None) -> Sql:
    """Every table and view under `folder`, and what loads remember as another folder states it.

    Raises ModelError where a file breaks the rules of this module.
    """
    paths: dict[str, Path] = {}
    state = state_of.glob("state/*.sql") if state_of else ()
    for path in sorted(p for p in (*folder.glob("*/*.sql"), *state) if p.parent.name != "checks"):
        if path.stem in paths:
            raise ModelError(f"{paths[path.stem]} and {path} have one name; rename one.")
        paths[path.stem] = path
    files = {name: _statements_of(path) for name, path in paths.items()}
    views = _views({name: found[0] for name, found in files.items() if _is_view(found[0])})
    queries = {name: found[0] for name, found in files.items() if _is_query(found[0])}
    tables = {name: _table(paths[name], files[name]) for name in files if name not in views and name not in queries}
    queries |= {f"new_{table.name}": rows_of_run(table) for table in tables.values() if table.load == "days"}
    inlined = [
        replace(
            table,
            helpers=tuple(with_queries(text, queries) for text in table.helpers),
            queries=tuple(with_queries(text, queries) for text in table.queries),
        )
        for table in tables.values()
    ]
    return Sql({table.name: replace(table, reads=_sources(table, tables, views)) for table in inlined}, views, queries)


def read_table(path: Path) -> Model:
    """Parse the file of one table; raises ModelError where it breaks the rules of this module."""
    return _table(path, _statements_of(path))


def _table(path: Path, found: list[str]) -> Model:
    create, *rest = found
    with _naming(path):
        tree = parse(create)
        if not isinstance(tree, exp.Create) or tree.kind != "TABLE" or _created(tree) != path.stem:
            raise ModelError(f"the first statement must create the table {path.stem!r}, like the file's name.")
        description, options = header(create)
        if not description:
            raise ModelError("begin with a comment which states the grain, such as 'One row per play.'")
        load = options.get("load", ["replace"])[-1]
        script = rest if load == "script" else []
        helpers = [] if script else [*takewhile(lambda text: not _is_query(text), rest)]
        model = Model(
            **vars(read_ddl(create, tree)),
            name=path.stem,
            group=path.parent.name,
            path=path,
            description=description,
            create=create,
            load=load,
            helpers=tuple(helpers),
            queries=tuple(rest[len(helpers) + len(script) :]),
            script=tuple(script),
            checks=tuple(options.get("check", ())),
            source=options.get("source", [""])[-1],
        )
        _validate(model)
    return model


def _statements_of(path: Path) -> list[str]:
    with _naming(path):
        found = statements(path.read_text(encoding="utf-8"))
        if not found:
            raise ModelError("the file is empty; write a table, a view or a query, or delete it.")
        parse(found[0])
        return found


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _created(tree: exp.Create) -> str:
    table = tree.find(exp.Table)
    return table.name if table else ""


def _is_query(statement: str) -> bool:
    return isinstance(parse(statement), exp.Query)


def _is_view(create: str) -> bool:
    tree = parse(create)
    return isinstance(tree, exp.Create) and tree.kind == "VIEW"


def _views(created: Mapping[str, str]) -> dict[str, View]:
    queries = {
        name: cast(exp.Create, parse(create)).expression.sql(dialect=DIALECT) for name, create in created.items()
    }
    found: dict[str, View] = {}
    for name in TopologicalSorter(
        {name: tables_read(query) & created.keys() for name, query in queries.items()}
    ).static_order():
        read = tables_read(queries[name])
        tables = read - created.keys() | frozenset[str]().union(*(found[view].reads for view in read & created.keys()))
        found[name] = View(name, created[name], queries[name], tables)
    return found


def _validate(model: Model) -> None:
    if model.load not in _LOADS:
        raise ModelError(f"'load: {model.load}' is none of {', '.join(_LOADS)}.")
    if model.load == "upsert" and not model.primary_key:
        raise ModelError("'load: upsert' needs a primary key; add one, or replace the table.")
    for load, columns in (("days", ["log_date"]), ("weeks", ["week_start"]), ("months", ["play_month", "play_date"])):
        if model.load == load and not {*columns} & {*model.column_names}:
            raise ModelError(f"'load: {load}' needs a column {' or '.join(columns)}, of type date.")
    for text in model.helpers:
        if not re.match(r"create\s+temp\s+table\s", without_comment(text), re.IGNORECASE):
            raise ModelError("between the table and its query there may only be 'create temp table ... as'.")
    if (model.helpers and not model.queries) or not all(map(_is_query, model.queries)):
        raise ModelError("the last statement must be the query which gives the rows; 'load: script' takes others.")
    if model.load == "upsert" and len(model.queries) > 1:
        raise ModelError("'load: upsert' takes one query.")
    for query in model.queries:
        given = [name.lower() for name in cast(exp.Query, parse(query)).named_selects]
        if given != [name.lower() for name in model.loaded_columns]:
            raise ModelError(
                f"the query gives the columns {', '.join(given)}, but the table has "
                f"{', '.join(model.loaded_columns)}; give the same in the same order."
            )


def _sources(table: Model, tables: Mapping[str, Model], views: Mapping[str, View]) -> frozenset[str]:
    found: set[str] = set()
    for name in frozenset[str]().union(*map(tables_read, table.texts)):
        made = _MADE_BY_A_LOAD.fullmatch(name)
        known = name if name in tables or name in views else made.group(1) if made else ""
        found |= views[known].reads if known in views else {known} & tables.keys()
    return frozenset(found - {table.name})
