"""One outlet after another against a newsroom where everything goes wrong that does go wrong."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitors.newsroom.server import Newsroom
from tests.crawling import Crawled, Notebook, crawl_apart

LONG = "The city council said on Monday that the bridge over the river will be closed until the end of the summer. " * 4
QUIET = {"DOWNLOAD_TIMEOUT": 2, "DOWNLOAD_MAXSIZE": 1_000_000}


def page(title: str, text: str = LONG, charset: str = "utf-8") -> str:
    paragraphs = "".join(f"<p>{text}</p>" for _ in range(3))
    return (
        f"<!doctype html><html lang=en><head><meta charset={charset}><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def rss(root: str, *items: tuple[str, str], more: str = "") -> str:
    item = "<item><title>{1}</title><link>{0}</link><description>Short of {1}</description>{2}</item>"
    rows = "".join(item.format(root + path, title, more) for path, title in items)
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>N</title>{rows}</channel></rss>'


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        build(newsroom)
        yield newsroom


def build(newsroom: Newsroom) -> None:
    """Everything is said once here; the tests below name the paths."""
    put, root = newsroom.put, newsroom.url
    whole = f"<content:encoded><![CDATA[<p>{LONG}</p>]]></content:encoded>"
    put("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")

    put("/good.xml", rss(root, ("/a", "A"), ("/b", "B"), ("/c", "C")))
    put("/a", page("Article A"))
    put("/b", page("Article B"), etag=False, last_modified=datetime(2026, 2, 4, 10, tzinfo=UTC))
    put("/c", page("Article C"), etag=False)

    put("/d", page("Article D"))

    put("/moved.xml", "", status=301, headers={"Location": "/here.xml"})
    put("/here.xml", rss(root, ("/moved", "Moved")))
    put("/moved", "", status=302, headers={"Location": "/moved-on"})
    put("/moved-on", page("Moved on"))

    kids = "".join(f"<sitemap><loc>{root}/child{n}.xml</loc></sitemap>" for n in range(9))
    put("/index.xml", f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{kids}</sitemapindex>')
    for n in range(9):
        loc = f"<url><loc>{root}/child/{n}</loc></url>"
        put(f"/child{n}.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{loc}</urlset>')
        put(f"/child/{n}", page(f"Child {n}"))

    put("/headline.xml", rss(root, ("/paid", "Only this")))

    put("/pages.xml", rss(root, *((path, path) for path in PAGE_CAUSES), ("/lying", "Lying"), ("/last", "Last")))
    put("/pdf", b"%PDF-1.7\n%\xe2\xe3", content_type="application/pdf")
    put("/withheld", "", status=403)
    put("/broken", "", status=500)
    put("/front", "", status=302, headers={"Location": "/"})
    put("/", page("Front page"))
    put("/circle", "", status=302, headers={"Location": "/circle"})
    put("/file", "", status=302, headers={"Location": "file:///etc/passwd"})
    put("/void", b"")
    put("/lying", page("Жодних змін", "Міст закрито до кінця літа. " * 20, "utf-8").encode("windows-1251"))
    put("/last", page("Last"))

    put("/stand-in.xml", rss(root, ("/gone", "Gone"), more=whole))
    put("/robots.xml", rss(root, ("/private/x", "Private")))
    put("/half-wanted.xml", rss(root, ("/d", "wanted"), ("/e", "sports")))

    put("/html.xml", page("Please confirm that you are a human"))
    put("/empty.xml", b"", content_type="text/xml")
    put("/cut.xml", rss(root, ("/a", "A"))[:90], headers={"Content-Length": "5000", "Connection": "close"})
    put("/huge.xml", rss(root), headers={"Content-Length": "50000000"})
    put("/endless.xml", endless, content_type="text/xml")
    put("/bomb.xml", gzip.compress(b"<rss>" + b" " * 50_000_000), headers={"Content-Encoding": "gzip"})
    put("/damaged.xml", "not gzip at all", headers={"Content-Encoding": "gzip"})
    put("/slow.xml", "late", delay=8)
    put("/silent.xml", "", status=0)
    put("/astray.xml", "", status=302, headers={"Location": "http://[/"})
    put("/busy.xml", "", status=429)


def endless() -> Iterator[bytes]:
    while True:
        yield b"<!-- more -->" * 1000


PAGE_CAUSES = {
    "/pdf": "not an article: it is a PDF",
    "/withheld": "the server refuses us (HTTP 403)",
    "/absent": "there is no such page (HTTP 404)",
    "/broken": "the server failed (HTTP 500)",
    "/front": "not an article: it redirects to the front page",
    "/circle": "redirects in a circle, or too often",
    "/file": "redirects to file:///etc/passwd, where we do not go (HTTP 302)",
    "/void": "not an article: it is empty",
}
FEED_CAUSES = {
    "html": ("not a feed", "HTML page"),
    "empty": ("not a feed", "it is empty"),
    "cut": ("connection", "broke off in the middle"),
    "huge": ("too large", "larger than"),
    "endless": ("too large", "has no end"),
    "bomb": ("too large", "unpacks to more"),
    "damaged": ("damaged", "compressed body is damaged"),
    "slow": ("timeout", "no whole answer came in time"),
    "silent": ("connection", "hung up without a whole answer"),
    "astray": ("redirect", "redirects to what is no URL"),
    "busy": ("4xx", "less often (HTTP 429)"),
    "absent": ("4xx", "no such page (HTTP 404)"),
}
OTHERS = ("good", "moved", "headline", "pages", "stand-in", "robots", "half-wanted")


@pytest.fixture(scope="module")
def first(newsroom: Newsroom) -> Crawled:
    url = newsroom.url
    outlets = [{"name": name.replace("-", "_"), "feeds": [f"{url}/{name}.xml"]} for name in (*OTHERS, *FEED_CAUSES)]
    by_name = {outlet["name"]: outlet for outlet in outlets}
    by_name["headline"]["use"] = "headline"
    by_name["half_wanted"]["fetch"] = "relevant"
    outlets += [
        {"name": "mapped", "sitemaps": [f"{url}/index.xml"]},
        {"name": "refused", "feeds": ["http://127.0.0.1:1/rss.xml"]},
        {"name": "nowhere", "feeds": ["http://nowhere.invalid/rss.xml", "http://nowhere.invalid/second.xml"]},
        {"name": "cursed", "feeds": [f"{url}/here.xml"]},
        {"name": "cursed_early", "feeds": [f"{url}/early.xml"]},
        {"name": "public", "feeds": [f"{url}/good.xml"], "allow_private": False},
    ]
    memory = Notebook(unwanted=["sports"], cursed={f"{url}/here.xml": "found", f"{url}/early.xml": "validators"})
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the connection and never says a word
        outlets.append({"name": "mute", "feeds": [f"http://127.0.0.1:{mute.getsockname()[1]}/{n}.xml" for n in range(9)]})
        return crawl_apart(outlets, memory, newsroom=newsroom, setup=CRASHING, settings=QUIET)


CRASHING = """
from crawler.outlets import make_outlet

class Crashing(make_outlet(name="crashing", feeds=["http://127.0.0.1:1/"])):
    def __init__(self, **kwargs):
        raise RuntimeError("no such luck")

spiders.insert(0, Crashing)
"""


@pytest.fixture(scope="module")
def second(newsroom: Newsroom, first: Crawled) -> Crawled:
    """The same outlets half an hour later; page B has been edited meanwhile."""
    newsroom.put("/b", page("Article B, corrected"), etag=False, last_modified=datetime(2026, 2, 4, 11, tzinfo=UTC))
    newsroom.put("/gone", page("Gone"), status=503)
    url = newsroom.url
    outlets = [{"name": name.replace("-", "_"), "feeds": [f"{url}/{name}.xml"]} for name in ("good", "moved", "stand-in")]
    return crawl_apart([*outlets, {"name": "mapped", "sitemaps": [f"{url}/index.xml"]}], first.memory, newsroom=newsroom)


def test_a_feed_and_its_pages_are_read_and_recorded(newsroom: Newsroom, first: Crawled) -> None:
    health = first.health["good"]
    assert (health["status"], health["fetched"], health["articles"], health["entries"], health["error"]) == ("ok", 4, 3, 3, None)
    article = first.article(f"{newsroom.url}/a")
    assert (article["outlet"], article["title"], article["language"]) == ("good", "Article A", "en")
    assert "the bridge over the river" in article["text"]


def test_a_feed_that_moved_is_read_and_remembered_under_the_address_that_was_asked(newsroom: Newsroom, first: Crawled) -> None:
    assert first.health["moved"]["status"] == "ok"
    assert f"{newsroom.url}/moved.xml" in first.memory.known
    assert first.article(f"{newsroom.url}/moved")["url"] == f"{newsroom.url}/moved-on"


def test_an_index_of_sitemaps_is_followed_a_little_way(newsroom: Newsroom, first: Crawled) -> None:
    health = first.health["mapped"]
    assert (health["status"], health["articles"], health["fetched"]) == ("ok", 5, 11)


@pytest.mark.parametrize("path", PAGE_CAUSES)
def test_a_page_that_cannot_be_had_or_read_is_named_with_its_cause(newsroom: Newsroom, first: Crawled, path: str) -> None:
    assert first.memory.failures[newsroom.url + path] == PAGE_CAUSES[path]


def test_bad_pages_stop_no_good_ones(newsroom: Newsroom, first: Crawled) -> None:
    health = first.health["pages"]
    assert first.article(f"{newsroom.url}/last")["title"] == "Last"
    assert health["status"] == "partial"
    assert health["failures"] == {"4xx": 2, "5xx": 1, "not an article": 3, "redirect": 2}
    assert health["error"].startswith(f"{newsroom.url}/")


def test_a_charset_that_lies_does_not_spoil_the_text(newsroom: Newsroom, first: Crawled) -> None:
    article = first.article(f"{newsroom.url}/lying")
    assert article["title"] == "Жодних змін"
    assert "Міст закрито" in article["text"]


@pytest.mark.parametrize("name", FEED_CAUSES)
def test_a_feed_that_cannot_be_had_or_read_is_named_with_its_cause(newsroom: Newsroom, first: Crawled, name: str) -> None:
    kind, words = FEED_CAUSES[name]
    health, url = first.health[name], f"{newsroom.url}/{name}.xml"
    assert (health["status"], health["failures"]) == ("failed", {kind: 1})
    assert health["error"] == f"{url}: {first.memory.failures[url]}"
    assert words in first.memory.failures[url]
    assert url not in first.memory.known


def test_a_host_that_is_not_there_is_named_and_holds_nothing_up(first: Crawled) -> None:
    assert first.health["refused"]["error"] == "http://127.0.0.1:1/rss.xml: the server refuses connections"
    assert first.health["nowhere"]["failures"] == {"DNS": 2}
    assert "the host cannot be found" in first.health["nowhere"]["error"]
    assert first.health["mute"]["failures"] == {"timeout": 9}
    assert first.health["mute"]["seconds"] < 3.5, "one time-out of two seconds, not nine nor two"
    assert first.seconds < 8


def test_a_dead_host_costs_one_try_and_busy_ones_are_not_asked_again(newsroom: Newsroom, first: Crawled) -> None:
    paths = [request.path for request in first.requests]
    assert [paths.count(path) for path in ("/busy.xml", "/slow.xml", "/broken")] == [1, 1, 2]


def test_an_outlet_that_crashes_stops_no_other(first: Crawled) -> None:
    assert first.health["crashing"]["status"] == "failed"
    assert first.health["crashing"]["error"] == "RuntimeError: no such luck"
    assert set(first.told) == set(first.health) - {"crashing"}


def test_an_error_of_ours_is_no_silence(newsroom: Newsroom, first: Crawled) -> None:
    health = first.health["cursed"]
    assert (health["status"], health["failures"]) == ("failed", {"error of ours": 1})
    assert health["error"] == f"{newsroom.url}/here.xml: OSError: the disk is full (an error of ours, please report it)"
    assert first.health["cursed_early"]["error"] == "at the start: OSError: the disk is full (an error of ours, please report it)"


def test_loopback_is_refused_unless_the_outlet_allows_it(first: Crawled) -> None:
    assert first.health["public"]["failures"] == {"private address": 1}
    assert "127.0.0.1 is a private address; allow_private = true would allow it" in first.health["public"]["error"]


def test_a_headline_outlet_s_pages_are_never_asked_for(newsroom: Newsroom, first: Crawled) -> None:
    article = first.article(f"{newsroom.url}/paid")
    assert (article["title"], article["text"], article["core"]) == ("Only this", "Short of Only this", "Short of Only this")
    assert "/paid" not in [request.path for request in first.requests]
    assert first.health["headline"]["status"] == "ok"


def test_a_feed_that_carries_the_whole_body_stands_in_for_a_page_that_cannot_be_had(newsroom: Newsroom, first: Crawled) -> None:
    assert "the bridge over the river" in first.article(f"{newsroom.url}/gone")["text"]
    assert f"{newsroom.url}/gone" not in first.memory.failures


def test_robots_txt_leaves_what_the_feed_says(newsroom: Newsroom, first: Crawled) -> None:
    assert first.article(f"{newsroom.url}/private/x")["text"] == "Short of Private"
    assert "/private/x" not in [request.path for request in first.requests]
    assert (first.health["robots"]["status"], first.health["robots"]["failures"]) == ("ok", {"robots": 1})


def test_pages_no_monitor_wants_are_counted_and_left_alone(first: Crawled) -> None:
    health = first.health["half_wanted"]
    assert (health["entries"], health["skipped"], health["articles"]) == (2, 1, 1)


def test_every_request_says_who_asks(first: Crawled) -> None:
    assert all(request.headers["User-Agent"].startswith("Tallywatch/") for request in first.requests)


def test_the_second_time_only_what_changed_is_read(newsroom: Newsroom, first: Crawled, second: Crawled) -> None:
    health = second.health["good"]
    assert (health["status"], health["not_modified"], health["articles"]) == ("ok", 3, 1)
    asked = {request.path: request.status for request in second.requests}
    assert (asked["/good.xml"], asked["/a"], asked["/b"], asked["/c"]) == (304, 304, 200, 200)
    assert second.article(f"{newsroom.url}/b")["title"] == "Article B, corrected"
    assert f"{newsroom.url}/c" in second.memory.same, "the same body again, from a server without validators"


def test_nothing_new_is_unchanged(second: Crawled) -> None:
    health = second.health["moved"]
    assert (health["status"], health["fetched"], health["not_modified"], health["articles"]) == ("unchanged", 0, 2, 0)


def test_an_unchanged_index_is_read_for_its_children_s_sake(second: Crawled) -> None:
    asked = {request.path: request.status for request in second.requests}
    assert (asked["/index.xml"], asked["/child0.xml"], asked["/child/0"]) == (200, 304, 304)
