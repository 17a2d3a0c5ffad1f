"""A history -> another one that holds what was there before a time, and what came after it in its order: for playing it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select, true

from monitors.history.tables import (
    articles,
    claims,
    events,
    in_parts,
    judgements,
    marks,
    origins,
    runs,
    series,
    statements,
    undecided,
    versions,
)
from monitors.model import Kind
from monitors.rules.rereading import Heard

AT_A_TIME = 500


@dataclass(frozen=True)
class Seen:
    """A stored version, and when it was judged; one without figures when it was seen."""

    id: int
    seen_at: datetime
    at: datetime


def start_of(connection: Connection, since: datetime) -> datetime:
    """The time itself, or the start of the run that was at work then: what one run saw is judged together."""
    at_work = select(func.min(runs.c.started_at)).where(runs.c.started_at <= since, runs.c.finished_at > since)
    return connection.execute(at_work).scalar() or since


def copy_before(source: Connection, target: Connection, start: datetime) -> None:
    """Give an empty history what another one held before a time, pages that never had a figure left out."""
    for table, which in _held_before(start):
        rows = source.execute(select(table).where(which).execution_options(yield_per=AT_A_TIME)).mappings()
        for part in in_parts(rows):
            target.execute(table.insert(), [dict(row) for row in part])


def _held_before(start: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table with the rows that were there, those first that others refer to."""
    counted = select(versions.c.article_id).join_from(versions, claims)
    seen = (versions.c.seen_at < start) & versions.c.article_id.in_(counted)
    of_version = claims.c.version_id.in_(_ids(versions, seen))
    stated = _ids(statements, statements.c.seen_at < start)
    told = events.c.at < start
    known = (select(table.c.series_id).where(which) for table, which in ((statements, statements.c.seen_at < start), (events, told)))
    yield articles, (articles.c.first_seen_at < start) & articles.c.id.in_(counted)
    yield versions, seen
    yield claims, of_version
    yield series, or_(*(series.c.id.in_(some) for some in known))
    yield statements, statements.c.id.in_(stated)
    yield marks, (marks.c.at < start) & marks.c.statement_id.in_(stated)
    yield origins, (origins.c.seen_at < start) & origins.c.statement_id.in_(stated)
    about = or_(judgements.c.statement_id.is_(None), judgements.c.statement_id.in_(stated))
    yield judgements, about & judgements.c.claim_id.in_(_ids(claims, of_version))
    yield events, told


def _ids(table: Table, which: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(table.c.id).where(which)


def count_since(connection: Connection, start: datetime | None) -> int:
    """How many versions were judged since a time, or ever."""
    return connection.execute(select(func.count()).select_from(versions).where(_after(start))).scalar_one()


def seen_since(connection: Connection, start: datetime | None) -> Iterator[Seen]:
    """The versions since a time, or all, in the order in which they were judged."""
    judged = select(func.max(judgements.c.at)).join_from(judgements, claims).where(claims.c.version_id == versions.c.id).correlate(versions)
    at = func.coalesce(judged.scalar_subquery(), versions.c.seen_at)
    wanted = select(versions.c.id, versions.c.seen_at, at).join(articles).where(_after(start))
    ordered = wanted.order_by(at, versions.c.published, articles.c.url, versions.c.number)
    for row in connection.execute(ordered.execution_options(yield_per=AT_A_TIME)):
        yield Seen(*row)


def _after(start: datetime | None) -> ColumnElement[bool]:
    judged = versions.c.id.not_in(select(undecided.c.version_id))
    return judged & (versions.c.seen_at >= start if start else true())


def heard_since(connection: Connection, start: datetime | None) -> dict[str, Heard]:
    """The alerts about figures since a time, or all, by what makes each the same when met again."""
    columns = (events.c.key, events.c.at, events.c.kind, events.c.severity, events.c.title, statements.c.seen_at)
    wanted = select(*columns).select_from(events.outerjoin(statements, statements.c.id == events.c.statement_id))
    wanted = wanted.where(events.c.kind != Kind.HEALTH.value, events.c.at >= start if start else true())
    return {key: Heard(*row) for key, *row in connection.execute(wanted.order_by(events.c.at))}
