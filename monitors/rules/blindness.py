"""Tell from an outlet's runs and feeds whether it has gone blind: it answers, or does not, and we no longer see what it prints. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from crawler.article import Article
from monitors.model import Blindness, Trouble

COLLECTED = ("ok", "unchanged", "partial")
"""What an outlet's run may come to where something was had."""

NEEDED, NEEDED_OF_NEW = 2, 3
"""So many runs one after the other must say it: one may be an accident. An outlet that never yielded may not be ours to mend."""

UNFINISHED = {"unfinished"}
"""A run that was ended from outside, the cause of which may be ours: it takes as many as for a new outlet."""

NO_FEED = {"not a feed", "not a sitemap", "not a listing"}
NO_ARTICLE = "not an article"

FEW_PAGES = 3
"""Pages looked at, under which a share says nothing."""
USUAL_WITHIN, USUAL_PAGES, USUAL_SHARE = timedelta(days=30), 10, 0.6
"""What is usual is seen from ten pages of a month; what six in ten pages do not show is no habit of the outlet."""
LOST_UNDER = 0.5
"""Of the usual share; half as many is more than chance in three pages."""

FROZEN_AFTER = 3
"""Times the longest quiet known: weekends and holidays are seldom longer than that."""
LEAST_GAP, LEAST_GAP_OF_NEW = timedelta(hours=4), timedelta(hours=24)
"""A usual gap is never taken for shorter: a busy day must not make the night an alarm. Twenty-four hours where less than a week is known,
for then three of them must cover a weekend."""
LEAST_GAP_OF_UNKNOWN = timedelta(days=31)
"""Of a feed that showed too few entries to have a pace: it may be monthly."""
WEEK = timedelta(days=7)
FEW_ENTRIES = 3
DAY = timedelta(days=1)
"""Politeness may leave a feed unasked for so long, and one feed among several that does not answer gets as long."""

FIELDS = ("body", "published", "authors", "agreement")


@dataclass(frozen=True)
class Coverage:
    """What pages showed of themselves, each counted when it was first read, or first found to be no article."""

    pages: int = 0
    bodies: int = 0
    dated: int = 0
    signed: int = 0
    compared: int = 0
    """Pages that were read twice, and below, the sum of how far both readings agreed."""
    agreement: float = 0.0
    retried: int = 0
    """Pages that were tried again and still are no article."""

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    def share(self, name: str) -> tuple[float, int]:
        """How large a share of the pages shows a field, and of how many pages. Of those with a body, but for the body itself."""
        shown, pages = {
            "body": (self.bodies, self.pages), "published": (self.dated, self.bodies), "authors": (self.signed, self.bodies),
            "agreement": (self.agreement, self.compared),
        }[name]  # fmt: skip
        return (shown / pages if pages else 0.0), pages


COUNTED = tuple(one.name for one in fields(Coverage))
UNSEEN, RETRIED = Coverage(), Coverage(retried=1)
"""No page was looked at; one was, again in vain."""


def cover(article: Article | None) -> Coverage:
    """What one page showed; None is a page that is no article."""
    if article is None or not article.text.strip():
        return Coverage(pages=1)
    compared = article.agreement is not None
    return Coverage(1, 1, article.published is not None, bool(article.authors), compared, article.agreement or 0.0)


@dataclass(frozen=True)
class Run:
    """How one run went for the outlet."""

    at: datetime
    status: str
    failures: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    coverage: Coverage = UNSEEN


@dataclass(frozen=True)
class Feed:
    """What is known of a feed: what it carried when it was last read, and what was learned while it was watched."""

    url: str
    outlet: str
    watched_since: datetime
    checked_at: datetime
    """When it last answered, be it unchanged."""
    entries: int
    newest: datetime | None = None
    oldest: datetime | None = None
    longest_gap: timedelta = timedelta()
    """Between neighbouring entries of the last survey."""
    longest_quiet: timedelta = timedelta()
    """The longest that a newest entry was seen to age before a newer one came; at first, the longest gap of the first survey."""
    known_from: datetime | None = None
    """The oldest entry of the first survey."""
    seen: int = 0
    """Dated entries since then."""
    empty_since: datetime | None = None
    failing_since: datetime | None = None
    error: str | None = None

    @property
    def usual_gap(self) -> timedelta:
        if self.newest is None or self.known_from is None or self.seen < FEW_ENTRIES:
            least = LEAST_GAP_OF_UNKNOWN
        else:
            least = LEAST_GAP if self.newest - self.known_from >= WEEK else LEAST_GAP_OF_NEW
        return max(least, self.longest_gap, self.longest_quiet)

    @property
    def frozen_after(self) -> timedelta:
        """How old its newest entry must become to be told."""
        return FROZEN_AFTER * self.usual_gap

    @property
    def per_day(self) -> float | None:
        """Entries a day over all that is known of it; None where that is too little."""
        if self.newest is None or self.known_from is None or self.seen < FEW_ENTRIES or self.newest == self.known_from:
            return None
        return (self.seen - 1) * (DAY / (self.newest - self.known_from))


@dataclass(frozen=True)
class Past:
    """What must be known of an outlet to judge it."""

    asked: Sequence[Run]
    """The last runs that asked it for anything, the newest first; three are enough."""
    looked: Sequence[Run] = ()
    """The last runs that looked at pages of it, the newest first."""
    usual: Coverage = UNSEEN
    """Of the month before those."""
    feeds: Sequence[Feed] = ()
    last_success: datetime | None = None


def find_troubles(past: Past, now: datetime, told: Sequence[Trouble] = ()) -> list[Trouble]:
    """What is wrong with an outlet, the worst first; empty while it can be seen.

    `told` is what it is known to be blind by: what was usual before stays the measure until it is mended.
    """
    if whole := next(_find_nothing(past), None):
        return [whole]
    looked = window(past.looked)
    if bodiless := next(_find_layout(past, looked), None):
        return [bodiless]
    unknown = [] if looked else [trouble for trouble in told if trouble.kind in (Blindness.LAYOUT, Blindness.LOST)]
    return [*unknown, *_find_empty(past, now), *_find_lost(looked, past.usual, told), *_find_frozen(past, now)]


def are_alive(feeds: Sequence[Feed], now: datetime) -> bool:
    """Whether each of these feeds answers, holds entries and moves."""
    still = any(feed.empty_since or feed.failing_since for feed in feeds)
    return not still and not any(_find_frozen(Past((), feeds=feeds), now))


def needs_usual(looked: Sequence[Run]) -> bool:
    """Whether what is usual must be known to judge these pages: whatever it is, half of it is under one half."""
    shares = [_sum(window(looked)).share(name) for name in FIELDS]
    return any(pages >= FEW_PAGES and share < LOST_UNDER for share, pages in shares)


def _find_nothing(past: Past) -> Iterator[Trouble]:
    bad = list(takewhile(lambda run: run.status not in COLLECTED, past.asked))
    doubtful = past.last_success is None or any(run.failures.keys() <= UNFINISHED and run.failures for run in bad)
    if len(bad) < (NEEDED_OF_NEW if doubtful else NEEDED):
        return
    bodiless = all(run.failures.get(NO_ARTICLE, 0) >= FEW_PAGES for run in bad)
    line = f"The last {len(bad)} runs that asked got nothing: {bad[0].error or 'nothing could be read'}"
    yield Trouble(Blindness.LAYOUT if bodiless else Blindness.NOTHING, "", line, past.last_success)


def _find_layout(past: Past, looked: Sequence[Run]) -> Iterator[Trouble]:
    pages = _sum(looked).pages
    if pages < FEW_PAGES or _sum(looked).bodies:
        return
    example = next((run.error for run in past.asked if run.error), "")
    line = f"Body: found on none of the last {pages} pages looked at" + (f"; {example}" if example else "")
    yield Trouble(Blindness.LAYOUT, "", line, looked[-1].at)


def _find_empty(past: Past, now: datetime) -> Iterator[Trouble]:
    for feed in past.feeds:
        needed = NEEDED if feed.seen else NEEDED_OF_NEW
        if feed.empty_since and len(_since(past.asked, feed.empty_since)) >= needed:
            line = f"{feed.url}: it answers and holds no entry, {_before(feed)}"
            yield Trouble(Blindness.EMPTY, feed.url, line, feed.empty_since, among=len(past.feeds))
        elif feed.failing_since and len(runs := _since(past.asked, feed.failing_since)) >= NEEDED:
            no_feed = all(run.failures.keys() & NO_FEED for run in runs)
            if no_feed or now - feed.failing_since >= DAY:
                line = f"{feed.url}: {feed.error}, {_before(feed)}"
                yield Trouble(Blindness.EMPTY, feed.url, line, feed.failing_since, among=len(past.feeds))


def _find_lost(looked: Sequence[Run], usual: Coverage, told: Sequence[Trouble]) -> Iterator[Trouble]:
    before = {name: share for name in FIELDS if (share := usual.share(name)[0]) >= USUAL_SHARE and usual.share(name)[1] >= USUAL_PAGES}
    before |= {trouble.subject: trouble.usual for trouble in told if trouble.usual is not None}
    now = _sum(looked)
    for name in FIELDS:
        share, pages = now.share(name)
        if name in before and pages >= FEW_PAGES and share < LOST_UNDER * before[name]:
            line = f"{SHOWS[name](share, pages)}, usually {before[name]:.0%}"
            yield Trouble(Blindness.LOST, name, line, looked[-1].at, before[name])


SHOWS: Mapping[str, Callable[[float, int], str]] = {
    "body": lambda share, pages: f"Body: found on {share:.0%} of the last {pages} pages looked at",
    "published": lambda share, pages: f"Published: {share:.0%} of the last {pages} articles show a time",
    "authors": lambda share, pages: f"Authors: {share:.0%} of the last {pages} articles name one",
    "agreement": lambda share, pages: f"Agreement: two readings of the last {pages} articles agree to {share:.0%}",
}


def _find_frozen(past: Past, now: datetime) -> Iterator[Trouble]:
    for feed in past.feeds:
        if feed.newest is None:
            continue
        aged = feed.checked_at - feed.newest
        quiet = aged if feed.failing_since else max(aged, now - feed.newest - DAY)
        if quiet > feed.frozen_after:
            line = (f"{feed.url}: it answers, but its newest entry is of {_moment(feed.newest)}, {duration_words(quiet)} old; "
                    f"{duration_words(feed.usual_gap)} without a new one is usual")
            yield Trouble(Blindness.FROZEN, feed.url, line, feed.newest, among=len(past.feeds))


def window(looked: Sequence[Run]) -> Sequence[Run]:
    """Of runs that looked at pages, newest first: the last two, or as many as it takes to see a few pages; none where that is too many."""
    for count in range(NEEDED, len(looked) + 1):
        if _sum(looked[:count]).pages >= FEW_PAGES:
            return looked[:count]
    return ()


def _sum(runs: Sequence[Run]) -> Coverage:
    return sum((run.coverage for run in runs), UNSEEN)


def _since(runs: Sequence[Run], when: datetime) -> Sequence[Run]:
    return [run for run in runs if run.at >= when]


def _before(feed: Feed) -> str:
    return f"its newest entry was of {_moment(feed.newest)}" if feed.newest else "and never did"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration_words(span: timedelta) -> str:
    """
    >>> duration_words(timedelta(hours=30)), duration_words(timedelta(days=1028))
    ('30 hours', '1,028 days')
    """
    hours = round(span / timedelta(hours=1))
    return f"{hours} hours" if hours < 72 else f"{span.days:,} days"


# --- what is told of it, once


@dataclass(frozen=True)
class Sight:
    """How an outlet is known to be seen: what is wrong now, and what the operator was told and when."""

    troubles: tuple[Trouble, ...] = ()
    told: tuple[Trouble, ...] = ()
    told_at: datetime | None = None


def review(known: Sight, found: Sequence[Trouble], seen: bool, now: datetime) -> tuple[Sight, tuple[Trouble, ...] | None]:
    """What is known afterwards, and what is to be told: troubles, an empty tuple where it recovered, None where nothing is.

    It has recovered when nothing is found and it was `seen`, that is collected, last. While it is blind only another trouble is told,
    and not within a day: a dying outlet often changes its way of failing.
    """
    if not found:
        if known.told and not seen:
            return known, None
        return Sight(), () if known.told else None
    subjects = {trouble.subject for trouble in known.told}
    new = tuple(trouble for trouble in found if trouble.subject not in subjects)
    if not new or (known.told_at and now - known.told_at < DAY):
        return Sight(tuple(found), known.told, known.told_at), None
    return Sight(tuple(found), (*known.told, *new), now), new
