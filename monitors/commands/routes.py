"""`tallywatch route-test`: who would be told of something, and when?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitors.commands.shared import Time, print_lines, with_config

if TYPE_CHECKING:
    from monitors.alerts.routing import Choice, Hours
    from monitors.model import Event

KINDS = ("new_series", "change", "reversal", "step", "milestone", "event", "correction", "retraction", "denial", "misquote", "disagreement",
         "gap_moved", "converged", "floor_breach", "confirmed", "health")  # fmt: skip
SEVERITIES = ("urgent", "notable", "routine", "log", "ops")


@click.command(
    "route-test",
    epilog="""\b
Example: tallywatch route-test --kind change --severity notable --monitor war_losses --party ukraine --at 2026-02-05T23:30

Budgets and mutes depend on what was told before; they are not looked at.""",
)
@click.option("--kind", type=click.Choice(KINDS), default="change", show_default=True, help="What happened.", metavar="KIND")
@click.option("--severity", type=click.Choice(SEVERITIES), required=True, help="How loud it is.")
@click.option("--monitor", help="The monitor that listens to the figure.")
@click.option("--party", help="Whose people it counts.")
@click.option("--language", default="en", show_default=True, help="The language of the sentence.")
@click.option("--at", type=Time(), help="When it happens; now where this is not said.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a channel.")
@with_config
def route_test(kind: str, severity: str, monitor: str | None, party: str | None, language: str, at: datetime | None, as_json: bool,
               config_file: Path | None) -> None:
    """Say for each channel whether it would be told of such an alert, and when, or why not; nothing is sent."""
    from monitors.alerts.routing import choose
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.report.tables import print_table

    policy, now = make_policy(read_config(config_file)), at or datetime.now(UTC)
    named = {one.name: one for one in policy.monitors}
    if monitor and monitor not in named:
        raise click.UsageError(f"no monitor is called {monitor!r}; there is {', '.join(named)}")
    event = _make_event(kind, severity, monitor, party, language, now)
    choices = list(choose(event, policy.channels, now, monitor=named.get(monitor or ""), hours=policy.hours))
    rows = [{"channel": choice.channel, "told": _told(choice, now, policy.hours), "not before": _moment(choice)} for choice in choices]
    if as_json:
        print_lines(rows)
    else:
        print_table(("channel", "told"), rows)


def _make_event(kind: str, severity: str, monitor: str | None, party: str | None, language: str, now: datetime) -> Event:
    """An event of which nothing is known but what routing looks at."""
    from dataclasses import replace

    from monitors.alerts.wording import sample_event
    from monitors.model import Kind, Severity

    sample = sample_event(now)
    assert sample.statement is not None
    statement = replace(sample.statement, series=replace(sample.statement.series, party=party), language=language)
    return replace(sample, kind=Kind(kind), severity=Severity(severity), monitor=monitor, party=party, statement=statement, others=())


def _told(choice: Choice, now: datetime, hours: Hours) -> str:
    if choice.delivery is None:
        return f"no: {choice.why}"
    due = choice.delivery.not_before.astimezone(hours.timezone)
    if choice.delivery.digest:
        return f"with the digest of {due:%Y-%m-%d %H:%M %Z}"
    return f"after the quiet hours, on {due:%Y-%m-%d %H:%M %Z}" if choice.delivery.not_before > now else "now"


def _moment(choice: Choice) -> str | None:
    return choice.delivery.not_before.isoformat() if choice.delivery else None
