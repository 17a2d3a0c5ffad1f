"""Read the noun phrase that a number opens: "55,000 Ukrainian soldiers"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from monitors.figures.lexicon import Language
from monitors.figures.numbers import Number, is_year
from monitors.figures.tokens import Token

UNDIFFERENTIATED = "casualties"
"""Killed and wounded together; losses that are not told apart."""


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
    if at < len(tokens) and tokens[at].has("of_them"):
        head, group, partitive, at = at, "all", True, at + 1  # «двоє з яких», «один із них»
    if _is_said_to_be(at, tokens):
        head, group, at = at + 1, tokens[at + 1].tags["person"], at + 2
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
        if head is None and token.has("unit") and at + 1 < len(tokens) and tokens[at + 1].has("about_whom"):
            at += 2  # «71 тисяча записів про людей»
            continue
        if head is None and token.has("reject_unit_after") and not token.has("person", "state"):
            return Phrase(at + 1, "unit", head=at)
        if token.has("person") and at + 1 < len(tokens) and _names_a_thing(tokens[at + 1]):
            return Phrase(at + 2, "unit", head=at + 1)  # "two passenger trains"
        if head is None and (token.has("streak") or _wounds_a_thing(at, tokens, language)):
            return Phrase(at + 2, "unit", head=min(at + 1, len(tokens) - 1))  # "nine straight losses", "14 wounded egos"
        if token.has("complement") and head is not None:
            group = token.tags.get("person", group) if group in (None, "all") else group
            break  # "took two soldiers captive", "hold 160 people captive"
        if token.has("person"):
            if head is not None and not tokens[at - 1].has("person", "nation", "pronoun"):
                break
            head, group, party = at, _narrower(group, token.tags["person"]), party or token.tags.get("nation")
            if _joined_to_others(at, tokens, language):
                group = "all"
            weak = token.tags.get("noun") or weak
        elif head is None and token.has("unit") and at + 1 < len(tokens) and tokens[at + 1].has("of") and not token.has("remains"):
            at += 1  # "370,000 cases of wounded soldiers"
        elif _qualifies(at, tokens):
            pass  # "three reported deaths"
        elif token.text == "'" and head is not None and at + 1 < len(tokens) and tokens[at + 1].has("noun"):
            return Phrase(at + 2, "noun", group, party, at + 1, tokens[at + 1].tags["noun"], adjective)
        elif token.has("be") and (head is not None or number.low == number.high == 1):
            break  # "23 sailors remains unknown", "one remains on the loose"
        elif token.has("noun") and token.has("state") and partitive and head is None:
            head, group, weak = at, "all", token.tags["noun"]  # "fourteen of the wounded died"
        elif token.has("noun") and not _modifies(at, tokens):
            if head is None or (not token.has("state") and tokens[at - 1].has("person", "nation")):
                end, group, party = _specified(at + 1, tokens, group, party, language)
                return Phrase(end, "noun", group, party, at, token.tags["noun"], adjective)
            break
        elif head is not None and token.has("follows"):
            both = tokens[at - 1].has("conjunction") and party is not None
            party = BOTH if both else token.tags["demonym"]  # "soldats russes"
        elif head is not None and _describes(at, tokens):
            pass
        elif token.has("nation"):
            if party is not None and head is not None:
                break  # «570 окупантів ЗСУ ліквідували»
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
            if _is_said_to_be(at + 1, tokens):
                group = tokens[at + 2].tags["person"]
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
        elif _closes(token) or head is not None or (unknown is not None and at - unknown > 2) or _is_unknown_verb(token, language):
            break
        elif language.capital_nouns and not token.capital:
            if not any(ahead.capital for ahead in tokens[at + 1 : at + 3]) or tokens[at + 1].text in ",.":
                break  # "auf 300 gestiegen": no noun
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


def _qualifies(at: int, tokens: Sequence[Token]) -> bool:
    """An adverb before a noun; "75 as police arrest three" begins a clause of its own."""
    following = tokens[at + 1 : at + 2]
    leads = tokens[at].has("adverb") and not tokens[at].has("subordinate")
    return leads and bool(following) and following[0].has("noun", "person") and not following[0].has("state")


def _describes(at: int, tokens: Sequence[Token]) -> bool:
    """ "hommes armés ukrainiens": an adjective between a noun and the one that names its people."""
    plain = not tokens[at].tags and tokens[at].text.isalpha() and tokens[at].text.islower()
    return plain and at + 1 < len(tokens) and tokens[at + 1].has("follows")


def _specified(
    at: int, tokens: Sequence[Token], group: str | None, party: str | None, language: Language
) -> tuple[int, str | None, str | None]:
    """ "12 morts civils", "500 réfugiés syriens": what stands after a noun that names the metric, and where it ends."""
    while language.table["text"]["adjectives_follow"] and at < len(tokens) and tokens[at].has("follows", "person"):
        if tokens[at].has("follows"):
            party = tokens[at].tags["demonym"]
        elif tokens[at].has("state") or (at + 1 < len(tokens) and tokens[at + 1].has("further")):
            break
        else:
            group = _narrower(group, tokens[at].tags["person"])
        at += 1
    return at, group, party


def _is_said_to_be(at: int, tokens: Sequence[Token]) -> bool:
    """ «з них 10 – діти», «двоє з яких — діти»: a dash for "are"."""
    ahead = tokens[at : at + 3]
    closed = len(ahead) == 2 or (len(ahead) > 2 and (ahead[2].text in ",.;)" or ahead[2].has("conjunction")))
    return len(ahead) > 1 and ahead[0].text in "—-" and ahead[1].has("person") and not ahead[1].has("speakers") and closed


def _is_unknown_verb(token: Token, language: Language) -> bool:
    endings = language.table["text"]["verb_endings"]
    return bool(endings) and not token.tags and token.text.islower() and token.low.endswith(tuple(endings))


def _wounds_a_thing(at: int, tokens: Sequence[Token], language: Language) -> bool:
    """ "14 wounded egos", "12 dead bees": a participle before a noun that no list of people holds, and the phrase ends."""
    ahead = tokens[at + 1 : at + 3]
    if not (tokens[at].has("state") and tokens[at].has("noun")) or not ahead or ahead[0].tags or not ahead[0].text.isalpha():
        return False
    text = language.table["text"]
    thing = ahead[0].text.islower() and not ahead[0].low.endswith((*text["agent_endings"], *text["adverb_endings"]))
    return thing and (len(ahead) < 2 or ahead[1].text in ".,;" or ahead[1].has("locative", "preposition", "conjunction"))


def _joins_words(at: int, tokens: Sequence[Token]) -> bool:
    """ "27 regime and allied fighters": two words for one noun."""
    ahead = tokens[at + 1 : at + 3]
    return len(ahead) == 2 and not ahead[0].tags and ahead[0].text.isalpha() and ahead[0].value is None and ahead[1].has("person")


def _names_a_thing(token: Token) -> bool:
    return token.has("reject_unit_after") and not token.has("person", "state", "span", "place", "toll", "noun", "settlement")


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
        if token.has("person", "nation") and "follows" not in token.tags:
            return True
        if "follows" in token.tags or _closes(token) or (token.has("filler") and token.has("further")):
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


def is_identified(phrase: Phrase, first: int, tokens: Sequence[Token]) -> bool:
    """ "lists 24,686 of them as identified", "identified 57 of the victims", "12 of the dead have been identified", "of these, 9 had been
    identified", "has 40 identified dead": told apart by name."""
    toll = next((at for at in range(first - 1, -1, -1) if tokens[at].has("toll")), first)
    if any(token.has("identifies") for token in tokens[toll:first]) and not any(token.value is not None for token in tokens[toll:first]):
        return True  # "the number of dead that it counts as identified fell to 40"
    if any(word.has("identifies") and noun.has("noun", "person") for word, noun in pairwise(tokens[first + 1 : first + 4])):
        return True
    if any(token.has("identifies") for token in tokens[max(0, first - 1) : first]):
        return phrase.partitive
    ahead = range(phrase.end, min(phrase.end + FAR_NAMED, len(tokens)))
    clause = [tokens[at] for at in takewhile(lambda at: not _ends_clause(at, tokens), ahead)]
    at = next((at for at, token in enumerate(clause) if token.has("identifies")), None)
    if at is None or not at:
        return at == 0 and phrase.partitive
    return clause[at - 1].has("be", "have", "adverb", "filler")


def _ends_clause(at: int, tokens: Sequence[Token]) -> bool:
    """Whether what is said of a number ends there: not in "since Oct. 7, 2023"."""
    token = tokens[at]
    if is_year(token) or (token.text == "," and is_year(tokens[min(at + 1, len(tokens) - 1)])) or tokens[at - 1].has("month"):
        return False
    return token.value is not None or token.has("conjunction", "relative", "amid") or not token.text[0].isalnum()


FAR_NAMED = 14
"""How many words that may be."""
