"""`tallywatch status`: how does the job do?"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitors.commands.shared import Span, print_lines, with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch status
  tallywatch status --max-age 2h      silent, but for a last good run that is older: then a line, and status 1"""
)
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@click.option("--max-age", type=Span(), help="Say only whether the last run that went well is older: 90s, 30m, 2h, 1d; if so, status 1.")
@with_config
def status(as_json: bool, max_age: timedelta | None, config_file: Path | None) -> None:
    """Say on one screen how the job does: the last runs, outlets that fail, messages, the next digest, what is muted, the disk."""
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.lock import find_holder
    from monitors.report.status import read_state, show_state

    config, now = read_config(config_file), datetime.now(UTC)
    with open_history(config.database_url) as history:
        state = read_state(history, find_holder(config.database_url) is not None, now)
    good = state.last_good
    late = max_age is not None and (good is None or now - good.started_at > max_age)
    if as_json:
        print_lines([state.as_json()])
    elif max_age is None:
        show_state(state, config.zone, sys.stdout)
    elif late:
        at = f"{good.started_at.astimezone(config.zone):%Y-%m-%d %H:%M}" if good else "never"
        click.echo(f"tallywatch: the last run that went well: {at}; see tallywatch status and tallywatch doctor", err=True)
    sys.exit(1 if late else 0)
