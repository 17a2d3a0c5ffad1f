"""`tallywatch doctor`: what is wrong with an installation, a line each, and nothing is changed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.health import Health, Status
from monitors import doctor
from monitors.cli import tallywatch
from monitors.config import read_config
from monitors.history import checkup, frontier
from monitors.history.store import open_history
from monitors.lock import find_holder, lock
from monitors.rules.blindness import UNSEEN
from tests.jobs import known_history

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANNEL = '\n[[channel]]\nname = "desk"\nurl = "json://127.0.0.1:9/hook"\n'


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(known_history(), tmp_path / "tally.db")
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\ntimezone = "UTC"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wrong(directory: Path, now: datetime = NOW) -> dict[str, str]:
    """What is not well, and what is said of it."""
    return {sign.what: sign.line for sign in doctor.examine(read_config(directory / "tallywatch.toml"), now) if not sign.well}


def run_at(directory: Path, *statuses: Status, at: datetime = NOW) -> None:
    with open_history(f"sqlite:///{directory}/tally.db") as history, history.transaction() as connection:
        for number, status in enumerate(statuses):
            begun = at + timedelta(minutes=number)
            done = [(Health("bbc", status, errors=("refused",) if status == "failed" else ()), 0, UNSEEN)]
            frontier.store_outlet_runs(connection, frontier.start_run(connection, begun), done, begun)


@pytest.mark.sqlite("its file")
def test_a_sound_installation_is_well_line_by_line_and_nothing_is_changed(directory: Path) -> None:
    files = {path.name: path.read_bytes() for path in directory.iterdir()}
    done = CliRunner().invoke(tallywatch, ["doctor"])
    assert done.exit_code == 0, done.output
    assert {line.split()[0] for line in done.output.splitlines()} == {"ok"}
    looked_at = [line.split()[1] for line in done.output.splitlines()]
    named = ("lock", "evidence", "disk", "sqlite", "journal", "integrity", "references", "schema", "clock", "outlets", "modules", "channel")
    assert set(named) <= {*looked_at}
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == files


def test_a_folder_in_which_no_page_can_be_kept_is_a_problem(directory: Path) -> None:
    (directory / "evidence").write_text("a file that lies in its place")
    assert "stored without their copy" in wrong(directory)["evidence"]


@pytest.mark.sqlite("its file")
def test_a_history_that_is_not_there_is_no_problem_and_is_not_made(directory: Path) -> None:
    (directory / "tally.db").unlink()
    assert wrong(directory) == {}
    assert not (directory / "tally.db").exists()


def test_a_lock_is_a_problem_only_when_it_is_held_for_long(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = read_config(directory / "tallywatch.toml").database_url
    with lock(url):
        holder = find_holder(url)
        assert holder
        assert holder.pid == os.getpid()
        assert wrong(directory, holder.since + timedelta(minutes=5)).keys().isdisjoint({"lock"})
        assert f"end it: kill {os.getpid()}" in wrong(directory, holder.since + timedelta(hours=2))["lock"]
    assert (directory / "tally.db.lock").exists()
    assert find_holder(url) is None


def damage(directory: Path, name: str, tail: int | None = None) -> None:
    """Spoil the first page of a table or an index, wherever the file has it; or its tail, where the rows lie that were stored first."""
    path = directory / "tally.db"
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek(page * size - (tail or size))
        file.write(b"x" * (tail or size))


def break_a_reference(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "tally.db")) as connection:
        connection.execute("INSERT INTO undecided VALUES (999999)")
        connection.commit()


def be_newer(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "tally.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def name_a_channel(directory: Path) -> None:
    with (directory / "tallywatch.toml").open("a") as file:
        file.write(CHANNEL.replace("json://", "nosuch://"))


def run_long_ago(directory: Path) -> None:
    run_at(directory, "ok", at=NOW - timedelta(days=3))


FILE = pytest.mark.sqlite("its file")


@pytest.mark.parametrize(
    ("harm", "what", "line"),
    [
        pytest.param(lambda directory: damage(directory, "ix_series_quantity", 40), "integrity", "put the newest file of", marks=FILE),
        pytest.param(lambda directory: damage(directory, "runs"), "history", "put the newest file of", marks=FILE),
        pytest.param(break_a_reference, "references", "a row of undecided refers to none", marks=FILE),
        pytest.param(be_newer, "history", "upgrade the program", marks=FILE),
        (name_a_channel, "channel", "tallywatch.toml:6: Apprise does not take this nosuch:// URL"),
        (lambda directory: run_at(directory, "failed", "failed", "failed"), "outlets", "bbc failed in 3 runs: refused"),
        (lambda directory: run_at(directory, "ok", at=NOW + timedelta(days=1)), "clock", "set this machine's clock"),
        pytest.param(run_long_ago, "backups", "tallywatch upkeep makes one", marks=FILE),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(directory: Path, harm: Callable[[Path], None], what: str, line: str) -> None:
    harm(directory)
    assert line in wrong(directory).get(what, ""), wrong(directory)


@pytest.mark.sqlite("its file")
def test_a_full_disk_and_an_old_sqlite_are_said(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**6, 10**6, 1000))
    monkeypatch.setattr(checkup, "LEAST_SQLITE", (99, 1))
    said = wrong(directory)
    assert "a backup needs as much again" in said["disk"]
    assert "99.1 is needed" in said["sqlite"]


def test_an_outlet_that_just_failed_needs_nobody_yet_and_json_says_the_same(directory: Path) -> None:
    run_at(directory, "ok", "failed", at=datetime.now(UTC) - timedelta(hours=1))
    done = CliRunner().invoke(tallywatch, ["doctor", "--json"])
    assert done.exit_code == 0, done.output
    assert {json.loads(line)["ok"] for line in done.output.splitlines()} == {True}
