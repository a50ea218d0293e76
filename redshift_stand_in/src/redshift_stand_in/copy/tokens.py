"""The words of a COPY or UNLOAD statement, read one after the other."""

import re

from redshift_stand_in.contract import Refused

_TOKEN = re.compile(
    r"(?P<blank>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|''|\\.)*')|(?P<name>\"(?:[^\"]|\"\")*\"|#?[\w$]+)|(?P<sign>.)",
    re.DOTALL,
)


class Tokens:
    """The words, signs and texts of a statement, one after the other."""

    def __init__(self, statement: str) -> None:
        self._tokens = [
            (str(found.lastgroup), found[0])
            for found in _TOKEN.finditer(statement.strip().rstrip(";"))
            if found.lastgroup != "blank"
        ]
        self._next = 0

    def at_end(self) -> bool:
        return self._next == len(self._tokens)

    def is_text(self) -> bool:
        return self._peek()[0] == "text"

    def is_number(self) -> bool:
        return self._peek()[1].isdigit()

    def take(self, word: str) -> bool:
        kind, written = self._peek()
        if kind != "text" and written.upper() == word:
            self._next += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise self.syntax_error(self._peek()[1])

    def word(self) -> str:
        """A keyword, in upper case."""
        kind, written = self._peek()
        if kind != "name":
            raise self.syntax_error(written)
        self._next += 1
        return written.upper()

    def text(self) -> str:
        kind, written = self._peek()
        if kind != "text":
            raise self.syntax_error(written)
        self._next += 1
        return re.sub(r"''|\\(['\\])", lambda found: found[1] or "'", written[1:-1])

    def name(self) -> str:
        """An identifier, folded to lower case even in quotes."""
        kind, written = self._peek()
        if kind != "name":
            raise self.syntax_error(written)
        self._next += 1
        return (written[1:-1].replace('""', '"') if written.startswith('"') else written).lower()

    def table(self) -> tuple[str | None, str]:
        names = [self.name()]
        while self.take("."):
            names.append(self.name())
        return (names[-2] if len(names) > 1 else None), names[-1]

    def syntax_error(self, near: str) -> Refused:
        if not near:
            return Refused("42601", "syntax error at end of input")
        return Refused("42601", f'syntax error at or near "{near}"')

    def _peek(self) -> tuple[str, str]:
        return ("end", "") if self.at_end() else self._tokens[self._next]
