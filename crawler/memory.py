"""Memory: what a crawl must be told, and what it may report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from crawler.article import Article, Entry


@dataclass(frozen=True)
class Validators:
    """What a server gave to ask again politely, and a hash of the body for servers that give nothing."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True)
class Rest:
    """How long a feed is left alone, and why: it said that it is `fresh`, its server that it is `busy`, or that it is `gone`."""

    why: Literal["fresh", "busy", "gone"]
    length: timedelta


@dataclass(frozen=True)
class Standing:
    """What is known of a feed's address before it is asked: why it rests now, if it does, and where it has moved for good."""

    resting: Literal["fresh", "busy", "gone"] | None = None
    moved_to: str | None = None


@dataclass(frozen=True)
class Terms:
    """What a host says of who may read it: its robots.txt, the rules of its tdmrep.json in the same words (None: never asked for), and
    whether one of its pages reserved itself.

    `fresh`: asked for lately enough to go by without asking again (RFC 9309, 2.4: a day).
    """

    robots: str = ""
    tdm: str | None = None
    reserved: bool = False
    fresh: bool = True


@dataclass(frozen=True)
class Capture:
    """One answer: the request as it was sent and the response as it was received, its body still packed as its headers say.

    Scrapy keeps neither the order nor the case of headers, and undoes chunking: the bytes of the heads are put together again.
    """

    url: str
    at: datetime
    request: bytes
    """Request line and headers, with the empty line that ends them."""
    response: bytes
    """Status line and headers, likewise."""
    body: bytes
    ip: str | None = None
    feed: bool = False
    """Whether it is what a feed said of many pages."""


class Memory(Protocol):
    """What lies behind a crawl. The job's keeps it in the history; `Forgetful` keeps nothing.

    Every method is quick and local: it is called inside the reactor. `url` is always the address that was asked for.
    """

    def validators(self, url: str) -> Validators | None:
        """Those stored with the last body read from this feed, sitemap or page."""

    def standing(self, url: str) -> Standing:
        """Whether this feed is to be asked now, and where."""

    def settle(self, outlet: str, url: str, rest: Rest | None, moved_to: str | None) -> None:
        """A feed answered: how long it is to be left alone, and its new address."""

    def terms(self, host: str) -> Terms | None:
        """What this host (scheme and place) said when it was last asked; None when it never was."""

    def keep_terms(self, host: str, terms: Terms) -> None:
        """A host was asked."""

    def turn(self, host: str, delay: float) -> float:
        """In how many seconds this host may be asked, where other processes ask it too: each turn is so long after the one before."""

    def wants(self, outlet: str, entry: Entry) -> bool:
        """Whether the entry may concern a monitor and has not been read yet."""

    def found(self, outlet: str, url: str, entries: Sequence[Entry], wanted: Sequence[Entry], validators: Validators) -> None:
        """A feed was read: stored together are its validators, the wanted entries as pages still to fetch, and of all that stands in it
        what tells a quiet feed from a dead one."""

    def pending(self, outlet: str) -> Iterable[Entry]:
        """Pages still to fetch now: newly found, left by a killed run, young ones due for re-reading. Newest first."""

    def unchanged(self, outlet: str, url: str) -> None:
        """A feed or page was asked for and is as it was (304, or the same body)."""

    def doubts(self, text: str, language: str) -> bool:
        """Whether a second, independent reading of this body is worth its time (the first reading holds a figure)."""

    def looked(self, outlet: str, url: str, article: Article | None) -> None:
        """A page was had, and this is what it says by itself, None where it is no article; told before `record` or `failed`."""

    def record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None = None) -> None:
        """A page was read: the article, the end of its entry's wait and the page's validators are stored together. `capture` is the answer
        it was read from; None where that was had by an earlier crawl."""

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        """A feed or page could not be had or read; `cause` is one line for a person, `gone` says that asking again is idle."""


class Forgetful:
    """Wants everything, doubts nothing, stores nothing: behind plain `scrapy crawl NAME`, which must leave no trace."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}

    def validators(self, url: str) -> Validators | None:
        return None

    def standing(self, url: str) -> Standing:
        return Standing()

    def settle(self, outlet: str, url: str, rest: Rest | None, moved_to: str | None) -> None:
        return None

    def terms(self, host: str) -> Terms | None:
        return None

    def keep_terms(self, host: str, terms: Terms) -> None:
        return None

    def turn(self, host: str, delay: float) -> float:
        return 0.0

    def wants(self, outlet: str, entry: Entry) -> bool:
        return True

    def found(self, outlet: str, url: str, entries: Sequence[Entry], wanted: Sequence[Entry], validators: Validators) -> None:
        self._entries.setdefault(outlet, []).extend(wanted)

    def pending(self, outlet: str) -> Iterable[Entry]:
        return self._entries.pop(outlet, [])

    def unchanged(self, outlet: str, url: str) -> None:
        return None

    def doubts(self, text: str, language: str) -> bool:
        return False

    def looked(self, outlet: str, url: str, article: Article | None) -> None:
        return None

    def record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None = None) -> None:
        return None

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        return None
