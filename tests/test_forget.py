"""A page is removed on request, whole and for good; numbers and hashes stay, and everything else works as before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from crawler.article import Entry
from crawler.memory import Validators
from monitors.alerts.budgets import Budgets
from monitors.alerts.routing import Hours
from monitors.desk import Desk
from monitors.failure import Failure
from monitors.history import frontier, tables
from monitors.history.gathering import gather
from monitors.model import Channel, Severity
from monitors.reader import Reader
from monitors.reprocess import Reprocessing
from tests.archives import ArchiveDesk, copy_of, page

QUOTE = "Jane Roe, a neighbour of Maria Doe, said that 31 people were killed in the fire at the Harbour Hotel in Lisbon."
URL = "https://www.reuters.com/news/fire"
OTHER = "https://www.reuters.com/news/toll"
NAMES = ("Jane Roe", "Maria Doe", "neighbour", "jane roe")


def fire(text: str = QUOTE) -> dict[str, object]:
    return page(slug="fire", text=text, body=f"<p>{text}</p>".encode(), title="31 killed, says Jane Roe", authors=("Jane Roe",))


def fill(desk: ArchiveDesk) -> None:
    """Somebody was told of two pages; one names a private person."""
    told = desk.tells(fire(), page(55_000))
    assert any(QUOTE in event.statement.quote for event in told if event.statement)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ArchiveDesk]:
    desk = copy_of(fill, tmp_path)
    with desk.history:
        yield desk


def forget(desk: ArchiveDesk, url: str = URL) -> str:
    done = desk.call("forget", url, "--why", "she asked for it")
    assert done.exit_code == 0, done.output + str(done.exception)
    return done.output


def everything(desk: ArchiveDesk) -> str:
    """All that the database says in any column."""
    with desk.history.reading() as connection:
        rows = [row for table in tables.metadata.sorted_tables for row in connection.execute(select(table)).all()]
    return "\n".join(" | ".join(map(str, tuple(row))) for row in rows)


@pytest.mark.sqlite("backups beside the file")
def test_nothing_of_the_page_and_nobody_it_names_is_left_but_number_hash_and_tombstone(desk: ArchiveDesk) -> None:
    with desk.history.reading() as connection:
        before = connection.execute(select(tables.versions.c.sha256)).scalars().all()
    said = forget(desk)
    assert "backups still hold it" in said
    assert [row for row in everything(desk).splitlines() if any(name in row for name in NAMES)] == []
    with desk.history.reading() as connection:
        assert connection.execute(select(tables.versions.c.sha256)).scalars().all() == before
        figures = connection.execute(select(tables.claims).where(tables.claims.c.version_id == 1)).all()
        assert {(one.low, one.span, one.quote) for one in figures} == {(31, "31", "[removed on request: «31»]")}
        (stone,) = connection.execute(select(tables.tombstones)).all()
    assert (stone.url, stone.why) == (URL, "she asked for it")


@pytest.mark.sqlite("the bytes of the file")
def test_the_database_file_and_the_archive_hold_nothing_of_it_either(desk: ArchiveDesk) -> None:
    forget(desk)
    desk.history.engine.dispose()
    with closing(sqlite3.connect(desk.folder / "tally.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Maria Doe" not in (desk.folder / "tally.db").read_bytes()
    assert all(b"fire" not in desk.archive.read(str(path.relative_to(desk.archive.folder)), 0, 10**6) for path in desk.files())
    assert len(desk.files()) == 1


def test_verify_tells_what_was_removed_on_request_from_what_is_missing(desk: ArchiveDesk) -> None:
    forget(desk)
    assert desk.verify() == []
    assert (desk.seen.whole, desk.seen.removed) == (1, {"removed on request": 1})
    done = desk.call("verify")
    assert done.exit_code == 0
    assert f"{URL} (she asked for it)" in done.output
    refused = desk.call("evidence", "1")
    assert "removed on request" in str(refused.exception)


def test_only_rows_of_the_page_may_be_rewritten_and_none_deleted(desk: ArchiveDesk) -> None:
    forget(desk)
    for statement in (
        "UPDATE versions SET text = '' WHERE id = 2", "UPDATE claims SET quote = '' WHERE version_id = 2",
        "UPDATE statements SET quote = '' WHERE version_id = 2", "DELETE FROM versions WHERE id = 1", "DELETE FROM tombstones",
        "UPDATE tombstones SET why = ''", "DELETE FROM redactions", "UPDATE captures SET url = ''",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="append-only"), desk.history.transaction() as connection:
            connection.exec_driver_sql(statement)


def test_it_is_never_fetched_nor_stored_again(desk: ArchiveDesk) -> None:
    forget(desk)
    memory = Desk(desk.history, Reader(desk.policy.monitors), {}, frozenset(), lambda: desk.now)
    assert not memory.wants("reuters.com", Entry(URL, "31 killed"))
    told = Entry(URL, "31 killed, says Jane Roe", published=desk.now)
    memory.found("reuters.com", "https://www.reuters.com/rss", [told], [told], Validators())
    assert list(memory.pending("reuters.com")) == []
    desk.tells(fire("Jane Roe said that 33 people were killed in the fire."))
    with desk.history.reading() as connection:
        assert len(connection.execute(select(tables.versions)).all()) == 2


def test_another_address_that_leads_to_it_is_closed(desk: ArchiveDesk) -> None:
    forget(desk)
    memory = Desk(desk.history, Reader(desk.policy.monitors), {}, frozenset(), lambda: desk.now)
    short = Entry("https://reut.rs/1", "Jane Roe on the fire", published=desk.now)
    memory.found("reuters.com", "https://www.reuters.com/rss", [short], [short], Validators())
    memory.record(fire()["article"](desk.now), short, Validators())  # type: ignore[operator]
    assert list(memory.pending("reuters.com")) == []
    assert "Jane Roe on the fire" not in everything(desk)


def test_what_its_feed_said_of_it_goes_with_what_else_that_answer_proved(tmp_path: Path) -> None:
    desk = ArchiveDesk(tmp_path)
    rss = f"<rss><item>{QUOTE}<link>{URL}</link></item></rss>".encode()
    with desk.history:
        desk.tells(page(55_000, feed=True, body=rss), page(56_000, "c", outlet="apnews.com"), page(slug="fire", text=QUOTE))
        said = forget(desk)
        assert "2 copies of it were taken out of the evidence; 1 other pages lost theirs" in said
        assert (desk.verify(), desk.seen.whole) == ([], 1)


def test_messages_that_wait_and_those_that_went_out_quote_it_no_more(desk: ArchiveDesk) -> None:
    """A group of alerts too, which is one message that quotes each."""
    channel = Channel("terminal", "", frozenset(Severity))
    with desk.history.transaction() as connection:
        gather(connection, [channel], desk.now, Hours(), Budgets())
    forget(desk)
    with desk.history.reading() as connection:
        rows = connection.execute(select(tables.outbox)).all()
    assert any("«31»" in row.body for row in rows)
    assert not any(name in f"{row.title}{row.body}{row.html}" for row in rows for name in NAMES)
    assert any("55,000" in row.title for row in rows)


def test_every_command_and_the_next_run_work_as_before(desk: ArchiveDesk) -> None:
    forget(desk)
    alerts = desk.lines("alerts")
    assert any("[removed on request: «31»]" in row["body"] for row in alerts)
    assert {row["id"] for row in alerts} == {row["id"] for row in desk.lines("alerts")}
    for command in (("alerts", alerts[-1]["id"]), ("history", "killed"), ("find", "31"), ("status",), ("review",), ("reprocess",)):
        done = desk.call(*command)
        assert done.exit_code == 0, (command, done.output, done.exception)
    draft = desk.folder / "draft.txt"
    draft.write_text("Officials said that 31 people were killed in the fire at the Harbour Hotel in Lisbon.", encoding="utf-8")
    assert desk.call("check", str(draft)).exit_code in (0, 1)
    desk.now += timedelta(days=1)
    assert desk.tells(page(57_000, "later"))
    assert desk.call("upkeep").exit_code == 0
    assert desk.verify() == []


def test_reading_the_stored_articles_again_finds_nothing_new_in_what_was_removed(desk: ArchiveDesk) -> None:
    forget(desk)
    again = Reprocessing(desk.history, desk.policy, None, desk.now)
    assert [version.id for version, _ in again.play(lambda done, total: None)] == []
    outcome = again.outcome
    assert (outcome.alike, outcome.untold, outcome.told, outcome.otherwise, outcome.problems) == (2, [], [], [], [])


def test_an_alert_about_it_keeps_its_id_and_can_be_judged(desk: ArchiveDesk) -> None:
    told = {row["id"] for row in desk.lines("alerts")}
    forget(desk)
    assert {row["id"] for row in desk.lines("alerts")} == told
    alert = next(row["id"] for row in desk.lines("alerts") if "31" in row["title"])
    assert "31" in desk.call("reject", alert, "--why", "these were hurt").output
    assert "rejected" in desk.call("alerts", alert).output + str(desk.lines("alerts", alert))
    with desk.history.reading() as connection:
        assert connection.execute(select(tables.verdicts.c.target)).scalars().all() == [alert]


def test_a_claimant_whom_another_page_names_too_keeps_the_name(desk: ArchiveDesk) -> None:
    desk.tells(page(slug="inquest", text="Jane Roe said that 32 people were killed in the fire at the Harbour Hotel in Lisbon."))
    forget(desk)
    with desk.history.reading() as connection:
        names = connection.execute(select(tables.statements.c.claimant, tables.statements.c.low)).all()
    assert {tuple(row) for row in names} >= {("Jane Roe", 31), ("Jane Roe", 32)}
    assert "Maria Doe" not in everything(desk)


def test_what_is_removed_already_and_what_was_never_stored(desk: ArchiveDesk) -> None:
    forget(desk)
    assert "was removed on request already" in forget(desk)
    unknown = desk.call("forget", "https://example.org/other/toll", "--why", "x")
    assert isinstance(unknown.exception, Failure)
    assert f"no page of that address is stored; there is {OTHER}" in str(unknown.exception)


def test_a_removal_that_fails_half_way_removed_nothing(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitors.history import captures

    before = everything(desk)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device", "evidence")

    monkeypatch.setattr(captures, "cut_out", full)
    done = desk.call("forget", URL, "--why", "she asked for it")
    assert "evidence: the page's copy cannot be taken out: No space left on device" in str(done.exception)
    assert everything(desk) == before


def test_an_undecided_page_is_decided_no_more(desk: ArchiveDesk) -> None:
    memory = Desk(desk.history, Reader(desk.policy.monitors), {}, frozenset(), lambda: desk.now)
    text = QUOTE.replace("31", "34")
    memory.record(fire(text)["article"](desk.now), Entry(URL), Validators())  # type: ignore[operator]
    forget(desk)
    assert desk.decide() == []
    assert "Jane Roe" not in everything(desk)


def test_its_place_in_the_frontier_is_closed(desk: ArchiveDesk) -> None:
    with desk.history.transaction() as connection:
        told = Entry(URL, "Fire: Jane Roe speaks", published=desk.now)
        frontier.store_found(connection, "reuters.com", "https://www.reuters.com/rss", [told], Validators(), desk.now)
        frontier.store_validators(connection, "reuters.com", URL, Validators("tag"), desk.now)
    forget(desk)
    with desk.history.reading() as connection:
        assert frontier.pending(connection, "reuters.com", desk.now) == []
        assert frontier.validators(connection, URL) is None
    assert "Jane Roe speaks" not in everything(desk)
