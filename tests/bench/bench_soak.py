"""A month of hourly runs with dead and lying outlets, failing receivers, a full disk, a clock that jumps: what is lost, and what is false.

`python -m tests.bench.bench_soak` prints what happened; `pytest tests/bench/bench_soak.py -m bench` asserts it. One process, simulated
time; what is simulated else is said in tests/soak.py.
"""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import pytest

from tests.bench.measure import Bar
from tests.soak import Soak

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

RUNS = 720
GROWTH = 1.5
"""How much more the second half may add to the database than the first, for as many stories."""


def test_a_month_of_faults_loses_nothing_tells_nothing_false_and_lets_the_database_grow_by_what_it_is_told(tmp_path: Path) -> None:
    soak = Soak(tmp_path, Random(1))
    soak.play(RUNS)
    assert soak.complaints == []
    assert bar(soak).holds


def bar(soak: Soak) -> Bar:
    return Bar("second half's growth over the first's", soak.growth(), most=GROWTH)


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable()
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        soak, began = Soak(Path(folder), Random(given.seed)), monotonic()
        soak.play(given.runs)
        print(f"{given.runs} runs in {monotonic() - began:.0f} s: {len(soak.stories)} stories, {len(soak.read)} new figures read, "
              f"{len(soak.taken)} messages taken")
        print("status   " + ", ".join(f"{'killed' if status is None else status}: {n}" for status, n in soak.statuses.most_common()))
        print("faults   " + ", ".join(f"{name}: {n}" for name, n in soak.faults.most_common()))
        print("repeats  " + f"{sum(title.startswith('[possible repeat]') for _, _, title in soak.taken)} marked")
        print(f"database {soak.sizes[0] / 1e6:.2f} MB, {soak.sizes[len(soak.sizes) // 2] / 1e6:.2f} MB, {soak.sizes[-1] / 1e6:.2f} MB")
        print(bar(soak))
        print(*soak.complaints, sep="\n")
    return 1 if soak.complaints or not bar(soak).holds else 0


if __name__ == "__main__":
    sys.exit(main())
