"""Read articles with the languages we know and the words of the monitors in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from crawler.article import Article, Entry
from monitors.figures.claims import holds_figure, read_figures
from monitors.figures.lexicon import Language, load_language
from monitors.model import Monitor, Reading
from monitors.tongues import split_tongues


class Reader:
    """What the monitors want read: which entries concern them, and the figures of an article.

    A text in a language that has no file under languages/ has no figures for us: it is stored and read as empty. Where a page does not
    say what it is in, or plainly errs, its text tells; paragraphs in another language are read in that.
    """

    def __init__(self, monitors: Sequence[Monitor]) -> None:
        self._monitors = tuple(monitors)
        self._headlines = cache(self._compile_headlines)
        self._words = cache(self._collect_words)

    def concerns(self, entry: Entry, language: str) -> bool:
        """Whether headline, summary or section of an entry hold a word that some monitor listens for."""
        pattern = self._headlines(_code(language))
        return pattern is not None and any(map(pattern.search, (entry.title, entry.summary, entry.section or "")))

    def read(self, article: Article) -> Reading:
        """The figures of an article, in the monitors' own metrics too."""
        parts = split_tongues(article, self._language(article.language))
        readings = [read_figures(part, language, self._words(language.code), home_of) for language, part in parts]
        return replace(_together(readings), language=parts[0][0].code if parts else None)

    def holds_figure(self, text: str, language: str) -> bool:
        """Whether a text in this language holds a figure at all; quick, and rather once too often."""
        known = self._language(language)
        return known is not None and holds_figure(text, known, self._words(known.code))

    def _language(self, code: str | None) -> Language | None:
        return load_language(_code(code)) if code else None

    def _compile_headlines(self, code: str) -> re.Pattern[str] | None:
        words = {word for monitor in self._monitors for word in (*monitor.headline_words.get(code, ()), *monitor.words.get(code, ()))}
        if not words:
            return None
        return re.compile(rf"\b(?:{'|'.join(map(_beginning, sorted(words, key=len, reverse=True)))})", re.IGNORECASE)

    def _collect_words(self, code: str) -> dict[str, tuple[str, ...]]:
        language = load_language(code)
        endings = language.table["text"].get("plural", ()) if language else ()
        return {
            monitor.metrics[0]: tuple(form for phrase in monitor.words[code] for form in inflect(phrase, endings))
            for monitor in self._monitors if monitor.words.get(code)
        }  # fmt: skip


def _together(readings: Sequence[Reading]) -> Reading:
    """What was read in several languages, in the order of the text."""
    if len(readings) == 1:
        return readings[0]
    claims = sorted((claim for reading in readings for claim in reading.claims), key=lambda claim: (not claim.in_title, claim.start))
    skipped = sorted((one for reading in readings for one in reading.skipped), key=lambda one: (not one.in_title, one.start))
    return Reading(tuple(claims), tuple(skipped))


def home_of(article: Article) -> str | None:
    """Whose people an article means where it names no country (publishers.toml)."""
    from monitors.rules.identity import shipped_publishers  # read only where an article leaves it open

    return shipped_publishers().home_of(article.url, article.outlet)


def inflect(phrase: str, endings: Iterable[str]) -> Iterator[str]:
    """A phrase, and with each of its words in each of its forms: people write "measles case" and mean its plural too.

    >>> list(inflect("case of measles", ["s"]))
    ['case of measles', 'cases of measles', 'case ofs measles', 'case of measless']
    """
    yield phrase
    words = phrase.split()
    for n, word in enumerate(words):
        for ending in endings:
            yield " ".join([*words[:n], word + ending, *words[n + 1 :]])


def _beginning(word: str) -> str:
    """The pattern of a headline word: it may go on ("погиб", "погибли"), unless a space ends it ("Brand ", not "Brandenburg")."""
    return re.escape(word.rstrip()) + (r"\b" if word.endswith(" ") else "")


def _code(language: str) -> str:
    """The language of a tag: "en-GB" is "en"."""
    return re.split(r"[-_]", language, maxsplit=1)[0].lower()
