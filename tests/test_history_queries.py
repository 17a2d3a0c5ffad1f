"""queries: people find a series by its words, see how it moved and what was told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from crawler.article import Entry
from crawler.health import Health
from crawler.memory import Validators
from monitors.history import frontier, queries, tables
from monitors.history.store import History, open_history
from monitors.model import Qualifier
from monitors.rules.blindness import UNSEEN
from monitors.rules.values import Value

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with open_history(f"sqlite:///{tmp_path}/h.db") as opened:
        yield opened


@pytest.fixture
def connection(history: History) -> Iterator[Connection]:
    """A history of two series: the Ukrainian soldiers killed as Ukraine counts them, and the Russian casualties as its staff does."""
    with history.transaction() as opened:
        add_series(opened, 1, "killed", "ukraine", "ukraine")
        add_series(opened, 2, "casualties", "russia", "ukraine_general_staff")
        add_series(opened, 3, "missing", "ukraine", "nobody_yet")
        add_statement(opened, 10, 1, 43000, "Volodymyr Zelensky", "2024-12-08")
        add_statement(opened, 11, 1, 55000, "Volodymyr Zelensky", "2026-02-04")
        add_statement(opened, 12, 1, 9000, "Valerii Zaluzhnyi", "2022-08-22", kind="historical")
        add_statement(opened, 9, 2, 1243070, "General Staff of Ukraine", "2026-02-04", ago=1)
        yield opened


def add_series(connection: Connection, number: int, metric: str, party: str, body: str) -> None:
    key = f"{party}/{metric}/military/cumulative/-/war in Ukraine/-/-/{body}/-"
    details = {"window": None, "event": "war in Ukraine"}
    values = {"group": "military", "scope": "cumulative", "quantity": f"{party}/{metric}", "details": details}
    connection.execute(insert(tables.series).values(id=number, key=key, metric=metric, party=party, body=body, **values))


def add_statement(
    connection: Connection,
    number: int,
    series: int,
    value: int,
    claimant: str,
    as_of: str,
    kind: str = "change",
    ago: int = 0,
    last_day: str | None = None,
) -> None:
    fixed: dict[str, Any] = {"qualifier": "exact", "as_of_stated": True, "language": "en", "url": "https://example.org", "outlet": "a"}
    seen_at = NOON - timedelta(hours=ago)
    connection.execute(insert(tables.statements).values(
        id=number, series_id=series, low=value, high=value, claimant=claimant, as_of=as_of,
        last_day=last_day or as_of, said_on=last_day or as_of, quote=f"It is {value:,}.", seen_at=seen_at, kind=kind, **fixed))  # fmt: skip


def found(connection: Connection, *words: str) -> list[int | None]:
    return [value.low for value in queries.find_series(connection, words)]


def test_every_series_is_listed_with_the_value_of_its_latest_day(connection: Connection) -> None:
    assert found(connection) == [55000, 1243070]
    assert len(queries.find_series(connection, limit=1)) == 1


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["zelensky", "killed"], [55000]),
        (["Zelensky killed"], [55000]),
        (["zaluzhnyi"], [55000]),  # who spoke for the same body earlier
        (["general", "staff"], [1243070]),
        (["ukraine_general_staff"], [1243070]),
        (["military"], [55000, 1243070]),
        (["casualt", "russia"], [1243070]),
        (["war"], [55000, 1243070]),
        (["ukraine/killed/military/cumulative/-/war in Ukraine/-/-/ukraine/-"], [55000]),
        (["2"], [1243070]),
        (["zelensky", "wounded"], []),
        (["Zelenskyy", "killed"], [55000]),  # by every name that claimants.toml has
        (["Зеленський"], [55000]),
        (["Генштаб"], [1243070]),
        (["taff"], []),  # the middle of a word
        (["99999999999999999999"], []),
    ],
)
def test_series_are_found_by_the_beginnings_of_words(connection: Connection, words: list[str], values: list[int]) -> None:
    assert found(connection, *words) == values


def test_a_withdrawn_value_no_longer_stands(connection: Connection) -> None:
    connection.execute(insert(tables.marks).values(statement_id=11, mark="withdrawn", at=NOON))
    assert found(connection, "killed") == [43000]
    assert [(point.low, point.marks) for point in queries.points(connection, 1)] == [(9000, ()), (43000, ()), (55000, ("withdrawn",))]


def test_a_series_shows_every_value_with_its_proof_and_who_carried_it(connection: Connection) -> None:
    for url, outlet in (("a", "bbc"), ("b", "reuters"), ("c", "bbc")):
        connection.execute(insert(tables.origins).values(
            statement_id=11, outlet=outlet, url=url, family=outlet, tier=1, primary=False, direct_quote=False, seen_at=NOON))  # fmt: skip
    newest = queries.points(connection, 1, limit=2)[-1]
    assert (newest.low, newest.quote, newest.kind, newest.outlets) == (55000, "It is 55,000.", "change", ("bbc", "reuters"))
    assert queries.points(connection, "no such key") == []


def test_alerts_are_listed_newest_first_with_what_became_of_them(connection: Connection) -> None:
    for name, severity, hour in (("aaa111", "notable", 1), ("bbb222", "routine", 2)):
        connection.execute(insert(tables.events).values(
            id=name, key=name, kind="change", severity=severity, at=NOON + timedelta(hours=hour), title=name.upper(), body="", html="",
            details={}))  # fmt: skip
    connection.execute(insert(tables.outbox).values(
        alert_id="aaa111", channel="desk", severity="notable", title="", body="", html="", state="pending", created_at=NOON, next_at=NOON,
        error="refused"))  # fmt: skip
    assert [(told.title, told.posted) for told in queries.alerts(connection)] == [
        ("BBB222", ()), ("AAA111", (queries.Posted("desk", "pending", "refused"),)),
    ]  # fmt: skip
    assert queries.alert(connection, "bbb") == queries.alerts(connection, limit=1)[0]
    assert queries.alert(connection, "%") is None


def test_the_state_of_the_job_is_told_by_its_last_run_and_each_outlets(connection: Connection) -> None:
    for hour, status in enumerate(["ok", "failed", "failed"]):
        at = NOON + timedelta(hours=hour)
        run = frontier.start_run(connection, at)
        frontier.store_outlet_runs(connection, run, [(Health("bbc", status, errors=("refused",)), 0, UNSEEN)], at)  # type: ignore[arg-type]
    last = queries.last_run(connection)
    assert last is not None
    assert (last.started_at, last.finished_at) == (at, None)
    assert queries.outlet_states(connection) == [queries.OutletState("bbc", at, "failed", "refused", NOON, 2)]


def test_counts_say_how_much_a_history_holds(connection: Connection) -> None:
    frontier.store_found(connection, "bbc", "https://example.org/rss", [Entry("https://example.org/1")], Validators(), NOON)
    assert queries.counts(connection) == queries.Counts(articles=0, claims=0, series=3, events=0, pages_waiting=1)


def test_the_last_told_of_come_first_however_long_ago_the_others_were(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LATELY", 1)
    assert found(connection) == found(connection, "military") == [55000, 1243070]


@pytest.mark.sqlite("its query plans")
def test_no_question_for_series_or_values_reads_all_that_was_ever_said(history: History, connection: Connection) -> None:
    asked: dict[str, Any] = {}

    @event.listens_for(history.engine, "before_cursor_execute")
    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked[statement] = parameters

    for words in ((), ("zelensky", "killed"), ("2",)):
        queries.find_series(connection, words)
    queries.find_value(connection, Value(55000, 55000, Qualifier.EXACT), 5)
    plans = [row[3] for one in dict(asked) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", asked[one])]
    assert any("ix_statements_low_high_qualifier_last_day (low>? AND low<?)" in step for step in plans)
    assert [step for step in plans if step.startswith("SCAN") and "statements" in step] == []


def test_what_only_recalled_an_old_value_stands_where_nothing_else_is_known(connection: Connection) -> None:
    add_series(connection, 4, "wounded", "ukraine", "ukraine")
    add_statement(connection, 14, 4, 370_000, "Volodymyr Zelensky", "2024-12-08", kind="historical")
    assert [(value.low, value.as_of) for value in queries.find_series(connection, ["wounded"])] == [(370_000, "2024-12-08")]


def test_a_month_lasts_longer_than_its_days_when_the_current_value_is_asked_for(connection: Connection) -> None:
    add_statement(connection, 15, 2, 1_250_000, "General Staff of Ukraine", "2026-02", last_day="2026-02-28")
    assert [value.low for value in queries.find_series(connection, ["casualties"])] == [1_250_000]


@pytest.mark.sqlite("its query plans")
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("SELECT id FROM statements WHERE series_id = 1 ORDER BY id DESC LIMIT 5", "ix_statements_series_id_id_low_high"),
        ("SELECT id FROM series WHERE metric = 'killed' AND scope = 'event' AND event_day = 'd'", "ix_series_metric_scope_event_day_party"),
        ("SELECT id FROM events ORDER BY at DESC LIMIT 20", "ix_events_at"),
        ("SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND next_at <= 'now'", "ix_outbox_state_next_at"),
        ("SELECT key FROM holds WHERE due_at <= 'now'", "ix_holds_due_at"),
        ("SELECT id FROM versions WHERE article_id = 1 ORDER BY number DESC LIMIT 1", "sqlite_autoindex_versions_1"),
        ("SELECT id FROM claims WHERE version_id = 1", "sqlite_autoindex_claims_1"),
        ("SELECT claim_id FROM judgements WHERE statement_id = 1", "ix_judgements_statement_id"),
    ],
)
def test_what_is_asked_for_every_article_is_answered_from_an_index(connection: Connection, asked: str, index: str) -> None:
    plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))
    assert index in plan
    assert "TEMP B-TREE" not in plan
