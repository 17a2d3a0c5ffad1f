"""Feeds and hosts that ask to be left alone, feeds that moved or are gone: seen over several crawls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitors.newsroom.server import Newsroom
from tests.crawling import Crawled, Notebook, crawl_apart
from tests.test_outlet import page, rss


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")))
        newsroom.put("/a", page("A"))
        yield newsroom


def crawl(newsroom: Newsroom, memory: Notebook | None = None) -> Crawled:
    return crawl_apart([{"name": "daily", "feeds": [f"{newsroom.url}/rss.xml"]}], memory, newsroom=newsroom)


def paths(crawled: Crawled) -> list[str]:
    return [request.path for request in crawled.requests if request.path[1:] not in ("robots.txt", ".well-known/tdmrep.json")]


def awake(memory: Notebook) -> Notebook:
    """The time of rest is over."""
    memory.standings = {url: {**standing, "resting": None} for url, standing in memory.standings.items()}
    return memory


def test_a_feed_that_is_fresh_is_not_asked_and_counts_as_unchanged(newsroom: Newsroom) -> None:
    newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")), headers={"Cache-Control": "max-age=900"})
    first = crawl(newsroom)
    second = crawl(newsroom, first.memory)
    assert paths(second) == ["/a"], "a page that is due is asked for all the same"
    assert (second.health["daily"]["status"], second.health["daily"]["not_modified"]) == ("unchanged", 2)
    assert paths(crawl(newsroom, awake(second.memory))) == ["/rss.xml", "/a"]


def test_a_page_that_stands_in_a_feeds_place_is_not_left_alone_because_it_calls_itself_fresh(newsroom: Newsroom) -> None:
    first = crawl(newsroom)
    newsroom.put("/rss.xml", page("Please wait"), headers={"Cache-Control": "max-age=900"})
    blind = crawl(newsroom, first.memory)
    again = crawl(newsroom, blind.memory)
    for crawled in (blind, again):
        assert paths(crawled)[0] == "/rss.xml"
        assert crawled.health["daily"]["failures"] == {"not a feed": 1}


def test_a_server_that_says_when_to_come_again_is_not_asked_before(newsroom: Newsroom) -> None:
    newsroom.put("/rss.xml", "", status=429, headers={"Retry-After": "3600"})
    first = crawl(newsroom)
    assert (first.health["daily"]["status"], first.health["daily"]["failures"]) == ("failed", {"4xx": 1})
    second = crawl(newsroom, first.memory)
    assert paths(second) == []
    assert (second.health["daily"]["status"], second.health["daily"]["failures"]) == ("resting", {"resting": 1})
    newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")))
    assert crawl(newsroom, awake(second.memory)).health["daily"]["status"] == "ok"


def test_a_page_s_server_that_says_when_to_come_again_is_asked_for_no_page_before(newsroom: Newsroom) -> None:
    newsroom.put("/a", "", status=503, headers={"Retry-After": "3600"})
    first = crawl(newsroom)
    newsroom.put("/a", page("A"))
    second = crawl(newsroom, first.memory)
    assert paths(second) == ["/rss.xml"]
    assert second.health["daily"]["status"] == "unchanged"
    assert crawl(newsroom, awake(second.memory)).health["daily"]["articles"] == 1


def test_a_feed_that_is_gone_for_good_is_said_to_be_and_not_asked_again_today(newsroom: Newsroom) -> None:
    newsroom.put("/rss.xml", "", status=410)
    first = crawl(newsroom)
    second = crawl(newsroom, first.memory)
    assert paths(second) == []
    for crawled in (first, second):
        assert crawled.health["daily"]["status"] == "failed"
        assert "gone for good (HTTP 410)" in crawled.health["daily"]["error"]


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(newsroom: Newsroom) -> None:
    newsroom.put("/new.xml", rss(newsroom.url, ("/a", "A")))
    newsroom.put("/rss.xml", "", status=301, headers={"Location": "/new.xml"})
    first = crawl(newsroom)
    assert first.health["daily"]["notes"] == [
        f"{newsroom.url}/rss.xml: has moved for good to {newsroom.url}/new.xml, where it is asked from now on"
    ]
    second = crawl(newsroom, first.memory)
    assert [(request.path, request.status) for request in second.requests] == [("/new.xml", 304), ("/a", 304)]
    assert second.health["daily"]["notes"] == [], "told once"


def test_a_new_address_that_leads_nowhere_is_forgotten(newsroom: Newsroom) -> None:
    newsroom.put("/new.xml", rss(newsroom.url, ("/a", "A")))
    newsroom.put("/rss.xml", "", status=308, headers={"Location": "/new.xml"})
    memory = crawl(newsroom).memory
    newsroom.remove("/new.xml")
    newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A")))
    failed = crawl(newsroom, memory)
    assert failed.health["daily"]["status"] == "failed"
    assert crawl(newsroom, failed.memory).health["daily"]["status"] == "unchanged", "the same body as before, wherever it lies"


def test_a_feed_that_moved_for_now_is_asked_where_it_was(newsroom: Newsroom) -> None:
    newsroom.put("/new.xml", rss(newsroom.url, ("/a", "A")))
    newsroom.put("/rss.xml", "", status=302, headers={"Location": "/new.xml"})
    first = crawl(newsroom)
    assert first.health["daily"]["notes"] == []
    assert paths(crawl(newsroom, first.memory))[0] == "/rss.xml"


def test_outlets_that_share_a_host_share_its_pace(newsroom: Newsroom) -> None:
    newsroom.put("/other.xml", rss(newsroom.url))
    slow = {"name": "daily", "feeds": [f"{newsroom.url}/rss.xml"], "delay": 0.6}
    quick = {"name": "weekly", "feeds": [f"{newsroom.url}/other.xml"], "delay": 0}
    crawled = crawl_apart([quick, slow], newsroom=newsroom)
    assert crawled.seconds > 0.6, "robots.txt, two feeds, tdmrep.json, a page"
