"""`tallywatch diff`: what changed from one version of a page to the next."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import click

from monitors.commands.shared import print_lines, with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch diff https://example.org/news/1
  tallywatch diff https://example.org/news/1 --version 1 4
  tallywatch diff 17 --json"""
)
@click.argument("article", metavar="URL|NUMBER")
@click.option("--version", "numbers", nargs=2, type=click.IntRange(min=1), metavar="N M", help="These two; else each with the next.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a pair of versions: the figures that changed, and the whole text.")
@with_config
def diff(article: str, numbers: tuple[int, int] | None, as_json: bool, config_file: Path | None) -> None:
    """Show how an article was edited, word by word: in colour, or as [-removed-] and {+added+} where there is none.

    The figures that changed stand above it. Long parts that stayed are folded.
    """
    from monitors.config import read_config
    from monitors.history.dossier import NotFound, claims_of, need_pages, versions_of
    from monitors.history.store import open_history
    from monitors.report.diff import compare, show_compared, write_compared
    from monitors.report.tables import printable

    with open_history(read_config(config_file).database_url) as history, history.reading() as connection:
        for page in need_pages(connection, article):
            versions = {version.number: version for version in versions_of(connection, page.id)}
            if missing := [number for number in numbers or () if number not in versions]:
                raise NotFound(f"{page.url} has no version {missing[0]}: it has {', '.join(map(str, versions))}")
            ordered = [versions[number] for number in numbers] if numbers else list(versions.values())
            if len(ordered) == 1:
                click.echo(printable(f"{page.url} was never edited: one version, seen {ordered[0].seen_at:%Y-%m-%d %H:%M}"), err=as_json)
            for before, after in pairwise(ordered):
                compared = compare(page, *((one, claims_of(connection, one.id)) for one in (before, after)))
                if as_json:
                    print_lines([write_compared(compared)])
                else:
                    show_compared(compared, sys.stdout)
