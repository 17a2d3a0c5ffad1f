"""One outlet by hand: a saved page played as if it had just been published, and a page kept as a test."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from monitors.cli import tallywatch
from monitors.newsroom.server import Newsroom
from monitors.recording import FOLDER, find_differences, slug_of
from tests.forks import ROOT
from tests.jobs import BASE, Hook, Job, Outlet, known_history, outlet_table, page

URL = "https://wire.example/world/toll"
TITLE = "Zelensky says 56,000 Ukrainian soldiers killed"
TEXT = (
    "President Volodymyr Zelensky said on Wednesday that 56,000 Ukrainian soldiers have been killed since the invasion began.\n"
    "He said he feared that 70,000 would be killed by May."
)
PUBLISHED, AT = "2026-03-04T09:00:00+00:00", "2026-03-04T10:00Z"


@pytest.fixture
def job(newsroom: Newsroom, hook: Hook, tmp_path: Path) -> Job:
    """Somebody whose outlet was never collected, with a channel, a heartbeat, and a page saved by a browser."""
    newsroom.clear()
    wire = Outlet(newsroom, "wire")
    beat = f'heartbeat = "{newsroom.url}/beat"\n'
    made = Job(tmp_path, beat + BASE + hook.channel + outlet_table("wire", wire.feed))
    made.write()
    shutil.copy(known_history(), tmp_path)
    (tmp_path / "page.html").write_text(page(TITLE, TEXT, PUBLISHED), encoding="utf-8")
    return made


def play(job: Job, *arguments: str, file: str = "page.html", at: str = AT) -> str:
    done = job.call("run", "wire", "--from-file", file, "--at", at, *arguments)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.sqlite("the bytes of the file")
def test_a_saved_page_goes_the_whole_way_and_nothing_is_stored_or_leaves_the_machine(job, newsroom, hook):
    shown = play(job, "--url", URL)
    assert f"{URL}  2026-03-04 09:00:00+00:00" in shown
    assert "that «56,000» Ukrainian soldiers have been killed" in shown
    assert "judged change: a later value" in shown
    assert "left aside: a plan, a forecast" in shown
    assert "would tell: Ukrainian soldiers killed: 55,000 → 56,000 (Zelensky, via WIRE)" in shown
    assert "Noticed: 4 Mar 2026 10:00 UTC" in shown
    assert "a dry run stores nothing and sends nothing" in shown
    assert sorted(file.name for file in job.directory.iterdir()) == ["page.html", "tally.db", "tallywatch.toml"]
    assert (job.directory / "tally.db").read_bytes() == known_history().read_bytes()
    assert not newsroom.requests, "neither feed nor page, robots.txt or heartbeat is asked for"
    assert not hook.received


def test_a_shipped_outlets_page_is_played_from_a_packed_file_at_the_address_it_declares(job):
    whole = page(TITLE, TEXT, PUBLISHED).replace("<head>", '<head><link rel="canonical" href="https://www.bbc.com/news/articles/x1">')
    (job.directory / "page.html.gz").write_bytes(gzip.compress(whole.encode()))
    done = job.call("run", "bbc", "--from-file", "page.html.gz", "--at", AT, "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["outlets"]["bbc"]["status"], summary["outlets"]["bbc"]["claims"]) == (0, "ok", 3)
    assert "https://www.bbc.com/news/articles/x1" in job.call("run", "bbc", "--from-file", "page.html.gz", "--at", AT).stdout


def test_a_page_that_declares_no_address_is_taken_for_one_of_the_outlets_host(job, newsroom):
    assert f"{newsroom.url}/page.html  2026-03-04" in play(job)


def test_why_a_page_is_no_news_is_said(job, newsroom):
    assert "published 2026-03-04 09:00 UTC, seen more than 48 hours later: stored, not told; --at 2026-03-04T09:00Z" in play(
        job, at="2026-03-08T10:00Z"
    )
    wire = Outlet(newsroom, "wire")
    url = wire.publish("toll", TITLE, TEXT, PUBLISHED)
    job.run(AT)
    before = hashlib.sha256((job.directory / "tally.db").read_bytes()).hexdigest()
    assert "the history holds this very text of the page already" in play(job, "--url", url)
    (job.directory / "page.html").write_text(page(TITLE, TEXT, PUBLISHED).replace("56,000", "57,000"), encoding="utf-8")
    assert "judged correction: " in play(job, "--url", url, at="2026-03-04T11:00Z"), "an edit of a page that the history holds"
    assert hashlib.sha256((job.directory / "tally.db").read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bbbc",), "no outlet is called 'bbbc'; did you mean bbc?"),
        (("bbc", "dw"), "--from-file plays a page of one outlet: name it, and no other (named: bbc, dw)"),
        ((), "--from-file plays a page of one outlet: name it, and no other (named: none)"),
        (("bbc", "--from-file", "none.html"), "File 'none.html' does not exist"),
        (("bbc", "--from-file", "blank.html"), "blank.html is not an article: it is empty"),
        (("bbc", "--from-file", "scan.html"), "scan.html is not an article: it is a PDF"),
        (("bbc", "--from-file", "torn.html.gz"), "torn.html.gz cannot be read"),
        (("bbc", "--url", "file:///etc/passwd"), "only http and https are fetched, not file:"),
    ],
)
def test_what_cannot_be_played_is_told_with_its_reason(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text(page(TITLE, TEXT, PUBLISHED))
    Path("blank.html").write_text("")
    Path("scan.html").write_bytes(b"%PDF-1.7\n")
    Path("torn.html.gz").write_bytes(gzip.compress(b"<html>" * 1000)[:-9])
    chosen = arguments if "--from-file" in arguments else (*arguments, "--from-file", "page.html")
    done = CliRunner().invoke(tallywatch, ["run", *chosen])
    assert done.exit_code != 0
    assert said in f"{done.output} {done.exception}"
    assert not isinstance(done.exception, AssertionError | AttributeError | KeyError | ValueError), "a person's slip is no crash"


# --- recording


def test_a_recorded_page_is_fetched_as_a_crawl_would_and_reads_as_the_shipped_ones_do(job, newsroom):
    (shipped,) = (ROOT / FOLDER / "harbour").glob("*.json")
    served = gzip.decompress(shipped.with_suffix(".html.gz").read_bytes())
    newsroom.put("/old/toll", "", status=301, headers={"Location": "/world/river-flood-toll.html"})
    newsroom.put("/world/river-flood-toll.html", served)

    done = job.call("record", "wire", f"{newsroom.url}/old/toll", "--out", "kept")

    assert done.returncode == 0, done.stderr
    kept = job.directory / "kept" / "wire" / "world-river-flood-toll.json"
    assert str(kept.relative_to(job.directory)) in done.stdout
    assert "-k world-river-flood-toll" in done.stdout
    assert kept.with_suffix(".html.gz").read_bytes() == gzip.compress(served, mtime=0)
    found = json.loads(kept.read_text(encoding="utf-8"))
    assert found | {"url": "", "outlet": ""} == json.loads(shipped.read_text(encoding="utf-8")) | {"url": "", "outlet": ""}
    assert (found["url"], found["outlet"]) == (f"{newsroom.url}/world/river-flood-toll.html", "wire")
    assert [request.path for request in newsroom.requests] == [
        "/robots.txt", "/.well-known/tdmrep.json", "/old/toll", "/world/river-flood-toll.html",
    ]  # fmt: skip
    assert all(request.headers["User-Agent"].startswith("Tallywatch/") for request in newsroom.requests)


def test_what_robots_txt_forbids_or_is_no_article_is_not_recorded(job, newsroom):
    newsroom.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")
    newsroom.put("/private/a", page(TITLE, TEXT, PUBLISHED))
    newsroom.put("/empty", "")
    try:
        for path, why in (("/private/a", "robots.txt forbids it"), ("/empty", "not an article: it is empty")):
            done = job.call("record", "wire", newsroom.url + path, "--out", "kept")
            assert done.returncode == 1
            assert why in done.stderr
    finally:
        newsroom.remove("/robots.txt")
    assert not (job.directory / "kept").exists()


def record(*arguments: str) -> Result:
    return CliRunner().invoke(tallywatch, ["record", "bbc", *arguments])


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """Somebody deep inside a checkout, with a page saved by a browser."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "crawler" / "spiders").mkdir(parents=True)
    (tmp_path / "page.html").write_text(page(TITLE, TEXT, PUBLISHED), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "crawler" / "spiders")
    return tmp_path


def test_a_saved_page_is_recorded_in_the_checkout_around_and_never_over_another(checkout):
    def written() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (checkout / FOLDER / "bbc").iterdir()}

    assert record(URL, "--from-file", "../../page.html").exit_code == 0
    first = written()
    assert set(first) == {"world-toll.html.gz", "world-toll.json"}
    (checkout / FOLDER / "bbc" / "world-toll.json").write_text("corrected by hand")
    again = record(URL, "--from-file", "../../page.html")
    assert again.exit_code != 0
    assert "world-toll.html.gz is there already; --force replaces it" in str(again.exception)
    assert written()["world-toll.json"] == b"corrected by hand"
    assert record(URL, "--from-file", "../../page.html", "--force").exit_code == 0
    assert written() == first, "the same page is the same file, whenever it is recorded"


def test_outside_a_checkout_a_folder_is_asked_for(checkout):
    (checkout / "pyproject.toml").write_text('[project]\nname = "another"\n')
    done = record(URL, "--from-file", "../../page.html")
    assert "lies in no checkout of Tallywatch" in str(done.exception)
    assert "--out" in str(done.exception)


def test_an_unknown_outlet_and_an_address_that_is_none_are_told(checkout):
    assert "did you mean bbc?" in str(CliRunner().invoke(tallywatch, ["record", "bbcc", URL]).exception)
    assert "only http and https are fetched" in record("ftp://wire.example/a").output


HOSTILE = (
    "https://x/../../etc/passwd", "https://x/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "https://x/a%00b", "https://x/-rf", "https://x/.git/config",
    "https://x/" + "a" * 5000, "https://x/\u202egpj.exe", "https://x/новини", "https://x", "https://x/?../..", "https://x/a\\..\\b", "",
)  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_becomes_a_plain_file_name(url):
    assert_plain(slug_of(url))


@given(st.text(max_size=200))
def test_any_address_becomes_a_plain_file_name(path):
    assert_plain(slug_of(f"https://x/{path}"))


def assert_plain(slug: str) -> None:
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug
    assert not slug.startswith("-")
    assert len(slug) <= 80


def test_addresses_that_differ_in_what_a_file_name_cannot_say_get_different_ones():
    addresses = [f"https://x/news{more}" for more in ("", "?id=1", "?id=2", "/новини", "/вісті", "?ID=1", "/a%20b")]
    assert len({slug_of(address) for address in addresses}) == len(addresses)


def test_a_difference_is_told_by_its_field():
    known = {"title": "A", "text": "one\ntwo", "claims": [{"low": 1, "metric": "killed"}]}
    found = {"title": "A", "text": "one\nthree", "claims": [{"low": 1, "metric": "wounded"}]}
    assert list(find_differences(known, found)) == [
        "text:", "  -two", "  +three", 'claims[0].metric: "killed" is written down, "wounded" is read'
    ]  # fmt: skip
    assert list(find_differences(known, {**known, "claims": []})) == ["claims:", '  -{"low": 1, "metric": "killed"}']
    assert not list(find_differences(known, dict(known)))
