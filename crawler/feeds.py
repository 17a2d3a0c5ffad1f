"""Read the entries of a feed: RSS, Atom, RDF by feedparser, JSON Feed by hand."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import feedparser

from crawler.addresses import join_url, page_url
from crawler.article import Entry, Moment
from crawler.body import read_fragment
from crawler.decoding import decode, storable
from crawler.errors import NotAFeed, find_disguise
from crawler.moments import read_moment

LIMIT = 10_000_000
MOST_ENTRIES = 1_000
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_BODY = 500, 5_000, 200_000
ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf|html|sitemapindex|urlset)\b", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE\s+(?!html)[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)  # with every entity it declares
ENDS = {"rss": ("item", "</channel></rss>"), "feed": ("entry", "</feed>"), "rdf": ("item", "</rdf:RDF>")}


NO_FEEDS = {
    "html": "it is an HTML page",
    "urlset": "it is a sitemap: name it under sitemaps",
    "sitemapindex": "it is a sitemap index: name it under sitemaps",
}


def read_feed(body: bytes, url: str, content_type: str | None = None) -> list[Entry]:
    """The entries of the feed that `url` answered with, in its order; raises NotAFeed saying what it is instead.

    A feed that breaks off yields the entries that are whole. An empty list is a feed without entries.
    """
    if disguise := find_disguise(body, LIMIT):
        raise NotAFeed(disguise)
    text = DOCTYPE.sub("", decode(body, content_type).lstrip(), count=1)
    if text[:1] in "{[":
        return _read_json_feed(text, url)
    root = ROOT.search(text[:20_000])
    kind = root[1].lower() if root else ""
    if kind not in ENDS:
        raise NotAFeed(NO_FEEDS.get(kind, "it is neither RSS, Atom, RDF nor JSON Feed"))
    parsed = _parse(_closed(text, *ENDS[kind]), url)
    if not parsed.entries and not parsed.version:
        raise NotAFeed(f"it is not well-formed and nothing in it is readable ({_reason(parsed)})")
    feed_language = parsed.feed.get("language")
    entries = (_read_entry(item, url, feed_language, dated=kind != "feed") for item in parsed.entries[:MOST_ENTRIES])
    return [entry for entry in entries if entry]


def breaks_off(body: bytes) -> bool:
    """Whether an XML feed ends before its last element does: `read_feed` gives what is whole, the rest is still to come.

    >>> breaks_off(b"<rss><channel><item></item><ite"), breaks_off(b"<rss></rss>"), breaks_off(b'{"items": []}')
    (True, False, False)
    """
    text = body[-2_000:].decode("ascii", "ignore").replace("\0", "")
    return body.lstrip()[:1] not in (b"{", b"[") and _END.search(text) is None


_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


def _closed(text: str, item: str, end: str) -> str:
    """A feed cut on its way, ended after its last whole item: feedparser would guess at its encoding and invent half an entry."""
    if _END.search(text[-2_000:]):
        return text
    last = max((found.end() for found in re.finditer(rf"</(?:\w+:)?{item}\s*>", text)), default=0)
    if not last:
        raise NotAFeed("it breaks off before its first entry ends")
    prefix = re.search(r"<(\w+:)rdf\b", text[:20_000], re.IGNORECASE)
    return text[:last] + (f"</{prefix[1]}RDF>" if prefix else end)


def _parse(text: str, url: str) -> Any:
    """feedparser's view. Bytes in BytesIO only: it opens strings as files. Our own decoding is declared, so that it guesses nothing."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, AssertionError, RecursionError, LookupError, AttributeError, TypeError) as error:
        raise NotAFeed(f"it is not well-formed and nothing in it is readable ({type(error).__name__})") from error


def _reason(parsed: Any) -> str:
    return " ".join(str(parsed.get("bozo_exception", "no entries")).split())[:120]


def _read_entry(item: Mapping[str, Any], base: str, feed_language: str | None, *, dated: bool) -> Entry | None:
    """`dated`: in RSS and RDF a lone date (dc:date) is the day of publication; Atom's `updated` says nothing of it."""
    link = item.get("feedburner_origlink") or item.get("link") or _identity(item)
    if not link:
        return None
    address = page_url(join_url(base, link))
    if not address.startswith(("http://", "https://")):
        return None
    published, updated = _moment(item, "published"), _moment(item, "updated")
    content: Mapping[str, str] = next((part for part in item.get("content", ()) if part.get("value")), {})
    return Entry(
        url=address,
        title=plain(item.get("title"), LONGEST_TITLE),
        summary=plain(item.get("summary"), LONGEST_SUMMARY),
        published=published or (updated if dated else None),
        updated=updated,
        language=_language(item.get("language") or content.get("language") or feed_language),
        section=next((plain(tag["term"], 100) for tag in item.get("tags", ()) if tag.get("term")), None),
        body="\n".join(read_fragment(content["value"][:LONGEST_BODY])) if content else "",
    )


def _identity(item: Mapping[str, Any]) -> str | None:
    """An `id` that is an address, where an entry has no link."""
    identity = item.get("id", "")
    return identity if identity.startswith(("http://", "https://")) else None


def _moment(item: Mapping[str, Any], field: str) -> Moment | None:
    """As printed. What only feedparser can read loses its time: it calls every clock UTC."""
    if field not in item:  # feedparser answers a missing `updated` with `published`
        return None
    if moment := read_moment(item.get(field)):
        return moment
    parsed = item.get(f"{field}_parsed")
    return date(*parsed[:3]) if parsed and 1990 <= parsed[0] <= 2100 else None


def plain(markup: str | None, longest: int) -> str:
    """Text of a title or summary, which may hold markup, once or twice escaped."""
    if not markup:
        return ""
    markup = markup[: longest * 4]
    text = " ".join(read_fragment(markup)) if "<" in markup or "&" in markup else markup
    return " ".join(storable(text).split())[:longest]


def _language(tag: str | None) -> str | None:
    found = re.match(r"[A-Za-z]{2,3}\b", tag or "")
    return found[0].lower() if found else None


def _read_json_feed(text: str, base: str) -> list[Entry]:
    """JSON Feed 1.0 and 1.1 (https://jsonfeed.org/version/1.1), which feedparser does not know."""
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("it is broken JSON") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeed("it is JSON, but not a JSON Feed")
    return list(_json_entries(feed, base))


def _json_entries(feed: Mapping[str, Any], base: str) -> Iterator[Entry]:
    for item in feed["items"][:MOST_ENTRIES]:
        fields = {key: value for key, value in item.items() if isinstance(value, str)} if isinstance(item, dict) else {}
        link = fields.get("url") or fields.get("external_url") or _identity(fields)
        if not link:
            continue
        tags = item.get("tags")
        content = fields.get("content_html", "")[:LONGEST_BODY]
        yield Entry(
            url=page_url(join_url(base, link)),
            title=plain(fields.get("title"), LONGEST_TITLE),
            summary=plain(fields.get("summary"), LONGEST_SUMMARY),
            published=read_moment(fields.get("date_published")),
            updated=read_moment(fields.get("date_modified")),
            language=_language(fields.get("language") or str(feed.get("language") or "")),
            section=str(tags[0]) if isinstance(tags, list) and tags else None,
            body="\n".join(read_fragment(content)) if content else fields.get("content_text", "")[:LONGEST_BODY],
        )
