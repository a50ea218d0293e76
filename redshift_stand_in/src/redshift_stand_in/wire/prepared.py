"""A statement of a client between its Parse and its last Execute."""

from dataclasses import dataclass

from redshift_stand_in.contract import Translated
from redshift_stand_in.wire.transaction import BEGIN


@dataclass
class Prepared:
    text: str
    """As the client sent it."""
    read: str
    """With backslashes as escapes, and without what a planner who trusts keys leaves out."""
    translated: Translated
    inexact: frozenset[int] = frozenset()
    """Positions of its columns which the driver reads wrongly."""
    executed: bool = False

    @property
    def runs_here(self) -> bool:
        """Whether the stand-in runs it itself, in the client's transaction."""
        return self.translated.kind in ("copy", "unload", "truncate")

    @property
    def sql(self) -> str:
        """What PostgreSQL gets."""
        return BEGIN if self.translated.kind == "begin" else self.translated.sql

    @property
    def commits(self) -> bool:
        return self.text.lstrip().lower().startswith(("commit", "end"))

    @property
    def cannot_be_undone(self) -> bool:
        return self.translated.kind == "truncate" or self.commits
