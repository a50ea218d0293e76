"""A lake in S3, read with boto3: DuckDB's own S3 reader is an extension which has to be downloaded."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sparkify_assets.errors import LakeError, LakeUnreachable
from sparkify_assets.lake.base import Entries, Lake, LakeFile
from sparkify_assets.scratch import scratch_folder

_PARALLEL_READS = 16
_DELETED_AT_ONCE = 1000
_PART_BYTES = 8 << 20
_SERVER_FAULT = 500
_BUSY = ("RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException")


class S3Lake(Lake):
    """`bucket` holds the lake under `prefix` (empty, or without slashes at its ends)."""

    bucket: str
    prefix: str = ""

    @property
    def location(self) -> str:
        """The URI."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def uri(self, name: str) -> str:
        """URI of an object or folder of the lake."""
        return f"s3://{self.bucket}/{self._key(name)}"

    @cached_property
    def region(self) -> str:
        """Region of the bucket, which COPY has to know if the cluster is in another."""
        with self._translate_aws_errors(""):
            answer = self._s3.head_bucket(Bucket=self.bucket)
        named = answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
        return str(named or self._s3.meta.region_name)

    @cached_property
    def _s3(self) -> Any:
        import boto3  # 0.2 s which a local lake need not pay
        from botocore.config import Config

        return boto3.client("s3", config=Config(max_pool_connections=_PARALLEL_READS))

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def has(self, folder: str) -> bool:
        """Whether an object is under the folder."""
        with self._translate_aws_errors(folder):
            answer = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=self._key(folder) + "/", MaxKeys=1)
        return bool(answer.get("KeyCount"))

    def list_files(self, folder: str, after: str = "") -> Iterator[LakeFile]:
        """List `folder`; the version is the etag."""
        for page in self._pages(folder, StartAfter=self._key(after)):
            yield from self._files(page)

    def entries(self, folder: str) -> Entries:
        """List the folder up to the next slash."""
        pages = list(self._pages(folder, Delimiter="/"))
        start = len(self._key(folder)) + 1
        return Entries(
            [found["Prefix"][start:-1] for page in pages for found in page.get("CommonPrefixes", [])],
            [file for page in pages for file in self._files(page)],
        )

    def _pages(self, folder: str, **arguments: str) -> Iterator[dict[str, Any]]:
        with self._translate_aws_errors(folder):
            yield from self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._key(folder) + "/", **arguments
            )

    def _files(self, page: dict[str, Any]) -> Iterator[LakeFile]:
        """The objects of a page; one whose key ends with a slash is a folder which a console made."""
        start = len(self._key(""))
        for found in page.get("Contents", []):
            if not found["Key"].endswith("/"):
                yield LakeFile(found["Key"][start:], found["Size"], found["ETag"].strip('"'))

    def read(self, name: str) -> bytes:
        """The object's bytes."""
        with self._translate_aws_errors(name):
            body: bytes = self._s3.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read()
        return body

    def holds(self, name: str) -> bool:
        """Whether there is such an object."""
        return self.find(name) is not None

    def heads(self, files: Sequence[LakeFile], size: int = 4) -> dict[str, bytes]:
        """The first bytes of each file which has some, read in parallel."""
        some = [file.name for file in files if file.size]
        with ThreadPoolExecutor(_PARALLEL_READS) as readers:
            return dict(zip(some, readers.map(lambda name: self._head(name, size), some), strict=True))

    def files_beginning_with(self, name: str) -> list[LakeFile]:
        """Two objects, or fewer, whose names begin with `name`: the one of that name first, if there is one."""
        with self._translate_aws_errors(name):
            answer = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=self._key(name), MaxKeys=2)
        return list(self._files(answer))

    def find(self, name: str) -> LakeFile | None:
        """The object of this name."""
        return next((file for file in self.files_beginning_with(name) if file.name == name), None)

    def _head(self, name: str, size: int) -> bytes:
        with self._translate_aws_errors(name):
            answer = self._s3.get_object(Bucket=self.bucket, Key=self._key(name), Range=f"bytes=0-{size - 1}")
            head: bytes = answer["Body"].read()
        return head

    @contextmanager
    def fetched(self, files: Sequence[LakeFile]) -> Iterator[dict[str, str]]:
        """Copies in a temporary folder, fetched in parallel and deleted afterwards."""
        with scratch_folder() as folder:
            # What a file is read as depends on its name alone in its ending.
            paths = {
                file.name: os.path.join(folder, f"{number}.json{'.gz' * file.name.lower().endswith('.gz')}")
                for number, file in enumerate(files)
            }
            with ThreadPoolExecutor(_PARALLEL_READS) as readers:
                for _ in readers.map(self._fetch, paths, paths.values()):
                    pass
            yield paths

    def _fetch(self, name: str, path: str) -> None:
        with self._translate_aws_errors(name):
            self._s3.download_file(self.bucket, self._key(name), path)

    def put_file(self, name: str, path: Path, part_bytes: int) -> None:
        """Write an object, in parts if the file is as large as one."""
        from boto3.exceptions import S3UploadFailedError
        from boto3.s3.transfer import TransferConfig

        config = TransferConfig(multipart_threshold=part_bytes, multipart_chunksize=part_bytes, use_threads=False)
        try:
            with self._translate_aws_errors(name):
                self._s3.upload_file(str(path), self.bucket, self._key(name), Config=config)
        except S3UploadFailedError as error:
            raise LakeError(
                f"S3 does not take {self.location}/{name}: {error}. Is the bucket there (`sparkify lake up`), and may "
                "this identity write to it (`sparkify cluster policy --of uploader`)?"
            ) from error

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A file in a temporary folder, which is sent at the end."""
        with scratch_folder() as folder:
            path = folder / "file"
            yield path
            self.put_file(name, path, _PART_BYTES)

    def delete(self, names: Sequence[str]) -> None:
        """Delete these objects; raises LakeError which names the first that stays."""
        for start in range(0, len(names), _DELETED_AT_ONCE):
            some = names[start : start + _DELETED_AT_ONCE]
            keys = [{"Key": self._key(name)} for name in some]
            with self._translate_aws_errors(some[0]):
                answer = self._s3.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})
            for failed in answer.get("Errors", []):
                raise LakeError(f"S3 does not delete s3://{self.bucket}/{failed['Key']}: {failed['Message']}.")

    @contextmanager
    def _translate_aws_errors(self, name: str) -> Iterator[None]:
        from boto3.exceptions import RetriesExceededError
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectionError,
            HTTPClientError,
            IncompleteReadError,
            SSLError,
        )

        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("404", "NoSuchKey"):
                raise self.missing(f"the file {name}") from None
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_FAULT or code in _BUSY:
                raise LakeUnreachable(
                    f"S3 was too busy for {self.location}/{name}: {code}, also after the tries of AWS_MAX_ATTEMPTS."
                ) from error
            raise LakeError(
                f"S3 refused {self.location}/{name}: {code}. Check the bucket's name and region in SPARKIFY_LAKE, and "
                "that the AWS identity of this process may list the bucket and get its objects."
            ) from error
        except (BotoCoreError, RetriesExceededError) as error:
            faults = (ConnectionError, HTTPClientError, IncompleteReadError, RetriesExceededError)
            is_transient = isinstance(error, faults) and not isinstance(error, SSLError)
            raise (LakeUnreachable if is_transient else LakeError)(
                f"S3 cannot be reached for {self.location}/{name}: {error}. "
                "Check AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL."
            ) from error
