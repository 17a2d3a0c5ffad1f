"""Outgoing messages are sent once, never lost, and marked where they may come twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitors.alerts.budgets import SHIPPED
from monitors.alerts.outbox import LEASE, Parcel, delivered, failed
from monitors.alerts.routing import PLAIN
from monitors.history import outbox
from monitors.history.gathering import gather
from monitors.history.store import open_history
from monitors.history.tables import outbox as table
from monitors.model import Alert, Delivery, Severity

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=24)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def history(request, tmp_path):
    url = request.getfixturevalue("history_database") if request.param == "postgresql" else f"sqlite:///{tmp_path / 'history.db'}"
    with open_history(url) as opened:
        yield opened


def alert(name: str = "a1", severity: Severity = Severity.URGENT) -> Alert:
    return Alert(name, severity, f"Title of {name}", f"Body of {name}\n\nalert {name}", f"<p>{name}</p>")


def put(history, name: str = "a1", channels: tuple[str, ...] = ("desk",), digest: bool = False, not_before: datetime = NOW) -> int:
    with history.transaction() as c:
        return outbox.enqueue(c, alert(name), [Delivery(channel, digest, not_before) for channel in channels], NOW)


def rows(history) -> list:
    with history.reading() as c:
        return list(c.execute(select(table).order_by(table.c.id)))


def take(history, row: int, owner: str = "me", now: datetime = NOW, alone: bool = False) -> Parcel | None:
    with history.transaction() as c:
        return outbox.claim(c, row, owner, now, alone=alone)


def end(history, parcel: Parcel, outcome, owner: str = "me", now: datetime = NOW) -> bool:
    with history.transaction() as c:
        return outbox.finish(c, parcel.id, owner, outcome, now)


def due(history, now: datetime = NOW) -> list[tuple[int, str]]:
    with history.reading() as c:
        return outbox.due(c, now)


def gather_digests(history, now: datetime) -> None:
    with history.transaction() as c:
        gather(c, (), now, PLAIN, SHIPPED)


def test_an_alert_goes_to_a_channel_once_ever(history):
    assert put(history, channels=("desk", "push")) == 2
    assert put(history, channels=("desk", "push", "new")) == 1
    assert [(r.alert_id, r.channel, r.state) for r in rows(history)] == [
        ("a1", "desk", "pending"), ("a1", "push", "pending"), ("a1", "new", "pending"),
    ]  # fmt: skip


def test_a_message_is_sent_and_not_again(history):
    put(history)
    parcel = take(history, 1)
    assert parcel is not None
    assert parcel.shown_title == "Title of a1"
    assert end(history, parcel, delivered(NOW))
    assert due(history, LATER) == []
    assert take(history, 1, now=LATER, alone=True) is None
    assert rows(history)[0].sent_at == NOW


def test_two_senders_do_not_take_the_same_message(history):
    put(history)
    assert take(history, 1, "one") is not None
    assert take(history, 1, "two") is None


def test_what_is_not_due_is_not_taken(history):
    put(history, not_before=LATER)
    assert due(history) == []
    assert take(history, 1) is None
    assert due(history, LATER) == [(1, "desk")]


def test_a_message_whose_sender_died_is_sent_again_and_marked_for_good(history):
    put(history)
    take(history, 1, "died")
    assert take(history, 1, "next", NOW + LEASE - timedelta(seconds=1)) is None
    parcel = take(history, 1, "next", NOW + LEASE)
    assert parcel.shown_title == "[possible repeat] Title of a1"
    end(history, parcel, failed(parcel, "500", NOW + LEASE), "next")
    parcel = take(history, 1, "third", NOW + LEASE)
    assert parcel.shown_title == "[possible repeat] Title of a1"


def test_who_holds_the_lock_need_not_wait_for_a_dead_senders_lease(history):
    put(history)
    take(history, 1, "died")
    parcel = take(history, 1, "next", alone=True)
    assert parcel is not None
    assert parcel.maybe_sent


def test_a_sender_that_lost_its_lease_writes_nothing(history):
    put(history)
    slow = take(history, 1, "slow")
    take(history, 1, "next", NOW + LEASE)
    assert not end(history, slow, delivered(NOW), "slow")
    assert rows(history)[0].state == "sending"


def test_a_plain_failure_is_no_reason_for_a_mark(history):
    put(history)
    parcel = take(history, 1)
    end(history, parcel, failed(parcel, "refused", NOW))
    assert take(history, 1).shown_title == "Title of a1"


def test_a_send_without_an_answer_is_marked(history):
    put(history)
    parcel = take(history, 1)
    end(history, parcel, failed(parcel, "no answer", NOW, doubt=True))
    assert take(history, 1).maybe_sent


def test_new_messages_go_before_those_that_failed(history):
    put(history, "old")
    parcel = take(history, 1)
    end(history, parcel, failed(parcel, "500", NOW))
    put(history, "new")
    assert [row for row, _ in due(history)] == [2, 1]


def test_it_is_given_up_after_days_of_trying_and_not_before(history):
    put(history)
    now, tries = NOW, 0
    while due(history, now):
        parcel = take(history, 1, now=now)
        tries += 1
        outcome = failed(parcel, "550 no such user", now)
        end(history, parcel, outcome, now=now)
        now = outcome.next_at
    assert rows(history)[0].state == "dead"
    assert timedelta(days=3) <= now - NOW < timedelta(days=3, hours=7)
    assert 8 <= tries <= 30


def test_a_machine_that_was_off_for_a_week_still_tries(history):
    put(history)
    parcel = take(history, 1, now=NOW + timedelta(days=7))
    assert failed(parcel, "500", NOW + timedelta(days=7)).state == "pending"


def test_a_digest_is_one_message_a_channel(history):
    for name in ("a1", "a2", "a3"):
        put(history, name, ("desk", "push"), digest=True, not_before=LATER)
    gather_digests(history, LATER - timedelta(seconds=1))
    assert due(history, LATER) == []
    gather_digests(history, LATER)
    gather_digests(history, LATER)
    messages = due(history, LATER)
    assert [channel for _, channel in messages] == ["desk", "push"]
    parcel = take(history, messages[0][0], now=LATER)
    assert parcel.title == "Digest of 6 Feb 2026: 3 items"
    assert all(f"Title of {name}" in parcel.body for name in ("a1", "a2", "a3"))
    end(history, parcel, delivered(LATER), now=LATER)
    states = {(r.alert_id, r.channel): r.state for r in rows(history)}
    assert {states[name, "desk"] for name in ("a1", "a2", "a3")} == {"sent"}
    assert {states[name, "push"] for name in ("a1", "a2", "a3")} == {"digest"}


def test_a_digest_item_that_comes_later_waits_for_the_next_digest(history):
    put(history, "a1", digest=True, not_before=NOW)
    gather_digests(history, NOW)
    put(history, "a2", digest=True, not_before=LATER)
    gather_digests(history, LATER)
    assert [r.title for r in rows(history) if r.alert_id.startswith("digest-")] == [
        "Digest of 5 Feb 2026: one item", "Digest of 6 Feb 2026: one item",
    ]  # fmt: skip


def test_undelivered_are_those_that_should_have_arrived(history):
    put(history, "sent")
    put(history, "failed")
    put(history, "quiet", not_before=LATER)
    put(history, "routine", digest=True, not_before=LATER)
    parcel = take(history, 1)
    end(history, parcel, delivered(NOW))
    parcel = take(history, 2)
    end(history, parcel, failed(parcel, "500", NOW))
    with history.reading() as c:
        assert outbox.undelivered(c, NOW) == {"desk": 1}
        assert outbox.deliveries_of(c, ["sent", "failed"]) == {"sent": [("desk", "sent", None)], "failed": [("desk", "pending", "500")]}
