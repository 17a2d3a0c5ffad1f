"""A history -> another one that holds what was there before a time, and what came after it in its order: for playing it again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    rereadings,
    runs,
    series,
    statements,
    undecided,
    verdicts,
    versions,
)
from monitors.model import APPROVED, MISREAD, NAMELESS, STRUCK, UPHELD, Kind
from monitors.rules.rereading import Heard
from monitors.rules.verdicts import Verb

AT_A_TIME = 500
BY_VERDICT = re.compile(rf"^({MISREAD}|{UPHELD})/|/{APPROVED}$|/without \d+$")
"""The keys of the alerts that a verdict made."""
OF_READING = (verdicts.c.kind == Verb.UNDO_RUN.value) & verdicts.c.target.in_(select(rereadings.c.run_id))
"""What was said only of how the past is read, not of what a run saw: it holds from the beginning."""


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
    of_reading = or_(marks.c.at.in_(select(rereadings.c.at)), marks.c.at.in_(select(verdicts.c.at).where(OF_READING)))
    known = (select(table.c.series_id).where(which) for table, which in ((statements, statements.c.seen_at < start), (events, told)))
    yield articles, (articles.c.first_seen_at < start) & articles.c.id.in_(counted)
    yield versions, seen
    yield claims, of_version
    yield rereadings, or_(*(column.in_(_ids(claims, of_version)) for column in (rereadings.c.before_id, rereadings.c.after_id)))
    yield series, or_(*(series.c.id.in_(some) for some in known))
    yield statements, statements.c.id.in_(stated)
    yield marks, ((marks.c.at < start) | of_reading) & marks.c.statement_id.in_(stated)
    yield origins, (origins.c.seen_at < start) & origins.c.statement_id.in_(stated)
    about = or_(judgements.c.statement_id.is_(None), judgements.c.statement_id.in_(stated))
    yield judgements, about & judgements.c.claim_id.in_(_ids(claims, of_version))
    yield events, told
    yield verdicts, (verdicts.c.at < start) | OF_READING
    yield misreadings, misreadings.c.verdict_id.in_(_ids(verdicts, verdicts.c.at < start))


def times_of_verdicts(connection: Connection, start: datetime | None) -> list[datetime]:
    """When people said something, since a time or ever."""
    wanted = select(verdicts.c.at).where(verdicts.c.at >= start if start else true(), ~OF_READING).distinct().order_by(verdicts.c.at)
    return list(connection.execute(wanted).scalars())


def say_again(source: Connection, target: Connection, at: datetime) -> None:
    """Give a history that is played again what a person said at a time, and what followed of it for the statements that are there."""
    ledger, wanted = SqlLedger(target), select(verdicts).where(verdicts.c.at == at, ~OF_READING).order_by(verdicts.c.id)
    said = source.execute(wanted).mappings().all()
    for row in said:
        details = dict(row["details"])
        if row["kind"] == Verb.MUTE:  # the latest statement of its series then
            details["statement"] = target.execute(select(func.max(statements.c.id))).scalar() or 0
        target.execute(verdicts.insert().values({**row, "details": details}))
        for sentence in source.execute(select(misreadings.c.sentence).where(misreadings.c.verdict_id == row["id"])).scalars().all():
            target.execute(insert_once(target, misreadings), {"sentence": sentence, "verdict_id": row["id"]})
    by_hand = (marks.c.at == at) & or_(marks.c.mark.in_(sorted({*STRUCK, APPROVED})), is_mark(UPHELD))
    marked = select(marks.c.statement_id, marks.c.mark).where(by_hand).order_by(marks.c.id)
    for number, mark in source.execute(marked).all() if said else ():
        played = _played(source, target, number)
        if played is None:
            continue
        ledger.mark(played, mark.partition("/")[0], at)
        if mark in STRUCK and (held := ledger.held(played)):
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
    ordered = _seen().where(_after(start)).order_by(JUDGED, versions.c.published, articles.c.url, versions.c.number)
    for row in connection.execute(ordered.execution_options(yield_per=AT_A_TIME)):
        yield Seen(row.id, row.seen_at, row.at)


def seen_of(connection: Connection, version_ids: Collection[int]) -> list[Seen]:
    """Some versions, in the order in which they were judged."""
    rows = [row for part in in_parts(version_ids) for row in connection.execute(_seen().where(versions.c.id.in_(part)))]
    ordered = sorted(rows, key=lambda row: (row.at, row.published or "", row.url, row.number))
    return [Seen(row.id, row.seen_at, row.at) for row in ordered]


def with_following(connection: Connection, version_ids: Collection[int]) -> set[int]:
    """Some versions, and those that follow them on their pages: what is gone or corrected there is gone from them."""
    one = versions.alias()
    following = select(versions.c.id).join(one, (one.c.article_id == versions.c.article_id) & (one.c.number == versions.c.number - 1))
    after = (connection.execute(following.where(one.c.id.in_(part))).scalars() for part in in_parts(version_ids))
    return {*version_ids, *(number for numbers in after for number in numbers)}


def _seen() -> Select[Any]:
    columns = (versions.c.id, versions.c.seen_at, JUDGED.label("at"), versions.c.published, articles.c.url, versions.c.number)
    return select(*columns).join_from(versions, articles)


def _first_judged() -> ColumnElement[Any]:
    """When a version was judged, or seen where it had no figures; that it was read again since does not count."""
    anew = select(rereadings.c.id).where(rereadings.c.after_id == claims.c.id, ~rereadings.c.undone).exists()
    judged = select(func.max(judgements.c.at)).join_from(judgements, claims).where(claims.c.version_id == versions.c.id, ~anew)
    return func.coalesce(judged.correlate(versions).scalar_subquery(), versions.c.seen_at)


JUDGED = _first_judged()


def _after(start: datetime | None) -> ColumnElement[bool]:
    judged = versions.c.id.not_in(select(undecided.c.version_id))
    return judged & (versions.c.seen_at >= start if start else true())


def heard_since(connection: Connection, start: datetime | None) -> dict[str, Heard]:
    """The alerts about figures since a time, or all, by what makes each the same when met again; not those that a person's word made."""
    columns = (events.c.key, events.c.at, events.c.kind, events.c.severity, events.c.title, statements.c.seen_at, events.c.quantity)
    wanted = select(*columns).select_from(events.outerjoin(statements, statements.c.id == events.c.statement_id))
    wanted = wanted.where(events.c.kind != Kind.HEALTH.value, events.c.at >= start if start else true())
    told = connection.execute(wanted.order_by(events.c.at))
    return {NAMELESS.sub("", key): Heard(*row) for key, *row in told if not BY_VERDICT.search(key)}
