"""Which tables the quality dashboard shows, and their checks.

Their state is read by `history`, which takes half a second to import.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dagster as dg

from sparkify_assets.models.reading import models


@dataclass(frozen=True)
class CheckedTable:
    """A table of `sql/` which is an asset, with its checks."""

    name: str
    group: str
    is_daily: bool
    checks: Sequence[dg.AssetCheckSpec]


def checked_tables(assets: Iterable[object], checks: Iterable[object]) -> list[CheckedTable]:
    """The tables among the assets of a definition, in their order, and their checks."""
    specs = [spec for group in checks if isinstance(group, dg.AssetsDefinition) for spec in group.check_specs]
    tables = [spec for asset in assets if isinstance(asset, dg.AssetsDefinition) for spec in asset.specs]
    return [
        CheckedTable(
            name,
            models()[name].group,
            table.partitions_def is not None,
            [spec for spec in specs if spec.asset_key == table.key],
        )
        for table in tables
        if (name := table.key.to_user_string()) in models()
    ]
