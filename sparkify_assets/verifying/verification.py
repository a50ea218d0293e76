"""The same lake on the warehouse of the settings and in a DuckDB file, table by table, and what the probes find."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sparkify_assets.comparing.tables import TableDiff, compare, compared_tables
from sparkify_assets.errors import SparkifyError
from sparkify_assets.lake.base import Lake
from sparkify_assets.scratch import scratch_folder
from sparkify_assets.settings import Settings
from sparkify_assets.verifying.build import bring, build_tables, lake_in_s3, remove, write_lake
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.open import open_warehouse

if TYPE_CHECKING:
    from sparkify_assets.verifying.probes import Finding

SCHEMA = "sparkify_verify_"
Progress = Callable[[str], None]


@dataclass
class Verification:
    """What was found. `problem` is why the build stopped; `left` is what stays, and why."""

    schema: str
    engine: str = ""
    findings: "list[Finding]" = field(default_factory=list)
    tables: list[TableDiff] = field(default_factory=list)
    seconds: float = 0.0
    problem: str = ""
    left: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether every table was built, and is the same on both."""
        return bool(self.tables) and all(table.is_equal for table in self.tables)


def verify(settings: Settings, *, keep: bool, progress: Progress) -> Verification:
    """Build a sample in a schema of its own, compare it with DuckDB, and ask the probes of the engine.

    The schema and the sample are removed at the end; with `keep` the schema stays. What makes it fail is told in the
    result.
    """
    found, started = Verification(f"{SCHEMA}{uuid4().hex[:8]}"), time.monotonic()
    with scratch_folder() as folder, ExitStack() as stack:
        progress("a sample lake with faults")
        local = write_lake(folder / "lake")
        try:
            lake = stack.enter_context(_in_reach(settings, folder / "lake", local, found))
            if settings.warehouse == "duckdb" and not keep and not Path(settings.duckdb_path).exists():
                stack.callback(Path(settings.duckdb_path).unlink, missing_ok=True)
            scratch = settings.model_copy(update={"schema": found.schema, "lake": lake.location})
            warehouse = stack.enter_context(_scratch_schema(open_warehouse(scratch), found, keep=keep))
            found.findings = _probe(warehouse, progress)
            embedded = settings.model_copy(
                update={"warehouse": "duckdb", "duckdb_path": str(folder / "verify.duckdb"), "schema": ""}
            )
            other = stack.enter_context(closing(open_warehouse(embedded)))
            build_tables(warehouse, lake, settings.time_zone, lambda table: progress(f"{table} here"))
            build_tables(other, local, settings.time_zone, lambda table: progress(f"{table} on DuckDB"))
            progress("the comparison")
            found.tables = compare(warehouse, other, compared_tables())
        except SparkifyError as error:
            found.problem = str(error)
    found.seconds = time.monotonic() - started
    return found


@contextmanager
def _in_reach(settings: Settings, folder: Path, local: Lake, found: Verification) -> Iterator[Lake]:
    """The sample where the warehouse can read it."""
    if settings.warehouse == "duckdb":
        yield local
        return
    lake = lake_in_s3(settings, found.schema)
    with _removed(f"the sample {lake.location}", lambda: remove(folder, lake), found):
        bring(folder, lake)
        yield lake


@contextmanager
def _scratch_schema(warehouse: Warehouse, found: Verification, *, keep: bool) -> Iterator[Warehouse]:
    with closing(warehouse), ExitStack() as stack:
        if keep:
            found.left.append(f"the schema {found.schema}, as --keep asks")
        else:
            stack.enter_context(_removed(f"the schema {found.schema}", warehouse.drop_schema, found))
        found.engine = str(warehouse.facts()["engine"])
        others = warehouse.fetch(f"select nspname from pg_namespace where nspname like '{SCHEMA}%' order by nspname")
        found.left += [
            f"the schema {name} of another verification, which was killed, kept it or still runs"
            for (name,) in others.rows
            if name != found.schema
        ]
        warehouse.create_tables()
        yield warehouse


@contextmanager
def _removed(what: str, removal: Callable[[], None], found: Verification) -> Iterator[None]:
    try:
        yield
    finally:
        try:
            removal()
        except SparkifyError as error:
            found.left.append(f"{what}: {error}")


def _probe(warehouse: Warehouse, progress: Progress) -> "list[Finding]":
    if "redshift" not in warehouse.kinds:
        return []
    from sparkify_assets.verifying.copy_probes import COPY_PROBES
    from sparkify_assets.verifying.probes import examine
    from sparkify_assets.verifying.statement_probes import STATEMENT_PROBES
    from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse

    assert isinstance(warehouse, RedshiftWarehouse)
    return examine(warehouse, (*STATEMENT_PROBES, *COPY_PROBES), progress)
