"""What DuckDB says when something fails, as errors of this package."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sparkify_assets.errors import WarehouseError
from sparkify_assets.warehouse.base import excerpt

_WRITING = re.compile(r"could not (write|sync|truncate|allocate)|no space left|failed to offload", re.IGNORECASE)


@contextmanager
def translate_duckdb_errors(work: str, path: str) -> Iterator[None]:
    """Raise what DuckDB says of the database at `path` as a WarehouseError which begins with the work it was about."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        hint = (
            f"\nIs the disk full? Free some space beside {path}, where DuckDB also puts what does not fit into memory, "
            "or set SPARKIFY_DUCKDB_PATH to a file on another disk; then run again."
            if is_about_writing(error)
            else ""
        )
        raise WarehouseError(f"DuckDB refused: {error}\nNothing was changed by: {excerpt(work)} ...{hint}") from error


def is_about_writing(error: Exception) -> bool:
    """Whether the database could not be written, rather than a file of the lake read."""
    return bool(_WRITING.search(str(error)))
