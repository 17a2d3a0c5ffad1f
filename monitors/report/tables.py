"""Rows for people: tables on a terminal, plain columns elsewhere."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 400
"""Columns of a line that no terminal shows: a pipe's or a file's, which must not be cut."""


def console_for(out: TextIO) -> Console:
    """A console that colours on a terminal, and elsewhere prints plain lines of any length."""
    return Console(file=out, highlight=False, markup=False, emoji=False, width=None if out.isatty() else WIDE)


def printable(text: object) -> str:
    """Text of strangers for a terminal: without control characters, which could move the cursor or change colours.

    >>> printable("55,000\\x1b[31m dead")
    '55,000[31m dead'
    """
    return "".join(c for c in str(text) if c == "\n" or unicodedata.category(c) != "Cc")


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print the named columns of the rows; a row's further keys are for `--json` only."""
    out = out or sys.stdout
    table = Table(box=box.SIMPLE_HEAD if out.isatty() else None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if rows and isinstance(rows[0].get(column), int) else "left")
    for row in rows:
        table.add_row(*(Text(cell(row.get(column))) for column in columns))
    console_for(out).print(table)


def cell(value: object) -> str:
    """A value as it stands in a table: a time to the minute, nothing as nothing."""
    match value:
        case None | "":
            return ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case list() | tuple():
            return ", ".join(printable(part) for part in value)
        case _:
            return printable(value)
