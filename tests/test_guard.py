"""What is never asked for, and how long a dead or silent host may hold a run up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.guard import is_public, refuse_url
from monitors.newsroom.server import Newsroom
from tests.crawling import Crawled, crawl_apart
from tests.test_outlet import page, rss


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:c0a8:101::", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_a_private_address_is_private_in_any_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "2a02:ec80:300:ed1a::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "not file:"),
        ("ftp://example.org/rss.xml", "not ftp:"),
        ("javascript:alert(1)", "not javascript:"),
        ("data:text/xml,<rss/>", "not data:"),
        ("/rss.xml", "not a whole URL"),
        ("", "not a whole URL"),
        ("https:///rss.xml", "names no host"),
        ("https://[::1/rss.xml", "not a URL"),
        ("https://example.org:port/", "not a URL"),
    ],
)
def test_only_whole_web_addresses_are_asked_for(url: str, words: str) -> None:
    assert words in str(refuse_url(url))


def test_plain_web_addresses_may_be_asked_for() -> None:
    assert refuse_url("https://example.org/a?b=c") is None
    assert refuse_url("http://127.0.0.1:8000/") is None, "whether an address is private is known only when it is resolved"


NAMES = """
import socket, time
from crawler import guard

def getaddrinfo(host, *args, real=socket.getaddrinfo, **kwargs):
    if host == "hanging.test":
        time.sleep(60)
    if host == "inside.test":
        host = "10.11.12.13"
    if host == "rebinding.test":  # public when it is judged, private when it is connected to
        looked_up.append(host)
        host = "127.0.0.1" if len(looked_up) == 1 else "127.0.0.2"
    return real("127.0.0.1" if host == "public.test" else host, *args, **kwargs)

looked_up = []
socket.getaddrinfo = getaddrinfo
guard.is_public = lambda address, real=guard.is_public: address == "127.0.0.1" or real(address)
"""
"""The newsroom plays the open internet: its own address counts as public there, every other one as it is."""


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        port = newsroom.url.rpartition(":")[2]
        newsroom.put("/inside.xml", "", status=302, headers={"Location": f"http://inside.test:{port}/rss.xml"})
        newsroom.put("/literal.xml", "", status=302, headers={"Location": f"http://169.254.169.254:{port}/meta-data"})
        newsroom.put("/decimal.xml", "", status=302, headers={"Location": f"http://2130706434:{port}/"})
        links = ("http://127.0.0.3/admin", "file:///etc/passwd", f"{newsroom.url}/a")
        newsroom.put("/links.xml", rss("", *((link, "A link") for link in links)))
        newsroom.put("/plain.xml", rss(newsroom.url))
        newsroom.put("/a", page("A"))
        yield newsroom


@pytest.fixture(scope="module")
def crawled(newsroom: Newsroom) -> Crawled:
    port = newsroom.url.rpartition(":")[2]
    outlets = [
        {"name": name, "feeds": [f"http://public.test:{port}/{name}.xml"], "allow_private": False}
        for name in ("inside", "literal", "decimal", "links")
    ]
    outlets += [
        {"name": "rebinding", "feeds": [f"http://rebinding.test:{port}/plain.xml"], "allow_private": False},
        {"name": "hanging", "feeds": ["http://hanging.test/rss.xml", "http://hanging.test/2.xml"], "sitemaps": ["http://hanging.test/3.xml"]},
    ]
    return crawl_apart(outlets, newsroom=newsroom, setup=NAMES, settings={"DNS_TIMEOUT": 1})


@pytest.mark.parametrize(
    ("outlet", "named"), [("inside", "inside.test (10.11.12.13)"), ("literal", "169.254.169.254"), ("decimal", "2130706434 (127.0.0.2)")]
)
def test_a_redirect_to_a_private_address_is_refused(crawled: Crawled, outlet: str, named: str) -> None:
    health = crawled.health[outlet]
    assert (health["status"], health["failures"]) == ("failed", {"private address": 1})
    assert f"{named} is a private address" in health["error"]


def test_links_of_a_feed_lead_neither_inside_nor_to_files(crawled: Crawled) -> None:
    assert crawled.health["links"]["articles"] == 1
    assert "http://127.0.0.3/admin" in crawled.memory.failures
    assert "file:///etc/passwd" not in [article["url"] for article in crawled.memory.articles]


def test_a_name_means_for_the_whole_run_what_it_meant_when_it_was_judged(crawled: Crawled) -> None:
    assert crawled.health["rebinding"]["status"] == "ok"


def test_a_look_up_that_hangs_holds_up_neither_the_run_nor_its_end(crawled: Crawled) -> None:
    assert crawled.health["hanging"]["failures"] == {"DNS": 3}
    assert "not resolved within 1 s" in crawled.health["hanging"]["error"]
    assert crawled.seconds < 5


STANDSTILL = """
import os, subprocess
from crawler import guard, run

async def process_request(self, request, real=guard.Guard.process_request):
    await real(self, request)
    if request.url.endswith("/late.xml") and not stood_still:
        stood_still.append(request.url)
        subprocess.Popen(["sh", "-c", f"sleep 0.1; kill -STOP {os.getpid()}; sleep 1.5; kill -CONT {os.getpid()}"])

stood_still = []
guard.Guard.process_request, run.STANDSTILL = process_request, 1.0
"""


def test_what_was_under_way_while_the_process_stood_still_is_asked_again(newsroom: Newsroom) -> None:
    newsroom.put("/late.xml", rss(newsroom.url), delay=0.5)
    feeds = {"feeds": [f"{newsroom.url}/late.xml"]}
    crawled = crawl_apart([{"name": "late", **feeds}], newsroom=newsroom, setup=STANDSTILL, settings={"DOWNLOAD_TIMEOUT": 1})
    assert [request.path for request in crawled.requests].count("/late.xml") == 2
    assert crawled.health["late"]["status"] == "ok"
