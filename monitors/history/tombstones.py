"""Pages that were removed on request: what of them is blacked out in the history, and that they are never read again."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape, unescape
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Table, delete, func, select, update

from monitors.alerts.summaries import GROUP
from monitors.history.captures import REQUESTED as REMOVED
from monitors.history.captures import Captured, captures_of
from monitors.history.tables import (
    articles,
    captures,
    claims,
    events,
    frontier,
    holds,
    in_parts,
    insert_into,
    insert_once,
    outbox,
    redactions,
    series,
    statements,
    tombstones,
    undecided,
    validators,
    versions,
)
from monitors.model import NAMELESS, Alert, Severity, id_of

BLACK = "█"
WORDS = ("reasons", "denied_by")
"""Fields of a claim that hold a sentence's words or names; where it was said, and by which outlets it came, are nobody's names."""
BLANK: Mapping[str, Any] = {"authors": [], "alt_titles": [], "section": None, "canonical_url": None}
"""Of a version's details."""

Words: TypeAlias = Mapping[str, str]
"""Title, body and html of an alert."""


@dataclass(frozen=True)
class Page:
    """A stored page that is to be removed: its article under each outlet that read it, with what hangs on it."""

    url: str
    articles: tuple[int, ...]
    versions: tuple[int, ...]
    claims: tuple[int, ...]
    statements: tuple[int, ...]
    quotes: Mapping[str, str]
    """Each sentence that was taken from it, and what stands in its place; the longest first."""
    tombstone: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    """Each claimant who was named here alone, and what stands in the place of the name."""
    bodies: Mapping[str, str] = field(default_factory=dict)
    """Of these the bodies of their series, likewise."""


# --- what is removed is not read again


def removed_urls(connection: Connection) -> frozenset[str]:
    return frozenset(connection.execute(select(tombstones.c.url)).scalars())


def removed_versions(connection: Connection) -> frozenset[int]:
    """The versions whose text is blacked out."""
    gone = select(versions.c.id).join(tombstones, tombstones.c.article_id == versions.c.article_id)
    return frozenset(connection.execute(gone).scalars())


def close_entry(connection: Connection, outlet: str, url: str) -> None:
    """An address leads to a page that was removed: what its feed said of it goes, and it is not asked for again."""
    which = (frontier.c.outlet == outlet) & (frontier.c.url == url)
    connection.execute(update(frontier).where(which).values(entry={"url": url}, due_at=None, error=REMOVED))


# --- what is removed


def find_page(connection: Connection, url: str) -> Page | None:
    """A stored page by its address; None where there is none, or it was removed before."""
    gone = select(tombstones.c.article_id)
    found = connection.execute(select(articles.c.id).where(articles.c.url == url, articles.c.id.not_in(gone))).scalars().all()
    if not found:
        return None
    read = list(connection.execute(select(versions.c.id).where(versions.c.article_id.in_(found))).scalars())
    figures = [row for part in in_parts(read) for row in connection.execute(select(claims).where(claims.c.version_id.in_(part)))]
    stated = [row for part in in_parts(read) for row in connection.execute(select(statements).where(statements.c.version_id.in_(part)))]
    quotes = {row.quote: redact(row.span) for row in figures if row.quote}
    quotes |= {row.quote: redact(number_of(row)) for row in stated if row.quote and row.quote not in quotes}
    return Page(
        url, tuple(found), tuple(read), tuple(row.id for row in figures), tuple(row.id for row in stated),
        dict(sorted(quotes.items(), key=lambda item: -len(item[0]))),
    )  # fmt: skip


def find_tombstone(connection: Connection, url: str) -> Row[Any] | None:
    return connection.execute(select(tombstones).where(tombstones.c.url == url).limit(1)).first()


def near_urls(connection: Connection, url: str, limit: int = 3) -> list[str]:
    """Stored addresses that end as this one does."""
    tail = url.rstrip("/").rpartition("/")[2]
    alike = select(articles.c.url).where(articles.c.url.icontains(tail, autoescape=True)).limit(limit)
    return list(connection.execute(alike).scalars()) if tail else []


def redact(number: str) -> str:
    """What stands in the place of a sentence.

    >>> redact("55,000")
    '[removed on request: «55,000»]'
    """
    return f"[{REMOVED}: «{number}»]"


def number_of(row: Row[Any]) -> str:
    ends = dict.fromkeys(f"{end:,}" for end in (row.low, row.high) if end is not None)
    return "–".join(ends) or "…"


def black_out(text: str, kept: Iterable[tuple[int, int]]) -> str:
    """A text of which only some stretches can be read; lines stay lines, and each figure stands where it stood.

    >>> black_out("Jane Roe saw 12 dead.", [(13, 15)])
    '█████████████12██████'
    """
    open_to_all = {place for start, end in kept for place in range(start, end)}
    return "".join(letter if letter == "\n" or place in open_to_all else BLACK for place, letter in enumerate(text))


def claimants_of(connection: Connection, page: Page) -> list[tuple[str, str]]:
    """Who states figures on this page and nowhere else, with the body of their series."""
    others, theirs = statements.alias(), series.alias()
    elsewhere = select(others.c.id).join(theirs, theirs.c.id == others.c.series_id)
    elsewhere = elsewhere.where(theirs.c.body == series.c.body, func.coalesce(others.c.version_id, 0).not_in(page.versions))
    here = select(statements.c.claimant, series.c.body).join(series).where(statements.c.version_id.in_(page.versions), ~elsewhere.exists())
    return [(row.claimant, row.body) for row in connection.execute(here.distinct())]


def bury(
    connection: Connection, page: Page, names: Collection[tuple[str, str]], body_of: Callable[[str], str], why: str, now: datetime
) -> Page:
    """Put up the tombstones, and name every row that may be rewritten for them; the page as it is to be rewritten. Of `names`, claimants
    with their series' bodies, nothing is to stay; `body_of` gives the body of the name that stands in one's place."""
    first = 0
    for article in page.articles:
        row = {"article_id": article, "url": page.url, "at": now, "why": why}
        number = int((connection.execute(insert_into(connection, tombstones), row).inserted_primary_key or [0])[0])
        first = first or number
    instead = {name: f"N.N. {first}.{place}" for place, (name, _) in enumerate(names, start=1)}
    buried = replace(page, tombstone=first, names=instead, bodies={body: body_of(instead[name]) for name, body in names})
    _allow(connection, buried, versions, page.versions)
    _allow(connection, buried, claims, page.claims)
    _allow(connection, buried, statements, page.statements)
    _allow(connection, buried, series, connection.execute(select(series.c.id).where(series.c.body.in_(buried.bodies))).scalars().all())
    return buried


def _allow(connection: Connection, page: Page, table: Table, rows: Iterable[object]) -> None:
    named = [{"table_name": table.name, "row_id": str(row), "tombstone_id": page.tombstone} for row in rows]
    if named:
        connection.execute(insert_once(connection, redactions), named)


def redact_texts(connection: Connection, page: Page) -> None:
    """Of the page's versions all but the figures is blacked out; of its figures the number stays, and what the text said of it goes."""
    for number in page.versions:
        version = connection.execute(select(versions).where(versions.c.id == number)).one()
        figures = connection.execute(select(claims).where(claims.c.version_id == number)).all()
        text = black_out(version.text, [(row.start, row.end) for row in figures if not row.in_title])
        values = {"title": black_out(version.title, [(row.start, row.end) for row in figures if row.in_title]), "text": text,
                  "core": text if version.core == version.text else "", "details": version.details | BLANK}  # fmt: skip
        connection.execute(update(versions).where(versions.c.id == number).values(values))
        for row in figures:
            details = {name: value for name, value in row.details.items() if name not in WORDS}
            values = {"quote": redact(row.span), "attributed_to": page.names.get(row.attributed_to, row.attributed_to), "details": details}
            connection.execute(update(claims).where(claims.c.id == row.id).values(values))
    stated = select(statements)
    for row in [row for part in in_parts(page.statements) for row in connection.execute(stated.where(statements.c.id.in_(part)))]:
        values = {"quote": page.quotes.get(row.quote, redact(number_of(row))), "claimant": page.names.get(row.claimant, row.claimant)}
        connection.execute(update(statements).where(statements.c.id == row.id).values(values))
    for old, body in page.bodies.items():
        for row in connection.execute(select(series.c.id, series.c.key).where(series.c.body == old)).all():
            connection.execute(update(series).where(series.c.id == row.id).values(body=body, key=_without_bodies(row.key, page)))


def close_page(connection: Connection, page: Page) -> None:
    """Nothing is decided of it any more, and what its feeds said of it goes."""
    for part in in_parts(page.versions):
        connection.execute(delete(undecided).where(undecided.c.version_id.in_(part)))
    for outlet in connection.execute(select(frontier.c.outlet).where(frontier.c.url == page.url)).scalars().all():
        close_entry(connection, outlet, page.url)
    connection.execute(delete(validators).where(validators.c.url == page.url))


# --- what was told of it


def redact_events(connection: Connection, page: Page, reword: Callable[[Mapping[str, Any]], Words]) -> list[str]:
    """Rewrite what alerts, and what is held, say of the page; `reword` puts an event's details into words. The alerts' ids."""
    told = []
    for row in connection.execute(select(events.c.id, events.c.details).order_by(events.c.at)).all():
        details = _redact(row.details, page)
        if details != row.details:
            words = reword(details)
            _allow(connection, page, events, [row.id])
            values = {"key": details["key"], "details": details, **words}
            connection.execute(update(events).where(events.c.id == row.id).values(values))
            connection.execute(update(outbox).where(outbox.c.alert_id == row.id).values(**words))
            told.append(row.id)
    for row in connection.execute(select(holds.c.key, holds.c.details)).all():
        details = _redact(row.details, page)
        if details != row.details:
            connection.execute(update(holds).where(holds.c.key == row.key).values(key=details["key"], details=details))
    return told


def messages_with(connection: Connection, alerts: Sequence[str]) -> dict[str, list[Alert]]:
    """The messages of several alerts in which some went out or wait to, by id, each with its alerts in the words of today."""
    inside = select(outbox.c.lease_owner).where(outbox.c.alert_id.in_(alerts), outbox.c.lease_owner.startswith(GROUP)).distinct()
    found: dict[str, list[Alert]] = {}
    for row in connection.execute(select(outbox).where(outbox.c.lease_owner.in_(inside)).order_by(outbox.c.id)) if alerts else ():
        if row.alert_id not in [one.id for one in found.setdefault(row.lease_owner, [])]:
            found[row.lease_owner].append(Alert(row.alert_id, Severity(row.severity), row.title, row.body, row.html))
    return found


def redact_messages(connection: Connection, page: Page, reworded: Mapping[str, Words]) -> None:
    """Give messages other words, by id; of what still holds a sentence of the page only the title stays, and names go wherever they are."""
    for message, words in reworded.items():
        connection.execute(update(outbox).where(outbox.c.alert_id == message).values(**words))
    for row in connection.execute(select(outbox.c.id, outbox.c.title, outbox.c.body, outbox.c.html)).all():
        words = {name: _unname(getattr(row, name), page) for name in ("title", "body", "html")}
        if any(_flat(quote) in _flat(text) for quote in page.quotes for text in (row.body, _plain(row.html))):
            words |= {"body": f"{words['title']}\n\n[{REMOVED}]", "html": ""}
        if words != {"title": row.title, "body": row.body, "html": row.html}:
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(**words))


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def _without_bodies(key: str, page: Page) -> str:
    for body, instead in page.bodies.items():
        key = key.replace(f"/{body}/", f"/{instead}/")
    return key


def _unname(text: str, page: Page) -> str:
    for name, instead in page.names.items():
        text = text.replace(name, instead).replace(escape(name), instead)
    return text


def _redact(value: Any, page: Page, name: str = "") -> Any:
    """An event's details without the page's sentences and names; of a key that has one the id stays, by which the alert is known."""
    if isinstance(value, Mapping):
        return {key: _redact(one, page, key) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_redact(one, page) for one in value]
    if not isinstance(value, str):
        return value
    if name == "key":
        nameless = _without_bodies(value, page)
        return value if nameless == value else f"id/{id_of(value)}/{NAMELESS.sub('', nameless)}"
    for quote, instead in page.quotes.items():
        value = value.replace(quote, instead)
    return page.bodies.get(value, value) if name == "body" else _unname(value, page)


# --- what was archived of it


def records_of(connection: Connection, page: Page, tells: Callable[[Captured], bool]) -> tuple[list[str], int]:
    """The records that hold the page: those its versions were read from, and of its outlets' feeds those of which `tells` says that they
    tell of it; and how many other pages' versions lose their evidence with these."""
    outlets = select(articles.c.outlet).where(articles.c.id.in_(page.articles))
    fed = select(captures.c.version_id).join(versions, versions.c.id == captures.c.version_id).join(articles)
    fed = fed.where(captures.c.feed, articles.c.outlet.in_(outlets))
    own = captures_of(connection, page.versions).values()
    by_feed = captures_of(connection, connection.execute(fed).scalars().all()).values()
    gone = {one.record_id for one in own if not one.removed_at}
    for record, one in {one.record_id: one for one in by_feed if not one.removed_at and one.record_id not in gone}.items():
        if tells(one):
            gone.add(record)
    lost = {one.version for one in by_feed if one.record_id in gone} - set(page.versions)
    return sorted(gone), len(lost)
