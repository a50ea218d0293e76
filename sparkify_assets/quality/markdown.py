"""The summary which the Dagster UI shows of the quality dashboard."""

from sparkify_assets.pages.printable import markdown_cell
from sparkify_assets.quality.state import CheckState, Quality, Status, TableState

SIGNS = {Status.FAILED: "✗", Status.ERRORED: "⚡", Status.WARNED: "⚠", Status.NEVER: "-", Status.PASSED: "✓"}
_LONGEST = 160


def summary(quality: Quality) -> str:
    """Counts, the checks which need attention, and a line per table, as Markdown."""
    counts = " · ".join(f"{SIGNS[status]} {count} {status}" for status, count in quality.counts.items())
    attention = [_attention(check) for check in quality.checks if check.status.needs_attention]
    parts = [f"**{counts}**"]
    if attention:
        parts.append("\n".join(["| status | check | since (UTC) | found |", "|---|---|---|---|", *attention]))
    head = ["| table | status | passed | rows | materialized (UTC) | last day |", "|---|---|---:|---:|---|---|"]
    parts.append("\n".join([*head, *map(_line, quality.tables)]))
    return "\n\n".join(parts)


def _attention(check: CheckState) -> str:
    since = f"{check.since:%Y-%m-%d %H:%M}" if check.since else ""
    return (
        f"| {_sign(check.status)} | {check.table}.{check.name} | {since} | {markdown_cell(check.message, _LONGEST)} |"
    )


def _line(table: TableState) -> str:
    passed = f"{table.count(Status.PASSED)}/{len(table.checks)}"
    rows = f"{table.rows:,}" if table.rows is not None else ""
    at = f"{table.materialized:%Y-%m-%d %H:%M}" if table.materialized else "never"
    return f"| {table.name} | {_sign(table.status)} | {passed} | {rows} | {at} | {table.last_day or ''} |"


def _sign(status: Status) -> str:
    return f"{SIGNS[status]} {status}"
