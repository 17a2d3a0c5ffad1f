"""A text's figures against the history -> which are current, which are stale, which differ: pure, and only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from crawler.article import Article
from monitors.model import Claim, Kind, PartialDate, Reading, Scope, Stance, State, Statement
from monitors.rules.identity import UNATTRIBUTED
from monitors.rules.statements import Page, Remark, Shelf, Track, Version, find_day, is_plan, read_page, read_remarks
from monitors.rules.values import days_of, earlier, overlap, same, satisfied, touch, value_of
from monitors.watch import Ledger, Library, Policy, with_merges

OF_NOW = 7
"""Days: a figure that the text dates so near to itself is meant as the present one."""


class Verdict(StrEnum):
    """What a figure of a text is, held against the history."""

    CURRENT = "current"
    STALE = "stale"
    """A past value, given as if it stood."""
    DIFFERS = "differs"
    """Never said by this claimant; where it has said nothing, far from all that others say."""
    UNKNOWN = "unknown"
    PAST = "past"
    """A past value, and the text calls it one."""
    ASIDE = "left aside"
    """A plan, a denial, another war: nothing that stands or falls."""


WRONG = frozenset({Verdict.STALE, Verdict.DIFFERS})


@dataclass(frozen=True)
class Checked:
    """One figure of a text, and what the history says of it."""

    remark: Remark
    verdict: Verdict
    why: str
    said: Statement | None = None
    """The stored statement of this very value."""
    now: Statement | None = None
    """What stands instead of it."""
    since: PartialDate | None = None
    """The day from which it no longer stood."""
    others: tuple[Statement, ...] = ()
    """From whom it differs; of an unknown one, whom it is near to."""


def check_article(article: Article, reading: Reading, ledger: Ledger, policy: Policy, now: datetime) -> list[Checked]:
    """Hold each figure of a text against the history, in the order they stand; placed as the job would place them."""
    version = Version(0, 1, article, tuple(enumerate(reading.claims)), now, now, backfill=False)
    policy, page = with_merges(policy, read_page(version, policy.publishers, policy.happenings), ledger, version)
    remarks = read_remarks(version, page, policy.claimants, policy.publishers, policy.happenings)
    printed = [one for remark in remarks for one in _each_print(remark, reading.claims, page)]
    library = Library(page, ledger, policy, remarks)
    return [_check(remark, library) for remark in sorted(printed, key=lambda one: (not one.claim.in_title, one.claim.start))]


def _each_print(remark: Remark, claims: Sequence[Claim], page: Page) -> Iterator[Remark]:
    """A remark as each of its sentences words it: one may call past what the other gives as if it stood."""
    for number in remark.ids:
        own = claims[number]
        own = replace(own, metric=remark.claim.metric, party=remark.claim.party, attributed_to=remark.claim.attributed_to)
        as_of, stated = find_day(own, page)
        yield replace(remark, claim=own, ids=(number,), as_of=as_of, as_of_stated=stated)


def _check(remark: Remark, library: Library) -> Checked:
    claim = remark.claim
    if claim.stance in (Stance.DENIED, Stance.DISPUTED):
        return Checked(remark, Verdict.ASIDE, f"the text gives it as {claim.stance}", said=library.find_denied(remark))
    if is_plan(claim):
        return Checked(remark, Verdict.ASIDE, _why_aside(claim))
    fitting = library.shelves(remark)
    shelf, said, _ = library.join(remark, fitting)
    standing = library.standing(remark, shelf, fitting)
    current = [statement for _, one in fitting if (statement := one.current)]
    if remark.claimant.body == UNATTRIBUTED and remark.track is not Track.TOLL:
        if equal := next((statement for statement in current if same(remark.value, value_of(statement))), None):
            return Checked(remark, Verdict.CURRENT, "nobody is named for it; it is what stands", said=equal)
        standing = standing if said else None
    if shelf and standing and said is None and not satisfied(remark.value, value_of(standing)):
        said = library.ledger.last_stated(shelf.series, remark.value)  # longer ago than the job looks back
    if said:
        return _check_said(remark, said, standing, shelf, library.page)
    if standing:
        return _check_against(remark, standing, library.page)
    return _check_among(remark, current, library.page)


def _why_aside(claim: Claim) -> str:
    if claim.stance is Stance.HYPOTHETICAL:
        return "a plan, a forecast or a guess"
    return "another war or time, recalled beside the story" if claim.comparison else "no number that could be compared"


def _check_said(remark: Remark, said: Statement, standing: Statement | None, shelf: Shelf | None, page: Page) -> Checked:
    """A value that the history holds."""
    if standing and (said == standing or same(remark.value, value_of(standing))):
        return Checked(remark, Verdict.CURRENT, "it is what stands", said=standing)
    if is_called_past(remark, standing, page):
        return Checked(remark, Verdict.PAST, "as the text says", said=said, now=standing)
    if said.state is State.WITHDRAWN:
        return Checked(remark, Verdict.STALE, "it was withdrawn", said=said, now=standing)
    if standing is None:
        return Checked(remark, Verdict.UNKNOWN, "known as a recollection only, not as a figure that stood", said=said)
    return Checked(remark, Verdict.STALE, "a past value", said=said, now=standing, since=_overtaken(said, shelf, standing))


def _check_against(remark: Remark, standing: Statement, page: Page) -> Checked:
    """A value that the claimant, or of an event whoever tells of it, never gave."""
    if satisfied(remark.value, value_of(standing)):
        return Checked(remark, Verdict.CURRENT, "a weaker bound than what stands", said=standing)
    if is_called_past(remark, standing, page):
        return Checked(remark, Verdict.UNKNOWN, "past, as the text says, and not stored", now=standing)
    later = remark.as_of_stated and earlier(standing.as_of, remark.as_of)
    why = "of a later day than the history knows: it may be new" if later else "the history holds no such value"
    return Checked(remark, Verdict.DIFFERS, why, others=(standing,))


def _check_among(remark: Remark, current: Sequence[Statement], page: Page) -> Checked:
    """A value of nobody's in particular, or of one who never gave a figure of this: all claimants' figures are looked at."""
    if not current:
        return Checked(remark, Verdict.UNKNOWN, "the history holds no figure of this")
    current = sorted(current, key=lambda one: abs((value_of(one).nominal or 0) - (remark.value.nominal or 0)))
    near = tuple(statement for statement in current if overlap(remark.value, value_of(statement)))
    if near:
        return Checked(remark, Verdict.UNKNOWN, "nobody known gives this very number; near to it:", others=near)
    if any(is_called_past(remark, statement, page) for statement in current):
        return Checked(remark, Verdict.UNKNOWN, "past, as the text says, and not stored")
    return Checked(remark, Verdict.DIFFERS, "far from every figure that stands", others=tuple(current))


def is_called_past(remark: Remark, standing: Statement | None, page: Page) -> bool:
    """Whether the text itself gives the value as one of before: by its words, its window ("last year he said …"), or its date."""
    claim = remark.claim
    closed = remark.track is Track.RUNNING and claim.scope is Scope.PERIOD and claim.since is None
    before = standing is None or earlier(remark.as_of, standing.as_of)
    dated = remark.as_of_stated and before and not touch(remark.as_of, page.day.isoformat(), OF_NOW)
    return claim.past or claim.superseded or closed or dated


def _overtaken(said: Statement, shelf: Shelf | None, standing: Statement) -> PartialDate | None:
    """The day of the first value after it; None of one from long before those that are looked at."""
    if shelf and said not in shelf.statements and said.series == shelf.series:
        return None
    held = [one for one in (shelf.standing if shelf else ()) if one.kind is not Kind.HISTORICAL and not same(value_of(one), value_of(said))]
    later = [one for one in held if (days_of(one.as_of)[1], one.id or 0) > (days_of(said.as_of)[1], said.id or 0)]
    return min(later, key=lambda one: (days_of(one.as_of)[1], one.id or 0), default=standing).as_of
