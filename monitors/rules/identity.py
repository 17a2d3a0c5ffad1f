"""Say who is who: the claimant behind a name, the publisher behind a URL, the kind of event behind words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from monitors.model import Claimant, Publisher

UNATTRIBUTED = "unattributed"
NOBODY = Claimant(UNATTRIBUTED, "", UNATTRIBUTED, known=False)
"""The claimant of a figure that nobody is named for."""

LOOSE = "officials"
"""With what the bodies begin that only say "officials", "police", "a hospital"."""

HEARSAY = "hearsay"
"""With what the bodies begin that are posts, users and rumours."""

NUMBERED = re.compile(r"(?<!\w)\d+ (?:\w+ )?\Z")
"""What ends right before the word for countries where they are counted."""

JOINED = frozenset({" and ", " and in ", " "})
"""What stands between two countries whose people are added up."""

PERSON, BODY, GENERIC, VOICE = 0, 1, 2, 3
"""Of two claimants named together the more telling: "Ukrainian President Zelensky", "the Gaza health ministry"."""


def fold(text: str) -> str:
    """Letters and digits only, without accents and case, one space between words: how names are compared.

    >>> fold("Zelenskyy's  office — U.N."), fold("Зеленський")
    ('zelenskyy s office u n', 'зеленськии')
    """
    plain = text.casefold()
    if not text.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))


class Words:
    """Many phrases over folded text as one pattern, the longest first; "стем*" stands for every ending.

    It is compiled when something is first searched for: most runs find nothing new, and look for nobody.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        phrases = sorted({_phrase(word) for word in self._words}, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)" if phrases else r"(?!)")

    def search(self, folded: str) -> re.Match[str] | None:
        return self._pattern.search(folded)

    def fullmatch(self, folded: str) -> re.Match[str] | None:
        return self._pattern.fullmatch(folded)

    def called(self, word: str) -> bool:
        """Whether a folded word begins a word of a phrase, or is a form of one."""
        return any(part.startswith(word) or (is_stem and word.startswith(part)) for part, is_stem in self._parts)

    @cached_property
    def _parts(self) -> list[tuple[str, bool]]:
        """The words of the phrases, folded, and whether every ending may follow."""
        return [(fold(part), part.endswith("*")) for phrase in self._words for part in phrase.split()]

    def finditer(self, folded: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(folded)


def _phrase(word: str) -> str:
    return r"\s".join(
        re.escape(fold(part)).replace(r"\ ", r"\s") + (r"\w*" if part.endswith("*") else "") for part in word.split() if fold(part)
    )


# --- claimants


@dataclass(frozen=True)
class Term:
    """A person in an office: whom the person speaks for, from when, until when."""

    body: str
    role: str
    begins: date
    ends: date | None


@dataclass(frozen=True)
class Entry:
    """One entry of claimants.toml."""

    rank: int
    claimant: Claimant
    pattern: Words
    terms: tuple[Term, ...] = ()
    loose: bool = False
    bare_of: frozenset[str] = frozenset()
    """Whose people must be counted for its names to mean it where they name no country; empty: anybody's."""


@dataclass(frozen=True)
class Claimants:
    """claimants.toml, ready to be asked who a name is."""

    entries: tuple[Entry, ...]
    sides: Mapping[str, Words]
    daily: Mapping[str, str | None]
    """Bodies that publish a running total every day, and of whose people."""
    bodies: Mapping[str, Claimant]
    counts: Mapping[str, str]
    """Whose dead a list of names holds."""
    stands_for: Mapping[str, str]
    """Which known body a ministry or "officials" of a country are."""
    many: Words = field(default_factory=lambda: Words(()))
    """Words for countries that are counted."""
    seats: Mapping[str, Words] = field(default_factory=dict)
    """Where governments sit: "Islamabad's army" is Pakistan's."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Of bodies that a person merged into others, whose figures theirs are."""

    def find(self, name: str | None, on: date, party: str | None = None) -> Claimant:
        """Whom a name means on a day: a person speaks for a body while in office; a name that is not known is its own claimant.

        `party`, whose people are counted, gives a ministry named without its country one.
        """
        return self._whole(self._named(name, on, party))

    def _whole(self, claimant: Claimant) -> Claimant:
        """The claimant as one of the body that its own was merged into."""
        keep = self.merged.get(claimant.body)
        if keep is None:
            return claimant
        body = self.bodies.get(keep, claimant)
        return replace(claimant, body=keep, side=body.side, method=body.method, known=body.known)

    def _named(self, name: str | None, on: date, party: str | None) -> Claimant:
        if name is None or not fold(name):
            return NOBODY
        folded = fold(name)
        found = [
            (entry.rank, -(match.end() - match.start()), number, entry, match[0])
            for number, entry in enumerate(self.entries)
            if (match := entry.pattern.search(folded)) and self._means(entry, match[0], party)
        ]
        if not found and (country := self.country(name) or (party if party and fold(party) == folded else None)):
            return self._of_country(self._government, folded, name, country)  # "Togo says that 14 died"
        if not found:
            return Claimant(folded, name, folded, known=False)
        *_, entry, called = min(found)
        offices = [row[3] for row in found if row[3].rank == GENERIC and not row[3].loose]
        if offices and entry.rank == BODY and self.country(called):
            entry = offices[0]  # "Ukraine's State Emergency Service" is not Ukraine
        if entry.rank >= GENERIC:
            return self._of_country(entry, folded, name, party)
        return self._in_office(entry, on) if entry.rank == PERSON else entry.claimant

    @cached_property
    def _government(self) -> Entry:
        """Who "Togo" is in "Togo said": its officials."""
        return next(entry for entry in self.entries if entry.claimant.id == LOOSE)

    def _means(self, entry: Entry, called: str, party: str | None) -> bool:
        """Whether a name that was found means this entry: "the general staff", of Mali's dead, is not Ukraine's."""
        own = not entry.bare_of or party is None or party in entry.bare_of
        return own or any(words.search(called) for words in self.sides.values())

    def speaker(self, body: str, text: str, on: date) -> Claimant:
        """Who speaks on a body's own page: the first person in its offices whom the text names, else the body itself."""
        folded = fold(text)
        named = [
            (match.start(), number, found)
            for number, entry in enumerate(self.entries)
            if entry.rank == PERSON and (match := entry.pattern.search(folded)) and (found := self._in_office(entry, on)).body == body
        ]
        return self._whole(min(named)[2] if named else self.bodies[body])

    def called(self, word: str) -> set[str]:
        """The persons and bodies, as they are shown, that have a folded word in one of their names."""
        return {entry.claimant.name for entry in self.entries if entry.rank < GENERIC and entry.pattern.called(word)}

    def country(self, name: str) -> str | None:
        """The country or side that a name is of."""
        return self._side_called(fold(name))

    @cached_property
    def _side_called(self) -> Callable[[str], str | None]:
        """The side that a folded name is of; the pages of a run name the same few."""
        return lru_cache(4096)(lambda folded: next((side for side, words in self.sides.items() if words.fullmatch(folded)), None))

    def several(self, text: str) -> bool:
        """Whether a text joins the names of two countries ("in Turkey and Syria"), or counts them ("in 17 African countries")."""
        folded = fold(text)
        if any(NUMBERED.search(folded, 0, match.start()) for match in self.many.finditer(folded)):
            return True
        spans = sorted((match.start(), match.end(), side) for side, words in self.sides.items() for match in words.finditer(folded))
        return any(folded[a[1] : b[0]] in JOINED and a[2] != b[2] for a, b in pairwise(spans))

    def bulletin(self, text: str, party: str | None) -> Claimant | None:
        """The one body that a text names of those who publish running totals of these people: a daily bulletin, a list of their dead.

        None where it names none or several.
        """
        folded = fold(text)
        named = {
            entry.claimant.body: entry.claimant
            for entry in self.entries
            if entry.rank == BODY and self._keeps_count(entry.claimant.body, party) and entry.pattern.search(folded)
        }
        return self._whole(next(iter(named.values()))) if len(named) == 1 else None

    def _keeps_count(self, body: str, party: str | None) -> bool:
        if body in self.counts:
            return self.counts[body] == party
        return body in self.daily and (party is None or self.daily[body] in (None, party))

    def body_called(self, name: str, on: date) -> str | None:
        """The body that has this very name, or for which a person of this very name speaks on a day; None where nobody is called so."""
        folded = fold(name)
        matches = ((entry, entry.pattern.search(folded)) for entry in self.entries if entry.rank < GENERIC)
        return next((self._in_office(entry, on).body for entry, match in matches if match and match[0] == folded), None)

    def side_of(self, body: str) -> str | None:
        """Whose side a body is on; None of one that is on none, or is not known."""
        return self.bodies[body].side if body in self.bodies else body.partition("@")[2].strip("-") or None

    def are_related(self, body: str, claimant: Claimant) -> bool:
        """Whether one of two bodies is a part of the other, the UN and its human rights office; or a country and an office of it."""
        known = self.bodies.get(body)
        general = {body.partition("@")[0], claimant.body.partition("@")[0]} >= {LOOSE}
        of_one = general and claimant.side is not None and self.side_of(body) == claimant.side
        return of_one or claimant.within == body or (known is not None and known.within == claimant.body)

    def is_nobody(self, body: str) -> bool:
        """Whether it is of no list, nor an office of a country: a name that says no more than whose words they were, or none at all."""
        return body not in self.bodies and "@" not in body

    def is_loose(self, claimant: Claimant) -> bool:
        """Whether it only says "officials": within one event it names nobody in particular."""
        return claimant.body.startswith((LOOSE, HEARSAY, UNATTRIBUTED)) or not claimant.known

    def _in_office(self, entry: Entry, on: date) -> Claimant:
        for term in entry.terms:
            if term.begins <= on and (term.ends is None or on < term.ends):
                body = self.bodies.get(term.body)
                return replace(
                    entry.claimant, body=term.body, role=term.role, side=body.side if body else None, method=body.method if body else None
                )
        return entry.claimant  # out of office: for themselves

    def _of_country(self, entry: Entry, folded: str, name: str, party: str | None) -> Claimant:
        listed = (*self.sides.items(), *self.seats.items())
        named = [(match[0], side) for side, words in listed if (match := words.search(folded))]
        side = max(named, key=lambda row: len(row[0]))[1] if named else None  # "South Sudanese", not "Sudanese"
        country = side or party
        shown = name.removeprefix("The ").removeprefix("the ")
        body = f"{entry.claimant.id}@{country or '-'}"
        whole = self.stands_for.get(body) or (self.stands_for.get(f"{LOOSE}@{country}") if entry.loose else None)
        known = self.bodies.get(whole or "") if side or not entry.loose else None
        return known or replace(entry.claimant, name=shown, side=country, body=body)


@cache
def shipped_claimants() -> Claimants:
    """claimants.toml."""
    return read_claimants(tomllib.loads(files("monitors").joinpath("claimants.toml").read_text("utf-8")))


def read_claimants(tables: Mapping[str, Any]) -> Claimants:
    """Claimants of parsed TOML."""
    spellings = tables.get("spellings", {})
    entries = [
        *(_person(table) for table in tables["person"]),
        *(_body({**table, "names": _spelt(table["names"], spellings)}) for table in tables["body"]),
        *(_generic(table) for table in tables["generic"]),
    ]
    bodies: dict[str, Claimant] = {}
    for entry in entries:
        if entry.rank == BODY:
            bodies.setdefault(entry.claimant.body, entry.claimant)
    return Claimants(
        tuple(entries),
        {side: Words(words) for side, words in tables["sides"].items()},
        {table["id"]: table.get("bulletin") for table in tables["body"] if table.get("cadence") == "daily"},
        bodies,
        {table["id"]: table["counts"] for table in tables["body"] if "counts" in table},
        tables.get("stands_for", {}),
        Words(tables.get("many", {}).get("words", ())),
        {side: Words(words) for side, words in tables.get("seats", {}).items()},
    )


def _spelt(names: Sequence[str], spellings: Mapping[str, Sequence[str]]) -> list[str]:
    """Names, with what else their first words are written as."""
    others = (f"{other} {rest}" for name in names for first, _, rest in [name.partition(" ")] if rest for other in spellings.get(first, ()))
    return [*names, *others]


def _person(table: Mapping[str, Any]) -> Entry:
    terms = tuple(
        Term(term["body"], term["role"], date.fromisoformat(term["from"]), date.fromisoformat(term["until"]) if "until" in term else None)
        for term in table["terms"]
    )
    return Entry(PERSON, Claimant(table["id"], table["name"], table["id"]), Words(table["names"]), terms)


def _body(table: Mapping[str, Any]) -> Entry:
    about = (table.get("side"), table.get("role", ""), table.get("method"), table.get("within"))
    claimant = Claimant(table["id"], table["name"], table["id"], *about)
    return Entry(BODY, claimant, Words(table["names"]), bare_of=frozenset(table.get("bare_of", ())))


def _generic(table: Mapping[str, Any]) -> Entry:
    claimant = Claimant(table["id"], table["name"], table["id"], None, "", table.get("method", "official"))
    return Entry(VOICE if table.get("voice") else GENERIC, claimant, Words(table["names"]), loose=table.get("loose", False))


# --- publishers


@dataclass(frozen=True)
class Publishers:
    """publishers.toml, ready to be asked who stands behind a page."""

    by_domain: Mapping[str, Publisher]
    by_outlet: Mapping[str, Publisher]
    credited: Mapping[str, Publisher]
    """Folded names by which texts credit a publisher."""
    credit: Words
    speaks_for: Mapping[str, frozenset[str]]
    state_suffixes: Mapping[str, str]
    homes: Mapping[str, str]
    """Countries by the ending of a domain."""
    own: Mapping[str, Publisher] = field(default_factory=dict)
    """Outlets of the user's configuration."""

    @property
    def titles(self) -> dict[str, str]:
        """What people call the outlets of the user's configuration."""
        return {name: publisher.title for name, publisher in self.own.items()}

    def of(self, url: str, outlet: str = "") -> Publisher:
        """The publisher of a page: by the registrable domain of its URL first, then by the outlet's name; unknown is tier 3."""
        if outlet in self.own:
            return self.own[outlet]
        host = urlsplit(url).hostname or ""
        domain, suffix = registrable(host)
        found = self._by_host(host, domain) or self.by_outlet.get(fold(outlet))
        if found:
            return found
        if state := self.state_suffixes.get(suffix):
            return Publisher(domain, domain, 1, domain, channel_of=state)
        name = outlet or domain or host or "unknown"
        return Publisher(name, domain or name, 3, name)

    def home_of(self, url: str, outlet: str = "") -> str | None:
        """Whose people a page means where it names no country: its paper's; None of the press that writes for the world."""
        host = urlsplit(url).hostname or ""
        found = self._by_host(host, registrable(host)[0]) if host else None
        found = found or self.by_outlet.get(fold(outlet))
        return found.home if found else self.homes.get(host.rpartition(".")[2])

    def named(self, name: str | None) -> Publisher | None:
        """The publisher that a name ends in ("news agency Reuters", "The Associated Press"); None where it is no publisher's."""
        folded = fold(name or "")
        last = next((match[0] for match in self.credit.finditer(folded) if match.end() == len(folded)), None)
        return self.credited[last] if last else None

    def is_primary(self, publisher: Publisher, claimant: Claimant) -> bool:
        """Whether the page is the claimant's own channel: what it says, the claimant did say (DOMAIN 3.0)."""
        channel = publisher.channel_of
        return channel is not None and (claimant.body in (channel, *self.speaks_for.get(channel, ())) or channel == claimant.side)

    def _by_host(self, host: str, domain: str) -> Publisher | None:
        labels = host.split(".")
        names = (".".join(labels[i:]) for i in range(len(labels) - 1))
        return next((self.by_domain[name] for name in (*names, domain) if name in self.by_domain), None)


def registrable(host: str) -> tuple[str, str]:
    """A host's registrable domain and public suffix, by the list that tldextract carries: nothing is asked of the network.

    >>> registrable("www.president.gov.ua"), registrable("news.example")
    (('president.gov.ua', 'gov.ua'), ('news.example', 'example'))
    """
    parts = _extract(host)
    return parts or (".".join(host.split(".")[-2:]), host.rpartition(".")[2])


@cache
def _extract(host: str) -> tuple[str, str] | None:
    parts = _extractor()(host)
    return (parts.top_domain_under_public_suffix, parts.suffix) if parts.top_domain_under_public_suffix else None


@cache
def _extractor() -> Any:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def shipped_publishers() -> Publishers:
    """publishers.toml."""
    return read_publishers(tomllib.loads(files("monitors").joinpath("publishers.toml").read_text("utf-8")))


def read_publishers(tables: Mapping[str, Any]) -> Publishers:
    """Publishers of parsed TOML."""
    by_domain: dict[str, Publisher] = {}
    by_outlet: dict[str, Publisher] = {}
    credited: dict[str, Publisher] = {}
    rows = [(tier, row) for tier in (1, 2, 3) for row in tables[f"tier_{tier}"]]
    for tier, row in [*rows, *((1, row) for row in tables["channels"])]:
        title, channel = row.get("title", row["name"].title()), row.get("of") or row.get("channel_of")
        publisher = Publisher(row["name"], row["name"], tier, title, channel, home=row.get("home"))
        by_domain.update(dict.fromkeys(row["domains"], publisher))
        by_outlet.update(dict.fromkeys(map(fold, (row["name"], publisher.title, *row["domains"], *row.get("outlets", ()))), publisher))
        credited.update(dict.fromkeys((fold(name).removeprefix("the ") for name in row.get("names", ())), publisher))
    speaks = {channel: frozenset(bodies) for channel, bodies in tables.get("speaks_for", {}).items()}
    states, homes = tables.get("state_suffixes", {}), tables.get("homes", {})
    return Publishers(by_domain, by_outlet, credited, Words(credited), speaks, states, homes)


# --- events and wars


@dataclass(frozen=True)
class Happening:
    """A kind of event: an earthquake, felt in many places for weeks (`wide`), or an attack, in one place on one day."""

    name: str
    wide: bool
    after: frozenset[str] = frozenset()
    """Kinds it may come of: a collapse of an earthquake. Where a text names both, it is the earthquake."""
    broad: frozenset[str] = frozenset()
    """Kinds its words stand for as well: an "attack" may be an air strike."""
    lasts: int | None = None
    """Days over which it is one event, where these are more than those of every other."""
    season: bool = False
    """Its dead are also counted by the season: "since the monsoon began"."""
    things: Words = field(default_factory=lambda: Words(()), compare=False, repr=False)
    """What it befalls: a bus, which names a road crash where the text names nothing else."""
    kin: Mapping[str, Words] = field(default_factory=dict, compare=False, repr=False)
    """Kinds that the same event may be told as, with their words: what it may come of, what may come of it, and what else it is called."""


@dataclass(frozen=True)
class War:
    """A war whose totals run on."""

    name: str
    parties: frozenset[str]
    since: date


@dataclass(frozen=True)
class Happenings:
    """events.toml: the kinds of events and their words, and the wars."""

    patterns: tuple[tuple[Happening, Words], ...]
    words: Words
    """Those of all kinds, and what only sounds like one."""
    wars: tuple[War, ...]
    one_party: Mapping[str, str]
    """Names of one people."""

    def of_page(self, title: str, text: str) -> Happening | None:
        """The kind of event that a page is about: by its headline, its first paragraph, what follows; a bus further down is no crash."""
        lede, _, rest = text.partition("\n")
        return self.find(title, lede) or chief_of(self.kinds(rest, things=False))

    def find(self, *texts: str | None) -> Happening | None:
        """The kind of event of the first text that names one; within a text, the one that is named first, or what that came of."""
        return next((chief for text in filter(None, texts) if (chief := chief_of(self.kinds(text)))), None)

    def kinds(self, text: str, *, things: bool = True) -> list[Happening]:
        """The kinds of events a text names, in the order of their first mention; "opened fire" is no fire, a bomb on a bus no crash.
        Without `things` a bus alone names none."""
        named: dict[str, Happening] = {}
        befallen: dict[str, Happening] = {}
        for match in self.words.finditer(fold(text)):
            happening = next((happening for happening, pattern in self.patterns if pattern.fullmatch(match[0])), None)
            if happening is None:
                continue  # a fire service
            (befallen if happening.things.fullmatch(match[0]) else named).setdefault(happening.name, happening)
        return list((named or (befallen if things else {})).values())

    def named(self, name: str | None) -> Happening | None:
        return next((happening for happening, _ in self.patterns if happening.name == name), None)

    def side_among(self, parties: Iterable[str]) -> str | None:
        """The first of these parties that is at war."""
        return next((party for party in parties if self.war_of(party)), None)

    def war_of(self, party: str | None) -> War | None:
        return next((war for war in self.wars if party in war.parties), None) if party else None


def chief_of(named: Sequence[Happening]) -> Happening | None:
    """Of the kinds a text names, in their order, the first, or what that came of."""
    return next((cause for cause in named if cause.name in named[0].after), named[0]) if named else None


@cache
def shipped_happenings() -> Happenings:
    """events.toml."""
    tables = tomllib.loads(files("monitors.definitions").joinpath("events.toml").read_text("utf-8"))
    kin: dict[str, set[str]] = {row["name"]: set() for row in tables["kind"]}
    for row in tables["kind"]:
        for other in (*row.get("after", ()), *row.get("also", ())):
            kin[row["name"]].add(other)
            kin[other].add(row["name"])
    told = {row["name"]: (*row["words"], *row.get("things", ())) for row in tables["kind"]}
    words = {name: Words(phrases) for name, phrases in told.items()}
    of_kin = {name: {other: words[other] for other in others} for name, others in kin.items()}
    patterns = tuple((_happening(row, of_kin[row["name"]]), words[row["name"]]) for row in tables["kind"])
    wars = tuple(War(row["name"], frozenset(row["parties"]), date.fromisoformat(row["since"])) for row in tables["war"])
    every = Words(word for phrases in (*told.values(), tables["no_kind"]["words"]) for word in phrases)
    return Happenings(patterns, every, wars, tables.get("one_party", {}))


def _happening(row: Mapping[str, Any], kin: Mapping[str, Words]) -> Happening:
    after, broad, things = frozenset(row.get("after", ())), frozenset(row.get("broad", ())), Words(row.get("things", ()))
    return Happening(row["name"], row.get("wide", False), after, broad, row.get("lasts"), row.get("season", False), things, kin)


def key_part(text: str | None) -> str:
    """A name as a part of a key: folded, "-" where there is none.

    >>> key_part("Cebu, Philippines"), key_part(None)
    ('cebu philippines', '-')
    """
    return fold(text or "") or "-"
