"""Locations in S3 as settings write them."""

import re

from sparkify_assets.errors import SettingsError
from sparkify_assets.setting_types import may_hold_secret, shown

_S3 = "s3://"
_BUCKET = re.compile(r"[\w.-]+", re.ASCII)


def bucket_and_prefix(setting: str, uri: str) -> tuple[str, str]:
    """The bucket, and the prefix without slashes at its ends; raises SettingsError if it is no URI of S3."""
    bucket, _, prefix = uri.removeprefix(_S3).partition("/")
    if not uri.startswith(_S3) or not _BUCKET.fullmatch(bucket) or may_hold_secret(uri):
        raise SettingsError(f"{setting} = {shown(uri)} is not in S3. Write s3://bucket or s3://bucket/prefix.")
    if "\\" in prefix or not prefix.isprintable():
        raise SettingsError(f"{setting} = {shown(uri)}: a prefix has no backslash and no control character here.")
    return bucket, prefix.strip("/")
