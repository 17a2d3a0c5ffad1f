"""Read the whole archive again, and hold it against what the history says of it: which figures have lost their proof, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO, StringIO
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select

from monitors.history.archive import OPEN, Archive, find_members, urn
from monitors.history.captures import (
    Captured,
    Link,
    captures_in,
    claims_of_record,
    count_removed,
    files_with_copies,
    hash_captures,
    outdated_files,
    place_now,
    read_links,
    unlinked,
)
from monitors.history.store import History
from monitors.history.tables import articles, captures, claims, copies, in_parts, tombstones, versions

Progress = Callable[[str, int, int], None]
"""Told what is looked at, how much of it is done, and how much there is."""

MISSING, CUT_OFF, ALTERED = "file missing", "cut off", "altered"
TEXTS_AT_A_TIME = 100


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was: a figure that lost its proof, or something that no figure hangs on."""

    why: str
    """`file missing`, `cut off`, `altered` or `unreadable` of a page, `text altered`, or in words."""
    file: str | None = None
    offset: int | None = None
    claim: int | None = None
    figure: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}{f' at {self.offset}' if self.offset is not None else ''}" if self.file else ""
        if self.claim is None:
            return f"{where}: {self.why}" if where else self.why
        of_page = f"page {self.why}" if self.file else self.why
        return f"claim {self.claim} ({self.figure}, {self.url}): {of_page}{f' ({where})' if where else ''}"


@dataclass(frozen=True)
class Record:
    """One record of a file."""

    kind: str
    head: Mapping[str, str]
    """Of the record; names in lower case, as below."""
    http: Mapping[str, str]
    http_head: bytes
    """The head of the request or answer, with its empty line."""
    payload: bytes
    """The body as it was received."""


@dataclass
class Verified:
    """What was looked at, and found as it was."""

    files: int = 0
    pages: int = 0
    whole: int = 0
    texts: int = 0
    figures: int = 0
    unknown: int = 0
    """Records, and files, that no row refers to: a killed run left them."""
    links: int = 0
    unlinked: int = 0
    """Pages that came after the chain's last link."""
    head: Link | None = None
    removed: dict[str, int] = field(default_factory=dict)
    """Pages taken out, by why."""
    problems: int = 0


@dataclass(frozen=True)
class Request:
    """A page that was removed on request."""

    url: str
    on: str
    why: str


class Verification:
    """One look at everything; it changes nothing, and a run may be at work meanwhile."""

    def __init__(self, history: History, folder: Path) -> None:
        self._history, self._archive = history, Archive(folder)
        self.outcome = Verified()

    def play(self, progress: Progress) -> Iterator[Problem]:
        """Yield each problem as it is found; `outcome` is whole when this ends."""
        with self._history.reading() as connection:
            for problem in self._look(connection, progress):
                self.outcome.problems += 1
                yield problem
            self.outcome.removed = count_removed(connection)

    def requests(self) -> list[Request]:
        """The pages that are gone because somebody asked for it, the first first."""
        with self._history.reading() as connection:
            rows = connection.execute(select(tombstones).order_by(tombstones.c.id))
            return [Request(row.url, f"{row.at:%Y-%m-%d}", row.why) for row in rows]

    def _look(self, connection: Connection, progress: Progress) -> Iterator[Problem]:
        files = files_with_copies(connection)
        for number, file in enumerate(files, start=1):
            yield from self._look_into(connection, file)
            progress("files", number, len(files))
        yield from self._look_beside(connection, files)
        yield from self._look_at_texts(connection, progress)
        yield from self._look_at_chain(connection)

    # --- files

    def _look_into(self, connection: Connection, file: str) -> Iterator[Problem]:
        lying = [list(same) for _, same in groupby(captures_in(connection, file), key=lambda one: one.record_id)]
        self.outcome.files += 1
        self.outcome.pages += len(lying)
        for same in lying:
            why = self._why_lost(same[0])
            if why is None:
                self.outcome.whole += 1
            else:
                yield from self._lost(connection, same[0], why)
        path = self._archive.find(file)
        if path is not None:
            yield from self._look_between(path, file, [same[0] for same in lying])

    def _why_lost(self, one: Captured) -> str | None:
        """What is wrong with a record; None where all is as it was, or where it was moved or taken out since we began to look."""
        why = self._check(one)
        if why is None:
            return None
        with self._history.reading() as fresh:
            place = place_now(fresh, one.record_id)
        if place is None:
            return None
        moved = Captured(**{**vars(one), "file": place[0], "offset": place[1]})
        return why if moved == one else self._check(moved)

    def _check(self, one: Captured) -> str | None:
        try:
            records = self._archive.read(one.file, one.offset, one.length)
        except FileNotFoundError:
            return MISSING
        except OSError as error:
            return f"unreadable: {error.strerror}"
        if len(records) < one.length:
            return CUT_OFF
        return None if sha256(records).hexdigest() == one.record_sha256 and is_proof(records, one) else ALTERED

    def _lost(self, connection: Connection, one: Captured, why: str) -> Iterator[Problem]:
        """A line for each figure that stands on the page."""
        hung = select(claims.c.id, claims.c.span, articles.c.url).join_from(claims, versions).join(articles)
        for row in connection.execute(hung.where(claims_of_record(one.record_id)).order_by(claims.c.id)).all():
            yield Problem(why, one.file, one.offset, row.id, row.span, row.url)

    def _look_between(self, path: Path, file: str, lying: Sequence[Captured]) -> Iterator[Problem]:
        """What a file holds beside the records that rows refer to: its own head, and those of a killed run."""
        with path.open("rb") as source:
            at, heads = 0, 0
            for start, end in [*((one.offset, one.offset + one.length) for one in lying), (path.stat().st_size, 0)]:
                if at < start:
                    kinds, whole = _read_between(source, at, start)
                    heads += kinds.count("warcinfo")
                    self.outcome.unknown += kinds.count("response")
                    if not whole and not (path.name.endswith(OPEN) and not end):  # a run is at it, or was killed there
                        yield Problem(f"{start - at} bytes are no whole records; no figure hangs on them", file, at)
                at = max(at, end)
        if heads != 1 and not path.name.endswith(OPEN):
            yield Problem(f"it has {heads} heads where one says what the file is; no figure hangs on it", file)

    def _look_beside(self, connection: Connection, files: Sequence[str]) -> Iterator[Problem]:
        outdated = set(outdated_files(connection))
        for file in self._archive.files():
            if file in outdated:
                yield Problem("what was to be taken out of the archive is still in it: tallywatch upkeep deletes it", file)
            elif file not in files and not self._archive.folder.joinpath(f"{file}{OPEN}").exists():
                self.outcome.unknown += 1

    # --- texts

    def _look_at_texts(self, connection: Connection, progress: Progress) -> Iterator[Problem]:
        """Each figure stands where its row says, and the text is the one that was stored."""
        gone = set(connection.execute(select(versions.c.id).join(tombstones, tombstones.c.article_id == versions.c.article_id)).scalars())
        has_figures = versions.c.id.in_(select(claims.c.version_id))
        ids = list(connection.execute(select(versions.c.id).where(has_figures).order_by(versions.c.id)).scalars())
        wanted = select(versions.c.id, versions.c.title, versions.c.text, versions.c.sha256, articles.c.url).join(articles)
        for part in in_parts(ids, TEXTS_AT_A_TIME):
            found = connection.execute(wanted.where(versions.c.id.in_(part)).order_by(versions.c.id)).all()
            stand = connection.execute(select(claims).where(claims.c.version_id.in_(part)).order_by(claims.c.version_id, claims.c.id)).all()
            by_version = {number: list(rows) for number, rows in groupby(stand, key=lambda row: row.version_id)}
            for version in found:
                self.outcome.texts += 1
                yield from self._look_at_text(version, by_version.get(version.id, []), version.id in gone)
            progress("texts", self.outcome.texts, len(ids))

    def _look_at_text(self, version: Any, figures: Sequence[Any], gone: bool) -> Iterator[Problem]:
        same = gone or sha256(f"{version.title}\n{version.text}".encode()).hexdigest() == version.sha256
        for row in figures:
            self.outcome.figures += 1
            if not same or not _stands(row, version):
                yield Problem("its text in the database is altered", claim=row.id, figure=row.span, url=version.url)

    # --- the chain

    def _look_at_chain(self, connection: Connection) -> Iterator[Problem]:
        chain, before = read_links(connection), None
        for link in chain:
            count, digest = hash_captures(connection, before, link.last_capture)
            if (count, digest) != (link.captures, link.sha256):
                missing = f", and {link.captures - count} are missing" if count < link.captures else ""
                yield Problem(f"the chain breaks at the link of {link.day}: of the pages it covers rows are altered{missing}")
            before = link
        self.outcome.links, self.outcome.head, self.outcome.unlinked = len(chain), before, unlinked(connection, chain)
        orphan = select(captures.c.record_id).where(captures.c.record_id.not_in(select(copies.c.record_id))).limit(1)
        if connection.execute(orphan).first():
            yield Problem("pages are known of which no row says where they lie")


def _stands(row: Any, version: Any) -> bool:
    text: str = version.title if row.in_title else version.text
    return text[row.start : row.end] == str(row.span)


def is_proof(records: bytes, one: Captured) -> bool:
    """Whether some bytes are the record of a capture with its request, whole, by warcio's reckoning and by ours."""
    found = read_records(records)
    if found is None or [record.kind for record in found] != ["response", "request"]:
        return False
    answer, asked = found
    named = (answer.head.get("warc-record-id"), answer.head.get("warc-target-uri"), asked.head.get("warc-concurrent-to"))
    return named == (urn(one.record_id), one.url, urn(one.record_id)) and sha256(answer.payload).hexdigest() == one.sha256


def read_records(content: bytes) -> list[Record] | None:
    """The records in some bytes. None where their digests do not hold, or they are no records."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    found = []
    try:
        with redirect_stderr(StringIO()):  # warcio says there what we say ourselves
            for record in ArchiveIterator(BytesIO(content), check_digests=True):
                record.raw_stream.read()
                if record.digest_checker.passed is not True:
                    return None
            for record in ArchiveIterator(BytesIO(content), no_record_parse=True):  # once more, for heads as they stand there
                head, ends, payload = record.raw_stream.read().partition(b"\r\n\r\n")
                found.append(Record(record.rec_type, _lower(record.rec_headers.headers), _lower(_http(head)), head + ends, payload))
    except (ArchiveLoadFailed, ValueError, EOFError, OSError, AttributeError, IndexError):  # its own, and those of what it stands on
        return None
    return found


def _http(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        yield name, value.strip()


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _read_between(source: IO[bytes], start: int, end: int) -> tuple[list[str], bool]:
    """The kinds of the records between two places of a file, and whether these are all that is there."""
    source.seek(start)
    members = []
    for offset, length in find_members(source):
        if offset + length > end:
            break
        members.append((offset, length))
        if offset + length == end:
            break
    kinds, whole = [], sum(length for _, length in members) == end - start
    for offset, length in members:
        source.seek(offset)
        found = read_records(source.read(length))
        whole = whole and found is not None
        kinds += [record.kind for record in found or ()]
    return kinds, whole
