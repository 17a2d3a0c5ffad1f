"""Tell when claimants' figures for one quantity do not meet: one record for each quantity (DOMAIN 3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from monitors.model import BY_NAME, Kind, Qualifier, Scope, State, Statement
from monitors.rules.classify import intervals
from monitors.rules.constants import Constants
from monitors.rules.identity import HEARSAY, LOOSE, UNATTRIBUTED, Claimants
from monitors.rules.statements import TRANSFERS, Shelf, adds_up, independent
from monitors.rules.values import Value, days_of, earlier, interval, mid, overlap, value_of

CAPPED = frozenset({Qualifier.UP_TO, Qualifier.LESS_THAN})


@dataclass(frozen=True)
class Spread:
    """The figures of one quantity that do not meet, from the lowest to the highest."""

    members: tuple[Statement, ...]

    @property
    def low(self) -> int:
        return min(s.low if s.low is not None else s.high or 0 for s in self.members)

    @property
    def high(self) -> int:
        return max(s.high if s.high is not None else s.low or 0 for s in self.members)

    @property
    def ratio(self) -> float:
        mids = [mid(value_of(s)) or 1.0 for s in self.members]
        return max(mids) / max(min(mids), 1.0)


def find_spread(
    new: Statement,
    rivals: Sequence[Shelf],
    shelf: Shelf,
    parts: Iterable[int],
    claimants: Claimants,
    constants: Constants,
    contrasted: bool = False,
) -> tuple[Spread | None, str | None]:
    """The spread that a new statement opens among the standing figures of its quantity, and else why none: "explained" has a reason.

    Only claimants of claimants.toml, or figures that two families carry, or that a page sets against one another (`contrasted`), count;
    capped and contested ones never (3.0).
    """
    reason = None
    apart: list[Statement] = []
    for rival in rivals:
        other = rival.current
        if other is None or rival.series.body == new.series.body or not all(counts(s, claimants, contrasted) for s in (other, new)):
            continue
        if meets(shelf, new, rival, other, constants) or is_of_a_year(new) != is_of_a_year(other):
            continue
        reason = explain(new, other, parts, claimants)
        if reason is None:
            apart.append(other)
    members = sorted([new, *apart], key=lambda s: mid(value_of(s)) or 0)
    return (Spread(tuple(members)) if apart else None), reason


def is_of_a_year(statement: Statement) -> bool:
    """ "418,000 in 2025": of that year, beside which a war's total is no other count."""
    return statement.series.scope is Scope.CUMULATIVE and len(statement.as_of) == len("2025")


def counts(statement: Statement, claimants: Claimants, contrasted: bool = False) -> bool:
    """Whether a statement may widen a spread."""
    body = statement.series.body
    if statement.qualifier in CAPPED or statement.state is State.WITHDRAWN or body.startswith((UNATTRIBUTED, HEARSAY)):
        return False
    if statement.state is State.CONTESTED and claimants.is_nobody(body):
        return False  # a figure that is denied is still that of a body that is known
    of_one_toll = statement.series.scope is not Scope.CUMULATIVE and statement.series.metric not in TRANSFERS
    known = body in claimants.bodies or ("@" in body and (of_one_toll or not body.startswith(LOOSE)))
    return known or contrasted or len(independent(statement.origins)) >= 2


def meets(shelf: Shelf, new: Statement, rival: Shelf, old: Statement, constants: Constants) -> bool:
    """Whether two figures overlap, the older one carried forward by what the two series grow in a day, half as much again."""
    a, b = value_of(new), value_of(old)
    if overlap(a, b):
        return True
    if new.series.scope is not Scope.CUMULATIVE:
        return False
    days = abs((days_of(new.as_of)[1] - days_of(old.as_of)[1]).days)
    lately = constants.disagreement.growth_values - 1
    growth = max([*intervals(shelf)[-lately:], *intervals(rival)[-lately:], 0.0])
    older, newer = (a, b) if days_of(new.as_of)[1] < days_of(old.as_of)[1] else (b, a)
    x, y = interval(older, constants), interval(newer, constants)
    return x is None or y is None or (x[0] <= y[1] and y[0] <= x[1] + growth * days * constants.disagreement.drift)


def explain(a: Statement, b: Statement, parts: Iterable[int], claimants: Claimants) -> str | None:
    """Why two figures may differ in good faith; None where nothing known explains it. Shown to people.

    Own side against enemy explains running totals only: two sides' numbers for one event are a disagreement (3.0).
    """
    if a.series.includes != b.series.includes:
        return "they do not count the same in"
    if a.series.scope is Scope.EVENT:
        x, y = value_of(a).nominal, value_of(b).nominal
        if x and y and a.series.metric in TRANSFERS and (a if x > y else b).series.group == "all" != (b if x > y else a).series.group:
            return "some of the people against all of them"
        return "both sides together, or with others counted in" if x and y and adds_up(parts, x, y) else None
    relations = {relation(a, claimants), relation(b, claimants)}
    if len(relations) > 1:
        names = BY_NAME in relations
        return (
            "names confirmed one by one are a floor" if names else "a side on its own people, the other side and outside estimates differ"
        )
    if a.series.group != b.series.group:
        return "soldiers against all people"
    return None


def relation(statement: Statement, claimants: Claimants) -> str:
    """How a claimant comes by a figure: names, own side, enemy, estimate or official."""
    if statement.series.method == BY_NAME:
        return BY_NAME
    body, side = claimants.bodies.get(statement.series.body), claimants.side_of(statement.series.body)
    if side and side == statement.series.party:
        return "own_side"
    return (
        "enemy_claim"
        if side and statement.series.party and side != statement.series.party and not (body and body.method == "estimate")
        else statement.series.method or "other"
    )


def find_floor_breach(new: Statement, rivals: Sequence[Shelf], claimants: Claimants) -> tuple[Statement, Statement] | None:
    """FLOOR_BREACH: confirmed names above a side's own total of a day not later: (names, total). Names are a floor of the dead."""
    for rival in rivals:
        other = rival.current
        if other is None or other.series.metric != "killed" or other.series.party != new.series.party:
            continue
        names, total = (new, other) if relation(new, claimants) == BY_NAME else (other, new)
        if (
            not counts(names, claimants)
            or relation(names, claimants) != BY_NAME
            or relation(total, claimants) != "own_side"
            or earlier(names.as_of, total.as_of)
            or (days_of(names.as_of)[1] - days_of(total.as_of)[1]).days > STALE_DAYS
        ):
            continue
        low, high = value_of(names).nominal, top(value_of(total))
        if low is not None and high is not None and low > high:
            return names, total
    return None


STALE_DAYS = 365
"""An official total that is older was not given of the dead whom the list names now."""


def top(value: Value) -> float | None:
    found = interval(value)
    return found[1] if found else None


def next_kind(spread: Spread, last: tuple[int, int] | None, last_kind: Kind | None, constants: Constants) -> Kind | None:
    """What to tell of a spread, given the last alert of this quantity: the first time, or when the gap moved by a quarter; else nothing."""
    if last is None or last_kind is Kind.CONVERGED:
        return Kind.DISAGREEMENT
    low, high = last
    before = high / max(low, 1)
    moved = abs(log(max(spread.ratio, 1e-9)) - log(max(before, 1e-9))) > log(constants.disagreement.gap_ratio)
    return Kind.GAP_MOVED if moved and (spread.low, spread.high) != last else None
