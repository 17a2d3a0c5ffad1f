"""`tallywatch reprocess`: stored articles are read and judged again, and what would be otherwise is shown."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.article import Article
from monitors import verdicts, watch
from monitors.cli import tallywatch
from monitors.history import queries
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.history.tables import outbox
from monitors.model import Reading
from monitors.reader import Reader
from monitors.replay import fire_timers
from monitors.reprocess import Reprocessing
from monitors.rules.rereading import compare
from tests.jobs import known_history
from tests.newsdesk import Newsdesk, figure, hours

FIRST = "Zelensky said that 46,000 Ukrainian soldiers have been killed since the invasion began."
SECOND = "Zelensky said that 55,000 Ukrainian soldiers have been killed since the invasion began."
FLOOD = "At least 143 people were killed in the flood in Cebu, Philippines, officials said on Saturday."


class OldReader(Reader):
    """A program of before: it read 143 as 134, and no sentence of Zelensky's."""

    def read(self, article: Article) -> Reading:
        claims = super().read(article).claims
        old = [replace(claim, low=134) if claim.low == 143 else claim for claim in claims if claim.attributed_to != "Zelensky"]
        return Reading(tuple(old))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    with open_history(f"sqlite:///{tmp_path}/tally.db") as history:
        yield Newsdesk(history)


def publish(desk: Newsdesk, text: str, outlet: str, reader: type[Reader] = Reader, url: str = "") -> None:
    """An article is seen and judged as a run would."""
    desk.now += hours(6)
    url = url or f"https://www.{outlet}/{desk.now:%d%H%M}"
    article = Article(outlet, url, "", text, desk.now - hours(1), language="en", core=text)
    with desk.history.transaction() as connection:
        ledger = SqlLedger(connection)
        list(fire_timers(ledger, desk.policy, desk.now))
        version = watch.record(article, reader(desk.policy.monitors).read(article), ledger, desk.now)
        if version is not None:
            watch.decide(version, ledger, desk.policy, desk.now)


def play(desk: Newsdesk, since: datetime | None = None) -> tuple[list[tuple[str, int, int, int]], Reprocessing]:
    again = Reprocessing(desk.history, desk.policy, since, desk.now + hours(6))
    read = [
        (version.article.text, len(diff.gone), len(diff.new), len(diff.changed)) for version, diff in again.play(lambda done, total: None)
    ]
    return read, again


def story(desk: Newsdesk, reader: type[Reader] = Reader) -> None:
    """Two figures, one of them copied and corrected; a flood; a page without figures."""
    publish(desk, FIRST, "reuters.com", reader)
    publish(desk, "Nothing to count here.", "bbc.com", reader)
    publish(desk, SECOND, "bbc.com", reader, url="https://www.bbc.com/a")
    publish(desk, f"(Reuters) {SECOND}", "unknown.example", reader)
    publish(desk, FLOOD, "apnews.com", reader)
    publish(desk, SECOND.replace("55,000", "56,000"), "bbc.com", reader, url="https://www.bbc.com/a")


@pytest.mark.parametrize(("days", "versions"), [(None, 6), (0, 6), (0.6, 4), (0.8, 3), (2, 0)])
def test_the_same_program_says_the_same_whatever_the_day_it_begins_with(desk: Newsdesk, days: float | None, versions: int) -> None:
    since = None if days is None else desk.now + timedelta(days=days)
    story(desk)
    read, again = play(desk, since)
    outcome = again.outcome
    assert (read, outcome.untold, outcome.told, outcome.otherwise, outcome.problems) == ([], [], [], [], [])
    assert (outcome.versions, outcome.alike > 0) == (versions, versions > 0)


@pytest.mark.sqlite("the bytes of the file")
def test_a_newer_program_shows_what_it_reads_and_tells_otherwise_and_changes_nothing(desk: Newsdesk) -> None:
    story(desk, OldReader)
    path = desk.history.path
    assert path is not None
    before = path.read_bytes()
    read, again = play(desk)
    assert (FIRST, 0, 1, 0) in read
    assert (FLOOD, 0, 0, 1) in read
    told = "\n".join(heard.title for heard in again.outcome.told)
    assert "Ukrainian soldiers killed: 46,000 → 55,000" in told
    assert "143+, first figure" in told
    assert "134+, first figure" in "\n".join(heard.title for heard in again.outcome.untold)
    assert path.read_bytes() == before


def say(desk: Newsdesk, verb: Callable[..., list[str]], *arguments: Any) -> None:
    desk.now += hours(1)
    with desk.history.transaction() as connection:
        verb(connection, desk.policy, *arguments, desk.now)


def alert_of(desk: Newsdesk, words: str) -> str:
    with desk.history.reading() as connection:
        return next(told.id for told in queries.alerts(connection, 50) if words in told.title)


@pytest.mark.parametrize("days", [None, 0, 0.4, 0.8])
def test_what_people_said_meanwhile_is_respected_and_makes_no_difference(desk: Newsdesk, days: float | None) -> None:
    since = None if days is None else desk.now + timedelta(days=days)
    publish(desk, FIRST, "reuters.com")
    publish(desk, FLOOD, "apnews.com")
    publish(desk, SECOND, "bbc.com", url="https://www.bbc.com/a")
    with desk.history.transaction() as connection:  # it was sent
        connection.execute(outbox.update().values(state="sent"))
    say(desk, verdicts.reject, alert_of(desk, "55,000"), "these are the wounded")
    say(desk, verdicts.mute, [alert_of(desk, "143")], None)
    publish(desk, SECOND, "nytimes.com")
    publish(desk, SECOND.replace("55,000", "58,000"), "apnews.com")
    publish(desk, FLOOD.replace("143", "343"), "apnews.com")
    _, again = play(desk, since)
    outcome = again.outcome
    assert (outcome.untold, outcome.told, outcome.otherwise, outcome.problems) == ([], [], [], [])
    assert outcome.alike > 0


def test_claims_are_compared_where_they_stand() -> None:
    same, gone, new = figure(1), figure(2), figure(3)
    moved = replace(gone, start=100, end=101)
    assert not compare([same], [replace(same, reasons=("other words",))])
    assert compare([same, moved], [same, new]).gone == (moved,)
    (changed,) = compare([figure(5)], [figure(5, party="russia", sure=False)]).changed
    assert changed[2] == (("party", "ukraine", "russia"), ("sure", True, False))


def test_the_diff_is_readable_and_says_that_nothing_was_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(known_history(), tmp_path / "tally.db")
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\n')
    monkeypatch.chdir(tmp_path)
    with open_history(f"sqlite:///{tmp_path}/tally.db") as history:
        desk = Newsdesk(history)
        desk.now = datetime.fromisoformat("2026-03-02T09:00Z")
        publish(desk, FLOOD, "apnews.com", OldReader)
    before = (tmp_path / "tally.db").read_bytes()
    done = CliRunner().invoke(tallywatch, ["reprocess", "--since", "2026-03-02"])
    assert done.exit_code == 0, (done.output, done.exception)
    lines = done.output.splitlines()
    assert lines[0] == "apnews.com  2026-03-02 15:00  https://www.apnews.com/021500"
    assert lines[1] == "  ~ At least 143: low: 134 -> 143"
    assert lines[2].strip() == "«At least 143» people were killed in the flood in Cebu, Philippines, officials said on Saturday."
    assert lines[-1].startswith(
        "1 article versions read again, 1 read differently; alerts: 0 as they were, 1 would not be told, 1 would be new"
    )
    assert (tmp_path / "tally.db").read_bytes() == before


def test_imported_rows_are_taken_as_they_are(tmp_path: Path) -> None:
    shutil.copy(known_history(), tmp_path / "tally.db")
    with open_history(f"sqlite:///{tmp_path}/tally.db") as history:
        desk = Newsdesk(history)
        desk.now = datetime.fromisoformat("2026-03-02T09:00Z")
        read, again = play(desk)
    assert read == []
    assert again.outcome.versions > 50
