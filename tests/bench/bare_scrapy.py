"""The other side of bench_pages: a minimal spider that fetches the pages of a list and keeps nothing.

`python -m tests.bench.bare_scrapy URLS CONCURRENCY [--trafilatura]` prints how many pages it had, and of how many it had a text.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Pages(scrapy.Spider):
    """Ask for each page once; `read` is what is done with it."""

    name = "pages"

    def __init__(self, urls: Iterable[str], read: Callable[[bytes], object], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls, self.read, self.pages, self.texts = urls, read, 0, 0

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response, **kwargs: Any) -> None:
        self.pages += 1
        self.texts += bool(self.read(response.body))


def main() -> None:
    urls, concurrency, *flags = sys.argv[1:]
    if flags:
        from trafilatura import extract as read
    else:
        read = None
    settings = {
        "CONCURRENT_REQUESTS": int(concurrency), "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency), "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
    }  # fmt: skip
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Pages)
    process.crawl(crawler, urls=Path(urls).read_text(encoding="utf-8").split(), read=read or (lambda body: None))
    process.start()
    assert isinstance(crawler.spider, Pages)
    print(crawler.spider.pages, crawler.spider.texts)


if __name__ == "__main__":
    main()
