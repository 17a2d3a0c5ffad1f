"""How often the rules would have called somebody over real series and real feed items, and how fast a script of them is played.

`python -m tests.bench.bench_rules` prints the table; `pytest tests/bench/bench_rules.py -m bench` asserts the bars. The daily total and the
list of names are given as claims; feed items are played whole, as `tallywatch replay` does. Without the shared data only the speed of our
own stories is measured.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from monitors.replay import play
from tests.bench.measure import Bar, load
from tests.bench.pages import make_story
from tests.newsdesk import Newsdesk, figure

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

DATA = Path(__file__).parents[3] / "shared" / "data"
FEEDS = ("replay_iran_protests", "replay_gaza_toll")
STORIES = 200
LOUD = frozenset({"urgent", "notable"})
TEN_DAYS = timedelta(days=10)


def test_the_rules_call_as_often_as_an_editor_would_and_fast_enough() -> None:
    missed = [str(bar) for bar in measure().bars() if not bar.holds]
    assert not missed, "\n".join(missed)


@dataclass(frozen=True)
class Played:
    """What a script told, and how many of its lines were played in a second of processor time."""

    alerts: Sequence[Mapping[str, Any]]
    lines: int
    pace: float

    @property
    def loud(self) -> list[Mapping[str, Any]]:
        return [alert for alert in self.alerts if alert["severity"] in LOUD]

    @property
    def most_of_one_event(self) -> int:
        """Loud alerts of one party's people in any ten days, whatever the event: no fewer than those of one event."""
        times: dict[str, list[datetime]] = defaultdict(list)
        for alert in self.loud:
            times[str(alert["party"])].append(datetime.fromisoformat(alert["at"]))
        return max((sum(at <= other < at + TEN_DAYS for other in found) for found in times.values() for at in found), default=0)

    @property
    def told_twice(self) -> int:
        """Alerts that tell a claimant's number another time."""
        names = ("kind", "metric", "party", "group", "claimant", "low", "high")
        told = Counter(tuple(alert[name] for name in names) for alert in self.loud)
        return sum(count - 1 for count in told.values())


@dataclass(frozen=True)
class Measured:
    """Everything, where the data were at hand."""

    staff: Counter[tuple[str, str]] | None
    steps: frozenset[str] | None
    feeds: Mapping[str, Played]
    stories: Played

    @property
    def immediate(self) -> int:
        return sum(count for (_, severity), count in (self.staff or {}).items() if severity in LOUD)

    def bars(self) -> Iterator[Bar]:
        if self.staff is not None:
            yield Bar("General Staff, immediate alerts in all its days", self.immediate, least=20, most=40)
            yield Bar("General Staff, reversals", sum(count for (kind, _), count in self.staff.items() if kind == "reversal"), most=0)
            yield Bar("list of names, days with a step other than the two", len((self.steps or frozenset()) ^ STEP_DAYS), most=0)
        for name, played in self.feeds.items():
            yield Bar(f"{name}, loud alerts about one people in ten days", played.most_of_one_event, most=10)
            yield Bar(f"{name}, loud alerts that tell a number again", played.told_twice, most=0)
            yield Bar(f"{name}, feed items a second", played.pace, least=200)
        yield Bar("articles of 900 words a second, one in five with figures", self.stories.pace, least=80)


STEP_DAYS = frozenset({"2026-02-20", "2026-02-24"})
"""On which the list of names took in what it had not counted before."""


def measure() -> Measured:
    shared = DATA.is_dir()
    stories = play_lines(_stories())
    feeds = {name: play_lines(read_lines(DATA / f"{name}.jsonl")) for name in FEEDS} if shared else {}
    return Measured(tell_daily_total() if shared else None, find_steps() if shared else None, feeds, stories)


def tell_daily_total() -> Counter[tuple[str, str]]:
    """A claim a day of the General Staff's total: how many alerts of which kind and severity."""
    desk, told = Newsdesk(), Counter[tuple[str, str]]()
    for day in json.loads((DATA / "general_staff_personnel.json").read_text("utf-8")):
        desk.now = datetime.fromisoformat(day["date"]).replace(hour=8, tzinfo=UTC) - timedelta(hours=1)
        number, staff = day["personnel"], "General Staff of Ukraine"
        claim = figure(number, "casualties", "russia", attributed_to=staff, qualifier="about", as_of=day["date"])
        told.update((event.kind.value, event.severity.value) for event in desk.reads(claim, outlet="ukrinform.net", at=timedelta(hours=1)))
    return told


def find_steps() -> frozenset[str]:
    """The days on which the list of names is said to have taken a step."""
    names = sorted(
        (day, row["low"])
        for row in read_lines(DATA / "timeline.jsonl")
        if row["claimant"] == "BBC Russian + Mediazona" and row["metric"] == "killed" and row["low"]
        if len(day := row["as_of"] or row["date_published"]) == len("2026-02-20")
    )
    desk, steps = Newsdesk(), set()
    for day, number in names:
        desk.now = datetime.fromisoformat(day).replace(hour=11, tzinfo=UTC)
        claim = figure(number, party="russia", attributed_to="Mediazona", as_of=day)
        steps |= {day for event in desk.reads(claim, outlet="zona.media", at=timedelta(0)) if event.kind == "step"}
    return frozenset(steps)


def play_lines(lines: Sequence[Mapping[str, Any]]) -> Played:
    list(play(lines[:2]))  # what is loaded once
    began = process_time()
    alerts = list(play(lines))
    return Played(alerts, len(lines), len(lines) / (process_time() - began))


def read_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _stories() -> list[dict[str, Any]]:
    start = datetime(2026, 2, 2, 9, tzinfo=UTC)
    lines = []
    for number in range(STORIES):
        at, story = (start + timedelta(minutes=20 * number)).isoformat(), make_story(number)
        article = {"outlet": "", "url": f"https://outlet-{number % 40}.example/{number}", "published": at, "modified": None, "lang": "en"}
        lines.append({"at": at, "article": article | {"title": story.title, "text": story.text}})
    return lines


def main() -> int:
    """Print everything measured."""
    ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None).parse_args()
    print(load(), flush=True)
    measured = measure()
    if measured.staff is not None:
        print(f"General Staff, daily: {dict(measured.staff)}")
        print(f"list of names, steps on: {', '.join(sorted(measured.steps or ()))}")
    for name, played in measured.feeds.items():
        print(f"\n{name}: {played.lines} items, {len(played.alerts)} alerts, {len(played.loud)} of them loud")
        for alert in played.loud:
            print(f"  {alert['at'][:16]}  {alert['title']}")
    print()
    for bar in measured.bars():
        print(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
