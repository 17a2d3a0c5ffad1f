"""A dated script of articles -> the alerts it causes: the real pipeline with a clock of its own and a database in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from monitors import watch
from monitors.exchange import read_article
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.model import Alert, Event
from monitors.reader import Reader


def play(lines: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Play the lines of INTERFACES.md "tallywatch replay" and yield each alert at the line that decides it.

    Before a line every timer that is due fires, in order. Shipped defaults, UTC; nothing is fetched and nothing leaves the machine.
    """
    with open_history("sqlite://") as history:
        yield from play_into(history, lines)


def play_into(history: History, lines: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same over a history, which keeps what was played, once it was played to its end."""
    policy = watch.Policy.shipped()
    reader = Reader(policy.monitors)
    with history.transaction() as connection:
        ledger = SqlLedger(connection)
        for number, line in enumerate(lines):
            at = datetime.fromisoformat(line["at"])
            now = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            told = list(fire_timers(ledger, policy, now))
            if "article" in line:
                article = read_article(line["article"])
                version = watch.record(article, reader.read(article), ledger, now)
                told += watch.decide(version, ledger, policy, now) if version is not None else []
            for event in told:
                yield write_alert(event, ledger.alert(event), number)


def fire_timers(ledger: SqlLedger, policy: watch.Policy, until: datetime) -> Iterator[Event]:
    """Settle at each moment something is due, up to now."""
    while (due := ledger.next_due()) is not None and due <= until:
        for key in ledger.due(due):
            yield from watch.settle(key, ledger, policy, due)


def write_alert(event: Event, alert: Alert, line: int) -> dict[str, Any]:
    """One printed line of an alert."""
    return {
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "line": line,
        "kind": event.kind,
        "severity": event.severity,
        "metric": event.metric,
        "party": event.party,
        "group": event.group,
        "scope": event.scope,
        "claimant": event.claimant,
        "low": event.low,
        "high": event.high,
        "qualifier": event.qualifier,
        "previous_low": event.previous_low,
        "previous_high": event.previous_high,
        "state": event.state,
        "urls": list(event.urls),
        "title": alert.title,
        "body": alert.body,
    }
