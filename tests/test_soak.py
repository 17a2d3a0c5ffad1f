"""A day and a quarter of hourly runs in which everything fails now and then; tests/bench/bench_soak.py plays a month."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.soak import Soak


@pytest.mark.campaign
def test_in_thirty_runs_with_faults_of_every_kind_nothing_is_lost_and_nothing_told_that_is_not_so(tmp_path: Path) -> None:
    soak = Soak(tmp_path, Random(8))
    soak.play(30)
    assert soak.complaints == []
    assert len(soak.read) >= 4, "there was news"
    assert soak.statuses.keys() >= {0, 1, 2, 4, None}, "and trouble"
