"""Plain scrapy commands from the checkout: they work, and leave no trace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outlets import load_outlets
from monitors.newsroom.server import Newsroom
from tests.forks import ROOT
from tests.test_outlet import page, rss


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        newsroom.put("/a", page("A bridge is closed"))
        newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A bridge is closed")))
        yield newsroom


def scrapy(home: Path, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Without the installed package's help: what is found is what lies in the directory."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home)}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def test_scrapy_list_names_every_shipped_outlet(tmp_path: Path) -> None:
    listed = scrapy(tmp_path, "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.split() == sorted(load_outlets().spiders)
    assert not list(tmp_path.iterdir())


def test_a_broken_spider_is_named_and_left_out(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text())
    (checkout / "crawler").symlink_to(ROOT / "crawler")
    (checkout / "sitecustomize.py").write_text("import crawler.spiders; crawler.spiders.__path__.append('broken')\n")
    (checkout / "broken").mkdir()
    (checkout / "broken" / "daily_bug.py").write_text("import scrapy\nfeeds = [scrapy.No]\n")
    command = [sys.executable, "-m", "scrapy", "list"]
    listed = subprocess.run(command, cwd=checkout, env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True, timeout=60)
    assert listed.returncode == 0
    assert "bbc" in listed.stdout.split()
    assert "daily_bug.py is left out: AttributeError: module 'scrapy' has no attribute 'No'" in listed.stderr


def test_scrapy_crawl_reads_one_page_when_a_url_is_given(newsroom: Newsroom, tmp_path: Path) -> None:
    crawled = scrapy(tmp_path, "crawl", "bbc", "-a", f"url={newsroom.url}/a", "-a", "allow_private=yes", "-O", f"{tmp_path}/items.jsonl")
    assert crawled.returncode == 0, crawled.stderr
    assert "bbc: " + newsroom.url + "/a: A bridge is closed" in crawled.stderr
    assert '"title": "A bridge is closed"' in (tmp_path / "items.jsonl").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["items.jsonl"]


def test_scrapy_crawl_refuses_a_private_address_of_its_own_accord(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.clear()
    crawled = scrapy(tmp_path, "crawl", "bbc", "-a", f"url={newsroom.url}/a")
    assert "127.0.0.1 is a private address" in crawled.stderr
    assert not newsroom.requests


def test_scrapy_parse_shows_the_article(newsroom: Newsroom, tmp_path: Path) -> None:
    parsed = scrapy(tmp_path, "parse", "--spider=bbc", "--nocolour", "-a", "allow_private=yes", f"{newsroom.url}/a")
    assert parsed.returncode == 0, parsed.stderr
    assert "'title': 'A bridge is closed'" in parsed.stdout
    assert not list(tmp_path.iterdir())
