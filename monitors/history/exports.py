"""What leaves the history as a file: its figures row by row, however many there are, and what was told last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, null, select

from monitors.history.codec import load
from monitors.history.standing import is_read, is_withdrawn
from monitors.history.tables import articles, claims, events, judgements, series, statements, versions
from monitors.model import Event, Severity

AT_ONCE = 500
"""Rows that are held in memory."""
FED = 200
"""The newest alerts make a feed."""
PUBLIC = (Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE)
"""What is told to readers: neither what is only logged nor what is the operator's."""


@dataclass(frozen=True)
class Fed:
    """An alert for a feed. `body` and `copy`, the alert and the text of its page as they are, stay on the machine unless asked for."""

    id: str
    at: datetime
    title: str
    event: Event | None
    """None of a message that is not of one event."""
    body: str
    copy: str | None


def exported_figures(connection: Connection, since: datetime | None = None, with_copies: bool = False) -> Iterator[dict[str, Any]]:
    """Every figure as it is read now, in the order they were stored; with `since`, of the versions of pages first seen from then on.

    `copy` is the text of its version, where asked for.
    """
    wanted = _figures(with_copies).order_by(claims.c.id)
    if since:
        wanted = wanted.where(versions.c.seen_at >= since)
    for row in connection.execute(wanted, execution_options={"yield_per": AT_ONCE}).mappings():
        yield dict(row)


def _figures(with_copies: bool) -> Select[Any]:
    stands = case((judgements.c.statement_id.is_(None), None), (is_withdrawn(), 0), else_=1)
    return (
        select(
            claims.c.id, articles.c.outlet, articles.c.url, versions.c.title, versions.c.number, versions.c.published, versions.c.seen_at,
            versions.c.language, *(claims.c[name] for name in (
                "metric", "party", "group", "scope", "low", "high", "qualifier", "span", "start", "end", "in_title", "as_of",
                "attributed_to", "stance", "quote")),
            judgements.c.kind, judgements.c.why, stands.label("stands"), judgements.c.statement_id, statements.c.claimant, series.c.key,
            *((versions.c.text.label("copy"),) if with_copies else ()),
        )
        .join_from(claims, versions)
        .join(articles)
        .outerjoin(judgements, judgements.c.claim_id == claims.c.id)
        .outerjoin(statements, statements.c.id == judgements.c.statement_id)
        .outerjoin(series, series.c.id == statements.c.series_id)
        .where(is_read())
    )  # fmt: skip


def fed_alerts(connection: Connection, since: datetime | None = None, with_copies: bool = False) -> list[Fed]:
    """The newest alerts that readers are told, the newest first; `copy` is there where asked for."""
    wanted = (
        select(events.c.id, events.c.at, events.c.title, events.c.details, events.c.body, (versions.c.text if with_copies else null()))
        .outerjoin(statements, statements.c.id == events.c.statement_id)
        .outerjoin(versions, versions.c.id == statements.c.version_id)
        .where(events.c.severity.in_([severity.value for severity in PUBLIC]))
        .order_by(events.c.at.desc(), events.c.id)
        .limit(FED)
    )
    if since:
        wanted = wanted.where(events.c.at >= since)
    rows = connection.execute(wanted)
    return [Fed(number, at, title, load(Event, told) if told else None, body, text) for number, at, title, told, body, text in rows]


def first_told(connection: Connection) -> tuple[datetime, str] | None:
    """When the first alert was told, and its id: what tells one history from every other."""
    row = connection.execute(select(events.c.at, events.c.id).order_by(events.c.at, events.c.id).limit(1)).first()
    return None if row is None else (row.at, row.id)
