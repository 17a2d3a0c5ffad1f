"""Kill runs at every boundary between collecting, recording, claiming, sending and marking, by chance: what is lost, what comes twice.

`python -m tests.bench.bench_faults` prints the table; `pytest tests/bench/bench_faults.py -m bench` asserts it. Each seed kills one to
three runs at boundaries and messages drawn by chance, or at any moment, then lets two end. Webhook and mail server are real, on loopback;
so are the processes, and the signal. `vain` counts what was marked though it had not arrived before: the run died between claim and send.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import pytest

from tests.kills import ANY_MOMENT, POINTS, Trial, expected, random_kills, try_kills, world

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SEEDS = 100
FIELDS = ("kills", "due", "told", "lost", "repeats", "marked", "vain")


def test_no_kill_loses_an_alert_or_has_one_told_twice_without_a_mark() -> None:
    trials = [trial for _, trial in measure(range(SEEDS))]
    assert [complaint for trial in trials for complaint in trial.complaints] == []


def measure(seeds: Sequence[int], seconds: float = float("inf")) -> Iterator[tuple[str, Trial]]:
    """Where each seed killed last, and what came of it."""
    ends = monotonic() + seconds
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder, world(Path(folder)) as desk:
        due = expected(desk)
        for seed in seeds:
            if monotonic() > ends:
                return
            kills = random_kills(Random(seed))
            yield kills[-1].point, try_kills(desk, kills, due, runs_after=2)


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long")
    given = parser.parse_args()
    trials = list(measure(range(given.seeds), given.minutes * 60))
    print(f"{'last killed at':40}{'seeds':>8}" + "".join(f"{name:>9}" for name in FIELDS))
    for point in (*POINTS, ANY_MOMENT):
        show(point, [trial for last, trial in trials if last == point])
    show("all", [trial for _, trial in trials])
    complaints = [complaint for _, trial in trials for complaint in trial.complaints]
    print(*complaints, sep="\n")
    return 1 if complaints else 0


def show(name: str, trials: Sequence[Trial]) -> None:
    whole = sum(trials, start=Trial())
    print(f"{name:40}{len(trials):8}" + "".join(f"{getattr(whole, field):9}" for field in FIELDS))


if __name__ == "__main__":
    sys.exit(main())
