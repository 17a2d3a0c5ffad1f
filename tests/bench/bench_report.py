"""What it takes to write the report of a history of 100,000 figures, and how heavy its pages are.

`python -m tests.bench.bench_report` prints the table; `pytest tests/bench/bench_report.py -m bench` asserts the bars. The history is that
of bench_store with 333,333 articles: three tenths of them hold a figure, each in a sentence of its own. It takes a gigabyte for minutes.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest

from monitors.history.store import open_history
from tests.bench.bench_store import AGES, FILL
from tests.bench.measure import Bar, load

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ARTICLES = 333_333
QUOTE = "'At least 12 people were killed, officials said.'"
OWN_QUOTE = "'At least 12 people were killed in town ' || i || ', officials said.'"
LIBRARY = "plotly.min.js"


def test_a_report_of_a_hundred_thousand_figures_is_written_in_twenty_seconds() -> None:
    missed = [str(bar) for bar in measure().bars() if not bar.holds]
    assert not missed, "\n".join(missed)


@dataclass(frozen=True)
class Written:
    """Seconds, megabytes of memory, files, and kilobytes of the first page with all it needs, and of the heaviest page."""

    seconds: float
    processor: float
    memory: float
    files: int
    first: float
    heaviest: float

    def bars(self) -> Iterator[Bar]:
        yield Bar("the whole command, seconds", self.seconds, most=20)
        yield Bar("its memory, MB", self.memory, most=400)
        yield Bar("the first page beside the plotting library, kB", self.first, most=300)


def measure() -> Written:
    """Fill a history, and run the command as a person does."""
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        place = Path(folder)
        with open_history(f"sqlite:///{place / 'history.db'}"):
            pass
        with closing(sqlite3.connect(place / "history.db")) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            for statement in FILL:
                connection.execute(AGES + statement.replace(QUOTE, OWN_QUOTE), {"n": ARTICLES, "now": "2026-02-05T12:00:00"})
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (place / "tallywatch.toml").write_text('database = "sqlite:///history.db"\n')
        began, before = perf_counter(), getrusage(RUSAGE_CHILDREN)
        tallywatch = Path(sys.executable).with_name("tallywatch")
        subprocess.run([tallywatch, "report", "--config", place / "tallywatch.toml"], check=True, capture_output=True)
        seconds, after = perf_counter() - began, getrusage(RUSAGE_CHILDREN)
        pages = [file for file in (place / "report").rglob("*") if file.is_file()]
        sizes = {file.relative_to(place / "report").as_posix(): file.stat().st_size / 1000 for file in pages}
        shared = sum(size for name, size in sizes.items() if name in ("assets/report.css", "assets/report.js"))
        heaviest = max(size for name, size in sizes.items() if name.endswith(".html"))
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Written(seconds, processor, after.ru_maxrss / 1024, len(pages), sizes["index.html"] + shared, heaviest)


def main() -> int:
    """Print everything measured."""
    print(f"{ARTICLES:,} articles, 100,000 figures; {load()}", flush=True)
    done = measure()
    print(f"{done.files} files in {done.seconds:.1f} s ({done.processor:.1f} s of processor time), {done.memory:.0f} MB")
    print(f"first page {done.first:.0f} kB with its style and script, heaviest page {done.heaviest:.0f} kB\n")
    for bar in done.bars():
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
