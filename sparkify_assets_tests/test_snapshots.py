"""The texts which the engine gets and the graph which Dagster gets, as snapshots: a change shows in review."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.definitions import build_definitions
from sparkify_assets.loading.key_audit import key_rules, rules_of_run
from sparkify_assets.models.reading import models, tables_in, views
from sparkify_assets.models.sql_checks import sql_checks
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql
from sparkify_assets_tests.snapshot import SNAPSHOTS, UPDATES, compare
from sparkify_assets_tests.workbench import load_texts


def texts() -> Iterator[tuple[str, str]]:
    for model in models().values():
        loaded = {other.name: other for other in tables_in(model.group)}
        yield f"{model.group}/{model.name}", text([model.create, *load_texts(model)])
        if model.texts:
            yield f"audits/{model.name}", text([rule.count_query for rule in rules_of_run(model, loaded)])
        yield f"keys/{model.name}", text([rule.query for rule in key_rules(model)])
        for check in sql_checks(model):
            yield f"checks/{model.name}/{check.name}", text([check.query, *([check.metrics] if check.metrics else [])])
    for view in views().values():
        yield f"staging/{view.name}", text([view.create])


def text(parts: list[str]) -> str:
    return "\n\n".join(f"{duckdb_sql(part)};" for part in parts) + "\n"


TEXTS = dict(texts())


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_texts_which_duckdb_runs_are_those_of_the_snapshot(name: str) -> None:
    compare(SNAPSHOTS / "duckdb" / f"{name}.sql", TEXTS[name])


def test_every_snapshot_belongs_to_a_text() -> None:
    root = SNAPSHOTS / "duckdb"
    left = [path for path in root.rglob("*.sql") if str(path.relative_to(root).with_suffix("")) not in TEXTS]
    if UPDATES:
        for path in left:
            path.unlink()
        left = []
    assert left == []


def test_the_asset_graph_is_that_of_the_snapshot() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    found = json.dumps(graph(build_definitions(Settings.model_construct(**defaults))), indent=1)
    compare(SNAPSHOTS / "asset_graph.json", f"{found}\n")


def partitions(of: dg.PartitionsDefinition[str] | None) -> list[str] | None:
    return [(keys := of.get_partition_keys())[0], keys[-1]] if of else None


def graph(definitions: dg.Definitions) -> dict[str, Any]:
    assets = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    return {
        "assets": {
            node.key.to_user_string(): {
                "group": node.group_name,
                "deps": sorted(key.to_user_string() for key in node.parent_keys),
                "days": partitions(node.partitions_def),
                "one_run": bool(node.backfill_policy and node.backfill_policy.max_partitions_per_run is None),
                "kinds": sorted(node.kinds),
                "description": node.description,
                "checks": {
                    key.name: "blocking" if assets.get(key).blocking else "tells" for key in sorted(node.check_keys)
                },
            }
            for node in sorted(assets.asset_nodes, key=lambda node: node.key)
        },
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": {
            schedule.name: {"job": schedule.job_name, "cron": schedule.cron_schedule}
            for schedule in repository.schedule_defs
        },
    }
