"""Articles whose page does not say, or errs, in which language they are, and pages that hold several."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crawler.article import Article
from monitors.figures.lexicon import load_language
from monitors.reader import Reader
from monitors.tongues import detect, is_familiar

SAID = {
    "en": "Officials in Kharkiv said on Monday that at least 12 people had been killed in the strike on the city.",
    "de": "Nach Angaben der Behörden in Charkiw sind bei dem Angriff auf die Stadt mindestens 12 Menschen getötet worden.",
    "fr": "Au moins 12 personnes ont été tuées dans la frappe sur la ville de Kharkiv, ont annoncé lundi les autorités.",
    "es": "Al menos 12 personas murieron en el ataque contra la ciudad de Járkov, según informaron el lunes las autoridades.",
    "uk": "Щонайменше 12 людей загинули внаслідок удару по місту Харків, повідомили в понеділок у міській владі.",
    "ru": "По меньшей мере 12 человек погибли в результате удара по городу Харьков, сообщили в понедельник власти.",
}
"""The same in each of our languages, in our own words."""
POLISH = "Co najmniej 12 osób zginęło w wyniku ataku na Charków, poinformowały w poniedziałek władze miasta."
READER = Reader(())


def read(text: str, language: str | None, title: str = ""):
    return READER.read(Article(outlet="", url="", title=title, text=text, language=language))


@pytest.mark.parametrize("code", sorted(SAID))
def test_a_text_without_a_language_is_read_in_its_own(code):
    reading = read(SAID[code], None)
    assert reading.language == code
    assert [(claim.low, claim.metric, claim.party) for claim in reading.claims] == [(12, "killed", "ukraine")]


@pytest.mark.parametrize("declared", sorted(SAID))
@pytest.mark.parametrize("code", sorted(SAID))
def test_a_text_is_read_in_its_own_language_whatever_its_page_says(code, declared):
    reading = read(SAID[code], declared)
    assert (reading.language, [claim.low for claim in reading.claims]) == (code, [12])


@pytest.mark.parametrize("code", sorted(SAID))
def test_no_text_is_familiar_in_another_language(code):
    assert {other for other in SAID if is_familiar(SAID[code], load_language(other))} <= {code}


@pytest.mark.parametrize("declared", ["en", "pl", None])
def test_a_text_in_none_of_our_languages_is_read_as_empty(declared):
    assert read(POLISH, declared).claims == ()


def test_paragraphs_in_other_languages_are_read_in_these_at_their_own_offsets():
    text = "\n".join([SAID["uk"], SAID["de"], "Photo: 3", SAID["ru"], SAID["uk"], SAID["en"], SAID["uk"]])
    reading = read(text, "uk")
    assert reading.language == "uk"
    assert [claim.low for claim in reading.claims] == [12] * 6
    assert [claim.start for claim in reading.claims] == sorted(claim.start for claim in reading.claims)
    for claim in reading.claims:
        assert text[claim.start : claim.end] == claim.span
        assert claim.quote in text


def test_most_of_a_page_in_another_language_is_its_language():
    reading = read("\n".join([SAID["en"], SAID["de"], SAID["de"], SAID["de"]]), "en")
    assert (reading.language, len(reading.claims)) == ("de", 4)


def test_a_headline_alone_is_read_in_its_own_language():
    reading = read("", "en", title="Erdbeben in der Türkei: Mindestens 62 Menschen sind ums Leben gekommen")
    assert [(claim.low, claim.party, claim.in_title) for claim in reading.claims] == [(62, "turkey", True)]


def test_a_headline_in_another_language_than_its_text_is_read_in_its_own():
    reading = read(SAID["uk"], "uk", title="Mindestens 12 Menschen sind bei dem Angriff auf die Stadt Charkiw gestorben")
    assert [(claim.in_title, claim.low) for claim in reading.claims] == [(True, 12), (False, 12)]


@pytest.mark.parametrize("text", ["", "12", "!!!", "\n" * 50, "x" * 5000])
def test_what_is_no_text_has_no_figures_in_any_language(text):
    assert read(text, None).claims == read(text, "de").claims == ()


def test_the_same_text_is_told_the_same_each_time():
    assert [detect(SAID[code]) for code in SAID] == list(SAID) == [detect(SAID[code]) for code in SAID]


def test_the_detector_is_not_loaded_for_a_page_in_the_language_it_says():
    code = (
        "import sys; from crawler.article import Article; from monitors.reader import Reader;"
        f"Reader(()).read(Article(outlet='', url='', title='', text={SAID['en']!r}, language='en'));"
        "sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
