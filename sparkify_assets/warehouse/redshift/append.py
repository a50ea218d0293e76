"""Rows which are known to fit, from a local file into Redshift: COPY of parts, or INSERT if S3 is not writable.

Parts are gzip, as many as the cluster has slices or a multiple, since each slice reads one file at a time.
"""

import gzip
import math
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

from sparkify_assets.errors import LoadError
from sparkify_assets.models.model import Model
from sparkify_assets.scratch import scratch_folder
from sparkify_assets.warehouse.redshift.copy import CopyInto, CopySession, CopySettings
from sparkify_assets.warehouse.redshift.work_area import WorkFolder, work_folder

_PART_BYTES = 1 << 28
_SMALL_BYTES = 1 << 16
_INSERTED_AT_ONCE = 1000


def append_records(session: CopySession, settings: CopySettings, model: Model, path: Path) -> None:
    """Append a file of JSON objects, one a line, which have the columns of the table by their names in lower case."""
    size = path.stat().st_size
    with work_folder(settings.work_uri) as work:
        if work and size > _SMALL_BYTES:
            _copy_parts(session, settings, model, path, work)
            return
    if size > _PART_BYTES:
        dg.get_dagster_logger().warning(
            f"{size / 1e6:.0f} MB of {model.name} are inserted row by row, since there is no SPARKIFY_WORK_URI from "
            "which COPY could load them."
        )
    for rows in _batches(model, path):
        session.insert_rows(model.name, rows)


def _copy_parts(session: CopySession, settings: CopySettings, model: Model, path: Path, work: WorkFolder) -> None:
    columns = [column.name.lower() for column in model.columns]
    slices = settings.slices()
    with scratch_folder() as folder:
        parts, lines = _split(path, slices * math.ceil(path.stat().st_size / (_PART_BYTES * slices)), folder)
        uri = work.put_manifest([work.put_file(part) for part in parts])
    into = CopyInto(
        model.name, columns, uri, "auto", settings.iam_role, work.region, is_manifest=True, is_gzip=True, max_errors=0
    )
    if (rows := session.copy(into)) != lines:
        raise LoadError(f"COPY took {rows} of {lines} rows of {model.name} from {uri}. Nothing was staged; run again.")


def _split(path: Path, count: int, folder: Path) -> tuple[list[Path], int]:
    """The lines dealt out to files, and how many there are."""
    parts = [folder / f"part-{number:04d}.json.gz" for number in range(count)]
    number = -1
    with path.open("rb") as file, ExitStack() as stack:
        files = [stack.enter_context(gzip.open(part, "wb", compresslevel=6)) for part in parts]
        for number, line in enumerate(file):
            files[number % count].write(line)
    return parts[: number + 1], number + 1


def _batches(model: Model, path: Path) -> Iterator[list[dict[str, Any]]]:
    dates = [column.name.lower() for column in model.columns if column.type == "DATE"]
    with path.open("rb") as file:
        while lines := list(islice(file, _INSERTED_AT_ONCE)):
            rows = [orjson.loads(line) for line in lines]
            for row in rows:
                row |= {name: date.fromisoformat(row[name]) for name in dates if row[name]}
            yield rows
