"""The overhead which Dagster has by itself: a job with the steps of the main job, which do nothing.

Usage: python noop_job.py (steps | graph)

`steps`: as many assets and check steps as the main job, without partitions, one check a step.
`graph`: the same assets with their daily partitions for the same 30 days, and all their checks.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg

DAYS = dg.DailyPartitionsDefinition("2018-11-01", end_date="2018-12-01")
ALL_DAYS = {
    "dagster/asset_partition_range_start": date(2018, 11, 1).isoformat(),
    "dagster/asset_partition_range_end": date(2018, 11, 30).isoformat(),
}
GROUPS = ("infrastructure", "staging", "star")
GRAPH = Path(__file__).parents[1] / "sparkify_assets_tests" / "snapshots" / "asset_graph.json"
ASSETS: dict[str, dict[str, Any]] = {
    name: asset
    for name, asset in json.loads(GRAPH.read_text(encoding="utf-8"))["assets"].items()
    if asset["group"] in GROUPS or name == "quality_dashboard"
}
"""What the bench runs, and the dashboard which each run ends with."""
_REFERENCES = {name: asset["deps"] for name, asset in ASSETS.items() if asset["group"] == "star"}
STAR = [name for name in TopologicalSorter(_REFERENCES).static_order() if name in _REFERENCES]
"""In the order in which one step has to yield them."""


def step(names: Sequence[str], with_days: bool) -> dg.AssetsDefinition:
    """One step which makes these assets and does nothing."""
    specs = [
        dg.AssetSpec(
            name,
            deps=[other for other in ASSETS[name]["deps"] if other in ASSETS],
            partitions_def=DAYS if ASSETS[name]["days"] and with_days else None,
        )
        for name in names
    ]

    @dg.multi_asset(name=f"make_{names[0]}", specs=specs)
    def nothing() -> Iterator[dg.MaterializeResult[None]]:
        yield from (dg.MaterializeResult(asset_key=name) for name in names)

    return nothing


def checks(table: str, count: int) -> dg.AssetChecksDefinition:
    """One step with checks which look at nothing."""
    specs = [dg.AssetCheckSpec(f"check_{number}", asset=table) for number in range(count)]

    @dg.multi_asset_check(name=f"{table}_checks", specs=specs)
    def pass_all() -> Iterator[dg.AssetCheckResult]:
        for spec in specs:
            yield dg.AssetCheckResult(asset_key=spec.asset_key, check_name=spec.name, passed=True)

    return pass_all


def main(kind: str) -> None:
    """Run the job once, in this process, on the instance of DAGSTER_HOME."""
    whole = kind == "graph"
    steps = [STAR, *([name] for name in ASSETS if name not in STAR)]
    counts = {name: len(asset["checks"]) for name, asset in ASSETS.items()}
    definitions = dg.Definitions(
        assets=[step(names, whole) for names in steps],
        asset_checks=[checks(name, count if whole else 1) for name, count in counts.items() if count],
        jobs=[dg.define_asset_job("everything", "*")],
    )
    with dg.DagsterInstance.get() as instance:
        job = definitions.resolve_job_def("everything")
        assert job.execute_in_process(instance=instance, tags=ALL_DAYS if whole else None).success


if __name__ == "__main__":
    main(sys.argv[1])
