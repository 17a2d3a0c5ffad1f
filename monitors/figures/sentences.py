"""Cut text into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from monitors.figures.lexicon import Language

LONGEST = 1000
"""Characters of one sentence; longer runs are cut at a space, so that time grows with the text and not with its square."""


@dataclass(frozen=True)
class Sentence:
    """text[start:end] of a text; `paragraph` counts lines."""

    start: int
    end: int
    paragraph: int


def split_sentences(text: str, language: Language) -> list[Sentence]:
    """The sentences of a text in order. A line break and a bullet always end one; an abbreviation or an initial does not.

    Feeds glue a subtitle to the lead without a stop: where "At least" is written so after a word, a new sentence begins.

    >>> from monitors.figures.lexicon import load_language
    >>> text = "Mr. Smith of the U.N. said 12 died. Others fled."
    >>> [text[s.start:s.end] for s in split_sentences(text, load_language("en"))]
    ['Mr. Smith of the U.N. said 12 died.', 'Others fled.']
    """
    return list(_sentences(text, language))


def _sentences(text: str, language: Language) -> Iterator[Sentence]:
    start = 0
    for paragraph, line in enumerate(text.split("\n")):
        begin = start
        for stop in _stops(language.bullets, language.bound_openers).finditer(line):
            end = start + stop.start() + len(stop["mark"] or "")
            if end > begin and (not stop["mark"] or not _is_abbreviation(line, stop.start(), stop["mark"], language)):
                yield from _pieces(text, begin, end, paragraph)
                begin = start + stop.end()
        yield from _pieces(text, begin, start + len(line), paragraph)
        start += len(line) + 1


CAPITALS = "A-ZÀ-ÖØ-ÞĀŁŚŠŻŽЀ-ЯҐ"


@cache
def _stops(bullets: str, openers: tuple[str, ...]) -> re.Pattern[str]:
    initials = re.escape("".join(sorted({opener[0] for opener in openers})))  # asked first: most spaces stand before other letters
    begins = rf"(?=[{initials}])(?:{'|'.join(map(re.escape, openers))})\ " if openers else r"(?!)"
    return re.compile(
        rf"""
        (?P<mark>[.!?…]{{1,4}}["')\]]{{0,3}})     # the end of a sentence, with the quotes it closes
        [ ]{{1,20}}(?=["'(\[]{{0,2}}[{CAPITALS}0-9∎¿¡])  # and a new one begins
        | \ ?[{re.escape(bullets)}]\ ?            # or the next entry of a list
        | (?<=\w)\ (?={begins})                   # or one that follows without a stop
        """,
        re.VERBOSE,
    )


def _is_abbreviation(line: str, at: int, mark: str, language: Language) -> bool:
    if not mark.startswith(".") or mark.startswith(".."):
        return False
    word = line[max(0, at - 12) : at].rpartition(" ")[2].lstrip("(\"'[").lower()
    if language.dotted and word.isdigit():
        return _is_ordinal(word, line[at + len(mark) + 1 : at + len(mark) + 20].partition(" ")[0].lower(), language)
    if word in language.abbreviations:
        # "… in the U.S. The …": a new sentence after an abbreviation is told by its article.
        rest = line[at + len(mark) : at + len(mark) + 12].split()
        return not (rest and "." in word and rest[0].lower() in language.starters)
    return len(word) == 1 and word.isalpha() and word not in language.table["text"]["letters"]


def _is_ordinal(digits: str, following: str, language: Language) -> bool:
    """ "am 7. Oktober", "im 20. Jahrhundert": what the language numbers with a full stop."""
    noun = following.rstrip(".,;:!?")
    return len(digits) <= 3 and (noun in language.months or "ordered" in (language.words.get(noun) or {}))


def _pieces(text: str, start: int, end: int, paragraph: int) -> Iterator[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = start + LONGEST if cut < 0 else cut
        yield Sentence(start, cut, paragraph)
        start = cut
    if any(map(str.isalnum, text[start:end])):  # a line of emoji says nothing
        yield Sentence(start, end, paragraph)
