"""What the catalog of the Dagster UI shows of each asset: owners, tags and the file of the table."""

from pathlib import Path

import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from sparkify_assets.components.catalog import ANALYSTS, ENGINEERS
from sparkify_assets.definitions import build_definitions
from sparkify_assets.models.reading import models
from sparkify_assets.settings import Settings


@pytest.fixture(scope="module")
def graph() -> AssetGraph:
    return build_definitions(Settings(_env_file=None)).resolve_asset_graph()


def test_every_asset_has_an_owner_and_every_table_links_to_its_file(graph: AssetGraph) -> None:
    for node in graph.asset_nodes:
        name = node.key.to_user_string()
        assert node.owners in ([ENGINEERS], [ANALYSTS]), name
        if name in models():
            (link,) = node.metadata["dagster/code_references"].code_references
            assert f"create table if not exists {name}" in Path(link.file_path).read_text()


def test_assets_which_name_listeners_are_tagged(graph: AssetGraph) -> None:
    nodes = graph.asset_nodes
    assert {node.key.to_user_string() for node in nodes if "personal_data" in node.tags} == {
        "event_logs", "load_rejects", "staging_events", "users", "songplays", "listener_months"
    }  # fmt: skip
