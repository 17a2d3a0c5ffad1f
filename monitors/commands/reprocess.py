"""`tallywatch reprocess`: what today's program makes of yesterday's articles."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitors.commands.shared import Time, with_config

if TYPE_CHECKING:
    from monitors.rules.rereading import Difference


@click.command(
    epilog="""\b
Examples:
  tallywatch reprocess
  tallywatch reprocess --since 2026-02-01
  tallywatch reprocess --apply

\b
After an upgrade, or after you changed a [[monitor]], it shows
  -  a figure that is no longer read, or an alert that would not be told
  +  a new one
  ~  one that is read differently, field by field, or an alert with another title
It works on a copy beside the history, in the folder for temporary files: what is stored stays, nothing is sent. With --apply it then
records the figures as they are read now, as a run that `undo-run` takes back; nothing is sent of that either."""
)
@click.option("--since", type=Time(), metavar="DATE", help="Only what was seen since this day or time; else everything.")
@click.option("--apply", "apply", is_flag=True, help="Record the figures as they are read now.")
@with_config
def reprocess(since: datetime | None, apply: bool, config_file: Path | None) -> None:
    """Read and judge stored articles again with today's program, and show what it would say otherwise; nothing is sent."""
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.lock import lock
    from monitors.report.reprocess import show_difference, show_outcome, show_recorded
    from monitors.report.tables import console_for
    from monitors.reprocess import Reprocessing, record

    config, console, began = read_config(config_file), console_for(sys.stdout), datetime.now(UTC)
    policy = make_policy(config)
    differing: list[tuple[int, Difference]] = []
    with lock(config.database_url) if apply else nullcontext(), open_history(config.database_url) as history:
        again = Reprocessing(history, policy, since, began)
        for version, difference in again.play(_show_progress if sys.stderr.isatty() else lambda done, total: None):
            show_difference(version, difference, console)
            differing.append((version.id, difference))
        show_outcome(again.outcome, len(differing), console, applied=apply)
        if apply:
            recorded = record(history, policy, differing, began, datetime.now(UTC)) if differing else None
            show_recorded(recorded, console)


def _show_progress(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} article versions", err=True, nl=done == total)
