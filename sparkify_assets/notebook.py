"""For notebooks: a query of the warehouse as a DataFrame."""

from contextlib import chdir
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sparkify_assets.cli.query import run_query
from sparkify_assets.settings import load_settings
from sparkify_assets.warehouse.base import plain_number

_MARKS = (".env", "dagster.yaml", "data/dagster.yaml")


def ask(sql: str) -> pd.DataFrame:
    """Run one query as `sparkify query` does: in Redshift SQL, read-only, on the warehouse of the settings.

    Types do not depend on the engine: exact numbers are int64 where they are whole and float64 where not,
    dates and timestamps are datetime64. The settings are those of the nearest folder at or above the
    notebook's which holds a project. Raises SparkifyError with the engine's words if the query is refused.
    """
    with chdir(project_folder()):
        found = run_query(load_settings(), sql)
    return pd.DataFrame([tuple(map(_plain, row)) for row in found.rows], columns=list(found.columns))


def project_folder() -> Path:
    """The nearest folder, from this one upwards, with a `.env` or a Dagster instance; this one if there is none."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if any((folder / mark).exists() for mark in _MARKS)), here)


def _plain(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return pd.Timestamp(value)
    return plain_number(value)
