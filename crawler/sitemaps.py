"""Read a news sitemap, or the further sitemaps that an index names."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from crawler.addresses import join_url, page_url
from crawler.article import Entry
from crawler.decoding import decode
from crawler.errors import NotASitemap, find_disguise
from crawler.moments import read_moment, start_of

LIMIT = 52_500_000
"""The protocol's own: 50 MiB unpacked (https://www.sitemaps.org/protocol.html)."""
LONG_AGO = date(1970, 1, 1)
MOST_ENTRIES, MOST_CHILDREN = 5_000, 500


@dataclass(frozen=True)
class Sitemap:
    """What a sitemap holds: pages, or further sitemaps, newest first where the index dates them."""

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """The pages or further sitemaps named in `body`, gzipped or not; raises NotASitemap saying what it is instead."""
    body = _unpack(body)
    if disguise := find_disguise(body, LIMIT):
        raise NotASitemap(disguise)
    root = _parse(body)
    match _name(root) if root is not None else "":
        case "urlset":
            return Sitemap(entries=tuple(_entries(root, url)))
        case "sitemapindex":
            return Sitemap(children=_children(root, url))
        case "html":
            raise NotASitemap("it is an HTML page")
        case "rss" | "feed" | "rdf":
            raise NotASitemap("it is a feed: name it under feeds")
    raise NotASitemap("it is neither a sitemap nor an index of sitemaps")


def _name(element: etree._Element) -> str:
    """Local name, lower case; not by QName, which refuses what a recovering parser makes of broken tags."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _unpack(body: bytes) -> bytes:
    """Gzip undone as far as the limit and one byte more, so that a bomb is cut before it unfolds."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, LIMIT + 1)
    except zlib.error as error:
        raise NotASitemap(f"its gzip data is damaged ({error})") from error
    if len(unpacked) > LIMIT:
        raise NotASitemap(f"it unpacks to more than the {LIMIT / 1_000_000:.0f} MB that are read")
    return unpacked


def _parse(body: bytes) -> etree._Element | None:
    """The root, whatever could be read of it: no entity is expanded, no DTD loaded, nothing fetched."""
    text = decode(body).lstrip()
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, recover=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _entries(root: etree._Element, base: str) -> Iterator[Entry]:
    for element in list(root)[:MOST_ENTRIES]:
        fields = _fields(element)
        if "loc" not in fields:
            continue
        yield Entry(
            url=page_url(join_url(base, fields["loc"])),
            title=fields.get("title", "")[:500],
            published=read_moment(fields.get("publication_date")),
            updated=read_moment(fields.get("lastmod")),
            language=fields.get("language", "").split("-")[0].lower() or None,
            section=fields.get("keywords", "").split(",")[0].strip()[:100] or None,
        )


def _children(root: etree._Element, base: str) -> tuple[str, ...]:
    dated = []
    for element in root:
        fields = _fields(element)
        if "loc" in fields:
            dated.append((start_of(read_moment(fields.get("lastmod")) or LONG_AGO), join_url(base, fields["loc"])))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(address for _, address in dated[:MOST_CHILDREN])


def _fields(element: etree._Element) -> dict[str, str]:
    """Local name -> text of everything under one <url> or <sitemap>, images and videos left out; the first of each counts."""
    fields: dict[str, str] = {}
    for child in element.iter(etree.Element):
        if "-image/" in str(child.tag) or "-video/" in str(child.tag):
            continue
        if child.text and child.text.strip():
            fields.setdefault(_name(child), " ".join(child.text.split()))
    return fields
