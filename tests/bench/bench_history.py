"""What a person's questions take in a history of 1,000,000 claims: series by words, a series' table, who stated a number; and to judge an
article there and in a history of 10 claims.

`python -m tests.bench.bench_history` prints the table, with `--postgresql` that of a PostgreSQL of its own, into which the history is
copied; `pytest tests/bench/bench_history.py -m bench` asserts the bars. The history is that of bench_store without its articles, every
statement by one of 3,000 spokesmen, and the shipped known values on top: 34,000 series, 330,000 statements, 0.8 gigabytes for a minute or
two, in PostgreSQL some more of both. What is loaded once by a process (claimants.toml) is loaded before.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from crawler.article import Article
from monitors import watch
from monitors.choice import make_policy
from monitors.config import Configuration
from monitors.history.ledger import SqlLedger
from monitors.history.moving import move
from monitors.history.queries import find_series, find_value, points
from monitors.history.store import History, open_history
from monitors.history.tables import statements
from monitors.job import load_known_values
from monitors.model import Qualifier, Reading
from monitors.reader import Reader
from monitors.report.rows import point_rows, series_rows, stated_rows
from monitors.rules.values import Value
from monitors.watch import Policy
from tests.bench.bench_store import AGES, FILL, make_new_article
from tests.bench.measure import Bar, load
from tests.postgresql import Server, running, why_none

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

FEW, CLAIMS, LIMIT, ROUNDS, MOST = 10, 1_000_000, 50, 5, 100
JUDGED = 20
"""Articles of figures, in a round."""
TABLES = ("series", "claims", "statements", "origins", "marks")
LAST = ("articles", "versions")
"""Only the last is there, so that new ones are numbered after it."""
NOW = datetime(2026, 3, 1, tzinfo=UTC)
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


@pytest.mark.parametrize("in_postgresql", [False, pytest.param(True, marks=pytest.mark.postgresql)])
def test_a_question_is_answered_within_a_tenth_of_a_second(in_postgresql: bool) -> None:
    if in_postgresql and (reason := why_none()):
        pytest.skip(reason)
    with filled(CLAIMS, in_postgresql) as history:
        missed = [str(bar) for bar in bars(measure(history, ROUNDS)) if not bar.holds]
    assert not missed, "\n".join(missed)


@dataclass(frozen=True)
class Asked:
    """Milliseconds of each round, and how many rows came."""

    taken: Sequence[float]
    rows: int


def bars(measured: Mapping[str, Asked]) -> Iterator[Bar]:
    for question, asked in measured.items():
        yield Bar(f"{question}: ms, the best round", min(asked.taken), most=MOST)


def measure(history: History, rounds: int) -> dict[str, Asked]:
    """Ask each question some times."""
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


def measure_judging(history: History, rounds: int) -> list[float]:
    """Judge new articles of figures, the same in every history: milliseconds an article, by rounds."""
    policy = make_policy(Configuration())
    reader = Reader(policy.monitors)
    read = ((article, reader.read(article)) for article in (make_new_article(number, NOW) for number in count()))
    with_figures = ((article, reading) for article, reading in read if reading.claims)
    return [statistics.mean(_judge(history, *one, policy) for one in islice(with_figures, JUDGED)) for _ in range(rounds)]


def _judge(history: History, article: Article, reading: Reading, policy: Policy) -> float:
    with history.transaction() as connection:
        version = watch.record(article, reading, SqlLedger(connection), NOW)
    assert version is not None
    began = perf_counter()
    with history.transaction() as connection:
        watch.decide(version, SqlLedger(connection), policy, NOW)
    return 1000 * (perf_counter() - began)


@contextmanager
def filled(claims: int, in_postgresql: bool) -> Iterator[History]:
    """A history of so many claims, and the known values."""
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder, ExitStack() as stack:
        path = Path(folder) / "history.db"
        history = stack.enter_context(open_history(f"sqlite:///{path}"))
        fill(path, claims)
        if in_postgresql:
            history = stack.enter_context(_copy(history, stack.enter_context(running())))
        load_known_values(history, Policy.shipped(), NOW)
        yield history


def _copy(history: History, server: Server) -> History:
    copied = open_history(server.make_history())
    with history.reading() as read, copied.transaction() as written:
        written.exec_driver_sql("SET LOCAL session_replication_role = replica")  # the articles that are referred to are left out
        move(read, written, lambda table, rows: None)
    with copied.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")  # what PostgreSQL does by itself elsewhere
    return copied


def fill(path: Path, claims: int) -> None:
    """So many claims, and the statements they come to: three tenths of the articles of bench_store have one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in FILL:
            table = statement.split()[2]
            if table in LAST:
                statement = statement.replace("FROM row", "FROM row WHERE i = :n")
            if table in TABLES + LAST:
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
    parser.add_argument("--postgresql", action="store_true", help="in a PostgreSQL of its own, not in SQLite")
    options = parser.parse_args()
    claims = CLAIMS // 10 if options.quick else CLAIMS
    print(f"{claims:,} claims in {'PostgreSQL' if options.postgresql else 'SQLite'}, {ROUNDS} rounds; {load()}", flush=True)
    with filled(claims, options.postgresql) as history:
        measured = measure(history, ROUNDS)
        judged = {claims: measure_judging(history, ROUNDS)}
    with filled(FEW, options.postgresql) as history:
        judged[FEW] = measure_judging(history, ROUNDS)
    print(f"{'wall time, ms':40}{'rows':>8}{'best':>8}{'worst':>8}")
    for question, asked in measured.items():
        print(f"{question:40}{asked.rows:8}{min(asked.taken):8.1f}{max(asked.taken):8.1f}")
    for stored, taken in judged.items():
        print(f"{f'an article judged, {stored:,} claims':48}{min(taken):8.1f}{max(taken):8.1f}")
    print()
    for bar in bars(measured):
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
