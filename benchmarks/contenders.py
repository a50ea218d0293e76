"""Who is measured: our command, the same SQL in a bare script, and what people would use instead."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.processes import Cost, measure, without_telemetry
from benchmarks.star import Star, read_star

HERE = Path(__file__).parent
PEERS = HERE / "peers"


@dataclass(frozen=True)
class Work:
    """A lake, and the days of it to load into a database which knows the days before."""

    lake: Path
    start: date
    first: date
    last: date

    @property
    def is_first_load(self) -> bool:
        return self.first == self.start


@dataclass(frozen=True)
class Contender:
    """A way to build the star; it works in a folder of its own.

    Attributes:
        checks: What it proves of the tables.
        first_load: Builds the star from a whole lake.
        one_day: Adds a day; without it `first_load` builds everything anew.
        packages: Those whose versions matter.
        peer: Folder below peers/ with its own environment; empty: ours.
        place: The database, or the folder of Parquet files, which it leaves.
    """

    name: str
    checks: str
    first_load: str
    one_day: str = ""
    packages: tuple[str, ...] = ("duckdb",)
    peer: str = ""
    place: str = "star.duckdb"
    schema: str = "main"

    def run(self, work: Work, folder: Path) -> Cost:
        """Load the days; raises RuntimeError if the command fails."""
        return measure(self._command(work), folder, self._environment(work, folder))

    def prepare(self, folder: Path, history: Path | None = None) -> Path:
        """An empty folder, or a copy of what a former load left, unless the contender builds all anew.

        The folder has to be that of the former load: dlt keeps its path.
        """
        shutil.rmtree(folder, ignore_errors=True)
        if history and self.one_day:
            shutil.copytree(history, folder)
        else:
            folder.mkdir(parents=True)
            if self.peer == "sqlmesh":  # it writes its cache and logs into the folder of the project
                ignored = shutil.ignore_patterns(".venv", ".cache", "logs")
                shutil.copytree(PEERS / self.peer, folder, ignore=ignored, dirs_exist_ok=True)
            if self.peer == "dagster":  # our command would take it for its own, and leave its storages
                without_telemetry(folder)
        return folder

    def star(self, folder: Path) -> Star:
        """What it built there."""
        return read_star(folder / self.place, self.schema)

    @property
    def environment(self) -> Path:
        """The virtual environment it runs in."""
        return PEERS / self.peer / ".venv" if self.peer else Path(sys.prefix)

    @property
    def commands(self) -> list[str]:
        """As one types them in the folder of this repository; capitals stand for a lake and its days."""
        given = {name: name.upper() for name in ("lake", "start", "first", "last", "next")}
        texts = dict.fromkeys(filter(None, (self.first_load, self.one_day)))
        return [text.format(peer=f"benchmarks/peers/{self.peer}", here="benchmarks", **given) for text in texts]

    def _command(self, work: Work) -> list[str]:
        rebuilds = not (self.one_day and not work.is_first_load)
        program, *arguments = (self.first_load if rebuilds else self.one_day).split()
        binary = self.environment / "bin" / program
        if not binary.exists():
            raise FileNotFoundError(f"{binary} is missing: `make peers` installs what the peers need")
        words = {"peer": PEERS / self.peer, "here": HERE, "lake": work.lake, "start": work.start}
        words |= {"first": work.start if rebuilds else work.first, "last": work.last}
        words |= {"next": work.last + timedelta(days=1)}
        return [str(binary), *(argument.format(**words) for argument in arguments)]

    def _environment(self, work: Work, folder: Path) -> Mapping[str, str]:
        return {
            "LAKE": str(work.lake),
            "DATABASE": self.place,
            "START": str(work.start),
            "FIRST_DAY": str(work.first),
            "LAST_DAY": str(work.last),
            "SPARKIFY_LAKE": str(work.lake),
            "SPARKIFY_FIRST_DAY": str(work.start),
            "SPARKIFY_LAST_DAY": str(work.last),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            **({"DAGSTER_HOME": str(folder)} if self.peer == "dagster" else {}),
        }


_RUN = "sparkify run --from {first} --to {last}"
_DBT = "dbt build --project-dir {peer} --profiles-dir {peer}"
_DAGSTER = "dagster asset materialize --python-file {peer}/definitions.py --select * --partition-range {first}...{last}"
_OURS = "data/sparkify.duckdb"
_ALL = "keys, references, not null, accepted values"

CONTENDERS = {
    "star": Contender(
        "sparkify run, star and checks",
        f"{_ALL}, every line accounted for",
        f'{_RUN} --select +group:"star"',
        f'{_RUN} --select +group:"star"',
        packages=("dagster", "duckdb"),
        place=_OURS,
    ),
    "everything": Contender(
        "sparkify run, everything: answers, cubes, pages",
        "the same, and those of answers and cubes",
        _RUN,
        _RUN,
        packages=("dagster", "duckdb"),
        place=_OURS,
    ),
    "bare": Contender(
        "our SQL in a bare script", "none", "python {here}/bare_script.py {lake} star.duckdb {first} {last}"
    ),
    "script": Contender("a good DuckDB script", "none", "python {here}/peers/script/build_star.py"),
    "polars": Contender(
        "Polars", "none", "python {peer}/build_star.py", packages=("polars",), peer="polars", place="star"
    ),
    "dbt": Contender("dbt build", _ALL, _DBT, _DBT, ("dbt-core", "dbt-duckdb", "duckdb"), "dbt"),
    "sqlmesh": Contender(
        "SQLMesh",
        _ALL,
        "sqlmesh plan --auto-apply --no-prompts --execution-time {next}",
        "sqlmesh run --end {last}",
        ("sqlmesh", "duckdb"),
        "sqlmesh",
        schema="sparkify",
    ),
    "dlt": Contender(
        "dlt, then SQL",
        "none",
        "python {peer}/build_star.py",
        "python {peer}/build_star.py",
        ("dlt", "duckdb", "pyarrow"),
        "dlt",
        schema="sparkify",
    ),
    "dagster": Contender("plain Dagster", _ALL, _DAGSTER, _DAGSTER, ("dagster", "dagster-duckdb", "duckdb"), "dagster"),
}
