"""Rows for people: tables on a terminal, plain columns elsewhere."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitors.alerts.phrases import BIDI

WIDE = 400
"""Columns of a line that no terminal shows: a pipe's or a file's, which must not be cut."""

UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
"""Control characters, halves of characters, and line ends that are none to a terminal."""


def console_for(out: TextIO) -> Console:
    """A console that colours on a terminal, and elsewhere prints plain lines of any length."""
    return Console(file=out, highlight=False, markup=False, emoji=False, width=None if out.isatty() else WIDE)


def printable(text: object) -> str:
    """Text of strangers for a terminal: without what could move the cursor, change colours or the order of letters, or not be written.

    >>> printable("55,000\\x1b[31m \\u202edead")
    '55,000[31m dead'
    """
    return "".join(c for c in str(text) if c == "\n" or (unicodedata.category(c) not in UNPRINTABLE and c not in BIDI))


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print the named columns of the rows; a row's further keys are for `--json` only."""
    out = out or sys.stdout
    table = Table(box=box.SIMPLE_HEAD if out.isatty() else None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if rows and isinstance(rows[0].get(column), int) else "left")
    for row in rows:
        table.add_row(*(Text(cell(row.get(column))) for column in columns))
    console_for(out).print(table)


def print_points(rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print every value of one series as a block: what it was, who carries it, the sentence, the link."""
    console = console_for(out or sys.stdout)
    for row in rows:
        head = f"{row['as of']}  {row['value']}  ({row['judged']}; {row['claimant']}, in {cell(row['outlets'])})"
        console.print(Text(printable(head), "bold"))
        console.print(Padding(Text(f"“{printable(row['sentence'])}”"), (0, 0, 0, 4)))
        console.print(Text(f"    {printable(row['link'])}", "dim"), soft_wrap=True)


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
