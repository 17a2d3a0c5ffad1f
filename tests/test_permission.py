"""Who may read: robots.txt, reservations of text and data mining, a crawl without a contact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.permission import read_tdmrep, reserves
from monitors.newsroom.server import Newsroom
from tests.crawling import Crawled, Notebook, crawl_apart
from tests.test_outlet import page, rss

ROBOTS = "/robots.txt"
TDMREP = "/.well-known/tdmrep.json"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    """A feed of two pages; a test says who may read them."""
    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", rss(newsroom.url, ("/open/a", "A"), ("/closed/b", "B")))
        newsroom.put("/open/a", page("A"))
        newsroom.put("/closed/b", page("B"))
        yield newsroom


def crawl(newsroom: Newsroom, memory: Notebook | None = None, contact: str | None = "desk@example.org", **table: object) -> Crawled:
    outlet = {"name": "daily", "feeds": [f"{newsroom.url}/rss.xml"], **table}
    return crawl_apart([outlet], memory, newsroom=newsroom, contact=contact)


def paths(crawled: Crawled) -> list[str]:
    return [request.path for request in crawled.requests]


def stale(memory: Notebook) -> Notebook:
    """A day later."""
    memory.hosts = {host: {**terms, "fresh": False} for host, terms in memory.hosts.items()}
    return memory


def test_a_host_is_asked_for_its_robots_txt_once_a_day(newsroom: Newsroom) -> None:
    newsroom.put(ROBOTS, "User-agent: *\nDisallow: /closed/\n", content_type="text/plain")
    first = crawl(newsroom)
    second = crawl(newsroom, first.memory)
    next_day = crawl(newsroom, stale(second.memory))
    assert [paths(crawled).count(ROBOTS) for crawled in (first, second, next_day)] == [1, 0, 1]
    assert not any("/closed/b" in paths(crawled) for crawled in (first, second, next_day))


@pytest.mark.parametrize("name", ["Tallywatch", "tallywatch", "*"])
def test_rules_for_our_name_or_for_all_hold(newsroom: Newsroom, name: str) -> None:
    newsroom.put(ROBOTS, f"User-agent: {name}\nDisallow: /\n", content_type="text/plain")
    crawled = crawl(newsroom)
    assert paths(crawled) == [ROBOTS]
    assert (crawled.health["daily"]["status"], crawled.health["daily"]["failures"]) == ("refused", {"robots": 1})
    assert crawled.health["daily"]["error"] == f"{newsroom.url}/rss.xml: robots.txt forbids it"


def test_a_robots_txt_that_is_not_there_allows_everything(newsroom: Newsroom) -> None:
    assert crawl(newsroom).health["daily"]["articles"] == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_robots_txt_that_cannot_be_had_allows_nothing_unless_an_older_one_is_known(newsroom: Newsroom, status: int) -> None:
    newsroom.put(ROBOTS, "", status=status)
    blind = crawl(newsroom)
    assert set(paths(blind)) == {ROBOTS}
    assert f"robots.txt cannot be had (HTTP {status})" in blind.health["daily"]["error"]

    newsroom.put(ROBOTS, "User-agent: *\nDisallow: /closed/\n", content_type="text/plain")
    memory = stale(crawl(newsroom).memory)
    newsroom.put(ROBOTS, "", status=status)
    assert crawl(newsroom, memory).health["daily"]["status"] != "failed"


def test_a_robots_txt_that_leads_inside_opens_no_door(newsroom: Newsroom) -> None:
    newsroom.put(ROBOTS, "", status=302, headers={"Location": "http://169.254.169.254/robots.txt"})
    outlet = {"name": "daily", "feeds": [f"{newsroom.url}/rss.xml"], "allow_private": False}
    setup = "from crawler import guard; guard.is_public = lambda address: address == '127.0.0.1'"
    assert crawl_apart([outlet], newsroom=newsroom, setup=setup).health["daily"]["articles"] == 2


def test_a_crawl_delay_slows_every_outlet_of_the_host_down(newsroom: Newsroom) -> None:
    newsroom.put(ROBOTS, "User-agent: *\nCrawl-delay: 0.7\n", content_type="text/plain")
    other = {"name": "weekly", "feeds": [f"{newsroom.url}/other.xml"]}
    newsroom.put("/other.xml", rss(newsroom.url))
    crawled = crawl_apart([{"name": "daily", "feeds": [f"{newsroom.url}/rss.xml"]}, other], newsroom=newsroom)
    assert len(crawled.requests) == 6
    assert crawled.seconds > 4 * 0.7 * 0.5  # Scrapy varies a delay by half


def test_what_tdmrep_json_reserves_is_taken_from_the_feed_only(newsroom: Newsroom) -> None:
    newsroom.put(TDMREP, '[{"location": "/closed/*", "tdm-reservation": 1}]', content_type="application/json")
    first = crawl(newsroom)
    assert "/closed/b" not in paths(first)
    assert first.article(f"{newsroom.url}/closed/b")["text"] == "Short of B"
    assert "bridge over the river" in first.article(f"{newsroom.url}/open/a")["text"]
    assert (first.health["daily"]["status"], first.health["daily"]["failures"]) == ("ok", {"tdm": 1})
    assert TDMREP not in paths(crawl(newsroom, first.memory))


@pytest.mark.parametrize("way", ["header", "meta"])
def test_a_page_that_reserves_itself_is_not_read_and_speaks_for_its_host(newsroom: Newsroom, way: str) -> None:
    meta = page("B").replace("<head>", '<head><meta name="tdm-reservation" content="1">')
    newsroom.put("/closed/b", meta if way == "meta" else page("B"), headers={"tdm-reservation": "1"} if way == "header" else {})
    newsroom.remove("/open/a")
    first = crawl(newsroom)
    assert first.article(f"{newsroom.url}/closed/b")["text"] == "Short of B"

    newsroom.put("/open/a", page("A"))
    second = crawl(newsroom, first.memory)
    assert "/open/a" not in paths(second), "not before tomorrow"
    assert second.article(f"{newsroom.url}/open/a")["text"] == "Short of A"


def test_without_a_contact_no_page_is_asked_for(newsroom: Newsroom) -> None:
    crawled = crawl(newsroom, contact=None)
    assert paths(crawled) == [ROBOTS, "/rss.xml"]
    assert crawled.article(f"{newsroom.url}/open/a")["text"] == "Short of A"
    assert crawled.health["daily"]["status"] == "ok"


def test_what_was_read_from_a_page_is_not_replaced_by_its_headline_later(newsroom: Newsroom) -> None:
    first = crawl(newsroom)
    second = crawl(newsroom, first.memory, contact=None)
    assert len(second.memory.articles) == len(first.memory.articles) == 2
    assert f"{newsroom.url}/open/a" in second.memory.same


def test_a_server_that_wants_us_less_often_gets_no_more_page_requests_in_this_run(newsroom: Newsroom) -> None:
    items = [(f"/busy/{n}", f"Page {n}") for n in range(30)]
    newsroom.put("/rss.xml", rss(newsroom.url, *items))
    for path, _ in items:
        newsroom.put(path, "", status=429)
    crawled = crawl(newsroom, delay=0.01)
    asked = [path for path in paths(crawled) if path.startswith("/busy/")]
    assert len(asked) < 6
    assert len(crawled.memory.failures) == len(asked), "the others lose none of their tries"
    assert crawled.health["daily"]["failures"]["busy"] == 30 - len(asked)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ('[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://example.org/p"}]', ["Disallow: /"]),
        ('[{"location": "/a/", "tdm-reservation": "1"}, {"location": "/a/b/", "tdm-reservation": 0}]', ["Disallow: /a/", "Allow: /a/b/"]),
        ('[{"location": "/\\nUser-agent: x", "tdm-reservation": 1}, 5, {"location": 7}, {"tdm-reservation": 1}]', []),
        ('{"location": "/", "tdm-reservation": 1}', []),
        ("<html>not found</html>", []),
        ("[" * 100_000, []),
        ("", []),
    ],
)
def test_the_rules_of_a_tdmrep_json_are_those_that_are_well_formed(text: str, rules: list[str]) -> None:
    assert read_tdmrep(text).splitlines() == (["User-agent: *", *rules] if rules else [])


@pytest.mark.parametrize(
    ("header", "body", "reserved"),
    [
        ("1", b"", True),
        ("0", b'<meta name="tdm-reservation" content="1">', False),
        (None, b"<META CONTENT='1' NAME='tdm-reservation'/>", True),
        (None, b"<meta name=tdm-reservation content=1>", True),
        (None, b'<meta name="tdm-reservation" content="0">', False),
        (None, b'<meta name="tdm-policy" content="1"><p>tdm-reservation content="1"</p>', False),
        (None, b"<meta " * 100_000, False),
    ],
)
def test_a_page_reserves_itself_in_its_header_or_in_a_meta_element(header: str | None, body: bytes, reserved: bool) -> None:
    assert reserves(header, body) is reserved
