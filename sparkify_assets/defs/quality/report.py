"""The listening report, of group `quality`: answers, tables and checks on one page to hand on."""

import time
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from sparkify_assets.components.failures import explained
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import staged_lineage
from sparkify_assets.lake.base import Lake
from sparkify_assets.pages import LISTENING_REPORT, render, write
from sparkify_assets.quality.checked_tables import WatchedTable
from sparkify_assets.warehouse.base import Warehouse


def listening_report(
    tables: Sequence[WatchedTable], lake_files: Sequence[dg.AssetSpec], folder: str, time_zone: str
) -> dg.AssetsDefinition:
    """The report of these tables, a page in `folder`, with dates and hours in `time_zone`."""

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
        from sparkify_assets.charts.page import drawing_script
        from sparkify_assets.quality.history import read_quality
        from sparkify_assets.report.content import read_content
        from sparkify_assets.report.dictionary import GROUPS, dictionary

        started = time.perf_counter()
        with explained():
            content = warehouse.run(lambda session: read_content(session, time_zone))
            text = render(
                LISTENING_REPORT,
                content=content,
                specifications={name: answer.chart.specification for name, answer in content.answers.items()},
                quality=read_quality(context.instance, tables),
                groups=GROUPS,
                dictionary=dictionary(
                    staged_lineage(lake),
                    {files.key.to_user_string(): files.description or "" for files in lake_files},
                    content.rows,
                ),
                time_zone=time_zone,
                drawing_script=drawing_script(Path(folder)),
            )
            page = write(text, Path(folder) / LISTENING_REPORT)
        return dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(str(page)),
                "link": dg.MetadataValue.url(page.as_uri()),
                "bytes": page.stat().st_size,
                "plays": content.figures.plays,
                "time_zone": time_zone,
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return listening_report
