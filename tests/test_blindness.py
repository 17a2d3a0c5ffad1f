"""When an outlet has gone blind, by tables of runs and by the lives of feeds; and what is told of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.article import Article, Entry
from monitors.history.feeds import judged, read_feed, store_checked, store_failing, store_survey
from monitors.history.store import open_history
from monitors.model import Blindness, Trouble
from monitors.rules.blindness import UNSEEN, Coverage, Feed, Past, Run, Sight, cover, find_troubles, needs_usual, review

NOW = datetime(2026, 2, 5, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/rss"
USUAL = Coverage(pages=40, bodies=40, dated=40, signed=38, compared=20, agreement=19.0)
NO_FEED = {"not a feed": 1}


def runs(*each: str | tuple[str, dict[str, int]] | Coverage) -> list[Run]:
    """The newest first, a quarter of an hour apart: of each its status, with its failures, or what its pages showed."""
    made = []
    for n, one in enumerate(each):
        at = NOW - n * HOUR / 4
        match one:
            case Coverage():
                made.append(Run(at, "ok", coverage=one))
            case (status, failures):
                made.append(Run(at, status, failures, f"{URL}: wrong"))
            case _:
                made.append(Run(at, one, {"5xx": 1} if one == "failed" else {}, f"{URL}: HTTP 503" if one == "failed" else None))
    return made


def feed(**known: object) -> Feed:
    usual = {"entries": 30, "newest": NOW - HOUR, "longest_gap": 3 * HOUR, "known_from": NOW - 20 * DAY, "seen": 400}
    return Feed(URL, "wire", NOW - 20 * DAY, NOW, **{**usual, **known})


def kinds(past: Past, now: datetime = NOW, told: tuple[Trouble, ...] = ()) -> list[tuple[str, str]]:
    return [(trouble.kind.value, trouble.subject) for trouble in find_troubles(past, now, told)]


@pytest.mark.parametrize(
    ("asked", "yielded", "found"),
    [
        (runs("ok", "ok"), True, []),
        (runs("failed", "ok", "ok"), True, []),
        (runs("failed", "failed", "ok"), True, [("nothing", "")]),
        (runs("ok", "failed", "failed"), True, []),
        (runs("refused", "refused", "ok"), True, [("nothing", "")]),
        (runs("failed", "failed"), False, []),
        (runs("failed", "failed", "failed"), False, [("nothing", "")]),
        (runs(("failed", {"unfinished": 1}), ("failed", {"unfinished": 1}), "ok"), True, []),
        (runs(*[("failed", {"unfinished": 1})] * 3), True, [("nothing", "")]),
        (runs(("failed", NO_FEED), ("failed", NO_FEED)), True, [("nothing", "")]),
        (runs(("failed", {"not an article": 5}), ("failed", {"not an article": 4})), True, [("layout", "")]),
        (runs("partial", "partial"), True, []),
        ([], False, []),
    ],
)
def test_an_outlet_that_used_to_yield_is_blind_after_two_failed_runs_a_new_one_after_three(asked, yielded, found) -> None:
    assert kinds(Past(asked, last_success=NOW - DAY if yielded else None)) == found


def test_what_was_seen_is_named_with_its_figures() -> None:
    (trouble,) = find_troubles(Past(runs("failed", "failed"), last_success=NOW - DAY), NOW)
    assert trouble.line == "The last 2 runs that asked got nothing: https://example.org/rss: HTTP 503"
    assert trouble.since == NOW - DAY


GOOD, UNSIGNED = Coverage(3, 3, 3, 3, 3, 2.8), Coverage(2, 2, 2, 0, 2, 1.9)


@pytest.mark.parametrize(
    ("looked", "usual", "found"),
    [
        (runs(UNSIGNED, UNSIGNED), USUAL, [("lost", "authors")]),
        (runs(UNSIGNED), USUAL, []),
        (runs(Coverage(1, 1, 1, 0), Coverage(1, 1, 1, 0)), USUAL, []),
        (runs(Coverage(1, 1, 1, 0), Coverage(1, 1, 1, 0), Coverage(1, 1, 1, 0)), USUAL, [("lost", "authors")]),
        (runs(UNSIGNED, UNSIGNED), Coverage(9, 9, 9, 9), []),
        (runs(UNSIGNED, UNSIGNED), Coverage(40, 40, 40, 20), []),
        (runs(UNSIGNED, UNSIGNED), UNSEEN, []),
        (runs(Coverage(4, 4, 1, 4), Coverage(4, 4, 1, 3)), USUAL, [("lost", "published")]),
        (runs(Coverage(4, 4, 2, 4), Coverage(4, 4, 3, 3)), USUAL, []),
        (runs(Coverage(4, 1, 1, 1), Coverage(4, 1, 1, 1)), USUAL, [("lost", "body")]),
        (runs(Coverage(4), Coverage(4)), USUAL, [("layout", "")]),
        (runs(Coverage(2), Coverage(1)), UNSEEN, [("layout", "")]),
        (runs(Coverage(1), Coverage(1)), USUAL, []),
        (runs(Coverage(9)), USUAL, []),
        (runs(Coverage(retried=3), Coverage(3)), USUAL, [("layout", "")]),
        (runs(Coverage(retried=1), Coverage(retried=1), Coverage(1)), USUAL, []),
        (runs(Coverage(3, 3, 3, 3, 3, 0.6), Coverage(3, 3, 3, 3, 3, 0.9)), USUAL, [("lost", "agreement")]),
        (runs(Coverage(3, 3, 3, 3), Coverage(3, 3, 3, 3)), USUAL, []),
        (runs(GOOD, GOOD), USUAL, []),
    ],
)
def test_a_field_that_pages_used_to_show_is_lost_under_half_of_what_is_usual(looked, usual, found) -> None:
    assert kinds(Past(runs("ok"), looked, usual, last_success=NOW)) == found
    assert needs_usual(looked) or not [name for kind, name in found if kind == "lost"], "what is usual is read where it is needed"


def test_a_lost_field_stays_lost_when_a_month_has_made_it_usual() -> None:
    past = Past(runs("ok"), runs(UNSIGNED, UNSIGNED), Coverage(400, 400, 400, 0), last_success=NOW)
    assert kinds(past) == []
    told = (Trouble(Blindness.LOST, "authors", "", usual=0.95),)
    assert kinds(past, told=told) == [("lost", "authors")]
    assert kinds(Past(runs("ok"), runs(Coverage(1, 1, 1, 1)), UNSEEN), told=told) == [("lost", "authors")], "one page says nothing"
    assert kinds(Past(runs("ok"), runs(GOOD, GOOD), UNSEEN), told=told) == []


def test_the_line_of_a_lost_field_has_its_figures() -> None:
    (trouble,) = find_troubles(Past(runs("ok"), runs(UNSIGNED, UNSIGNED), USUAL), NOW)
    assert (trouble.line, trouble.usual) == ("Authors: 0% of the last 4 articles name one, usually 95%", 0.95)


def test_a_page_shows_what_it_says_by_itself() -> None:
    article = Article("wire", URL, "Title", "Text.", published=NOW, authors=("A. Writer",), agreement=0.5)
    assert cover(article) == Coverage(1, 1, 1, 1, 1, 0.5)
    assert cover(Article("wire", URL, "Title", "Text.")) == Coverage(1, 1)
    assert cover(Article("wire", URL, "Title", " ", published=NOW)) == cover(None) == Coverage(1)


@pytest.mark.parametrize(
    ("asked", "known", "found"),
    [
        (runs("ok", "ok"), {"entries": 0, "empty_since": NOW - HOUR / 4}, ["empty"]),
        (runs("ok", "ok"), {"entries": 0, "empty_since": NOW}, []),
        (runs("ok", "ok"), {"entries": 0, "empty_since": NOW - DAY, "newest": None, "seen": 0}, []),
        (runs("ok", "ok", "ok"), {"entries": 0, "empty_since": NOW - DAY, "newest": None, "seen": 0}, ["empty"]),
        (runs(("partial", NO_FEED), ("partial", NO_FEED)), {"failing_since": NOW - HOUR / 4, "error": "not a feed"}, ["empty"]),
        (runs(("partial", {"5xx": 1}), ("partial", {"5xx": 1})), {"failing_since": NOW - HOUR, "error": "HTTP 503"}, []),
        (runs(("partial", {"5xx": 1}), ("partial", {"5xx": 1})), {"failing_since": NOW - DAY, "error": "HTTP 503"}, ["empty"]),
    ],
)
def test_a_feed_among_others_that_gives_nothing_is_told(asked, known, found) -> None:
    assert [kind for kind, _ in kinds(Past(asked, feeds=[feed(**known)], last_success=NOW))] == found


# --- the lives of feeds


@pytest.fixture
def connection() -> Iterator[object]:
    with open_history("sqlite://") as history, history.transaction() as opened:
        yield opened


def live(connection, times: list[datetime], holds: int, start: datetime, end: datetime, every: timedelta) -> list[datetime]:
    """Watch a feed that holds the last entries of a series; when it was found to be blind."""
    blind, now, known = [], start, read_feed(connection, URL)
    entries = [Entry(str(moment), published=moment) for moment in times]
    while now < end:
        upto = bisect_right(times, now)
        carried = entries[max(0, upto - holds) : upto]
        if known and known.newest == carried[-1].published:
            store_checked(connection, [URL], now)
        else:
            store_survey(connection, "wire", URL, carried, now)
        known = read_feed(connection, URL)
        if kinds(Past(runs("ok"), feeds=[known], last_success=now), now):
            blind.append(now)
        now += every
    return blind


def series(begin: datetime, end: datetime, step: timedelta, when=lambda moment: True) -> list[datetime]:
    moments = (begin + n * step for n in range(int((end - begin) / step)))
    return [moment for moment in moments if when(moment)]


def office_hours(moment: datetime) -> bool:
    return moment.weekday() < 5 and 8 <= moment.hour < 18


def agency(moment: datetime) -> bool:
    return moment.hour >= 5 or moment.minute == 0


LIVES = {
    "an agency around the clock": (10 * timedelta(minutes=1), agency, 40, HOUR, 12),
    "a newspaper of weekdays": (HOUR / 2, office_hours, 30, HOUR, 3 * 63),
    "a newspaper with a short feed": (HOUR, office_hours, 5, HOUR, 3 * 63),
    "a weekly bulletin": (7 * DAY, lambda moment: True, 10, 6 * HOUR, 21 * 24),
    "a weekly bulletin that shows the last one only": (7 * DAY, lambda moment: True, 1, 6 * HOUR, 21 * 24),
    "a monthly body": (DAY, lambda moment: moment.day == 1, 12, DAY, 31 * 3 * 24),
}


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("begins", range(0, 7, 2))
def test_no_night_weekend_or_month_is_an_alarm_and_a_feed_that_stops_is_one(connection, name, begins) -> None:
    step, when, holds, every, hours = LIVES[name]
    lasts = 24 * DAY if step <= HOUR else 150 * DAY
    start = TUESDAY + begins * DAY + 20 * HOUR
    written = series(TUESDAY - 20 * holds * step if step < DAY else TUESDAY - 400 * DAY, start + lasts, step, when)
    stops = written[-1]
    assert live(connection, written, holds, start, start + lasts, every) == []
    alarms = live(connection, written, holds, start + lasts, stops + timedelta(hours=hours) + 2 * every, every)
    assert alarms, "it is told after three times its usual gap"
    assert alarms[0] > stops + timedelta(hours=hours) / 2


def test_a_feed_frozen_for_years_is_told_at_first_sight(connection) -> None:
    old = [Entry(str(n), published=datetime(2023, 4, 14, 9, n, tzinfo=UTC)) for n in range(40)]
    store_survey(connection, "cnn", URL, old, NOW)
    (trouble,) = find_troubles(Past(runs("ok"), feeds=[read_feed(connection, URL)]), NOW)
    assert (trouble.kind, trouble.since) == (Blindness.FROZEN, datetime(2023, 4, 14, 9, 39, tzinfo=UTC))
    assert trouble.line == (
        f"{URL}: it answers, but its newest entry is of 2023-04-14 09:39 UTC, 1,028 days old; 24 hours without a new one is usual")


def test_a_feed_that_politeness_leaves_unasked_for_a_day_is_not_frozen(connection) -> None:
    unasked = feed(newest=NOW - 20 * HOUR)
    asked_then = replace(unasked, checked_at=NOW - 19 * HOUR)
    assert kinds(Past(runs("ok"), feeds=[asked_then])) == []
    assert kinds(Past(runs("ok"), feeds=[unasked])) == [("frozen", URL)]
    assert kinds(Past(runs("ok"), feeds=[asked_then]), NOW + 2 * DAY) == [("frozen", URL)]


def test_a_feed_that_stood_still_once_is_not_trusted_for_months(connection) -> None:
    many = [NOW - 10 * DAY + HOUR * n for n in range(240)]
    store_survey(connection, "wire", URL, [Entry(str(m), published=m) for m in many], NOW)
    store_checked(connection, [URL], NOW + 10 * DAY)
    later = NOW + 10 * DAY + HOUR
    store_survey(connection, "wire", URL, [Entry("new", published=later)] * 30, later)
    assert read_feed(connection, URL).longest_quiet == 12 * HOUR


def test_a_news_sitemap_that_lets_its_last_entries_go_is_quiet_and_one_that_empties_at_once_is_not(connection) -> None:
    def empty_after(url: str, count: int, age: timedelta) -> datetime | None:
        entries = [Entry(str(n), published=NOW - age) for n in range(count)]
        store_survey(connection, "wire", url, entries, NOW - HOUR)
        store_survey(connection, "wire", url, [], NOW)
        return read_feed(connection, url).empty_since

    assert empty_after("dry", 1, 2 * DAY) is None
    assert empty_after("full", 30, 2 * DAY) == NOW
    assert empty_after("fresh", 1, 2 * HOUR) == NOW


def test_a_feed_that_answers_again_fails_no_longer_and_pages_are_no_feeds(connection) -> None:
    store_survey(connection, "wire", URL, [Entry("a", published=NOW)], NOW)
    store_failing(connection, URL, "HTTP 503", NOW + HOUR)
    store_failing(connection, URL, "HTTP 500", NOW + 2 * HOUR)
    store_failing(connection, "https://example.org/page", "HTTP 500", NOW)
    failing = read_feed(connection, URL)
    assert (failing.failing_since, failing.error, failing.checked_at) == (NOW + HOUR, "HTTP 500", NOW)
    store_checked(connection, [URL], NOW + 3 * HOUR)
    assert (read_feed(connection, URL).failing_since, read_feed(connection, "https://example.org/page")) == (None, None)


def test_of_the_sitemaps_an_index_names_the_freshest_speaks_and_an_address_of_old_does_not() -> None:
    january, february = (replace(feed(), url=name, newest=newest) for name, newest in (("1", NOW - 9 * DAY), ("2", NOW)))
    assert judged([january, february], ["index"]) == [february]
    assert judged([january, feed()], [URL]) == [feed()]


# --- what is told


FROZEN, DOWN = Trouble(Blindness.FROZEN, URL, "frozen"), Trouble(Blindness.NOTHING, "", "down")


def test_blindness_is_told_once_and_once_that_it_is_over() -> None:
    told = []
    sight = Sight()
    days = [[], [FROZEN], [FROZEN], [DOWN], [DOWN], [FROZEN], [], []]
    for hour, found in enumerate(days):
        sight, tell = review(sight, found, DOWN not in found, NOW + hour * HOUR)
        told.append(tell)
    assert told == [None, (FROZEN,), None, None, None, None, (), None]


def test_another_trouble_is_told_after_a_day_and_the_first_never_again() -> None:
    sight, _ = review(Sight(), [FROZEN], True, NOW)
    sight, tell = review(sight, [DOWN], False, NOW + DAY)
    assert tell == (DOWN,)
    assert review(sight, [FROZEN], True, NOW + 9 * DAY)[1] is None


def test_an_outlet_that_cannot_be_asked_has_not_recovered() -> None:
    sight, _ = review(Sight(), [FROZEN], True, NOW)
    assert review(sight, [], False, NOW + HOUR) == (sight, None)
