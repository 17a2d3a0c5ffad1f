"""The rules over real series of years: how often they would have called somebody. Skipped where the shared data are not at hand."""

from __future__ import annotations

import pytest

from tests.bench.bench_rules import DATA, STEP_DAYS, find_steps

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")


def test_the_names_list_makes_a_step_on_two_days_only():
    assert find_steps() == STEP_DAYS
