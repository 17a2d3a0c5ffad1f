"""`tallywatch reprocess`: what today's program makes of yesterday's articles."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitors.commands.shared import Time, with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch reprocess
  tallywatch reprocess --since 2026-02-01

\b
After an upgrade, or after you changed a [[monitor]], it shows
  -  a figure that is no longer read, or an alert that would not be told
  +  a new one
  ~  one that is read differently, field by field, or an alert with another title
It works on a copy beside the history, in the folder for temporary files: what is stored stays, nothing is sent."""
)
@click.option("--since", type=Time(), metavar="DATE", help="Only what was seen since this day or time; else everything.")
@with_config
def reprocess(since: datetime | None, config_file: Path | None) -> None:
    """Read and judge stored articles again with today's program, and show what it would say otherwise; nothing is stored or sent."""
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.report.reprocess import show_difference, show_outcome
    from monitors.report.tables import console_for
    from monitors.reprocess import Reprocessing

    config, console, differing = read_config(config_file), console_for(sys.stdout), 0
    with open_history(config.database_url) as history:
        again = Reprocessing(history, make_policy(config), since, datetime.now(UTC))
        for version, difference in again.play(_show_progress if sys.stderr.isatty() else lambda done, total: None):
            show_difference(version, difference, console)
            differing += 1
    show_outcome(again.outcome, differing, console)


def _show_progress(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} article versions", err=True, nl=done == total)
