"""The shipped forms, a person's own tables, and modules that are broken."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.addresses import page_url
from crawler.outlets import OutletError, load_outlets, make_outlet
from tests.forks import ROOT

MODULES = sorted(path for path in (ROOT / "crawler" / "spiders").glob("*.py") if path.stem != "__init__")
LANGUAGES = {"en": 25, "uk": 18, "ru": 12, "fr": 6, "de": 12, "es": 8}
"""At least so many outlets of each language are shipped."""
TRAPS = (
    "kyivindependent.com/feed", "kyivindependent.com/rss", "zn.ua/rss", "suspilne.media/rss/all.xml", "suspilne.media/rss/news.xml",
    "suspilne.media/rss", "suspilne.media/rss/ukraine.rss", "rss.cnn.com/rss/edition.rss", "rss.cnn.com/rss/cnn_topstories.rss",
    "bbc.com/sitemaps/https-index.xml", "apnews.com/index.rss", "understandingwar.org/rss.xml", "understandingwar.org/feed",
    "militarnyi.com/en/feed", "independent.co.uk/news/rss", "feeds.reuters.com/reuters/worldnews", "nhk.or.jp/rss/news/cat0.xml",
)
"""Addresses that lists of feeds name and that answer with nothing, with a page, or with what stopped years ago."""
WALLED = ("new_york_times", "wall_street_journal", "financial_times", "economist", "the_times", "washington_post", "kommersant", "isw")
"""Outlets that refuse by robots.txt or terms to have their pages read, or have a wall before all of them."""


def test_every_shipped_outlet_loads() -> None:
    outlets = load_outlets()
    assert outlets.broken == {}
    assert sorted(outlets.spiders) == [path.stem for path in MODULES]


def test_a_dozen_run_by_default_where_nobody_chose() -> None:
    default = [spider for spider in load_outlets().spiders.values() if spider.default]
    assert 8 <= len(default) <= 12


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_an_outlet_is_a_form_and_knows_no_other(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in imported if name.startswith(("crawler.spiders", "monitors"))]
    methods = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    if methods:
        assert methods == ["read_listing"], "the one thing a form may say in code is what its listing means"
        return
    assert imported == ["crawler.outlet"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert len([line for line in path.read_text().splitlines() if line.startswith("    ")]) <= 12


def test_every_form_is_filled_in() -> None:
    for spider in load_outlets().spiders.values():
        assert all([spider.title.strip(), spider.language, spider.country, spider.family]), spider.name
        assert len(spider.country or "") == 2, spider.name
        assert all(url.startswith("https://") for url in spider.addresses()), spider.name


def test_outlets_of_six_languages_are_shipped() -> None:
    counted = Counter(spider.language for spider in load_outlets().spiders.values())
    assert counted.total() >= 90
    assert {language: counted[language] >= least for language, least in LANGUAGES.items()} == dict.fromkeys(LANGUAGES, True)
    assert set(counted) == set(LANGUAGES)


def test_no_two_outlets_ask_the_same_address_or_have_one_title() -> None:
    spiders = load_outlets().spiders.values()
    for kind, values in {
        "address": [page_url(url).rstrip("/").replace("://www.", "://") for spider in spiders for url in spider.addresses()],
        "title": [spider.title.casefold() for spider in spiders],
    }.items():
        assert [value for value, times in Counter(values).items() if times > 1] == [], kind


def test_the_default_ones_are_english() -> None:
    assert {spider.language for spider in load_outlets().spiders.values() if spider.default} == {"en"}


@pytest.mark.parametrize("trap", TRAPS)
def test_an_address_that_circulates_and_is_wrong_is_not_shipped(trap: str) -> None:
    for spider in load_outlets().spiders.values():
        assert not [url for url in spider.addresses() if url.removeprefix("https://").removeprefix("www.").rstrip("/").endswith(trap)]


@pytest.mark.parametrize("name", WALLED)
def test_of_an_outlet_that_keeps_robots_from_its_pages_only_the_feed_is_read(name: str) -> None:
    assert load_outlets().spiders[name].use == "headline"
    source = (ROOT / "crawler" / "spiders" / f"{name}.py").read_text()
    assert re.search(r'use = "headline"  # \w+', source), "and the form says why"


def test_a_broken_module_is_named_with_its_line_and_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gazettes"
    package.mkdir()
    form = "from crawler.outlet import OutletSpider\nclass One(OutletSpider):\n    name = {name!r}\n    feeds = {feeds!r}\n"
    feeds = ["https://example.org/rss.xml"]
    modules = {
        "__init__": "",
        "good": form.format(name="good", feeds=feeds),
        "late": form.format(name="late", feeds=feeds),
        "twin": form.format(name="late", feeds=feeds),
        "missing": "import no_such_module\n",
        "raising": "x = 1\nraise RuntimeError('two\\nlines')\n",
        "leaving": "raise SystemExit(3)\n",
        "unfinished": "class One(\n",
        "feedless": form.format(name="feedless", feeds=[]),
        "local": form.format(name="local", feeds=["file:///etc/passwd"]),
    }
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    outlets = load_outlets("gazettes")
    for name in [name for name in sys.modules if name.startswith("gazettes")]:
        del sys.modules[name]
    assert set(outlets.spiders) == {"good", "late"}
    assert set(outlets.broken) == set(modules) - {"__init__", "good", "late"}
    assert outlets.broken["raising"] == f"RuntimeError: two lines ({package / 'raising.py'}, line 2)"
    assert "unfinished.py, line 1" in outlets.broken["unfinished"]
    assert outlets.broken["twin"] == "another outlet is called 'late' too"
    assert "not file:" in outlets.broken["local"]


def test_a_table_of_the_configuration_is_an_outlet_like_those_shipped() -> None:
    table = {"name": "example_daily", "title": "Example Daily", "feeds": ["http://127.0.0.1:8000/rss.xml"], "fetch": "all", "delay": 0.0}
    spider = make_outlet(**table)
    assert {key: getattr(spider, key) for key in table} == table
    assert (spider.family, spider.tier, spider.language) == ("example_daily", 2, "en")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"feed": ["https://example.org/"]}, "unknown key 'feed'; known are name"),
        ({"feeds": "https://example.org/"}, "feeds is of the wrong type"),
        ({"feeds": []}, "needs feeds, sitemaps or listings"),
        ({"feeds": ["example.org/rss.xml"]}, "not a whole URL"),
        ({"feeds": ["ftp://example.org/rss.xml"]}, "not ftp:"),
        ({"tier": 4}, "tier must be one of 1, 2, 3"),
        ({"tier": True}, "tier is of the wrong type"),
        ({"fetch": "some"}, "fetch must be one of 'relevant', 'all'"),
        ({"delay": -1}, "delay must be between"),
        ({"name": "Example Daily"}, "name must be small letters"),
        ({"name": ""}, "name must be small letters"),
    ],
)
def test_a_form_that_cannot_be_says_what_is_wrong(table: dict[str, Any], words: str) -> None:
    with pytest.raises(OutletError) as error:
        make_outlet(**{"name": "example", "feeds": ["https://example.org/rss.xml"], **table})
    assert words in str(error.value)
