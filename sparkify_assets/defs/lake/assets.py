"""Group `lake`: the JSON files, which others write."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import daily_partitions
from sparkify_assets.lake.base import JSON_PATHS, LOG_FOLDER, SONG_FOLDER

GROUP = "lake"
EVENT_LOGS = dg.AssetKey("event_logs")
SONG_FILES = dg.AssetKey("song_files")

LAKE_DIGEST = "lake_digest"
"""Metadata of what is staged: the digest of the files, of each day or of the whole catalogue, as they were read."""


def lake_assets(days: dg.DailyPartitionsDefinition, place: str) -> list[dg.AssetSpec]:
    """The two kinds of files in the lake at `place`."""
    return [
        dg.AssetSpec(
            EVENT_LOGS,
            group_name=GROUP,
            kinds={"json"},
            partitions_def=days,
            description="Event logs of the app: one file a day, one event a line, in the order in which they happened.",
            metadata={"place": f"{place}/{LOG_FOLDER}", "jsonpaths": f"{place}/{JSON_PATHS}"},
        ),
        dg.AssetSpec(
            SONG_FILES,
            group_name=GROUP,
            kinds={"json"},
            description="The song catalogue: one file a song, in folders by the letters of its track id.",
            metadata={"place": f"{place}/{SONG_FOLDER}"},
        ),
    ]


@dg.definitions
def defs() -> dg.Definitions:
    """The files of the lake of the settings."""
    settings = active_settings()
    return dg.Definitions(assets=lake_assets(daily_partitions(settings.first_day, settings.last_day), settings.lake))
