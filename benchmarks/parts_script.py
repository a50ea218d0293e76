"""Processor seconds of the parts of a first load: by our command, or by the bare script.

Usage: python parts_script.py ours|bare OUT LAKE FIRST_DAY LAST_DAY. OUT gets a JSON object: seconds by part.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

READ, TEXTS, LINES = "events: parse, compress and write", "events: prove texts", "events: prove JSON and numbers"
SONGS, PLAYS, STAR = "song files", "`songplays`: match, compress and write", "the rest of the star"
AUDIT, CHECKS, OTHER = "audit of the keys", "checks", "start, Dagster's steps and events, end"
PARTS = (READ, TEXTS, LINES, SONGS, PLAYS, STAR, AUDIT, CHECKS, OTHER)


class Clock:
    """Seconds by part, each without those of the parts inside of it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = [0.0]

    def timed(self, function: Callable[..., Any], part: Callable[..., str | None]) -> Callable[..., Any]:
        """The function, whose calls count for the part which `part` gives of their arguments, if any."""

        def call(*arguments: Any, **named: Any) -> Any:
            if not (name := part(*arguments)):
                return function(*arguments, **named)
            started = time.process_time()
            self._inside.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                spent = time.process_time() - started
                self.seconds[name] += spent - self._inside.pop()
                self._inside[-1] += spent

        return call

    def timed_beside(self, function: Callable[..., Any], part: str, within: str) -> Callable[..., Any]:
        """The function, called in a thread of its own while the part `within` runs."""

        def call(*arguments: Any) -> Any:
            started = time.thread_time()
            try:
                return function(*arguments)
            finally:
                spent = time.thread_time() - started
                self.seconds[part] += spent
                self.seconds[within] -= spent

        return call


def part_of(statement: str) -> str | None:
    """The part of a statement of the star or of the bare script."""
    if "read_json" in statement:
        return READ if "staging_events" in statement else SONGS
    return PLAYS if "insert into songplays" in statement.lower() else None


def ours(clock: Clock, first_day: str, last_day: str) -> None:
    """The command, as far as it is measured from within."""
    from sparkify_assets.cli.main import main
    from sparkify_assets.components import check_kinds, sql_tables, staging_tables
    from sparkify_assets.loading import tables
    from sparkify_assets.warehouse.duckdb import load, warehouse

    def always(part: str) -> Callable[..., str]:
        return lambda *_: part

    places: list[tuple[Any, str, Callable[..., str | None]]] = [
        (staging_tables, "stage", lambda _warehouse, _lake, source, *_: READ if source.is_daily else SONGS),
        (load.DuckDBLoad, "_days_of_other_texts", always(TEXTS)),
        (sql_tables, "load_tables", always(STAR)),
        (warehouse.DuckDBSession, "execute", lambda _session, statement: part_of(statement)),
        (tables, "audit", always(AUDIT)),
        (check_kinds.FileCheck, "evaluate", always(CHECKS)),
        (check_kinds.KeyCheck, "evaluate", always(CHECKS)),
    ]
    for owner, name, part in places:
        setattr(owner, name, clock.timed(getattr(owner, name), part))
    loads: Any = load
    loads.count_plain = clock.timed_beside(loads.count_plain, LINES, READ)
    try:
        main(["run", "--from", first_day, "--to", last_day, "--select", '+group:"star"'])
    except SystemExit as end:
        if end.code:
            raise


def bare(clock: Clock, lake: str, first_day: str, last_day: str) -> None:
    """The script, statement by statement."""
    import duckdb

    bare_script: Any = import_module("bare_script")  # it is beside this one

    class Connection:
        def __init__(self, database: str) -> None:
            connection = duckdb.connect(database)
            self.close = connection.close
            self.execute = clock.timed(connection.execute, lambda statement, *_: part_of(statement) or STAR)

    bare_script.duckdb = SimpleNamespace(connect=Connection)
    bare_script.main(lake, "star.duckdb", first_day, last_day)


def main(kind: str, out: str, lake: str, first_day: str, last_day: str) -> None:
    """Measure, and write what was found."""
    clock = Clock()
    if kind == "bare":
        bare(clock, lake, first_day, last_day)
    else:
        ours(clock, first_day, last_day)
    clock.seconds[OTHER] = time.process_time() - sum(clock.seconds.values())
    Path(out).write_text(json.dumps(clock.seconds), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
