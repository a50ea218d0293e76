"""Which lake a setting means."""

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.setting_types import is_uri, may_hold_secret, shown

_S3 = "s3://"


def open_lake(location: str) -> Lake:
    """The lake at a location: a folder, or s3://bucket[/prefix]. Nothing is read yet."""
    if not location.startswith(_S3):
        if is_uri(location) or may_hold_secret(location):
            raise SettingsError(f"SPARKIFY_LAKE = {shown(location)} is neither a folder nor s3://bucket[/prefix].")
        return LocalLake(folder=location)
    bucket, prefix = bucket_and_prefix("SPARKIFY_LAKE", location)
    return S3Lake(bucket=bucket, prefix=prefix)
