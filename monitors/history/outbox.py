"""Keep the outgoing messages: one row for each alert and channel, claimed before it is sent, never lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update

from monitors.alerts.outbox import LEASE, TEST, Outcome, Parcel
from monitors.history.asking import insert_new
from monitors.history.tables import events, in_parts, outbox, series
from monitors.model import Alert, Delivery, Kind, Severity

LOUDEST_FIRST = case({Severity.URGENT.value: 0, Severity.NOTABLE.value: 1}, value=outbox.c.severity, else_=2)


LONGEST_WAIT = timedelta(days=3)
"""Nothing waits for longer: neither for a morning, nor for a digest, nor for a service that asked for patience."""


@dataclass(frozen=True)
class Parked:
    """A message that was given up."""

    alert_id: str
    channel: str
    title: str
    error: str | None
    since: datetime


def enqueue(connection: Connection, alert: Alert, deliveries: Iterable[Delivery], now: datetime, withheld: str | None = None) -> int:
    """Write an alert's row for each channel and return how many are new: the same alert goes to a channel once, ever.

    `withheld` says why it is never sent, where a person does not want to hear of it.
    """
    rows = [
        {
            "alert_id": alert.id, "channel": delivery.channel, "severity": alert.severity.value,
            "title": alert.title, "body": alert.body, "html": alert.html,
            "state": "withheld" if withheld else "digest" if delivery.digest else "pending", "created_at": now,
            "next_at": delivery.not_before, "attempts": 0, "maybe_sent": False, "error": withheld,
        }
        for delivery in deliveries
    ]  # fmt: skip
    return insert_new(connection, outbox, rows)


def redate(connection: Connection, now: datetime) -> None:
    """Let be due now what would wait for longer than anything does: the clock was wrong when it was dated."""
    waits = or_(is_open(), and_(outbox.c.state == "digest", ~_is_in_digest()))
    connection.execute(update(outbox).where(waits, outbox.c.next_at > now + LONGEST_WAIT).values(next_at=now))


def due(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """The rows to be tried now, with their channels: new ones before those that failed, of these the loudest first, then as they came."""
    tried = outbox.c.attempts > 0
    statement = select(outbox.c.id, outbox.c.channel).where(is_open(), outbox.c.next_at <= now).order_by(tried, LOUDEST_FIRST, outbox.c.id)
    return [(row.id, row.channel) for row in connection.execute(statement)]


def claim(connection: Connection, row: int, owner: str, now: datetime, *, alone: bool = False) -> Parcel | None:
    """Take a row for sending; the caller commits before it sends. None when somebody else has it or it is done.

    A row that is being sent already belongs to its sender until the lease ends, or to nobody where the caller is `alone` (it holds
    the run's lock): that sender died around the send, so the message may have arrived, and the row says so for good.
    """
    orphaned = and_(outbox.c.state == "sending", outbox.c.lease_owner != owner if alone else outbox.c.lease_until <= now)
    taken = connection.execute(
        update(outbox)
        .where(outbox.c.id == row, outbox.c.next_at <= now, or_(outbox.c.state == "pending", orphaned))
        .values(
            state="sending",
            lease_owner=owner,
            lease_until=now + LEASE,
            attempts=outbox.c.attempts + 1,
            maybe_sent=or_(outbox.c.maybe_sent, outbox.c.state == "sending"),
        )
    )
    return _read_parcel(connection, row) if taken.rowcount else None


def finish(connection: Connection, row: int, owner: str, outcome: Outcome, now: datetime) -> bool:
    """Write what came of a send, and carry along what it holds of a digest or a group; False when the row has passed to another sender."""
    mine = and_(outbox.c.id == row, outbox.c.state == "sending", outbox.c.lease_owner == owner)
    values = {"state": outcome.state, "next_at": outcome.next_at, "error": outcome.error, "lease_owner": None, "lease_until": None}
    if outcome.state == "sent":
        values["sent_at"] = now
    if outcome.doubt:
        values["maybe_sent"] = True
    written = bool(connection.execute(update(outbox).where(mine).values(values)).rowcount)
    if written and outcome.state in ("sent", "dead"):
        _finish_items(connection, row, outcome, now)
    return written


def takes_others(connection: Connection, parcel: Parcel) -> bool:
    """Whether the channel took another message since this one was last tried: then it is this one that it refuses."""
    took = and_(outbox.c.channel == parcel.channel, outbox.c.state == "sent", outbox.c.lease_owner.is_(None), outbox.c.id != parcel.id)
    return connection.execute(select(outbox.c.id).where(took, outbox.c.sent_at >= parcel.tried_at).limit(1)).first() is not None


def last_taken(connection: Connection) -> dict[str, datetime]:
    """For each channel that ever took a message when it last did."""
    sent = select(outbox.c.channel, func.max(outbox.c.sent_at)).where(outbox.c.state == "sent").group_by(outbox.c.channel)
    return {row[0]: row[1] for row in connection.execute(sent)}


def counts(connection: Connection) -> dict[str, int]:
    """How many messages are in each state: digest, pending, sending, sent, dead (parked), withheld."""
    found = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(found)}


def parked(connection: Connection, since: datetime | None = None, limit: int = 20) -> list[Parked]:
    """The messages that were given up, the latest first; what went into a digest or a group is named by that."""
    columns = (outbox.c.alert_id, outbox.c.channel, outbox.c.title, outbox.c.error, outbox.c.next_at)
    given_up = select(*columns).where(outbox.c.state == "dead", outbox.c.lease_owner.is_(None)).order_by(outbox.c.next_at.desc())
    wanted = given_up if since is None else given_up.where(outbox.c.next_at >= since)
    return [Parked(*row) for row in connection.execute(wanted.limit(limit))]


def undelivered(connection: Connection, now: datetime) -> dict[str, int]:
    """How many messages of each channel should have arrived by now and have not."""
    overdue = or_(outbox.c.next_at <= now, outbox.c.attempts > 0)
    rows = connection.execute(select(outbox.c.channel, func.count().label("n")).where(is_open(), overdue).group_by(outbox.c.channel))
    return {row.channel: row.n for row in rows}


def count_states(connection: Connection) -> dict[str, dict[str, int]]:
    """For each channel how many messages are in which state."""
    found: dict[str, dict[str, int]] = {}
    rows = select(outbox.c.channel, outbox.c.state, func.count().label("n")).group_by(outbox.c.channel, outbox.c.state)
    for row in connection.execute(rows.order_by(outbox.c.channel, outbox.c.state)):
        found.setdefault(row.channel, {})[row.state] = row.n
    return found


def waiting_for_digest(connection: Connection) -> tuple[datetime | None, int]:
    """When the next digest is due, and how many items wait for one."""
    waits = and_(outbox.c.state == "digest", outbox.c.lease_owner.is_(None))
    row = connection.execute(select(func.min(outbox.c.next_at), func.count()).where(waits)).one()
    return row[0], row[1]


def given_up(connection: Connection, since: datetime) -> list[tuple[str, str, str, str | None]]:
    """The messages that were given up since: alert, channel, title, why."""
    columns = (outbox.c.alert_id, outbox.c.channel, outbox.c.title, outbox.c.error)
    dead = select(*columns).where(outbox.c.state == "dead", outbox.c.next_at >= since).order_by(outbox.c.id)
    return [(row.alert_id, row.channel, row.title, row.error) for row in connection.execute(dead)]


def deliveries_of(connection: Connection, alerts: Sequence[str]) -> dict[str, list[tuple[str, str, str | None]]]:
    """For each alert its channels with their state and last error."""
    found: dict[str, list[tuple[str, str, str | None]]] = {alert: [] for alert in alerts}
    statement = select(outbox).where(outbox.c.alert_id.in_(alerts)).order_by(outbox.c.id)
    for row in connection.execute(statement):
        found[row.alert_id].append((row.channel, row.state, row.error))
    return found


def rows_of(connection: Connection, alert: str) -> list[tuple[int, str]]:
    """The rows of an alert with their channels."""
    return [(row.id, row.channel) for row in connection.execute(select(outbox.c.id, outbox.c.channel).where(outbox.c.alert_id == alert))]


def contents(connection: Connection, parcel: Parcel) -> list[tuple[str, str]]:
    """The alerts of a message, by id and title: itself, or what a digest or a group holds."""
    held = and_(outbox.c.channel == parcel.channel, outbox.c.lease_owner == parcel.alert_id)
    rows = connection.execute(select(outbox.c.alert_id, outbox.c.title).where(held).order_by(outbox.c.id)).all()
    return [(row.alert_id, row.title) for row in rows] or [(parcel.alert_id, parcel.title)]


def members(connection: Connection, message: str) -> list[str]:
    """The alerts that a group or a digest holds, by id; none of a message that is one alert."""
    held = select(outbox.c.alert_id).where(outbox.c.lease_owner == message, outbox.c.state == "digest").distinct()
    return sorted(connection.execute(held).scalars())


def received(connection: Connection, alerts: Iterable[str]) -> dict[str, list[str]]:
    """The channels that have each alert: it was sent there, may have been, or is in a digest or a group that is on its way."""
    found: dict[str, list[str]] = {}
    has_it = or_(outbox.c.state.in_(("sent", "sending")), outbox.c.maybe_sent, _is_in_digest())
    for part in in_parts(alerts):
        rows = select(outbox.c.alert_id, outbox.c.channel).where(outbox.c.alert_id.in_(part), has_it).order_by(outbox.c.id)
        for row in connection.execute(rows):
            found.setdefault(row.alert_id, []).append(row.channel)
    return found


def withhold(connection: Connection, alerts: Iterable[str], why: str) -> int:
    """Send what is left of these alerts no more, and return how many messages that is; the caller holds the run's lock."""
    left = or_(outbox.c.state.in_(("pending", "sending")), and_(outbox.c.state == "digest", ~_is_in_digest()))
    values = {"state": "withheld", "error": why, "lease_owner": None, "lease_until": None}
    parts = [update(outbox).where(outbox.c.alert_id.in_(part), left).values(values) for part in in_parts(alerts)]
    return sum(connection.execute(part).rowcount for part in parts)


def forget_tests(connection: Connection) -> None:
    """Drop what test alerts left: no run sends them, and they say nothing of what a channel was told."""
    connection.execute(delete(outbox).where(outbox.c.alert_id.startswith(TEST)))


def is_open() -> ColumnElement[bool]:
    """What a run has to send: a test alert is sent by who asked for it, or not at all."""
    return and_(outbox.c.state.in_(("pending", "sending")), ~outbox.c.alert_id.startswith(TEST))


def hush(connection: Connection, key: str, why: str, now: datetime) -> int:
    """Withhold what waits of a series for the morning or the digest, and return how many messages that is.

    What corrects or takes back a figure comes all the same, and so does what a channel could not take yet: others were told.
    """
    about = select(events.c.id).join(series, series.c.id == events.c.series_id)
    hushed = about.where(series.c.key == key, events.c.kind.not_in([Kind.CORRECTION.value, Kind.RETRACTION.value]))
    untried = and_(outbox.c.state == "pending", outbox.c.attempts == 0, outbox.c.next_at > now)
    waits = or_(untried, and_(outbox.c.state == "digest", ~_is_in_digest()))
    return connection.execute(update(outbox).where(outbox.c.alert_id.in_(hushed), waits).values(state="withheld", error=why)).rowcount


def _is_in_digest() -> ColumnElement[bool]:
    return and_(outbox.c.state == "digest", outbox.c.lease_owner.is_not(None))


def _read_parcel(connection: Connection, row: int) -> Parcel:
    r = connection.execute(select(outbox).where(outbox.c.id == row)).one()
    return Parcel(r.id, r.alert_id, r.channel, r.title, r.body, r.html, r.created_at, r.attempts, r.maybe_sent, r.next_at)


def _finish_items(connection: Connection, row: int, outcome: Outcome, now: datetime) -> None:
    """The items of a digest or a group share its end."""
    message = connection.execute(select(outbox.c.alert_id, outbox.c.channel).where(outbox.c.id == row)).one()
    items = and_(outbox.c.state == "digest", outbox.c.channel == message.channel, outbox.c.lease_owner == message.alert_id)
    sent_at = now if outcome.state == "sent" else None
    connection.execute(update(outbox).where(items).values(state=outcome.state, sent_at=sent_at, error=outcome.error))
