"""Lines which do not fit: how they are told, the same on every engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sparkify_assets.errors import LoadError
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Source

LONGEST_VALUE, LONGEST_LINE = 256, 1024
SHOWN_REJECTS = 10


@dataclass(frozen=True)
class Reject:
    """A row of `load_rejects`: a line of a file of the lake, and the first reason found."""

    source_file: str
    line_number: int
    column_name: str | None
    reason: str
    raw_value: str | None
    raw_line: str
    log_date: date | None


def refuse_too_many(model: Model, source: Source, lines: int, rejects: int, first: Sequence[Reject]) -> None:
    """Raise LoadError if more than the allowed share of the lines was rejected; `first` are shown."""
    if rejects <= source.max_reject_share * (lines + source.lines_before):
        return
    shown = "\n".join(
        f"  {r.source_file} line {r.line_number}: "
        f"{f'{r.column_name} = {r.raw_value!r} is ' if r.column_name else ''}{r.reason}"
        for r in first
    )
    raise LoadError(
        f"{rejects} of {lines} lines for {model.name} do not fit, more than the share of "
        f"{source.max_reject_share:.1%} which SPARKIFY_MAX_REJECT_SHARE allows. Nothing was staged. "
        f"Mend the files or allow more. The first:\n{shown}"
    )


def refuse_unaccounted(model: Model, lines: int, rows: int, rejects: int) -> None:
    """Raise LoadError unless each line was either staged or rejected."""
    if lines != rows + rejects:
        raise LoadError(
            f"{lines} lines for {model.name} lie in the lake, but {rows} fit and {rejects} do not. "
            "Nothing was staged. Were the files changed during the load? Run again; if it stays, report it."
        )
