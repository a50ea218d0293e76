"""Group `lake`: JSON files, which others write."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import daily_partitions
from sparkify_assets.lake.base import JSON_PATHS, LOG_FOLDER, SONG_FOLDER

GROUP = "lake"
EVENT_LOGS = dg.AssetKey("event_logs")
SONG_FILES = dg.AssetKey("song_files")

LAKE_DIGEST = "lake_digest"
"""Metadata of a staging table: the digest of the files which were read, per day or of the whole catalogue."""


def lake_assets(days: dg.DailyPartitionsDefinition, location: str) -> list[dg.AssetSpec]:
    """The two kinds of files in the lake at `location`."""
    return [
        dg.AssetSpec(
            EVENT_LOGS,
            group_name=GROUP,
            kinds={"json"},
            partitions_def=days,
            description="Event logs of the app: one file a day, one event a line, in the order in which they happened.",
            metadata={"location": f"{location}/{LOG_FOLDER}", "jsonpaths": f"{location}/{JSON_PATHS}"},
        ),
        dg.AssetSpec(
            SONG_FILES,
            group_name=GROUP,
            kinds={"json"},
            description="The song catalogue: one file a song, in folders by the letters of its track id.",
            metadata={"location": f"{location}/{SONG_FOLDER}"},
        ),
    ]


@dg.definitions
def defs() -> dg.Definitions:
    """The files of the lake of the settings."""
    settings = active_settings()
    return dg.Definitions(assets=lake_assets(daily_partitions(settings.first_day, settings.last_day), settings.lake))
