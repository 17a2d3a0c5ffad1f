"""Tell how a figure came to its present value: the values of its series on the way, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.alerts.phrases import Value, day_words, days_between, say, value_words
from monitors.model import Event, Kind, Statement, Waypoint
from monitors.rules.statements import Shelf
from monitors.rules.values import days_of, same, value_of

CHARTED = 3
"""Fewer values are said by before and after."""
LATEST = 24
"""Of a long series, so many values."""
NAMED = 5
"""Of these in words the first, and the latest up to so many in all."""
FAR = 120
"""Days: over a longer time the months of the values do."""

PASSAGES = frozenset({Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE})
"""What is told as a series' way from one value to the next."""


def course_of(event: Event, shelf: Shelf) -> tuple[Waypoint, ...]:
    """The values of the event's series up to its own, each once; empty where they are too few to be a course."""
    own = event.statement
    if event.kind not in PASSAGES or own is None:
        return ()
    before = [s for s in shelf.standing if s.id != own.id and order_of(s) <= order_of(own)]
    kept: list[Statement] = []
    for statement in (*sorted(before, key=order_of), own):
        if value_of(statement).nominal is not None and not (kept and same(value_of(kept[-1]), value_of(statement))):
            kept.append(statement)
    return tuple(map(waypoint, kept[-LATEST:])) if len(kept) >= CHARTED else ()


def waypoint(statement: Statement) -> Waypoint:
    return Waypoint(statement.as_of, statement.low, statement.high, statement.qualifier)


def order_of(statement: Statement) -> tuple[object, int]:
    return days_of(statement.as_of)[1], statement.id or 0


def course_words(course: Sequence[Waypoint]) -> str:
    """The values with their days; of many the first and the latest.

    >>> from monitors.model import Qualifier
    >>> exact, more = Qualifier.EXACT, Qualifier.MORE_THAN
    >>> course_words([Waypoint("2024-12-08", 43000, 43000, exact), Waypoint("2025-02", 46000, None, more)])
    '43,000 (Dec 2024) → 46,000+ (Feb 2025)'
    """
    days = days_between(course[0].as_of, course[-1].as_of)
    coarse = days is None or days > FAR
    texts = [f"{value_words(shown(point), 'short')} ({day_words(point.as_of[:7] if coarse else point.as_of)})" for point in course]
    if len(texts) > NAMED:
        texts = [texts[0], say("course_passed"), *texts[1 - NAMED :]]
    return " → ".join(texts)


def shown(point: Waypoint) -> Value:
    return Value(point.low, point.high, point.qualifier)
