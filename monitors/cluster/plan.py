"""Outlets that are due -> batches for one process each, and when each is due again: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zlib import crc32

BATCH = 20
"""Outlets of one process: it starts once for all of them."""
PATIENCE = 2
"""So many failures in a row cost an outlet nothing."""
LONGEST = timedelta(hours=6)
"""A failing outlet is asked at least so often, or at its own cadence where that is longer."""


def next_due(outlet: str, cadence: timedelta, failures: int, now: datetime) -> datetime:
    """When an outlet is due after now: on a grid of its own, so that outlets of one cadence are spread evenly over it and none drifts.

    One that failed more than twice in a row waits twice as long, then four times …

    >>> noon = datetime(2026, 2, 5, 12, tzinfo=UTC)
    >>> [str(next_due("bbc", timedelta(minutes=15), failures, noon) - noon) for failures in (0, 3)]
    ['0:02:23', '0:17:23']
    """
    step = min(cadence * (1 << min(max(failures - PATIENCE, 0), 20)), max(cadence, LONGEST))
    phase = timedelta(seconds=crc32(outlet.encode()) % max(int(step.total_seconds()), 1))
    start = datetime.fromtimestamp(0, UTC) + phase
    return start + ((now - start) // step + 1) * step


def make_batches(due: Iterable[str], hosts: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Outlets in batches, in their order; those that share a host stay together, for one process asks a host at a time.

    >>> shared = {"a": frozenset({"x"}), "b": frozenset({"y"}), "c": frozenset({"x"})}
    >>> list(make_batches(["a", "b", "c"], shared))
    [['a', 'c', 'b']]
    """
    batch: list[str] = []
    for group in group_by_host(due, hosts):
        if batch and len(batch) + len(group) > BATCH:
            yield batch
            batch = []
        batch += group
    if batch:
        yield batch


def group_by_host(due: Iterable[str], hosts: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The outlets in groups of which no two share a host."""
    groups: list[tuple[list[str], frozenset[str]]] = []
    for outlet in due:
        near = [group for group in groups if group[1] & hosts[outlet]]
        names = [name for group in near for name in group[0]]
        met = hosts[outlet].union(*(group[1] for group in near))
        place = groups.index(near[0]) if near else len(groups)
        groups = [group for group in groups if group not in near]
        groups.insert(place, ([*names, outlet], met))
    return [names for names, _ in groups]
