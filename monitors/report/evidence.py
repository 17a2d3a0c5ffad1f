"""A figure's proof -> a folder that a person can hand on, and check without us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from html import escape
from pathlib import Path

from crawler.capture import unpack
from monitors.failure import Failure
from monitors.history.archive import Archive, make_head
from monitors.history.proofs import Proof
from monitors.history.verifying import Record, is_proof, read_records

ENDINGS = {"html": ".html", "xhtml+xml": ".html", "rss+xml": ".xml", "atom+xml": ".xml", "xml": ".xml", "json": ".json"}
CONTEXT = 600
"""Letters of the text shown on either side of the sentence."""


def write_evidence(proof: Proof, archive: Archive | None, folder: Path) -> None:
    """Write all that proves a figure into a new folder, or an empty one. Raises Failure where that cannot be, or nothing proves it."""
    files = evidence_files(proof, archive)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Failure(f"{folder} is not empty; name another folder with --out, or move it away")
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise Failure(f"{error.filename or folder}: cannot be written: {error.strerror}") from error


def evidence_files(proof: Proof, archive: Archive | None) -> dict[str, bytes]:
    """All that proves a figure, by the names of its files. Raises Failure where nothing does."""
    files = dict(_files(proof, read_proof(proof, archive)))
    files["README.txt"] = _readme(proof, files).encode()
    files["sha256.txt"] = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())).encode()
    return files


def read_proof(proof: Proof, archive: Archive | None) -> bytes:
    """The records of a figure's page, as they lie in the archive, whole. Raises Failure saying why there are none."""
    name, one = f"claim {proof.claim} ({proof.span}, {proof.url})", proof.captured
    if proof.removed:
        raise Failure(f"{name}: its page was removed on request, on {proof.removed[0]:%Y-%m-%d}: {proof.removed[1]}")
    if one is None or archive is None:
        raise Failure(f"{name}: its page was not archived; its sentence and text are in the history")
    if one.removed_at:
        raise Failure(f"{name}: the copy of its page was dropped on {one.removed_at:%Y-%m-%d}: {one.why}; its text is in the history")
    try:
        records = archive.read(one.file, one.offset, one.length)
    except OSError as error:
        raise Failure(f"{name}: {error.strerror or error}: tallywatch verify says what else is lost") from error
    if sha256(records).hexdigest() != one.record_sha256 or not is_proof(records, one):
        raise Failure(f"{name}: the copy of its page is altered ({one.file} at {one.offset}): tallywatch verify says what else is lost")
    return records


def _files(proof: Proof, records: bytes) -> Iterator[tuple[str, bytes]]:
    assert proof.captured is not None
    answer, request = read_records(records) or []
    packing = answer.http.get("content-encoding", "")
    yield "payload.bin", answer.payload
    with suppress(ValueError):  # of what cannot be unpacked its bytes alone are there
        yield f"page{_ending(answer.http)}", unpack(answer.payload, packing)
    yield "headers.txt", answer.http_head
    yield "request.txt", request.http_head
    yield "record.warc.gz", make_head("record.warc.gz", proof.captured.at) + records
    yield "claim.json", (json.dumps(_claim(proof, answer), ensure_ascii=False, indent=2, default=str) + "\n").encode()
    yield "sentence.html", show_sentence(proof).encode()


def _ending(headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return ENDINGS.get(kind.rpartition("/")[2], ".bin") if kind else ".html"


def _claim(proof: Proof, answer: Record) -> dict[str, object]:
    one = proof.captured
    assert one is not None
    place = {"span": proof.span, "start": proof.start, "end": proof.end, "in": "title" if proof.in_title else "text"}
    page = {"outlet": proof.outlet, "url": proof.url, "title": proof.title, "published": proof.published, "language": proof.language,
            "text": proof.text, "text_sha256": proof.text_sha256, "seen_at": proof.seen_at.isoformat()}  # fmt: skip
    copy = {"url": one.url, "feed": one.feed, "fetched_at": answer.head.get("warc-date"), "ip": answer.head.get("warc-ip-address"),
            "payload_sha256": one.sha256, "record_id": one.record_id, "record_sha256": one.record_sha256,
            "file": one.file, "offset": one.offset, "length": one.length}  # fmt: skip
    return {"claim": proof.claim, **proof.figure, **place, "page": page, "capture": copy}


def show_sentence(proof: Proof) -> str:
    """A page that shows the figure in its text, marked: nothing of a stranger's is markup in it, and nothing runs."""
    text = proof.title if proof.in_title else proof.text
    first, last = max(0, proof.start - CONTEXT), min(len(text), proof.end + CONTEXT)
    before, number, after = text[first : proof.start], text[proof.start : proof.end], text[proof.end : last]
    shown = f"{'…' if first else ''}{escape(before)}<mark>{escape(number)}</mark>{escape(after)}{'…' if last < len(text) else ''}"
    return f"""<!doctype html>
<html lang="{escape(proof.language or 'en', quote=True)}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(proof.span)}: {escape(proof.title)}</title>
<style>body {{ font: 18px/1.5 serif; max-width: 42em; margin: 2em auto; padding: 0 1em }} mark {{ background: #ffe08a }}
p {{ white-space: pre-wrap; overflow-wrap: anywhere }}</style></head>
<body><h1>{escape(proof.title)}</h1><p>{shown}</p>
<p>{escape(proof.outlet)}, {escape(proof.published or 'no date')}; seen {proof.seen_at:%Y-%m-%d %H:%M} UTC
{escape(proof.url)}</p></body></html>
"""


def _readme(proof: Proof, files: Mapping[str, bytes]) -> str:
    one = proof.captured
    assert one is not None
    what = "an answer of the outlet's feed, whose own text is all that was read" if one.feed else "the page"
    page = next((name for name in files if name.startswith("page.")), None)
    packed = f"\n{page:16} the same without its packing (Content-Encoding in headers.txt): open it offline, its scripts run" if page else ""
    return f"""What proves that this figure was printed: claim {proof.claim}, "{proof.span}", {proof.url}

payload.bin      {what}, byte for byte as it was received{packed}
headers.txt      what the server said of it: status line and headers, as the crawler keeps them (not their order, nor the case of names)
request.txt      what was asked for
record.warc.gz   both as they lie in the archive, as a WARC file of their own (ISO 28500)
claim.json       what was read in it, and where: text[start:end] is the number; times, hashes, the place in the archive
sentence.html    the sentence with the number marked, in the text as it was read
sha256.txt       the hashes of these files

Check it with tools that are not ours:

  sha256sum -c sha256.txt
  sha256sum payload.bin                 is payload_sha256 in claim.json
  warcio check -v record.warc.gz        the digests in the records hold (pip install warcio)
  warcio extract --payload record.warc.gz {len(files['record.warc.gz']) - one.length} | diff - {page or 'payload.bin'}
"""
