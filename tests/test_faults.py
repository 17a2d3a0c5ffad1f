"""A database that cannot be written, and a clock that jumps: what is wrong is said, and what was not told is told later, once."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from monitors.alerts import deliver
from monitors.alerts.budgets import Budgets
from monitors.alerts.deliver import send_due
from monitors.alerts.outbox import Parcel
from monitors.alerts.routing import Hours, is_quiet, route_severity
from monitors.alerts.shape import Draw
from monitors.history import outbox
from monitors.history.store import open_history
from monitors.model import Alert, Channel, QuietHours, Severity
from monitors.newsroom.server import Newsroom
from tests.forks import run_apart
from tests.jobs import BASE, Job, Outlet, known_history, outlet_table, webhook

TEXT = "President Volodymyr Zelensky said on {} that {} Ukrainian soldiers have been killed since the invasion began."
BOUNDLESS = Budgets(day=0, series_hours=0, event=0)
LONG = "\n".join(f"The session of the parliament was adjourned at {hour} and resumed later." for hour in range(200))
MOST_SEEN = 61_440
"""Bytes that a file may have: less than the history has, and than what a run writes ahead."""


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    (folder / "tally.db").chmod(0o444)
    yield
    (folder / "tally.db").chmod(0o644)


@contextmanager
def written_by_another(folder: Path) -> Iterator[None]:
    with closing(sqlite3.connect(folder / "tally.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.sqlite("a file that cannot be written")
def test_a_database_that_cannot_be_written_is_named_and_what_could_not_be_told_is_told_once_it_can_be(tmp_path: Path) -> None:
    shutil.copy(known_history(), tmp_path / "tally.db")
    with Newsroom() as newsroom, webhook() as hook:
        wire = Outlet(newsroom, "wire")
        wire.publish("old", "58,000 killed, says Zelensky", TEXT.format("Monday", "58,000"), "2026-03-02T08:00:00+00:00")
        job = Job(tmp_path, BASE + hook.channel + outlet_table("wire", wire.feed))
        job.write()
        job.run("2026-03-03T12:00Z")
        wire.publish("new", "61,000 killed, says Zelensky", TEXT.format("Wednesday", "61,000") + LONG, "2026-03-04T09:00:00+00:00")
        hook.received.clear()
        for call, fault, around, says in (
            ("run_while_disk_fills", "", nullcontext(), "the disk is full; what was being written was left out whole"),
            ("run_within_file_size", f"{MOST_SEEN}", nullcontext(), "the disk failed to read or write it, or is full"),
            ("run_as_anybody", "", read_only(tmp_path), "it cannot be written: check the permissions"),
            ("run_impatient", "", written_by_another(tmp_path), "another program has been writing to it"),
        ):  # fmt: skip
            with around:
                env = {**os.environ, "FAULT": fault}
                done = run_apart(f"tests.faults:{call}", ["run", "--at", "2026-03-04T10:00Z"], cwd=tmp_path, env=env)
            assert done.returncode == 2, (call, fault, done)
            assert "tally.db" in done.stderr, (call, fault, done)
            assert says in done.stderr, (call, fault, done)
            assert len(done.stderr.splitlines()) == 1, (call, done)
            assert hook.titles == [], call
        assert job.run("2026-03-04T10:15Z")["alerts"] == {"sent": 1, "held": 0, "failed": 0}
        assert ["→ 61,000" in title for title in hook.titles] == [True]


KYIV = ZoneInfo("Europe/Kyiv")
NIGHT = QuietHours(time(22), time(7))
DESK = Channel("desk", "json://desk", frozenset({Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE}))
CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
"""When Kyiv's clocks are put forward, and back."""


@pytest.mark.parametrize("change", CHANGES)
def test_whichever_way_the_clock_jumps_around_a_change_of_clocks_each_message_comes_once_and_none_at_night(
    monkeypatch: pytest.MonkeyPatch, change: datetime
) -> None:
    """A day and a half, a run and a message every half an hour; now and then the machine's clock is wrong for some hours."""
    random, told, names, hours = Random(3), list[tuple[str, datetime]](), set[str](), Hours(KYIV, quiet=NIGHT)

    def take(channel: Channel, parcel: Parcel, draw: Draw | None = None) -> None:
        told.append((parcel.alert_id, now))

    monkeypatch.setattr(deliver, "send_parcel", take)
    wrong = timedelta()
    with open_history("sqlite://") as history:
        for number in range(72):
            if number % 7 == 0:
                wrong = timedelta(hours=random.choice((0, 0, 0, -26, -1, 1, 26, 40 * 24)))
            now = change + (number - 36) * timedelta(minutes=30) + wrong
            severity = random.choice((Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE))
            names.add(name := f"{severity} {number}")
            with history.transaction() as connection:
                outbox.enqueue(connection, Alert(name, severity, name, name, ""), route_severity(severity, [DESK], now, hours), now)
            send_due(history, [DESK], now, hours=hours, budgets=BOUNDLESS)
        now = change + timedelta(days=4)
        send_due(history, [DESK], now, hours=hours, budgets=BOUNDLESS)
        with history.reading() as connection:
            assert outbox.counts(connection).keys() == {"sent"}
    came = [name for name, _ in told]
    assert len(came) == len(set(came)), "twice"
    assert {name for name in names if not name.startswith(Severity.ROUTINE)} <= set(came)
    assert not [name for name, when in told if name.startswith(Severity.NOTABLE) and is_quiet(when.astimezone(KYIV), NIGHT)]
