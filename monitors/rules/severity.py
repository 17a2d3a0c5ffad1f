"""Decide how soon people must know, by the monitor that listens (DOMAIN 3.11 and 3.0)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.model import BY_NAME, QUIET_KINDS, Kind, Monitor, Scope, Series, Severity, Stance
from monitors.rules.classify import Case, Judgement, sinks
from monitors.rules.constants import Constants, Toll
from monitors.rules.identity import HEARSAY, UNATTRIBUTED
from monitors.rules.monitors import DEFINITIONS
from monitors.rules.statements import OPEN_GROUPS, PART_GROUPS, Shelf, Track, is_war_total, span_of
from monitors.rules.values import Value, same, value_of

LOUD = frozenset({Severity.URGENT, Severity.NOTABLE})
ORDER = (Severity.LOG, Severity.ROUTINE, Severity.NOTABLE, Severity.URGENT)
REJECTING = frozenset({Kind.DENIAL, Kind.RETRACTION})
"""Of a figure that is stored: the sentence that rejects it is what is printed."""
HEAVY = frozenset({"killed", "missing", "captured"})
"""What makes an event loud by itself; the injured and the displaced come along in its message."""


@dataclass(frozen=True)
class Told:
    """An alert of the past days: what moved, how loudly, to which value."""

    kind: Kind
    severity: Severity
    at: datetime
    metric: str | None
    high: int | None
    low: int | None

    @property
    def nominal(self) -> int:
        return self.high or self.low or 0


def find_monitor(series: Series, monitors: Sequence[Monitor]) -> Monitor | None:
    """The monitor that listens to a series; a person's own before the shipped ones, the particular before the general."""
    return next((monitor for monitor in monitors if listens(monitor, series)), None)


def listens(monitor: Monitor, series: Series) -> bool:
    group = "all" if series.group in OPEN_GROUPS else series.group
    return (
        (not monitor.metrics or series.metric in monitor.metrics)
        and (not monitor.parties or series.party in monitor.parties)
        and (not monitor.groups or group in monitor.groups)
        and (not monitor.scopes or series.scope in monitor.scopes)
    )


def weigh(case: Case, judgement: Judgement, monitor: Monitor | None, told: Sequence[Told], now: datetime) -> Severity:
    """How loud a judged remark is. Only sure claims are loud alone; what nobody is named for, what is disputed or doubtful, waits."""
    if monitor is None or judgement.kind is None or judgement.kind in QUIET_KINDS:
        return Severity.LOG
    if judgement.kind in REJECTING:  # that the number is stored proves the reading
        return Severity.NOTABLE if (case.value.nominal or 0) >= max(monitor.floor, 1) else Severity.LOG
    by = weigh_own if monitor.words else BY_TRACK[case.remark.track]
    severity = by(case, judgement, monitor, told, now)
    if severity is Severity.NOTABLE and by in (weigh_own, weigh_toll) and monitor.urgent and is_persons_own(monitor):
        severity = Severity.URGENT
    return min(severity, ceiling(case), key=ORDER.index)


def ceiling(case: Case) -> Severity:
    """The most that a remark of this kind may be (DOMAIN 3.0)."""
    claim, claimant = case.remark.claim, case.remark.claimant
    if claim.stance is Stance.DISPUTED or not case.reliable or claimant.body.startswith(HEARSAY):
        return Severity.ROUTINE
    if claimant.body == UNATTRIBUTED:
        spoken = case.remark.track is Track.RUNNING and any(rival.series.body != UNATTRIBUTED for rival in case.rivals)
        return Severity.NOTABLE if case.tier == 1 and not spoken else Severity.ROUTINE
    if case.remark.track is Track.RUNNING and not claimant.known:
        return Severity.NOTABLE if case.tier == 1 else Severity.ROUTINE
    return Severity.URGENT


def is_persons_own(monitor: Monitor) -> bool:
    return bool(monitor.words) or monitor.name not in DEFINITIONS


def is_spent(told: Sequence[Told], constants: Constants, now: datetime) -> bool:
    """Whether an event had all the loud alerts of its days: however it moves, the rest is for the digest."""
    since = now - timedelta(days=constants.toll.loud_days)
    return sum(row.severity in LOUD and row.at > since for row in told) >= constants.toll.loud_limit


def weigh_own(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """A metric of a person's own: they said which change is worth an alert, and a first figure always is."""
    if (case.value.nominal or 0) < monitor.floor:
        return Severity.LOG
    if judgement.kind is Kind.MISQUOTE or is_spent(told, case.constants, now):
        return Severity.ROUTINE
    before = value_of(judgement.previous) if judgement.previous else None
    return Severity.NOTABLE if moved(before, case.value, threshold(case, monitor)) else Severity.ROUTINE


def weigh_running(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """A war's running total: urgent where a side speaks of its own dead or wounded, notable for an estimate's tenth and first figures."""
    value, before = case.value.nominal or 0, judgement.previous
    if value < monitor.floor:
        return Severity.LOG
    match judgement.kind:
        case Kind.MISQUOTE:
            return weigh_misquote(case, judgement)
        case Kind.MILESTONE | Kind.STEP:
            return Severity.NOTABLE
        case Kind.NEW_SERIES:
            if case.remark.age > case.constants.first_sight.past_days:
                return Severity.LOG  # it stands, and was known long before we heard of it
            if any(case.claimants.is_nobody(rival.series.body) and stated(rival, case.value) for rival in case.rivals):
                return Severity.ROUTINE  # told already, when nobody was named for it, or somebody whom no list has
            if case.names_some:
                return Severity.ROUTINE  # how many of its dead a body has identified is a lesser number than its toll
            return Severity.NOTABLE if case.tier == 1 or case.primary else Severity.ROUTINE
    if case.daily:
        return Severity.ROUTINE
    if own_side(case) and monitor.urgent:
        return Severity.URGENT
    if judgement.kind is Kind.REVERSAL:
        return Severity.NOTABLE
    if case.method == BY_NAME:
        mark = case.constants.change.names_milestone
        crossed = before is not None and value // mark > (value_of(before).nominal or 0) // mark
        return Severity.NOTABLE if crossed else Severity.ROUTINE
    return Severity.NOTABLE if moved(value_of(before) if before else None, case.value, threshold(case, monitor)) else Severity.ROUTINE


def weigh_misquote(case: Case, judgement: Judgement) -> Severity:
    """Another word or number of a large outlet is for the digest, a lesser one's or an end of a range for the log."""
    return Severity.ROUTINE if case.tier <= 2 and judgement.subtype != "range collapsed" else Severity.LOG


def stated(rival: Shelf, value: Value) -> bool:
    """Whether a series stands at this value."""
    return rival.current is not None and same(value_of(rival.current), value)


def threshold(case: Case, monitor: Monitor) -> float:
    return monitor.change or case.constants.change.estimate


def moved(old: Value | None, new: Value, least: float) -> bool:
    """Whether a value moved by at least a share (below 1) or a count; a new range has moved."""
    if old is None or (new.is_range and (old.low, old.high) != (new.low, new.high)):
        return True
    a, b = old.nominal or 0, new.nominal or 0
    return abs(b - a) >= (least * a if least < 1 else least)


def own_side(case: Case) -> bool:
    """A body of the side whose people are counted."""
    claimant = case.remark.claimant
    return (
        claimant.known
        and claimant.side is not None
        and claimant.side == case.remark.series.party
        and case.remark.series.metric in OWN_METRICS
    )


OWN_METRICS = frozenset({"killed", "wounded", "casualties"})


def weigh_toll(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """One event's toll, within the limit of its loud alerts."""
    severity = weigh_move(case, judgement, monitor, told, now)
    return min(severity, Severity.ROUTINE, key=ORDER.index) if is_spent(told, case.constants, now) else severity


def weigh_move(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """A move of a toll: loud at first sight from fifty dead, then by a third more, a rung of the ladder, or after a quiet day.

    Below the monitor's floor it is of a small event, which is for the digest (DOMAIN 3.11).
    """
    toll, value = case.constants.toll, case.value.nominal or 0
    before = value_of(judgement.previous).nominal or 0 if judgement.previous else 0
    small = _small(max(value, before) if judgement.kind in (Kind.REVERSAL, Kind.STEP) else value, monitor, toll)
    if judgement.kind is Kind.MISQUOTE:
        return small or weigh_misquote(case, judgement)
    if judgement.kind in (Kind.REVERSAL, Kind.STEP):
        return small or (Severity.NOTABLE if case.tier <= 2 or case.primary else Severity.LOG)
    if sinks(case.remark) and value < before:
        return Severity.LOG  # that fewer are missing is told with those who were found
    taken = case.remark.series.metric == "captured" and case.remark.headlined  # pupils that a headline is about are no part of a toll
    if case.remark.series.group in PART_GROUPS and not taken:
        return Severity.LOG
    if case.remark.series.metric not in HEAVY:
        return Severity.LOG if small or (judgement.kind is Kind.CHANGE and value < toll.first_loud) else Severity.ROUTINE
    mine = since_lowered([row for row in told if row.metric == case.remark.series.metric])
    last = max((row.nominal for row in mine), default=0)
    if mine and value <= last and is_step_of_own(case, judgement, mine):
        return small or (Severity.NOTABLE if value >= before * (1 + toll.rise) else Severity.ROUTINE)
    if mine and (judgement.kind is Kind.NEW_SERIES or value <= last):
        return Severity.LOG  # another claimant's first figure of an event that was told: the disagreement, if there is one, tells it
    if small:
        return small
    if not mine:
        first = judgement.kind is Kind.NEW_SERIES or before < toll.first_loud
        crossed = judgement.previous is not None and crosses(before, value, case.constants)
        return Severity.NOTABLE if crossed or (first and value >= toll.first_loud) else Severity.ROUTINE
    base = max((row.nominal for row in mine if row.severity in LOUD), default=last)
    quiet = not any(row.at > now - timedelta(hours=toll.quiet_hours) for row in mine)
    loud = value >= base * (1 + toll.rise) or crosses(last, value, case.constants) or quiet
    return Severity.NOTABLE if loud else Severity.ROUTINE


def is_step_of_own(case: Case, judgement: Judgement, told: Sequence[Told]) -> bool:
    """Whether one of those who were told to differ raises a count of its own, if only below the other's: the army's 38 are now 52, beside
    the 71 of the villagers."""
    own = judgement.previous is not None and judgement.previous.series.body == case.remark.claimant.body
    return judgement.kind is Kind.CHANGE and own and any(row.kind is Kind.DISAGREEMENT for row in told)


def since_lowered(told: Sequence[Told]) -> list[Told]:
    """Of what was told of a toll, in any order, what counts since it was last corrected, fell or was withdrawn; what was rejected or
    withdrawn counts no more."""
    rows = sorted(told, key=lambda row: row.at)
    lowered = [n for n, row in enumerate(rows) if row.kind in LOWERING]
    rejected = {row.nominal for row in rows if row.kind in REJECTING}
    return [row for row in rows[lowered[-1] if lowered else 0 :] if row.nominal not in rejected]


LOWERING = frozenset({Kind.CORRECTION, Kind.RETRACTION, Kind.REVERSAL, Kind.STEP})


def weigh_spread(high: int, monitor: Monitor | None, constants: Constants) -> Severity:
    """A disagreement, by the greatest of its figures."""
    if high >= max(constants.toll.floor, monitor.floor if monitor else 0):
        return Severity.NOTABLE
    return Severity.LOG if (monitor and is_persons_own(monitor)) or high < constants.toll.least else Severity.ROUTINE


def _small(value: int, monitor: Monitor, toll: Toll) -> Severity | None:
    """How loud a toll is that a monitor is quiet about; None from its floor on. A person's own is silent below the floor that they gave."""
    if value >= max(monitor.floor, 1):
        return None
    return Severity.LOG if is_persons_own(monitor) or value < toll.least else Severity.ROUTINE


def crosses(old: int, new: int, constants: Constants) -> bool:
    return any(old < rung <= new for rung in constants.toll.ladder)


def weigh_transfer(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """An exchange of fifty or a return of five hundred bodies is notable; further numbers of one that was told are not news."""
    value = case.value.nominal or 0
    if judgement.kind is not Kind.EVENT:
        return Severity.LOG
    least = case.constants.transfer.bodies_returned if case.remark.series.metric == "bodies_returned" else case.constants.transfer.exchanged
    return Severity.NOTABLE if value >= least else Severity.ROUTINE if value >= monitor.floor else Severity.LOG


def weigh_window(case: Case, judgement: Judgement, monitor: Monitor, told: Sequence[Told], now: datetime) -> Severity:
    """A window or a rate: for the digest, but the first figure of a war's month."""
    first = judgement.kind is Kind.NEW_SERIES and case.remark.series.scope is Scope.PERIOD and case.tier == 1
    if first and span_of(case.remark.claim) and is_war_total(case.remark.claim) and case.remark.claim.group == "military":
        return Severity.NOTABLE
    return Severity.ROUTINE if (case.value.nominal or 0) >= max(monitor.floor, case.constants.toll.floor) else Severity.LOG


BY_TRACK = {Track.RUNNING: weigh_running, Track.TOLL: weigh_toll, Track.TRANSFER: weigh_transfer, Track.WINDOW: weigh_window}
