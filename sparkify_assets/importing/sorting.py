"""Lines in order, however many: what memory does not hold waits in files."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

_BYTES_IN_MEMORY = 64 << 20
_BYTES_OF_AN_OBJECT = 56
_MOST_FILES = 64


class SortedLines:
    """Takes lines in any order, gives them in order; each ends with a line break. Its files are in `folder`."""

    _numbers = count()

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] = []
        self._bytes = 0
        self._files: list[Path] = []

    def add(self, line: bytes) -> None:
        """Take a line."""
        self._lines.append(line)
        self._bytes += len(line) + _BYTES_OF_AN_OBJECT
        if self._bytes > _BYTES_IN_MEMORY:
            self._lines.sort()
            self._files.append(self._written(self._lines))
            self._lines, self._bytes = [], 0
            if len(self._files) == _MOST_FILES:
                with self._merged(self._files) as lines:
                    merged = self._written(lines)
                for path in self._files:
                    path.unlink()
                self._files = [merged]

    @contextmanager
    def in_order(self) -> Iterator[Iterator[bytes]]:
        """All lines, repeats included, while the context lasts."""
        self._lines.sort()
        with self._merged(self._files, self._lines) as lines:
            yield lines

    @contextmanager
    def _merged(self, files: Iterable[Path], *more: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
        with ExitStack() as stack:
            yield heapq.merge(*(stack.enter_context(path.open("rb")) for path in files), *more)

    def _written(self, lines: Iterable[bytes]) -> Path:
        path = self._folder / f"lines-{next(self._numbers)}"
        with path.open("wb") as file:
            file.writelines(lines)
        return path
