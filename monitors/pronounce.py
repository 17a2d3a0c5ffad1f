"""Write what a person says, and send what follows from it: for the command line and for the pages. The caller holds the run's lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TextIO

from sqlalchemy import Connection

from monitors.alerts.deliver import send_due
from monitors.choice import make_policy
from monitors.config import Configuration
from monitors.history.store import History
from monitors.watch import Policy

Judge = Callable[[Connection, Policy, datetime], list[str]]


def pronounce(
    config: Configuration, history: History, judge: Judge, say: Callable[[str], None], terminal: TextIO | None = None
) -> Mapping[str, str]:
    """Let `judge` write its verdict in one transaction, `say` what came of it, line by line, then send what is due; messages without a
    channel go to `terminal`. The channels that did not take theirs, and why."""
    policy, now = make_policy(config), datetime.now(UTC)
    with history.transaction() as connection:
        lines = judge(connection, policy, now)
    for line in lines:
        say(line)
    sent = send_due(history, config.channels, now, terminal=terminal, hours=policy.hours, budgets=config.alert_budgets)
    return sent.errors
