"""Rows for people: tables on a terminal, plain columns elsewhere. Rich is loaded when something is drawn: most runs draw nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, TextIO

from monitors.alerts.phrases import UNSHOWN

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 400
"""Columns of a line that no terminal shows: a pipe's or a file's, which must not be cut."""


def console_for(out: TextIO) -> Console:
    """A console that colours on a terminal, and elsewhere prints plain lines of any length."""
    from rich.console import Console

    return Console(file=out, highlight=False, markup=False, emoji=False, width=None if out.isatty() else WIDE)


def printable(text: object) -> str:
    """Text of strangers for a terminal: without what could move the cursor, change colours or the order of letters, or not be written.

    >>> printable("55,000\\x1b[31m \\u202edead")
    '55,000[31m dead'
    """
    return "\n".join(UNSHOWN.sub("", line) for line in str(text).split("\n"))


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print the named columns of the rows; a row's further keys are for `--json` only."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = out or sys.stdout
    table = Table(box=box.SIMPLE_HEAD if out.isatty() else None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if rows and isinstance(rows[0].get(column), int) else "left")
    for row in rows:
        table.add_row(*(Text(cell(row.get(column))) for column in columns))
    console_for(out).print(table)


OUTLET_WIDTHS = {"outlet": 16, "feeds": 20, "lang": 4, "family": 10}
"""Columns of the cells that may be long, so that a row has no more than a hundred; `--json` has them whole."""


def print_outlets(rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print the outlets as a table; under it what is wrong with those that have gone blind."""
    out = out or sys.stdout
    print_table(("outlet", "feeds", "lang", "family", "last success", "per day", "state"), [_short(row) for row in rows], out)
    for row in rows:
        for trouble in row["blind"]:
            console_for(out).print(printable(f"{row['outlet']} is blind: {trouble['what']}"), soft_wrap=True)
    if any(row["blind"] for row in rows):
        console_for(out).print("What shows it: tallywatch status", soft_wrap=True)


def _short(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An outlet's row as it fits a table."""
    hosts, family = row["hosts"], "" if row["family"] == row["outlet"] else row["family"]
    more = f" +{len(row['feeds']) - 1}" if len(row["feeds"]) > 1 else ""
    long = {"outlet": row["outlet"], "feeds": hosts[0], "lang": row["language"], "family": family}
    cells = {name: shorten(text, OUTLET_WIDTHS[name] - len(more) * (name == "feeds")) for name, text in long.items()}
    state = f"blind: {row['blind'][0]['kind']}" if row["blind"] else row["state"]
    unwatched = row["watched"] == "no" and row["last success"] is None
    return {**row, **cells, "feeds": cells["feeds"] + more, "state": "not watched" if unwatched else state}


def shorten(text: str, width: int) -> str:
    """Cut in the middle, where names and hosts say least."""
    return text if len(text) <= width else f"{text[: width // 2]}…{text[width // 2 + 1 - width :]}"


def print_points(rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print the values of one series as a table: what each was, who carries it, and under it the sentence and the link."""
    columns = ("as of", "value", "judged", "claimant", "outlets")
    lines = [columns, *([cell(row[column]) for column in columns] for row in rows)]
    widths = [min(max(map(len, cells)), WIDEST_CELL) for cells in zip(*lines, strict=True)]
    heads = ["  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    console_for(out or sys.stdout).print(heads[0], style="dim", soft_wrap=True)
    for row, head in zip(rows, heads[1:], strict=True):
        _print_proof(head, row["sentence"], row["link"], out or sys.stdout)


WIDEST_CELL = 30
"""Columns to which a cell is filled up; longer ones push the others of their line."""


def print_stated(rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print who stated a value, of what, when and where: a block each."""
    for row in rows:
        head = f"{row['value']}  {row['what']}  (series {row['no.']}; {row['claimant']}, as of {row['as of']}, in {row['outlet']})"
        _print_proof(head, row["sentence"], row["url"], out or sys.stdout)


def _print_proof(head: str, sentence: str, link: str, out: TextIO) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console = console_for(out)
    console.print(Text(printable(head), "bold"))
    console.print(Padding(Text(f"“{printable(sentence)}”"), (0, 0, 0, 4), expand=False))
    console.print(Text(f"    {printable(link)}", "dim"), soft_wrap=True)


def print_review(rows: Sequence[Mapping[str, Any]], zone: tzinfo, out: TextIO | None = None) -> None:
    """Print what waits for a person's word as a block each: why it waits, both sentences, the commands."""
    from rich.padding import Padding
    from rich.text import Text

    console = console_for(out or sys.stdout)
    for row in rows:
        due = row["held until"]
        waits = f"held, goes out {due.astimezone(zone):%Y-%m-%d %H:%M}" if due else "told in the digest only: its reading is in doubt"
        console.print(Text(printable(row["title"]), "bold"))
        console.print(Text(f"    {waits}; {row['severity']}"))
        console.print(Padding(Text(f"“{printable(row['sentence'])}”"), (0, 0, 0, 4), expand=False))
        console.print(Text(f"    {printable(row['link'])}", "dim"), soft_wrap=True)
        if row["before"]:
            before = f"before: {printable(row['before'])}: “{printable(row['before sentence'])}”"
            console.print(Padding(Text(before), (0, 0, 0, 4), expand=False))
        else:
            console.print(Text("    before: nothing"))
        console.print(Text(f"    {row['approve']}\n    {row['reject']}\n"), soft_wrap=True)


def print_verdicts(rows: Sequence[Mapping[str, Any]], out: TextIO | None = None) -> None:
    """Print what people said, a line each; nothing where nobody said anything."""
    for row in rows:
        until = f" until {cell(row['until'])}" if row["until"] else ""
        why = f": {row['why']}" if row["why"] else ""
        line = printable(f"{cell(row['at'])}  {row['verdict']}{until} {row['of']}{why}")
        console_for(out or sys.stdout).print(line, soft_wrap=True)


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
