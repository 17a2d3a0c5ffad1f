"""Make of the alerts that are due the messages to be sent: groups, digests, what is over a budget or waits for the morning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, update

from monitors.alerts.about import SPREADS
from monitors.alerts.budgets import EVENT_DAYS, Budgets, Call, why_over
from monitors.alerts.routing import TERMINAL, Hours, next_digest, next_waking
from monitors.alerts.summaries import GROUP, Item, Week, compose_digest, compose_group, compose_watch
from monitors.history.outbox import LOUDEST_FIRST, enqueue, is_open, redate
from monitors.history.tables import events, in_parts, outbox, outlet_runs, runs, series
from monitors.model import Alert, Channel, Delivery, Kind, Scope, Severity
from monitors.rules.blindness import COLLECTED

QUIET_WEEK = timedelta(days=6, hours=12)
"""Without a message for so long a channel hears at the next digest's time that the watch goes on: once a week."""


def gather(connection: Connection, channels: Sequence[Channel], now: datetime, hours: Hours, budgets: Budgets) -> None:
    """Prepare what is due for sending, in the caller's transaction."""
    redate(connection, now)
    for channel in channels:
        _postpone(connection, channel, now, hours)
        _bundle(connection, channel, now, hours, budgets)
    waits = select(outbox.c.channel).where(_waits_for_digest(now)).distinct()
    for name in connection.execute(waits).scalars().all():  # one that is configured no more, too: that it is gone must be told
        _gather_digest(connection, name, now, hours)
    for channel in channels:
        if Severity.ROUTINE in channel.severities and channel.name != TERMINAL:  # what cron mails needs a person
            _prove_watch(connection, channel.name, now, hours)


# --- what wakes nobody at night


def _postpone(connection: Connection, channel: Channel, now: datetime, hours: Hours) -> None:
    """Let notable messages that became due in the quiet hours, like those that failed before, wait for their end."""
    until = next_waking(Severity.NOTABLE, channel, now, hours)
    notable = and_(outbox.c.channel == channel.name, outbox.c.severity == Severity.NOTABLE.value, outbox.c.next_at < until)
    if until > now:
        connection.execute(update(outbox).where(is_open(), notable).values(next_at=until))


# --- what is told at once


@dataclass(frozen=True)
class Bundle:
    """Alerts about one statement for one channel, the loudest first: one message."""

    rows: tuple[Row[Any], ...]

    def call(self, now: datetime) -> Call:
        return _call(self.rows, Severity(self.rows[0].severity), now)


def _bundle(connection: Connection, channel: Channel, now: datetime, hours: Hours, budgets: Budgets) -> None:
    """Put together what is about one statement, and let wait for the digest what would be too much; a terminal wakes nobody."""
    bundles = _bundles(connection, channel.name, now)
    calls = _past_calls(connection, channel.name, now) if bundles and channel.name != TERMINAL else []
    for bundle in bundles:
        call = bundle.call(now)
        if channel.name != TERMINAL and (why := why_over(call, calls, budgets)):
            _update(connection, bundle.rows, state="digest", next_at=next_digest(now, hours), error=why)
            continue
        calls.append(call)
        if len(bundle.rows) > 1:
            _put_together(connection, bundle, now)


def _bundles(connection: Connection, channel: str, now: datetime) -> list[Bundle]:
    """What a channel has not been tried with yet, the loudest first; what fails is tried again as it was, and so is a group."""
    untried = and_(outbox.c.state == "pending", outbox.c.attempts == 0, ~outbox.c.alert_id.startswith(GROUP))
    fresh = and_(outbox.c.channel == channel, untried, outbox.c.next_at <= now)
    by_statement: dict[object, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_with_events().where(fresh, is_open()).order_by(LOUDEST_FIRST, outbox.c.id)):
        by_statement[_statement_of(row) or row.alert_id].append(row)
    return [Bundle(tuple(rows)) for rows in by_statement.values()]


def _with_events() -> Select[Any]:
    """Messages, each with the event it tells of and that event's series."""
    about = (events.c.kind, events.c.statement_id, events.c.low, events.c.high, events.c.details, events.c.series_id)
    joined = outbox.outerjoin(events, events.c.id == outbox.c.alert_id).outerjoin(series, series.c.id == events.c.series_id)
    return select(outbox, *about, series.c.scope, series.c.details.label("of")).select_from(joined)


def _statement_of(row: Row[Any]) -> int | None:
    """The statement an alert is about; of another outlet's print of it, the one that stands."""
    if row.statement_id is not None or row.kind != Kind.MISQUOTE:
        return row.statement_id  # type: ignore[no-any-return]
    number = ((row.details or {}).get("previous") or {}).get("id")
    return int(number) if number is not None else None


def _put_together(connection: Connection, bundle: Bundle, now: datetime) -> None:
    """One message of several; the rows stay, their lease_owner names it, and they are sent or given up with it."""
    message = compose_group([_alert(row) for row in bundle.rows])
    enqueue(connection, message, [Delivery(bundle.rows[0].channel, digest=False, not_before=now)], now)
    _update(connection, bundle.rows, state="digest", lease_owner=message.id)


# --- budgets


def _past_calls(connection: Connection, channel: str, now: datetime) -> list[Call]:
    """The messages that a channel was told at once in the last days, or is being told: a group with all it holds."""
    goes_out = and_(outbox.c.state == "pending", or_(outbox.c.attempts > 0, outbox.c.alert_id.startswith(GROUP)))
    alone = and_(or_(outbox.c.state.in_(("sent", "sending")), goes_out), or_(outbox.c.lease_owner.is_(None), outbox.c.state == "sending"))
    states = outbox.c.state.in_(("sent", "sending", "pending", "digest"))
    lately = and_(outbox.c.channel == channel, states, outbox.c.next_at > now - EVENT_DAYS)  # as the index has it
    rows = connection.execute(_with_events().where(lately, or_(alone, outbox.c.lease_owner.startswith(GROUP)))).all()
    held: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        held[row.lease_owner if row.state != "sending" and row.lease_owner else row.alert_id].append(row)
    messages = [row for row in rows if row.lease_owner is None or row.state == "sending"]
    return [_call(held[row.alert_id], Severity(row.severity), row.sent_at or row.next_at) for row in messages]


def _call(rows: Sequence[Row[Any]], severity: Severity, at: datetime) -> Call:
    happened = (row.of["event"] for row in rows if row.scope == Scope.EVENT and row.of and row.of.get("event"))
    return Call(
        at, severity, frozenset(row.series_id for row in rows if row.series_id is not None), frozenset(happened),
        frozenset(Kind(row.kind) for row in rows if row.kind),
    )  # fmt: skip


# --- the digest


def _waits_for_digest(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state == "digest", outbox.c.next_at <= now, outbox.c.lease_owner.is_(None))


def _gather_digest(connection: Connection, channel: str, now: datetime, hours: Hours) -> None:
    """One message of what waits for the digest; the rows stay, and their lease_owner names the message they went into."""
    rows = connection.execute(_with_events().where(outbox.c.channel == channel, _waits_for_digest(now)).order_by(outbox.c.id)).all()
    digest = compose_digest([Item(_alert(row), _size(row), row.error or "") for row in rows], now, hours.timezone)
    enqueue(connection, digest, [Delivery(channel, digest=False, not_before=now)], now)
    _update(connection, rows, lease_owner=digest.id)


def _size(row: Row[Any]) -> int:
    """By how many an alert changed a figure: of a first one all of it, of a disagreement how far apart they are."""
    details: Mapping[str, Any] = row.details or {}
    new, old = row.high or row.low or 0, details.get("previous_high") or details.get("previous_low")
    if row.kind in SPREADS:
        return (row.high or 0) - (row.low or 0)
    return abs(new - old) if old is not None else new


# --- a week without a message


def _prove_watch(connection: Connection, channel: str, now: datetime, hours: Hours) -> None:
    """One line to a channel that was told nothing for a week, by the digest's clock."""
    told = and_(outbox.c.channel == channel, outbox.c.state != "withheld")
    newest = select(func.coalesce(outbox.c.sent_at, outbox.c.created_at)).where(told).order_by(outbox.c.id.desc()).limit(1)
    last = connection.execute(newest).scalar()
    since = last or connection.execute(select(func.min(runs.c.started_at))).scalar()
    if since is None or now < next_digest(since + QUIET_WEEK, hours):
        return
    line = compose_watch(_read_week(connection, since), since, now, hours.timezone)
    enqueue(connection, line, [Delivery(channel, digest=False, not_before=now)], now)


def _read_week(connection: Connection, since: datetime) -> Week:
    read = (func.count(outlet_runs.c.outlet.distinct()), func.sum(outlet_runs.c.articles), func.sum(outlet_runs.c.claims))
    totals = connection.execute(select(*read).where(outlet_runs.c.at >= since, outlet_runs.c.status.in_(COLLECTED))).one()
    changes = connection.execute(select(func.count()).select_from(events).where(events.c.at >= since)).scalar_one()
    outlets, articles, figures = (int(total or 0) for total in totals)
    return Week(outlets, articles, figures, changes)


# --- rows


def _alert(row: Row[Any]) -> Alert:
    return Alert(row.alert_id, Severity(row.severity), row.title, row.body, row.html)


def _update(connection: Connection, rows: Sequence[Row[Any]], **values: object) -> None:
    for part in in_parts(row.id for row in rows):
        connection.execute(update(outbox).where(outbox.c.id.in_(part)).values(**values))
