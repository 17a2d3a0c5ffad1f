"""Decide whether one more alert would be one too many for its reader: what is over the budget waits for the digest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.alerts.phrases import words
from monitors.model import Kind, Severity

DAY = timedelta(days=1)
EVENT_DAYS = timedelta(days=10)
TAKES_BACK = frozenset({Kind.CORRECTION, Kind.RETRACTION, Kind.DENIAL})
"""What corrects what the reader has: it comes however short it follows."""


@dataclass(frozen=True)
class Budgets:
    """How many notable alerts a channel is told at once (DOMAIN.md 3.10); 0 stands for any number."""

    day: int = 5
    """In 24 hours."""
    series_hours: int = 6
    """One about a series in so many hours."""
    event: int = 10
    """About one quake, attack or exchange, in ten days."""


SHIPPED = Budgets()


@dataclass(frozen=True)
class Call:
    """One message a channel was told at once, or is about to be: what it is about."""

    at: datetime
    severity: Severity
    series: frozenset[int] = frozenset()
    events: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()


def why_over(call: Call, past: Sequence[Call], budgets: Budgets) -> str:
    """Which budget a message would exceed, in words; empty where it goes out at once. Urgent alerts and the operator's always do."""
    if call.severity is not Severity.NOTABLE:
        return ""
    frames: dict[str, str] = words()["budgets"]
    today = [one for one in past if one.severity is Severity.NOTABLE and one.at > call.at - DAY]
    if budgets.day and len(today) >= budgets.day:
        return frames["day"].format(n=budgets.day)
    lately = [one for one in past if one.at > call.at - timedelta(hours=budgets.series_hours)]
    if any(one.series & call.series for one in lately) and not call.kinds & TAKES_BACK:
        return frames["series"].format(n=budgets.series_hours)
    alike = [one for one in past if one.events & call.events and one.at > call.at - EVENT_DAYS]
    if budgets.event and len(alike) >= budgets.event:
        return frames["event"].format(n=budgets.event)
    return ""
