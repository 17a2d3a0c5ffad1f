"""What holds for every text: numbers come back as they were rendered, offsets slice to them, nothing raises, time is linear."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crawler.article import Article
from monitors.figures.claims import LONGEST, MOST_PEOPLE, holds_figure, read_figures
from monitors.figures.clean import clean
from monitors.figures.lexicon import load_language
from monitors.figures.sentences import split_sentences
from monitors.model import Qualifier

ENGLISH = load_language("en")
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str, title: str = ""):
    return read_figures(Article(outlet="", url="", title=title, text=text), ENGLISH)


def grouped(mark: str):
    return lambda value: f"{value:,}".replace(",", mark)


FORMATS = {
    "plain": str,
    "comma": grouped(","),
    "space": grouped(" "),
    "no-break space": grouped("\u00a0"),
    "narrow space": grouped("\u202f"),
    "thin space": grouped("\u2009"),
    "apostrophe": grouped("'"),
    "typographic apostrophe": grouped("’"),
}
BOUNDS = {
    "": Qualifier.EXACT,
    "about ": Qualifier.ABOUT,
    "nearly ": Qualifier.NEARLY,
    "at least ": Qualifier.AT_LEAST,
    "more than ": Qualifier.MORE_THAN,
    "up to ": Qualifier.UP_TO,
    "fewer than ": Qualifier.LESS_THAN,
}


@QUICK
@given(st.integers(2, 10**9), st.sampled_from(sorted(FORMATS)), st.sampled_from(sorted(BOUNDS)))
def test_a_rendered_integer_is_read_back(value, style, bound):
    text = f"Officials said {bound}{FORMATS[style](value)} soldiers were killed in the raid."
    (claim,) = read(text).claims
    assert claim.qualifier is BOUNDS[bound]
    assert claim.low in (value, None)
    assert claim.high in (value, None)
    assert (claim.low or claim.high) == value
    assert FORMATS[style](value) in text[claim.start : claim.end]


UNITS = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
UNITS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spelled(value: int) -> str:
    if value < 20:
        return UNITS[value]
    if value < 100:
        return TENS[value // 10] + (f"-{UNITS[value % 10]}" if value % 10 else "")
    for scale, word in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            return f"{spelled(value // scale)} {word} {spelled(value % scale)}".strip()
    return ""


@QUICK
@given(st.integers(2, 999_999))
def test_a_number_in_words_is_read_back(value):
    (claim,) = read(f"Officials said {spelled(value)} people were killed.").claims
    assert (claim.low, claim.high) == (value, value)


@QUICK
@given(st.integers(1, 999), st.integers(1, 9), st.sampled_from([("million", 10**6), ("billion", 10**9), ("m", 10**6), ("bn", 10**9)]))
def test_a_decimal_with_a_scale_is_read_back(whole, tenth, scale):
    word, factor = scale
    gap = "" if len(word) < 3 else " "
    value = whole * factor + tenth * factor // 10
    found = read(f"Some {whole}.{tenth}{gap}{word} people were displaced.").claims
    assert [claim.low for claim in found] == ([value] if value <= MOST_PEOPLE else [])


WORDS = "12|55,000|people|soldiers|were killed|killed|wounded|said|Zelensky|in Gaza|of|and|,|.|\"|“|”|'s|between|from|to|-|one|hundred"
WORDS += "|thousand|at least|more than|death toll|rose|according to|Monday|\u00ad|\u200b|ﬁghters|٤٢|$|%|(|)|:|\n|including|children|each"
PIECES = st.sampled_from(f"{WORDS}|a|the|not|2024|May".split("|"))


@QUICK
@given(st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=12).map(" ".join))
def test_offsets_slice_to_the_number_in_the_text_as_printed(text, title):
    reading = read(text, title)
    for found in (*reading.claims, *reading.skipped):
        printed = title if found.in_title else text
        assert 0 <= found.start < found.end <= len(printed)
    for claim in reading.claims:
        printed = title if claim.in_title else text
        assert printed[claim.start : claim.end] == claim.span
        assert claim.quote in printed


@QUICK
@given(st.text(max_size=400), st.text(max_size=80))
@example("\x00", "\ud800")
@example("ﷺ½²①Ⅷ٣", "İ")
def test_no_text_raises(text, title):
    read(text, title)
    holds_figure(text, ENGLISH)


@QUICK
@given(st.sampled_from(["Talks went on in the evening.", "Nobody spoke to the press.", "The weather was fine.", "It is a long road."]))
def test_a_sentence_without_numbers_changes_nothing(sentence):
    text = "Officials in Kharkiv said 12 people were killed. Another 40 were wounded."
    values = [(claim.low, claim.metric, claim.party, claim.group, claim.attributed_to) for claim in read(text).claims]
    assert [(c.low, c.metric, c.party, c.group, c.attributed_to) for c in read(f"{text} {sentence}").claims] == values
    assert [(c.low, c.metric, c.party, c.group, c.attributed_to) for c in read(f"{text}\n{sentence}").claims] == values


@QUICK
@given(st.text(max_size=300))
def test_cleaning_remembers_where_characters_came_from(text):
    cleaned = clean(text)
    for at, character in enumerate(cleaned.text):
        start, end = cleaned.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        if character.isascii() and character.isalnum() and text[start].isascii():
            assert text[start] == character


@QUICK
@given(st.text(max_size=300))
def test_sentences_stand_in_order_and_do_not_overlap(text):
    end = 0
    for sentence in split_sentences(text, ENGLISH):
        assert end <= sentence.start < sentence.end <= len(text)
        end = sentence.end


HOSTILE = {
    "1 MB of digits": "7" * 1_000_000,
    "1 MB of grouped digits": "1,234," * 170_000,
    "1 MB of lone digits": "1 " * 500_000,
    "digits and a death": "1 " * 500_000 + "12 people were killed",
    "100,000 characters without a full stop": "12 people were killed in Kyiv and ".ljust(100) * 1000,
    "10,000 nested quotes": "“" * 10_000 + " 12 people were killed " + "”" * 10_000,
    "a word of 1 MB": "a" * 1_000_000,
    "soft hyphens": "\u00ad" * 500_000 + "12 people were killed",
    "full stops": "." * 300_000 + " 12 people were killed",
    "hyphens": "a-" * 300_000 + " 12 people were killed",
    "reporting verbs": "said " * 100_000 + "12 people were killed",
    "conjunctions": "12 and " * 50_000 + "people were killed",
    "numerals": "one hundred and " * 50_000 + "people were killed",
    "numbers and cues": "12 killed " * 40_000,
    "initials": "U.S." * 100_000 + " 12 people were killed",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_read_in_under_a_second(kind):
    assert any(seconds_to_read(HOSTILE[kind]) < 1.0 for _ in range(3))  # the first may load the language, or share its processor


def seconds_to_read(text: str) -> float:
    """Processor time; the reader's own garbage is collected and counts; what other tests hold is not looked through for it."""
    gc.freeze()
    try:
        began = time.process_time()
        read(text, text[:2000])
        return time.process_time() - began
    finally:
        gc.unfreeze()


def test_an_endless_text_is_read_up_to_a_bound():
    assert read("Nothing. " * (LONGEST // 9 + 1) + "Officials said 12 people were killed.").claims == ()


def test_a_language_loads_fast():
    assert min(load_and_read() for _ in range(5)) < 0.15


def load_and_read() -> float:
    """Processor time from nothing to the first figure; what other tests left behind is not collected meanwhile."""
    load_language.cache_clear()
    gc.disable()
    began = time.process_time()
    try:
        language = load_language("en")
        read_figures(Article(outlet="", url="", title="", text="Officials said 12 people were killed."), language)
        return time.process_time() - began
    finally:
        gc.enable()


def test_users_words_are_metrics():
    words = {"cases": ("measles cases", "measles infections")}
    article = Article(outlet="", url="", title="", text="Texas reported 228 measles cases on Friday.")
    (claim,) = read_figures(article, ENGLISH, words).claims
    assert (claim.metric, claim.low, claim.party) == ("cases", 228, "united states")
