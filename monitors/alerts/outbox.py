"""The states of an outgoing message, one for each alert and channel: when it is tried, tried again, given up. Pure.

digest  -> (taken into a digest message, and sent or given up with it)
pending -> sending -> sent | pending, later | dead
sending, and its sender died -> sending again, marked as a possible repeat for good
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.alerts.phrases import words

LEASE = timedelta(minutes=10)
"""Longer than any send can take; a row still `sending` after it was left by a process that died."""

AT_ONCE = 2
"""So many failures are tried again by the very next run: a mail server restarts within minutes."""
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)

GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_ATTEMPTS = 8
"""Both must be passed: a machine that was off for a week still tries."""


@dataclass(frozen=True)
class Parcel:
    """One message for one channel, as its row in the outbox holds it."""

    id: int
    alert_id: str
    channel: str
    title: str
    body: str
    html: str
    created_at: datetime
    attempts: int
    """This one included."""
    maybe_sent: bool

    @property
    def shown_title(self) -> str:
        """The title, marked where the message may have arrived before."""
        return str(words()["repeat"]["title"].format(title=self.title)) if self.maybe_sent else self.title


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the next state, when it is due, and why it failed; `doubt` where it may have arrived all the same."""

    state: str
    next_at: datetime
    error: str | None = None
    doubt: bool = False


def delivered(now: datetime) -> Outcome:
    return Outcome("sent", now)


def failed(parcel: Parcel, error: str, now: datetime, doubt: bool = False) -> Outcome:
    """After a failure: once more later, or never again after days of trying."""
    if parcel.attempts >= GIVE_UP_ATTEMPTS and now - parcel.created_at >= GIVE_UP_AFTER:
        return Outcome("dead", now, error, doubt)
    return Outcome("pending", now + wait_after(parcel.attempts), error, doubt)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures.

    >>> [str(wait_after(n)) for n in (1, 2, 3, 4, 5, 20)]
    ['0:00:00', '0:00:00', '0:10:00', '0:20:00', '0:40:00', '6:00:00']
    """
    late = attempts - AT_ONCE - 1
    return timedelta(0) if late < 0 else min(FIRST_WAIT * 2 ** min(late, 10), LONGEST_WAIT)
