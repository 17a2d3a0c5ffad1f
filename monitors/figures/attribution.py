"""Find who states a figure: the claimant of each part of a sentence, where it was said, and the outlets on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    """ "he said", "the group said": whoever was named last."""
    cited: bool = False
    label: bool = False
    """ "Zelensky: …": a name before a colon, which may be no speaker at all."""
    outlet: bool = False
    """A newsroom, which passes on what others state."""


def find_speakers(text: str, tokens: Sequence[Token], language: Language) -> list[Speaker]:
    """Who speaks in the sentence, in order, each with the stretch that is theirs."""
    found: list[Speaker | None] = []
    for at, token in enumerate(tokens):
        if token.has("according"):
            found.append(_according(text, tokens, at))
        elif token.has("citing"):
            found.append(_according(text, tokens, at, cited=True))
        elif token.has("by") and at and tokens[at - 1].has("works", "passive") and at + 1 < len(tokens):
            named = (tokens[at + 1].capital or tokens[at + 1].has("det")) and not tokens[at + 1].has("place")
            found.append(_according(text, tokens, at) if named else None)
        elif token.has("say"):
            first, second = (_before_verb, _after_verb) if _closes_apposition(at, tokens) else (_after_verb, _before_verb)
            found.append(first(text, tokens, at) or second(text, tokens, at) or _elided(text, found, tokens, at))
        elif token.text == ":" and 0 < at <= 5 and not any(t.value is not None for t in tokens[:at]):
            found.append(_label(text, tokens, at))
        elif (token.text == "-" and at > len(tokens) - 5 and tokens[-1].has("speakers") and not tokens[-1].capital) or (
            token.text == ":" and at > len(tokens) - 6
        ):
            found.append(_tail(text, tokens, at))
    return [speaker for speaker in found if speaker and speaker.name and "…" not in speaker.name]


def speaker_of(at: int, speakers: Sequence[Speaker]) -> Speaker | None:
    """Whose statement the number at token `at` is: somebody cited before an outlet that only passes it on, then the nearest."""
    holding = [s for s in speakers if s.first <= at < s.last and not s.name_first <= at < s.name_last]
    return min(holding, key=lambda s: (not s.cited, s.outlet, abs(at - s.verb)), default=None)


def side_of(speaker: Speaker | None, tokens: Sequence[Token]) -> str | None:
    """The party a claimant belongs to, where its name says so: "the Israeli military", "Kyiv"."""
    if speaker is None:
        return None
    named = [
        t
        for t, after in zip(tokens[speaker.name_first : speaker.name_last], tokens[speaker.name_first + 1 :], strict=False)
        if after.text != "-"
    ]
    return next(
        (token.tags[kind] for token in named for kind in ("place", "demonym", "seat", "body", "nation") if kind in token.tags), None
    )


# ------------------------------------------------------------------ according to X


def _according(text: str, tokens: Sequence[Token], at: int, cited: bool = False) -> Speaker | None:
    last = _name_end(tokens, at + 1)
    if last <= at + 1 or tokens[at + 1].value is not None:
        return None
    at = _inner_name(tokens, at + 1, last) - 1
    return Speaker(
        _slice(text, tokens, at + 1, last), 0, len(tokens), at + 1, last, at, cited=cited, outlet=_is_outlet(tokens, at + 1, last)
    )


def _is_outlet(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(token.has("outlet") for token in tokens[first:last])


def _label(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    if any(token.has("party", "occurrence", "swap", "place", "seat", "scope_event") for token in tokens[:at]) or not all(
        t.capital for t in tokens[:at]
    ):
        return None
    return Speaker(_slice(text, tokens, 0, at), at, len(tokens), 0, at, at, label=True)


def _tail(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "240 killed in 2025: UN": who says it, after the colon that ends a headline."""
    last = next((here for here in range(at + 1, len(tokens)) if tokens[here].text in "-|—"), len(tokens))
    if (
        at + 1 >= last
        or any(token.value is not None or token.has("toll", "noun", "occurrence") for token in tokens[at + 1 :])
        or not _names_speaker(tokens, at + 1, last)
    ):
        return None
    return Speaker(_slice(text, tokens, at + 1, last), 0, at, at + 1, last, at)


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Where a name that starts here ends: before a comma, a verb or a new clause."""
    begin = at
    while at < len(tokens) and at - begin < 14:
        token = tokens[at]
        if token.text in ',;:()"—' or token.text in ".!?" or (token.has("relative", "be", "have", "modal", "say") and at > begin):
            break
        if token.has("conjunction", "subordinate", "citing") and at > begin:
            break
        if (token.has("weekday", "day") or token.value is not None) and at > begin:
            break
        if token.has("preposition") and token.low not in ("of", "in", "for", "from", "at", "on") and not token.has("by") and at > begin:
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
    while end > 0 and (tokens[end - 1].has("have", "be", "adverb", "weekday", "day", "modal") or tokens[end - 1].low == "on"):
        if tokens[end - 1].has("be") and not tokens[at].low.endswith("ing"):
            return None
        end -= 1
    begin = _clause_start(tokens, end, at)
    first, last = _without_apposition(tokens, begin, end)
    first = _skip_lead(tokens, first, last)
    if (
        last <= first
        or not _names_speaker(tokens, first, last)
        or any(token.has("say") and not token.capital for token in tokens[first:last])
    ):
        return None
    first = _inner_name(tokens, first, last)
    trailing = first > 0 and tokens[first - 1].text in ',"'
    stretch = (0, len(tokens)) if trailing else (at, len(tokens))
    anaphor = last - first <= 3 and (
        tokens[first].has("pronouns")
        or (tokens[first].has("det") and tokens[last - 1].has("anaphor") and not any(t.capital for t in tokens[first + 1 : last]))
    )
    name = _slice(text, tokens, first, last)
    return Speaker(name, *stretch, first, last, at, tokens[at].has("deny"), anaphor, outlet=_is_outlet(tokens, first, last))


def _closes_apposition(at: int, tokens: Sequence[Token]) -> bool:
    """ "The Observatory, a war monitor, said …": two commas before the verb, and a name at the start."""
    opening = _last_comma(tokens, 0, at - 1) if at and tokens[at - 1].text == "," else None
    return opening is not None and 0 < opening <= 8 and _names_speaker(tokens, 0, opening) and not any(t.has("say") for t in tokens[:at])


def _clause_start(tokens: Sequence[Token], end: int, verb: int) -> int:
    """Back to where the clause of a verb begins; a comma right before the verb closes an apposition, which is stepped over."""
    begin, commas = end, 0
    closed = end > 0 and tokens[end - 1].text == ","
    while begin > 0 and end - begin < 30:
        token = tokens[begin - 1]
        if (
            (token.text == "-" and begin - 1 <= DATELINE)
            or token.text in ';:!?—"'
            or (token.has("say") and begin < end and not closed)
            or (token.has("subordinate") and begin < end and not closed)
        ):
            break
        if token.text == ",":
            commas += 1
            if not closed or commas > 2:
                break
        elif (token.low in ("that", "but", "and") or token.has("relative")) and not closed and not _joins_names(tokens, begin - 1):
            break
        begin -= 1
    return begin


DATELINE = 9
"""Tokens at the start of a sentence within which a dash ends its dateline: "PARIS, Feb 4 (Reuters) - "."""


def _joins_names(tokens: Sequence[Token], at: int) -> bool:
    if not (tokens[at].has("conjunction") and 0 < at < len(tokens) - 1):
        return False
    if any(token.text == "," for token in tokens[max(0, at - 5) : at]) and not any(
        token.has("say", "relative") for token in tokens[max(0, at - 5) : at]
    ):
        return True  # "…, residents and aid groups said"
    return (tokens[at - 1].capital and tokens[at + 1].capital) or (tokens[at - 1].has("speakers") and tokens[at + 1].has("speakers"))


def _without_apposition(tokens: Sequence[Token], begin: int, end: int) -> tuple[int, int]:
    """ "Mohammed Salmia, director of the hospital, said": the name before its apposition."""
    if end > begin and tokens[end - 1].text == ",":
        opening = _last_comma(tokens, begin, end - 1)
        if (
            opening is not None
            and tokens[begin].has("det")
            and opening + 2 < end
            and all(t.capital for t in tokens[opening + 1 : opening + 3])
        ):
            return opening + 1, end - 1  # "the head of the region, Oleksandr Prokudin, said"
        return (begin, opening) if opening is not None else (begin, end - 1)
    return begin, end


def _elided(text: str, found: Sequence[Speaker | None], tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "X said … and put the number at …", "…, adding that …": whoever spoke before in the sentence."""
    before = next((speaker for speaker in reversed(found) if speaker is not None and not speaker.cited), None)
    opens = at > 0 and (tokens[at - 1].has("conjunction", "have") or tokens[at - 1].text == ",")
    if before is None and at > 0 and tokens[at - 1].has("conjunction"):
        # "Israel does not dispute it but says …": the sentence's own subject.
        last = next((here for here in range(min(at, 8)) if not (tokens[here].capital or tokens[here].has("det", "speakers"))), 0)
        before = Speaker(_slice(text, tokens, 0, last), at, len(tokens), 0, last, at) if last and _names_speaker(tokens, 0, last) else None
    if before is None or not opens:
        return None
    return replace(before, first=at, last=len(tokens), verb=at, denies=tokens[at].has("deny"))


def _last_comma(tokens: Sequence[Token], first: int, last: int) -> int | None:
    return next((i for i in range(last - 1, first, -1) if tokens[i].text == ","), None)


def _inner_name(tokens: Sequence[Token], first: int, last: int) -> int:
    """ "The last update from Zelensky" speaks for Zelensky."""
    for at in range(last - 1, first - 1, -1):
        if tokens[at].has("by", "according") and at + 1 < last and (tokens[at + 1].capital or tokens[at + 1].has("det")):
            return at + 1
    return first


def _skip_lead(tokens: Sequence[Token], first: int, last: int) -> int:
    """Leave out what leads in: "In Gaza, ", "Meanwhile "."""
    while first < last and not tokens[first].has("speakers"):
        lead = tokens[first].has("adverb", "conjunction", "preposition", "subordinate", "month", "weekday", "day")
        if not lead and tokens[first].value is None and tokens[first].text != ",":
            break
        first += 1
    return first


def _names_speaker(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch can be somebody who speaks: a name, an office, a side, or a pronoun."""
    span = tokens[first:last]
    if (
        not span
        or any(t.value is not None for t in span)
        or any(t.has("act", "fall") and not t.capital for t in span if not t.has("speakers"))
    ):
        return False
    return any(
        t.has("speakers", "pronouns", "seat", "outlet", "body", "person")
        or (t.capital and t.text[0].isalpha() and not t.has("month", "weekday", "det"))
        for t in span
    )


def _after_verb(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "…", said X: the verb comes first, after a comma or a closing quote."""
    if at == 0 or tokens[at - 1].text not in ",\"'" or at + 1 >= len(tokens):
        return None
    following = tokens[at + 1]
    if following.value is not None or following.has("relative", "to", "preposition", "before_bound", "pronoun"):
        return None
    last = _name_end(tokens, at + 1)
    if not _names_speaker(tokens, at + 1, last) or last - at > 9:
        return None
    name = _slice(text, tokens, at + 1, last)
    return Speaker(name, 0, len(tokens), at + 1, last, at, outlet=_is_outlet(tokens, at + 1, last))


def _slice(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    return text[tokens[first].start : tokens[last - 1].end].strip(" ,\"'") if last > first else ""
