"""A monitor of one's own: the README's table is read, finds its figures and tells what changes, by its own numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.config import ConfigError, read_config
from monitors.model import Monitor
from monitors.reader import Reader
from monitors.rules.constants import override, shipped
from monitors.watch import Policy
from tests.newsdesk import Newsdesk, figure, toll

README = Path(__file__).parents[1] / "README.md"
TABLE = re.search(r"```toml\n(\[\[monitor\]\]\nname = \"measles\".*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def measles(tmp_path: Path) -> Monitor:
    assert TABLE
    assert len(TABLE[1].strip().splitlines()) <= 15
    (tmp_path / "tallywatch.toml").write_text(TABLE[1], encoding="utf-8")
    return read_config(tmp_path / "tallywatch.toml").monitors[0]


def test_fifteen_lines_make_a_monitor_of_another_world_and_it_tells_what_changes(measles: Monitor) -> None:
    desk = Newsdesk()
    desk.policy = Policy.shipped([measles])
    reader = Reader(desk.policy.monitors)

    def hears(text: str) -> list[tuple[str, str, int | None, int | None]]:
        claims = reader.read(Article("", "", "", text, desk.now, language="en")).claims
        return [(event.kind, event.severity, event.low, event.previous_low) for event in desk.reads(*claims, text=text)]

    assert hears("The CDC said there have been 1,198 measles cases in the United States since the outbreak began.") == [
        ("new_series", "notable", 1198, None)
    ]
    assert hears("The CDC said there have been 1,203 measles cases in the United States since the outbreak began.") == [
        ("change", "routine", 1203, 1198)
    ]
    assert hears("The CDC said there have been 1,340 measles cases in the United States since the outbreak began.") == [
        ("change", "notable", 1340, 1203)
    ]
    assert hears("Officials in Ohio counted 40 cases of beer.") == []


def test_a_number_of_the_rules_can_be_another_for_one_monitor() -> None:
    tolls = next(monitor for monitor in Policy.shipped().monitors if monitor.name == "tolls")
    quiet, loud = Newsdesk(), Newsdesk()
    loud.policy = replace(loud.policy, monitors=(replace(tolls, constants={"toll": {"first_loud": 20}}), *loud.policy.monitors))

    assert [event.severity for event in quiet.reads(toll(30))] == ["routine"]
    assert [event.severity for event in loud.reads(toll(30))] == ["notable"]


def test_constants_that_are_not_touched_stay_those_of_all() -> None:
    changed = override(shipped(), {"toll": {"first_loud": 20, "ladder": [30, 300]}})
    assert (changed.toll.first_loud, changed.toll.ladder) == (20, (30, 300))
    assert replace(changed, toll=shipped().toll) == shipped()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("constants.toll.first_laud = 20", "toll.first_laud: there is no such number; did you mean first_loud?"),
        ("constants.same.unit_cap = 0.2", "same: a monitor may change the numbers of change, daily,"),
        ("constants.toll.ladder = 5", "toll.ladder: 5 is not like (10, 50"),
    ],
)
def test_a_number_that_is_none_is_refused_with_the_nearest(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "tallywatch.toml"
    file.write_text(f'[[monitor]]\nname = "a"\nmetric = "killed"\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(said)):
        read_config(file)


def test_a_quantity_no_monitor_changes_is_judged_by_the_shipped_numbers() -> None:
    desk = Newsdesk()
    assert [event.severity for event in desk.reads(figure(46_000))] == ["notable"]


@pytest.mark.parametrize("line", ["disagreement.growth_values = 2.5", "toll.first_loud = -3", "toll.first_loud = 0"])
def test_a_number_that_would_stop_the_judging_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "tallywatch.toml"
    file.write_text(f'[[monitor]]\nname = "a"\nmetric = "killed"\nconstants.{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="is not like"):
        read_config(file)
