"""`tallywatch export`: the figures as CSV or JSON lines, the alerts as an Atom feed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitors.commands.shared import Time, with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch export csv figures.csv
  tallywatch export jsonl --since 2026-02-01
  tallywatch export atom /srv/www/figures.xml

\b
The columns of csv and jsonl, a row for each figure of each version of a page, as it is read now:
  claim                                  its number: tallywatch show NUMBER
  outlet url title version               the page, and which of its versions
  published seen_at language             when it says it was published, when we saw this version
  metric party group scope               what is counted, whose people, which of them, over what time
  low high qualifier span                the number as bounds, and as printed
  in as_of attributed_to stance          title or text; the day it holds for; who is said to state it; asserted, denied …
  quote                                  the sentence, at most 300 characters of it
  judged why                             what it was judged to be against the history
  stands                                 yes, or no where its statement was withdrawn or misread
  statement claimant series              the statement it gives, whose, and the key of the series"""
)
@click.argument("form", metavar="csv|jsonl|atom", type=click.Choice(["csv", "jsonl", "atom"]))
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="[FILE|-]")
@click.option("--since", type=Time(), metavar="TIME", help="Only what was seen or told from then on: 2026-02-01 or 2026-02-01T10:00Z.")
@click.option("--with-copies", is_flag=True, help="Whole pages and alerts too, with start, end and text: for your own use, not to publish.")
@with_config
def export(form: str, file: Path | None, since: datetime | None, with_copies: bool, config_file: Path | None) -> None:
    """Write all figures as CSV or JSON lines, or the newest 200 alerts as an Atom feed.

    FILE appears whole or not at all; without it everything goes to standard output. Of a page, one sentence and the link leave the
    machine, unless --with-copies. A text that a spreadsheet would run as a formula has an apostrophe before it in CSV.
    """
    from monitors.config import read_config
    from monitors.history.exports import exported_figures, fed_alerts, first_told
    from monitors.history.store import open_history
    from monitors.report.export import write_csv, write_feed, write_jsonl, written

    path = None if file is None or str(file) == "-" else file
    with open_history(read_config(config_file).database_url) as history, history.reading() as connection, written(path) as out:
        if form == "atom":
            feed = write_feed(fed_alerts(connection, since, with_copies), first_told(connection), datetime.now(UTC), with_copies)
            out.write(feed.decode())
        else:
            write = write_csv if form == "csv" else write_jsonl
            write(exported_figures(connection, since, with_copies), out, with_copies)
