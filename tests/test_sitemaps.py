"""Sitemaps: news sitemaps, indexes, gzip, bombs."""

from __future__ import annotations

import gzip
from datetime import date, datetime

import pytest

from crawler.errors import NotASitemap
from crawler.sitemaps import LIMIT, Sitemap, read_sitemap

URL = "https://courier.example/news.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://courier.example/a?utm_source=x </loc><lastmod>2026-02-05</lastmod>
  <image:image><image:loc>https://courier.example/a.jpg</image:loc><image:title>A quay</image:title></image:image>
  <news:news><news:publication><news:name>Courier</news:name><news:language>uk-UA</news:language></news:publication>
  <news:publication_date>2026-02-05T09:40:00+02:00</news:publication_date>
  <news:title>Загинули 46 людей &amp; більше</news:title></news:news></url>
<url><lastmod>2026-02-05</lastmod></url>
<url><loc>/b</loc></url>
</urlset>"""


def test_a_news_sitemap_gives_entries_with_title_date_and_language() -> None:
    first, second = read_sitemap(NEWS.encode(), URL).entries

    assert (first.url, first.title, first.language) == ("https://courier.example/a", "Загинули 46 людей & більше", "uk")
    assert (first.published, first.updated) == (datetime.fromisoformat("2026-02-05T09:40:00+02:00"), date(2026, 2, 5))
    assert (second.url, second.title, second.published) == ("https://courier.example/b", "", None)


def test_gzip_and_a_wrong_charset_make_no_difference() -> None:
    assert read_sitemap(gzip.compress(NEWS.encode("cp1251")), URL) == read_sitemap(NEWS.encode(), URL)


def test_an_index_names_its_sitemaps_newest_first() -> None:
    index = b"""<sitemapindex><sitemap><loc>https://a.example/1.xml</loc><lastmod>2026-02-03</lastmod></sitemap>
        <sitemap><loc>/2.xml.gz</loc><lastmod>2026-02-05T10:00:00Z</lastmod></sitemap><sitemap><loc>https://a.example/3.xml</loc></sitemap>
        </sitemapindex>"""

    assert read_sitemap(index, URL) == Sitemap(children=("https://courier.example/2.xml.gz", "https://a.example/1.xml", "https://a.example/3.xml"))


def test_a_sitemap_that_breaks_off_gives_what_it_has() -> None:
    assert [entry.url for entry in read_sitemap(NEWS[: NEWS.index("<url><lastmod>")].encode(), URL).entries] == ["https://courier.example/a"]


def test_no_entity_is_expanded() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
        <urlset><url><loc>https://a.example/1</loc><title>&b;&x;</title></url>&b;</urlset>"""

    [entry] = read_sitemap(bomb, URL).entries

    assert (entry.url, entry.title) == ("https://a.example/1", "")


@pytest.mark.parametrize(("body", "cause"), [
    (b"", "it is empty"),
    (b"<!DOCTYPE html><html><body>No</body></html>", "it is an HTML page"),
    (b"<rss version='2.0'><channel/></rss>", "it is a feed"),
    (b"https://a.example/1\nhttps://a.example/2", "neither a sitemap nor an index"),
    (b"%PDF-1.4", "it is a PDF"),
    (b"\x1f\x8b\x08nonsense", "gzip data is damaged"),
    (gzip.compress(b"0" * (LIMIT + 1_000), mtime=0), "unpacks to more than"),
    (gzip.compress(gzip.compress(b"<urlset/>", mtime=0), mtime=0), "gzip data"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_sitemap_says_what_it_is(body: bytes, cause: str) -> None:
    with pytest.raises(NotASitemap, match=cause):
        read_sitemap(body, URL)
