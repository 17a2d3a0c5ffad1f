"""What a person's questions take in a history of 1,000,000 claims: series by words, a series' table, who stated a number.

`python -m tests.bench.bench_history` prints the table; `pytest tests/bench/bench_history.py -m bench` asserts the bars. The history is that
of bench_store without its articles, every statement by one of 3,000 spokesmen, and the shipped known values on top: 34,000 series, 330,000
statements, 0.8 gigabytes for a minute or two. What is loaded once by a process (claimants.toml) is loaded before.
"""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from monitors.history.queries import find_series, find_value, points
from monitors.history.store import open_history
from monitors.history.tables import statements
from monitors.job import load_known_values
from monitors.model import Qualifier
from monitors.report.rows import point_rows, series_rows, stated_rows
from monitors.rules.values import Value
from monitors.watch import Policy
from tests.bench.bench_store import AGES, FILL
from tests.bench.measure import Bar, load

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

CLAIMS, LIMIT, ROUNDS, MOST = 1_000_000, 50, 5, 100
TABLES = ("series", "claims", "statements", "origins", "marks")
WORDS = (
    (),
    ("zelensky", "killed"),
    ("Зеленський",),
    ("killed",),
    ("officials", "killed"),
    ("ministry", "77"),
    ("12", "wounded"),
    ("nosuchword",),
)
NUMBERS = (300, 1000, 55_000)


def test_a_question_is_answered_within_a_tenth_of_a_second() -> None:
    missed = [str(bar) for bar in bars(measure(CLAIMS, ROUNDS)) if not bar.holds]
    assert not missed, "\n".join(missed)


@dataclass(frozen=True)
class Asked:
    """Milliseconds of each round, and how many rows came."""

    taken: Sequence[float]
    rows: int


def bars(measured: Mapping[str, Asked]) -> Iterator[Bar]:
    for question, asked in measured.items():
        yield Bar(f"{question}: ms, the best round", min(asked.taken), most=MOST)


def measure(claims: int, rounds: int) -> dict[str, Asked]:
    """Fill a history and ask each question some times."""
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        path = Path(folder) / "history.db"
        with open_history(f"sqlite:///{path}") as history:
            fill(path, claims)
            load_known_values(history, Policy.shipped(), datetime(2026, 3, 1, tzinfo=UTC))
            with history.reading() as connection:
                return {what: Asked(*_time(ask, rounds)) for what, ask in questions(connection)}


def questions(connection: Connection) -> Iterator[tuple[str, Callable[[], Sequence[Any]]]]:
    """Each with what a command does to answer it."""
    find_series(connection, ["claimants"])
    for words in WORDS:
        yield f"history {' '.join(words)}".strip(), lambda words=words: series_rows(find_series(connection, words, LIMIT))
    longest = select(statements.c.series_id).group_by(statements.c.series_id).order_by(func.count().desc()).limit(1)
    number = connection.execute(longest).scalar_one()
    yield "history NO., the longest", lambda: point_rows(points(connection, find_series(connection, [str(number)])[0].id, LIMIT))
    for n in NUMBERS:
        yield f"find {n}", lambda n=n: stated_rows(find_value(connection, Value(n, n, Qualifier.EXACT), LIMIT))


def fill(path: Path, claims: int) -> None:
    """So many claims, and the statements they come to: three tenths of the articles of bench_store have one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in FILL:
            if statement.startswith(tuple(f"INSERT INTO {table} " for table in TABLES)):
                said = statement.replace("'exact', 'officials',", "'exact', 'Spokesman ' || (i % 3000),")
                connection.execute(AGES + said, {"n": claims * 10 // 3, "now": "2026-02-05T12:00:00"})
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _time(ask: Callable[[], Sequence[Any]], rounds: int) -> tuple[list[float], int]:
    taken, rows = [], 0
    for _ in range(rounds):
        began = perf_counter()
        rows = len(ask())
        taken.append(1000 * (perf_counter() - began))
    return taken, rows


def main() -> int:
    """Print everything measured."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"100,000 claims, not {CLAIMS:,}")
    claims = CLAIMS // 10 if parser.parse_args().quick else CLAIMS
    print(f"{claims:,} claims, {ROUNDS} rounds; {load()}", flush=True)
    measured = measure(claims, ROUNDS)
    print(f"{'wall time, ms':40}{'rows':>8}{'best':>8}{'worst':>8}")
    for question, asked in measured.items():
        print(f"{question:40}{asked.rows:8}{min(asked.taken):8.1f}{max(asked.taken):8.1f}")
    print()
    for bar in bars(measured):
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
