"""Survey what a feed carries: its entries -> how many, how new, how far apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from crawler.article import Entry
from crawler.moments import start_of

PINNED_AFTER = timedelta(days=7)
PINNED_TIMES = 30
ENOUGH = 10
"""An entry more than a week older than its neighbour, and 30 times farther from it than the ten or more younger ones are from each other,
was pinned or forgotten there: with those behind it, it says nothing of the feed's pace."""


@dataclass(frozen=True)
class Survey:
    """What a feed carried when it was read. Times are the entries' own; those of the future, and entries without any, are left out."""

    entries: int
    """All of them, dated or not."""
    dated: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None
    longest_gap: timedelta = timedelta()
    """Between neighbouring entries."""
    fresh: int = 0
    """How many are newer than the newest known before."""


def take_survey(entries: Sequence[Entry], now: datetime, since: datetime | None = None) -> Survey:
    """What these entries of one feed say at `now` of its pace; `since` is the newest entry known before.

    >>> from datetime import UTC
    >>> day = datetime(2026, 2, 5, tzinfo=UTC)
    >>> survey = take_survey([Entry("a", published=day), Entry("b", published=day - timedelta(hours=3))], day)
    >>> survey.dated, str(survey.longest_gap)
    (2, '3:00:00')
    """
    times = _drop_pinned(sorted(_past(entries, now), reverse=True))
    if not times:
        return Survey(len(entries))
    return Survey(
        entries=len(entries), dated=len(times), newest=times[0], oldest=times[-1], longest_gap=max(_gaps(times), default=timedelta()),
        fresh=sum(since is None or moment > since for moment in times))


def _past(entries: Iterable[Entry], now: datetime) -> Iterable[datetime]:
    moments = (entry.published or entry.updated for entry in entries)
    return (instant for moment in moments if moment and (instant := start_of(moment)) <= now)


def _drop_pinned(newest_first: list[datetime]) -> list[datetime]:
    for count, gap in enumerate(_gaps(newest_first), 1):
        pace = (newest_first[0] - newest_first[count - 1]) / count
        if count >= ENOUGH and gap > max(PINNED_AFTER, PINNED_TIMES * pace):
            return newest_first[:count]
    return newest_first


def _gaps(newest_first: Sequence[datetime]) -> list[timedelta]:
    return [later - earlier for later, earlier in pairwise(newest_first)]
