"""The package as others install it: `sql/` lies inside the wheel, and everything works from any folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sparkify_assets.models.reading import models
from sparkify_assets.models.sql_checks import sql_checks

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
SOURCES = (
    "pyproject.toml", "setup.py", "README.md", "LICENSE", "sparkify_assets", "sql",
    "sparkify_assets_tests", "benchmarks", "redshift_stand_in",
)  # fmt: skip

pytest.importorskip("setuptools", minversion="80", reason="pyproject.toml builds with setuptools 80 or later")


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=180, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from links to the sources, so that nothing is written beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "sources").mkdir()
    for name in SOURCES:
        (folder / "sources" / name).symlink_to(ROOT / name)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, folder / "sources", folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed") / "site"
    options = ("--no-deps", "--no-index", "--disable-pip-version-check", "--quiet")
    run(sys.executable, "-m", "pip", "install", *options, "--target", target, wheel, folder=target.parent)
    return target


def python(code: str, installed: Path, folder: Path) -> str:
    """Run code which sees the installed wheel first; the checkout comes behind it, as it is installed editable."""
    environment = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return run(sys.executable, "-c", code, folder=folder, environment=environment).strip()


def test_the_wheel_holds_every_file_of_sql(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".sql")}
    assert packed == {f"sparkify_assets/{path.relative_to(ROOT)}" for path in ROOT.glob("sql/**/*.sql")}


def test_the_wheel_holds_every_page(wheel: Path) -> None:
    kinds = ("html", "css", "js")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.rpartition(".")[2] in kinds}
    pages = [path for kind in kinds for path in ROOT.glob(f"sparkify_assets/**/*.{kind}")]
    assert packed == {str(path.relative_to(ROOT)) for path in pages}


def test_the_wheel_holds_every_module_and_no_test(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    assert packed == {str(path.relative_to(ROOT)) for path in ROOT.glob("sparkify_assets/**/*.py")}


def test_the_wheel_holds_the_instance_which_a_first_run_writes(wheel: Path) -> None:
    assert "sparkify_assets/instance/dagster.yaml" in zipfile.ZipFile(wheel).namelist()


def test_the_installed_package_reads_its_own_sql(installed: Path, tmp_path: Path) -> None:
    code = "from sparkify_assets.models.reading import models, sql_folder; print(sql_folder(), len(models()))"
    assert python(code, installed, tmp_path) == f"{installed / 'sparkify_assets' / 'sql'} {len(models())}"


def test_the_installed_package_has_every_check(installed: Path, tmp_path: Path) -> None:
    code = (
        "from sparkify_assets.models.reading import models; from sparkify_assets.models.sql_checks import sql_checks;"
        "print(sum(len(list(sql_checks(models()[name]))) for name in models()))"
    )
    assert python(code, installed, tmp_path) == str(sum(len(list(sql_checks(model))) for model in models().values()))


def test_the_installed_package_builds_the_star_from_any_folder(installed: Path, tmp_path: Path) -> None:
    code = (
        "import sparkify_assets; from sparkify_assets.cli.main import main;"
        "main(['generate', 'data/lake', '--days', '1', '--users', '5', '--songs', '9'], standalone_mode=False);"
        "print(sparkify_assets.__file__, flush=True); main(['run', '--to', '2018-11-01'])"
    )
    printed = python(code, installed, tmp_path)
    assert str(installed / "sparkify_assets") in printed
    assert "0 failed" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
