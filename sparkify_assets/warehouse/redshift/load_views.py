"""What Redshift's views tell of a COPY.

A load is found by the session which ran it: the query ids of SYS views are not those of `pg_last_copy_id()` (AWS:
System tables, Query identifiers). No page says how soon rows appear, so they are waited for, and not forever.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sparkify_assets.warehouse.base import Rows

Query = Callable[..., Rows]

_FILE_NAME_BYTES = 256
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_LOADS = """
    select query_id, trim(status) as status, error_count, start_time
    from sys_load_history
    where session_id = :pid and start_time >= :since
    order by start_time desc
"""
_ERRORS = """
    select
        trim(file_name) as file_name,
        line_number,
        trim(column_name) as column_name,
        error_code,
        trim(error_message) as error_message
    from sys_load_error_detail
    where query_id = :query_id
    order by file_name, line_number
"""
_SCANNED = """
    select
        trim(file_name) as file_name,
        cast(sum(lines_scanned) as bigint) as lines_scanned
    from sys_load_detail
    where query_id = :query_id
    group by trim(file_name)
"""


@dataclass(frozen=True)
class RefusedLine:
    """A line which COPY refused; `file` as `name_in_views` gives it, `column` empty if the line is no JSON object."""

    file: str
    line: int
    column: str
    code: int
    message: str


def name_in_views(uri: str) -> str:
    """The URI of a file as the views hold it, which is cut: file_name is CHAR(256)."""
    return uri.encode()[:_FILE_NAME_BYTES].decode(errors="ignore").rstrip(" ")


class LoadViews:
    """The loads of one session, which began at `since` by the clock of the server.

    After a wait of `wait_seconds` in vain the views are believed to be silent, and looked at once.
    """

    def __init__(self, pid: int, since: datetime, wait_seconds: float) -> None:
        self._pid, self._since = pid, since.replace(microsecond=0)
        self._wait_seconds = wait_seconds
        self._loads_since = 0

    def copy_begins(self) -> None:
        """Count a COPY: its row is the next one."""
        self._loads_since += 1

    def scanned_lines(self, query: Query, files: Iterable[str]) -> dict[str, int]:
        """Lines which the latest COPY read of these files (`name_in_views`), but for those which the view lacks."""
        wanted, found = frozenset(files), dict[str, int]()
        for query_id, _ in self._latest(query):
            rows = query(_SCANNED, query_id=query_id).rows
            found = {name: int(lines) for name, lines in rows if name in wanted and lines is not None}
            if found.keys() == wanted:
                break
        return found

    def refused_lines(self, query: Query) -> list[RefusedLine]:
        """The lines which the latest COPY refused: the first reason of each."""
        first: dict[tuple[str, int], RefusedLine] = {}
        for query_id, errors in self._latest(query):
            rows = query(_ERRORS, query_id=query_id).rows
            for file, line, column, code, message in rows:
                first.setdefault((file, int(line)), RefusedLine(file, int(line), column or "", int(code), message))
            if rows and len(rows) >= errors:
                break
        return list(first.values())

    def _latest(self, query: Query) -> Iterator[tuple[int, int]]:
        """Id and errors of the latest COPY, once its row is there; again and again, until the wait is over."""
        pause, deadline = _FIRST_PAUSE, time.monotonic() + self._wait_seconds
        while True:
            loads = query(_LOADS, pid=self._pid, since=self._since).rows
            if len(loads) >= self._loads_since and loads[0][1] != "running":
                query_id, _, errors, self._since = loads[0]
                self._loads_since = 1
                yield int(query_id), int(errors or 0)
            if time.monotonic() + pause > deadline:
                self._wait_seconds = 0
                return
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
