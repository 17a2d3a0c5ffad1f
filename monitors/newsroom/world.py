"""Turn a script (TOML) into a news world on a Newsroom: feeds, sitemaps, article pages, edits and failures."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Self
from zoneinfo import ZoneInfo

from monitors.newsroom.server import Newsroom

HERE = Path(__file__).parent

FORMATS = {  # format of an outlet's feed -> the name it is served under, and its type
    "rss": ("rss.xml", "application/rss+xml"),
    "atom": ("atom.xml", "application/atom+xml"),
    "rdf": ("index.rdf", "application/rdf+xml"),
    "sitemap": ("news-sitemap.xml", "application/xml"),
}


@dataclass(frozen=True)
class Outlet:
    """An invented newsroom: what it is called, and how it publishes."""

    name: str
    title: str
    tagline: str
    tier: int
    format: str
    page: str
    charset: str = "utf-8"
    zone: str = "UTC"
    etag: bool = True
    fetch: str = "all"

    @property
    def feed(self) -> str:
        return f"/{self.name}/{FORMATS[self.format][0]}"


@dataclass(frozen=True)
class Story:
    """One article as its newsroom wrote it; `text` has one paragraph a line."""

    outlet: str
    slug: str
    published: datetime
    title: str
    summary: str
    author: str
    section: str
    caption: str
    text: str

    @property
    def path(self) -> str:
        return f"/{self.outlet}/{self.published:%Y/%m/%d}/{self.slug}.html"


@dataclass(frozen=True)
class Edit:
    """A newsroom changes words of a page it has published: without a note, a new date or a word in its feed."""

    outlet: str
    slug: str
    replace: str
    by: str


@dataclass(frozen=True)
class Moment:
    """One turn of the script: what happens in the world, when the job runs, and what must come of it.

    `mails` and `hooks` are words that must arrive, and nothing may arrive that holds none of them; None leaves it open.
    """

    at: datetime
    title: str
    happens: str
    stories: tuple[Story, ...] = ()
    edits: tuple[Edit, ...] = ()
    failing: tuple[str, ...] = ()
    mail_says: str | None = None
    mails: tuple[str, ...] | None = None
    hooks: tuple[str, ...] | None = None
    unchanged: bool = False
    exit: int = 0

    @classmethod
    def read(cls, table: dict[str, Any]) -> Self:
        makers: dict[str, Callable[..., Any]] = {"stories": Story, "edits": Edit}
        lists = {key: value for key, value in table.items() if isinstance(value, list)}
        read = {key: tuple(makers[key](**item) if key in makers else item for item in value) for key, value in lists.items()}
        return cls(**{**table, **read})


@dataclass(frozen=True)
class Script:
    """Who watches, the newsrooms of a world and its moments, in order."""

    timezone: str
    reader: str
    outlets: tuple[Outlet, ...]
    moments: tuple[Moment, ...]


def read_script(path: Path = HERE / "founding_story.toml") -> Script:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    outlets = tuple(Outlet(**table) for table in tables.pop("outlet"))
    moments = tuple(Moment.read(table) for table in tables.pop("moment"))
    return Script(**tables, outlets=outlets, moments=moments)


@dataclass
class World:
    """What the newsrooms of a script have published so far, served by a Newsroom."""

    newsroom: Newsroom
    outlets: dict[str, Outlet]
    stories: dict[str, list[Story]] = field(default_factory=dict)
    _failing: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, newsroom: Newsroom, outlets: Iterable[Outlet]) -> Self:
        return cls(newsroom, {outlet.name: outlet for outlet in outlets})

    def live(self, moment: Moment) -> None:
        """Let happen what the script says for this moment; what it does not touch is served byte for byte as before."""
        for story in moment.stories:
            self.publish(story)
        for edit in moment.edits:
            self.edit(edit, moment.at)
        for name in {story.outlet for story in moment.stories} | (self._failing - set(moment.failing)):
            self._put_feed(self.outlets[name])
        for name in moment.failing:
            self.newsroom.put(self.outlets[name].feed, "Service unavailable", content_type="text/plain", status=503)
        self._failing = set(moment.failing)

    def publish(self, story: Story) -> None:
        self.stories.setdefault(story.outlet, []).append(story)
        self._put_page(story, story.published)

    def edit(self, edit: Edit, at: datetime) -> None:
        stories = self.stories[edit.outlet]
        index = next(index for index, story in enumerate(stories) if story.slug == edit.slug)
        stories[index] = replace(stories[index], text=stories[index].text.replace(edit.replace, edit.by))
        self._put_page(stories[index], at)

    def _put_page(self, story: Story, changed: datetime) -> None:
        outlet = self.outlets[story.outlet]
        self._put(outlet, story.path, f"{outlet.page}.html", page_words(story, outlet, self.newsroom.url), "text/html", changed)

    def _put_feed(self, outlet: Outlet) -> None:
        stories = sorted(self.stories.get(outlet.name, ()), key=lambda story: story.published, reverse=True)
        item = read_template(f"{outlet.format}_item.xml")
        items = "".join(item.substitute(story_words(story, outlet, self.newsroom.url)) for story in stories)
        newest = stories[0].published.astimezone(ZoneInfo(outlet.zone))
        words = outlet_words(outlet, self.newsroom.url) | moment_words("built", newest) | {"items": items.rstrip("\n")}
        self._put(outlet, outlet.feed, f"{outlet.format}.xml", words, FORMATS[outlet.format][1], newest)

    def _put(self, outlet: Outlet, path: str, template: str, words: dict[str, str], kind: str, changed: datetime) -> None:
        body = read_template(template).substitute(words).encode(outlet.charset, "xmlcharrefreplace")
        self.newsroom.put(path, body, content_type=f"{kind}; charset={outlet.charset}", etag=outlet.etag, last_modified=changed)


def page_words(story: Story, outlet: Outlet, root: str) -> dict[str, str]:
    """The words that fill a page's template, as markup and as JSON."""
    plain = {"title": story.title, "summary": story.summary, "author": story.author, "section": story.section}
    plain |= {"outlet": outlet.title, "url": root + story.path}
    quoted = {f"{name}_json": json.dumps(value, ensure_ascii=False).replace("</", "<\\/") for name, value in plain.items()}
    paragraphs = "\n".join(f"    <p>{escape(line, quote=False)}</p>" for line in story.text.strip().splitlines())
    return story_words(story, outlet, root) | quoted | {"caption": escape(story.caption), "paragraphs": paragraphs}


def story_words(story: Story, outlet: Outlet, root: str) -> dict[str, str]:
    """The words that fill a story's item in a feed, escaped for markup; times are in the newsroom's own zone."""
    words = {"title": story.title, "summary": story.summary, "author": story.author, "section": story.section, "url": root + story.path}
    published = story.published.astimezone(ZoneInfo(outlet.zone))
    times = moment_words("published", published) | moment_words("modified", published)
    return outlet_words(outlet, root) | {name: escape(value) for name, value in words.items()} | times


def outlet_words(outlet: Outlet, root: str) -> dict[str, str]:
    return {
        "outlet": escape(outlet.title),
        "tagline": escape(outlet.tagline),
        "charset": outlet.charset,
        "home": f"{root}/{outlet.name}",
        "feed": root + outlet.feed,
    }


def moment_words(name: str, moment: datetime) -> dict[str, str]:
    words = f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M}"
    return {f"{name}_iso": moment.isoformat(), f"{name}_rfc822": format_datetime(moment), f"{name}_words": words}


@cache
def read_template(name: str) -> Template:
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))
