"""What feeds carried, and what was learned of their pace; what an outlet's runs say of how it is seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, literal, select, text, update

from crawler.article import Entry
from crawler.survey import Survey, take_survey
from monitors.history import tables
from monitors.history.codec import dump, load
from monitors.history.frontier import upsert
from monitors.history.tables import Instant, in_parts, outlet_runs
from monitors.rules.blindness import COLLECTED, COUNTED, DAY, UNSEEN, USUAL_WITHIN, Coverage, Feed, Past, Run, Sight, needs_usual, window

ASKED_READ, LOOKED_READ = 3, 8
"""Runs that are needed to judge an outlet: those that asked it, those that looked at pages of it."""

USUAL_RUNS = 3_000
"""At most so many runs say what is usual: a month, at one run in a quarter of an hour."""

SPANS = ("longest_gap", "longest_quiet")


def store_survey(connection: Connection, outlet: str, url: str, entries: Sequence[Entry], now: datetime) -> None:
    """A feed was read, and these are all its entries."""
    known = read_feed(connection, url)
    survey = take_survey(entries, now, since=known.newest if known else None)
    learned = _learn(known, survey, now) if known else _meet(outlet, url, survey, now)
    row = vars(learned) | {name: round(getattr(learned, name).total_seconds()) for name in SPANS}
    upsert(connection, tables.feeds, [row])


def _meet(outlet: str, url: str, survey: Survey, now: datetime) -> Feed:
    return Feed(
        url, outlet, watched_since=now, checked_at=now, entries=survey.entries, newest=survey.newest, oldest=survey.oldest,
        longest_gap=survey.longest_gap, longest_quiet=survey.longest_gap,  # of a time that is known, though nobody watched
        known_from=survey.oldest, seen=survey.dated, empty_since=None if survey.entries else now)


def _learn(known: Feed, survey: Survey, now: datetime) -> Feed:
    again = replace(known, checked_at=now, entries=survey.entries, failing_since=None, error=None)
    if not survey.entries:
        return replace(again, empty_since=known.empty_since or (None if _ran_dry(known, now) else now))
    if survey.newest is None:
        return replace(again, empty_since=None)
    return replace(
        again, empty_since=None, newest=survey.newest, oldest=survey.oldest, longest_gap=survey.longest_gap,
        longest_quiet=_longest_quiet(known, survey.newest), known_from=known.known_from or survey.oldest, seen=known.seen + survey.fresh)


def _ran_dry(known: Feed, now: datetime) -> bool:
    """Whether a feed that holds the last days only, as news sitemaps do, has let its last entries go: that is quiet, not blindness."""
    return known.newest is not None and known.entries <= 2 and now - known.newest > DAY


def _longest_quiet(known: Feed, newest: datetime) -> timedelta:
    """The quiet that a newer entry has ended lasted at least until the feed was last seen without it.

    One so long that it was told as blindness counts up to there only, so that a feed that once stood still is not trusted for months.
    """
    if known.newest is None or newest <= known.newest:
        return known.longest_quiet
    return max(known.longest_quiet, min(known.checked_at - known.newest, known.frozen_after))


def store_checked(connection: Connection, urls: Collection[str], now: datetime) -> None:
    """Feeds answered that they are as they were; of pages nothing is kept here."""
    answered = {"checked_at": now, "failing_since": None, "error": None}
    for some in in_parts(urls):
        connection.execute(update(tables.feeds).where(tables.feeds.c.url.in_(some)).values(answered))


def store_failing(connection: Connection, url: str, cause: str, now: datetime) -> None:
    """A feed could not be had or read; of a page nothing is kept here."""
    failing = {"failing_since": func.coalesce(tables.feeds.c.failing_since, literal(now, Instant())), "error": cause}
    connection.execute(update(tables.feeds).where(tables.feeds.c.url == url).values(failing))


def read_feed(connection: Connection, url: str) -> Feed | None:
    row = connection.execute(FEED, {"of": url}).first()
    return None if row is None else _feed(row)


def read_feeds(connection: Connection, outlets: Iterable[str]) -> dict[str, list[Feed]]:
    """The feeds of each of these outlets."""
    found: dict[str, list[Feed]] = {name: [] for name in outlets}
    for row in connection.execute(select(tables.feeds).order_by(tables.feeds.c.watched_since, tables.feeds.c.url)):
        if row.outlet in found:
            found[row.outlet].append(_feed(row))
    return found


def _feed(row: Row[Any]) -> Feed:
    return Feed(**{**row._mapping, **{name: timedelta(seconds=row._mapping[name]) for name in SPANS}})


def judged(feeds: Sequence[Feed], addresses: Sequence[str]) -> list[Feed]:
    """Those of an outlet's feeds that say whether it is blind.

    Its own addresses; and where one of them was never read itself, an index of sitemaps, the freshest of what is no address of it: of
    the sitemaps that an index names, those of past days stand still.
    """
    own = [feed for feed in feeds if feed.url in addresses]
    if len(own) == len(addresses):
        return own
    dated = [(feed.newest, feed.url, feed) for feed in feeds if feed.url not in addresses and feed.newest]
    return own + [feed for _, _, feed in sorted(dated)[-1:]]


# --- how an outlet is seen


def read_past(connection: Connection, outlet: str, feeds: Sequence[Feed], last_success: datetime | None) -> Past:
    """What its runs say; a few rows by index, but where pages look poor: then what was usual before."""
    looked = _read_runs(connection, LOOKED_RUNS, outlet)
    usual = _read_usual(connection, outlet, window(looked)[-1].at) if needs_usual(looked) else UNSEEN
    return Past(_read_runs(connection, ASKED_RUNS, outlet), looked, usual, feeds, last_success)


def _read_runs(connection: Connection, which: Select[Any], outlet: str) -> list[Run]:
    rows = connection.execute(which, {"of": outlet})
    return [Run(at, status, failures, error, Coverage(*counts)) for at, status, failures, error, *counts in rows]


def _read_usual(connection: Connection, outlet: str, until: datetime) -> Coverage:
    """What pages showed in the month before `until`."""
    return Coverage(*connection.execute(USUAL, {"of": outlet, "until": until, "since": until - USUAL_WITHIN}).one())


# Made once: for many outlets it costs more to build a statement than to run it.
_counts = [outlet_runs.c[name] for name in COUNTED]
_newest_first = (
    select(*(outlet_runs.c[name] for name in ("at", "status", "failures", "error")), *_counts)
    .where(outlet_runs.c.outlet == bindparam("of")).order_by(outlet_runs.c.at.desc()))
_looked = text("pages + retried > 0")  # as the index over such runs has it
_asked = (outlet_runs.c.fetched > 0) | (outlet_runs.c.not_modified > 0) | outlet_runs.c.status.not_in(("unchanged", "resting"))
_month = (
    select(*_counts).where(outlet_runs.c.outlet == bindparam("of"), _looked)
    .where(outlet_runs.c.at < bindparam("until"), outlet_runs.c.at >= bindparam("since"))
    .order_by(outlet_runs.c.at.desc()).limit(USUAL_RUNS).subquery())

LOOKED_RUNS, ASKED_RUNS = _newest_first.where(_looked).limit(LOOKED_READ), _newest_first.where(_asked).limit(ASKED_READ)
FEED = select(tables.feeds).where(tables.feeds.c.url == bindparam("of"))
USUAL = select(*(func.coalesce(func.sum(_month.c[name]), 0) for name in COUNTED))


def blind_outlets(connection: Connection) -> set[str]:
    """Outlets of which something is known to be wrong."""
    rows = connection.execute(select(tables.outlets.c.outlet, tables.outlets.c.sight))
    return {outlet for outlet, sight in rows if sight}


def read_sight(connection: Connection, outlet: str) -> Sight:
    return load_sight(connection.execute(select(tables.outlets.c.sight).where(tables.outlets.c.outlet == outlet)).scalar())


def load_sight(stored: Mapping[str, Any] | None) -> Sight:
    return load(Sight, stored) if stored else Sight()


def store_sight(connection: Connection, outlet: str, sight: Sight) -> None:
    stored = dump(sight) if sight != Sight() else None
    connection.execute(update(tables.outlets).where(tables.outlets.c.outlet == outlet).values(sight=stored))


def is_seen(past: Past) -> bool:
    """Whether the last run that asked collected something."""
    return bool(past.asked) and past.asked[0].status in COLLECTED
