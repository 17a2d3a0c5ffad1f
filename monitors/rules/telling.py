"""Findings of one text -> the events to be told: one for a statement, one for an exchange or a quake with all its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from monitors.model import Event, Kind, Monitor, Scope, Severity, State, Statement
from monitors.rules.classify import Case, Judgement
from monitors.rules.disagreement import Spread, find_floor_breach, find_spread, meets, next_kind
from monitors.rules.edits import Edit
from monitors.rules.identity import Claimants
from monitors.rules.severity import LOUD, ORDER, REJECTING, find_monitor, weigh_spread
from monitors.rules.statements import Page, Remark, Shelf, Track, independent
from monitors.rules.values import value_of

DAY = "day"
EVENTFUL = frozenset({Track.TOLL, Track.TRANSFER})
FRESH = frozenset({Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE, Kind.NEW_SERIES, Kind.EVENT})
"""What a text newly states; only that can open a disagreement or breach a floor."""
LEADING = ("killed", "missing", "casualties", "exchanged", "bodies_returned", "captured", "wounded", "displaced")
"""Which number of an event's message leads it."""
STANDING_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """A remark, what it was judged to be, the statement it made or repeats, and how loud it is."""

    case: Case
    judgement: Judgement
    statement: Statement | None
    severity: Severity
    monitor: Monitor | None
    doubted: Severity | None = None
    """How loud it would be were its reading sure, where that is louder."""

    @property
    def remark(self) -> Remark:
        return self.case.remark

    @property
    def event_key(self) -> str | None:
        """The event whose message it belongs to; None where it is told alone."""
        return self.statement.series.event if self.statement and self.remark.track in EVENTFUL else None


@dataclass(frozen=True)
class Teller:
    """Makes events of what was found in one version of a page."""

    page: Page
    number: int
    """Of the version."""
    claimants: Claimants
    monitors: tuple[Monitor, ...]
    now: datetime

    def compose(self, findings: Sequence[Finding]) -> Iterator[Event]:
        """One event for each statement; of one exchange, quake or attack one for all its numbers in this text."""
        told = [finding for finding in findings if finding.severity is not Severity.LOG]
        loud = [finding for finding in told if not is_days_share(finding, told)]
        yield from (self.event(finding) for finding in loud if finding.event_key is None)
        eventful = sorted((finding for finding in loud if finding.event_key), key=lambda finding: finding.event_key or "")
        for key, group in groupby(eventful, key=lambda finding: finding.event_key):
            lead, *others = sorted(group, key=lambda finding: lead_rank(finding, self.page.article.title))
            quiet = [finding for finding in findings if finding.event_key == key and finding.severity is Severity.LOG]
            members = {finding.statement.id: finding.statement for finding in (*others, *quiet) if finding.statement}
            event = self.event(lead, [member for number, member in members.items() if lead.statement and number != lead.statement.id])
            severity = max((finding.severity for finding in (lead, *others)), key=ORDER.index)
            doubted = max((finding.doubted or severity for finding in (lead, *others)), key=ORDER.index)
            yield replace(event, severity=severity, doubted=doubted if doubted is not severity else None)

    def event(self, finding: Finding, members: Sequence[Statement] = ()) -> Event:
        """The event of a finding, with the figures that stand beside it."""
        statement, judgement, remark = finding.statement, finding.judgement, finding.remark
        assert statement is not None
        assert judgement.kind is not None
        again = "/loud" if statement.alerted and judgement.kind not in REJECTING else ""
        where = f"/{self.page.article.url}" if judgement.kind is Kind.MISQUOTE else ""
        key = f"{judgement.kind}/{statement.series.key}/{statement.low}-{statement.high}/{statement.as_of}{again}{where}"
        printed = self.denied(finding) if judgement.kind in REJECTING else reported(remark, statement)
        return self.of(
            judgement.kind,
            finding.severity,
            statement,
            key,
            **printed,
            **before(judgement.previous),
            cautions=remark.cautions,
            subtype=judgement.subtype,
            monitor=finding.monitor.name if finding.monitor else None,
            others=(*members, *beside(finding.case, statement, members)),
            doubted=finding.doubted,
        )

    def denied(self, finding: Finding) -> dict[str, Any]:
        """The fields of an event that say who denies a figure, if it is another's, and with what words; the figure is the stored one."""
        remark = finding.remark
        name = remark.claim.denied_by if finding.judgement.kind is Kind.DENIAL else None
        denier = self.claimants.find(name, remark.day) if name else None
        named = {"claimant": denier.name, "role": denier.role, "side": denier.side} if denier else {}
        return {"denial": remark.claim.quote, **named}

    def of(self, kind: Kind, severity: Severity, statement: Statement, key: str, **more: Any) -> Event:
        """An event about a statement."""
        series, monitor = statement.series, find_monitor(statement.series, self.monitors)
        urls = dict.fromkeys((self.page.article.url, *(origin.url for origin in statement.origins)))
        fields: dict[str, Any] = {
            "kind": kind,
            "severity": severity,
            "at": self.now,
            "metric": series.metric,
            "party": series.party,
            "group": series.group,
            "scope": series.scope,
            "claimant": statement.claimant,
            "low": statement.low,
            "high": statement.high,
            "qualifier": statement.qualifier,
            "key": key,
            "state": statement.state,
            "monitor": monitor.name if monitor else None,
            "series": series,
            "statement": statement,
            "urls": tuple(urls),
            "outlet": self.page.article.outlet,
        }
        return Event(**(fields | more))

    def edited(self, edit: Edit, new: Statement | None, weighty: bool) -> Event:
        """An outlet changed, or took back, a figure it had published: as loud as that figure is of weight (DOMAIN 3.7)."""
        old, kind = edit.statement, edit.kind or Kind.CORRECTION
        loud = Severity.URGENT if self.is_own_total(old) else Severity.NOTABLE
        shown = new or old
        key = f"{kind}/{self.page.article.url}/{self.number}/{old.series.key}/{shown.low}-{shown.high}"
        return self.of(
            kind,
            loud if weighty else Severity.ROUTINE,
            shown,
            key,
            **before(old if new else None),
            claimant=old.claimant,
            state=shown.state if new else State.WITHDRAWN,
            explanation=edit.why,
            subtype=edit.subtype,
            urls=(self.page.article.url,),
        )

    def confirmed(self, statement: Statement) -> Event:
        """The one follow-up: the claimant did say it."""
        key = f"confirmed/{statement.series.key}/{statement.low}-{statement.high}/{statement.as_of}"
        return self.of(Kind.CONFIRMED, Severity.NOTABLE if self.is_own_total(statement) else Severity.ROUTINE, statement, key)

    def is_own_total(self, statement: Statement) -> bool:
        """A side's running total of its own people."""
        body = self.claimants.bodies.get(statement.series.body)
        own = body is not None and body.side is not None and body.side == statement.series.party
        return own and statement.series.scope is Scope.CUMULATIVE

    def breach(self, finding: Finding) -> Event | None:
        """FLOOR_BREACH: more names than a side's own total of its dead; told when it begins, not while it lasts."""
        case, statement = finding.case, finding.statement
        found = find_floor_breach(statement, case.rivals, self.claimants) if statement and finding.remark.track is Track.RUNNING else None
        if found is None:
            return None
        names, total = found
        above = (
            s for s in (case.shelf.standing if case.shelf else ()) if s.id != names.id and (s.low or 0) > (total.high or total.low or 0)
        )
        if names is statement and any(above):
            return None
        severity = Severity.URGENT if case.tier <= 2 or case.primary else Severity.NOTABLE
        key = f"floor_breach/{names.series.key}/{total.series.key}/{total.low}-{total.high}"
        why = "Names confirmed one by one are a floor: the official total should lie above them."
        return self.of(
            Kind.FLOOR_BREACH, severity, names, key, **before(total), explanation=why, others=tuple(beside(case, names, [total]))
        )

    def spread(self, finding: Finding, findings: Sequence[Finding], last: Event | None) -> Event | None:
        """One record of disagreement for each quantity: told at first sight, when the gap moves, when it ends. `last` told of it."""
        case, statement = finding.case, finding.statement
        assert statement is not None
        shelf = Shelf(statement.series, (*(case.shelf.statements if case.shelf else ()), statement))
        beside = [other.case.value for other in findings if other.event_key == finding.event_key]
        beside += [value_of(told) for rival in case.rivals if finding.event_key for told in rival.standing]
        parts = [number for value in beside if (number := value.nominal)]
        spread, _ = find_spread(statement, case.rivals, shelf, parts, self.claimants, case.constants, case.contrasted)
        if spread is None:
            return self.converged(finding, statement, last) if last else None
        if last is None and not case.contrasted and self.stood_before(case, shelf, spread):
            return None
        kind = next_kind(spread, (last.low or 0, last.high or 0) if last else None, last.kind if last else None, case.constants)
        return self.apart(finding, kind, spread, last) if kind else None

    def stood_before(self, case: Case, shelf: Shelf, spread: Spread) -> bool:
        """Whether the gap was there before this figure and nobody watched: no news now."""
        current = case.shelf.current if case.shelf else None
        rivals = [(rival, other) for rival in case.rivals if (other := rival.current) and other in spread.members]
        return current is not None and any(not meets(shelf, current, rival, other, case.constants) for rival, other in rivals)

    def converged(self, finding: Finding, statement: Statement, last: Event) -> Event | None:
        """The end of a spread: one who took part gives a figure that the others' present ones meet."""
        rivals = {rival.series.body: rival for rival in finding.case.rivals if rival.current}
        others = [member for member in last.others if member.series.body != statement.series.body]
        if last.kind is Kind.CONVERGED or len(others) == len(last.others):
            return None
        shelf = Shelf(statement.series, (*(finding.case.shelf.statements if finding.case.shelf else ()), statement))
        pairs = [(rivals.get(other.series.body, Shelf(other.series, (other,))), other) for other in others]
        if not all(meets(shelf, statement, rival, rival.current or other, finding.case.constants) for rival, other in pairs):
            return None
        return self.apart(finding, Kind.CONVERGED, Spread((statement, *(rival.current or other for rival, other in pairs))), last)

    def apart(self, finding: Finding, kind: Kind, spread: Spread, last: Event | None) -> Event:
        """The event of a spread: its ends, its members, and its ends before."""
        assert finding.statement is not None
        return self.of(
            kind,
            weigh_spread(spread.high, finding.monitor, finding.case.constants),
            finding.statement,
            f"{kind}/{finding.statement.series.quantity}/{spread.low}-{spread.high}",
            low=spread.low,
            high=spread.high,
            qualifier=None,
            previous_low=last.low if last else None,
            previous_high=last.high if last else None,
            others=spread.members,
            claimant=", ".join(dict.fromkeys(member.claimant for member in spread.members)),
        )


def is_days_share(finding: Finding, told: Sequence[Finding]) -> bool:
    """Whether it is what a running total grew by in a day, which the message of that total says."""
    window, remark = finding.remark.claim.per == DAY, finding.remark
    totals = (other.remark for other in told if window and other.remark.track is Track.RUNNING)
    return any((total.series.metric, total.series.party) == (remark.series.metric, remark.series.party) for total in totals)


def reported(remark: Remark, statement: Statement) -> dict[str, Any]:
    """The fields of an event that say what this page printed, and in whose name."""
    claim, claimant = remark.claim, remark.claimant
    return {
        "low": claim.low,
        "high": claim.high,
        "qualifier": claim.qualifier,
        "metric": remark.series.metric,
        "party": statement.series.party or claim.party,
        "group": claim.group,
        "role": claimant.role,
        "side": claimant.side,
    }


def before(previous: Statement | None) -> dict[str, Any]:
    """The fields of an event that say what stood before."""
    return {"previous": previous, "previous_low": previous.low, "previous_high": previous.high} if previous else {}


def beside(case: Case, statement: Statement, members: Sequence[Statement]) -> list[Statement]:
    """Two or three standing figures of other claimants for the same quantity (DOMAIN 3.12)."""
    shown = {statement.series.body, *(member.series.body for member in members)}
    currents = [current for rival in case.rivals if rival.series.body not in shown and (current := rival.current)]
    return sorted(currents, key=lambda current: current.seen_at, reverse=True)[:STANDING_SHOWN]


def lead_rank(finding: Finding, title: str) -> tuple[bool, int, int, int]:
    """The dead lead an event's message, unless they are few, the headline is silent on them and another number is loud; then the loudest
    number, then the greater."""
    metric, value = finding.remark.series.metric, finding.case.value.nominal or 0
    place = LEADING.index(metric) if metric in LEADING else len(LEADING)
    headed = place == 0 and re.search(rf"(?<!\d)(?:{value}|{re.escape(finding.remark.claim.span)})(?!\w)", title, re.IGNORECASE) is not None
    weak = finding.severity not in LOUD and not headed and (place > 0 or value < finding.case.constants.toll.floor)
    return weak, place, -ORDER.index(finding.severity), -value


def must_wait(event: Event) -> bool:
    """An urgent event of one origin below tier 1, and not of the claimant's own channel (DOMAIN 3.9). What was taken back goes at once."""
    if event.severity is not Severity.URGENT or event.statement is None or event.kind in (Kind.CORRECTION, Kind.RETRACTION):
        return False
    origins = event.statement.origins
    head = any(origin.primary or (origin.tier == 1 and origin.copy_of is None) for origin in origins)
    return not head and len(independent(origins)) < 2


def refresh(event: Event, statement: Statement, now: datetime) -> Event:
    """An event that waited, as its statement stands now."""
    return replace(event, at=now, statement=statement, state=statement.state, urls=tuple(origin.url for origin in statement.origins))
