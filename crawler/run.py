"""Crawl many outlets in one process and say what each came to."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.task import LoopingCall

from crawler.causes import one_line
from crawler.guard import Refused
from crawler.health import UNFINISHED, Health, read_health
from crawler.memory import Memory
from crawler.outlet import OutletSpider
from crawler.settings import user_agent

GRACE, TICK = 10.0, 0.25
"""Seconds that what waits gets after CLOSESPIDER_TIMEOUT, and how often it is looked after."""


def crawl(
    spiders: Sequence[type[OutletSpider]],
    memory: Memory,
    *,
    contact: str | None = None,
    limit: int | None = None,
    progress: Callable[[Health], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Health]:
    """Crawl all these outlets side by side; returns when each has ended or its time is up. Once a process: a reactor cannot run twice.

    `contact` goes into the user agent, `limit` bounds the pages of each outlet, `progress` is told of each outlet as it ends, `settings`
    replaces some of `crawler.settings`. Whatever one outlet does, the others are crawled, and all are in the answer.
    """
    if not spiders:
        return {}
    with _quiet(), _own_signals():
        process = AsyncCrawlerProcess(_settings(contact, settings or {}))
        logging.getLogger("scrapy").setLevel(logging.WARNING)  # its debug records are costly even where nobody prints them
        crawlers = {spider.name: process.create_crawler(spider) for spider in spiders}
        for crawler in crawlers.values():
            if progress:
                crawler.signals.connect(_tell(progress), signal=signals.spider_closed, weak=False)
        tasks = {name: process.crawl(crawler, memory=memory, limit=limit) for name, crawler in crawlers.items()}
        until = monotonic() + process.settings.getfloat("CLOSESPIDER_TIMEOUT") + GRACE
        LoopingCall(_watch, list(crawlers.values()), until).start(TICK, now=False)
        process.start(install_signal_handlers=_in_main_thread())
    return {name: _health(name, crawlers[name], tasks[name]) for name in crawlers}


def _settings(contact: str | None, more: Mapping[str, Any]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("USER_AGENT", user_agent(contact), priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")  # whoever calls us decides what is printed
    settings.set("STATS_DUMP", False, priority="cmdline")
    settings.update(dict(more), priority="cmdline")
    return settings


def _tell(progress: Callable[[Health], None]) -> Callable[..., None]:
    def tell(spider: OutletSpider, reason: str) -> None:
        progress(read_health(spider.name, {**spider.crawler.stats.get_stats(), "finish_reason": reason}))

    return tell


def _watch(crawlers: Sequence[Crawler], until: float) -> None:
    """Give up what waits for its turn at a host, where the time is up or a signal came: Scrapy itself would wait out every delay."""
    for crawler in crawlers:
        if crawler._engine is None or (crawler.crawling and monotonic() < until):
            continue
        for slot in crawler.engine.downloader.slots.values():
            while slot.queue:
                _request, answer = slot.queue.popleft()
                answer.errback(Refused(UNFINISHED, "the run ended before its turn came"))


def _health(name: str, crawler: Crawler, task: asyncio.Task[None]) -> Health:
    crash = task.exception() if task.done() and not task.cancelled() else None
    stats = crawler.stats.get_stats() if crawler._stats else {}
    return read_health(name, stats, crash=one_line(f"{type(crash).__name__}: {crash}") if crash else None)


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
