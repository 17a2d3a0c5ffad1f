"""Decide which channels are told of an event, and when: at once, after the quiet hours, or with the digest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from monitors.model import QUIET_KINDS, Channel, Delivery, Event, Monitor, Severity

DIGEST_AT = time(7, 0)
"""DOMAIN.md 3.10: the digest goes at seven in the morning, where the reader lives."""

TERMINAL = "terminal"
TERMINAL_CHANNEL = Channel(TERMINAL, "", frozenset({Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE}))
"""Where alerts go while no channel is configured."""


@dataclass(frozen=True)
class QuietHours:
    """When notable alerts wait, by the reader's clock; from the evening to the morning where `start` is the later."""

    start: time
    end: time


def route(
    event: Event,
    channels: Sequence[Channel],
    now: datetime,
    *,
    monitor: Monitor | None = None,
    timezone: tzinfo = UTC,
    quiet: QuietHours | None = None,
) -> list[Delivery]:
    """The channels an event goes to: those that want its severity and that its monitor names; none for what is kept quiet."""
    if event.kind in QUIET_KINDS:
        return []
    named = monitor.channels if monitor and event.severity is not Severity.OPS else ()
    return route_severity(event.severity, [c for c in channels if not named or c.name in named] if channels else (), now, timezone, quiet)


def route_severity(
    severity: Severity, channels: Sequence[Channel], now: datetime, timezone: tzinfo = UTC, quiet: QuietHours | None = None
) -> list[Delivery]:
    """Who is told of something of a severity, and when; of a summary too, which is of no event. Without channels: the terminal.

    >>> night = datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    >>> route_severity(Severity.ROUTINE, (), night)[0].not_before.isoformat()
    '2026-02-06T07:00:00+00:00'
    """
    wanting = [channel for channel in channels or (TERMINAL_CHANNEL,) if severity in channel.severities]
    return [delivery(severity, channel.name, now, timezone, quiet) for channel in wanting if severity is not Severity.LOG]


def delivery(severity: Severity, channel: str, now: datetime, timezone: tzinfo, quiet: QuietHours | None) -> Delivery:
    """Routine waits for the digest, notable for the end of the quiet hours, all else goes at once."""
    if severity is Severity.ROUTINE:
        return Delivery(channel, digest=True, not_before=next_digest(now, timezone))
    waits = severity is Severity.NOTABLE and channel != TERMINAL
    return Delivery(channel, digest=False, not_before=end_of_quiet(now, timezone, quiet) if waits and quiet else now)


def next_digest(now: datetime, timezone: tzinfo) -> datetime:
    """The first seven o'clock after `now`, by the reader's clock, summer time or not.

    >>> next_digest(datetime(2026, 2, 5, 7, 0, tzinfo=UTC), UTC).isoformat()
    '2026-02-06T07:00:00+00:00'
    """
    return next_time(now, DIGEST_AT, timezone)


def next_time(now: datetime, at: time, timezone: tzinfo) -> datetime:
    local = now.astimezone(timezone)
    today = datetime.combine(local.date(), at, timezone)
    # Compared in UTC: clocks of one zone are compared as they show, even across a change of summer time.
    due = today if today.astimezone(UTC) > now.astimezone(UTC) else datetime.combine(local.date() + timedelta(days=1), at, timezone)
    return due.astimezone(UTC)


def end_of_quiet(now: datetime, timezone: tzinfo, quiet: QuietHours) -> datetime:
    """When the quiet hours that `now` falls into end; `now` itself outside of them."""
    clock = now.astimezone(timezone).time()
    over_midnight = quiet.start > quiet.end
    is_quiet = (clock >= quiet.start or clock < quiet.end) if over_midnight else quiet.start <= clock < quiet.end
    return next_time(now, quiet.end, timezone) if is_quiet else now
