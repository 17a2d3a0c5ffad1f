"""A script in, alerts out, as INTERFACES.md prints them."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from monitors.exchange import BadLine
from monitors.replay import play
from tests.forks import run_apart

SHARED = Path(__file__).parents[2] / "shared"
FOUNDING = ("S01", "S02", "S03", "S04", "S10")


def article(at: str, url: str, text: str, **fields: object) -> dict[str, object]:
    plain = {"outlet": "", "url": url, "published": at, "modified": None, "lang": "en", "title": "", "text": text}
    return {"at": at, "article": plain | fields}


FIRST = article(
    "2025-02-16T15:20:00Z",
    "https://www.nbcnews.com/a",
    "President Volodymyr Zelensky said that more than 46,000 Ukrainian soldiers have been killed.",
)
RUMOUR = article(
    "2026-02-05T09:00:00Z",
    "https://brief.example/b",
    "President Volodymyr Zelensky said that 55,000 Ukrainian soldiers have been killed in the war.",
)


def test_an_alert_has_the_fields_of_the_interface_and_the_number_of_its_line():
    first, change = play([FIRST, {"at": "2025-12-31T12:00:00Z", "tick": True}, RUMOUR, {"at": "2026-02-05T10:00:00Z", "tick": True}])
    assert (first["line"], first["kind"], first["at"]) == (0, "new_series", "2025-02-16T15:20:00Z")
    assert (change["line"], change["kind"], change["severity"], change["state"]) == (3, "change", "urgent", "unconfirmed")
    assert change["at"] == "2026-02-05T09:30:00Z"
    assert (change["low"], change["high"], change["previous_low"], change["previous_high"]) == (55_000, 55_000, 46_000, None)
    assert "46,000" in change["title"]
    assert json.dumps(change)


def test_timers_due_after_the_last_line_do_not_fire():
    assert [alert["line"] for alert in play([FIRST, RUMOUR])] == [0]


def test_a_line_that_cannot_be_read_says_what_is_wrong():
    with pytest.raises(BadLine, match="text is missing"):
        list(play([{"at": "2026-02-05T09:00:00Z", "article": {"url": "https://a.example"}}]))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_the_founding_stories_are_told_exactly_as_they_should(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(SHARED / "score")
    judge = import_module("score_scenarios").judge
    stories = map(json.loads, (SHARED / "data/scenarios_dev.jsonl").read_text("utf-8").splitlines())
    founding = [story for story in stories if story["id"] in FOUNDING]
    assert len(founding) == len(FOUNDING)
    for story in founding:
        (tmp_path / "script.jsonl").write_text("\n".join(map(json.dumps, story["lines"])), "utf-8")
        done = run_apart("monitors.cli:main", ["replay", str(tmp_path / "script.jsonl"), "--jsonl"])
        assert done.returncode == 0, done.stderr
        verdict = judge(story, map(json.loads, done.stdout.splitlines()))
        assert verdict.passed, verdict.reasons()
