"""One fixture: the engine, each in its turn.

A test which the marker `modes` names runs on Redshift once more, where the stand-in does the other thing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from redshift_stand_in import Modes
from sparkify_assets_tests.contract.engines import DuckDB, Engine, Redshift
from sparkify_assets_tests.workbench import SmallLake

OTHERWISE = Modes(
    backslash_escapes=False, view_delay=0.02, broken_json="swallow", lines_scanned="lines", trusts_keys=True
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        names = ["redshift", "otherwise"] if metafunc.definition.get_closest_marker("modes") else ["redshift"]
        params = ["duckdb", *(pytest.param(name, marks=pytest.mark.redshift) for name in names)]
        metafunc.parametrize("engine", params, indirect=True)


@pytest.fixture
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
        production = request.getfixturevalue("production")
        if request.param == "otherwise":
            production.stand_in.modes = OTHERWISE
        made = Redshift(folder, production)
    yield made
    made.warehouse.close()


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """The engine, with the tables of `sql/` in it."""
    engine.create_tables()
    return engine
