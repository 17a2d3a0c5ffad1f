"""What stands behind a claim, an alert or a page: versions, sentences, judgements, who carries it. For a person who asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, Connection, func, select

from monitors.failure import Failure
from monitors.history.standing import is_read
from monitors.history.tables import articles, claims, events, judgements, versions

MOST_CLAIMS = 200
"""Of one statement, the first claims that gave it: of a story that the whole world copies no more are looked at."""


class NotFound(Failure):
    """Nothing is called so; the message names what is nearest."""


@dataclass(frozen=True)
class Page:
    """An article as its outlet and address name it."""

    id: int
    outlet: str
    url: str
    first_seen_at: datetime


@dataclass(frozen=True)
class Version:
    """One text that a page had."""

    id: int
    number: int
    seen_at: datetime
    published: str | None
    modified: str | None
    language: str | None
    title: str
    text: str


@dataclass(frozen=True)
class Found:
    """A claim as it is stored, with what it was judged to be."""

    id: int
    version_id: int
    low: int | None
    high: int | None
    qualifier: str
    metric: str
    party: str | None
    group: str
    scope: str
    as_of: str | None
    attributed_to: str | None
    stance: str
    span: str
    start: int
    end: int
    in_title: bool
    quote: str
    judged: str | None
    why: str | None
    statement_id: int | None
    read: bool
    """False where a newer program reads its text otherwise."""


@dataclass(frozen=True)
class Link:
    """A claim that gave a statement: one step of the chain behind an alert."""

    claim: Found
    page: Page
    version: int
    seen_at: datetime


FOUND = (
    *(claims.c[name] for name in (
        "id", "version_id", "low", "high", "qualifier", "metric", "party", "group", "scope", "as_of", "attributed_to", "stance", "span",
        "start", "end", "in_title", "quote")),
    judgements.c.kind, judgements.c.why, judgements.c.statement_id, is_read().label("read"),
)  # fmt: skip
PAGE = (articles.c.id, articles.c.outlet, articles.c.url, articles.c.first_seen_at)


# --- pages


def need_pages(connection: Connection, name: str) -> list[Page]:
    """The pages with this address, or this number; several outlets may carry one address. Raises NotFound."""
    if found := find_pages(connection, name):
        return found
    near = None if is_number(name) else nearest_url(connection, name)
    raise NotFound(f"no article has the {'number' if is_number(name) else 'address'} {name}" + (f"; did you mean {near}?" if near else ""))


def find_pages(connection: Connection, name: str) -> list[Page]:
    """The same; none where nothing is called so."""
    which = articles.c.id == int(name) if is_number(name) else articles.c.url == name
    return [Page(*row) for row in connection.execute(select(*PAGE).where(which).order_by(articles.c.id))]


def nearest_url(connection: Connection, url: str) -> str | None:
    """Of the addresses before and after this one in the order of letters, the one that is more like it; two seeks in an index."""
    before = select(func.max(articles.c.url)).where(articles.c.url < url)
    after = select(func.min(articles.c.url)).where(articles.c.url > url)
    near = [found for one in (before, after) if (found := connection.execute(one).scalar())]
    return max(near, key=lambda found: SequenceMatcher(None, url[:500], found[:500]).ratio(), default=None)


def page_of(connection: Connection, version_id: int) -> Page:
    return Page(*connection.execute(select(*PAGE).join_from(versions, articles).where(versions.c.id == version_id)).one())


def versions_of(connection: Connection, page: int) -> list[Version]:
    """All texts of a page, the first first."""
    columns = (versions.c[name] for name in ("id", "number", "seen_at", "published", "modified", "language", "title", "text"))
    return [Version(*row) for row in connection.execute(select(*columns).where(versions.c.article_id == page).order_by(versions.c.number))]


# --- claims


def find_claim(connection: Connection, number: int) -> Found | None:
    return next(iter(_claims(connection, claims.c.id == number)), None)


def nearest_claim(connection: Connection, number: int) -> int | None:
    """The number of the claim before this one, else of the one after it."""
    before = connection.execute(select(func.max(claims.c.id)).where(claims.c.id < number)).scalar()
    return before or connection.execute(select(func.min(claims.c.id)).where(claims.c.id > number)).scalar()


def claims_of(connection: Connection, version_id: int) -> list[Found]:
    """What a version is read to say now, in the order it stands there."""
    found = _claims(connection, claims.c.version_id == version_id)
    return sorted((one for one in found if one.read), key=lambda one: (not one.in_title, one.start))


def chain_of(connection: Connection, statement_ids: Iterable[int]) -> dict[int, list[Link]]:
    """For each of some statements the claims that were judged to be about it, the first first."""
    chain: dict[int, list[Link]] = {number: [] for number in statement_ids}
    wanted = select(*FOUND, *PAGE, versions.c.number, versions.c.seen_at).join_from(judgements, claims).join(versions).join(articles)
    for number, links in chain.items():
        for row in connection.execute(wanted.where(judgements.c.statement_id == number).order_by(claims.c.id).limit(MOST_CLAIMS)):
            found, page, version, seen_at = row[: len(FOUND)], row[len(FOUND) : len(FOUND) + len(PAGE)], *row[-2:]
            links.append(Link(Found(*found), Page(*page), version, seen_at))
    return chain


def _claims(connection: Connection, which: ColumnElement[bool]) -> list[Found]:
    wanted = select(*FOUND).select_from(claims).outerjoin(judgements, judgements.c.claim_id == claims.c.id).where(which)
    return [Found(*row) for row in connection.execute(wanted.order_by(claims.c.id))]


# --- alerts


def alerts_of(connection: Connection, statement_id: int) -> list[str]:
    """The ids of the alerts that were about a statement, the first told first."""
    return list(connection.execute(select(events.c.id).where(events.c.statement_id == statement_id).order_by(events.c.at)).scalars())


def is_number(name: str) -> bool:
    """Whether it can be a row's number."""
    return name.isascii() and name.isdigit() and len(name) < 19
