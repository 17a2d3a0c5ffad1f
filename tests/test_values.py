"""Whether two printed numbers are one: the pairs of DOMAIN 3.3 and properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.model import Qualifier
from monitors.rules.values import Value, bounds_of_same, days_of, earlier, interval, overlap, same, satisfied, touch, unit


def value(text: str) -> Value:
    """ "nearly 160000", ">46000", "<9000", "~12000", "100000-140000", "55000"."""
    if "-" in text:
        low, high = text.split("-")
        return Value(int(low), int(high), Qualifier.BETWEEN)
    qualifier = {"~": Qualifier.ABOUT, ">": Qualifier.MORE_THAN, "<": Qualifier.UP_TO, "n": Qualifier.NEARLY}.get(text[0], Qualifier.EXACT)
    number = int(text.strip("~><nearly "))
    return Value(None if qualifier is Qualifier.UP_TO else number, None if qualifier is Qualifier.MORE_THAN else number, qualifier)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("43460", "nearly 43500"),
        ("25218", ">25000"),
        ("5937", "nearly 6000"),
        ("122883", "~120000"),
        ("16153", "16000"),
        ("152", "150"),
        ("200186", ">200000"),
        ("200186", "200000"),
        ("1300030", ">1300000"),
        ("nearly 160000", ">160000"),
        ("~12000", ">12000"),
        ("70112", "70000"),
        ("100000-140000", "<140000"),
        ("100000-140000", "100000-140000"),
    ],
)
def test_one_number_in_other_words_is_the_same(a, b):
    assert same(value(a), value(b))
    assert same(value(b), value(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("390000", "nearly 380000"),
        ("45100", ">46000"),
        ("45680", "45690"),
        ("186102", "200000"),
        ("44654", "45123"),
        ("207", "195"),
        ("157", "314"),
        ("30457", "31000"),
        ("1243070", "1243840"),
        ("12", "10"),
        ("100000-140000", "100000-150000"),
        ("314", ">300"),
    ],
)
def test_two_true_values_are_two(a, b):
    assert not same(value(a), value(b))


def test_a_weaker_bound_is_satisfied_by_what_is_known():
    assert satisfied(value(">50000"), value("55000"))
    assert satisfied(value(">300"), value("314"))
    assert not satisfied(value(">60000"), value("55000"))
    assert not satisfied(value("50000"), value("55000"))


def test_claimants_meet_within_their_wording_and_five_per_cent():
    assert overlap(value("~120000"), value("125500"))
    assert not overlap(value("60000"), value("120000"))
    assert overlap(value("195"), Value(None, None, Qualifier.VAGUE))


def test_a_partial_date_is_the_interval_it_spans():
    assert earlier("2024-12", "2025-02-16")
    assert not earlier("2026-02", "2026-02-16")
    assert touch("2026-02-04", "2026-02-07", within=3)
    assert days_of("2024-02")[1].day == 29


numbers = st.integers(min_value=1, max_value=10**8)
values = st.builds(lambda n, q: Value(n, n, q), numbers, st.sampled_from([Qualifier.EXACT, Qualifier.ABOUT, Qualifier.NEARLY]))


ranges = st.builds(lambda n, m: Value(min(n, m), max(n, m), Qualifier.BETWEEN), numbers, numbers)
bounds = st.builds(lambda n: Value(n, None, Qualifier.AT_LEAST), numbers) | st.builds(lambda n: Value(None, n, Qualifier.UP_TO), numbers)


@given(values | ranges | bounds, values | ranges | bounds, st.integers(0, 6))
def test_what_is_the_same_lies_within_the_bounds_that_are_looked_at(a, b, digits):
    rounded = replace(b, high=round(a.nominal, -digits), low=round(a.nominal, -digits)) if not b.is_range else b
    least, most = bounds_of_same(a)
    for other in (b, rounded):
        if same(a, other):
            assert any(end is not None and least <= end <= most for end in (other.low, other.high))


@given(values, values)
def test_sameness_is_mutual_and_never_wider_than_a_tenth(a, b):
    assert same(a, a)
    assert same(a, b) == same(b, a)
    if same(a, b):
        assert abs(a.nominal - b.nominal) <= 0.1 * max(a.nominal, b.nominal)


@given(values)
def test_the_implied_unit_divides_the_number_and_the_interval_holds_it(a):
    assert a.nominal % unit(a.nominal) == 0
    low, high = interval(a)
    assert low <= a.nominal <= high


def test_no_number_that_is_looked_for_is_larger_than_a_database_keeps():
    endless = Value(9 * 10**18, 9 * 10**18, Qualifier.EXACT)
    assert max(bounds_of_same(endless)) == 2**63 - 1
    assert max(bounds_of_same(replace(endless, low=10**30, high=10**30))) == 2**63 - 1
