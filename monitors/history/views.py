"""The history for whoever opens the database itself: views whose columns have plain names, the newest rows first.

Each is answered by seeks in an index: asking for some rows costs no more in a long history. They are made anew after every upgrade, as a
view stands in the way of rebuilding the tables it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, inspect, select
from sqlalchemy.schema import CreateView, DropView

from monitors.alerts.about import SPREADS
from monitors.history.standing import current, is_read, is_struck, is_withdrawn
from monitors.history.tables import articles, claims, events, judgements, origins, outbox, series, statements, versions
from monitors.model import Kind, Scope


def create(connection: Connection) -> None:
    """Make the views, where none are."""
    for name, select_ in views().items():
        connection.execute(CreateView(select_, name))


def release(connection: Connection) -> None:
    """Take the views away for a migration; the same transaction must `create` them again."""
    present = set(inspect(connection).get_view_names())
    for name, select_ in views().items():
        if name in present:
            connection.execute(DropView(CreateView(select_, name).table))


@cache
def views() -> Mapping[str, Select[Any]]:
    """Each view by its name."""
    return {
        "current_values": _current_values(),
        "stated_values": _stated_values(),
        "figures": _figures(),
        "alerts_sent": _alerts_sent(),
        "disagreements": _disagreements(),
        "edits": _edits(),
    }


def _current_values() -> Select[Any]:
    """One row a series: the value that stands, or where only older ones were recalled, the latest of these."""
    shown = func.coalesce(current(), current(recalled=True))
    wanted = select(*_subject(), *_value(statements), *_statement()).join_from(series, statements, statements.c.id == shown)
    return wanted.order_by(series.c.id.desc())


def _stated_values() -> Select[Any]:
    """One row a statement: every value a series ever had, those withdrawn marked."""
    carried = select(func.count(origins.c.outlet.distinct())).where(origins.c.statement_id == statements.c.id).scalar_subquery()
    marked = case((is_withdrawn(), 1), else_=0)
    wanted = select(*_subject(), *_value(statements), *_statement(), carried.label("outlets"), marked.label("withdrawn"))
    return wanted.join_from(statements, series).order_by(statements.c.id.desc())


def _figures() -> Select[Any]:
    """One row a figure as it is read now: on which page, in which sentence, what it was judged to be and why."""
    return (
        select(
            claims.c.id.label("claim_id"), claims.c.metric, claims.c.party, claims.c.group.label("people"), claims.c.scope,
            *_value(claims), claims.c.attributed_to.label("said_by"), claims.c.as_of, claims.c.stance, claims.c.span.label("printed"),
            claims.c.quote.label("sentence"), judgements.c.kind.label("judged"), judgements.c.why,
            judgements.c.statement_id, statements.c.series_id, articles.c.id.label("article_id"), articles.c.outlet, articles.c.url,
            versions.c.title, versions.c.number.label("version"), versions.c.language, versions.c.published,
            versions.c.seen_at,
        )
        .join_from(claims, versions)
        .join(articles)
        .outerjoin(judgements, judgements.c.claim_id == claims.c.id)
        .outerjoin(statements, statements.c.id == judgements.c.statement_id)
        .where(is_read())
        .order_by(claims.c.id.desc())
    )  # fmt: skip


def _alerts_sent() -> Select[Any]:
    """One row a message: which alert went to which channel, and whether it arrived; digests and groups have no event of their own."""
    return (
        select(
            outbox.c.alert_id, outbox.c.title, outbox.c.severity, outbox.c.channel, outbox.c.state, outbox.c.sent_at, outbox.c.created_at,
            outbox.c.error, events.c.kind, events.c.low, events.c.high, events.c.series_id, events.c.statement_id, statements.c.claimant,
            statements.c.quote.label("sentence"), statements.c.outlet, statements.c.url,
        )
        .join_from(outbox, events, events.c.id == outbox.c.alert_id, isouter=True)
        .outerjoin(statements, statements.c.id == events.c.statement_id)
        .order_by(outbox.c.id.desc())
    )  # fmt: skip


def _disagreements() -> Select[Any]:
    """One row a quantity on which claimants differed: what was told of it last."""
    kinds = [kind.value for kind in SPREADS]
    later = events.alias("later")
    superseded = select(later.c.id).where(
        later.c.quantity == events.c.quantity, later.c.kind.in_(kinds), later.c.at > events.c.at, ~is_struck(later.c.statement_id)
    )
    return (
        select(
            events.c.quantity, events.c.low, events.c.high, events.c.title, events.c.at.label("told_at"), events.c.kind,
            case((events.c.kind == Kind.CONVERGED.value, 1), else_=0).label("ended"), events.c.severity, events.c.id.label("alert_id"),
        )
        .where(events.c.kind.in_(kinds), ~superseded.exists(), ~is_struck(events.c.statement_id))
        .order_by(events.c.at.desc())
    )  # fmt: skip


def _edits() -> Select[Any]:
    """One row a time that a page was found changed: its title and its figures, before and after."""
    before = versions.alias("before")
    return (
        select(
            articles.c.id.label("article_id"), articles.c.outlet, articles.c.url, versions.c.number.label("version"),
            before.c.seen_at.label("seen_before_at"), versions.c.seen_at, before.c.title.label("title_before"), versions.c.title,
            _printed(before).label("figures_before"), _printed(versions).label("figures"),
            func.length(before.c.text).label("length_before"), func.length(versions.c.text).label("length"),
        )
        .join_from(versions, articles)
        .join(before, (before.c.article_id == versions.c.article_id) & (before.c.number == versions.c.number - 1))
        .where(versions.c.number > 1)
        .order_by(versions.c.seen_at.desc())
    )  # fmt: skip


def _subject() -> list[ColumnElement[Any]]:
    """What a series counts, and of whom."""
    return [
        series.c.id.label("series_id"), series.c.metric, series.c.party, series.c.group.label("people"), series.c.scope,
        series.c.details["event"].as_string().label("event"), _window().label("counted_over"),
    ]  # fmt: skip


def _window() -> ColumnElement[Any]:
    return case((series.c.scope.in_([Scope.PERIOD.value, Scope.RATE.value]), series.c.details["window"].as_string()))


def _value(of: FromClause) -> list[ColumnElement[Any]]:
    return [of.c.low, of.c.high, of.c.qualifier]


def _statement() -> list[ColumnElement[Any]]:
    """Who stated a value and when, and the sentence that proves it."""
    return [
        statements.c.claimant, statements.c.as_of, statements.c.said_on, statements.c.quote.label("sentence"), statements.c.outlet,
        statements.c.url, statements.c.kind.label("judged"), statements.c.seen_at, statements.c.id.label("statement_id"),
        series.c.key.label("series_key"),
    ]  # fmt: skip


def _printed(version: FromClause) -> ColumnElement[Any]:
    """The figures of a version as they are printed there."""
    one = claims.alias()
    return select(func.aggregate_strings(one.c.span, "; ")).where(one.c.version_id == version.c.id, is_read(one.c.id)).scalar_subquery()
