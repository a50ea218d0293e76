"""The overhead which Dagster has by itself: a job with the steps of the main job, which do nothing.

Usage: python noop_job.py (steps | graph)

`steps`: as many assets and check steps as the main job, without partitions, one check a step.
`graph`: the same assets with their daily partitions for the same 30 days, and all their checks.
"""

import sys
from collections.abc import Iterator
from datetime import date

import dagster as dg

DAYS = dg.DailyPartitionsDefinition("2018-11-01", end_date="2018-12-01")
ALL_DAYS = {
    "dagster/asset_partition_range_start": date(2018, 11, 1).isoformat(),
    "dagster/asset_partition_range_end": date(2018, 11, 30).isoformat(),
}
# Asset: upstream assets, daily, checks. As staging and star in sparkify_assets_tests/snapshots/asset_graph.json,
# and the dashboard which each run ends with.
GRAPH: dict[str, tuple[list[str], bool, int]] = {
    "cluster": ([], False, 0),
    "staging_events": (["cluster"], True, 6),
    "staging_songs": (["cluster"], False, 5),
    "load_rejects": (["staging_events", "staging_songs"], False, 2),
    "users": (["staging_events"], True, 4),
    "artists": (["staging_songs"], False, 4),
    "songs": (["staging_songs", "artists"], False, 5),
    "time": (["staging_events"], True, 3),
    "songplays": (["staging_events", "users", "artists", "songs", "time"], True, 12),
    "quality_dashboard": (["songplays"], False, 0),
}


def asset(name: str, deps: list[str], daily: bool) -> dg.AssetsDefinition:
    """An asset which does nothing."""

    @dg.asset(name=name, deps=deps, partitions_def=DAYS if daily else None)
    def nothing() -> None: ...

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
    definitions = dg.Definitions(
        assets=[asset(name, deps, daily and whole) for name, (deps, daily, _) in GRAPH.items()],
        asset_checks=[checks(name, count if whole else 1) for name, (_, _, count) in GRAPH.items() if count],
        jobs=[dg.define_asset_job("everything", "*")],
    )
    with dg.DagsterInstance.get() as instance:
        job = definitions.resolve_job_def("everything")
        assert job.execute_in_process(instance=instance, tags=ALL_DAYS if whole else None).success


if __name__ == "__main__":
    main(sys.argv[1])
