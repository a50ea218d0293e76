"""Group `lake`: the JSON files, which others write."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import active_days
from sparkify_assets.lake.sources import SOURCES

GROUP = "lake"


def lake_assets(days: dg.DailyPartitionsDefinition, location: str) -> list[dg.AssetSpec]:
    """The sources in the lake at a location."""
    return [
        dg.AssetSpec(
            source.key,
            group_name=GROUP,
            kinds={"json"},
            partitions_def=days if source.is_daily else None,
            description=source.description,
            metadata={
                "location": f"{location}/{source.folder}",
                **({"jsonpaths": f"{location}/{source.json_paths}"} if source.json_paths else {}),
            },
        )
        for source in SOURCES
    ]


@dg.definitions
def defs() -> dg.Definitions:
    """The sources in the lake of the settings."""
    return dg.Definitions(assets=lake_assets(active_days(), active_settings().lake))
