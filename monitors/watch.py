"""The one door: record an article, decide what its figures mean, settle what is due.

`record` stores a page and its claims, `decide` judges them against the history and writes what must be told, `settle` tells what waited.
Everything is written through a Ledger, inside the caller's transaction; nothing here knows a database or looks at a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Protocol

from crawler.article import Article
from monitors.alerts.routing import QuietHours, route
from monitors.alerts.wording import compose
from monitors.model import (
    Alert,
    Channel,
    Delivery,
    Event,
    Kind,
    Monitor,
    Origin,
    Reading,
    Scope,
    Series,
    Severity,
    Stance,
    State,
    Statement,
)
from monitors.rules import constants as numbers
from monitors.rules.classify import Case, Judgement, join, judge
from monitors.rules.constants import Constants
from monitors.rules.disagreement import find_floor_breach, find_spread, meets, next_kind
from monitors.rules.edits import Edit, find_edits
from monitors.rules.identity import (
    UNATTRIBUTED,
    Claimants,
    Happenings,
    Publishers,
    shipped_claimants,
    shipped_happenings,
    shipped_publishers,
)
from monitors.rules.monitors import shipped_monitors
from monitors.rules.severity import LOUD, ORDER, Told, find_monitor, weigh
from monitors.rules.statements import (
    Page,
    Remark,
    Shelf,
    Track,
    Version,
    compatible,
    independent,
    instant_of,
    is_confirmed,
    new_statement,
    read_page,
    read_remarks,
)
from monitors.rules.syndication import Credits, find_origin, shipped_credits
from monitors.rules.values import days_of

TOLD, TOLD_LOUD, TOLD_UNCONFIRMED, CONFIRMED = "told", "told_loud", "told_unconfirmed", "confirmed"
"""Marks on a statement: somebody was told of it; loudly; as unconfirmed; the follow-up went."""

RAISABLE = frozenset({Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE, Kind.NEW_SERIES, Kind.EVENT})

MAKES_STATEMENT = frozenset(
    {Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE, Kind.NEW_SERIES, Kind.EVENT, Kind.CORRECTION, Kind.HISTORICAL, Kind.RESTATEMENT}
)
SPREADS = frozenset({Kind.DISAGREEMENT, Kind.GAP_MOVED, Kind.CONVERGED})
LEADING = ("killed", "missing", "casualties", "exchanged", "bodies_returned", "captured", "wounded", "displaced")
"""Which number of an event's message leads it."""


class Ledger(Protocol):
    """The history that the rules need. Every look-up is bounded, however long the history is."""

    def add_version(self, article: Article, reading: Reading, now: datetime, backfill: bool) -> int | None:
        """Store a page as it was read, undecided; None where this very text is the page's latest version already."""

    def version(self, version_id: int) -> Version:
        """A stored version with its claims."""

    def decided(self, version_id: int) -> None:
        """It needs no decision any more."""

    def series(self, metric: str, scopes: Collection[Scope], party: str | None, body: str, around: date | None) -> list[Series]:
        """Series of a metric that are of these people or of nobody's in particular, the newest, and all of this body; of events only
        those of the weeks before `around`."""

    def shelves(self, series: Sequence[Series]) -> list[Shelf]:
        """Series with their latest statements."""

    def put(self, statement: Statement, version_id: int) -> Statement:
        """Store a statement (and its series where it is new) and return it with its id."""

    def statement(self, statement_id: int) -> Statement:
        """A statement as it stands now: its origins, its state."""

    def carry(self, statement_id: int, origin: Origin) -> Statement:
        """Note that an article carries the statement; the statement as it stands then."""

    def marks(self, statement_id: int) -> frozenset[str]:
        """What was noted of a statement: withdrawn, contested, told …"""

    def mark(self, statement_id: int, mark: str, now: datetime) -> None:
        """Note something of a statement, once."""

    def judge(self, claim_ids: Iterable[int], statement_id: int | None, kind: str, why: str, now: datetime) -> None:
        """What claims were judged to be."""

    def judged(self, version_id: int) -> Mapping[int, Statement]:
        """The statements that a version's claims made or repeated, by claim."""

    def text(self, url: str) -> str:
        """The latest stored text of a page."""

    def told(self, quantities: Collection[str], since: datetime) -> list[Told]:
        """The alerts about some quantities since a time."""

    def last_event(self, quantity: str, kinds: Collection[Kind]) -> Event | None:
        """The latest alert of these kinds about a quantity."""

    def tell(self, event: Event, alert: Alert, deliveries: Sequence[Delivery], now: datetime) -> bool:
        """Store an event and its outbox rows; False, and nothing, where an event of this key is stored."""

    def hold(self, event: Event, due: datetime) -> None:
        """Keep an event that waits for a second origin, a primary source, or its time."""

    def held(self, statement_id: int) -> Event | None:
        """The event that waits for this statement."""

    def release(self, key: str) -> None:
        """It waits no more."""

    def due(self, now: datetime) -> list[Event]:
        """The held events whose time has come, the earliest first."""


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
    timezone: tzinfo = UTC
    quiet: QuietHours | None = None

    @classmethod
    def shipped(
        cls, monitors: Sequence[Monitor] = (), channels: Sequence[Channel] = (), timezone: tzinfo = UTC, quiet: QuietHours | None = None
    ) -> Policy:
        """The shipped defaults, a person's own monitors before the shipped ones."""
        return cls(
            (*monitors, *shipped_monitors()),
            shipped_claimants(),
            shipped_publishers(),
            shipped_happenings(),
            shipped_credits(),
            numbers.shipped(),
            tuple(channels),
            timezone,
            quiet,
        )


def record(article: Article, reading: Reading, ledger: Ledger, now: datetime, *, backfill: bool = False) -> int | None:
    """Store a page and its claims, undecided; None where the same text was stored already. Backfill is never told."""
    return ledger.add_version(article, reading, now, backfill)


def decide(version_id: int, ledger: Ledger, policy: Policy, now: datetime) -> list[Event]:
    """Judge a stored version against the history; write what it means and what must be told; return what was told."""
    version = ledger.version(version_id)
    page = read_page(version, policy.publishers, policy.happenings)
    docket = Docket(version, page, ledger, policy, now)
    docket.weigh_all(read_remarks(version, page, policy.claimants, policy.publishers, policy.happenings))
    ledger.decided(version_id)
    if is_backfill(version, policy.constants):
        return []
    return [event for event in docket.events() if send(event, ledger, policy, now)]


def settle(ledger: Ledger, policy: Policy, now: datetime) -> list[Event]:
    """Tell what waited long enough: urgent candidates of one origin go out as they stand, unconfirmed."""
    told = []
    for event in ledger.due(now):
        ledger.release(event.key)
        fresh = refreshed(event, ledger, now)
        if fresh and send(fresh, ledger, policy, now):
            told.append(fresh)
    return told


def is_backfill(version: Version, constants: Constants) -> bool:
    """Stored and never told: an outlet's first sight, and pages first seen long after their publication (DOMAIN 3.0)."""
    published = instant_of(version.article.published)
    late = published is not None and version.first_seen_at - published > timedelta(hours=constants.first_sight.backfill_hours)
    return version.backfill or late


def send(event: Event, ledger: Ledger, policy: Policy, now: datetime) -> bool:
    """Put an event into words and into the outbox, and note on its statement that it was told. False where it was told before."""
    if event.severity is Severity.LOG:
        return False
    monitor = next((monitor for monitor in policy.monitors if monitor.name == event.monitor), None)
    alert = compose(event, policy.timezone, policy.publishers.titles)
    if not ledger.tell(
        event, alert, route(event, policy.channels, now, monitor=monitor, timezone=policy.timezone, quiet=policy.quiet), now
    ):
        return False
    for statement in (event.statement, *event.others):
        if statement and statement.id is not None and (statement is event.statement or statement.series.event):
            ledger.mark(statement.id, TOLD, now)
            if event.severity in LOUD:
                ledger.mark(statement.id, TOLD_LOUD, now)
    if event.statement and event.statement.id is not None and event.state is State.UNCONFIRMED:
        ledger.mark(event.statement.id, TOLD_UNCONFIRMED, now)
    return True


def refreshed(event: Event, ledger: Ledger, now: datetime) -> Event | None:
    """A held event as it stands now; None where its figure was withdrawn meanwhile."""
    if event.statement is None or event.statement.id is None:
        return replace(event, at=now)
    statement = ledger.statement(event.statement.id)
    if statement.state is State.WITHDRAWN:
        return None
    return replace(event, at=now, statement=statement, state=statement.state, urls=tuple(origin.url for origin in statement.origins))


@dataclass(frozen=True)
class Finding:
    """A remark, what it was judged to be, the statement it made or repeats, and how loud it is."""

    case: Case
    judgement: Judgement
    statement: Statement | None
    severity: Severity
    monitor: Monitor | None

    @property
    def remark(self) -> Remark:
        return self.case.remark

    @property
    def event_key(self) -> str | None:
        return self.statement.series.event if self.statement else None


@dataclass
class Docket:
    """One version on the table: its findings so far, and what came of them."""

    version: Version
    page: Page
    ledger: Ledger
    policy: Policy
    now: datetime
    findings: list[Finding] = field(default_factory=list)
    edits: list[tuple[Edit, Statement, Statement | None]] = field(default_factory=list)
    arrivals: list[Statement] = field(default_factory=list)
    """Statements that got an origin: one may be waiting for it."""

    def weigh_all(self, remarks: Sequence[Remark]) -> None:
        """Judge each remark, those of the present before those of the past; what an edit explains is not judged again."""
        explained = self.weigh_edits(remarks)
        for remark in sorted(remarks, key=is_past):
            if not explained & set(remark.ids):
                self.findings.append(self.weigh(remark))

    # --- a new version of a page

    def weigh_edits(self, remarks: Sequence[Remark]) -> set[int]:
        """Compare the page with its version before; the claim ids of what stayed or was corrected."""
        if self.version.earlier is None:
            return set()
        before = self.ledger.version(self.version.earlier)
        made = self.ledger.judged(before.id)
        old = [
            (remark, next((made[i] for i in remark.ids if i in made), None))
            for remark in read_remarks(
                before,
                read_page(before, self.policy.publishers, self.policy.happenings),
                self.policy.claimants,
                self.policy.publishers,
                self.policy.happenings,
            )
        ]
        explained: set[int] = set()
        for edit in find_edits(before.article, self.page.article, old, remarks, self.policy.credits):
            explained |= self.note_edit(edit)
        return explained

    def note_edit(self, edit: Edit) -> set[int]:
        """Write what an edit did: the figure stayed, was corrected, or is gone."""
        ids = set(edit.new.ids) if edit.new else set()
        if edit.kind is None and edit.new:
            self.ledger.judge(edit.new.ids, edit.statement.id, Kind.RESTATEMENT, "stands on the page as before", self.now)
            return ids
        corrected = self.put(edit.new, edit.statement.series, Kind.CORRECTION) if edit.new else None
        if corrected and edit.new:
            self.ledger.judge(edit.new.ids, corrected.id, Kind.CORRECTION, edit.why, self.now)
        alone = independent(edit.statement.origins) <= {self.page.publisher.family}
        if alone and edit.statement.id is not None:
            self.ledger.mark(edit.statement.id, State.WITHDRAWN, self.now)
            if held := self.ledger.held(edit.statement.id):
                self.ledger.release(held.key)
        self.edits.append((edit, edit.statement, corrected))
        return ids

    # --- one remark

    def weigh(self, remark: Remark) -> Finding:
        """Find where the remark belongs, judge it, and write both."""
        case = self.case(remark, self.shelves(remark))
        judgement = judge(case)
        statement = self.write(case, judgement)
        monitor = find_monitor(remark.series, self.policy.monitors)
        told = self.told(case) if judgement.kind in MAKES_STATEMENT else []
        finding = Finding(case, judgement, statement, weigh(case, judgement, monitor, told, self.now), monitor)
        return self.raised(finding, told) if judgement.kind is Kind.RESTATEMENT else finding

    def told(self, case: Case) -> list[Told]:
        """What was told of an event in its weeks; running totals do not ask."""
        quantities = {shelf.series.quantity for shelf in (*case.rivals, *([case.shelf] if case.shelf else []))}
        if case.remark.track is not Track.TOLL or not quantities:
            return []
        return self.ledger.told(quantities, self.now - timedelta(days=self.policy.constants.toll.wide_days))

    def raised(self, finding: Finding, told: Sequence[Told]) -> Finding:
        """A value that was read in doubt, or from a lesser outlet, and is now carried by a better one: as loud as if it came now.

        "Urgent and notable need a sure claim, or two independent origins" (DOMAIN 3.0): what was too weak to be loud may become it, once.
        """
        first, case = finding.statement, finding.case
        young = first is not None and self.now - first.seen_at < timedelta(days=self.policy.constants.toll.loud_days)
        if first is None or first.id is None or not young or first.kind not in RAISABLE or first.state is State.WITHDRAWN:
            return finding
        if (
            case.shelf is None
            or case.anchor is not case.shelf.current
            or self.ledger.held(first.id)
            or TOLD_LOUD in self.ledger.marks(first.id)
        ):
            return finding
        before = Shelf(case.shelf.series, tuple(s for s in case.shelf.statements if s.id != first.id))
        again = replace(case, shelf=before if before.statements else None, anchor=None)
        judgement = Judgement(first.kind, "now from a better origin", previous=before.current)
        severity = weigh(again, judgement, finding.monitor, [row for row in told if row.severity in LOUD], self.now)
        return replace(finding, case=again, judgement=judgement, severity=severity) if severity in LOUD else finding

    def shelves(self, remark: Remark) -> list[tuple[int, Shelf]]:
        """The stored series that fit the remark, with how well."""
        wanted = remark.series
        scopes = {wanted.scope} if remark.track is not Track.WINDOW else {Scope.PERIOD, Scope.RATE}
        around = remark.day if remark.track in (Track.TOLL, Track.TRANSFER) else None
        words = f" {self.page.article.title} {self.page.article.text} ".casefold()
        found = self.ledger.series(wanted.metric, scopes, wanted.party, wanted.body, around)
        fitting = [(fit, series) for series in found if (fit := compatible(series, remark, words, self.policy.constants))]
        return list(zip((fit for fit, _ in fitting), self.ledger.shelves([series for _, series in fitting]), strict=True))

    def case(self, remark: Remark, fitting: Sequence[tuple[int, Shelf]]) -> Case:
        """All that the judgement may look at."""
        policy, claim, article = self.policy, remark.claim, self.page.article
        shelf, anchor = join(remark, fitting, policy.claimants)
        eventful = remark.track in (Track.TOLL, Track.TRANSFER)
        rivals = tuple(other for _, other in fitting if other is not shelf)
        standing = stand(remark, shelf, [other for _, other in fitting], policy.claimants) if eventful else shelf.current if shelf else None
        primary = policy.publishers.is_primary(self.page.publisher, remark.claimant)
        copy = bool(anchor) and self.is_copy(remark, anchor, primary) if anchor else False
        denied = self.find_denied(remark) if claim.stance is Stance.DENIED else None
        return Case(
            remark,
            shelf,
            anchor,
            standing,
            rivals,
            self.cousins(remark) if remark.track is Track.RUNNING and anchor is None else (),
            policy.constants,
            policy.claimants,
            self.page.publisher.tier,
            primary,
            copy,
            policy.credits.says("revised", article.language, claim.quote),
            policy.credits.says("recount", article.language, f"{article.title}\n{article.text}"),
            self.is_said_already(remark, shelf, standing),
            policy.credits.says("carried_out", article.language, article.text),
            denied,
        )

    def is_said_already(self, remark: Remark, shelf: Shelf | None, standing: Statement | None) -> bool:
        """Whether this very version gave the series a value; or the event, and this number is doubtful or nobody's."""
        vague = not remark.claim.sure or remark.claimant.body == UNATTRIBUTED
        last = shelf.current if shelf else standing if remark.track is Track.TOLL and vague else None
        return last is not None and last.url == self.page.article.url and last.seen_at == self.page.seen_at

    def cousins(self, remark: Remark) -> tuple[Shelf, ...]:
        """Series of the same body and people that count another metric."""
        party, body = remark.series.party, remark.claimant.body
        metrics = sorted({"killed", "casualties", "wounded"} - {remark.series.metric})
        found = [series for metric in metrics for series in self.ledger.series(metric, {Scope.CUMULATIVE}, party, body, None)]
        return tuple(self.ledger.shelves([series for series in found if series.body == body and series.party == party]))

    def find_denied(self, remark: Remark) -> Statement | None:
        """The stored figure that is rejected: the same number of the same people, whoever stated it."""
        totals = self.ledger.series(remark.series.metric, {Scope.CUMULATIVE, Scope.PERIOD}, remark.series.party, remark.claimant.body, None)
        everywhere = [*self.ledger.shelves(totals), *(shelf for _, shelf in self.shelves(remark))]
        return max((like for shelf in everywhere if (like := shelf.like(remark.value))), key=lambda like: like.id or 0, default=None)

    def is_copy(self, remark: Remark, anchor: Statement, primary: bool) -> bool:
        origin = self.origin(remark, anchor.origins, primary)
        return (origin.copy_of or origin.family) in {
            other.copy_of or other.family for other in anchor.origins
        } or origin.copy_of is not None

    def origin(self, remark: Remark, known: Sequence[Origin], primary: bool) -> Origin:
        heads = [
            (head, self.ledger.text(head.url)) for head in known[: self.policy.constants.syndication.heads_compared] if head.copy_of is None
        ]
        return find_origin(self.page, remark, primary, heads, self.policy.credits, self.policy.publishers, self.policy.constants)

    def write(self, case: Case, judgement: Judgement) -> Statement | None:
        """Store the statement the remark makes, or that this page carries a known one."""
        remark, kind = case.remark, judgement.kind
        statement = judgement.joins
        if kind is Kind.DENIAL and statement and statement.id is not None:
            self.ledger.mark(statement.id, State.CONTESTED, self.now)
            statement = self.ledger.statement(statement.id)
        elif statement and statement.id is not None:
            statement = self.ledger.carry(statement.id, self.origin(remark, statement.origins, case.primary))
            self.arrivals.append(statement)
        elif kind in MAKES_STATEMENT and kind:
            statement = self.put(remark, self.series(case), kind)
        elif kind is Kind.MISQUOTE:
            statement = replace(
                new_statement(remark, case.shelf.series if case.shelf else remark.series, self.page, kind),
                origins=(self.origin(remark, (), case.primary),),
            )
        self.ledger.judge(
            remark.ids,
            statement.id if statement else judgement.previous.id if judgement.previous else None,
            kind or "none",
            judgement.why,
            self.now,
        )
        return statement

    def series(self, case: Case) -> Series:
        """The series a new statement goes into: the one it joins, or its own, within the event that is known."""
        if case.shelf:
            return case.shelf.series
        known = case.standing.series if case.standing else None
        if known and case.remark.track in (Track.TOLL, Track.TRANSFER):
            return replace(case.remark.series, event=known.event, party=case.remark.series.party or known.party)
        return case.remark.series

    def put(self, remark: Remark, series: Series, kind: Kind) -> Statement:
        primary = self.policy.publishers.is_primary(self.page.publisher, remark.claimant)
        stored = self.ledger.put(new_statement(remark, series, self.page, kind), self.version.id)
        assert stored.id is not None
        return self.ledger.carry(stored.id, self.origin(remark, (), primary))

    # --- what is to be told

    def events(self) -> Iterator[Event]:
        """What the page's findings come to: edits, one message an event or statement, spreads and breaches, and what waited for this page."""
        yield from (self.edit_event(*edit) for edit in self.edits)
        composed = list(self.compose())
        yield from self.unless_held(composed)
        yield from self.across(composed)
        yield from self.borne_out()

    def unless_held(self, events: Iterable[Event]) -> Iterator[Event]:
        """An urgent candidate of one origin below tier 1 waits; everything else goes."""
        for event in events:
            statement = event.statement
            if (
                event.severity is Severity.URGENT
                and statement
                and must_wait(statement)
                and event.kind not in (Kind.CORRECTION, Kind.RETRACTION)
            ):
                self.ledger.hold(event, self.now + timedelta(minutes=self.policy.constants.hold.minutes))
            else:
                yield event

    def compose(self) -> Iterator[Event]:
        """One event for each statement; of one exchange, quake or attack one for all its numbers in this text."""
        loud = [finding for finding in self.findings if finding.severity is not Severity.LOG]
        single = [finding for finding in loud if finding.event_key is None or finding.remark.track not in (Track.TOLL, Track.TRANSFER)]
        grouped = sorted((finding for finding in loud if finding not in single), key=lambda finding: finding.event_key or "")
        for finding in single:
            yield self.event(finding, ())
        for key, group in groupby(grouped, key=lambda finding: finding.event_key):
            members = sorted(group, key=lead_rank)
            told_too = [finding for finding in self.findings if finding.event_key == key and finding.statement and finding not in members]
            severity = max((finding.severity for finding in members), key=ORDER.index)
            yield replace(
                self.event(members[0], [finding.statement for finding in (*members[1:], *told_too) if finding.statement]), severity=severity
            )

    def event(self, finding: Finding, members: Sequence[Statement]) -> Event:
        """The event of a finding, with the figures that stand beside it."""
        case, judgement, statement, remark = finding.case, finding.judgement, finding.statement, finding.remark
        assert statement is not None
        assert judgement.kind is not None
        previous, series, claim = judgement.previous, statement.series, remark.claim
        denied = judgement.kind is Kind.DENIAL
        low, high, qualifier = (statement.low, statement.high, statement.qualifier) if denied else (claim.low, claim.high, claim.qualifier)
        key = (
            f"{judgement.kind}/{series.key}/{low}-{high}/{statement.as_of}"
            + ("/loud" if statement.alerted else "")
            + (f"/{self.page.article.url}" if judgement.kind is Kind.MISQUOTE else "")
        )
        return Event(
            judgement.kind,
            finding.severity,
            self.now,
            remark.series.metric,
            series.party or claim.party,
            claim.group,
            series.scope,
            statement.claimant,
            low,
            high,
            qualifier,
            key,
            previous.low if previous else None,
            previous.high if previous else None,
            statement.state,
            finding.monitor.name if finding.monitor else None,
            series,
            statement,
            previous,
            (*members, *self.beside(case, statement, members)),
            remark.cautions,
            None,
            judgement.subtype,
            tuple(dict.fromkeys((self.page.article.url, *(origin.url for origin in statement.origins)))),
            self.page.article.outlet,
            remark.claimant.role,
            remark.claimant.side,
        )

    def beside(self, case: Case, statement: Statement, members: Sequence[Statement]) -> list[Statement]:
        """Two or three standing figures of other claimants for the same quantity (DOMAIN 3.12)."""
        shown = {statement.series.body, *(member.series.body for member in members)}
        currents = [current for rival in case.rivals if rival.series.body not in shown and (current := rival.current)]
        return sorted(currents, key=lambda current: current.seen_at, reverse=True)[:3]

    def edit_event(self, edit: Edit, old: Statement, new: Statement | None) -> Event:
        """An outlet changed, or took back, a figure it had published: loud for those who were told of it (DOMAIN 3.7)."""
        series = old.series
        shown = new or old
        told = old.alerted
        own = any(body.side == series.party and series.party for body in [self.policy.claimants.bodies.get(series.body)] if body)
        severity = (Severity.URGENT if own and series.scope is Scope.CUMULATIVE else Severity.NOTABLE) if told else Severity.ROUTINE
        monitor = find_monitor(series, self.policy.monitors)
        kind = edit.kind or Kind.CORRECTION
        previous = old if new else None
        return Event(
            kind,
            severity,
            self.now,
            series.metric,
            series.party,
            series.group,
            series.scope,
            old.claimant,
            shown.low,
            shown.high,
            shown.qualifier,
            f"{kind}/{self.page.article.url}/{self.version.number}/{series.key}/{shown.low}-{shown.high}",
            previous.low if previous else None,
            previous.high if previous else None,
            State.WITHDRAWN if new is None else shown.state,
            monitor.name if monitor else None,
            series,
            shown,
            previous,
            (),
            (),
            edit.why,
            edit.subtype,
            (self.page.article.url,),
            self.page.article.outlet,
        )

    def across(self, composed: Sequence[Event]) -> Iterator[Event]:
        """What a new statement does to the other claimants' figures of its quantity (DOMAIN 3.7)."""
        here = {member.id for event in composed for member in (event.statement, *event.others) if member and event.scope is Scope.EVENT}
        for finding in self.findings:
            kind, statement = finding.judgement.kind, finding.statement
            fresh = kind in MAKES_STATEMENT and kind not in (Kind.HISTORICAL, Kind.RESTATEMENT) and finding.remark.track is not Track.WINDOW
            if fresh and statement and finding.monitor and finding.case.reliable:
                yield from self.breach(finding, statement)
                if not (
                    finding.remark.track in (Track.TOLL, Track.TRANSFER)
                    and any(rival.current and rival.current.id in here for rival in finding.case.rivals)
                ):
                    yield from self.spread(finding, statement)

    def breach(self, finding: Finding, statement: Statement) -> Iterator[Event]:
        """FLOOR_BREACH: told when it begins, not while it lasts."""
        case = finding.case
        found = find_floor_breach(statement, case.rivals, self.policy.claimants) if finding.remark.track is Track.RUNNING else None
        if found is None:
            return
        names, total = found
        if (
            names is statement
            and case.shelf
            and any((s.low or 0) > (total.high or total.low or 0) for s in case.shelf.standing if s.id != statement.id)
        ):
            return
        yield replace(
            self.event(finding, ()),
            kind=Kind.FLOOR_BREACH,
            severity=Severity.URGENT if case.tier <= 2 or case.primary else Severity.NOTABLE,
            claimant=names.claimant,
            low=names.low,
            high=names.high,
            qualifier=names.qualifier,
            previous=total,
            previous_low=total.low,
            previous_high=total.high,
            statement=names,
            key=f"floor_breach/{names.series.key}/{total.series.key}/{total.low}-{total.high}",
            series=names.series,
            explanation="Names confirmed one by one are a floor: the official total should lie above them.",
        )

    def spread(self, finding: Finding, statement: Statement) -> Iterator[Event]:
        """One record of disagreement for each quantity: told at first sight, when the gap moves, when it ends."""
        case, constants = finding.case, self.policy.constants
        shelf = Shelf(statement.series, (*(case.shelf.statements if case.shelf else ()), statement))
        values = [
            number
            for other in self.findings
            if other.statement and other.event_key == finding.event_key and (number := other.case.value.nominal)
        ]
        spread, _ = find_spread(statement, case.rivals, shelf, values, self.policy.claimants, constants)
        last = self.ledger.last_event(statement.series.quantity, SPREADS)
        if spread is None:
            bodies = {member.series.body for member in last.others} if last else set()
            if last and last.kind is not Kind.CONVERGED and statement.series.body in bodies:
                yield replace(
                    self.spread_event(
                        finding, Kind.CONVERGED, statement, [statement, *(o for o in last.others if o.series.body != statement.series.body)]
                    ),
                    previous_low=last.low,
                    previous_high=last.high,
                )
            return
        before = case.shelf.current if case.shelf else None
        if (
            last is None
            and before
            and any(not meets(shelf, before, rival, rival.current, constants) for rival in case.rivals if rival.current in spread.members)
        ):
            return  # it stood so before anybody watched
        kind = next_kind(spread, (last.low or 0, last.high or 0) if last else None, last.kind if last else None, constants)
        if kind:
            yield replace(
                self.spread_event(finding, kind, statement, spread.members),
                previous_low=last.low if last else None,
                previous_high=last.high if last else None,
            )

    def spread_event(self, finding: Finding, kind: Kind, statement: Statement, members: Sequence[Statement]) -> Event:
        lows = [member.low if member.low is not None else member.high or 0 for member in members]
        highs = [member.high if member.high is not None else member.low or 0 for member in members]
        loud = max(highs) >= max(self.policy.constants.toll.floor, finding.monitor.floor if finding.monitor else 0)
        return replace(
            self.event(finding, ()),
            kind=kind,
            severity=min(Severity.NOTABLE if loud else Severity.LOG, Severity.NOTABLE, key=ORDER.index),
            low=min(lows),
            high=max(highs),
            qualifier=None,
            previous=None,
            previous_low=None,
            previous_high=None,
            others=tuple(members),
            claimant=", ".join(dict.fromkeys(member.claimant for member in members)),
            key=f"{kind}/{statement.series.quantity}/{min(lows)}-{max(highs)}",
        )

    def borne_out(self) -> Iterator[Event]:
        """What this page's origins set free: held events, and the one follow-up of a report that was sent unconfirmed."""
        for statement in {statement.id: statement for statement in self.arrivals}.values():
            assert statement.id is not None
            held = self.ledger.held(statement.id)
            if held and not must_wait(statement):
                self.ledger.release(held.key)
                if fresh := refreshed(held, self.ledger, self.now):
                    yield fresh
            elif held is None and self.is_follow_up(statement):
                self.ledger.mark(statement.id, CONFIRMED, self.now)
                yield self.confirmed_event(statement)

    def is_follow_up(self, statement: Statement) -> bool:
        marks = self.ledger.marks(statement.id or 0)
        return (
            TOLD_UNCONFIRMED in marks
            and CONFIRMED not in marks
            and is_confirmed(statement.origins, self.policy.constants)
            and statement.state not in (State.CONTESTED, State.WITHDRAWN)
        )

    def confirmed_event(self, statement: Statement) -> Event:
        series = statement.series
        monitor = find_monitor(series, self.policy.monitors)
        body = self.policy.claimants.bodies.get(series.body)
        own = bool(body and body.side and body.side == series.party and series.scope is Scope.CUMULATIVE)
        return Event(
            Kind.CONFIRMED,
            Severity.NOTABLE if own else Severity.ROUTINE,
            self.now,
            series.metric,
            series.party,
            series.group,
            series.scope,
            statement.claimant,
            statement.low,
            statement.high,
            statement.qualifier,
            f"confirmed/{series.key}/{statement.low}-{statement.high}/{statement.as_of}",
            None,
            None,
            statement.state,
            monitor.name if monitor else None,
            series,
            statement,
            urls=tuple(origin.url for origin in statement.origins),
            outlet=self.page.article.outlet,
            side=body.side if body else None,
        )


def is_past(remark: Remark) -> tuple[bool, int, bool, int]:
    """The present first: what a text recalls is judged against what it reports; the sure before the doubtful, a toll before its parts."""
    claim = remark.claim
    recalled = claim.past or claim.superseded or claim.stance is Stance.DISPUTED
    size = (remark.value.nominal or 0) if remark.track is Track.TOLL else 0
    return recalled, -days_of(remark.as_of)[1].toordinal(), not claim.sure, -size


def lead_rank(finding: Finding) -> tuple[int, int, int]:
    """The loudest number of an event leads its message, then the dead, then the greater."""
    metric = finding.remark.series.metric
    return -ORDER.index(finding.severity), LEADING.index(metric) if metric in LEADING else len(LEADING), -(finding.case.value.nominal or 0)


def must_wait(statement: Statement) -> bool:
    """One origin below tier 1, and not the claimant's own channel (DOMAIN 3.9)."""
    origins = statement.origins
    return not any(origin.primary or (origin.tier == 1 and origin.copy_of is None) for origin in origins) and len(independent(origins)) < 2


def stand(remark: Remark, own: Shelf | None, event: Sequence[Shelf], claimants: Claimants) -> Statement | None:
    """What stands of an event before a remark: its own body's latest value, else the latest of all that are told of the event.

    What nobody is named for stands only while no body has spoken, or where a newsroom of tier 1 said it in its own voice (DOMAIN 3.0).
    """
    if own and own.current and not own.series.body.startswith((UNATTRIBUTED, "officials@")):
        return own.current
    spoken = [current for shelf in event if (current := shelf.current)]
    attributed = [s for s in spoken if s.series.body != UNATTRIBUTED or any(origin.tier == 1 for origin in s.origins)]
    return max(attributed or spoken, key=lambda s: s.id or 0, default=None)
