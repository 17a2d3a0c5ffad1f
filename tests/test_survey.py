"""What a feed's entries say of its pace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crawler.article import Entry, Moment
from crawler.survey import Survey, take_survey

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entries(*moments: Moment | None) -> list[Entry]:
    return [Entry(f"https://example.org/{n}", published=moment) for n, moment in enumerate(moments)]


def test_a_survey_counts_entries_and_measures_how_far_apart_they_are() -> None:
    survey = take_survey(entries(NOON - 9 * HOUR, NOON, NOON - 2 * HOUR), NOON, since=NOON - 3 * HOUR)
    assert survey == Survey(entries=3, dated=3, newest=NOON, oldest=NOON - 9 * HOUR, longest_gap=7 * HOUR, fresh=2)


def test_entries_of_the_future_and_without_a_time_are_counted_and_say_nothing() -> None:
    assert take_survey(entries(None, NOON + HOUR, NOON - HOUR), NOON) == Survey(3, 1, NOON - HOUR, NOON - HOUR, timedelta(), 1)
    assert take_survey(entries(None, NOON + HOUR), NOON) == Survey(2)
    assert take_survey([], NOON) == Survey(0)


def test_where_an_entry_is_not_dated_its_last_change_is() -> None:
    assert take_survey([Entry("a", updated=NOON)], NOON).newest == NOON


def test_days_and_times_without_a_zone_are_compared_with_others() -> None:
    survey = take_survey(entries(date(2026, 2, 4), datetime(2026, 2, 4, 6), NOON), NOON)
    assert (survey.oldest, survey.longest_gap) == (datetime(2026, 2, 4, tzinfo=UTC), 6 * HOUR)


def test_an_entry_pinned_for_years_is_no_pace() -> None:
    many = [NOON - HOUR * n for n in range(20)]
    survey = take_survey(entries(*many, datetime(2019, 5, 1, tzinfo=UTC)), NOON)
    assert (survey.entries, survey.dated, survey.longest_gap) == (21, 20, HOUR)


def test_a_weekend_and_a_summer_without_bulletins_are_no_pins() -> None:
    paper = [NOON - timedelta(minutes=5 * n) for n in range(12)]
    assert take_survey(entries(*paper, NOON - 62 * HOUR), NOON).dated == 13
    weekly = [NOON - timedelta(weeks=n) for n in range(12)]
    assert take_survey(entries(*weekly, NOON - timedelta(weeks=19)), NOON).longest_gap == timedelta(weeks=8)
