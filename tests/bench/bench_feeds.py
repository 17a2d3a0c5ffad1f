"""200 feeds that have not changed: our whole `tallywatch run`, side by side with urlwatch where that is installed.

`python -m tests.bench.bench_feeds` prints the table; `pytest tests/bench/bench_feeds.py -m bench` asserts the bars. The alternative is
`pip install urlwatch`; it compares whole feeds, ten at a time. Both know all feeds from a run before, and ask with the ETag they were
given.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.bench.loopback import Counts, Server, serve
from tests.bench.measure import Bar, Run, alternate, best_and_median, load, run

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

FEEDS, ITEMS, ROUNDS = 200, 40, 7
OURS, THEIRS = "tallywatch run", "urlwatch"


def test_what_has_not_changed_is_cheap() -> None:
    measured = measure(rounds=5)
    missed = [str(bar) for bar in measured.bars() if not bar.holds]
    assert not missed, "\n".join(missed)


# ------------------------------------------------------------------ what is measured


@dataclass(frozen=True)
class Side:
    """The rounds of one side, and what the server was asked in each."""

    runs: Sequence[Run]
    counts: Sequence[Counts]


@dataclass(frozen=True)
class Measured:
    """Both sides, and what our runs say of themselves."""

    sides: dict[str, Side]
    parsed: int
    """Bodies of feeds that our runs took for new and read, in all rounds."""

    def bars(self) -> Iterator[Bar]:
        ours = self.sides[OURS]
        if theirs := self.sides.get(THEIRS):
            times = min(one.wall for one in ours.runs) / min(one.wall for one in theirs.runs)
            yield Bar("seconds on the wall, times urlwatch's, best rounds", times, most=2.0)
        yield Bar("conditional requests, the fewest of a round", min(one.conditional for one in ours.counts), least=FEEDS)
        yield Bar("answered 304, the fewest of a round", min(one.not_modified for one in ours.counts), least=FEEDS)
        yield Bar("bodies read, all rounds", self.parsed, most=0)
        yield Bar("memory, MB, the most of a round", max(one.megabytes for one in ours.runs), most=250)


def measure(rounds: int, hosts: int = 1) -> Measured:
    """Fill both sides' memories by a first run, then let them run in turns."""
    with serve(write_feeds, hosts) as server, TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        urls = [f"{server.addresses[number % hosts]}/{number}/rss.xml" for number in range(FEEDS)]
        sides = dict(_sides(Path(folder), urls))
        for side in sides.values():
            side()
        server.counts()
        taken = alternate({name: _counted(side, server) for name, side in sides.items()}, rounds)
    measured = {name: Side([run for run, _ in rows], [counts for _, counts in rows]) for name, rows in taken.items()}
    parsed = sum(outlet["fetched"] for one in measured[OURS].runs for outlet in json.loads(one.printed)["outlets"].values())
    return Measured(measured, parsed)


def _sides(folder: Path, urls: Sequence[str]) -> Iterator[tuple[str, Callable[[], Run]]]:
    ours, theirs = folder / "ours", folder / "theirs"
    ours.mkdir()
    theirs.mkdir()
    (ours / "tallywatch.toml").write_text(configure(urls), encoding="utf-8")
    yield OURS, lambda: run([sys.executable, "-m", "monitors.cli", "run", "--json"], ours)
    if command := find_urlwatch():
        (theirs / "urls.yaml").write_text("\n---\n".join(f"url: {url}" for url in urls), encoding="utf-8")
        files = [part for name in ("urls.yaml", "urlwatch.yaml", "cache.db", "hooks.py") for part in (OPTIONS[name], theirs / name)]
        yield THEIRS, lambda: run([command, *files], theirs)


OPTIONS = {"urls.yaml": "--urls", "urlwatch.yaml": "--config", "cache.db": "--cache", "hooks.py": "--hooks"}


def _counted(side: Callable[[], Run], server: Server) -> Callable[[], tuple[Run, Counts]]:
    return lambda: (side(), server.counts())


def find_urlwatch() -> str | None:
    """Beside this interpreter, else on the PATH."""
    return shutil.which("urlwatch", path=str(Path(sys.executable).parent)) or shutil.which("urlwatch")


# ------------------------------------------------------------------ the feeds


def configure(urls: Sequence[str]) -> str:
    """A configuration of an outlet for each feed and no others."""
    tables = (
        f'[[outlet]]\nname = "outlet_{number}"\nfeeds = ["{url}"]\nallow_private = true\ndelay = 0.0\n' for number, url in enumerate(urls)
    )
    return "\n".join(['database = "sqlite:///history.db"', 'contact = "bench@example.org"', "outlets = []", *tables])


def write_feeds(folder: Path, addresses: Sequence[str]) -> None:
    for number in range(FEEDS):
        place = folder / str(number)
        place.mkdir()
        (place / "rss.xml").write_text(make_feed(number, addresses[number % len(addresses)]), encoding="utf-8")


def make_feed(number: int, address: str) -> str:
    """40 items of our own words, none of which is a monitor's: a day on which nothing happened that would be fetched."""
    chance = random.Random(number)
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>{_words(chance, 9)}</title><link>{address}/{number}/{item}.html</link><guid>{address}/{number}/{item}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(hours=item))}</pubDate><description>{_words(chance, 35)}</description></item>"
        for item in range(ITEMS)
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News {number}</title><link>/</link>'
    return f"{head}{items}</channel></rss>"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(QUIET, k=count)).capitalize()


QUIET = (
    "the", "a", "new", "old", "town", "council", "opens", "its", "market", "after", "long", "winter", "with", "songs", "and", "bread",
    "museum", "roof", "railway", "timetable", "harbour", "lights", "garden", "prize", "for", "young", "gardeners", "in", "spring",
    "library", "lends", "more", "books", "than", "ever", "bridge", "painted", "blue", "team", "wins", "third", "game", "of", "season",
)  # fmt: skip


# ------------------------------------------------------------------ the table


def print_table(measured: Measured) -> None:
    print(f"{'':18}{'wall s':>10}{'median':>10}{'cpu s':>10}{'median':>10}{'MB':>8}{'asked':>8}{'cond.':>8}{'304':>8}{'robots':>8}")
    for name, side in measured.sides.items():
        last = side.counts[-1]
        print(
            f"{name:18}{best_and_median([one.wall for one in side.runs])}{best_and_median([one.cpu for one in side.runs])}"
            f"{max(one.megabytes for one in side.runs):8.0f}{last.asked:8}{last.conditional:8}{last.not_modified:8}{last.robots:8}"
        )
    if THEIRS not in measured.sides:
        print("urlwatch is not installed (pip install urlwatch): ours alone")
    print()
    for bar in measured.bars():
        print(bar)


def main() -> int:
    """Print everything measured."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"2 rounds, not {ROUNDS}")
    parser.add_argument("--hosts", type=int, default=1, help="spread the feeds over so many loopback addresses (Linux); 1 is the default")
    options = parser.parse_args()
    rounds = 2 if options.quick else ROUNDS
    print(f"{FEEDS} feeds of {ITEMS} items on {options.hosts} host(s), unchanged, {rounds} rounds in turns; {load()}", flush=True)
    print_table(measure(rounds, options.hosts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
