"""The whole job before traps that look like an outlet with nothing to say: the operator hears of each once, and once of its end."""

from __future__ import annotations

import json
import shutil

from monitors.newsroom.server import Newsroom
from tests.jobs import BASE, Hook, Job, Outlet, known_history, outlet_table

TEXT = "Firefighters said on Wednesday that the river had fallen by a metre and that the bridge would be opened again within days."
SHELL = "<!doctype html><html><head><title>News</title></head><body><div id=app></div></body></html>"
NAMES = ("healthy", "frozen", "walled", "hollow", "redone")


def publish(outlet: Outlet, hours: range, day: str = "2026-03-04") -> None:
    for hour in hours:
        outlet.publish(f"report-{hour}", f"Report {hour}", TEXT, f"{day}T{hour:02}:30:00+00:00")


def test_each_trap_is_told_once_with_what_was_seen_and_so_is_its_end(newsroom: Newsroom, hook: Hook, tmp_path) -> None:
    outlets = {name: Outlet(newsroom, name) for name in NAMES}
    for name, outlet in outlets.items():
        publish(outlet, range(8, 12), day="2023-04-14" if name == "frozen" else "2026-03-04")
    job = Job(tmp_path, BASE + hook.channel + 'severities = ["ops"]\n' + "".join(outlet_table(n, o.feed) for n, o in outlets.items()))
    job.write()
    shutil.copy(known_history(), tmp_path)

    def run_at(time: str, *arguments: str) -> set[str]:
        """The titles of what a run told; whatever its exit status."""
        hook.received.clear()
        done = job.call("run", *arguments, "--at", f"2026-03-04T{time}Z")
        assert done.returncode in (0, 1, 3), done.stderr
        return set(hook.titles)

    assert run_at("12:00") == {"Frozen: its feed is frozen since 14 Apr 2023"}
    assert "its newest entry is of 2023-04-14 11:30 UTC, 1,055 days old" in hook.received[0]["message"]

    newsroom.put("/walled/rss.xml", "<!doctype html><html><body><h1>Please log in</h1></body></html>")
    newsroom.put("/hollow/rss.xml", '<rss version="2.0"><channel><title>News</title></channel></rss>', content_type="application/rss+xml")
    publish(outlets["redone"], range(12, 15))
    for hour in range(12, 15):
        newsroom.put(f"/redone/report-{hour}", SHELL)
    assert run_at("12:15") == set(), "one run may be an accident"
    assert run_at("12:20", "walled", "--dry-run") == set(), "a dry run tells nothing, and keeps nothing"
    assert run_at("12:25", "healthy") == set(), "nor is an outlet judged by the run of another"
    traps = {
        "Walled: nothing read since 4 Mar 12:00": "/walled/rss.xml: not a feed: it is an HTML page",
        "Hollow: its feed gives nothing since 4 Mar 12:15": "/hollow/rss.xml: it answers and holds no entry",
        "Redone: pages no longer show a body": "Body: found on none of the last 3 pages looked at",
    }
    assert run_at("12:30") == set(traps)
    for message in hook.received:
        assert traps[message["title"]] in message["message"]
        assert f"tallywatch run {message['title'].split(':')[0].lower()} --dry-run --limit 5" in message["message"]
    assert run_at("12:45") == set(), "none is told again"

    states = {row["outlet"]: row["state"] for row in map(json.loads, job.call("outlets", "--json").stdout.splitlines())}
    assert states["healthy"] in ("ok", "unchanged")
    assert states["redone"] == "blind: pages no longer show a body"
    assert "walled is blind: " in job.call("status").stdout

    for outlet in outlets.values():
        publish(outlet, range(8, 13))
    publish(outlets["redone"], range(12, 17))
    assert run_at("13:00") == {f"{name.capitalize()} delivers again" for name in NAMES if name != "healthy"}
    assert run_at("13:15") == set()
