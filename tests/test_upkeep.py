"""upkeep: a backup that can be opened, only old rows dropped, and nothing of what was printed lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from crawler.article import Article, Entry
from crawler.memory import Validators
from monitors.failure import Failure
from monitors.history import frontier, tables
from monitors.history.store import History, open_history
from monitors.history.upkeep import days_to_keep, upkeep

TODAY = datetime(2026, 2, 4, 3, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with open_history(f"sqlite:///{tmp_path}/h.db") as opened:
        yield opened


def fill(history: History, at: datetime) -> None:
    """A run, a page read for good, a message sent: all of one moment."""
    with history.transaction() as connection:
        frontier.finish_run(connection, frontier.start_run(connection, at), 0, {}, at)
        entry = Entry(f"https://example.org/{at:%Y-%m-%d}", published=at)
        frontier.store_found(connection, "example", "https://example.org/rss", [entry], Validators("feed"), at)
        article = Article("example", entry.url, "", "", published=at)
        frontier.done(connection, "example", entry, article, Validators("page"), at)
        frontier.done(connection, "example", entry, article, Validators("page"), at + timedelta(days=8))
        connection.execute(insert(tables.articles).values(outlet="example", url=entry.url, first_seen_at=at))
        message = {"alert_id": entry.url, "channel": "desk", "severity": "notable", "title": "", "body": "", "html": "", "state": "sent"}
        connection.execute(insert(tables.outbox).values(**message, created_at=at, next_at=at, sent_at=at))


def count(history: History, *names: str) -> list[int]:
    with history.reading() as connection:
        return [len(connection.execute(select(tables.metadata.tables[name])).all()) for name in names]


def test_what_is_old_is_dropped_and_what_was_printed_stays(history: History) -> None:
    for days in (400, 200, 1):
        fill(history, TODAY - timedelta(days=days))
    said = list(upkeep(history, TODAY))
    assert said[-1] == "dropped: 2 runs, 1 messages sent or given up, 2 finished pages, 2 validators, 0 feeds"
    assert count(history, "runs", "outbox", "frontier", "articles") == [1, 2, 1, 3]


def test_an_old_message_that_was_given_up_is_dropped_and_one_that_still_waits_is_not(history: History) -> None:
    message = {"alert_id": "aaa111", "severity": "notable", "title": "", "body": "", "html": ""}
    with history.transaction() as connection:
        for days in (400, 200):
            at = TODAY - timedelta(days=days)
            for state in ("dead", "pending", "digest"):
                row = {"channel": f"{state} {days}", "state": state, "created_at": at, "next_at": at}
                connection.execute(insert(tables.outbox).values(**message, **row))
    list(upkeep(history, TODAY))
    with history.reading() as connection:
        kept = connection.scalars(select(tables.outbox.c.channel)).all()
    assert sorted(kept) == ["dead 200", "digest 200", "digest 400", "pending 200", "pending 400"]


def test_a_page_that_still_waits_is_never_dropped(history: History) -> None:
    with history.transaction() as connection:
        long_ago = TODAY - timedelta(days=300)
        frontier.store_found(connection, "example", "https://example.org/rss", [Entry("https://example.org/1")], Validators(), long_ago)
    list(upkeep(history, TODAY))
    assert count(history, "frontier") == [1]


@pytest.mark.sqlite("backups beside the file")
def test_the_backup_is_a_whole_history_of_that_day(history: History, tmp_path: Path) -> None:
    fill(history, TODAY - timedelta(days=1))
    said = list(upkeep(history, TODAY))
    backup = tmp_path / "backups/h-2026-02-04.db"
    assert said[0].startswith(f"backup: {backup} (0.")
    with open_history(f"sqlite:///{backup}") as copy:
        assert count(copy, "articles", "runs") == [1, 1]


@pytest.mark.sqlite("backups beside the file")
def test_a_backup_made_again_on_the_same_day_takes_the_place_of_the_first(history: History, tmp_path: Path) -> None:
    list(upkeep(history, TODAY))
    fill(history, TODAY)
    list(upkeep(history, TODAY))
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["h-2026-02-04.db"]
    with open_history(f"sqlite:///{tmp_path}/backups/h-2026-02-04.db") as copy:
        assert count(copy, "articles") == [1]


@pytest.mark.sqlite("backups beside the file")
def test_old_backups_and_drafts_of_killed_ones_go_and_a_persons_own_files_stay(history: History, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for days in range(1, 40):
        (folder / f"h-{TODAY.date() - timedelta(days=days)}.db").touch()
    for name in (".h-2026-02-01.db.4711.draft", "mine.db", "h-before-0002.db", "other-2020-01-01.db"):
        (folder / name).touch()
    said = list(upkeep(history, TODAY))
    kept = sorted(path.name.removeprefix("h-").removesuffix(".db") for path in folder.iterdir())
    assert kept == [
        "2025-12-31", "2026-01-18", "2026-01-25", "2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03",
        "2026-02-04", "before-0002", "mine", "other-2020-01-01",
    ]  # fmt: skip
    assert said[1].startswith("backups dropped: 2025-12-27, 2025-12-28")


def test_a_year_of_nightly_backups_comes_to_about_twenty() -> None:
    kept: set[date] = set()
    for night in range(400):
        kept = days_to_keep({*kept, date(2025, 1, 1) + timedelta(days=night)})
    assert len(kept) == 19
    assert min(kept) == date(2025, 3, 31)


@pytest.mark.sqlite("its write-ahead log")
def test_the_log_is_folded_into_the_file(history: History, tmp_path: Path) -> None:
    fill(history, TODAY)
    list(upkeep(history, TODAY))
    assert (tmp_path / "h.db-wal").stat().st_size == 0


@pytest.mark.sqlite("backups beside the file")
def test_a_backup_that_cannot_be_made_is_named_and_drops_nothing(history: History, tmp_path: Path) -> None:
    fill(history, TODAY - timedelta(days=200))
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(Failure, match=r"backups/h-2026-02-04\.db: no backup was made"):
        list(upkeep(history, TODAY))
    assert count(history, "runs") == [1]
