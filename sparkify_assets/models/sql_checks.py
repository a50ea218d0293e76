"""Checks written as SQL: `sql/checks/<table>/<name>.sql`.

A file holds a comment with the rule and a line `severity: error` or `severity: warn`, a query which
gives the rows that break the rule, and perhaps, under the comment `numbers`, a second one which
gives one row of numbers worth showing. An error stops the run before anything is built on the table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sparkify_assets.models.model import Model, ModelError, leading_comment, sql_folder, statements

_SEVERITY = "severity: "
_NUMBERS = "-- numbers"


@dataclass(frozen=True)
class SqlCheck:
    """One file."""

    table: str
    name: str
    description: str
    is_error: bool
    query: str
    numbers: str | None


def sql_checks(table: str, tables: Mapping[str, Model]) -> Iterator[SqlCheck]:
    """The checks of a table in the order of their names."""
    for path in sorted((sql_folder() / "checks").glob(f"{tables[table].name}/*.sql")):
        yield read_check(path)


def read_check(path: Path) -> SqlCheck:
    """Parse one file; raises ModelError where it breaks the rules of the module's docstring."""
    query, *rest = statements(path.read_text(encoding="utf-8")) or [""]
    comment = leading_comment(query)
    severity = next((line.removeprefix(_SEVERITY) for line in comment if line.startswith(_SEVERITY)), None)
    if severity not in ("error", "warn"):
        raise ModelError(f"{path}: add a comment line 'severity: error' or 'severity: warn' above the query.")
    if len(rest) > 1 or (rest and not rest[0].startswith(_NUMBERS)):
        raise ModelError(f"{path}: after the query there may be one more, under the comment 'numbers'.")
    return SqlCheck(
        table=path.parent.name,
        name=path.stem,
        description=" ".join(line for line in comment if not line.startswith(_SEVERITY)),
        is_error=severity == "error",
        query=_without_comment(query),
        numbers=rest[0] if rest else None,
    )


def _without_comment(query: str) -> str:
    lines = query.splitlines()
    return "\n".join(lines[len(leading_comment(query)) :])
