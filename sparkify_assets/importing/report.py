"""What an import did, and what it could not place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sparkify_assets.importing.fields import EVENT
from sparkify_assets.importing.lines import NotPlaced, Placed
from sparkify_assets.lake.listing import LeftOut
from sparkify_assets.pages.printable import printable

_SHOWN = 3
_CHARACTERS = 120


@dataclass
class ImportReport:
    """Counts of records. `added` are those which the lake lacked; `repairs` are texts with what they became."""

    dumps: int = 0
    events: int = 0
    songs: int = 0
    added: int = 0
    written_files: int = 0
    days: set[date] = field(default_factory=set)
    not_placed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    not_read: list[LeftOut] = field(default_factory=list)
    noise: int = 0
    has_songs: bool = True
    repairs: int = 0
    repaired: dict[str, str] = field(default_factory=dict)

    @property
    def placed(self) -> int:
        """Records which are in the lake now."""
        return self.events + self.songs

    def count(self, found: Placed | NotPlaced, path: str, line: int) -> None:
        """Take notice of a record of a dump."""
        if isinstance(found, NotPlaced):
            self.not_placed[found.reason] += 1
            if len(examples := self.examples.setdefault(found.reason, [])) < _SHOWN:
                examples.append(f"{path}, line {line}: {found.detail[:_CHARACTERS]}")
        elif found.file.startswith(f"{EVENT.source.folder}/"):
            self.events += 1
            self.days.add(date.fromisoformat(found.file.rpartition("/")[2][:10]))
        else:
            self.songs += 1

    def count_repair(self, text: str, repaired: str) -> None:
        """Take notice of a text which was repaired."""
        self.repairs += 1
        if len(self.repaired) < _SHOWN:
            self.repaired[text] = repaired

    def sentences(self) -> Iterator[str]:
        """The report for people, a line at a time; nothing of the data is obeyed by a terminal."""
        days = f" of {len(self.days)} days, {min(self.days)} to {max(self.days)}," if self.days else ""
        yield f"{self.events:,} events{days} and {self.songs:,} songs in {self.dumps:,} files"
        yield (
            f"{self.added:,} of them are new, {self.placed - self.added:,} are repeats; "
            f"{self.written_files:,} files of the lake were written"
        )
        if not self.has_songs:
            yield "the lake has no songs yet: plays are counted, and match none until a song dump is imported"
        if self.repairs:
            yield f"{self.repairs:,} texts were repaired, such as " + ", ".join(
                f"{text!r} to {whole!r}" for text, whole in self.repaired.items()
            )
        if self.noise:
            yield f"{self.noise:,} files are no data by their names"
        for left in self.not_read[:_SHOWN]:
            yield f"not read: {printable(left.file.name)} ({left.why}); name the file itself to have it read"
        if more := len(self.not_read[_SHOWN:]):
            yield f"not read: {more:,} more files of such names"
        for reason, number in self.not_placed.most_common():
            yield f"not placed: {number:,} records: {printable(reason)}"
            yield from (f"    {printable(example)}" for example in self.examples[reason])
