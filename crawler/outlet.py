"""Ask an outlet's feeds and sitemaps, then fetch and read the pages that wait: bytes -> articles, reported to Memory."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from time import monotonic
from typing import Any, Literal
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.article import Article, Entry
from crawler.capture import capture_of
from crawler.causes import Cause, explain, one_line
from crawler.courtesy import conditions, find_new_address, find_rest, read_header, read_validators
from crawler.errors import NotAListing, NotAnArticle, Unreadable
from crawler.feeds import breaks_off, read_feed
from crawler.guard import BUSY, refuse_url
from crawler.health import CAUSE, OURS, REFUSED, UNFINISHED
from crawler.memory import Capture, Forgetful, Memory, Terms, Validators
from crawler.pages import read_article
from crawler.permission import RESERVED, origin, reserves
from crawler.settings import user_agent
from crawler.sitemaps import read_sitemap

log = logging.getLogger(__name__)

MOST_CHILDREN = 5
"""Sitemaps followed from one index; a news sitemap holds two days, so the first few are all there is to know."""

DEEPEST = 2
"""Indexes of indexes are followed so far."""

MOST_LINES = 20
"""So many lines of what went wrong are kept; all of it is counted."""

CUT = Cause("cut off", "it breaks off before its end; what is whole was read, the next run asks for the rest")

RESTING = {
    "busy": Cause("resting", "its server asked us to come later"),
    "gone": Cause("4xx", "the feed is gone for good (HTTP 410)"),
}


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
    """`headline`: the page is never asked for, what the feed says is the article: for outlets that forbid more. So it is for every outlet
    while nobody has set a contact address."""
    allow_private: bool = False
    """Whether loopback and private addresses may be asked."""
    delay: float = 1.0
    """Seconds between requests to one host."""

    handle_httpstatus_list = [304]  # noqa: RUF012  (Scrapy's name and type)

    def __init__(
        self, *, memory: Memory | None = None, url: str | None = None, limit: int | str | None = None, contact: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """`url`: read this one page and nothing else. `limit`: fetch at most so many pages. `contact`: whom outlets can write to."""
        super().__init__(**kwargs)
        self.memory = Forgetful() if memory is None else memory
        self.url = url
        self.pages_left = float("inf") if limit is None else int(limit)
        self.allow_private = str(self.allow_private).lower() in {"true", "1", "yes"}  # -a allow_private=yes is text
        if not contact and url is None:
            self.use = "headline"
        self.ended: Callable[[], None] | None = None
        """Called when nothing of this outlet is under way any more."""
        self._began = monotonic()
        self._open = 1  # what is under way: the start itself, then requests
        self._asked: set[str] = set()
        self._known: dict[str, Validators] = {}
        self._moved: dict[str, str] = {}
        self._resting: dict[str, bool] = {}
        self._told_by: dict[str, Capture | None] = {}
        """By which feed's answer each wanted entry was told."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> OutletSpider:
        spider = super().from_crawler(crawler, *args, **{"contact": crawler.settings["CONTACT"], **kwargs})
        crawler.signals.connect(spider._report_bug, signal=signals.spider_error)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if settings["CONTACT"]:
            settings.set("USER_AGENT", user_agent(settings["CONTACT"]), priority="spider")

    # What is asked

    @classmethod
    def addresses(cls) -> list[str]:
        """Where it is collected, feeds first."""
        return [*cls.feeds, *cls.sitemaps, *cls.listings]

    async def start(self) -> AsyncIterator[Any]:
        self._began = monotonic()
        for request in self._first():
            yield request

    def _first(self) -> Iterator[Any]:
        if self.url is not None:
            yield from self._ask(self.url, self.on_page, self.on_page_failure, entry=Entry(self.url))
            return
        for url in self.feeds:
            yield from self._ask_feed(url, self.on_feed)
        for url in self.sitemaps:
            yield from self._ask_feed(url, self.on_sitemap)
        for url in self.listings:
            yield from self._ask_feed(url, self.on_listing)

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """The entries of one of the `listings`, newest first; a body that publishes one overrides this. Raises NotAListing.

        An entry with a `body` can be taken as it is (`use = "headline"`), else its page is fetched like any other.
        """
        raise NotAListing(f"{type(self).__name__} has no read_listing")

    def _ask_feed(self, url: str, callback: Callable[..., Any]) -> Iterator[Any]:
        """Ask a feed where it is now, unless it is to be left alone."""
        standing = self.memory.standing(url)
        if standing.resting == "fresh":
            self._count("not_modified")
            self._count("feeds_had")
            yield from self._pages()
        elif standing.resting:
            self._count("feeds_failed")
            self._note(url, "feed", RESTING[standing.resting])
            yield from self._pages()
        else:
            if standing.moved_to:
                self._moved[url] = standing.moved_to
            yield from self._ask(url, callback, self.on_feed_failure, where=standing.moved_to)

    def _ask(
        self, url: str, callback: Callable[..., Any], errback: Callable[..., Any], *, where: str | None = None, **kwargs: Any
    ) -> Iterator[Any]:
        """A request for what has changed since it was last read; nothing for what was asked in this run or is never asked for.

        `where`: the address that this one has moved to.
        """
        if url in self._asked:
            return
        self._asked.add(url)
        if refusal := refuse_url(where or url):
            yield from self._fail(url, refusal, kwargs.get("entry"))
            return
        known = self.memory.validators(url)
        if known:
            self._known[url] = known
        self._open += 1
        yield Request(
            where or url,
            callback=self._answered(callback),
            errback=self._answered(errback),
            headers=conditions(known),
            meta={"outlet": self.name, "allow_private": self.allow_private, "delay": self.delay, "page": "entry" in kwargs},
            cb_kwargs={"url": url, **kwargs},
            dont_filter=True,  # what is asked twice is for us to say, and redirects may meet
        )

    def _answered(self, handle: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """Let a handler answer a request, and know when the last one is answered."""

        def answered(answer: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                yield from handle(answer, **kwargs)
            finally:
                self.close_one()

        return answered

    def close_one(self) -> None:
        """One thing less is under way; whoever ran `start` says so when it is through."""
        self._open -= 1
        self._set("seconds", round(monotonic() - self._began, 3))
        self._set("open", self._open)
        if not self._open and self.ended:
            self.ended()

    def ends_after(self, seconds: float) -> bool:
        """Whether it has been under way for longer; then it asks for no further page."""
        late = self._open > 0 and monotonic() - self._began >= seconds
        if late:
            self.pages_left = 0
        return late

    # What feeds and sitemaps answer

    def on_feed(self, response: Response, url: str) -> Iterator[Any]:
        return self._meet(response, url, self._take_feed)

    def on_listing(self, response: Response, url: str) -> Iterator[Any]:
        return self._meet(response, url, self._take_listing)

    def on_sitemap(self, response: Response, url: str, depth: int = 0) -> Iterator[Any]:
        return self._meet(response, url, partial(self._take_sitemap, depth=depth))

    def _meet(self, response: Response, url: str, take: Callable[[Response, str], Iterator[Any]]) -> Iterator[Any]:
        """What answers and is no feed asks for nothing, however fresh it calls itself, and has not moved there: the next run asks again."""
        try:
            if not self._is_unchanged(response, url):
                yield from take(response, url)
        except Unreadable as error:
            self.memory.settle(self.name, url, None, None)
            yield from self._fail(url, error)
        else:
            self._settle(response, url)
        yield from self._pages()

    def _take_feed(self, response: Response, url: str) -> Iterator[Any]:
        entries = read_feed(response.body, response.url, read_header(response, "Content-Type"))
        cut = breaks_off(response.body)
        self._remember(response, url, entries, Validators() if cut else read_validators(response))
        if cut:  # without validators the next run asks for the whole of it
            self._note(url, "feed", CUT)
        yield from ()

    def _take_listing(self, response: Response, url: str) -> Iterator[Any]:
        self._remember(response, url, self.read_listing(response.body, response.url), read_validators(response))
        yield from ()

    def _take_sitemap(self, response: Response, url: str, depth: int) -> Iterator[Any]:
        sitemap = read_sitemap(response.body, response.url)
        if sitemap.entries or not sitemap.children:
            self._remember(response, url, sitemap.entries, read_validators(response))
        yield from self._follow(sitemap.children, depth)  # an index has no validators: unchanged, it says nothing of its children

    def on_feed_failure(self, failure: Any) -> Iterator[Any]:
        url, error = failure.request.cb_kwargs["url"], failure.value
        if isinstance(error, HttpError):
            self._settle(error.response, url)
        elif url in self._moved:
            self.memory.settle(self.name, url, None, None)
        yield from self._fail(url, error)
        yield from self._pages()

    def _settle(self, response: Response, url: str) -> None:
        """Keep what the answer asks of whoever comes again. A new address that leads nowhere is forgotten."""
        before = self._moved.get(url)
        new = (find_new_address(response) or before) if response.status in (200, 304) else None
        if new and new != before:
            self._keep("notes", f"{one_line(url)}: has moved for good to {one_line(new)}, where it is asked from now on")
        self.memory.settle(self.name, url, find_rest(response), new)

    def _follow(self, children: Sequence[str], depth: int) -> Iterator[Any]:
        if depth >= DEEPEST:
            return
        for child in children[:MOST_CHILDREN]:
            yield from self._ask(child, self.on_sitemap, self.on_feed_failure, depth=depth + 1)  # an index may name any number: none rests

    def _remember(self, response: Response, url: str, entries: Sequence[Entry], validators: Validators) -> None:
        wanted = [entry for entry in entries if self.fetch == "all" or self.memory.wants(self.name, entry)]
        self.memory.found(self.name, url, entries, wanted, validators)
        self._told_by.update(dict.fromkeys((entry.url for entry in wanted), capture_of(response)))
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
            if entry.url in self._asked or self._rests(origin(entry.url)):
                continue
            self.pages_left -= 1
            if self.use == "headline":
                self._asked.add(entry.url)
                yield from self._read_headline(entry)
            else:
                yield from self._ask(entry.url, self.on_page, self.on_page_failure, entry=entry)

    def _rests(self, host: str) -> bool:
        """Whether a host has asked for more time than has passed since."""
        if host not in self._resting:
            self._resting[host] = self.memory.standing(host).resting is not None
        return self._resting[host]

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """What `scrapy parse` and `scrapy shell` call: read one page."""
        return self.on_page(response, response.url, Entry(response.url))

    def on_page(self, response: Response, url: str, entry: Entry) -> Iterator[Any]:
        if reserves(read_header(response, "tdm-reservation"), response.body):
            self._keep_reservation(response.url)
            yield from self._fail(url, RESERVED, entry)
            return
        if self._is_unchanged(response, url, page=True):
            return
        try:
            article = self._read_page(response, url, entry)
        except NotAnArticle as error:
            self.memory.looked(self.name, url, None)
            yield from self._fail(url, error, entry)
        else:
            self.memory.looked(self.name, url, article)
            yield self._record(_complete(article, entry, self.language), entry, read_validators(response), capture_of(response))

    def _keep_reservation(self, url: str) -> None:
        """One page that reserves itself speaks for its host: none is asked for today."""
        self.use = "headline"
        host = origin(url)
        self.memory.keep_terms(host, replace(self.memory.terms(host) or Terms(), reserved=True))

    def on_page_failure(self, failure: Any) -> Iterator[Any]:
        if isinstance(failure.value, HttpError) and (rest := find_rest(failure.value.response)) and rest.why == "busy":
            self.memory.settle(self.name, origin(failure.request.url), rest, None)
        yield from self._fail(failure.request.cb_kwargs["url"], failure.value, failure.request.cb_kwargs["entry"])

    def _read_page(self, response: Response, url: str, entry: Entry) -> Article:
        if urlsplit(response.url).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
            raise NotAnArticle("it redirects to the front page")

        def doubts(text: str, language: str | None) -> bool:
            return self.memory.doubts(text, language or entry.language or self.language)

        kind = read_header(response, "Content-Type")
        return read_article(response.body, response.url, outlet=self.name, content_type=kind, doubts=doubts)

    def _read_headline(self, entry: Entry) -> Iterator[Any]:
        """Take the feed's word; what was read from the page itself, when that was still allowed, stays as it is."""
        if self._was_read(entry.url):
            self.memory.unchanged(self.name, entry.url)
        else:
            yield from self._read_from_feed(entry)

    def _was_read(self, url: str) -> bool:
        known = self._known.get(url) or self.memory.validators(url)
        return known is not None and known.body_sha256 is not None

    def _read_from_feed(self, entry: Entry) -> Iterator[Any]:
        """What the feed says is the article."""
        text = entry.body or entry.summary
        article = Article(
            outlet=self.name, url=entry.url, title=entry.title, text=text, core=text, published=entry.published, modified=entry.updated
        )
        yield self._record(_complete(article, entry, self.language), entry, Validators(), self._told_by.get(entry.url))

    def _record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None) -> Article:
        self.memory.record(article, entry, validators, capture)
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
        if not (entry and cause.kind in {*REFUSED, BUSY}):  # a page that is kept from us is no failure
            self._count(f"{where}s_failed")
        self._note(url, where, cause)
        if entry and self._stands_in(entry, cause.kind):
            yield from self._read_from_feed(entry)
        elif cause.kind not in {UNFINISHED, BUSY}:
            self.memory.failed(self.name, url, cause.text, gone=cause.gone)

    def _stands_in(self, entry: Entry, kind: str) -> bool:
        """Whether the feed's text is the article: it is whole, or all that we may have, and never replaces a page read before."""
        return bool(entry.body or (kind in REFUSED and (entry.summary or entry.title))) and not self._was_read(entry.url)

    def _report_bug(self, failure: Failure, response: Response | None) -> None:
        """A callback of ours raised, or Memory did: no outlet's fault, but it must not look like silence."""
        if response is None or response.meta.get("outlet") == self.name:
            self.report_bug(failure.value or Exception("unknown"), response)

    def report_bug(self, error: BaseException, response: Response | None = None) -> None:
        self._count(f"{CAUSE}{OURS}")
        where = one_line(response.url) if isinstance(response, Response) else "at the start"
        said = one_line(f"{type(error).__name__}: {error}")
        self._keep("bugs", f"{where}: {said} (an error of ours, please report it)")

    def _note(self, url: str, where: str, cause: Cause) -> None:
        """Count what went wrong by its cause, and keep the line that says so."""
        line = f"{one_line(url)}: {cause.text}"
        log.warning("%s: %s", self.name, line)
        self._count(f"{CAUSE}{cause.kind}")
        if where == "feed" or cause.kind not in REFUSED:  # a page that is kept from us is no error
            self._keep(f"{where}_errors", line)

    # Scrapy's stats, under outlet/NAME/

    def _keep(self, what: str, line: str) -> None:
        kept = self.crawler.stats.get_value(f"outlet/{self.name}/{what}", ())
        if len(kept) < MOST_LINES:
            self._set(what, (*kept, line))

    def _count(self, what: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(f"outlet/{self.name}/{what}", by)

    def _set(self, what: str, value: Any) -> None:
        self.crawler.stats.set_value(f"outlet/{self.name}/{what}", value)


def _complete(article: Article, entry: Entry, language: str) -> Article:
    """Fill in from the feed's entry and the outlet what the page itself does not say."""
    return replace(
        article,
        title=article.title or entry.title,
        published=article.published or entry.published,
        language=article.language or entry.language or language,
        section=article.section or entry.section,
    )
