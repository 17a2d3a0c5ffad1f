"""The newsroom that other tests and the demo stand on answers as a real server would."""

import http.client
import itertools
import json
import re
import smtplib
import time
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from html import escape
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import feedparser
import pytest

from crawler.pages import read_article
from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from monitors.newsroom.world import World, read_script

FEED = "/northgate/news-sitemap.xml"
PAGE = "/northgate/2026/02/04/zelensky-speaks-of-the-fallen.html"


@pytest.fixture
def newsroom():
    with Newsroom() as room:
        yield room


def get(newsroom: Newsroom, path: str, **headers: str) -> tuple[int, bytes, Message]:
    asked = Request(newsroom.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(asked, timeout=5) as response:
            return response.status, response.read(), response.headers
    except HTTPError as error:
        return error.code, error.read(), error.headers


def test_a_page_is_served_as_it_was_put(newsroom):
    newsroom.put("/a", "Привіт".encode("cp1251"), content_type="text/html; charset=windows-1251")
    status, body, headers = get(newsroom, "/a")
    assert (status, body.decode("cp1251"), headers["Content-Type"]) == (200, "Привіт", "text/html; charset=windows-1251")


def test_what_was_not_put_or_was_removed_is_not_found(newsroom):
    newsroom.put("/a", "here")
    newsroom.remove("/a")
    assert get(newsroom, "/a")[0] == get(newsroom, "/b")[0] == 404


def test_the_etag_that_was_given_brings_304_until_the_page_changes(newsroom):
    newsroom.put("/a", "one")
    tag = get(newsroom, "/a")[2]["ETag"]
    assert get(newsroom, "/a", If_None_Match=tag)[:2] == (304, b"")
    newsroom.put("/a", "two")
    assert get(newsroom, "/a", If_None_Match=tag)[:2] == (200, b"two")


def test_weak_and_listed_etags_match_and_no_etag_is_sent_when_none_is_wanted(newsroom):
    newsroom.put("/a", "one", etag='W/"x1"')
    assert get(newsroom, "/a", If_None_Match='"y", "x1"')[0] == 304
    newsroom.put("/a", "one", etag=False)
    status, _, headers = get(newsroom, "/a", If_None_Match="*")
    assert (status, headers["ETag"]) == (200, None)


def test_last_modified_brings_304_from_that_second_on(newsroom):
    newsroom.put("/a", "one", etag=False, last_modified=datetime(2026, 2, 5, 10, 0, 0, 700, UTC))
    stamp = get(newsroom, "/a")[2]["Last-Modified"]
    assert stamp == "Thu, 05 Feb 2026 10:00:00 GMT"
    assert get(newsroom, "/a", If_Modified_Since=stamp)[0] == 304
    assert get(newsroom, "/a", If_Modified_Since="Thu, 05 Feb 2026 09:59:59 GMT")[0] == 200
    assert get(newsroom, "/a", If_Modified_Since="yesterday")[0] == 200


def test_an_answer_for_so_many_times_gives_way_to_the_one_before(newsroom):
    newsroom.put("/a", "well")
    newsroom.put("/a", "busy", status=503, headers={"Retry-After": "1"}, times=2)
    assert [get(newsroom, "/a")[0] for _ in range(3)] == [503, 503, 200]


def test_requests_are_recorded_with_headers_status_and_body_and_can_be_forgotten(newsroom):
    newsroom.put("/hook", "", status=204, content_type=None)
    connection = http.client.HTTPConnection(newsroom.url.removeprefix("http://"))
    connection.request("POST", "/hook?x=1", body=b'{"title": "news"}', headers={"X-Id": "7"})
    connection.getresponse().read()
    connection.request("GET", "/nowhere")
    connection.getresponse().read()
    connection.close()
    first, second = newsroom.requests
    assert (first.method, first.path, first.headers["x-id"]) == ("POST", "/hook?x=1", "7")
    assert (first.status, first.body) == (204, b'{"title": "news"}')
    assert (second.path, second.status) == ("/nowhere", 404)
    newsroom.clear()
    assert newsroom.requests == []


def test_an_endless_body_flows_until_the_reader_leaves(newsroom):
    newsroom.put("/endless", lambda: itertools.repeat(b"x" * 65536))
    for _ in range(2):
        with urlopen(newsroom.url + "/endless", timeout=5) as response:
            assert len(response.read(1_000_000)) == 1_000_000


def test_a_delay_is_kept_and_a_hang_up_is_a_hang_up(newsroom):
    newsroom.put("/slow", "late", delay=0.1)
    before = time.monotonic()
    assert get(newsroom, "/slow")[1] == b"late"
    assert time.monotonic() - before >= 0.1
    newsroom.put("/gone", "", status=0)
    with pytest.raises(http.client.RemoteDisconnected):
        urlopen(newsroom.url + "/gone", timeout=5)


def test_a_long_delay_does_not_hold_up_the_end(newsroom):
    newsroom.put("/slow", "late", delay=60)
    with pytest.raises(TimeoutError):
        urlopen(newsroom.url + "/slow", timeout=0.1)


@pytest.fixture(scope="module")
def world():
    """The whole demo script, lived through; no job runs."""
    script = read_script()
    with Newsroom() as room:
        world = World.open(room, script.outlets)
        for moment in script.moments:
            world.live(moment)
        yield world


VERSIONS = [("meridian", "rss20"), ("continental", "atom10"), ("harbour", "rss10"), ("slavutych", "rss20")]


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_each_feed_is_read_by_a_feed_reader_without_complaint(world, name, version):
    feed = feedparser.parse(world.newsroom.url + world.outlets[name].feed)
    assert (feed.version, bool(feed.bozo)) == (version, False)
    assert all(entry.title and entry.link and entry.summary and ("published" in entry or "updated" in entry) for entry in feed.entries)


def test_the_news_sitemap_names_page_title_and_time(world):
    entry = ElementTree.fromstring(get(world.newsroom, FEED)[1])[0]
    words = [element.text for element in entry.iter() if element.text and element.text.strip()]
    assert words[0].startswith("http://127.0.0.1:")
    assert "2026-02-04T20:10:00+00:00" in words
    assert "Zelensky speaks of Ukraine's fallen on French TV" in words


def test_every_page_is_served_in_the_charset_it_declares_with_valid_json_inside(world):
    for story in itertools.chain.from_iterable(world.stories.values()):
        outlet = world.outlets[story.outlet]
        status, body, headers = get(world.newsroom, story.path)
        page = body.decode(outlet.charset)
        assert (status, headers.get_content_charset()) == (200, outlet.charset)
        assert f"charset={outlet.charset}" in page.replace('"', "")
        assert escape(story.title) in page
        for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
            assert json.loads(data)["@context"] == "https://schema.org"


def test_a_page_in_windows_1251_holds_cyrillic(world):
    [story] = [story for story in world.stories["slavutych"] if story.slug == "they-are-home"]
    body = get(world.newsroom, story.path)[1]
    assert "Координаційний штаб".encode("cp1251") in body
    assert "Координаційний".encode() not in body


def test_a_silent_edit_changes_the_page_and_leaves_the_feed(newsroom):
    script = read_script()
    world = World.open(newsroom, script.outlets)
    for moment in script.moments:
        feed, page = get(newsroom, FEED), get(newsroom, PAGE)
        world.live(moment)
        if moment.edits:
            assert get(newsroom, FEED)[1] == feed[1]
            changed = get(newsroom, PAGE, If_None_Match=page[2]["ETag"])
            assert (page[1].count(b"50,500"), changed[0], changed[1].count(b"50,500")) == (1, 200, 0)
            assert get(newsroom, "/slavutych/rss.xml")[0] == 503


def test_a_mailbox_keeps_what_it_is_sent_and_refuses_when_told():
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "Soldiers killed: 55,000 — new", "tallywatch@example.org", "desk@example.org"
    letter.set_content("The text")
    letter.add_alternative("<p>The text</p>", subtype="html")
    with Mailbox() as mailbox, smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
        mailbox.says = "451 4.3.0 Try again later"
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(letter)
        mailbox.says = None
        client.send_message(letter)
    [mail] = mailbox.mails
    assert (mail.subject, mail.recipients, mailbox.refused) == (letter["Subject"], ("desk@example.org",), 1)
    assert (mail.text.strip(), mail.html.strip()) == ("The text", "<p>The text</p>")


def test_an_article_is_read_from_each_page_without_the_traps_around_it(world):
    for story in itertools.chain.from_iterable(world.stories.values()):
        _, body, headers = get(world.newsroom, story.path)
        article = read_article(body, world.newsroom.url + story.path, outlet=story.outlet, content_type=headers["Content-Type"])
        assert (article.title, article.authors, article.published) == (story.title, (story.author,), story.published)
        assert set(article.text.splitlines()) - {story.summary} == set(story.text.strip().splitlines())
