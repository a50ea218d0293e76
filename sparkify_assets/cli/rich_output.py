"""Tables and colors of commands, in which data and settings are neither markup nor obeyed."""

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sparkify_assets.cli.output import one_line, printable

_WIDEST = 1_000_000


def markup(text: str) -> str:
    """A text with markup around it."""
    return escape(printable(text))


def cell(value: Any, style: str = "") -> Text:
    """A value in a table or in a line of rich text."""
    return Text("" if value is None else one_line(str(value)), style=style)


def grid(columns: Iterable[str], right: Iterable[str] = ()) -> Table:
    """A table without lines, with these columns; those in `right` are numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(cell(name), justify="right" if name in right else "left", overflow="fold")
    return table


def console() -> Console:
    """Standard output: a terminal as wide as it is, anything else without limit."""
    return Console(width=None if sys.stdout.isatty() else _WIDEST, highlight=False, emoji=False)
