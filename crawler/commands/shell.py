"""`scrapy shell`, made to look at one page by hand: a saved one or one of this machine as well, with what reads it at hand."""

from __future__ import annotations

import gzip
from argparse import Namespace
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.commands import shell
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse
from w3lib.url import file_uri_to_path

from crawler.outlet import OutletSpider
from crawler.pages import read_article


class AnyOutlet(OutletSpider):
    """Reads a page where no outlet was named."""

    name = "any_outlet"
    language = ""


class SavedPages:
    """Downloader middleware: a file (.html, .html.gz) is the answer of its own address. For the shell alone, whose person names it."""

    def process_request(self, request: Request) -> HtmlResponse | None:
        if not request.url.startswith("file:"):
            return None
        path = Path(file_uri_to_path(request.url))
        body = path.read_bytes()
        return HtmlResponse(request.url, body=gzip.decompress(body) if path.suffix == ".gz" else body, request=request)


class Command(shell.Command):
    """As Scrapy's, with our spider, `read_article` and the person's own files and addresses."""

    def process_options(self, args: list[str], opts: Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        middlewares = {**self.settings["DOWNLOADER_MIDDLEWARES"], SavedPages: 1}
        self.settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")

    def _init_with_reactor(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, OutletSpider):
            crawler.spidercls = AnyOutlet
        crawler.spider = crawler._create_spider(allow_private=True)  # a person types the address; no feed of a stranger's leads here
        super()._init_with_reactor(crawler)

    def update_vars(self, vars: dict[str, Any]) -> None:
        vars["read_article"] = read_article
