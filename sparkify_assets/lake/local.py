"""A lake in a local folder."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake, LakeFile


class LocalLake(Lake):
    """The files under `folder`."""

    folder: str

    @property
    def location(self) -> str:
        """The folder."""
        return self.folder

    def has(self, folder: str) -> bool:
        """Whether the folder is there."""
        return Path(self.folder, folder).is_dir()

    def list_files(self, folder: str, after: str = "") -> Iterator[LakeFile]:
        """Walk `folder`; names which begin with a dot are not the lake's."""
        for name, entry in self._entries(folder):
            if name.endswith("/"):
                if name > after or after.startswith(name):
                    yield from self.list_files(name[:-1], after)
            elif name > after:
                with _readable(entry.path):
                    status = entry.stat()
                yield LakeFile(name, status.st_size, str(status.st_mtime_ns))

    def _entries(self, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
        """Entries in the order of the names of all files; so a folder ends with a slash."""
        path = os.path.join(self.folder, folder)
        with _readable(path), os.scandir(path) as found:
            return sorted(
                (f"{folder}/{entry.name}" + "/" * entry.is_dir(), entry)
                for entry in found
                if not entry.name.startswith(".")
            )

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        try:
            return Path(self.folder, name).read_bytes()
        except FileNotFoundError:
            raise self.missing(f"the file {name}") from None
        except OSError as error:
            raise LakeError(
                f"{self.folder}/{name} cannot be read: {error.strerror}. Give this user the right."
            ) from error

    @contextmanager
    def fetched(self, files: Sequence[LakeFile]) -> Iterator[dict[str, str]]:
        """The files where they are."""
        yield {file.name: os.path.join(self.folder, file.name) for file in files}


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LakeError(f"{path} cannot be read: {error.strerror}. Restore the file or remove the link.") from error
