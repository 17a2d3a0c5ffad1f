"""Decide whose people a number counts: by its noun, its toll, who suffered it, the place beside it, the sentence, the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitors.figures.attribution import Speaker, side_of
from monitors.figures.names import acts, attacks, located, named_at, own_strife, party_of, stands_as_place, twin_of
from monitors.figures.phrases import BOTH, UNDIFFERENTIATED, Counted
from monitors.figures.setting import ADRIFT, MUCH, Party, Setting, fighter, is_entry
from monitors.figures.tokens import Token
from monitors.model import Claim

FAR = 14


@dataclass(frozen=True)
class Scene:
    """A sentence as its numbers are read: what stands there, whom the number before counted, who speaks, who did it."""

    tokens: Sequence[Token]
    before: Party | None
    """The party of the number before in the sentence, which ends at `begin`."""
    begin: int
    side: str | None
    """The party of who speaks."""
    looks_on: bool
    """The text is about the dead of others than theirs."""
    doer: str | None
    """Who killed, where the sentence says so: not whose people were killed."""
    adrift: bool
    """The story is of migrants, who are of no side that counts them."""
    host: bool
    """Refugees are counted, who are not of the country they are in."""
    heading: Party | None
    """Whose list the sentence is an entry of."""


def side_speaking(speaker: Speaker | None, tokens: Sequence[Token]) -> str | None:
    """The side a claimant speaks for; an institute or think tank speaks for none."""
    if speaker is None or any(token.has("outsider", "worldwide") for token in tokens[speaker.name_first : speaker.name_last]):
        return None
    return side_of(speaker, tokens)


def find_party(
    one: Counted,
    tokens: Sequence[Token],
    before: Party | None,
    begin: int,
    side: str | None,
    setting: Setting,
    known: Mapping[str, Any],
) -> Party:
    """Whose people one number counts; the first step that knows decides.

    `before` is the party of the number before in the sentence, which ends at `begin`; `side` that of who speaks; `known` says who
    fights whom and whose people a captor holds.
    """
    if faction := _faction(one, tokens, setting, known):
        return Party(faction, "noun", _words(tokens, one.number.last, one.phrase.end))
    if before is not None and is_faction(before.name) and one.phrase.kind != "bare":
        before = None  # "six rebels and four soldiers were killed"
    if before is not None and before.name == side and _claims_kills(one, tokens):
        before = None  # "puts its own dead at 23 and says it killed 200 fighters"
    host = _host(one, tokens)
    doer, heading = host or _doer(one, tokens, side), setting.heading if is_entry(tokens) else None
    scene = Scene(tokens, before, begin, side, setting.looks_on(side), doer, setting.adrift, host is not None, heading)
    steps = NEAREST if _of_enemy(one, tokens) else STEPS
    found = next((party for step in steps if (party := step(one, scene)) is not None), None) or _from_text(one, scene, setting, known)
    if captives := _held(one, found, scene, setting, known["captors"]):
        return captives
    kidnapped = one.phrase.adjective in known["taken"]
    homeward = one.cue is not None and tokens[one.cue].has("homeward") and found.basis != "text"
    if found.name not in (None, BOTH) and (kidnapped or homeward):
        return Party(found.name, "subject", found.words)
    return Party(None, found.basis, found.words) if found.name == BOTH else found


def _claims_kills(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "it killed 200 fighters", "had killed": who speaks did it."""
    if one.cue is None or one.cue > one.number.first or not tokens[one.cue].has("act"):
        return False
    at = one.cue - 1
    at -= at > 0 and tokens[at].has("have")
    return at >= 0 and tokens[at].has("pronoun") and not tokens[at].has("relative")


def is_faction(party: str | None) -> bool:
    """Whether a party is an armed group of no country."""
    return party is not None and party.startswith("other:")


def _faction(one: Counted, tokens: Sequence[Token], setting: Setting, known: Mapping[str, Any]) -> str | None:
    """ "76 Taliban", "six guerrillas of the FARC": an armed group's people are its own, not the country's that it fights.

    A band that any may be called ("rebels") is the group which the text names; where a nation is said or two sides are at war, it is
    theirs.
    """
    end, head = one.phrase.end, tokens[one.phrase.head or 0]
    if end < len(tokens) and tokens[end].has("of") and head.has("person") and not head.has("noun"):  # not "twelve victims of the FARC"
        ahead = range(end + 1, min(end + 5, len(tokens)))
        end = next((at + 1 for at in ahead if tokens[at].has("faction") or not _joins_name(at, tokens)), end)
    named = [token.tags["faction"] for token in tokens[one.number.last : end] if token.has("faction")]
    bands = known["bands"]
    group = next((name for name in named if name not in bands), None)
    if group or not named:
        return group
    sides = setting.named.keys()
    at_war = any(a in sides and b in sides for a, b in known["foes"].items())
    if one.phrase.party or at_war or not sides.isdisjoint((*known["captors"], *known["captors"].values())):
        return None
    return setting.faction_but(bands) or named[0]


def _joins_name(at: int, tokens: Sequence[Token]) -> bool:
    """ "de las comunistas FARC": what may stand between "of" and a name."""
    return tokens[at].has("det", "filler", "of") or (not tokens[at].tags and tokens[at].text.isalpha())


def of_swap(one: Counted, tokens: Sequence[Token], last: Claim | None, known: Mapping[str, Mapping[str, str]]) -> Party:
    """Whose people were exchanged where their noun does not say: those going home, the foe's of who frees them; else both sides'."""
    if one.relation == "inherited" and one.cue is None and last is not None and last.metric == one.metric:
        return Party(last.party, "before", "the sentence before")
    owned = (at + 1 for at in range(one.phrase.end, min(one.phrase.end + OWNED, len(tokens) - 1)) if tokens[at].has("owned_by"))
    if own := next((name for at in owned if (name := named_at(at + tokens[at].has("det"), tokens))), None):
        return Party(own, "subject", f"{OWNED_BY}{own}")
    if captor := next((tokens[at].tags["demonym"] for at in range(len(tokens) - 1) if _holds(at, tokens)), None):
        return Party(known["foes"].get(captor) or known["captors"].get(captor), "subject", f"held by {captor}")
    before = range(one.number.first - 1, max(-1, one.number.first - 4), -1)
    given = next((at for at in before if tokens[at].has("lets_go", "gets_back")), None)
    sent = next((at for at in range(one.number.first - 4, max(-1, one.number.first - 11), -1) if tokens[at].has("lets_go")), None)
    if given is None and sent is not None and tokens[sent + 1].has("to") and (home := named_at(sent + 2, tokens)):
        return Party(home, "subject", tokens[sent + 2].text)  # "remis à Kiev les corps de 1 000 soldats"
    verb = given if given is not None else one.cue
    if verb is None or one.number.first > verb + FAR:
        return BOTH_SIDES
    if given is not None and verb + 1 < one.number.first and tokens[verb].has("lets_go") and (home := _receiver(verb + 1, tokens)):
        return Party(home, "subject", tokens[verb + 1].text)
    if verb > 1 and tokens[verb].has("lets_go") and tokens[verb - 1].has("side") and tokens[verb - 2].has("whose", "demonym"):
        return Party(named_at(verb - 2, tokens), "subject", tokens[verb - 2].text)  # «украинской стороне передала 212»
    if verb and tokens[verb].has("given_to") and tokens[verb - 1].has("place", "seat") and (home := _alone(verb - 1, tokens)):
        return Party(home, "subject", tokens[verb - 1].text)  # «России передали 38 тел»
    ends = max(verb + 1, one.phrase.end if given is not None else 0)
    for at in range(ends, min(ends + 3, len(tokens) - 1)):
        if tokens[at].has("to") and (home := named_at(at + 1, tokens)):
            return Party(home, "subject", tokens[at + 1].text)  # "swapped back to Russia", "handed over 1,000 bodies to Ukraine"
    whence = (at + 1 for at in range(ends, min(ends + 4, len(tokens) - 1)) if tokens[at].has("from_where"))
    # not "from the Donetsk front"
    giver = next((at for at in whence if at + 1 == len(tokens) or not tokens[at + 1].has("settlement")), None)
    if giver is not None and (foe := known["foes"].get(named_at(giver, tokens) or "")):
        return Party(foe, "subject", f"{BACK_FROM}{tokens[giver].text}")
    subject = next((name for at in range(verb - 1, max(-1, verb - 4), -1) if (name := named_at(at, tokens))), None)
    if given is None or subject is None or any(token.has("conjunction", "each") for token in tokens[max(0, verb - 3) : verb]):
        return BOTH_SIDES  # "Ukraine and Russia each handed over 390"
    if tokens[verb].has("gets_back") or any(token.has("captivity", "homeward") for token in tokens[verb + 1 : verb + 3]):
        return Party(subject, "subject", subject)
    held = known["foes"].get(subject) or known["captors"].get(subject)
    return Party(held, "subject", f"freed by {subject}") if held else BOTH_SIDES


OWNED = 12
"""Tokens after bodies in which they may be said to be of somebody's."""


def _alone(at: int, tokens: Sequence[Token]) -> str | None:
    """The party named there, unless it is named together with another: "Moscow and Kyiv handed over …"."""
    return None if at and tokens[at - 1].has("conjunction", "locative", "preposition") else named_at(at, tokens)


def _receiver(at: int, tokens: Sequence[Token]) -> str | None:
    """ «передала Україні», "handed Israel": to whom, right after the verb."""
    side = at + 1 < len(tokens) and tokens[at + 1].has("side")
    return named_at(at, tokens) if tokens[at].has("whose") and (side or not tokens[at].has("demonym")) else None


def _holds(at: int, tokens: Sequence[Token]) -> bool:
    """ «з російського полону»: who comes from there is of the other side."""
    return tokens[at].has("demonym") and tokens[at + 1].has("captivity")


BACK_FROM, OWNED_BY = "back from ", "belong to "
BOTH_SIDES = Party(None, "none", "both sides")


def _from_text(one: Counted, scene: Scene, setting: Setting, known: Mapping[str, Mapping[str, str]]) -> Party:
    """Whose people the sentences around are about."""
    foe = _counts_foes(one, scene.tokens)
    home = setting.home_but(scene.doer) or (scene.doer if foe else None)
    if _of_enemy(one, scene.tokens) and (enemy := _enemy_meant(scene, setting, home, known)):
        return Party(enemy, "text", "enemy")
    fled = scene.host and setting.armed  # nor, after a side's soldiers, refugees
    if setting.scene and setting.scene != scene.doer and any(token.has("thereby") for token in scene.tokens[:2]):
        return Party(setting.scene, "before", "where the sentence before is set")
    others = setting.soldiers and one.phrase.kind == "people" and one.phrase.group == "all"  # after the enemy's losses, "two people" …
    others = others and one.relation != "toll"  # … but not "the losses for the day amounted to 1,120 people"
    if setting.last is not None and setting.last != scene.doer and not others and not fled and not _passing(setting, home, known):
        return Party(setting.last, "before", "the sentence before")
    if setting.adrift:
        return Party(None, "none")
    if (titled := setting.titled.get(one.metric or "")) and titled.party.name != scene.doer:
        return Party(titled.party.name, "text", f"the title: {titled.party.words}")
    own = None if foe else _at_home(scene.tokens)
    foes = known["foes"]
    home = home or foes.get(scene.doer or "") or foes.get(_striker(scene.tokens) or "")
    home = home or own  # "South African police open fire, leaving 12 dead"
    if home:
        return Party(home, "text", home)
    nowhere = any(token.has("worldwide") for token in scene.tokens)
    outlets = None if nowhere else setting.home_of() or (None if setting.anyone else setting.at_home)
    return Party(outlets, "outlet", "the outlet's country") if outlets else Party(None, "none")


def _enemy_meant(scene: Scene, setting: Setting, home: str | None, known: Mapping[str, Mapping[str, str]]) -> str | None:
    """Whom "the enemy" means: the foe of who speaks or fights; by "the invaders", and of an invader's losses, who invaded."""
    foes, invaders = known["foes"], known["invaders"]
    if scene.side is None and any(token.has("invader") for token in scene.tokens):
        return next((invader for land, invader in invaders.items() if land in setting.named or invader in setting.named), None)
    side = scene.side or fighter(scene.tokens) or setting.fighter
    if side is None and home in setting.counted and home in invaders.values():
        return home
    return foes.get(side or home or "")


def _striker(tokens: Sequence[Token]) -> str | None:
    """ "Russia hit a bus, three were killed": who strikes, named nowhere but there."""
    return next((name for at in range(len(tokens)) if (name := named_at(at, tokens)) and attacks(at, tokens)), None)


def _at_home(tokens: Sequence[Token]) -> str | None:
    """ "South African police": a force that acts among its own people."""
    return next((name for at in range(len(tokens) - 1) if tokens[at + 1].has("domestic") and (name := named_at(at, tokens))), None)


def _passing(setting: Setting, home: str | None, known: Mapping[str, Mapping[str, str]]) -> bool:
    """ "Two Brazilian citizens were killed" in a story on Venezuela: named in passing, and the next number is of the story's people again.

    Not where the two are at war: there a side may be counted long after it was named.
    """
    sides = {*known["foes"], *known["captors"], *known["captors"].values()}
    if home in (None, BOTH) or setting.last in sides:
        return False
    return setting.named.get(setting.last or "", 0) * MUCH < setting.named.get(home or "", 0)


def _held(one: Counted, found: Party, scene: Scene, setting: Setting, captors: Mapping[str, str]) -> Party | None:
    """Hostages are not their captor's people: those that Hamas holds are Israel's, where nothing else is said."""
    cue = scene.tokens[one.cue] if one.cue is not None else None
    hostages = one.phrase.group == HOSTAGES or (cue is not None and cue.tags.get("of_group") == HOSTAGES)
    if not hostages or found.basis in ("noun", "toll", "label"):
        return None
    around = (found.name, scene.doer, *(party_of(token) for token in scene.tokens), *setting.named)
    captor = next((name for name in around if name in captors), None)
    return Party(captors[captor], "noun", "hostages") if captor and found.name in (None, BOTH, captor, captors[captor]) else None


HOSTAGES = "other:hostages"


def _of_enemy(one: Counted, tokens: Sequence[Token]) -> bool:
    """Whether "the enemy" was said before or right after the number."""
    return any("enemy" in token.tags for token in tokens[: one.number.last + 3])


def _counts_foes(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "militants", "terrorists": a side never calls its own so."""
    return any(token.has("foe") for token in tokens[one.number.last : one.phrase.end])


def _doer(one: Counted, tokens: Sequence[Token], side: str | None) -> str | None:
    if one.relation != "object" or one.cue is None or tokens[one.cue].has("loss", "own_doing"):
        return None
    if side and any(token.has("responsible") or _claims_attack(at, tokens) for at, token in enumerate(tokens)):
        return side
    named = [name for at in range(one.cue) if (name := named_at(at, tokens)) and attacks(at, tokens)]
    if named and any(token.tags.get("place") == named[-1] != token.low and not token.has("body") for token in tokens[: one.cue]):
        return None  # "attacks by Sudanese forces on two Darfur towns": at home
    return named[-1] if named else side if _by_itself(one.cue, tokens) else _goes_on_to(one.cue, tokens)


def _host(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "Poland has taken in 500,000 refugees": the first land named where those counted have found refuge."""
    cue = one.cue if one.cue is not None else one.phrase.head
    if cue is None or not tokens[cue].has("refuge"):
        return None
    return next((name for at in range(len(tokens)) if tokens[at].has("place", "seat", "demonym") and (name := named_at(at, tokens))), None)


def _goes_on_to(verb: int, tokens: Sequence[Token]) -> str | None:
    """ "Israel continues to pound Lebanon, killing 380": of two sides the one that opens the clause does it."""
    if tokens[verb - 1].text != ",":
        return None
    sides = [at for at in range(verb) if named_at(at, tokens) and not located(at, tokens)]
    opens = bool(sides) and tokens[sides[0]].has("seat", "body", "place") and sides[0] + 1 < verb
    acts = opens and not tokens[sides[0] + 1].has("attack", "occurrence", "conjunction", "say") and tokens[sides[0] + 1].text.islower()
    return named_at(sides[0], tokens) if acts and len({named_at(at, tokens) for at in sides}) > 1 else None


def _claims_attack(at: int, tokens: Sequence[Token]) -> bool:
    """ "Houthi rebels claim drone strike"."""
    return tokens[at].has("lay_claim") and any(token.has("attack") for token in tokens[at + 1 : at + 3])


def _by_itself(verb: int, tokens: Sequence[Token]) -> bool:
    """ "Israel says it has killed …", "Israel says it hit six houses and killed …": whoever speaks did it."""
    at = verb - 1
    while at >= 0 and tokens[at].has("have", "adverb"):
        at -= 1
    if at > 0 and tokens[at].has("conjunction"):
        at = next((here for here in range(at - 1, max(-1, at - 9), -1) if tokens[here].has("pronouns", "attack", "person")), at)
    return at >= 0 and tokens[at].has("pronouns", "pronoun")


def narrowed(party: Party, tokens: Sequence[Token], parts: Mapping[str, str]) -> Party:
    """A people named beside the part of its land that is meant: Palestinians and Gaza are Gaza's."""
    wholes = {whole for part, whole in parts.items() if whole == party.name}
    if not wholes:
        return party
    part = next((name for token in tokens if token.has("place") and (name := token.tags["place"]) in parts and parts[name] in wholes), None)
    elsewhere = any(token.tags.get("place") == party.name for token in tokens)
    return party if part is None or elsewhere else Party(part, party.basis, party.words)


def _noun(one: Counted, scene: Scene) -> Party | None:
    """ "Ukrainian soldiers", "16 were Palestinian", "nine of its fighters"."""
    tokens = scene.tokens
    if one.phrase.party:
        return Party(one.phrase.party, "noun", _words(tokens, one.number.last, one.phrase.end))
    if any(token.has("foreign") for token in tokens[one.number.last : one.phrase.end]):
        return Party(BOTH, "noun", _words(tokens, one.number.last, one.phrase.end))
    if _mixed(one.phrase.end, tokens):
        return Party(BOTH, "noun", "mostly others")
    ahead = tokens[one.phrase.end : one.phrase.end + 2]
    if len(ahead) == 2 and ahead[0].has("be") and ahead[1].has("demonym"):
        return Party(ahead[1].tags["demonym"], "noun", ahead[1].text)
    if one.relation == "inherited" and len(ahead) == 2 and ahead[0].has("be") and ahead[1].has("foreign"):
        return Party(BOTH, "noun", ahead[1].text)
    return _of_whom(one.phrase.end, tokens) or _from_where(one, tokens) or _own(one, scene)


def _mixed(at: int, tokens: Sequence[Token]) -> bool:
    """ "10 people, mainly Germans", "11 tourists - most of them foreign visitors": not those of the place."""
    for here in range(at, min(at + 3, len(tokens))):
        if tokens[here].has("chiefly"):
            return any(token.has("nation", "demonym", "foreign") for token in tokens[here + 1 : here + 3])
    return False


def _from_where(one: Counted, tokens: Sequence[Token]) -> Party | None:
    """ "1,718 detainees from Gaza"."""
    at = one.phrase.end
    if one.phrase.kind != "people" or one.phrase.group == "military" or at + 1 >= len(tokens):
        return None
    if not tokens[at].has("from_where"):
        return None
    if any(token.has("remains", "gets_back") for token in tokens[: one.number.first]):
        return None  # "received the bodies of 1,000 people from Russia": who gives them back
    at = next((here for here in range(at + 1, min(at + 4, len(tokens))) if not tokens[here].has("det", "settlement")), at)
    return Party(named_at(at, tokens), "noun", tokens[at].text) if tokens[at].has("place", "seat") and named_at(at, tokens) else None


def _of_whom(at: int, tokens: Sequence[Token]) -> Party | None:
    """ "20 generals of the Russian army", "members of Hamas", "800 casualties among Russian forces"."""
    if at + 1 < len(tokens) and tokens[at].has("demonym") and tokens[at + 1].has("person") and tokens[at - 1].has("noun"):
        return Party(party_of(tokens[at]), "noun", tokens[at].text)  # "909 Leichen ukrainischer Soldaten"
    if at >= len(tokens) or not tokens[at].has("of", "amid", "whose"):
        return None
    named = next((token for token in tokens[at + (not tokens[at].has("whose")) : at + 4] if party_of(token)), None)
    return Party(party_of(named), "noun", named.text) if named else None


def _own(one: Counted, scene: Scene) -> Party | None:
    """ "Israel's military said nine of its soldiers …", "raising to 466 the number of its troops killed"."""
    tokens = scene.tokens
    near = range(max(0, one.number.first - 1), one.phrase.end)
    if one.relation == "toll" and one.cue is not None and one.cue >= one.number.last:
        near = range(near.start, min(len(tokens), one.cue + 4))
    at = next((at for at in near if tokens[at].has("own")), None)
    if at is None:
        return None
    if scene.side:
        return Party(scene.side, "noun", "own side")
    soldiers = any(tokens[here].tags.get("person") == "military" for here in near)
    owner = next((name for here in range(at - 1, -1, -1) if (name := named_at(here, tokens)) and not stands_as_place(here, tokens)), None)
    return Party(owner, "noun", "own side") if owner and soldiers else None


def _got_back(one: Counted, scene: Scene) -> Party | None:
    """ "Russia returned the bodies of 900 soldiers to Ukraine and received 21": a side gets back its own dead."""
    tokens, at = scene.tokens, one.number.first - 1
    if at < 1 or not tokens[at].has("gets_back") or not any(token.has("remains") for token in tokens[: one.phrase.end]):
        return None
    name = next((name for here in range(at) if (name := named_at(here, tokens)) and not stands_as_place(here, tokens)), None)
    return Party(name, "subject", name) if name else None


def _toll(one: Counted, scene: Scene) -> Party | None:
    """ "the Palestinian death toll", "Moscow's losses", "the toll in Turkey", "the number of Russian soldiers killed"."""
    tokens = scene.tokens
    if one.relation in ("noun", "after") and (led := _linked_toll(one.number.first, tokens)) is not None:
        one = replace(one, relation="toll", cue=led)  # «втрати України становлять 17 тисяч убитими»
    if one.relation != "toll" or one.cue is None:
        return None
    if one.cue >= one.number.first:
        return _after_toll(one.cue + 1, tokens)
    between = [at for at in range(one.cue + 1, one.number.first) if named_at(at, tokens) and not attacks(at, tokens)]
    between = [at for at in between if not tokens[at - 1].has("two_sided")]  # "the toll of the fighting between Israel and Hezbollah"
    if not between and any(token.has("worldwide") for token in tokens[one.cue : one.number.first]):
        return Party(BOTH, "toll", "worldwide")  # "the number of refugees in the world rose to 45 million"
    if any(token.has("both") for token in tokens[one.cue : one.number.first + 5]):
        return Party(BOTH, "toll", "both sides")
    for at in range(one.cue - 1, max(-1, one.cue - 5), -1):
        token = tokens[at]
        if token.has("enemy"):
            return None
        if name := named_at(at, tokens):
            paired = at > 1 and tokens[at - 1].has("conjunction") and party_of(tokens[at - 2])
            return Party(BOTH if paired else name, "toll", token.text)
        passed = token.text == "'s" or token.has("filler", "adverb", "det", "person", "count", "agent", "suffer")
        if not (passed or token.low.endswith("time")):
            break
    if between:
        first = between[0]
        twins = twin_of(first, tokens) is not None  # "the toll of the quakes in Turkey and Syria"
        return Party(BOTH if twins else party_of(tokens[first]), "toll", tokens[first].text)
    return None


def _after_toll(at: int, tokens: Sequence[Token]) -> Party | None:
    """ "cifra en 1.010 las bajas rusas": an adjective after the toll that follows its number."""
    follows = at < len(tokens) and "follows" in tokens[at].tags
    return Party(tokens[at].tags["demonym"], "toll", tokens[at].text) if follows else None


def _linked_toll(at: int, tokens: Sequence[Token]) -> int | None:
    """The losses that a number is the value of, where only names and a verb like "amount to" stand between."""
    for here in range(at - 1, max(-1, at - 6), -1):
        if tokens[here].has("loss", "toll") and tokens[here].has("noun"):
            return here if here < at - 2 else None
        if not (tokens[here].has("link", "adverb", "amid", "person") or party_of(tokens[here])):
            return None
    return None


def _worldwide(one: Counted, scene: Scene) -> Party | None:
    """ "killed globally", "in 12 countries", "in the Mediterranean": nobody's land."""
    tokens = scene.tokens
    opens = one.number.first - 1 - (tokens[one.number.first - 1].text == ",")
    if opens == 0 and tokens[0].has("worldwide"):
        return Party(BOTH, "beside", tokens[0].text)  # "Worldwide, more than 14,600 people have died"
    struck = next((at for at in range(1, one.number.first) if "worldwide" in tokens[at].tags and tokens[at - 1].has("locative")), None)
    if struck is not None and not any(party_of(token) for token in tokens):
        return Party(BOTH, "sentence", tokens[struck].text)  # "the storm that struck Central America killed 146"
    for at in range(one.phrase.end, min(len(tokens), one.phrase.end + FAR // 2)):
        token = tokens[at]
        if token.text in ";:," or token.has("say", "according") or (party_of(token) and not token.has("worldwide")):
            return None
        if token.has("worldwide") and (at + 1 == len(tokens) or not (tokens[at + 1].text.isalpha() and party_of(tokens[at + 1]))):
            return Party(BOTH, "beside", token.text)
    return None


def _ahead(one: Counted, scene: Scene) -> Party | None:
    """ "Thailand for 276", "Sindh 54", "Indonesia accounted for 961": the name right before a number in a list."""
    at, tokens = one.number.first - 1, scene.tokens
    after = one.phrase.end
    if one.phrase.kind == "bare" and after + 1 < len(tokens) and tokens[after].has("accounts") and (name := named_at(after + 1, tokens)):
        return Party(name, "beside", tokens[after + 1].text)  # "against 500,000 for Ukraine"
    while at > scene.begin and tokens[at].has("accounts"):
        at -= 1
    if at < scene.begin or (at == one.number.first - 1 and one.phrase.kind != "bare") or not tokens[at].has("place", "seat"):
        return None
    name = named_at(at, tokens)
    return Party(name, "beside", tokens[at].text) if name and not attacks(at, tokens) else None


def _sufferer(one: Counted, scene: Scene) -> Party | None:
    """ "Ukraine has suffered 16,000 dead", "Russia reported 498 killed"."""
    at, tokens, begin = one.number.first - 1, scene.tokens, scene.begin
    if one.relation == "after" and one.cue is not None and one.cue >= one.phrase.end and tokens[one.cue].has("fights"):
        return _loses_at_end(one, scene)
    if one.relation == "object" and one.cue is not None and begin <= one.cue < at and tokens[one.cue].has("suffer"):
        at = one.cue  # «Росія втратила в Україні понад 190 тисяч»
    while at >= begin and one.number.first - at < 5 and not tokens[at].has("suffer"):
        passed = tokens[at].has("adverb", "det", "filler", "of", "loss", "be", "have", "include", "locative") or stands_as_place(at, tokens)
        if not passed:
            return None
        at -= 1
    if (
        at < begin
        or not tokens[at].has("suffer")
        or ((tokens[at].has("act") and not tokens[at].has("loss")) and not tokens[at].has("own_doing"))
    ):
        return None
    for here in range(at - 1, max(begin - 1, at - 12), -1):
        if tokens[here].text in ",;" and at - here > 1:
            break
        name = named_at(here, tokens)
        if tokens[here].has("enemy") and not (here and named_at(here - 1, tokens)):
            break  # "Kyiv said the enemy lost 400"
        if name and not (here > 0 and tokens[here - 1].has("locative", "of")):
            doing = tokens[at].has("own_doing")  # "troops arrested 17 men"
            soldiers = not doing and any(token.tags.get("person") == "military" for token in tokens[here + 1 : at])
            basis = "sentence" if tokens[at].has("own_doing") else "subject"
            return Party(name, basis, tokens[here].text, tokens[at].has("fights"), soldiers)
    return None


def _loses_at_end(one: Counted, scene: Scene) -> Party | None:
    """ "Nach Angaben Kiews hat Russland 1.240 Soldaten verloren": the name beside the helper of a verb that stands at the end."""
    tokens = scene.tokens
    helper = next((at for at in range(one.number.first - 1, scene.begin - 1, -1) if tokens[at].has("have")), None)
    if helper is None:
        return None
    beside = (*range(helper + 1, min(helper + 4, one.number.first)), *range(helper - 1, max(scene.begin - 1, helper - 3), -1))
    at = next((at for at in beside if named_at(at, tokens) and not stands_as_place(at, tokens)), None)
    return Party(named_at(at, tokens), "subject", tokens[at].text, fights=True) if at is not None else None


def _loser(one: Counted, scene: Scene) -> Party | None:
    """ "Russia, with the loss there of 600,000 soldiers": the only side named before its losses has them."""
    tokens = scene.tokens
    told = range(scene.begin, one.number.first)
    loss = next((at for at in told if tokens[at].has("loss") or tokens[at].tags.get("noun") == UNDIFFERENTIATED), None)
    if loss is None or tokens[one.phrase.head or 0].tags.get("person") != "military":
        return None
    named = [at for at in range(scene.begin, loss) if tokens[at].has("place", "seat") and named_at(at, tokens)]
    sides = [at for at in named if not stands_as_place(at, tokens) and not attacks(at, tokens)]
    if len(sides) != 1 or sides[0] != named[0]:
        return None
    return Party(party_of(tokens[sides[0]]), "sentence", tokens[sides[0]].text, fights=True)


def _admitted(one: Counted, scene: Scene) -> Party | None:
    """ "Thai Army Admits Deaths of 12 Soldiers in Cambodia Clashes": a side that owns up to losses has them, wherever it fought."""
    tokens = scene.tokens
    soldiers = tokens[one.phrase.head or 0].tags.get("person") == "military"
    kills = one.relation == "object" and one.cue is not None and tokens[one.cue - 1].has("say")  # "admitted killing 12 soldiers"
    if scene.side is None or scene.side == scene.doer or not soldiers or kills:
        return None
    told = range(1, one.number.first)
    owns = any(tokens[at].has("admits") or (tokens[at - 1].has("armed") and tokens[at].has("confirms")) for at in told)
    return Party(scene.side, "subject", scene.side) if owns else None


def _elided(one: Counted, scene: Scene) -> Party | None:
    """ "Five Israeli soldiers were killed and seven wounded in Gaza": a number alone is of the people before it."""
    before, begin, tokens = scene.before, scene.begin, scene.tokens
    if before is None or before.name is None or one.number.first - begin > 6:
        return None
    if one.phrase.kind not in ("bare", "noun") and one.relation != "inherited":
        return None
    after = tokens[one.phrase.end] if one.phrase.end < len(tokens) else None
    if one.phrase.kind == "noun" and not tokens[one.phrase.head or 0].has("state"):
        return None
    if (
        after is None
        or (one.phrase.kind == "bare" and after.has("locative"))
        or any(tokens[at].text == ";" or _rivals(at, one, tokens) for at in range(begin, one.number.first))
    ):
        return None
    return Party(before.name, before.basis, before.words)


def _rivals(at: int, one: Counted, tokens: Sequence[Token]) -> bool:
    """A name that may be whose people are counted; not the place of what befell both: "im Gazastreifen getötet und sieben verletzt"."""
    of_both = stands_as_place(at, tokens) and tokens[at + 1].has("state") and one.cue != at + 1
    return party_of(tokens[at]) is not None and not of_both


def _coordinated(one: Counted, scene: Scene) -> Party | None:
    """ "in Jakarta, killing nine people and wounding 173 in a strike at an ally in the war in Iraq": two verbs, the same people."""
    gap, tokens, before = scene.tokens[scene.begin : one.number.first], scene.tokens, scene.before
    if before is None or before.name is None or one.relation != "object" or not 2 <= len(gap) <= 3:
        return None
    if not gap[0].has("conjunction") or not gap[-1].has("act"):
        return None
    return None if any(stands_as_place(at, tokens) for at in range(one.phrase.end, min(one.phrase.end + 4, len(tokens)))) else before


def _beside(one: Counted, scene: Scene) -> Party | None:
    """ "12 people in Kharkiv", "160,000 individuals on the Russian side"."""
    tokens = scene.tokens
    for at in range(one.phrase.end, min(len(tokens), one.phrase.end + FAR)):
        token = tokens[at]
        if token.has("both") or _elsewhere(at, tokens):
            return Party(BOTH, "beside", token.text)
        if (
            token.text in ";:"
            or (token.value is not None and at > one.phrase.end and not tokens[at - 1].has("month"))
            or token.has("say", "according", "subordinate")
        ):
            return None
        if party_of(token) and _opens_next(at, tokens):
            return None
        if party_of(token) and stands_as_place(at, tokens) and not _is_refuge(at, scene) and not _is_neighbour(at, tokens):
            apart = any(token.text == "," for token in tokens[one.phrase.end : at])
            if apart and any(stands_as_place(here, tokens) for here in range(scene.begin, one.number.first)):
                return None  # «В Шри-Ланке погибли 607 человек, в Таиланде — 276»
            return Party(BOTH if twin_of(at, tokens) else party_of(token), "beside", token.text)
    return None


def _opens_next(at: int, tokens: Sequence[Token]) -> bool:
    """ "en Vietnam murieron 13 personas y en China otras siete": the place of the next number."""
    joined = at > 1 and tokens[at - 1].has("locative") and tokens[at - 2].has("conjunction")
    return joined and any(token.value is not None or token.has("numeral") for token in tokens[at + 1 : at + 3])


def _is_refuge(at: int, scene: Scene) -> bool:
    """ "haben sich in den Tschad geflüchtet": where they went, not whose they are."""
    return scene.host and not scene.tokens[at - 1].has("left_behind", "from_where")


def _is_neighbour(at: int, tokens: Sequence[Token]) -> bool:
    """ "on a base near Burkina Faso": what is near to a country is in another, as a rule; a town may be anybody's."""
    return tokens[at - 1].has("close_by") and party_of(tokens[at]) == tokens[at].low


def _elsewhere(at: int, tokens: Sequence[Token]) -> bool:
    """ "the floods in South-East Asia"."""
    led = tokens[at].has("worldwide") and tokens[at - 1 - tokens[at - 1].has("det")].has("locative")
    return led and not any(party_of(token) for token in tokens[at + 1 : at + 3])


def _label(one: Counted, scene: Scene) -> Party | None:
    """ "Lebanon: Around 1,021 people", "Israel - 10 killed": the nearest heading in a list."""
    tokens = scene.tokens
    for at in range(one.number.first - 1, max(0, scene.begin), -1):
        if (
            tokens[at].text in ":-—"
            and not _dateline(at, one, tokens)
            and not attacks(at - 1, tokens)
            and (name := named_at(at - 1, tokens))
            and (one.number.first - at == 1 or at == 1 or (at == 2 and tokens[0].has("det")))
            and (tokens[at - 1].has("place") or not any(stands_as_place(here, tokens) for here in range(at + 1, one.number.first)))
        ):
            opens = tokens[at].text != ":" and tokens[at + 1].capital and tokens[at + 1].value is None and at + 1 < one.number.first
            return Party(name, "sentence" if opens else "label", tokens[at - 1].text)  # "Lesbos – Bei einem Unglück …": no list
    return None


def _headed(one: Counted, scene: Scene) -> Party | None:
    """ "UKRAINE:", and below it "157,000 dead"."""
    return scene.heading


def _dateline(at: int, one: Counted, tokens: Sequence[Token]) -> bool:
    """ "GENEVA - An average of 45 children … in Sudan": where it was written, if another place follows."""
    opens = tokens[at + 1].capital and tokens[at + 1].value is None and at + 1 < one.number.first  # "Paris – Bei Angriffen in Syrien …"
    place = tokens[at].text == "-" and at == 1 and ((tokens[0].text.isupper() and len(tokens[0].text) > 3) or opens)
    elsewhere = (named_at(here, tokens) for here in range(2, len(tokens)) if here >= one.number.last or stands_as_place(here, tokens))
    return place and any(name not in (None, named_at(0, tokens)) for name in elsewhere)


def _leading(one: Counted, scene: Scene) -> Party | None:
    """ "In Pakistan, 228 people were killed": the last place before the number."""
    tokens = scene.tokens
    if scene.host:
        return None
    before = range(one.number.first - 1, scene.begin - 1, -1)
    spots = [at for at in before if party_of(tokens[at]) and (stands_as_place(at, tokens) or _where(at, tokens))]
    spots.sort(key=lambda at: at > 0 and tokens[at - 1].has("close_by"))  # "in a Chinese town near Vietnam"
    for at in spots[:1]:
        there = any(token.has("relative") for token in tokens[at + 1 : at + 3])
        return Party(BOTH if twin_of(at, tokens) and not there else party_of(tokens[at]), "sentence", tokens[at].text)
    return None


def _where(at: int, tokens: Sequence[Token]) -> bool:
    """ "Hiroshima, where the blast killed 70,000"."""
    ahead = tokens[at + 1 : at + 7]
    opens = next((here for here, token in enumerate(ahead) if token.has("where")), None)
    return tokens[at].has("place") and opens is not None and not any(party_of(token) for token in ahead[:opens])


def _same(one: Counted, scene: Scene) -> Party | None:
    """The party of the number before in the sentence, unless somebody else has the word since."""
    before, tokens = scene.before, scene.tokens
    if before == ADRIFT:
        return Party(BOTH, "sentence", before.words)
    if before is None or before.basis == "none":
        return None
    if any(token.has("amid") for token in tokens[max(0, one.number.first - 2) : one.number.first]):
        return None  # "two Canadian tourists were among seven people killed"
    for at in range(scene.begin, one.number.first - 1):
        if scene.side and named_at(at, tokens) == scene.side and any(token.has("say", "suffer") for token in tokens[at + 1 : at + 3]):
            return None
    return Party(before.name or BOTH, "sentence", before.words)


def _speaker(one: Counted, scene: Scene) -> Party | None:
    """ "Iran said 240 people had been killed": a side counts its own."""
    if scene.side is None or scene.looks_on or scene.adrift or scene.host or scene.side == scene.doer or _counts_foes(one, scene.tokens):
        return None
    return Party(scene.side, "speaker", scene.side)


def _named(one: Counted, scene: Scene) -> Party | None:
    """ "Haiti quake kills 300": a place named anywhere in the sentence that does not act in it."""
    tokens = scene.tokens
    killer = one.cue if one.relation == "object" and one.cue is not None else 0
    spots = [
        at
        for at in range(_clause_end(one, tokens))
        if named_at(at, tokens) not in (None, scene.doer)
        and not (scene.looks_on and named_at(at, tokens) == scene.side and not stands_as_place(at, tokens))
        and not (scene.host and tokens[at].has("place", "seat"))
        and not attacks(at, tokens)
        and (at >= killer or stands_as_place(at, tokens) or own_strife(at, tokens))
    ]
    ranked = sorted(
        spots,
        key=lambda at: (
            not stands_as_place(at, tokens) or tokens[at - 1].has("close_by"),
            at < killer,
            acts(at, tokens),
            not tokens[at].has("place"),
            abs(at - one.number.first),
        ),
    )
    if not ranked:
        return None
    best = ranked[0]
    if acts(best, tokens) and not stands_as_place(best, tokens):
        return None
    return Party(BOTH if twin_of(best, tokens) else party_of(tokens[best]), "sentence", tokens[best].text)


def _clause_end(one: Counted, tokens: Sequence[Token]) -> int:
    """Where something else begins to be told: "1,429 died, but the United States is alone in saying so"."""
    ahead = range(one.phrase.end, min(len(tokens), one.phrase.end + 3 * FAR))
    return next((at for at in ahead if tokens[at].has("but")), len(tokens))


Step = Callable[[Counted, Scene], Party | None]
STEPS: tuple[Step, ...] = (
    _noun,
    _got_back,
    _toll,
    _ahead,
    _sufferer,
    _label,
    _headed,
    _loser,
    _admitted,
    _worldwide,
    _elided,
    _coordinated,
    _beside,
    _leading,
    _same,
    _speaker,
    _named,
)
NEAREST = STEPS[:5]
"""Of "the enemy" only what is said of it counts: whose enemy it is follows from who speaks."""


def _words(tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(token.text for token in tokens[first:last])
