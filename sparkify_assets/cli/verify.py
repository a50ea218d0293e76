"""`sparkify verify`: proof on the user's own warehouse that the same lake gives the same tables."""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from sparkify_assets.cli.folders import require_writable_pages
from sparkify_assets.cli.output import in_json
from sparkify_assets.cli.rich_output import cell, console, grid
from sparkify_assets.pages.folder import open_page_folder
from sparkify_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from sparkify_assets.verifying.verification import Verification

PAGE = "verify.html"
DOCUMENT = "verify.json"
# Redshift gets some 750 statements, of about 0.2 s each, and a dozen COPYs, whose views it may show after seconds.
_MINUTES = {"duckdb": Decimal("0.2"), "redshift": Decimal(4)}
_HOUR = 60


@click.command()
@click.option("--keep", is_flag=True, help="Leave the scratch schema with its tables.")
def verify(keep: bool) -> None:
    """Prove that the warehouse of the settings gives the same tables as DuckDB.

    A small lake with planted faults is built in a schema of its own, which is dropped at the end, and in a temporary
    DuckDB file; every table is compared row by row. On Redshift, what its documents leave open is tried one by one.
    Writes verify.html and verify.json to SPARKIFY_REPORT_FOLDER. Exits with 0 only if all tables are equal.
    """
    from sparkify_assets.pages.rendering import render
    from sparkify_assets.verifying.document import document
    from sparkify_assets.verifying.verification import verify as verify_warehouse

    settings, screen = load_settings(), console()
    require_writable_pages(settings)
    folder = open_page_folder(settings.report_folder)
    screen.print(cell(estimate(settings)), soft_wrap=True)
    with screen.status("") as status:
        found = verify_warehouse(
            settings,
            keep=keep,
            progress=lambda step: status.update(cell(f"{step} ...")),  # a terminal shows the latest
        )
    result = document(found, settings)
    page = folder.write(PAGE, render(PAGE, found=result, at=datetime.now(UTC)))
    folder.write(DOCUMENT, in_json(json.dumps(result, indent=2, default=str)))
    _print_tables(screen, result)
    _print_verdict(screen, found, page)
    sys.exit(0 if found.is_equal else 1)


def estimate(settings: Settings) -> str:
    """How long it takes, and what that costs."""
    minutes = _MINUTES[settings.warehouse]
    if settings.warehouse == "duckdb":
        return f"This takes about {minutes * _HOUR:.0f} s, and costs nothing."
    from sparkify_assets.cluster.prices import NODE_HOUR, cheapest, price
    from sparkify_assets.cluster.specification import specification

    spec = specification(settings)
    spec = spec if spec.node_type else spec.model_copy(update={"node_type": cheapest(NODE_HOUR)})
    hour = price(spec, "").hour
    cost = f"about {hour * minutes / _HOUR:.2f} USD" if hour else "what its node type costs, which is not known here"
    billed = "" if spec.mode == "serverless" else ", billed while the cluster runs, whether it works or not"
    return f"This takes about {minutes} minutes. On {spec.size} they cost {cost}{billed}."


def _print_tables(screen: Console, found: dict[str, Any]) -> None:
    if probes := found["probes"]:
        table = grid(("probe", "expected", "found", ""))
        for one in probes:
            mark = ("as expected", "green") if one["as_expected"] else (f"different: {one['if_different']}", "yellow")
            table.add_row(*(cell(one[name]) for name in ("probe", "expected", "found")), cell(*mark))
        screen.print(table)
        screen.print()
    if found["tables"]:
        table = grid(("table", "rows here", "rows on DuckDB", ""), right=("rows here", "rows on DuckDB"))
        for one in found["tables"]:
            counts = (cell("" if rows is None else f"{rows:,}") for rows in one["rows"])
            table.add_row(cell(one["table"]), *counts, cell(one["verdict"], _color(one["verdict"] == "equal")))
        screen.print(table)


def _print_verdict(screen: Console, found: "Verification", page: str) -> None:
    problem = f"It stopped: {found.problem}" if found.problem else "Some tables differ."
    for line in problem.splitlines() if not found.is_equal else ["All tables are equal."]:
        screen.print(cell(line, _color(found.is_equal)), soft_wrap=True)
    for left in found.left:
        screen.print(cell(f"Left: {left}"), soft_wrap=True)
    screen.print(cell(f"{found.seconds:.0f} s. For an issue: {page}"), soft_wrap=True)


def _color(is_good: bool) -> str:
    return "green" if is_good else "red"
