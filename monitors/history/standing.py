"""Which statement of a series stands, in SQL, as `Shelf.current` says it: one seek in an index for each series.

A window function over all statements takes hundreds of times as long in SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, or_, select

from monitors.history.tables import marks, series, statements
from monitors.model import UPHELD, VOID, Kind, State

AGAINST = frozenset({State.WITHDRAWN.value, State.CONTESTED.value})
"""Marks that a person may find to be misread; a later one counts all the same. What is set again is numbered: "withdrawn/2"."""


def current(*, recalled: bool = False) -> ColumnElement[Any]:
    """The id of the current statement of the series at hand: of the latest day the latest told; what only recalled an older value is
    `recalled` where asked for. Withdrawn ones do not stand."""
    one = statements.alias()
    standing = select(one.c.id).where(one.c.series_id == series.c.id, ~is_withdrawn(one))
    if not recalled:
        standing = standing.where(one.c.kind != Kind.HISTORICAL.value)
    return standing.order_by(one.c.last_day.desc(), one.c.id.desc()).limit(1).correlate(series).scalar_subquery()


def is_withdrawn(of: FromClause = statements) -> ColumnElement[bool]:
    """Whether a statement was taken back: by a person, or by who printed it, unless a person said since that it was not."""
    also = marks.alias()
    upheld = select(also.c.id).where(also.c.statement_id == marks.c.statement_id, is_mark(UPHELD, also), also.c.id > marks.c.id).exists()
    taken_back = or_(marks.c.mark.in_(sorted(VOID)), is_mark(State.WITHDRAWN) & ~upheld)
    return select(marks.c.id).where(marks.c.statement_id == of.c.id, taken_back).exists()


def is_void(statement_id: ColumnElement[Any] = statements.c.id) -> ColumnElement[bool]:
    """Whether a person said that a statement never was: its sentence was misread, or its run undone."""
    return select(marks.c.id).where(marks.c.statement_id == statement_id, marks.c.mark.in_(sorted(VOID))).exists()


def is_mark(name: str, of: FromClause = marks) -> ColumnElement[bool]:
    """Whether a mark is this one, the first time or again."""
    return or_(of.c.mark == str(name), of.c.mark.startswith(f"{name}/"))


def stand_now(marked: Iterable[str]) -> set[str]:
    """Of a statement's marks, in the order they were set, those that hold: a person upholds what was said against it until then.

    >>> sorted(stand_now(["told", "withdrawn", "upheld"])), sorted(stand_now(["withdrawn", "upheld", "contested", "withdrawn/2"]))
    (['told', 'upheld'], ['contested', 'withdrawn'])
    """
    holding: set[str] = set()
    for name in (mark.partition("/")[0] for mark in marked):
        if name == UPHELD:
            holding -= AGAINST
        elif name in AGAINST:
            holding.discard(UPHELD)
        holding.add(name)
    return holding


def nth_latest(column: str, place: int) -> ColumnElement[Any]:
    """The id, or the last day, that so many statements of the series at hand reach; where it has fewer, less than the least."""
    one = statements.alias()
    ordered = select(one.c[column]).where(one.c.series_id == series.c.id).order_by(one.c[column].desc())
    return func.coalesce(ordered.limit(1).offset(place - 1).correlate(series).scalar_subquery(), 0 if column == "id" else "")
