"""The shipped crontab under a real cron: a first run and a second, an alert in a mailbox and on a webhook. It takes two minutes: `-m cron`.

cron runs in a mount namespace of its own, where it sees this one crontab and none of the machine's: that takes root, and unshare.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from tests.forks import ROOT
from tests.jobs import BASE, Job, Outlet, outlet_table
from tests.kills import OLD, SAID

pytestmark = [pytest.mark.cron, pytest.mark.timeout(400)]

ALONE = """
set -e
mount -t tmpfs none /var/spool
mount -t tmpfs none /run
for folder in /etc/cron.d /etc/cron.hourly /etc/cron.daily; do [ ! -d $folder ] || mount -t tmpfs none $folder; done
[ ! -f /etc/crontab ] || mount --bind /dev/null /etc/crontab
mkdir -p -m 755 /var/spool/cron && mkdir -m 1730 /var/spool/cron/crontabs
crontab "$1"
exec cron -f
"""
"""A namespace that ends with it: nothing of it is seen outside."""


@contextmanager
def cron(crontab: Path) -> Iterator[None]:
    """Debian's cron at work on a crontab; skips where it cannot be."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    for program in ("cron", "crontab", "unshare"):
        if not shutil.which(program, path=path):
            pytest.skip(f"there is no {program} on this machine")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace may be made here, which takes root; cron would meet the machine's own crontabs")
    command = ["unshare", "--mount", "sh", "-c", ALONE, "sh", str(crontab)]
    with subprocess.Popen(command, env={**os.environ, "PATH": path}, stderr=subprocess.PIPE, text=True) as process:
        try:
            time.sleep(1)
            if process.poll() is not None and process.stderr:
                pytest.skip(f"cron cannot be started: {process.stderr.read().strip()}")
            yield
        finally:
            process.terminate()


def until(done: Callable[[], bool], seconds: float = 150) -> None:
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "cron has not run the job, or the job has not ended"
        time.sleep(0.5)


def test_under_cron_the_first_run_is_a_baseline_and_the_second_tells_mailbox_and_webhook(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Newsroom() as newsroom, Mailbox() as mailbox:
        newsroom.put("/hook", "taken")
        wire = Outlet(newsroom, "wire")
        wire.publish(*OLD[:2], SAID.format(f"{now - timedelta(days=2):%A}", "158,000"), (now - timedelta(days=2)).isoformat())
        channel, hook = '\n[[channel]]\nname = "{}"\nurl = "{}"\n', newsroom.url.replace("http", "json") + "/hook"
        channels = channel.format("hook", hook) + channel.format("mail", mailbox.url("me@example.org"))
        job = Job(tmp_path, BASE + channels + outlet_table("wire", wire.feed))
        job.write()
        programs = tmp_path / ".venv/bin"
        programs.mkdir(parents=True)
        (programs / "tallywatch").write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
                                             "from monitors.cli import main\nmain()\n")
        (programs / "tallywatch").chmod(0o755)
        shipped = (ROOT / "crontab").read_text(encoding="utf-8")
        edited = re.sub(r"^TALLYWATCH=.*$", f"TALLYWATCH={tmp_path}\nHOME={tmp_path}", shipped, flags=re.MULTILINE).replace("*/15 ", "* ")
        (tmp_path / "crontab").write_text(edited)

        def runs() -> list[int | None]:
            return [run["exit"] for run in json.loads(job.call("status", "--json").stdout)["runs"]]

        with cron(tmp_path / "crontab"):
            until(lambda: (tmp_path / "tally.db").exists() and runs() == [0])
            assert [mail.subject.partition(":")[0] for mail in mailbox.mails] == ["First sight of one outlet"]
            wire.publish("new", "Zelensky says 161,000 killed", SAID.format(f"{now:%A}", "161,000"), now.isoformat())
            until(lambda: runs() == [0, 0])

    told = [json.loads(request.body) for request in newsroom.requests if request.path == "/hook"]
    assert len(mailbox.mails) == len(told) == 2
    assert "158,000 → 161,000" in mailbox.mails[1].subject == told[1]["title"]
    assert mailbox.mails[1].message["X-Tallywatch-Alert"] == told[1]["alert_id"]
    log = (tmp_path / "tally.log").read_text()
    assert log.count(": started, 1 outlets") == log.count(", 2 messages sent, 0 undelivered, exit status 0") == 2
    assert f"alert {told[1]['alert_id']}: " in log
