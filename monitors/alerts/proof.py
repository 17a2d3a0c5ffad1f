"""Show the sentence that proves a figure: short enough, its number found in it to be marked. Pure."""

from __future__ import annotations

from functools import lru_cache

from monitors.alerts.page import Line, Look
from monitors.alerts.phrases import clean, cut_quote
from monitors.figures.lexicon import load_language
from monitors.figures.numbers import find_numbers
from monitors.figures.tokens import find_tokens
from monitors.model import Statement


def quote_of(statement: Statement | None) -> tuple[Line, ...]:
    """The sentence, at most 300 characters of it around its number; nothing where there is none."""
    if statement is None or not clean(statement.quote):
        return ()
    printed = find_printed(clean(statement.quote), statement.language, statement.low, statement.high)
    return (Line(cut_quote(statement.quote, next(iter(printed), "")), Look.QUOTE, printed),)


@lru_cache(1024)
def find_printed(sentence: str, language: str, low: int | None, high: int | None) -> tuple[str, ...]:
    """How a sentence prints a number, as digits or in words; empty where it does not.

    >>> find_printed("At least twelve of the 1.2 million died", "en", 12, None), find_printed("Убито 55,000", "xx", 55_000, 55_000)
    (('twelve',), ('55,000',))
    """
    known = load_language(language)
    if known is None:
        digits = next((n for n in (low, high) if n is not None), None)
        return tuple(form for form in (f"{digits:,}", str(digits)) if form in sentence)[:1] if digits is not None else ()
    tokens = find_tokens(sentence, 0, len(sentence), known)
    numbers = [number for number in find_numbers(tokens, known) if not number.vague]
    wanted = {low, high} - {None}
    whole = [number for number in numbers if (number.low, number.high) == (low, high)]
    ends = [number for number in numbers if {number.low, number.high} & wanted]
    found = (sentence[tokens[number.core].start : tokens[number.stop - 1].end] for number in whole or ends)
    return tuple(dict.fromkeys(found))
