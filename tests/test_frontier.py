"""frontier: no page is lost or read twice, young ones are read again, and outlets' failures are counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from crawler.article import Article, Entry
from crawler.health import Health
from crawler.memory import Rest, Standing, Terms, Validators
from monitors.history import frontier, tables
from monitors.history.frontier import OutletRecord
from monitors.history.store import History, open_history
from monitors.rules.blindness import UNSEEN

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
FEED = "https://example.org/rss"
PAGE = Entry("https://example.org/1", "One", published=NOON - timedelta(minutes=5))
GIVEN = Validators('"e1"', "Wed, 04 Feb 2026 11:59:00 GMT", "0" * 64)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with open_history(f"sqlite:///{tmp_path}/h.db") as opened:
        yield opened


@pytest.fixture
def connection(history: History) -> Iterator[Connection]:
    with history.transaction() as opened:
        yield opened


def find(connection: Connection, *entries: Entry, now: datetime = NOON) -> int:
    return frontier.store_found(connection, "example", FEED, entries, GIVEN, now)


def waiting(connection: Connection, now: datetime = NOON) -> list[str]:
    return [entry.title for entry in frontier.pending(connection, "example", now)]


def read(connection: Connection, entry: Entry = PAGE, now: datetime = NOON) -> None:
    article = Article("example", entry.url, entry.title, "text", published=entry.published)
    frontier.done(connection, "example", entry, article, Validators("page"), now)


def test_entries_and_the_validators_of_their_feed_are_stored_together(connection: Connection) -> None:
    assert find(connection, PAGE) == 1
    assert frontier.validators(connection, FEED) == GIVEN
    assert frontier.validators(connection, PAGE.url) is None
    assert frontier.pending(connection, "example", NOON) == [PAGE]
    assert frontier.pending(connection, "another", NOON) == []


def test_a_feed_that_could_not_be_stored_whole_is_read_whole_again(history: History) -> None:
    with suppress(ZeroDivisionError), history.transaction() as connection:
        find(connection, PAGE)
        raise ZeroDivisionError
    with history.reading() as connection:
        assert frontier.validators(connection, FEED) is None
        assert waiting(connection) == []


@pytest.mark.parametrize(
    "entry",
    [
        Entry("https://example.org/2", "All", "of it", NOON, NOON, "uk", "World", "Line one\nLine two"),
        Entry("https://example.org/2", "A day", published=date(2026, 2, 4)),
        Entry("https://example.org/2", "No zone", published=datetime(2026, 2, 4, 11)),
        Entry("https://example.org/2", "Kyiv", published=NOON.astimezone(timezone(timedelta(hours=2)))),
        Entry("https://example.org/2"),
    ],
)
def test_an_entry_comes_back_as_it_was_found(connection: Connection, entry: Entry) -> None:
    find(connection, entry)
    assert frontier.pending(connection, "example", NOON) == [entry]


def test_pages_wait_newest_first(connection: Connection) -> None:
    hours = {"old": 30, "new": 1, "middle": 5}
    find(connection, *(Entry(f"https://example.org/{name}", name, published=NOON - timedelta(hours=age)) for name, age in hours.items()))
    assert waiting(connection) == ["new", "middle", "old"]


def test_a_page_is_queued_once_however_often_its_feed_tells_of_it(connection: Connection) -> None:
    assert [find(connection, PAGE), find(connection, PAGE)] == [1, 0]
    read(connection)
    assert find(connection, PAGE) == 0
    assert waiting(connection) == []


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"title": "One, corrected"}, 1),
        ({"updated": NOON + timedelta(minutes=1)}, 1),
        ({"updated": NOON - timedelta(minutes=1)}, 0),
        ({"updated": None}, 0),
        ({"summary": "another teaser"}, 0),
    ],
)
def test_a_page_is_queued_again_when_its_feed_says_that_it_changed(connection: Connection, change: dict[str, object], again: int) -> None:
    entry = replace(PAGE, updated=NOON)
    find(connection, entry)
    read(connection, entry)
    assert find(connection, replace(entry, **change)) == again  # type: ignore[arg-type]
    assert len(waiting(connection)) == again


def test_a_feed_that_repeats_a_page_after_a_headline_edit_queues_it_once(connection: Connection) -> None:
    edited = replace(PAGE, title="One, edited")
    assert find(connection, edited, PAGE) == 1
    assert waiting(connection) == ["One, edited"]
    assert find(connection, edited, PAGE) == 0


def test_an_entry_older_than_a_week_is_not_read(connection: Connection) -> None:
    old = replace(PAGE, published=NOON - timedelta(days=7, minutes=1))
    assert find(connection, old) == 0
    assert find(connection, replace(old, published=NOON - timedelta(days=6))) == 1


def test_a_page_is_read_again_at_the_ages_of_the_ladder(connection: Connection) -> None:
    find(connection, replace(PAGE, published=NOON))
    ages = []
    now = NOON
    while now < NOON + timedelta(days=10):
        if waiting(connection, now):
            ages.append(now - NOON)
            read(connection, replace(PAGE, published=NOON), now)
        now += timedelta(minutes=15)
    assert ages == [timedelta(0), *frontier.REREAD_AFTER]


def test_a_page_without_a_date_is_as_old_as_its_finding(connection: Connection) -> None:
    find(connection, replace(PAGE, published=None))
    read(connection, replace(PAGE, published=None), NOON + timedelta(minutes=20))
    assert waiting(connection, NOON + timedelta(minutes=59)) == []
    assert waiting(connection, NOON + timedelta(hours=1)) == ["One"]


@pytest.mark.parametrize("dated", [True, False], ids=["in its feed", "on the page only"])
def test_a_page_dated_in_the_future_climbs_the_ladder_from_its_finding(connection: Connection, dated: bool) -> None:
    future = replace(PAGE, published=NOON + timedelta(days=300))
    find(connection, future if dated else replace(PAGE, published=None))
    ages = []
    now = NOON
    while now < NOON + timedelta(days=10):
        if waiting(connection, now):
            ages.append(now - NOON)
            read(connection, future, now)
        now += timedelta(minutes=15)
    assert ages == [timedelta(0), *frontier.REREAD_AFTER]


def test_a_page_dated_in_the_future_is_not_put_before_newer_ones(connection: Connection) -> None:
    find(connection, Entry("https://example.org/2", "future", published=NOON + timedelta(days=300)), now=NOON - timedelta(hours=2))
    find(connection, Entry("https://example.org/3", "new", published=NOON - timedelta(hours=1)))
    assert waiting(connection) == ["new", "future"]


def test_an_unchanged_page_climbs_the_ladder_and_keeps_its_validators(connection: Connection) -> None:
    find(connection, PAGE)
    read(connection)
    frontier.store_unchanged(connection, [("example", PAGE.url), ("example", FEED)], NOON + timedelta(minutes=15))
    assert frontier.validators(connection, PAGE.url) == Validators("page")
    assert waiting(connection, NOON + timedelta(minutes=30)) == []
    assert waiting(connection, NOON + timedelta(hours=1)) == ["One"]


def test_a_failing_page_is_tried_five_times_at_growing_intervals_with_its_error_kept(connection: Connection) -> None:
    find(connection, PAGE)
    tries = []
    now = NOON
    while now < NOON + timedelta(days=6):
        if waiting(connection, now):
            tries.append(now - NOON)
            frontier.failed(connection, "example", PAGE.url, "timed out after 20 s", now)
        now += timedelta(minutes=15)
    assert [str(age) for age in tries] == ["0:00:00", "0:15:00", "1:15:00", "7:15:00", "1 day, 7:15:00"]
    assert connection.execute(select(tables.frontier.c.attempts, tables.frontier.c.error)).all() == [(5, "timed out after 20 s")]


def test_a_page_that_is_had_at_last_is_forgiven(connection: Connection) -> None:
    find(connection, PAGE)
    frontier.failed(connection, "example", PAGE.url, "refused", NOON)
    read(connection, now=NOON + timedelta(minutes=15))
    assert connection.execute(select(tables.frontier.c.attempts, tables.frontier.c.error)).all() == [(0, None)]


def test_a_page_that_is_gone_is_not_asked_for_again(connection: Connection) -> None:
    find(connection, PAGE)
    frontier.gone(connection, "example", PAGE.url, "410 Gone")
    assert waiting(connection, NOON + timedelta(days=30)) == []


def test_a_failing_feed_queues_nothing(connection: Connection) -> None:
    frontier.failed(connection, "example", FEED, "it is an HTML page", NOON)
    assert waiting(connection) == []


def run(connection: Connection, status: str, at: datetime) -> None:
    name = frontier.start_run(connection, at)
    health = Health(outlet="example", status=status, not_modified=1, errors=("refused",) if status == "failed" else ())  # type: ignore[arg-type]
    frontier.store_outlet_runs(connection, name, [(health, 3, UNSEEN)], at)
    frontier.finish_run(connection, name, 0, {"sent": 0}, at + timedelta(seconds=9))


def test_the_first_crawl_and_one_after_a_day_are_a_baseline(connection: Connection) -> None:
    assert OutletRecord().is_new(NOON)
    run(connection, "failed", NOON)
    assert frontier.read_outlets(connection)["example"].is_new(NOON)
    run(connection, "partial", NOON)
    assert not frontier.read_outlets(connection)["example"].is_new(NOON + timedelta(hours=24))
    assert frontier.read_outlets(connection)["example"].is_new(NOON + timedelta(hours=24, minutes=1))
    assert "another" not in frontier.read_outlets(connection)


def test_an_outlet_that_fails_is_new_three_times_and_again_after_it_recovered(connection: Connection) -> None:
    told = []
    for number, status in enumerate(["ok", "failed", "resting", "failed", "failed", "failed", "unchanged", "failed"]):
        run(connection, status, NOON + timedelta(minutes=15 * number))
        told.append(frontier.read_outlets(connection)["example"].newly_fails)
    assert told == [False, True, True, True, True, False, False, True]
    assert frontier.read_outlets(connection)["example"] == OutletRecord(NOON + timedelta(minutes=90), failures=1)


def test_a_run_is_kept_with_what_it_came_to(connection: Connection) -> None:
    run(connection, "ok", NOON)
    row = connection.execute(select(tables.runs)).one()
    assert (row.started_at, row.finished_at, row.exit_status, row.summary) == (NOON, NOON + timedelta(seconds=9), 0, {"sent": 0})
    assert connection.execute(select(tables.outlet_runs.c.claims)).scalar() == 3


def test_a_note_is_kept_and_replaced(connection: Connection) -> None:
    assert frontier.read_note(connection, "digest") is None
    for value in ({"at": "monday"}, ["tuesday"]):
        frontier.store_note(connection, "digest", value, NOON)
    assert frontier.read_note(connection, "digest") == ["tuesday"]


@pytest.mark.sqlite("its query plans")
@pytest.mark.parametrize("question", ["pending", "last_success"])
def test_what_every_run_asks_is_answered_from_an_index(history: History, question: str) -> None:
    queries = {
        "pending": "SELECT entry FROM frontier WHERE outlet = 'a' AND due_at <= 'now'",
        "last_success": "SELECT at FROM outlet_runs WHERE outlet = 'a' AND status IN ('ok') ORDER BY at DESC LIMIT 1",
    }
    with history.reading() as connection:
        plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {queries[question]}"))
    assert "USING INDEX" in plan
    assert "TEMP B-TREE" not in plan


def test_a_feed_rests_until_its_time_is_over_and_is_asked_where_it_moved(connection: Connection) -> None:
    frontier.store_standing(connection, "example", FEED, Rest("busy", timedelta(hours=1)), "https://example.org/new", NOON)
    assert frontier.all_standings(connection, NOON) == {FEED: Standing("busy", "https://example.org/new")}
    assert frontier.all_standings(connection, NOON + timedelta(hours=1)) == {FEED: Standing(None, "https://example.org/new")}
    frontier.store_standing(connection, "example", FEED, None, None, NOON)
    assert frontier.all_standings(connection, NOON) == {}


def test_what_a_host_said_holds_for_a_day_whatever_is_learned_of_it_meanwhile(connection: Connection) -> None:
    host, rules = "https://example.org", "User-agent: *"
    assert frontier.terms(connection, host, NOON) is None
    frontier.store_terms(connection, host, Terms(rules), NOON)
    frontier.store_terms(connection, host, Terms(rules, tdm=""), NOON + timedelta(hours=20))
    assert frontier.terms(connection, host, NOON + timedelta(hours=23)) == Terms(rules, tdm="", fresh=True)
    assert frontier.terms(connection, host, NOON + timedelta(hours=24)) == Terms(rules, tdm="", fresh=False)
    frontier.store_terms(connection, host, Terms(""), NOON + timedelta(hours=24))
    assert frontier.terms(connection, host, NOON + timedelta(hours=25)) == Terms("", fresh=True)


def test_only_outlets_with_something_to_read_are_looked_through(connection: Connection) -> None:
    find(connection, PAGE)
    assert frontier.outlets_due(connection, NOON) == {"example"}
    read(connection, now=NOON)
    assert frontier.outlets_due(connection, NOON) == set()
    assert frontier.outlets_due(connection, NOON + timedelta(minutes=15)) == {"example"}
