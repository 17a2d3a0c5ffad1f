"""store: what a history promises whatever happens to the process, the disk or the file."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from crawler.memory import Validators
from monitors.history import frontier, store
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, HistoryError, open_history
from monitors.history.tables import APPEND_ONLY, articles, events, notes, series, versions
from monitors.watch import Policy, decide

MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with open_history(f"sqlite:///{tmp_path}/h.db") as opened:
        yield opened


def add_article(connection: Connection, url: str = "https://example.org/1") -> int:
    row = connection.execute(insert(articles).values(outlet="example", url=url, first_seen_at=MONDAY))
    return int((row.inserted_primary_key or [0])[0])


def add_version(connection: Connection, article: int, number: int, text: str) -> None:
    values: dict[str, Any] = {"title": "", "core": text, "live": False, "details": {}, "backfill": False}
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    connection.execute(insert(versions).values(article_id=article, number=number, seen_at=MONDAY, text=text, sha256=sha256, **values))


def add_articles(history: History, urls: list[str]) -> None:
    with history.transaction() as connection:
        for url in urls:
            add_article(connection, url)


def count(history: History) -> int:
    with history.reading() as connection:
        return connection.execute(select(func.count()).select_from(articles)).scalar_one()


@pytest.mark.sqlite("its folder and its pragmas")
def test_a_database_is_made_with_its_folder_and_settings_that_survive_a_power_cut(tmp_path: Path) -> None:
    with open_history(f"sqlite:///{tmp_path}/new/folder/h.db") as history, history.reading() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]
        assert pragmas == ["wal", 2, 1]
        assert history.path == tmp_path / "new/folder/h.db"


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    for expected in (1, 2):
        with open_history(f"sqlite:///{tmp_path}/h.db") as history:
            with history.transaction() as connection:
                add_article(connection, f"https://example.org/{expected}")
            assert count(history) == expected


def test_a_transaction_that_raises_leaves_nothing(history: History) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        add_articles(history, ["https://example.org/1", "https://example.org/1"])
    assert count(history) == 0


def test_a_text_that_returns_to_an_earlier_one_is_three_versions(history: History) -> None:
    with history.transaction() as connection:
        article = add_article(connection)
        for number, text in enumerate("ABA", start=1):
            add_version(connection, article, number, text)
        assert connection.scalars(select(versions.c.text).order_by(versions.c.number)).all() == ["A", "B", "A"]


@pytest.mark.sqlite("asks sqlite_master")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_printed_thing_is_guarded_by_triggers(history: History, table: str) -> None:
    with history.reading() as connection:
        guards = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type='trigger' AND tbl_name=?", (table,)).scalars().all()
    assert sorted(sql.split("BEFORE ")[1].split()[0] for sql in guards) == ["DELETE", "UPDATE"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET url = 'x'",
        "DELETE FROM articles",
        pytest.param(
            "INSERT OR REPLACE INTO articles SELECT id, 'forged', url, first_seen_at FROM articles", marks=pytest.mark.sqlite("its own SQL")
        ),
    ],
)
def test_what_was_printed_can_be_neither_changed_nor_deleted(history: History, statement: str) -> None:
    with history.transaction() as connection:
        add_article(connection)
    with pytest.raises(DBAPIError, match="articles is append-only"), history.transaction() as connection:
        connection.exec_driver_sql(statement)
    assert count(history) == 1


def test_a_reader_sees_one_state_while_another_writes(history: History) -> None:
    with history.reading() as connection:
        before = connection.execute(select(func.count()).select_from(articles)).scalar_one()
        with history.transaction() as writer:
            add_article(writer)
        assert connection.execute(select(func.count()).select_from(articles)).scalar_one() == before == 0
    assert count(history) == 1


@pytest.mark.sqlite("one writer at a time")
def test_two_writers_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.db"

    def write(who: int) -> None:
        with open_history(url) as history:
            for number in range(10):
                with history.transaction() as connection:
                    known = connection.execute(select(func.count()).select_from(articles)).scalar_one()
                    add_article(connection, f"https://example.org/{who}/{number}/{known}")

    writers = [threading.Thread(target=write, args=(who,)) for who in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with open_history(url) as history, history.reading() as connection:
        counted_before = sorted(int(link.rsplit("/", 1)[1]) for link in connection.scalars(select(articles.c.url)))
        assert counted_before == list(range(20))  # each saw all that was written before it


KILLED_WRITER = """
import os, signal, sys
from sqlalchemy import insert
from datetime import datetime, UTC
from monitors.history.store import open_history
from monitors.history.tables import articles, notes
now = datetime.now(UTC)
history = open_history(sys.argv[1])
with history.transaction() as connection:
    connection.execute(insert(articles).values(outlet="a", url="committed", first_seen_at=now))
with history.transaction() as connection:
    connection.execute(insert(articles).values(outlet="a", url="half", first_seen_at=now))
    connection.execute(insert(notes).values(name="half", value=1, at=now))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.sqlite("asked for its integrity")
def test_a_writer_killed_in_mid_transaction_leaves_only_what_it_had_committed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, url], check=False)
    assert killed.returncode == -signal.SIGKILL
    with open_history(url) as history, history.reading() as connection:
        assert connection.scalars(select(articles.c.url)).all() == ["committed"]
        assert connection.execute(select(notes)).all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


KILLED_BETWEEN = """
import os, signal, sys
from datetime import UTC, datetime
from crawler.article import Article, Entry
from crawler.memory import Validators
from monitors.history import frontier
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.model import Claim, Qualifier, Reading, Scope, Stance
from monitors.watch import Policy, decide, record
now = datetime(2026, 2, 4, 12, tzinfo=UTC)
text = "Zelensky said that 55,000 Ukrainian soldiers had been killed."
claim = Claim(55000, 55000, Qualifier.EXACT, "killed", "ukraine", "military", Scope.CUMULATIVE, None, "Zelensky", Stance.ASSERTED,
              "55,000", 19, 25, False, text, sure=True)
entry = Entry("https://www.bbc.com/news/1", "55,000", published=now)
article = Article("bbc", entry.url, entry.title, text, published=now, language="en", core=text)
history = open_history(sys.argv[1])
with history.transaction() as connection:
    frontier.store_found(connection, "bbc", "https://www.bbc.com/rss", [entry], Validators("feed"), now)
with history.transaction() as connection:
    record(article, Reading((claim,)), SqlLedger(connection), now)
    frontier.done(connection, "bbc", entry, article, Validators("page"), now)
with history.transaction() as connection:
    if sys.argv[2] == "before deciding":
        os.kill(os.getpid(), signal.SIGKILL)
    for version in SqlLedger(connection).undecided(Policy.shipped().publishers):
        decide(version, SqlLedger(connection), Policy.shipped(), now)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["before deciding", "before the decision is stored"])
def test_an_article_recorded_by_a_killed_run_is_decided_once_by_the_next(tmp_path: Path, when: str) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    killed = subprocess.run([sys.executable, "-c", KILLED_BETWEEN, url, when], check=False)
    assert killed.returncode == -signal.SIGKILL
    now = datetime(2026, 2, 4, 12, 14, tzinfo=UTC)
    with open_history(url) as history:
        with history.reading() as connection:
            assert frontier.pending(connection, "bbc", now) == []
            assert frontier.validators(connection, "https://www.bbc.com/news/1") == Validators("page")
            assert connection.execute(select(events)).all() == []
        told = []
        for _ in range(2):
            with history.transaction() as connection:
                ledger = SqlLedger(connection)
                waiting = ledger.undecided(Policy.shipped().publishers)
                told.append([event.low for version in waiting for event in decide(version, ledger, Policy.shipped(), now)])
        assert told == [[55000], []]


@pytest.mark.parametrize("in_use", [False, True])
def test_a_read_only_history_works_and_leaves_the_file_as_it_was(tmp_path: Path, in_use: bool) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    with open_history(url) as history:
        with history.transaction() as connection:
            add_article(connection)
        if not in_use:
            history.close()
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
        with open_history(url, read_only=True) as rehearsal:
            assert rehearsal.path == history.path
            with rehearsal.transaction() as connection:
                add_article(connection, "https://example.org/never")
            assert count(rehearsal) == 2
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")} == before


def test_a_read_only_history_of_nothing_makes_no_file(tmp_path: Path) -> None:
    with open_history(f"sqlite:///{tmp_path}/deep/h.db", read_only=True) as rehearsal:
        assert count(rehearsal) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_history_in_memory_serves_tests_and_replays() -> None:
    with open_history("sqlite://") as history:
        with history.transaction() as connection:
            add_article(connection)
        assert (count(history), history.path) == (1, None)


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id)")


def newer_program(path: Path) -> None:
    open_history(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")


@pytest.mark.sqlite("a file that is damaged")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_text("a letter, and quite a long one, to nobody in particular" * 99), "h.db: it is not a SQLite database"),
        (lambda path: path.mkdir(), "h.db: it cannot be opened: check that it is a file"),
        (other_program, "h.db: this database belongs to another program"),
        (newer_program, "h.db: written by a newer Tallywatch .schema 0999, this one knows"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_history_is_named_with_what_is_wrong(tmp_path: Path, spoil: Any, message: str, read_only: bool) -> None:
    spoil(tmp_path / "h.db")
    with pytest.raises(HistoryError, match=message) as caught:
        open_history(f"sqlite:///{tmp_path}/h.db", read_only)
    assert "\n" not in str(caught.value)


@pytest.mark.sqlite("a folder for the file")
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="file/h: the folder cannot be made: Not a directory"):
        open_history(f"sqlite:///{tmp_path}/file/h/h.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    open_history(f"sqlite:///{tmp_path}/h.db").close()
    tmp_path.chmod(0o500)
    (tmp_path / "h.db").chmod(0o400)
    try:
        with pytest.raises(HistoryError, match=r"h\.db: it cannot be"), open_history(f"sqlite:///{tmp_path}/h.db").transaction():
            pass
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@localhost/x"])
def test_an_address_of_no_history_says_what_one_looks_like(url: str) -> None:
    with pytest.raises(HistoryError, match=r"sqlite:///tallywatch\.db"):
        open_history(url)


@pytest.mark.sqlite("a pragma bounds the file")
def test_a_full_disk_is_one_line_and_leaves_the_transaction_out_whole(history: History) -> None:
    with history.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(HistoryError, match=r"h\.db: the disk is full"):
        add_articles(history, [f"https://example.org/{number}/{'x' * 2000}" for number in range(100)])
    assert count(history) == 0


@pytest.mark.sqlite("one writer at a time")
def test_a_writer_that_never_ends_is_named_after_the_wait(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    with (
        history.transaction(),
        open_history(f"sqlite:///{history.path}") as second,
        pytest.raises(HistoryError, match="another program has been writing to it"),
        second.transaction(),
    ):
        pass


def test_a_wrong_statement_is_not_blamed_on_the_disk(history: History) -> None:
    with pytest.raises(DBAPIError, match=r"no such table|does not exist"), history.transaction() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


def test_series_are_referred_to_only_when_they_exist(history: History) -> None:
    assert "series" in APPEND_ONLY
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), history.transaction() as connection:
        add_version(connection, 4711, 1, "of no article")
    with history.reading() as connection:
        assert connection.execute(select(series)).all() == []
