"""Remove a page because somebody asked for it: what it printed, what was told of it, its copy; numbers and hashes stay, and a tombstone.

Everything is written in the caller's transaction, under the run's lock; files that hold the page go after it, by `captures.sweep`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from monitors.alerts.summaries import compose_group
from monitors.alerts.wording import compose
from monitors.failure import Failure
from monitors.history import captures, tombstones
from monitors.history.archive import Archive
from monitors.history.captures import REQUESTED, Captured
from monitors.history.codec import load
from monitors.history.verifying import read_records
from monitors.model import Alert, Claimant, Event
from monitors.watch import Policy


def forget(connection: Connection, archive: Archive | None, policy: Policy, url: str, why: str, now: datetime) -> list[str]:
    """Remove the page of an address; what came of it, a line each. A page that was removed before stays so.

    Raises Failure where no page of that address is stored, and OSError where its copy cannot be taken out.
    """
    page = tombstones.find_page(connection, url)
    if page is None:
        if stone := tombstones.find_tombstone(connection, url):
            return [f"{url} was {REQUESTED} already, on {stone.at:%Y-%m-%d}: {stone.why}"]
        near = tombstones.near_urls(connection, url)
        raise Failure(f"{url}: no page of that address is stored{'; there is ' + ', '.join(near) if near else ''}")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # else what was there stays in the file's free pages
    records, others = tombstones.records_of(connection, page, lambda one: _tells(archive, one, url))

    def find(name: str) -> Claimant:
        return policy.claimants.find(name, now.date())

    private = [(name, body) for name, body in tombstones.claimants_of(connection, page) if not find(name).known]
    page = tombstones.bury(connection, page, private, lambda name: find(name).body, why, now)
    tombstones.redact_texts(connection, page)
    tombstones.close_page(connection, page)

    def reword(details: Mapping[str, Any]) -> tombstones.Words:
        return _words(compose(load(Event, details), policy.timezone, policy.publishers.titles, policy.report))

    told = tombstones.redact_events(connection, page, reword)
    groups = {message: _words(compose_group(alerts)) for message, alerts in tombstones.messages_with(connection, told).items()}
    tombstones.redact_messages(connection, page, groups)
    cut = captures.cut_out(connection, archive, records, REQUESTED, now) if archive else 0
    return list(_say(page, told, cut, others))


def _words(alert: Alert) -> tombstones.Words:
    return {"title": alert.title, "body": alert.body, "html": alert.html}


def _tells(archive: Archive | None, one: Captured, url: str) -> bool:
    """Whether what a feed answered tells of a page; what cannot be read any more is taken to."""
    from crawler.capture import unpack

    try:
        found = read_records(archive.read(one.file, one.offset, one.length)) if archive else None
        body = unpack(found[0].payload, found[0].http.get("content-encoding", "")) if found else b""
    except (OSError, ValueError):
        return True
    path = urlsplit(url).path
    return not body or any(sought.encode() in body for sought in (url, escape(url), path) if len(sought) > 1)


def _say(page: tombstones.Page, told: Sequence[str], cut: int, others: int) -> Iterator[str]:
    yield (f"{REQUESTED}: {page.url}: the text of {len(page.versions)} versions and the sentences of {len(page.claims)} figures; "
           "numbers and hashes stay, and it is never read again")
    if page.names:
        yield f"{len(page.names)} claimants who are named nowhere else are nameless now"
    if told:
        yield f"what was told of it says so no more, in {len(told)} alerts here; what was delivered is with whoever got it"
    lost = f"; {others} other pages lost theirs, which the same feed told of" if others else ""
    yield f"{cut} copies of it were taken out of the evidence{lost}"
