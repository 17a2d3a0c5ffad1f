"""Find who states a figure: the claimant of each part of a sentence, where it was said, and the outlets on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitors.figures.lexicon import Language
from monitors.figures.tokens import Token


@dataclass(frozen=True)
class Speaker:
    """Somebody who states something in tokens[first:last]; `name` as the text has it, at tokens[name_first:name_last]."""

    name: str
    first: int
    last: int
    name_first: int
    name_last: int
    verb: int
    denies: bool = False
    pronoun: bool = False
    cites: bool = False


def find_speakers(text: str, tokens: Sequence[Token], language: Language) -> list[Speaker]:
    """Who speaks in the sentence, in order, each with the stretch that is theirs."""
    found: list[Speaker] = []
    for at, token in enumerate(tokens):
        if token.has("according") and at + 1 < len(tokens):
            speaker = _according(text, tokens, at)
        elif token.has("say"):
            speaker = _after_verb(text, tokens, at) or _before_verb(text, tokens, at)
        elif token.text == ":" and _names_speaker(tokens, 0, at) and at <= 5:
            speaker = Speaker(_slice(text, tokens, 0, at), at, len(tokens), 0, at, at)
        else:
            continue
        if speaker and speaker.name:
            found.append(speaker)
    return found


def speaker_of(at: int, speakers: Sequence[Speaker]) -> Speaker | None:
    """Whose statement the number at token `at` belongs to: the nearest one whose stretch holds it."""
    holding = [s for s in speakers if s.first <= at < s.last and not s.name_first <= at < s.name_last]
    if not holding:
        return None
    return min(holding, key=lambda s: (s.cites, abs(at - s.verb)))


def side_of(speaker: Speaker | None, tokens: Sequence[Token]) -> str | None:
    """The party a claimant belongs to, where its name says so: "the Israeli military", "Kyiv"."""
    if speaker is None:
        return None
    named = tokens[speaker.name_first : speaker.name_last]
    return next(
        (token.tags[kind] for token in named for kind in ("place", "demonym", "seat", "body", "nation") if kind in token.tags), None
    )


# ------------------------------------------------------------------ according to X


def _according(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    last = _name_end(tokens, at + 1)
    if last <= at + 1:
        return None
    return Speaker(_slice(text, tokens, at + 1, last), 0, len(tokens), at + 1, last, at)


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Where a name that starts here ends: before a comma, a verb or a new clause."""
    begin = at
    while at < len(tokens) and at - begin < 14:
        token = tokens[at]
        if token.text in ',;:()"—' or token.text in ".!?" or (token.has("relative", "be", "have", "modal", "say") and at > begin):
            break
        if token.has("conjunction", "subordinate", "citing") and at > begin:
            break
        if token.has("weekday", "day") and at > begin:
            break
        if token.has("preposition") and token.low not in ("of", "in", "for", "from", "at", "on") and at > begin:
            break
        if token.low == "on" and at + 1 < len(tokens) and not tokens[at + 1].capital:
            break
        at += 1
    while at > begin and tokens[at - 1].has("preposition", "conjunction", "adverb") and not tokens[at - 1].capital:
        at -= 1
    return at


# ------------------------------------------------------------------ X said, said X


def _before_verb(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "X said that …" and "…, X said": the noun phrase before the verb."""
    end = at
    while end > 0 and (tokens[end - 1].has("have", "be", "adverb", "weekday", "day", "modal") or tokens[end - 1].low in ("on",)):
        if tokens[end - 1].has("be") and not tokens[at].low.endswith("ing"):
            return None
        end -= 1
    begin = end
    comma = None
    while begin > 0 and end - begin < 26:
        token = tokens[begin - 1]
        if token.text in ';:!?—"' or (token.has("subordinate") and begin < end) or (token.has("say") and begin < end - 1):
            break
        if token.text == ",":
            if comma is not None or False:
                break
            comma = begin - 1
        if token.low in ("that", "but", "and") and not (
            token.low == "and" and begin < end and tokens[begin].capital and begin > 1 and tokens[begin - 2].capital
        ):
            break
        begin -= 1
    first, last = begin, end
    if comma is not None:
        if comma == end - 1:
            # "Mohammed Salmia, director of the hospital, said": the name is before its apposition.
            inner = _last_comma(tokens, begin, comma)
            first, last = (begin, inner) if inner is not None else (begin, comma)
        elif _names_speaker(tokens, comma + 1, end):
            first = comma + 1
        else:
            return None
    first = _skip_lead(tokens, first, last)
    if last <= first or not _names_speaker(tokens, first, last):
        return None
    first = _inner_name(tokens, first, last)
    trailing = first > 0 and tokens[first - 1].text in ',"'
    stretch = (0, len(tokens)) if trailing else (at, len(tokens))
    pronoun = last - first == 1 and tokens[first].has("pronouns")
    return Speaker(_slice(text, tokens, first, last), *stretch, first, last, at, tokens[at].has("stance_deny", "deny"), pronoun)


def _last_comma(tokens: Sequence[Token], first: int, last: int) -> int | None:
    return next((i for i in range(last - 1, first, -1) if tokens[i].text == ","), None)


def _inner_name(tokens: Sequence[Token], first: int, last: int) -> int:
    """ "The last update from Zelensky" speaks for Zelensky."""
    for at in range(last - 1, first, -1):
        if tokens[at].has("by") and at + 1 < last and tokens[at + 1].capital:
            return at + 1
    return first


def _skip_lead(tokens: Sequence[Token], first: int, last: int) -> int:
    """Leave out what leads in: "In Gaza, ", "Meanwhile "."""
    while first < last and (tokens[first].has("adverb", "conjunction", "preposition", "subordinate") and not tokens[first].has("speakers")):
        first += 1
    return first


def _names_speaker(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch can be somebody who speaks: a name, an office, a side, or a pronoun."""
    span = tokens[first:last]
    if not span or any(t.has("act", "fall") and not t.capital for t in span if not t.has("speakers")):
        return False
    return any(
        t.has("speakers", "pronouns", "seat") or (t.capital and t.text[0].isalpha() and not t.has("month", "weekday", "det")) for t in span
    )


def _after_verb(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "…", said X: the verb comes first, after a comma or a closing quote."""
    if at == 0 or tokens[at - 1].text not in ',"' or at + 1 >= len(tokens):
        return None
    following = tokens[at + 1]
    if following.value is not None or following.low in ("that", "to", "in") or not (following.capital or following.has("speakers", "det")):
        return None
    last = _name_end(tokens, at + 1)
    if not _names_speaker(tokens, at + 1, last):
        return None
    return Speaker(_slice(text, tokens, at + 1, last), 0, len(tokens), at + 1, last, at)


def _slice(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    return text[tokens[first].start : tokens[last - 1].end].strip(" ,\"'") if last > first else ""
