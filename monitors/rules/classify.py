"""Judge what a remark is against what stands: one function a class, the first that fits decides (DOMAIN 3.7 and 3.0)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from monitors.model import BY_NAME, Kind, Qualifier, Scope, Stance, State, Statement
from monitors.rules.constants import Constants
from monitors.rules.identity import HEARSAY, LOOSE, UNATTRIBUTED, Claimants
from monitors.rules.statements import COUNTED_UNITS, EVENT_DAYS, PART_GROUPS, Remark, Shelf, Track, is_plan, is_warlike
from monitors.rules.values import Value, days_of, earlier, same, satisfied, touch, value_of


@dataclass(frozen=True)
class Case:
    """A remark and all that its judgement may look at."""

    remark: Remark
    shelf: Shelf | None
    """The series it joins; None where it opens its own."""
    anchor: Statement | None
    """A stored statement of this very value."""
    standing: Statement | None
    """What stands before it: its series' current value; of an event's toll the latest of the event, whoever said it."""
    rivals: tuple[Shelf, ...]
    """The other series of the same quantity or event."""
    cousins: tuple[Shelf, ...]
    """Series of the same body and people that count another metric."""
    constants: Constants
    claimants: Claimants
    tier: int = 3
    primary: bool = False
    copy: bool = False
    """The anchor's origins already hold the one this page copies."""
    revised: bool = False
    """The sentence says that the number was put lower on purpose."""
    recount: bool = False
    """The sentence, or one beside it, says that the way of counting changed."""
    said_already: bool = False
    """This very text gave the series a value before."""
    carried_out: bool = False
    """The page says that what was agreed took place."""
    planned: bool = False
    """The sentence says that it is agreed and to come."""
    recalled: bool = False
    """The sentence says that it is remembered: an anniversary, a memorial."""
    denied: Statement | None = None
    """Of a denied figure, the statement that is rejected."""
    contrasted: bool = False
    """The page sets the figure against the standing one, which it gives as another's."""
    taken_back: bool = False
    """It is whoever stated the denied figure who takes it back."""
    names_standing: bool = False
    """The sentence gives the standing number too."""
    leads: bool = False
    """It is what the page begins with, in the name of a body that is known."""
    total_stands: bool = False
    """The page says the standing toll beside it, as one that stands: the number is of some of those whom that counts."""

    @property
    def value(self) -> Value:
        return self.remark.value

    @property
    def current(self) -> Statement | None:
        return self.shelf.current if self.shelf else None

    @property
    def reliable(self) -> bool:
        """Read from words, or needing none: a claimant's own page, a newsroom of tier 1 in its own voice or about an event or a list of
        names, one that its headline gives as well, an exchange by a known claimant. What its own text contradicts is so on its claimant's
        page only."""
        if self.remark.contradicted:
            return self.primary
        claim, claimant, first_rate = self.remark.claim, self.remark.claimant, self.tier == 1
        of_somebody = self.remark.series.party is not None or self.remark.track is Track.TRANSFER
        dead_of_one_event = self.remark.track is Track.TOLL and claim.metric == "killed"
        own_voice = (claimant.body == UNATTRIBUTED or dead_of_one_event) and first_rate and of_somebody
        needs_no_scope = self.remark.track is Track.TRANSFER or (
            first_rate and (self.remark.track is Track.TOLL or claimant.method == BY_NAME)
        )
        known = self.standing is not None and replaces(self, self.standing)
        proved = (self.contrasted or self.remark.headlined or known) and self.tier <= 2  # the page says it twice, or what it was before
        explained = first_rate and self.shelf is not None and (self.recount or self.daily)  # the series says what it counts, or the page
        return claim.sure or self.primary or own_voice or proved or ((needs_no_scope or explained) and claimant.known)

    @property
    def names_some(self) -> bool:
        """It counts those whom a body has confirmed by name, of a toll which that body gives as well: not a list that is all it counts."""
        return self.method == BY_NAME != self.remark.claimant.method

    @property
    def method(self) -> str | None:
        """How its series counts."""
        return self.shelf.series.method if self.shelf else self.remark.series.method

    @property
    def daily(self) -> bool:
        return self.shelf is not None and is_daily(self.shelf, self.claimants, self.constants)


@dataclass(frozen=True)
class Judgement:
    """What a remark is. `joins` is the statement it repeats; `previous` what it stands against; kind None is no figure."""

    kind: Kind | None
    why: str
    joins: Statement | None = None
    previous: Statement | None = None
    subtype: str | None = None
    stored: bool = True
    """Whether the remark makes a statement of its series, where its kind does."""


Rule = Callable[[Case], Judgement | None]


def join(remark: Remark, fitting: Sequence[tuple[int, Shelf]], claimants: Claimants) -> tuple[Shelf | None, Statement | None]:
    """The series a remark belongs to, and the stored statement of this very value (DOMAIN 3.0).

    The one compatible series in which the value is a current or past one; else the best fitting one of this claimant; else none.
    """
    own = [(fit, shelf) for fit, shelf in fitting if shelf.series.body == remark.claimant.body]
    anchored = [
        (shelf.series.body == remark.claimant.body, shelf.current is like, fit, -n, shelf, like)
        for n, (fit, shelf) in enumerate(fitting)
        if may_anchor(remark, shelf, claimants) and (like := shelf.like(remark.value))
    ]
    if anchored:
        *_, shelf, like = max(anchored, key=lambda row: row[:4])
        if shelf.series.body == remark.claimant.body or not (own and speaks_for_itself(remark, claimants)):
            return shelf, like
    changing = [
        (fit, last_day(shelf), -n, shelf)
        for n, (fit, shelf) in enumerate(own)
        if not (shelf.series.unit in COUNTED_UNITS and shelf.series.unit != remark.series.unit)
    ]
    return (max(changing, key=lambda row: row[:3])[3] if changing else None), None


def speaks_for_itself(remark: Remark, claimants: Claimants) -> bool:
    """Whether a toll is its claimant's own count, though another gave the number before: the agency's 92 are now the district's 140."""
    return remark.track is Track.TOLL and not claimants.is_loose(remark.claimant) and not remark.presumed


def last_day(shelf: Shelf) -> int:
    """The day its current value holds for: of two that fit alike the one that was heard of last."""
    return days_of(shelf.current.as_of)[1].toordinal() if shelf.current else 0


def may_anchor(remark: Remark, shelf: Shelf, claimants: Claimants) -> bool:
    """Whether an equal value in this series is the same statement: the claimant's own, or nobody's in particular.

    What is told of one event by bodies of one side, or by no known one, is one toll; so is a total that one side's bodies give in a week.
    """
    body, claimant = shelf.series.body, remark.claimant
    if body == claimant.body or claimant.body == UNATTRIBUTED or remark.presumed or claimants.are_related(body, claimant):
        return True
    if remark.track in (Track.TOLL, Track.TRANSFER):
        return True
    other = claimants.bodies.get(body)
    allied = not claimant.known or (other is not None and other.side is not None and other.side == claimant.side)
    return (
        allied
        and remark.track is Track.RUNNING
        and bool(shelf.current and touch(shelf.current.said_on.isoformat(), remark.day.isoformat(), 7))
    )


def judge(case: Case) -> Judgement:
    """What the remark is: the first class that fits."""
    return next(judgement for rule in RULES if (judgement := rule(case)))


# --- the classes, in their order; correction, and a page that takes a figure back, are told by two versions of it: see watch


def non_figure(case: Case) -> Judgement | None:
    """1 NON_FIGURE (3.4): plans, forecasts, comparisons, numbers that are not given. Stored, never told.

    An exchange that was agreed and, by the same page, carried out is the event itself (3.0); one that is only agreed is a plan.
    """
    claim = case.remark.claim
    if case.remark.track is not Track.WINDOW and claim.part and claim.group not in PART_GROUPS:
        return Judgement(None, "some of those whom the toll counts")
    if case.remark.track is Track.TRANSFER and case.value.nominal is not None and not claim.comparison:
        to_come = (claim.stance is Stance.HYPOTHETICAL or case.planned) and not case.carried_out
        return Judgement(None, "an exchange that is agreed and to come") if to_come else None
    if case.remark.track in (Track.TOLL, Track.WINDOW) and case.remark.joint:
        return Judgement(None, "the sum of several countries or events, of which the page counts some alone")
    return Judgement(None, "a plan, a forecast, another war or no number") if is_plan(claim) else None


def denial(case: Case) -> Judgement | None:
    """3 DENIAL: somebody rejects a stored figure, with or without a number of their own, or takes back their own. An unknown figure denied
    is no news."""
    if case.remark.claim.stance is not Stance.DENIED:
        return None
    if case.denied is None:
        return Judgement(None, "denies a figure that is not stored")
    if case.denied.state is State.WITHDRAWN:
        return Judgement(None, "denies a figure that was taken back")
    if case.taken_back:  # RETRACTION: "claimant withdraws" (3.4)
        return Judgement(Kind.RETRACTION, "whoever stated it takes it back", joins=case.denied)
    return Judgement(Kind.DENIAL, "rejects a stored figure", joins=case.denied)


def syndicated(case: Case) -> Judgement | None:
    """4 SYNDICATED: the same statement from an origin that is known already. Log."""
    if case.anchor and case.copy and settled(case) and not collapses(case):
        return Judgement(Kind.SYNDICATED, "a copy of a known origin", joins=case.anchor)
    return None


def misquote(case: Case) -> Judgement | None:
    """5 MISQUOTE: the same statement, printed otherwise than by the best origin: another metric, an end of a range, another number."""
    if case.remark.claim.superseded:
        return None
    if case.remark.track is Track.TOLL and (hurt := injured(case)):
        return Judgement(Kind.MISQUOTE, "the injured are called dead", previous=hurt, subtype="metric")
    if case.remark.track is Track.TOLL and case.anchor is None and is_slip(case):
        return Judgement(Kind.MISQUOTE, "another number for the same statement", previous=case.standing, subtype="value")
    if case.remark.track is not Track.RUNNING:
        return None
    if collapses(case):
        return Judgement(Kind.MISQUOTE, "one end of a range stands for all of it", previous=case.anchor, subtype="range collapsed")
    if case.anchor is None and (other := other_metric(case)):
        return Judgement(Kind.MISQUOTE, "the claimant's number, counting something else", previous=other, subtype="metric")
    if case.anchor is None and misprinted(case):
        return Judgement(Kind.MISQUOTE, "another number for the same statement", previous=case.current, subtype="value")
    return None


def historical(case: Case) -> Judgement | None:
    """6 HISTORICAL: an earlier value recalled, by its words, its date, or because it is a past value (the anchor rule). Silent.

    Of a moving toll a lower number is a copy that lags, unless the text says that the toll was revised (3.0).
    """
    claim, anchor, before = case.remark.claim, case.anchor, case.standing
    current = anchor is not None and anchor in (case.current, before)
    if claim.superseded or claim.past:
        return Judgement(Kind.HISTORICAL, "the text itself calls it past", joins=anchor)
    if case.said_already and before and not current and not satisfied(case.value, value_of(before)):
        return Judgement(Kind.HISTORICAL, "another number beside the one the text reports", joins=anchor)
    if anchor and not current and not (case.revised or succeeds(case)):
        return Judgement(Kind.HISTORICAL, "a value known from before", joins=anchor)
    dated = case.remark.track is not Track.TOLL  # of an event the day it happened may be all that the text gives: `lags` tells what is old
    if before and anchor is None and dated and earlier(case.remark.as_of, before.as_of):
        return Judgement(Kind.HISTORICAL, "holds for an earlier day")
    why = out_of_date(case, before)
    return Judgement(Kind.HISTORICAL, why) if why else None


def out_of_date(case: Case, before: Statement | None) -> str | None:
    """Why a value that is not stored is old news all the same."""
    remark = case.remark
    if remark.track is Track.TOLL and before and lags(case, before):
        return "a copy that lags"
    if remark.track is Track.RUNNING and case.shelf is None and is_of_one_day(remark) and remark.age > EVENT_DAYS:
        return "a day long past"
    if remark.track is Track.RUNNING and remark.claimant.body == UNATTRIBUTED:
        known = (current for rival in case.rivals if (current := rival.current))
        return "lower than what is known, and nobody is named for it" if any(rises(value_of(s), case.value) for s in known) else None
    young = EVENT_DAYS if remark.headlined else case.constants.toll.young_days  # what a headline tells is no memory yet …
    young = case.constants.first_sight.past_days if case.leads else young  # … nor what a known body reports of months ago
    if remark.track in (Track.TOLL, Track.TRANSFER) and before is None and (remark.age > young or case.recalled):
        return "an event of long ago"
    over = case.constants.first_sight.past_days // (2 if remark.as_of_stated and len(remark.as_of) == len("2025") else 1)
    if remark.track is Track.WINDOW and before is None and remark.age > over:  # "45 died last year" is told until spring
        return "a time long past"
    return None


def is_of_one_day(remark: Remark) -> bool:
    """ "1,200 people were killed on 7 October": no total "as of" that day."""
    return remark.as_of_stated and len(remark.as_of) == len("2023-10-07") and remark.claim.until is None and remark.claim.since is None


def restatement(case: Case) -> Judgement | None:
    """7 RESTATEMENT: the current value again, or a weaker bound that it satisfies. Silent; the origin is added."""
    if case.anchor and settled(case):
        return Judgement(Kind.RESTATEMENT, "the current value", joins=case.anchor)
    before = case.current or (case.standing if case.remark.track in (Track.TOLL, Track.TRANSFER) else None)
    if before and counts_attacker(case, before):
        return Judgement(Kind.RESTATEMENT, "with the attacker counted in", joins=before)
    of_one_time = case.remark.track is not Track.WINDOW or (before is not None and touch(case.remark.as_of, before.as_of))
    if before and of_one_time and not (case.revised or succeeds(case)) and satisfied(case.value, value_of(before)):
        return Judgement(Kind.RESTATEMENT, "a weaker bound than what is known", joins=before)
    return None


def event(case: Case) -> Judgement | None:
    """12 EVENT: an exchange or a return, once for each day and parties; further numbers of it are members of it."""
    if case.remark.track is not Track.TRANSFER:
        return None
    if case.standing is None:
        return Judgement(Kind.EVENT, "an occurrence that is not known yet")
    return Judgement(
        Kind.NEW_SERIES if case.shelf is None else Kind.RESTATEMENT, "another number of a known occurrence", previous=case.standing
    )


def reversal(case: Case) -> Judgement | None:
    """8 REVERSAL: a running total fell, on a later day. Where the day is inferred, only a newsroom of tier 1 or the claimant is believed.

    A toll falls when its claimant says that it was revised. `step`, "counted differently", where the way of counting changed.
    """
    before = case.current if case.remark.track is Track.RUNNING else case.standing
    if (
        before is None
        or case.remark.track is Track.WINDOW
        or not falls(case.value, value_of(before))
        or case.remark.claimant.body == UNATTRIBUTED
    ):
        return None
    if case.remark.track is Track.RUNNING:
        later = case.remark.as_of_stated and earlier(before.as_of, case.remark.as_of)
        believed = case.tier == 1 or case.primary
        if not (later or (believed and not case.remark.as_of_stated and earlier(before.as_of, case.remark.as_of))):
            return Judgement(Kind.HISTORICAL, "lower, and not known to be later")
        if case.names_some:  # "identified, confirmed, registered" (DOMAIN 3.0)
            return Judgement(Kind.STEP, "fewer of them are confirmed by name", previous=before, subtype="counted differently")
        if not case.recount and ((case.daily and far_below(case)) or far_less(case, before)):
            return Judgement(Kind.HISTORICAL, "far below what stands: another count, or an old one")
    elif case.total_stands and (old := case.remark.replaces) and not same(old, value_of(before)):
        return Judgement(Kind.STEP, "some of the toll are counted differently", subtype="counted differently", stored=False)
    elif opposed(case, before) or not (recounts(case, before) or replaces(case, before) or is_lowered(case, before)):
        return None
    if case.recount:
        return Judgement(Kind.STEP, "fell because it is counted differently", previous=before, subtype="counted differently")
    return Judgement(Kind.REVERSAL, "a total fell", previous=before)


def step(case: Case) -> Judgement | None:
    """9 STEP: a change three times faster than the last intervals, or one the claimant explains by a new way of counting.

    Of a daily series: an increment above twice the median of the trailing ones (3.8).
    """
    if case.remark.track is Track.TOLL and case.standing and recounts(case, case.standing) and rises(case.value, value_of(case.standing)):
        return Judgement(Kind.STEP, "rose because it is counted differently", previous=case.standing, subtype="counted differently")
    before = case.current
    if before is None or case.remark.track is not Track.RUNNING or not rises(case.value, value_of(before)):
        return None
    if case.daily and not case.recount:
        return Judgement(Kind.STEP, "an unusual day", previous=before) if unusual_day(case) else None
    if (case.recount and pace(case)) or (faster(case) and not case.daily):
        return Judgement(Kind.STEP, "far off the usual pace", previous=before)
    return None


def milestone(case: Case) -> Judgement | None:
    """A daily series crossed a round mark (3.8)."""
    before = case.current
    if before is None or not case.daily or case.remark.track is not Track.RUNNING or not rises(case.value, value_of(before)):
        return None
    short = case.value.qualifier in SHORT_OF  # "nearly 30,000" has not passed it
    if round_mark((case.value.nominal or 0) - short) > round_mark(before.high or before.low or 0):
        return Judgement(Kind.MILESTONE, "crossed a round mark", previous=before)
    return None


def change(case: Case) -> Judgement | None:
    """10 CHANGE: a later value of a known series; of a toll, a higher one of the event, whoever of the same side says it."""
    if case.remark.track is Track.TOLL:
        before = case.standing
        return Judgement(Kind.CHANGE, "the toll moved", previous=before) if before and not opposed(case, before) else None
    before = case.current
    return Judgement(Kind.CHANGE, "a later value", previous=before) if before else None


def new_series(case: Case) -> Judgement | None:
    """11 NEW_SERIES: the first figure of this claimant about this."""
    return Judgement(Kind.NEW_SERIES, "the first figure of its series")


RULES: tuple[Rule, ...] = (
    non_figure,
    denial,
    syndicated,
    misquote,
    historical,
    restatement,
    event,
    reversal,
    step,
    milestone,
    change,
    new_series,
)


# --- what the classes ask


def counts_attacker(case: Case, before: Statement) -> bool:
    """Whether a toll is the standing one with whoever did it: "nine dead, including the gunman", of whom eight were shot."""
    more = (case.value.nominal or 0) - (value_of(before).nominal or 0)
    both = case.remark.track is Track.TOLL and ATTACKER in case.remark.claim.includes and ATTACKER not in before.series.includes
    return both and 0 < more <= MOST_ATTACKERS


ATTACKER = "attacker"
MOST_ATTACKERS = 2


def settled(case: Case) -> bool:
    """An equal stored value is this one, unless a revision, or a rise after one, goes back to a number of before."""
    return case.anchor in (case.current, case.standing) or not (case.revised or succeeds(case))


def succeeds(case: Case) -> bool:
    """Whether the sentence of a toll says that its number takes the place of the one that stands: "raising it to 17 from 16"."""
    before = case.standing if case.remark.track is Track.TOLL else None
    return before is not None and replaces(case, before)


def collapses(case: Case) -> bool:
    """A known range is given as one of its ends."""
    return case.anchor is not None and value_of(case.anchor).is_range and not case.value.is_range


def other_metric(case: Case) -> Statement | None:
    """The claimant's very number, of another metric ("55,000 casualties" for 55,000 killed): of these days, said in these days, or of any
    where the day is inferred (the anchor rule). Small numbers meet by chance."""
    if (case.value.nominal or 0) < 100:
        return None
    days, remark = case.constants.statement.same_days, case.remark
    likes = [like for shelf in case.cousins if (like := shelf.like(case.value))]
    alike = (s for s in likes if abs((remark.day - s.said_on).days) <= days or touch(s.as_of, remark.as_of, days))
    return next(alike, None) if remark.as_of_stated else next(iter(likes), None)


def injured(case: Case) -> Statement | None:
    """The injured of the event, if a toll far above the one that stands is their very number, and nothing says that they died."""
    value, before = case.value, case.standing
    if before is None or not far_less_than(value_of(before), value, case.constants) or (value.nominal or 0) < case.constants.toll.floor:
        return None
    hurt = (current for shelf in case.cousins if (current := shelf.current))
    bodies = (case.remark.claimant.body, before.series.body)
    return next((s for s in hurt if value_of(s).nominal == value.nominal and s.series.body in bodies), None)


def misprinted(case: Case) -> bool:
    """The same claimant, the same days, another number, from an origin no better than the best that carried the first.

    Where both days are stated they must meet; where the new one is inferred, the numbers must be near. A daily series moves by itself.
    """
    before = case.current
    if before is None or case.daily or case.primary or case.remark.claimant.body != before.series.body:
        return False
    if satisfied(case.value, value_of(before)):
        return False  # "more than 90" says less than 96, and nothing else
    best = min((0 if origin.primary else origin.tier for origin in before.origins), default=3)
    a, b = case.value.nominal, value_of(before).nominal
    if case.tier < best or not a or not b:
        return False
    venue = bool(before.venue) and before.venue == case.remark.claim.venue
    days = case.constants.statement.same_days
    if case.remark.as_of_stated and before.as_of_stated:
        return (len(case.remark.as_of) == 10 and case.remark.as_of == before.as_of) or (
            venue and touch(case.remark.as_of, before.as_of, days)
        )
    near = venue or abs(a - b) / max(a, b) <= 0.10
    return touch(case.remark.as_of, before.as_of, days) and ((near and case.tier > 1) or are_swapped(a, b))


def is_slip(case: Case) -> bool:
    """Whether a toll of the standing one's day and claimant has two of its digits turned round: 1,838 for 1,383."""
    before = case.standing
    if before is None or case.primary or case.remark.claimant.body != before.series.body or case.remark.day != before.said_on:
        return False
    a, b = case.value.nominal or 0, value_of(before).nominal or 0
    return min(a, b) >= LEAST_TURNED and are_swapped(a, b)


LEAST_TURNED = 1000
"""In shorter numbers two digits change places by the next hour's dead as well."""


def are_swapped(a: int, b: int) -> bool:
    """Whether two numbers differ in that two digits changed places.

    >>> are_swapped(62_300, 63_200), are_swapped(62_300, 62_300), are_swapped(62_300, 60_320)
    (True, False, False)
    """
    x, y = str(a), str(b)
    apart = [n for n, (m, o) in enumerate(zip(x, y, strict=False)) if m != o]
    return len(x) == len(y) and len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(x) == sorted(y)


def sinks(remark: Remark) -> bool:
    """Whether a number of an event goes down by itself: of the missing some are found, alive or dead."""
    return remark.track is Track.TOLL and remark.series.metric == "missing"


def lags(case: Case, before: Statement) -> bool:
    """A toll's lower number is old news, unless it is revised, or another side's own count."""
    if sinks(case.remark) or opposed(case, before) or replaces(case, before) or recounts(case, before):
        return False
    return falls(case.value, value_of(before)) and not is_lowered(case, before)


def is_lowered(case: Case, before: Statement) -> bool:
    """Whether the sentence says that a toll was put lower: to less than half only where it names what it was."""
    return case.revised and (case.names_standing or not far_less(case, before))


def recounts(case: Case, before: Statement) -> bool:
    """Whether who gave a toll gives another because they count otherwise now: confirmed cases only, or those who died at home as well."""
    return case.recount and case.remark.claimant.body == before.series.body and not case.claimants.is_loose(case.remark.claimant)


def opposed(case: Case, before: Statement) -> bool:
    """Whether the standing value is another side's: known claimants of two sides, or two ministries of which the second counts fewer; or
    whoever they are, where the page itself sets the one against the other."""
    claimant = case.remark.claimant
    if case.contrasted:
        return True
    if before.series.body == claimant.body or not claimant.known or before.series.body == UNATTRIBUTED:
        return False
    side = case.claimants.side_of(before.series.body)
    if case.shelf is not None:
        return False
    if claimant.side and side and claimant.side != side and is_warlike(case.remark.happening):
        return True
    if case.claimants.is_loose(claimant) or before.series.body.startswith((LOOSE, HEARSAY)):
        return False
    same_country = bool(claimant.side) and side == claimant.side
    if not (claimant.side and side) and case.remark.day > before.said_on and rises(case.value, value_of(before)):
        return False  # an observer's later count
    return not same_country or falls(case.value, value_of(before))


def falls(new: Value, old: Value) -> bool:
    a, b = new.nominal, old.nominal
    return a is not None and b is not None and a < b and not same(new, old)


def rises(new: Value, old: Value) -> bool:
    a, b = new.nominal, old.nominal
    return a is not None and b is not None and a > b


def is_daily(shelf: Shelf, claimants: Claimants, constants: Constants) -> bool:
    """A series whose values come three days apart or less at the median; or a body that publishes every day (3.8)."""
    if shelf.series.scope is not Scope.CUMULATIVE:
        return False
    if shelf.series.body in claimants.daily:
        return True
    days = sorted({days_of(s.as_of)[1] for s in shelf.standing[-constants.daily.unusual_points :]})
    gaps = [(b - a).days for a, b in pairwise(days)]
    return len(days) >= constants.daily.points and median(gaps) <= constants.daily.spacing_days


def intervals(shelf: Shelf) -> list[float]:
    """The daily rates between the series' values, in their order."""
    shown = ((days_of(s.as_of)[1], value_of(s).nominal or 0) for s in shelf.standing)
    points = sorted(shown, key=lambda point: point[0]) if shelf.course is None else shelf.course
    return [(v - u) / (b - a).days for (a, u), (b, v) in pairwise(points) if b > a]


def pace(case: Case) -> float | None:
    """The daily rate from the current value to this one."""
    before = case.current
    if before is None:
        return None
    days = (days_of(case.remark.as_of)[1] - days_of(before.as_of)[1]).days
    return ((case.value.nominal or 0) - (value_of(before).nominal or 0)) / days if days > 0 else None


def faster(case: Case) -> bool:
    """Three times the median of the last five rates, where there are two at least."""
    rates = intervals(case.shelf)[-case.constants.step.intervals :] if case.shelf else []
    now = pace(case)
    return (
        now is not None
        and len(rates) >= case.constants.step.least_intervals
        and median(rates) > 0
        and now > case.constants.step.factor * median(rates)
    )


SHORT_OF = frozenset({Qualifier.NEARLY, Qualifier.LESS_THAN, Qualifier.UP_TO})
EVEN = frozenset({Qualifier.EXACT, Qualifier.ABOUT})
"""Qualifiers of values whose difference is what was added."""


def unusual_day(case: Case) -> bool:
    """An increment above twice the median of the trailing thirty, or of as many as there are of two weeks at least. From a round bound to
    the next is no increment: "more than 29,000", "more than 30,000"."""
    if not {case.value.qualifier, value_of(case.current).qualifier if case.current else None} <= EVEN:
        return False
    rates = intervals(case.shelf)[-case.constants.daily.unusual_points :] if case.shelf else []
    now = pace(case)
    return now is not None and len(rates) >= case.constants.daily.unusual_least and now > case.constants.daily.unusual * median(rates)


def far_below(case: Case) -> bool:
    """Under everything that is looked at of a daily series."""
    return case.shelf is not None and all(rises(value_of(s), case.value) for s in case.shelf.standing)


def far_less(case: Case, before: Statement) -> bool:
    """Less than half of what stands: a part of it, not a revision."""
    return far_less_than(case.value, value_of(before), case.constants)


def far_less_than(new: Value, old: Value, constants: Constants) -> bool:
    """Whether a number is less than half of another."""
    return (new.nominal or 0) < constants.change.reversal_least * (old.nominal or 0)


def replaces(case: Case, before: Statement) -> bool:
    """Whether the sentence itself says that its number takes the place of the standing one: "has dropped from 161 to three"."""
    old, standing = case.remark.replaces, value_of(before)
    if old is None or old.nominal is None or not standing.nominal:
        return False
    return same(old, standing) or abs(old.nominal - standing.nominal) <= case.constants.change.estimate * standing.nominal


def round_mark(n: int) -> int:
    """The last round mark a growing number has passed: its leading digit, above a million two of them.

    >>> round_mark(1_300_030), round_mark(298_730), round_mark(1_298_730)
    (1300000, 200000, 1200000)
    """
    power = max(int(10 ** (len(str(max(n, 1))) - 1)), 10_000)
    if power >= 1_000_000:
        power //= 10
    return n // power * power
