"""What commands print: what data and settings say is shown as it is, also what a terminal would obey."""

import re
import sys
from contextlib import suppress

import click

# Control characters, those which turn the direction of writing or end a line, and what is no character.
_OBEYED = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_IN_A_LINE = re.compile(f"[\\t\\n]|{_OBEYED.pattern}")


def printable(text: str) -> str:
    """The text with what a terminal would obey as Python escapes; it keeps its lines and tabs."""
    return _OBEYED.sub(_escape, text)


def one_line(text: str) -> str:
    """The same on one line."""
    return _IN_A_LINE.sub(_escape, text)


def in_json(document: str) -> str:
    """The same for a JSON document, which stays the same data."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def echo(text: object = "", *, err: bool = False) -> None:
    """Print a line."""
    click.echo(printable(str(text)), err=err)


def replace_what_cannot_be_shown() -> None:
    """Let characters which the encoding of a terminal or pipe lacks become question marks, from now on."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a program around this one may have put anything there
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode()
