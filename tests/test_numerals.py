"""Numbers written in words and in digits, with every mark a language groups them by, come back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from num2words import num2words

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DIED = {
    "de": "Bei dem Beben sind {} Menschen gestorben.",
    "es": "El terremoto mató a {} personas.",
    "fr": "Le séisme a tué {} personnes.",
    "ru": "При землетрясении погибли {} человек.",
    "uk": "Внаслідок землетрусу загинули {} людей.",
}
"""A sentence that counts, by language."""


def read_back(code: str, number: str) -> list[tuple[int | None, int | None]]:
    article = Article(outlet="", url="", title="", text=DIED[code].format(number))
    return [(claim.low, claim.high) for claim in read_figures(article, load_language(code)).claims]


@pytest.mark.parametrize("code", sorted(DIED))
@QUICK
@given(value=st.one_of(st.integers(2, 999), st.integers(1000, 999_999)))
def test_a_number_in_words_is_read_back(code, value):
    assert read_back(code, num2words(value, lang=code)) == [(value, value)]


@pytest.mark.parametrize("code", sorted(DIED))
@QUICK
@given(value=st.integers(2, 10**9), data=st.data())
def test_a_number_in_digits_is_read_back_with_every_mark(code, value, data):
    language = load_language(code)
    mark = data.draw(st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "\u2005", "'", "’", *language.group_marks]))
    grouped = f"{value:,}".replace(",", mark)
    if value in range(1500, 2101) and not mark:
        return  # may be a year
    assert read_back(code, grouped) == [(value, value)]
