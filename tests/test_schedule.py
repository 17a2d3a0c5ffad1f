"""The file crontab, as cron runs it: a bare environment, /bin/sh, no language."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CRONTAB = (ROOT / "crontab").read_text(encoding="utf-8")
JOB = re.compile(r"^(?P<when>[*/0-9]+(?:\s+[*/0-9]+){4})\s+(?P<command>\S.*)$", re.MULTILINE)


def environment(home: Path, checkout: Path) -> list[str]:
    """What cron sets, and what the file sets, with its one edit made."""
    settings = dict(re.findall(r"^(\w+)=(.*)$", CRONTAB, re.MULTILINE))
    settings["TALLYWATCH"] = str(checkout)
    return [f"HOME={home}", "LOGNAME=desk", *(f"{name}={value}" for name, value in settings.items())]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout whose .venv holds this very installation."""
    binaries = tmp_path / "checkout/.venv/bin"
    binaries.mkdir(parents=True)
    (binaries / "tallywatch").write_text(f'#!/bin/sh\nexec {sys.executable} -m monitors.cli "$@"\n')
    (binaries / "tallywatch").chmod(0o755)
    (tmp_path / "checkout/tallywatch.toml").write_text(
        'database = "sqlite:///tally.db"\noutlets = []\n'
        '[[outlet]]\nname = "nobody"\nfeeds = ["http://127.0.0.1:9/rss.xml"]\nallow_private = true\n'
    )
    return tmp_path / "checkout"


def test_the_file_runs_the_job_every_quarter_of_an_hour_and_the_upkeep_every_night():
    jobs = {match["when"]: match["command"] for match in JOB.finditer(CRONTAB)}
    assert [(" ".join(when.split()), command.split("tallywatch ")[-1]) for when, command in jobs.items()] == [
        ("*/15 * * * *", "run --quiet"),
        ("17 3 * * *", "upkeep --quiet"),
    ]
    assert {"SHELL=/bin/sh", "PATH=/usr/local/bin:/usr/bin:/bin"} <= set(CRONTAB.splitlines())
    assert re.search(r"^MAILTO=\S+$", CRONTAB, re.MULTILINE)
    assert not any("%" in command for command in jobs.values()), "cron takes % for a newline"


def test_its_command_lines_work_in_crons_bare_environment(checkout, home):
    run, upkeep = (match["command"] for match in JOB.finditer(CRONTAB))
    bare = [shutil.which("env") or "env", "-i", *environment(home, checkout), "/bin/sh", "-c"]

    first = subprocess.run([*bare, run], capture_output=True, text=True, cwd="/")
    assert first.returncode == 3
    assert first.stdout == "nobody: http://127.0.0.1:9/rss.xml: the server refuses connections\n"
    assert first.stderr == ""
    assert (checkout / "tally.db").exists()

    night = subprocess.run([*bare, upkeep], capture_output=True, text=True, cwd="/")
    assert (night.returncode, night.stdout, night.stderr) == (0, "", "")
