"""The states of an outgoing message, one for each alert and channel: when it is tried, tried again, given up. Pure.

digest  -> (taken into the message of a digest or a group, and sent or given up with it)
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


REFUSED_ALONE = 6
"""After so many failures a message is given up that its channel refuses while it takes others: over an hour, past any greylisting."""

TEST = "test-"
"""How the ids of test alerts begin."""


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
    due_at: datetime
    """When this attempt was due."""

    @property
    def tried_at(self) -> datetime:
        """When it was tried before, or a little later; when it was due where it was not."""
        return self.due_at - wait_after(self.attempts - 1) if self.attempts > 1 else self.due_at

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


def failed(
    parcel: Parcel, error: str, now: datetime, doubt: bool = False, *, alone: bool = False, wait: timedelta = timedelta()
) -> Outcome:
    """After a failure: once more later, or never again after days of trying; sooner where the channel refuses this message `alone`.

    `wait` is what the channel asked for.
    """
    days_of_it = parcel.attempts >= GIVE_UP_ATTEMPTS and now - parcel.created_at >= GIVE_UP_AFTER
    if days_of_it or (alone and parcel.attempts >= REFUSED_ALONE):
        return Outcome("dead", now, error, doubt)
    return Outcome("pending", now + max(wait, wait_after(parcel.attempts)), error, doubt)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures.

    >>> [str(wait_after(n)) for n in (1, 2, 3, 4, 5, 20)]
    ['0:00:00', '0:00:00', '0:10:00', '0:20:00', '0:40:00', '6:00:00']
    """
    late = attempts - AT_ONCE - 1
    return timedelta(0) if late < 0 else min(FIRST_WAIT * 2 ** min(late, 10), LONGEST_WAIT)
