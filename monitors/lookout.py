"""Look after each outlet of a run: has it gone blind, or can it be seen again, and is the operator to be told?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from crawler.health import Health
from crawler.outlet import OutletSpider
from monitors.alerts.phrases import words
from monitors.history import feeds as history
from monitors.model import Event, Kind, Severity, Trouble
from monitors.rules.blindness import COLLECTED, Feed, are_alive, find_troubles, review

OFFLINE = 3
"""So many outlets, and none of them could be collected: it is us who are cut off. The exit status says so; no outlet is judged by it."""


def is_offline(health: Mapping[str, Health]) -> bool:
    """Whether a run says nothing of its outlets, only of the network we are in."""
    return len(health) >= OFFLINE and all(state.status == "failed" for state in health.values())


def look(connection: Connection, spider: type[OutletSpider], feeds: Sequence[Feed], last_success: datetime | None, now: datetime,
         timezone: tzinfo) -> Event | None:
    """Judge one outlet after its run is stored, keep what is known of its blindness, and return what the operator must hear of it."""
    known = history.read_sight(connection, spider.name)
    judged = history.judged(feeds, spider.addresses())
    past = history.read_past(connection, spider.name, judged, last_success)
    sight, tell = review(known, find_troubles(past, now, known.told), history.is_seen(past), now)
    if sight != known:
        history.store_sight(connection, spider.name, sight)
    if tell is None:
        return None
    return make_event(spider.name, tell or known.told, bool(tell), now, timezone)


def needs_look(health: Health, looked: bool, blind: bool, spider: type[OutletSpider], feeds: Sequence[Feed], now: datetime) -> bool:
    """Whether there is anything to judge: not where an outlet was collected again, no page was `looked` at and every feed moves."""
    calm = health.status in COLLECTED and not looked and not blind
    return not calm or not are_alive(history.judged(feeds, spider.addresses()), now)


def make_event(outlet: str, troubles: Sequence[Trouble], blind: bool, now: datetime, timezone: tzinfo) -> Event:
    """What the operator is told of an outlet that has gone blind, or that can be seen again: by his own clock."""
    shown = tuple(replace(trouble, since=trouble.since and trouble.since.astimezone(timezone)) for trouble in troubles)
    return Event(
        kind=Kind.HEALTH, severity=Severity.OPS, at=now, metric=None, party=None, group=None, scope=None, claimant=None,
        low=None, high=None, qualifier=None, key=f"health/{outlet}/{'blind' if blind else 'seen'}/{now.isoformat()}", outlet=outlet,
        subtype=troubles[0].kind.value if blind else "recovered", troubles=shown,
        cautions=(words()["blindness"]["look"].format(name=outlet),) if blind else ())
