"""Which assets a run has to build together."""

from collections.abc import Iterable

import dagster as dg


def with_whole_steps(definitions: dg.Definitions, keys: Iterable[dg.AssetKey]) -> set[dg.AssetKey]:
    """The assets, and all others which are made in one step with one of them, as the tables of the star are."""
    chosen = {*keys}
    steps = [{*asset.keys} for asset in definitions.assets or () if isinstance(asset, dg.AssetsDefinition)]
    return chosen.union(*(step for step in steps if step & chosen))
