"""Checks written as SQL: `sql/checks/<table>/<name>.sql`, and those which tables share in `sql/checks/shared/`.

A file holds a comment with the rule and a line `severity: error` or `severity: warn`, a query which gives the rows
that break the rule, and perhaps, under the comment `metrics`, a second one which gives one row of numbers worth
showing. An error stops the run before anything is built on the table.

A table has a shared check by a line of its own file, `check: <name> <parameter>=<SQL> ...`. In the shared file
`:table` stands for the table, and `:<parameter>` for the SQL; a line `default: <parameter>=<SQL>` makes it optional.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import installed_sql, sql_folder
from sparkify_assets.models.sql_text import ModelError, header, statements, with_queries, without_comment

_METRICS = "-- metrics"
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_OF_RUN = ("first_day", "last_day", "time_zone")


@dataclass(frozen=True)
class SqlCheck:
    """One check of one table."""

    table: str
    name: str
    description: str
    is_error: bool
    query: str
    metrics: str | None


def sql_checks(model: Model, folder: Path | None = None) -> Iterator[SqlCheck]:
    """The checks of a table: those it shares with others, then its own in the order of their names."""
    checks = (folder or sql_folder()) / "checks"
    for line in model.checks:
        yield _shared(model, checks / "shared", line)
    for path in sorted(checks.glob(f"{model.name}/*.sql")):
        yield read_check(path)


def read_check(path: Path) -> SqlCheck:
    """Parse one file; raises ModelError where it breaks the rules of this module."""
    return _read(path, path.parent.name, {})


def _shared(model: Model, folder: Path, line: str) -> SqlCheck:
    name, *given = shlex.split(line)
    path = folder / f"{name}.sql"
    if not path.is_file():
        raise ModelError(f"{model.path}: 'check: {line}' names no file of {folder}; correct the name, or add {path}.")
    return _read(path, model.name, dict(parameter.split("=", 1) for parameter in given))


def _read(path: Path, table: str, given: Mapping[str, str]) -> SqlCheck:
    query, *rest = statements(path.read_text(encoding="utf-8")) or [""]
    description, options = header(query)
    severity = options.get("severity", [""])[0]
    if severity not in ("error", "warn"):
        raise ModelError(f"{path}: add a comment line 'severity: error' or 'severity: warn' above the query.")
    if len(rest) > 1 or (rest and not rest[0].startswith(_METRICS)):
        raise ModelError(f"{path}: after the query there may be one more, under the comment 'metrics'.")
    values: dict[str, str] = {
        "table": table,
        **dict(line.split("=", 1) for line in options.get("default", ())),
        **given,
    }

    def filled(text: str) -> str:
        return with_queries(_PARAMETER.sub(lambda found: _value(found.group(1)), text), installed_sql().queries)

    def _value(parameter: str) -> str:
        if parameter in _OF_RUN:
            return f":{parameter}"
        if parameter not in values:
            raise ModelError(f"{path}: {table} gives no {parameter}; add {parameter}=... to its 'check:' line.")
        return filled(values[parameter])

    return SqlCheck(
        table=table,
        name=path.stem,
        description=" ".join(description.splitlines()),
        is_error=severity == "error",
        query=filled(without_comment(query)),
        metrics=filled(rest[0]) if rest else None,
    )
