"""The job that nobody watches: its time, signals, heartbeat, log, summary and status, over real processes and loopback."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from crawler.health import Health
from monitors import logbook
from monitors.alerts.deliver import Sent
from monitors.config import read_config
from monitors.heartbeat import send_end, send_start
from monitors.history.store import SCHEMA, open_history
from monitors.lock import lock
from monitors.newsroom.server import Newsroom
from monitors.report.summary import Summary, show_summary
from tests.forks import with_checkout
from tests.jobs import BASE, Job, Outlet, known_history, outlet_table, page

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TEXT = "President Volodymyr Zelensky said on Wednesday that 61,000 Ukrainian soldiers have been killed since the invasion began."
PUBLISHED = "2026-03-04T09:00:00+00:00"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copy(known_history(), tmp_path / "tally.db")
    return tmp_path


def start(job: Job, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitors.cli", "run", "--json", *arguments]
    return subprocess.Popen(
        command, cwd=job.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=with_checkout())


# --- signals and time


def test_a_signal_lets_a_run_finish_the_article_in_hand_and_the_next_run_do_the_rest(directory, newsroom, hook):
    wire, reading, gone, pages = Outlet(newsroom, "wire"), threading.Event(), threading.Event(), 7
    for number in range(pages):
        wire.publish(str(number), f"Toll {number}", TEXT, PUBLISHED)
    whole = page("Zelensky says 61,000 soldiers killed", TEXT, PUBLISHED).encode()

    def slowly() -> Iterator[bytes]:
        yield whole[:100]
        reading.set()
        gone.wait(10)
        yield whole[100:]

    for number in range(pages):
        newsroom.put(f"/wire/{number}", slowly)
    job = Job(directory, BASE + hook.channel + outlet_table("wire", wire.feed))
    (directory / "tallywatch.toml").write_text(job.configuration.replace("delay = 0.0", "delay = 0.3"))
    run = start(job, "--at", NOON.isoformat())
    assert reading.wait(30)
    run.send_signal(signal.SIGTERM)
    threading.Timer(0.4, gone.set).start()
    out, errors = run.communicate(timeout=30)
    first = json.loads(out)
    assert (run.returncode, errors) == (4, ""), "what was decided waits to be sent"
    assert first["cut"].startswith("stopped by a signal: ")
    assert 0 < first["outlets"]["wire"]["articles"] < pages
    assert hook.titles == []
    with lock(f"sqlite:///{directory}/tally.db"):
        job.write()
    rest = job.run((NOON + timedelta(minutes=1)).isoformat())
    assert rest["cut"] is None
    assert first["outlets"]["wire"]["articles"] + rest["outlets"]["wire"]["articles"] == pages
    assert len(hook.titles) == rest["alerts"]["sent"] >= 1


def test_a_signal_before_anything_was_read_is_no_failure_of_an_outlet(directory, newsroom):
    asked, gone = threading.Event(), threading.Event()

    def robots() -> Iterator[bytes]:
        asked.set()
        gone.wait(10)
        yield b"User-agent: *\nAllow: /\n"

    newsroom.put("/robots.txt", robots)
    job = Job(directory, BASE + outlet_table("wire", Outlet(newsroom, "wire").feed))
    job.write()
    run = start(job)
    assert asked.wait(30)
    run.send_signal(signal.SIGINT if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN else signal.SIGTERM)
    threading.Timer(0.5, gone.set).start()
    out, _errors = run.communicate(timeout=30)
    newsroom.remove("/robots.txt")
    assert json.loads(out)["cut"].startswith("stopped by a signal: ")
    state = json.loads(job.call("status", "--json").stdout)
    assert [one["failures_in_a_row"] for one in state["outlets"]] in ([], [0])
    assert not state["at_work"]


def test_a_run_whose_time_is_up_decides_and_delivers_what_it_has_and_says_so(directory, newsroom, hook):
    wire = Outlet(newsroom, "long")
    for number in range(40):
        wire.publish(str(number), f"Toll {number}", TEXT, PUBLISHED)
    slow = outlet_table("long", wire.feed).replace("delay = 0.0", "delay = 0.15")
    job = Job(directory, BASE + "limits = { run = '1s' }\n" + hook.channel + slow)
    job.write()
    summary = job.run(NOON.isoformat())
    assert 0 < summary["outlets"]["long"]["articles"] < 40
    assert summary["cut"] == (
        "the time for collecting was up (1 s, limits.run): of 1 of 1 outlets not everything was read; the next run goes on")
    assert summary["alerts"]["sent"] == len(hook.titles) == 1


# --- heartbeat


def beats(newsroom: Newsroom) -> list[str]:
    return [request.path for request in newsroom.requests if request.path.startswith("/beat")]


def test_a_heartbeat_tells_start_and_success_or_the_status_of_a_failure_and_nothing_of_a_run_that_found_another(directory, newsroom):
    for end in ("", "/start", "/2", "/3"):
        newsroom.put(f"/beat{end}", "ok")
    wire = Outlet(newsroom, "wire")
    job = Job(directory, f'heartbeat = "{newsroom.url}/beat"\n' + BASE + outlet_table("wire", wire.feed))
    job.write()
    newsroom.clear()
    job.run(NOON.isoformat())
    assert beats(newsroom) == ["/beat/start", "/beat"]
    newsroom.clear()
    newsroom.put("/wire/rss.xml", "", status=503)
    job.run((NOON + timedelta(minutes=15)).isoformat(), status=3)
    assert beats(newsroom) == ["/beat/start", "/beat/3"]
    newsroom.clear()
    assert job.call("run", "nobody").returncode == 2
    assert beats(newsroom) == ["/beat/start", "/beat/2"]
    newsroom.clear()
    with lock(f"sqlite:///{directory}/tally.db"):
        assert job.call("run").returncode == 75
    job.run(NOON.isoformat(), "--dry-run", status=3)
    assert beats(newsroom) == []


def test_a_listener_that_cannot_be_reached_is_named_without_its_secret_path(caplog):
    url = "http://127.0.0.1:9/5f3c-secret"
    send_start(url)
    said = send_end(url, 4)
    assert said
    assert said.startswith("heartbeat at 127.0.0.1: ")
    assert "secret" not in said + caplog.text
    assert send_end("${nonsense}", 0) == "heartbeat at an address that is none: it is no address that starts with http:// or https://"
    assert send_end(None, 0) is None


def test_a_listener_that_hangs_is_not_waited_for(newsroom, monkeypatch):
    monkeypatch.setattr("monitors.heartbeat.SECONDS", 0.1)
    newsroom.put("/beat-slow", "ok", delay=1)
    assert send_end(f"{newsroom.url}/beat-slow", 0) == "heartbeat at 127.0.0.1: no answer within 0.1 s"


# --- the log


def configured(directory: Path, text: str = "") -> Path:
    (directory / "tallywatch.toml").write_text(BASE + text)
    return directory / "tallywatch.toml"


def test_whatever_is_logged_is_one_line_without_secrets(tmp_path):
    file = configured(tmp_path, '[[channel]]\nname = "a"\nurl = "mailtos://me:hunter2secret@example.org"\n')
    with logbook.logging_to(read_config(file)) as troubles:
        log = logging.getLogger("crawler.outlet")
        log.info("%s", "a headline\r\n2026-01-01T00:00:00Z ERROR forged\u2028\x1b[31m \u202e hunter2secret")
        try:
            raise ValueError("mailtos://me:hunter2secret@example.org")
        except ValueError:
            log.exception("a service raised")
    lines = (tmp_path / "tally.log").read_text().split("\n")
    assert [line.split()[1] for line in lines[:-1]] == ["INFO", "ERROR"]
    assert lines[-1] == ""
    assert "hunter2" not in "".join(lines)
    assert all(letter.isprintable() for line in lines for letter in line)
    assert "ValueError: mailtos://me:****@example.org" in lines[1]
    assert troubles == []


def test_the_log_can_be_json_lines_and_is_turned_over_before_it_grows_large(tmp_path, monkeypatch):
    monkeypatch.setattr(logbook, "MOST_BYTES", 2_000)
    file = configured(tmp_path, '[log]\nfile = "logs/runs.log"\njson = true\n')
    with logbook.logging_to(read_config(file)):
        for number in range(100):
            logging.getLogger("monitors.job").info("line %d: “%s”", number, "a\nb")
    files = sorted((tmp_path / "logs").iterdir())
    assert [path.name for path in files] == ["runs.log", *(f"runs.log.{n}" for n in range(1, 6))]
    assert all(path.stat().st_size <= 2_000 for path in files)
    last = json.loads(files[0].read_text().splitlines()[-1])
    assert (last["level"], last["logger"], last["message"]) == ("INFO", "monitors.job", "line 99: “a\\nb”")


def test_a_log_that_cannot_be_written_is_named_and_costs_no_run(directory, newsroom):
    (directory / "runs.log").mkdir()
    job = Job(directory, BASE + "[log]\nfile = 'runs.log'\n" + outlet_table("wire", Outlet(newsroom, "wire").feed))
    job.write()
    assert job.run(NOON.isoformat())["problems"] == [f"{directory}/runs.log: the log cannot be written: Is a directory"]


# --- what is printed


def health(number: int, status: str, error: str | None = None) -> Health:
    return Health(f"outlet{number}", status, articles=number % 3, errors=(error,) if error else ())  # type: ignore[arg-type]


def summary_of(outlets: list[Health], **more: object) -> Summary:
    named = {one.outlet: one for one in outlets}
    given = {"newly_failing": (), "known_down": (), "problems": (), "exit_status": 0, "contact": False, **more}
    claims = dict.fromkeys(named, 1)
    return Summary("r", NOON, 1.0, "tally.db", named, claims, baseline=(), events=(), sent=Sent(), held=0, **given)  # type: ignore[arg-type]


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [StringIO, Screen])
@pytest.mark.parametrize("failing", [0, 3, 90])
def test_the_summary_of_a_hundred_outlets_is_no_longer_than_fifteen_lines(out, failing):
    outlets = [health(n, *(("failed", "https://example.org/rss: HTTP 500") if n < failing else ("ok", None))) for n in range(100)]
    printed = out()
    show_summary(summary_of(outlets, problems=("one", "two"), cut="stopped by a signal"), printed)
    lines = printed.getvalue().splitlines()
    assert len(lines) <= 15, printed.getvalue()
    assert "100 outlets" in printed.getvalue()
    assert "one" in lines
    whole = StringIO()
    show_summary(summary_of(outlets), whole, verbose=True)
    assert len(whole.getvalue().splitlines()) > 100


def test_quiet_prints_what_needs_a_person_and_of_an_outlet_that_stays_down_says_so_once():
    outlets = [health(1, "ok"), health(2, "failed", "https://example.org/rss: HTTP 500"), health(3, "partial", "a page is gone")]
    printed = StringIO()
    show_summary(summary_of(outlets, newly_failing=("outlet2",), known_down=("outlet2",)), printed, quiet=True)
    assert printed.getvalue() == (
        "outlet2: https://example.org/rss: HTTP 500; so it was in the runs before: known to be down, and not told again until it is back\n")
    printed = StringIO()
    show_summary(summary_of(outlets, cut="the time was up"), printed, quiet=True)
    assert printed.getvalue() == "", "an outlet known to be down, a lost page and a full schedule need nobody"


def test_verbose_shows_each_event_as_it_is_logged(directory, newsroom):
    job = Job(directory, BASE + outlet_table("wire", Outlet(newsroom, "wire").feed))
    job.write()
    done = job.call("run", "--verbose", "--at", NOON.isoformat())
    assert done.returncode == 0
    assert done.stderr == (directory / "tally.log").read_text()
    assert next(line for line in done.stderr.splitlines() if " monitors.job: " in line).endswith(": started, 1 outlets")


# --- status


@pytest.mark.sqlite("backups beside the file")
def test_status_is_one_screen_and_says_the_same_as_json(directory):
    configured(directory)
    job = Job(directory, BASE)
    with open_history(f"sqlite:///{directory}/tally.db") as history, history.transaction() as connection:
        from monitors.history import frontier, outbox
        from monitors.history.tables import outbox as rows
        from monitors.model import Alert, Delivery, Severity
        from monitors.rules.blindness import UNSEEN

        now = datetime.now(UTC)
        for hours, status in ((5, 0), (3, 4), (1, None)):
            run = frontier.start_run(connection, now - timedelta(hours=hours))
            if status is not None:
                frontier.finish_run(connection, run, status, {}, now - timedelta(hours=hours) + timedelta(seconds=30))
        down = [(Health(f"outlet{n}", "failed", errors=("refused \x1b[31m",)), 0, UNSEEN) for n in range(20)]
        frontier.store_outlet_runs(connection, run, down, now)
        alert = Alert("abc123", Severity.ROUTINE, "55,000", "body", "")
        outbox.enqueue(connection, alert, [Delivery("desk", digest=True, not_before=now + timedelta(hours=9))], now)
        connection.execute(rows.insert().values(
            alert_id="dead01", channel="desk", severity="notable", title="46,000 \x1b[31m", body="", html="", state="dead", created_at=now,
            next_at=now, error="HTTP 500"))  # fmt: skip
    assert job.call("mute", "zelensky killed ukraine military").returncode in (0, 2)

    shown = job.call("status").stdout
    assert len(shown.splitlines()) <= 24
    assert "\x1b" not in shown
    state = json.loads(job.call("status", "--json").stdout)
    assert [run["exit"] for run in state["runs"]] == [None, 4, 0]
    assert "killed: the next run went on where it stopped" in shown
    assert state["outbox"] == {"desk": {"dead": 1, "digest": 1}}
    assert "desk: 1 given up, 1 for a digest" in shown
    assert state["digest"]["items"] == 1
    assert "… and 14 more: tallywatch outlets" in shown
    assert state["disk"]["bytes"] > 0

    assert job.call("status", "--max-age", "6h").stdout == ""
    late = job.call("status", "--max-age", "2h")
    assert (late.returncode, late.stdout) == (1, "")
    assert "the last run that went well" in late.stderr

    night = job.call("upkeep", "--quiet")
    assert (night.returncode, night.stdout) == (0, "given up on channel desk: 46,000 [31m (HTTP 500): tallywatch alerts dead01\n")


# --- backup and restore


@pytest.mark.sqlite("backups beside the file")
def test_a_backup_is_checked_and_put_back_and_what_was_there_is_kept(directory):
    job = Job(directory, BASE)
    job.write()
    made = job.call("backup", "copy.db")
    assert made.returncode == 0, made.stderr
    assert f"schema {SCHEMA}; " in made.stdout
    assert job.call("backup", "copy.db").returncode == 2, "nothing is overwritten"
    with open_history(f"sqlite:///{directory}/tally.db") as history, history.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM notes")
    assert job.call("restore", "--check", "copy.db").stdout == f"copy.db is whole: {made.stdout.partition(': ')[2]}"
    with lock(f"sqlite:///{directory}/tally.db"):
        assert job.call("restore", "copy.db").returncode == 75
    done = job.call("restore", "copy.db")
    assert done.returncode == 0, done.stderr
    kept = next((directory / "backups").glob("tally-replaced-*.db"))
    assert str(kept) in done.stdout
    counts = []
    for file in (directory / "tally.db", kept, directory / "copy.db"):
        with open_history(f"sqlite:///{file}") as history, history.reading() as connection:
            counts.append(connection.exec_driver_sql("SELECT count(*) FROM notes").scalar())
    assert counts == [1, 0, 1]


@pytest.mark.sqlite("backups beside the file")
@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda file: file.write_bytes(b"no database"), "it is not a SQLite database"),
        (lambda file: file.write_bytes(file.read_bytes()[:40960] + b"x" * 40960 + file.read_bytes()[81920:]), "it is damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]), "it is damaged"),
        (lambda file: file.write_bytes(b""), "it holds nothing"),
        (lambda file: file.unlink(), "there is no such file"),
    ],
)
def test_a_backup_that_is_not_whole_is_named_and_never_put_back(directory, harm, says):
    job = Job(directory, BASE)
    job.write()
    shutil.copy(directory / "tally.db", directory / "copy.db")
    before = (directory / "tally.db").read_bytes()
    harm(directory / "copy.db")
    for command in (("restore", "--check", "copy.db"), ("restore", "copy.db")):
        done = job.call(*command)
        assert done.returncode == 2
        assert done.stderr.startswith("tallywatch: copy.db: "), done.stderr
        assert says in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert (directory / "tally.db").read_bytes() == before


# --- secrets


def test_no_command_prints_or_logs_a_secret(directory, newsroom):
    """A channel that refuses, a heartbeat that nobody hears, a password in a file, one in the environment."""
    (directory / "token").write_text("T0kenOfTheHook\n")
    channel = '\n[[channel]]\nname = "{0}"\nurl = "{1}"\n'
    channels = channel.format("hook", "json://desk:${HOOK_PASSWORD}@127.0.0.1:9/${file:token}") + channel.format(
        "bad", "nosuch://me:${HOOK_PASSWORD}@127.0.0.1:9")
    wire = Outlet(newsroom, "wire")
    wire.publish("a", "Zelensky says 61,000 soldiers killed", TEXT, PUBLISHED)
    job = Job(directory, 'heartbeat = "http://127.0.0.1:9/${file:token}"\n' + BASE + channels + outlet_table("wire", wire.feed))
    job.write()
    env = {"HOOK_PASSWORD": "pa55wordOfTheHook"}
    printed = ""
    for command in (
        ("check-config",), ("run", "--verbose"), ("status", "--json"), ("doctor",), ("test-alert",), ("alerts", "--json"),
    ):  # fmt: skip
        done = job.call(*command, env=env)
        assert "Traceback" not in done.stderr, done.stderr
        printed += done.stdout + done.stderr
    printed += job.call("run").stderr + (directory / "tally.log").read_text()
    assert "HOOK_PASSWORD" in printed, "what is missing is named"
    assert "channel bad" in printed or "nosuch://" in printed
    assert "T0kenOfTheHook" not in printed
    assert "pa55wordOfTheHook" not in printed
