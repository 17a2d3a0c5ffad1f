"""The whole job over a newsroom on loopback: real feeds and pages in, true alerts out, silence on the second run."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.jobs import BASE, Job, Outlet, known_history, outlet_table

OLD = (
    "old", "Zelensky says 58,000 soldiers killed",
    "President Volodymyr Zelensky said on Monday that 58,000 Ukrainian soldiers have been killed since the invasion began.",
    "2026-03-02T08:00:00+00:00",
)  # fmt: skip
NEW = (
    "new", "Zelensky says 61,000 Ukrainian soldiers killed",
    "President Volodymyr Zelensky said on Wednesday that 61,000 Ukrainian soldiers have been killed since the invasion began.",
    "2026-03-04T09:00:00+00:00",
)  # fmt: skip
FIRST, SECOND, THIRD, FOURTH = "2026-03-03T12:00Z", "2026-03-04T10:00Z", "2026-03-04T10:05Z", "2026-03-04T10:10Z"


@pytest.fixture(scope="module")
def met(newsroom, receiver, tmp_path_factory) -> Path:
    """A history that has met one outlet: made once, copied for each test."""
    directory = tmp_path_factory.mktemp("met")
    wire = Outlet(newsroom, "wire")
    wire.publish(*OLD)
    job = Job(directory, BASE + receiver.channel + outlet_table("wire", wire.feed))
    job.write()
    job.run(FIRST)
    return directory


@pytest.fixture
def wire(newsroom) -> Outlet:
    """The outlet as it was when it was met."""
    outlet = Outlet(newsroom, "wire")
    outlet.publish(*OLD)
    return outlet


@pytest.fixture
def job(met, hook, wire, tmp_path) -> Job:
    """The job of somebody whose outlet has just printed something new."""
    shutil.copytree(met, tmp_path / "desk")
    wire.publish(*NEW)
    return Job(tmp_path / "desk", (met / "tallywatch.toml").read_text())


def test_first_sight_is_summed_up_then_a_change_is_told_once_then_there_is_silence(job, wire, hook, newsroom):
    (job.directory / "tally.db").unlink()
    wire.withdraw("new")

    first = job.run(FIRST)
    assert first["outlets"]["wire"]["articles"] == 1
    assert len(hook.titles) == 1
    assert "58,000" in hook.received[0]["message"], hook.received[0]["message"]

    wire.publish(*NEW)
    second = job.run(SECOND)
    assert second["outlets"]["wire"]["claims"] >= 1
    assert len(hook.titles) == 2
    assert "61,000" in hook.titles[1]
    assert "61,000 Ukrainian soldiers have been killed" in hook.received[1]["message"]

    newsroom.clear()
    third = job.run(THIRD)
    unchanged = {"status": "unchanged", "fetched": 0, "not_modified": 1, "articles": 0, "claims": 0, "error": None}
    unchanged |= {"errors": [], "notes": []}
    assert third["outlets"]["wire"] == unchanged
    assert [request.status for request in newsroom.requests if "robots" not in request.path] == [304]
    assert third["alerts"] == {"sent": 0, "held": 0, "failed": 0}
    assert len(hook.titles) == 2


def test_what_a_run_killed_between_record_and_decide_has_stored_is_decided_by_the_next(job, wire, hook):
    killer = (
        "import os, signal, monitors.watch as w\n"
        "w.decide = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from monitors.cli import main\nmain()"
    )

    assert job.call("run", "--at", SECOND, script=killer).returncode == -9
    assert hook.titles == []

    summary = job.run(THIRD)
    assert summary["outlets"]["wire"]["articles"] == 0, "the page was read and stored before the kill"
    assert ["61,000" in title for title in hook.titles] == [True]


def test_an_alert_that_a_dead_channel_refused_is_delivered_by_the_next_run_once(job, wire, hook):
    hook.status = 500
    assert job.run(SECOND, status=4)["alerts"]["failed"] == 1
    hook.status = 200
    assert job.run(THIRD)["alerts"] == {"sent": 1, "held": 0, "failed": 0}
    job.run(FOURTH)
    assert ["61,000" in title for title in hook.titles] == [True]


def test_a_bad_channel_is_named_with_its_line_and_holds_up_no_other(job, wire, hook):
    job.write('\n[[channel]]\nname = "typo"\nurl = "nosuchservice://x"\n')
    summary = job.run(SECOND, status=2)
    assert [problem for problem in summary["problems"] if problem.startswith(f"{job.directory}/tallywatch.toml:")]
    assert ["61,000" in title for title in hook.titles] == [True]


def test_a_feed_that_is_cut_off_is_named_and_asked_for_again_until_it_is_whole(job, wire, newsroom, hook):
    whole = newsroom._answers["/wire/rss.xml"][-1].body
    assert isinstance(whole, bytes)
    cut = whole[: whole.rindex(b"<item>") + 20]
    newsroom.put("/wire/rss.xml", cut, content_type="application/rss+xml", etag='"same"')
    summary = job.run(SECOND)
    assert "it breaks off before its end" in summary["outlets"]["wire"]["error"]
    newsroom.put("/wire/rss.xml", whole, content_type="application/rss+xml", etag='"same"')
    newsroom.clear()
    assert job.run(THIRD)["outlets"]["wire"]["error"] is None
    assert [request.status for request in newsroom.requests if request.path == "/wire/rss.xml"] == [200]


def test_a_dry_run_after_a_run_shows_the_whole_path_all_the_same(job):
    job.run(SECOND)
    assert "«61,000» Ukrainian soldiers have been killed" in job.call("run", "wire", "--dry-run", "--at", THIRD).stdout


@pytest.mark.sqlite("the bytes of the file")
def test_a_dry_run_shows_the_whole_path_and_leaves_the_history_as_it_is_byte_for_byte(job, wire, hook):
    before = hash_files(job.directory)

    done = job.call("run", "wire", "--dry-run", "--at", SECOND)

    assert done.returncode == 0, done.stderr
    assert "«61,000» Ukrainian soldiers have been killed" in done.stdout
    assert "would tell: " in done.stdout
    assert hook.titles == []
    assert hash_files(job.directory) == before


def hash_files(folder: Path) -> dict[Path, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_second_run_at_the_same_time_leaves_the_first_alone(job):
    (job.directory / "tally.db.lock").touch()
    with (job.directory / "tally.db.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = job.call("run")
        unseen = job.call("run", "--quiet")
    assert done.returncode == 75
    assert "another run is at work" in done.stderr
    assert (unseen.returncode, unseen.stdout, unseen.stderr) == (75, "", ""), "two runs that meet need nobody"


def test_where_no_outlet_can_be_reached_each_is_named_in_a_line_and_the_status_is_3(job):
    closed = "http://127.0.0.1:9/rss.xml"
    (job.directory / "tallywatch.toml").write_text(BASE + outlet_table("north", closed) + outlet_table("south", closed))
    done = job.call("run", "--quiet")
    assert done.returncode == 3
    assert [line.split(": ")[:2] for line in done.stdout.splitlines()] == [["north", closed], ["south", closed]]


def test_bad_feeds_and_pages_are_each_named_and_cost_the_others_nothing(job, wire, hook, newsroom):
    xml = {"content_type": "application/rss+xml"}
    newsroom.put("/html/rss.xml", "<!doctype html><html><body><h1>Please log in</h1></body></html>")
    newsroom.put("/empty/rss.xml", "", **xml)
    newsroom.put("/torn/rss.xml", "<?xml version='1.0'?><rss version='2.0'><chan", **xml)
    newsroom.put("/huge/rss.xml", b"<rss>" + b" " * 50_000_000, **xml)
    pages = Outlet(newsroom, "pages")
    for slug in ("pdf", "void", "good"):
        pages.publish(
            slug,
            f"Toll of {slug}: 12 killed",
            "At least 12 people were killed in a flood in Example, officials said.",
            "2026-03-04T08:00:00+00:00",
        )
    newsroom.put("/pages/pdf", b"%PDF-1.7\n" + b"\0" * 2000, content_type="text/html")
    newsroom.put("/pages/void", "")
    bad = ("html", "empty", "torn", "huge")
    job.write("".join(outlet_table(name, f"{newsroom.url}/{name}/rss.xml") for name in bad) + outlet_table("pages", pages.feed))

    summary = job.run(SECOND, status=1)

    for name in bad:
        assert summary["outlets"][name]["status"] == "failed"
        assert f"{newsroom.url}/{name}/rss.xml: " in summary["outlets"][name]["error"]
    assert summary["outlets"]["pages"]["status"] == "partial"
    assert summary["outlets"]["pages"]["articles"] == 1
    assert {line.split(": ")[0].rpartition("/")[2] for line in summary["outlets"]["pages"]["errors"]} == {"pdf", "void"}, "each is named"
    assert summary["outlets"]["wire"]["articles"] == 1
    assert "61,000" in "\n".join(hook.titles)


def test_a_run_that_went_well_is_heard_elsewhere_and_a_deaf_listener_is_named(job, newsroom):
    newsroom.put("/beat", "ok")
    configuration = job.configuration
    job.configuration = f'heartbeat = "{newsroom.url}/beat"\n{configuration}'
    job.write()
    assert job.run(SECOND)["problems"] == []
    assert [request.path for request in newsroom.requests if request.path == "/beat"] == ["/beat"]
    newsroom.remove("/beat")
    assert job.run(THIRD)["problems"] == ["heartbeat at 127.0.0.1: HTTP Error 404: Not Found"]


def test_the_operator_hears_once_that_an_outlet_is_down_and_once_that_it_delivers_again(job, newsroom, hook):
    job.configuration = job.configuration.replace('name = "desk"', 'name = "desk"\nseverities = ["ops"]')
    job.write()
    newsroom.put("/wire/rss.xml", "", status=503)
    for minute, status in ((0, 3), (15, 3), (30, 3), (45, 3)):
        job.run(f"2026-03-04T10:{minute:02}Z", status=status)
    assert len(hook.titles) == 1
    assert "HTTP 503" in hook.received[0]["message"]
    newsroom.remove("/wire/rss.xml")
    Outlet(newsroom, "wire").publish(*OLD)
    job.run("2026-03-04T11:00Z")
    job.run("2026-03-04T11:15Z")
    assert len(hook.titles) == 2
    assert "delivers again" in hook.titles[1]


def test_a_monitor_of_ones_own_hears_what_its_fifteen_lines_ask_for(job, newsroom, hook):
    county = Outlet(newsroom, "county")
    said = "Texas health officials said on {day} that {n} measles cases have been confirmed in the state since late January."
    county.publish("a", "Texas measles outbreak", said.format(day="Monday", n=320), "2026-03-02T08:00:00+00:00")
    own = '[[monitor]]\nname = "measles"\nmetric = "cases"\nwords.en = ["measles case"]\nparties = ["united states"]\nchange = "5%"\n'
    (job.directory / "tally.db").unlink()
    job.configuration = BASE + hook.channel + outlet_table("county", county.feed) + own
    job.write()
    job.run(FIRST)
    hook.received.clear()
    county.publish("b", "More measles in Texas", said.format(day="Wednesday", n=328), "2026-03-04T08:00:00+00:00")
    job.run(SECOND)
    assert hook.titles == [], "2.5 % is not worth an alert"
    county.publish("c", "Measles in Texas still spreads", said.format(day="Wednesday", n=400), "2026-03-04T09:00:00+00:00")
    job.run(THIRD)
    assert ["→ 400" in title for title in hook.titles] == [True], hook.titles


def test_importing_a_file_twice_adds_nothing_and_what_is_known_is_no_news(job):
    csv = job.directory / "figures.csv"
    csv.write_text(
        "date,claimant,metric,party,group,scope,low,high,qualifier,method,quote,url,outlet\n"
        "2026-03-01,Example Ministry,killed,example,civilians,cumulative,812,812,exact,official,"
        '"The ministry counts 812 people killed.",https://example.org/a,Example Daily\n'
    )
    assert "1 of 1 rows added" in job.call("import", "figures.csv").stdout
    assert "0 of 1 rows added" in job.call("import", "figures.csv").stdout
    assert "812" in job.call("history", "example").stdout
    csv.write_text(csv.read_text().replace(",812,812,", ",812,many,"))
    done = job.call("import", "figures.csv")
    assert done.returncode == 2
    assert "line 2" in done.stderr
    assert "high" in done.stderr


@pytest.mark.sqlite("backups beside the file")
def test_upkeep_leaves_a_backup_that_can_be_opened(job):
    job.call("import", "/dev/null")
    assert job.call("status").returncode == 0
    done = job.call("upkeep")
    assert done.returncode == 0, done.stderr
    backups = [
        file
        for file in job.directory.rglob("*")
        if file.is_file() and "tally" in file.name and file.name not in ("tally.db", "tally.db.lock")
    ]
    opened = [sqlite3.connect(file) for file in backups if file.read_bytes().startswith(b"SQLite format 3")]
    assert opened
    assert all(database.execute("PRAGMA integrity_check").fetchone() == ("ok",) for database in opened)


def test_an_outlet_that_forbids_us_its_feed_is_refused_not_failing(job, wire, newsroom):
    shutil.copy(known_history(), job.directory / "tally.db")
    newsroom.put("/robots.txt", "User-agent: *\nDisallow: /wire/\n", content_type="text/plain")
    try:
        done = job.run(FIRST, status=3)
        assert (done["outlets"]["wire"]["status"], done["alerts"]["sent"]) == ("refused", 0)
        assert done["outlets"]["wire"]["error"] == f"{wire.feed}: robots.txt forbids it"
        assert job.call("run", "--quiet", "--at", SECOND).stdout == "", "it is told by who asks, not by cron every quarter of an hour"
        assert "refused" in job.call("outlets").stdout
    finally:
        newsroom.remove("/robots.txt")
