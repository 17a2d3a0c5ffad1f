"""Who is told of what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitors.alerts.routing import TERMINAL, Hours, choose, is_quiet, next_digest, route
from monitors.alerts.wording import sample_event
from monitors.model import Channel, Event, Kind, Monitor, QuietHours, Severity

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
    assert next_digest(datetime.fromisoformat(now), Hours(KYIV)) == datetime.fromisoformat(due)


def test_routine_waits_for_the_digest():
    (delivery,) = route(event(Severity.ROUTINE), ALL, NOW, hours=Hours(KYIV))
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
    (delivery,) = route(event(Severity.NOTABLE), (DESK,), now, hours=Hours(quiet=quiet))
    assert delivery.not_before == (datetime.fromisoformat(waits_until) if waits_until else now)


def test_an_urgent_alert_never_waits():
    night = datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    assert {d.not_before for d in route(event(Severity.URGENT), ALL, night, hours=Hours(quiet=NIGHT))} == {night}


# --- what a channel asks for


def about(party: str | None = "ukraine", language: str = "en", monitor: str | None = "war_losses") -> Event:
    """A change of the soldiers killed of a party, in a sentence of a language."""
    sample = sample_event(NOW)
    statement = replace(sample.statement, series=replace(sample.statement.series, party=party), language=language)
    return replace(sample, party=party, statement=statement, monitor=monitor, severity=Severity.URGENT, others=())


@pytest.mark.parametrize(
    ("wants", "told", "not_told"),
    [
        ({"parties": {"ukraine"}}, about(), about("russia")),
        ({"parties": {"ukraine"}}, about(), about(None)),
        ({"languages": {"uk"}}, about(language="uk"), about()),
        ({"languages": {"en"}}, about(language="en-GB"), about(language="uk")),
        ({"monitors": {"tolls"}}, about(monitor="tolls"), about()),
        ({"monitors": {"tolls"}}, about(monitor="tolls"), about(monitor=None)),
        ({"monitors": {"tolls", "war_losses"}, "parties": {"gaza"}}, about("gaza"), about("gaza", monitor="civilians")),
    ],
)
def test_a_channel_is_told_of_what_it_asks_for_and_the_choice_says_why_not(wants, told, not_told):
    channel = replace(DESK, **{key: frozenset(names) for key, names in wants.items()})
    assert [d.channel for d in route(told, (channel,), NOW)] == ["desk"]
    (choice,) = choose(not_told, (channel,), NOW)
    assert choice.delivery is None
    assert choice.why.startswith("it asks for ")


def test_an_exchange_is_of_both_sides_that_it_names():
    both = replace(about(None), others=(about("ukraine").statement, about("russia").statement))
    assert route(both, (replace(DESK, parties=frozenset({"russia"})),), NOW)


def test_the_operator_is_told_of_trouble_whatever_parties_a_channel_asks_for():
    channel = replace(OPS, parties=frozenset({"ukraine"}), languages=frozenset({"uk"}), monitors=frozenset({"tolls"}))
    assert route(event(Severity.OPS, Kind.HEALTH), (channel,), NOW)


# --- quiet hours


def test_quiet_hours_hold_on_their_days_and_those_over_midnight_belong_to_the_day_they_begin_on():
    weekend = replace(NIGHT, days=frozenset({4, 5}))  # the nights after Friday and Saturday

    def waits(at: str) -> bool:
        now = datetime.fromisoformat(at)
        (delivery,) = route(event(Severity.NOTABLE), (DESK,), now, hours=Hours(quiet=weekend))
        return delivery.not_before > now

    assert [waits(f"2026-02-{day:02}T23:30:00+00:00") for day in (5, 6, 7, 8)] == [False, True, True, False]
    assert [waits(f"2026-02-{day:02}T05:00:00+00:00") for day in (5, 6, 7, 8, 9)] == [False, False, True, True, False]


def test_a_channel_has_quiet_hours_of_its_own_by_a_clock_of_its_own():
    night = datetime(2026, 2, 5, 4, 30, tzinfo=UTC)  # 23:30 in New York
    away = replace(DESK, quiet=replace(NIGHT, timezone=ZoneInfo("America/New_York")))
    awake, asleep = route(event(Severity.NOTABLE), (replace(PUSH, severities=DESK.severities), away), night, hours=Hours(KYIV))
    assert (awake.not_before, asleep.not_before) == (night, datetime(2026, 2, 5, 12, 0, tzinfo=UTC))


@cache
def clocks() -> tuple[tuple[ZoneInfo, tuple[date, ...]], ...]:
    """Every IANA zone with the days of 2026 on which its clocks are changed, or a day like any other; of zones that show the same one."""
    noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    alike: dict[object, tuple[ZoneInfo, tuple[date, ...]]] = {}
    for zone in map(ZoneInfo, sorted(available_timezones())):
        offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
        changes = [noon.date() for noon, before, after in zip(noons, offsets, offsets[1:], strict=False) if before != after]
        days = tuple(changes) or (date(2026, 6, 1),)
        hours = [datetime.combine(day, time(12), UTC) + timedelta(minutes=30 * n) for day in days for n in range(48)]
        alike.setdefault((*offsets, *(hour.astimezone(zone).utcoffset() for hour in hours)), (zone, days))
    return tuple(alike.values())


minutes = st.integers(0, 24 * 60 - 1)


@settings(max_examples=8)
@example(start=90, length=60, offset=0, hour=105)  # within the hour that comes twice, or never
@example(start=23 * 60, length=210, offset=0, hour=0)
@given(start=minutes, length=st.integers(1, 23 * 60), offset=st.integers(-24 * 60, 24 * 60), hour=minutes)
def test_in_every_zone_a_notable_alert_never_comes_within_the_quiet_hours_and_comes_when_they_end(start, length, offset, hour):
    quiet = QuietHours(*(time(at // 60 % 24, at % 60) for at in (start, start + length)))
    for zone, days in clocks():
        for day in days:
            now = datetime.combine(day, time(hour // 60, hour % 60), zone).astimezone(UTC) + timedelta(minutes=offset)
            (delivery,) = route(event(Severity.NOTABLE), (DESK,), now, hours=Hours(zone, quiet=quiet))
            told = delivery.not_before
            assert not is_quiet(told.astimezone(zone), quiet), (zone, now)
            assert now <= told <= now + timedelta(hours=47), (zone, now)
            if told > now:
                assert is_quiet(now.astimezone(zone), quiet), (zone, now)
                assert is_quiet((told - timedelta(minutes=1)).astimezone(zone), quiet), (zone, now)
                shown = told.astimezone(zone)
                gap = (told - timedelta(minutes=1)).astimezone(zone).utcoffset() != shown.utcoffset()
                assert shown.time() == quiet.end or gap, (zone, now)


@settings(max_examples=5)
@given(at=minutes, offset=st.integers(-24 * 60, 24 * 60))
def test_in_every_zone_the_digest_comes_once_a_day(at, offset):
    for zone, days in clocks():
        hours = Hours(zone, time(at // 60, at % 60))
        for day in days:
            now = datetime.combine(day, time(12), hours.timezone).astimezone(UTC) + timedelta(minutes=offset)
            first = next_digest(now, hours)
            second = next_digest(first, hours)
            assert now < first <= now + timedelta(hours=26), (zone, now)
            assert timedelta(hours=21) <= second - first <= timedelta(hours=27), (zone, now)
