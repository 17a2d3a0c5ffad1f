"""The same promises on PostgreSQL: on a cluster of the tests' own, or in the database that TALLYWATCH_TEST_POSTGRESQL names."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.exc import DBAPIError

from crawler.article import Article, Entry
from crawler.health import Health
from crawler.memory import Validators
from monitors.history import append_only, feeds, frontier, queries
from monitors.history.checkup import examine_database
from monitors.history.dossier import chain_of, nearest_url, need_pages
from monitors.history.exports import exported_figures, fed_alerts
from monitors.history.store import History, HistoryError, open_history
from monitors.history.tables import articles, metadata, statements, undecided
from monitors.history.upkeep import upkeep
from monitors.history.views import views
from monitors.model import Qualifier
from monitors.report.export import figure_row
from monitors.reprocess import Reprocessing, record
from monitors.rules.blindness import Coverage, Sight, find_troubles
from monitors.rules.values import Value
from monitors.verdicts import undo_run
from tests.archives import ArchiveDesk, page
from tests.newsdesk import Newsdesk, figure, toll
from tests.postgresql import Server
from tests.test_migrations import migrate
from tests.test_reprocess import FLOOD, OldReader, publish, say

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
DEFINED = """
SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
"""

pytestmark = pytest.mark.postgresql


@pytest.fixture
def history(history_database: str) -> Iterator[History]:
    with open_history(history_database) as opened:
        yield opened


def add_article(history: History) -> None:
    with history.transaction() as connection:
        connection.execute(insert(articles).values(outlet="a", url="u", first_seen_at=NOON))


def count(history: History) -> int:
    with history.reading() as connection:
        return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def defined(history: History) -> set[tuple[object, ...]]:
    """Every column, constraint, index, trigger, function and view of a history, as PostgreSQL itself words it."""
    with history.reading() as connection:
        return {tuple(row) for row in connection.exec_driver_sql(DEFINED)}


def test_views_and_exports_show_the_same_as_in_sqlite(history: History) -> None:
    desk = Newsdesk(history)
    desk.reads(figure(43_000), url="https://www.reuters.com/a")
    desk.reads(figure(46_000), url="https://www.reuters.com/a")
    with history.reading() as connection:
        rows = {name: connection.exec_driver_sql(f"SELECT * FROM {name} LIMIT 100").all() for name in views()}
        assert {name: len(found) for name, found in rows.items()} == {
            "current_values": 1, "stated_values": 2, "figures": 2, "alerts_sent": 2, "disagreements": 0, "edits": 1,
        }  # fmt: skip
        assert [row["low"] for row in map(figure_row, exported_figures(connection))] == [43_000, 46_000]
        assert len(fed_alerts(connection)) == 2
        assert need_pages(connection, "https://www.reuters.com/a") == need_pages(connection, "1")
        assert nearest_url(connection, "https://www.reuters.com/b") == "https://www.reuters.com/a"
        assert [len(links) for links in chain_of(connection, [1, 2]).values()] == [1, 1]


def test_the_schema_has_not_drifted(history: History) -> None:
    with history.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_the_migrations_come_to_what_is_made_at_once(empty_database: str, postgresql: Server) -> None:
    with create_engine(empty_database).begin() as connection:
        migrate(connection, "0001")
    with open_history(empty_database) as migrated, open_history(postgresql.make_history()) as created:
        assert defined(migrated) == defined(created) != set()
        with migrated.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_two_that_open_an_empty_database_at_once_make_one_schema(empty_database: str) -> None:
    with ThreadPoolExecutor(2) as both:
        opened = list(both.map(open_history, [empty_database, empty_database]))
    for history in opened:
        assert count(history) == 0
        history.close()


def test_a_migration_that_fails_leaves_nothing(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_only, "protect", lambda connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        open_history(empty_database)
    with create_engine(empty_database).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar() == 0


@pytest.mark.parametrize("statement", ["UPDATE articles SET url = 'x'", "DELETE FROM articles", "TRUNCATE articles CASCADE"])
def test_what_was_printed_can_be_neither_changed_nor_deleted(history: History, statement: str) -> None:
    add_article(history)
    with pytest.raises(DBAPIError, match="is append-only"), history.transaction() as connection:
        connection.exec_driver_sql(statement)
    assert count(history) == 1


def test_a_read_only_history_works_and_keeps_nothing(history: History, history_database: str) -> None:
    with open_history(history_database, read_only=True) as rehearsal:
        add_article(rehearsal)
        assert count(rehearsal) == 1
    assert count(history) == 0


def test_a_page_waits_is_read_and_forgotten(history: History) -> None:
    entry = Entry("https://example.org/1", "One", published=NOON)
    article = Article("a", entry.url, "One", "", published=NOON)
    with history.transaction() as connection:
        frontier.store_found(connection, "a", "https://example.org/rss", [entry], Validators('"e"'), NOON)
        assert frontier.pending(connection, "a", NOON) == [entry]
        frontier.done(connection, "a", entry, article, Validators(), NOON + timedelta(days=7))
        assert frontier.pending(connection, "a", NOON + timedelta(days=9)) == []
        assert queries.find_series(connection, ["killed"]) == []
        assert queries.alerts(connection) == []
        assert queries.counts(connection).pages_waiting == 0
    said = list(upkeep(history, NOON + timedelta(days=100)))
    assert said == ["dropped: 0 runs, 0 messages sent or given up, 1 finished pages, 2 validators, 0 feeds"]


def test_a_claimant_and_a_number_are_found(history: History) -> None:
    desk = Newsdesk(history)
    desk.reads(figure(43_000, as_of="2024-12-08"))
    desk.reads(figure(55_000))
    with history.reading() as connection:
        assert [value.low for value in queries.find_series(connection, ["Зеленський", "killed"])] == [55_000]
        value = Value(43_000, 43_000, Qualifier.EXACT)
        assert [value.claimant for value in queries.find_value(connection, value, 5)] == ["Volodymyr Zelensky"]


def test_what_is_read_otherwise_now_is_recorded_and_taken_back(history: History) -> None:
    desk = Newsdesk(history)
    publish(desk, FLOOD, "apnews.com", OldReader)
    again = Reprocessing(history, desk.policy, None, desk.now)
    differing = [(version.id, difference) for version, difference in again.play(lambda done, total: None)]
    run = record(history, desk.policy, differing, *[desk.now + timedelta(hours=1)] * 2).run
    desk.now += timedelta(hours=2)

    def standing() -> list[int | None]:
        with history.reading() as connection:
            return [value.low for value in queries.find_series(connection)]

    assert standing() == [143]
    assert list(Reprocessing(history, desk.policy, None, desk.now).play(lambda done, total: None)) == []
    say(desk, undo_run, run, "")
    assert standing() == [134]


def test_words_of_strangers_of_any_length_are_stored_and_decided(history: History) -> None:
    long = "a name that goes on " * 20
    claims = [
        figure(46_000, metric=long, party=long, group=long, attributed_to=f"spokesman {long}", quote=f"{long} 46,000."),
        toll(50, place=long, event=long, attributed_to=long, quote=f"{long} 50."),
    ]
    Newsdesk(history).reads(*claims, outlet=f"{'x' * 60}.{'y' * 60}.example", url=f"https://{'x' * 60}.{'y' * 60}.example/1")
    with history.reading() as connection:
        assert connection.execute(select(func.count()).select_from(statements)).scalar_one() > 0
        assert connection.execute(select(func.count()).select_from(undecided)).scalar_one() == 0


def test_a_server_that_does_not_answer_is_one_line_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(HistoryError) as caught:
        open_history("postgresql://desk:secret@127.0.0.1:1/tallywatch")
    assert str(caught.value).startswith("postgresql://desk:***@127.0.0.1:1/tallywatch: connection")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_restarted_costs_what_was_being_written_and_nothing_after(postgresql: Server) -> None:
    def write(history: History) -> None:
        with history.transaction() as connection:
            connection.execute(insert(articles).values(outlet="a", url="lost", first_seen_at=NOON))
            postgresql.stop()
            connection.execute(insert(articles).values(outlet="a", url="lost too", first_seen_at=NOON))

    with open_history(postgresql.make_history()) as history:
        add_article(history)
        try:
            with pytest.raises(HistoryError, match=r"^postgresql.*: terminating connection") as cut:
                write(history)
            with pytest.raises(HistoryError, match=r"^postgresql.*: connection") as away:
                count(history)
        finally:
            postgresql.start()
        assert "\n" not in f"{cut.value}{away.value}"
        assert count(history) == 1


def test_the_doctor_says_how_a_backup_is_made(history: History, history_database: str) -> None:
    with history.transaction() as connection:
        frontier.start_run(connection, NOON)
    said = {sign.what: sign for sign in examine_database(history_database, NOON)}
    assert [sign.line for sign in said.values() if not sign.well] == []
    assert "pg_dump -Fc" in said["backups"].line
    assert "(PostgreSQL " in said["schema"].line


def test_connections_that_were_dropped_while_nobody_used_them_are_made_anew(postgresql: Server) -> None:
    with open_history(postgresql.make_history()) as history:
        add_article(history)
        postgresql.stop()
        postgresql.start()
        assert count(history) == 1
        assert history.failure is None


def test_an_outlets_sight_is_kept_as_in_sqlite(history: History) -> None:
    url = "https://example.org/rss"
    poor = Coverage(pages=2, bodies=2)
    with history.transaction() as connection:
        for hour, coverage in enumerate([Coverage(pages=12, bodies=12, signed=12), poor, poor]):
            at = NOON + timedelta(hours=hour)
            run = frontier.start_run(connection, at)
            frontier.store_outlet_runs(connection, run, [(Health("wire", "ok", fetched=1), 0, coverage)], at)
        feeds.store_survey(connection, "wire", url, [Entry("a", published=NOON), Entry("b", published=NOON - timedelta(hours=3))], NOON)
        feeds.store_failing(connection, url, "HTTP 503", NOON)
        (known,) = feeds.read_feeds(connection, ["wire"])["wire"]
        assert (known.longest_gap, known.newest, known.failing_since) == (timedelta(hours=3), NOON, NOON)
        past = feeds.read_past(connection, "wire", [known], NOON)
        lost = find_troubles(past, NOON)
        assert ([trouble.subject for trouble in lost], past.usual.pages) == (["authors"], 12)
        feeds.store_sight(connection, "wire", Sight(tuple(lost), tuple(lost), NOON))
        assert feeds.read_sight(connection, "wire") == Sight(tuple(lost), tuple(lost), NOON)


def test_a_page_is_archived_verified_and_removed_on_request(history_database: str, tmp_path: Path) -> None:
    desk = ArchiveDesk(tmp_path, history_database)
    with desk.history:
        desk.run(page(46_000, "a"), page(slug="fire", text="Jane Roe said that 31 people were killed in a fire in Lisbon."), backfill=True)
        desk.run(page(55_000, "b"))
        assert (desk.verify(), desk.seen.whole, desk.seen.links) == ([], 3, 1)
        assert desk.call("forget", "https://www.reuters.com/news/fire", "--why", "she asked for it").exit_code == 0
        assert (desk.verify(), desk.seen.whole, desk.seen.removed) == ([], 2, {"removed on request": 1})
        with pytest.raises(DBAPIError, match="append-only"), desk.history.transaction() as connection:
            connection.exec_driver_sql("UPDATE claims SET quote = '' WHERE version_id = 1")
        with desk.history.reading() as connection:
            quotes = connection.exec_driver_sql("SELECT quote FROM claims WHERE low = 31").scalars().all()
        assert set(quotes) == {"[removed on request: «31»]"}
