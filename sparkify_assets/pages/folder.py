"""Where pages are kept: a folder of this machine, or a prefix in S3."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sparkify_assets.errors import SettingsError, SparkifyError
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.pages.rendering import web_address, write

SETTING = "SPARKIFY_REPORT_FOLDER"
_S3 = "s3://"
_MISSING = ("404", "NoSuchKey")


class PageFolder(ABC):
    """Pages by their names, such as `listening_report.html`."""

    @abstractmethod
    def location(self, name: str) -> str:
        """Where the page is: an absolute path, or a URI of S3."""

    @abstractmethod
    def link(self, name: str, report_url: str) -> str:
        """Where a browser finds the page; `report_url` is where a web server shows the folder."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether there is such a page."""

    @abstractmethod
    def write(self, name: str, text: str) -> str:
        """Write a page and return its location; a reader sees the page before or this one, never a part.

        Raises SparkifyError if that is not possible.
        """


class LocalPages(PageFolder):
    """Pages in a folder of this machine."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder).resolve()

    def location(self, name: str) -> str:
        """The absolute path."""
        return str(self.folder / name)

    def link(self, name: str, report_url: str) -> str:
        """By the web server; without one the file itself, which no browser opens from a page of the Dagster UI."""
        address = web_address(report_url)
        return f"{address}/{name}" if address else (self.folder / name).as_uri()

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.folder / name).is_file()

    def write(self, name: str, text: str) -> str:
        """Write the file beside, then put it in place."""
        return str(write(text, self.folder / name))


class S3Pages(PageFolder):
    """Pages under a prefix of a bucket."""

    def __init__(self, uri: str) -> None:
        self.bucket, prefix = bucket_and_prefix(SETTING, uri)
        self._prefix = f"{prefix}/" if prefix else ""

    def location(self, name: str) -> str:
        """The URI."""
        return f"{_S3}{self.bucket}/{self._prefix}{name}"

    def link(self, name: str, report_url: str) -> str:
        """By a web server in front of the bucket; on this machine there is none, and the AWS console shows the page."""
        address = web_address(report_url)
        if address and urlsplit(address).hostname not in ("127.0.0.1", "localhost"):
            return f"{address}/{name}"
        return f"https://console.aws.amazon.com/s3/object/{self.bucket}?prefix={quote(self._prefix + name)}"

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        from botocore.exceptions import ClientError

        with self._translate_aws_errors("read", name):
            try:
                self._s3.head_object(Bucket=self.bucket, Key=self._prefix + name)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _MISSING:
                    raise
                return False
        return True

    def write(self, name: str, text: str) -> str:
        """Put the object, which readers see as a whole."""
        kind = "application/json" if name.endswith(".json") else "text/html; charset=utf-8"
        with self._translate_aws_errors("written", name):
            self._s3.put_object(
                Bucket=self.bucket,
                Key=self._prefix + name,
                Body=text.encode(),
                ContentType=kind,
                CacheControl="no-cache",
            )
        return self.location(name)

    def require_writable(self) -> None:
        """Raise SettingsError if an object could not be written; none is."""
        probe = {"Bucket": self.bucket, "Key": f"{self._prefix}.writable"}
        try:
            with self._translate_aws_errors("written", ".writable"):
                begun = self._s3.create_multipart_upload(**probe)
                self._s3.abort_multipart_upload(**probe, UploadId=begun["UploadId"])
        except SparkifyError as error:
            raise SettingsError(str(error)) from error

    @cached_property
    def _s3(self) -> Any:
        import boto3  # 0.2 s which a local folder need not pay

        return boto3.client("s3")

    @contextmanager
    def _translate_aws_errors(self, done: str, name: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise SparkifyError(
                f"{self.location(name)} cannot be {done}: {error}. Set {SETTING} to a folder or a prefix which this "
                "identity may write to; `sparkify cluster policy --of runner` prints the rights."
            ) from error


def open_page_folder(location: str) -> PageFolder:
    """The folder at a path or at s3://bucket[/prefix]; raises SettingsError if it is a URI of something else."""
    return S3Pages(location) if location.startswith(_S3) else LocalPages(location)
