"""A person's word through the whole job: what one command says, the webhook hears and the next run respects."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitors.cli import tallywatch
from monitors.commands import verdicts
from monitors.lock import Locked, lock
from tests.jobs import BASE, Hook, Job, Outlet, outlet_table

OLD = (
    "old", "Zelensky says 58,000 soldiers killed",
    "President Volodymyr Zelensky said on Monday that 58,000 Ukrainian soldiers have been killed since the invasion began.",
    "2026-03-02T08:00:00+00:00",
)  # fmt: skip
TEXT = "President Volodymyr Zelensky said on Wednesday that 61,000 Ukrainian soldiers have been killed since the invasion began."
NEW = ("new", "Zelensky says 61,000 Ukrainian soldiers killed", TEXT, "2026-03-04T09:00:00+00:00")
AGAIN = ("again", "What the president said", f"{TEXT}\nHe spoke for an hour.", "2026-03-04T12:00:00+00:00")
FIRST, SECOND, THIRD = "2026-03-03T12:00Z", "2026-03-04T10:00Z", "2026-03-04T13:00Z"


@pytest.fixture(scope="module")
def told(newsroom, receiver, tmp_path_factory) -> Path:
    """The desk of somebody who was just told of 61,000: made once, copied for each test."""
    wire = Outlet(newsroom, "wire")
    wire.publish(*OLD)
    job = Job(tmp_path_factory.mktemp("told"), BASE + receiver.channel + outlet_table("wire", wire.feed))
    job.write()
    job.run(FIRST)
    wire.publish(*NEW)
    job.run(SECOND)
    assert "61,000" in receiver.titles[-1]
    return job.directory


@pytest.fixture
def wire(newsroom) -> Outlet:
    outlet = Outlet(newsroom, "wire")
    outlet.publish(*OLD)
    outlet.publish(*NEW)
    return outlet


@pytest.fixture
def job(told, hook, wire, tmp_path: Path) -> Job:
    shutil.copytree(told, tmp_path / "desk")
    return Job(tmp_path / "desk", (told / "tallywatch.toml").read_text())


def alert_of(job: Job) -> str:
    return str(lines(job, "alerts")[0]["id"])


def lines(job: Job, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in job.call(*arguments, "--json").stdout.splitlines()]


def test_a_rejected_alert_is_taken_back_where_it_was_told_and_its_sentence_is_silent_ever_after(job: Job, wire: Outlet, hook: Hook):
    alert, told = alert_of(job), len(hook.titles)
    done = job.call("reject", alert[:6], "--why", "he spoke of all losses")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "told that we misread: desk"), done.stderr
    assert hook.titles[told:] == ["Ukrainian soldiers killed: we misread 61,000 (WIRE)"]
    assert "he spoke of all losses" in hook.received[-1]["message"]

    wire.publish(*AGAIN)
    job.run(THIRD)
    assert len(hook.titles) == told + 1

    shown = job.call("alerts", alert).stdout
    assert f"reject {alert}: he spoke of all losses" in shown
    series = job.call("history", lines(job, "history", "zelensky", "killed")[0]["key"]).stdout
    assert "misread" in series
    assert f"reject {alert}: he spoke of all losses" in series


def test_an_undone_run_is_taken_back_and_the_known_values_that_came_with_it_stay(job: Job, hook: Hook):
    shown = job.call("status").stdout
    run = shown.partition("(run ")[2].partition(")")[0]
    done = job.call("undo-run", run, "--why", "a test page")
    assert done.returncode == 0, done.stderr
    assert "had been told (desk)" in done.stdout
    assert hook.titles[-1].startswith("We take back an alert of ")

    first = job.call("undo-run", "zzz")
    assert first.returncode == 2
    earlier = first.stderr.partition("the last: ")[2].split(", ")[-1][:8]
    assert job.call("undo-run", earlier).returncode == 0
    stands = lines(job, "history", "zelensky", "killed")[0]
    assert stands["value"] == "55,000"
    assert job.call("history", stands["key"]).stdout.count("undone") == 2


def test_a_wrong_id_ends_with_status_2_and_the_nearest(job: Job):
    alert = alert_of(job)
    done = job.call("approve", f"{alert[:-1]}z")
    assert done.returncode == 2
    assert f"did you mean {alert}" in done.stderr
    assert job.call("mute", "nothing_of_this_name").returncode == 2
    assert job.call("merge", "ukraine", "nobody at all").returncode == 2


def test_a_verdict_waits_only_so_long_for_who_is_at_work(job: Job, monkeypatch):
    monkeypatch.setattr(verdicts, "WAIT_SECONDS", 1)
    monkeypatch.chdir(job.directory)
    alert = alert_of(job)
    with lock(f"sqlite:///{job.directory}/tally.db"):
        done = CliRunner().invoke(tallywatch, ["mute", alert])
    assert isinstance(done.exception, Locked)
    assert "another verdict is at work on this history; waiting for it" in done.stderr
    assert "nothing was changed" in str(done.exception)
    assert job.call("mute", alert).returncode == 0
