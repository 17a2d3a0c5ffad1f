"""What the ledger asks for every article, as SQL: put together once, which takes SQLAlchemy longer than SQLite needs for the answer."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Label, Select, String, bindparam, cast, delete, func, or_, select, union_all

from monitors.history.standing import current, is_mark, is_read, is_struck, is_void, is_withdrawn, nth_latest
from monitors.history.tables import (
    articles,
    claims,
    events,
    holds,
    marks,
    misreadings,
    origins,
    series,
    statements,
    undecided,
    verdicts,
    versions,
)
from monitors.model import UPHELD, Kind, Origin
from monitors.rules.constants import shipped
from monitors.rules.verdicts import Verb

MOST_SERIES = 32
"""Of one metric, the newest: what is looked at of a general history is bounded."""

STATEMENT_COLUMNS = (
    "id", "low", "high", "qualifier", "claimant", "as_of", "as_of_stated", "said_on", "quote", "language", "url", "outlet", "seen_at",
    "kind", "venue",
)  # fmt: skip
"""What a statement's own row says of it; its marks come next."""


class Questions:
    """Each is executed with the parameters it names."""

    def __init__(self) -> None:
        numbers = shipped()
        latest = select(articles.c.id, versions.c.number, versions.c.sha256).join_from(articles, versions)
        latest = latest.where(articles.c.outlet == bindparam("outlet"), articles.c.url == bindparam("url"))
        self.latest_version = latest.order_by(versions.c.number.desc()).limit(1)
        """Of a page; none of one that is seen for the first time."""
        self.version = (
            select(versions, articles.c.outlet, articles.c.url, articles.c.first_seen_at)
            .join(articles)
            .where(versions.c.id == bindparam("version_id"))
        )
        self.version_before = select(versions.c.id).where(
            versions.c.article_id == bindparam("article_id"), versions.c.number == bindparam("number")
        )
        self.claims = select(claims).where(claims.c.version_id == bindparam("version_id"), is_read()).order_by(claims.c.id)
        """Of a version, as it is read now."""
        later = versions.alias()
        newest = select(func.max(later.c.number)).where(later.c.article_id == versions.c.article_id).scalar_subquery()
        self.texts = (
            select(articles.c.url, versions.c.text)
            .join_from(articles, versions)
            .where(articles.c.url.in_(_several("urls")), versions.c.number == newest)
        )
        self.series_id = select(series.c.id).where(series.c.key == bindparam("key"))

        of_these = series.c.key.in_(_several("keys"))
        stated = (*(statements.c[name] for name in STATEMENT_COLUMNS), _marked())
        whole: Select[Any] = select(*stated, series.c.key).join_from(statements, series).where(of_these)
        recent = statements.c.id >= nth_latest("id", numbers.statement.recent_statements)
        near = [column.between(bindparam("least"), bindparam("most")) for column in (statements.c.low, statements.c.high)]
        lately = statements.c.last_day >= nth_latest("last_day", numbers.disagreement.growth_values)
        values = (statements.c[name] for name in ("id", "last_day", "low", "high", "qualifier"))
        self.current = whole.where(statements.c.id == current())
        latest_ones = whole.where(statements.c.id >= nth_latest("id", numbers.statement.whole_statements), ~is_void())
        alike = whole.where(recent, or_(*near), ~is_void())
        self.newest = union_all(self.current, latest_ones)
        """The current statement of each of some series, and their latest."""
        self.alike = union_all(self.current, alike)
        """The current statements, and of the latest those with a number from `least` to `most`."""
        self.stated = whole.where(or_(*near), ~is_void())
        """Those with such a number, however old."""
        self.course = select(*values, series.c.key).join_from(statements, series).where(of_these, lately, ~is_withdrawn())
        """The latest values, those withdrawn left out."""
        own = (column.label(f"series_{column.name}") for column in series.c)
        self.statement = select(*stated, *own).join_from(statements, series).where(statements.c.id == bindparam("statement_id"))
        carried = (origins.c[field.name] for field in fields(Origin))
        self.origins = select(origins.c.id, origins.c.statement_id, *carried).where(origins.c.statement_id.in_(_several("ids")))
        self.marks = select(marks.c.statement_id, marks.c.mark, marks.c.id).where(marks.c.statement_id.in_(_several("ids")))

        told = (events.c[name] for name in ("kind", "severity", "at", "low", "high", "quantity"))
        self.told = (
            select(*told)
            .where(events.c.quantity.in_(_several("quantities")), events.c.kind.in_(_several("kinds")), events.c.at >= bindparam("since"))
            .where(~is_struck(events.c.statement_id))
        )
        self.last_event = (
            select(events.c.details)
            .where(events.c.quantity == bindparam("quantity"), events.c.kind.in_(_several("kinds")), ~is_struck(events.c.statement_id))
            .order_by(events.c.at.desc())
            .limit(1)
        )
        self.told_as = select(events.c.title, events.c.body, events.c.html).where(events.c.id == bindparam("id"))
        upheld = select(marks.c.id).where(marks.c.statement_id == events.c.statement_id, is_mark(UPHELD), marks.c.at >= events.c.at)
        denied = (events.c.kind == Kind.DENIAL.value) & upheld.exists()
        self.taken_back = select(events.c.id).where(events.c.key == bindparam("key"), or_(is_struck(events.c.statement_id), denied))
        self.held = select(holds.c.details).where(holds.c.statement_id == bindparam("statement_id")).limit(1)
        self.next_due = select(func.min(holds.c.due_at)).select_from(holds)
        self.decided = delete(undecided).where(undecided.c.version_id == bindparam("decided"))

        merging = verdicts.c.kind.in_([Verb.MERGE.value, Verb.UNMERGE.value])
        self.merges = select(verdicts.c.target, verdicts.c.kind, verdicts.c.details).where(merging).order_by(verdicts.c.id)
        muting = verdicts.c.kind.in_([Verb.MUTE.value, Verb.UNMUTE.value])
        said = select(verdicts.c.kind, verdicts.c.until, verdicts.c.details).where(muting, verdicts.c.target.in_(_several("keys")))
        self.muted = said.order_by(verdicts.c.id.desc()).limit(1)
        """The last word on whether series are told."""
        self.misread = select(misreadings.c.sentence).where(misreadings.c.sentence.in_(_several("sentences")))


@cache
def questions() -> Questions:
    return Questions()


@cache
def series_of(*, of_party: bool, of_days: bool, of_bodies: bool) -> Select[Any]:
    """The newest series of a metric and some scopes: of one party or nobody's, of events between two days or of none, of some bodies."""
    wanted = select(series).where(series.c.metric == bindparam("metric"), series.c.scope.in_(_several("scopes")))
    if of_party:
        wanted = wanted.where(or_(series.c.party == bindparam("party"), series.c.party.is_(None)))
    if of_days:
        wanted = wanted.where(series.c.event_day.between(bindparam("first"), bindparam("last")))
    else:
        wanted = wanted.where(series.c.event_day.is_(None))
    if of_bodies:
        wanted = wanted.where(series.c.body.in_(_several("bodies")))
    return wanted.order_by(series.c.id.desc()).limit(MOST_SERIES)


def _marked() -> Label[str]:
    """The marks of the statement at hand, each after its id, in any order; it takes a question less than to ask for them."""
    one = marks.alias()
    told = func.aggregate_strings(cast(one.c.id, String) + " " + one.c.mark, "\n")
    return select(told).where(one.c.statement_id == statements.c.id).correlate(statements).scalar_subquery().label("marked")


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)
