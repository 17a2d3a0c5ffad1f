"""Fetch one page once, as the crawl would: address -> Article."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.article import Article, Entry
from crawler.errors import NotAnArticle
from crawler.memory import Forgetful, Validators
from crawler.outlet import OutletSpider
from crawler.run import crawl


def fetch_article(url: str, *, contact: str | None = None, allow_private: bool = False) -> Article:
    """The article at an address, through the same guard, robots.txt and user agent as any crawl; nothing is stored.

    Raises NotAnArticle saying why there is none. Once a process (see `crawl`).
    """
    memory = Keeping()
    health = crawl([_spider(url, allow_private)], memory, contact=contact)
    if memory.article is None:
        raise NotAnArticle(memory.cause or next(iter(health.values())).error or "it could not be read")
    return memory.article


class Keeping(Forgetful):
    """Keeps the one article, or why there is none; has every page read twice, so that its core is known."""

    def __init__(self) -> None:
        super().__init__()
        self.article: Article | None = None
        self.cause: str | None = None

    def doubts(self, text: str) -> bool:
        return True

    def record(self, article: Article, entry: Entry, validators: Validators) -> None:
        self.article = article

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        self.cause = cause


def _spider(address: str, private: bool) -> type[OutletSpider]:
    class Single(OutletSpider):
        name = "single"
        language = ""
        allow_private = private
        feeds: Sequence[str] = ()

        def __init__(self, **kwargs: object) -> None:
            super().__init__(**{**kwargs, "url": address})  # type: ignore[arg-type]

    return Single
