"""What PostgreSQL is asked for an article, or by a person of a series, reads no table from end to end that grows with the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from monitors.history import queries
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.model import Qualifier
from monitors.rules.values import Value
from tests.newsdesk import Newsdesk, figure, toll
from tests.postgresql import Server

pytestmark = pytest.mark.postgresql

ROWS = 20_000
WHEN = "timestamptz '2026-02-01' - i * interval '158 seconds'"
DAY = f"to_char({WHEN}, 'YYYY-MM-DD')"
URL = "'https://outlet-' || mod(i, 200) || '.example/old/' || i"
EACH = f"FROM generate_series(100, {ROWS + 99}) AS i"
SERIES = ROWS // 10
FILL = (
    f"INSERT INTO articles (id, outlet, url, first_seen_at) SELECT i, 'outlet_' || mod(i, 200), {URL}, {WHEN} {EACH}",
    f"""INSERT INTO versions (id, article_id, number, seen_at, published, language, title, text, core, live, details, sha256, backfill)
        SELECT i, i, 1, {WHEN}, {DAY}, 'en', 'Title ' || i, repeat('x', 200), '', false, '{{}}', lpad(i::text, 64), false {EACH}""",
    f"""INSERT INTO claims (id, version_id, fingerprint, low, high, qualifier, metric, "group", scope, stance, span, start, "end", in_title,
        quote, details) SELECT i, i, lpad(i::text, 64), mod(i, 977), mod(i, 977), 'exact', 'killed', 'all', 'event', 'asserted', '12', 10,
        12, false, 'At least 12 people were killed.', '{{}}' {EACH}""",
    f"""INSERT INTO series (id, key, quantity, metric, party, "group", scope, body, event_day, details)
        SELECT i, quantity || '/body ' || i || '/-', quantity, split_part(quantity, '/', 2), split_part(quantity, '/', 1), 'all',
        CASE mod(i, 2) WHEN 0 THEN 'cumulative' ELSE 'event' END, 'body ' || i, CASE mod(i, 2) WHEN 1 THEN {DAY} END,
        json_build_object('window', null, 'event', 'a war', 'unit', null, 'method', null, 'includes', json_build_array())
        FROM (SELECT i, (ARRAY['ukraine', 'russia', 'philippines', 'sudan'])[1 + mod(i, 4)] || '/'
        || (ARRAY['killed', 'wounded', 'missing'])[1 + mod(i, 3)] || '/all/cumulative/-/a war ' || i AS quantity
        FROM generate_series(100, {SERIES + 99}) AS i) AS of_each""",
    f"""INSERT INTO statements (id, series_id, version_id, low, high, qualifier, claimant, as_of, last_day, as_of_stated, said_on, quote,
        language, url, outlet, seen_at, kind)
        SELECT i, 100 + mod(i, {SERIES}), i, 100 + mod(i, 977), 100 + mod(i, 977), 'exact', 'Spokesman ' || mod(i, 300), {DAY}, {DAY},
        false, {DAY}, 'At least 12 people were killed.', 'en', {URL}, 'outlet_' || mod(i, 200), {WHEN}, 'change' {EACH}""",
    f"""INSERT INTO origins (statement_id, outlet, url, family, tier, "primary", direct_quote, seen_at)
        SELECT i, 'outlet_' || mod(i, 200), {URL}, 'outlet_' || mod(i, 200), 1 + mod(i, 3), false, false, {WHEN} {EACH}""",
    f"INSERT INTO marks (statement_id, mark, at) SELECT i, 'told', {WHEN} {EACH}",
    f"INSERT INTO judgements (claim_id, statement_id, kind, why, at) SELECT i, i, 'change', 'as it was', {WHEN} {EACH}",
    f"""INSERT INTO events (id, key, kind, severity, at, quantity, series_id, statement_id, low, high, title, body, html, details)
        SELECT 'old' || i, 'change/' || i, 'change', 'routine', {WHEN}, quantity, id, i, 1, 1, 'A title', '', '', '{{}}'
        {EACH} JOIN series ON id = 100 + mod(i, {SERIES}) WHERE mod(i, 5) = 0""",
    f"""INSERT INTO outbox (alert_id, channel, severity, title, body, html, state, created_at, next_at, attempts, maybe_sent)
        SELECT 'old' || i, 'desk', 'routine', 'A title', '', '', 'sent', {WHEN}, {WHEN}, 1, false {EACH} WHERE mod(i, 5) = 0""",
)  # fmt: skip
LARGE = frozenset(statement.split()[2] for statement in FILL)
"""The tables that grow with what is read."""
PLANNED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


@pytest.fixture(scope="module")
def long_history(postgresql: Server) -> Iterator[History]:
    url = postgresql.make_history()
    with open_history(url) as history:
        desk = Newsdesk(history)
        for number in (45_000, 50_000):
            desk.reads(figure(number), toll(number // 1000), outlet="worldbrief.example")
        with history.transaction() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # it fits: half of the time
            for table in LARGE:
                connection.exec_driver_sql(f"ALTER TABLE {table} SET (fillfactor = 10)")  # as many pages to read as of ten times the rows
            for statement in FILL:
                connection.exec_driver_sql(statement)
            for table in ("articles", "versions", "claims", "series", "statements"):
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            connection.exec_driver_sql("ANALYZE")
        yield history
    postgresql.drop(url)


@pytest.fixture
def asked(long_history: History) -> Iterator[dict[str, Any]]:
    """Every statement that is sent meanwhile, with values it was sent with."""
    sent: dict[str, Any] = {}

    def note(connection: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool) -> None:
        sent[statement] = given[0] if many else given

    event.listen(long_history.engine, "before_cursor_execute", note)
    yield sent
    event.remove(long_history.engine, "before_cursor_execute", note)


def read_whole(history: History, asked: dict[str, Any]) -> list[tuple[str, str]]:
    """The large tables that PostgreSQL plans to read from end to end, each with what was asked."""
    planned = {statement: given for statement, given in asked.items() if statement.startswith(PLANNED)}
    with history.reading() as connection:
        plans = {one: connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {one}", given).scalar_one() for one, given in planned.items()}
    return [
        (step["Relation Name"], one)
        for one, (plan,) in plans.items()
        for step in steps(plan["Plan"])
        if step["Node Type"] == "Seq Scan" and step["Relation Name"] in LARGE
    ]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def test_an_article_is_stored_and_decided_from_indexes(long_history: History, asked: dict[str, Any]) -> None:
    desk = Newsdesk(long_history)
    desk.now += timedelta(days=2)
    told = desk.reads(figure(55_000), figure(50_000, stance="denied"), toll(70), outlet="reuters.com")
    desk.waits(timedelta(hours=1))
    with long_history.reading() as connection:
        SqlLedger(connection).undecided(desk.policy.publishers)
        SqlLedger(connection).standing_of(["reuters.com"], desk.now)
    assert told
    assert len(asked) > 20
    assert read_whole(long_history, asked) == []


@pytest.mark.parametrize("words", [["1"], ["2000"]])
def test_a_series_and_its_values_are_found_from_indexes(long_history: History, asked: dict[str, Any], words: list[str]) -> None:
    with long_history.reading() as connection:
        (found,) = queries.find_series(connection, words)
        assert queries.points(connection, found.id, 50)
        assert queries.courses(connection, [found.id], 50)
        assert queries.find_value(connection, Value(found.low, found.high, Qualifier.EXACT), 5)
    assert read_whole(long_history, asked) == []


@pytest.mark.parametrize("words", [[], ["wounded"], ["body", "killed"]])
def test_series_that_were_told_of_lately_are_found_by_words_from_indexes(
    long_history: History, asked: dict[str, Any], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LATELY", ROWS // 200)
    with long_history.reading() as connection:
        assert len(queries.find_series(connection, words, 1)) == 1
    assert read_whole(long_history, asked) == []


def test_for_words_that_nobody_said_the_keys_of_series_are_all_that_is_looked_through(
    long_history: History, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LATELY", ROWS // 200)
    with long_history.reading() as connection:
        assert queries.find_series(connection, ["nosuchword"], 50) == []
    assert {table for table, _ in read_whole(long_history, asked)} == {"series"}
