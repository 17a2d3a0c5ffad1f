"""A figure, a statement or an alert -> the figures meant, each with its page's text and the capture that proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from monitors.history.captures import Captured, captures_of, statements_shown
from monitors.history.tables import articles, claims, events, judgements, statements, tombstones, versions

COLUMNS = ("low", "high", "qualifier", "metric", "party", "group", "scope", "as_of", "attributed_to", "stance", "quote")


@dataclass(frozen=True)
class Proof:
    """One figure as it was read, the text that it was read in, and where the answer lies that the text is of."""

    claim: int
    version: int
    outlet: str
    url: str
    title: str
    text: str
    text_sha256: str
    seen_at: datetime
    published: str | None
    language: str | None
    span: str
    start: int
    end: int
    in_title: bool
    figure: dict[str, Any]
    captured: Captured | None
    """None where the page was never archived."""
    removed: tuple[datetime, str] | None
    """When, and why, the page was removed on request."""


def find_proofs(connection: Connection, name: str) -> list[Proof]:
    """Those of a claim by its number, of a statement by `s` and its number, or of an alert by the beginning of its id."""
    if name.isascii() and name.isdigit() and len(name) < 12 and (found := _proofs(connection, claims.c.id == int(name))):
        return found
    if name[:1] == "s" and name[1:].isascii() and name[1:].isdigit() and len(name) < 19:
        return _of_statements(connection, [int(name[1:])])
    alert = select(events.c.statement_id, events.c.details).where(events.c.id.startswith(name, autoescape=True)).limit(1)
    row = connection.execute(alert).first() if name else None
    return _of_statements(connection, [row.statement_id] if row.statement_id else sorted(statements_shown(row.details))) if row else []


def _of_statements(connection: Connection, ids: Sequence[int]) -> list[Proof]:
    """The figures that were judged to be of some statements, and those of their own pages that say their numbers."""
    judged = select(judgements.c.claim_id).where(judgements.c.statement_id.in_(ids))
    own = (
        select(claims.c.id).join(statements, statements.c.version_id == claims.c.version_id)
        .where(statements.c.id.in_(ids), statements.c.quote == claims.c.quote)
        .where(claims.c.low.is_not_distinct_from(statements.c.low), claims.c.high.is_not_distinct_from(statements.c.high))
    )  # fmt: skip
    return _proofs(connection, or_(claims.c.id.in_(judged), claims.c.id.in_(own)))


def _proofs(connection: Connection, which: ColumnElement[bool]) -> list[Proof]:
    page = (versions.c.title, versions.c.text, versions.c.sha256, versions.c.seen_at, versions.c.published, versions.c.language)
    stone = (tombstones.c.at.label("removed_at"), tombstones.c.why.label("removed_why"))
    wanted = select(claims, *page, articles.c.outlet, articles.c.url, *stone).join_from(claims, versions).join(articles)
    wanted = wanted.outerjoin(tombstones, tombstones.c.article_id == articles.c.id)
    rows = connection.execute(wanted.where(which).order_by(claims.c.id)).all()
    captured = captures_of(connection, {row.version_id for row in rows})
    return [_proof(row, captured.get(row.version_id)) for row in rows]


def _proof(row: Any, captured: Captured | None) -> Proof:
    figure = {name: getattr(row, name) for name in COLUMNS}
    removed = (row.removed_at, row.removed_why) if row.removed_at else None
    return Proof(
        row.id, row.version_id, row.outlet, row.url, row.title, row.text, row.sha256, row.seen_at, row.published, row.language, row.span,
        row.start, row.end, row.in_title, figure, captured, removed,
    )  # fmt: skip


