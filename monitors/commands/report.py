"""`tallywatch report`: the history as pages to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitors.commands.shared import with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch report --open               write it, and look at it in the browser
  tallywatch report --out /srv/www/tally  for everybody's eyes: one sentence of a page and its link, never its text
  tallywatch report --with-copies        for the desk alone: whole texts, and what changed in them word by word"""
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder; else report, beside the database.")
@click.option("--open", "look", is_flag=True, help="Open it in the browser.")
@click.option("--with-copies", is_flag=True, help="Show whole texts and the differences between versions, too.")
@with_config
def report(out: Path | None, look: bool, with_copies: bool, config_file: Path | None) -> None:
    """Write the history as a folder of pages: each figure's path, who says what, and every sentence. Needs no server and no network."""
    from monitors.choice import known_outlets
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.report.progress import counting
    from monitors.report.site.write import write_site

    config = read_config(config_file)
    titles = {spider.name: spider.title for spider in known_outlets(config).spiders.values() if spider.title}
    with open_history(config.database_url) as history, counting(sys.stderr, "quantities") as progress:
        folder = out or (history.path.parent if history.path else Path.cwd()) / "report"
        files = write_site(history, folder.absolute(), config.zone, titles, with_copies, progress)
    index = folder.absolute() / "index.html"
    click.echo(f"{files} files; open {index}")
    if look and not click.launch(str(index)) == 0:
        raise click.ClickException(f"no browser could be started; open {index} by hand")
