"""Feeds: the formats of the press, and every way in which an answer is not one."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from crawler.article import Moment
from crawler.errors import NotAFeed
from crawler.feeds import read_feed

RSS = (Path(__file__).parent / "pages" / "rss.xml").read_bytes()
URL = "https://courier.example/rss.xml"


def moment(text: str) -> Moment:
    return datetime.fromisoformat(text)


def test_an_rss_entry_has_what_was_printed() -> None:
    entry = read_feed(RSS, URL, "text/xml")[0]

    assert entry.url == "https://courier.example/world/harbour?id=7"
    assert entry.title == "Toll of harbour strike & fire rises to 46"
    assert entry.summary == "The ministry said so on Thursday."
    assert entry.published == moment("2026-02-05T09:40:00+02:00")
    assert entry.updated is None
    assert (entry.language, entry.section) == ("en", "World")
    assert entry.body == "At least 46 people were killed.\nThey include 3 children."


def test_an_entry_without_address_is_left_out_and_the_rest_is_kept() -> None:
    entries = read_feed(RSS, URL)

    assert [entry.url for entry in entries[1:]] == ["https://courier.example/world/relative", "https://courier.example/world/guid"]
    assert [entry.published for entry in entries[1:]] == [date(2026, 2, 5), None]


def test_atom_keeps_publication_and_update_apart() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>t</title>
        <entry><title type="html">43 &lt;i&gt;dead&lt;/i&gt;</title><id>tag:1</id><updated>2026-02-05T10:00:00Z</updated>
        <link rel="enclosure" href="https://a.example/x.mp3"/><link rel="alternate" href="https://a.example/1"/></entry>
        <entry><title>b</title><published>2026-02-04T10:00:00+02:00</published><updated>2026-02-05T10:00:00Z</updated>
        <link href="https://a.example/2"/></entry></feed>"""

    first, second = read_feed(feed, URL)

    assert (first.url, first.title, first.language) == ("https://a.example/1", "43 dead", "uk")
    assert (first.published, first.updated) == (None, moment("2026-02-05T10:00:00+00:00"))
    assert (second.published, second.updated) == (moment("2026-02-04T10:00:00+02:00"), moment("2026-02-05T10:00:00+00:00"))


def test_in_rdf_the_lone_date_is_that_of_publication() -> None:
    feed = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>
        <item rdf:about="https://a.example/1"><title>a</title><link>https://a.example/1</link><dc:date>2026-02-05T10:00:00+02:00</dc:date>
        <dc:language>de</dc:language></item></rdf:RDF>"""

    [entry] = read_feed(feed, URL)

    assert (entry.published, entry.language) == (moment("2026-02-05T10:00:00+02:00"), "de")


def test_a_json_feed_is_a_feed() -> None:
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": [
        {"id": "1", "url": "/one", "title": "A", "content_html": "<p>46 dead.</p><p>More.</p>", "date_published": "2026-02-05T10:00:00Z"},
        {"id": "https://courier.example/two", "content_text": "Plain"}, {"title": "no address"}, 7]}).encode()

    first, second = read_feed(feed, URL, "application/feed+json")

    assert (first.url, first.body) == ("https://courier.example/one", "46 dead.\nMore.")
    assert (second.url, second.title, second.body) == ("https://courier.example/two", "", "Plain")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-u", "utf-16"])
@pytest.mark.parametrize("claim", ["text/xml", "application/rss+xml; charset=utf-8", None])
def test_a_cyrillic_feed_is_decoded_whatever_it_claims(encoding: str, claim: str | None) -> None:
    feed = """<?xml version="1.0"?><rss version="2.0"><channel><language>uk</language><item>
        <title>Загинули 46 людей, її сусіди вціліли</title><link>https://a.example/1</link></item></channel></rss>"""

    [entry] = read_feed(feed.encode(encoding), URL, claim)

    assert entry.title == "Загинули 46 людей, її сусіди вціліли"


def test_a_feed_that_breaks_off_gives_its_whole_entries() -> None:
    cut = RSS[: RSS.index(b"Neither link")]

    assert [entry.title for entry in read_feed(cut, URL)] == ["Toll of harbour strike & fire rises to 46", "No clock in this one"]


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    feed = b"""<rss version="2.0"><channel><item><title>Fire & flood: 46 dead</title><link>https://a.example/1</link></item></channel></rss>"""

    assert [entry.title for entry in read_feed(feed, URL)] == ["Fire & flood: 46 dead"]


def test_an_empty_channel_is_a_feed_without_entries() -> None:
    assert read_feed(b"<rss version='2.0'><channel><title>t</title></channel></rss>", URL) == []


def test_entities_of_a_feed_are_not_expanded_and_open_no_file() -> None:
    feed = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
        <rss version="2.0"><channel><item><title>&b;&x;!</title><link>https://a.example/1</link></item></channel></rss>"""

    [entry] = read_feed(feed, URL)

    assert "haha" not in entry.title
    assert "root" not in entry.title


def test_what_an_entry_may_hold_is_bounded() -> None:
    item = f"<item><title>{'t' * 9_000}</title><link>https://a.example/1</link><description>{'d' * 90_000}</description></item>"
    more = "<item><link>https://a.example/2</link></item>" * 1_200

    entries = read_feed(f"<rss version='2.0'><channel>{item * 12}{more}</channel></rss>".encode(), URL)

    assert len(entries) == 1_000
    assert (len(entries[0].title), len(entries[0].summary)) == (500, 5_000)


def test_a_link_that_is_no_web_address_is_no_entry() -> None:
    feed = b"""<rss version="2.0"><channel><item><title>a</title><link>javascript:alert(1)</link></item>
        <item><title>b</title><link>file:///etc/passwd</link></item><item><title>c</title><link>http://[x</link></item></channel></rss>"""

    assert read_feed(feed, URL) == []


@pytest.mark.parametrize(("body", "cause"), [
    (b"", "it is empty"),
    (b"  \r\n\t ", "it is empty"),
    (b"<!DOCTYPE html><html><body>Access denied</body></html>", "it is an HTML page"),
    (b"\xef\xbb\xbf<HTML><head></head></HTML>", "it is an HTML page"),
    (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML//EN' ''><html xmlns='http://www.w3.org/1999/xhtml'/>", "HTML page"),
    (b"Too many requests", "it is neither RSS, Atom, RDF nor JSON Feed"),
    (b"%PDF-1.4", "it is a PDF"),
    (b"{\"message\": \"rate limit\"}", "it is JSON, but not a JSON Feed"),
    (b"{\"version\": ", "it is broken JSON"),
    (b"[" * 100_000, "it is broken JSON"),
    (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "it is a sitemap"),
    (RSS[:200], "it breaks off before its first entry ends"),
    (b"<rss>" + b" " * 50_000_000, "it is 50 MB, more than the 10 MB"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_feed_says_what_it_is(body: bytes, cause: str) -> None:
    with pytest.raises(NotAFeed, match=cause) as caught:
        read_feed(body, URL)
    assert "\n" not in str(caught.value)
