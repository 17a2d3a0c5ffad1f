"""Cut a sentence into tokens and tag them with what the language's words can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from monitors.figures.lexicon import Language, Phrases, Tags

NOTHING: Tags = {}
NO_PHRASES = Phrases()
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
        if self.tags:  # a loop, not any(): asked tens of thousands of times an article
            for kind in kinds:
                if kind in self.tags:
                    return True
        return False

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


def find_tokens(text: str, start: int, end: int, language: Language, extra: Phrases = NO_PHRASES) -> list[Token]:
    """The tokens of text[start:end]; phrases the language knows are one token. `extra` tags further words (users' metrics)."""
    tokens = list(_cut(text, start, end, language))
    if language.compounds or language.possessive or language.dotted:
        tokens = list(_cut_further(tokens, language))
    return _join_phrases(tokens, text, language, extra)


def _cut(text: str, start: int, end: int, language: Language) -> Iterator[Token]:
    for found in _token(language.group_marks, language.decimal_marks, language.pair_word, language.elided).finditer(text, start, end):
        piece, (begin, stop) = found[0], found.span()
        low = piece.lower()
        value = None
        if found.lastgroup is not None:
            pair = found["pair"]
            value = _value(pair, None, None, language) if pair else _value(found["whole"], found["fraction"], found["suffix"], language)
        elif piece in language.capitals:
            low = language.capitals[piece]
        elif piece == "'" and _is_of_many(text, start, begin):
            piece = low = "'s"
        elif piece.endswith(".") and piece.count(".") == 1 and len(piece) > 1:
            low = low[:-1]
            if low not in language.abbreviations:
                yield Token(piece[:-1], low, begin, stop - 1, NOTHING)
                yield Token(".", ".", stop - 1, stop, NOTHING)
                continue
        yield Token(piece, low, begin, stop, NOTHING, value)


def _is_of_many(text: str, start: int, at: int) -> bool:
    """ "Russian forces' losses": the mark says whose, where no quotation was opened before it."""
    return bool(OWNED.match(text, at - 1)) and at > start and not OPENED.search(text, start, at)


OWNED = re.compile(r"[sS]' +[^\W\d_]")
OPENED = re.compile(r"(?<!\w)'(?=\w)")


def _cut_further(tokens: list[Token], language: Language) -> Iterator[Token]:
    """Cut a compound at its hyphens and a name from the ending that says whose; join an ordinal and its full stop."""
    before: Token | None = None
    for at, token in enumerate(tokens):
        ordinal = token.text == "." and before is not None and before.end == token.start and before.text.isdigit() and at + 1 < len(tokens)
        if ordinal and language.dotted:
            continue
        if language.dotted and token.text.isdigit() and _is_ordinal(tokens[at + 1 : at + 3], token.end, language):
            token = Token(token.text + ".", token.low + ".", token.start, token.end + 1, NOTHING)
        if token.value is None and "-" in token.text[1:-1] and language.compounds and token.low not in language.openers:
            yield from _parts(token, language)
        elif _says_whose(token, language):
            size = len(language.possessive)
            if before is not None and before.capital:  # "im Süden Russlands": of what it is, not whose the next noun is
                yield Token(token.text, token.low[:-size], token.start, token.end, NOTHING)
            else:
                yield Token(token.text[:-size], token.low[:-size], token.start, token.end - size, NOTHING)
                yield Token("'s", "'s", token.end - size, token.end, NOTHING)
        else:
            yield token
        before = token


def _is_ordinal(ahead: list[Token], end: int, language: Language) -> bool:
    """ "die 47. Brigade", but "am 7. Oktober", where the number is the day."""
    return len(ahead) > 1 and ahead[0].text == "." and ahead[0].start == end and ahead[1].low not in language.months


def _parts(token: Token, language: Language) -> Iterator[Token]:
    """The words of a compound of which the language knows one: "US", "Soldaten"."""
    if language.words.lists(token.low) or not any(part in language.words or part in language.openers for part in token.low.split("-")):
        yield token
        return
    start = token.start
    for part in token.text.split("-"):
        yield Token(part, part.lower(), start, start + len(part), NOTHING)
        start += len(part) + 1


def _says_whose(token: Token, language: Language) -> bool:
    """ "Russlands Armee": a name that is known without its ending."""
    ending = language.possessive
    if not ending or not token.capital or not token.low.endswith(ending) or token.low in language.openers or token.low in language.words:
        return False
    named = language.names.follow(token.low.removesuffix(ending))
    return any(node.tags is not None for node in named)


@cache
def _token(groups: str, decimals: str, pair: str, elided: Sequence[str]) -> re.Pattern[str]:
    group, decimal = re.escape(groups), re.escape(decimals)
    return re.compile(
        rf"""
        \d{{1,2}}:\d\d(?!\d)                                             # a time of day
        | \d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d\d)(?![\d.])                  # 24.02.2022
        | (?P<pair>\d[\d{group}]{{0,14}})-{pair}-(?P=pair)(?![\d-])       # 1,000-for-1,000
        | (?P<whole>\d{{1,3}}(?:[{group}\ '] \d{{3}})+(?!\d) | \d+)         # 55,000  55 000  55'000  55000
          (?:[{decimal}](?P<fraction>\d+))?                              # 1.2
          (?P<suffix>[^\W\d_][^\W_]*(?:-\w+)*|(?:-[^\W\d_][\w-]*))?         # 350k  10th  24-hour
        | (?:[^\W\d_]\.){{2,}}[^\W\d_]?                                   # U.S.  p.m.
        | 's\b                                                          # whose
        | {_elision(elided)}                                            # l'armée
        | [^\W_]+(?:[-_'&](?!s\b)[^\W_]+)*\.?                             # a word, hyphenated or shortened
        | \S                                                            # a mark
        """,
        re.VERBOSE,
    )


def _elision(elided: Sequence[str]) -> str:
    """What matches a word that has lost its end before the next one."""
    return f"(?i:{'|'.join(elided)})'(?=\\w)" if elided else r"(?!)"


def _value(whole: str, fraction: str | None, suffix: str | None, language: Language) -> float | None:
    plain = re.sub(rf"[{re.escape(language.group_marks)} ']", "", whole) + (f".{fraction}" if fraction else "")
    if len(plain) > LONGEST_NUMBER:
        return None
    if not suffix or (suffix[0] == "-" and suffix[1:].lower() in language.endings):
        return float(plain)
    scale = language.scales.get(suffix.lower().removeprefix("-"))
    return round(float(plain) * scale, 3) if scale else None


def _join_phrases(tokens: list[Token], text: str, language: Language, extra: Phrases) -> list[Token]:
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.low not in language.openers and token.low not in extra.ahead:
            token.tags = _word(token, language)
            joined.append(token)
            at += 1
            continue
        size, tags = _longest(tokens, at, language, extra)
        if size > 1 and tags.keys() == {"after_bound"} and not (joined and _counts(joined[-1], language)):
            size, tags = 1, _word(token, language)  # «танк и более 25 человек», not "50 or more"
        _, marked = _follow(tokens, at, language.marks)
        if size > 1:
            last = tokens[at + size - 1]
            piece = text[token.start : last.end]
            token = Token(piece, piece.lower(), token.start, last.end, tags)
        else:
            token.tags = tags
        if marked:
            token.tags = {**token.tags, **marked}
        if language.compounds and text[token.end : token.end + 1] == "-" and "place" in token.tags:
            token.tags = {**{kind: party for kind, party in token.tags.items() if kind != "place"}, "demonym": token.tags["place"]}
        joined.append(token)
        at += size
    return joined


def _counts(token: Token, language: Language) -> bool:
    return token.value is not None or token.low in language.numerals or token.low in language.scales


SMALL = frozenset({"demonym", "nation", "follows", "faction"})
"""What a name may be that is written small: "soldats russes"."""


def _longest(tokens: list[Token], at: int, language: Language, extra: Phrases) -> tuple[int, Tags]:
    """How many tokens the longest known phrase here spans, and its tags."""
    token = tokens[at]
    size, tags = _follow(tokens, at, language.phrases)
    if not size:
        size, tags = 1, _word(token, language)
    users, found = _follow(tokens, at, extra)
    if users >= size:
        return users, found
    written_small = token.text == token.low  # not "al-Hasakah"
    if not written_small or language.small_names:
        named, found = _follow(tokens, at, language.names)
        if written_small and "small" not in found:
            found = {kind: party for kind, party in found.items() if kind in SMALL}  # "nice" is no town
        if named >= size and found:
            return named, {**tags, **found} if named == size else found
    return size, tags


def _word(token: Token, language: Language) -> Tags:
    """The tags of a single word."""
    tags = language.words.get(token.low) or NOTHING
    if tags and len(token.text) > 1 and token.text.isupper() and ("relative" in tags or "pronoun" in tags):
        return NOTHING  # WHO, US: names, where the words would be small
    return tags or (PAIR if "-" in token.text and _is_pair(token.low, language) else NOTHING)


PAIR: Tags = {"pair": "pair"}


def _is_pair(word: str, language: Language) -> bool:
    """ "the Peru-Chile border": two names, which are no third."""
    parts = word.split("-")
    return len(parts) == 2 and all(any(node.tags is not None for node in language.names.follow(part)) for part in parts)


def _follow(tokens: list[Token], at: int, phrases: Phrases) -> tuple[int, Tags]:
    """How many tokens the longest of some phrases spans here, 0 for none, and its tags."""
    size, tags, end = 0, NOTHING, at
    if not phrases.stemmed:
        node = phrases.ahead.get(tokens[at].low)
        while node is not None:
            end += 1
            if node.tags is not None:
                size, tags = end - at, node.tags
            node = node.ahead.get(tokens[end].low) if end < len(tokens) else None
        return size, tags
    branches = phrases.follow(tokens[at].low)
    while branches:
        end += 1
        ended = next((node.tags for node in branches if node.tags is not None), None)
        if ended is not None:
            size, tags = end - at, ended
        branches = [ahead for node in branches for ahead in node.follow(tokens[end].low)] if end < len(tokens) else ()
    return size, tags
