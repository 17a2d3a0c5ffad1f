"""`tallywatch find`: who ever stated a number, of whatever."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitors.cli import tallywatch
from monitors.history.queries import find_value
from monitors.model import Qualifier
from monitors.rules.values import Value
from tests.jobs import known_history
from tests.newsdesk import Newsdesk, figure, toll


def found(desk: Newsdesk, number: int, limit: int = 20) -> list[tuple[int | None, int | None, str]]:
    with desk.history.reading() as connection:
        values = find_value(connection, Value(number, number, Qualifier.EXACT), limit)
        return [(value.low, value.high, value.claimant) for value in values]


@pytest.fixture(scope="module")
def desk() -> Newsdesk:
    desk = Newsdesk()
    desk.reads(figure(43000, as_of="2024-12-08"))
    desk.reads(figure(43000, "wounded", attributed_to="Syrskyi", as_of="2025-12-01"))
    desk.reads(figure(43012, "missing", "russia", attributed_to="Mediazona"))
    desk.reads(figure(43000, "killed", "russia", attributed_to="Latvia", qualifier="more_than", as_of="2023-01-01"))
    desk.reads(figure(44000, "missing", attributed_to="Latvia"))
    desk.reads(figure((150, 180), "missing", attributed_to="Moldova"))
    desk.reads(toll(12), toll(7, metric="wounded", qualifier="up_to"))
    return desk


def test_this_very_number_comes_first_the_latest_before_the_older_then_what_rounds_to_it(desk: Newsdesk) -> None:
    assert found(desk, 43000) == [
        (43000, 43000, "Oleksandr Syrskyi"), (43000, 43000, "Volodymyr Zelensky"), (43000, None, "Latvia"),
        (43012, 43012, "BBC Russian and Mediazona"),
    ]  # fmt: skip
    assert found(desk, 43000, limit=1) == [(43000, 43000, "Oleksandr Syrskyi")]


def test_a_number_is_found_as_the_end_of_a_range_and_as_an_upper_bound(desk: Newsdesk) -> None:
    assert [one[:2] for one in found(desk, 150)] == [one[:2] for one in found(desk, 180)] == [(150, 180)]
    assert [one[:2] for one in found(desk, 7)] == [(None, 7)]
    assert found(desk, 500) == []


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copy(known_history(), tmp_path / "tally.db")
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\n')
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(tallywatch, list(arguments))
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    return run


@pytest.mark.parametrize("words", [["43000"], ["43,000"], ["43k"], ["43", "thousand"], ["0.043", "million"]])
def test_a_number_is_asked_for_as_people_write_it(call, words: list[str]) -> None:
    first = call("find", *words).splitlines()[:3]
    assert first[0].startswith("43,000  Ukrainian soldiers killed (")
    assert first[0].rstrip().endswith("Volodymyr Zelensky, as of 2024-12-08, in Ukrainska Pravda)")
    assert first[1].strip() == "“Zelensky wrote that Ukraine had lost 43,000 soldiers killed on the battlefield.”"
    assert first[2].strip() == "https://www.pravda.com.ua/eng/news/2024/12/8/7488226/"


def test_what_nobody_stated_and_what_is_no_number_is_said(call) -> None:
    assert call("find", "41234") == "Nobody stated 41,234, as far as the history knows.\n"
    assert "'many' is not a whole number like 43000" in call("find", "many", status=2)
    assert json.loads(call("find", "55000", "--json", "--limit", "1"))["claimant"] == "Volodymyr Zelensky"


@pytest.mark.parametrize("name", ["zelensky", "Zelenskyy", "Зеленський"])
def test_the_history_of_a_claimant_is_found_by_every_name(call, name: str) -> None:
    rows = [json.loads(line) for line in call("history", name, "killed", "ukrain", "--json").splitlines()]
    assert 55000 in [row["low"] for row in rows]
    assert {row["claimant"] for row in rows} == {"Volodymyr Zelensky"}
