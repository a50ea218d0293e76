"""`python statement_costs.py DAY OUT`: the whole daily job of a day, and what each of its statements cost DuckDB.

OUT gets a JSON list of statements in the order in which they ran: text, rows scanned, processor seconds.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.tables.jobs import sparkify_etl
from sparkify_assets.instance.home import open_instance
from sparkify_assets.settings import load_settings
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_COSTS = """
    with metrics as (
        select context_id, unnest(parse_duckdb_log_message('Metrics', message))
        from duckdb_logs
        where type = 'Metrics' and message like '%''metric'': query.%'
    )
    select
        max(value) filter (metric = 'query.sql') as statement,
        max(try_cast(value as bigint)) filter (metric = 'query.total_rows_scanned') as rows_scanned,
        max(try_cast(value as double)) filter (metric = 'query.cpu_time') as processor_seconds
    from metrics
    group by context_id
    order by context_id
"""


class MeasuredWarehouse(DuckDBWarehouse):
    """The embedded warehouse; what its statements cost is in the file `out` once it is closed."""

    out: str

    def _open(self, *, create: bool = True) -> "DuckDBPyConnection":
        is_new = self._connection is None
        connection = super()._open(create=create)
        if is_new:
            connection.execute("set enable_profiling = 'no_output'")
            connection.execute("call enable_logging('Metrics', level = 'debug')")
        return connection

    def close(self) -> None:
        """Keep what was measured."""
        if self._connection:
            Path(self.out).write_text(json.dumps(self._connection.execute(_COSTS).fetchall()), encoding="utf-8")
        super().close()


def main(day: str, out: str) -> None:
    """Run the job in this process."""
    settings, run_day = load_settings(), date.fromisoformat(day)
    warehouse = MeasuredWarehouse(path=settings.duckdb_path, memory_limit=settings.duckdb_memory_limit, out=out)
    with open_instance() as instance:
        build_definitions(settings).resolve_job_def(sparkify_etl.name).execute_in_process(
            instance=instance,
            tags=day_tags(run_day, run_day),
            run_config=_QUIET,
            resources={"warehouse": warehouse},
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
