"""What was read and told before, and what is read and told now -> how they differ: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from monitors.model import Claim
from monitors.rules.telling import FRESH

UNCOMPARED = frozenset({"reasons"})
"""Words for people, not what was read."""


@dataclass(frozen=True)
class Difference:
    """How a text is read now, against what is stored of it."""

    gone: tuple[Claim, ...]
    new: tuple[Claim, ...]
    changed: tuple[tuple[Claim, Claim, tuple[tuple[str, Any, Any], ...]], ...]
    """Before, now, and each field that differs with both its values."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.new or self.changed)


@dataclass(frozen=True)
class Heard:
    """An alert as it was decided."""

    at: datetime
    kind: str
    severity: str
    title: str
    about: datetime | None
    """When its statement was first seen."""
    quantity: str | None

    def is_before(self, times: Mapping[str, datetime]) -> bool:
        """Whether it was told before the time that its quantity has among some."""
        return self.quantity is not None and self.quantity in times and self.at < times[self.quantity]


@dataclass
class Outcome:
    """What it came to, when all versions were played."""

    versions: int = 0
    alike: int = 0
    """Alerts that would be told as they were."""
    untold: list[Heard] = field(default_factory=list)
    told: list[Heard] = field(default_factory=list)
    otherwise: list[tuple[Heard, Heard]] = field(default_factory=list)
    """The same event with another title or severity."""
    problems: list[str] = field(default_factory=list)

    def compare(
        self, before: Mapping[str, Heard], now: Mapping[str, Heard], start: datetime | None, reread: Mapping[str, datetime]
    ) -> None:
        """Note how the alerts differ, by what makes each the same when met again. `reread` are quantities whose past was recorded as it is
        read now, in silence, and when: what had been told of them until then is no measure any more."""
        before, now = ({key: heard for key, heard in of.items() if not heard.is_before(reread)} for of in (before, now))
        for key, heard in before.items():
            again = now.get(key)
            if again is None:
                waited = start and heard.about and heard.about < start and heard.kind in FRESH  # held from before the first version
                self.untold += [] if waited else [heard]
            elif (again.title, again.severity) == (heard.title, heard.severity):
                self.alike += 1
            else:
                self.otherwise.append((heard, again))
        self.told += [heard for key, heard in now.items() if key not in before]


@dataclass(frozen=True)
class Recorded:
    """What was recorded by a run of its own: figures that are left out, read otherwise, new; what followed of it."""

    run: str
    gone: int
    changed: int
    new: int
    fallen: int
    """Statements that stand no more."""
    made: int
    """Statements in their place, and new ones."""
    withheld: int
    """Messages about what fell that were not sent yet."""
    problems: tuple[str, ...]


def compare(before: Sequence[Claim], now: Sequence[Claim]) -> Difference:
    """What is gone, new, or stands where it stood and is read differently."""
    left = [claim for claim in before if all(_fields(claim, other) for other in now)]
    fresh = [claim for claim in now if all(_fields(claim, other) for other in before)]
    changed = []
    for claim in list(left):
        near = [other for other in fresh if other.in_title is claim.in_title and other.start < claim.end and claim.start < other.end]
        if near:
            other = min(near, key=lambda one: len(_fields(claim, one)))
            left.remove(claim)
            fresh.remove(other)
            changed.append((claim, other, _fields(claim, other)))
    return Difference(tuple(left), tuple(fresh), tuple(changed))


def _fields(claim: Claim, other: Claim) -> tuple[tuple[str, Any, Any], ...]:
    """The fields in which two claims differ."""
    names = (one.name for one in fields(Claim) if one.name not in UNCOMPARED)
    values = ((name, getattr(claim, name), getattr(other, name)) for name in names)
    return tuple((name, a, b) for name, a, b in values if a != b)
