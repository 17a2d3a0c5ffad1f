"""What is told of one statement comes as one message, what is too much comes with the digest, and nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from crawler.health import Health
from monitors import verdicts
from monitors.alerts.budgets import SHIPPED, Budgets
from monitors.alerts.deliver import send_due
from monitors.alerts.routing import TERMINAL_CHANNEL, Hours, route_severity
from monitors.alerts.wording import compose
from monitors.history import frontier
from monitors.history.gathering import gather
from monitors.history.ledger import SqlLedger
from monitors.history.outbox import counts, due
from monitors.history.store import History, open_history
from monitors.history.tables import events
from monitors.history.tables import outbox as table
from monitors.model import Channel, Delivery, Event, Kind, Qualifier, QuietHours, Scope, Series, Severity, State, Statement
from monitors.newsroom.server import Newsroom
from monitors.rules.blindness import UNSEEN
from monitors.watch import Policy

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 2, 6, 7, 0, tzinfo=UTC)
HOURS = Hours()
ALL = frozenset({Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE})
DESK = Channel("desk", "json://desk", ALL)
SOLDIERS = Series("killed", "ukraine", "military", Scope.CUMULATIVE, "ukraine")


@pytest.fixture
def history():
    with open_history("sqlite://") as opened:
        yield opened


def tell(history: History, kind: Kind = Kind.CHANGE, severity: Severity = Severity.NOTABLE, *, number: int | None = None, low: int = 100,
         before: int | None = None, series: Series = SOLDIERS, about: int | None = None, at: datetime = NOW, channel: Channel = DESK,
         digest: bool = False) -> str:
    """An alert of a kind about a stored series; of a statement by its number, or of one that another outlet misprints."""  # fmt: skip
    said = Statement(
        series, low, low, Qualifier.EXACT, "Zelensky", "2026-02-04", True, at.date(), f"{low} were killed.", "en", "https://example.org/1",
        "bbc", at, kind, id=number,
    )  # fmt: skip
    with history.transaction() as connection:
        ledger = SqlLedger(connection)
        stored = ledger.put(replace(said, id=None), None) if number is None and about is None else said
        previous = replace(said, id=about) if about else None
        event = Event(
            kind, severity, at, series.metric, series.party, series.group, series.scope, "Zelensky", low, low, Qualifier.EXACT,
            f"{kind}/{stored.id}/{about}/{low}/{at}", before, before, State.REPORTED, "war_losses", series, stored, previous, outlet="bbc",
        )  # fmt: skip
        ledger.tell(event, compose(event), [Delivery(channel.name, digest, MORNING if digest else at)], at)
    return event.id


def gathered(history: History, now: datetime = NOW, budgets: Budgets = SHIPPED, hours: Hours = HOURS, channel: Channel = DESK) -> list:
    """What is due after the gathering, in the order of sending."""
    with history.transaction() as connection:
        gather(connection, [channel], now, hours, budgets)
        rows = {row.id: row for row in connection.execute(select(table))}
        return [rows[number] for number, _ in due(connection, now)]


def send(history: History, now: datetime = NOW, **given) -> list[str]:
    """The titles of what is sent to a channel that takes everything."""
    titles = []
    for row in gathered(history, now, **given):
        with history.transaction() as connection:
            connection.execute(table.update().where(table.c.id == row.id).values(state="sent", sent_at=now))
            items = table.update().where(table.c.lease_owner == row.alert_id)
            connection.execute(items.values(state="sent", sent_at=now))
        titles.append(row.title)
    return titles


# --- groups


def test_all_that_is_told_of_one_statement_is_one_message(history):
    change = tell(history, severity=Severity.URGENT, low=55_000, before=46_000)
    (number,) = {row.statement_id for row in events_of(history)}
    gap = tell(history, Kind.DISAGREEMENT, number=number, low=56_000)
    misprint = tell(history, Kind.MISQUOTE, about=number, low=5_500)
    other = tell(history, low=314, series=replace(SOLDIERS, metric="exchanged"))
    first, second = gathered(history)
    assert first.severity == "urgent"
    assert first.alert_id.startswith("group-")
    assert all(name in first.body and name in first.html for name in (change, gap, misprint))
    assert first.html.count("</body>") == first.html.count("<body") == 1
    assert second.alert_id == other
    with history.reading() as connection:
        titles = {row.alert_id: row.title for row in connection.execute(select(table))}
    assert first.title == titles[change]
    assert titles[gap] in first.body
    assert gathered(history) == [first, second], "a second look changes nothing"


def events_of(history: History) -> list:
    with history.reading() as connection:
        return list(connection.execute(select(events)))


def test_what_a_group_holds_is_sent_with_it(history, newsroom):
    tell(history, severity=Severity.URGENT)
    (number,) = {row.statement_id for row in events_of(history)}
    tell(history, Kind.DISAGREEMENT, number=number)
    channel = replace(DESK, url=newsroom.url.replace("http://", "json://") + "/hook")
    assert send_due(history, [channel], NOW).sent == 1
    assert len(newsroom.requests) == 1
    assert send_due(history, [channel], NOW + timedelta(minutes=15)).sent == 0
    with history.reading() as connection:
        assert counts(connection) == {"sent": 3}


@pytest.fixture
def newsroom():
    with Newsroom() as server:
        server.put("/hook", "taken")
        yield server


def test_what_failed_is_tried_again_as_it_was(history, newsroom):
    newsroom.put("/hook", "busy", status=500, times=1)
    channel = replace(DESK, url=newsroom.url.replace("http://", "json://") + "/hook")
    tell(history)
    (number,) = {row.statement_id for row in events_of(history)}
    assert send_due(history, [channel], NOW).failed == 1
    tell(history, Kind.DENIAL, number=number, at=NOW + timedelta(minutes=15))
    assert send_due(history, [channel], NOW + timedelta(minutes=15)).sent == 2
    assert not any("group-" in str(request.body) for request in newsroom.requests)


def test_a_group_that_could_not_be_tried_yet_stays_one_whatever_came_meanwhile(history):
    tell(history)
    (number,) = {row.statement_id for row in events_of(history)}
    tell(history, Kind.DISAGREEMENT, number=number)
    (group,) = gathered(history)
    for n in range(5):
        tell(history, series=series(n))
    assert gathered(history, budgets=Budgets(day=1)) == [group]


# --- budgets


def series(n: int) -> Series:
    return replace(SOLDIERS, body=f"body{n}")


def test_the_sixth_notable_alert_of_a_day_comes_with_the_digest_which_says_why(history):
    for n in range(7):
        tell(history, low=100 + n, series=series(n))
    assert len(send(history)) == 5
    (digest,) = gathered(history, MORNING)
    assert digest.title == "Digest of 6 Feb 2026: 2 items"
    assert digest.body.count("would have come at once, but you had 5 alerts within a day") == 2


def test_a_day_of_the_budget_has_24_hours(history):
    for n in range(5):
        tell(history, series=series(n))
    assert len(send(history)) == 5
    tell(history, series=series(9), at=NOW + timedelta(hours=23))
    assert not [title for title in send(history, NOW + timedelta(hours=23)) if not title.startswith("Digest")]
    tell(history, series=series(10), at=NOW + timedelta(hours=24))
    assert len(send(history, NOW + timedelta(hours=24))) == 1


def test_urgent_alerts_are_never_held_back_and_use_up_nobodys_day(history):
    for n in range(8):
        tell(history, severity=Severity.URGENT, series=series(n))
    assert len(send(history)) == 8
    tell(history, series=series(9))
    assert len(send(history)) == 1


def test_a_series_is_told_of_once_in_six_hours_but_for_what_takes_back(history):
    tell(history, low=100)
    assert len(send(history)) == 1
    later = NOW + timedelta(hours=5, minutes=59)
    tell(history, low=200, at=later)
    assert send(history, later) == []
    tell(history, Kind.RETRACTION, low=100, at=later)
    tell(history, severity=Severity.URGENT, low=300, at=later)
    assert len(send(history, later)) == 2
    last = NOW + timedelta(hours=12)
    tell(history, low=400, at=last)
    assert len(send(history, last)) == 1


def test_a_group_counts_as_one_message_and_for_all_its_series(history):
    tell(history, low=100)
    (number,) = {row.statement_id for row in events_of(history)}
    tell(history, Kind.DISAGREEMENT, number=number)
    assert len(send(history, budgets=Budgets(day=2))) == 1
    tell(history, low=200, series=SOLDIERS, at=NOW + timedelta(hours=1))
    tell(history, low=200, series=series(1), at=NOW + timedelta(hours=1))
    tell(history, low=300, series=series(2), at=NOW + timedelta(hours=1))
    assert len(send(history, NOW + timedelta(hours=1), budgets=Budgets(day=2))) == 1


def test_an_event_gives_ten_alerts_at_most_in_ten_days(history):
    quake = replace(SOLDIERS, scope=Scope.EVENT, event="earthquake/cebu/2026-02-01")
    for n in range(11):
        tell(history, low=100 + n, series=replace(quake, body=f"body{n}"), at=NOW + timedelta(hours=8 * n))
        sent = send(history, NOW + timedelta(hours=8 * n), budgets=Budgets(day=0))
        assert len([title for title in sent if not title.startswith("Digest")]) == (1 if n < 10 else 0)


def test_a_budget_of_none_holds_back_nothing(history):
    for n in range(12):
        tell(history, low=100 + n)
    assert len(send(history, budgets=Budgets(0, 0, 0))) == 12


def test_a_terminal_has_no_budget(history):
    for n in range(7):
        tell(history, series=series(n), channel=TERMINAL_CHANNEL)
    assert len(send(history, channel=TERMINAL_CHANNEL)) == 7


def test_what_is_over_the_budget_reaches_a_channel_that_asks_for_no_digest(history):
    loud = replace(DESK, severities=frozenset({Severity.NOTABLE}))
    for n in range(6):
        tell(history, series=series(n))
    assert len(send(history, channel=loud)) == 5
    assert send(history, MORNING, channel=loud) == ["Digest of 6 Feb 2026: one item"]


# --- the order, the night


def test_the_loudest_goes_first(history):
    names = [tell(history, severity=loud, series=series(n)) for n, loud in enumerate((Severity.OPS, Severity.NOTABLE, Severity.URGENT))]
    assert [row.alert_id for row in gathered(history)] == names[::-1]


def test_a_notable_alert_that_failed_in_the_evening_is_not_tried_at_night(history):
    quiet = Hours(quiet=QuietHours(time(23), time(7)))
    tell(history, at=NOW)
    with history.transaction() as connection:
        connection.execute(table.update().values(attempts=3, next_at=NOW))
    assert gathered(history, NOW.replace(hour=23), hours=quiet) == []
    assert gathered(history, MORNING - timedelta(minutes=1), hours=quiet) == []
    assert len(gathered(history, MORNING, hours=quiet)) == 1


def test_what_waits_of_a_series_is_not_sent_once_it_is_muted(history):
    tell(history, digest=True, low=100)
    tell(history, at=MORNING, low=200)
    back = tell(history, Kind.RETRACTION, at=MORNING, low=200)
    with history.transaction() as connection:
        said = verdicts.mute(connection, Policy.shipped(), [SOLDIERS.key], None, NOW)
    assert said[1] == "not sent any more: 2 that waited"
    assert [row.alert_id for row in gathered(history, MORNING)] == [back]


# --- the digest


def test_the_digest_has_twenty_lines_the_largest_change_first_and_counts_the_rest(history):
    changes = [n * 37 % 34 for n in range(34)]
    for n, change in enumerate(changes):
        tell(history, severity=Severity.ROUTINE, low=1000 + change, before=1000, series=series(n), digest=True)
    (digest,) = gathered(history, MORNING)
    assert digest.title == "Digest of 6 Feb 2026: 34 items"
    items = [line for line in digest.body.splitlines() if line.startswith("- ")]
    assert len(items) == 20
    assert [int(line.partition("→ ")[2].split()[0].replace(",", "")) - 1000 for line in items] == list(range(33, 13, -1))
    assert "… and 14 more: tallywatch alerts" in digest.body


def test_the_digest_comes_at_the_hour_that_was_set(history):
    policy = Policy.shipped((), (DESK,), Hours(digest=time(18, 30)))
    (delivery,) = route_severity(Severity.ROUTINE, policy.channels, NOW, policy.hours)
    assert delivery.not_before == NOW.replace(hour=18, minute=30)


# --- a week without a message


def watch(history: History, day: int, articles: int = 40, figures: int = 12) -> None:
    at = datetime(2026, 2, day, 8, 0, tzinfo=UTC)
    with history.transaction() as connection:
        run = frontier.start_run(connection, at)
        frontier.store_outlet_runs(connection, run, [(Health("bbc", "ok", articles=articles), figures, UNSEEN)], at)


def test_after_a_week_without_a_message_one_line_says_that_the_watch_goes_on(history):
    for day in range(1, 9):
        watch(history, day)
    at = datetime(2026, 2, 8, 7, 0, tzinfo=UTC)
    assert send(history, at - timedelta(minutes=1)) == []
    (line,) = gathered(history, at)
    assert line.title == "Nothing to tell since 1 Feb 2026; articles read: 320"
    assert "since 1 Feb 2026: outlets read 1, articles 320, figures 96, changes 0." in line.body
    assert len(send(history, at)) == 1
    assert send(history, at + timedelta(days=6, hours=23)) == []
    assert len(send(history, at + timedelta(days=7))) == 1


def test_who_was_told_something_this_week_or_asks_for_no_digest_gets_no_such_line(history):
    watch(history, 1)
    tell(history, at=datetime(2026, 2, 5, 9, 0, tzinfo=UTC))
    assert len(send(history)) == 1
    assert send(history, datetime(2026, 2, 11, 7, 0, tzinfo=UTC)) == []
    later = datetime(2026, 2, 20, 7, 0, tzinfo=UTC)
    assert send(history, later, channel=replace(DESK, severities=frozenset({Severity.URGENT}))) == []
    assert send(history, later, channel=TERMINAL_CHANNEL) == []


def test_no_line_of_the_watch_before_there_was_one(history):
    assert send(history) == []


def test_a_digest_names_each_alert_in_a_webhook(history, newsroom):
    channel = replace(DESK, url=newsroom.url.replace("http://", "json://") + "/hook")
    names = [tell(history, severity=Severity.ROUTINE, series=series(n), digest=True) for n in range(3)]
    assert send_due(history, [channel], MORNING).sent == 1
    (request,) = newsroom.requests
    assert all(name in json.loads(request.body)["message"] for name in names)
