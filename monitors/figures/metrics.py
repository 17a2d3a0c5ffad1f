"""Decide what each number of a sentence counts: the noun it stands before, the verb that governs it, the toll it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitors.figures.lexicon import Language
from monitors.figures.numbers import Number
from monitors.figures.tokens import Token
from monitors.model import Qualifier

UNDIFFERENTIATED = "casualties"
"""Killed and wounded together; losses that are not told apart."""

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
    adjective: str | None = None
    """The metric of a participle within: "12 injured workers"."""
    weak: str | None = None
    """The metric the noun suggests where no verb says better: hostages are captured."""
    partitive: bool = False
    """Some of those just counted: "four of them"."""


@dataclass(frozen=True)
class Counted:
    """A number with what it counts, and how that was read."""

    number: Number
    phrase: Phrase
    metric: str | None
    relation: str
    cue: int | None = None
    why_not: str | None = None


def find_counted(
    numbers: Sequence[Number], tokens: Sequence[Token], language: Language, last: str | None = None, held: bool = False
) -> list[Counted]:
    """What each number of the sentence counts; metric None and `why_not` where it is no figure.

    `last` is what the text counted in the sentence before; `held`, that it has spoken of people who can be exchanged.
    """
    starts = {number.first: number for number in numbers}
    counted = [_count(number, tokens, starts, language) for number in numbers]
    counted = [_but_whole(one, part, tokens) for part, one in zip([None, *counted], counted, strict=False)]
    counted = [_but_things(one, whole) for one, whole in zip(counted, [*counted[1:], None], strict=False)]
    counted = _from_within(counted, tokens)
    counted = _from_next(counted, tokens)
    counted = _from_previous(counted, tokens, last)
    settled: list[Counted] = []
    for one in counted:
        settled.append(_settle(_likewise(one, settled, language.table["people"]), tokens, language, held))
    return settled


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


def _count(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Counted:
    phrase = read_phrase(number, tokens, starts, language)
    if number.why_not:
        return Counted(number, phrase, None, "none", None, number.why_not)
    ahead = tokens[phrase.end : phrase.end + 2]
    if len(ahead) == 2 and ahead[0].has("every") and (ahead[1].value or 0) > 1:
        return Counted(number, phrase, None, "none", None, "a share")  # "28 deaths per 1,000 births"
    if phrase.kind == "unit":
        return Counted(number, phrase, None, "none", phrase.head, f"counts {tokens[phrase.head or 0].text}")
    if _averted(number, tokens):
        return Counted(number, phrase, None, "none", None, "averted")
    if number.paired and (swapped := _swapped(number, tokens, language)):
        return swapped
    whole = _whole(phrase, tokens, starts, language)
    if whole:
        phrase = replace(phrase, group=whole.group, party=whole.party)
    after = _after(whole.end if whole else phrase.end, tokens, starts, language)
    if phrase.partitive and after and after.relation == "after" and (later := _later(after, tokens, starts)):
        after = later
    readings = [
        Reading("noun", phrase.metric, phrase.head),
        Reading("adjective", phrase.adjective, phrase.head),
        Reading("weak noun", phrase.weak, phrase.head),
        after,
        _before(number, phrase, tokens, language),
        _complement(number, phrase, tokens),
        _label(number, phrase, tokens),
        _toll_ahead(phrase.end, tokens) if phrase.kind == "bare" else None,
    ]
    usable = [
        r
        for r in readings
        if r and r.metric and (phrase.kind != "thing" or _can_befall(r, phrase, tokens, language) or _headline(r, number, tokens))
    ]
    if usable:
        best = max(usable, key=_weight)
        if best.relation == "toll" and phrase.kind == "bare" and _cut_off(phrase.end, tokens) and not tokens[number.first - 1].has("link"):
            return Counted(number, phrase, None, "none", None, "the sentence is cut off")
        return Counted(number, phrase, best.metric, best.relation, best.cue)
    if phrase.kind == "thing" and phrase.head is not None:
        return Counted(number, phrase, None, "none", None, f"counts {tokens[phrase.head].text}")
    joins = "next" if after and after.relation == "joins" else "none"
    return Counted(number, phrase, None, joins, None, "no word says what it counts")


def _later(first: Reading, tokens: Sequence[Token], starts: dict[int, Number]) -> Reading | None:
    """ "Three of those hurt later died", "five of the 12 people shot have died": what the whole suffered first is not what the part did."""
    if first.cue is None or any(token.has("be", "have") for token in tokens[max(0, first.cue - 2) : first.cue]):
        return None
    for at in range(first.cue + 1, min(first.cue + 8, len(tokens))):
        token = tokens[at]
        if token.text in ",;:" or at in starts or token.has("say", "relative", "subordinate"):
            return None
        if token.has("fall") and (tokens[at - 1].has("have", "adverb", "date_ago") or " " in token.low or at == first.cue + 1):
            return Reading("after", token.tags["fall"], at)
    return None


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
    if reading.metric in language.table["people"]["things_too"] and noun.text.islower():
        return noun.low.endswith(tuple(language.table["text"]["agent_endings"]))  # "five kayakers are missing", not "five paintings"
    return reading.relation in ("after", "object") and not (reading.cue is not None and tokens[reading.cue].has("of_people"))


def _headline(reading: Reading, number: Number, tokens: Sequence[Token]) -> bool:
    """A toll, then a name that belongs to what follows: "Death toll around 1,500 Michael Loria Around …"."""
    return reading.relation == "toll" and (tokens[number.last].capital or (reading.cue is not None and 0 < number.first - reading.cue <= 3))


def _whole(phrase: Phrase, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Phrase | None:
    """ "1,800 of the 2,400 people aboard died": what the part is of; the verb comes after it."""
    number = starts.get(phrase.end) if phrase.partitive else None
    return read_phrase(number, tokens, starts, language) if number else None


@dataclass(frozen=True)
class Reading:
    """One way to read what a number counts; the heaviest of a number's readings is taken."""

    relation: str
    metric: str | None
    cue: int | None


WEIGHT = {"noun": 100, "label": 95, "after": 90, "object": 80, "toll": 75, "adjective": 60, "subject": 50, "weak noun": 20}
OPEN = "other:"
OPEN_CLASS = 35
"""How much lighter a metric of the open class ("other:…") weighs: "killed all 15 on board" counts the dead."""


def _weight(reading: Reading) -> int:
    if reading.metric == SAME:
        return WEIGHT["weak noun"] + 1
    return WEIGHT[reading.relation] - OPEN_CLASS * (reading.metric or "").startswith(OPEN)


# ------------------------------------------------------------------ the noun phrase


def read_phrase(number: Number, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Phrase:
    """Read on from the number to the noun it counts."""
    at, head, unknown = number.last, None, None
    group = party = adjective = weak = None
    partitive = armed = False
    if at + 2 < len(tokens) and tokens[at].has("further") and tokens[at + 1].has("of"):
        at += 1  # "two more of the injured"
    if at + 1 < len(tokens) and tokens[at].has("of"):
        at += 1
        partitive = tokens[at].has("pronoun", "det") or at in starts
    while at < len(tokens) and at - number.last < 9 and at not in starts:
        token = tokens[at]
        if head is None and at > number.last and tokens[at - 1].has("per_unit") and token.has("span"):
            return Phrase(at - 1, "bare", partitive=partitive)
        if head is None and token.has("count", "toll") and tokens[at - 1].has("det"):
            return Phrase(at - 1, "bare", partitive=partitive)
        if head is None and unknown is None and token.has("scope_cumulative"):
            break  # "a total of 3,434 overall"
        if token.has("date_this", "date_last", "date_next") and at + 1 < len(tokens) and tokens[at + 1].has("span", "weekday", "month"):
            break  # "to 31 this year"
        if head is None and token.has("reject_unit_after") and not token.has("person", "state"):
            return Phrase(at + 1, "unit", head=at)
        if token.has("person") and at + 1 < len(tokens) and _names_a_thing(tokens[at + 1]):
            return Phrase(at + 2, "unit", head=at + 1)  # "two passenger trains"
        if token.has("complement") and head is not None:
            group = token.tags.get("person", group) if group in (None, "all") else group
            break  # "took two soldiers captive", "hold 160 people captive"
        if token.has("person"):
            if head is not None and not tokens[at - 1].has("person", "nation", "pronoun"):
                break
            head, group = at, _narrower(group, token.tags["person"])
            if _joined_to_others(at, tokens, language):
                group = "all"
            weak = token.tags.get("noun") or weak
        elif head is None and token.has("unit") and at + 1 < len(tokens) and tokens[at + 1].has("of") and not token.has("remains"):
            at += 1  # "370,000 cases of wounded soldiers"
        elif token.has("adverb") and at + 1 < len(tokens) and tokens[at + 1].has("noun", "person") and not tokens[at + 1].has("state"):
            pass  # "three reported deaths"
        elif token.text == "'" and head is not None and at + 1 < len(tokens) and tokens[at + 1].has("noun"):
            return Phrase(at + 2, "noun", group, party, at + 1, tokens[at + 1].tags["noun"], adjective)
        elif token.has("be") and (head is not None or number.low == number.high == 1):
            break  # "23 sailors remains unknown", "one remains on the loose"
        elif token.has("noun") and token.has("state") and partitive and head is None:
            head, group, weak = at, "all", token.tags["noun"]  # "fourteen of the wounded died"
        elif token.has("noun") and not _modifies(at, tokens):
            if head is None or (not token.has("state") and tokens[at - 1].has("person", "nation")):
                return Phrase(at + 1, "noun", group, party, at, token.tags["noun"], adjective)
            break
        elif token.has("nation"):
            head, party = at, token.tags["nation"]
        elif token.has("demonym", "body") and head is None:
            armed = armed or token.has("body")
            both = tokens[at - 1].has("conjunction") and party is not None
            party = BOTH if both else token.tags.get("demonym") or token.tags["body"]
        elif token.has("conjunction") and party is not None and at + 1 < len(tokens) and tokens[at + 1].has("demonym"):
            pass
        elif token.has("conjunction") and head is None and (unknown is not None or party is not None) and _joins_words(at, tokens):
            unknown = at
        elif token.has("state") and _modifies(at, tokens):
            adjective = token.tags["state"] if head is None else adjective
        elif token.has("pronoun") and partitive:
            head, group = at, group or "all"
        elif (
            (token.has("det") and token.capital and at > number.last)
            or (token.text in "'\"" and head is not None)
            or (token.has("state") and not _modifies(at, tokens))
        ):
            break
        elif token.has("det", "filler") or token.text in ("'s", "'", '"'):
            if (head is not None and not token.has("further")) or (unknown is not None and token.has("det") and not partitive):
                break
            if partitive and head is None and token.has("det") and at + 1 < len(tokens) and not _opens_noun(tokens[at + 1]):
                head, group = at, "all"
        elif (
            token.text == ","
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
    if head is None and partitive and at in starts and tokens[number.last].has("of"):
        return Phrase(at, "bare", partitive=True)  # "150 of the village's 1,800 residents"
    if head is None and unknown == number.last and tokens[unknown].low.endswith(tuple(language.table["text"]["participle_endings"])):
        return Phrase(unknown, "bare", None, party, None, None, adjective, partitive=partitive)  # "14 seeking aid"
    if head is None and unknown is not None:
        return Phrase(at, "thing", group, party, at - 1, None, adjective)
    if head is None:
        return Phrase(at, "bare", None, party, None, None, adjective, partitive=partitive)
    if group in (None, "all"):
        group = "military" if armed else _said_to_be(at, tokens) if partitive else group
    return Phrase(at, "people", group, party, head, None, adjective, weak, partitive)


def _joins_words(at: int, tokens: Sequence[Token]) -> bool:
    """ "27 regime and allied fighters": two words for one noun."""
    ahead = tokens[at + 1 : at + 3]
    return len(ahead) == 2 and not ahead[0].tags and ahead[0].text.isalpha() and ahead[0].value is None and ahead[1].has("person")


def _names_a_thing(token: Token) -> bool:
    return token.has("reject_unit_after") and not token.has("person", "state", "span", "place", "toll", "noun")


def _joined_to_others(at: int, tokens: Sequence[Token], language: Language) -> bool:
    """ "soldiers and civilians": two kinds of people under one number; "prisoners and detainees" are one kind."""
    ahead = tokens[at + 1 : at + 3]
    kinds = {tokens[at].tags["person"], ahead[1].tags.get("person", "all")} if len(ahead) == 2 and ahead[0].has("conjunction") else set()
    return len(kinds) == 2 and "all" not in kinds and not kinds <= set(language.table["people"]["captives"])


BOTH = "both"
"""The party of "Russian and Ukrainian soldiers": nobody's alone."""


def _opens_noun(token: Token) -> bool:
    """Whether a noun phrase goes on: "of those soldiers", not "of those were"."""
    return (token.has("person", "nation", "demonym", "filler", "noun", "state", "det") and not token.has("be")) or not _closes(token)


def _said_to_be(at: int, tokens: Sequence[Token]) -> str | None:
    """ "1,394 of those were civilians", "100 of those killed were children"."""
    for here in range(at, min(at + 4, len(tokens) - 1)):
        if tokens[here].has("be") and (group := tokens[here + 1].tags.get("person")):
            return group
    return None


def _narrower(group: str | None, other: str) -> str:
    return group if group and group != "all" and (other in ("all", group) or group == "civilians") else other  # "civilian detainees"


def _modifies(at: int, tokens: Sequence[Token]) -> bool:
    """Whether a participle or noun stands before the people it describes: "31 abducted migrants", "12 injured workers"."""
    for token in tokens[at + 1 : at + 4]:
        if token.has("person", "nation"):
            return True
        if _closes(token) or (token.has("filler") and token.has("further")):
            return False
    return False


def _closes(token: Token) -> bool:
    return (
        token.has(
            "locative",
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
        or token.has("date_as_of", "date_since", "date_ago", "according")
        or not token.text[0].isalnum()
        or token.value is not None
    )


# ------------------------------------------------------------------ the verb after it


def _after(at: int, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Reading | None:
    """The verb whose subject the number is; relation "joins" where another number comes first: "5 men and 3 women died"."""
    helped, near, begin, aboard = False, True, at, None
    while at < len(tokens) and at - begin < FAR:
        token, previous = tokens[at], tokens[at - 1]
        if at in starts:
            if starts[at].why_not is None and (previous.has("conjunction") or previous.text == ","):
                return Reading("joins", None, at)
            if starts[at].why_not is None and not previous.has("locative", "include"):
                return aboard
            near = False
        elif (
            token.has("state", "act")
            and (previous.has("had", "have") or not (helped and token.has("state")))
            and _has_object(at, tokens, starts)
        ):
            return aboard
        elif token.tags.get("state", "").startswith(OPEN) and aboard is None:
            aboard = Reading("after" if near or helped else "subject", token.tags["state"], at)
        elif token.has("state") and token.has("loss") and not near and not helped:
            pass
        elif token.has("state") and (
            helped or near or previous.text in ",-" or previous.has("person", "nation") or _among_those(at, tokens)
        ):
            return Reading("after" if near or (helped and at - begin < 4) else "subject", _joint(at, tokens, language), at)
        elif token.has("fall") and token.tags["fall"] == language.table["people"]["fled"] and previous.has("subordinate"):
            return aboard  # "four men shot at him before fleeing"
        elif token.has("fall") and not (token.has("person", "noun") and not helped and not near):
            return Reading("after" if near or (helped and at - begin < 4) else "subject", token.tags["fall"], at)
        elif token.has("bearing") and near and previous.text != "," and (hurt := _injuries(at + 1, tokens, language)):
            return Reading("after", language.table["people"]["hurt"], hurt)
        elif token.has("departs") and (near or helped) and _country(at + 1, tokens):
            return Reading("after", language.table["people"]["fled"], at)
        elif helped and near and token.has("noun") and previous.has("be", "adverb", "det"):
            return Reading("after", token.tags["noun"], at)  # "368,000 people are now refugees"
        elif (token.has("act") and not token.tags["act"].startswith(OPEN)) or _opens_participle(at, tokens):
            return aboard
        elif token.text == "(" and (closing := next((i for i in range(at, min(at + 9, len(tokens))) if tokens[i].text == ")"), None)):
            at = closing
        elif helped and token.has("takes") and at + 1 < len(tokens) and tokens[at + 1].has("complement"):
            return Reading("after", tokens[at + 1].tags["complement"], at + 1)  # "23 protesters were bundled into police vans"
        elif helped and (token.has("date_planned", "to") or "stance_hypothetical" in token.tags):
            pass  # "are set to be released"
        elif token.text in "—-" and (closing := _aside_end(at, tokens)):
            at = closing
        elif token.has("be", "have"):
            helped, near = True, near and at - begin < 3
        elif token.has("adverb", "negative") or token.text in "'\"":
            pass
        elif (
            token.text in ";:—)"
            or (token.has("link") and not token.has("preposition", "of", "to", "adverb", "modal"))
            or (token.has("say") and not helped and not near and not previous.has("pronoun"))
        ):
            return aboard
        elif token.has("locative") and near and at + 1 < len(tokens) and tokens[at + 1].has("place"):
            at += 1
        elif token.has("relative", "modal"):
            pass
        elif helped and (token.has("amid") or (previous.has("amid", "det") and token.has("det", "nation", "person", "demonym"))):
            pass  # "fifteen civilians were among the Ukrainians who came home"
        elif helped and not _skippable(token, language):
            return aboard
        else:
            near = False
        at += 1
    return aboard


def _injuries(at: int, tokens: Sequence[Token], language: Language) -> int | None:
    """ "three of them with critical injuries"."""
    ahead = range(at, min(at + 3, len(tokens)))
    found = next((here for here in ahead if tokens[here].tags.get("noun") == language.table["people"]["hurt"]), None)
    if found is None or any(tokens[here].value is not None for here in ahead):
        return None
    return None if any(token.has("link") for token in tokens[found + 1 : found + 2]) else found  # "with injuries reaching 1,835"


def _country(at: int, tokens: Sequence[Token]) -> bool:
    """ "6 million people have left Ukraine", "left the country"."""
    ahead = tokens[at : at + 2]
    return bool(ahead) and (ahead[0].has("place") or (len(ahead) > 1 and ahead[0].has("det") and ahead[1].has("homeland")))


def _aside_end(at: int, tokens: Sequence[Token]) -> int | None:
    """ "25,105 people - many of them women - had been killed": where what stands between two dashes ends."""
    return next((here for here in range(at + 2, min(at + 12, len(tokens))) if tokens[here].text == tokens[at].text), None)


def _opens_participle(at: int, tokens: Sequence[Token]) -> bool:
    """ "15 prisoners shortly after being captured": another thing that befell them."""
    return tokens[at].has("subordinate") and at + 1 < len(tokens) and tokens[at + 1].has("be") and tokens[at + 1].has("ongoing")


def _among_those(at: int, tokens: Sequence[Token]) -> bool:
    """ "nine children are among those killed"."""
    return at >= 2 and tokens[at - 1].has("det") and tokens[at - 2].has("include")


def _skippable(token: Token, language: Language) -> bool:
    adverb = any(token.low.endswith(ending) for ending in language.table["text"]["adverb_endings"])
    return adverb or token.has("adverb", "preposition", "det", "negative") or token.text in '",'


def _has_object(at: int, tokens: Sequence[Token], starts: dict[int, Number]) -> bool:
    """Whether a verb that can be active is: "soldiers killed 5 civilians"."""
    if not tokens[at].has("act") or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    if following.has("aims"):
        return True  # "three robbers shot at the guard"
    if following.capital and following.has("det") and not tokens[at].capital:
        return False  # a headline runs into the next sentence
    return (
        at + 1 in starts
        or following.has("person", "nation")
        or (following.has("det") and not following.has("adverb", "conjunction") and not _is_time(at + 2, tokens))
    )


def _is_time(at: int, tokens: Sequence[Token]) -> bool:
    """ "injured that day"."""
    return at < len(tokens) and tokens[at].has("span", "weekday", "day", "month", "date_hour")


def _joint(at: int, tokens: Sequence[Token], language: Language) -> str:
    """The metric of a participle, and of those joined to it by "or": "killed, wounded or missing"."""
    metrics = {tokens[at].tags["state"]}
    ahead = at + 1
    while ahead + 1 < len(tokens) and ahead - at < 7:
        token, following = tokens[ahead], tokens[ahead + 1]
        if token.text == "," or token.has("conjunction") or token.has("degree"):
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


# ------------------------------------------------------------------ the verb or toll before it


def _before(number: Number, phrase: Phrase, tokens: Sequence[Token], language: Language) -> Reading | None:
    """The verb whose object the number is, or the toll it is the value of."""
    at = number.first - 1
    while at >= 0 and number.first - at < 5 and tokens[at].has("det", "filler", "adverb") and not tokens[at].has("act", "noun", "toll"):
        at -= 1
    if at >= 0 and tokens[at].has("act") and not _passive(at, tokens):
        return Reading("object", tokens[at].tags["act"], at)
    if at > 0 and tokens[at].has("conjunction") and (verb := _with_another(at, tokens)) is not None:
        return Reading("object", tokens[verb].tags["act"], verb)
    if phrase.kind == "people" and at > 0 and tokens[at].has("traded_for"):
        given = next((here for here in range(at - 1, -1, -1) if tokens[here].tags.get("act") == language.table["people"]["freed"]), None)
        return Reading("object", language.table["people"]["freed"], given) if given is not None else None
    befell = tokens[at - 1].tags.get("state") if at > 0 and tokens[at].has("alongside") and not tokens[at - 1].has("loss") else None
    if phrase.kind == "people" and befell:
        return Reading("object", befell, at - 1)  # "was killed along with about 40 officials"
    if at >= 0 and tokens[at].text == "(":
        return _toll(at - 1, tokens, linked=True)
    bounded = number.first < number.core and number.qualifier is not Qualifier.EXACT
    found = _toll(number.first - 1, tokens, linked=bounded)
    if found is None and phrase.kind == "bare" and tokens[number.first].has("count"):
        return Reading("toll", SAME, number.first)
    return found


def _complement(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "took 150 soldiers prisoner", "threw 18,000 people into jail": what those taken or sent came to."""
    ends = phrase.end < len(tokens) and tokens[phrase.end].tags.get("complement")
    taken = any(token.has("takes") for token in tokens[max(0, number.first - 2) : number.first])
    return Reading("object", ends, phrase.end) if ends and taken and phrase.kind in ("people", "bare") else None


def _with_another(at: int, tokens: Sequence[Token]) -> int | None:
    """ "killed a police officer and three others": the verb before one person without a number."""
    for here in range(at - 1, max(-1, at - 6), -1):
        token = tokens[here]
        if token.has("act") and not token.has("person", "noun") and here < at - 1:
            return here if tokens[here + 1].has("det") and any(t.has("person") for t in tokens[here + 1 : at]) else None
        if token.text in ",;" or token.value is not None or token.has("say", "be", "have", "relative"):
            return None
    return None


def _label(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "Deaths 12, injured 40", "Killed - 7": an entry of a list, a word of a metric and its number between two marks."""
    led = number.first > 1 and tokens[number.first - 1].text in LEADS
    at = number.first - 2 if led else number.first - 1
    if (
        at < 0
        or (tokens[at].has("act") and not led)
        or phrase.kind != "bare"
        or not _marks(tokens, phrase.end)
        or not _marks(tokens, at - 1)
    ):
        return None
    metric = tokens[at].tags.get("noun") or tokens[at].tags.get("state")
    return Reading("label", metric, at) if metric and not metric.startswith(OPEN) else None


LEADS, MARKS = (":", "-", "–", "—", "="), (",", ";", ":", ".", "(", ")", "|", "-", "–", "—", "/", "•")


def _marks(tokens: Sequence[Token], at: int) -> bool:
    """Whether an entry of a list can begin after or end before this token."""
    return not 0 <= at < len(tokens) or tokens[at].text in MARKS or tokens[at].has("conjunction")


def _toll_ahead(at: int, tokens: Sequence[Token]) -> Reading | None:
    """ "That raises to 234 the number of Palestinians killed"."""
    for here in range(at, min(at + 4, len(tokens))):
        if tokens[here].has("toll"):
            return Reading("toll", tokens[here].tags["toll"], here)
        if tokens[here].has("count"):
            verbs = (token.tags.get("state") or token.tags.get("fall") or token.tags.get("noun") for token in tokens[here : here + 9])
            return Reading("toll", next((verb for verb in verbs if verb), None), here)
        if not tokens[here].has("det", "filler"):
            return None
    return None


def _passive(at: int, tokens: Sequence[Token]) -> bool:
    return at > 0 and tokens[at].has("state") and tokens[at - 1].has("be")


def _toll(at: int, tokens: Sequence[Token], linked: bool) -> Reading | None:
    """Walk back over "rose to", "stands at", "in Turkey" to the toll or noun that the number is the value of."""
    steps, verb = 0, None
    while at >= 0 and steps < FAR + 6:
        token = tokens[at]
        if token.has("toll") and (linked or steps == 0):
            return Reading("toll", token.tags["toll"], at)
        if token.has("noun") and linked:
            return Reading("toll", (verb if token.has("person") else None) or token.tags["noun"], at)
        if token.has("count") and linked:
            return Reading("toll", verb, at) if verb else Reading("toll", SAME, at)
        if token.has("state", "fall") and not token.has("link"):
            verb = token.tags.get("state") or token.tags.get("fall")
        elif token.has("link", "arrives") or (token.text == ":" and steps == 0):
            linked = True
        elif (
            (
                (token.text in ";,—" and not (_is_date(at + 1, tokens) or _is_date(at - 1, tokens) or _leads_on(tokens[at + 1])))
                or (token.value is not None and not _passes(at, tokens))
                or (token.has("say") and not token.has("link"))
            )
            or not linked
            or (token.has("conjunction") and not verb and steps > 2)
        ):
            return None
        at -= 1
        steps += 1
    return Reading("toll", verb, 0) if verb and at < 0 and tokens[min(1, len(tokens) - 1)].text == ":" else None  # "Killed: 71,800."


def _passes(at: int, tokens: Sequence[Token]) -> bool:
    """A number on the way to the toll that is no rival: an old value, a date, "40 inches"."""
    measure = at + 1 < len(tokens) and tokens[at + 1].has("reject_unit_after") and not tokens[at + 1].has("person", "noun", "percent")
    return measure or _opens_change(at, tokens) or _is_date(at, tokens) or "." in tokens[at].text


def _leads_on(token: Token) -> bool:
    """ "The toll is higher, at more than 15,000", "the toll from the storm, which …": what goes on after a comma."""
    return (token.has("link") and not token.has("of")) or token.has("which")


def _is_date(at: int, tokens: Sequence[Token]) -> bool:
    return tokens[at - 1].has("month") or (tokens[at].text.isdigit() and 1900 <= (tokens[at].value or 0) <= 2100)


SAME = "same"
"""What "the total" and "the number" count where no word beside them says: what was counted last."""


def _opens_change(at: int, tokens: Sequence[Token]) -> bool:
    """The old value in "rose from 151 to 210", "fell from 310 in 2024 to 260"."""
    to = at + 3 if at + 2 < len(tokens) and _is_date(at + 2, tokens) else at + 1
    return to < len(tokens) and tokens[to].has("to")


# ------------------------------------------------------------------ what neighbours give


def _but_whole(one: Counted, part: Counted | None, tokens: Sequence[Token]) -> Counted:
    """ "One of the two gunmen was shot dead": the verb is the part's. "Two of the 13 killed": the participle is both's."""
    if part is None or not part.phrase.partitive or part.phrase.end != one.number.first or one.relation not in ("after", "subject"):
        return one
    verb = tokens[one.phrase.end : (one.cue or 0) + 1]
    if any(token.has("relative") for token in verb):
        return one
    if not any(token.has("be", "have") for token in verb[:-1]) and not (verb and verb[-1].has("fall")):
        return one
    return replace(one, metric=None, relation="none", why_not="the whole that a part is told of")


def _but_things(one: Counted, whole: Counted | None) -> Counted:
    """ "captured 132 of the 200 seats": what the whole counts, its part does."""
    parted = whole is not None and one.phrase.partitive and one.phrase.end == whole.number.first
    if parted and whole is not None and whole.phrase.kind == "unit":
        return replace(one, metric=None, relation="none", why_not=whole.why_not)
    return one


def _from_within(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
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
            counted[i] = replace(one, metric=whole.metric, relation="inherited", cue=whole.cue, why_not=None)
    return counted


def _from_next(counted: list[Counted], tokens: Sequence[Token]) -> list[Counted]:
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
    return tokens[0].has("of") and one.number.first <= 3


def _states(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "150,000 or even 300,000 dead": a noun that is also a state holds for both."""
    return one.relation == "noun" and one.phrase.head is not None and tokens[one.phrase.head].has("state")


def _from_previous(counted: list[Counted], tokens: Sequence[Token], last: str | None) -> list[Counted]:
    """ "killed 12 soldiers and 3 civilians", "including 5 children", "33 of them children": what the number before counts."""
    for i, one in enumerate(counted):
        before = next((c for c in reversed(counted[:i]) if c.metric is not None), None)
        if one.metric is None and i and one.phrase.kind == "bare" and before is not None and tokens[one.number.first - 1].has("negative"):
            counted[i] = replace(one, metric=before.metric, relation="inherited", cue=before.cue, why_not=None)  # "36 died, not 63"
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
            counted[i] = replace(one, metric=before.metric, relation="inherited", cue=before.cue, why_not=None)
        elif before is None and (among := _of_those(one, tokens)):
            counted[i] = replace(one, metric=among, relation="inherited", cue=None, why_not=None)
        elif before is None and (opened := _of_the(tokens)):
            counted[i] = replace(one, metric=opened, relation="inherited", cue=None, why_not=None)
        elif before is None and last and _goes_on(one, tokens):
            counted[i] = replace(one, metric=last, relation="inherited", cue=None, why_not=None)
    return counted


def _told(tokens: Sequence[Token]) -> str | None:
    """ "how many women were abducted, … putting the number at 40": the last thing told before a number that says nothing itself."""
    told = (token.tags.get("state") or token.tags.get("fall") for token in reversed(tokens) if not token.has("link", "be"))
    return next((metric for metric in told if metric and not metric.startswith(OPEN)), None)


def _of_those(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "those still missing after the flood, including 10 children", "the dead include 29 protesters"."""
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
    if not tokens or not tokens[0].has("of"):
        return None
    return next((token.tags["noun"] for token in tokens[1:4] if token.has("noun")), None)


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
    if one.phrase.partitive and (one.phrase.kind == "people" and tokens[one.phrase.head or 0].has("pronoun", "det")):
        return bool(after) and after[0].has("be")
    if any(token.has("pronoun", "det") and tokens[at].has("of") for at, token in enumerate(before[1:4])):
        return True
    closed = one.phrase.end >= len(tokens) or tokens[one.phrase.end].text in ".,"
    return one.phrase.kind == "bare" and closed and bool(before) and before[-1].has("say")


def _entry(gap: Sequence[Token], one: Counted, tokens: Sequence[Token]) -> bool:
    """ "98 lives: Sindh 31, Punjab 23 and Quetta 12": a name between two marks, and its number."""
    name = len(gap) - next((at for at, token in enumerate(reversed(gap)) if not (token.has("place") or token.capital)), len(gap))
    return one.phrase.kind == "bare" and 0 < name < len(gap) and _marks(gap, name - 1) and _marks(tokens, one.phrase.end)


def _joins(gap: Sequence[Token], one: Counted, tokens: Sequence[Token]) -> bool:
    if any(token.has("include", "compare") for token in gap):
        return len(gap) < 25
    if len(gap) > 18 or any(token.text in ";" for token in gap):
        return False
    return bool(gap) and (
        gap[-1].has("conjunction", "det", "pronoun")
        or gap[-1].text in ",-—(:+"
        or _entry(gap, one, tokens)
        or gap[-1].has("preposition", "swap")
        or any(t.has("conjunction") for t in gap[-3:])
    )


# ------------------------------------------------------------------ second thoughts


def _settle(one: Counted, tokens: Sequence[Token], language: Language, held: bool) -> Counted:
    """Weigh what was read: undifferentiated losses, freed captives, returned bodies, lone numerals."""
    if one.metric is None:
        return one
    people = language.table["people"]
    number, phrase = one.number, one.phrase
    if _no_count(one, tokens):
        return replace(one, metric=None, why_not=f"“{tokens[number.core].text}” stands for no count")
    if phrase.kind in ("noun", "bare", "thing") and any(token.has("animals") for token in tokens):
        return replace(one, metric=None, why_not="counts animals")
    if one.cue is not None and tokens[one.cue].has("loss"):
        one = _of_losses(one, tokens, people)
    moved = _moved(one, tokens, people, language)
    if moved is not None:
        one = replace(one, metric=moved)
    if _was(one, tokens, language):
        one = replace(one, number=replace(number, replaced=True))
    needs = language.needs.get(one.metric or "")
    if needs and not (
        held
        or one.relation == "inherited"
        or phrase.party
        or phrase.group in needs
        or any(token.tags.get("person") in needs or token.tags.get("state") == people["taken"] for token in tokens)
    ):
        return replace(one, metric=None, why_not="nobody who could be exchanged")
    return one


def _likewise(one: Counted, before: Sequence[Counted], people: Mapping[str, Any]) -> Counted:
    """ "returned 1,000 bodies and received 38": what is given back for bodies is bodies."""
    bodies = bool(before) and before[-1].metric == people["bodies"]
    return replace(one, metric=people["bodies"]) if bodies and one.metric == people["freed"] and one.phrase.kind == "bare" else one


def _no_count(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "one of the main casualties", "Eleven is dead": a pronoun, a name."""
    number, phrase = one.number, one.phrase
    after = tokens[number.last] if number.last < len(tokens) else None
    if number.low == number.high == 1 and number.spelled:
        if number.core and tokens[number.core - 1].has("negative"):
            return True  # "not one of them was hurt"
        loose = (
            (phrase.kind in ("bare", "thing") and not phrase.party)
            or phrase.partitive
            or (phrase.kind == "noun" and after is not None and after.has("of"))
        )
        told_apart = one.relation == "inherited" and (_elsewhere(number.last, tokens) or _how_badly(number.last, tokens))
        return loose and one.relation not in ("after", "object") and not told_apart
    return phrase.kind == "bare" and number.spelled and after is not None and after.has("singular")


def _how_badly(at: int, tokens: Sequence[Token]) -> bool:
    """ "six hurt, one critically"."""
    return at < len(tokens) and tokens[at].has("gravely") and _marks(tokens, at + 1)


def _elsewhere(at: int, tokens: Sequence[Token]) -> bool:
    """ "six in Kyiv and one in Kharkiv": a place of its own comes next."""
    ahead = tokens[at : at + 4]
    joined = tokens[at - 2].has("conjunction") if at > 1 else False
    return len(ahead) > 1 and ahead[0].has("preposition", "locative") and (joined or any(token.has("place") for token in ahead[1:]))


def _of_losses(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> Counted:
    """ "lost" is said of soldiers, else of jobs and games; a sentence that also speaks of fatalities says which loss it means."""
    if one.relation == "object" and one.phrase.kind == "thing":
        return replace(one, metric=None, why_not="lost in another sense")
    if one.relation == "object" and one.phrase.kind == "people" and one.phrase.party is None and not _bereft(one, tokens, people):
        return replace(one, metric=None, why_not="lost in another sense")
    fatal = people["fatal"]
    if one.phrase.kind == "people" and one.phrase.group == "all" and one.cue is not None and tokens[one.cue].has("loss_of"):
        return replace(one, metric=fatal)  # the loss of people is their death; the loss of soldiers may be any
    named = any(fatal in (token.tags.get("noun"), token.tags.get("toll")) for token in tokens if not token.has("loss"))
    return replace(one, metric=fatal) if named else one


def _bereft(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> bool:
    """Soldiers and children are lost to death, and "people"; members, customers and players to others."""
    loss = one.cue is not None and tokens[one.cue].has("loss_of")
    plain = one.phrase.group == "all" and not loss and not tokens[one.phrase.head or 0].has("bereft", "further")
    return one.phrase.group in people["lost"] and not plain


def _was(one: Counted, tokens: Sequence[Token], language: Language) -> bool:
    """ "revised down to 128 from 151", "toll up to 33 from 31": the value before, after the one that took its place."""
    before = tokens[max(0, one.number.first - 7) : one.number.first]
    opened = bool(before) and before[-1].low in language.table["numbers"]["from"] and any(token.value is not None for token in before[:-1])
    return opened and one.phrase.kind == "bare" and one.relation in ("inherited", "toll")


def _lifeless(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> int | None:
    """ "nine deceased hostages", "the remains of four hostages"."""
    last = one.number.last + 6 if one.phrase.partitive else one.phrase.head or 0
    within = (at for at in range(one.number.last, min(last, len(tokens))) if people["fatal"] == tokens[at].tags.get("state"))
    ahead = range(max(1, one.number.first - 3), one.number.first)
    return next(within, next((at - 1 for at in ahead if tokens[at].has("of") and tokens[at - 1].has("remains")), None))


def _taken_in(before: Sequence[Token], language: Language) -> bool:
    """ "The morgue received 20 bodies": they are new dead, not returned ones."""
    took = next((at for at, token in enumerate(before) if token.has("takes_in")), 0)
    return any("mortuary" in language.words.get(token.low.rpartition(" ")[2], {}) for token in before[:took])


def _moved(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any], language: Language) -> str | None:
    """Bodies handed over and captives let go: the verb of the sentence tells more than the noun."""
    body = next((at for at in (one.phrase.head, one.cue) if at is not None and tokens[at].has("remains")), None)
    if body is None and one.phrase.kind == "people":
        body = _lifeless(one, tokens, people)
    if (body is not None or one.metric == people["bodies"]) and _taken_in(
        tokens[max(0, one.number.first - 14) : one.number.first], language
    ):
        return str(people["fatal"])
    if body is None and one.relation != "adjective" and one.metric not in people["held"]:
        return None
    before, after = tokens[max(0, one.number.first - 14) : one.number.first], tokens[one.number.last : one.phrase.end + 12]
    given = any(people["freed"] == token.tags.get("act") or token.has("swap") for token in before)
    given = given or any(people["bodies"] == token.tags.get("act") for token in before)
    given = given or (body is not None and any(people["freed"] in (t.tags.get("state"), t.tags.get("fall")) for t in before))
    freed = given or any(people["freed"] in (token.tags.get("act"), token.tags.get("state"), token.tags.get("fall")) for token in after)
    own_verb = one.relation == "object" and one.cue is not None and not tokens[one.cue].has("noun") and not one.phrase.weak
    still = one.relation == "after" and one.cue is not None and any(t.has("present") for t in tokens[one.phrase.end : one.cue])
    own_verb = own_verb or still  # "released three more, while another 12 remain abducted"
    if one.metric in people["held"] and freed and not own_verb and (given or one.phrase.weak or one.relation in ("weak noun", "inherited")):
        return str(people["freed"])
    if one.relation == "adjective" and any(token.has("swap") for token in before):
        return str(people["freed"])
    if body is not None and freed:
        return str(people["bodies"])
    if body is not None and one.metric in people["held"]:
        return str(people["fatal"])  # "28 deceased hostages still in Gaza"
    return None
