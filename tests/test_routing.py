"""Who is told of what, and when."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitors.alerts.routing import TERMINAL, QuietHours, next_digest, route
from monitors.model import Channel, Event, Kind, Monitor, Severity

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
DESK = Channel("desk", "json://desk")
PUSH = Channel("push", "json://push", frozenset({Severity.URGENT}))
DIGEST = Channel("digest", "json://digest", frozenset({Severity.ROUTINE}))
OPS = Channel("ops", "json://ops", frozenset({Severity.OPS}))
ALL = (DESK, PUSH, DIGEST, OPS)
NIGHT = QuietHours(time(23), time(7))


def event(severity: Severity, kind: Kind = Kind.CHANGE) -> Event:
    return Event(kind, severity, NOW, None, None, None, None, None, None, None, None, "k")


@pytest.mark.parametrize(
    ("severity", "names"),
    [
        (Severity.URGENT, ["desk", "push"]),
        (Severity.NOTABLE, ["desk"]),
        (Severity.ROUTINE, ["digest"]),
        (Severity.OPS, ["ops"]),
        (Severity.LOG, []),
    ],
)
def test_a_channel_is_told_what_it_asked_for(severity, names):
    assert [d.channel for d in route(event(severity), ALL, NOW)] == names


@pytest.mark.parametrize(
    ("severity", "names"),
    [
        (Severity.URGENT, [TERMINAL]),
        (Severity.NOTABLE, [TERMINAL]),
        (Severity.ROUTINE, [TERMINAL]),
        (Severity.OPS, []),
        (Severity.LOG, []),
    ],
)
def test_without_a_channel_the_terminal_is_told(severity, names):
    assert [d.channel for d in route(event(severity), (), NOW)] == names


def test_a_monitor_names_its_channels():
    mine = Monitor("measles", "Measles", ("cases",), channels=("push",))
    assert [d.channel for d in route(event(Severity.URGENT), ALL, NOW, monitor=mine)] == ["push"]
    assert route(event(Severity.NOTABLE), ALL, NOW, monitor=mine) == []


def test_trouble_of_an_outlet_is_no_matter_of_a_monitor():
    mine = Monitor("measles", "Measles", ("cases",), channels=("push",))
    assert [d.channel for d in route(event(Severity.OPS, Kind.HEALTH), ALL, NOW, monitor=mine)] == ["ops"]


def test_a_monitor_whose_channels_do_not_want_it_does_not_fall_back_to_the_terminal():
    mine = Monitor("measles", "Measles", ("cases",), channels=("digest",))
    assert route(event(Severity.URGENT), ALL, NOW, monitor=mine) == []


@pytest.mark.parametrize("kind", [Kind.RESTATEMENT, Kind.HISTORICAL, Kind.SYNDICATED, Kind.EXPLAINED])
def test_quiet_kinds_are_told_to_nobody(kind):
    assert route(event(Severity.URGENT, kind), ALL, NOW) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-02-05T04:59:00+00:00", "2026-02-05T05:00:00+00:00"),  # 06:59 in Kyiv
        ("2026-02-05T05:00:00+00:00", "2026-02-06T05:00:00+00:00"),
        ("2026-03-28T12:00:00+00:00", "2026-03-29T04:00:00+00:00"),  # the clocks go forward that night
        ("2026-10-24T12:00:00+00:00", "2026-10-25T05:00:00+00:00"),  # and back
    ],
)
def test_the_digest_is_due_at_seven_by_the_readers_clock(now, due):
    assert next_digest(datetime.fromisoformat(now), KYIV) == datetime.fromisoformat(due)


def test_routine_waits_for_the_digest():
    (delivery,) = route(event(Severity.ROUTINE), ALL, NOW, timezone=KYIV)
    assert delivery.digest
    assert delivery.not_before == datetime(2026, 2, 6, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "quiet", "waits_until"),
    [
        ("23:30", NIGHT, "2026-02-06T07:00:00+00:00"),
        ("03:00", NIGHT, "2026-02-05T07:00:00+00:00"),
        ("07:00", NIGHT, None),
        ("22:59", NIGHT, None),
        ("13:00", QuietHours(time(12), time(14)), "2026-02-05T14:00:00+00:00"),
        ("11:00", QuietHours(time(12), time(14)), None),
        ("11:00", None, None),
    ],
)
def test_a_notable_alert_waits_for_the_end_of_the_quiet_hours(clock, quiet, waits_until):
    now = datetime.fromisoformat(f"2026-02-05T{clock}:00+00:00")
    (delivery,) = route(event(Severity.NOTABLE), (DESK,), now, quiet=quiet)
    assert delivery.not_before == (datetime.fromisoformat(waits_until) if waits_until else now)


def test_an_urgent_alert_never_waits():
    night = datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    assert {d.not_before for d in route(event(Severity.URGENT), ALL, night, quiet=NIGHT)} == {night}
