"""How long a page is read, side by side with trafilatura alone: processor time a page over a folder of saved pages.

`python -m tests.bench.bench_parse [FOLDER]` prints the table; `pytest tests/bench/bench_parse.py -m bench` asserts the bar. Ours is the
job's own step: title, dates, authors, language and text, and a second reading by trafilatura itself where the first holds a figure.
A folder holds NAME.html.gz or NAME.html, with NAME.json beside it where the page's URL and language are known.
"""

from __future__ import annotations

import gc
import gzip
import json
import statistics
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import TypeAlias

import pytest
from trafilatura import bare_extraction, extract

from crawler.errors import NotAnArticle
from crawler.pages import read_article
from monitors.choice import choose_outlets, make_policy
from monitors.config import Configuration
from monitors.desk import Desk
from monitors.history.store import open_history
from monitors.reader import Reader
from tests.bench.measure import Bar, load

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages_dev"
ROUNDS = 3
OURS, EXTRACT = "ours", "trafilatura.extract"


@dataclass(frozen=True)
class Page:
    """A saved page as it came."""

    body: bytes
    url: str


Tool: TypeAlias = Callable[[Page], object]


def test_reading_a_page_takes_less_than_trafilatura() -> None:
    pages = find_pages(FOLDER) or pytest.skip("needs the saved pages beside the project")
    missed = [str(bar) for bar in bars(measure(pages, tools(), ROUNDS)) if not bar.holds]
    assert not missed, "\n".join(missed)


# ------------------------------------------------------------------ what is measured


def tools() -> dict[str, Tool]:
    """Our step as the job calls it with the default outlets, and trafilatura in the ways it is commonly called."""
    config = Configuration()
    spiders = choose_outlets(config, ()).spiders
    desk = Desk(open_history("sqlite://"), Reader(make_policy(config).monitors), spiders, frozenset(), lambda: datetime.now(UTC))

    def ours(page: Page) -> object:
        try:
            return read_article(page.body, page.url, doubts=lambda text, language: desk.doubts(text, language or "en"))
        except NotAnArticle:
            return None

    return {
        OURS: ours,
        EXTRACT: lambda page: extract(page.body, url=page.url),
        "extract, fast": lambda page: extract(page.body, url=page.url, fast=True),
        "bare_extraction": lambda page: bare_extraction(page.body, url=page.url),
        "with metadata": lambda page: bare_extraction(page.body, url=page.url, with_metadata=True),
    }


def measure(pages: Sequence[Page], sides: Mapping[str, Tool], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of processor time for each page: the best of some rounds, the sides taking turns at every page."""
    best = {name: [float("inf")] * len(pages) for name in sides}
    for tool in sides.values():
        tool(pages[0])
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(reversed(sides))
        for place, page in enumerate(pages):
            for name in names:
                gc.collect()  # nobody pays for what another left behind
                began = process_time()
                sides[name](page)
                best[name][place] = min(best[name][place], 1000 * (process_time() - began))
    return best


def bars(taken: Mapping[str, Sequence[float]]) -> Iterator[Bar]:
    ours = statistics.mean(taken[OURS])
    yield Bar("processor time a page, times trafilatura.extract's", ours / statistics.mean(taken[EXTRACT]), most=0.8)


def find_pages(folder: Path) -> list[Page]:
    """The saved pages of a folder, in the order of their names."""
    return [
        Page(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes(), _url_of(path))
        for path in sorted([*folder.glob("*.html.gz"), *folder.glob("*.html")])
    ]


def _url_of(path: Path) -> str:
    described = path.with_name(path.name.partition(".html")[0] + ".json")
    return str(json.loads(described.read_text(encoding="utf-8"))["url"]) if described.exists() else f"https://example.org/{path.name}"


# ------------------------------------------------------------------ the table


def main() -> int:
    """Print everything measured."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help=f"saved pages; {FOLDER.parent.parent.name}/… where it exists")
    parser.add_argument("--quick", action="store_true", help=f"1 round, not the best of {ROUNDS}")
    options = parser.parse_args()
    pages, rounds = find_pages(options.folder), 1 if options.quick else ROUNDS
    if not pages:
        print(f"{options.folder} holds no saved pages (NAME.html or NAME.html.gz)")
        return 2
    size = statistics.mean(len(page.body) for page in pages) / 1000
    print(f"{len(pages)} pages of {size:.0f} kB on average, the best of {rounds} rounds in turns; {load()}", flush=True)
    taken = measure(pages, tools(), rounds)
    print(f"{'processor time, ms a page':28}{'mean':>10}{'median':>10}{'p95':>10}{'most':>10}")
    for name, values in taken.items():
        ordered = sorted(values)
        figures = (statistics.mean(values), statistics.median(values), ordered[int(0.95 * (len(ordered) - 1))], ordered[-1])
        print(f"{name:28}" + "".join(f"{figure:10.1f}" for figure in figures))
    print()
    for bar in bars(taken):
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
