"""Decide whose people a number counts: by its noun, its toll, the place beside it, the clause, the sentence, the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitors.figures.metrics import Counted
from monitors.figures.tokens import Token

NAMES = ("place", "nation", "demonym", "seat", "body")


@dataclass(frozen=True)
class Party:
    """Whose people, and where in the text that was read: noun, toll, beside, clause, sentence, before, text."""

    name: str | None
    basis: str
    words: str = ""


def party_of(token: Token) -> str | None:
    """The party a token names, if any."""
    return next((token.tags[kind] for kind in NAMES if kind in token.tags), None)


def find_party(one: Counted, tokens: Sequence[Token], own_side: str | None) -> Party | None:
    """The party of one counted number as its own sentence gives it."""
    if one.phrase.party:
        return Party(one.phrase.party, "noun", _words(tokens, one.number.last, one.phrase.end))
    if own := _of_own(one, tokens, own_side):
        return own
    return _before_cue(one, tokens) or _beside(one, tokens) or _in_sentence(one, tokens)


def _words(tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(token.text for token in tokens[first:last])


def _of_own(one: Counted, tokens: Sequence[Token], own_side: str | None) -> Party | None:
    """ "our soldiers", "nine of its fighters": the speaker's side."""
    if own_side is None:
        return None
    near = tokens[max(0, one.number.first - 1) : one.phrase.end + 1]
    if any(token.has("own") for token in near):
        return Party(own_side, "noun", "own side")
    return None


def _before_cue(one: Counted, tokens: Sequence[Token]) -> Party | None:
    """ "the Palestinian death toll", "Moscow's losses", "the toll in Turkey": names about the noun that counts."""
    if one.relation not in ("toll", "noun") or one.cue is None:
        return None
    for at in range(one.cue - 1, max(-1, one.cue - 4), -1):
        token = tokens[at]
        if token.text == "'s" or token.has("filler", "adverb", "det"):
            continue
        name = party_of(token)
        if name and (not token.has("place") or tokens[at + 1].text == "'s" or token.has("demonym", "nation", "seat") or at + 1 == one.cue):
            return Party(name, "toll", token.text)
        break
    if one.relation == "toll":
        for at in range(one.cue + 1, one.number.first):
            if (name := party_of(tokens[at])) and not _is_agent(at, tokens):
                return Party(name, "toll", tokens[at].text)
    return None


def _beside(one: Counted, tokens: Sequence[Token]) -> Party | None:
    """ "12 people in Kharkiv", "160,000 individuals on the Russian side"."""
    at, steps = one.phrase.end, 0
    while at < len(tokens) and steps < 12:
        token = tokens[at]
        if token.text in ";:" or (token.value is not None and steps) or token.has("say", "according"):
            return None
        name = party_of(token)
        if name and _is_place(at, tokens):
            return Party(name, "beside", token.text)
        at += 1
        steps += 1
    return None


def _is_place(at: int, tokens: Sequence[Token]) -> bool:
    """Whether a name stands where something happens: after "in", or before "side"."""
    token = tokens[at]
    if at + 1 < len(tokens) and tokens[at + 1].has("side"):
        return True
    if not token.has("place", "seat"):
        return False
    back = at - 1
    while (
        back >= 0
        and at - back < 5
        and (tokens[back].capital or tokens[back].has("det", "filler") or tokens[back].low in PLAIN_BETWEEN or tokens[back].text in ",'s")
    ):
        back -= 1
    return back >= 0 and tokens[back].has("locative")


PLAIN_BETWEEN = frozenset(
    {
        "city",
        "town",
        "province",
        "region",
        "state",
        "northern",
        "southern",
        "eastern",
        "western",
        "central",
        "village",
        "district",
        "the",
        "of",
        "capital",
    }
)


def _is_agent(at: int, tokens: Sequence[Token]) -> bool:
    """ "Russian strikes", "Israeli forces": who does it."""
    token = tokens[at]
    if token.has("body"):
        return True
    ahead = tokens[at + 1 : at + 4]
    return bool(ahead) and token.has("demonym", "place", "seat") and any(t.has("agent") for t in ahead[:2] if not t.has("side"))


def _in_sentence(one: Counted, tokens: Sequence[Token]) -> Party | None:
    """The nearest place in the sentence, before the number first."""
    spots = [at for at in range(len(tokens)) if party_of(tokens[at]) and _is_place(at, tokens)]
    before = [at for at in spots if at < one.number.first]
    if before:
        return Party(party_of(tokens[before[-1]]), "sentence", tokens[before[-1]].text)
    if spots:
        return Party(party_of(tokens[spots[0]]), "sentence", tokens[spots[0]].text)
    return None
