"""Cut a sentence into tokens and tag them with what the language's words can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from monitors.figures.lexicon import Language, Phrases, Tags

NOTHING: Tags = {}
NO_PHRASES: Phrases = {}
LONGEST_NUMBER = 15
"""Digits: a longer one is an identifier."""


@dataclass(slots=True)
class Token:
    """A word, number or mark: text[start:end] of the cleaned text, with its tags."""

    text: str
    low: str
    start: int
    end: int
    tags: Tags
    value: float | None = None
    """Of a token in digits."""

    def has(self, *kinds: str) -> bool:
        return not self.tags.keys().isdisjoint(kinds)

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


def find_tokens(text: str, start: int, end: int, language: Language, extra: Phrases = NO_PHRASES) -> list[Token]:
    """The tokens of text[start:end]; phrases the language knows are one token. `extra` tags further words (users' metrics)."""
    return _join_phrases(list(_cut(text, start, end, language)), text, language, extra)


def _cut(text: str, start: int, end: int, language: Language) -> Iterator[Token]:
    for found in _token(language.group_mark, language.decimal_mark).finditer(text, start, end):
        piece = found[0]
        low = piece.lower()
        value = None
        if found["digits"]:
            value = _value(found["digits"], found["suffix"], language)
        elif piece.endswith(".") and piece.count(".") == 1 and len(piece) > 1:
            low = low[:-1]
            if low not in language.abbreviations:
                yield Token(piece[:-1], low, found.start(), found.end() - 1, NOTHING)
                yield Token(".", ".", found.end() - 1, found.end(), NOTHING)
                continue
        yield Token(piece, low, found.start(), found.end(), NOTHING, value)


@cache
def _token(group: str, decimal: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        \d{{1,2}}:\d\d(?!\d)                                             # a time of day
        | (?P<digits>
            \d{{1,3}}(?:[{re.escape(group)} '] \d{{3}})+(?!\d)             # 55,000  55 000  55'000
              (?:{re.escape(decimal)}\d+)?
            | \d+(?:{re.escape(decimal)}\d+)?                             # 55000  1.2
          )
          (?P<suffix>[^\W\d_][^\W_]*(?:-\w+)*|(?:-[^\W\d_][\w-]*))?         # 350k  10th  24-hour
        | (?:[^\W\d_]\.){{2,}}[^\W\d_]?                                   # U.S.  p.m.
        | 's\b                                                          # whose
        | [^\W_]+(?:[-_'&](?!s\b)[^\W_]+)*\.?                             # a word, hyphenated or shortened
        | \S                                                            # a mark
        """,
        re.VERBOSE,
    )


def _value(digits: str, suffix: str | None, language: Language) -> float | None:
    plain = re.sub(rf"[{re.escape(language.group_mark)} ']", "", digits).replace(language.decimal_mark, ".")
    if len(plain) > LONGEST_NUMBER:
        return None
    if not suffix:
        return float(plain)
    scale = language.scales.get(suffix.lower().removeprefix("-"))
    return round(float(plain) * scale, 3) if scale else None


def _join_phrases(tokens: list[Token], text: str, language: Language, extra: Phrases) -> list[Token]:
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        size, tags = _longest(tokens, at, language, extra)
        last = tokens[at + size - 1]
        if size > 1:
            piece = text[token.start : last.end]
            token = Token(piece, piece.lower(), token.start, last.end, tags)
        else:
            token.tags = tags
        if marked := _marks(tokens, at, language):
            token.tags = {**token.tags, **marked}
        joined.append(token)
        at += size
    return joined


def _longest(tokens: list[Token], at: int, language: Language, extra: Phrases) -> tuple[int, Tags]:
    """How many tokens the longest known phrase here spans, and its tags."""
    token = tokens[at]
    low = token.low
    best, tags = 1, language.words.get(low, NOTHING)
    if token.text.isupper() and len(token.text) > 1 and not tags.keys().isdisjoint(("relative", "pronoun")):
        tags = NOTHING  # WHO, US: names, where the words would be small
    for parts, found in language.phrases.get(low, ()):
        if _stands(tokens, at, parts):
            best, tags = len(parts), found
            break
    for parts, found in extra.get(low, ()):
        if len(parts) >= best and _stands(tokens, at, parts):
            return len(parts), found
    if token.text[:1].isupper():
        for parts, found in language.names.get(low, ()):
            if len(parts) >= best and _stands(tokens, at, parts):
                return len(parts), found if best == 1 and not tags else {**tags, **found} if len(parts) == best else found
    return best, tags


def _marks(tokens: list[Token], at: int, language: Language) -> Tags | None:
    marks = language.marks.get(tokens[at].low)
    return next((tags for parts, tags in marks if _stands(tokens, at, parts)), None) if marks else None


def _stands(tokens: list[Token], at: int, parts: tuple[str, ...]) -> bool:
    """Whether a phrase that begins with the token here goes on as the text does."""
    if at + len(parts) > len(tokens):
        return False
    for ahead in range(1, len(parts)):  # noqa: SIM110 - a loop, not all(): this is the innermost one
        if tokens[at + ahead].low != parts[ahead]:
            return False
    return True
