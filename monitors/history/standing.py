"""Which statement of a series stands, in SQL, as `Shelf.current` says it: one seek in an index for each series.

A window function over all statements takes hundreds of times as long in SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from monitors.history.tables import claims, marks, rereadings, series, statements
from monitors.model import REREAD, RESTORED, STRUCK, UPHELD, Kind, State

AGAINST = frozenset({State.WITHDRAWN.value, State.CONTESTED.value})
"""Marks that a person may find to be misread."""
LIFTS = {UPHELD: AGAINST, RESTORED: frozenset({REREAD})}
"""Marks that end others; a later one of these counts all the same. What is set again is numbered: "withdrawn/2"."""
SET_AGAIN = frozenset(LIFTS).union(*LIFTS.values())


def current(*, recalled: bool = False) -> ColumnElement[Any]:
    """The id of the current statement of the series at hand: of the latest day the latest told; what only recalled an older value is
    `recalled` where asked for. Withdrawn ones do not stand."""
    one = statements.alias()
    standing = select(one.c.id).where(one.c.series_id == series.c.id, ~is_withdrawn(one))
    if not recalled:
        standing = standing.where(one.c.kind != Kind.HISTORICAL.value)
    return standing.order_by(one.c.last_day.desc(), one.c.id.desc()).limit(1).correlate(series).scalar_subquery()


def is_withdrawn(of: FromClause = statements) -> ColumnElement[bool]:
    """Whether a statement is void, or was taken back by who printed it, unless a person said since that it was not."""
    taken_back = or_(_voids(), _holds(State.WITHDRAWN, UPHELD))
    return select(marks.c.id).where(marks.c.statement_id == of.c.id, taken_back).exists()


def is_void(statement_id: ColumnElement[Any] = statements.c.id) -> ColumnElement[bool]:
    """Whether a statement never was: a person said so, or its text is read otherwise now."""
    return select(marks.c.id).where(marks.c.statement_id == statement_id, _voids()).exists()


def is_struck(statement_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a person said that a statement never was: its sentence was misread, or its run undone. Whoever was told heard of it;
    what is only read otherwise now was told all the same."""
    return select(marks.c.id).where(marks.c.statement_id == statement_id, marks.c.mark.in_(sorted(STRUCK))).exists()


def _voids() -> ColumnElement[bool]:
    return or_(marks.c.mark.in_(sorted(STRUCK)), _holds(REREAD, RESTORED))


def _holds(name: str, lifted_by: str) -> ColumnElement[bool]:
    """Whether a mark is this one, and none came after it that ends it."""
    also = marks.alias()
    lifted = select(also.c.id).where(also.c.statement_id == marks.c.statement_id, is_mark(lifted_by, also), also.c.id > marks.c.id)
    return and_(is_mark(name), ~lifted.exists())


def is_read(claim_id: ColumnElement[Any] = claims.c.id) -> ColumnElement[bool]:
    """Whether a claim is what its version is read to say: no newer reading left it out, or that was undone."""
    also = rereadings.alias()
    again = select(also.c.id).where(also.c.after_id == rereadings.c.before_id, also.c.id > rereadings.c.id).exists()
    return ~select(rereadings.c.id).where(rereadings.c.before_id == claim_id, ~again).exists()


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
        holding -= LIFTS.get(name, frozenset())
        holding -= {lift for lift, lifted in LIFTS.items() if name in lifted}
        holding.add(name)
    return holding


def nth_latest(column: str, place: int) -> ColumnElement[Any]:
    """The id, or the last day, that so many statements of the series at hand reach; where it has fewer, less than the least."""
    one = statements.alias()
    ordered = select(one.c[column]).where(one.c.series_id == series.c.id).order_by(one.c[column].desc())
    return func.coalesce(ordered.limit(1).offset(place - 1).correlate(series).scalar_subquery(), 0 if column == "id" else "")
