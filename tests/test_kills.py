"""Runs that are killed, and receivers that fail: nothing is lost, and nothing told twice without a mark."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from random import Random

import pytest

from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from tests.jobs import BASE, Job, Outlet, known_history, outlet_table
from tests.kills import ANY_MOMENT, FIRST, LAST, NEWS, OLD, POINTS, Kill, World, expected, random_kills, try_kills, world


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.campaign
def test_a_run_killed_at_any_boundary_loses_nothing_and_repeats_only_what_was_accepted_and_unmarked(desk: World) -> None:
    """An early and a late boundary one after the other, each once, and three moments by chance: bench_faults has a hundred."""
    due = expected(desk)
    assert len(due) == 4, "two figures, on two channels"
    points = [Kill(point) for point in POINTS]
    half = len(points) // 2
    pairs = [[kill for kill in pair if kill] for pair in zip_longest(points[:half], points[half:])]
    trials = [try_kills(desk, kills, due) for kills in [*pairs, *(random_kills(Random(seed), ANY_MOMENT) for seed in range(3))]]
    assert [complaint for trial in trials for complaint in trial.complaints] == []
    assert sum(trial.kills for trial in trials) >= len(points)
    assert sum(trial.repeats for trial in trials) >= 3, "or the boundaries are not where they are said to be"


@pytest.mark.campaign
def test_of_receivers_that_fail_each_is_named_none_holds_up_another_and_the_next_run_makes_up_for_them(tmp_path: Path) -> None:
    shutil.copy(known_history(), tmp_path / "tally.db")
    with ExitStack() as stack:
        newsroom = stack.enter_context(Newsroom())
        mails = {name: stack.enter_context(Mailbox()) for name in ("greylists", "closes", "slow", "shared")}
        wire = Outlet(newsroom, "wire")
        wire.publish(*OLD)
        hook, closed = newsroom.url.replace("http", "json"), "127.0.0.1:9"
        urls = {name: f"{hook}/{name}" for name in ("good", "garbage", "busy", "broken", "hangs", "down")}
        urls |= {f"mail-{name}": box.url(f"{name}@example.org") for name, box in mails.items()}
        urls |= {f"mail-{name}": mails["shared"].url(f"{name}@example.org") for name in ("nobody", "down")}
        table = '\n[[channel]]\nname = "{}"\nurl = "{}"\n'
        job = Job(tmp_path, BASE + "".join(table.format(*one) for one in urls.items()) + outlet_table("wire", wire.feed))
        for name in urls:
            newsroom.put(f"/{name}", b"\x00\xff<html>{]" if name == "garbage" else "taken")
        job.write()
        assert job.call("run", "--at", FIRST).returncode == 0
        wire.publish(*NEWS[0])
        newsroom.clear()
        newsroom.put("/busy", "later", status=429, headers={"Retry-After": "60"})
        newsroom.put("/broken", "no", status=500)
        newsroom.put("/hangs", "taken", delay=3)
        mails["greylists"].says, mails["closes"].hangs_up, mails["slow"].delay = "451 greylisted", True, 3
        mails["shared"].says_to["nobody@example.org"] = "550 no such user"
        well = job.configuration
        for name, end in (("hangs", "?rto=1"), ("mail-slow", "&cto=1")):
            job.configuration = job.configuration.replace(f'{urls[name]}"', f'{urls[name]}{end}"')
        for name in ("down", "mail-down"):
            job.configuration = job.configuration.replace(f'{urls[name]}"', re.sub(r"127.0.0.1:\d+", closed, urls[name]) + '"')
        job.write()
        run = job.call("run", "--at", LAST)
        assert run.returncode == 4
        for name, says in {
            "busy": "error=429", "broken": "error=500", "hangs": "Read timed out", "down": "[Errno 111] Connection refused",
            "mail-greylists": "451, b'greylisted'", "mail-closes": "Connection unexpectedly closed", "mail-slow": "timed out",
            "mail-nobody": "550, b'no such user'", "mail-down": "[Errno 111] Connection refused",
        }.items():  # fmt: skip
            assert [line for line in run.stdout.splitlines() if line.startswith(f"channel {name}: ") and says in line], (name, run.stdout)

        for name in ("busy", "broken", "hangs"):
            newsroom.put(f"/{name}", "taken")
        for box in mails.values():
            vars(box).update(says=None, says_to={}, hangs_up=False, delay=0.0)
        job.configuration = well
        job.write()
        assert job.call("run", "--at", "2026-03-04T10:15Z").returncode == 0

    told = defaultdict(list)
    for request in newsroom.requests:
        if request.method == "POST" and request.status == 200:
            told[request.path].append(json.loads(request.body)["title"])
    for box in mails.values():
        for mail in box.mails:
            told[mail.recipients[0]].append(mail.subject)
    news = {name: [title for title in titles if "61,000" in title] for name, titles in told.items()}
    marked = {name for name, titles in news.items() if len(titles) == 2 and titles[1] == f"[possible repeat] {titles[0]}"}
    assert marked == {"/hangs", "closes@example.org", "slow@example.org"}, "they had taken it"
    assert {name for name, titles in news.items() if len(titles) == 1} == news.keys() - marked
    assert len(news) == len(urls)
