"""Locations in S3 as settings write them."""

from sparkify_assets.errors import SettingsError

_S3 = "s3://"


def bucket_and_prefix(setting: str, uri: str) -> tuple[str, str]:
    """The bucket, and the prefix without slashes at its ends; raises SettingsError if it is no URI of S3."""
    bucket, _, prefix = uri.removeprefix(_S3).partition("/")
    if not uri.startswith(_S3) or not bucket:
        raise SettingsError(f"{setting} = {uri!r} is not in S3. Write s3://bucket or s3://bucket/prefix.")
    return bucket, prefix.strip("/")
