"""A history -> another one that holds what was there before a time, and what came after it in its order: for playing it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select, true

from monitors.history.ledger import SqlLedger
from monitors.history.standing import is_mark
from monitors.history.tables import (
    articles,
    claims,
    events,
    in_parts,
    insert_once,
    judgements,
    marks,
    misreadings,
    origins,
    runs,
    series,
    statements,
    undecided,
    verdicts,
    versions,
)
from monitors.model import APPROVED, MISREAD, UPHELD, VOID, Kind
from monitors.rules.rereading import Heard
from monitors.rules.verdicts import Verb

AT_A_TIME = 500
BY_VERDICT = re.compile(rf"^({MISREAD}|{UPHELD})/|/{APPROVED}$|/without \d+$")
"""The keys of the alerts that a verdict made."""


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
    yield verdicts, verdicts.c.at < start
    yield misreadings, misreadings.c.verdict_id.in_(_ids(verdicts, verdicts.c.at < start))


def times_of_verdicts(connection: Connection, start: datetime | None) -> list[datetime]:
    """When people said something, since a time or ever."""
    wanted = select(verdicts.c.at).where(verdicts.c.at >= start if start else true()).distinct().order_by(verdicts.c.at)
    return list(connection.execute(wanted).scalars())


def say_again(source: Connection, target: Connection, at: datetime) -> None:
    """Give a history that is played again what a person said at a time, and what followed of it for the statements that are there."""
    ledger, said = SqlLedger(target), source.execute(select(verdicts).where(verdicts.c.at == at).order_by(verdicts.c.id)).mappings().all()
    for row in said:
        details = dict(row["details"])
        if row["kind"] == Verb.MUTE:  # the latest statement of its series then
            details["statement"] = target.execute(select(func.max(statements.c.id))).scalar() or 0
        target.execute(verdicts.insert().values({**row, "details": details}))
        for sentence in source.execute(select(misreadings.c.sentence).where(misreadings.c.verdict_id == row["id"])).scalars().all():
            target.execute(insert_once(target, misreadings), {"sentence": sentence, "verdict_id": row["id"]})
    by_hand = (marks.c.at == at) & or_(marks.c.mark.in_(sorted({*VOID, APPROVED})), is_mark(UPHELD))
    marked = select(marks.c.statement_id, marks.c.mark).where(by_hand).order_by(marks.c.id)
    for number, mark in source.execute(marked).all() if said else ():
        played = _played(source, target, number)
        if played is None:
            continue
        ledger.mark(played, mark.partition("/")[0], at)
        if mark in VOID and (held := ledger.held(played)):
            ledger.release(held.key)


def _played(source: Connection, target: Connection, number: int) -> int | None:
    """The statement of the history played again that is one of the other's."""
    columns = [statements.c[name] for name in ("low", "high", "qualifier", "as_of", "url")]
    key, *values = source.execute(select(series.c.key, *columns).join_from(statements, series).where(statements.c.id == number)).one()
    same = [column.is_not_distinct_from(value) for column, value in zip(columns, values, strict=True)]
    found = select(statements.c.id).join(series).where(series.c.key == key, *same).order_by(statements.c.id.desc()).limit(1)
    return target.execute(found).scalar()


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
    """The alerts about figures since a time, or all, by what makes each the same when met again; not those that a person's word made."""
    columns = (events.c.key, events.c.at, events.c.kind, events.c.severity, events.c.title, statements.c.seen_at)
    wanted = select(*columns).select_from(events.outerjoin(statements, statements.c.id == events.c.statement_id))
    wanted = wanted.where(events.c.kind != Kind.HEALTH.value, events.c.at >= start if start else true())
    told = connection.execute(wanted.order_by(events.c.at))
    return {key: Heard(*row) for key, *row in told if not BY_VERDICT.search(key)}
