"""Which lake a setting means."""

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.s3_uri import bucket_and_prefix

_S3 = "s3://"


def open_lake(place: str) -> Lake:
    """The lake at `place`: a folder, or s3://bucket[/prefix]. Nothing is read yet."""
    if not place.startswith(_S3):
        if "://" in place:
            raise SettingsError(f"SPARKIFY_LAKE = {place!r} is neither a folder nor s3://bucket[/prefix].")
        return LocalLake(folder=place)
    bucket, prefix = bucket_and_prefix("SPARKIFY_LAKE", place)
    return S3Lake(bucket=bucket, prefix=prefix)
