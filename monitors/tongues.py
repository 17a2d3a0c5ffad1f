"""Find which language an article is in, and its paragraphs that are in another than the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from crawler.article import Article
from monitors.figures.lexicon import Language, load_language, plain_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


def split_tongues(article: Article, declared: Language | None) -> list[tuple[Language, Article]]:
    """What of an article to read in which language: the language of most of it first, each with the article in which what is in others
    is blank, so that all offsets stay; empty where its language is none of ours.

    `declared` is what the page or its outlet says; it holds unless most of the text is plainly in another, or is None. A paragraph is
    looked at more closely only where it lacks the language's own words: most articles cost no more than looking for these.
    """
    main = declared or load_language(detect(f"{article.title}\n{article.text}") or "")
    if main is None:
        return []
    strange = dict(_strange(article.text, main))
    letters = Counter(dict.fromkeys(strange.values(), 0))
    for (start, end), code in strange.items():
        letters[code] += end - start
    title = _tongue(article.title, main) if len(article.title) >= SHORTEST_TITLE else main.code
    if not strange and title == main.code:
        return [(main, article)]
    most = next((code for code, size in letters.most_common(1) if size > len(article.text) / 2), None)
    if most is None and not article.text.strip():
        most = title
    if most and (meant := load_language(most)) and most != main.code:
        if title == main.code and not is_familiar(article.title, main):
            title = most  # too short to tell: as the text
        home = {span: main.code for span, _ in _paragraphs(article.text) if span not in strange and is_familiar(_cut(article, span), main)}
        strange = {**home, **{span: code for span, code in strange.items() if code != most}}
        main = meant
    return list(_parts(article, main, strange, title))


SHORTEST, SHORTEST_TITLE = 60, 30
"""Characters of a paragraph, and of a title, too few to tell a language by."""
FAMILIAR = 0.1
"""The share of a text's different words that are its language's own: at least 0.15 in nearly every paragraph of news, and under
0.06 in another language's."""
FOREIGN = 0.005
"""The share of letters that a language does not have, from which on a text is hardly in it."""
SURE = 0.8
READ = 1000
"""Characters that tell a language."""
MOST = 100
"""Paragraphs that are looked at more closely: a page with more of another language is none of its own."""


def _strange(text: str, main: Language) -> Iterator[tuple[tuple[int, int], str]]:
    """The paragraphs in another language of ours, with its code."""
    looked = 0
    for span, paragraph in _paragraphs(text):
        if len(paragraph) >= SHORTEST and looked < MOST and not is_familiar(paragraph, main):
            looked += 1
            if (code := _tongue(paragraph, main)) != main.code:
                yield span, code


def _tongue(text: str, main: Language) -> str:
    """The language of a text: `main` unless it is plainly in another of ours."""
    if is_familiar(text, main):
        return main.code
    code = detect(text)
    return code if code is not None and load_language(code) is not None else main.code


def _paragraphs(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    return ((found.span(), found[0]) for found in PARAGRAPH.finditer(text))


PARAGRAPH = re.compile(r"[^\n]+")


def is_familiar(text: str, language: Language) -> bool:
    """Whether a text has a language's own words and the letters that mark it, and none that are strange to it.

    >>> is_familiar("The toll rose to 12 after the blast in the north.", load_language("en"))
    True
    >>> is_familiar("Die Zahl der Toten stieg nach der Explosion auf zwölf.", load_language("en"))
    False
    """
    text = text[:READ]
    words = plain_words(text)
    foreign, native = language.foreign_letters, language.native_letters
    if (foreign and len(foreign.findall(text)) > FOREIGN * len(text)) or (native and not native.search(text)):
        return False
    return len(words & language.own_words) >= FAMILIAR * len(words)


def detect(text: str) -> str | None:
    """The ISO code of the language of a text, where it is plain; of some hundred languages, not of ours alone: a page in Polish is none
    of them."""
    if not any(map(str.isalpha, text[:READ])):
        return None
    code, sure = _identifier().classify(text[:READ])
    return str(code) if sure >= SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # a second to load: only where a text is not what it is said to be

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _parts(article: Article, main: Language, strange: dict[tuple[int, int], str], title: str) -> Iterator[tuple[Language, Article]]:
    for code in dict.fromkeys((main.code, title, *strange.values())):
        language = load_language(code)
        if language is not None:
            others = {span for span, _ in _paragraphs(article.text) if strange.get(span, main.code) != code}
            yield language, replace(article, title=article.title if title == code else "", text=_blank(article.text, others))


def _blank(text: str, spans: set[tuple[int, int]]) -> str:
    """The text with spaces in place of some of its paragraphs."""
    return PARAGRAPH.sub(lambda found: " " * len(found[0]) if found.span() in spans else found[0], text)


def _cut(article: Article, span: tuple[int, int]) -> str:
    return article.text[slice(*span)]

