"""One run at a time on one history."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitors.cli import tallywatch
from monitors.history.store import HistoryError
from monitors.lock import Locked, lock
from monitors.newsroom.server import Newsroom
from tests.forks import ROOT, with_checkout
from tests.jobs import BASE, feed, outlet_table

RUN = [sys.executable, "-m", "monitors.cli", "run", "--quiet"]
HOLDER = """
import os, subprocess, sys, time
from monitors.lock import lock
with lock(sys.argv[1]):
    started = subprocess.Popen(["sleep", "60"], close_fds=False)
    reads, writes = os.pipe()
    forked = os.fork()
    if not forked:
        os.write(writes, b"runs")
        time.sleep(60)
        os._exit(0)
    os.read(reads, 4)  # a busy machine may not have begun it yet
    print(started.pid, forked, flush=True)
    time.sleep(60)
"""


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


@pytest.mark.parametrize("url", ["nonsense:s3cret@", "mysql://me:s3cret@host/tally"])
def test_a_database_that_cannot_hold_a_history_is_named_without_its_password(url):
    with pytest.raises(HistoryError) as raised, lock(url):
        pass
    assert "s3cret" not in str(raised.value)


def test_a_database_that_does_not_answer_is_named_in_one_line():
    pytest.importorskip("psycopg")
    with pytest.raises(HistoryError, match=r"127\.0\.0\.1:9/tally") as raised, lock("postgresql+psycopg://me:secret@127.0.0.1:9/tally"):
        pass
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_of_twenty_runs_started_at_once_one_works_and_the_others_leave(tmp_path):
    """The one that works waits for its feed until the others have gone."""
    gone = threading.Event()

    def slow_feed() -> Iterator[bytes]:
        gone.wait(14)
        yield feed([]).encode()

    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", slow_feed, content_type="application/rss+xml")
        (tmp_path / "tallywatch.toml").write_text(BASE + outlet_table("wire", f"{newsroom.url}/rss.xml"))
        runs = [subprocess.Popen(RUN, cwd=tmp_path, env=with_checkout()) for _ in range(20)]
        until = time.monotonic() + 60
        while sum(run.poll() is not None for run in runs) < 19 and time.monotonic() < until:
            time.sleep(0.02)
        gone.set()
        assert sorted(run.wait(30) for run in runs) == [0] + [75] * 19
        assert [request.path for request in newsroom.requests].count("/rss.xml") == 1


def test_a_run_that_finds_the_lock_taken_has_loaded_nothing_heavy_and_is_gone_in_a_moment(tmp_path):
    (tmp_path / "tallywatch.toml").write_text(BASE)
    used = []
    with (tmp_path / "tally.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [sys.executable, "-X", "importtime", *RUN[1:]]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=with_checkout())
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert done.returncode == 75
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert loaded.isdisjoint({"scrapy", "sqlalchemy", "pydantic", "rich", "twisted"})
    assert min(used) < 0.4, "twenty of them share a machine's few cores for a second"


def test_a_killed_holder_frees_the_lock_at_once_and_what_it_started_does_not_hold_it_on(tmp_path):
    url = f"sqlite:///{tmp_path}/tally.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    children = [int(pid) for pid in holder.stdout.readline().split()]
    try:
        with pytest.raises(Locked), lock(url):
            pass
        holder.kill()
        holder.wait()
        with lock(url):
            assert [os.kill(child, 0) for child in children] == [None, None], "they live"
    finally:
        holder.stdout.close()
        for child in children:
            os.kill(child, signal.SIGKILL)


def test_a_run_that_is_at_work_for_hours_is_told_even_in_quiet(tmp_path, monkeypatch):
    (tmp_path / "tallywatch.toml").write_text(BASE)
    monkeypatch.setattr("monitors.lock.LONG", timedelta(0))
    with lock(f"sqlite:///{tmp_path}/tally.db"):
        done = CliRunner().invoke(tallywatch, ["run", "--quiet", "--config", str(tmp_path / "tallywatch.toml")])
    assert isinstance(done.exception, Locked)


def test_a_lock_that_is_waited_for_is_had_when_it_is_free(tmp_path):
    url = f"sqlite:///{tmp_path}/tally.db"
    with lock(url):
        begun = time.monotonic()
        with pytest.raises(Locked), lock(url, wait=0.3):
            pass
        assert time.monotonic() - begun >= 0.3


def test_a_fork_that_ends_inside_leaves_the_lock_to_its_parent(tmp_path):
    url = f"sqlite:///{tmp_path}/tally.db"
    with lock(url):
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(Locked), lock(url):
            pass
