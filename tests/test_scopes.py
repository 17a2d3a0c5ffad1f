"""Which stretch of time a figure counts, and the day it holds for: one row of sentences/en_scopes.toml, one test."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Scope
from tests.test_sentences import THURSDAY, found, number, same_name, written_out

ENGLISH = load_language("en")
SENTENCES = tomllib.loads((Path(__file__).parent / "sentences" / "en_scopes.toml").read_text(encoding="utf-8"))


def rows():
    for kind, listed in SENTENCES.items():
        for row in listed:
            known = row.get("known_failure")
            marks = [pytest.mark.xfail(reason=known, strict=True)] if known else []
            yield pytest.param(row, marks=marks, id=f"{kind}: {row['text']}"[:90])


def read(text: str, published: date | None = THURSDAY) -> list[dict]:
    article = Article(outlet="", url="", title="", text=text, published=published)
    return sorted((found(claim) for claim in read_figures(article, ENGLISH).claims), key=number)


@pytest.mark.parametrize("row", list(rows()))
def test_sentence_says_when(row):
    claims = read(row["text"], row.get("published", THURSDAY))
    wanted = sorted((written_out(claim) for claim in row["claims"]), key=number)
    assert [number(claim) for claim in claims] == [number(claim) for claim in wanted]
    for said, label in zip(claims, wanted, strict=True):
        assert {name: said[name] for name in label if name != "by"} == {name: label[name] for name in label if name != "by"}
        assert same_name(said["by"], label["by"])


def test_without_a_day_of_publication_only_full_dates_are_read():
    assert [claim["as_of"] for claim in read("On Monday 12 people were killed. On 3 March 2024 some 40 were killed.", None)] == [
        None,
        "2024-03-03",
    ]


def test_the_same_number_is_a_total_in_a_war_and_one_event_in_a_storm():
    assert read("The war in Sudan has killed 120 people.")[0]["scope"] is Scope.CUMULATIVE
    assert read("The storm killed 120 people.")[0]["scope"] is Scope.EVENT
