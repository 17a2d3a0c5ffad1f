"""Which pages wait to be read, what servers gave to ask again with, and how each outlet's runs went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, Table, case, delete, insert, select, update

from crawler.article import Article, Entry, Moment
from crawler.memory import Rest, Standing, Terms, Validators
from crawler.moments import start_of
from monitors.exchange import read_moment
from monitors.history import tables
from monitors.history.tables import addresses, frontier, hosts, in_parts, insert_into, notes, outlet_runs, outlets, runs
from monitors.rules.blindness import COLLECTED, Coverage

if TYPE_CHECKING:
    from crawler.health import Health

OLDEST = timedelta(days=7)
"""An entry published longer ago is not read: it is no news, and its figures have been overtaken."""

REREAD_AFTER = tuple(
    timedelta(**step) for step in ({"minutes": 15}, {"hours": 1}, {"hours": 3}, {"days": 1}, {"days": 3}, {"days": 7})
)
"""Ages at which a page is read again: most silent edits come within hours, the rest within a week."""

RETRY_AFTER = tuple(timedelta(**step) for step in ({"minutes": 15}, {"hours": 1}, {"hours": 6}, {"days": 1}))
"""Waits after the first, second, … failure in a row; after the last one the page is given up."""

TERMS_HOLD = timedelta(hours=24)
"""So long a host's robots.txt is gone by without asking again (RFC 9309, 2.4)."""

BASELINE_GAP = timedelta(hours=24)
"""An outlet not collected for longer is met as if for the first time (DOMAIN.md 3.0, First sight)."""

KNOWN_DOWN_AFTER = 3
"""An outlet that failed in so many runs one after the other is known to be down."""


# --- feeds and pages


def validators(connection: Connection, url: str) -> Validators | None:
    """Those stored with the last body read from this address."""
    stored = tables.validators.c
    row = connection.execute(select(stored.etag, stored.last_modified, stored.body_sha256).where(stored.url == url)).first()
    return None if row is None else Validators(*row)


def store_validators(connection: Connection, outlet: str, url: str, given: Validators, now: datetime) -> None:
    upsert(connection, tables.validators, [{"url": url, "outlet": outlet, **asdict(given), "checked_at": now}])


def all_validators(connection: Connection, urls: Collection[str]) -> dict[str, Validators]:
    """Those of many addresses at once."""
    stored = tables.validators.c
    known: dict[str, Validators] = {}
    for some in in_parts(urls):
        rows = connection.execute(select(stored.url, stored.etag, stored.last_modified, stored.body_sha256).where(stored.url.in_(some)))
        known |= {url: Validators(*given) for url, *given in rows}
    return known


def all_standings(connection: Connection, now: datetime) -> dict[str, Standing]:
    """Every feed and host that asked for something: whether it is to be left alone now, and where it has moved."""
    rows = connection.execute(select(addresses.c.url, addresses.c.rest, addresses.c.rests_until, addresses.c.moved_to))
    return {url: Standing(rest if until and until > now else None, moved_to) for url, rest, until, moved_to in rows}


def outlets_due(connection: Connection, now: datetime) -> set[str]:
    """Outlets of which some page waits to be read or read again."""
    return set(connection.scalars(select(frontier.c.outlet).where(frontier.c.due_at <= now)))  # DISTINCT would read them all


def store_standing(connection: Connection, outlet: str, url: str, rest: Rest | None, moved_to: str | None, now: datetime) -> None:
    """Keep what a feed's server asked for; of one that asks for nothing, nothing."""
    if rest is None and moved_to is None:
        connection.execute(delete(addresses).where(addresses.c.url == url))
        return
    until = now + rest.length if rest else None
    row = {"url": url, "outlet": outlet, "rest": rest and rest.why, "rests_until": until, "moved_to": moved_to, "at": now}
    upsert(connection, addresses, [row])


def terms(connection: Connection, host: str, now: datetime) -> Terms | None:
    row = connection.execute(select(hosts).where(hosts.c.host == host)).first()
    return None if row is None else Terms(row.robots, row.tdm, row.reserved, fresh=row.asked_at > now - TERMS_HOLD)


def store_terms(connection: Connection, host: str, given: Terms, now: datetime) -> None:
    """Keep what a host said. What is learned later of a host asked today holds as long as the rest."""
    row = {"host": host, "robots": given.robots, "tdm": given.tdm, "reserved": given.reserved, "asked_at": now}
    asked_anew = given.tdm is None and not given.reserved
    upsert(connection, hosts, [row], kept=() if asked_anew else ("asked_at",))


def store_found(
    connection: Connection, outlet: str, url: str, entries: Iterable[Entry], given: Validators, now: datetime
) -> int:
    """Keep a feed's entries as pages to fetch, with the feed's validators. Returns how many were new or changed.

    Both go into one transaction: validators alone would make the next run skip entries that were never stored.
    """
    found = unread(connection, outlet, entries, now)
    rows = [
        {
            "outlet": outlet, "url": entry.url, "entry": _write_entry(entry), "published": entry.published and start_of(entry.published),
            "found_at": now, "due_at": now, "visits": 0, "attempts": 0, "error": None,
        }
        for entry in found
    ]  # fmt: skip
    upsert(connection, frontier, rows, kept=("found_at", "visits"))
    store_validators(connection, outlet, url, given, now)
    return len(found)


def unread(connection: Connection, outlet: str, entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Of the entries those that are young enough, and new or changed since they were last told of; of one page the first."""
    young = {entry.url: entry for entry in reversed(list(entries)) if not entry.published or start_of(entry.published) >= now - OLDEST}
    known: dict[str, Entry] = {}
    for some in in_parts(young):
        rows = select(frontier.c.url, frontier.c.entry).where(frontier.c.outlet == outlet, frontier.c.url.in_(some))
        known |= {url: _read_entry(entry) for url, entry in connection.execute(rows)}
    return [entry for url, entry in reversed(young.items()) if url not in known or _has_changed(known[url], entry)]


def tries(connection: Connection, outlet: str, url: str) -> tuple[int, int]:
    """How often a page was read, and how often it was tried in vain since."""
    row = connection.execute(select(frontier.c.visits, frontier.c.attempts).where(_is_page(outlet, url))).first()
    return (row.visits, row.attempts) if row else (0, 0)


def pending(connection: Connection, outlet: str, now: datetime) -> list[Entry]:
    """Pages to fetch now, newest first: newly found, left by a killed run, failed before, due for re-reading.

    A page dated later than it was found is as old as its finding.
    """
    born = case((frontier.c.published < frontier.c.found_at, frontier.c.published), else_=frontier.c.found_at)
    due = select(frontier.c.entry).where(frontier.c.outlet == outlet, frontier.c.due_at <= now).order_by(born.desc(), frontier.c.url)
    return [_read_entry(entry) for entry in connection.scalars(due)]


def done(connection: Connection, outlet: str, entry: Entry, article: Article, given: Validators, now: datetime) -> None:
    """A page was read: its validators are kept, and when it is to be read again by its age."""
    store_validators(connection, outlet, entry.url, given, now)
    _read_again(connection, outlet, entry.url, article.published, now)


def store_unchanged(connection: Connection, found: Sequence[tuple[str, str]], now: datetime) -> None:
    """Feeds and pages, as (outlet, address), were asked for and are as they were."""
    asked = set(found)
    for some in in_parts({url for _, url in asked}):
        connection.execute(update(tables.validators).where(tables.validators.c.url.in_(some)).values(checked_at=now))
        pages = connection.execute(select(frontier.c.outlet, frontier.c.url).where(frontier.c.url.in_(some))).all()
        for outlet, url in asked.intersection(map(tuple, pages)):
            _read_again(connection, outlet, url, None, now)


def failed(connection: Connection, outlet: str, url: str, cause: str, now: datetime) -> None:
    """A page could not be had or read: try again later, a few times. Of a feed nothing is kept here: its entries wait in it."""
    row = connection.execute(select(frontier.c.attempts).where(_is_page(outlet, url))).first()
    if row is None:
        return
    waits = dict(enumerate(RETRY_AFTER))
    due_at = now + waits[row.attempts] if row.attempts in waits else None
    connection.execute(update(frontier).where(_is_page(outlet, url)).values(attempts=row.attempts + 1, error=cause, due_at=due_at))


def gone(connection: Connection, outlet: str, url: str, cause: str) -> None:
    """The server says that there is no such page any more (410): it is not asked for again unless its feed tells of it anew."""
    values = {"attempts": frontier.c.attempts + 1, "error": cause, "due_at": None}
    connection.execute(update(frontier).where(_is_page(outlet, url)).values(values))


def next_reading(published: datetime, now: datetime) -> datetime | None:
    """When a page published then is to be read again; None once it is past the last rung.

    >>> from datetime import UTC
    >>> monday = datetime(2026, 2, 2, 9, tzinfo=UTC)
    >>> str(next_reading(monday, monday + timedelta(minutes=20)) - monday)
    '1:00:00'
    """
    rungs = (published + step for step in REREAD_AFTER)
    return next((rung for rung in rungs if rung > now), None)


def _read_again(connection: Connection, outlet: str, url: str, published: Moment | None, now: datetime) -> None:
    row = connection.execute(select(frontier.c.published, frontier.c.found_at).where(_is_page(outlet, url))).first()
    if row is None:
        return
    printed = row.published or (start_of(published) if published else row.found_at)
    born = min(printed, row.found_at)
    again = {"visits": frontier.c.visits + 1, "attempts": 0, "error": None, "published": born, "due_at": next_reading(born, now)}
    connection.execute(update(frontier).where(_is_page(outlet, url)).values(again))


def forget(connection: Connection, outlet: str) -> None:
    """Forget what was read of an outlet's feeds and pages, so that all of it is asked for anew: for a dry run's copy."""
    connection.execute(delete(tables.validators).where(tables.validators.c.outlet == outlet))
    connection.execute(delete(addresses).where(addresses.c.outlet == outlet, addresses.c.rest == "fresh"))
    connection.execute(delete(frontier).where(frontier.c.outlet == outlet))


# --- runs


def start_run(connection: Connection, now: datetime) -> str:
    """Returns the run's id. A run without an end was killed."""
    run = uuid4().hex
    connection.execute(insert(runs).values(id=run, started_at=now))
    return run


def unfinished_runs(connection: Connection, but: str) -> list[Row[Any]]:
    """The id and start of each run that never ended, but for one that is at work."""
    return list(connection.execute(select(runs.c.id, runs.c.started_at).where(runs.c.finished_at.is_(None), runs.c.id != but)))


def finish_run(connection: Connection, run: str, exit_status: int, summary: Mapping[str, Any], now: datetime) -> None:
    values = {"finished_at": now, "exit_status": exit_status, "summary": dict(summary)}
    connection.execute(update(runs).where(runs.c.id == run).values(values))


@dataclass(frozen=True)
class OutletRecord:
    """How an outlet has done so far: when it was last collected, and how many of its last runs failed, one after the other."""

    last_success: datetime | None = None
    failures: int = 0

    def is_new(self, now: datetime) -> bool:
        """Whether what it shows now is a baseline: stored and summed up, not alerted. Ask before its run is stored."""
        return self.last_success is None or now - self.last_success > BASELINE_GAP

    @property
    def newly_fails(self) -> bool:
        """Whether it fails and is not yet known to be down. Ask after its run is stored."""
        return 0 < self.failures <= KNOWN_DOWN_AFTER


def read_outlets(connection: Connection) -> dict[str, OutletRecord]:
    """Every outlet that was ever collected or asked."""
    rows = connection.execute(select(outlets.c.outlet, outlets.c.last_success, outlets.c.failures))
    return {outlet: OutletRecord(last_success, failures) for outlet, last_success, failures in rows}


def store_outlet_runs(connection: Connection, run: str, done: Iterable[tuple[Health, int, Coverage]], now: datetime) -> None:
    """What each outlet's crawl came to (with the figures read and what its pages showed), and how the outlet does after it."""
    before, ran, last = read_outlets(connection), [], []
    for health, claims, coverage in done:
        ran.append({
            "run_id": run, "outlet": health.outlet, "at": now, "status": health.status, "fetched": health.fetched,
            "not_modified": health.not_modified, "articles": health.articles, "claims": claims, "seconds": round(health.seconds),
            "failures": dict(health.failures), "error": health.error, "entries": health.entries, "skipped": health.skipped,
            **asdict(coverage)})
        if health.status == "unchanged" and not health.fetched + health.not_modified:
            continue  # it was not asked for anything
        known = before.get(health.outlet, OutletRecord())
        success = now if health.status in COLLECTED else known.last_success
        failures = {"failed": known.failures + 1, "resting": known.failures}.get(health.status, 0)
        last.append({"outlet": health.outlet, "at": now, "status": health.status, "error": health.error,
                     "last_success": success, "failures": failures})
    if ran:
        connection.execute(insert(outlet_runs), ran)
    upsert(connection, outlets, last)


# --- notes


def read_note(connection: Connection, name: str) -> Any:
    """A small fact of the installation; None where there is none."""
    return connection.execute(select(notes.c.value).where(notes.c.name == name)).scalar()


def store_note(connection: Connection, name: str, value: Any, now: datetime) -> None:
    upsert(connection, notes, [{"name": name, "value": value, "at": now}])


# --- rows and values


def _is_page(outlet: str, url: str) -> ColumnElement[bool]:
    return (frontier.c.outlet == outlet) & (frontier.c.url == url)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], kept: Collection[str] = ()) -> None:
    """Insert rows, or where the key is there already change its row to the new values, but for the columns `kept`."""
    if not rows:
        return
    insertion = insert_into(connection, table)
    key = [column.name for column in table.primary_key]
    changed = {name: insertion.excluded[name] for name in rows[0] if name not in (*key, *kept)}
    connection.execute(insertion.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _has_changed(known: Entry, entry: Entry) -> bool:
    if entry.title != known.title:
        return True
    return entry.updated is not None and known.updated is not None and start_of(entry.updated) > start_of(known.updated)


def _write_entry(entry: Entry) -> dict[str, Any]:
    written = {name: value for name, value in asdict(entry).items() if value}
    return written | {name: value.isoformat() for name, value in written.items() if isinstance(value, date)}


def _read_entry(stored: Mapping[str, Any]) -> Entry:
    moments = {name: read_moment(stored[name]) for name in ("published", "updated") if name in stored}
    return Entry(**{**stored, **moments})
