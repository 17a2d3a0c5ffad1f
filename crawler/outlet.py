"""Ask an outlet's feeds and sitemaps, then fetch and read the pages that wait: bytes -> articles, reported to Memory."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.article import Article, Entry
from crawler.causes import Cause, explain, one_line
from crawler.errors import NotAFeed, NotAListing, NotAnArticle, NotASitemap
from crawler.feeds import breaks_off, read_feed
from crawler.guard import refuse_url
from crawler.health import CAUSE, OURS, UNFINISHED
from crawler.memory import Forgetful, Memory, Validators
from crawler.pages import read_article
from crawler.sitemaps import read_sitemap

log = logging.getLogger(__name__)

MOST_CHILDREN = 5
"""Sitemaps followed from one index; a news sitemap holds two days, so the first few are all there is to know."""

DEEPEST = 2
"""Indexes of indexes are followed so far."""

MOST_LINES = 20
"""So many lines of what went wrong are kept; all of it is counted."""

CUT = Cause("cut off", "it breaks off before its end; what is whole was read, the next run asks for the rest")

LONGEST_VALIDATOR = 1000
"""Of an ETag we keep and send back; a longer one is as good as none."""


class OutletSpider(scrapy.Spider):
    """One outlet. A subclass is a form: the attributes below, and at most one overridden method."""

    title: str = ""
    language: str = "en"
    country: str | None = None
    family: str = ""
    """Outlets of one publisher share it: their copies of a figure are one source. The outlet's own name when it stands alone."""
    tier: int = 2
    """1 wire or newspaper of record, 2 other newsroom, 3 aggregator or unknown."""
    default: bool = False
    """Whether it runs where nobody chose outlets."""
    feeds: Sequence[str] = ()
    sitemaps: Sequence[str] = ()
    listings: Sequence[str] = ()
    """Addresses that are neither feed nor sitemap (a JSON endpoint, a page that lists reports): `read_listing` knows what they answer."""
    fetch: Literal["relevant", "all"] = "relevant"
    """Which entries' pages: those a monitor wants, or all."""
    use: Literal["text", "headline"] = "text"
    """`headline`: the page is never asked for, what the feed says is the article."""
    allow_private: bool = False
    """Whether loopback and private addresses may be asked."""
    delay: float = 1.0
    """Seconds between requests to one host."""

    handle_httpstatus_list = [304]  # noqa: RUF012  (Scrapy's name and type)

    def __init__(self, *, memory: Memory | None = None, url: str | None = None, limit: int | str | None = None, **kwargs: Any) -> None:
        """`url`: read this one page and nothing else. `limit`: fetch at most so many pages."""
        super().__init__(**kwargs)
        self.memory = Forgetful() if memory is None else memory
        self.url = url
        self.pages_left = float("inf") if limit is None else int(limit)
        self.allow_private = str(self.allow_private).lower() in {"true", "1", "yes"}  # -a allow_private=yes is text
        self._asked: set[str] = set()
        self._known: dict[str, Validators] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> OutletSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._report_bug, signal=signals.spider_error)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.delay, priority="spider")
        if not cls.delay:  # whoever says 0 knows the host, usually their own
            settings.update({"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}, priority="spider")

    # What is asked

    @classmethod
    def addresses(cls) -> list[str]:
        """Where it is collected, feeds first."""
        return [*cls.feeds, *cls.sitemaps, *cls.listings]

    async def start(self) -> AsyncIterator[Any]:
        for request in self._first():
            yield request

    def _first(self) -> Iterator[Any]:
        if self.url is not None:
            yield from self._ask(self.url, self.on_page, self.on_page_failure, entry=Entry(self.url))
            return
        for url in self.feeds:
            yield from self._ask(url, self.on_feed, self.on_feed_failure)
        for url in self.sitemaps:
            yield from self._ask(url, self.on_sitemap, self.on_feed_failure)
        for url in self.listings:
            yield from self._ask(url, self.on_listing, self.on_feed_failure)

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """The entries of one of the `listings`, newest first; a body that publishes one overrides this. Raises NotAListing.

        An entry with a `body` can be taken as it is (`use = "headline"`), else its page is fetched like any other.
        """
        raise NotAListing(f"{type(self).__name__} has no read_listing")

    def _ask(self, url: str, callback: Callable[..., Any], errback: Callable[..., Any], **kwargs: Any) -> Iterator[Any]:
        """A request for what has changed since it was last read; nothing for what was asked in this run or is never asked for."""
        if url in self._asked:
            return
        self._asked.add(url)
        if refusal := refuse_url(url):
            yield from self._fail(url, refusal, kwargs.get("entry"))
            return
        known = self.memory.validators(url)
        if known:
            self._known[url] = known
        yield Request(
            url,
            callback=callback,
            errback=errback,
            headers=_conditions(known),
            cb_kwargs={"url": url, **kwargs},
            dont_filter=True,  # what is asked twice is for us to say, and redirects may meet
        )

    # What feeds and sitemaps answer

    def on_feed(self, response: Response, url: str) -> Iterator[Any]:
        if not self._is_unchanged(response, url):
            try:
                entries = read_feed(response.body, response.url, _content_type(response))
            except NotAFeed as error:
                yield from self._fail(url, error)
            else:
                cut = breaks_off(response.body)
                self._remember(url, entries, Validators() if cut else _validators(response))
                if cut:  # without validators the next run asks for the whole of it
                    self._note(url, "feed", CUT)
        yield from self._pages()

    def on_listing(self, response: Response, url: str) -> Iterator[Any]:
        if not self._is_unchanged(response, url):
            try:
                entries = self.read_listing(response.body, response.url)
            except NotAListing as error:
                yield from self._fail(url, error)
            else:
                self._remember(url, entries, _validators(response))
        yield from self._pages()

    def on_sitemap(self, response: Response, url: str, depth: int = 0) -> Iterator[Any]:
        if not self._is_unchanged(response, url):
            try:
                sitemap = read_sitemap(response.body, response.url)
            except NotASitemap as error:
                yield from self._fail(url, error)
            else:
                if sitemap.entries or not sitemap.children:
                    self._remember(url, sitemap.entries, _validators(response))
                yield from self._follow(sitemap.children, depth)  # an index has no validators: unchanged, it says nothing of its children
        yield from self._pages()

    def on_feed_failure(self, failure: Any) -> Iterator[Any]:
        yield from self._fail(failure.request.cb_kwargs["url"], failure.value)
        yield from self._pages()

    def _follow(self, children: Sequence[str], depth: int) -> Iterator[Any]:
        if depth >= DEEPEST:
            return
        for child in children[:MOST_CHILDREN]:
            yield from self._ask(child, self.on_sitemap, self.on_feed_failure, depth=depth + 1)

    def _remember(self, url: str, entries: Sequence[Entry], validators: Validators) -> None:
        wanted = [entry for entry in entries if self.fetch == "all" or self.memory.wants(self.name, entry)]
        self.memory.carries(self.name, url, entries)
        self.memory.found(self.name, url, wanted, validators)
        self._count("feeds_had")
        self._count("entries", len(entries))
        self._count("skipped", len(entries) - len(wanted))
        log.info("%s: %s: %d entries, %d of them wanted", self.name, one_line(url), len(entries), len(wanted))

    # Pages

    def _pages(self) -> Iterator[Any]:
        """Whatever waits by now: of the feed just read, of a killed run, young articles due for another look."""
        for entry in list(self.memory.pending(self.name)):
            if self.pages_left <= 0:
                return
            if entry.url in self._asked:
                continue
            self.pages_left -= 1
            if self.use == "headline":
                self._asked.add(entry.url)
                yield from self._read_from_feed(entry)
            else:
                yield from self._ask(entry.url, self.on_page, self.on_page_failure, entry=entry)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """What `scrapy parse` and `scrapy shell` call: read one page."""
        return self.on_page(response, response.url, Entry(response.url))

    def on_page(self, response: Response, url: str, entry: Entry) -> Iterator[Any]:
        if self._is_unchanged(response, url, page=True):
            return
        try:
            article = self._read_page(response, url)
        except NotAnArticle as error:
            self.memory.looked(self.name, url, None)
            yield from self._fail(url, error, entry)
        else:
            self.memory.looked(self.name, url, article)
            yield self._record(_complete(article, entry, self.language), entry, _validators(response))

    def on_page_failure(self, failure: Any) -> Iterator[Any]:
        yield from self._fail(failure.request.cb_kwargs["url"], failure.value, failure.request.cb_kwargs["entry"])

    def _read_page(self, response: Response, url: str) -> Article:
        if urlsplit(response.url).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
            raise NotAnArticle("it redirects to the front page")
        doubts = self.memory.doubts
        return read_article(response.body, response.url, outlet=self.name, content_type=_content_type(response), doubts=doubts)

    def _read_from_feed(self, entry: Entry) -> Iterator[Any]:
        """What the feed says is the article."""
        text = entry.body or entry.summary
        article = Article(
            outlet=self.name, url=entry.url, title=entry.title, text=text, core=text, published=entry.published, modified=entry.updated
        )
        yield self._record(_complete(article, entry, self.language), entry, Validators())

    def _record(self, article: Article, entry: Entry, validators: Validators) -> Article:
        self.memory.record(article, entry, validators)
        self._count("pages_had")
        self._count("articles")
        log.info("%s: %s: %s (%d characters)", self.name, one_line(entry.url), one_line(article.title), len(article.text))
        return article

    # What was as it was, what failed

    def _is_unchanged(self, response: Response, url: str, *, page: bool = False) -> bool:
        """Whether memory holds what this answer says; counts it either way."""
        known = self._known.get(url)
        same = known is not None and (response.status == 304 or known.body_sha256 == sha256(response.body).hexdigest())
        self._count("fetched", response.status != 304)
        if same:
            self.memory.unchanged(self.name, url)
            self._count("not_modified")
            self._count("pages_had" if page else "feeds_had")
        return same

    def _fail(self, url: str, error: BaseException, entry: Entry | None = None) -> Iterator[Any]:
        """Count and tell a failure; where the feed already says what the page would, that is taken instead."""
        cause = explain(error)
        where = "page" if entry else "feed"
        self._count(f"{where}s_failed")
        self._note(url, where, cause)
        if entry and self._stands_in(entry, cause.kind):
            yield from self._read_from_feed(entry)
        elif cause.kind != UNFINISHED:
            self.memory.failed(self.name, url, cause.text, gone=cause.gone)

    def _stands_in(self, entry: Entry, kind: str) -> bool:
        """Whether the feed's text is the article: it is whole, or all that robots.txt leaves us, and never replaces a page read before."""
        text = entry.body or (entry.summary if kind == "robots" else "")
        return bool(text) and entry.url not in self._known

    def _report_bug(self, failure: Failure, response: Response | None) -> None:
        """A callback of ours raised, or Memory did: no outlet's fault, but it must not look like silence."""
        self.crawler.stats.inc_value(CAUSE + OURS)
        where = one_line(response.url) if isinstance(response, Response) else "at the start"
        said = one_line(f"{type(failure.value).__name__}: {failure.value}")
        self._keep("outlet/bugs", f"{where}: {said} (an error of ours, please report it)")

    def _note(self, url: str, where: str, cause: Cause) -> None:
        """Count what went wrong by its cause, and keep the line that says so."""
        line = f"{one_line(url)}: {cause.text}"
        log.warning("%s: %s", self.name, line)
        self.crawler.stats.inc_value(CAUSE + cause.kind)
        if where == "feed" or cause.kind != "robots":  # a page that robots.txt keeps from us is no error
            self._keep(f"outlet/{where}_errors", line)

    def _keep(self, key: str, line: str) -> None:
        kept = self.crawler.stats.get_value(key, ())
        if len(kept) < MOST_LINES:
            self.crawler.stats.set_value(key, (*kept, line))

    def _count(self, what: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(f"outlet/{what}", by)


def _conditions(known: Validators | None) -> dict[str, str]:
    """RFC 9110, 13.1: ask for the body only if it has changed."""
    if known is None:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def _validators(response: Response) -> Validators:
    return Validators(
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        body_sha256=sha256(response.body).hexdigest(),
    )


def _content_type(response: Response) -> str | None:
    return _header(response, "Content-Type")


def _header(response: Response, name: str) -> str | None:
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value if value and value.isprintable() and len(value) <= LONGEST_VALIDATOR else None


def _complete(article: Article, entry: Entry, language: str) -> Article:
    """Fill in from the feed's entry and the outlet what the page itself does not say."""
    return replace(
        article,
        title=article.title or entry.title,
        published=article.published or entry.published,
        language=article.language or entry.language or language,
        section=article.section or entry.section,
    )
