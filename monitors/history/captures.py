"""What the archive holds, as rows: which version was read from which record, where it lies, what was taken out, and the daily chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from crawler.memory import Capture
from monitors.history.archive import Archive, Place
from monitors.history.tables import (
    captures,
    claims,
    copies,
    events,
    in_parts,
    insert_into,
    insert_once,
    judgements,
    links,
    statements,
    undecided,
    versions,
)

PRUNED = "no alert was told of it"
REQUESTED = "removed on request"
"""Why a record was taken out."""
AT_A_TIME = 500


@dataclass(frozen=True)
class Captured:
    """The answer that a version was read from, and where its record lies."""

    version: int
    record_id: str
    url: str
    at: datetime
    feed: bool
    sha256: str
    record_sha256: str
    file: str
    offset: int
    length: int
    removed_at: datetime | None
    why: str | None


def store_capture(connection: Connection, version: int, capture: Capture, place: Place, now: datetime) -> None:
    """Note that a version was read from a record that is on the disk."""
    copy = {"record_id": place.record_id, "file": place.file, "offset": place.offset, "length": place.length}
    connection.execute(insert_once(connection, copies), copy)
    row = {
        "version_id": version, "record_id": place.record_id, "url": capture.url, "at": now, "feed": capture.feed, "sha256": place.sha256,
        "record_sha256": place.record_sha256,
    }  # fmt: skip
    connection.execute(insert_into(connection, captures), row)


def captures_of(connection: Connection, version_ids: Collection[int]) -> dict[int, Captured]:
    """For each of some versions that was archived its capture; one that was taken out since says so."""
    found: dict[int, Captured] = {}
    for part in in_parts(version_ids):
        rows = connection.execute(_captured().where(captures.c.version_id.in_(part)))
        found |= {row.version_id: Captured(*row) for row in rows}
    return found


def _captured() -> Select[Any]:
    told = (captures.c[name] for name in ("version_id", "record_id", "url", "at", "feed", "sha256", "record_sha256"))
    lies = (copies.c[name] for name in ("file", "offset", "length", "removed_at", "why"))
    return select(*told, *lies).join_from(captures, copies, copies.c.record_id == captures.c.record_id)


# --- what lies in a file


def files_with_copies(connection: Connection) -> list[str]:
    """The files that hold what a row refers to, by their names."""
    living = select(copies.c.file).where(copies.c.removed_at.is_(None)).distinct().order_by(copies.c.file)
    return list(connection.execute(living).scalars())


def captures_in(connection: Connection, file: str) -> list[Captured]:
    """What is to be in a file, in its order; a record that several versions were read from comes for each."""
    lying = _captured().where(copies.c.file == file, copies.c.removed_at.is_(None))
    return [Captured(*row) for row in connection.execute(lying.order_by(copies.c.offset, captures.c.id))]


def place_now(connection: Connection, record_id: str) -> tuple[str, int] | None:
    """The file and offset of a record; None for one that was taken out."""
    here = select(copies.c.file, copies.c.offset).where(copies.c.record_id == record_id, copies.c.removed_at.is_(None))
    row = connection.execute(here).first()
    return (row.file, row.offset) if row else None


# --- what is taken out


def cut_out(connection: Connection, archive: Archive, record_ids: Iterable[str], why: str, now: datetime) -> int:
    """Write files anew without some records, and note where the others lie now, in the caller's transaction; how many were there.

    The old files stay until `sweep`, after the commit: whenever this is killed, every record lies where its row says. Raises OSError.
    """
    gone = set(record_ids)
    living = copies.c.removed_at.is_(None)
    holding = (connection.execute(select(copies.c.file).where(copies.c.record_id.in_(part), living)).scalars() for part in in_parts(gone))
    done = 0
    for file in sorted({file for found in holding for file in found}):
        rows = connection.execute(select(copies).where(copies.c.file == file, living).order_by(copies.c.offset)).all()
        kept = [row for row in rows if row.record_id not in gone]
        if kept and archive.find(file):
            name, offsets = archive.rewrite(file, [(row.offset, row.length) for row in kept], now)
            for row, offset in zip(kept, offsets, strict=True):
                connection.execute(update(copies).where(copies.c.record_id == row.record_id).values(file=name, offset=offset))
        for part in in_parts(row.record_id for row in rows if row.record_id in gone):
            connection.execute(update(copies).where(copies.c.record_id.in_(part)).values(removed_at=now, why=why))
        done += len(rows) - len(kept)
    return done


def prune(connection: Connection, archive: Archive, keep: timedelta, now: datetime) -> int:
    """Take out what is older than that and behind no alert; how many records. Raises OSError."""
    return cut_out(connection, archive, find_untold(connection, now - keep), PRUNED, now)


def sweep(connection: Connection, archive: Archive) -> int:
    """Delete the files out of which everything was taken or written anew; how many were still there. Raises OSError."""
    return sum(archive.drop(file) for file in outdated_files(connection))


def outdated_files(connection: Connection) -> list[str]:
    """Files that hold nothing a row refers to, by the rows of what was taken out of them."""
    living = copies.alias()
    still = select(living.c.record_id).where(living.c.file == copies.c.file, living.c.removed_at.is_(None))
    return list(connection.execute(select(copies.c.file).where(copies.c.removed_at.is_not(None), ~still.exists()).distinct()).scalars())


def find_untold(connection: Connection, before: datetime) -> list[str]:
    """The records from before a time that are behind no alert: no figure on any of their pages is of a statement that one shows."""
    told = _told(connection)
    kept: set[str] = set()
    found: set[str] = set()
    old = select(captures.c.record_id, captures.c.version_id).join(copies, copies.c.record_id == captures.c.record_id)
    old = old.where(captures.c.at < before, copies.c.removed_at.is_(None)).order_by(captures.c.id)
    for part in in_parts(connection.execute(old.execution_options(yield_per=AT_A_TIME)).all()):
        shown = _shown(connection, [row.version_id for row in part], told)
        for row in part:
            (kept if row.version_id in shown else found).add(row.record_id)
    return sorted(found - kept)


def _told(connection: Connection) -> set[int]:
    """The statements that alerts show, as their own or beside it."""
    told: set[int] = set()
    for details in connection.execute(select(events.c.details).execution_options(yield_per=AT_A_TIME)).scalars():
        told |= statements_shown(details)
    return told


def statements_shown(details: Mapping[str, Any]) -> set[int]:
    """The statements, by number, that an alert of these details shows."""
    shown = (details.get("statement"), details.get("previous"), *details.get("others", ()))
    return {one["id"] for one in shown if one and one.get("id")}


def _shown(connection: Connection, version_ids: Collection[int], told: Collection[int]) -> set[int]:
    """Those of some versions that told statements were read from, or that repeat them; and those nobody has judged yet."""
    ids = list(version_ids)
    made = select(statements.c.version_id, statements.c.id).where(statements.c.version_id.in_(ids))
    repeated = select(claims.c.version_id, judgements.c.statement_id).join(judgements).where(claims.c.version_id.in_(ids))
    shown = {version for wanted in (made, repeated) for version, statement in connection.execute(wanted) if statement in told}
    return {*shown, *connection.execute(select(undecided.c.version_id).where(undecided.c.version_id.in_(ids))).scalars()}


# --- the daily chain


@dataclass(frozen=True)
class Link:
    """A day's hash over what was captured since the link before, and over that link."""

    day: str
    last_capture: int
    captures: int
    sha256: str


def forge_link(connection: Connection, now: datetime) -> None:
    """Add a day's link, once a day, over what was captured on the days before; the caller holds the run's lock."""
    last = max(read_links(connection), key=lambda link: link.last_capture, default=None)
    today = now.date().isoformat()
    newest = connection.execute(select(func.max(captures.c.id))).scalar()
    if newest is None or (last and (last.day >= today or last.last_capture == newest)):
        return
    count, digest = hash_captures(connection, last, newest)
    row = {"day": today, "last_capture": newest, "captures": count, "sha256": digest}
    connection.execute(insert_into(connection, links), row)


def read_links(connection: Connection) -> list[Link]:
    """The chain, the first link first."""
    return [Link(*row) for row in connection.execute(select(links).order_by(links.c.last_capture))]


def hash_captures(connection: Connection, before: Link | None, last: int) -> tuple[int, str]:
    """How many captures follow a link, up to the one of a number, and the hash over all that never changes of them."""
    manifest, count = sha256((before.sha256 if before else "").encode()), 0
    for line in _manifest(connection, before.last_capture if before else 0, last):
        manifest.update(line.encode())
        count += 1
    return count, manifest.hexdigest()


def _manifest(connection: Connection, after: int, last: int) -> Iterator[str]:
    columns = (captures.c.record_id, captures.c.sha256, captures.c.record_sha256, versions.c.sha256.label("text"), captures.c.url)
    wanted = select(*columns).join_from(captures, versions).where(captures.c.id > after, captures.c.id <= last).order_by(captures.c.id)
    for row in connection.execute(wanted.execution_options(yield_per=AT_A_TIME)):
        yield f"{row.record_id} {row.sha256} {row.record_sha256} {row.text} {row.url}\n"


def unlinked(connection: Connection, chain: Iterable[Link]) -> int:
    """How many captures came after the last link."""
    last = max((link.last_capture for link in chain), default=0)
    return connection.execute(select(func.count()).select_from(captures).where(captures.c.id > last)).scalar_one()


def count_removed(connection: Connection) -> dict[str, int]:
    """How many records were taken out, by why."""
    gone = select(copies.c.why, func.count()).where(copies.c.removed_at.is_not(None)).group_by(copies.c.why)
    return {row[0]: row[1] for row in connection.execute(gone)}


def claims_of_record(record_id: str) -> ColumnElement[bool]:
    """Whether a claim stands in a version that was read from this record."""
    return claims.c.version_id.in_(select(captures.c.version_id).where(captures.c.record_id == record_id))
