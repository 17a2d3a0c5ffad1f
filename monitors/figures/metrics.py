"""Decide what each number of a sentence counts: the noun it stands before, the verb that governs it, the toll it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitors.figures.lexicon import Language
from monitors.figures.numbers import Number
from monitors.figures.tokens import Token

FAR = 14
"""Tokens between a number's noun and its verb."""


@dataclass(frozen=True)
class Phrase:
    """The noun phrase a number opens: "55,000 Ukrainian soldiers". tokens[number.last:end]."""

    end: int
    kind: str
    """people, noun (it names the metric itself), bare (nothing after the number), thing (something else)."""
    group: str | None = None
    party: str | None = None
    head: int | None = None
    metric: str | None = None
    weak: str | None = None
    """The metric the noun suggests where no verb says better: hostages are captured."""


@dataclass(frozen=True)
class Counted:
    """A number with what it counts, and how that was read."""

    number: Number
    phrase: Phrase
    metric: str | None
    relation: str
    cue: int | None = None
    why_not: str | None = None


def find_counted(numbers: Sequence[Number], tokens: Sequence[Token], language: Language) -> list[Counted]:
    """What each number of the sentence counts; metric None and `why_not` where it is no figure."""
    starts = {number.first: number for number in numbers}
    counted = [_count(number, tokens, starts, language) for number in numbers]
    counted = _from_next(counted, tokens)
    counted = _from_previous(counted, tokens)
    return [_settle(one, tokens, language) for one in counted]


def _count(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Counted:
    phrase = read_phrase(number, tokens, starts, language)
    if number.why_not:
        return Counted(number, phrase, None, "none", None, number.why_not)
    if phrase.kind == "unit":
        return Counted(number, phrase, None, "none", phrase.head, f"counts {tokens[phrase.head or 0].text}")
    if phrase.metric:
        return Counted(number, phrase, phrase.metric, "noun", phrase.head)
    after = _after(phrase.end, tokens, starts, language)
    before = _before(number, tokens, starts, language)
    if (
        after
        and after[2] == "adjacent"
        and not (before and before[2] == "object" and phrase.kind == "people" and tokens[after[1]].has("act"))
    ):
        return Counted(number, phrase, after[0], "after", after[1])
    if before and phrase.kind != "thing":
        return Counted(number, phrase, before[0], before[2], before[1])
    if after and after[0] and (phrase.kind != "thing" or after[2] == "adjacent"):
        return Counted(number, phrase, after[0], "subject", after[1])
    if phrase.kind == "thing":
        head = tokens[phrase.head] if phrase.head is not None else None
        return Counted(number, phrase, None, "none", None, f"counts {head.text if head else 'something else'}")
    joins = "next" if after and after[2] == "joins" else "none"
    return Counted(number, phrase, None, joins, None, "no word says what it counts")


# ------------------------------------------------------------------ the noun phrase


def read_phrase(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Phrase:
    """Read on from the number to the noun it counts."""
    at, head, group, party, metric, weak, unknown = number.last, None, None, None, None, None, None
    if at < len(tokens) and tokens[at].has("of") and at + 1 < len(tokens):
        at += 1
    while at < len(tokens) and at - number.last < 9 and at not in starts:
        token = tokens[at]
        if head is None and token.has("reject_unit_after") and not (token.has("person", "state") and token.low not in ("strikes",)):
            return Phrase(at + 1, "unit", head=at)
        if token.has("person"):
            if head is not None and tokens[head].has("person") and at - head > 1:
                break
            head, group = at, _narrower(group, token.tags["person"])
            weak = token.tags.get("noun") or weak
        elif token.has("noun") and not _modifies(at, tokens, starts):
            if head is None or token.low not in ("dead", "missing", "wounded", "injured"):
                return Phrase(at + 1, "noun", group, party, at, token.tags["noun"])
            break
        elif token.has("nation"):
            head, party = at, token.tags["nation"]
        elif token.has("demonym") and head is None:
            party = token.tags["demonym"]
        elif token.has("state") and _modifies(at, tokens, starts):
            metric = token.tags["state"] if head is None else metric
        elif token.has("pronoun") and tokens[at - 1].has("of"):
            head, group = at, group or "all"
        elif token.low == "'s" or token.has("det") or token.text == '"':
            if head is not None or (token.text == '"' and unknown is not None):
                break
        elif token.has("filler") and not token.has("state"):
            if head is not None and token.low not in ("more", "others"):
                break
            if token.has("person"):
                head = at
        elif (token.has("filler") and _modifies(at, tokens, starts)) or (
            token.text == ","
            and at > number.last
            and tokens[at - 1].has("filler", "demonym")
            and at + 1 < len(tokens)
            and tokens[at + 1].has("filler", "demonym")
        ):
            pass
        elif _closes(token) or head is not None or (unknown is not None and at - unknown > 2):
            break
        else:
            unknown = at if unknown is None else unknown
        at += 1
    if head is None and unknown is not None:
        return Phrase(at, "thing", group, party, at - 1, metric, None)
    if head is None:
        return Phrase(at, "bare", None, party, None, metric if party else None, None)
    return Phrase(at, "people", group, party, head, metric, weak)


def _narrower(group: str | None, other: str) -> str:
    return group if group and group != "all" and other in ("all", group) else other


def _modifies(at: int, tokens: Sequence[Token], starts: dict[int, Number]) -> bool:
    """Whether a participle or noun stands before the people it describes: "31 abducted migrants", "12 injured workers"."""
    for token in tokens[at + 1 : at + 4]:
        if token.has("person", "nation"):
            return True
        if _closes(token) or (token.has("filler") and token.low in ("more", "others")):
            return False
    return False


def _closes(token: Token) -> bool:
    return (
        token.has(
            "be",
            "have",
            "modal",
            "preposition",
            "conjunction",
            "relative",
            "include",
            "act",
            "fall",
            "state",
            "say",
            "of",
            "to",
            "adverb",
            "subordinate",
            "month",
            "weekday",
            "day",
            "negative",
        )
        or not token.text[0].isalnum()
        or token.value is not None
    )


# ------------------------------------------------------------------ the verb after it


def _after(at: int, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> tuple[str, int, str] | None:
    """The verb whose subject the number is: metric, its token, and how close it stands; ("", at, "joins") before another number."""
    helped, near, begin = False, True, at
    while at < len(tokens) and at - begin < FAR:
        token = tokens[at]
        if at in starts:
            if (at > 0 and tokens[at - 1].has("conjunction")) or tokens[at - 1].text == ",":
                return "", at, "joins"
            near = False
        elif token.has("state") and (helped or near) and not _has_object(at, tokens, starts):
            return _joint(at, tokens, language), at, "adjacent" if near or (helped and at - begin < 4) else "far"
        elif token.has("state") and tokens[at - 1].text == "," and at + 1 < len(tokens) and not _has_object(at, tokens, starts):
            return _joint(at, tokens, language), at, "far"
        elif token.has("fall") and not (token.has("person", "noun") and not helped and not near):
            return token.tags["fall"], at, "adjacent" if near or (helped and at - begin < 4) else "far"
        elif token.has("act") and not token.has("state"):
            return None
        elif token.has("be", "have"):
            helped, near = True, near and at - begin < 3
        elif token.has("adverb", "negative"):
            pass
        elif (
            token.text in ";:—"
            or (token.has("link") and token.low not in ("at", "to", "of", "as", "by") and not token.has("preposition", "of", "adverb"))
            or (token.has("say") and not helped and not near)
        ):
            return None
        elif token.has("relative", "modal"):
            near = near and token.has("relative", "modal")
        elif helped and not _skippable(token):
            return None
        else:
            near = False
        at += 1
    return None


def _skippable(token: Token) -> bool:
    return token.has("adverb", "preposition", "det", "negative") or token.low.endswith("ly") or token.text in '",'


def _has_object(at: int, tokens: Sequence[Token], starts: dict[int, Number]) -> bool:
    """Whether a verb that can be active is: "soldiers killed 5 civilians"."""
    if not tokens[at].has("act") or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    return (
        at + 1 in starts
        or following.has("person", "nation")
        or (following.has("det") and not following.has("adverb") and not following.has("conjunction"))
    )


def _joint(at: int, tokens: Sequence[Token], language: Language) -> str:
    """The metric of a participle, and of those joined to it by "or": "killed, wounded or missing"."""
    metrics = {tokens[at].tags["state"]}
    ahead, alternatives = at + 1, False
    while ahead + 1 < len(tokens) and ahead - at < 7:
        token, following = tokens[ahead], tokens[ahead + 1]
        if token.text == "," or token.has("conjunction") or token.low in ("either", "seriously", "badly"):
            alternatives = alternatives or token.low in ALTERNATIVE
            ahead += 1
            continue
        if token.has("state") and not following.value and not following.has("det"):
            metrics.add(token.tags["state"])
            ahead += 1
            continue
        break
    last = tokens[ahead] if ahead < len(tokens) else None
    if last is not None and last.has("state") and ahead + 1 >= len(tokens):
        metrics.add(last.tags["state"])
    if len(metrics) > 1:
        return language.joint.get(frozenset(metrics), tokens[at].tags["state"])
    return tokens[at].tags["state"]


ALTERNATIVE = frozenset({"or"})

# ------------------------------------------------------------------ the verb or toll before it


def _before(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> tuple[str, int, str] | None:
    """The verb whose object the number is, or the toll it is the value of."""
    at = number.first - 1
    skipped = 0
    while (
        at >= 0
        and skipped < 4
        and tokens[at].has("det", "filler", "adverb")
        and not tokens[at].has("act", "noun", "toll")
        and at not in starts
    ):
        at -= 1
        skipped += 1
    if at < 0:
        return None
    if tokens[at].has("act") and not _passive(at, tokens):
        return tokens[at].tags["act"], at, "object"
    return _toll(number.first - 1, tokens, language, bound=number.first < number.core and tokens[number.first].has("before_bound"))


def _passive(at: int, tokens: Sequence[Token]) -> bool:
    return at > 0 and tokens[at].has("state") and tokens[at - 1].has("be")


def _toll(at: int, tokens: Sequence[Token], language: Language, bound: bool) -> tuple[str, int, str] | None:
    """Walk back over "rose to", "stands at", "in Turkey" to the toll or noun that the number is the value of."""
    linked, steps, states = bound, 0, None
    while at >= 0 and steps < 16:
        token = tokens[at]
        if token.has("toll") and (linked or steps == 0):
            return token.tags["toll"], at, "toll"
        if token.has("noun") and linked and (steps > 0 or token.has("noun")):
            return token.tags["noun"], at, "toll"
        if token.has("count") and linked:
            return (states, at, "toll") if states else None
        if token.has("state", "fall") and not token.has("link"):
            states = token.tags.get("state") or token.tags.get("fall")
        elif token.has("link") or token.text == ":":
            linked = True
        elif token.text in ";,—()" or token.value is not None or token.has("relative", "say") or not linked:
            return None
        at -= 1
        steps += 1
    return None


# ------------------------------------------------------------------ what neighbours give


def _from_next(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
    """ "53,000 soldiers and 20,000 civilians were killed": the first takes the verb of the second."""
    for i in range(len(counted) - 2, -1, -1):
        one, after = counted[i], counted[i + 1]
        if one.metric is None and one.relation == "next" and after.metric and after.relation in ("after", "subject"):
            counted[i] = replace(one, metric=after.metric, relation="shared", cue=after.cue, why_not=None)
    return counted


def _from_previous(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
    """ "killed 12 soldiers and 3 civilians", "including 5 children", "- 33 of them children": what the number before counts."""
    for i in range(1, len(counted)):
        one = counted[i]
        if one.metric is not None or one.phrase.kind not in ("people", "bare") or one.number.why_not:
            continue
        for before in reversed(counted[:i]):
            if before.metric is not None:
                gap = tokens[before.phrase.end : one.number.first]
                if _joins(gap, one):
                    counted[i] = replace(one, metric=before.metric, relation="inherited", cue=before.cue, why_not=None)
                break
    return counted


def _joins(gap: Sequence[Token], one: Counted) -> bool:
    if any(token.has("include") for token in gap):
        return len(gap) < 25
    if len(gap) > 18 or any(token.text in ";" for token in gap):
        return False
    return bool(gap) and (
        gap[-1].has("conjunction", "det")
        or gap[-1].text in ",-—(:"
        or gap[-1].has("preposition")
        or any(t.has("conjunction") for t in gap[-3:])
    )


# ------------------------------------------------------------------ second thoughts


def _settle(one: Counted, tokens: Sequence[Token], language: Language) -> Counted:
    """Weigh what was read: weak nouns, lone numerals, metrics that need their own kind of people."""
    number, phrase = one.number, one.phrase
    if one.metric is None and phrase.weak and not number.why_not:
        one = replace(one, metric=phrase.weak, relation="noun", cue=phrase.head, why_not=None)
    if one.metric is None:
        return one
    if one.metric == language.table["people"]["undifferentiated"] and one.relation == "object" and tokens[one.cue or 0].has("loss"):
        # "the loss of 160,000 people … a staggering number of fatalities": the sentence itself says which loss.
        named = (token.tags.get("noun") or token.tags.get("toll") for token in tokens if not token.has("loss"))
        one = replace(one, metric=next((metric for metric in named if metric and metric != one.metric), one.metric))
    needs = language.needs.get(one.metric or "")
    if needs and not (phrase.group in needs or any(token.tags.get("person") in needs for token in tokens)):
        return replace(one, metric=None, why_not=f"“{tokens[one.cue].text if one.cue is not None else one.metric}” of no prisoners")
    if (
        number.low == number.high == 1
        and number.spelled
        and phrase.kind in ("bare", "thing")
        and one.relation in ("inherited", "shared", "subject", "toll")
    ):
        return replace(one, metric=None, why_not="“one” stands for no count")
    return one
