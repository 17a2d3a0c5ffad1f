"""1,000 article pages through the whole job, side by side with Scrapy that only fetches them, and Scrapy with trafilatura: pages a second.

`python -m tests.bench.bench_pages` prints the table; `pytest tests/bench/bench_pages.py -m bench` asserts the bars. Each side is a whole
process from its start, asks one host for 16 pages at a time without a pause, and takes them gzipped. Ours is `tallywatch run` over an
outlet known from a run before: it reads the feed, fetches the pages, reads their texts and figures, stores them in SQLite in a transaction
each, judges the figures and prints the alerts. The others are given the list of pages and keep nothing.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.bench.loopback import serve
from tests.bench.measure import Bar, Run, alternate, best_and_median, load, run
from tests.bench.pages import write_pages

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

PAGES, ROUNDS, CONCURRENCY = 1000, 3, 16
OURS, BARE, TRAFILATURA = "tallywatch run", "bare Scrapy", "Scrapy, trafilatura"


def test_pages_a_second_beside_bare_scrapy() -> None:
    missed = [str(bar) for bar in bars(measure(PAGES, rounds=2)) if not bar.holds]
    assert not missed, "\n".join(missed)


# ------------------------------------------------------------------ what is measured


def measure(count: int, rounds: int) -> dict[str, list[Run]]:
    """Let the sides run in turns; each has read every page in every round."""
    urls: list[str] = []

    def write(folder: Path, addresses: Sequence[str]) -> None:
        urls.extend(write_pages(folder, addresses[0], count))
        (folder / "first.xml").write_text(FIRST.format(old=format_datetime(datetime.now(UTC) - timedelta(days=30))), encoding="utf-8")

    with serve(write) as server, TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        home = Path(folder)
        (home / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
        ours = Ours(home, server.addresses[0], count)
        ours.begin()
        others = [sys.executable, "-m", "tests.bench.bare_scrapy", home / "urls.txt", str(CONCURRENCY)]
        sides: dict[str, Callable[[], Run]] = {
            OURS: ours.run,
            BARE: lambda: _all_read(run(others, home), f"{count} 0"),
            TRAFILATURA: lambda: _all_read(run([*others, "--trafilatura"], home), f"{count} {count}"),
        }
        for side in (BARE, TRAFILATURA):
            sides[side]()  # compiles its modules; `begin` has done so for ours
        server.counts()
        return alternate(sides, rounds)


@dataclass
class Ours:
    """Our job over the outlet, from the same history every time."""

    home: Path
    address: str
    count: int
    history: bytes = b""

    def begin(self) -> None:
        """Meet the outlet for the first time, with a feed that has nothing to read, so that what comes is news and told."""
        self._configure("first.xml")
        run([sys.executable, "-m", "monitors.cli", "run"], self.home)
        self.history = (self.home / "history.db").read_bytes()
        self._configure("rss.xml")
        self.run()

    def run(self) -> Run:
        for left in self.home.glob("history.db*"):
            left.unlink()
        (self.home / "history.db").write_bytes(self.history)
        done = run([sys.executable, "-m", "monitors.cli", "run", "--json"], self.home)
        (outlet,) = json.loads(done.printed)["outlets"].values()
        assert outlet["articles"] == self.count, outlet
        return done

    def _configure(self, feed: str) -> None:
        outlet = f'name = "bench"\nfeeds = ["{self.address}/{feed}"]\nfetch = "all"\ntier = 1\nallow_private = true\ndelay = 0.0\n'
        head = 'database = "sqlite:///history.db"\ncontact = "bench@example.org"\noutlets = []\n'
        (self.home / "tallywatch.toml").write_text(f"{head}\n[[outlet]]\n{outlet}", encoding="utf-8")


FIRST = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title><link>/</link>'
    "<item><title>The first day</title><link>/old.html</link><pubDate>{old}</pubDate></item></channel></rss>"
)


def _all_read(done: Run, expected: str) -> Run:
    assert done.printed.strip() == expected, done.printed
    return done


def bars(taken: dict[str, list[Run]]) -> Iterator[Bar]:
    fastest = {name: min(one.wall for one in runs) for name, runs in taken.items()}
    yield Bar("pages a second, of bare Scrapy's, best rounds (goal 0.25)", fastest[BARE] / fastest[OURS], least=0.18)


# ------------------------------------------------------------------ the table


def main() -> int:
    """Print everything measured."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"1 round of 200 pages, not {ROUNDS} of {PAGES}; the start weighs more then")
    options = parser.parse_args()
    count, rounds = (200, 1) if options.quick else (PAGES, ROUNDS)
    print(f"{count} pages of one host, {CONCURRENCY} at a time on every side, {rounds} rounds in turns; {load()}", flush=True)
    taken = measure(count, rounds)
    print(f"{'':22}{'pages/s':>10}{'median':>10}{'cpu ms':>10}{'median':>10}{'MB':>8}   cpu: a page, start included")
    for name, runs in taken.items():
        rates, costs = [count / one.wall for one in runs], [1000 * one.cpu / count for one in runs]
        best, middle = max(rates), sorted(rates)[len(rates) // 2]
        print(f"{name:22}{best:10.1f}{middle:10.1f}{best_and_median(costs)}{max(one.megabytes for one in runs):8.0f}")
    print()
    for bar in bars(taken):
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
