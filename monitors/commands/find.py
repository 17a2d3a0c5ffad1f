"""`tallywatch find`: who ever stated a number."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import click

from monitors.commands.shared import print_lines, with_config

SCALES = {"": 1, "k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
NUMBER = re.compile(r"(?P<digits>\d{1,3}(?:[,\s]\d{3})+|\d{1,15}(?:\.\d{1,9})?)\s*(?P<scale>[a-z]*)")


@click.command(
    epilog="""\b
Examples:
  tallywatch find 43000
  tallywatch find 43,000 --limit 5
  tallywatch find 1.2 million --json"""
)
@click.argument("number", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a statement.")
@with_config
def find(number: tuple[str, ...], limit: int, as_json: bool, config_file: Path | None) -> None:
    """Say who ever stated a number, of what and when, with the sentence: this very number first, then it rounded; the latest first."""
    from monitors.config import read_config
    from monitors.history.queries import find_value
    from monitors.history.store import open_history
    from monitors.model import Qualifier
    from monitors.report.rows import stated_rows
    from monitors.report.tables import print_stated
    from monitors.rules.values import Value

    wanted = read_number(" ".join(number))
    with open_history(read_config(config_file).database_url) as history, history.reading() as connection:
        rows = stated_rows(find_value(connection, Value(wanted, wanted, Qualifier.EXACT), limit))
    if as_json:
        print_lines(rows)
    elif rows:
        print_stated(rows)
    else:
        click.echo(f"Nobody stated {wanted:,}, as far as the history knows.")


def read_number(text: str) -> int:
    """A number as people write it.

    >>> read_number("43,000"), read_number("43k"), read_number("1.2 million")
    (43000, 43000, 1200000)
    """
    match = NUMBER.fullmatch(text.strip().casefold())
    scale = SCALES.get(match["scale"]) if match else None
    number = Decimal(re.sub(r"[,\s]", "", match["digits"])) * scale if match and scale else None
    if number is None or number != number.to_integral_value() or number >= 2**63:
        raise click.UsageError(f"{text!r} is not a whole number like 43000, 43,000, 43k or 1.2 million")
    return int(number)
