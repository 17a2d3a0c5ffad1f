"""One run at a time on one history."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitors.history.store import HistoryError
from monitors.lock import Locked, lock


def test_a_second_holder_is_turned_away_and_the_lock_ends_with_its_holder(tmp_path):
    url = f"sqlite:///{tmp_path}/tally.db"
    with lock(url), pytest.raises(Locked, match=r"another run is at work on .*tally\.db"), lock(url):
        pass
    with lock(url):
        pass


def test_what_goes_wrong_inside_is_no_matter_of_the_lock(tmp_path):
    with pytest.raises(OSError, match="Broken pipe"), lock(f"sqlite:///{tmp_path}/tally.db"):
        raise OSError(32, "Broken pipe")


def test_a_history_in_memory_needs_no_lock_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with lock("sqlite://"):
        assert list(Path().iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "mysql://me@host/tally"])
def test_a_database_that_cannot_hold_a_history_is_named(url):
    with pytest.raises(HistoryError), lock(url):
        pass


def test_a_database_that_does_not_answer_is_named_in_one_line():
    pytest.importorskip("psycopg")
    with pytest.raises(HistoryError, match=r"127\.0\.0\.1:9/tally") as raised, lock("postgresql+psycopg://me:secret@127.0.0.1:9/tally"):
        pass
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
