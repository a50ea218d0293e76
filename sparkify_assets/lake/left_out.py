"""Files which are not loaded, for people: which, why, how much is in them, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from sparkify_assets.errors import SparkifyError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.listing import LeftOut
from sparkify_assets.lake.records import count_lines

WHAT_TO_DO = (
    "Rename or move them, or take them out of the lake; `sparkify import FILES --lake LAKE` sorts dumps of any name "
    "into the layout of a lake."
)
_COUNTED_FILES = 20
_COUNTED_BYTES = 1 << 28


@dataclass(frozen=True)
class NamedFile:
    """A file which is not loaded; `lines` is None if they were not counted."""

    name: str
    why: str
    lines: int | None
    size: int


def named_files(lake: Lake, left_out: Sequence[LeftOut]) -> list[NamedFile]:
    """The first of the files, with their lines unless that would take long."""
    return [
        NamedFile(left.file.name, left.why, _lines(lake, left), left.file.size) for left in left_out[:_COUNTED_FILES]
    ]


def _lines(lake: Lake, left: LeftOut) -> int | None:
    if left.file.fault or left.file.size > _COUNTED_BYTES:
        return None
    try:
        with lake.fetched([left.file]) as paths:
            return count_lines(paths[left.file.name])
    except (SparkifyError, OSError, EOFError):
        return None
