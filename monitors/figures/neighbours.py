"""Give a number what its neighbours in the sentence count: parts and wholes, joined numbers, what went before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitors.figures.phrases import Counted, is_identified
from monitors.figures.tokens import Token
from monitors.figures.verbs import OPEN, SAME, marks_entry


def but_whole(one: Counted, part: Counted | None, tokens: Sequence[Token]) -> Counted:
    """ "One of the two gunmen was shot dead": the verb is the part's. "Two of the 13 killed": the participle is both's."""
    if part is None or not part.phrase.partitive or part.phrase.end != one.number.first or one.relation not in ("after", "subject"):
        return one
    verb = tokens[one.phrase.end : (one.cue or 0) + 1]
    if any(token.has("relative") for token in verb):
        return one
    if not any(token.has("be", "have") for token in verb[:-1]) and not (verb and verb[-1].has("fall")):
        return one
    return replace(one, metric=None, relation="none", why_not="the whole that a part is told of")


def but_things(one: Counted, whole: Counted | None) -> Counted:
    """ "captured 132 of the 200 seats": what the whole counts, its part does."""
    parted = whole is not None and one.phrase.partitive and one.phrase.end == whole.number.first
    if parted and whole is not None and whole.phrase.kind == "unit":
        return replace(one, metric=None, relation="none", why_not=whole.why_not)
    return one


def but_of_things(counted: Sequence[Counted], tokens: Sequence[Token], things_too: Sequence[str]) -> list[Counted]:
    """ "Of 28 drones 26 were destroyed": a number alone is of the things the sentence opens with."""
    if not counted or not tokens[0].has("of") or counted[0].number.first > 1 or counted[0].phrase.kind != "unit":
        return list(counted)
    return [
        replace(one, metric=None, relation="none", why_not=counted[0].why_not)
        if one.phrase.kind == "bare" and one.metric in things_too
        else one
        for one in counted
    ]


def but_left_out(counted: Sequence[Counted], tokens: Sequence[Token]) -> list[Counted]:
    """ "All but two of the 181 on board were killed": neither number counts the dead."""
    out = [one for one in counted if one.number.first and tokens[one.number.first - 1].has("all_but")]
    ends = {one.phrase.end for one in out if one.phrase.partitive}
    return [
        replace(one, metric=None, relation="none", why_not="left out of what is counted, or what it is left out of")
        if one in out or ends & {one.number.first, one.number.first - 1}
        else one
        for one in counted
    ]


def _inherit(one: Counted, metric: str | None, cue: int | None = None) -> Counted:
    """The number with what another one counts, by whose verb."""
    return replace(one, metric=metric, relation="inherited", cue=cue, why_not=None)


def from_within(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
    """ "4,000 - about 2,800 in Gaza -", "eight were killed, four of them on duty": a part counts what its whole does."""
    for i in range(1, len(counted)):
        one, whole = counted[i], counted[i - 1]
        gap = tokens[whole.phrase.end : one.number.first]
        told = one.relation in ("noun", "label", "after", "object", "toll", "adjective")
        # "including three who were pulled from the rubble"
        aside = one.relation == "after" and (one.metric or "").startswith(OPEN) and bool(gap) and gap[-1].has("include")
        if one.number.why_not or whole.metric is None or (told and not aside):
            continue
        opened = bool(gap) and (gap[-1].text in "-(" or gap[-1].has("include"))
        if (opened and one.phrase.kind not in ("thing", "unit")) or (one.phrase.partitive and len(gap) < 16):
            counted[i] = _inherit(one, whole.metric, whole.cue)
    return counted


def from_next(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
    """ "53,000 soldiers and 20,000 civilians were killed", "two of the 13 killed": the first takes the verb of the second."""
    for i in range(len(counted) - 2, -1, -1):
        one, after = counted[i], counted[i + 1]
        gap = tokens[one.phrase.end : after.number.first]
        shares = (
            (one.relation == "next" and not one.phrase.partitive and not _opens_with(one, tokens))
            or (one.phrase.partitive and not gap)
            or (one.phrase.kind == "people" and _are_among(gap))
        )
        if (
            one.metric is None
            and shares
            and not one.number.why_not
            and after.metric
            and (after.relation in ("after", "subject", "shared") or _states(after, tokens) or _are_among(gap))
        ):
            phrase = one.phrase
            if phrase.kind == "bare" and phrase.party and after.phrase.kind == "people":
                phrase = replace(phrase, kind="people", group=after.phrase.group)  # "three Israeli and five Thai hostages"
            counted[i] = replace(one, phrase=phrase, metric=after.metric, relation="shared", cue=after.cue, why_not=None)
    return counted


def with_shared_noun(counted: Sequence[Counted], tokens: Sequence[Token], harms: Sequence[str]) -> list[Counted]:
    """ "killed seven and wounded 25 civilians", "13 dead and 97 injured civilians": the noun of the second is the first's too.

    Not where the two are no `harms` of one attack: "killed five and kidnapped 20 worshippers".
    """
    shared = list(counted)
    for i in range(len(counted) - 2, -1, -1):
        one, after = shared[i], shared[i + 1]
        gap = tokens[one.phrase.end : after.number.first]
        if one.metric not in harms or after.metric not in harms:
            continue
        verbs = len(gap) == 2 and one.phrase.kind == "bare" and one.relation == after.relation != "noun" and gap[1].has("act")
        nouns = len(gap) == 1 and one.phrase.kind == "noun" and after.phrase.adjective is not None
        if one.phrase.group is None and after.phrase.kind == "people" and (verbs or nouns) and gap[0].has("conjunction"):
            phrase = replace(one.phrase, group=after.phrase.group, party=one.phrase.party or after.phrase.party)
            shared[i] = replace(one, phrase=phrase)
    return shared


def _are_among(gap: Sequence[Token]) -> bool:
    """ "Three children were also among the 11 killed"."""
    last = next((at for at in range(len(gap) - 1, -1, -1) if not gap[at].has("det")), -1)
    verb = list(gap[:last]) if last > 0 and gap[last].has("include") and len(gap) < 9 else []
    while verb and verb[-1].has("adverb") and not verb[-1].has("be"):
        verb.pop()
    if not verb or not verb[-1].has("be"):
        return False
    return len(verb) == 1 or verb[0].has("include") or verb[0].text == "," or (verb[0].has("conjunction") and len(verb) <= 4)


def _opens_with(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "Of the 18 on board, 11 died": the whole is named before its part, and its people need not share the part's fate."""
    return tokens[0].has("of", "out_of") and not tokens[0].has("det") and one.number.first <= 3


def _states(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "150,000 or even 300,000 dead": a noun that is also a state holds for both."""
    return one.relation == "noun" and one.phrase.head is not None and tokens[one.phrase.head].has("state")


def from_previous(counted: list[Counted], tokens: Sequence[Token], last: str | None) -> list[Counted]:
    """ "killed 12 soldiers and 3 civilians", "including 5 children", "33 of them children": what the number before counts."""
    for i, one in enumerate(counted):
        before = next((c for c in reversed(counted[:i]) if c.metric is not None), None)
        if one.metric is None and i and one.phrase.kind == "bare" and before is not None and tokens[one.number.first - 1].has("negative"):
            counted[i] = _inherit(one, before.metric, before.cue)  # "36 died, not 63"
        elif before is not None and one.phrase.kind == "bare" and not one.number.why_not and _was_before(one, tokens):
            counted[i] = _inherit(one, before.metric, before.cue)
        elif one.metric == SAME:
            metric = before.metric if before else _told(tokens[: one.number.first]) or last
            counted[i] = replace(one, metric=metric, why_not=None if metric else "no word says what the total is of")
        elif (
            one.number.why_not
            or one.phrase.kind not in ("people", "bare")
            or (one.metric and not (one.phrase.partitive and one.relation == "subject"))
        ):
            continue
        elif before is not None and not _own_verb(one, tokens) and _joins(tokens[before.phrase.end : one.number.first], one, tokens):
            counted[i] = _inherit(one, before.metric, before.cue)
        elif before is None and (headed := _headed(one, tokens)):
            counted[i] = _inherit(one, headed)
        elif before is None and (among := _of_those(one, tokens)):
            counted[i] = _inherit(one, among)
        elif before is None and (opened := _of_the(tokens)):
            counted[i] = _inherit(one, opened)
        elif before is None and last and _goes_on(one, tokens):
            counted[i] = _inherit(one, last)
    return counted


def from_identified(counted: Sequence[Counted], tokens: Sequence[Token], last: str | None, fatal: str) -> list[Counted]:
    """ "counts the war's dead and lists 24,686 of them as identified": some of the dead, where nothing else was told before."""
    named = list(counted)
    for i, one in enumerate(counted):
        before = next((c.metric for c in reversed(named[:i]) if c.metric is not None), None)
        told = before or _told(tokens[: one.number.first]) or last
        if one.metric is None and not one.number.why_not and told == fatal and is_identified(one.phrase, one.number.first, tokens):
            named[i] = _inherit(one, fatal)
    return named


def _was_before(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "three are missing, down from 170, as most were found alive": what it was before, whatever verb comes after it."""
    at = one.number.first - 1
    return at >= 0 and tokens[at].has("stance_replaced") and tokens[at].has("compare")


def _told(tokens: Sequence[Token]) -> str | None:
    """ "how many women were abducted, … putting the number at 40": the last thing told before a number that says nothing itself."""
    told = (token.tags.get("state") or token.tags.get("fall") for token in reversed(tokens) if not token.has("link", "be"))
    return next((metric for metric in told if metric and not metric.startswith(OPEN)), None)


def _of_those(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "those still missing after the flood, including 10 children", "the dead include 29 protesters"."""
    led = one.number.first - 1
    while led > 0 and tokens[led].text in "—-:":
        led -= 1
    if led >= 0 and tokens[led].has("include") and tokens[led].has("state"):
        return tokens[led].tags["state"]  # «серед загиблих — троє американців»
    if one.number.first < 2 or not tokens[one.number.first - 1].has("include"):
        return None
    for at in range(one.number.first - 2, -1, -1):
        if tokens[at].text in ";:" or tokens[at].has("say"):
            return None
        if (metric := tokens[at].tags.get("state")) and at and (tokens[at].has("noun") or _of_people(at, tokens)):
            return metric
    return None


def _of_people(at: int, tokens: Sequence[Token]) -> bool:
    """Whether a participle follows people without a number: "those still missing", "the people killed"."""
    return any(token.has("person", "nation", "det") and not token.has("adverb") for token in tokens[max(0, at - 2) : at])


def _of_the(tokens: Sequence[Token]) -> str | None:
    """ "Of the dead, 44 were children": what the sentence opens with."""
    if not tokens or not tokens[0].has("of", "amid"):
        return None
    return next((token.tags.get("noun") or token.tags["state"] for token in tokens[1:4] if token.has("noun", "state")), None)


def _own_verb(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "ten are missing and 27 were brought up": the number has another verb of its own."""
    ahead = tokens[one.phrase.end : one.phrase.end + 2]
    return (
        len(ahead) == 2
        and ahead[0].has("be")
        and not ahead[1].has("person", "demonym", "nation", "adverb", "preposition", "det", "negative", "state")
    )


def _goes_on(one: Counted, tokens: Sequence[Token]) -> bool:
    """Whether a number counts on what the sentence before counted: "1,394 of those were civilians", "the agency reported 254"."""
    before, after = tokens[: one.number.first], tokens[one.phrase.end : one.phrase.end + 3]
    if tokens[0].has("of_them") and one.phrase.kind in ("people", "bare") and one.number.first <= 3:
        return True  # «Среди них более 6 тысяч офицеров»
    if one.phrase.partitive and (one.phrase.kind == "people" and tokens[one.phrase.head or 0].has("pronoun", "det")):
        return bool(after) and after[0].has("be")
    if any(token.has("pronoun", "det") and tokens[at].has("of") for at, token in enumerate(before[1:4])):
        return True
    if one.phrase.kind == "bare" and len(after) > 1 and after[0].has("be") and after[1].has("person") and one.number.first <= 1:
        return True  # "Five were children"
    closed = one.phrase.end >= len(tokens) or tokens[one.phrase.end].text in ".,;"
    return one.phrase.kind == "bare" and closed and bool(before) and before[-1].has("say")


def _headed(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "The dead by district: Swat 41, Buner 118": what the heading of a list counts."""
    colon = next((at for at in range(one.number.first) if tokens[at].text == ":"), None)
    if colon is None or one.phrase.kind != "bare" or not marks_entry(tokens, one.phrase.end):
        return None
    name = tokens[colon + 1 : one.number.first]
    if not 0 < len(name) <= 4 or not all(token.capital or token.has("of", "det") for token in name):
        return None
    return next((m for t in tokens[:colon] if (m := t.tags.get("noun") or t.tags.get("toll") or t.tags.get("state"))), None)


def _entry(gap: Sequence[Token], one: Counted, tokens: Sequence[Token]) -> bool:
    """ "98 lives: Sindh 31, Punjab 23 and Quetta 12": a name between two marks, and its number."""
    name = len(gap) - next((at for at, token in enumerate(reversed(gap)) if not (token.has("place") or token.capital)), len(gap))
    return one.phrase.kind == "bare" and 0 < name < len(gap) and marks_entry(gap, name - 1) and marks_entry(tokens, one.phrase.end)


def _another_says(gap: Sequence[Token], one: Counted) -> bool:
    """ "the army says 23 soldiers died, the rebels 61": a body after a comma, and what it says."""
    body = len(gap) > 2 and gap[-3].text == "," and gap[-2].has("definite") and gap[-1].has("speakers")
    return body and one.phrase.kind == "bare"


def _joins(gap: Sequence[Token], one: Counted, tokens: Sequence[Token]) -> bool:
    if any(token.has("include", "compare") for token in gap):
        return len(gap) < 25
    if len(gap) > 18 or any(token.text in ";" for token in gap):
        return False
    if gap and gap[-1].has("preposition") and any(token.has("relative") and token.has("subordinate") for token in gap[:-1]):
        return False  # "seven died when a boat with 200 migrants capsized"
    return bool(gap) and (
        gap[-1].has("conjunction", "det", "pronoun")
        or gap[-1].text in ",-—(:+"
        or _entry(gap, one, tokens)
        or _another_says(gap, one)
        or gap[-1].has("preposition", "swap")
        or any(t.has("conjunction") for t in gap[-3:])
    )
