"""The S3 objects of a COPY: found by prefix or manifest, read side by side, and their errors in Redshift's words.

A prefix is a prefix of keys: `s3://b/song` takes `song_backup/x` too. An object of a manifest which is
not mandatory may be missing; one listed twice is read twice.
"""

import bz2
import gzip
import json
import zlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from redshift_stand_in.contract import CopyFailed, Refused, S3Client
from redshift_stand_in.copy.command import Authorization, CopyCommand

_PARALLEL_READS = 8
_MISSING = ("NoSuchKey", "404")
_WRONG_REGION = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)
_FULL_PATH = "COPY with MANIFEST parameter requires full path of an S3 object."
_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {"GZIP": gzip.decompress, "BZIP2": bz2.decompress}


@dataclass(frozen=True)
class S3Object:
    """An object to read; `mandatory` fails the load if it is missing."""

    bucket: str
    key: str
    mandatory: bool = True

    @property
    def url(self) -> str:
        """The whole address."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Content:
    """What an object holds, unpacked, and its size in S3."""

    object: S3Object
    size: int
    plain: bytes


def detail_block(
    message: str, context: str, query_id: int, *, code: int = 8001, location: str = "s3_utility.cpp:840"
) -> str:
    """The DETAIL of an error which Redshift's storage layer raises."""
    rule = "  -----------------------------------------------"
    return (
        f"\n{rule}\n  error:  {message}\n  code:      {code}\n  context:   {context}\n  query:     {query_id}\n"
        f"  location:  {location}\n  process:   padbmaster [pid=1]\n{rule}\n"
    )


def failed(message: str, context: str, query_id: int) -> CopyFailed:
    """A failure which no row is to blame for."""
    return CopyFailed("XX000", message, detail_block(message, context, query_id))


def check_role(
    authorization: Authorization | None, attached: Collection[str] | None, region: str, query_id: int
) -> None:
    """Raise CopyFailed unless the cluster has the first role of the chain; with `attached` None it has any."""
    if authorization is None or not authorization.roles or attached is None:
        return
    role = authorization.roles[0]
    if role == "default" and attached:
        return
    if role not in attached:
        user = f"arn:aws:redshift:{region}:123456789012:dbuser:stand-in/awsuser"
        raise failed(f"User {user} is not authorized to assume IAM Role {role}", f"IAM Role={role}", query_id)


class Bucket:
    """The requests of one COPY or UNLOAD to S3."""

    def __init__(self, s3: S3Client, region: str | None, query_id: int) -> None:
        self._s3, self._query_id = s3, query_id
        self._region = region or s3.meta.region_name
        self._checked: set[str] = set()

    def check_region(self, bucket: str) -> None:
        """Raise CopyFailed if the bucket is in another region than the cluster or REGION."""
        if bucket in self._checked:
            return
        self._checked.add(bucket)
        try:
            found = self._s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
        except (ClientError, BotoCoreError, KeyError):
            return  # the request which follows has the better error
        if found != self._region:
            message = f"S3ServiceException:{_WRONG_REGION},Status 301,Error PermanentRedirect,Rid 0,ExtRid 0,CanRetry 1"
            raise failed(message, f"Listing bucket={bucket}", self._query_id)

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Every key which begins with the prefix, in order."""
        self.check_region(bucket)
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return [found["Key"] for page in pages for found in page.get("Contents", [])]
        except (ClientError, BotoCoreError) as error:
            self.fail(error, f"Listing bucket={bucket} prefix={prefix}")

    def read(self, bucket: str, key: str) -> bytes:
        """An object; raises ClientError."""
        self.check_region(bucket)
        body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object."""
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)
        except (ClientError, BotoCoreError) as error:
            self.fail(error, f"S3 key being written : s3://{bucket}/{key}")

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object."""
        try:
            self._s3.delete_object(Bucket=bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            self.fail(error, f"S3 key being deleted : s3://{bucket}/{key}")

    def fail(self, error: ClientError | BotoCoreError, context: str, before: str = "") -> NoReturn:
        """Raise the CopyFailed which Redshift would answer with."""
        raise failed(before + _worded(error), context, self._query_id) from error

    @property
    def query_id(self) -> int:
        """The statement's id."""
        return self._query_id


def _worded(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, BotoCoreError):
        return f"S3CurlException: {error}, CurlError 28, multiCurlError 0, CanRetry 1, UserError 0"
    answer: dict[str, Any] = error.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    code = answer.get("Error", {}).get("Code", "Unknown")
    message = answer.get("Error", {}).get("Message", "")
    if code == "NoSuchKey" or (code == "404" and status == 404):
        code, message = "NoSuchKey", "The specified key does not exist."
    if code == "AccessDenied" or (status == 403 and code == "403"):
        code, message = "AccessDenied", "Access Denied"
    return f"S3ServiceException:{message},Status {status},Error {code},Rid 0,ExtRid 0,CanRetry 1"


def split_url(url: str) -> tuple[str, str]:
    """Bucket and key of an S3 address."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


def find_objects(command: CopyCommand, bucket: Bucket) -> list[S3Object]:
    """The objects which a COPY reads; raises CopyFailed if there is none."""
    name, key = split_url(command.source)
    if command.has("MANIFEST"):
        return _manifest_objects(name, key, bucket)
    found = bucket.keys(name, key)
    if not found:
        raise failed(f"The specified S3 prefix '{key}' does not exist", "", bucket.query_id)
    return [S3Object(name, each) for each in found]


def _manifest_objects(name: str, key: str, bucket: Bucket) -> list[S3Object]:
    url = f"s3://{name}/{key}"
    try:
        content = bucket.read(name, key)
    except ClientError as error:
        # A manifest which may be listed but not read gets the same error as a prefix.
        is_missing = error.response.get("Error", {}).get("Code") in _MISSING
        if not is_missing or bucket.keys(name, key):
            raise failed(_FULL_PATH, url, bucket.query_id) from error
        bucket.fail(error, url, before="Problem reading manifest file - ")
    except BotoCoreError as error:
        bucket.fail(error, url, before="Problem reading manifest file - ")
    try:
        entries = json.loads(content)["entries"]
        objects = [S3Object(*split_url(entry["url"]), bool(entry.get("mandatory", False))) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise failed(f"Problem parsing manifest file - {error!r}", url, bucket.query_id) from error
    for each in objects:
        bucket.check_region(each.bucket)
    return objects


def read_objects(objects: Sequence[S3Object], bucket: Bucket, compression: str | None) -> Iterator[Content]:
    """The objects in their order, some read ahead; raises CopyFailed where one cannot be read or unpacked.

    If none of them exists the load fails, mandatory or not.
    """
    unpack = _unpacker(compression)
    found = 0
    waiting: deque[Future[bytes | None]] = deque()
    with ThreadPoolExecutor(_PARALLEL_READS) as readers:
        try:
            ahead = iter(objects)
            for each in objects:
                while len(waiting) < 2 * _PARALLEL_READS and (following := next(ahead, None)):
                    waiting.append(readers.submit(_read, following, bucket))
                if (packed := waiting.popleft().result()) is None:
                    continue
                found += 1
                yield Content(each, len(packed), unpack(packed, each, bucket))
        finally:
            for reading in waiting:
                reading.cancel()
    if not found:
        raise failed("None of the files of the manifest exists", objects[0].url if objects else "", bucket.query_id)


def _read(wanted: S3Object, bucket: Bucket) -> bytes | None:
    try:
        return bucket.read(wanted.bucket, wanted.key)
    except ClientError as error:
        if not wanted.mandatory and error.response.get("Error", {}).get("Code") in _MISSING:
            return None
        bucket.fail(error, f"S3 key being read : {wanted.url}")
    except BotoCoreError as error:
        bucket.fail(error, f"S3 key being read : {wanted.url}")


def _unpacker(compression: str | None) -> Callable[[bytes, S3Object, Bucket], bytes]:
    if compression is None:
        return lambda packed, _, __: packed
    if compression not in _UNPACKERS:
        raise Refused("0A000", f"The stand-in does not read {compression}")
    plain = _UNPACKERS[compression]

    def unpack(packed: bytes, each: S3Object, bucket: Bucket) -> bytes:
        try:
            return plain(packed)
        except (OSError, EOFError, zlib.error, ValueError) as error:
            library = "zlib" if compression == "GZIP" else "bzip2"
            message = f"failed to inflate with {library}: {error}"
            raise failed(message, f"S3 key being read : {each.url}", bucket.query_id) from error

    return unpack
