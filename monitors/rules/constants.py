"""definitions/constants.toml -> the numbers of the rules, typed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Same:
    unit_cap: float


@dataclass(frozen=True)
class Interval:
    about: float
    nearly: float
    open_above: float
    open_below: float
    tolerance: float


@dataclass(frozen=True)
class OfStatement:
    same_days: int
    recent_statements: int
    whole_statements: int


@dataclass(frozen=True)
class Syndication:
    credit_window: int
    shingle_words: int
    shingle_share: float
    shared_run_words: int
    heads_compared: int


@dataclass(frozen=True)
class Hold:
    minutes: int
    confirming_families: int


@dataclass(frozen=True)
class FirstSight:
    backfill_hours: int
    past_days: int


@dataclass(frozen=True)
class Daily:
    spacing_days: float
    points: int
    unusual: float
    unusual_points: int
    unusual_least: int


@dataclass(frozen=True)
class Step:
    factor: float
    intervals: int
    least_intervals: int


@dataclass(frozen=True)
class Change:
    estimate: float
    names_milestone: int
    reversal_least: float


@dataclass(frozen=True)
class Toll:
    least: int
    floor: int
    first_loud: int
    rise: float
    ladder: tuple[int, ...]
    quiet_hours: int
    loud_limit: int
    loud_days: int
    young_days: int
    retold: int
    point_days: int
    wide_days: int


@dataclass(frozen=True)
class Transfer:
    exchanged: int
    bodies_returned: int


@dataclass(frozen=True)
class Disagreement:
    gap_ratio: float
    drift: float
    growth_values: int


@dataclass(frozen=True)
class Constants:
    """Every number of the rules; definitions/constants.toml says where each comes from."""

    same: Same
    interval: Interval
    statement: OfStatement
    syndication: Syndication
    hold: Hold
    first_sight: FirstSight
    daily: Daily
    step: Step
    change: Change
    toll: Toll
    transfer: Transfer
    disagreement: Disagreement


SECTIONS: dict[str, type[Any]] = {
    "same": Same,
    "interval": Interval,
    "statement": OfStatement,
    "syndication": Syndication,
    "hold": Hold,
    "first_sight": FirstSight,
    "daily": Daily,
    "step": Step,
    "change": Change,
    "toll": Toll,
    "transfer": Transfer,
    "disagreement": Disagreement,
}


@cache
def shipped() -> Constants:
    """The constants as shipped."""
    return read_constants(tomllib.loads(files("monitors.definitions").joinpath("constants.toml").read_text("utf-8")))


def read_constants(tables: dict[str, dict[str, Any]]) -> Constants:
    """Constants of parsed TOML; a missing or unknown name raises TypeError."""
    return Constants(**{name: _section(SECTIONS[name], tables[name]) for name in (f.name for f in fields(Constants))})


def override(constants: Constants, changes: Mapping[str, Mapping[str, Any]]) -> Constants:
    """Constants with some numbers put otherwise, as {"toll": {"first_loud": 20}}; ValueError names what is unknown or of another kind."""
    sections = {}
    for name, values in changes.items():
        if name not in PER_MONITOR:
            raise ValueError(f"{name}: a monitor may change the numbers of {', '.join(sorted(PER_MONITOR))}")
        section = getattr(constants, name)
        known = {field.name: getattr(section, field.name) for field in fields(section)}
        for key, value in values.items():
            if key not in known:
                near = get_close_matches(key, known, n=1)
                raise ValueError(f"{name}.{key}: there is no such number" + (f"; did you mean {near[0]}?" if near else ""))
            if not is_like(value, known[key]):
                raise ValueError(f"{name}.{key}: {value!r} is not like {known[key]!r}")
        sections[name] = replace(section, **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
    return replace(constants, **sections)


def is_like(value: Any, known: Any) -> bool:
    """Whether a value may stand for a known one: above nothing, whole where that is whole, a list where that is one.

    >>> is_like(2, 1.5), is_like(2.5, 6), is_like(0, 6), is_like([10, 50], (1, 2)), is_like(True, 1)
    (True, False, False, True, False)
    """
    if isinstance(known, tuple):
        return isinstance(value, list | tuple) and bool(value) and all(is_like(one, known[0]) for one in value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and value > 0 and (isinstance(known, float) or value == int(value))


PER_MONITOR = frozenset({"change", "daily", "step", "toll", "transfer", "disagreement"})
"""What is judged of one quantity at a time. How numbers are compared, held and copied is the same for all."""


def _section(kind: type[Any], table: dict[str, Any]) -> Any:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in table.items()})
