"""The distribution as another project uses it: the pytest plugin, the wheel, imports."""

import ast
import shutil
import subprocess
import sys
import zipfile
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import redshift_stand_in

PACKAGE = Path(redshift_stand_in.__file__).parent
CLEAN = """
import boto3
import pytest
import redshift_connector

@pytest.mark.parametrize("turn", [1, 2])
def test_x(redshift, redshift_s3_endpoint, turn):
    assert redshift.s3_endpoint == redshift_s3_endpoint
    with redshift_connector.connect(**redshift.dsn) as connection:
        connection.cursor().execute("create table t (a int)")
        connection.commit()
    assert len(redshift.statements) == 3
"""
OWN_S3 = """
import pytest

@pytest.fixture(scope="session")
def redshift_s3_endpoint():
    return "http://127.0.0.1:9"

def test_x(redshift):
    assert redshift.s3_endpoint == "http://127.0.0.1:9"
"""


def run_pytest(folder: Path, test: str) -> str:
    (folder / "test_x.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, timeout=120, check=False).stdout


@pytest.mark.parametrize(("test", "passed"), [(CLEAN, "2 passed"), (OWN_S3, "1 passed")], ids=["clean", "own S3"])
def test_a_test_gets_an_empty_server_by_naming_the_fixture(tmp_path: Path, test: str, passed: str) -> None:
    assert passed in run_pytest(tmp_path, test)


def test_pytest_without_the_fixtures_does_not_import_the_server(tmp_path: Path) -> None:
    assert "1 passed" in run_pytest(tmp_path, "import sys\ndef test_x(): assert 'redshift_stand_in' not in sys.modules")


def test_the_folder_of_the_distribution_does_not_hide_the_package() -> None:
    code = "import redshift_stand_in; print(redshift_stand_in.__file__)"
    root = PACKAGE.parents[2]
    printed = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert Path(printed.strip()) == PACKAGE / "__init__.py"


def test_the_wheel_holds_the_sql_and_the_plugin_and_no_test(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(PACKAGE.parents[1], sources, ignore=shutil.ignore_patterns("*.egg-info", "build", "__pycache__"))
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(tmp_path))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(sources)], check=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
        (entry_points,) = (name for name in packed.namelist() if name.endswith("entry_points.txt"))
        assert "pytest_redshift_stand_in" in packed.read(entry_points).decode()
    files = {PACKAGE.with_name("pytest_redshift_stand_in.py")}
    files |= {path for pattern in ("*.py", "*.sql", "py.typed") for path in PACKAGE.rglob(pattern)}
    assert names == {path.relative_to(PACKAGE.parent).as_posix() for path in files}


def imports() -> dict[str, set[str]]:
    """The modules which each module of the package imports, also inside of functions and for types only."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        nodes = list(ast.walk(ast.parse(path.read_text())))
        found[name] = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        found[name] |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = imports()
    own = {name: {used for used in modules[name] if used in modules} for name in modules}
    assert len(list(TopologicalSorter(own).static_order())) == len(modules)


def test_the_stand_in_knows_nothing_of_the_project_beside_it() -> None:
    assert [name for name, used in imports().items() if any(module.startswith("sparkify") for module in used)] == []
