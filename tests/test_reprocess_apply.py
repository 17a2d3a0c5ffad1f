"""`tallywatch reprocess --apply`: what is read otherwise now is recorded, told to nobody, and can be taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crawler.article import Article
from monitors import reprocess, verdicts, watch
from monitors.cli import tallywatch
from monitors.history import frontier, queries, tables
from monitors.history.store import History, open_history
from monitors.history.tables import outbox
from monitors.lock import Locked, lock
from monitors.model import Qualifier, Reading, Stance
from monitors.reader import Reader
from monitors.reprocess import Reprocessing
from monitors.rules.rereading import Recorded
from monitors.verdicts import NotFound
from tests.elsewhere import Elsewhere
from tests.jobs import empty_history
from tests.newsdesk import MONDAY, Newsdesk, hours
from tests.test_reprocess import FIRST, FLOOD, SECOND, OldReader, alert_of, play, publish, say, story

LATER = FLOOD.replace("143", "160")
STOOD = "The president spoke at a news conference in the capital.\n" * 3


def misreading(**otherwise: Any) -> type[Reader]:
    """A program of before, that read every figure with these fields."""

    class Misreader(Reader):
        def read(self, article: Article) -> Reading:
            return Reading(tuple(replace(claim, **otherwise) for claim in super().read(article).claims))

    return Misreader


class BlindReader(Reader):
    def read(self, article: Article) -> Reading:
        return Reading(())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, database: Elsewhere | None) -> None:
    """The histories in which articles are played again are copies of an empty one, where that is in SQLite as they are."""
    if database is not None:
        return

    def open_copy(url: str) -> History:
        shutil.copy(empty_history(), url.removeprefix("sqlite:///"))
        return open_history(url)

    monkeypatch.setattr(reprocess, "open_history", open_copy)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    shutil.copy(empty_history(), tmp_path / "tally.db")
    with open_history(f"sqlite:///{tmp_path}/tally.db") as history:
        yield Newsdesk(history)


def apply(desk: Newsdesk, again: Reprocessing | None = None) -> Recorded:
    """What differs is recorded, two hours later."""
    desk.now += hours(1)
    again = again or Reprocessing(desk.history, desk.policy, None, desk.now)
    differing = [(version.id, difference) for version, difference in again.play(lambda done, total: None)]
    began, desk.now = desk.now, desk.now + hours(1)
    return reprocess.record(desk.history, desk.policy, differing, began, desk.now)


def differences(desk: Newsdesk, days: float | None = None) -> list[Any]:
    """What `reprocess` shows."""
    read, again = play(desk, None if days is None else MONDAY + hours(24 * days))
    outcome = again.outcome
    return [*read, *outcome.untold, *outcome.told, *outcome.otherwise, *outcome.problems]


def standing(desk: Newsdesk, *words: str) -> list[tuple[int | None, str]]:
    """The values that stand, with whose they are."""
    with desk.history.reading() as connection:
        return [(value.low, value.claimant) for value in queries.find_series(connection, words)]


def points(desk: Newsdesk, series: int = 1) -> list[queries.Point]:
    with desk.history.reading() as connection:
        return queries.points(connection, series)


def rows(desk: Newsdesk, table: Any) -> list[Any]:
    with desk.history.reading() as connection:
        return list(connection.execute(select(table)).all())


def test_what_is_read_otherwise_stands_in_the_place_of_what_was_and_nobody_is_told(desk: Newsdesk) -> None:
    story(desk, OldReader)
    told = [rows(desk, tables.events), [row.id for row in rows(desk, outbox)], rows(desk, tables.holds)]
    recorded = apply(desk)
    assert (recorded.gone, recorded.changed, recorded.new, recorded.problems) == (0, 1, 3, ())
    assert standing(desk, "philippines") == [(143, "officials")]
    assert standing(desk, "zelensky") == [(56_000, "Volodymyr Zelensky")]
    assert [rows(desk, tables.events), [row.id for row in rows(desk, outbox)], rows(desk, tables.holds)] == told


def test_what_was_recorded_makes_no_difference_any_more_whatever_the_day_one_begins_with(desk: Newsdesk) -> None:
    story(desk, OldReader)
    assert differences(desk) != []
    apply(desk)
    assert [differences(desk, days) for days in (None, 0.5, 0.8, 1.2, 9)] == [[]] * 5


def test_nothing_is_overwritten(desk: Newsdesk) -> None:
    story(desk, OldReader)
    before = {name: rows(desk, tables.metadata.tables[name]) for name in tables.APPEND_ONLY}
    apply(desk)
    assert [name for name, kept in before.items() if rows(desk, tables.metadata.tables[name])[: len(kept)] != kept] == []


@pytest.mark.parametrize(
    "otherwise",
    [
        {"attributed_to": "Putin"},
        {"as_of": "2025-02-01"},
        {"low": None, "qualifier": Qualifier.UP_TO},
        {"sure": False},
        {"since": "2026-01-01"},
        {"metric": "wounded"},
    ],
)
def test_a_figure_read_otherwise_in_any_field_is_the_one_that_stands(desk: Newsdesk, otherwise: dict[str, Any]) -> None:
    publish(desk, FIRST, "reuters.com", misreading(**otherwise))
    publish(desk, FIRST, "bbc.com", misreading(**otherwise))
    apply(desk)
    assert standing(desk) == [(46_000, "Volodymyr Zelensky")]
    with desk.history.reading() as connection:
        (point,) = [point for point in queries.points(connection, 1) if "reread" not in point.marks] or queries.points(connection, 2)
    assert (point.as_of, point.high, point.outlets) == ("2026-02-02", 46_000, ("reuters.com", "bbc.com"))
    assert differences(desk) == []


def test_the_figures_that_come_later_are_held_against_the_corrected_history(desk: Newsdesk) -> None:
    story(desk, OldReader)
    apply(desk)
    publish(desk, SECOND.replace("55,000", "61,000"), "reuters.com")
    publish(desk, FLOOD.replace("143", "200"), "apnews.com")
    told = [row.title for row in rows(desk, tables.events)][-2:]
    assert told == [
        "Ukrainian soldiers killed: 56,000 → 61,000 (Zelensky, via reuters.com)",
        "People killed, Philippines (flood, Cebu): 143+ → 200+ (officials)",
    ]


def test_a_value_that_was_overtaken_on_its_own_day_does_not_stand_again(desk: Newsdesk) -> None:
    more = FLOOD.replace("At least 143", "190")
    publish(desk, more, "reuters.com", misreading(low=120, high=120))
    publish(desk, FLOOD.replace("At least 143", "160"), "reuters.com")
    apply(desk)
    assert standing(desk) == [(160, "officials")]
    assert [point.low for point in points(desk) if "reread" not in point.marks] == [160, 190]


def test_what_only_seemed_to_be_denied_is_contested_no_more_until_that_is_undone(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com")
    publish(desk, f"{FIRST} He said so on Monday.", "bbc.com", misreading(stance=Stance.DENIED))
    assert [point.marks[-1] for point in points(desk)] == ["contested"]
    recorded = apply(desk)
    assert [point.marks[-1] for point in points(desk)] == ["upheld"]
    undo(desk, recorded)
    assert [point.marks[-1] for point in points(desk)] == ["contested/2"]


def test_what_stays_as_it_is_read_is_not_judged_again(desk: Newsdesk) -> None:
    publish(desk, f"{FIRST}\n{FLOOD}", "apnews.com", OldReader)
    before = [row for row in rows(desk, tables.statements) if row.quote == FIRST]
    publish(desk, FIRST.replace("46,000", "47,000"), "reuters.com")
    apply(desk)
    assert [row for row in rows(desk, tables.statements) if row.quote == FIRST][: len(before)] == before


def test_what_a_later_version_of_the_page_took_back_stays_taken_back(desk: Newsdesk) -> None:
    publish(desk, STOOD + FIRST, "bbc.com", misreading(attributed_to="Putin"), url="https://www.bbc.com/a")
    publish(desk, STOOD, "bbc.com", url="https://www.bbc.com/a")
    apply(desk)
    assert standing(desk) == []
    assert differences(desk) == []


def test_what_only_seemed_to_be_gone_from_a_page_stands_again(desk: Newsdesk) -> None:
    publish(desk, STOOD + FIRST, "bbc.com", url="https://www.bbc.com/a")
    publish(desk, STOOD + FIRST.replace("46,000", "46 thousand"), "bbc.com", BlindReader, url="https://www.bbc.com/a")
    assert standing(desk) == []
    apply(desk)
    assert standing(desk) == [(46_000, "Volodymyr Zelensky")]


def test_a_copy_is_judged_anew_where_what_it_copied_falls(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com")
    with desk.history.reading() as connection:
        before = queries.points(connection, 1)
    publish(desk, FIRST, "bbc.com")
    again, read = Reprocessing(desk.history, desk.policy, None, desk.now), Reading(())
    again._read = lambda version: read if version.article.outlet == "reuters.com" else again._reader.read(version.article)  # type: ignore[method-assign]
    apply(desk, again)
    with desk.history.reading() as connection:
        fallen, stands = queries.points(connection, 1)
    assert (fallen.statement, fallen.outlet, "reread" in fallen.marks) == (before[0].statement, "reuters.com", True)
    assert (stands.low, stands.outlet, stands.outlets) == (46_000, "bbc.com", ("bbc.com",))


# --- what people say of it


def undo(desk: Newsdesk, recorded: Recorded) -> list[str]:
    lines: list[str] = []
    say(desk, lambda *arguments: lines.extend(verdicts.undo_run(*arguments)) or lines, recorded.run, "it reads worse")
    return lines


def test_undo_run_restores_what_stood_and_it_may_be_recorded_again(desk: Newsdesk) -> None:
    story(desk, OldReader)
    before, shown = standing(desk), differences(desk)
    lines = undo(desk, apply(desk))
    assert "figures that stand no more: 3, that stand again: 2" in lines[0]
    assert sorted(standing(desk)) == sorted(before)
    assert len(differences(desk)) == len(shown)
    apply(desk)
    assert standing(desk, "philippines") == [(143, "officials")]
    assert differences(desk) == []


def test_a_run_is_undone_only_before_those_that_read_the_same_again(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(desk, FIRST, "reuters.com", BlindReader)
    with monkeypatch.context() as yesterday:
        yesterday.setattr(reprocess, "Reader", misreading(attributed_to="Putin"))
        first = apply(desk)
    second = apply(desk)
    with pytest.raises(NotFound, match=f"run {second.run[:8]} read the same articles again since"):
        undo(desk, first)
    undo(desk, second)
    assert standing(desk) == [(46_000, "Vladimir Putin")]
    undo(desk, first)
    assert standing(desk) == []


def test_a_rejected_figure_does_not_come_back_when_its_sentence_is_cut_otherwise(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com", misreading(quote="46,000 Ukrainian soldiers have been killed"))
    say(desk, verdicts.reject, alert_of(desk, "46,000"), "all losses")
    apply(desk)
    assert standing(desk) == []
    publish(desk, FIRST, "bbc.com")
    assert standing(desk) == []
    assert differences(desk) == []


def test_an_alert_is_rejected_in_its_new_reading_and_stays_so_when_that_is_undone(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com", misreading(sure=False))
    recorded = apply(desk)
    say(desk, verdicts.reject, alert_of(desk, "46,000"), "all losses")
    assert standing(desk) == []
    undo(desk, recorded)
    assert standing(desk) == []


def test_a_value_that_is_the_same_in_its_new_reading_is_not_told_again(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com")
    again = Reprocessing(desk.history, desk.policy, None, desk.now)
    reader = misreading(venue="NBC")(desk.policy.monitors)
    again._read = lambda version: reader.read(version.article)  # type: ignore[method-assign]
    told = len(rows(desk, tables.events))
    assert apply(desk, again).made == 1
    assert [row.state for row in rows(desk, outbox)] == ["pending"]
    publish(desk, FIRST, "bbc.com")
    assert len(rows(desk, tables.events)) == told
    with desk.history.reading() as connection:
        old, new = queries.points(connection, 1)
    assert set(old.marks) - {"reread"} == set(new.marks) != set()


def test_what_an_undone_run_saw_is_not_recorded_as_a_figure(desk: Newsdesk) -> None:
    began = desk.now + hours(5)
    publish(desk, FIRST, "reuters.com", BlindReader)
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, began)
        frontier.finish_run(connection, run, 0, {}, desk.now)
    say(desk, verdicts.undo_run, run, "a test page")
    assert apply(desk).new == 1
    assert standing(desk) == []
    assert play(desk)[0] == []


def test_a_run_that_is_undone_takes_back_what_a_later_one_read_in_its_pages(desk: Newsdesk) -> None:
    began = desk.now + hours(5)
    publish(desk, FIRST, "reuters.com", misreading(attributed_to="Putin"))
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, began)
        frontier.finish_run(connection, run, 0, {}, desk.now)
    apply(desk)
    say(desk, verdicts.undo_run, run, "a test page")
    assert standing(desk) == []


def test_a_muted_series_stays_so_when_its_value_is_read_anew(desk: Newsdesk) -> None:
    publish(desk, FIRST, "reuters.com", misreading(sure=False))
    say(desk, verdicts.mute, [alert_of(desk, "46,000")], None)
    apply(desk)
    publish(desk, FIRST, "bbc.com")
    assert "pending" not in [row.state for row in rows(desk, outbox)][1:]


# --- as a command


def test_what_is_killed_half_way_leaves_nothing_and_is_done_by_the_next(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    story(desk, OldReader)
    before = [rows(desk, table) for table in tables.metadata.sorted_tables]
    with monkeypatch.context() as killing:
        killing.setattr(watch, "reconsider", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            apply(desk)
    assert [rows(desk, table) for table in tables.metadata.sorted_tables] == before
    apply(desk)
    assert differences(desk) == []


def test_an_article_that_cannot_be_judged_is_named_and_stops_no_other(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    story(desk, OldReader)
    reconsider: Callable[..., None] = watch.reconsider
    monkeypatch.setattr(watch, "reconsider", lambda version, *rest: reconsider(version, *rest) if version != 1 else [][1])
    assert apply(desk).problems == ("article version 1 could not be judged: IndexError: list index out of range",)
    assert standing(desk, "philippines") == [(143, "officials")]


def test_the_command_records_under_the_runs_lock_and_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/tally.db"
    shutil.copy(empty_history(), tmp_path / "tally.db")
    (tmp_path / "tallywatch.toml").write_text(f'database = "{url}"\n')
    monkeypatch.chdir(tmp_path)
    with open_history(url) as history:
        publish(Newsdesk(history), FLOOD, "apnews.com", OldReader)
    with lock(url):
        taken = CliRunner().invoke(tallywatch, ["reprocess", "--apply"])
    assert isinstance(taken.exception, Locked)
    assert taken.exception.exit_status == 75
    lines = [CliRunner().invoke(tallywatch, ["reprocess", "--apply"]).output.splitlines() for _ in range(2)]
    with open_history(url) as history, history.reading() as connection:
        run = queries.last_run(connection)
    assert run is not None
    assert "  ~ At least 143: low: 134 -> 143" in lines[0]
    assert lines[0][-1] == (
        f"Recorded as run {run.id[:8]}: figures 0 no more, 1 otherwise, 0 new; values 1 that stand no more, 1 made; 1 unsent messages "
        f"withheld. Nothing was sent; tallywatch undo-run {run.id[:8]} takes it back."
    )
    assert lines[1][-1] == "Nothing to record: the history holds every figure as it is read now."
    assert CliRunner().invoke(tallywatch, ["undo-run", run.id[:8]]).exit_code == 0
