"""Group `quality`: what people see of how good the tables are."""

import time
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.defs.quality.refresh import QUALITY_DASHBOARD
from sparkify_assets.quality.checked_tables import WatchedTable, watched_tables
from sparkify_assets.quality.state import Quality

PAGE = "quality_dashboard.html"


def quality_dashboard(tables: Sequence[WatchedTable], folder: str, dagster_url: str) -> dg.AssetsDefinition:
    """The dashboard of these tables, a page in `folder`; its links lead to the Dagster UI at `dagster_url`."""

    @dg.asset(
        key=QUALITY_DASHBOARD,
        group_name="quality",
        kinds={"dashboard", "html"},
        deps=[table.name for table in tables],
        backfill_policy=ONE_RUN,
    )
    def dashboard(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """All checks of all tables on one page: status, since when, trend, numbers, rows which break a rule.

        Read from Dagster's event log after the checks of its own run.
        """
        # Imported here: what reads the event log takes half a second, and only a run needs it.
        from sparkify_assets.quality.history import read_quality
        from sparkify_assets.quality.markdown import summary

        started = time.perf_counter()
        quality = read_quality(context.instance, tables)
        with as_dagster_failure():
            page = write_page(quality, Path(folder), dagster_url)
        return dg.MaterializeResult(
            metadata={
                "summary": dg.MetadataValue.md(summary(quality)),
                "page": dg.MetadataValue.path(str(page)),
                **{f"checks_{status.name.lower()}": count for status, count in quality.counts.items()},
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return dashboard


def write_page(quality: Quality, folder: Path, dagster_url: str) -> Path:
    """Write the page, and give its path."""
    from sparkify_assets.pages import render, write
    from sparkify_assets.quality.history import TREND

    text = render(PAGE, quality=quality, trend=TREND, dagster_url=dagster_url.rstrip("/"))
    return write(text, folder / PAGE)


@dg.definitions
def defs(context: dg.ComponentLoadContext) -> dg.Definitions:
    """The dashboard of all tables."""
    settings, tables = active_settings(), context.build_defs("tables")
    watched = watched_tables(tables.assets or (), tables.asset_checks or ())
    return dg.Definitions(assets=[quality_dashboard(watched, settings.report_folder, settings.dagster_url)])
