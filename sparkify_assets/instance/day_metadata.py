"""Metadata of each day of a run, all at once.

Dagster's `add_asset_metadata` copies and validates what was added before at each call: decades of days take minutes.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.execution.context.metadata_logging import AssetMetadataHandle, OutputMetadataAccumulator


def add_day_metadata(
    context: dg.AssetExecutionContext, asset: dg.AssetKey, by_day: Mapping[str, Mapping[str, Any]]
) -> None:
    """Add metadata to the materialization of each of these partitions of the asset; they are all of this run."""
    step = context.get_step_execution_context()
    found = {**step._metadata_accumulator.per_output_metadata}
    for day, metadata in by_day.items():
        handle = AssetMetadataHandle(asset_key=asset, partition_key=day)
        found[handle] = {**found.get(handle, {}), **metadata}
    step._metadata_accumulator = OutputMetadataAccumulator(per_output_metadata=found)
