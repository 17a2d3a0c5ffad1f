"""What a page costs with 10 and with 1,000,000 articles in the history, read, stored and judged: it must not depend on how many there are.

`python -m tests.bench.bench_store` prints the table; `pytest tests/bench/bench_store.py -m bench` asserts the bars. The long history is
five years of 200 outlets: every tenth article holds three figures; half of the statements are of 1,000 running totals, the others of 10,000
events. It takes two gigabytes for some minutes. Both histories are given the same pages, in turns, and the same few questions of a run.
"""

from __future__ import annotations

import re
import sqlite3
import statistics
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import pytest
from sqlalchemy import Connection

from crawler.article import Article, Entry
from crawler.memory import Validators
from crawler.pages import read_article
from monitors import watch
from monitors.choice import make_policy
from monitors.config import Configuration
from monitors.history import frontier
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.model import Reading
from monitors.reader import Reader
from tests.bench.measure import Bar, load
from tests.bench.pages import make_page, make_story
from tests.newsdesk import listen

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

FEW, MANY = 10, 1_000_000
PAGES, ROUNDS = 100, 5
OUTLET, FEED = "outlet_7", "https://outlet-7.example/rss.xml"
STEPS = ("read", "store, no figures", "store, figures", "judge, no figures", "judge, figures", "ask what waits")
KEPT = "stored and judged, one page in five with figures"
ALL = "the whole page: read, stored and judged"


def test_a_page_costs_the_same_in_a_long_history() -> None:
    missed = [str(bar) for bar in measure(FEW, MANY, rounds=3).bars() if not bar.holds]
    assert not missed, "\n".join(missed)


# ------------------------------------------------------------------ what is measured


@dataclass(frozen=True)
class Measured:
    """Milliseconds of processor time for each step, by how many articles there were, the best round; what reads a whole table."""

    steps: Mapping[int, Mapping[str, float]]
    scans: Sequence[str]

    def bars(self) -> Iterator[Bar]:
        few, many = (self.steps[count] for count in sorted(self.steps))
        for name in (KEPT, ALL):
            yield Bar(f"{name}: times that of the short history", many[name] / few[name], most=1.3)
        yield Bar("statements that read a whole table", len(self.scans), most=0)


@dataclass
class Side:
    """One history, and what its rounds took."""

    history: History
    rounds: list[dict[str, float]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every SQL statement seen."""

    def watch_statements(self) -> None:
        self.asked = listen(self.history)

    def scans(self) -> Iterator[str]:
        """The statements for which SQLite reads a table from its first row to its last."""
        with self.history.reading() as connection:
            asked = {_shorten(statement): statement for statement in self.asked if statement.startswith(("SELECT", "UPDATE", "DELETE"))}
            for statement in asked.values():
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                whole = [row[-1] for row in plan if row[-1].startswith("SCAN") and row[-1].split()[1] not in SHORT]
                if whole:
                    yield f"{'; '.join(whole)}: {_shorten(statement)}"


def _shorten(statement: str) -> str:
    """On one line, without its values, each list of them as one."""
    plain = re.sub(r"'(?:[^']|'')*'|\b\d+\b", "?", " ".join(statement.split()))
    return re.sub(r"\?(, \?)+", "?, …", plain)


SHORT = {"undecided", "holds", "outlets", "SUBQUERY", "CONSTANT"}
"""Tables that hold what waits, and are empty after a run; one row for each outlet."""


def measure(few: int, many: int, rounds: int) -> Measured:
    """Give the same pages to a short and to a long history."""
    now = datetime.now(UTC).replace(microsecond=0)
    config = Configuration()
    reader, policy = Reader(make_policy(config).monitors), make_policy(config)
    with _filled((few, many), now) as sides:
        for number in range(rounds + 1):  # the first warms up
            stories = [_story(number * PAGES + place, now) for place in range(PAGES)]
            for count in sorted(sides, reverse=number % 2 == 1):
                sides[count].rounds.append(_play(sides[count].history, stories, reader, policy, now))
        steps = {count: _best(side.rounds[1:]) for count, side in sides.items()}
        return Measured(steps, sorted(set(sides[many].scans())))


def _best(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: min(one[name] for one in rounds) for name in rounds[0]}


def _play(
    history: History, stories: Sequence[tuple[Article, bytes]], reader: Reader, policy: watch.Policy, now: datetime
) -> dict[str, float]:
    """One run's work: each page read, what waits asked for, each page stored, each judged."""
    taken: dict[str, list[float]] = {name: [] for name in STEPS}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = process_time()
        yield
        taken[name].append(1000 * (process_time() - began))

    def ask(name: str, do: Callable[[Connection], Any]) -> Any:
        with timed(name), history.transaction() as connection:
            return do(connection)

    def doubts(text: str, language: str | None) -> bool:
        return reader.holds_figure(text, language or "en")

    pages = []
    for story, page in stories:
        with timed("read"):
            article = read_article(page, story.url, outlet=OUTLET, doubts=doubts)
            pages.append((article, reader.read(article)))
    entries = [Entry(article.url, article.title, published=article.published) for article, _ in pages]
    ask("ask what waits", lambda connection: frontier.store_found(connection, OUTLET, FEED, entries, Validators('"1"'), now))
    ask("ask what waits", lambda connection: frontier.pending(connection, OUTLET, now))
    ask("ask what waits", lambda connection: frontier.outlets_due(connection, now))
    ask("ask what waits", lambda connection: frontier.read_outlets(connection))
    stored = []
    for entry, (article, reading) in zip(entries, pages, strict=True):

        def store(connection: Connection, entry: Entry = entry, article: Article = article, reading: Reading = reading) -> int | None:
            version = watch.record(article, reading, SqlLedger(connection), now)
            frontier.done(connection, OUTLET, entry, article, Validators('"2"'), now)
            return version

        kind = "figures" if reading.claims else "no figures"
        stored.append((ask(f"store, {kind}", store), kind))
    ask("ask what waits", lambda connection: SqlLedger(connection).undecided(policy.publishers))
    ask("ask what waits", lambda connection: SqlLedger(connection).due(now))
    for version, kind in stored:
        ask(f"judge, {kind}", lambda connection, version=version: watch.decide(version, SqlLedger(connection), policy, now))
    means = {name: statistics.mean(values) for name, values in taken.items() if name != "ask what waits"}
    kept = sum(sum(values) for name, values in taken.items() if name.startswith(("store", "judge"))) / len(pages)
    return {**means, "ask what waits": sum(taken["ask what waits"]), KEPT: kept, ALL: means["read"] + kept}


def _story(number: int, now: datetime) -> tuple[Article, bytes]:
    """A page of today, as an article and as a server sends it; one in five with figures."""
    story = make_new_article(number, now)
    return story, make_page(story, story.url, now - timedelta(minutes=number % 600), number).encode()


def make_new_article(number: int, now: datetime) -> Article:
    published, url = now - timedelta(minutes=number % 600), f"https://outlet-7.example/new/{number}"
    return replace(make_story(number), outlet=OUTLET, url=url, published=published)


# ------------------------------------------------------------------ the histories


@contextmanager
def _filled(counts: Sequence[int], now: datetime) -> Iterator[dict[int, Side]]:
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder, ExitStack() as stack:
        sides = {}
        for count in counts:
            path = Path(folder) / f"{count}.db"
            sides[count] = Side(stack.enter_context(open_history(f"sqlite:///{path}")))
            fill(path, count, now)
            sides[count].watch_statements()
        yield sides


def fill(path: Path, count: int, now: datetime) -> None:
    """So many articles and all that hangs on them, the newest first: one every 158 seconds."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in FILL:
            connection.execute(AGES + statement, {"n": count, "now": now.strftime("%Y-%m-%dT%H:%M:%S")})
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


AGES = "WITH RECURSIVE row(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM row WHERE i < :n) "
AT = "strftime('%Y-%m-%dT%H:%M:%S.000000Z', :now, '-' || (158 * {age}) || ' seconds')"
WHEN = AT.format(age="i")
URL = "'https://outlet-' || (i % 200) || '.example/old/' || i"
TOTALS = "max(1, min(1000, :n / 20))"
SERIES_OF = f"CASE WHEN i % 20 = 0 THEN 1 + i / 20 % {TOTALS} ELSE 1001 + i / 100 END"
"""Of the statement of article i: every other one of a running total, the rest of an event that is told of five times."""
METRIC = "CASE {n} % 6 WHEN 3 THEN 'wounded' WHEN 4 THEN 'displaced' WHEN 5 THEN 'missing' ELSE 'killed' END"
PARTY = "CASE {n} / 6 % 8 WHEN 0 THEN 'ukraine' WHEN 1 THEN 'russia' WHEN 2 THEN 'gaza' WHEN 3 THEN 'sudan' WHEN 4 THEN 'italy' WHEN 5 THEN 'peru' WHEN 6 THEN 'philippines' END"  # noqa: E501
QUANTITY = "coalesce(party, '-') || '/' || metric || '/all/' || scope || '/-/' || event || '/-/-'"
FILL = (
    f"INSERT INTO articles (id, outlet, url, first_seen_at) SELECT i, 'outlet_' || (i % 200), {URL}, {WHEN} FROM row",
    f"""INSERT INTO versions (id, article_id, number, seen_at, published, language, title, text, core, live, details, sha256, backfill)
        SELECT i, i, 1, {WHEN}, {WHEN}, 'en', 'The title of article ' || i, printf('%.400c', 'x'), printf('%.400c', 'x'), 0,
        '{{"authors": [], "alt_titles": [], "section": null, "canonical_url": null}}', printf('%064d', i), 0 FROM row""",
    f"INSERT INTO validators (url, outlet, etag, checked_at) SELECT {URL}, 'outlet_' || (i % 200), '\"' || i || '\"', {WHEN} FROM row",
    f"""INSERT INTO frontier (outlet, url, entry, published, found_at, visits, attempts)
        SELECT 'outlet_' || (i % 200), {URL}, json_object('url', {URL}, 'title', 'The title of article ' || i), {WHEN}, {WHEN}, 6, 0
        FROM row""",
    f"""INSERT INTO series (id, "key", quantity, metric, party, "group", scope, body, event_day, details)
        SELECT id, {QUANTITY} || '/' || body || '/-', {QUANTITY}, metric, party, 'all', scope, body, day,
        json_object('window', null, 'event', event, 'unit', null, 'method', null, 'includes', json_array()) FROM (
        SELECT i AS id, {METRIC.format(n="i")} AS metric, {PARTY.format(n="i")} AS party, 'cumulative' AS scope, 'ministry ' || i AS body,
        NULL AS day, 'a war' AS event FROM row WHERE i <= {TOTALS} UNION ALL
        SELECT 1001 + i / 100, {METRIC.format(n="i / 100")}, {PARTY.format(n="i / 100")}, 'event', 'officials ' || i,
        substr({WHEN}, 1, 10), '-|place ' || i || '|' || substr({WHEN}, 1, 10) FROM row WHERE i % 100 = 10)""",
    """INSERT INTO claims (id, version_id, fingerprint, low, high, qualifier, metric, party, "group", scope, stance, span, start, "end",
        in_title, quote, details)
        SELECT i, i - i % 10, printf('%064d', i), i % 977, i % 977, 'exact', 'killed', NULL, 'all', 'event', 'asserted', '12', 10, 12, 0,
        'At least 12 people were killed, officials said.', '{}' FROM row WHERE i % 10 < 3 AND i >= 10""",
    f"""INSERT INTO statements (id, series_id, version_id, low, high, qualifier, claimant, as_of, last_day, as_of_stated, said_on, quote,
        language, url, outlet, seen_at, kind)
        SELECT i / 10, {SERIES_OF}, i, 100 + i % 977, 100 + i % 977, 'exact', 'officials', substr({WHEN}, 1, 10), substr({WHEN}, 1, 10), 0,
        substr({WHEN}, 1, 10), 'At least 12 people were killed, officials said.', 'en', {URL}, 'outlet_' || (i % 200), {WHEN}, 'change'
        FROM row WHERE i % 10 = 0 AND ({SERIES_OF}) IN (SELECT id FROM series)""",
    f"""INSERT INTO origins (statement_id, outlet, url, family, tier, published, "primary", direct_quote, seen_at)
        SELECT (i - i % 10) / 10, 'outlet_' || (i % 200), {URL}, 'outlet_' || (i % 200), 1 + i % 3, {WHEN}, 0, 0, {WHEN} FROM row
        WHERE i % 10 < 3 AND (i - i % 10) / 10 IN (SELECT id FROM statements)""",
    f"""INSERT INTO marks (statement_id, mark, at) SELECT i / 10, 'told', {WHEN} FROM row
        WHERE i % 30 = 0 AND i / 10 IN (SELECT id FROM statements)""",
    f"""INSERT INTO judgements (claim_id, statement_id, kind, why, at)
        SELECT claims.id, statements.id, 'change', 'as it was', {AT.format(age="claims.id")}
        FROM claims JOIN statements ON statements.version_id = claims.version_id""",
    """INSERT INTO events (id, "key", kind, severity, at, quantity, series_id, statement_id, low, high, title, body, html, details)
        SELECT printf('%012d', statements.id), 'change/' || statements.id, 'change', 'routine', statements.seen_at, quantity, series.id,
        statements.id, low, high, 'A title', printf('%.600c', 'x'), printf('%.900c', 'x'), '{}'
        FROM statements JOIN series ON series.id = statements.series_id WHERE statements.id % 5 = 0""",
    """INSERT INTO outbox (alert_id, channel, severity, title, body, html, state, created_at, next_at, attempts, maybe_sent)
        SELECT id, 'desk', severity, title, body, html, 'sent', at, at, 1, 0 FROM events""",
    f"INSERT INTO runs (id, started_at, finished_at, exit_status) SELECT printf('%032d', i), {WHEN}, {WHEN}, 0 FROM row WHERE i % 100 = 7",
    """INSERT INTO outlet_runs (run_id, outlet, at, status, fetched, not_modified, articles, claims, seconds, failures)
        SELECT runs.id, 'outlet_' || i, started_at, 'ok', 1, 0, 1, 0, 1, '{}' FROM runs, row WHERE i <= 10""",
)  # fmt: skip


# ------------------------------------------------------------------ the table


def main() -> int:
    """Print everything measured."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"2 rounds and 100,000 articles, not {ROUNDS} and {MANY:,}")
    options = parser.parse_args()
    many, rounds = (100_000, 2) if options.quick else (MANY, ROUNDS)
    print(f"{PAGES} pages a round into each history, {rounds} rounds in turns; {load()}", flush=True)
    measured = measure(FEW, many, rounds)
    print(f"{'processor time, ms, best round':52}" + "".join(f"{f'{count:,} articles':>20}" for count in measured.steps) + f"{'times':>8}")
    few, long = measured.steps.values()
    for name in few:
        print(f"{name:52}{few[name]:20.2f}{long[name]:20.2f}{long[name] / few[name]:8.2f}")
    for scan in measured.scans:
        print(f"\nreads a whole table: {scan}")
    print()
    for bar in measured.bars():
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
