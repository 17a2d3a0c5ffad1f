"""Crawl many outlets in one process and say what each came to."""

from __future__ import annotations

import importlib
import inspect
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any

import scrapy
import scrapy.core.downloader.handlers.http11
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from crawler.causes import one_line
from crawler.guard import Refused
from crawler.health import UNFINISHED, Health, read_health, split_stats
from crawler.memory import Memory
from crawler.outlet import OutletSpider
from crawler.settings import user_agent

GRACE, TICK = 1.0, 0.25
"""Seconds that what waits gets after CLOSESPIDER_TIMEOUT, and how often it is looked after."""
STANDSTILL = 5.0
"""Seconds without a look: the process was stopped, or its machine stood still."""


def crawl(
    spiders: Sequence[type[OutletSpider]],
    memory: Memory,
    *,
    contact: str | None = None,
    limit: int | None = None,
    progress: Callable[[Health], None] | None = None,
    settings: Mapping[str, Any] | None = None,
    seconds: float | None = None,
    outlet_seconds: float | None = None,
    stopped: Callable[[], bool] | None = None,
) -> dict[str, Health]:
    """Crawl all these outlets side by side; returns when each has ended or its time is up. Once a process: a reactor cannot run twice.

    `contact` goes into the user agent; without one only feeds are read. `limit` bounds the pages of each outlet, `progress` is told of
    each outlet as it ends, `settings` replaces some of `crawler.settings`. After `seconds` the crawl ends, after `outlet_seconds` an outlet
    gets no more of it; what is under way is finished, the rest is left to the next crawl. So it ends, too, once `stopped` says so; without
    one, signals are Scrapy's while it lasts. Whatever one outlet does, the others are crawled, and all are
    in the answer.
    """
    if not spiders:
        return {}
    _load_downloader()
    with _quiet(), _own_signals():
        budget = {} if seconds is None else {"CLOSESPIDER_TIMEOUT": seconds}
        process = AsyncCrawlerProcess(_settings(contact, {**budget, **(settings or {})}))
        logging.getLogger("scrapy").setLevel(logging.WARNING)  # its debug records are costly even where nobody prints them
        crawler = process.create_crawler(Round)
        task = process.crawl(crawler, outlets=spiders, memory=memory, limit=limit, progress=progress)
        until = monotonic() + process.settings.getfloat("CLOSESPIDER_TIMEOUT") + GRACE
        LoopingCall(_Watch(crawler, until, outlet_seconds, stopped)).start(TICK, now=False)
        process.start(install_signal_handlers=_in_main_thread() and stopped is None)
    if crawler.spider is None and (error := task.exception()):  # ours, not an outlet's: each of those is met on its own
        raise error
    crashes = crawler.spider.crashes if isinstance(crawler.spider, Round) else {}
    stats = split_stats(crawler.stats.get_stats() if crawler._stats else {})
    return {outlet.name: read_health(outlet.name, stats.get(outlet.name, stats[""]), crash=crashes.get(outlet.name)) for outlet in spiders}


def _load_downloader() -> None:
    """Import what Scrapy would load with its first request, a fifth of a second faster.

    It names three deprecated classes after the module they are made in, which it finds by `inspect.stack()`: that looks for the source
    and the module of every frame among all modules there are. The two nearest frames are all it asks for.
    """
    real = inspect.stack
    inspect.stack = lambda context=1: [(sys._getframe(1),), (sys._getframe(2),)]  # type: ignore[list-item]
    try:
        importlib.import_module("scrapy.core.downloader.handlers.http11")
    finally:
        inspect.stack = real


class Round(scrapy.Spider):
    """All the outlets of a run in one crawl: one downloader, so that a host that several of them share is asked at one pace."""

    name = "tallywatch"
    handle_httpstatus_list = OutletSpider.handle_httpstatus_list

    def __init__(self, memory: Memory, crashes: Mapping[str, str], outlets: Sequence[OutletSpider], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.memory, self.crashes, self.outlets = memory, dict(crashes), list(outlets)
        self.woke: float | None = None
        """When this process last stood still and went on, by the monotonic clock."""

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, outlets: Sequence[type[OutletSpider]] = (), progress: Callable[[Health], None] | None = None, **kwargs: Any
    ) -> Round:
        made, crashes = [], {}
        for outlet in outlets:
            try:
                one = outlet.from_crawler(crawler, **kwargs)
            except Exception as error:
                crashes[outlet.name] = one_line(f"{type(error).__name__}: {error}")
            else:
                one.ended = partial(_tell, progress, crawler, one.name) if progress else None
                made.append(one)
        spider = cls(kwargs["memory"], crashes, made)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for outlet in self.outlets:
            try:
                async for request in outlet.start():
                    yield request
            except Exception as error:
                outlet.report_bug(error)
            outlet.close_one()


def _settings(contact: str | None, more: Mapping[str, Any]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("CONTACT", contact, priority="cmdline")
    settings.set("USER_AGENT", user_agent(contact), priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")  # whoever calls us decides what is printed
    settings.set("STATS_DUMP", False, priority="cmdline")
    settings.update(dict(more), priority="cmdline")
    return settings


def _tell(progress: Callable[[Health], None], crawler: Crawler, outlet: str) -> None:
    progress(read_health(outlet, crawler.stats.get_stats()))


class _Watch:
    """Looks after a crawl, every TICK seconds."""

    def __init__(self, crawler: Crawler, until: float, outlet_seconds: float | None, stopped: Callable[[], bool] | None) -> None:
        self.crawler, self.until, self.outlet_seconds, self.stopped = crawler, until, outlet_seconds, stopped
        self.looked = monotonic()

    def __call__(self) -> None:
        """Give up what waits for its turn at a host, where the time is up or a signal came: Scrapy itself would wait out every delay."""
        crawler, spider, now = self.crawler, self.crawler.spider, monotonic()
        stood_still, self.looked = now - self.looked >= STANDSTILL, now
        if crawler._engine is None or not isinstance(spider, Round):
            return
        if stood_still:
            spider.woke = now
        if crawler.crawling and self.stopped is not None and self.stopped():
            deferred_from_coro(crawler.stop_async())
        if not crawler.crawling or now >= self.until:
            _give_up(crawler, lambda request: True, "the run ended before its turn came")
        elif self.outlet_seconds is not None:
            late = {outlet.name for outlet in spider.outlets if outlet.ends_after(self.outlet_seconds)}
            if late:
                _give_up(crawler, lambda request: request.meta.get("outlet") in late, "the outlet's time was up before its turn came")


def _give_up(crawler: Crawler, whose: Callable[[Request], bool], why: str) -> None:
    for slot in crawler.engine.downloader.slots.values():
        waiting = list(slot.queue)
        slot.queue.clear()  # before anybody is told, for that may let the next in the queue begin
        slot.queue.extend(one for one in waiting if not whose(one[0]))
        for request, answer in waiting:
            if whose(request):
                answer.errback(Refused(UNFINISHED, why))


@contextmanager
def _quiet() -> Iterator[None]:
    """Print nothing that the caller's own logging did not ask for: failures are in Health, and a last-resort handler knows no cron mail."""
    silent = logging.NullHandler()
    logging.getLogger().addHandler(silent)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(silent)
        logging.captureWarnings(False)


@contextmanager
def _own_signals() -> Iterator[None]:
    """Give Ctrl-C back afterwards: Scrapy's handlers stay behind and talk to a reactor that has ended."""
    if not _in_main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
