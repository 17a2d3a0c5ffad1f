"""Hold the figures of one text against each other: no part is more than its whole (DOMAIN 3.7, IMPOSSIBLE and SUM_CHECK). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from monitors.model import Stance
from monitors.rules.statements import OPEN_GROUPS, Remark
from monitors.rules.values import Value, unit

APART = (frozenset({"children", "other:women", "other:men"}), frozenset({"military", "civilians"}))
"""Groups of which nobody is in two: their numbers add up."""


def with_doubts(remarks: Sequence[Remark]) -> list[Remark]:
    """The remarks of one text; where parts are more than their whole, both are contradicted and say why.

    One of the numbers is misread or misprinted: they are stored, wait for a person and wake nobody, unless they stand on their claimant's
    own page, which is then news itself.
    """
    doubts: dict[int, str] = {}
    for n, whole in enumerate(remarks):
        parts = [m for m, part in enumerate(remarks) if is_part(part, whole)]
        exceeding = [m for m in parts if exceeds([remarks[m].value], whole.value)] or exceeding_sum(remarks, parts, whole)
        if exceeding:
            said = " and ".join(f"{remarks[m].claim.span} {remarks[m].claim.group.removeprefix('other:')}" for m in exceeding)
            why = f"The text counts {said} among {whole.claim.span} in all: one of the numbers must be wrong"
            doubts.update(dict.fromkeys((n, *exceeding), why))
    return [doubted(remark, doubts[n]) if n in doubts else remark for n, remark in enumerate(remarks)]


def doubted(remark: Remark, why: str) -> Remark:
    return replace(remark, contradicted=True, cautions=(*remark.cautions, why))


def exceeding_sum(remarks: Sequence[Remark], parts: Sequence[int], whole: Remark) -> list[int]:
    """The parts of groups apart from each other that together are more than the whole: 12 women and 10 children of 20."""
    for groups in APART:
        apart = [m for m in parts if remarks[m].claim.group in groups]
        distinct = all(remarks[a].claim.group != remarks[b].claim.group for a, b in combinations(apart, 2))
        if len(apart) > 1 and distinct and exceeds([remarks[m].value for m in apart], whole.value):
            return apart
    return []


def is_part(part: Remark, whole: Remark) -> bool:
    """Whether one remark counts some of those of another: of the same event or stretch, by the same claimant, a group of all."""
    a, b = part.claim, whole.claim
    asserted = all(claim.stance is Stance.ASSERTED and not (claim.superseded or claim.past or claim.comparison) for claim in (a, b))
    same_people = a.metric == b.metric and a.party == b.party and not b.part and b.group in OPEN_GROUPS and a.group not in OPEN_GROUPS
    same_stretch = part.track is whole.track and part.as_of == whole.as_of and (a.since, a.until, a.per) == (b.since, b.until, b.per)
    one_event = part.series.event == whole.series.event and part.series.unit == whole.series.unit
    return asserted and same_people and same_stretch and one_event and part.claimant.body == whole.claimant.body


def exceeds(parts: Sequence[Value], whole: Value) -> bool:
    """Whether parts are more than a whole even where every number is rounded as kindly as it can be (DOMAIN 3.3).

    >>> from monitors.model import Qualifier
    >>> def n(low, high): return Value(low, high, Qualifier.EXACT)
    >>> exceeds([n(30, 30)], n(20, 20)), exceeds([n(104, 104)], n(100, 100)), exceeds([n(30, 30)], n(20, None))
    (True, False, False)
    """
    if whole.high is None or any(part.low is None for part in parts):
        return False
    least = sum((part.low or 0) - slack(part.low or 0) for part in parts)
    return least > whole.high + slack(whole.high)


def slack(number: int) -> float:
    """Half the unit that a number is rounded to; nothing of one that is given to the last digit."""
    return unit(number) / 2 if unit(number) > 1 else 0
