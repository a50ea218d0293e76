"""What DuckDB says when something fails, as errors of this package."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparkify_assets.errors import WarehouseDamaged, WarehouseError
from sparkify_assets.warehouse.base import excerpt

_WRITING = re.compile(r"could not (write|sync|truncate|allocate)|no space left|failed to offload", re.IGNORECASE)
_DAMAGED = re.compile(
    r"not a valid DuckDB database file|corrupt database file|replaying WAL file|database has been invalidated",
    re.IGNORECASE,
)
_SHORT = "Could not read enough bytes"
_MAGIC, _MAGIC_AT = b"DUCK", 8


@contextmanager
def translate_duckdb_errors(work: str, path: str) -> Iterator[None]:
    """Raise what DuckDB says of the database at `path` as a WarehouseError which begins with the work it was about."""
    import duckdb

    try:
        yield
    except duckdb.PermissionException as error:
        raise WarehouseError(
            f"Refused: {excerpt(work)} ...\nA query reads the tables of {path}, and no files, other databases or "
            "extensions of this machine."
        ) from error
    except duckdb.Error as error:
        require_whole(error, Path(path).resolve())
        hint = ""
        if isinstance(error, duckdb.OutOfMemoryException):
            hint = "\nThe memory was too little. Give it more by SPARKIFY_DUCKDB_MEMORY_LIMIT=6GB or the like."
        elif is_about_writing(error):
            hint = (
                f"\nIs the disk full? Free some space beside {path}, where DuckDB also puts what does not fit into "
                "memory, or set SPARKIFY_DUCKDB_PATH to a file on another disk; then run again."
            )
        raise WarehouseError(f"DuckDB refused: {error}\nNothing was changed by: {excerpt(work)} ...{hint}") from error


def require_database(path: Path) -> None:
    """Raise WarehouseDamaged if what is at `path` is no database; DuckDB looks for an extension which may read it.

    An empty file may be one which another process is just making.
    """
    if path.is_dir():
        raise _damaged(path, "it is a folder")
    if path.exists():
        with path.open("rb") as file:
            begin = file.read(_MAGIC_AT + len(_MAGIC))
        if begin and begin[_MAGIC_AT:] != _MAGIC:
            raise _damaged(path, "it is no DuckDB database")


def require_whole(error: Exception, path: Path) -> None:
    """Raise WarehouseDamaged if an error is about the database file itself, rather than about a statement."""
    text = str(error)
    if _DAMAGED.search(text) or (_SHORT in text and str(path) in text):
        raise _damaged(path, text) from error


def _damaged(path: Path, why: str) -> WarehouseDamaged:
    return WarehouseDamaged(
        f"The database file {path} is damaged: {why}.\nSet it aside and build it again, all of it comes from the lake: "
        "`sparkify doctor --repair`, then `sparkify run`.",
        [path],
    )


def is_about_writing(error: Exception) -> bool:
    """Whether the database could not be written, rather than a file of the lake read."""
    return bool(_WRITING.search(str(error)))
