"""The whole job before traps that look like an outlet with nothing to say: the operator hears of each once, and once of its end."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from monitors.newsroom.server import Newsroom
from tests.jobs import BASE, Hook, Job, Outlet, outlet_table, webhook

TEXT = "Firefighters said on Wednesday that the river had fallen by a metre and that the bridge would be opened again within days."
XML = "application/rss+xml"


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom() as room:
        yield room


@pytest.fixture(scope="module")
def hook() -> Hook:
    with webhook() as receiver:
        yield receiver


class Desk:
    """A healthy outlet beside the one that goes blind, watched every quarter of an hour from noon."""

    def __init__(self, newsroom: Newsroom, hook: Hook, directory) -> None:
        self.newsroom, self.hook = newsroom, hook
        self.healthy, self.gazette = Outlet(newsroom, "courier"), Outlet(newsroom, "gazette")
        channel = hook.channel + 'severities = ["ops"]\n'
        self.job = Job(directory, BASE + channel + outlet_table("courier", self.healthy.feed) + outlet_table("gazette", self.gazette.feed))
        self.job.write()
        self.minutes = 0
        for outlet in (self.healthy, self.gazette):
            self.print(outlet, range(12))

    def print(self, outlet: Outlet, numbers: range, day: str = "2026-03-04") -> None:
        for n in numbers:
            outlet.publish(f"report-{n}", f"Report {n} of {day}", TEXT, f"{day}T{n:02}:30:00+00:00")

    def run(self, count: int, day: str = "2026-03-04") -> None:
        """Run so many times, whatever the exit status."""
        for _ in range(count):
            done = self.job.call("run", "--json", "--at", f"{day}T{12 + self.minutes // 60:02}:{self.minutes % 60:02}Z")
            assert done.returncode in (0, 1), done.stderr
            self.minutes += 15

    def outlets(self) -> dict[str, dict]:
        return {row["outlet"]: row for row in map(json.loads, self.job.call("outlets", "--json").stdout.splitlines())}


@pytest.fixture
def desk(newsroom, hook, tmp_path) -> Desk:
    hook.received.clear()
    return Desk(newsroom, hook, tmp_path)


def answers_html(desk: Desk) -> None:
    desk.newsroom.put("/gazette/rss.xml", "<!doctype html><html><body><h1>Please log in</h1></body></html>")


def answers_nothing(desk: Desk) -> None:
    desk.newsroom.put("/gazette/rss.xml", '<rss version="2.0"><channel><title>News</title></channel></rss>', content_type=XML)


def changes_its_layout(desk: Desk) -> None:
    desk.print(desk.gazette, range(12, 15))
    shell = "<!doctype html><html><head><title>News</title></head><body><div id=app></div></body></html>"
    for n in range(12, 15):
        desk.newsroom.put(f"/gazette/report-{n}", shell)


def is_mended(desk: Desk) -> None:
    desk.print(desk.gazette, range(15, 19))
    desk.gazette._put_feed()
    for n in range(12, 15):
        desk.newsroom.remove(f"/gazette/report-{n}")


@pytest.mark.parametrize(
    ("trap", "title", "line"),
    [
        (answers_html, "Gazette: nothing read since 4 Mar 12:00", "not a feed: it is an HTML page"),
        (answers_nothing, "Gazette: its feed gives nothing since 4 Mar 12:15", "it answers and holds no entry"),
        (changes_its_layout, "Gazette: pages no longer show a body", "it has a title but neither text nor date"),
    ],
)
def test_a_trap_is_told_once_with_what_was_seen_and_so_is_its_end(desk: Desk, trap: Callable[[Desk], None], title: str, line: str) -> None:
    desk.run(1)
    trap(desk)
    desk.run(1)
    assert desk.hook.titles == [], "one run may be an accident"
    desk.run(2)
    assert desk.hook.titles == [title]
    assert line in desk.hook.received[0]["message"]
    assert f"{desk.newsroom.url}/gazette/" in desk.hook.received[0]["message"]
    assert "tallywatch run gazette --dry-run --limit 5" in desk.hook.received[0]["message"]
    shown = desk.outlets()
    assert shown["gazette"]["state"] == f"blind: {title.removeprefix('Gazette: ')}"
    assert shown["courier"]["state"] in ("ok", "unchanged")
    assert "gazette is blind: " in desk.job.call("status").stdout

    is_mended(desk)
    desk.run(2)
    assert desk.hook.titles == [title, "Gazette delivers again"]
    assert desk.outlets()["gazette"]["blind"] == []


def test_a_feed_that_answers_and_is_frozen_is_told_once_and_so_is_its_end(desk: Desk) -> None:
    desk.gazette.items.clear()
    desk.print(desk.gazette, range(9), day="2023-04-14")
    desk.run(1)
    assert desk.hook.titles == ["Gazette: its feed is frozen since 14 Apr 2023"]
    assert "its newest entry is of 2023-04-14 08:30 UTC, 1,055 days old" in desk.hook.received[0]["message"]
    desk.job.call("run", "gazette", "--dry-run", "--at", "2026-03-04T12:20Z")
    desk.job.call("run", "courier", "--at", "2026-03-04T12:20Z")
    desk.run(1)
    assert len(desk.hook.titles) == 1, "neither a dry run nor a run of another outlet changes what is known of this one"
    desk.print(desk.gazette, range(12, 13))
    desk.run(2)
    assert desk.hook.titles[1:] == ["Gazette delivers again"]
