"""Read one page once, as a crawl would: an address, or a saved page -> Article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler import settings
from crawler.article import Article, Entry
from crawler.errors import NotAnArticle
from crawler.health import Health
from crawler.memory import Capture, Forgetful, Memory, Validators
from crawler.outlet import OutletSpider
from crawler.run import crawl


@dataclass(frozen=True)
class RawPage:
    """The bytes that an address answered with; `url` is where they came from in the end, after redirects."""

    url: str
    body: bytes
    content_type: str | None = None


def fetch_article(url: str, *, contact: str | None = None, allow_private: bool = False) -> Article:
    """The article at an address, through the same guard, robots.txt and user agent as any crawl; nothing is stored.

    Raises NotAnArticle saying why there is none. Once a process (see `crawl`).
    """
    nobody = type("Single", (OutletSpider,), {"name": "single", "language": "", "allow_private": allow_private})
    article, _page = _fetch(url, nobody, contact)
    return article


def fetch_page(url: str, spider: type[OutletSpider], *, contact: str | None = None) -> RawPage:
    """The page of an article at an address, asked for as the outlet's crawl would. Raises NotAnArticle; once a process."""
    _article, page = _fetch(url, spider, contact)
    return page


def crawl_saved(page: RawPage, spider: type[OutletSpider], memory: Memory) -> dict[str, Health]:
    """Let an outlet's crawl meet a saved page as the answer of its address. Nothing else is asked for: all of it stays on the machine.

    Once a process, as `crawl`.
    """

    class Answers:
        """Downloader middleware, the first of them: whatever is asked for, this page is the answer."""

        def process_request(self, request: Request) -> Response:
            headers = {"Content-Type": page.content_type} if page.content_type else None
            return HtmlResponse(request.url, body=page.body, headers=headers, request=request)

    middlewares: dict[Any, int | None] = {**settings.DOWNLOADER_MIDDLEWARES, Answers: 1}
    return crawl([_of_one_page(page.url, spider)], memory, settings={"DOWNLOADER_MIDDLEWARES": middlewares})


class Keeping(Forgetful):
    """Keeps the one article and its page, or why there is none; has every page read twice, so that its core is known."""

    def __init__(self) -> None:
        super().__init__()
        self.article: Article | None = None
        self.page: RawPage | None = None
        self.cause: str | None = None

    def doubts(self, text: str, language: str) -> bool:
        return True

    def answered(self, response: Response) -> None:
        content_type = response.headers.get("Content-Type")
        self.page = RawPage(response.url, response.body, content_type.decode("latin-1") if content_type else None)

    def record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None = None) -> None:
        self.article = article

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        self.cause = cause


def _fetch(url: str, spider: type[OutletSpider], contact: str | None) -> tuple[Article, RawPage]:
    memory = Keeping()
    health = crawl([_of_one_page(url, spider, memory.answered)], memory, contact=contact)
    if memory.article is None or memory.page is None:
        raise NotAnArticle(memory.cause or next(iter(health.values())).error or "it could not be read")
    return memory.article, memory.page


def _of_one_page(address: str, spider: type[OutletSpider], answered: Callable[[Response], None] | None = None) -> type[OutletSpider]:
    """The outlet's spider, made to read this page only, and to tell of its answer."""

    class OfOnePage(spider):  # type: ignore[valid-type, misc]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**{**kwargs, "url": address})

        def on_page(self, response: Response, *args: Any, **kwargs: Any) -> Any:
            if answered:
                answered(response)
            return super().on_page(response, *args, **kwargs)

    return OfOnePage
