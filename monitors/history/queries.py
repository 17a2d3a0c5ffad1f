"""What people ask a history: which series there are, how one moved, what was told, how the job does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from heapq import nlargest
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Table, and_, bindparam, collate, func, or_, select

from monitors.history import outbox as post
from monitors.history.codec import load
from monitors.history.feeds import load_sight
from monitors.history.standing import current, is_withdrawn
from monitors.history.tables import (
    articles,
    claims,
    events,
    frontier,
    holds,
    in_parts,
    marks,
    origins,
    outlets,
    runs,
    series,
    statements,
)
from monitors.model import Event, Qualifier, Trouble
from monitors.rules.identity import fold, shipped_claimants
from monitors.rules.values import Value, bounds_of_same, same

GOOD = (0, 1)
"""Exit statuses of a run that did its work: an outlet that fails is the outlet's matter."""
LATELY = 5000
"""Statements: the series they are of are looked through first."""
MOST_NAMES = 1000
"""Claimants whom one word calls: more of them would be no answer."""


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
class StatedValue(CurrentValue):
    """A value that somebody stated, current or not."""

    quote: str


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
    """The series whose claimant, metric, party or other words begin with all of these words; the last told of come first.

    A claimant is found by every name that claimants.toml has for it. A series' own number or key finds just that one.
    """
    joined = " ".join(words)
    if words and (exact := _current_values(connection, _find_exact(connection, joined))):
        return exact
    return _current_values(connection, list(islice(_find_newest(connection, fold(joined).split()), limit)))


def _find_exact(connection: Connection, word: str) -> list[int]:
    return [int(word)] if _is_number(word) else list(connection.execute(select(series.c.id).where(series.c.key == word)).scalars())


def quantities_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The quantity of each of some series."""
    return {row.id: row.quantity for row in connection.execute(select(series.c.id, series.c.quantity).where(series.c.id.in_(numbers)))}


def find_value(connection: Connection, value: Value, limit: int) -> list[StatedValue]:
    """The statements of a value in whatever words, those of this very number first, and of these the latest days first."""
    printed = _find_prints(connection, value)
    chosen = _find_latest(connection, [one for one in printed if one.nominal == value.nominal], limit)
    chosen += _find_latest(connection, [one for one in printed if one.nominal != value.nominal], limit - len(chosen))
    wanted = select(statements.c.id, *VALUE_COLUMNS, statements.c.quote).join_from(series, statements)
    found = {
        number: StatedValue(*rest)
        for part in in_parts(chosen)
        for number, *rest in connection.execute(wanted.where(statements.c.id.in_(part)))
    }
    return [found[number] for number in chosen]


def _find_prints(connection: Connection, value: Value) -> list[Value]:
    """The ways in which a value was ever printed: an index has those that are near, whoever stated them."""
    near = bounds_of_same(value)
    if near is None:
        return []
    low, high = (column.between(*near) for column in (statements.c.low, statements.c.high))
    distinct = select(statements.c.low, statements.c.high, statements.c.qualifier).distinct()
    halves = (distinct.where(low), distinct.where(high, or_(statements.c.low.is_(None), ~low)))
    printed = (Value(row.low, row.high, Qualifier(row.qualifier)) for half in halves for row in connection.execute(half))
    return [one for one in printed if same(value, one)]


def _find_latest(connection: Connection, printed: Sequence[Value], limit: int) -> list[int]:
    """The statements of the latest days that print one of these values."""
    found: list[tuple[str, int]] = []
    for part in in_parts(printed if limit > 0 else ()):
        these = or_(
            *(
                and_(*(column.is_(None) if end is None else column == end for column, end in zip(ENDS, (one.low, one.high), strict=True)),
                     statements.c.qualifier == one.qualifier.value)
                for one in part
            )
        )  # fmt: skip
        latest = select(statements.c.last_day, statements.c.id).where(these)
        rows = connection.execute(latest.order_by(statements.c.last_day.desc(), statements.c.id.desc()).limit(limit))
        found += [(row.last_day, row.id) for row in rows]
    return [number for _, number in nlargest(limit, found)]


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


def courses(connection: Connection, numbers: Iterable[int], limit: int) -> dict[int, list[tuple[int | None, int | None]]]:
    """Of some series the bounds of the latest values that stand, in the order of their days."""
    latest = _latest_standing(limit)
    found = {number: connection.execute(latest, {"number": number}).all()[::-1] for number in numbers}
    return {number: [(row.low, row.high) for row in rows] for number, rows in found.items()}


@cache
def _latest_standing(limit: int) -> Select[Any]:
    standing = select(*ENDS).where(
        statements.c.series_id == bindparam("number"), or_(*(end.is_not(None) for end in ENDS)), ~is_withdrawn()
    )
    return standing.order_by(statements.c.last_day.desc(), statements.c.id.desc()).limit(limit)


def _current_values(connection: Connection, numbers: Sequence[int]) -> list[CurrentValue]:
    """Of these series in their order the value that stands; of one that is known from recollections only, the latest of these."""
    rows = (row for part in in_parts(numbers) for row in connection.execute(_standing(), {"numbers": part}))
    found = {row.id: CurrentValue(*row) for row in rows}
    return [found[number] for number in numbers if number in found]


@cache
def _standing() -> Select[Any]:
    shown = func.coalesce(current(), current(recalled=True))
    of_these = series.c.id.in_(bindparam("numbers", expanding=True))
    return select(*VALUE_COLUMNS).select_from(series.join(statements, statements.c.id == shown)).where(of_these)


ENDS = (statements.c.low, statements.c.high)
VALUE_COLUMNS = (
    *(series.c[name] for name in ("id", "key", "metric", "party", "group", "scope", "body", "details")),
    *(statements.c[name] for name in ("claimant", "low", "high", "qualifier", "as_of", "said_on", "seen_at", "url", "outlet")),
)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 19  # what the database takes for a row's number


def _find_newest(connection: Connection, words: Sequence[str]) -> Iterator[int]:
    """The numbers of the series that have all these folded words, the last told of first, found as they are asked for."""
    names = list(_claimants(connection)) if words else []
    called = [_named(word, names) for word in words]
    for some in _parts(connection):
        said = [some.c.id.in_(select(statements.c.series_id).where(statements.c.claimant.in_(one))) for one in called]
        held = [some.c.key.icontains(word, autoescape=True) for word in words]
        last = select(func.max(statements.c.id)).where(statements.c.series_id == some.c.id).correlate(some).scalar_subquery()
        wanted = select(some.c.id, some.c.key, *said).where(*map(or_, said, held)).order_by(last.desc().nulls_last())
        for number, key, *by_name in connection.execute(wanted):
            known = fold(key).split()
            if all(named or any(one.startswith(word) for one in known) for word, named in zip(words, by_name, strict=True)):
                yield number


def _parts(connection: Connection) -> Iterator[FromClause]:
    """The series that were told of lately, which is quick and often enough, and then the others.

    PostgreSQL would look through the keys of all before it asks which are the few, and take thrice as long where it must know how letters
    other than A to Z are written small: what strangers say stands in a key folded.
    """
    key = (collate(series.c.key, "C") if connection.dialect.name == "postgresql" else series.c.key).label("key")
    newest = connection.execute(select(func.max(statements.c.id))).scalar() or 0
    lately = select(statements.c.series_id).where(statements.c.id > newest - LATELY)
    yield select(series.c.id, key).where(series.c.id.in_(lately)).cte("few").prefix_with("MATERIALIZED", dialect="postgresql")
    yield select(series.c.id, key).where(series.c.id.not_in(lately)).subquery("others")


def _claimants(connection: Connection) -> Iterator[str]:
    """All who ever said something: one seek in the index for each, whatever they said."""
    first = select(func.min(statements.c.claimant).label("name")).cte("claimants", recursive=True)
    following = select(func.min(statements.c.claimant)).where(statements.c.claimant > first.c.name).scalar_subquery()
    walk = first.union_all(select(following).where(first.c.name.is_not(None)))
    yield from connection.execute(select(walk.c.name).where(walk.c.name.is_not(None))).scalars()


def _named(word: str, names: Iterable[str]) -> list[str]:
    """Those whom a word calls: by their names as printed, or by another that claimants.toml has for them."""
    likely = (name for name in names if word in name.casefold() or not name.isascii())
    printed = (name for name in likely if any(part.startswith(word) for part in fold(name).split()))
    return list(islice(dict.fromkeys((*shipped_claimants().called(word), *printed)), MOST_NAMES))


def _gather(connection: Connection, table: Table, column: ColumnElement[str], known: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """For each statement the different values of a column of its rows, in the order they came."""
    found: dict[int, tuple[str, ...]] = {}
    for some in in_parts(known):
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


def told_event(connection: Connection, alert_id: str) -> Event | None:
    """What was decided, as it was told; None for a message that is not of one event."""
    details = connection.execute(select(events.c.details).where(events.c.id == alert_id)).scalar()
    return load(Event, details) if details else None


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
    return next(iter(last_runs(connection, 1)), None)


def last_runs(connection: Connection, limit: int) -> list[RunState]:
    """The newest first."""
    return [RunState(*row) for row in connection.execute(_runs().limit(limit))]


def last_good_run(connection: Connection) -> RunState | None:
    """The last that did its work, as its exit status says."""
    row = connection.execute(_runs().where(runs.c.exit_status.in_(GOOD)).limit(1)).first()
    return None if row is None else RunState(*row)


def _runs() -> Select[Any]:
    return select(runs.c.id, runs.c.started_at, runs.c.finished_at, runs.c.exit_status).order_by(runs.c.started_at.desc())


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
