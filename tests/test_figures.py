"""Text in, claims out: the founding article, and what holds for every text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.article import Article, LiveEntry
from monitors.figures.claims import holds_figure, read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Claim, Qualifier, Reading, Scope

ENGLISH = load_language("en")
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


def read(text: str, title: str = "", published: date | None = date(2026, 2, 5)) -> tuple[Claim, ...]:
    return look(text, title, published).claims


def look(text: str, title: str = "", published: date | None = date(2026, 2, 5)) -> Reading:
    return read_figures(Article(outlet="", url="", title=title, text=text, published=published), ENGLISH)


@pytest.fixture
def founding() -> tuple[Claim, ...]:
    file = SHARED / "founding_article.txt"
    if not file.exists():
        pytest.skip("needs the shared data beside the project")
    title, _, text = file.read_text().partition("\n")
    return read(text, title, None)


def test_the_founding_article_holds_four_figures_and_the_headline(founding):
    assert [(c.low, c.high, c.metric, c.in_title) for c in founding] == [
        (55_000, 55_000, "killed", True),
        (55_000, 55_000, "killed", False),
        (160_000, 160_000, "killed", False),
        (43_000, 43_000, "killed", False),
        (314, 314, "exchanged", False),
    ]


def test_the_founding_article_says_whose_and_by_whom(founding):
    _, ukraine, russia, earlier, exchange = founding
    assert (ukraine.party, ukraine.group, ukraine.scope) == ("ukraine", "military", Scope.CUMULATIVE)
    assert ukraine.attributed_to == "President Volodymyr Zelensky"
    assert (russia.party, russia.qualifier, russia.attributed_to, russia.scope) == ("russia", Qualifier.NEARLY, "The BBC", Scope.CUMULATIVE)
    assert (earlier.as_of, earlier.past, earlier.party, earlier.attributed_to) == ("2024-12", True, "ukraine", "Zelensky")
    assert (exchange.scope, exchange.past, exchange.party) == (Scope.EVENT, False, None)


def test_an_unknown_language_is_not_read():
    assert load_language("xx") is None
    assert load_language("../en") is None


def test_a_text_without_numbers_or_cues_holds_no_figure():
    assert not holds_figure("Talks went on in Geneva.", ENGLISH)
    assert not holds_figure("The budget of 2024 was voted through.", ENGLISH)
    assert holds_figure("Officials said 12 people were killed.", ENGLISH)


def test_a_table_is_passed_over_and_counted():
    reading = look("12 killed " * 50)
    assert not reading.claims
    assert {one.why for one in reading.skipped} == {"in a table"}
    assert len(reading.skipped) == 50


def test_a_part_is_less_than_its_whole():
    reading = look("", "Drone strikes kill 12 in two cities")
    assert [(claim.low, claim.metric) for claim in reading.claims] == [(12, "killed")]
    assert [one.why for one in look("Four in ten of them were killed.").skipped] == ["a share", "a share"]


def test_money_is_told_by_its_mark():
    skipped = look("The storm killed 12 people and cost $66.9 billion, or $4.5 a head.").skipped
    assert [one.why for one in skipped] == ["money", "money"]


def test_the_year_of_an_older_value_does_not_make_the_new_one_past():
    new, old = read("Mali's president said that 55,000 soldiers had been killed, up from 46,000 a year earlier.")
    assert (new.low, new.past, new.superseded) == (55_000, False, False)
    assert (old.low, old.past, old.superseded) == (46_000, True, True)


def test_a_day_in_a_live_blog_is_counted_from_its_entrys_own_time():
    first = "Twelve people were killed on Sunday, police said."
    second = "Police now say that 14 people were killed today."
    text = f"A bridge fell in Port Lamer; 9 people were killed yesterday.\n{first}\n{second}"
    entries = tuple(
        LiveEntry(moment, text.index(entry), text.index(entry) + len(entry))
        for entry, moment in ((first, datetime(2026, 2, 2, 9, 30)), (second, datetime(2026, 2, 3, 7, tzinfo=UTC)))
    )

    blog = Article(outlet="", url="", title="", text=text, published=date(2026, 2, 9), entries=entries)

    assert [(claim.low, claim.as_of) for claim in read_figures(blog, ENGLISH).claims] == [
        (9, "2026-02-08"), (12, "2026-02-01"), (14, "2026-02-03")]  # fmt: skip


@pytest.mark.parametrize(
    ("modified", "opening", "day"),
    [
        (None, "", "2026-04-13"),
        (datetime(2026, 4, 19, 18, tzinfo=UTC), "", "2026-04-20"),
        (datetime(2026, 4, 20, 5, 40, tzinfo=UTC), "", "2026-04-20"),
        (datetime(2026, 4, 21, 5, 40, tzinfo=UTC), "LIMA, April 20 (Reuters) - ", "2026-04-20"),
        (datetime(2026, 4, 27, 5, 40, tzinfo=UTC), "", "2026-04-13"),
    ],
    ids=["never changed", "Monday begins in the east", "changed the next day", "its dateline is nearer", "changed long after"],
)
def test_a_day_is_counted_from_the_last_change_of_a_page_that_is_still_being_rewritten(modified, opening, day):
    text = f"{opening}The toll of the bus crash rose to 17 on Monday, police said."
    page = Article(outlet="", url="", title="", text=text, published=datetime(2026, 4, 19, 9, tzinfo=UTC), modified=modified)

    assert [claim.as_of for claim in read_figures(page, ENGLISH).claims] == [day]
