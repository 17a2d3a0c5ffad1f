"""What the crawler hands on: entries of feeds, articles of pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

Moment: TypeAlias = date | datetime
"""When something was printed: a datetime as precise as the source says (naive where it gives no zone), or only its day."""


@dataclass(frozen=True)
class Entry:
    """One item of a feed or news sitemap: a page that may be worth fetching."""

    url: str
    title: str = ""
    summary: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    language: str | None = None
    section: str | None = None
    body: str = ""
    """The article's text where the feed carries it whole, one paragraph a line; used when the page cannot be had."""


@dataclass(frozen=True)
class LiveEntry:
    """A stretch of a live blog's text that has a time of its own: `text[start:end]`, whole lines."""

    published: Moment
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """One page as it was read once: what was printed, where, when. Also the Scrapy item.

    `text` holds one paragraph a line, without captions, teasers, related links or comments. `core` is the part of `text`
    (whole lines of it) on which two independent readings of the page agree; a figure outside it never raises an alert alone.
    `url` is the page's identity; `canonical_url` what the page declares, which may name another outlet's page.
    `entries` are a live blog's, in the order of the text; `agreement` is the share of the text's letters that is `core`, None where
    only one reading was made.
    """

    outlet: str
    url: str
    title: str
    text: str
    published: Moment | None = None
    modified: Moment | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    alt_titles: tuple[str, ...] = ()
    core: str = ""
    canonical_url: str | None = None
    live: bool = False
    free: bool | None = None
    entries: tuple[LiveEntry, ...] = ()
    agreement: float | None = None
