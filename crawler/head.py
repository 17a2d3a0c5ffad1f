"""Read what a page says of itself: JSON-LD first, then meta, then the visible page."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.addresses import join_url, page_url
from crawler.article import Moment
from crawler.decoding import letters_of, storable
from crawler.moments import read_moment
from crawler.stamps import read_printed

Node = Mapping[str, Any]

ARTICLE = re.compile(r"\w*(?:Article|BlogPosting|LiveBlogPosting|Report|Posting)$")
LISTS = frozenset(
    ("hasPart", "liveBlogUpdate", "itemListElement", "mentions", "relatedLink", "isPartOf", "comment", "review", "about", "citation"))
MOST_NODES, MOST_SCRIPTS, MOST_TITLES = 2_000, 100, 100
LONGEST_TITLE = 1_000
WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?:(?://\s*)?\]\]>|-->)\s*;?\s*$")
TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title", "headline")
MARKED = etree.XPath("//*[@itemprop='headline'][not(self::meta)]")
HOUSES = ("og:site_name", "application-name", "apple-mobile-web-app-title")
PUBLISHED = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time", "datepublished", "date",
    "pubdate", "publish-date", "publishdate", "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created",
    "dc.date", "dcterms.date", "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "date.created", "created")
MODIFIED = (
    "article:modified_time", "og:updated_time", "article:modified:time", "og:article:modified_time", "datemodified", "lastmod",
    "last-modified", "dcterms.modified", "dc.date.modified", "article.updated", "revised")
AUTHORS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "dcterms.creator", "article:author_name",
    "cxenseparse:author")
AUTHOR_PAGE = re.compile(r"/(?:authors?|autore?s?|autoren|auteurs?|journalists?|reporters?|staff|profiles?|people)/[^/?#]+")
STAMPED = ("time", "span", "div", "p", "abbr", "li", "small", "em", "dd", "td", "font", "b")
CLOSEST = 4
"""Elements around a headline in which its page's stamp is looked for."""
DATED = re.compile(r"date|time|publi|posted|stamp|byline|meta")
SECTIONS = ("article:section", "parsely-section", "section", "og:article:section", "cxenseparse:section", "article.section")


@dataclass(frozen=True)
class Update:
    """An entry of a live blog as JSON-LD holds it: its headline and its text, one paragraph a line."""

    published: Moment
    text: str


@dataclass(frozen=True)
class Head:
    """What a page declares.

    `titles`: the headline on the page first, then every other; `texts`: its descriptions; `body`: JSON-LD's articleBody (of a live blog,
    that of its `updates`), which often is cut, padded or without paragraphs: good to compare with, never the first source.
    """

    titles: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    live: bool = False
    free: bool | None = None
    texts: tuple[str, ...] = ()
    body: str = ""
    updates: tuple[Update, ...] = ()


def read_head(tree: etree._Element, url: str) -> Head:
    """Everything but the body."""
    nodes = list(_find_nodes(tree))
    node = _choose(nodes, url)
    meta = _read_meta(tree)
    titles = _titles(tree, node, meta)
    published = _published(tree, node, meta, url, titles[0] if titles else "")
    updates = tuple(_updates(node))
    return Head(
        titles=titles,
        published=published,
        modified=_modified(node, meta, published),
        authors=_authors(tree, node, nodes, meta),
        language=_language(tree, node, meta),
        section=_section(node, meta),
        canonical_url=_canonical(tree, meta, url),
        live=_is_live(node, url),
        free=_free(node, meta),
        texts=tuple(filter(None, (_text(node.get("description")), *meta.get("description", ()), *meta.get("og:description", ())))),
        body="\n".join(filter(None, (*map(_text, _lines(node.get("articleBody"))), *(update.text for update in updates)))),
        updates=updates,
    )


def _find_nodes(tree: etree._Element) -> Iterator[Node]:
    """Every JSON-LD object of the page, outermost first, without those of other pages that it lists."""
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    for script in islice(scripts, MOST_SCRIPTS):
        waiting: list[Any] = _read_json("".join(script.itertext()))
        for _ in range(MOST_NODES):
            if not waiting:
                break
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting[:0] = item
            elif isinstance(item, dict):
                yield item
                waiting += [value for key, value in item.items() if key not in LISTS and isinstance(value, dict | list)]


def _read_json(text: str) -> list[Any]:
    """The values of a JSON-LD script, as tolerantly as browsers and search engines read it."""
    text = WRAPPING.sub("", text.strip().lstrip("\ufeff")).strip().rstrip(";")
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text), entities.unescape(text)):
        try:
            return [json.loads(attempt, strict=False)]
        except (ValueError, RecursionError):
            continue
    return _read_pieces(text)


def _read_pieces(text: str) -> list[Any]:
    """What can still be had from broken JSON: objects one after the other, else single fields of the outermost one."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while (at := text.find("{", at)) >= 0 and len(values) < 20:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
    if values:
        return values
    fields = re.findall(r'"(@type|headline|datePublished|dateModified|inLanguage|articleSection)"\s*:\s*("(?:[^"\\]|\\.)*")', text)
    node: dict[str, Any] = {}
    for key, value in fields:
        try:
            node.setdefault(key, json.loads(value, strict=False))
        except ValueError:
            continue
    author = re.search(r'"author"\s*:\s*[\[{]', text)
    if author and (name := re.search(r'"name"\s*:\s*"((?:[^"\\]|\\.)*)"', text[author.end() :][:2_000].partition("]")[0])):
        node["author"] = name[1]
    return [node] if node else []


def _types(node: Node) -> list[str]:
    kind = node.get("@type")
    return [str(name) for name in (kind if isinstance(kind, list) else [kind]) if name]


def _choose(nodes: list[Node], url: str) -> Node:
    """The object that stands for this page: an article whose address matches, else the fullest article, else a dated page."""
    here = page_url(url)

    def fitness(node: Node) -> tuple[bool, bool, int]:
        addresses = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
        addresses += [item.get("@id") for item in addresses if isinstance(item, dict)]
        same = any(isinstance(item, str) and page_url(join_url(url, item)).rstrip("/") == here.rstrip("/") for item in addresses)
        article = any(ARTICLE.match(kind) for kind in _types(node))
        return article, same, sum(key in node for key in ("headline", "datePublished", "author", "dateModified", "articleBody"))

    candidates = [node for node in nodes if node.get("datePublished") or any(ARTICLE.match(kind) for kind in _types(node))]
    return max(candidates, key=fitness, default={})


def _read_meta(tree: etree._Element) -> dict[str, list[str]]:
    """Lower-case name, property or itemprop of every meta -> its values."""
    meta: dict[str, list[str]] = {}
    for element in islice(tree.iter("meta"), MOST_NODES):
        content = " ".join((element.get("content") or "").split())
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (element.get(attribute) or "").lower().split():
                meta.setdefault(name, []).append(content)
    return meta


def _first(meta: Mapping[str, list[str]], names: Iterable[str]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _text(value: Any) -> str:
    """Plain text of a JSON-LD value; markup and entities in it are undone."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = entities.unescape(entities.unescape(value))
    if "<" in value:
        value = re.sub(r"</?[a-zA-Z][^<>]{0,500}>", " ", value)
    return " ".join(storable(value).split())


def _titles(tree: etree._Element, node: Node, meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Every title the page declares; the headline a visitor sees comes first."""
    stated = [
        _text(node.get("headline")), *(value for name in TITLES for value in meta.get(name, ())), _text(node.get("alternativeHeadline")),
        _text(node.get("name"))]
    marked = [_visible(element) for element in MARKED(tree)[:3]]
    named = [_visible(title) for title in tree.iter("title") if next(title.iterancestors("svg"), None) is None]
    stated, named = ([title[:LONGEST_TITLE] for title in titles[:MOST_TITLES] if title] for titles in (stated, named))
    declared = [title for title in map(_text, (*stated, *marked, *named)) if title]
    headings = [heading for heading in (_visible(h1) for h1 in islice(tree.iter("h1"), 20)) if 3 < len(heading) < 500][:5]
    houses = [_text(node.get("publisher")), *(name for key in HOUSES for name in meta.get(key, ()))]
    houses += [re.split(r"\s[-–—|:·»]\s", title)[-1] for title in named if any(_alike(title, other) for other in stated)]
    logos = set(map(letters_of, houses))
    headlines = [heading for heading in headings if letters_of(heading) not in logos]
    shown = next((heading for heading in headlines if any(_alike(heading, title) for title in declared)), None)
    if shown is None and headings and not declared:
        shown = headings[0]
    ordered = [shown, *declared, *headings]
    return tuple(dict.fromkeys(title for title in ordered if title))


def _visible(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _alike(one: str, other: str) -> bool:
    """Two wordings of one headline: at least half of the shorter one's words are shared."""
    mine, theirs = set(re.findall(r"\w+", one.lower())), set(re.findall(r"\w+", other.lower()))
    return bool(mine and theirs) and len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


def _published(tree: etree._Element, node: Node, meta: Mapping[str, list[str]], url: str, title: str) -> Moment | None:
    """JSON-LD's, or meta's where that one alone knows the zone or the minute; then the page's own stamps; then the address's day."""
    linked = read_moment(_text(node.get("datePublished"))) or read_moment(_text(node.get("dateCreated")))
    named = next(filter(None, (read_moment(value) for name in PUBLISHED for value in meta.get(name, ()))), None)
    if linked and named and _precision(named) > _precision(linked) and abs(_day(named) - _day(linked)) <= timedelta(days=1):
        return named
    return linked or named or _stamped(tree, title) or _dated_address(url)


def _precision(moment: Moment) -> int:
    return 0 if not isinstance(moment, datetime) else 1 if moment.tzinfo is None else 2


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _stamped(tree: etree._Element, title: str) -> Moment | None:
    """The stamp that a visitor sees nearest to the headline: a page has the dates of other things before and after it."""
    headline = next((h1 for h1 in islice(tree.iter("h1"), 20) if _visible(h1) == title), None)
    around = headline.iterancestors() if headline is not None else iter(())
    near = [element for element in islice(around, CLOSEST) if element.tag not in ("html", "body")]
    for place in (*near, tree):
        elements = [element for element in islice(place.iter(*STAMPED), MOST_NODES) if element.get("itemprop") != "dateModified"]
        coded = filter(None, (read_moment(_coded(element)) for element in elements))
        seen = filter(None, (read_printed(_short(element)) for element in elements if place is not tree or DATED.search(_names(element))))
        if found := [*islice(coded, 1), *islice(seen, 1)]:
            return max(found, key=_precision)
    return None


def _coded(element: etree._Element) -> str | None:
    return element.get("datetime") or (element.get("content") if element.get("itemprop") == "datePublished" else None)


def _short(element: etree._Element) -> str:
    """The text of an element that has little."""
    pieces = [*islice(element.itertext(), 12)]
    return " ".join(" ".join(pieces).split()) if len(pieces) < 12 else ""


def _names(element: etree._Element) -> str:
    return f"{element.get('class')} {element.get('id')}".lower()


def _dated_address(url: str) -> Moment | None:
    found = re.search(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?:/|-|_|\b)", urlsplit(url).path)
    return read_moment("-".join(found.groups())) if found else None


def _modified(node: Node, meta: Mapping[str, list[str]], published: Moment | None) -> Moment | None:
    """Never before publication: such a stamp is a clock that names the wrong zone."""
    linked = read_moment(_text(node.get("dateModified")))
    named = next(filter(None, (read_moment(value) for name in MODIFIED for value in meta.get(name, ()))), None)
    better = linked and named and _precision(named) > _precision(linked) and abs(_day(named) - _day(linked)) <= timedelta(days=1)
    modified = named if better else linked or named
    return None if modified and published and _before(modified, published) else modified


def _before(one: Moment, other: Moment) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime) and (one.tzinfo is None) == (other.tzinfo is None):
        return one < other
    return _day(one) < _day(other)


def _authors(tree: etree._Element, node: Node, nodes: list[Node], meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Names in JSON-LD, references followed; else in meta; else the page's byline. A house signs only where no person does."""
    known = {item["@id"]: item for item in nodes if isinstance(item.get("@id"), str) and item.get("name")}
    authors = list(_people(node.get("author") or node.get("creator"), known))
    houses = {letters_of(_text(node.get("publisher"))), letters_of(_first(meta, ("og:site_name",)) or "")}
    if any(not house and letters_of(name) not in houses for name, house in authors):
        return _distinct(name for name, _ in authors)
    signed = [name for name, _ in authors]
    for names in (*([*_split(value)] for key in AUTHORS for value in meta.get(key, ())), [*_bylines(tree)]):
        if any(letters_of(name) not in houses for name in names) and letters_of("".join(names)) != letters_of("".join(signed)):
            return _distinct(names)
    return _distinct(signed)


def _people(value: Any, known: Mapping[str, Node]) -> Iterator[tuple[str, bool]]:
    """Each name of an author property, and whether it is an organisation's."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item if item.get("name") or item.get("familyName") else known.get(str(item.get("@id")), {})
            named = item.get("name") or f"{_text(item.get('givenName'))} {_text(item.get('familyName'))}"
            house = any("Organization" in kind for kind in _types(item))
        else:
            named, house = item, False
        for name in named if isinstance(named, list) else [named]:
            yield from ((part, house) for part in _split(_text(name)))


def _bylines(tree: etree._Element) -> Iterator[str]:
    """Names that the visible page marks as its author's, outermost element first."""
    for element in tree.iter("a", "span", "div", "p", "address"):
        marked = element.get("rel") == "author" or element.get("itemprop") == "author" or AUTHOR_PAGE.search(element.get("href") or "")
        if not marked:
            continue
        inner = next((part for part in element.iter() if part.get("itemprop") == "name"), None)
        for name in _split(_visible(element) if inner is None else inner.get("content") or _visible(inner)):
            if 2 <= len(name.split()) <= 4 and len(name) <= 40 and not re.search(r"\d|[@:/()]", name):
                yield name


def _split(text: str) -> Iterator[str]:
    """Single names out of a byline."""
    if "://" in text or len(text) > 300:
        return
    for part in re.split(r"\s*[,;|&•]\s*", text):
        name = re.sub(r"\s*\([^()]*\)$", "", part).strip(" .-–—:\u200b")
        if 1 < len(name) <= 80 and not name.isdigit():
            yield name


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({letters_of(name): name for name in reversed([*names][:20]) if letters_of(name)}.values())[::-1]


def _language(tree: etree._Element, node: Node, meta: Mapping[str, list[str]]) -> str | None:
    declared = [
        tree.get("lang"), tree.get("xml:lang"), _text(node.get("inLanguage")),
        _first(meta, ("og:locale", "content-language", "language", "dc.language"))]
    for tag in declared:
        if found := re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", tag or ""):
            return found[0].lower()
    return None


def _section(node: Node, meta: Mapping[str, list[str]]) -> str | None:
    return _text(node.get("articleSection"))[:100] or (_first(meta, SECTIONS) or "")[:100] or None


def _canonical(tree: etree._Element, meta: Mapping[str, list[str]], url: str) -> str | None:
    link = next((element.get("href") for element in tree.iter("link") if "canonical" in (element.get("rel") or "").lower().split()), None)
    link = link or _first(meta, ("og:url",))
    if not link:
        return None
    address = page_url(join_url(url, link.strip()))
    return address if address.startswith(("http://", "https://")) else None


def _is_live(node: Node, url: str) -> bool:
    if "LiveBlogPosting" in _types(node) or node.get("liveBlogUpdate") or node.get("coverageStartTime"):
        return True
    return bool(re.search(r"/live(?:/|$)|[/-]live-?(?:blog|updates?|ticker)\b", urlsplit(url).path))


def _updates(node: Node) -> Iterator[Update]:
    """The dated entries that a live blog lists."""
    listed = node.get("liveBlogUpdate")
    for item in islice(listed if isinstance(listed, list) else [listed], MOST_NODES):
        if isinstance(item, dict) and (moment := read_moment(_text(item.get("datePublished")) or _text(item.get("dateCreated")))):
            texts = (item.get("headline"), *_lines(item.get("articleBody")))
            yield Update(moment, "\n".join(filter(None, map(_text, texts))))


def _lines(value: Any) -> list[str]:
    return value.splitlines() if isinstance(value, str) else []


def _free(node: Node, meta: Mapping[str, list[str]]) -> bool | None:
    """Whether the whole page is free: not where a part of it (a selector in hasPart) is marked as not free."""
    parts = node.get("hasPart")
    parts = [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict) and part.get("cssSelector")]
    stated = [_truth(part.get("isAccessibleForFree")) for part in (node, *parts)]
    if False in stated or stated[0] is not None:
        return False not in stated
    tier = (_first(meta, ("article:content_tier", "og:article:content_tier")) or "").lower()
    return {"free": True, "metered": False, "locked": False}.get(tier)


def _truth(value: Any) -> bool | None:
    """A boolean of JSON-LD, however it is spelled."""
    word = str(value).strip().lower().removeprefix("http://schema.org/").removeprefix("https://schema.org/")
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(word)
