"""`tallywatch doctor`: is this installation well?"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitors.commands.shared import print_lines, with_config


@click.command(
    epilog="""\b
Example: tallywatch doctor --json

\b
Exit status: 0 all is well; 1 something needs a person; 2 the configuration is wrong."""
)
@click.option("--json", "as_json", is_flag=True, help="Print one object a line.")
@with_config
def doctor(as_json: bool, config_file: Path | None) -> None:
    """Look at lock, clock, disk, database, channels and outlets, and say of each what is wrong and what to do; nothing is changed."""
    from monitors.config import read_config
    from monitors.doctor import examine
    from monitors.report.tables import printable

    well = True
    for sign in examine(read_config(config_file), datetime.now(UTC)):
        well = well and sign.well
        if as_json:
            print_lines([{"what": sign.what, "ok": sign.well, "line": sign.line}])
        else:
            click.echo(f"{'ok   ' if sign.well else 'WRONG'}  {sign.what:14} {printable(sign.line)}")
    sys.exit(0 if well else 1)
