"""A lake in a local folder."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake, LakeFile


class LocalLake(Lake):
    """`folder` holds `log_data/`, `song_data/` and `log_json_path.json`."""

    folder: str

    @property
    def place(self) -> str:
        """The folder."""
        return self.folder

    def has(self, folder: str) -> bool:
        """Whether the folder is there."""
        return Path(self.folder, folder).is_dir()

    def list_files(self, folder: str) -> Iterator[LakeFile]:
        """Walk `folder`; names which begin with a dot are not the lake's."""
        start = len(os.path.join(self.folder, ""))
        waiting = [os.path.join(self.folder, folder)]
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        waiting.append(entry.path)
                    else:
                        try:
                            status = entry.stat()
                        except OSError as error:
                            raise LakeError(
                                f"{entry.path} cannot be read: {error.strerror}. Restore the file or remove the link."
                            ) from error
                        name = entry.path[start:].replace(os.sep, "/")
                        yield LakeFile(name, status.st_size, str(status.st_mtime_ns))

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        try:
            return Path(self.folder, name).read_bytes()
        except FileNotFoundError:
            raise LakeError(self._missing(f"the file {name}")) from None
        except OSError as error:
            raise LakeError(
                f"{self.folder}/{name} cannot be read: {error.strerror}. Give this user the right."
            ) from error

    @contextmanager
    def fetched(self, files: Sequence[LakeFile]) -> Iterator[dict[str, Path]]:
        """The files where they lie."""
        yield {file.name: Path(self.folder, file.name) for file in files}
