"""The figures of one text against each other: what cannot be is stored, told nobody loudly, and left to a person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.newsdesk import Newsdesk, kinds, toll


@pytest.fixture
def desk() -> Iterator[Newsdesk]:
    desk = Newsdesk()
    yield desk
    desk.history.close()


def test_a_toll_with_more_children_than_people_waits_for_the_digest_and_says_why(desk):
    told = desk.reads(toll(62), toll(620, group="children"))
    assert "notable" not in " ".join(kinds(told))
    assert told[0].cautions == ("The text counts 620 children among 62 in all: one of the numbers must be wrong",)


def test_the_same_toll_without_the_impossible_part_is_told_at_once(desk):
    assert kinds(desk.reads(toll(62), toll(20, group="children"))) == ["new_series notable"]


def test_women_and_children_that_together_exceed_the_whole_are_in_doubt(desk):
    told = desk.reads(toll(62), toll(40, group="children"), toll(31, group="other:women"))
    assert "notable" not in " ".join(kinds(told))
    assert told[0].cautions == ("The text counts 40 children and 31 women among 62 in all: one of the numbers must be wrong",)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        pytest.param({"number": 60, "qualifier": "at_least"}, {"number": 75}, id="a whole without an upper end"),
        pytest.param({"number": 62}, {"number": 70, "place": "Mindanao", "event": "flood"}, id="another event"),
        pytest.param({"number": 62}, {"number": 700, "metric": "displaced"}, id="another metric"),
        pytest.param({"number": 62}, {"number": 700, "stance": "denied"}, id="a part that is denied"),
        pytest.param({"number": 62}, {"number": 70, "attributed_to": "Red Cross"}, id="another claimant's part"),
    ],
)
def test_no_doubt_falls_on_a_toll_beside(desk, whole, part):
    told = desk.reads(toll(**whole), toll(**part, group="children"))
    assert kinds(told)[:1] == ["new_series notable"]
    assert not any(event.cautions for event in told)
