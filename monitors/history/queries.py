"""What people ask a history: which series there are, how one moved, what was told, how the job does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from monitors.history import outbox as post
from monitors.history.feeds import load_sight
from monitors.history.standing import current
from monitors.history.tables import (
    articles,
    claims,
    events,
    frontier,
    holds,
    marks,
    origins,
    outlets,
    runs,
    series,
    statements,
)
from monitors.model import Trouble
from monitors.rules.identity import fold


@dataclass(frozen=True)
class CurrentValue:
    """A series with the value that stands."""

    id: int
    key: str
    metric: str
    party: str | None
    group: str
    scope: str
    body: str
    details: Mapping[str, Any]
    """Window, event, unit, method, includes."""
    claimant: str
    low: int | None
    high: int | None
    qualifier: str
    as_of: str
    said_on: str
    seen_at: datetime
    url: str
    outlet: str


@dataclass(frozen=True)
class Point:
    """One value a series had, with its proof."""

    statement: int
    low: int | None
    high: int | None
    qualifier: str
    claimant: str
    as_of: str
    as_of_stated: bool
    said_on: str
    seen_at: datetime
    kind: str
    quote: str
    url: str
    outlet: str
    marks: tuple[str, ...]
    """"withdrawn", "contested" and the like."""
    outlets: tuple[str, ...]
    """All that carried it."""


@dataclass(frozen=True)
class Posted:
    """One alert on its way to one channel."""

    channel: str
    state: str
    error: str | None


@dataclass(frozen=True)
class Told:
    """One thing that was decided worth telling, and what became of it."""

    id: str
    at: datetime
    kind: str
    severity: str
    state: str | None
    title: str
    body: str
    html: str
    posted: tuple[Posted, ...]


@dataclass(frozen=True)
class OutletState:
    """How an outlet's last crawl went, and whether it can be seen."""

    outlet: str
    at: datetime
    status: str
    error: str | None
    last_success: datetime | None
    failures_in_a_row: int
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class RunState:
    """One run; without an end it is at work or was killed."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    exit_status: int | None


@dataclass(frozen=True)
class Counts:
    """How much a history holds."""

    articles: int
    claims: int
    series: int
    events: int
    pages_waiting: int


# --- series


def find_series(connection: Connection, words: Sequence[str] = (), limit: int | None = None) -> list[CurrentValue]:
    """The series whose claimant, metric, party or other words begin with all of these words; the last seen come first.

    A series' own number or key finds just that one.
    """
    found = [CurrentValue(*row) for row in connection.execute(_current_values())]
    if exact := [value for value in found if " ".join(words) in (str(value.id), value.key)]:
        return exact
    if words:
        said_by = _claimants(connection)
        found = [value for value in found if _matches(value, said_by.get(value.id, ()), words)]
    found.sort(key=lambda value: value.seen_at, reverse=True)
    return found[:limit]


def points(connection: Connection, one: int | str, limit: int | None = None) -> list[Point]:
    """The values of one series, given by its id or key, the oldest first; with `limit`, the latest so many."""
    which = series.c.id == one if isinstance(one, int) else series.c.key == one
    latest = select(statements).join(series).where(which).order_by(statements.c.last_day.desc(), statements.c.id.desc()).limit(limit)
    rows = connection.execute(latest).all()[::-1]
    known = [row.id for row in rows]
    marked = _gather(connection, marks, marks.c.mark, known)
    carried = _gather(connection, origins, origins.c.outlet, known)
    return [
        Point(
            row.id, row.low, row.high, row.qualifier, row.claimant, row.as_of, row.as_of_stated, row.said_on, row.seen_at, row.kind,
            row.quote, row.url, row.outlet, marked.get(row.id, ()), carried.get(row.id, ()),
        )
        for row in rows
    ]  # fmt: skip


def _current_values() -> Select[Any]:
    """Of each series the value that stands; of one that is known from recollections only, the latest of these."""
    of_series = (series.c[name] for name in ("id", "key", "metric", "party", "group", "scope", "body", "details"))
    of_value = (statements.c[name] for name in ("claimant", "low", "high", "qualifier", "as_of", "said_on", "seen_at", "url", "outlet"))
    shown = func.coalesce(current(), current(recalled=True))
    return select(*of_series, *of_value).select_from(series.join(statements, statements.c.id == shown))


def _claimants(connection: Connection) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(select(statements.c.series_id, statements.c.claimant).distinct()):
        found[row.series_id] = (*found.get(row.series_id, ()), row.claimant)
    return found


def _matches(value: CurrentValue, claimants: Iterable[str], words: Sequence[str]) -> bool:
    parts = (value.metric, value.party, value.group, value.scope, value.body, *claimants, *value.details.values())
    text = fold(" ".join(str(part) for part in parts if part)).split()
    return all(any(known.startswith(word) for known in text) for word in fold(" ".join(words)).split())


def _gather(connection: Connection, table: Table, column: ColumnElement[str], known: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """For each statement the different values of a column of its rows, in the order they came."""
    found: dict[int, tuple[str, ...]] = {}
    for some in (known[begin : begin + 500] for begin in range(0, len(known), 500)):
        rows = select(table.c.statement_id, column).where(table.c.statement_id.in_(some)).order_by(table.c.id)
        for statement, value in connection.execute(rows):
            found[statement] = tuple(dict.fromkeys((*found.get(statement, ()), value)))
    return found


# --- what was told


def alerts(connection: Connection, limit: int = 20) -> list[Told]:
    """The latest, the newest first."""
    return _read_told(connection, select(events).order_by(events.c.at.desc()).limit(limit))


def alert(connection: Connection, name: str) -> Told | None:
    """The one whose id begins so."""
    return next(iter(_read_told(connection, select(events).where(events.c.id.startswith(name, autoescape=True)).limit(1))), None)


def _read_told(connection: Connection, which: Select[Any]) -> list[Told]:
    rows: Sequence[Row[Any]] = connection.execute(which).all()
    sent = post.deliveries_of(connection, [row.id for row in rows])
    return [
        Told(row.id, row.at, row.kind, row.severity, row.state, row.title, row.body, row.html, tuple(Posted(*to) for to in sent[row.id]))
        for row in rows
    ]


# --- how the job does


def waiting(connection: Connection) -> int:
    """How many alerts are held for a second source or their time."""
    return connection.execute(select(func.count()).select_from(holds)).scalar_one()


def last_run(connection: Connection) -> RunState | None:
    columns = (runs.c.id, runs.c.started_at, runs.c.finished_at, runs.c.exit_status)
    row = connection.execute(select(*columns).order_by(runs.c.started_at.desc()).limit(1)).first()
    return None if row is None else RunState(*row)


def outlet_states(connection: Connection) -> list[OutletState]:
    """Every outlet that was ever crawled, by name."""
    return [
        OutletState(row.outlet, row.at, row.status, row.error, row.last_success, row.failures, load_sight(row.sight).troubles)
        for row in connection.execute(select(outlets).order_by(outlets.c.outlet))
    ]


def counts(connection: Connection) -> Counts:
    whole = {table.name: table for table in (articles, claims, series, events)}
    totals = {name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in whole.items()}
    waiting = select(func.count()).select_from(frontier).where(frontier.c.due_at.is_not(None))
    return Counts(**totals, pages_waiting=connection.execute(waiting).scalar_one())
