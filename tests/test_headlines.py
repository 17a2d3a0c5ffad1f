"""Which headlines are wanted: those of losses, tolls, the missing, exchanges, bodies and civilians, in six languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crawler.article import Entry
from monitors.model import Monitor
from monitors.reader import Reader
from monitors.rules.monitors import shipped_monitors

TABLE = tomllib.loads((Path(__file__).parent / "headlines.toml").read_text("utf-8"))
READER = Reader(shipped_monitors())


def rows(kind: str) -> list[tuple[str, str]]:
    return [(language, headline) for language, kinds in TABLE.items() for headline in kinds[kind]]


@pytest.mark.parametrize(("language", "headline"), rows("wanted"))
def test_a_headline_of_losses_is_wanted(language: str, headline: str) -> None:
    assert READER.concerns(Entry("https://example.org/1", headline), language)


@pytest.mark.parametrize(("language", "headline"), rows("unwanted"))
def test_a_headline_of_sport_money_or_weather_is_not(language: str, headline: str) -> None:
    assert not READER.concerns(Entry("https://example.org/1", headline), language)


def test_each_language_has_a_dozen_headlines_of_each_kind_and_words_in_each_monitor() -> None:
    assert set(TABLE) == {"en", "uk", "ru", "fr", "de", "es"}
    assert all(len(kinds[kind]) >= 12 for kinds in TABLE.values() for kind in ("wanted", "unwanted"))
    for monitor in shipped_monitors():
        assert set(monitor.headline_words) >= set(TABLE), monitor.name


def test_capitals_change_nothing() -> None:
    for language, headline in rows("wanted"):
        assert READER.concerns(Entry("https://example.org/1", headline.upper()), language), headline


@pytest.mark.parametrize(("headline", "wanted"), [("Brand", True), ("Brand, Rauch", True), ("Brandenburg", False), ("Waldbrände", True)])
def test_a_word_that_a_space_ends_is_a_whole_word(headline: str, wanted: bool) -> None:
    assert READER.concerns(Entry("https://example.org/1", headline), "de-AT") is wanted


@pytest.mark.parametrize(
    ("language", "text", "doubted"),
    [
        ("en", "At least 143 people were killed in the flood.", True),
        ("en", "Der Haushalt wächst um 3 Prozent.", False),
        ("de", "At least 143 people were killed in the flood.", False),
        ("it", "At least 143 people were killed in the flood.", False),
        ("en", "Officials counted 12 quokkas on the island.", False),
    ],
)
def test_a_page_is_read_twice_only_where_its_own_language_finds_a_figure_in_it(language, text, doubted):
    assert READER.holds_figure(text, language) is doubted


def test_a_page_is_read_twice_for_a_number_that_only_a_monitor_of_ones_own_asks_for():
    quokkas = Monitor("quokkas", "Quokkas", metrics=("quokkas",), words={"en": ("quokka",)})
    assert Reader((quokkas, *shipped_monitors())).holds_figure("Officials counted 12 quokkas on the island.", "en")
