"""One fixture: the engine, each in its turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify_assets_tests.contract.engines import DuckDB, Engine, Redshift
from sparkify_assets_tests.workbench import SmallLake


@pytest.fixture(params=["duckdb", pytest.param("redshift", marks=pytest.mark.redshift)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine with an empty database and an empty lake; what it does not keep has to fail, see the marker `gap`."""
    for gap in request.node.iter_markers("gap"):
        if gap.kwargs["engine"] == request.param:
            request.applymarker(pytest.mark.xfail(reason=gap.kwargs["reason"], strict=True))
    folder = SmallLake(tmp_path / "lake")
    made: Engine
    if request.param == "duckdb":
        made = DuckDB(folder, tmp_path / "contract.duckdb")
    else:
        made = Redshift(folder, request.getfixturevalue("production"))
    yield made
    made.warehouse.close()


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """The engine, with the tables of `sql/` in it."""
    engine.warehouse.create_tables()
    return engine
