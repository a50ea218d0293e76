"""Whether two builds made the same star: the rows of each table, and a hash of them in any order."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

STAR: Mapping[str, str] = {
    "songplays": "start_time user_id level song_id artist_id session_id location user_agent item_in_session "
    "played_title played_artist played_seconds",
    "users": "user_id first_name last_name gender level",
    "songs": "song_id title artist_id year duration",
    "artists": "artist_id name location latitude longitude",
    "time": "start_time hour day week month year weekday",
}
"""The columns which docs/tables.md shows, without the surrogate key of a play, which has no meaning."""

Star = Mapping[str, tuple[int, int]]
_TIMES, _DOUBLES = {"start_time"}, {"duration", "latitude", "longitude"}


def read_star(place: Path, schema: str = "main") -> Star:
    """Number of rows and sum of the hashes of the rows, by table, of a database or of a folder of Parquet files.

    Values are compared as times, numbers or texts, so that an integer of another width is no difference.
    """
    files = place.is_dir()
    with duckdb.connect(":memory:" if files else str(place), read_only=not files) as connection:
        relations = {table: f"'{place}/{table}.parquet'" if files else f'{schema}."{table}"' for table in STAR}
        return {table: _fingerprint(connection, relations[table], STAR[table].split()) for table in STAR}


def _fingerprint(connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str]) -> tuple[int, int]:
    row = ", ".join(f'cast("{column}" as {_type(column)})' for column in columns)
    found = connection.execute(f"select count(*), coalesce(sum(cast(hash({row}) as hugeint)), 0) from {relation}")
    count, total = found.fetchall()[0]
    return int(count), int(total)


def _type(column: str) -> str:
    return "timestamp" if column in _TIMES else "double" if column in _DOUBLES else "varchar"


def require_same(name: str, found: Star, expected: Star) -> None:
    """Raises ValueError with the tables which differ."""
    wrong = [
        f"{table}: {found[table][0]:,} rows, not the {rows:,} expected, or with other values"
        for table, (rows, total) in expected.items()
        if found[table] != (rows, total)
    ]
    if wrong:
        raise ValueError(f"{name} made another star:\n" + "\n".join(wrong))
