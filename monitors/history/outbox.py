"""Keep the outgoing messages: one row for each alert and channel, claimed before it is sent, never lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from monitors.alerts.outbox import LEASE, Outcome, Parcel
from monitors.alerts.wording import compose_digest
from monitors.history.tables import in_parts, insert_into, outbox
from monitors.model import Alert, Delivery, Severity


def enqueue(connection: Connection, alert: Alert, deliveries: Iterable[Delivery], now: datetime, withheld: str | None = None) -> int:
    """Write an alert's row for each channel and return how many are new: the same alert goes to a channel once, ever.

    `withheld` says why it is never sent, where a person does not want to hear of it.
    """
    insertion = insert_into(connection, outbox).on_conflict_do_nothing(index_elements=["alert_id", "channel"]).returning(outbox.c.id)
    rows = [
        {
            "alert_id": alert.id, "channel": delivery.channel, "severity": alert.severity.value,
            "title": alert.title, "body": alert.body, "html": alert.html,
            "state": "withheld" if withheld else "digest" if delivery.digest else "pending", "created_at": now,
            "next_at": delivery.not_before, "attempts": 0, "maybe_sent": False, "error": withheld,
        }
        for delivery in deliveries
    ]  # fmt: skip
    return sum(len(connection.execute(insertion.values(row)).all()) for row in rows)


def gather_digests(connection: Connection, now: datetime, timezone: tzinfo = UTC) -> int:
    """Combine the digest rows that are due into one message a channel, and return how many messages that makes.

    The rows stay, and their lease_owner names the message they went into: they are sent or given up with it.
    """
    due = select(outbox).where(outbox.c.state == "digest", outbox.c.next_at <= now, outbox.c.lease_owner.is_(None)).order_by(outbox.c.id)
    by_channel: dict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(due):
        by_channel[row.channel].append(row)
    for channel, rows in by_channel.items():
        digest = compose_digest([Alert(r.alert_id, Severity(r.severity), r.title, r.body, r.html) for r in rows], now, timezone)
        enqueue(connection, digest, [Delivery(channel, digest=False, not_before=now)], now)
        connection.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(lease_owner=digest.id))
    return len(by_channel)


def due(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """The rows to be tried now, with their channels: new ones before those that failed, in the order they came."""
    tried = outbox.c.attempts > 0
    statement = select(outbox.c.id, outbox.c.channel).where(_is_open(), outbox.c.next_at <= now).order_by(tried, outbox.c.id)
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
    """Write what came of a send, and carry a digest's items along; False when the row has passed to another sender."""
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


def undelivered(connection: Connection, now: datetime) -> dict[str, int]:
    """How many messages of each channel should have arrived by now and have not."""
    overdue = or_(outbox.c.next_at <= now, outbox.c.attempts > 0)
    rows = connection.execute(select(outbox.c.channel, func.count().label("n")).where(_is_open(), overdue).group_by(outbox.c.channel))
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


def received(connection: Connection, alerts: Iterable[str]) -> dict[str, list[str]]:
    """The channels that have each alert: it was sent there, may have been, or is in a digest that is on its way."""
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


def _is_in_digest() -> ColumnElement[bool]:
    return and_(outbox.c.state == "digest", outbox.c.lease_owner.is_not(None))


def _is_open() -> ColumnElement[bool]:
    return outbox.c.state.in_(("pending", "sending"))


def _read_parcel(connection: Connection, row: int) -> Parcel:
    r = connection.execute(select(outbox).where(outbox.c.id == row)).one()
    return Parcel(r.id, r.alert_id, r.channel, r.title, r.body, r.html, r.created_at, r.attempts, r.maybe_sent)


def _finish_items(connection: Connection, row: int, outcome: Outcome, now: datetime) -> None:
    """The items of a digest message share its end."""
    message = connection.execute(select(outbox.c.alert_id, outbox.c.channel).where(outbox.c.id == row)).one()
    items = and_(outbox.c.state == "digest", outbox.c.channel == message.channel, outbox.c.lease_owner == message.alert_id)
    sent_at = now if outcome.state == "sent" else None
    connection.execute(update(outbox).where(items).values(state=outcome.state, sent_at=sent_at, error=outcome.error))
