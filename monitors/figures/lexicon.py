"""A language's words, read from languages/<code>.toml into one look-up table of tags."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias, TypeVar

Tags: TypeAlias = Mapping[str, str]
"""What a word can be: {"state": "killed", "act": "killed"}; the value is the metric, group, party or bound it stands for."""


STEM = "*"
"""Ends a word of a file that stands for every word which begins so, "загин*"; begins one for every word which ends so, "*soldaten".

A word that is listed whole goes before any stem, and the beginning of a word before its end.
"""

T = TypeVar("T")


class Lookup(dict[str, T]):
    """What is listed of words: of each the value it is listed with."""

    def lists(self, word: str) -> bool:
        """Whether the word is listed as a whole."""
        return super().__contains__(word)

    def stand_in(self, words: AbstractSet[str]) -> bool:
        """Whether one of some words is listed."""
        return not self.keys().isdisjoint(words)


class Stems(Lookup[T]):
    """A list in which words are begun or ended only: of each the value of the longest stem it begins, else ends with."""

    def __init__(self, listed: Mapping[str, T]) -> None:
        super().__init__({word: value for word, value in listed.items() if STEM not in word})
        self._stems = {word.removesuffix(STEM): value for word, value in listed.items() if word.endswith(STEM)}
        self._ends = {word.removeprefix(STEM): value for word, value in listed.items() if word.startswith(STEM)}
        self._sizes = sorted({len(stem) for stem in self._stems}, reverse=True)
        self._end_sizes = sorted({len(end) for end in self._ends}, reverse=True)
        self._known: dict[str, T | None] = {}

    def get(self, word: str, default: Any = None) -> Any:
        if word in self._known:
            return self._known[word]
        found = super().get(word)
        if found is None:
            found = next((self._stems[word[:size]] for size in self._sizes if word[:size] in self._stems), None)
        if found is None:
            found = next((self._ends[word[-size:]] for size in self._end_sizes if word[-size:] in self._ends), None)
        if len(self._known) < REMEMBERED:
            self._known[word] = found
        return found

    def stand_in(self, words: AbstractSet[str]) -> bool:
        return super().stand_in(words) or any(self.get(word) is not None for word in words)

    def __contains__(self, word: object) -> bool:
        return self.get(str(word)) is not None

    def __getitem__(self, word: str) -> T:
        found: T | None = self.get(word)
        if found is None:
            raise KeyError(word)
        return found


REMEMBERED = 50_000
"""Words whose stems are looked for once: what people write repeats itself."""


def lookup_of(listed: Mapping[str, T]) -> Lookup[T]:
    """A list of words, some of which may be stems.

    >>> listed = lookup_of({"загин*": "fall", "загиблих": "noun", "заг*": "other", "*soldaten": "person"})
    >>> listed.get("загинули"), listed.get("загиблих"), listed.get("elitesoldaten"), "заява" in listed
    ('fall', 'noun', 'person', False)
    """
    return Stems(listed) if any(STEM in word for word in listed) else Lookup(listed)


@dataclass(slots=True)
class Phrases:
    """Words and phrases as a tree of their words: `ahead` is what may come next, `tags` those of the phrase that ends here."""

    ahead: dict[str, Phrases] = field(default_factory=dict)
    tags: Tags | None = None
    stems: dict[str, Phrases] = field(default_factory=dict)
    """What may come next where only its beginning is listed."""
    stemmed: bool = False
    """Of the root: some word in the tree is a stem."""

    def follow(self, word: str) -> Sequence[Phrases]:
        """The branches that a word may be on, the surest first."""
        whole = self.ahead.get(word)
        found = () if whole is None else (whole,)
        if not self.stems:
            return found
        return (*found, *(self.stems[word[:size]] for size in range(len(word), 0, -1) if word[:size] in self.stems))


METRIC_ROLES = ("noun", "state", "act", "fall", "toll", "complement")
MARKING = re.compile(r"scope_|stance_|(?:per|method|counted_in)$")


@dataclass(frozen=True)
class Cues:
    """What a sentence must hold to be worth cutting into tokens: a word, or all the words of a phrase."""

    words: frozenset[str]
    phrases: Mapping[str, tuple[frozenset[str], ...]]
    """The words of each phrase, by the longest of them."""
    stems: re.Pattern[str] | None = None
    """The beginnings and ends of words."""

    def stand_in(self, words: AbstractSet[str]) -> bool:
        return (
            not self.words.isdisjoint(words)
            or any(phrase <= words for longest in self.phrases.keys() & words for phrase in self.phrases[longest])
            or (self.stems is not None and any(map(self.stems.match, words)))
        )


def find_cues(said: Iterable[str], commonplace: AbstractSet[str] = frozenset()) -> Cues:
    """The cues of a list of words and phrases; words said of everything are none by themselves.

    >>> cues = find_cues(["killed", "have died", "shot and killed"])
    >>> sorted(cues.words), cues.stand_in(plain_words("Two have since died."))
    (['killed'], True)
    """
    said = list(said)
    stems = {part.rpartition("'")[2] for phrase in said for part in phrase.split() if STEM in part}
    listed = {plain_words(phrase) for phrase in said if STEM not in phrase}
    single = frozenset().union(*(words for words in listed if len(words) == 1)) - commonplace
    phrases: dict[str, list[frozenset[str]]] = {}
    for words in listed:
        if len(words) > 1 and words.isdisjoint(single):
            phrases.setdefault(max(sorted(words), key=len), []).append(words)
    return Cues(single, {longest: tuple(found) for longest, found in phrases.items()}, pattern_of(stems - commonplace))


def pattern_of(stems: Iterable[str]) -> re.Pattern[str] | None:
    """What a word matches that begins or ends with one of some stems."""
    begun = [re.escape(stem.removesuffix(STEM)) for stem in sorted(stems) if stem.endswith(STEM)]
    ended = [re.escape(stem.removeprefix(STEM)) for stem in sorted(stems) if stem.startswith(STEM)]
    known = begun + ([rf".*(?:{'|'.join(ended)})\Z"] if ended else [])
    return re.compile("|".join(known)) if known else None


def plain_words(text: str) -> frozenset[str]:
    """The words of a text in lower case, the parts of hyphenated ones each for itself."""
    return frozenset(WORD.findall(text.lower()))


WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Language:
    """One language as data: its words by tag, and the few tables the grammar asks for by name."""

    code: str
    words: Lookup[Tags]
    """Lower-case single words."""
    phrases: Phrases
    """Phrases of two words and more."""
    marks: Phrases
    """Phrases that say something of the sentence around them (its time, its stance) and leave their words as they are."""
    names: Phrases
    """Places and peoples, in lower case; the text must write them with a capital, unless the language writes its adjectives small."""
    small_names: bool
    capital_nouns: bool
    """Every noun has a capital, and what has none is no noun: a capital is no sign of a name."""
    compounds: bool
    """ "US-Soldaten": of a hyphenated word the last part says what it is, and the first whose."""
    possessive: str
    """The ending of a name that says whose: the s of "Russlands Armee"."""
    dotted: bool
    """A full stop after digits makes them an ordinal: "am 7. Oktober"."""
    verb_last: bool
    """The verb may stand at the end of its clause, its helper before those of whom it is said: "sind zwölf in Kiew getötet worden"."""
    openers: Lookup[bool]
    """Every word that begins a phrase or name."""
    numerals: Lookup[int]
    scales: Lookup[int]
    collectives: Mapping[str, int]
    """Nouns for about so many: "une vingtaine"."""
    glued: re.Pattern[str] | None
    """A numeral that is several in one word; where the language writes such."""
    group_marks: str
    decimal_marks: str
    endings: frozenset[str]
    """What may follow the digits of a numeral after a hyphen and changes nothing: "103-х"."""
    pair_word: str
    """Between two equal numbers, "1,000-for-1,000": so many from each side."""
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    joint: Mapping[frozenset[str], str]
    needs: Mapping[str, frozenset[str]]
    """Metrics that count only people of these groups: who can be exchanged."""
    elided: tuple[str, ...]
    """What an apostrophe cuts off the word that follows: the l of "l'armée"."""
    capitals: Mapping[str, str]
    """Words that are another word when written so: French "A" is "à", never "a"."""
    own_words: frozenset[str]
    """Articles, prepositions, helpers, and the words of its figures: what most sentences of the language hold, and few of others."""
    foreign_letters: re.Pattern[str] | None
    """Letters that it does not have."""
    native_letters: re.Pattern[str] | None
    """Letters of which it has one in nearly every sentence, and its nearest language none."""
    abbreviations: frozenset[str]
    starters: frozenset[str]
    """Articles and pronouns: after an abbreviation they tell that a new sentence begins."""
    bound_openers: tuple[str, ...]
    """ "At least", "More than": how a sentence about a number begins, and nothing else is written."""
    bullets: str
    number_words: Lookup[bool]
    """Words that are or begin a number: the quick filter."""
    number_openers: Lookup[bool]
    """These, articles and halves: no other word opens a number in words."""
    cues: Cues
    """Words and phrases without which a text holds no figure: the quick filter."""
    parts: Mapping[str, str]
    """Parties that are part of another: gaza of palestine."""
    table: Mapping[str, Any]
    """The TOML as read, for tables looked up by name."""

    def parts_of_numerals(self, word: str) -> list[str]:
        """The numerals and scales that are glued together in a word."""
        return re.findall(_numeral_parts(self.table["numbers"]), word)


LANGUAGES = files("monitors") / "languages"


@cache
def load_language(code: str) -> Language | None:
    """The language with this ISO code, or None where there is no TOML file for it."""
    return read_language(LANGUAGES, code)


def read_language(folder: Traversable, code: str) -> Language | None:
    """A language by its files in a folder, beside shared.toml."""
    file = folder / f"{code}.toml"
    if not code.isalpha() or not file.is_file():
        return None
    table, shared = (tomllib.loads(one.read_text(encoding="utf-8")) for one in (file, folder / "shared.toml"))
    places, other = (
        tomllib.loads((folder / table[names]).read_text(encoding="utf-8")) if names in table else {} for names in ("places", "places_alike")
    )
    return build_language(overlaid(shared, table), places, other)


@cache
def known_parties() -> frozenset[str]:
    """Whose people a figure can be of: the parties of all languages that are read."""
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in LANGUAGES.iterdir() if file.name.startswith("places_")]
    return frozenset(party for table in tables for party in (*table, *table.get("factions", ())) if party not in TABLES)


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables as one, in which the second has the last word.

    >>> overlaid({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}, "d": 4})
    {'a': {'b': 1, 'c': 3}, 'd': 4}
    """
    both = {name for name, value in over.items() if isinstance(value, dict) and isinstance(under.get(name), dict)}
    return {**under, **over, **{name: overlaid(under[name], over[name]) for name in both}}


def build_language(table: Mapping[str, Any], places: Mapping[str, Any], other: Mapping[str, Any] = {}) -> Language:
    """Turn the TOML tables into look-ups. Words are listed there in every form, or as a stem; nothing is derived but case.

    `other` are the places of another language: names that are spelled alike need not be listed again.
    """
    tags: dict[str, dict[str, str]] = {}
    for kind, value, listed in _tagged(table):
        for word in listed:
            tags.setdefault(word.lower(), {})[kind] = value
    if table["text"]["stems_add"]:
        tags = _with_stems(tags, frozenset(table["text"]["apart"]))
    said = [word.lower() for roles in table["metrics"].values() for role in METRIC_ROLES for word in roles.get(role, ())]
    said += [phrase for phrase in table["grammar"]["departs"] if " " in phrase]  # "have left Venezuela"; "left" alone says nothing
    common = {word for kind in ("det", "be", "preposition", "pronoun", "of", "to") for word in table["grammar"][kind]} | set(
        table["text"]["commonplace"]
    )
    cues = find_cues(said, common)
    numbers, elided = table["numbers"], tuple(table["text"]["elided"])
    single: dict[str, Tags] = {word: found for word, found in tags.items() if len(split_phrase(word, elided)) == 1}
    named = _place_tags(places, bool(table["text"]["adjectives_follow"]), bool(table["text"]["genitives"]))
    named = {**{name: found for name, found in _place_tags(_names_only(other), False).items() if name not in tags}, **named}
    trees = (_phrases(tags, elided, marking=False), _phrases(tags, elided, marking=True), named)
    phrases, marks, names = (tree_of(listed, elided) for listed in trees)
    openers = [opener for tree in (phrases, marks, names) for opener in (*tree.ahead, *(stem + STEM for stem in tree.stems))]
    counted = [*numbers["words"], *numbers["scales"], *numbers["collectives"], *numbers["halves"]]
    begun = [word.split()[0] for word in numbers["vague"]["words"]]
    return Language(
        code=table["code"],
        words=lookup_of(single),
        phrases=phrases,
        marks=marks,
        names=names,
        small_names=table["text"]["small_names"],
        capital_nouns=table["text"]["capital_nouns"],
        compounds=table["text"]["compounds"],
        possessive=table["text"]["possessive"],
        dotted="." in numbers["ordinal_suffix"],
        verb_last=table["text"]["verb_last"],
        openers=lookup_of(dict.fromkeys(openers, True)),
        numerals=lookup_of(numbers["words"]),
        scales=lookup_of(numbers["scales"]),
        collectives=numbers["collectives"],
        glued=_glued(numbers),
        group_marks=numbers["group"],
        decimal_marks=numbers["decimal"],
        endings=frozenset(numbers["endings"]),
        pair_word=numbers["pair"],
        months=table["dates"]["months"],
        weekdays=table["dates"]["weekdays"],
        joint={frozenset(key.split("+")): metric for key, metric in table["joint"].items()},
        needs={
            metric: frozenset(group for kind in roles["needs"] for group in table["people"][kind])
            for metric, roles in table["metrics"].items()
            if "needs" in roles
        },
        elided=elided,
        capitals=table["text"]["capitals"],
        own_words=(_small_words(table["grammar"]) | cues.words | set(table["text"]["own"])) - set(table["text"]["alike"]),
        foreign_letters=_letters(table["text"]["foreign"]),
        native_letters=_letters(table["text"]["native"]),
        abbreviations=frozenset(table["text"]["abbreviations"]),
        starters=frozenset(word.lower() for kind in ("det", "pronoun") for word in table["grammar"][kind]),
        bound_openers=tuple(bound.capitalize() for listed in table["numbers"]["before"].values() for bound in listed if " " in bound),
        bullets="".join(table["text"]["bullets"]),
        number_words=lookup_of(dict.fromkeys(map(_longest_part, (*counted, *(word for word in begun if word not in common))), True)),
        number_openers=lookup_of(dict.fromkeys((*counted, *numbers["half"], *numbers["article"]), True)),
        cues=cues,
        parts=places.get("parts", {}),
        table=table,
    )


def _with_stems(tags: Mapping[str, dict[str, str]], apart: AbstractSet[str]) -> dict[str, dict[str, str]]:
    """Every word with the tags of all the stems it begins with, the longest said last; but for words that stand apart."""
    stems = {word.removesuffix(STEM): found for word, found in tags.items() if word.endswith(STEM)}
    added = {}
    for word, found in tags.items():
        plain = word.removesuffix(STEM)
        alone = word in apart or " " in word
        begun = [] if alone else [stems[plain[:size]] for size in range(1, len(plain) + 1) if plain[:size] in stems]
        added[word] = {kind: value for one in (*begun, found) for kind, value in one.items()}
    return added


def _letters(listed: str) -> re.Pattern[str] | None:
    return re.compile(f"[{listed}]", re.IGNORECASE) if listed else None


def _small_words(grammar: Mapping[str, Sequence[str]]) -> frozenset[str]:
    kinds = ("det", "be", "have", "modal", "preposition", "pronoun", "of", "to", "conjunction", "negative", "relative", "subordinate")
    single = (word for kind in kinds for word in grammar.get(kind, ()) if " " not in word and STEM not in word)
    return frozenset[str]().union(*map(plain_words, single))


def _longest_part(word: str) -> str:
    """The part of a word by which plain_words know it: "ять" of "п'ять"."""
    return word if "'" not in word else max(word.split("'"), key=len)


def _glued(numbers: Mapping[str, Any]) -> re.Pattern[str] | None:
    return re.compile(f"(?:{_numeral_parts(numbers)})+") if numbers["glued"] else None


def _numeral_parts(numbers: Mapping[str, Any]) -> str:
    """The numerals, scales and what joins them, the longest first."""
    return "|".join(map(re.escape, sorted({*numbers["words"], *numbers["scales"], numbers["glued"]}, key=len, reverse=True)))


def split_phrase(phrase: str, elided: Sequence[str] = ()) -> tuple[str, ...]:
    """A phrase as the tokens that a text would be cut into (`monitors.figures.tokens`).

    >>> split_phrase("St. Petersburg's people")
    ('St', 'Petersburg', "'s", 'people')
    >>> split_phrase("jusqu'à l'aube d'aujourd'hui", ("jusqu", "l", "d"))
    ("jusqu'", 'à', "l'", 'aube', "d'", "aujourd'hui")
    """
    if "'" not in phrase and "." not in phrase:  # nearly all: this is half of the time it takes to load a language
        return tuple(phrase.split())
    if elided:
        phrase = _elision(tuple(elided)).sub(r"\g<0> ", phrase)
    parts = WHOSE.sub(" 's", phrase).split()
    return tuple(part.rstrip(".") if part.count(".") == 1 and len(part) > 1 else part for part in parts)


WHOSE = re.compile(r"(?<=\w)'s\b")


@cache
def _elision(elided: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?i:{'|'.join(elided)})'(?=\w)")


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
    rows += [("numeral", "numeral", list(table["numbers"]["words"]))]
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


def _phrases(tags: Mapping[str, dict[str, str]], elided: Sequence[str], marking: bool) -> dict[str, dict[str, str]]:
    """The phrases of two words and more, with their tags that mark, or with those that make them one token."""
    kept = (
        (phrase, {kind: value for kind, value in found.items() if _marks(kind) is marking})
        for phrase, found in tags.items()
        if len(split_phrase(phrase, elided)) > 1
    )
    return {phrase: found for phrase, found in kept if found}


@cache
def _marks(kind: str) -> bool:
    return MARKING.match(kind) is not None


def _names_only(places: Mapping[str, Any]) -> dict[str, Any]:
    """The places of another language without its adjectives and nouns for peoples."""
    kept = ("places", "governments")
    return {party: {kind: kinds[kind] for kind in kept if kind in kinds} for party, kinds in places.items() if party not in TABLES}


TABLES = frozenset({"parts", "shared", "bodies", "factions"})
"""Tables of a file of places that are no party."""


def _place_tags(places: Mapping[str, Any], follow: bool, genitives: bool = False) -> dict[str, dict[str, str]]:
    """What each name says; `follow`: an adjective stands after its noun, and is marked so; `genitives`: a name after a noun says whose."""
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
        if party == "factions":
            for faction, names in kinds.items():
                for name in names:
                    tags.setdefault(name.lower(), {})["faction"] = faction
            continue
        tags.setdefault(party, {})["place"] = party
        for kind, tag in (("adjectives", "demonym"), ("people", "nation"), ("governments", "seat"), ("places", "place")):
            for name in kinds.get(kind, ()):
                tags.setdefault(name.lower(), {})[tag] = party
                if follow and tag == "demonym":
                    tags[name.lower()]["follows"] = tag
                if tag in ("place", "seat") and name[:1].islower():
                    tags[name.lower()]["small"] = tag  # «росія», as its enemies write it
    return {name: {**found, "whose": ""} for name, found in tags.items()} if genitives else tags


def tree_of(tags: Mapping[str, Tags], elided: Sequence[str] = ()) -> Phrases:
    """Words and phrases, to be followed word by word."""
    root = Phrases(stemmed=any(STEM in phrase for phrase in tags))
    for phrase, found in tags.items():
        node = root
        for part in split_phrase(phrase, elided):
            branches = node.stems if part.endswith(STEM) else node.ahead
            node = branches.setdefault(part.removesuffix(STEM), Phrases())
        node.tags = node.tags or found
    return root
