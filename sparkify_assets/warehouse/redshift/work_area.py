"""The writable S3 prefix of SPARKIFY_WORK_URI: manifests, and rows for a table, while a COPY reads them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.s3_uri import bucket_and_prefix

_S3 = "s3://"
_DELETED_AT_ONCE = 1000


@contextmanager
def work_folder(uri: str) -> Iterator["WorkFolder | None"]:
    """A folder of one load under the prefix `uri`, emptied when the context ends; None if `uri` is empty."""
    if not uri:
        yield None
        return
    bucket, prefix = bucket_and_prefix("SPARKIFY_WORK_URI", uri)
    folder = WorkFolder(bucket, f"{prefix}/{uuid4().hex}".lstrip("/"))
    try:
        yield folder
    finally:
        folder.empty()


class WorkFolder:
    """Objects which this process puts under one prefix of a bucket."""

    def __init__(self, bucket: str, name: str) -> None:
        self._bucket, self._name = bucket, name
        self._keys: list[str] = []

    @cached_property
    def _s3(self) -> Any:
        import boto3

        return boto3.client("s3")

    @cached_property
    def region(self) -> str:
        """Region of the bucket."""
        return S3Lake(bucket=self._bucket).region

    def put_manifest(self, uris: Iterable[str]) -> str:
        """Write a manifest of files which all have to be there; its URI."""
        return self._put_json("manifest", {"entries": [{"url": uri, "mandatory": True} for uri in uris]})

    def put_json_paths(self, fields: Iterable[str]) -> str:
        """Write a JSONPaths file of top-level fields; its URI."""
        return self._put_json("jsonpaths", {"jsonpaths": [f"$['{field}']" for field in fields]})

    def put_file(self, path: Path) -> str:
        """Upload a file under its name; its URI."""
        with self._new_key(path.name) as key:
            self._s3.upload_file(str(path), self._bucket, key)
        return f"{_S3}{self._bucket}/{key}"

    def empty(self) -> None:
        """Delete what was put; where S3 refuses, a warning names what stays."""
        from botocore.exceptions import BotoCoreError, ClientError

        for start in range(0, len(self._keys), _DELETED_AT_ONCE):
            some = [{"Key": key} for key in self._keys[start : start + _DELETED_AT_ONCE]]
            try:
                self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})
            except (BotoCoreError, ClientError) as error:
                dg.get_dagster_logger().warning(
                    f"{_S3}{self._bucket}/{self._name}/ could not be emptied: {error}. Delete it by hand."
                )
        self._keys.clear()

    def _put_json(self, name: str, content: object) -> str:
        with self._new_key(name) as key:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=json.dumps(content).encode())
        return f"{_S3}{self._bucket}/{key}"

    @contextmanager
    def _new_key(self, name: str) -> Iterator[str]:
        from boto3.exceptions import S3UploadFailedError
        from botocore.exceptions import BotoCoreError, ClientError

        key = f"{self._name}/{len(self._keys)}-{name}"
        self._keys.append(key)
        try:
            yield key
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            raise LoadError(
                f"{_S3}{self._bucket}/{key} cannot be written: {error}. This process needs s3:PutObject and "
                "s3:DeleteObject under SPARKIFY_WORK_URI; without that setting COPY reads the files one by one."
            ) from error
