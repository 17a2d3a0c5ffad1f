"""The measurement of a long history still measures the program as it is, and finds no statement that reads a whole table."""

from __future__ import annotations

import pytest

from tests.bench import bench_store


@pytest.mark.sqlite("its query plans")
def test_no_question_of_a_run_reads_a_whole_table_of_a_long_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_store, "PAGES", 5)
    measured = bench_store.measure(10, 500, rounds=1)
    assert measured.scans == []
    assert set(bench_store.STEPS) < set(measured.steps[500])
