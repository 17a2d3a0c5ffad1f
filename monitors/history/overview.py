"""The whole history as a report shows it: each quantity with all that was ever said of it, each page that was edited; read in parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from monitors.alerts.about import SPREADS
from monitors.history.codec import load
from monitors.history.ledger import read_series
from monitors.history.standing import is_read, stand_now
from monitors.history.tables import (
    articles,
    captures,
    claims,
    copies,
    events,
    in_parts,
    judgements,
    marks,
    origins,
    series,
    statements,
    versions,
)
from monitors.history.verdicts import read_merges
from monitors.model import VOID, Event, Kind, Origin, Qualifier, Series, State
from monitors.rules.statements import independent, state_of

AT_ONCE = 100
"""Quantities, or pages, that are held in memory together."""
APART = tuple(kind.value for kind in SPREADS)


class Printed(NamedTuple):
    """A figure as one version of a page prints it, and what it was judged to be."""

    claim: int
    span: str
    quote: str
    in_title: bool
    low: int | None
    high: int | None
    qualifier: str
    metric: str
    party: str | None
    group: str
    kind: str | None
    """What it was judged to be, and why; None of one that is not judged yet."""
    why: str
    article: int
    version: int
    outlet: str
    url: str
    published: str | None
    seen_at: datetime
    archived: str
    """The SHA-256 of its page as it was received; empty where that is not kept."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One value that somebody stated, who carries it, and every figure on a page that says so."""

    id: int
    series: Series
    low: int | None
    high: int | None
    qualifier: Qualifier
    claimant: str
    as_of: str
    last_day: str
    as_of_stated: bool
    said_on: str
    quote: str
    language: str
    url: str
    outlet: str
    seen_at: datetime
    kind: str
    marks: tuple[str, ...]
    """That hold."""
    origins: tuple[Origin, ...]
    printed: tuple[Printed, ...]
    state: State

    @property
    def stands(self) -> bool:
        return self.state is not State.WITHDRAWN

    @property
    def void(self) -> bool:
        """Whether it never was: misread, or undone."""
        return not VOID.isdisjoint(self.marks)

    @property
    def independent(self) -> int:
        """How many carry it on their own: copies, and editions of one family, count once."""
        return len(independent(self.origins))


@dataclass(frozen=True, slots=True)
class Told:
    """An alert, without its proof."""

    id: str
    at: datetime
    kind: str
    severity: str
    title: str
    body: str
    quantity: str | None
    statement: int | None


@dataclass(frozen=True, slots=True)
class Spread:
    """A disagreement as it was told: the spread at that time, and its members."""

    told: Told
    event: Event


@dataclass(frozen=True)
class QuantityCourse:
    """A quantity: what is counted, whoever counts it; all values in the order of their days."""

    key: str
    stated: tuple[Stated, ...]
    told: tuple[Told, ...]
    spreads: tuple[Spread, ...]

    @property
    def series(self) -> Series:
        return self.stated[0].series

    @cached_property
    def current(self) -> tuple[Stated, ...]:
        """The value of each series that stands, the last told of first."""
        latest = {one.series.key: one for one in self.stated if one.stands and one.kind != Kind.HISTORICAL}
        recalled = {one.series.key: one for one in self.stated if one.stands}
        return tuple(sorted((recalled | latest).values(), key=lambda one: -one.id))

    @property
    def standing_spread(self) -> Spread | None:
        """The disagreement that lasts: the last thing told of it was not that it ended."""
        last = self.spreads[-1] if self.spreads else None
        return last if last and last.told.kind != Kind.CONVERGED else None


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a page, with the figures in it."""

    number: int
    seen_at: datetime
    published: str | None
    modified: str | None
    title: str
    text: str
    sha256: str
    printed: tuple[Printed, ...]


@dataclass(frozen=True, slots=True)
class PageCourse:
    """A page that held a figure, version by version."""

    id: int
    outlet: str
    url: str
    first_seen_at: datetime
    editions: tuple[Edition, ...]


def quantity_keys(connection: Connection) -> list[str]:
    """Every quantity of which something was stated, the last told of first."""
    last = func.max(statements.c.id)
    rows = connection.execute(select(series.c.quantity, last).join(statements).group_by(series.c.quantity).order_by(last.desc()))
    return [row.quantity for row in rows]


def disagreeing(connection: Connection) -> list[str]:
    """The quantities on which claimants disagree or did, the last told of first."""
    last = func.max(events.c.at)
    told = select(events.c.quantity).where(events.c.kind.in_(APART), events.c.quantity.is_not(None))
    return list(connection.execute(told.group_by(events.c.quantity).order_by(last.desc(), events.c.quantity)).scalars())


def count_statements(connection: Connection) -> int:
    """How many statements there are."""
    return connection.execute(select(func.count()).select_from(statements)).scalar_one()


def quantities(connection: Connection, keys: Sequence[str], proofs: bool = True) -> Iterator[QuantityCourse]:
    """The quantities of these keys, in their order; what nothing was stated of is left out. Without `proofs` the figures in print are
    not looked for."""
    merged = read_merges(connection)
    for part in in_parts(keys, AT_ONCE):
        stated = _stated(connection, part, merged, proofs)
        told, spreads = _told(connection, part)
        for key in part:
            if stated[key]:
                yield QuantityCourse(key, tuple(stated[key]), tuple(told[key]), tuple(spreads[key]))


def edited_pages(connection: Connection) -> list[int]:
    """The articles of which several versions are stored, and one held a figure; the last found first."""
    return _with_figures(connection, versions.c.article_id.in_(select(versions.c.article_id).where(versions.c.number > 1)))


def pages(connection: Connection, edited_only: bool) -> Iterator[PageCourse]:
    """Pages that held a figure, the last found first; of `edited_only` those with several versions."""
    yield from pages_of(connection, edited_pages(connection) if edited_only else _with_figures(connection))


def _with_figures(connection: Connection, *which: ColumnElement[bool]) -> list[int]:
    held = select(claims.c.id).where(claims.c.version_id == versions.c.id).exists()
    wanted = select(versions.c.article_id).where(held, *which).distinct().order_by(versions.c.article_id.desc())
    return list(connection.execute(wanted).scalars())


def pages_of(connection: Connection, numbers: Sequence[int]) -> Iterator[PageCourse]:
    """The pages of these articles, in their order."""
    for part in in_parts(numbers, AT_ONCE):
        yield from _pages(connection, part)


def newest_statement(connection: Connection) -> int:
    """The number of the statement that was stored last; 0 where there is none."""
    return connection.execute(select(func.max(statements.c.id))).scalar() or 0


def told_lately(connection: Connection, limit: int, passed: int = 0) -> list[Told]:
    """The latest alerts, the newest first, after so many that are passed over."""
    rows = connection.execute(select(*TOLD_COLUMNS).order_by(events.c.at.desc(), events.c.id).offset(passed).limit(limit))
    return [Told(*row) for row in rows]


def all_told(connection: Connection) -> Iterator[Told]:
    """Every alert, the newest first."""
    rows = connection.execution_options(yield_per=1000).execute(select(*TOLD_COLUMNS).order_by(events.c.at.desc(), events.c.id))
    yield from (Told(*row) for row in rows)


def last_seen(connection: Connection) -> datetime | None:
    """When something was last read or told: the moment a report is of."""
    moments = (connection.execute(select(func.max(column))).scalar() for column in (versions.c.seen_at, events.c.at, statements.c.seen_at))
    return max(filter(None, moments), default=None)


def _kept_copy() -> ColumnElement[Any]:
    """The hash of the copy that is kept of the version at hand."""
    kept = select(captures.c.sha256).join(copies, copies.c.record_id == captures.c.record_id)
    return kept.where(captures.c.version_id == versions.c.id, copies.c.removed_at.is_(None)).limit(1).correlate(versions).scalar_subquery()


TOLD_COLUMNS = tuple(
    events.c[name]
    for name in ("id", "at", "kind", "severity", "title", "body", "quantity", "statement_id")
)
PRINTED_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(claims.c[name] for name in ("id", "span", "quote", "in_title", "low", "high", "qualifier", "metric", "party", "group")),
    judgements.c.kind, judgements.c.why, versions.c.article_id, versions.c.number, articles.c.outlet, articles.c.url, versions.c.published,
    versions.c.seen_at, func.coalesce(_kept_copy(), "").label("archived"),
)  # fmt: skip
STATED_COLUMNS = tuple(
    statements.c[name]
    for name in ("id", "low", "high", "qualifier", "claimant", "as_of", "last_day", "as_of_stated", "said_on", "quote", "language", "url",
                 "outlet", "seen_at", "kind")
)  # fmt: skip
ORIGIN_COLUMNS = tuple(
    origins.c[name] for name in ("outlet", "url", "family", "tier", "seen_at", "published", "primary", "direct_quote", "copy_of")
)


def _stated(connection: Connection, keys: Sequence[str], merged: Mapping[str, str], proofs: bool) -> dict[str, list[Stated]]:
    known = {row.id: row for row in connection.execute(select(series).where(series.c.quantity.in_(keys)))}
    of = {number: read_series(row, merged) for number, row in known.items()}
    rows = [
        row
        for part in in_parts(known)
        for row in connection.execute(select(statements.c.series_id, *STATED_COLUMNS).where(statements.c.series_id.in_(part))).all()
    ]
    ids = [row.id for row in rows]
    marked = _by_statement(connection, select(marks.c.statement_id, marks.c.id, marks.c.mark), marks.c.statement_id, ids)
    carried = _by_statement(connection, select(origins.c.statement_id, origins.c.id, *ORIGIN_COLUMNS), origins.c.statement_id, ids)
    proof = select(judgements.c.statement_id, *PRINTED_COLUMNS).join_from(judgements, claims).join(versions).join(articles)
    printed = _by_statement(connection, proof.where(is_read()), judgements.c.statement_id, ids if proofs else [])
    found: dict[str, list[Stated]] = defaultdict(list)
    for series_id, number, low, high, qualifier, *rest in sorted(rows, key=lambda row: (row.last_day, row.id)):
        holding = tuple(sorted(stand_now(row.mark for row in _in_order(marked[number]))))
        carriers = tuple(Origin(*row[2:]) for row in _in_order(carried[number]))
        in_print = tuple(Printed(*row[1:]) for row in _in_order(printed[number]))
        also = (holding, carriers, in_print, state_of(carriers, holding))
        values: Any = (number, of[series_id], low, high, Qualifier(qualifier), *rest, *also)
        found[known[series_id].quantity].append(Stated(*values))
    return found


def _by_statement(connection: Connection, wanted: Any, column: ColumnElement[Any], ids: Sequence[int]) -> dict[int, list[Any]]:
    """Rows of some statements, by the statement, which is their first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for part in in_parts(ids):
        for row in connection.execute(wanted.where(column.in_(part))).all():
            found[row[0]].append(row)
    return found


def _in_order(rows: list[Any]) -> list[Any]:
    """Rows by their ids, which are their second column: the database is not asked for an order, lest it walk a whole table for it."""
    return sorted(rows, key=itemgetter(1)) if len(rows) > 1 else rows


def _told(connection: Connection, keys: Sequence[str]) -> tuple[dict[str, list[Told]], dict[str, list[Spread]]]:
    told: dict[str, list[Told]] = defaultdict(list)
    spreads: dict[str, list[Spread]] = defaultdict(list)
    wanted = select(*TOLD_COLUMNS).where(events.c.quantity.in_(keys)).order_by(events.c.at, events.c.id)
    for one in (Told(*row) for row in connection.execute(wanted)):
        told[one.quantity or ""].append(one)
    details = select(events.c.id, events.c.details).where(events.c.quantity.in_(keys), events.c.kind.in_(APART))
    event_of = {row.id: row.details for row in connection.execute(details)}
    for key, ones in told.items():
        spreads[key] = [Spread(one, load(Event, event_of[one.id])) for one in ones if one.id in event_of]
    return told, spreads


def _pages(connection: Connection, ids: Sequence[int]) -> Iterator[PageCourse]:
    known = {row.id: row for row in connection.execute(select(articles).where(articles.c.id.in_(ids)))}
    editions = connection.execute(select(versions).where(versions.c.article_id.in_(ids)).order_by(versions.c.number)).all()
    proof = (
        select(claims.c.version_id, *PRINTED_COLUMNS)
        .join_from(claims, versions)
        .join(articles)
        .outerjoin(judgements, judgements.c.claim_id == claims.c.id)
        .where(is_read(), versions.c.article_id.in_(ids))
        .order_by(claims.c.in_title.desc(), claims.c.start, claims.c.id)
    )
    printed: dict[int, list[Printed]] = defaultdict(list)
    for version, *row in connection.execute(proof):
        printed[version].append(Printed(*row))
    by_page: dict[int, list[Edition]] = defaultdict(list)
    for one in editions:
        figures = tuple(printed[one.id])
        by_page[one.article_id].append(
            Edition(one.number, one.seen_at, one.published, one.modified, one.title, one.text, one.sha256, figures)
        )
    for number in ids:
        if number in known:
            own = known[number]
            yield PageCourse(number, own.outlet, own.url, own.first_seen_at, tuple(by_page[number]))
