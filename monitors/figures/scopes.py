"""Decide the stretch of time a figure counts, and how the text holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise, takewhile

from monitors.figures.dates import Day
from monitors.figures.lexicon import Language
from monitors.figures.phrases import Counted
from monitors.figures.tokens import Token
from monitors.model import Claim, Scope, Stance

LARGE = 400
"""People counted in a war beyond which no single event is meant unless the text names one beside the number."""

ONE = 1000
"""A toll from which on "the explosion" beside it is not what it is the toll of, in a war."""


BEFORE, CLAUSE = 14, 24
"""Tokens before a number in which a word for the time stands; in a clause that keeps its verb for the end, more come between."""


@dataclass(frozen=True)
class Stretch:
    """A scope, the word that gave it (None: by default), and a rate's unit of time, or the day that a window is."""

    scope: Scope
    word: str | None = None
    per: str | None = None


def find_scope(
    one: Counted,
    tokens: Sequence[Token],
    day: Day | None,
    long_running: bool,
    before: Stretch | None,
    recent: Claim | None,
    language: Language,
) -> Stretch:
    """The scope of one number: by a word for it near the number, as the number it belongs to, by tense and by what the text tells of.

    `long_running`: the text tells of a war, a crackdown, an epidemic, whose figures are totals; `before`: the number before in
    the sentence; `recent`: the claim before, here or in the sentences just before.
    """
    aside = one.relation in ("after", "shared") and one.cue is not None and one.cue > one.phrase.end and tokens[one.phrase.end].text == ","
    ends = one.cue + 1 if aside and one.cue else one.phrase.end  # "313 people, 142 of them children, have died since June"
    last = _own_end(ends, tokens)
    brings = next((at for at in range(one.number.first - 1, max(-1, one.number.first - 9), -1) if tokens[at].has("brings")), None)
    if one.relation == "toll" and brings is not None and one.number.first - brings > 1 and before is not None:
        tokens, one = tokens[brings:], _moved_by(one, brings)  # "lost 1,060 over the past day, taking total losses since 2022 to 1,243,770"
        last = last - brings
    reach = CLAUSE if language.verb_last else BEFORE
    near = tokens[max(0, one.number.first - reach) : min(last, one.phrase.end + 16)]
    close = tokens[max(0, one.number.first - 5) : min(last, one.phrase.end + 8)]
    for at in range(max(0, one.number.first - 5), min(last, one.phrase.end + 8)):
        if "scope_rate" in tokens[at].tags and not (at and tokens[at].capital) and not _tells_when(at, tokens):  # "Weekly Eleven": a name
            if any(token.has("relative") for token in tokens[at + 1 : at + 3]):
                continue  # "a year in which 147 people were executed"
            if at and tokens[at - 1].has("scope_period", "locative"):  # "in a week" is a window
                if outburst := _outburst(at - 1, one, tokens):
                    return Stretch(Scope.EVENT, outburst)
                return Stretch(Scope.PERIOD, f"{tokens[at - 1].text} {tokens[at].text}")
            return Stretch(Scope.RATE, tokens[at].text, tokens[at].tags.get("per"))
    after = max(one.phrase.end, (one.cue or 0) + 1)
    if word := next(
        (
            token.text
            for at, token in enumerate(tokens[after : after + 2], after)
            if token.has("scope_cumulative", "date_since")
            and not token.has("locative", "of")
            and not (at + 1 < len(tokens) and tokens[at + 1].has("weekday", "day"))
        ),
        None,
    ):
        return Stretch(Scope.CUMULATIVE, word)
    if word := _since(after, last, one, tokens):
        return Stretch(Scope.CUMULATIVE, word)
    begin = max(0, one.number.first - 14)
    wide = tokens[begin : min(_shared_end(last, tokens), one.phrase.end + 22)]
    opened = next((at for at in range(len(wide)) if "scope_period" in wide[at].tags and not _dates_a_thing(at, wide)), None)
    if opened is not None and (outburst := _outburst(begin + opened, one, tokens)):
        return Stretch(Scope.EVENT, outburst)
    if opened is not None:
        return Stretch(Scope.PERIOD, wide[opened].text, _past_day(wide[opened : opened + 6]))
    if span := _in_days(one, tokens, last, language):
        outburst = _outburst(max(one.phrase.end, (one.cue or 0) + 1), one, tokens)
        return Stretch(Scope.EVENT, outburst) if outburst else Stretch(Scope.PERIOD, span)
    if day is not None and day.window and one.relation != "toll":
        return Stretch(Scope.PERIOD, day.iso)
    if one.number.first > 1 and [token.text for token in tokens[one.number.first - 2 : one.number.first]] == ["(", "+"]:
        return Stretch(Scope.PERIOD, "(+")  # «близько 165610 (+700) осіб»
    people = language.table["people"]
    handed = one.metric == people["bodies"] and one.relation != "toll" and not any(token.has("scope_cumulative") for token in near)
    if one.metric in people["both_sides"] or handed:
        return Stretch(Scope.CUMULATIVE, day.iso) if day is not None and day.role == "as_of" else Stretch(Scope.EVENT, "exchanged")
    joined = one.number.first > 0 and tokens[one.number.first - 1].has("conjunction")
    joined = joined or (
        one.relation == "object" and bool(one.cue) and tokens[(one.cue or 0) - 1].has("conjunction")
    )  # "killed 238 and injured 1,404"
    goes_on = (Scope.PERIOD, Scope.CUMULATIVE) if language.verb_last else (Scope.PERIOD,)  # "seit Mai 55.000 getötet und 127.000 verletzt"
    if before is not None and (one.relation in ("inherited", "shared") or (joined and before.scope in goes_on)):
        return before  # "161 civilians were killed and 757 injured in January"
    start = max(0, one.number.first - reach)
    for at, (token, following) in enumerate(pairwise([*near, near[-1]]), start):
        if token.has("scope_cumulative", "date_since") and not _of_another(at, one, tokens):
            # "since Thursday" is a window, "since 2022" a war
            recently = token.has("date_since") and following.has("weekday", "day", "date_hour")
            return Stretch(Scope.PERIOD if recently else Scope.CUMULATIVE, token.text)
    lasting = one.metric in language.table["people"]["lasting"]
    if day is not None and not lasting and len(day.iso) < len("2026-01-01") and day.role == "on" and _in_span(day, one, tokens):
        return Stretch(Scope.PERIOD, day.iso)
    if one.relation == "toll" and one.cue is not None and tokens[one.cue].has("loss") and not _occurrence(one, tokens):
        return Stretch(Scope.CUMULATIVE, tokens[one.cue].text)
    if ongoing := _during(one, tokens):
        return Stretch(Scope.CUMULATIVE, ongoing)
    large = _size(one) >= LARGE
    if not long_running and not (large and (one.phrase.group == "military" or any(token.has("in_battle") for token in close))):
        event = next((token.text for token in tokens if "scope_event" in token.tags), None)
        cue = tokens[one.cue] if one.cue is not None else None
        if event is None and one.metric in language.table["people"]["standing"] and not (cue is not None and cue.has("once")):
            return Stretch(Scope.CUMULATIVE, one.metric)
        if event is None and (perfect := _perfect(one, tokens, language)):
            return Stretch(Scope.CUMULATIVE, perfect)
        return Stretch(Scope.EVENT, event)
    return _of_war(one, tokens, before, recent, language)


def _past_day(tokens: Sequence[Token]) -> str | None:
    """The day that a window is: "over the past day", "in the last 24 hours"; None of every other."""
    if not any(token.has("date_last") for token in tokens):
        return None
    told = list(dropwhile(lambda token: token.has("det", "scope_period", "date_last", "filler") and "span" not in token.tags, tokens))
    hours = len(told) > 1 and told[0].value == HOURS and told[1].tags.get("span") == "0"
    return DAY if hours or (told and told[0].tags.get("span") == "1") else None


DAY, HOURS = "day", 24


def _tells_when(at: int, tokens: Sequence[Token]) -> bool:
    """ "up from 71 a day earlier", "corrected a day later", ", a day after a swap of 200": no rate."""
    ahead = tokens[at + 1 : at + 3]
    offset = at > 0 and tokens[at - 1].text == "," and any(token.has("offset") for token in ahead)
    return offset or any(token.has("date_ago", "date_later") for token in ahead)


def _since(at: int, last: int, one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "have been killed in Ukraine since the invasion, says the UN, which calls April the worst month": before the comma."""
    for here in range(at, min(at + 7, last)):
        if tokens[here].text in ",;:" or tokens[here].has("say", "relative"):
            return None
        recently = any(token.has("weekday", "day", "date_hour") for token in tokens[here + 1 : here + 3])
        if tokens[here].has("date_since") and not recently and not _of_another(here, one, tokens):
            return tokens[here].text
    return None


def _moved_by(one: Counted, by: int) -> Counted:
    """The same number where the tokens before `by` are left out."""
    number, phrase = one.number, one.phrase
    moved = replace(number, first=number.first - by, core=number.core - by, stop=number.stop - by, last=number.last - by)
    head = phrase.head - by if phrase.head is not None else None
    cue = one.cue - by if one.cue is not None and one.cue >= by else None
    return replace(one, number=moved, phrase=replace(phrase, end=phrase.end - by, head=head), cue=cue)


def _of_another(at: int, one: Counted, tokens: Sequence[Token]) -> bool:
    """ "the worst accident since 1999, when 285 died", "two civilians in a city divided since 2012": since when something else is."""
    if not tokens[at].has("date_since"):
        return False
    if at < one.number.first:
        between = tokens[at + 1 : one.number.first]
        superlative = any(token.has("date_superlative") for token in tokens[max(0, at - 8) : at])
        apart = any(token.text == ":" for token in between)  # "the deadliest since the truce: 24 people were killed"
        return (apart and at > 0) or (superlative and any(token.text == "," or token.has("relative") for token in between))
    between = tokens[one.phrase.end : at]
    return any(token.has("relative") for token in between) and not any(token.has("say") for token in between)


def _size(one: Counted) -> int:
    return one.number.low or one.number.high or 0


def _own_end(at: int, tokens: Sequence[Token]) -> int:
    """Where the words about a number end: before the next number that is no date and no span of time."""
    for here in range(at, len(tokens)):
        if tokens[here].value is not None and not tokens[here - 1].has("month") and not tokens[here].text.isdigit():
            return here
        if (
            tokens[here].value is not None
            and here + 1 < len(tokens)
            and not tokens[here + 1].has("span", "month")
            and not tokens[here - 1].has("month")
        ) and ((tokens[here].value or 0) < 1900 or (tokens[here].value or 0) > 2100):
            return here
    return len(tokens)


def _shared_end(last: int, tokens: Sequence[Token]) -> int:
    """ "3,200 killed and nearly 10,000 injured over the past three months": the window is that of both."""
    while last < len(tokens) and any(token.has("conjunction") for token in tokens[last - 2 : last]):
        last = _own_end(last + 1, tokens)
    return last


def _dates_a_thing(at: int, near: Sequence[Token]) -> bool:
    """ "last month's ambush", "the crash in January this year", "…, the second strike in a single day": of a thing, no window."""
    comma = next((here for here in range(at - 1, 0, -1) if near[here].text == ","), None)
    beside = near[comma + 1 : at] if comma is not None else []
    named = bool(beside) and beside[0].has("definite") and any(token.has("occurrence") for token in beside)
    if named and not any(token.value is not None for token in beside):
        return True
    if any(_tells_of_one(here, at, near) for here in range(1, len(near) - 1)):
        return True
    return any(token.text == "'s" for token in near[at + 1 : at + 3]) or (at > 0 and near[at - 1].has("month", "date_ago"))


def _tells_of_one(here: int, at: int, near: Sequence[Token]) -> bool:
    """ "from a boat that sank this week", "died last week when a boat sank", "after their boat went down": what happened, once."""
    if near[here].has("relative") and here < at and near[here - 1].has("scope_event"):
        return not any(token.text in ",;" for token in near[here:at])
    once = near[here + 1].has("one_such") or (near[here].has("offset") and near[here + 1].has("det"))
    opens = near[here].has("relative", "offset") and once
    return opens and any(token.has("scope_event") for token in near[here + 2 : here + 6])


def _outburst(at: int, one: Counted, tokens: Sequence[Token]) -> str | None:
    """What took a time that is no window: "violence in the province left 1,120 dead in a week", "killed in a week of bloodshed", "stormed
    the village, killing 223 in a day", "executed 223 in one day in February"; None of "lost 1,060 in a day", "over the past week"."""
    span = next((here for here in range(at, min(at + 4, len(tokens) - 1)) if "span" in tokens[here].tags), None)
    if span is None or not tokens[at].has("locative") or any(token.has("date_last", "date_this") for token in tokens[at:span]):
        return None
    ahead = tokens[span + 1 : span + 4]
    if ahead[0].has("of") and (named := next((token for token in ahead if token.has("scope_outburst", "scope_event")), None)):
        return named.text
    if ahead[0].has("locative") and any(token.has("month") for token in ahead[1:]):
        return f"{tokens[at].text} {tokens[span].text}"
    if one.relation not in ("object", "after") or not one.cue or tokens[one.cue].has("loss"):
        return None
    if one.relation == "object" and tokens[one.cue - 1].text == ",":
        return tokens[one.cue].text
    before = reversed(tokens[: min(one.cue, one.number.first)])
    clause = takewhile(lambda token: token.text not in ",;:" and not token.has("say", "relative"), before)
    return next((token.text for token in clause if token.has("scope_outburst")), None)


def _in_days(one: Counted, tokens: Sequence[Token], last: int, language: Language) -> str | None:
    """ "killed in five days", "died within three months"; not "the worst in 30 years", "46 days of war"."""
    after = max(one.phrase.end, (one.cue or 0) + 1)
    for at in range(after, min(after + 3, last, len(tokens) - 2)):
        if tokens[at].has("date_superlative"):
            return None
        number, span = tokens[at + 1], tokens[at + 2]
        counts = number.value is not None or number.low in language.numerals
        if (
            tokens[at].has("locative", "preposition")
            and counts
            and span.has("span")
            and not any(t.has("of") for t in tokens[at + 3 : at + 4])
        ):
            return f"{tokens[at].text} {number.text} {span.text}"
    return None


def _in_span(day: Day, one: Counted, tokens: Sequence[Token]) -> bool:
    """ "killed in 2025", "in October 1,200 died": a month or year beside the verb is the window, beside "floods" their date."""
    if any(token.has("occurrence") for token in tokens[max(0, day.first - 3) : day.first]):
        return False
    if day.first and tokens[day.first - 1].has("date_ago", "date_before"):
        return False  # "sank earlier this month", "had been killed by December"
    if any(token.has("put") and token.has("say") for token in tokens[: one.number.first]):
        return False  # "he had put the dead at 61,200 last June": it was said then
    if _occurrence(one, tokens) or _struck(one, tokens):
        return False  # "In 2025, a bus crash killed 37"
    if _size(one) < LARGE and len(day.iso) == len("2026-01") and any(token.has("scope_event") for token in tokens):
        return False  # "shot 14 people at a party in December", "43 hurt last May when a train derailed"
    first, last = sorted((day.first, one.number.first))
    lost = one.relation == "toll" and one.cue is not None and tokens[one.cue].has("loss") and one.cue < day.first < one.number.first
    if lost and not any(token.has("relative", "say") or token.text == "," for token in tokens[one.cue or 0 : last]):
        return True  # "losses in May amounted to 45,000"
    if day.first >= one.phrase.end and any(token.text == "," for token in tokens[max(one.phrase.end, (one.cue or 0) + 1) : day.first]):
        return False  # "55,000 soldiers killed, given by the president in February"
    if one.relation == "toll" or any(token.has("relative", "say") for token in tokens[first:last]):
        return False  # "the attack in April 2022, which killed 63", "In December 2024 he said that 43,000 had died"
    if (
        day.first < one.number.first
        and any(t.text == "," for t in tokens[first:last])
        and any(t.has("scope_event") for t in tokens[:first])
    ):
        return False  # "the crash in January, killing all 72 aboard"
    cue = one.cue if one.cue is not None else one.number.core
    return min(abs(day.first - cue), abs(day.first - one.phrase.end), abs(one.number.first - day.last)) <= SPAN


SPAN = 7
"""Tokens between a verb and the month or year that it counts."""


def _during(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "dead in Iran war", "killed in the crackdown": counted in something that goes on."""
    last = _own_end(one.phrase.end, tokens)
    for at in range(one.number.last, min(last, max(one.phrase.end, one.cue or 0) + 4)):
        if tokens[at].has("locative", "date_started"):
            following = tokens[at + 1 : min(last, at + 5)]
            found = next((token for token in following if token.has("scope_ongoing", "occurrence", "relative")), None)
            if found and found.has("scope_ongoing"):
                return found.text
    return None


def _of_war(one: Counted, tokens: Sequence[Token], before: Stretch | None, recent: Claim | None, language: Language) -> Stretch:
    """In a war a toll, the perfect tense and a large number are totals; a strike named beside the number is one event."""
    event = next((token.text for token in tokens if "scope_event" in token.tags), None)
    if occurrence := _occurrence(one, tokens):
        return Stretch(Scope.EVENT, occurrence)
    if one.relation == "toll" and one.cue is not None:
        if (
            recent is not None
            and (recent.scope, recent.metric) == (Scope.EVENT, one.metric)
            and _size(one) <= 4 * (recent.low or recent.high or 0)
        ):
            return Stretch(Scope.EVENT, "the figure before")
        if event and _size(one) < ONE and any(a.has("det") and b.has("occurrence") for a, b in pairwise(tokens)):
            return Stretch(Scope.EVENT, event)
        return Stretch(Scope.CUMULATIVE, tokens[one.cue].text)
    if one.metric in language.table["people"]["lasting"] or (one.metric in language.table["people"]["held"] and _present(one, tokens)):
        return Stretch(Scope.CUMULATIVE, one.metric)
    if perfect := _perfect(one, tokens, language):
        return Stretch(Scope.CUMULATIVE, perfect)
    if event:
        return Stretch(Scope.EVENT, event)
    if _size(one) >= LARGE:
        return Stretch(Scope.CUMULATIVE)
    return before or Stretch(Scope.EVENT)


def _occurrence(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "killed in that attack", "the toll from the earthquake": one occurrence, by its article."""
    first, last = sorted((one.cue if one.cue is not None else one.number.first, one.number.first))
    for at in range(first, min(len(tokens) - 2, max(last, one.phrase.end) + 6)):
        if tokens[at].has("locative", "preposition") and tokens[at + 1].has("det", "single"):
            word = next((token for token in tokens[at + 2 : at + 5] if token.has("occurrence")), None)
            if word:
                return word.text
    return None


def _struck(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "a bus crash in Bolivia killed 37": the subject of the verb is one occurrence."""
    if one.relation != "object" or one.cue is None:
        return False
    opens = (at for at in range(one.cue) if tokens[at].has("one_such"))
    return any(any(token.has("scope_event") for token in tokens[at + 1 : min(at + 5, one.cue)]) for at in opens)


def _present(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "are being held", "still in captivity"."""
    first, last = sorted((one.cue if one.cue is not None else one.phrase.end, one.number.first))
    return any(token.has("present") for token in tokens[max(0, first - 3) : last + 3])


def _perfect(one: Counted, tokens: Sequence[Token], language: Language) -> str | None:
    """ "have been killed", "has killed 1,500", "has suffered 16,000 dead"."""
    if one.cue is None:
        return None
    first = one.phrase.end if one.cue >= one.phrase.end else max(0, one.cue - 3)
    last = max(one.cue, first)
    if one.relation == "noun":
        first, last = max(0, one.number.first - 3), one.number.first
    if _is_perfect(tokens[one.cue].low.split()[0], language) and " " in tokens[one.cue].low and not tokens[one.cue].has("noun"):
        return tokens[one.cue].text
    return next((token.text for token in tokens[first:last] if _is_perfect(token.low, language)), None)


def _is_perfect(word: str, language: Language) -> bool:
    """ "has", "have": what went on until now. "had" is as often the tense of a report: "said nine had died"."""
    tags = language.words.get(word) or {}
    return "have" in tags and "had" not in tags


def find_stance(one: Counted, tokens: Sequence[Token], denied: bool, rehearsed: bool = False) -> tuple[Stance, str | None]:
    """Asserted unless a word beside the number says otherwise, or it is one of the drill that the text tells of (`rehearsed`)."""
    if one.number.replaced:
        return Stance.DISPUTED, "from … to"
    if denied:
        return Stance.DENIED, "denied"
    before_pair = tokens[max(0, one.number.first - 6) : one.number.first] if one.number.paired else ()
    if part := next((token.text for token in before_pair if token.has("installment")), None):
        return Stance.HYPOTHETICAL, part  # "390 in the first stage of a 1,000-for-1,000 exchange"
    if one.relation in ("inherited", "noun", "toll") and (word := _replaced(one, tokens)):
        return Stance.DISPUTED, word
    if played := _played(one, tokens, rehearsed):
        return Stance.HYPOTHETICAL, played
    begin = one.number.first - 2
    begin -= begin > 0 and tokens[begin].has("of") and tokens[begin + 1].has("det")  # "none of the 12", "ninguno de los 12"
    if any(token.has("negative") for token in tokens[max(0, begin) : one.number.first]):
        return (Stance.DISPUTED if one.relation == "inherited" else Stance.DENIED), "not"
    if refuted := next((token.text for token in tokens[one.phrase.end : one.phrase.end + 14] if token.has("refute")), None):
        return Stance.DENIED, refuted
    ahead = tokens[max(0, one.number.first - OWN_DENIAL) : one.number.first]
    if own := next((token.text for token in ahead if token.has("we_deny")), None):
        return Stance.DENIED, own  # "We deny that 80 were killed," the group said
    if untrue := next((token.text for token, after in pairwise(ahead) if token.has("refute") and after.has("relative")), None):
        return Stance.DENIED, untrue  # "It is not true that 80 were killed"
    cue_itself = tokens[one.cue : one.cue + 1] if one.cue is not None and one.relation == "after" else []
    if fear := next((token.text for token in cue_itself if token.has("supposed", "worry")), None):
        return Stance.HYPOTHETICAL, fear  # "2,000 feared dead"
    after = one.phrase.end + any(token.has("be") for token in tokens[one.phrase.end : one.phrase.end + 1])  # "10,000 deaths were likely"
    if one.relation == "noun" and any(token.has("supposed") for token in tokens[after : after + 1]):
        return Stance.HYPOTHETICAL, tokens[after].text
    cue = one.cue if one.cue is not None else one.number.first
    if one.relation == "object" and cue > 1 and tokens[cue - 1].has("to") and not tokens[cue - 2].has("did", "link"):
        return Stance.HYPOTHETICAL, f"to {tokens[cue].text}"  # "plotting to kill 40"
    first, last = sorted((cue, one.number.first))
    for at in range(max(0, first - 5), last):
        supposed = tokens[at].has("stance_hypothetical") and not (tokens[at].has("month") and tokens[at].capital)
        if supposed and at < one.number.first and tokens[one.phrase.end : one.phrase.end + 1] and tokens[one.phrase.end].has("relative"):
            continue  # "promised relief for the 1,500 who lost their homes"
        if supposed and tokens[at].has("worry") and tokens[one.number.first - 1].has("accounts"):
            continue  # "hopes fade for 23 still missing"
        if supposed and at and tokens[at - 1].has("relative") and not tokens[at + 1].has("act", "state"):
            continue  # "213 deaths that could be linked to the heat, including 95"
        if supposed and not any(token.has("subordinate") for token in tokens[at + 1 : one.number.first]):  # "could rise as 7 are missing"
            return Stance.HYPOTHETICAL, tokens[at].text
    return Stance.ASSERTED, None


def stages(tokens: Sequence[Token]) -> bool:
    """ "an evacuation drill that simulated a tsunami": whether a sentence says that something is only played through."""
    return any("stance_drill" in token.tags for token in tokens) and any("stance_staged" in token.tags for token in tokens)


def _played(one: Counted, tokens: Sequence[Token], rehearsed: bool) -> str | None:
    """ "a rescue exercise assumed a collision with 150 dead", "in the exercise 340 people were missing", "according to the script", where a
    text tells of a drill; not "a crash during an exercise killed 4"."""
    ahead = tokens[: one.number.first]
    drill = next((at for at, token in enumerate(ahead) if "stance_drill" in token.tags), None)
    if drill is None:
        return None
    led = drill < OPENING and ahead[0].has("locative", "preposition", "according")
    led = led or any(token.has("relative", "date_when") for token in ahead[drill + 1 : drill + 3])  # "a war game in which …"
    within = led and (rehearsed or "stance_staged" in ahead[drill].tags)
    staged = any("stance_staged" in token.tags for token in ahead[drill + 1 :])
    staged = staged or any(token.text == '"' for token in tokens[one.number.last : one.number.last + 1])  # a drill with 300 "injured"
    return ahead[drill].text if within or staged else None


OPENING = 4
"""Tokens at the start of a sentence that name what all of it is set in."""
OWN_DENIAL = 8
"""Tokens before a number in which a speaker's own words may reject it."""


def goes_on(begin: int, one: Counted, tokens: Sequence[Token]) -> bool:
    """Whether what is only supposed of the number before (whose phrase ends at `begin`) is supposed of this one too: "could kill 9 and
    wound 40"; not "could kill 9, and 12 were wounded", which a verb of its own states, nor what is feared beside what is known."""
    gap, own = tokens[begin : one.number.first], tokens[begin : one.phrase.end + 2]
    if len(gap) > JOINED or any(token.has("supposed", "worry") for token in tokens[:begin]):
        return False
    states = any(token.has("be", "have") and not (at and own[at - 1].has("to", "modal")) for at, token in enumerate(own))
    states = states or any(token.has("fall") for token in tokens[one.phrase.end : one.phrase.end + 1])  # "12 were injured", "12 died"
    parted = any(token.has("subordinate", "relative") or (token.has("say") and not token.has("act")) for token in own)
    return not (states or parted) and any(token.has("conjunction") or token.text == "," for token in gap)


JOINED = 14
"""Tokens between two numbers of which the second is still under the first one's "would"."""


def _replaced(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "up from 10", "revising an earlier figure of 18": the old value beside the new one."""
    before = tokens[max(0, one.number.first - 4) : one.number.first]
    return next((token.text for token in before if token.has("stance_replaced")), None)
