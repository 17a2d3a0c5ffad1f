"""The rules over real series of years: how often they would have called somebody. Skipped where the shared data are not at hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.newsdesk import Newsdesk, figure

DATA = Path(__file__).parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
STEP_DAYS = {"2026-02-20", "2026-02-24"}


@pytest.mark.bench
def test_the_general_staffs_daily_total_calls_six_to_nine_times_a_year_and_never_falls():
    days = json.loads((DATA / "general_staff_personnel.json").read_text("utf-8"))
    desk, told = Newsdesk(), Counter()
    for day in days:
        desk.now = datetime.fromisoformat(day["date"]).replace(hour=8, tzinfo=UTC) - timedelta(hours=1)
        claim = figure(
            day["personnel"], "casualties", "russia", attributed_to="General Staff of Ukraine", qualifier="about", as_of=day["date"]
        )
        told.update((event.kind, event.severity) for event in desk.reads(claim, outlet="ukrinform.net", at=timedelta(hours=1)))
    immediate = sum(count for (_, severity), count in told.items() if severity in ("urgent", "notable"))
    assert 20 <= immediate <= 40
    assert not any(kind == "reversal" for kind, _ in told)


def test_the_names_list_makes_a_step_on_two_days_only():
    rows = [json.loads(line) for line in (DATA / "timeline.jsonl").read_text("utf-8").splitlines()]
    names = sorted(
        (row["as_of"] or row["date_published"], row["low"])
        for row in rows
        if row["claimant"] == "BBC Russian + Mediazona"
        and row["metric"] == "killed"
        and row["low"]
        and len(row["as_of"] or row["date_published"]) == 10
    )
    desk, steps = Newsdesk(), set()
    for day, number in names:
        desk.now = datetime.fromisoformat(day).replace(hour=11, tzinfo=UTC)
        claim = figure(number, party="russia", attributed_to="Mediazona", as_of=day)
        steps |= {day for event in desk.reads(claim, outlet="zona.media", at=timedelta(0)) if event.kind == "step"}
    assert steps == STEP_DAYS
