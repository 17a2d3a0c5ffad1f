"""`tallywatch demo` keeps what it promises to a stranger, and says so where it does not."""

import resource
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage, Message

import pytest

from monitors.newsroom.demo import Run, find_missing
from monitors.newsroom.mailbox import Mail
from monitors.newsroom.server import Request
from monitors.newsroom.world import Moment

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
MAIL = Mail(("desk@example.org",), "Soldiers killed: 46,000 → 55,000", "Zelensky said so.", "", EmailMessage())
UNASKED = f"a mail that is not in the script: {MAIL.subject}"
ASKED = Request("GET", "/rss.xml", Message(), 304)


def a_run(exit: int = 0, mails: tuple[Mail, ...] = (), hooks: tuple[str, ...] = (), requests: tuple[Request, ...] = (ASKED,)) -> Run:
    return Run(exit, 1.0, {}, "", mails, hooks, requests)


def a_moment(**promises) -> Moment:
    return Moment(NOON, "Noon", "It is noon.", **promises)


@pytest.mark.parametrize(
    ("moment", "run", "missing"),
    [
        (a_moment(), a_run(mails=(MAIL,)), []),
        (a_moment(mails=("55,000",)), a_run(mails=(MAIL,)), []),
        (a_moment(mails=("314",)), a_run(mails=(MAIL,)), ["no mail holds '314'", UNASKED]),
        (a_moment(mails=()), a_run(mails=(MAIL,)), [UNASKED]),
        (a_moment(hooks=("314",)), a_run(), ["no webhook message holds '314'"]),
        (a_moment(exit=4), a_run(), ["the run ended with 0, not 4: it said nothing"]),
        (a_moment(unchanged=True), a_run(), []),
        (a_moment(unchanged=True), a_run(requests=(Request("GET", "/a", Message(), 200),)), ["not answered 304: /a"]),
        (a_moment(unchanged=True), a_run(requests=()), ["nothing was asked for"]),
    ],
)
def test_what_a_run_did_not_keep_is_named(moment, run, missing):
    assert find_missing(moment, run) == missing


@pytest.mark.campaign
def test_the_demo_plays_through_and_everything_promised_arrives():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "monitors.cli", "demo"], capture_output=True, text=True, timeout=100, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "8 runs in" in done.stdout
    assert "4 mails delivered, 1 refused and delivered later" in done.stdout
    assert "tallywatch init" in done.stdout
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert worked < 30, f"{worked:.0f} s of work: the demo must not take a person longer than half a minute"
