"""Pages with figures are kept as they were received, before the rows that refer to them, in files that others can read."""

from __future__ import annotations

import errno
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import func, select
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from monitors.history import archive, captures, tables
from monitors.history.captures import captures_of
from monitors.newsroom.server import Newsroom
from tests.archives import ArchiveDesk, page
from tests.crawling import crawl_apart
from tests.forks import run_apart
from tests.jobs import BASE, Job, Outlet, known_history, outlet_table


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ArchiveDesk]:
    desk = ArchiveDesk(tmp_path)
    with desk.history:
        yield desk


def records(path: Path) -> list[Any]:
    """Each record as warcio reads it: kind, address, body."""
    with path.open("rb") as file:
        found = ArchiveIterator(file, check_digests=True)
        heads = "WARC-Target-URI"
        return [(one.rec_type, one.rec_headers.get_header(heads), one.raw_stream.read(), one.digest_checker.passed) for one in found]


def count(desk: ArchiveDesk, name: str) -> int:
    with desk.history.reading() as connection:
        return connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar_one()


# --- what is kept


def test_another_programs_reader_finds_each_page_as_it_was_received(desk: ArchiveDesk) -> None:
    packed = gzip.compress(b"<p>packed</p>")
    desk.run(page(55_000, "a"), page(56_000, "b", body=packed, headers="Content-Encoding: gzip\r\nX-Caf\u00e9: caf\u00e9\r\n"))
    (file,) = desk.files()
    assert file.name.endswith(".warc.gz")
    kinds = [(kind, address, whole) for kind, address, _, whole in records(file)]
    a, b = "https://www.reuters.com/news/a", "https://www.reuters.com/news/b"
    assert kinds == [("warcinfo", None, True), *((kind, url, True) for url in (a, b) for kind in ("response", "request"))]
    assert records(file)[3][2] == packed
    with pytest.raises(SystemExit) as ended:
        warcio(["check", str(file)])
    assert not ended.value.code


def test_the_rows_say_where_a_page_lies(desk: ArchiveDesk) -> None:
    desk.run(page())
    with desk.history.reading() as connection:
        found = captures_of(connection, [1])[1]
        assert captures_of(connection, [2]) == {}
    lying = desk.archive.read(found.file, found.offset, found.length)
    assert sha256(lying).hexdigest() == found.record_sha256
    answer = next(iter(ArchiveIterator(BytesIO(lying))))
    assert answer.rec_headers.get_header("WARC-Record-ID") == f"<urn:uuid:{found.record_id}>"
    assert sha256(answer.raw_stream.read()).hexdigest() == found.sha256


def test_a_page_without_figures_and_a_text_that_is_stored_already_are_not_kept(desk: ArchiveDesk) -> None:
    desk.run(page(text="The river stood as high as ever."))
    assert desk.files() == []
    for _ in range(2):
        desk.run(page(text="Kyiv said 9,000 people were wounded."))
    assert (count(desk, "captures"), len(desk.files())) == (1, 1)


def test_what_a_feed_said_of_two_pages_is_kept_once(desk: ArchiveDesk) -> None:
    desk.run(page(55_000, "a", feed=True, body=b"<rss/>"), page(9_000, "b", feed=True, body=b"<rss/>"))
    assert (count(desk, "captures"), count(desk, "copies")) == (2, 1)
    assert [kind for kind, *_ in records(desk.files()[0])] == ["warcinfo", "response", "request"]


def test_a_file_that_is_full_is_followed_by_another(desk: ArchiveDesk) -> None:
    desk.run(*(page(55_000 + n, f"p{n}") for n in range(4)), largest=3_000)
    names = [path.name.partition("-")[2].removesuffix(".warc.gz")[-2:] for path in desk.files()]
    assert len(names) > 1
    assert "-2" in names
    assert desk.verify() == []


def test_a_page_that_is_far_too_large_is_recorded_without_its_copy(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_PAGE", 100)
    desk.run(page(body=b"x" * 101))
    assert (count(desk, "claims"), count(desk, "captures")) == (1, 0)
    assert desk.unarchived.total() == 1


# --- faults


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[None]:
    """So many more writes of the archive go through; the next one writes half of what it was given, and the one after it fails."""
    real, left = archive._write_through, [after]

    def write(file: Any, content: bytes) -> None:
        if left[0] > 0:
            left[0] -= 1
            return real(file, content)
        real(file, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive, "_write_through", write)
        yield


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_full_disk_costs_an_article_its_copy_and_nothing_else(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    with full_disk(monkeypatch, writes):
        desk.run(page(55_000, "a"), page(9_000, "b"))
    kept = max(0, writes - 1)
    assert (count(desk, "articles"), count(desk, "captures")) == (2, kept)
    ((why, lost),) = desk.unarchived.items()
    assert lost == 2 - kept
    assert "No space left on device" in why
    assert desk.verify() == []
    desk.run(page(57_000, "c"))
    assert (count(desk, "captures"), desk.verify()) == (kept + 1, [])


def test_a_half_written_record_is_no_stumbling_block_for_the_next_one(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = archive.Writer(desk.archive.folder, "0123456789", desk.now)
    writer.write(page(55_000, "a")["capture"])
    with full_disk(monkeypatch, 0), pytest.raises(archive.NotArchived):
        writer.write(page(55_001, "b")["capture"])
    writer.write(page(55_002, "c")["capture"])
    writer.close()
    urls = [url for kind, url, _, whole in records(desk.files()[0]) if kind == "response" and whole]
    assert urls == ["https://www.reuters.com/news/a", "https://www.reuters.com/news/c"]


def test_a_record_whose_transaction_failed_is_one_that_nobody_refers_to(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(captures, "store_capture", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.run(page(55_000, "a"))
    assert (count(desk, "articles"), count(desk, "copies")) == (0, 0)
    desk.run(page(55_000, "a"))
    assert desk.verify() == []


def test_what_a_killed_run_left_open_is_read_and_then_finished_without_its_torn_end(desk: ArchiveDesk) -> None:
    desk.run(page(55_000, "a"), page(9_000, "b"), closed=False)
    (left,) = desk.files()
    assert left.name.endswith(".open")
    whole = left.stat().st_size
    with left.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\n")[:-5])
    assert desk.verify() == []
    with desk.history.reading() as connection:
        run = connection.execute(select(tables.runs)).one()
    desk.archive.take_over(run.id, run.started_at)
    (finished,) = desk.files()
    assert (finished.name, finished.stat().st_size) == (left.name.removesuffix(".open"), whole)
    assert (desk.verify(), desk.seen.whole) == ([], 2)


def test_a_run_that_is_killed_between_archive_and_commit_leaves_a_record_nobody_refers_to(tmp_path: Path) -> None:
    assert run_apart("tests.test_evidence:be_killed", cwd=tmp_path).returncode == -signal.SIGKILL
    desk = ArchiveDesk(tmp_path)
    with desk.history:
        (left,) = desk.files()
        assert (left.name.endswith(".open"), count(desk, "claims"), desk.verify()) == (True, 0, [])
        desk.run(page(55_000, "a"))
        assert (desk.verify(), desk.seen.whole, desk.seen.unknown) == ([], 1, 1)
        assert not any(path.name.endswith(".open") for path in desk.files())


def be_killed() -> None:
    """A run that dies when its page is on the disk, and no row refers to it yet."""
    real = archive.Writer.write

    def write(*given: Any) -> Any:
        real(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    archive.Writer.write = write  # type: ignore[method-assign]
    ArchiveDesk(Path.cwd()).run(page(55_000, "a"))


# --- one figure's proof, in a folder


def test_the_proof_of_a_figure_is_written_and_can_be_checked_with_tools_of_others(desk: ArchiveDesk) -> None:
    body = gzip.compress(b"<p>55,000 <script>alert(1)</script></p>")
    desk.run(page(body=body, headers="Content-Encoding: gzip\r\n", title='<b>Toll</b> & "more"'))
    out = desk.folder / "proof"
    done = desk.call("evidence", "1", "--out", str(out))
    assert (done.exit_code, "55,000, https://www.reuters.com/news/toll" in done.output) == (0, True)
    checked = subprocess.run(["sha256sum", "-c", "sha256.txt"], cwd=out, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 8)
    assert (out / "payload.bin").read_bytes() == body
    assert (out / "page.html").read_bytes() == gzip.decompress(body)
    assert "Content-Encoding: gzip\r\n" in (out / "headers.txt").read_bytes().decode()
    told = json.loads((out / "claim.json").read_text(encoding="utf-8"))
    assert told["page"]["text"][told["start"] : told["end"]] == told["span"] == "55,000"
    assert told["capture"]["payload_sha256"] == sha256(body).hexdigest()
    alone = [(kind, whole) for kind, _, _, whole in records(out / "record.warc.gz")]
    assert alone == [("warcinfo", True), ("response", True), ("request", True)]
    shown = (out / "sentence.html").read_text(encoding="utf-8")
    assert "<mark>55,000</mark>" in shown
    assert "<b>" not in shown
    assert "&lt;b&gt;Toll" in shown
    (command,) = [line.strip() for line in (out / "README.txt").read_text().splitlines() if "extract" in line]
    extract = command.partition(" | ")[0].replace("warcio", f"{sys.executable} -m warcio.cli")
    assert subprocess.run(extract.split(), cwd=out, capture_output=True).stdout == gzip.decompress(body)


def test_the_proof_of_an_alert_is_that_of_every_page_that_carries_it(desk: ArchiveDesk) -> None:
    desk.tells(page(46_000, "a"), backfill=True)
    (told,) = desk.tells(page(55_000, "b"), page(55_000, "c", outlet="apnews.com"))
    out = desk.folder / "proof"
    assert desk.call("evidence", told.id[:6], "--out", str(out)).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["claim-2", "claim-3"]
    assert told.statement is not None
    assert desk.call("evidence", f"s{told.statement.id}", "--out", str(desk.folder / "again")).exit_code == 0


def test_the_proof_of_a_misquote_is_that_of_both_numbers(desk: ArchiveDesk) -> None:
    said = "President Volodymyr Zelensky said on Sunday that {} Ukrainian soldiers have been killed since the invasion began."
    desk.tells(page(text=said.format("46,000"), slug="a"))
    (told,) = desk.tells(page(text=said.format("55,000"), slug="b", outlet="apnews.com"))
    assert told.kind == "misquote"
    done = desk.call("evidence", told.id, "--out", str(desk.folder / "proof"))
    assert [line.partition(": ")[2].partition(", https")[0] for line in done.output.splitlines()] == ["46,000", "55,000"]


@pytest.mark.parametrize(
    ("name", "says"), [("4711", "no figure or statement has that number"), ("1", "is not empty"), ("2", "was not archived")]
)
def test_what_cannot_be_proved_or_written_is_said(desk: ArchiveDesk, name: str, says: str) -> None:
    desk.run(page(55_000, "a"), {**page(9_000, "b"), "capture": None})
    out = desk.folder / "proof"
    out.mkdir()
    (out / "mine").touch()
    done = desk.call("evidence", name, "--out", str(out))
    assert says in str(done.exception)
    assert [path.name for path in out.iterdir()] == ["mine"]


# --- what is dropped


def test_copies_behind_no_alert_go_after_their_time_and_the_rest_stays_whole(desk: ArchiveDesk) -> None:
    desk.tells(page(46_000, "a"), page(text="Kyiv said 12,000 people were wounded.", slug="untold"), backfill=True)
    (told,) = desk.tells(page(55_000, "b"), page(slug="old", text="He said that 31,000 Ukrainian soldiers had been killed by 2024."))
    assert told.previous is not None
    before = desk.files()
    for days, left in ((89, 4), (92, 2)):
        desk.now += timedelta(days=days)
        with desk.history.transaction() as connection:
            captures.prune(connection, desk.archive, timedelta(days=90), desk.now)
        with desk.history.reading() as connection:
            captures.sweep(connection, desk.archive)
        assert (desk.verify(), desk.seen.whole) == ([], left)
        desk.now -= timedelta(days=days)
    assert desk.seen.removed == {captures.PRUNED: 2}
    assert not set(before) & set(desk.files())
    with desk.history.reading() as connection:
        assert {number for number, one in captures_of(connection, [1, 2, 3, 4]).items() if not one.removed_at} == {1, 3}
    with pytest.raises(SystemExit) as ended:
        warcio(["check", *map(str, desk.files())])
    assert not ended.value.code


def test_a_tidying_that_is_killed_before_or_after_its_commit_loses_nothing(desk: ArchiveDesk) -> None:
    desk.run(page(55_000, "a"), page(9_000, "b"))
    with desk.history.reading() as connection:
        one = captures_of(connection, [1])[1]
    with suppress(ZeroDivisionError), desk.history.transaction() as connection:
        captures.cut_out(connection, desk.archive, [one.record_id], captures.PRUNED, desk.now)
        raise ZeroDivisionError
    assert (desk.verify(), desk.seen.whole) == ([], 2)
    with desk.history.transaction() as connection:
        captures.cut_out(connection, desk.archive, [one.record_id], captures.PRUNED, desk.now)
    assert [line.partition(": ")[2] for line in desk.verify()] == [
        "what was to be taken out of the archive is still in it: tallywatch upkeep deletes it"
    ]
    assert desk.call("upkeep").exit_code == 0
    assert (desk.verify(), desk.seen.whole, len(desk.files())) == ([], 1, 1)


# --- through the crawl and the job


def test_a_crawl_keeps_the_answer_as_it_was_packed_and_a_feeds_where_its_text_is_all() -> None:
    with Newsroom() as newsroom:
        outlet = Outlet(newsroom, "wire")
        url = outlet.publish("a", "Toll", "At least 12 people were killed, officials said.", "2026-03-02T08:00:00+00:00")
        packed = gzip.compress(b"<html><h1>Toll</h1><article><p>At least 12 people were killed, officials said.</p></article></html>")
        newsroom.put("/wire/a", packed, headers={"Content-Encoding": "gzip", "Server": "press"})
        read = crawl_apart([{"name": "wire", "feeds": [outlet.feed]}], newsroom=newsroom).memory.answers[url]
        fed = crawl_apart([{"name": "wire", "feeds": [outlet.feed], "use": "headline"}], newsroom=newsroom).memory.answers[url]
    assert read["body"].encode("latin-1") == packed
    assert "Content-Encoding: gzip\r\n" in read["response"]
    assert read["request"].startswith("GET /wire/a HTTP/1.1\r\n")
    assert "User-Agent: Tallywatch/" in read["request"]
    assert (read["ip"], read["feed"], fed["feed"], fed["url"]) == ("127.0.0.1", False, True, outlet.feed)
    assert "<rss" in fed["body"]


@pytest.mark.sqlite("a program of its own opens the file")
def test_a_run_archives_what_it_reads_and_says_where_it_could_not(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    copy(known_history(), tmp_path / "tally.db")
    with Newsroom() as newsroom:
        outlet = Outlet(newsroom, "wire")
        outlet.publish("a", "Toll", "At least 12 people were killed, officials said.", "2026-03-02T08:00:00+00:00")
        job = Job(tmp_path, BASE + outlet_table("wire", outlet.feed))
        job.write()
        summary = job.run("2026-03-02T12:00Z")
        assert summary["outlets"]["wire"]["articles"] == 1
        (problem,) = summary["problems"]
        assert problem.startswith("1 pages with figures are stored without their evidence, a copy of the page: ")
        (tmp_path / "evidence").unlink()
        outlet.publish("b", "Toll", "At least 14 people were killed, officials said.", "2026-03-02T13:00:00+00:00")
        summary = job.run("2026-03-02T14:00Z")
    assert summary["problems"] == []
    (file,) = (path for path in (tmp_path / "evidence").rglob("*") if path.is_file())
    assert file.name == f"2026-03-02T140000-{summary['run'][:8]}.warc.gz"
    verified = job.call("verify")
    assert (verified.returncode, "1 of 1 archived pages are whole" in verified.stdout) == (0, True), verified.stdout
