"""A language's words, read from languages/<code>.toml into one look-up table of tags."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Tags: TypeAlias = Mapping[str, str]
"""What a word can be: {"state": "killed", "act": "killed"}; the value is the metric, group, party or bound it stands for."""


@dataclass(slots=True)
class Phrases:
    """Words and phrases as a tree of their words: `ahead` is what may come next, `tags` those of the phrase that ends here."""

    ahead: dict[str, Phrases] = field(default_factory=dict)
    tags: Tags | None = None


METRIC_ROLES = ("noun", "state", "act", "fall", "toll", "complement")
MARKING = re.compile(r"scope_|stance_|(?:per|method|counted_in)$")


@dataclass(frozen=True)
class Cues:
    """What a sentence must hold to be worth cutting into tokens: a word, or all the words of a phrase."""

    words: frozenset[str]
    phrases: Mapping[str, tuple[frozenset[str], ...]]
    """The words of each phrase, by the longest of them."""

    def stand_in(self, words: AbstractSet[str]) -> bool:
        return not self.words.isdisjoint(words) or any(
            phrase <= words for longest in self.phrases.keys() & words for phrase in self.phrases[longest]
        )


def find_cues(said: Iterable[str], commonplace: AbstractSet[str] = frozenset()) -> Cues:
    """The cues of a list of words and phrases; words said of everything are none by themselves.

    >>> cues = find_cues(["killed", "have died", "shot and killed"])
    >>> sorted(cues.words), cues.stand_in(plain_words("Two have since died."))
    (['killed'], True)
    """
    listed = {plain_words(phrase) for phrase in said}
    single = frozenset().union(*(words for words in listed if len(words) == 1)) - commonplace
    phrases: dict[str, list[frozenset[str]]] = {}
    for words in listed:
        if len(words) > 1 and words.isdisjoint(single):
            phrases.setdefault(max(sorted(words), key=len), []).append(words)
    return Cues(single, {longest: tuple(found) for longest, found in phrases.items()})


def plain_words(text: str) -> frozenset[str]:
    """The words of a text in lower case, the parts of hyphenated ones each for itself."""
    return frozenset(WORD.findall(text.lower()))


WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Language:
    """One language as data: its words by tag, and the few tables the grammar asks for by name."""

    code: str
    words: Mapping[str, Tags]
    """Lower-case single words."""
    phrases: Phrases
    """Phrases of two words and more."""
    marks: Phrases
    """Phrases that say something of the sentence around them (its time, its stance) and leave their words as they are."""
    names: Phrases
    """Places and peoples, in lower case; the text must write them with a capital."""
    openers: frozenset[str]
    """Every word that begins a phrase or name."""
    numerals: Mapping[str, int]
    scales: Mapping[str, int]
    group_mark: str
    decimal_mark: str
    pair_word: str
    """Between two equal numbers, "1,000-for-1,000": so many from each side."""
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    joint: Mapping[frozenset[str], str]
    needs: Mapping[str, frozenset[str]]
    """Metrics that count only people of these groups: who can be exchanged."""
    abbreviations: frozenset[str]
    starters: frozenset[str]
    """Articles and pronouns: after an abbreviation they tell that a new sentence begins."""
    bound_openers: tuple[str, ...]
    """ "At least", "More than": how a sentence about a number begins, and nothing else is written."""
    bullets: str
    number_words: frozenset[str]
    """Words that are or begin a number: the quick filter."""
    number_openers: frozenset[str]
    """These, articles and halves: no other word opens a number in words."""
    cues: Cues
    """Words and phrases without which a text holds no figure: the quick filter."""
    parts: Mapping[str, str]
    """Parties that are part of another: gaza of palestine."""
    table: Mapping[str, Any]
    """The TOML as read, for tables looked up by name."""


@cache
def load_language(code: str) -> Language | None:
    """The language with this ISO code, or None where there is no TOML file for it."""
    folder = files("monitors") / "languages"
    file = folder / f"{code}.toml"
    if not code.isalpha() or not file.is_file():
        return None
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    places = tomllib.loads((folder / table["places"]).read_text(encoding="utf-8"))
    return build_language(table, places)


@cache
def known_parties() -> frozenset[str]:
    """Whose people a figure can be of: the parties of all languages that are read."""
    folder = files("monitors") / "languages"
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.startswith("places_")]
    return frozenset(party for table in tables for party in table if party not in ("parts", "shared", "bodies"))


def build_language(table: Mapping[str, Any], places: Mapping[str, Any]) -> Language:
    """Turn the two TOML tables into look-ups. Every word is listed there in every form; nothing is derived but case."""
    tags: dict[str, dict[str, str]] = {}
    for kind, value, listed in _tagged(table):
        for word in listed:
            tags.setdefault(word.lower(), {})[kind] = value
    said = [word.lower() for roles in table["metrics"].values() for role in METRIC_ROLES for word in roles.get(role, ())]
    said += [phrase for phrase in table["grammar"]["departs"] if " " in phrase]  # "have left Venezuela"; "left" alone says nothing
    common = {word for kind in ("det", "be", "preposition", "pronoun", "of", "to") for word in table["grammar"][kind]} | set(
        table["text"]["commonplace"]
    )
    words = {word: found for word, found in tags.items() if len(split_phrase(word)) == 1}
    phrases, marks, names = map(tree_of, (_phrases(tags, marking=False), _phrases(tags, marking=True), _place_tags(places)))
    numbers = table["numbers"]
    return Language(
        code=table["code"],
        words=words,
        phrases=phrases,
        marks=marks,
        names=names,
        openers=frozenset().union(phrases.ahead, marks.ahead, names.ahead),
        numerals=dict(numbers["words"]),
        scales=dict(numbers["scales"]),
        group_mark=numbers["group"],
        decimal_mark=numbers["decimal"],
        pair_word=numbers["pair"],
        months=table["dates"]["months"],
        weekdays=table["dates"]["weekdays"],
        joint={frozenset(key.split("+")): metric for key, metric in table["joint"].items()},
        needs={
            metric: frozenset(group for kind in roles["needs"] for group in table["people"][kind])
            for metric, roles in table["metrics"].items()
            if "needs" in roles
        },
        abbreviations=frozenset(table["text"]["abbreviations"]),
        starters=frozenset(word.lower() for kind in ("det", "pronoun") for word in table["grammar"][kind]),
        bound_openers=tuple(bound.capitalize() for listed in table["numbers"]["before"].values() for bound in listed if " " in bound),
        bullets="".join(table["text"]["bullets"]),
        number_words=frozenset(numbers["words"])
        | frozenset(numbers["scales"])
        | {word.split()[0] for word in numbers["vague"]["words"]} - common,
        number_openers=frozenset(numbers["words"]) | frozenset(numbers["scales"]) | {numbers["half"], *numbers["article"]},
        cues=find_cues(said, common),
        parts=places.get("parts", {}),
        table=table,
    )


def split_phrase(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokens that a text would be cut into (`monitors.figures.tokens`).

    >>> split_phrase("St. Petersburg's people")
    ('St', 'Petersburg', "'s", 'people')
    """
    if "'" not in phrase and "." not in phrase:  # nearly all: this is half of the time it takes to load a language
        return tuple(phrase.split())
    parts = WHOSE.sub(" 's", phrase).split()
    return tuple(part.rstrip(".") if part.count(".") == 1 and len(part) > 1 else part for part in parts)


WHOSE = re.compile(r"(?<=\w)'s\b")


def _tagged(table: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Every list of words in the table with the tag and value it gives."""
    rows: list[tuple[str, str, list[str]]] = []
    for metric, roles in table["metrics"].items():
        rows += [(role, metric, roles.get(role, [])) for role in METRIC_ROLES]
    rows += [("person", group, words) for group, words in table["persons"].items()]
    rows += [("unit", unit, words) for unit, words in table["units"].items()]
    rows += [("method", method, words) for method, words in table["methods"].items()]
    rows += [("counted_in", what, words) for what, words in table["counted_in"].items()]
    rows += [("of_group", group, words) for group, words in table["groups"].items()]
    rows += [(kind, kind, words) for kind, words in table["grammar"].items()]
    rows += [(f"{side}_bound", bound, words) for side in ("before", "after") for bound, words in table["numbers"][side].items()]
    rows += [("vague", "vague", table["numbers"]["vague"]["words"])]
    rows += [(kind, kind, words) for kind, words in table["attribution"].items() if isinstance(words, list)]
    rows += [("scope_" + kind, kind, words) for kind, words in table["scope"].items() if isinstance(words, list)]
    rows += [("per", unit, words) for unit, words in table["scope"]["own"].items()]
    rows += [("stance_" + kind, kind, words) for kind, words in table["stance"].items()]
    rows += [("reject_" + kind, kind, words) for kind, words in table["reject"].items()]
    rows += [("day", str(shift), [word]) for word, shift in table["dates"]["days"].items()]
    rows += [("date_" + kind, kind, words) for kind, words in table["dates"].items() if isinstance(words, list) and kind != "ambiguous"]
    rows += [("month", str(number), [word]) for word, number in table["dates"]["months"].items()]
    rows += [("season", str(number), [word]) for word, number in table["dates"]["seasons"].items()]
    rows += [("weekday", str(number), [word]) for word, number in table["dates"]["weekdays"].items()]
    rows += [("span", str(days), [word]) for word, days in table["dates"]["spans"].items()]
    return rows


def _phrases(tags: Mapping[str, dict[str, str]], marking: bool) -> dict[str, dict[str, str]]:
    """The phrases of two words and more, with their tags that mark, or with those that make them one token."""
    kept = (
        (phrase, {kind: value for kind, value in found.items() if _marks(kind) is marking})
        for phrase, found in tags.items()
        if len(split_phrase(phrase)) > 1
    )
    return {phrase: found for phrase, found in kept if found}


@cache
def _marks(kind: str) -> bool:
    return MARKING.match(kind) is not None


def _place_tags(places: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = {}
    for party, kinds in places.items():
        if party == "parts":
            continue
        if party == "shared":
            for name, sides in kinds.items():
                tags.setdefault(name.lower(), {}).update(shared="|".join(sides), place=sides[0])
            continue
        if party == "bodies":
            for side, names in kinds.items():
                for name in names:
                    tags.setdefault(name.lower(), {})["body"] = side
            continue
        tags.setdefault(party, {})["place"] = party
        for kind, tag in (("adjectives", "demonym"), ("people", "nation"), ("governments", "seat"), ("places", "place")):
            for name in kinds.get(kind, ()):
                tags.setdefault(name.lower(), {})[tag] = party
    return tags


def tree_of(tags: Mapping[str, Tags]) -> Phrases:
    """Words and phrases, to be followed word by word."""
    root = Phrases()
    for phrase, found in tags.items():
        node = root
        for part in split_phrase(phrase):
            node = node.ahead.setdefault(part, Phrases())
        node.tags = node.tags or found
    return root
