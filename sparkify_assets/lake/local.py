"""A lake in a local folder."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Entries, Lake, LakeFile


class LocalLake(Lake):
    """The files under `folder`. Links are followed, but not in a circle."""

    folder: str

    @property
    def location(self) -> str:
        """The folder."""
        return self.folder

    def has(self, folder: str) -> bool:
        """Whether the folder is there."""
        return Path(self.folder, folder).is_dir()

    def list_files(self, folder: str, after: str = "") -> Iterator[LakeFile]:
        """Walk `folder`."""
        found = self.entries(folder)
        # In the order of the names of all files, in which a folder ends with a slash.
        names = {f"{folder}/{name}/": name for name in found.folders} | {file.name: file for file in found.files}
        for name in sorted(names):
            entry = names[name]
            if isinstance(entry, LakeFile):
                if name > after:
                    yield entry
            elif name > after or after.startswith(name):
                yield from self.list_files(name[:-1], after)

    def entries(self, folder: str) -> Entries:
        """Scan the folder."""
        path = os.path.join(self.folder, folder)
        if not os.path.isdir(path):
            return Entries([], [])
        folders, files = [], []
        with _readable(path), os.scandir(path) as found:
            for entry in found:
                if entry.is_dir() and not _leads_back(entry):
                    folders.append(entry.name)
                else:
                    files.append(_as_file(f"{folder}/{entry.name}", entry))
        return Entries(sorted(folders), sorted(files))

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

    def holds(self, name: str) -> bool:
        """Whether it is in the folder."""
        return os.path.lexists(os.path.join(self.folder, name))

    @contextmanager
    def fetched(self, files: Sequence[LakeFile]) -> Iterator[dict[str, str]]:
        """The files where they are."""
        yield {file.name: os.path.join(self.folder, file.name) for file in files}

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A hidden file beside it, which gets its name at the end."""
        path = Path(self.folder, name)
        unfinished = path.with_name(f".{path.name}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield unfinished
            unfinished.replace(path)
        except OSError as error:
            raise LakeError(
                f"{path} cannot be written: {error.strerror or error}. Make room, or give this user the right."
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)

    def delete(self, names: Sequence[str]) -> None:
        """Delete the files which are there."""
        for name in names:
            try:
                Path(self.folder, name).unlink(missing_ok=True)
            except OSError as error:
                raise LakeError(f"{self.folder}/{name} cannot be deleted: {error.strerror}.") from error


def _leads_back(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and Path(entry.path).parent.resolve().is_relative_to(Path(entry.path).resolve())


def _as_file(name: str, entry: os.DirEntry[str]) -> LakeFile:
    try:
        status = entry.stat()
        fault = "" if entry.is_file() else "a link to a folder which holds it" if entry.is_dir() else "no regular file"
    except OSError as error:
        return LakeFile(name, 0, "", fault=f"a link which leads nowhere ({error.strerror})")
    return LakeFile(name, status.st_size, str(status.st_mtime_ns), fault=fault)


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LakeError(f"{path} cannot be read: {error.strerror}. Give this user the right, or remove it.") from error
