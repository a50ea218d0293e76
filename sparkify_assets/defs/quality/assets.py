"""Group `quality`: the dashboard of all checks, and the listening report."""

import time
from collections.abc import Sequence

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import staged_lineage
from sparkify_assets.lake.base import Lake
from sparkify_assets.pages.folder import LocalPages, PageFolder, open_page_folder
from sparkify_assets.pages.rendering import DASHBOARD, LISTENING_REPORT, render, web_address
from sparkify_assets.quality.checked_tables import CheckedTable, checked_tables
from sparkify_assets.quality.state import Quality
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import Warehouse

QUALITY_DASHBOARD = dg.AssetKey("quality_dashboard")


def quality_dashboard(tables: Sequence[CheckedTable], settings: Settings) -> dg.AssetsDefinition:
    """The dashboard of these tables, a page in the folder of reports; its links lead to the Dagster UI."""

    @dg.asset(
        key=QUALITY_DASHBOARD,
        group_name="quality",
        kinds={"dashboard", "html"},
        deps=[table.name for table in tables],
        backfill_policy=ONE_RUN,
    )
    def dashboard(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """All checks of all tables on one page: status, since when, trend, metrics, rows which break a rule.

        Read from Dagster's event log after the checks of its own run.
        """
        # Imported here: what reads the event log takes half a second, and only a run needs it.
        from sparkify_assets.quality.history import read_quality
        from sparkify_assets.quality.markdown import summary

        started = time.perf_counter()
        quality = read_quality(context.instance, tables)
        with as_dagster_failure():
            page = write_dashboard(quality, open_page_folder(settings.report_folder), settings.dagster_url)
        return dg.MaterializeResult(
            metadata={
                "summary": dg.MetadataValue.md(summary(quality)),
                **_whereabouts(settings, DASHBOARD, page),
                **{f"checks_{status.name.lower()}": count for status, count in quality.counts.items()},
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return dashboard


def write_dashboard(quality: Quality, folder: PageFolder, dagster_url: str) -> str:
    """Write the page and return its location."""
    from sparkify_assets.instance.check_executions import TREND

    text = render(DASHBOARD, quality=quality, trend=TREND, dagster_url=web_address(dagster_url))
    return folder.write(DASHBOARD, text)


def listening_report(
    tables: Sequence[CheckedTable], lake_files: Sequence[dg.AssetSpec], settings: Settings
) -> dg.AssetsDefinition:
    """The report of these tables, a page in the folder of reports, with dates and hours in the time zone of these."""
    time_zone = settings.time_zone

    @dg.asset(
        group_name="quality",
        kinds={"report", "html"},
        deps=[table.name for table in tables],
        backfill_policy=ONE_RUN,
    )
    def listening_report(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        """What people listen to, on one page which needs no server: answers as charts, numbers, checks, dictionary.

        One file without any reference to another place, so that it can be sent by mail. Open it: `sparkify report`.
        """
        # Imported here: altair takes half a second, and only a run needs it.
        from sparkify_assets.quality.history import read_quality
        from sparkify_assets.report.content import drawn_answers, read_content
        from sparkify_assets.report.dictionary import GROUPS, dictionary

        started = time.perf_counter()
        with as_dagster_failure():
            folder = open_page_folder(settings.report_folder)
            drawn = drawn_answers(context.instance)
            content = warehouse.run(lambda session: read_content(session, drawn, time_zone))
            text = render(
                LISTENING_REPORT,
                content=content,
                quality=read_quality(context.instance, tables),
                groups=GROUPS,
                dictionary=dictionary(
                    staged_lineage(lake),
                    {files.key.to_user_string(): files.description or "" for files in lake_files},
                    content.rows,
                ),
                time_zone=time_zone,
                drawing_script=_drawing_script(folder),
            )
            page = folder.write(LISTENING_REPORT, text)
        return dg.MaterializeResult(
            metadata={
                **_whereabouts(settings, LISTENING_REPORT, page),
                "bytes": len(text.encode()),
                "plays": content.figures.plays,
                "time_zone": time_zone,
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return listening_report


def _whereabouts(settings: Settings, name: str, location: str) -> dict[str, dg.MetadataValue[str]]:
    link = open_page_folder(settings.report_folder).link(name, settings.report_url)
    return {"page": dg.MetadataValue.path(location), "link": dg.MetadataValue.url(link)}


def _drawing_script(folder: PageFolder) -> str:
    """The script of the charts; one which draws nothing if it cannot be made, since the page shows the numbers too."""
    from sparkify_assets.charts.page import drawing_script
    from sparkify_assets.charts.renderer import RenderError

    try:
        return drawing_script(folder.folder if isinstance(folder, LocalPages) else None)
    except RenderError as error:
        dg.get_dagster_logger().warning(f"The report is written without charts: {error}.")
        return "window.vegaEmbed = async () => ({ finalize() {} });"


@dg.definitions
def defs(context: dg.ComponentLoadContext) -> dg.Definitions:
    """Dashboard and report of all tables."""
    settings, tables = active_settings(), context.build_defs("tables")
    checked = checked_tables(tables.assets or (), tables.asset_checks or ())
    files = [spec for spec in context.build_defs("lake").assets or () if isinstance(spec, dg.AssetSpec)]
    return dg.Definitions(
        assets=[
            quality_dashboard(checked, settings),
            listening_report(checked, files, settings),
        ]
    )
