"""`tallywatch check`: each figure of a draft is held against the history, and nothing is written."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.article import Article
from monitors.check import Checked, Verdict, check_article
from monitors.cli import tallywatch
from monitors.history.ledger import SqlLedger
from monitors.model import State
from monitors.reader import Reader
from tests.forks import run_apart
from tests.jobs import known_history
from tests.newsdesk import Newsdesk, figure, toll

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
DRAFT = """\
Zelensky said that 43,000 Ukrainian soldiers have been killed since the war began.
Last year he said 43,000 had been killed.
Zelensky says 55,000 Ukrainian soldiers have been killed.
Ukraine plans to exchange 1,200 prisoners next week.
"""


@pytest.fixture
def desk() -> Newsdesk:
    """Zelensky gave 43,000, then 46,000, then 55,000; Russia's ministry 90,000; an earthquake in Cebu killed 69, then 72."""
    desk = Newsdesk()
    desk.reads(figure(43000, as_of="2024-12-08"))
    desk.reads(figure(46000, as_of="2025-02-16", qualifier="more_than"))
    desk.reads(figure(55000, as_of="2026-02-04"), outlet="bbc.com")
    desk.reads(figure(90000, attributed_to="Russian defence ministry", as_of="2026-02-04"))
    desk.reads(toll(69))
    desk.reads(toll(72))
    return desk


def check(desk: Newsdesk, text: str, published: date | None = None) -> list[Checked]:
    article = Article("", "", "", text, published or desk.now.date(), language="en", core=text)
    with desk.history.reading() as connection:
        reading = Reader(desk.policy.monitors).read(article)
        return check_article(article, reading, SqlLedger(connection), desk.policy, desk.now)


@pytest.mark.parametrize(
    ("sentence", "verdict", "stands"),
    [
        ("Zelensky said 55,000 Ukrainian soldiers have been killed.", "current", []),
        ("Zelensky said more than 50,000 Ukrainian soldiers have been killed.", "current", []),  # a weaker bound says nothing else
        ("Zelensky said 43,000 Ukrainian soldiers have been killed.", "stale", [55000]),
        ("Currently 43,000 Ukrainian soldiers are counted as killed, Zelensky said.", "stale", [55000]),
        ("Last year Zelensky said 43,000 Ukrainian soldiers had been killed.", "past", [55000]),
        ("In December 2024 Zelensky said that 43,000 Ukrainian soldiers had been killed.", "past", [55000]),
        ("Zelensky said 61,000 Ukrainian soldiers have been killed.", "differs", [55000]),
        ("Some 43,000 Ukrainian soldiers have been killed in the war.", "stale", [55000]),  # nobody is named: all are looked at
        ("About 90,000 Ukrainian soldiers have been killed in the war.", "current", []),
        ("Some 20,000 Ukrainian soldiers have been killed in the war.", "differs", [55000, 90000]),
        ("The Red Cross said 20,000 Ukrainian soldiers have been killed in the war.", "differs", [55000, 90000]),
        ("Macron said 56,000 Ukrainian soldiers have been killed in the war.", "unknown", [55000]),
        ("Zelensky said 7,000 Ukrainian soldiers are missing.", "unknown", []),
        ("The earthquake in Cebu, Philippines, killed 72 people, officials said.", "current", []),
        ("The earthquake in Cebu, Philippines, killed 69 people, officials said.", "stale", [72]),
        ("The Kremlin denied that 55,000 Ukrainian soldiers had been killed.", "left aside", []),
        ("Ukraine plans to exchange 1,200 prisoners next week.", "left aside", []),
    ],
)  # fmt: skip
def test_a_figure_is_held_against_what_stands(desk: Newsdesk, sentence: str, verdict: str, stands: list[int]) -> None:
    (one,) = check(desk, sentence)
    assert (one.verdict, [s.low for s in (one.now, *one.others) if s]) == (verdict, stands), one.why


def test_a_stale_figure_is_told_since_when(desk: Newsdesk) -> None:
    (one,) = check(desk, "Zelensky said 43,000 Ukrainian soldiers have been killed.")
    assert (one.since, one.said and one.said.as_of, one.now and one.now.as_of) == ("2025-02-16", "2024-12-08", "2026-02-04")


def test_a_past_value_is_known_however_long_ago_it_was_said(desk: Newsdesk) -> None:
    with desk.history.transaction() as connection:
        ledger = SqlLedger(connection)
        for n in range(150):
            ledger.put(replace(ledger.statement(3), low=56000 + 100 * n, high=56000 + 100 * n), 3)
    (one,) = check(desk, "Zelensky said 43,000 Ukrainian soldiers have been killed.")
    assert (one.verdict, one.said and one.said.low, one.now and one.now.low, one.since) == ("stale", 43000, 70900, None)


def test_each_sentence_is_taken_at_its_own_word_though_the_number_is_the_same(desk: Newsdesk) -> None:
    assert [one.verdict for one in check(desk, DRAFT)] == [Verdict.STALE, Verdict.PAST, Verdict.CURRENT, Verdict.ASIDE]


def test_a_figure_that_was_withdrawn_no_longer_stands(desk: Newsdesk) -> None:
    with desk.history.transaction() as connection:
        SqlLedger(connection).mark(3, State.WITHDRAWN, desk.now)
    (one,) = check(desk, "Zelensky said 55,000 Ukrainian soldiers have been killed.")
    assert (one.verdict, one.why, one.now and one.now.low) == ("stale", "it was withdrawn", 46000)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(known_history(), tmp_path / "tally.db")
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\n')
    (tmp_path / "draft.txt").write_text(DRAFT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.sqlite("the bytes of the file")
def test_a_draft_is_shown_block_by_block_with_citations_to_paste_and_nothing_is_written(directory: Path) -> None:
    before = (directory / "tally.db").read_bytes()
    done = CliRunner().invoke(tallywatch, ["check", "draft.txt", "--published", "2026-02-10"])
    assert done.exit_code == 1, done.output
    blocks = done.output.split("\n\n")
    section = README.partition("## Check a draft")[2].partition("\n## ")[0]
    shown = section.partition("```text\n")[2].partition("```")[0]
    assert re.fullmatch(".*".join(map(re.escape, shown.strip().split("…"))), blocks[0]), blocks[0]
    assert blocks[-1] == "4 figures: 1 current, 1 stale, 1 past, 1 left aside\n"
    assert max(len(line) for line in done.output.splitlines() if "http" not in line) <= 110
    assert (directory / "tally.db").read_bytes() == before


def test_json_has_an_object_a_figure_and_the_status_is_that_of_a_linter(directory: Path) -> None:
    done = run_apart("monitors.cli:main", ["check", "-", "--json"], input=DRAFT.splitlines()[2], cwd=directory)
    (one,) = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert (one["verdict"], one["low"], one["said"]["claimant"], one["said"]["as_of"]) == (
        "current", 55000, "Volodymyr Zelensky", "2026-02-04")  # fmt: skip
    assert {"value", "outlet", "date", "url", "quote", "text"} <= one["said"].keys()
    missing = run_apart("monitors.cli:main", ["check", "no-such.txt"], cwd=directory)
    assert (missing.returncode, missing.stderr) == (2, "tallywatch: no-such.txt: No such file or directory\n")


def test_a_text_in_a_language_without_a_file_is_refused(tmp_path: Path) -> None:
    done = run_apart("monitors.cli:main", ["check", "-", "--lang", "xx"], input="12 killed", cwd=tmp_path)
    assert (done.returncode, "no language file" in done.stderr) == (2, True)
