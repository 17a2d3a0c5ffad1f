"""Decide what each number of a sentence counts: the noun it stands before, the verb that governs it, the toll it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitors.figures.doubts import likewise, settle
from monitors.figures.lexicon import Language
from monitors.figures.neighbours import (
    but_left_out,
    but_of_things,
    but_things,
    but_whole,
    from_identified,
    from_next,
    from_previous,
    from_within,
    with_shared_noun,
)
from monitors.figures.numbers import Number
from monitors.figures.phrases import Counted, Phrase, read_phrase
from monitors.figures.tokens import Token
from monitors.figures.verbs import (
    LEADS,
    OPEN,
    Reading,
    complement_of,
    entry_of,
    held_in,
    label_of,
    later_verb,
    toll_ahead,
    verb_after,
    verb_at_end,
    verb_before,
    verb_second,
    weight_of,
)


def find_counted(
    numbers: Sequence[Number], tokens: Sequence[Token], language: Language, last: str | None = None, held: bool = False
) -> list[Counted]:
    """What each number of the sentence counts; metric None and `why_not` where it is no figure.

    `last` is what the text counted in the sentence before; `held`, that it has spoken of people who can be exchanged.
    """
    starts = {number.first: number for number in numbers}
    counted = [_count(number, tokens, starts, language) for number in numbers]
    counted = [but_whole(one, part, tokens) for part, one in zip([None, *counted], counted, strict=False)]
    counted = [but_things(one, whole) for one, whole in zip(counted, [*counted[1:], None], strict=False)]
    counted = but_of_things(counted, tokens, language.table["people"]["things_too"])
    counted = from_within(counted, tokens)
    counted = from_next(counted, tokens)
    counted = from_identified(counted, tokens, last, language.table["people"]["fatal"])
    counted = from_previous(counted, tokens, last)
    counted = but_left_out(counted, tokens)
    counted = with_shared_noun(counted, tokens, language.table["people"]["of_soldiers"])
    settled: list[Counted] = []
    for one in counted:
        settled.append(settle(likewise(one, settled, tokens, language.table["people"], last), tokens, language, held))
    return settled


def _count(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Counted:
    phrase = read_phrase(number, tokens, starts, language)
    if number.why_not:
        return Counted(number, phrase, None, "none", None, number.why_not)
    ahead = tokens[phrase.end : phrase.end + 2]
    if len(ahead) == 2 and ahead[0].has("every") and (ahead[1].value or 0) > 1:
        return Counted(number, phrase, None, "none", None, "a share")  # "28 deaths per 1,000 births"
    if phrase.kind == "unit":
        return Counted(number, phrase, None, "none", phrase.head, f"counts {tokens[phrase.head or 0].text}")
    if phrase.kind == "bare" and (thing := _labelled(number, tokens)) is not None:
        return Counted(number, replace(phrase, kind="unit", head=thing), None, "none", None, f"counts {tokens[thing].text}")
    if _averted(number, tokens):
        return Counted(number, phrase, None, "none", None, "averted")
    if number.paired and (swapped := _swapped(number, tokens, language)):
        return swapped
    whole = _whole(phrase, tokens, starts, language)
    if whole:
        phrase = replace(phrase, group=whole.group, party=whole.party)
    end = whole.end if whole else phrase.end
    after = verb_after(end, tokens, starts, language)
    if language.verb_last and (after is None or (after.metric or "").startswith(OPEN)):
        found = verb_at_end(number, end, tokens, starts)
        after = found if after is None or (found and found.metric) else after
    follows = language.table["text"]["adjectives_follow"]  # then a participle may only say which people
    fatal = language.table["people"]["fatal"] if follows else None
    if (phrase.partitive or follows) and after and after.relation == "after" and (later := later_verb(after, tokens, starts, fatal)):
        after = later
    before, held = verb_before(number, phrase, tokens, language), held_in(number, phrase, tokens)
    readings = [
        Reading("noun", None if _outdone(phrase, before, tokens) else phrase.metric, phrase.head),
        Reading("adjective", phrase.adjective, phrase.head),
        Reading("weak noun", phrase.weak, phrase.head),
        after,
        before,
        complement_of(number, phrase, tokens, language),
        label_of(number, phrase, tokens),
        entry_of(number, phrase, tokens),
        held,
        toll_ahead(phrase.end, tokens) if phrase.kind == "bare" else None,
    ]
    if language.verb_last and not any(reading and reading.metric for reading in readings):
        readings.append(verb_second(number, phrase, tokens, starts))
    usable = [
        r
        for r in readings
        if r
        and r.metric
        and (phrase.kind != "thing" or r is held or _can_befall(r, phrase, tokens, language) or _headline(r, number, tokens))
    ]
    of_toll = number.first > 0 and tokens[number.first - 1].has("of")  # "the remains of 42 people on board"
    if after and after.cue == phrase.end and after in usable and not of_toll:  # "a dozen dead and more than 40 in hospital"
        usable = [reading for reading in usable if reading.relation != "toll"]
    if usable:
        best = max(usable, key=weight_of)
        if best.relation == "toll" and phrase.kind == "bare" and _cut_off(phrase.end, tokens) and not tokens[number.first - 1].has("link"):
            return Counted(number, phrase, None, "none", None, "the sentence is cut off")
        return Counted(number, phrase, best.metric, best.relation, best.cue)
    if phrase.kind == "thing" and phrase.head is not None:
        return Counted(number, phrase, None, "none", None, f"counts {tokens[phrase.head].text}")
    joins = "next" if after and after.relation == "joins" else "none"
    return Counted(number, phrase, None, joins, None, "no word says what it counts")


def _labelled(number: Number, tokens: Sequence[Token]) -> int | None:
    """ «танків – 11 612 (+3)»: the thing that a list says it counts, before a dash or a colon."""
    at = number.first - 1
    if at > 3 and [token.text for token in tokens[at - 1 : at + 1]] == ["(", "+"]:
        at = next((here for here in range(at - 2, max(0, at - 8), -1) if tokens[here].text in LEADS), 0)
    if at < 1 or tokens[at].text not in LEADS or tokens[at - 1].has("person", "noun", "toll", "state", "span", "act"):
        return None
    return at - 1 if tokens[at - 1].has("reject_unit_after") and not tokens[at - 1].has("place", "settlement") else None


def _outdone(phrase: Phrase, before: Reading | None, tokens: Sequence[Token]) -> bool:
    """ «померли двоє поранених»: a verb that leads says more than the participle that names who they were."""
    participle = phrase.kind == "noun" and tokens[phrase.head or 0].has("state")
    return participle and before is not None and before.relation == "after" and before.metric != phrase.metric


def _averted(number: Number, tokens: Sequence[Token]) -> bool:
    """ "saved 15,000 lives", "prevents 2,000 deaths"."""
    at = number.first - 1
    while at >= 0 and tokens[at].has("det", "filler", "adverb") and not tokens[at].has("averts"):
        at -= 1
    return at >= 0 and tokens[at].has("averts")


def _swapped(number: Number, tokens: Sequence[Token], language: Language) -> Counted | None:
    """ "a 1,000-for-1,000 exchange of prisoners": who is exchanged is told beside it."""
    near = range(max(0, number.core - 6), min(len(tokens), number.stop + 7))
    freed = language.table["people"]["freed"]
    cue = next((at for at in near if tokens[at].has("swap") or freed in (tokens[at].tags.get("act"), tokens[at].tags.get("state"))), None)
    if cue is None:
        return None
    groups = (tokens[at].tags["person"] for at in near if tokens[at].tags.get("person") in language.needs.get(freed, ()))
    return Counted(number, Phrase(number.last, "bare", next(groups, None)), freed, "noun", cue)


def _cut_off(at: int, tokens: Sequence[Token]) -> bool:
    """ "… leaves more than a million ...": what it counts is not there."""
    return at < len(tokens) and (tokens[at].text == "…" or [token.text for token in tokens[at : at + 2]] == [".", "."])


def _can_befall(reading: Reading, phrase: Phrase, tokens: Sequence[Token], language: Language) -> bool:
    """Whether a verb tells by itself that people are counted: "22 Rohingya were shot", not "two meetings are being held"."""
    noun = tokens[phrase.head or 0]
    if sum(letter.isupper() for letter in noun.text) > 1 and reading.metric in language.table["people"]["things_too"]:
        return False  # «знищено 79 ОДШБр»
    if reading.metric in language.table["people"]["things_too"] and noun.text.islower():
        text = language.table["text"]  # "five kayakers are missing", not "five paintings"
        return noun.low.endswith((*text["agent_endings"], *text["doubtful_agent_endings"]))
    far = language.verb_last and reading.relation == "after" and reading.cue is not None and reading.cue > phrase.end + 2
    return not far and reading.relation in ("after", "object") and not (reading.cue is not None and tokens[reading.cue].has("of_people"))


def _headline(reading: Reading, number: Number, tokens: Sequence[Token]) -> bool:
    """A toll, then a name that belongs to what follows: "Death toll around 1,500 Michael Loria Around …"."""
    return reading.relation == "toll" and (tokens[number.last].capital or (reading.cue is not None and 0 < number.first - reading.cue <= 3))


def _whole(phrase: Phrase, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Phrase | None:
    """ "1,800 of the 2,400 people aboard died": what the part is of; the verb comes after it."""
    number = starts.get(phrase.end) if phrase.partitive else None
    return read_phrase(number, tokens, starts, language) if number else None


def read_columns(tokens: Sequence[Token]) -> tuple[str | None, ...]:
    """The metric of each column where a sentence is the head of a table: "Province | Deaths | Injured"; empty where it is none."""
    columns: list[str | None] = [None]
    for token in tokens:
        if token.text == COLUMN:
            columns.append(None)
        elif token.value is not None:
            return ()
        else:
            columns[-1] = columns[-1] or token.tags.get("noun") or token.tags.get("state") or token.tags.get("toll")
    return tuple(columns) if any(columns[1:]) else ()


COLUMN = "|"


def count_by_column(numbers: Sequence[Number], tokens: Sequence[Token], columns: Sequence[str | None]) -> list[Counted]:
    """What each number of a table's row counts: what the head says of its column."""
    at = [sum(token.text == COLUMN for token in tokens[: number.core]) for number in numbers]
    metrics = [
        columns[place] if place < len(columns) and number.why_not is None else None for place, number in zip(at, numbers, strict=True)
    ]
    return [
        Counted(number, Phrase(number.last, "bare"), metric, "label", None, None if metric else "in a column of something else")
        for number, metric in zip(numbers, metrics, strict=True)
    ]
