"""`sparkify verify`: as expected on the stand-in, and what it does in another mode is told by one probe each."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from redshift_stand_in import S3_ACCESS_DENIED, Fault, Modes
from sparkify_assets.cli.main import main
from sparkify_assets.settings import load_settings
from sparkify_assets.verifying.copy_probes import COPY_PROBES
from sparkify_assets.verifying.probes import examine
from sparkify_assets.verifying.statement_probes import STATEMENT_PROBES
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse
from sparkify_assets_tests.production import ROLE, WORK, Production

PROBES = (*STATEMENT_PROBES, *COPY_PROBES)
# What the stand-in does in each of its modes, and the probe which has to tell.
OTHERWISE: dict[str, tuple[Any, str]] = {
    "backslash_escapes": (False, "backslash in a literal"),
    "isolation": ("serializable", "isolation of the database"),
    "view_delay": (0.8, "rows of the views after a COPY"),
    "broken_json": ("swallow", "COPY after an object which is cut in a text"),
    "lines_scanned": ("lines", "lines which the views count of an object over three lines"),
    "trusts_keys": (True, "DISTINCT over a declared key which holds twice"),
    "numeric": ("zero", "NUMERIC by the driver's binary protocol"),
}


def verified(production: Production, *options: str) -> tuple[Result, dict[str, Any]]:
    load_settings.cache_clear()
    done = CliRunner().invoke(main, ["verify", *options], env=production.environment())
    written = Path("data/reports/verify.json")
    return done, json.loads(written.read_text()) if written.exists() else {}


def schemas(production: Production) -> list[str]:
    found = production.stand_in.query_postgres("select nspname from pg_namespace where nspname like 'sparkify%'")
    return [str(name) for (name,) in found]


def differing(found: dict[str, Any]) -> list[str]:
    return [probe["probe"] for probe in found["probes"] if not probe["as_expected"]]


def modes(*names: str) -> Modes:
    return Modes(**{name: OTHERWISE[name][0] for name in names})


def probes_of(*names: str) -> set[str]:
    return {OTHERWISE[name][1] for name in names}


@pytest.mark.long
def test_whatever_the_documents_leave_open_the_tables_are_equal(production: Production) -> None:
    otherwise = OTHERWISE.keys() - {"view_delay"}
    production.stand_in.modes = modes(*otherwise)
    done, found = verified(production)
    assert done.exit_code == 0, done.output
    assert "This takes about 4 minutes. On rg.large x 1 they cost about 0.03 USD" in done.output
    assert "All tables are equal." in done.output
    assert ({*differing(found)}, found["problem"], found["left"]) == (probes_of(*otherwise), None, [])
    rows = {table["table"]: table["rows"][0] for table in found["tables"]}
    assert len(rows) > 15
    assert all(rows.values()), rows
    assert (schemas(production), production.left_in_work()) == ([], [])
    assert production.stand_in.query_postgres("select count(*) from pg_tables where schemaname = 'public'") == [("0",)]
    written = Path("data/reports/verify.html").read_text() + json.dumps(found)
    for secret in (production.stand_in.password, production.stand_in.host, WORK, ROLE, "123456789012"):
        assert secret not in written


@pytest.mark.long
def test_the_stand_in_does_as_expected_and_each_mode_is_told_by_its_probe(production: Production) -> None:
    some, others = ("backslash_escapes", "view_delay", "trusts_keys"), ("isolation", "lines_scanned", "numeric")
    assert {field.name for field in fields(Modes)} == OTHERWISE.keys() == {*some, *others, "broken_json"}
    warehouse = open_warehouse(production.settings())
    assert isinstance(warehouse, RedshiftWarehouse)
    warehouse.create_tables()
    for names in ((), some, (*others, "broken_json")):
        production.stand_in.modes = modes(*names)
        found = examine(warehouse, PROBES, lambda _: None)
        assert {one.probe.name for one in found if not one.is_as_expected} == probes_of(*names)


def test_a_build_which_is_refused_stops_with_its_cause(production: Production) -> None:
    production.stand_in.faults.add(Fault("error", "^copy", 99, error=S3_ACCESS_DENIED))
    done, found = verified(production)
    assert done.exit_code == 1
    assert "It stopped: COPY into landed_records" in done.output
    assert "The role which COPY uses may not read there" in found["problem"]
    assert differing(found) == [probe.name for probe in COPY_PROBES]
    assert {probe["found"] for probe in found["probes"] if not probe["as_expected"]} == {"failed"}
    assert (schemas(production), production.left_in_work()) == ([], [])


def test_without_a_work_prefix_it_says_what_to_set(production: Production) -> None:
    done = CliRunner().invoke(main, ["verify"], env=production.environment(work_uri=""))
    assert (done.exit_code, "SPARKIFY_WORK_URI is empty" in done.output) == (1, True)


@pytest.mark.slow
def test_duckdb_is_verified_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["verify"])
    assert (done.exit_code, "costs nothing" in done.output) == (0, True), done.output
    assert json.loads(Path("data/reports/verify.json").read_text())["equal"]
    assert [path.name for path in Path("data").iterdir()] == ["reports"]


@pytest.mark.slow
def test_what_stays_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with duckdb.connect("before.duckdb") as database:
        database.execute("create schema sparkify_verify_1f")
    done = CliRunner().invoke(main, ["verify", "--keep"], env={"SPARKIFY_DUCKDB_PATH": "before.duckdb"})
    assert (done.exit_code, "Left: the schema sparkify_verify_1f of another" in done.output) == (0, True), done.output
    with duckdb.connect("before.duckdb") as database:
        left = database.execute("select schema_name from duckdb_schemas() where schema_name like 'spark%'").fetchall()
        (kept,) = {name for (name,) in left} - {"sparkify_verify_1f"}
        assert f"Left: the schema {kept}, as --keep asks" in done.output
        assert database.execute(f"select count(*) > 100 from {kept}.songplays").fetchall() == [(True,)]


def test_the_page_lists_each_probe_and_nothing_else() -> None:
    page = (Path(__file__).parents[1] / "docs/redshift.md").read_text()
    listed = page.partition("| probe | expected | if it is different |\n|---|---|---|\n")[2].partition("\n\n")[0]
    assert listed.splitlines() == [f"| {p.name} | {p.expected} | {p.otherwise} |" for p in PROBES]
