"""What the history holds of a quantity, a disagreement, a page -> what its page shows, in words. Nothing here is markup yet.

Of a stranger's page one sentence is shown, at most 300 characters around its number, and the link; whole texts only with copies.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

from monitors.alerts.about import UNATTRIBUTED, series_words
from monitors.alerts.addresses import article_page, disagreement_page, quantity_page
from monitors.alerts.phrases import (
    Value,
    capital,
    clean,
    cut,
    cut_quote,
    day_words,
    event_words,
    outlet_name,
    party_name,
    readable_link,
    time_words,
    value_words,
    words,
)
from monitors.alerts.proof import find_printed
from monitors.exchange import read_moment
from monitors.history.overview import Edition, PageCourse, Printed, QuantityCourse, Spread, Stated, Told
from monitors.model import Qualifier, Scope, Series
from monitors.report.diff import Piece, diff_words, folded

ON_A_PAGE = 400
"""Figures in print on one page of a quantity; a statement with more goes on, on the next."""
CARDS = 12
"""Values that stand, shown large."""
NAME_LENGTH = 100
KEPT = 4096
"""Words of the same thing that are kept at hand."""
WHY_LENGTH = 200


class Sentence(NamedTuple):
    """A sentence with its number apart, to be marked."""

    before: str
    number: str
    after: str


class PrintedView(NamedTuple):
    """A figure as a page prints it."""

    claim: int
    sentence: Sentence
    outlet: str
    facts: str
    """What follows the outlet's name: when, and what it was judged to be."""
    link: str
    page: str
    """Its article's own page, where there is one."""
    archived: bool
    """Its page is kept as it was received: `tallywatch evidence` writes it."""


@dataclass(frozen=True, slots=True)
class StatedView:
    """One statement."""

    id: int
    series: str
    as_of: str
    value: str
    claimant: str
    state: str
    misread: bool
    facts: str
    """For what day it holds, what it was judged to be, how many carry it on their own, and how many copies there are."""
    carriers: tuple[tuple[str, str, str], ...]
    """Outlet, link, whom it copies."""
    more_carriers: int
    sentence: Sentence
    outlet: str
    when: str
    link: str
    printed: tuple[PrintedView, ...]
    continued: bool
    """It began on the page before."""
    printed_by: str
    """How often, and by how many outlets."""
    current: bool


@dataclass(frozen=True, slots=True)
class ToldView:
    """An alert."""

    id: str
    when: str
    kind: str
    severity: str
    title: str
    body: str
    page: str
    statement: int | None


@dataclass(frozen=True, slots=True)
class QuantityView:
    """A quantity's page, or one of its pages."""

    title: str
    about: tuple[str, ...]
    """What it counts, in short lines."""
    number: int
    stated: tuple[StatedView, ...]
    current: tuple[StatedView, ...]
    claimants: tuple[str, ...]
    states: tuple[str, ...]
    told: tuple[ToldView, ...]
    disagreement: str
    all_stated: int
    all_printed: int


@dataclass(frozen=True, slots=True)
class SideView:
    """Who gives which figure in a disagreement."""

    claimant: str
    value: str
    as_of: str
    sentence: Sentence
    outlet: str
    link: str


@dataclass(frozen=True, slots=True)
class SpreadView:
    """A disagreement as it was told once."""

    told: ToldView
    spread: str
    why: str
    cautions: tuple[str, ...]
    sides: tuple[SideView, ...]


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """All that was told of a disagreement, the newest first."""

    title: str
    stands: bool
    page: str
    spreads: tuple[SpreadView, ...]


@dataclass(frozen=True, slots=True)
class EditionView:
    """A version of a page: its figures, and what changed since the one before."""

    number: int
    seen: str
    published: str
    modified: str
    title: str
    sha256: str
    printed: tuple[PrintedView, ...]
    gone: tuple[str, ...]
    """Numbers that the version before had and this one has not."""
    new: tuple[str, ...]
    text: tuple[str, ...]
    """Its paragraphs, where copies are asked for."""
    changes: tuple[Piece, ...] | None
    """The same since the version before; None where there is none before."""


@dataclass(frozen=True, slots=True)
class PageView:
    """An article."""

    title: str
    outlet: str
    link: str
    first_seen: str
    editions: tuple[EditionView, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A quantity in a list."""

    title: str
    page: str
    value: str
    claimant: str
    as_of: str
    claimants: int
    spark: tuple[float, ...]
    """The values of the claimant on the way, the latest 24 of them."""
    disagreement: str


class Looks:
    """How things are shown: the reader's clock, what the outlets are called, and which pages there are.

    What many figures share, as an outlet's name and a time, is put into words once.
    """

    def __init__(self, zone: tzinfo, titles: Mapping[str, str], with_copies: bool, edited: Collection[int]) -> None:
        self.with_copies = with_copies
        self._edited = edited
        self.when: Callable[[datetime], str] = lru_cache(KEPT)(lambda at: time_words(at, zone))
        self.outlet: Callable[[str], str] = lru_cache(KEPT)(lambda name: titles.get(name) or outlet_name(name))
        self.printed_at: Callable[[str | None], str] = lru_cache(KEPT)(self._printed_at)

    def _printed_at(self, moment: str | None) -> str:
        """A day, or a time with or without a zone, as a page prints it."""
        read = read_moment(moment)
        if isinstance(read, datetime):
            return self.when(read) if read.tzinfo else f"{day_words(read.date().isoformat())} {read:%H:%M}"
        return day_words(read.isoformat()) if read else ""

    def page_of(self, article: int) -> str:
        return article_page(article) if self.with_copies or article in self._edited else ""


# --- quantities


def quantity_title(series: Series) -> str:
    """What is counted: "Ukrainian soldiers killed", of an event with its kind, place and day."""
    title = capital(series_words(series))
    if series.scope is not Scope.EVENT or not series.event:
        return title
    return f"{title} ({', '.join(event_words(series.event))})"


def quantity_row(course: QuantityCourse) -> Row:
    """The quantity in a list: its value told of last."""
    current = course.current[0] if course.current else course.stated[-1]
    own = [number for one in course.stated if one.series.key == current.series.key and one.stands and (number := nominal(one)) is not None]
    return Row(
        quantity_title(course.series), quantity_page(course.key), value_of(current), claimant_of(current), day_words(current.as_of),
        len({one.series.body for one in course.stated}), tuple(own[-24:]), disagreement_of(course) if course.standing_spread else "",
    )  # fmt: skip


def quantity_views(course: QuantityCourse, looks: Looks) -> Iterator[QuantityView]:
    """The pages of a quantity, the latest statements first; what is told of it as a whole stands on the first."""
    current = {one.id for one in course.current}
    views = {one.id: _stated(one, looks, one.id in current) for one in reversed(course.stated)}
    in_parts = list(_cut(list(views.values())))
    claimants = tuple(sorted({claimant_of(one) for one in course.stated}))
    told = tuple(told_view(one, looks) for one in reversed(course.told))
    for number, part in enumerate(in_parts, 1):
        yield QuantityView(
            quantity_title(course.series), tuple(_about(course.series)), number, part,
            tuple(views[one.id] for one in course.current[:CARDS]) if number == 1 else (),
            claimants, tuple(sorted({one.state for one in part})), told if number == 1 else (), disagreement_of(course),
            len(course.stated), sum(len(one.printed) for one in course.stated),
        )  # fmt: skip


def disagreement_of(course: QuantityCourse) -> str:
    return disagreement_page(course.key) if course.spreads else ""


def _about(series: Series) -> Iterator[str]:
    frames = words()
    yield f"{capital(frames['scopes'][series.scope])}"
    if series.event and series.scope is not Scope.EVENT:
        yield ", ".join(map(party_name, event_words(series.event)))
    if unit := frames["units"].get(series.unit):
        yield f"counted in {unit}"
    if series.includes:
        yield "includes " + ", ".join(frames["includes"].get(what, clean(what)) for what in series.includes)


def _cut(stated: Sequence[StatedView]) -> Iterator[tuple[StatedView, ...]]:
    """Statements in pages of so many figures in print; one that has more than a page takes goes on, on the next."""
    part: list[StatedView] = []
    room = ON_A_PAGE
    for one in stated:
        rest, begun = one.printed, False
        while True:
            part.append(one if len(one.printed) <= room and not begun else replace(one, printed=rest[:room], continued=begun))
            room -= max(1, len(rest[:room]))
            rest, begun = rest[len(part[-1].printed) :], True
            if room <= 0:
                yield tuple(part)
                part, room = [], ON_A_PAGE
            if not rest:
                break
    if part:
        yield tuple(part)


MOST_CARRIERS = 30


def _stated(one: Stated, looks: Looks, current: bool) -> StatedView:
    carriers = tuple(
        (looks.outlet(origin.outlet), web_link(origin.url), looks.outlet(origin.copy_of) if origin.copy_of else "")
        for origin in one.origins[:MOST_CARRIERS]
    )
    own = next((origin.published for origin in one.origins if origin.url == one.url and origin.published), None)
    return StatedView(
        one.id, one.series.key, day_words(one.as_of), value_of(one), claimant_of(one), one.state, one.void, _facts_of(one), carriers,
        max(0, len(one.origins) - MOST_CARRIERS), _sentence_of(one), looks.outlet(one.outlet), looks.when(own or one.seen_at),
        web_link(one.url), tuple(printed_view(printed, looks) for printed in one.printed), False,
        f"{_several(len(one.printed), 'figure')} in print, {_several(len(one.origins), 'outlet')}", current,
    )  # fmt: skip


def _facts_of(one: Stated) -> str:
    inferred, copies = "" if one.as_of_stated else " (the day it was said)", len(one.origins) - one.independent
    carried = _several(one.independent, "independent origin") + (f", {_several(copies, 'copy', 'copies')}" if copies > 0 else "")
    return f"as of {day_words(one.as_of)}{inferred}; {one.kind.replace('_', ' ')}; {carried}"


def _several(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 copy", "2 copies"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _sentence_of(one: Stated) -> Sentence:
    span = next((printed.span for printed in one.printed if printed.quote == one.quote), None)
    if span is None:
        found = find_printed(clean(one.quote), one.language, one.low, one.high)
        span = found[0] if found else ""
    return sentence(one.quote, span)


def printed_view(printed: Printed, looks: Looks) -> PrintedView:
    said = sentence(printed.quote, printed.span)
    outlet, page = looks.outlet(printed.outlet), looks.page_of(printed.article)
    return PrintedView(printed.claim, said, outlet, _facts(printed, looks), web_link(printed.url), page, bool(printed.archived))


def _facts(printed: Printed, looks: Looks) -> str:
    published = looks.printed_at(printed.published)
    parts = (", in its headline" if printed.in_title else "", f", published {published}" if published else "",
             f", first seen {looks.when(printed.seen_at)}", _judged(printed.kind, printed.why) if printed.kind else "",
             f"; claim {printed.claim}", f", its page archived, SHA-256 {printed.archived[:12]}…" if printed.archived else "")  # fmt: skip
    return "".join(parts)


@lru_cache(KEPT)
def _judged(kind: str, why: str) -> str:
    return f"; judged {kind.replace('_', ' ')}: {cut(clean(why), WHY_LENGTH)}"


@lru_cache(KEPT)
def sentence(quote: str, span: str) -> Sentence:
    """A sentence of at most 300 characters, with its number apart where it is found.

    >>> sentence("At least 12 people were killed.", "12")
    Sentence(before='At least ', number='12', after=' people were killed.')
    """
    span = clean(span)
    shown = cut_quote(quote, span)
    before, number, after = shown.partition(span) if span else (shown, "", "")
    return Sentence(before, number, after)


def claimant_of(one: Stated) -> str:
    """Who states it; the outlet, where nobody is named."""
    if one.series.body == UNATTRIBUTED or not one.claimant:
        return f"{outlet_name(one.outlet)}, nobody named"
    return cut(clean(one.claimant), NAME_LENGTH)


def value_of(one: Stated, style: str = "short") -> str:
    return value_words(Value(one.low, one.high, one.qualifier), style)


def nominal(one: Stated) -> float | None:
    """Where a statement's value is drawn; None of one without a number."""
    return Value(one.low, one.high).middle


@lru_cache(KEPT)
def web_link(url: str) -> str:
    """An address that may be followed; empty for one that is not of the web."""
    shown = clean(readable_link(url))
    return shown if re.fullmatch(r"https?://\S+", shown, re.IGNORECASE) else ""


# --- alerts and disagreements


def told_view(one: Told, looks: Looks) -> ToldView:
    page = quantity_page(one.quantity) if one.quantity else ""
    return ToldView(one.id, looks.when(one.at), one.kind.replace("_", " "), one.severity, clean(one.title), one.body, page, one.statement)


def disagreement_view(course: QuantityCourse, looks: Looks) -> DisagreementView:
    """What was told of the quantity's disagreement."""
    spreads = tuple(_spread(one, looks) for one in reversed(course.spreads))
    return DisagreementView(quantity_title(course.series), course.standing_spread is not None, quantity_page(course.key), spreads)


def _spread(one: Spread, looks: Looks) -> SpreadView:
    event = one.event
    members = [member for member in (event.statement, event.previous, *event.others) if member]
    unlike = {(member.series.key, member.low, member.high): member for member in members}
    sides = []
    for member in unlike.values():
        number = next(iter(find_printed(clean(member.quote), member.language, member.low, member.high)), "")
        shown = value_words(Value(member.low, member.high, member.qualifier))
        named = outlet_name(member.outlet) if member.series.body == UNATTRIBUTED else cut(clean(member.claimant), NAME_LENGTH)
        said, where = sentence(member.quote, number), looks.outlet(member.outlet)
        sides.append(SideView(named, shown, day_words(member.as_of), said, where, web_link(member.url)))
    why = clean(event.explanation or "")
    return SpreadView(told_view(one.told, looks), value_of_spread(one), why, tuple(map(clean, event.cautions)), tuple(sides))


def value_of_spread(one: Spread) -> str:
    """From the least to the most of a disagreement."""
    return value_words(Value(one.event.low, one.event.high, Qualifier.BETWEEN), "short")


# --- pages


def page_view(page: PageCourse, looks: Looks) -> PageView:
    """An article, its latest version first."""
    before: Edition | None = None
    editions = []
    for edition in page.editions:
        editions.append(_edition(edition, before, looks))
        before = edition
    title = cut(next((clean(edition.title) for edition in reversed(page.editions) if edition.title), page.url), 300)
    return PageView(title, looks.outlet(page.outlet), web_link(page.url), looks.when(page.first_seen_at), tuple(reversed(editions)))


def _edition(edition: Edition, before: Edition | None, looks: Looks) -> EditionView:
    here, there = (Counter(map(_figure, one.printed)) if one else Counter[str]() for one in (edition, before))
    changes = tuple(folded(diff_words(_whole(before), _whole(edition)))) if before and looks.with_copies else None
    return EditionView(
        edition.number, looks.when(edition.seen_at), looks.printed_at(edition.published), looks.printed_at(edition.modified),
        cut(clean(edition.title), 300), edition.sha256, tuple(printed_view(one, looks)._replace(page="") for one in edition.printed),
        tuple((there - here).elements()) if before else (), tuple((here - there).elements()) if before else (),
        tuple(map(clean, edition.text.splitlines())) if looks.with_copies else (), changes,
    )  # fmt: skip


def _figure(printed: Printed) -> str:
    value = value_words(Value(printed.low, printed.high, Qualifier(printed.qualifier)))
    series = Series(printed.metric, printed.party, printed.group, Scope.CUMULATIVE, "")
    return f"{value} ({series_words(series)})"


def _whole(edition: Edition) -> str:
    return f"{edition.title}\n{edition.text}"

