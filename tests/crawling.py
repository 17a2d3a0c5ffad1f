"""Crawl in a process of its own (a reactor runs once) and bring back what came of it: for the tests of the crawler."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from crawler.article import Article, Entry
from crawler.memory import Capture, Rest, Standing, Terms, Validators
from monitors.newsroom.server import Newsroom, Request
from tests.forks import run_apart

CARRIED = ("request", "response", "body")


@dataclass
class Notebook:
    """A Memory that writes everything down and can be carried from one crawl to the next."""

    known: dict[str, dict[str, str | None]] = field(default_factory=dict)
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    carried: dict[str, int] = field(default_factory=dict)
    """How many entries each feed held."""
    seen: dict[str, bool] = field(default_factory=dict)
    """The pages had, and whether each is an article."""
    failures: dict[str, str] = field(default_factory=dict)
    unwanted: list[str] = field(default_factory=list)
    standings: dict[str, dict[str, str | None]] = field(default_factory=dict)
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was captured of each page; bytes as Latin-1."""
    cursed: dict[str, str] = field(default_factory=dict)
    """URLs on which a method of this memory raises."""

    def validators(self, url: str) -> Validators | None:
        self._raise_if_cursed(url, "validators")
        return Validators(**self.known[url]) if url in self.known else None

    def standing(self, url: str) -> Standing:
        return Standing(**self.standings.get(url, {}))  # type: ignore[arg-type]

    def settle(self, outlet: str, url: str, rest: Rest | None, moved_to: str | None) -> None:
        self.standings[url] = {"resting": rest and rest.why, "moved_to": moved_to}

    def terms(self, host: str) -> Terms | None:
        return Terms(**self.hosts[host]) if host in self.hosts else None

    def keep_terms(self, host: str, terms: Terms) -> None:
        self.hosts[host] = asdict(terms)

    def turn(self, host: str, delay: float) -> float:
        return 0.0

    def wants(self, outlet: str, entry: Entry) -> bool:
        return not any(word in entry.title for word in self.unwanted)

    def found(self, outlet: str, url: str, entries: Sequence[Entry], wanted: Sequence[Entry], validators: Validators) -> None:
        self._raise_if_cursed(url, "found")
        self.carried[url] = len(entries)
        self.known[url] = asdict(validators)
        rows = self.waiting.setdefault(outlet, [])
        rows += [asdict(entry) for entry in wanted if entry.url not in {row["url"] for row in rows}]

    def pending(self, outlet: str) -> Iterable[Entry]:
        return [Entry(**row) for row in self.waiting.get(outlet, [])]

    def unchanged(self, outlet: str, url: str) -> None:
        self.same.append(url)

    def doubts(self, text: str, language: str) -> bool:
        return False

    def looked(self, outlet: str, url: str, article: Article | None) -> None:
        self.seen[url] = article is not None

    def record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None = None) -> None:
        self.articles.append({**asdict(article), "entry": entry.url})
        if capture:
            self.answers[entry.url] = {**asdict(capture), **{name: getattr(capture, name).decode("latin-1") for name in CARRIED}}
        if validators != Validators():
            self.known[entry.url] = asdict(validators)

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        self.failures[url] = cause

    def _raise_if_cursed(self, url: str, method: str) -> None:
        if self.cursed.get(url) == method:
            raise OSError("the disk is full")


@dataclass(frozen=True)
class Crawled:
    """What a crawl came to, and the memory it left."""

    health: dict[str, dict[str, Any]]
    memory: Notebook
    seconds: float
    told: list[str]
    requests: list[Request]

    def article(self, url: str) -> dict[str, Any]:
        """The latest recorded for this entry."""
        return next(article for article in reversed(self.memory.articles) if article["entry"] == url)


def crawl_apart(
    outlets: Sequence[Mapping[str, Any]],
    memory: Notebook | None = None,
    *,
    newsroom: Newsroom | None = None,
    setup: str = "",
    settings: Mapping[str, Any] | None = None,
    limit: int | None = None,
    contact: str | None = "desk@example.org",
    budget: Mapping[str, float] | None = None,
) -> Crawled:
    """Crawl outlets made of these tables in a fresh process; `setup` is Python run there first, with `spiders` to add to."""
    order = {
        "outlets": [{"allow_private": True, "delay": 0, "fetch": "all", **table} for table in outlets],
        "memory": asdict(memory or Notebook()),
        "setup": setup,
        "settings": dict(settings or {}),
        "limit": limit,
        "contact": contact,
        "budget": dict(budget or {}),
    }
    if newsroom:
        newsroom.clear()
    done = run_apart("tests.crawling:main", input=json.dumps(order, default=str))
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "a crawl prints nothing of its own"
    answer = json.loads(done.stdout)
    requests = list(newsroom.requests) if newsroom else []
    return Crawled(answer["health"], Notebook(**answer["memory"]), answer["seconds"], answer["told"], requests)


def main() -> None:
    """The other side of crawl_apart."""
    from time import monotonic

    from crawler.outlets import make_outlet
    from crawler.run import crawl

    order = json.load(sys.stdin)
    spiders = [make_outlet(**table) for table in order["outlets"]]
    exec(order["setup"], {"spiders": spiders})
    memory = Notebook(**order["memory"])
    told: list[str] = []
    began = monotonic()
    health = crawl(
        spiders, memory, contact=order["contact"], limit=order["limit"], settings=order["settings"],
        progress=lambda one: told.append(one.outlet), **order["budget"])
    answer = {"health": {name: {**asdict(one), "error": one.error} for name, one in health.items()}, "memory": asdict(memory), "told": told}
    json.dump({**answer, "seconds": monotonic() - began}, sys.stdout, default=str)

