"""Plain scrapy commands from the checkout: they work, and leave no trace."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outlet import OutletSpider
from crawler.outlets import check_outlet, load_outlets
from monitors.newsroom.server import Newsroom
from tests.forks import ROOT, Done, run_apart
from tests.test_outlet import page, rss


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        newsroom.put("/a", page("A bridge is closed"))
        newsroom.put("/rss.xml", rss(newsroom.url, ("/a", "A bridge is closed")))
        yield newsroom


def scrapy(home: Path, *arguments: str, cwd: Path = ROOT) -> Done:
    """Without the installed package's help: what is found is what lies in the directory."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home)}
    if cwd == ROOT:
        return run_apart("scrapy.cmdline:execute", arguments, env=environment)
    command = [sys.executable, "-m", "scrapy", *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)


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


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what Scrapy needs of the project, to write into."""
    directory = tmp_path_factory.mktemp("checkout")
    (directory / "scrapy.cfg").write_bytes((ROOT / "scrapy.cfg").read_bytes())
    shutil.copytree(ROOT / "crawler", directory / "crawler", ignore=shutil.ignore_patterns("__pycache__"))
    return directory


GENERATED = [
    ("example_daily", "example.org", "example_daily", "https://example.org"),
    ("example-wire", "https://wire.example/feeds/world.xml", "example_wire", "https://wire.example/feeds/world.xml"),
]


def test_scrapy_genspider_writes_forms_of_ours_that_hold(checkout, tmp_path) -> None:
    for name, address, module, _ in GENERATED:
        generated = scrapy(tmp_path, "genspider", name, address, cwd=checkout)
        assert (generated.returncode, generated.stderr) == (0, "")
        assert f"crawler.spiders.{module}" in generated.stdout

    listed = scrapy(tmp_path, "list", cwd=checkout)
    assert listed.stderr == "", "no spider is left out"
    assert set(listed.stdout.split()) >= {"example_daily", "example_wire", *load_outlets().spiders}

    show = (
        "from crawler.outlets import load_outlets; found = load_outlets(); print(found.broken)\n"
        "for module in ('example_daily', 'example_wire'):\n"
        "    spider = found.spiders[module]; print(spider.feeds, spider.title, spider.language, spider.tier)"
    )
    loaded = subprocess.run([sys.executable, "-c", show], cwd=checkout, capture_output=True, text=True, env={"PYTHONPATH": "."})
    forms = [f"('{feed}',) {feed.split('/')[2]} en 2" for *_, feed in GENERATED]
    assert loaded.stdout.splitlines() == ["{}", *forms], loaded.stderr
    assert not [path for *_, module, _ in GENERATED if (path := ROOT / "crawler" / "spiders" / f"{module}.py").exists()]


def test_scrapy_genspider_overwrites_no_outlet(checkout, tmp_path) -> None:
    before = (checkout / "crawler/spiders/bbc.py").read_bytes()
    assert "already exists" in scrapy(tmp_path, "genspider", "bbc", "example.org", cwd=checkout).stdout
    assert (checkout / "crawler/spiders/bbc.py").read_bytes() == before


def test_the_form_that_genspider_writes_is_clean_and_its_lines_that_are_commented_out_hold_too(checkout, tmp_path) -> None:
    scrapy(tmp_path, "genspider", "every_line", "https://example.org/rss.xml", cwd=checkout)
    written = (checkout / "crawler/spiders/every_line.py").read_text()
    whole = re.sub(r"^    # (\w+ = )", r"    \1", written, flags=re.MULTILINE)
    names: dict[str, type[OutletSpider]] = {}
    exec(compile(whole, "every_line.py", "exec"), names)
    spider = names["EveryLineSpider"]
    check_outlet(spider)
    assert (spider.fetch, spider.use, spider.family) == ("all", "headline", "bbc")
    assert spider.sitemaps == ("https://example.org/news-sitemap.xml",)
    ruff = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "-"]
    assert subprocess.run(ruff, input=written, capture_output=True, text=True).returncode == 0


READ = "read_article(response.body, response.url).title"


@pytest.mark.parametrize("code", [READ, "next(spider.parse(response)).title"])
@pytest.mark.parametrize("more", [(), ("--spider", "bbc")])
def test_scrapy_shell_reads_a_page_of_this_machine(newsroom: Newsroom, tmp_path: Path, code: str, more: tuple[str, ...]) -> None:
    newsroom.clear()
    shown = scrapy(tmp_path, "shell", "--nolog", *more, f"{newsroom.url}/a", "-c", code)
    assert (shown.returncode, shown.stdout) == (0, "A bridge is closed\n"), shown.stderr
    assert [request.path for request in newsroom.requests] == ["/robots.txt", "/a"], "no feed, and nothing else"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["saved.html", "saved.html.gz"])
@pytest.mark.parametrize("code", [READ, "next(spider.parse(response)).title"])
def test_scrapy_shell_reads_a_saved_page(tmp_path: Path, name: str, code: str) -> None:
    body = page("A bridge is closed").encode()
    (tmp_path / name).write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    shown = scrapy(tmp_path, "shell", "--nolog", str(tmp_path / name), "-c", code)
    assert (shown.returncode, shown.stdout) == (0, "A bridge is closed\n"), shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_outside_the_shell_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_text(page("A bridge is closed"))
    crawled = scrapy(tmp_path, "crawl", "bbc", "-a", f"url=file://{tmp_path}/saved.html")
    assert "only http and https are fetched, not file:" in crawled.stderr
    assert "A bridge is closed" not in crawled.stderr
