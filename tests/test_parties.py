"""Whose people a number counts, and which: names that are no side, sides at war, places and demonyms."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.figures.names import named_at
from monitors.figures.tokens import find_tokens
from tests.test_figures_sentences import expected, said

ENGLISH = load_language("en")
ROWS = tomllib.loads((Path(__file__).parent / "sentences" / "en_parties.toml").read_text(encoding="utf-8"))
PLACES = tomllib.loads((files("monitors") / "languages" / "places_en.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", [row for rows in ROWS.values() for row in rows], ids=lambda row: row["text"][:60])
def test_sentence_counts_these_people(row):
    claims = claims_of(row["text"])
    assert [said(claim, wanted) for claim, wanted in zip(claims, row["claims"], strict=True)] == [expected(one) for one in row["claims"]]


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Russian soldiers", "russia"),
        ("U.S.-based monitors", None),
        ("US Geological Survey", None),
        ("Iran - 12 killed", "iran"),
        ("U.S. Council on Foreign Relations", None),
    ],
)
def test_a_name_is_a_side_only_when_it_stands_for_people(text, party):
    assert named_at(0, find_tokens(text, 0, len(text), ENGLISH)) == party


def test_foreigners_named_in_passing_do_not_take_over_the_story():
    text = (
        "Rescuers dug through Caracas. Venezuela declared mourning after two quakes hit Venezuela. "
        "Two Brazilian citizens were killed. At least 4,100 people have been injured."
    )
    assert [claim.party for claim in claims_of(text)] == ["brazil", "venezuela"]


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Punjab's government said 12 people died in a flood.", "india"),
        ("Pakistan mourned. Punjab's government said 12 people died in a flood.", "pakistan"),
        ("Three people died in Georgia.", "united states"),
        ("Three people died in Georgia, the ministry in Tbilisi said.", "georgia"),
    ],
)
def test_a_name_two_countries_share_is_of_the_one_the_text_speaks_of(text, party):
    assert [claim.party for claim in claims_of(text)] == [party]


def test_a_text_goes_on_to_count_whom_its_title_counts():
    (title, claim) = claims_of("The toll reached 60,034, the office said. Israel fought on.", title="60,000 people killed in Gaza: office")
    assert (title.party, claim.party) == ("gaza", "gaza")


def test_a_paper_that_names_no_country_means_its_own_and_that_is_never_sure():
    text = "Police said on Monday that 12 men had been arrested over the riot. Three more were arrested on Tuesday."
    assert [claim.party for claim in claims_of(text)] == [None, None]
    claims = claims_of(text, home_of=lambda article: "ireland")
    assert [claim.party for claim in claims] == ["ireland", "ireland"]
    assert not any(claim.sure for claim in claims)


def test_no_outlet_is_asked_where_the_text_names_a_place():
    def never(article):
        raise AssertionError("the outlet was asked")

    assert [claim.party for claim in claims_of("Twelve men were arrested in Lisbon.", home_of=never)] == ["portugal"]
    assert [claim.party for claim in claims_of("Worldwide, 5,200 people have died of the fever.", home_of=never)] == [None]


def test_no_place_belongs_to_two_countries():
    named = Counter(
        (name.lower(), party) for party, kinds in PLACES.items() if party not in ("bodies", "parts") for name in kinds.get("places", ())
    )
    owners = Counter(name for name, _ in named)
    assert not [name for name, count in owners.items() if count > 1]
    assert len(owners) > 3500


def claims_of(text: str, title: str = "", home_of=lambda article: None):
    return read_figures(Article(outlet="", url="", title=title, text=text, published=date(2026, 2, 5)), ENGLISH, {}, home_of).claims
