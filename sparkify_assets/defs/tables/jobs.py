"""Jobs: what can be launched by hand, by a schedule or by a sensor."""

import dagster as dg

from sparkify_assets.instance.dead_runs import NO_RETRY
from sparkify_assets.warehouse.base import Warehouse

RESET_WORD = "drop all tables"


class ResetConfig(dg.Config):
    """Guards the reset: `confirm` has to say what will happen."""

    confirm: str = ""


@dg.op
def drop_and_create(
    context: dg.OpExecutionContext, config: ResetConfig, warehouse: dg.ResourceParam[Warehouse]
) -> None:
    """Drop every table and create it empty."""
    if config.confirm != RESET_WORD:
        raise dg.Failure(
            f"Nothing was dropped. To confirm, launch this job with the config "
            f"ops: {{drop_and_create: {{config: {{confirm: {RESET_WORD!r}}}}}}}, or use `sparkify reset`.",
            allow_retries=False,
        )
    warehouse.drop_tables()
    warehouse.create_tables()
    context.log.info(f"Dropped and created every table of {warehouse.location}.")


# Whoever asked for a reset may have begun a run since.
@dg.job(description="Drop and create every table. Asks for confirmation in its config.", tags=NO_RETRY)
def reset_warehouse() -> None:
    """Drop and create every table."""
    drop_and_create()


sparkify_etl = dg.define_asset_job(
    "sparkify_etl", dg.AssetSelection.all(), description="Everything, for the days which are chosen, in one run."
)
daily_etl = dg.define_asset_job("daily_etl", dg.AssetSelection.all(), description="Everything, for the day before.")
