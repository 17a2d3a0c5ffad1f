"""Runs that are killed, and receivers that fail: nothing is lost, and nothing told twice without a mark."""

from __future__ import annotations



from collections.abc import Iterator

from itertools import zip_longest
from random import Random

import pytest

from tests.kills import ANY_MOMENT, POINTS, Kill, World, expected, random_kills, try_kills, world



@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.campaign
def test_a_run_killed_at_any_boundary_loses_nothing_and_repeats_only_what_was_accepted_and_unmarked(desk: World) -> None:
    """An early and a late boundary one after the other, each once, and three moments by chance: bench_faults has a hundred."""
    due = expected(desk)
    assert len(due) == 4, "two figures, on two channels"
    points = [Kill(point) for point in POINTS]
    half = len(points) // 2
    pairs = [[kill for kill in pair if kill] for pair in zip_longest(points[:half], points[half:])]
    trials = [try_kills(desk, kills, due) for kills in [*pairs, *(random_kills(Random(seed), ANY_MOMENT) for seed in range(3))]]
    assert [complaint for trial in trials for complaint in trial.complaints] == []
    assert sum(trial.kills for trial in trials) >= len(points)
    assert sum(trial.repeats for trial in trials) >= 3, "or the boundaries are not where they are said to be"
