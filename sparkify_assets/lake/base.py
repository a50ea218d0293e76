"""What a lake is, wherever it is stored: named files in folders."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from sparkify_assets.errors import LakeError


@dataclass(frozen=True, order=True)
class LakeFile:
    """One object of the lake.

    `name` is relative to the lake, with slashes; `version` changes when the content does
    (modification time in nanoseconds, or etag); `day` is None unless the file belongs to one.
    `fault` says why it cannot be read at all, where the storage knows it: a broken link, a pipe.
    """

    name: str
    size: int
    version: str
    day: date | None = None
    fault: str = ""


@dataclass(frozen=True)
class Entries:
    """What is in one folder: the names of its folders, without the path, and its files."""

    folders: Sequence[str]
    files: Sequence[LakeFile]


class Lake(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Storage of files: lists them and hands them out as local paths."""

    @property
    @abstractmethod
    def location(self) -> str:
        """Folder or URI, for people."""

    @abstractmethod
    def list_files(self, folder: str, after: str = "") -> Iterator[LakeFile]:
        """Every file under `folder`, of any name, in the order of the names; those which follow the name `after`."""

    @abstractmethod
    def entries(self, folder: str) -> Entries:
        """What is in `folder` itself, nothing of the folders below it; nothing if there is no such folder."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of one small file; raises LakeError if it is not there."""

    @abstractmethod
    def holds(self, name: str) -> bool:
        """Whether there is such a file."""

    @abstractmethod
    def fetched(self, files: Sequence[LakeFile]) -> AbstractContextManager[dict[str, str]]:
        """Local paths of `files` by name, readable while the context lasts."""

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[Path]:
        """A local path to write to; at the end of the block it is the file of the lake, unless the block raises."""

    @abstractmethod
    def delete(self, names: Sequence[str]) -> None:
        """Delete these files; raises LakeError which names the first that stays."""

    @abstractmethod
    def has(self, folder: str) -> bool:
        """Whether any file is under `folder`."""

    def require(self, folder: str) -> None:
        """Raise LakeError unless some file is under `folder`."""
        if not self.has(folder):
            raise self.missing(f"the folder {folder}/")

    def missing(self, what: str) -> LakeError:
        """The error for a part which every lake has to have."""
        return LakeError(
            f"The lake {self.location} lacks {what}. Set SPARKIFY_LAKE to a folder or s3://bucket/prefix which has it, "
            f"or make a sample: sparkify generate {self.location}"
        )
