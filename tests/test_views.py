"""Whoever opens the database with a tool of their own finds views: plain names, the newest first, quick in a long history too."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.history.views import views
from tests.bench.bench_store import fill
from tests.newsdesk import Newsdesk, figure, hours

NAMES = ("current_values", "stated_values", "figures", "alerts_sent", "disagreements", "edits")
URL = "https://www.reuters.com/a"


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A history and one ten times as long."""
    folder = tmp_path_factory.mktemp("views")
    open_history(f"sqlite:///{folder}/empty.db").close()
    for count in (400, 4000):
        shutil.copy(folder / "empty.db", folder / f"{count}.db")
        fill(folder / f"{count}.db", count, datetime(2026, 2, 5, tzinfo=UTC))
        with closing(sqlite3.connect(folder / f"{count}.db")) as connection:
            edited = "INSERT INTO versions SELECT id + 1000000, article_id, 2, seen_at, published, modified, language, title, text, core, "
            connection.execute(edited + "live, free, details, sha256, backfill FROM versions WHERE id % 4 = 0")
            told = "'disagreement', severity, at, quantity || id, series_id, statement_id, low, high, title, body, html, details"
            connection.execute(
                'INSERT INTO events (id, "key", kind, severity, at, quantity, series_id, statement_id, low, high, title, body, html, '
                "details) "
                f"SELECT 'd' || id, 'd' || id, {told} FROM events LIMIT 7"
            )
            connection.commit()
    return {count: folder / f"{count}.db" for count in (400, 4000)}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A figure is told, edited in its page, recalled; another claimant differs; a third is withdrawn by a person."""
    path = tmp_path_factory.mktemp("views") / "h.db"
    with open_history(f"sqlite:///{path}") as history:
        desk = Newsdesk(history)
        desk.reads(figure(43_000), url=URL, title="Losses")
        desk.reads(figure(46_000), url=URL, title="Losses, corrected", at=hours(1))
        desk.reads(figure(9_000, "wounded"))
        with history.transaction() as opened:
            SqlLedger(opened).mark(3, "withdrawn", desk.now)
        desk.reads(figure(60_000, party="russia", attributed_to="CSIS"))
        desk.reads(figure(120_000, party="russia", attributed_to="US officials"))
    with open_history(f"sqlite:///{path}") as history, history.reading() as opened:
        yield opened


def rows(connection: Connection, wanted: str, **asked: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(wanted), asked)]


def test_the_views_are_there_and_are_these() -> None:
    assert tuple(views()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_a_view_can_be_asked_for_without_quotes(connection: Connection, name: str) -> None:
    columns = list(connection.execute(text(f"SELECT * FROM {name}")).keys())
    assert len(columns) > 5
    rows(connection, f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(columns)}")


@pytest.mark.sqlite("the steps of its machine")
@pytest.mark.parametrize("name", NAMES)
def test_some_rows_cost_no_more_in_a_history_ten_times_as_long(long: dict[int, Path], name: str) -> None:
    short, tenfold = (steps(path, f"SELECT * FROM {name} LIMIT 7") for path in long.values())
    assert tenfold < 2 * short


def steps(path: Path, asked: str) -> int:
    """How many steps of SQLite's machine an answer of seven rows takes."""
    taken = [0]

    def count() -> None:
        taken[0] += 10

    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(count, 10)
        assert len(connection.execute(asked).fetchall()) == 7
    return taken[0]


def test_the_value_that_stands_is_one_row_a_series(connection: Connection) -> None:
    found = rows(connection, "SELECT metric, party, people, low, claimant, outlet FROM current_values WHERE claimant LIKE '%Zelensky'")
    assert found == [("killed", "ukraine", "military", 46_000, "Volodymyr Zelensky", "reuters.com")]


def test_every_value_that_was_stated_is_there_and_says_whether_it_was_withdrawn(connection: Connection) -> None:
    found = rows(connection, "SELECT low, withdrawn, outlets FROM stated_values ORDER BY low")
    assert found == [(9_000, 1, 1), (43_000, 1, 1), (46_000, 0, 1), (60_000, 0, 1), (120_000, 0, 1)]


def test_a_figure_stands_with_its_page_its_sentence_and_what_it_was_judged_to_be(connection: Connection) -> None:
    wanted = "SELECT low, printed, sentence, said_by, judged, outlet, title, version FROM figures WHERE url = :url ORDER BY claim_id"
    assert rows(connection, wanted, url=URL) == [
        (43_000, "43,000", "The number is 43,000.", "Zelensky", "new_series", "reuters.com", "Losses", 1),
        (46_000, "46,000", "The number is 46,000.", "Zelensky", "correction", "reuters.com", "Losses, corrected", 2),
    ]


def test_an_edit_shows_title_and_figures_before_and_after(connection: Connection) -> None:
    wanted = "SELECT url, version, title_before, title, figures_before, figures, length FROM edits"
    assert rows(connection, wanted) == [(URL, 2, "Losses", "Losses, corrected", "43,000", "46,000", 21)]


def test_what_claimants_differ_on_and_what_was_sent_of_it_is_there(connection: Connection) -> None:
    assert rows(connection, "SELECT low, high, ended FROM disagreements") == [(60_000, 120_000, 0)]
    sent = rows(connection, "SELECT kind, channel, state FROM alerts_sent WHERE kind IN ('correction', 'disagreement') ORDER BY kind")
    assert [row[0] for row in sent] == ["correction", "disagreement"]
