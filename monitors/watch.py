"""The one door: record an article, decide what its figures mean, settle what is due.

`record` stores a page and its claims, `decide` judges them against the history and writes what must be told, `settle` tells what waited.
Everything is written through a Ledger, inside the caller's transaction; nothing here knows a database or looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, Protocol

from crawler.article import Article
from monitors.alerts.about import SPREADS
from monitors.alerts.course import PASSAGES, course_of
from monitors.alerts.routing import PLAIN, Hours, route
from monitors.alerts.wording import compose
from monitors.model import (
    UPHELD,
    Alert,
    Channel,
    Claimant,
    Delivery,
    Event,
    Kind,
    Monitor,
    Origin,
    Qualifier,
    Reading,
    Scope,
    Series,
    Severity,
    Stance,
    State,
    Statement,
)
from monitors.rules import constants as numbers
from monitors.rules.classify import Case, Judgement, far_less_than, join, judge, rises
from monitors.rules.constants import Constants
from monitors.rules.edits import Edit, find_edits
from monitors.rules.identity import (
    HEARSAY,
    LOOSE,
    UNATTRIBUTED,
    Claimants,
    Happenings,
    Publishers,
    fold,
    key_part,
    shipped_claimants,
    shipped_happenings,
    shipped_publishers,
)
from monitors.rules.monitors import shipped_monitors
from monitors.rules.severity import LOUD, Told, ceiling, find_monitor, weigh
from monitors.rules.statements import (
    SENTENCE_END,
    Page,
    Remark,
    Shelf,
    Track,
    Version,
    agree,
    as_event_of,
    compatible,
    counted_apart,
    event_days,
    event_key,
    event_parts,
    fits_group,
    fits_unit,
    independent,
    instant_of,
    is_confirmed,
    is_war_total,
    may_be_one,
    new_statement,
    on_day_of,
    read_page,
    read_remarks,
    recalled,
    same_place,
    sound_alike,
    wherever,
    with_neighbours,
)
from monitors.rules.sums import with_doubts
from monitors.rules.syndication import Credits, find_origin, shipped_credits
from monitors.rules.telling import EVENTFUL, FRESH, Finding, Teller, must_wait, refresh
from monitors.rules.values import Value, days_of, same, value_of
from monitors.rules.verdicts import Mute, sentence_of

TOLD, TOLD_LOUD, TOLD_UNCONFIRMED, CONFIRMED = "told", "told_loud", "told_unconfirmed", "confirmed"
"""Marks on a statement: somebody was told of it; loudly; as unconfirmed; the follow-up went."""


MAKES_STATEMENT = frozenset(
    {Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE, Kind.NEW_SERIES, Kind.EVENT, Kind.CORRECTION, Kind.HISTORICAL, Kind.RESTATEMENT}
)


class Ledger(Protocol):
    """The history that the rules need. Every look-up is bounded, however long the history is."""

    def add_version(self, article: Article, reading: Reading, now: datetime, backfill: bool) -> int | None:
        """Store a page as it was read, undecided; None where this very text is the page's latest version already."""

    def version(self, version_id: int) -> Version:
        """A stored version with its claims."""

    def decided(self, version_id: int) -> None:
        """It needs no decision any more."""

    def series(
        self, metric: str, scopes: Collection[Scope], party: str | None, bodies: Collection[str], days: tuple[date, date] | None
    ) -> list[Series]:
        """Series of a metric that are of these people or of nobody's in particular, the newest, and those of these bodies; of events only
        those that happened from the first to the last of `days`."""

    def shelves(self, series: Sequence[Series], about: Value | None = None) -> list[Shelf]:
        """Series with their latest statements; about a value, with those of them that may state it, and the one that stands."""

    def bare_shelves(self, series: Sequence[Series]) -> list[Shelf]:
        """Series with their latest statements for what these say: without who carried them."""

    def last_stated(self, series: Series, value: Value) -> Statement | None:
        """The latest statement of a value in a series, however long ago."""

    def with_courses(self, shelves: Sequence[Shelf]) -> list[Shelf]:
        """Shelves of a few statements each, with their series' course."""

    def put(self, statement: Statement, version_id: int) -> Statement:
        """Store a statement (and its series where it is new) and return it with its id."""

    def statement(self, statement_id: int) -> Statement:
        """A statement as it stands now: its origins, its state."""

    def carry(self, statement: Statement, origin: Origin) -> Statement:
        """Note that an article carries a stored statement; the statement as it stands then."""

    def marks(self, statement_id: int) -> frozenset[str]:
        """What was noted of a statement: withdrawn, contested, told …"""

    def mark(self, statement_id: int, mark: str, now: datetime) -> None:
        """Note something of a statement, once."""

    def mark_told(self, told: Sequence[tuple[int, str]], now: datetime) -> None:
        """Note of statements what nothing lifts, each mark once."""

    def judge(self, claim_ids: Iterable[int], statement_id: int | None, kind: str, why: str, now: datetime) -> None:
        """What claims were judged to be."""

    def judged(self, version_id: int) -> Mapping[int, tuple[str, Statement]]:
        """What a version's claims were judged to be, and the statements they made, repeated or misprinted, by claim."""

    def texts(self, urls: Collection[str]) -> Mapping[str, str]:
        """The latest stored texts of pages, by their urls."""

    def told(self, quantities: Collection[str], since: datetime) -> list[Told]:
        """The alerts about some quantities since a time."""

    def last_event(self, quantity: str, kinds: Collection[Kind]) -> Event | None:
        """The latest alert of these kinds about a quantity; none where all of its members are one body by now, or a person struck one."""

    def is_taken_back(self, key: str) -> bool:
        """Whether the event of this key told of what a person rejected since."""

    def tell(self, event: Event, alert: Alert, deliveries: Sequence[Delivery], now: datetime, withheld: str | None = None) -> bool:
        """Store an event and its outbox rows, which are never sent where `withheld` says why; False, and nothing, where an event of this
        key is stored."""

    def hold(self, event: Event, due: datetime) -> None:
        """Keep an event that waits for a second origin, a primary source, or its time."""

    def held(self, statement_id: int) -> Event | None:
        """The event that waits for this statement."""

    def release(self, key: str) -> None:
        """It waits no more."""

    def due(self, now: datetime) -> list[str]:
        """The keys of the held events whose time has come, the earliest first."""

    def waiting(self, key: str) -> Event | None:
        """The event that is held under a key."""

    def merged(self) -> Mapping[str, str]:
        """Of bodies that a person merged into others, whose figures theirs are; series come as those of these."""

    def misread(self, sentences: Collection[str]) -> frozenset[str]:
        """Those of some sentences (`rules.verdicts.sentence_of`) that a person rejected."""

    def mute(self, series: Series) -> Mute | None:
        """The mute of a series, over or not."""


@dataclass(frozen=True)
class Policy:
    """What is decided by: the data files, the monitors in force, who is to be told."""

    monitors: tuple[Monitor, ...]
    claimants: Claimants
    publishers: Publishers
    happenings: Happenings
    credits: Credits
    constants: Constants
    channels: tuple[Channel, ...] = ()
    hours: Hours = PLAIN
    report: str = ""
    """The address under which people open the report; empty where nobody said one."""

    @property
    def timezone(self) -> tzinfo:
        """By whose clock times are shown."""
        return self.hours.timezone

    def constants_for(self, series: Series) -> Constants:
        """The numbers a quantity is judged by: its monitor's own where it has some."""
        monitor = find_monitor(series, self.monitors)
        return numbers.override(self.constants, monitor.constants) if monitor and monitor.constants else self.constants

    @classmethod
    def shipped(cls, monitors: Sequence[Monitor] = (), channels: Sequence[Channel] = (), hours: Hours = PLAIN) -> Policy:
        """The shipped defaults, a person's own monitors before the shipped ones."""
        return cls(
            (*monitors, *shipped_monitors()),
            shipped_claimants(),
            shipped_publishers(),
            shipped_happenings(),
            shipped_credits(),
            numbers.shipped(),
            tuple(channels),
            hours,
        )


def record(article: Article, reading: Reading, ledger: Ledger, now: datetime, *, backfill: bool = False) -> int | None:
    """Store a page and its claims, undecided; None where the same text was stored already. Backfill is never told."""
    return ledger.add_version(article, reading, now, backfill)


def decide(version_id: int, ledger: Ledger, policy: Policy, now: datetime) -> list[Event]:
    """Judge a stored version against the history; write what it means and what must be told; return what was told."""
    docket = weigh_version(version_id, ledger, policy, now)
    ledger.decided(version_id)
    if is_backfill(docket.version, docket.policy.constants):
        return []
    return [event for event in docket.events() if send(event, ledger, docket.policy, now)]


def reconsider(version_id: int, fresh: Collection[int], ledger: Ledger, policy: Policy, now: datetime) -> None:
    """Judge those of some claims that stand in a version which was decided before, or in the one before it, as backfill: what they mean
    is written, nobody is told. What else it says stays as it was judged."""
    weigh_version(version_id, ledger, policy, now, frozenset(fresh))


def weigh_version(version_id: int, ledger: Ledger, policy: Policy, now: datetime, fresh: frozenset[int] | None = None) -> Docket:
    """A stored version, judged: all of its claims, or those that are `fresh`."""
    version = ledger.version(version_id)
    policy, page = with_merges(policy, read_page(version, policy.publishers, policy.happenings), ledger, version)
    docket = Docket(version, page, ledger, policy, now, fresh)
    remarks = with_doubts(read_remarks(version, page, policy.claimants, policy.publishers, policy.happenings))
    docket.weigh_all(docket.without_misread(remarks))
    return docket


def with_merges(policy: Policy, page: Page, ledger: Ledger, version: Version) -> tuple[Policy, Page]:
    """The policy, and a page, as they are with the bodies that a person merged; a page without figures does not ask."""
    merged = ledger.merged() if version.claims else {}
    if not merged:
        return policy, page
    channel = page.publisher.channel_of or ""
    page = replace(page, publisher=replace(page.publisher, channel_of=merged.get(channel, channel) or None))
    return replace(policy, claimants=replace(policy.claimants, merged=merged)), page


def settle(key: str, ledger: Ledger, policy: Policy, now: datetime) -> list[Event]:
    """Tell what waited long enough under a key: an urgent candidate of one origin goes out as it stands, unconfirmed."""
    held = ledger.waiting(key)
    ledger.release(key)
    fresh = refreshed(held, ledger, now) if held else None
    return [fresh] if fresh and send(fresh, ledger, policy, now) else []


def is_backfill(version: Version, constants: Constants) -> bool:
    """Stored and never told: an outlet's first sight, and pages first seen long after their publication (DOMAIN 3.0)."""
    published = instant_of(version.article.published)
    late = published is not None and version.first_seen_at - published > timedelta(hours=constants.first_sight.backfill_hours)
    return version.backfill or late


def send(event: Event, ledger: Ledger, policy: Policy, now: datetime) -> bool:
    """Put an event into words and into the outbox, and note on its statement that it was told.

    False where nobody is told: it was told before, or its series is muted, which is stored.
    """
    if event.severity is Severity.LOG:
        return False
    if event.kind in PASSAGES and event.series:
        event = replace(event, course=course_of(event, ledger.bare_shelves([event.series])[0]))
    muted = why_muted(event, ledger, policy, now)
    while not put_out(event, ledger, policy, now, muted):
        if not ledger.is_taken_back(event.key):
            return False
        # what is read now is another statement, or is said against it anew
        event = replace(event, key=f"{event.key}/{event.statement.id if event.statement else now.isoformat()}")
    if muted:
        return False
    ledger.mark_told(told_marks(event), now)
    return True


def put_out(event: Event, ledger: Ledger, policy: Policy, now: datetime, muted: str | None) -> bool:
    """Put an event into words and into the outbox; False where one of its key was."""
    monitor = next((monitor for monitor in policy.monitors if monitor.name == event.monitor), None)
    alert = compose(event, policy.timezone, policy.publishers.titles, policy.report)
    return ledger.tell(event, alert, route(event, policy.channels, now, monitor=monitor, hours=policy.hours), now, muted)


def told_marks(event: Event) -> list[tuple[int, str]]:
    """The statements that an event tells of, each with what is to be noted of it."""
    noted = (TOLD, TOLD_LOUD) if event.severity in LOUD else (TOLD,)
    members = [s for s in (event.statement, *event.others) if s and (s is event.statement or s.series.event)]
    marks = [(member.id, mark) for member in members if member.id is not None for mark in noted]
    if event.statement and event.statement.id is not None and event.state is State.UNCONFIRMED:
        marks.append((event.statement.id, TOLD_UNCONFIRMED))
    return marks


def why_muted(event: Event, ledger: Ledger, policy: Policy, now: datetime) -> str | None:
    """Why nobody is told of an event: a person muted its series. What corrects or takes back what was told is told all the same."""
    mute = ledger.mute(event.series) if event.series else None
    known = any(statement and statement.alerted for statement in (event.statement, event.previous))
    if mute is None or event.series is None or (known and event.kind in (Kind.CORRECTION, Kind.RETRACTION)):
        return None
    return None if mute.is_over(ledger.bare_shelves([event.series])[0], now) else mute.why(policy.timezone)


def refreshed(event: Event, ledger: Ledger, now: datetime) -> Event | None:
    """A held event as it stands now; None where its figure was withdrawn meanwhile."""
    if event.statement is None or event.statement.id is None:
        return replace(event, at=now)
    statement = ledger.statement(event.statement.id)
    return None if statement.state is State.WITHDRAWN else refresh(event, statement, now)


SCOPES = {Track.WINDOW: {Scope.PERIOD, Scope.RATE}, Track.RUNNING: {Scope.CUMULATIVE, Scope.PERIOD}}
"""In which of the stored scopes a figure's series may be, where that is not its own alone."""


@dataclass(frozen=True)
class Library:
    """What is stored that the remarks of a page may be held against: it only reads."""

    page: Page
    ledger: Ledger
    policy: Policy
    remarks: Sequence[Remark]
    """All that the page says."""

    def shelves(self, remark: Remark) -> list[tuple[int, Shelf]]:
        """The stored series that fit the remark, with how well."""
        wanted = remark.series
        scopes = SCOPES.get(remark.track, {wanted.scope})
        apart = counted_apart(remark, self.remarks, self.tells_apart)
        words = self.words_about(remark, apart)
        constants = self.policy.constants_for(wanted)
        days = event_days(remark, constants) if remark.track in EVENTFUL else None
        found = self.ledger.series(wanted.metric, scopes, wanted.party, self.heard(wanted.body), days)
        fitting = [(fit, series) for series in found if (fit := compatible(series, remark, words, constants))]
        if remark.track is Track.TOLL:
            wide = bool(remark.happening and remark.happening.wide)
            fitting = self.of_one_extent(remark, fitting) if wide else unplaced_first(remark, fitting, words)
        if not fitting and remark.track is Track.TOLL:
            elsewhere = [(fit, series) for series in found if (fit := compatible(series, wherever(remark), words, constants))]
            named = self.renamed(remark, elsewhere, apart) if elsewhere and event_parts(wanted)[1] else []
            told = named or self.retold(remark, words) or self.called_otherwise(remark, words)
            return told or self.told_elsewhere(remark) or self.risen(remark)
        shelves = self.ledger.shelves([series for _, series in fitting], remark.value)
        rows = list(zip((fit for fit, _ in fitting), shelves, strict=True))
        if apart:  # at whose value an event stands, that is the other one
            others = {shelf.series.event for _, shelf in rows if any(stands_at(shelf, other.value) for other in apart)}
            rows = [row for row in rows if row[1].series.event not in others]
        if remark.track is Track.RUNNING:  # "more than 500 since the ceasefire" may repeat a window's figure; a total never moves one
            rows = [row for row in rows if row[1].series.window == wanted.window or (row[1].series.window and row[1].like(remark.value))]
            of_war = wanted.event is not None and is_war_total(remark.claim)  # no toll of an event
            known = of_war or any(shelf.like(remark.value) for _, shelf in rows)
            return rows if known else [*rows, *self.told_elsewhere(remark)]
        if remark.track is Track.WINDOW and not rows:
            return self.told_elsewhere(remark)
        return [row for row in rows if row[1].series.event in todays(remark, shelves)] if remark.track is Track.TRANSFER else rows

    def second(self, remark: Remark) -> Series | None:
        """The series of another event of the kind, town and day of a known one, from which the page tells it apart."""
        kind, place, day = event_parts(remark.series)
        if day is None or not counted_apart(remark, self.remarks, self.tells_apart):
            return None
        wanted = remark.series
        found = self.ledger.series(wanted.metric, {Scope.EVENT}, wanted.party, self.heard(wanted.body), (day, day))
        known = any(of.event == wanted.event for of in found)
        return replace(wanted, event=event_key(kind, f"{place or ''} {ANOTHER}", day)) if known else None

    def of_one_extent(self, remark: Remark, fitting: Sequence[tuple[int, Series]]) -> list[tuple[int, Series]]:
        """Of what is felt in many places, the events that are told of as widely as the remark: a town's toll is not the country's, of which
        the page may count it a part ("37 across the country, 21 of them in Safi")."""
        wanted = event_parts(remark.series)[1]
        alike = [row for row in fitting if is_place_of(row[1], wanted)]
        if alike or wanted:
            return alike or list(fitting)
        parts = {key_part(o.claim.place) for o in self.remarks if o.claim.place and is_lesser(o, remark)}
        return [row for row in fitting if event_parts(row[1])[1] not in parts]

    def tells_apart(self, quote: str) -> bool:
        """Whether a sentence says that there were two events."""
        return self.policy.credits.says("separate", self.page.article.language, quote)

    @cached_property
    def telling_apart(self) -> list[str]:
        """The sentences of the page that say so."""
        return [told for told in SENTENCE_END.split(self.page.article.text) if self.tells_apart(told)]

    def words_about(self, remark: Remark, apart: Sequence[Remark]) -> str:
        """What the page says, without its sentences about another event, of an earlier day and elsewhere, nor the names of other places
        whose dead it counts apart: that one toll is told beside another does not make them one event."""
        text = f" {self.page.article.title} {self.page.article.text} ".casefold()
        here = key_part(remark.claim.place)
        places = (place for other in apart if (place := other.claim.place) and not same_place(key_part(place), here))
        of_others = (told for told in self.telling_apart if told != remark.claim.quote)
        for told in (*recalled(remark, self.remarks), *of_others, *places):
            text = text.replace(told.casefold(), " ")
        return text

    def renamed(self, remark: Remark, fitting: Sequence[tuple[int, Series]], apart: Sequence[Remark]) -> list[tuple[int, Shelf]]:
        """Of events that only their place tells apart, the one of whose pages one names this place as well, a suburb, a resort, a district;
        or at whose value stands what the remark takes the place of."""
        others = {key_part(other.claim.place) for other in apart}
        fitting = [(fit, series) for fit, series in fitting if event_parts(series)[1] not in others]
        shelves = self.ledger.shelves([series for _, series in fitting], remark.value)
        texts = self.ledger.texts({current.url for shelf in shelves if (current := shelf.current)})
        events = {shelf.series.event for shelf in shelves if stands_at(shelf, remark.replaces) or names_place(shelf, remark, texts)}
        return [(fit, shelf) for (fit, _), shelf in zip(fitting, shelves, strict=True) if shelf.series.event in events and len(events) == 1]

    def retold(self, remark: Remark, words: str) -> list[tuple[int, Shelf]]:
        """Of the events of the weeks before that only their day tells apart, the one at whose value the remark stands, or at that which it
        takes the place of: a toll is told again for weeks, and the text need not say when it was."""
        constants = self.policy.constants_for(remark.series)
        if (remark.value.nominal or 0) < constants.toll.retold:
            return []
        rows = self.standing_at(remark, self.lately(remark), words)
        if not rows and not self.policy.claimants.is_loose(remark.claimant):  # what a body first reported months after the day
            long_ago = self.lately(remark, constants.first_sight.past_days)
            own = self.standing_at(remark, [series for series in long_ago if series.body == remark.claimant.body], words)
            since = self.page.seen_at - timedelta(days=constants.toll.young_days)
            rows = [(fit, shelf) for fit, shelf in own if shelf.current and shelf.current.seen_at >= since]
        return rows if len({shelf.series.event for _, shelf in rows}) == 1 else []

    def told_elsewhere(self, remark: Remark) -> list[tuple[int, Shelf]]:
        """The claimant's very number of the same people, or nobody's that stands, which was told these days of an event that this text does
        not name, or calls otherwise: "the city still counts its dead; 2,900 were killed, the UN says"."""
        wanted, claimant, claimants = remark.series, remark.claimant, self.policy.claimants
        nobodys, toll = claimants.is_nobody(claimant.body), self.policy.constants.toll
        if (remark.value.nominal or 0) < toll.first_loud:
            return []
        found = self.lately(remark, toll.wide_days)
        if remark.track is Track.TOLL and self.policy.happenings.war_of(wanted.party) is None:
            found += self.ledger.series(wanted.metric, {Scope.CUMULATIVE}, wanted.party, self.heard(wanted.body), None)
        own = [of for of in found if nobodys or of.body == claimant.body or claimants.are_related(of.body, claimant)]
        fitting = [of for of in own if fits_group(of, wanted) is not None and fits_unit(of, wanted) is not None]
        shelves = self.ledger.shelves(fitting, remark.value)
        told = [(shelf, [shelf.current] if nobodys else shelf.statements) for shelf in shelves]
        alike = [shelf for shelf, given in told if any(one and value_of(one).nominal == remark.value.nominal for one in given)]
        return [(1, shelf) for shelf in alike] if len({shelf.series.event for shelf in alike}) == 1 else []

    def risen(self, remark: Remark) -> list[tuple[int, Shelf]]:
        """The one event of these days, of the remark's kind or of its kin, that a toll which has "risen to" its value can be of, though the
        text names another place in the town, or the floods of a storm without the storm."""
        language, quote = self.page.article.language, remark.claim.quote
        if not self.policy.credits.says("risen", language, quote) or remark.claim.metric != "killed" or remark.happening is None:
            return []
        known, value = {remark.happening.name, *remark.happening.kin}, remark.value.nominal or 0
        of_kind = [of for of in self.lately(remark) if event_parts(of)[0] in known and of.party == remark.series.party]
        placed = [of for of in of_kind if fits_group(of, remark.series) is not None and of.party is not None]
        shelves = [shelf for shelf in self.ledger.shelves(placed, remark.value) if shelf.current]
        lower = [shelf for shelf in shelves if shelf.current and 0 < (value_of(shelf.current).nominal or 0) < value]
        return [(1, shelf) for shelf in lower] if len({shelf.series.event for shelf in shelves}) == 1 else []

    def standing_at(self, remark: Remark, found: Sequence[Series], words: str) -> list[tuple[int, Shelf]]:
        """Of series of events those that fit a remark but for their day, and stand at its value or at that which it replaces."""
        constants = self.policy.constants_for(remark.series)
        fitting = [(fit, series) for series in found if (fit := compatible(series, on_day_of(series, remark), words, constants))]
        shelves = self.ledger.shelves([series for _, series in fitting], remark.value)
        return [
            (fit, shelf)
            for (fit, _), shelf in zip(fitting, shelves, strict=True)
            if stands_at(shelf, remark.value) or stands_at(shelf, remark.replaces)
        ]

    def called_otherwise(self, remark: Remark, words: str) -> list[tuple[int, Shelf]]:
        """Of the events of these days that go by another word, "clashes" for an "attack", the one of which the page gives a claimant's own
        figure as it stands, beside the remark or as the remark: two armies' numbers for one night."""
        constants = self.policy.constants_for(remark.series)
        called = event_parts(remark.series)[:2]
        here = [o for o in self.remarks if event_parts(o.series)[:2] == called and (o.value.nominal or 0) >= constants.toll.retold]
        told = [o for o in here if o.series.metric == remark.series.metric and self.is_particular(o)]
        if not told or remark.series.party is None:
            return []
        around = timedelta(days=constants.toll.point_days)
        day = event_parts(remark.series)[2] or remark.day
        found = self.ledger.series(
            remark.series.metric, {remark.series.scope}, remark.series.party, self.heard(remark.series.body), (day - around, day + around)
        )
        near = [series for series in found if may_be_one(series, remark)]
        shelves = self.ledger.bare_shelves([series for series in near if any(series.body == o.claimant.body for o in told)])
        own = [(shelf, o) for shelf in shelves for o in told if shelf.series.body == o.claimant.body]
        events = {shelf.series.event for shelf, other in own if stands_at(shelf, other.value)}
        if len(events) != 1:
            return []
        of_it = [series for series in near if series.event in events]
        fits = [(compatible(series, as_event_of(series, remark), words, constants), series) for series in of_it]
        fitting = [row for row in fits if row[0]]
        shelves = self.ledger.shelves([series for _, series in fitting], remark.value)
        return list(zip((fit for fit, _ in fitting), shelves, strict=True))

    def is_particular(self, remark: Remark) -> bool:
        """Whether it names somebody in particular within one event: a known body, or the officials of another country than the dead's."""
        claimant, claimants = remark.claimant, self.policy.claimants
        of_another = claimant.side is not None and claimant.side != remark.series.party and claimant.body.startswith(LOOSE)
        return of_another or not claimants.is_loose(claimant)

    def lately(self, remark: Remark, ago: int | None = None) -> list[Series]:
        """The series of the events of the same people in so many days before; as a rule as long as a toll moves."""
        wanted = remark.series
        day = event_parts(wanted)[2] or remark.day
        days = (day - timedelta(days=ago or self.policy.constants_for(wanted).toll.young_days), day)
        return self.ledger.series(wanted.metric, {Scope.EVENT}, wanted.party, self.heard(wanted.body), days)

    def join(
        self, remark: Remark, fitting: Sequence[tuple[int, Shelf]], *, whole: bool = True
    ) -> tuple[Shelf | None, Statement | None, tuple[Shelf, ...]]:
        """The series a remark joins, `whole` or as it was found, the stored statement of its value there, and the other series that fit."""
        joined, anchor = join(remark, fitting, self.policy.claimants)
        shelf = joined
        if joined and whole:
            (latest,) = self.ledger.bare_shelves([joined.series])
            known = {statement.id or 0: statement for statement in (*latest.statements, *joined.statements)}
            shelf = Shelf(joined.series, tuple(known[number] for number in sorted(known)))
            anchor = shelf.like(remark.value) if anchor else None
        return shelf, anchor, tuple(other for _, other in fitting if other is not joined)

    def standing(self, remark: Remark, shelf: Shelf | None, fitting: Sequence[tuple[int, Shelf]]) -> Statement | None:
        """What stands before the remark: of an event the latest that is told of it, else its series' current value."""
        if remark.track in EVENTFUL:
            return stand(remark, shelf, [other for _, other in fitting if not self.is_rumour(remark, other)], self.policy.claimants)
        return shelf.current if shelf else None

    def is_rumour(self, remark: Remark, shelf: Shelf) -> bool:
        """Whether a toll that only lesser outlets print, of nobody who is known, is far above what a better one gives now, or at all above
        what it has from somebody known."""
        last, claimants = shelf.current, self.policy.claimants
        if last is None or self.page.publisher.tier > 2 or not last.origins or any(origin.tier <= 2 for origin in last.origins):
            return False
        most = (value_of(last).nominal or 0) * (self.policy.constants.change.reversal_least if claimants.is_loose(remark.claimant) else 1)
        return (remark.value.nominal or 0) < most and (claimants.is_nobody(last.series.body) or last.series.body.startswith(HEARSAY))

    def adds_events(self, remark: Remark) -> bool:
        """Whether a number is the sum of two others of the page that stand, each, for an event of its own: "11 died in two shootings"."""
        value, metric = remark.value.nominal, remark.series.metric
        if remark.track not in (Track.TOLL, Track.WINDOW) or value is None or (remark.happening and remark.happening.wide):
            return False
        others = {o.value.nominal or 0 for o in self.remarks if o is not remark and o.series.metric == metric and not o.claim.part}
        parts = [(other, value - other) for other in others if 0 < other < value - other and value - other in others]
        found = self.ledger.bare_shelves(self.lately(remark)) if parts else []

        def events_of(number: int) -> set[str | None]:
            return {shelf.series.event for shelf in found if shelf.like(Value(number, number, Qualifier.EXACT))}

        told = ((events_of(a), events_of(b)) for a, b in parts)
        return any(some and more and some.isdisjoint(more) for some, more in told)

    def cousins(self, remark: Remark, standing: Statement | None) -> tuple[Shelf, ...]:
        """Series of the same body and people that count another metric; of a toll far above the one that stands those of the injured, whom
        a rewriter may call dead."""
        if remark.track is not Track.RUNNING:
            leap = standing is not None and far_less_than(value_of(standing), remark.value, self.policy.constants)
            rewritten = leap and remark.track is Track.TOLL and remark.series.metric == "killed" and self.page.publisher.tier > 1
            injured = replace(remark, series=replace(remark.series, metric="wounded"))
            return tuple(shelf for _, shelf in self.shelves(injured)) if rewritten else ()
        party, body = remark.series.party, remark.claimant.body
        metrics = sorted({"killed", "casualties", "wounded"} - {remark.series.metric})
        found = [series for metric in metrics for series in self.ledger.series(metric, {Scope.CUMULATIVE}, party, (body,), None)]
        own = [series for series in found if series.body == body and series.party == party]
        return tuple(self.ledger.shelves(own, remark.value))

    def find_denied(self, remark: Remark) -> Statement | None:
        """The stored figure that is rejected: the same number of the same people, whoever stated it."""
        scopes, bodies = {Scope.CUMULATIVE, Scope.PERIOD}, self.heard(remark.claimant.body)
        totals = self.ledger.series(remark.series.metric, scopes, remark.series.party, bodies, None)
        everywhere = [*self.ledger.shelves(totals, remark.value), *(shelf for _, shelf in self.shelves(remark))]
        return max((like for shelf in everywhere if (like := shelf.like(remark.value))), key=lambda like: like.id or 0, default=None)

    def heard(self, body: str) -> tuple[str, ...]:
        """Whose series are looked at however many others there are: the claimant's own, and those of all that claimants.toml knows."""
        return (body, *self.policy.claimants.bodies)


@dataclass
class Docket:
    """One version on the table: its findings so far, and what came of them."""

    version: Version
    page: Page
    ledger: Ledger
    policy: Policy
    now: datetime
    fresh: frozenset[int] | None = None
    """Of a version that was decided before, the claims to judge, and those that were judged anew in the version before it."""
    findings: list[Finding] = field(default_factory=list)
    edits: list[tuple[Edit, Statement | None]] = field(default_factory=list)
    arrivals: list[Statement] = field(default_factory=list)
    """Statements that got an origin: one may be waiting for it."""
    remarks: tuple[Remark, ...] = ()
    """All that the version says."""
    origins: dict[tuple[tuple[int, ...], bool, tuple[Origin, ...]], Origin] = field(default_factory=dict)
    """What was found of this page's origins, by what was asked: a remark is compared with its statement's once."""

    @cached_property
    def library(self) -> Library:
        return Library(self.page, self.ledger, self.policy, self.remarks)

    @property
    def teller(self) -> Teller:
        policy = self.policy
        return Teller(self.page, self.version.number, policy.claimants, policy.monitors, self.now)

    def weigh_all(self, remarks: Sequence[Remark]) -> None:
        """Judge each remark, those of the present before those of the past; what an edit explains is not judged again."""
        self.remarks = tuple(remarks)
        explained = self.weigh_edits(remarks)
        for remark in sorted(remarks, key=decision_order):
            if not explained & set(remark.ids) and self.is_fresh(remark.ids):
                self.findings.append(self.weigh(remark))

    def is_fresh(self, claim_ids: Collection[int]) -> bool:
        """Whether some claims are to be judged: one that is read anew, or all where nothing was judged before."""
        return self.fresh is None or not self.fresh.isdisjoint(claim_ids)

    def without_misread(self, remarks: Sequence[Remark]) -> list[Remark]:
        """The remarks but those whose very sentence a person said was misread so: these are judged to be nothing, whoever prints it."""
        rejected = self.ledger.misread({sentence_of(remark) for remark in remarks}) if remarks else frozenset()
        for remark in remarks:
            if sentence_of(remark) in rejected:
                self.ledger.judge(remark.ids, None, "none", "rejected: a person said that this sentence was misread so", self.now)
        return [remark for remark in remarks if sentence_of(remark) not in rejected]

    # --- a new version of a page

    def weigh_edits(self, remarks: Sequence[Remark]) -> set[int]:
        """Compare the page with its version before; the claim ids of what stayed or was corrected."""
        if self.version.earlier is None:
            return set()
        policy, before = self.policy, self.ledger.version(self.version.earlier)
        page = read_page(before, policy.publishers, policy.happenings)
        judged = self.ledger.judged(before.id)
        old = [
            (remark, printed(remark, page, judged))
            for remark in read_remarks(before, page, policy.claimants, policy.publishers, policy.happenings)
        ]
        anew = {statement.id for number, (_, statement) in judged.items() if self.is_fresh([number])}
        explained: set[int] = set()
        for edit in find_edits(before.article, self.page.article, old, remarks, policy.credits, self.is_young):
            if self.fresh is None or edit.statement.id in anew or (edit.new and self.is_fresh(edit.new.ids)):
                explained |= self.note_edit(edit)
        return explained

    def is_young(self, remark: Remark) -> bool:
        """Whether a remark is of an event whose toll still moves, so that another number on the page is a later one (DOMAIN 3.0)."""
        moves = timedelta(days=self.policy.constants_for(remark.series).toll.young_days)
        return remark.track is Track.TOLL and self.page.seen_at.date() - remark.day < moves

    def note_edit(self, edit: Edit) -> set[int]:
        """Write what an edit did: the figure stayed, was corrected, or is gone."""
        if edit.kind is None and edit.new:
            if self.fresh is not None and edit.statement.state is State.WITHDRAWN and edit.statement.id is not None:
                self.ledger.mark(edit.statement.id, UPHELD, self.now)  # it only seemed to be gone from this page
            self.ledger.judge(edit.new.ids, edit.statement.id, Kind.RESTATEMENT, "stands on the page as before", self.now)
            return set(edit.new.ids)
        corrected = self.correct(edit.new, edit.statement) if edit.new else None
        if corrected and edit.new:
            self.ledger.judge(edit.new.ids, corrected.id, Kind.CORRECTION, edit.why, self.now)
            noted = self.policy.credits.says("corrected", self.page.article.language, self.page.article.text)
            if corrected.alerted and (corrected.id or 0) > (edit.statement.id or corrected.id or 0) and not noted:
                return {*edit.new.ids, *edit.quoted}  # the page follows what others told before it
        alone = independent(edit.statement.origins) <= {self.page.publisher.family}
        if alone and edit.statement.id is not None:
            self.ledger.mark(edit.statement.id, State.WITHDRAWN, self.now)
            if held := self.ledger.held(edit.statement.id):
                self.ledger.release(held.key)
        self.edits.append((edit, corrected))
        self.ledger.judge(edit.quoted, edit.statement.id, "none", "the note that takes it back", self.now)
        return {*(edit.new.ids if edit.new else ()), *edit.quoted}

    def correct(self, remark: Remark, old: Statement) -> Statement:
        """The statement of the corrected number: one that is known, or a new one."""
        (shelf,) = self.ledger.shelves([old.series], remark.value)
        known = shelf.like(remark.value)
        was_old = known is not None and known.kind is Kind.HISTORICAL  # what was old news stands from now on
        if known and known.id is not None and known.id != old.id and not was_old:
            return self.ledger.carry(known, self.origin(remark, known.origins, False))
        return self.put(remark, old.series, Kind.CORRECTION)

    # --- one remark

    def weigh(self, remark: Remark) -> Finding:
        """Find where the remark belongs, judge it, and write both."""
        if self.library.adds_events(remark):
            remark = replace(remark, joint=True)
        case = self.case(remark, self.library.shelves(remark))
        judgement = self.in_its_time(case, judge(case))
        statement = self.write(case, judgement)
        monitor = find_monitor(remark.series, self.policy.monitors)
        told = self.told(case) if judgement.kind in MAKES_STATEMENT else []
        severity = weigh(case, judgement, monitor, told, self.now)
        doubted = weigh(as_if_sure(case), judgement, monitor, told, self.now) if severity is Severity.ROUTINE else severity
        finding = Finding(case, judgement, statement, severity, monitor, doubted if doubted is not severity else None)
        return self.raised(finding, told) if judgement.kind is Kind.RESTATEMENT else finding

    def in_its_time(self, case: Case, judgement: Judgement) -> Judgement:
        """A judgement; of what is read anew only now, and was overtaken on its own day, that it is a value of the past."""
        current = case.current
        if self.fresh is None or current is None or judgement.kind not in FRESH or not current.origins:
            return judgement
        first = current.origins[0]
        own = (instant_of(self.page.article.published) or self.page.seen_at, self.page.seen_at)
        overtaken = (first.published or first.seen_at, first.seen_at) > own and current.as_of == case.remark.as_of
        return Judgement(Kind.HISTORICAL, "overtaken since") if overtaken else judgement

    def told(self, case: Case) -> list[Told]:
        """What was told of an event in its weeks; running totals do not ask."""
        quantities = {shelf.series.quantity for shelf in (*case.rivals, *([case.shelf] if case.shelf else []))}
        if case.remark.track is not Track.TOLL or not quantities:
            return []
        rumours = {value_of(s).nominal for rival in case.rivals if self.library.is_rumour(case.remark, rival) and (s := rival.current)}
        told = self.ledger.told(quantities, self.now - timedelta(days=case.constants.toll.wide_days))
        return [row for row in told if row.nominal not in rumours]

    def raised(self, finding: Finding, told: Sequence[Told]) -> Finding:
        """A value that was read in doubt, or from a lesser outlet, and is now carried by a better one: as loud as if it came now.

        "Urgent and notable need a sure claim, or two independent origins" (DOMAIN 3.0): what was too weak to be loud may become it, once.
        """
        first, case = finding.statement, finding.case
        young = first is not None and self.now - first.seen_at < timedelta(days=case.constants.toll.loud_days)
        raisable = first is not None and first.alerted and first.kind in FRESH - {Kind.MILESTONE} and first.state is not State.WITHDRAWN
        passing = finding.remark.claimant.body == UNATTRIBUTED and first is not None and first.series.body != UNATTRIBUTED
        if first is None or first.id is None or not (young and raisable) or passing:  # named for nobody it bears nobody out
            return finding
        if (
            case.shelf is None
            or case.anchor is not case.shelf.current
            or ceiling(case) not in LOUD
            or self.ledger.held(first.id)
            or TOLD_LOUD in self.ledger.marks(first.id)
        ):
            return finding
        (whole,) = self.ledger.shelves([case.shelf.series])
        before = replace(whole, statements=tuple(s for s in whole.statements if s.id != first.id))
        again = replace(case, shelf=before if before.statements else None, anchor=None)
        judgement = Judgement(first.kind, "now from a better origin", previous=before.current)
        severity = weigh(again, judgement, finding.monitor, [row for row in told if row.severity in LOUD], self.now)
        return replace(finding, case=again, judgement=judgement, severity=severity) if severity in LOUD else finding

    def case(self, remark: Remark, fitting: Sequence[tuple[int, Shelf]]) -> Case:
        """All that the judgement may look at."""
        policy, claim, article = self.policy, remark.claim, self.page.article
        moves = remark.track in EVENTFUL  # from what stands to the next value: no pace is asked of it
        shelf, anchor, rivals = self.library.join(remark, fitting, whole=not moves)
        standing = self.library.standing(remark, shelf, fitting)
        primary = policy.publishers.is_primary(self.page.publisher, remark.claimant)
        copy = bool(anchor) and self.is_copy(remark, anchor, primary) if anchor else False
        denied = self.library.find_denied(remark) if claim.stance is Stance.DENIED else None
        return Case(
            remark,
            shelf,
            anchor,
            standing,
            rivals,
            self.library.cousins(remark, standing) if anchor is None else (),
            policy.constants_for(remark.series),
            policy.claimants,
            self.page.publisher.tier,
            primary,
            copy,
            self.is_revised(remark, standing),
            policy.credits.says("recount", article.language, with_neighbours(claim.quote, article.text)),
            self.is_said_already(remark, shelf, standing),
            policy.credits.says("carried_out", article.language, article.text) and not self.is_another(remark),
            self.is_planned(remark),
            any(policy.credits.says("recalled", article.language, told) for told in (article.title, claim.quote)),
            denied,
            standing is not None and self.sets_against(remark, standing),
            denied is not None and self.takes_back(remark, denied),
            standing is not None and gives(claim.quote, standing),
            article.text.lstrip().startswith(claim.quote) and not policy.claimants.is_loose(remark.claimant),
            standing is not None and self.stands_beside(remark, standing),
        )

    def is_revised(self, remark: Remark, standing: Statement | None) -> bool:
        """Whether the number was put lower on purpose: by its sentence, by the headline that gives it, or by the sentence after it, which
        names the number that stands: "The toll stands at 32. It was lowered from 33 after DNA tests."."""
        article, quote = self.page.article, remark.claim.quote
        told = [quote]
        if any(claim.in_title for number, claim in self.version.claims if number in remark.ids):
            told.append(article.title)
        beside = SENTENCE_END.split(article.text.partition(quote)[2].strip())[0]
        if standing and remark.track is Track.TOLL and gives(beside, standing):
            told.append(beside)
        return any(self.policy.credits.says("revised", article.language, text) for text in told)

    def is_another(self, remark: Remark) -> bool:
        """Whether a transfer to come is another than the one the page tells of: "300 more are to be freed on Friday"."""
        told = (other for other in self.remarks if other.track is Track.TRANSFER and other.claim.stance is Stance.ASSERTED)
        others = [other for other in told if not same(other.value, remark.value)]
        return any(other.claim.quote != remark.claim.quote or not self.is_planned(other) for other in others)

    def is_planned(self, remark: Remark) -> bool:
        """Whether the sentence of a transfer says, where it tells of it, that it is to come: not of the 270 of "270 went home, of 1,000 who
        will"."""
        if remark.track is not Track.TRANSFER:
            return False
        claim, article = remark.claim, self.page.article
        ends = [o.claim.start - claim.start for o in self.remarks if o.claim.quote == claim.quote and o.claim.start > claim.start]
        at = claim.quote.find(claim.span)
        if not ends or at < 0:
            return self.policy.credits.says("planned", article.language, claim.quote)
        ahead = claim.quote[at + len(claim.span) : at + min(ends)]
        return self.policy.credits.says("planned", article.language, claim.quote[: at + len(claim.span)] + re.split(r"[,;:]\s", ahead)[0])

    def sets_against(self, remark: Remark, standing: Statement) -> bool:
        """Whether the page gives the standing figure of an event as another's, beside this one and in contrast to it."""
        if remark.track is not Track.TOLL or remark.claimant.body in (UNATTRIBUTED, standing.series.body):
            return False
        text, language = self.page.article.text, self.page.article.language
        others = [other for other in self.remarks if is_rival(other, remark) and same(other.value, value_of(standing))]
        return any(
            self.policy.credits.says("contrasted", language, with_neighbours(quote, text))
            for other in others
            for quote in (remark.claim.quote, other.claim.quote)
        )

    def stands_beside(self, remark: Remark, standing: Statement) -> bool:
        """Whether the page tells of the standing toll as one that stands, beside a lesser number: "34 confirmed, down from 41, of 45"."""
        others = (o for o in self.remarks if o.track is Track.TOLL and o.series.metric == remark.series.metric and o.value != remark.value)
        return any(not (o.claim.superseded or o.claim.past) and same(o.value, value_of(standing)) for o in others)

    def takes_back(self, remark: Remark, denied: Statement) -> bool:
        """Whether it is whoever stated a figure who takes it back: "the ministry withdrew its count of 80"."""
        denier, claimants = self.denier(remark), self.policy.claimants
        own = denier.body == denied.series.body or claimants.is_loose(denier) or denied.series.body not in claimants.bodies
        return own and self.policy.credits.says("taken_back", self.page.article.language, remark.claim.quote)

    def denier(self, remark: Remark) -> Claimant:
        return self.policy.claimants.find(remark.claim.denied_by, remark.day, remark.claim.party)

    def is_said_already(self, remark: Remark, shelf: Shelf | None, standing: Statement | None) -> bool:
        """Whether this very version gave the series a value; or the event, and this number is doubtful or nobody's."""
        nobodys = remark.claimant.body == UNATTRIBUTED
        same_voice = standing is not None and standing.series.body in (remark.claimant.body, UNATTRIBUTED)
        vague = nobodys or (not remark.claim.sure and same_voice)
        last = shelf.current if shelf else standing if remark.track is Track.TOLL and vague else None
        return last is not None and last.url == self.page.article.url and last.seen_at == self.page.seen_at

    def is_copy(self, remark: Remark, anchor: Statement, primary: bool) -> bool:
        origin = self.origin(remark, anchor.origins, primary)
        return (origin.copy_of or origin.family) in {
            other.copy_of or other.family for other in anchor.origins
        } or origin.copy_of is not None

    def origin(self, remark: Remark, known: Sequence[Origin], primary: bool) -> Origin:
        asked = (remark.ids, primary, tuple(known))
        if asked not in self.origins:
            policy = self.policy
            compared = [head for head in known[: policy.constants.syndication.heads_compared] if head.copy_of is None]
            texts = self.ledger.texts({head.url for head in compared})
            heads = [(head, texts.get(head.url, "")) for head in compared]
            self.origins[asked] = find_origin(self.page, remark, primary, heads, policy.credits, policy.publishers, policy.constants)
        return self.origins[asked]

    def write(self, case: Case, judgement: Judgement) -> Statement | None:
        """Store the statement the remark makes, or that this page carries a known one."""
        remark, kind = case.remark, judgement.kind
        statement = judgement.joins
        if kind in REJECTED_AS and kind and statement and statement.id is not None:
            never_said = self.denier(remark).body == statement.series.body != UNATTRIBUTED  # DOMAIN 3.0: it is out of the body's series
            self.ledger.mark(statement.id, State.WITHDRAWN if never_said else REJECTED_AS[kind], self.now)
            statement = self.ledger.statement(statement.id)
            if kind is Kind.RETRACTION and (held := self.ledger.held(statement.id or 0)):
                self.ledger.release(held.key)
        elif statement and statement.id is not None:
            statement = self.ledger.carry(statement, self.origin(remark, statement.origins, case.primary))
            if kind is not Kind.HISTORICAL:  # what a page only recalls it does not bear out
                self.arrivals.append(statement)
        elif kind in MAKES_STATEMENT and kind and judgement.stored:
            statement = self.put(remark, self.series(case), kind)
        elif kind in MAKES_STATEMENT | {Kind.MISQUOTE} and kind:
            statement = replace(
                new_statement(remark, case.shelf.series if case.shelf else remark.series, self.page, kind),
                origins=(self.origin(remark, (), case.primary),),
            )
        about = statement if statement and statement.id is not None else judgement.previous
        self.ledger.judge(remark.ids, about.id if about else None, kind or "none", judgement.why, self.now)
        return statement

    def series(self, case: Case) -> Series:
        """The series a new statement goes into: the one it joins, or its own, within the event that is known."""
        if case.shelf:
            return case.shelf.series
        known = case.standing.series if case.standing else None
        if known and case.remark.track in EVENTFUL:
            return replace(case.remark.series, event=known.event, party=case.remark.series.party or known.party)
        return self.library.second(case.remark) or self.beside(case.remark)

    def beside(self, remark: Remark) -> Series:
        """The remark's series; within the stored event that the page's other numbers of it are told of: its missing beside its dead."""
        wanted = remark.series
        tolls = (finding for finding in self.findings if finding.remark.track is remark.track is Track.TOLL)
        alike = (f for f in tolls if f.remark.series.party == wanted.party and is_near(f.remark.series, wanted, self.policy.constants))
        event = next((f.statement.series.event for f in alike if f.statement and f.statement.series.metric != wanted.metric), None)
        return replace(wanted, event=event) if event else wanted

    def put(self, remark: Remark, series: Series, kind: Kind) -> Statement:
        primary = self.policy.publishers.is_primary(self.page.publisher, remark.claimant)
        stored = self.ledger.put(new_statement(remark, series, self.page, kind), self.version.id)
        assert stored.id is not None
        return self.ledger.carry(stored, self.origin(remark, (), primary))

    # --- what is to be told

    def is_weighty(self, edit: Edit) -> bool:
        """Whether somebody was told of a value at once that a page changed or took back; or was told of it at all, where the page gives
        another one and it is not a small toll's."""
        old = edit.statement
        marks = self.ledger.marks(old.id) if old.id is not None else frozenset()
        weighty = edit.kind is Kind.CORRECTION and TOLD in marks and (value_of(old).nominal or 0) >= self.policy.constants.toll.floor
        return TOLD_LOUD in marks or weighty

    def events(self) -> Iterator[Event]:
        """What the page's findings come to: edits, a message for each event or statement, spreads and breaches, and what waited."""
        edits: dict[tuple[Any, ...], tuple[Edit, Statement | None]] = {}
        for edit, new in self.edits:  # title and text change together: told once
            old = edit.statement
            edits.setdefault((edit.kind, old.series.metric, old.series.party, old.low, old.high), (edit, new))
        yield from (self.teller.edited(edit, new, self.is_weighty(edit)) for edit, new in edits.values())
        composed = list(self.teller.compose(self.findings))
        for event in composed:
            if must_wait(event):
                self.ledger.hold(event, self.now + timedelta(minutes=self.policy.constants.hold.minutes))
            else:
                yield event
        messages = [event for event in composed if event.scope is Scope.EVENT]
        members = [(event, member) for event in messages for member in (event.statement, *event.others) if member]
        yield from self.across({member.id for event, member in members if member.series.party == event.party})  # others' dead lead it
        yield from self.borne_out()

    def across(self, shown: Collection[int | None]) -> Iterator[Event]:
        """What a new statement does to the other claimants' figures of its quantity (DOMAIN 3.7); what one message shows is told."""
        denied = any(finding.judgement.kind is Kind.DENIAL for finding in self.findings)
        told: set[str | None] = set()
        for finding in self.findings:
            statement, track = finding.statement, finding.remark.track
            if statement is None or finding.judgement.kind not in FRESH or not (finding.monitor and finding.case.reliable):
                continue
            if breach := self.teller.breach(finding):
                yield breach
            apart = finding.case.contrasted and not denied  # the page sets one against the other: that one message shows both is not enough
            beside = [rival for rival in finding.case.rivals if rival.current and rival.current.id in shown]
            foes = track is Track.TOLL and any(self.is_foe(statement, rival) for rival in beside)
            together = track in EVENTFUL and not (apart or foes) and bool(beside)
            moved = track is Track.TOLL and finding.judgement.kind is not Kind.NEW_SERIES  # a toll's later value, whoever says it
            if track is Track.WINDOW:
                continue
            last = self.ledger.last_event(statement.series.quantity, SPREADS)
            spread = self.teller.spread(self.dated(finding), self.findings, last) if last or not (moved or together) else None
            if spread and (spread.kind is Kind.CONVERGED or not (moved or together)):
                told.add(finding.event_key)
                yield spread
        for finding in self.findings if not denied else ():
            if finding.event_key not in told and (spread := self.set_apart(finding)):
                told.add(finding.event_key)
                yield spread

    def is_foe(self, statement: Statement, rival: Shelf) -> bool:
        """Whether a figure is of another side than a statement."""
        sides = [self.policy.claimants.side_of(body) for body in (statement.series.body, rival.series.body)]
        return None not in sides and sides[0] != sides[1]

    def set_apart(self, finding: Finding) -> Event | None:
        """Two known tolls of one event that a page sets one against the other, neither of them new: they differ, if nobody was told yet."""
        case, kind, statement = finding.case, finding.judgement.kind, finding.statement
        if kind is not Kind.RESTATEMENT or finding.remark.track is not Track.TOLL or statement is None or not finding.monitor:
            return None
        others = (current for rival in case.rivals if (current := rival.current))
        stands = case.current is not None and case.current.id == statement.id and case.reliable
        if not stands or not any(self.sets_against(finding.remark, other) for other in others):
            return None
        told = self.ledger.last_event(statement.series.quantity, SPREADS)
        return None if told else self.teller.spread(replace(finding, case=replace(case, contrasted=True)), self.findings, None)

    def dated(self, finding: Finding) -> Finding:
        """A running total's finding with its rivals' courses: the older of two figures is carried forward by what they grow in a day."""
        if finding.remark.track is not Track.RUNNING:
            return finding
        return replace(finding, case=replace(finding.case, rivals=tuple(self.ledger.with_courses(finding.case.rivals))))

    def borne_out(self) -> Iterator[Event]:
        """What this page's origins set free: held events, and the one follow-up of a report that was sent unconfirmed."""
        for statement in {statement.id: statement for statement in self.arrivals}.values():
            held = self.ledger.held(statement.id or 0)
            if held and not must_wait(refresh(held, statement, self.now)):
                self.ledger.release(held.key)
                yield from filter(None, [refreshed(held, self.ledger, self.now)])
            elif held is None and self.is_follow_up(statement):
                self.ledger.mark(statement.id or 0, CONFIRMED, self.now)
                yield self.teller.confirmed(statement)

    def is_follow_up(self, statement: Statement) -> bool:
        sound = statement.state not in (State.CONTESTED, State.WITHDRAWN) and is_confirmed(statement.origins, self.policy.constants)
        marks = self.ledger.marks(statement.id or 0) if sound else frozenset()
        return TOLD_UNCONFIRMED in marks and CONFIRMED not in marks


REJECTED_AS = {Kind.DENIAL: State.CONTESTED, Kind.RETRACTION: State.WITHDRAWN}
"""What a stored figure is from then on."""


def todays(remark: Remark, shelves: Sequence[Shelf]) -> set[str | None]:
    """The exchanges a remark may be of: those of its day; those of the day before only at their own value (DOMAIN 3.2)."""
    value = remark.value.nominal or 0
    return {
        shelf.series.event
        for shelf in shelves
        if event_parts(shelf.series)[2] == event_parts(remark.series)[2]
        or shelf.like(remark.value)
        or any(value in (2 * (s.low or 0), (s.low or 0) / 2) for s in shelf.standing)
    }


def unplaced_first(remark: Remark, fitting: Sequence[tuple[int, Series]], words: str) -> list[tuple[int, Series]]:
    """Of what happened in one place, where a remark names none, the events that name none either, or whose place the page names."""
    places = [event_parts(series)[1] for _, series in fitting]
    if event_parts(remark.series)[1] or None not in places:
        return list(fitting)
    return [row for row, place in zip(fitting, places, strict=True) if place is None or place in words]


def is_place_of(series: Series, wanted: str | None) -> bool:
    """Whether a stored event has this place, or none where none is wanted."""
    place = event_parts(series)[1]
    return place == wanted or bool(place and wanted and sound_alike(place, wanted))


def is_lesser(other: Remark, remark: Remark) -> bool:
    """Whether a page gives a smaller number of the same people, of a place of its own."""
    same_people = other.series.metric == remark.series.metric and agree(other.series.party, remark.series.party)
    return same_people and (other.value.nominal or 0) < (remark.value.nominal or 0)


def is_rival(other: Remark, remark: Remark) -> bool:
    """Whether a page gives another's present figure of the same people."""
    apart = other.claimant.body not in (remark.claimant.body, UNATTRIBUTED) and other.track is remark.track
    present = not (other.claim.past or other.claim.superseded or other.claim.part) and other.claim.stance is Stance.ASSERTED
    return apart and present and other.series.metric == remark.series.metric and agree(other.series.party, remark.series.party)


ANOTHER = "again"
"""With what the place of a second event ends, in a town and on a day that had one of its kind."""


def is_near(one: Series, other: Series, constants: Constants) -> bool:
    """Whether two events of one text are one: of one kind and place, and hardly a day apart."""
    (kind, place, day), (same_kind, there, then) = event_parts(one), event_parts(other)
    apart = abs((day - then).days) if day and then else 0
    return (kind, place) == (same_kind, there) and apart < constants.toll.point_days


def gives(text: str, statement: Statement) -> bool:
    """Whether a text has the number of a statement in figures."""
    return str(value_of(statement).nominal) in re.findall(r"\d+", text.replace(",", ""))


def stands_at(shelf: Shelf, value: Value | None) -> bool:
    """Whether a series' current value is this one."""
    return value is not None and shelf.current is not None and same(value, value_of(shelf.current))


def names_place(shelf: Shelf, remark: Remark, texts: Mapping[str, str]) -> bool:
    """Whether the page of a series' current value names the place of a remark."""
    place, text = event_parts(remark.series)[1], texts.get(shelf.current.url) if shelf.current else None
    return bool(place and text and re.search(rf"\b{re.escape(place)}\b", fold(text)))


def as_if_sure(case: Case) -> Case:
    """The case, were its figure read from words and contradicted by none."""
    return replace(case, remark=replace(case.remark, claim=replace(case.remark.claim, sure=True), contradicted=False))


def printed(remark: Remark, page: Page, judged: Mapping[int, tuple[str, Statement]]) -> Statement | None:
    """The statement a remark made or repeated; of a misprint, which overwrote nothing, the number as this page printed it."""
    kind, statement = next((judged[number] for number in remark.ids if number in judged), (None, None))
    if statement and kind == Kind.MISQUOTE:
        return new_statement(remark, statement.series, page, Kind.MISQUOTE)
    return statement


def decision_order(remark: Remark) -> tuple[bool, int, bool, bool, int]:
    """The present first: what a text recalls is judged against what it reports; the dead of an event before its missing; the sure before
    the doubtful, a whole before its parts.

    Of a toll the day is no matter: one number is told with a weekday, and a lesser one beside it without.
    """
    claim, transfer = remark.claim, remark.track is Track.TRANSFER
    recalled = claim.past or claim.superseded or claim.stance is Stance.DISPUTED
    size = (remark.value.nominal or 0) if remark.track in EVENTFUL else 0
    day = 0 if remark.track is Track.TOLL else days_of(remark.as_of)[1].toordinal()
    others = remark.track is Track.TOLL and remark.series.metric != "killed"
    return recalled, -day, others, not (claim.sure or transfer or remark.headlined), -size


def stand(remark: Remark, own: Shelf | None, event: Sequence[Shelf], claimants: Claimants) -> Statement | None:
    """What stands of an event before a remark: its own body's latest value, else the latest of all that are told of the event.

    What nobody is named for stands only while no body has spoken, or where a newsroom of tier 1 said it in its own voice (DOMAIN 3.0).
    A body's value does not stand any more where another of its side has given one between it and the remark's.
    """
    spoken = [current for shelf in event if (current := shelf.current)]
    if own and own.current and not own.series.body.startswith((UNATTRIBUTED, LOOSE, HEARSAY)):
        side = claimants.side_of(own.series.body)
        later = [s for s in spoken if side and claimants.side_of(s.series.body) == side and (s.id or 0) > (own.current.id or 0)]
        passed = [s for s in later if rises(value_of(s), value_of(own.current)) and rises(remark.value, value_of(s))]
        return max(passed, key=lambda s: s.id or 0, default=own.current)
    attributed = [s for s in spoken if s.series.body != UNATTRIBUTED or any(origin.tier == 1 for origin in s.origins)]
    return max(attributed or spoken, key=lambda s: s.id or 0, default=None)
