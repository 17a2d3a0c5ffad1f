"""Find the outlets: shipped ones as modules of `crawler.spiders`, a person's own as tables of the configuration."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from crawler.guard import refuse_url
from crawler.outlet import OutletSpider

log = logging.getLogger(__name__)

KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": str,
    "language": str,
    "country": str,
    "family": str,
    "tier": int,
    "feeds": list,
    "sitemaps": list,
    "fetch": str,
    "use": str,
    "allow_private": bool,
    "delay": (int, float),
}
"""What an `[[outlet]]` table may say, and of which type."""


class OutletError(ValueError):
    """A form that is not filled in right; one line for a person."""


@dataclass(frozen=True)
class Outlets:
    """The shipped outlets by name, and what is wrong with the modules that gave none."""

    spiders: Mapping[str, type[OutletSpider]]
    broken: Mapping[str, str]


def load_outlets(package: str = "crawler.spiders") -> Outlets:
    """Import every module of the package on its own: a broken one is named and stops no other."""
    spiders: dict[str, type[OutletSpider]] = {}
    broken: dict[str, str] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(importlib.import_module(package).__path__)):
        try:
            for spider in _find_spiders(f"{package}.{module}"):
                if spider.name in spiders:
                    raise OutletError(f"another outlet is called {spider.name!r} too")
                spiders[spider.name] = spider
        except (Exception, SystemExit) as error:  # a module may do anything
            broken[module] = _say_where(error)
    return Outlets(spiders, broken)


def _find_spiders(module: str) -> Iterator[type[OutletSpider]]:
    for value in list(vars(importlib.import_module(module)).values()):
        if isinstance(value, type) and issubclass(value, OutletSpider) and value.__module__ == module:
            check_outlet(value)
            yield value


def check_outlet(spider: type[OutletSpider]) -> None:
    """Raise OutletError for the first thing in a form that cannot be."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", getattr(spider, "name", None) or ""):
        raise OutletError("name must be small letters, digits and _, as in bbc_russian")
    if spider.start is OutletSpider.start and not spider.addresses():
        raise OutletError("an outlet needs feeds, sitemaps or listings")
    for url in spider.addresses():
        if refusal := refuse_url(str(url)):
            raise OutletError(f"{url!r}: {refusal}")
    for key, allowed in {"fetch": ("relevant", "all"), "use": ("text", "headline"), "tier": (1, 2, 3)}.items():
        if getattr(spider, key) not in allowed:
            raise OutletError(f"{key} must be one of {', '.join(map(repr, allowed))}, not {getattr(spider, key)!r}")
    if not 0 <= spider.delay <= 600:
        raise OutletError(f"delay must be between 0 and 600 seconds, not {spider.delay!r}")


def _say_where(error: BaseException) -> str:
    """One line: what was raised, and in which line of which file."""
    said = f"{type(error).__name__}: {error}" if not isinstance(error, OutletError) else str(error)
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError | OutletError) or not frames:
        return " ".join(said.split())
    return " ".join(f"{said} ({frames[-1].filename}, line {frames[-1].lineno})".split())


def make_outlet(**table: Any) -> type[OutletSpider]:
    """An `[[outlet]]` table of the configuration -> a spider like those shipped.

    >>> make_outlet(name="example_daily", feeds=["https://example.org/rss.xml"]).title
    'example_daily'
    """
    for key, value in table.items():
        if key not in KEYS:
            raise OutletError(f"unknown key {key!r}; known are {', '.join(KEYS)}")
        if not isinstance(value, KEYS[key]) or (isinstance(value, bool) and KEYS[key] is not bool):
            raise OutletError(f"{key} is of the wrong type: {value!r}")
    name = table.get("name", "")
    spider = type(f"{name.title().replace('_', '')}Spider", (OutletSpider,), {"title": name, "family": name, **table})
    check_outlet(spider)
    return spider


class Loader:
    """What `scrapy list`, `crawl` and `parse` find spiders through."""

    def __init__(self) -> None:
        self._found: Outlets | None = None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Loader:
        return cls()

    @property
    def _outlets(self) -> Outlets:
        """Loaded when somebody asks: a run that brings its own spiders never does."""
        if self._found is None:
            self._found = load_outlets()
            for module, error in self._found.broken.items():
                log.error("crawler/spiders/%s.py is left out: %s", module, error)
        return self._found

    def load(self, name: str) -> type[OutletSpider]:
        try:
            return self._outlets.spiders[name]
        except KeyError:
            raise KeyError(f"Spider not found: {name}") from None

    def find_by_request(self, request: Request) -> list[str]:
        return [name for name, spider in self._outlets.spiders.items() if spider.handles_request(request)]

    def list(self) -> list[str]:
        return sorted(self._outlets.spiders)
