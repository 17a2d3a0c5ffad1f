"""`tallywatch show`: all that stands behind a claim, an alert or an article."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitors.commands.shared import print_lines, with_config

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitors.config import Configuration

KINDS = ("claim", "alert", "article")
SHORTEST = 4
"""Characters of an alert's id: fewer are a claim's or an article's number."""
ALERT = re.compile(rf"[0-9a-f]{{{SHORTEST},12}}")


@click.command(
    epilog="""\b
Examples:
  tallywatch show 17                          the claim with this number
  tallywatch show 3f9c0a                      the alert whose id begins so
  tallywatch show https://example.org/news/1  the article with this address
  tallywatch show article 17                  the article with this number"""
)
@click.argument("words", nargs=-1, required=True, metavar="[claim|alert|article] ID")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@with_config
def show(words: tuple[str, ...], as_json: bool, config_file: Path | None) -> None:
    """Show a claim, an alert or an article with everything that stands behind it.

    Of a claim its sentence among its neighbours, how it was judged, the versions of its page, who carries its statement, which alerts told
    it; of an alert the claims behind it; of an article its versions with their claims. What else an ID could be is said on standard error.
    """
    from monitors.config import read_config
    from monitors.history.dossier import NotFound
    from monitors.history.store import open_history

    kind, name = words if len(words) == 2 and words[0] in KINDS else ("", " ".join(words))
    config = read_config(config_file)
    with open_history(config.database_url) as history, history.reading() as connection:
        could_be = [one for one in KINDS if kind in ("", one) and _is_there(connection, one, name)]
        if not could_be:
            raise NotFound(_not_found(connection, kind, name))
        for other in could_be[1:]:
            click.echo(f"{name} is also {'an' if other[0] == 'a' else 'a'} {other}: tallywatch show {other} {name}", err=True)
        shows: dict[str, Callable[[Connection, Configuration, str, bool], None]] = {
            "claim": _show_claim, "alert": _show_alert, "article": _show_article,
        }  # fmt: skip
        shows[could_be[0]](connection, config, name, as_json)


def _is_there(connection: Connection, kind: str, name: str) -> bool:
    from monitors.history.dossier import find_claim, find_pages, is_number
    from monitors.history.verdicts import find_items

    match kind:
        case "claim":
            return is_number(name) and find_claim(connection, int(name)) is not None
        case "alert":
            return ALERT.fullmatch(name) is not None and bool(find_items(connection, name))
        case _:
            return bool(find_pages(connection, name))


def _not_found(connection: Connection, kind: str, name: str) -> str:
    """What to say where nothing is called so: the nearest that is."""
    from difflib import get_close_matches

    from monitors.alerts.phrases import clean
    from monitors.history import queries
    from monitors.history.dossier import is_number, nearest_claim, nearest_url

    nobody = f"no {kind or 'claim, alert or article'} is called {clean(name)}"
    if "/" in name:
        near = nearest_url(connection, name)
        return f"{nobody}; did you mean {near}?" if near else nobody
    if is_number(name) and kind in ("", "claim") and (number := nearest_claim(connection, int(name))):
        return f"{nobody}; the nearest claim is {number}"
    known = {told.id: told.title for told in queries.alerts(connection, 200)}
    alerts = get_close_matches(name, known, n=1, cutoff=0.5)
    near = "".join(f"; did you mean the alert {alert} ({clean(known[alert])})?" for alert in alerts)
    return f"{nobody}{near or ': tallywatch alerts lists the alerts, tallywatch show URL the claims of an article'}"


def _show_claim(connection: Connection, config: Configuration, name: str, as_json: bool) -> None:
    from monitors.history import queries
    from monitors.history.dossier import alerts_of, find_claim, page_of, versions_of
    from monitors.history.ledger import SqlLedger
    from monitors.report.dossier import claim_row, show_claim
    from monitors.report.rows import alert_rows

    claim = find_claim(connection, int(name))
    assert claim is not None
    page = page_of(connection, claim.version_id)
    versions = versions_of(connection, page.id)
    statement = None if claim.statement_id is None else SqlLedger(connection).statement(claim.statement_id)
    told = [] if claim.statement_id is None else [queries.alert(connection, alert) for alert in alerts_of(connection, claim.statement_id)]
    row = claim_row(claim, page, versions, statement, alert_rows([alert for alert in told if alert]))
    if as_json:
        print_lines([row])
    else:
        show_claim(claim, next(version for version in versions if version.id == claim.version_id), row, sys.stdout)


def _show_alert(connection: Connection, config: Configuration, name: str, as_json: bool) -> None:
    from monitors.alerts.wording import compose
    from monitors.choice import make_policy
    from monitors.history import queries
    from monitors.history.dossier import NotFound, chain_of
    from monitors.history.ledger import SqlLedger
    from monitors.history.verdicts import about_alert, find_items
    from monitors.report.dossier import chain_rows, show_chain, statements_of
    from monitors.report.rows import alert_rows, verdict_rows
    from monitors.report.tables import print_verdicts, printable

    items = {item.event.id: item for item in find_items(connection, name)}
    if len(items) > 1:
        raise NotFound(f"{name} begins the ids of several alerts: {', '.join(sorted(items))}")
    item = next(iter(items.values()))
    row: dict[str, Any]
    if item.due:
        alert, said = compose(item.event, config.zone, make_policy(config).publishers.titles, config.report or ""), []
        row = {"at": item.event.at, "severity": alert.severity, "title": alert.title, "id": alert.id, "kind": item.event.kind,
               "body": alert.body, "delivery": [f"held until {item.due.astimezone(config.zone):%Y-%m-%d %H:%M}"]}  # fmt: skip
    else:
        told = queries.alert(connection, item.event.id)
        (row,), said = alert_rows([told] if told else []), verdict_rows(about_alert(connection, item.event.id))
    ledger = SqlLedger(connection)
    behind = [(role, ledger.statement(number)) for role, number in statements_of(item.event)]
    chain = chain_rows(behind, chain_of(connection, [one.id for _, one in behind if one.id is not None]))
    if as_json:
        print_lines([{**row, "verdicts": said, "chain": chain}])
        return
    click.echo(printable(f"{row['title']}\n\n{row['body']}\n\n{', '.join(row['delivery']) or 'nobody is told of it'}"))
    print_verdicts(said)
    show_chain(chain, sys.stdout)


def _show_article(connection: Connection, config: Configuration, name: str, as_json: bool) -> None:
    from monitors.history.dossier import claims_of, need_pages, versions_of
    from monitors.report.dossier import article_row, show_article

    for page in need_pages(connection, name):
        row = article_row(page, [(version, claims_of(connection, version.id)) for version in versions_of(connection, page.id)])
        if as_json:
            print_lines([row])
        else:
            show_article(row, sys.stdout)
