"""Remember whom a text is about: how often each party is named, whom it has counted, and who is of no place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from monitors.figures.attribution import past_dateline
from monitors.figures.names import acts, attacks, is_heard, is_place, named_at, party_of, twin_of
from monitors.figures.phrases import BOTH
from monitors.figures.tokens import Token

MUCH = 2.0
"""How much more often the text names its own place than whom the sentence before counted, to be taken instead."""
TOLD = 4.0
"""How much more a name tells that stands before a toll or losses, than one that is only named."""


HEADING = 5
"""Words of a line that only says whose list follows."""


def is_entry(tokens: Sequence[Token]) -> bool:
    """Whether a line begins as an entry of a list does: with its number or a dash."""
    return tokens[0].value is not None or tokens[0].text in "-—"


def fighter(tokens: Sequence[Token]) -> str | None:
    """ "Russian soldiers repelled three attacks": whose forces the sentence opens with."""
    at = next((at for at in range(min(2, len(tokens))) if named_at(at, tokens)), None)
    if at is None:
        return None
    forces = tokens[at].has("body") or any(word.has("armed") or word.tags.get("person") == "military" for word in tokens[at + 1 : at + 3])
    return named_at(at, tokens) if forces else None


def spoken_at(tokens: Sequence[Token]) -> list[int]:
    """ "GENEVA, Oct 29 (Reuters) - ", "told reporters in New York": the names of where it was said."""
    line = past_dateline(tokens) or 2 * (len(tokens) > 1 and tokens[1].text in "-–—")
    hosts = [at for at in range(len(tokens)) if tokens[at].has("host")]
    line *= bool(hosts) and hosts[0] < line  # "GENEVA, Switzerland (AP) -- "
    return [at for at in {*range(line), *(at for at in hosts if is_heard(at - 2, tokens))} if party_of(tokens[at])]


@dataclass(frozen=True)
class Party:
    """Whose people, where in the text that was read (nearest first in `STEPS`), and the words that said so."""

    name: str | None
    basis: str
    words: str = ""
    fights: bool = False
    """A side said to have suffered or lost: its forces."""
    soldiers: bool = False
    """Its military was said to."""


ADRIFT = Party(None, "none", "people on their way")
"""Whose people migrants are: of no place they perish in."""


@dataclass(frozen=True)
class Titled:
    """Whom a number of the title counts."""

    party: Party
    group: str


@dataclass
class Setting:
    """What the text around a sentence says of parties: how often each is named, whom the last claim counted."""

    home_of: Callable[[], str | None]
    """Whose people its outlet means where it names no country."""
    at_home: str | None = None
    """Whose people a text in its language means that names no country and has no outlet."""
    titled: Mapping[str, Titled] = field(default_factory=dict)
    """Whom the title counts, by metric."""
    anyone: bool = False
    """It names a country, if only as who strikes."""
    named: dict[str, float] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    """Whose dead or losses it speaks of."""
    said_in: dict[str, float] = field(default_factory=dict)
    """How often each is named as where it was said."""
    factions: dict[str, int] = field(default_factory=dict)
    """How often each armed group is named."""
    pairs: set[frozenset[str]] = field(default_factory=set)
    """Parties named side by side: "Turkey, Syria earthquake"."""
    fighter: str | None = None
    """Whose forces a sentence opened with: their enemy is the other side."""
    heading: Party | None = None
    """Whose list is being read: "UKRAINE:", and its entries below."""
    lists_losses: bool = False
    """It is one of losses: "Losses:"."""
    last: str | None = None
    scene: str | None = None
    """Where the sentence before is set."""
    soldiers: bool = False
    """Those counted last were an enemy's soldiers."""
    armed: bool = False
    """Those counted last were soldiers."""
    adrift: bool = False
    """It tells of migrants, who are of no place they perish in."""

    def add(self, tokens: Sequence[Token], weight: float = 1.0) -> None:
        apart = spoken_at(tokens)
        for at, token in enumerate(tokens):
            self.anyone = self.anyone or party_of(token) is not None
            name = named_at(at, tokens) if "shared" not in token.tags else None
            if name and at in apart:
                self.said_in[name] = self.said_in.get(name, 0) + weight
            elif name and not attacks(at, tokens):
                if any(t.has("toll", "loss", "state") for t in tokens[at + 1 : at + 3] if t.text != "'s") and not acts(at, tokens):
                    self.counted.add(name)
                much = 0.5 if acts(at, tokens) else 2 if token.has("place") else 1
                if not token.has("place") and any(t.has("toll", "loss") for t in tokens[at + 1 : at + 3]):
                    much = TOLD  # "Russian losses": whom the text counts
                self.named[name] = self.named.get(name, 0) + weight * much
                if token.has("place") and (twin := twin_of(at, tokens)):
                    self.pairs.add(frozenset((name, twin)))
            if "faction" in token.tags:
                self.factions[token.tags["faction"]] = self.factions.get(token.tags["faction"], 0) + 1
            self.adrift = self.adrift or "adrift" in token.tags

    def move(self, tokens: Sequence[Token]) -> None:
        """Go on to what follows a sentence: where it is set is where "there" will be."""
        self.scene = next((named_at(at, tokens) for at in range(len(tokens) - 1, -1, -1) if is_place(at, tokens)), None)

    def settle(self, tokens: Sequence[Token], weight: float) -> None:
        """Mean by a name that two countries share the one of which the text speaks, and by "Lima, Ohio" the one in Ohio.

        Where it was said is nobody's land, if the text names only others.
        """
        self.named = self.named or self.said_in
        for at in spoken_at(tokens):
            if party_of(tokens[at]) not in self.named:
                tokens[at].tags = {"said_there": "said_there"}
        for token, comma, region in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if comma.text == "," and region.has("region") and token.has("place", "seat") and party_of(token) != party_of(region):
                token.tags = {"place": party_of(region) or ""}
        for at, token in enumerate(tokens):
            if "shared" in token.tags:
                sides = token.tags["shared"].split("|")
                led = party_of(tokens[at - 1]) if at else None  # "the Mexican Gulf Coast"
                meant = led if led in sides else max(sides, key=lambda side: self.named.get(side, 0.0))
                token.tags = {**token.tags, "place": meant}
                self.named[meant] = self.named.get(meant, 0) + weight

    def faction_but(self, bands: Sequence[str]) -> str | None:
        """The armed group the text names most, but for bands that any may be called: "rebels"."""
        return max((name for name in self.factions if name not in bands), key=lambda name: self.factions[name], default=None)

    def hear(self, tokens: Sequence[Token]) -> None:
        """Take in whose forces a sentence that was read opens with."""
        self.fighter = fighter(tokens) or self.fighter

    def read_heading(self, tokens: Sequence[Token]) -> None:
        """Take in a line that heads a list; a list ends with a line that is no entry."""
        if tokens[-1].text == ":":
            losses = any(token.has("loss") for token in tokens)
            names = [name for at in range(len(tokens)) if (name := named_at(at, tokens))]
            if names and len(tokens) <= HEADING:
                self.heading = Party(names[0], "label", " ".join(token.text for token in tokens[:-1]))
            self.lists_losses = losses
        elif not is_entry(tokens) and not any(token.text.endswith(":") for token in tokens):
            self.heading, self.lists_losses = None, False

    def looks_on(self, side: str | None) -> bool:
        """Whether a side is none of those whose dead the text speaks of, and little named beside them: "Britain's ministry estimates …"."""
        most = max((self.named.get(name, 0) for name in self.counted), default=0)
        return side not in (*self.counted, self.last) and MUCH * self.named.get(side or "", 0) < most

    def home_but(self, doer: str | None) -> str | None:
        """The party the text names most, but for whoever did it; BOTH where it is one of a pair."""
        ranked = sorted((name for name in self.named if name != doer), key=lambda name: -self.named[name])
        if frozenset(ranked[:2]) in self.pairs and self.named[ranked[0]] < MUCH * self.named[ranked[1]]:
            return BOTH
        return ranked[0] if ranked else None
