"""What people said of alerts, series and claimants, as the rules respect it: what was misread, what is muted, whose figures are whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from hashlib import sha256

from monitors.model import Kind, Qualifier
from monitors.rules.identity import fold
from monitors.rules.statements import Remark, Shelf
from monitors.rules.values import Value, same, value_of


class Verb(StrEnum):
    """What a person can say."""

    APPROVE = "approve"
    REJECT = "reject"
    MUTE = "mute"
    UNMUTE = "unmute"
    MERGE = "merge"
    UNMERGE = "unmerge"
    UNDO_RUN = "undo_run"


@dataclass(frozen=True)
class Mute:
    """A series that is not told: until a time, or while it keeps the value that a statement of it had then."""

    until: datetime | None
    statement: int
    """The latest of the series when it was muted; 0 where it had none."""
    low: int | None
    high: int | None
    qualifier: Qualifier

    def is_over(self, shelf: Shelf, now: datetime) -> bool:
        """Whether its time has passed or, where none was set, the series has stated another value since."""
        if self.until:
            return now >= self.until
        later = [s for s in shelf.standing if s.kind is not Kind.HISTORICAL and (s.id or 0) > self.statement]
        return any(not same(value_of(s), Value(self.low, self.high, self.qualifier)) for s in later)

    def why(self, timezone: tzinfo) -> str:
        """In a few words, for people."""
        return f"muted until {self.until.astimezone(timezone):%Y-%m-%d %H:%M}" if self.until else "muted until the value changes"


def hash_sentence(quote: str, low: int | None, high: int | None, metric: str) -> str:
    """A sentence with the figure that was read in it; spelling of quotation marks, case and spaces do not count.

    >>> hash_sentence("12 “dead”, he said", 12, 12, "killed") == hash_sentence('12 "dead", he  said.', 12, 12, "killed")
    True
    """
    return sha256(f"{fold(quote)}|{low}|{high}|{metric}".encode()).hexdigest()


def sentence_of(remark: Remark) -> str:
    """The hash of a remark's sentence and figure."""
    return hash_sentence(remark.claim.quote, remark.claim.low, remark.claim.high, remark.claim.metric)


def follow(merges: Iterable[tuple[str, str | None]]) -> Mapping[str, str]:
    """For each merged body the one whose figures its are in the end, of (body, whose its figures are) in the order they were said; nobody's
    but its own again where that is None.

    >>> dict(follow([("a", "b"), ("b", "c")]))
    {'a': 'c', 'b': 'c'}
    >>> dict(follow([("a", "b"), ("b", "c"), ("b", None)]))
    {'a': 'b'}
    """
    said: dict[str, str] = {}
    for other, kept in merges:
        said.pop(other, None)
        if kept is not None:
            said[other] = kept
    found: dict[str, str] = {}
    for other, keep in said.items():
        found = {body: keep if kept == other else kept for body, kept in found.items()} | {other: keep}
    return found
