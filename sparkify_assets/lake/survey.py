"""What the lake holds for a source, in a paragraph for people."""

from collections.abc import Iterator
from datetime import date

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.left_out import WHAT_TO_DO, NamedFile, named_files
from sparkify_assets.lake.listing import Listing
from sparkify_assets.lake.sources import Source

_WHOLE = (date.min, date.max)


def survey(source: Source, lake: Lake, first_day: date, last_day: date) -> str:
    """Files and days which a run of these days takes, what it does not take and why, and what to do about it.

    Raises LakeError, with the same text, if a run would find nothing.
    """
    listing = source.listing(lake, *(_WHOLE if source.is_daily else ()))
    parts = [*_taken(source, listing, first_day, last_day), *_not_taken(lake, listing)]
    text = "; ".join(parts)
    if source.is_daily and not any(first_day <= (file.day or date.min) <= last_day for file in listing.files):
        raise LakeError(text)
    return text


def _taken(source: Source, listing: Listing, first_day: date, last_day: date) -> Iterator[str]:
    if not source.is_daily:
        yield f"{len(listing.files)} files"
        return
    days = [file.day for file in listing.files if file.day]
    ours = [day for day in days if first_day <= day <= last_day]
    total = (last_day - first_day).days + 1
    yield f"{len(ours)} files for {len(set(ours))} of the {total} days {first_day} to {last_day}"
    if others := [day for day in days if not first_day <= day <= last_day]:
        yield (
            f"{len(others)} files of other days, {min(others)} to {max(others)}: set SPARKIFY_FIRST_DAY and "
            "SPARKIFY_LAST_DAY to have them"
        )


def _not_taken(lake: Lake, listing: Listing) -> Iterator[str]:
    if listing.noise:
        yield f"{listing.noise} files are no data by their names"
    if listing.left_out:
        named = "; ".join(_described(file) for file in named_files(lake, listing.left_out))
        yield f"{len(listing.left_out)} files are not loaded: {named}. {WHAT_TO_DO}"


def _described(file: NamedFile) -> str:
    size = f"{file.size} bytes" if file.lines is None else f"{file.lines} lines"
    return f"{file.name} ({file.why}, {size})"
