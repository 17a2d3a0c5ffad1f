"""`tallywatch check`: a draft's figures against the history."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from monitors.commands.shared import print_lines, readable_article, with_config
from monitors.failure import Failure


@click.command(
    epilog="""\b
Examples:
  tallywatch check draft.txt
  tallywatch check https://example.org/news/1 --json
  echo "Zelensky said that 43,000 soldiers were killed." | tallywatch check - --published 2026-02-05

\b
Each figure is one of these:
  current     what its claimant says now
  stale       a past value that the text gives as if it stood: since when, and what stands now
  differs     not what its claimant ever said, or far from all that anybody says
  past        a past value, and the text calls it one
  unknown     the history holds nothing to compare it with
  left aside  a plan, a denial, another war

\b
Exit status: 0 nothing is stale or differs; 1 something is; 2 the text or the history cannot be read."""
)
@click.argument("source", metavar="FILE|URL|-")
@click.option("--lang", help="The language it is in; else what the page says, else en.")
@click.option("--published", metavar="DATE", help="Its date, which “on Sunday” is counted from; else what the page says, else today.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a figure.")
@with_config
def check(source: str, lang: str | None, published: str | None, as_json: bool, config_file: Path | None) -> None:
    """Hold each figure of a text of your own, a saved page or a page on the web against the history; nothing is stored.

    Of a plain text, a first line without a full stop at its end is taken for the headline.
    """
    from monitors.check import WRONG, check_article
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.history.ledger import SqlLedger
    from monitors.history.store import open_history
    from monitors.reader import Reader
    from monitors.report.check import show_checked, write_checked
    from monitors.report.tables import console_for

    config, now = read_config(config_file), datetime.now(UTC)
    try:
        article = readable_article(source, config.contact, lang, published)
    except click.ClickException as error:
        raise Failure(error.message) from error
    policy = make_policy(config)
    article = replace(article, published=article.published or now.date())
    reading = Reader(policy.monitors).read(article)
    with open_history(config.database_url) as history, history.reading() as connection:
        checked = check_article(article, reading, SqlLedger(connection), policy, now)
    if as_json:
        print_lines(write_checked(one, policy.publishers.titles) for one in checked)
    else:
        show_checked(article, checked, policy.publishers.titles, console_for(sys.stdout))
    sys.exit(1 if any(one.verdict in WRONG for one in checked) else 0)
