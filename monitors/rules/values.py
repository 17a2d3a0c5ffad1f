"""Compare numbers and dates as printed: the same value in other words, values that meet, days that precede."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil, floor

from monitors.model import Claim, PartialDate, Qualifier, Statement
from monitors.rules.constants import Constants, shipped

FROM_BELOW = frozenset({Qualifier.AT_LEAST, Qualifier.MORE_THAN})
FROM_ABOVE = frozenset({Qualifier.UP_TO, Qualifier.LESS_THAN})


@dataclass(frozen=True)
class Value:
    """A number as stated: its bounds and its qualifier. What claims and statements have in common."""

    low: int | None
    high: int | None
    qualifier: Qualifier

    @property
    def nominal(self) -> int | None:
        """The number that is printed; of a range its upper end; None of "dozens"."""
        return self.low if self.qualifier in FROM_BELOW else self.high if self.high is not None else self.low

    @property
    def is_range(self) -> bool:
        return self.qualifier is Qualifier.BETWEEN and self.low != self.high

    @property
    def exact(self) -> bool:
        return self.qualifier is Qualifier.EXACT


def value_of(figure: Claim | Statement) -> Value:
    return Value(figure.low, figure.high, figure.qualifier)


def unit(n: int, constants: Constants | None = None) -> int:
    """The implied unit of a number: by its trailing zeros, at most the power of ten within a tenth of it, never under 1.

    >>> [unit(n) for n in (55_000, 45_100, 200_000, 122_883, 150, 20)]
    [1000, 100, 10000, 1, 10, 1]
    """
    cap = (constants or shipped()).same.unit_cap * n
    power = 1
    while n and n % (power * 10) == 0 and power * 10 <= cap:
        power *= 10
    return power


def same(a: Value, b: Value) -> bool:
    """Whether ONE claimant's two numbers are one number in other words (DOMAIN 3.3, 3.0).

    Equal as printed; or the rounder one is the other rounded, cut off (bare, "at least") or rounded up ("nearly", "up to").
    Ranges agree in both ends, or a single number is one of them. Two numbers of equal unit that differ are two.

    >>> def n(number, qualifier="exact"): return Value(number, number, Qualifier(qualifier))
    >>> [same(n(122_883), n(120_000, "about")), same(n(5_937), n(6_000, "nearly")), same(n(390_000), n(380_000, "nearly"))]
    [True, True, False]
    >>> [same(n(19), n(20, "nearly")), same(n(21), n(20, "nearly")), same(n(19), n(20, "about"))]
    [True, False, False]
    """
    if a.is_range or b.is_range:
        return _same_range(a, b)
    x, y = a.nominal, b.nominal
    if x is None or y is None:
        return False
    return x == y or _rounds(x, y, b.qualifier) or _rounds(y, x, a.qualifier)


def _same_range(a: Value, b: Value) -> bool:
    if a.is_range and b.is_range:
        return (a.low, a.high) == (b.low, b.high)
    whole, single = (a, b) if a.is_range else (b, a)
    return single.nominal is not None and single.nominal in (whole.low, whole.high)


def _rounds(x: int, y: int, qualifier: Qualifier) -> bool:
    """Whether y is a rounder printing of x. Tens below a hundred have no unit, but "nearly 20" is said of 19."""
    step = unit(y)
    if step == 1 and y % 10 == 0 and qualifier is Qualifier.NEARLY:
        return 0 <= y - x <= shipped().same.unit_cap * y
    if step <= unit(x):
        return False
    up, down = -(-x // step) * step, x // step * step
    if qualifier is Qualifier.NEARLY or qualifier in FROM_ABOVE:
        return y == up
    if qualifier in FROM_BELOW:
        return y == down
    return y == (x + step // 2) // step * step or (qualifier is Qualifier.EXACT and y == down)


def bounds_of_same(value: Value) -> tuple[int, int] | None:
    """Between which numbers all lie that may be the `same` as this one, and a few more; None of a vague one, which is like no other.

    >>> bounds_of_same(Value(50_000, 50_000, Qualifier.EXACT))
    (45000, 55556)
    """
    ends = [end for end in (value.low, value.high) if end is not None]
    if not ends:
        return None
    left = 1 - shipped().same.unit_cap  # a rounding moves a number by less than the unit of the rounder one
    return min(floor(min(ends) * left), MOST), min(ceil(max(ends) / left), MOST)


MOST = 2**63 - 1
"""The largest number that a database keeps: what strangers print may be larger."""


def satisfied(bound: Value, value: Value) -> bool:
    """Whether a bound only says less than what is known: "more than 50,000" while 55,000 stands (never a fall)."""
    x, y = bound.nominal, value.nominal
    if x is None or y is None:
        return x is None
    if bound.qualifier in FROM_BELOW:
        return x <= y
    return bound.qualifier in FROM_ABOVE and x >= y


def interval(value: Value, constants: Constants | None = None) -> tuple[float, float] | None:
    """The bounds within which a number of another claimant meets this one (DOMAIN 3.3); None of a vague one."""
    wide = (constants or shipped()).interval
    n = value.nominal
    if n is None:
        return None
    match value.qualifier:
        case Qualifier.BETWEEN:
            return float(value.low or 0), float(value.high or n)
        case Qualifier.ABOUT:
            return n * (1 - wide.about), n * (1 + wide.about)
        case Qualifier.NEARLY:
            return n * (1 - wide.nearly), float(n)
        case Qualifier.AT_LEAST | Qualifier.MORE_THAN:
            return float(n), n * (1 + wide.open_above)
        case Qualifier.UP_TO | Qualifier.LESS_THAN:
            return n * wide.open_below, float(n)
    half = unit(n) / 2 if unit(n) > 1 else 0
    return n - half, n + half


def overlap(a: Value, b: Value) -> bool:
    """Whether two claimants' numbers meet, with five per cent of leniency (DOMAIN 3.7). Vague ones meet everything."""
    x, y = interval(a), interval(b)
    if x is None or y is None:
        return True
    slack = shipped().interval.tolerance * min(x[1], y[1])
    return x[0] <= y[1] + slack and y[0] <= x[1] + slack


def mid(value: Value) -> float | None:
    """The middle of a range, or the one end there is."""
    if value.low is None or value.high is None:
        return value.nominal
    return (value.low + value.high) / 2


@lru_cache(4096)
def days_of(partial: PartialDate) -> tuple[date, date]:
    """First and last day of a partial date.

    >>> days_of("2026-02")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(parts[0], parts[1], 1), date(parts[0], parts[1], monthrange(parts[0], parts[1])[1])
    day = date(parts[0], parts[1], parts[2])
    return day, day


def earlier(a: PartialDate, b: PartialDate) -> bool:
    """Whether a lies wholly before b: dates that overlap do not precede one another."""
    return days_of(a)[1] < days_of(b)[0]


def touch(a: PartialDate, b: PartialDate, within: int = 0) -> bool:
    """Whether two partial dates overlap, or lie at most so many days apart."""
    (a0, a1), (b0, b1) = days_of(a), days_of(b)
    return (a0 - b1).days <= within and (b0 - a1).days <= within
