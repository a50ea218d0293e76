"""`sparkify checks`: the state of all checks, from the Dagster instance."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sparkify_assets.cli.json_output import print_json as print_document
from sparkify_assets.cli.output import printable
from sparkify_assets.cli.rich_output import cell, grid
from sparkify_assets.cli.rich_output import console as standard_output
from sparkify_assets.definitions import build_definitions
from sparkify_assets.instance.home import open_instance
from sparkify_assets.pages.rendering import moment, number
from sparkify_assets.quality.checked_tables import checked_tables
from sparkify_assets.quality.history import read_quality
from sparkify_assets.quality.markdown import SIGNS
from sparkify_assets.quality.state import CheckState, Quality, Status, TableState
from sparkify_assets.settings import Settings, load_settings

_COLORS = {
    Status.FAILED: "red",
    Status.ERRORED: "magenta",
    Status.WARNED: "yellow",
    Status.NEVER: "dim",
    Status.PASSED: "green",
}
_BARS = {Status.FAILED: "█", Status.ERRORED: "█", Status.WARNED: "▅", Status.NEVER: " ", Status.PASSED: "▂"}
_SHOWN_BARS = 15


@click.command()
@click.option("--failed", "only_failed", is_flag=True, help="Only what failed, errored or warned.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--strict", is_flag=True, help="Warnings and checks which never ran are failures too.")
def checks(only_failed: bool, as_json: bool, strict: bool) -> None:
    """Show all checks of all tables with their latest result, and the rows which break a rule.

    Exits with 0 if all passed or warned, with 1 if one failed or errored, with 2 if nothing has run yet.
    """
    quality = state(load_settings())
    (print_json if as_json else print_checks)(quality, only_failed)
    sys.exit(exit_code(quality, strict))


def state(settings: Settings) -> Quality:
    """The state of all tables now."""
    definitions = build_definitions(settings)
    tables = checked_tables(definitions.assets or (), definitions.asset_checks or ())
    with open_instance() as instance:
        return read_quality(instance, tables)


def exit_code(quality: Quality, strict: bool) -> int:
    """2 if no check has run yet, 1 if a check failed or errored, else 0; strict: 1 unless every check passed."""
    counts = quality.counts
    if counts[Status.NEVER] == sum(counts.values()):
        return 2
    bad = (Status.FAILED, Status.ERRORED, *((Status.WARNED, Status.NEVER) if strict else ()))
    return int(any(counts[status] for status in bad))


def print_checks(quality: Quality, only_failed: bool) -> None:
    """Print tables, checks and the rows which break a rule."""
    console = standard_output()
    shown = [check for check in quality.checks if check.status.needs_attention or not only_failed]
    if not only_failed:
        console.print(_freshness(quality))
        console.print()
    if shown:
        console.print(_checks(shown))
    for check in shown:
        if check.status.needs_attention:
            console.print()
            _print_finding(console, check)
    console.print()
    console.print(Text(_counts(quality)))


def print_json(quality: Quality, only_failed: bool) -> None:
    """Print one object with `at`, `counts`, `tables` and `checks`."""
    checks = [check for check in quality.checks if check.status.needs_attention or not only_failed]
    print_document(
        {
            "at": quality.at.isoformat(),
            "counts": {status.value: count for status, count in quality.counts.items()},
            "tables": [_table_facts(table) for table in quality.tables],
            "checks": [_check_facts(check) for check in checks],
        }
    )


def _counts(quality: Quality) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in quality.counts.items())
    skipped = sum(table.skipped for table in quality.tables)
    return counts + (f"; {skipped} skipped by their latest run" if skipped else "")


def _freshness(quality: Quality) -> Table:
    table = grid(
        ("table", "status", "passed", "rows", "materialized (UTC)", "age", "last day"), right=("passed", "rows", "age")
    )
    for one in quality.tables:
        table.add_row(
            cell(one.name),
            _status(one.status),
            f"{one.count(Status.PASSED)}/{len(one.checks)}",
            "" if one.rows is None else number(one.rows),
            moment(one.materialized) if one.materialized else "never",
            quality.age(one.materialized) if one.materialized else "",
            cell(one.last_day),
        )
    return table


def _checks(checks: Iterable[CheckState]) -> Table:
    table = grid(("status", "check", "since (UTC)", "trend", "metrics"))
    for check in checks:
        table.add_row(
            _status(check.status),
            cell(f"{check.table}.{check.name}"),
            moment(check.since) if check.since else "",
            Text.assemble(*((_BARS[past.status], _COLORS[past.status]) for past in check.trend[-_SHOWN_BARS:])),
            cell(", ".join(f"{name} {number(value)}" for name, value in check.relevant_metrics.items())),
        )
    return table


def _print_finding(console: Console, check: CheckState) -> None:
    console.print(
        cell(f"{SIGNS[check.status]} {check.table}.{check.name}", _COLORS[check.status]) + f": {printable(check.rule)}"
    )
    if check.rows:
        rows = grid(check.rows[0])
        for row in check.rows:
            rows.add_row(*map(cell, row.values()))
        console.print(rows)
    elif check.message:
        console.print(Text(printable(check.message)))


def _status(status: Status) -> Text:
    return Text(f"{SIGNS[status]} {status}", style=_COLORS[status])


def _table_facts(table: TableState) -> Mapping[str, Any]:
    return {
        "table": table.name,
        "status": table.status,
        "rows": table.rows,
        "materialized": _iso(table.materialized),
        "last_day": table.last_day,
        "days": table.days,
        "run": table.run_id,
    }


def _check_facts(check: CheckState) -> Mapping[str, Any]:
    return {
        "table": check.table,
        "check": check.name,
        "status": check.status,
        "since": _iso(check.since),
        "severity": check.severity,
        "blocking": check.blocking,
        "rule": check.rule,
        "message": check.message,
        "metrics": check.metrics,
        "rows": check.rows,
        "skipped": check.skipped,
        "run": check.latest.run_id if check.latest else None,
        "trend": [
            {"status": past.status, "at": past.at.isoformat(), "run": past.run_id, "metrics": past.metrics}
            for past in check.trend
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
