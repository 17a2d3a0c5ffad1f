"""Decide which channels are told of an event, and when: at once, after the quiet hours, or with the digest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from monitors.alerts.phrases import words
from monitors.model import QUIET_KINDS, Channel, Delivery, Event, Monitor, QuietHours, Severity

DIGEST_AT = time(7, 0)
"""DOMAIN.md 3.10: the digest goes at seven in the morning, where the reader lives."""

TERMINAL = "terminal"
TERMINAL_CHANNEL = Channel(TERMINAL, "", frozenset({Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE}))
"""Where alerts go while no channel is configured."""


@dataclass(frozen=True)
class Hours:
    """The reader's day: by which clock, when the digest comes, when notable alerts wait."""

    timezone: tzinfo = UTC
    digest: time = DIGEST_AT
    quiet: QuietHours | None = None


PLAIN = Hours()
"""Where nobody has set anything."""


@dataclass(frozen=True)
class Choice:
    """What a channel is told of an event: its delivery, or why there is none."""

    channel: str
    delivery: Delivery | None
    why: str = ""


def route(
    event: Event, channels: Sequence[Channel], now: datetime, *, monitor: Monitor | None = None, hours: Hours = PLAIN
) -> list[Delivery]:
    """The channels an event goes to, and when; none for what is kept quiet. Without channels: the terminal."""
    return [choice.delivery for choice in choose(event, channels, now, monitor=monitor, hours=hours) if choice.delivery]


def choose(
    event: Event, channels: Sequence[Channel], now: datetime, *, monitor: Monitor | None = None, hours: Hours = PLAIN
) -> Iterator[Choice]:
    """For each channel whether it is told of an event; `monitor` is the one that listens to it."""
    for channel in channels or (TERMINAL_CHANNEL,):
        why = why_not(event, channel, monitor)
        yield Choice(channel.name, None if why else delivery(event.severity, channel, now, hours), why)


def route_severity(severity: Severity, channels: Sequence[Channel], now: datetime, hours: Hours = PLAIN) -> list[Delivery]:
    """Who is told of something that is of no event, like a summary, and when.

    >>> night = datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    >>> route_severity(Severity.ROUTINE, (), night)[0].not_before.isoformat()
    '2026-02-06T07:00:00+00:00'
    """
    return [delivery(severity, channel, now, hours) for channel in channels or (TERMINAL_CHANNEL,) if severity in channel.severities]


def why_not(event: Event, channel: Channel, monitor: Monitor | None) -> str:
    """Why a channel is not told of an event; empty where it is."""
    frames: dict[str, str] = words()["routing"]
    if event.kind in QUIET_KINDS or event.severity is Severity.LOG:
        return frames["quiet"]
    if event.severity not in channel.severities:
        return frames["severity"].format(wants=listed(channel.severities))
    if event.severity is Severity.OPS:  # of the watch itself: no monitor's matter, nobody's people, in no language
        return ""
    if monitor and monitor.channels and channel.name not in monitor.channels:
        return frames["named"].format(monitor=monitor.name, wants=listed(monitor.channels))
    for name, wanted, has in (
        ("monitors", channel.monitors, {event.monitor}),
        ("parties", channel.parties, parties_of(event)),
        ("languages", channel.languages, {event.statement.language.partition("-")[0] if event.statement else None}),
    ):
        if wanted and not wanted & has:
            return frames[name].format(wants=listed(wanted))
    return ""


def parties_of(event: Event) -> set[str | None]:
    """Whose people an event is about: of an exchange both sides, each with its own number."""
    shown = (statement for statement in (event.statement, *event.others) if statement)
    return {event.party, *(statement.series.party for statement in shown)}


def listed(names: frozenset[str] | frozenset[Severity] | tuple[str, ...]) -> str:
    return ", ".join(sorted(map(str, names)))


def delivery(severity: Severity, channel: Channel, now: datetime, hours: Hours) -> Delivery:
    """Routine waits for the digest, notable for the end of the quiet hours, all else goes at once."""
    if severity is Severity.ROUTINE:
        return Delivery(channel.name, digest=True, not_before=next_digest(now, hours))
    return Delivery(channel.name, digest=False, not_before=next_waking(severity, channel, now, hours))


def next_digest(now: datetime, hours: Hours) -> datetime:
    """The first time after `now` at which the digest goes, by the reader's clock, summer time or not.

    >>> next_digest(datetime(2026, 2, 5, 7, 0, tzinfo=UTC), Hours()).isoformat()
    '2026-02-06T07:00:00+00:00'
    """
    local = now.astimezone(hours.timezone)
    days = (local.date() + timedelta(days=n) for n in (0, 1, 2))  # two, where the calendar of a place left a day out
    moments = (datetime.combine(day, hours.digest, hours.timezone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > now)


def next_waking(severity: Severity, channel: Channel, now: datetime, hours: Hours) -> datetime:
    """When a channel may be told: now, or when its quiet hours end. Only what is notable waits; a terminal wakes nobody."""
    quiet = channel.quiet or hours.quiet
    if severity is not Severity.NOTABLE or channel.name == TERMINAL or quiet is None:
        return now
    return end_of_quiet(now, quiet, hours.timezone)


def end_of_quiet(now: datetime, quiet: QuietHours, timezone: tzinfo) -> datetime:
    """The first whole minute at which it is quiet no more; `now` itself outside of the quiet hours.

    It asks the clock minute by minute: where clocks are changed, an hour comes twice or never, and no shorter way is right for both.
    """
    zone, moment = quiet.timezone or timezone, now
    while is_quiet(moment.astimezone(zone), quiet):
        moment = (moment + MINUTE).replace(second=0, microsecond=0)
    return moment


MINUTE = timedelta(minutes=1)


def is_quiet(local: datetime, quiet: QuietHours) -> bool:
    """Whether a clock shows a time within the quiet hours; those over midnight are of the day on which they begin."""
    clock, today = local.time(), local.weekday()
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end and today in quiet.days
    return (clock >= quiet.start and today in quiet.days) or (clock < quiet.end and (today - 1) % 7 in quiet.days)
