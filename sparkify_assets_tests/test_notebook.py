"""The analysts' notebook runs from top to bottom, and says the same on both warehouses."""

import contextlib
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.errors import WarehouseError
from sparkify_assets.notebook import ask
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import Settings
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.workbench import QUIET

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks/listening.ipynb"
FIRST, LAST = date(2018, 11, 1), date(2018, 11, 12)
CHARTS = 5

Cell = dict[str, Any]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve days, in three weeks, so that artists may trend."""
    folder = tmp_path_factory.mktemp("notebook") / "lake"
    generate_lake(folder, days=12, users=40, songs=60, events=1_500, seed=5, start=FIRST)
    return folder


@pytest.fixture(scope="module")
def on_duckdb(lake: Path) -> Iterator[list[Cell]]:
    """The cells with their outputs, run in the folder `notebooks` of a project which has a DuckDB warehouse."""
    project = lake.parent
    given = {"SPARKIFY_LAKE": "lake", "SPARKIFY_DUCKDB_PATH": "data/warehouse.duckdb", "SPARKIFY_LAST_DAY": str(LAST)}
    (project / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        patch.chdir(project)
        build(Settings(), instance)
        yield run_notebook(project, patch)


def build(chosen: Settings, instance: dg.DagsterInstance) -> None:
    build_definitions(chosen).resolve_job_def("sparkify_etl").execute_in_process(
        instance=instance, tags=day_tags(FIRST, LAST), run_config=QUIET
    )


def run_notebook(project: Path, patch: pytest.MonkeyPatch) -> list[Cell]:
    """Run it with this interpreter, whatever kernels the user has, and with the package of this checkout."""
    (project / "notebooks").mkdir()
    patch.setenv("JUPYTER_DATA_DIR", str(project / "jupyter"))
    patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    patch.setenv("PYTHONPATH", str(ROOT))
    notebook = stored_notebook()
    try:
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": project / "notebooks"}}).execute()
    except CellExecutionError as error:
        pytest.fail(str(error), pytrace=False)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def stored_notebook() -> Any:
    return nbformat.reads(NOTEBOOK.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]


def texts(cells: list[Cell]) -> list[str]:
    """What the cells say, but for pictures."""
    return [str(output.get("data", {}).get("text/plain", output)) for cell in cells for output in cell["outputs"]]


def test_every_cell_runs_on_duckdb_and_charts_are_drawn(on_duckdb: list[Cell]) -> None:
    drawn = [output["data"] for cell in on_duckdb for output in cell["outputs"] if "image/svg+xml" in output["data"]]
    assert len(drawn) == CHARTS
    assert all(picture["image/svg+xml"].count("<path") > 10 for picture in drawn)


def test_every_table_of_the_notebook_has_rows(on_duckdb: list[Cell]) -> None:
    assert not [cell["source"] for cell in on_duckdb if "Empty DataFrame" in str(cell["outputs"])]


def test_it_says_the_same_on_redshift(
    on_duckdb: list[Cell],
    lake: Path,
    production: Production,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    instance: dg.DagsterInstance,
) -> None:
    production.bring(lake)
    for name, value in production.environment().items():
        monkeypatch.setenv(name, value)
    build(production.settings(), instance)
    assert texts(run_notebook(tmp_path, monkeypatch)) == texts(on_duckdb)


def test_it_is_kept_without_outputs() -> None:
    kept = [cell for cell in stored_notebook().cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in kept)


def test_types_do_not_depend_on_the_engine(on_duckdb: list[Cell], lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lake.parent / "notebooks")
    found = ask("""
        select sum(plays) as plays, cast(0.25 as decimal(9, 2)) as share, cast('2018-11-01' as date) as play_date
        from plays_cube
    """)
    assert [kind.kind for kind in found.dtypes] == ["i", "f", "M"]


def test_nothing_can_be_changed_by_asking(on_duckdb: list[Cell], lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lake.parent / "notebooks")
    with pytest.raises(WarehouseError, match="Only queries are answered here"):
        ask("delete from users")


def test_an_error_is_told_without_a_traceback(
    on_duckdb: list[Cell], lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lake.parent / "notebooks")
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.run_cell("from sparkify_assets.notebook import ask")
    with contextlib.redirect_stdout(io.StringIO()) as told:
        shell.run_cell("ask('select * from nowhere')")
    assert told.getvalue().startswith("Error: DuckDB refused:")
    assert "Traceback" not in told.getvalue()
