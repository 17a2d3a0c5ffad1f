"""Answers of servers <-> records in WARC files (ISO 28500), gzip per record; where each lies is for the history to know.

A file is `.open` while a run writes it. Each record is on the disk before `Writer.write` returns, so that what refers to it may be
committed. No file is ever changed in place: to take records out, it is written anew under its next name.
"""

from __future__ import annotations

import os
import re
import zlib
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from crawler.memory import Capture
from monitors.history.backup import flush

LARGEST_FILE = 200_000_000
"""Bytes; then the run goes on in another one."""
LARGEST_PAGE = 5_000_000
"""Bytes of an answer as it was received; a larger one is no news page."""
OPEN = ".open"
ENDING = ".warc.gz"
CHUNK = 16_384
SOFTWARE = "Tallywatch"
ABOUT = "heads as Scrapy keeps them: neither their order nor the case of their names, and chunking is undone; bodies as they were received"


class NotArchived(Exception):
    """An answer was not kept; the message says why."""


@dataclass(frozen=True)
class Place:
    """A response record with its request behind it, as they lie in a file."""

    record_id: str
    """A UUID, without the `urn:uuid:` before it."""
    file: str
    """Below the folder."""
    offset: int
    length: int
    sha256: str
    """Of the body as it was received."""
    record_sha256: str
    """Of the records as they lie there."""


class Writer:
    """The files of one run: opened with its first record."""

    def __init__(self, folder: Path, run: str, started: datetime, largest: int = LARGEST_FILE) -> None:
        self._folder, self._started, self._largest = folder, started, largest
        self._stem = stem_of(run, started)
        self._file: IO[bytes] | None = None
        self._name = ""
        self._number = 0
        self._written: dict[tuple[str, str], Place] = {}

    def write(self, capture: Capture) -> Place:
        """Keep an answer, once, and flush it to the disk. Raises NotArchived, and then the file is as it was before."""
        if len(capture.body) > LARGEST_PAGE:
            raise NotArchived(f"an answer of more than {LARGEST_PAGE / 1e6:g} MB is not kept")
        digest = sha256(capture.body).hexdigest()
        known = self._written.get((capture.url, digest))
        if known is None:
            record_id = str(uuid4())
            records = make_records(capture, record_id)
            try:
                offset = self._append(records)
            except OSError as error:
                raise NotArchived(f"{self._folder}: {error.strerror or error}") from error
            known = Place(record_id, self._name, offset, len(records), digest, sha256(records).hexdigest())
            self._written[capture.url, digest] = known
        return known

    def close(self) -> None:
        """The run has ended: its file gets its name."""
        if self._file is not None:
            self._file.close()
            self._file = None
            settle(self._folder / f"{self._name}{OPEN}")

    def _append(self, records: bytes) -> int:
        if self._file is not None and self._file.tell() + len(records) > self._largest:
            self.close()
        if self._file is None:
            self._open()
        assert self._file is not None
        offset = self._file.tell()
        try:
            _write_through(self._file, records)
        except OSError:
            self._undo(offset)
            raise
        return offset

    def _open(self) -> None:
        self._number += 1
        self._name = f"{self._stem}{f'-{self._number}' if self._number > 1 else ''}{ENDING}"
        path = self._folder / f"{self._name}{OPEN}"
        _make_folder(path.parent)
        self._file = path.open("xb", buffering=0)
        try:
            _write_through(self._file, make_head(path.name.removesuffix(OPEN), self._started))
            flush(path.parent)
        except OSError:
            self._file.close()
            self._file = None
            path.unlink()
            raise

    def _undo(self, offset: int) -> None:
        """Leave no half record behind, for no reader gets past it; where that fails too, the next record goes into another file."""
        assert self._file is not None
        try:
            self._file.truncate(offset)
            self._file.seek(offset)
        except OSError:
            self._file.close()
            self._file = None


# --- records


def make_records(capture: Capture, record_id: str) -> bytes:
    """The response record and its request record, a gzip member each. Raises NotArchived for what cannot stand in a record."""
    date = _date(capture.at)
    answered = {
        "WARC-Type": "response", "WARC-Record-ID": urn(record_id), "WARC-Date": date, "WARC-Target-URI": capture.url,
        **({"WARC-IP-Address": capture.ip} if capture.ip else {}), "Content-Type": "application/http; msgtype=response",
        "WARC-Payload-Digest": _digest(capture.body),
    }  # fmt: skip
    asked = {
        "WARC-Type": "request", "WARC-Record-ID": urn(str(uuid4())), "WARC-Date": date, "WARC-Target-URI": capture.url,
        "WARC-Concurrent-To": urn(record_id), "Content-Type": "application/http; msgtype=request", "WARC-Payload-Digest": _digest(b""),
    }  # fmt: skip
    try:
        return _member(answered, capture.response + capture.body) + _member(asked, capture.request)
    except (ValueError, UnicodeError) as error:
        raise NotArchived(f"an answer that no WARC record can hold: {error}") from error


def make_head(name: str, at: datetime) -> bytes:
    """The record at the beginning of a file that says what it is."""
    head = {
        "WARC-Type": "warcinfo", "WARC-Record-ID": urn(str(uuid4())), "WARC-Filename": name, "WARC-Date": _date(at),
        "Content-Type": "application/warc-fields",
    }  # fmt: skip
    about = {"software": SOFTWARE, "format": "WARC File Format 1.1", "description": ABOUT}
    return _member(head, "".join(f"{name}: {value}\r\n" for name, value in about.items()).encode())


def _member(head: Mapping[str, str], block: bytes) -> bytes:
    """One record by warcio's writer, which would put heads of HTTP into words of its own if it were told that they are some."""
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    if any("\r" in value or "\n" in value for value in head.values()):
        raise ValueError("its address breaks off a line")
    headers = StatusAndHeaders("", [*head.items(), ("WARC-Block-Digest", _digest(block))], protocol="WARC/1.1")
    out = BytesIO()
    record = ArcWarcRecord("warc", head["WARC-Type"], headers, BytesIO(block), None, head["Content-Type"], len(block))
    WARCWriter(out, gzip=True, warc_version="1.1").write_record(record)
    return out.getvalue()


def _date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _digest(content: bytes) -> str:
    return f"sha256:{b32encode(sha256(content).digest()).decode()}"


def urn(record_id: str) -> str:
    return f"<{UUID(record_id).urn}>"


# --- files


def stem_of(run: str, started: datetime) -> str:
    """How the files of a run begin, below the folder."""
    return f"{started.astimezone(UTC):%Y/%m/%Y-%m-%dT%H%M%S}-{run[:8]}"


@dataclass(frozen=True)
class Archive:
    """The folder in which the files lie."""

    folder: Path

    def find(self, file: str) -> Path | None:
        """Where a file lies: under its name, or still open, as a run left it or is at it; None where it is missing."""
        named = self.folder / file
        return next((path for path in (named, named.with_name(f"{named.name}{OPEN}")) if path.exists()), None)

    def read(self, file: str, offset: int, length: int) -> bytes:
        """The bytes of a place, as far as they are there. Raises OSError."""
        path = self.find(file)
        if path is None:
            raise FileNotFoundError(f"{self.folder / file}: there is no such file")
        with path.open("rb") as source:
            source.seek(offset)
            return source.read(length)

    def rewrite(self, file: str, kept: Sequence[tuple[int, int]], now: datetime) -> tuple[str, list[int]]:
        """Write a file anew with some of its places alone, given as (offset, length) in their order; its new name, their new offsets.

        The old file stays: what refers to the new one must be committed before it goes. Damaged places stay as damaged as they are.
        """
        source = self.find(file)
        if source is None:
            raise FileNotFoundError(f"{self.folder / file}: there is no such file")
        name = next_name(file)
        target = self.folder / name
        draft = target.with_name(f".{target.name}.draft")
        offsets = []
        with source.open("rb") as old, draft.open("wb") as new:
            new.write(make_head(target.name, now))
            for offset, length in kept:
                offsets.append(new.tell())
                old.seek(offset)
                new.write(old.read(length))
            new.flush()
            os.fsync(new.fileno())
        draft.replace(target)
        flush(target.parent)
        return name, offsets

    def files(self) -> Iterator[str]:
        """Every file that lies there, by its name, whether a run is still at it or not."""
        for path in sorted(self.folder.glob(f"[0-9]*/[0-9]*/*{ENDING}*")):
            if path.name.endswith((ENDING, f"{ENDING}{OPEN}")) and not path.name.startswith("."):
                yield str(path.relative_to(self.folder)).removesuffix(OPEN)

    def drop(self, file: str) -> bool:
        """Delete a file; whether it was there."""
        path = self.find(file)
        if path is None:
            return False
        path.unlink()
        flush(path.parent)
        return True

    def take_over(self, run: str, started: datetime) -> None:
        """Finish what a killed run left open, without the record it was in the middle of; under the run's lock. Raises OSError."""
        for path in list(self.folder.glob(f"{stem_of(run, started)}*{OPEN}")):
            with path.open("r+b") as file:
                file.truncate(sum(length for _, length in find_members(file)))
                os.fsync(file.fileno())
            settle(path)


def next_name(file: str) -> str:
    """
    >>> next_name("2026/02/a.warc.gz"), next_name("2026/02/a.r1.warc.gz")
    ('2026/02/a.r1.warc.gz', '2026/02/a.r2.warc.gz')
    """
    stem, edition = re.fullmatch(r"(.*?)(?:\.r(\d+))?", file.removesuffix(ENDING)).groups()  # type: ignore[union-attr]
    return f"{stem}.r{int(edition or 0) + 1}{ENDING}"


def find_members(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The whole gzip members from where a file stands on, by offset and length, up to the first that is not whole."""
    start = file.tell()
    unused = b""
    while True:
        member, end = zlib.decompressobj(wbits=31), start
        while not member.eof:
            chunk = unused or file.read(CHUNK)
            if not chunk:
                return
            end += len(chunk)
            try:
                member.decompress(chunk)
            except zlib.error:
                return
            unused = member.unused_data
        end -= len(unused)
        yield start, end - start
        start = end


def settle(path: Path) -> None:
    """Give an open file its name, for good."""
    path.replace(path.with_name(path.name.removesuffix(OPEN)))
    flush(path.parent)


def _make_folder(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        flush(one.parent)


def _write_through(file: IO[bytes], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())
