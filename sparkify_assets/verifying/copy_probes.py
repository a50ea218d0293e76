"""Probes of COPY: what it makes of odd JSON, and what the views tell of a load. Each loads one small file."""

import time
from collections.abc import Callable

from sparkify_assets.errors import WarehouseError
from sparkify_assets.scratch import scratch_folder
from sparkify_assets.verifying.probes import Probe
from sparkify_assets.warehouse.redshift.copy import CopyInto
from sparkify_assets.warehouse.redshift.session import RedshiftSession
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse
from sparkify_assets.warehouse.redshift.work_area import work_folder

_PAUSE_SECONDS = 0.1
_LATEST = """
    select load.query_id, file.lines_scanned
    from sys_load_history as load
    inner join sys_load_detail as file on load.query_id = file.query_id
    where load.session_id = :pid and load.status = 'completed'
    order by load.start_time desc
    limit 1
"""


def copied(look: Callable[[RedshiftSession, int, float], str]) -> Callable[[RedshiftWarehouse, str], str]:
    """COPY a file of the text behind the colon, and look: at the session, the rows, and how long views may take."""

    def observe(warehouse: RedshiftWarehouse, statement: str) -> str:
        with scratch_folder() as folder, work_folder(warehouse.work_uri) as work:
            assert work is not None, "the sample is there too"
            file = folder / "probe.json"
            file.write_text(statement.partition(": ")[2])
            region, role = work.region, warehouse.iam_role
            into = CopyInto(
                "probed", ("n", "name"), work.put_file(file), "auto", role, region, is_manifest=False, is_gzip=False
            )

            def load(session: RedshiftSession) -> str:
                session.execute("create temp table probed (n integer, name varchar(64))")
                return look(session, session.copy(into), warehouse.view_seconds)

            return warehouse.run(load)

    return observe


def rows_loaded(session: RedshiftSession, rows: int, seconds: float) -> str:
    """How many rows it became."""
    return f"{rows} rows"


def number_loaded(session: RedshiftSession, rows: int, seconds: float) -> str:
    """The number in the row."""
    return str(session.fetch("select max(n) as n from probed").scalar)


def ids(session: RedshiftSession, rows: int, seconds: float) -> str:
    """Whether the views know the load by the id which the session knows."""
    own = int(session.fetch("select pg_last_copy_id() as id").scalar)
    query_id, _, _ = _shown(session, seconds)
    return "differ" if query_id != own else "are equal"


def lines_counted(session: RedshiftSession, rows: int, seconds: float) -> str:
    """How many lines the views count."""
    _, lines, _ = _shown(session, seconds)
    return str(lines)


def delay(session: RedshiftSession, rows: int, seconds: float) -> str:
    """How long after the COPY the views show it."""
    _, _, waited = _shown(session, seconds)
    return f"after {waited:.1f} s" if waited else "at once"


def _shown(session: RedshiftSession, seconds: float) -> tuple[int, int, float]:
    """Id and lines of the latest load as the views show it, and the wait until then: 0 if it was there at once."""
    started, waited = time.monotonic(), 0.0
    while waited <= seconds:
        for query_id, lines in session.fetch(_LATEST, pid=session.pid).rows:
            return int(query_id), int(lines), waited
        time.sleep(_PAUSE_SECONDS)
        waited = time.monotonic() - started
    raise WarehouseError(f"The views show nothing of the load after {seconds:.0f} s.")


_BY_RECORD = "Rows fall short of the lines, so such a file is read record by record: as right, and slower."

COPY_PROBES = (
    Probe(
        "COPY after an object which is cut in a text",
        'copy of: {"n": 1}\n{"name": "cut\n{"n": 2}\n{"n": 3}\n',
        "3 rows",
        _BY_RECORD,
        copied(rows_loaded),
    ),
    Probe(
        "COPY of JSON which is not strict",
        'copy of: {"n": NaN}\n{"n": 1,}\n{"n": 1 /* one */}\n',
        "0 rows",
        "A number which is none, a comma too many or a comment is a row here, and a reject on DuckDB.",
        copied(rows_loaded),
    ),
    Probe(
        "COPY of a key which an object has twice",
        'copy of: {"n": 1, "n": 2}\n',
        "1",
        "The last value counts here, and the first on DuckDB: such records differ.",
        copied(number_loaded),
    ),
    Probe(
        "lines which the views count of an object over three lines",
        'copy of: {"n": 1,\n"name":\n"over three lines"}\n',
        "1",
        _BY_RECORD,
        copied(lines_counted),
    ),
    Probe(
        "ids of a load in pg_last_copy_id() and in the views",
        'copy of: {"n": 1}\n{"n": "x"}\n',
        "differ",
        "A load is found by its session, so either is right.",
        copied(ids),
    ),
    Probe(
        "rows of the views after a COPY",
        'copy of: {"n": 1}\n',
        "at once",
        "Each load waits for them, up to 30 s. Without them files are read record by record.",
        copied(delay),
    ),
)
