"""Run whole processes in turns, and print what they took beside the bar it is held against."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One process from start to end: seconds on the wall and of both kinds of processor time, the most memory it had, what it printed."""

    wall: float
    cpu: float
    megabytes: float
    printed: str


@dataclass(frozen=True)
class Bar:
    """A measured figure and what it is held against: at most `most`, or at least `least`."""

    what: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        bar = f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"
        return f"{self.what:56}{self.value:10.3g}   {bar:16}{'holds' if self.holds else 'MISSED'}"


def run(command: Sequence[str | Path], home: Path, statuses: Sequence[int] = (0,)) -> Run:
    """Run a command with `home` for its home and its folder; raises RuntimeError with what it said where it ends otherwise.

    Modules are compiled by the first run and kept, as an installed program's are, in `home`. The memory is that of the process alone, as
    long as it is more than ours: the kernel counts what we had when it was started.
    """
    places = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "PYTHONPATH": ROOT, "PYTHONPYCACHEPREFIX": home / "pycache"}
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as complaints:
        began = monotonic()
        process = subprocess.Popen(command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        wall = monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complaints.seek(0)
        if process.returncode not in statuses:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{complaints.read()[-2000:]}")
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed.read())


def alternate(sides: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Each side once a round, in one order and then in the other: what the machine's other work costs falls on all of them."""
    taken: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in sorted(sides, key=list(sides).index, reverse=number % 2 == 1):
            taken[name].append(sides[name]())
    return taken


def best_and_median(values: Sequence[float]) -> str:
    """Two columns.

    >>> best_and_median([3.0, 1.0, 2.0])
    '      1.00      2.00'
    """
    return f"{min(values):10.2f}{statistics.median(values):10.2f}"


def load() -> str:
    """How busy the machine is, for the first line of a table."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
