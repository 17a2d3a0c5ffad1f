"""`tallywatch route-test`: who would be told of an alert, when, and who not and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitors.cli import tallywatch
from monitors.config import ConfigError

CONFIGURATION = """timezone = "Europe/Kyiv"
digest = "08:00"
quiet_hours = { start = "23:00", end = "07:00" }
[[channel]]
name = "desk"
url = "json://desk"
[[channel]]
name = "phone"
url = "json://phone"
severities = ["urgent"]
[[channel]]
name = "kyiv"
url = "json://kyiv"
severities = ["urgent", "notable", "routine"]
parties = ["ukraine"]
[[channel]]
name = "measles"
url = "json://measles"
severities = ["urgent", "notable", "routine", "ops"]
monitors = ["measles"]
[[monitor]]
name = "measles"
metric = "cases"
words.en = ["measles case"]
channels = ["measles", "desk"]
"""
NIGHT = ("--at", "2026-02-05T22:30:00Z")  # half past midnight in Kyiv


@pytest.fixture
def ask(tmp_path: Path):
    file = tmp_path / "tallywatch.toml"
    file.write_text(CONFIGURATION)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(tallywatch, ["route-test", "--config", str(file), *arguments])

    return invoke


def told(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return {row["channel"]: row["told"] for row in map(json.loads, result.output.splitlines())}


def test_each_channel_is_named_with_when_it_is_told_or_why_not(ask):
    assert told(ask("--severity", "notable", "--monitor", "war_losses", "--party", "ukraine", *NIGHT, "--json")) == {
        "desk": "after the quiet hours, on 2026-02-06 07:00 EET",
        "phone": "no: it asks for urgent",
        "kyiv": "after the quiet hours, on 2026-02-06 07:00 EET",
        "measles": "no: it asks for the monitors measles",
    }
    assert told(ask("--severity", "urgent", "--party", "russia", *NIGHT, "--json")) == {
        "desk": "now", "phone": "now", "kyiv": "no: it asks for the parties ukraine", "measles": "no: it asks for the monitors measles",
    }  # fmt: skip


def test_what_is_routine_comes_with_the_digest_and_what_is_of_the_watch_to_who_asked(ask):
    assert told(ask("--severity", "routine", "--party", "ukraine", *NIGHT, "--json"))["kyiv"] == "with the digest of 2026-02-06 08:00 EET"
    ops = told(ask("--kind", "health", "--severity", "ops", "--json"))
    assert [channel for channel, when in ops.items() if when == "now"] == ["measles"]


def test_a_monitor_that_names_channels_is_told_to_no_other(ask):
    assert told(ask("--severity", "urgent", "--monitor", "measles", "--json"))["phone"] == (
        "no: the monitor measles names other channels: desk, measles"
    )


def test_a_restated_figure_is_told_to_nobody(ask):
    assert set(told(ask("--severity", "log", "--json")).values()) == {"no: it is stored and told to nobody"}


def test_the_table_is_for_people_and_an_unknown_monitor_is_named(ask):
    lines = ask("--severity", "urgent").output.splitlines()
    assert lines[0].split() == ["channel", "told"]
    done = ask("--severity", "urgent", "--monitor", "measels")
    assert done.exit_code == 2
    assert "no monitor is called 'measels'; there is measles, war_losses" in done.output


def test_a_configuration_that_asks_for_nothing_known_is_refused(tmp_path):
    (tmp_path / "wrong.toml").write_text('[[channel]]\nname = "a"\nurl = "json://x"\nparties = ["ukrain"]\n')
    done = CliRunner().invoke(tallywatch, ["check-config", "--config", str(tmp_path / "wrong.toml")])
    assert isinstance(done.exception, ConfigError)
    assert "did you mean ukraine" in str(done.exception)
