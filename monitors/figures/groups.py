"""Decide which people a number counts: by its noun, its toll, what was counted before it, the words around it, the story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from monitors.figures.parties import HOSTAGES
from monitors.figures.phrases import UNDIFFERENTIATED, Counted
from monitors.figures.setting import Party, Titled
from monitors.figures.tokens import NOTHING, Token
from monitors.model import Claim

ALL, MILITARY, CIVILIANS, CHILDREN, PRISONERS = "all", "military", "civilians", "children", "other:prisoners"


@dataclass(frozen=True)
class Told:
    """What the text has said before a number of who is counted."""

    earlier: Claim | None
    """The figure before it, where the two can be of the same people."""
    within: bool
    """That figure, or another, stands in the same sentence."""
    titled: Titled | None
    """Whom the title counts of this metric."""
    war: bool
    fought: bool
    """At war, or the last figure counted soldiers."""
    at_odds: bool
    """It names two sides at war."""
    losses: bool
    """It speaks of a side's losses."""
    listed: bool
    """It is an entry of a list of losses."""
    on_civilians: bool
    """It says that civilians are killed or attacked, and not how many."""
    adrift: bool
    """The story is of migrants on their way."""
    people: Mapping[str, Any]
    """The language's table of who can be counted as what."""
    sides: Mapping[str, Mapping[str, str]]
    """Who fights whom, and whose people a captor holds."""


def find_group(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str:
    """Which people one number counts; the first step that knows decides."""
    tokens = _but_untold(tokens)
    told = replace(told, earlier=None) if _is_whole(one, tokens) else told
    if one.metric == told.people["taken"] and one.phrase.group == PRISONERS and party.name in told.sides["foes"]:
        return MILITARY  # "17,230 prisoners" that a side at war has lost
    if noun := _own_noun(one, tokens, told):
        return noun
    by_words = _members(one, tokens) or _of_toll(one, tokens) or _said_to_be(one, tokens) or _young(one, tokens)
    by_words = by_words or _taken_as(one, tokens, told) or _led_by(one, tokens) or _dwellers(one, tokens, told)
    if by_words:
        return by_words
    steps = (_freed, _as_before, _as_titled, _own_losses, _by_fighting, _civilians, _of_civilians)
    return next((group for step in steps if (group := step(one, tokens, party, told))), None) or _by_story(one, tokens, party, told)


def _but_untold(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "…, which does not say how many of them were fighters": whom a body does not tell apart says nothing of whom it counts."""
    opens = next((at for at, token in enumerate(tokens) if token.has("untold")), len(tokens))
    ends = next((at for at in range(opens, len(tokens)) if tokens[at].text in ",;:" or tokens[at].value is not None), len(tokens))
    return [replace(token, tags=NOTHING) if opens < at < ends else token for at, token in enumerate(tokens)] if opens < ends else tokens


def _own_noun(one: Counted, tokens: Sequence[Token], told: Told) -> str | None:
    fallen = told.war and told.earlier is not None and told.earlier.group == MILITARY
    ranked = one.phrase.head is not None and tokens[one.phrase.head].has("ranked") and (fallen or any(t.has("armed") for t in tokens))
    if ranked and sum(token.tags.get("person") == one.phrase.group for token in tokens) == 1:
        return MILITARY  # "the army said 12 officers were killed"; of soldiers "7,000 officers are among the dead"
    return one.phrase.group if one.phrase.group and one.phrase.group != ALL else None


def _members(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "170 members of government forces", "800 casualties among Russian forces"."""
    if one.phrase.kind == "noun" and (whose := _whose(one.phrase.end, tokens)):
        return whose
    if one.phrase.kind == "noun" and tokens[one.phrase.head or 0].has("remains") and (whose := _whose_remains(one.phrase.end, tokens)):
        return whose
    joined = {"people": ("of",), "noun": ("of", "amid"), "bare": ("to",)}.get(one.phrase.kind)
    if joined is None or one.phrase.end >= len(tokens) or not tokens[one.phrase.end].has(*joined):
        return None
    for token in tokens[one.phrase.end + 1 : one.phrase.end + 5]:
        if token.has("armed"):
            return MILITARY
        if token.has("person"):
            return token.tags["person"] if token.tags["person"] != ALL else None
        if token.has("be", "have", "preposition", "conjunction", "say") or token.value is not None or token.text in ",;.":
            return None
    return None


def _whose(at: int, tokens: Sequence[Token]) -> str | None:
    """ "909 Leichen gefallener Soldaten": people in the genitive, which needs no word of its own."""
    ahead = at
    while ahead < len(tokens) and ahead - at < 3 and tokens[ahead].has("state", "demonym", "filler"):
        ahead += 1
    group = tokens[ahead].tags.get("person", ALL) if at < ahead < len(tokens) else ALL
    return group if group != ALL else None


def _whose_remains(at: int, tokens: Sequence[Token]) -> str | None:
    """ «45 тіл своїх солдатів»: who they were, right behind."""
    while at < len(tokens) and tokens[at].has("det", "filler", "demonym"):
        at += 1
    group = tokens[at].tags.get("person") if at < len(tokens) else None
    return group if group != ALL else None


def _of_toll(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "the number of soldiers killed rose to 12"."""
    if one.relation == "noun" and one.phrase.group is None:
        return _of_count(one.number.first, tokens)
    if one.relation != "toll" or one.cue is None:
        return None
    ends = sorted((one.cue, one.number.first))
    named = [tokens[at].tags["person"] for at in range(ends[0], min(len(tokens), ends[1] + 1)) if tokens[at].has("person")]
    if one.cue > one.number.first:
        named = [token.tags["person"] for token in tokens[one.cue : one.cue + 5] if token.has("person")]
    return next(iter(named), None) or _of_count(one.number.first, tokens)


def _of_count(first: int, tokens: Sequence[Token]) -> str | None:
    """ "Le nombre de soldats tués s'élève à 89 morts": whom the count is of that the number is the value of."""
    if not first or not tokens[first - 1].has("link", "toll"):
        return None
    toll = any(token.has("toll") for token in tokens[max(0, first - 2) : first])  # "the number of … has doubled, to a toll of 2,500"
    for at in range(first - 1, max(-1, first - FAR * (1 + toll)), -1):
        if tokens[at].has("count") or (tokens[at].has("loss") and tokens[at].has("noun")):
            return next((token.tags["person"] for token in tokens[at:first] if token.has("person")), None)
        value = tokens[at].value
        if (value is not None and not 1900 < value < 2100) or tokens[at].text in CLOSED[toll:] or tokens[at].has("say"):
            return None
    return None


CLOSED = ",;:"
FAR = 22


def _said_to_be(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "44 were children", "100 of those killed were children"; of "nine of the 52 dead were soldiers" it is the nine that were."""
    if _is_whole(one, tokens):
        return None
    begin = one.phrase.end
    while one.phrase.partitive and begin < len(tokens) and tokens[begin].value is not None:
        begin += 1
    for at in range(begin, min(begin + 3, len(tokens) - 1)):
        befell = one.phrase.group and one.cue == at + 1 and tokens[at + 1].has("state")  # "sospechosos fueron detenidos"
        dash = tokens[at].text in "-—" and one.phrase.group is None and _closes(at + 2, tokens)  # «5 360 погибших - наемники»
        if (tokens[at].has("be") and not befell) or dash:
            group = tokens[at + 1].tags.get("person", ALL)
            return group if group != ALL else None
        if not tokens[at].has("state", "adverb"):
            return None
    return None


def _is_whole(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "Nine of the 52 dead": the 52."""
    led = tokens[max(0, one.number.first - 3) : one.number.first]
    return len(led) == 3 and (led[0].value is not None or led[0].has("numeral")) and led[1].has("of") and led[2].has("det")


def _closes(at: int, tokens: Sequence[Token]) -> bool:
    """Whether the clause ends there."""
    return at >= len(tokens) or tokens[at].text in ".,;)"


def _young(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "15 under age 18", "nine aged under 15"."""
    close = tokens[one.phrase.end : one.phrase.end + 5]
    at = next((at for at, token in enumerate(close[:2]) if token.has("underage")), None)
    return CHILDREN if at is not None and any(0 < (token.value or 0) <= 18 for token in close[at : at + 4]) else None


def _taken_as(one: Counted, tokens: Sequence[Token], told: Told) -> str | None:
    """ "250 weitere als Geisel genommen": what they were taken as."""
    near = tokens[one.phrase.end : one.phrase.end + 3]
    taken = one.metric == told.people["taken"] and one.phrase.group in (None, ALL)
    return HOSTAGES if taken and any(t.tags.get("of_group") == HOSTAGES for t in near) else None


def _led_by(one: Counted, tokens: Sequence[Token]) -> str | None:
    """ "Of the 18 children aboard, 11 died", "among the security forces there were 17 wounded": whom the clause opens with."""
    if one.phrase.group not in (None, ALL) or one.phrase.kind not in ("bare", "noun") or one.relation == "inherited":
        return None
    before = range(one.number.first - 1, max(-1, one.number.first - FAR), -1)
    opens = next((at for at in before if at == 0 or tokens[at - 1].text in ".;"), None)
    if opens is None or not tokens[opens].has("of", "amid", "out_of"):
        return None
    return next((t.tags["person"] for t in tokens[opens + 1 : one.number.first] if t.tags.get("person", ALL) != ALL), None)


def _dwellers(one: Counted, tokens: Sequence[Token], told: Told) -> str | None:
    """ "three residents were killed by shelling": who lives there, in a war, is no soldier."""
    lives = one.phrase.kind == "people" and one.phrase.head is not None and tokens[one.phrase.head].has("dwellers")
    if not lives or one.metric not in told.people["of_soldiers"]:
        return None
    return CIVILIANS if told.war or any(token.has("attack") for token in tokens) else None


def _as_before(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """ "12 soldiers were killed and 30 wounded", "43 of them died"."""
    phrase, earlier = one.phrase, told.earlier
    loose = phrase.kind in ("bare", "noun") or phrase.partitive or (phrase.group == ALL and tokens[phrase.head or 0].has("filler"))
    loose = loose or any(token.has("complement") for token in tokens[phrase.end : phrase.end + 2])  # «35 тысяч человек — ранеными»
    if earlier is None or earlier.group == ALL:
        return None
    included = told.within and phrase.group in (None, ALL) and tokens[one.number.first - 1].has("include")
    if included and (one.number.low or 0) < (earlier.low or 0):
        return earlier.group  # "240 civilian casualties, including 64 people killed"
    if phrase.kind == "bare" and one.relation == "inherited" and _called(one, tokens):
        return earlier.group
    if told.within and earlier.metric == one.metric == told.people["bodies"]:
        return earlier.group  # "the bodies of 900 soldiers … and received 21 bodies"
    if phrase.party is not None:
        captives = earlier.group in told.people["captives"] and one.relation == "inherited"
        dead = phrase.kind == "noun" and earlier.group == MILITARY and told.within and told.war
        return earlier.group if captives or dead else None
    if more := phrase.group in (None, ALL) and phrase.kind in ("bare", "people") and _so_many_more(one, tokens):
        more = earlier.party == party.name and (earlier.metric == one.metric or earlier.group in (MILITARY, CIVILIANS))
        more = more and earlier.group != CHILDREN and (earlier.low or 0) > 1
    if more:
        return earlier.group
    same = earlier.party == party.name and ((told.within and phrase.group is None) or phrase.partitive or earlier.group == MILITARY)
    return earlier.group if loose and same else None


def _so_many_more(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "37,600 others were hurt": more of those just counted."""
    said = tokens[one.number.last : one.phrase.end + 1]
    people = any(token.has("person") and not token.has("filler", "further") for token in said)
    return not people and any(token.has("further") for token in said)


def _as_titled(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """The title counts soldiers, the text goes on with "at least 39,424 dead"."""
    alone = one.phrase.group is None and one.phrase.kind in ("bare", "noun")
    return MILITARY if alone and told.titled and told.titled.group == MILITARY and told.titled.party.name == party.name else None


def _own_losses(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """ "its losses: 63 of its dead": what a side at war owns up to."""
    counted = party.name in told.sides["foes"] and one.metric in told.people["of_soldiers"] and one.phrase.group in (None, ALL)
    if not counted or not (told.listed or told.losses):
        return None
    owns = told.listed or any(token.has("own") for token in tokens[max(0, one.number.first - 1) : one.phrase.end])
    owns = owns or any(own.has("own") and loss.has("loss") for own, loss in pairwise(tokens[: one.number.first]))  # "our losses"
    return MILITARY if owns else None


def _civilians(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """ "Russia kills civilians. Yesterday four residents were wounded": those are they."""
    counted = one.phrase.group in (None, ALL) and one.relation != "toll" and one.metric in told.people["of_soldiers"]
    return CIVILIANS if told.on_civilians and counted and party.name in told.sides["foes"] else None


def strikes_civilians(tokens: Sequence[Token]) -> bool:
    """Whether a sentence says that civilians are killed or attacked, and not how many: "attacks on civilians"."""
    for at, token in enumerate(tokens):
        if token.tags.get("person") == CIVILIANS:
            led = at - 1
            while led > 0 and tokens[led].has("of", "against", "locative", "filler", "det"):
                led -= 1
            if led >= 0 and tokens[led].has("act", "done_by", "hits") and not tokens[led].has("own_doing"):
                return True
    return False


def _called(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "Of 128 journalists, 56 were Palestinian": some of them, told apart by nation."""
    ahead = tokens[one.phrase.end : one.phrase.end + 2]
    return len(ahead) == 2 and ahead[0].has("be") and ahead[1].has("demonym", "foreign")


def _freed(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """ "released 30 Palestinians held in prisons", "ten Israelis and two Thais were freed": what they were held as."""
    if one.metric != told.people["freed"] or one.phrase.kind not in ("people", "bare"):
        return None
    if any(token.has("prison") for token in tokens):
        return PRISONERS if party.name in told.sides["captors"] or party.name not in told.sides["captors"].values() else HOSTAGES
    held = told.earlier is not None and told.earlier.group in (HOSTAGES, PRISONERS)
    if not held and not any(token.tags.get("person") == HOSTAGES for token in tokens[: one.phrase.end]):
        return None
    return PRISONERS if party.name in told.sides["captors"] else HOSTAGES


def _by_fighting(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """Soldiers, where a sentence on a war speaks of nobody else, or where the side is said to have had losses."""
    phrase, cue = one.phrase, tokens[one.cue] if one.cue is not None else None
    if phrase.party is None and phrase.group is None and told.war and _of_soldiers(one, tokens, told):
        return MILITARY
    among = pairwise(tokens[phrase.end : phrase.end + 5])
    led = (b for a, b in among if a.has("locative", "include", "of") and not a.has("of_them") and b.has("person"))
    if phrase.kind == "noun" and (group := next((token.tags["person"] for token in led), None)):
        return group
    if cue is not None and cue.has("loss") and phrase.head is not None and tokens[phrase.head].has("ranks"):
        return MILITARY  # "Russian forces lost 1,120 men"
    if cue is not None and cue.has("loss") and any(token.has("invader") for token in tokens[: one.number.first]):
        return MILITARY  # "the invaders lost 940 people"
    if party.soldiers or _side_losses(one, tokens, party, told):
        return MILITARY
    if cue is not None and (group := cue.tags.get("of_group")):
        return group
    first = min(one.number.first - 4, one.cue - 2) if one.cue is not None and one.relation == "toll" else one.number.first - 4
    close = range(max(0, first), min(len(tokens), phrase.end + 9))
    beside = [tokens[at] for at in close if not (at and tokens[at - 1].has("locative"))]  # not "killed in fighting for Goma"
    in_war = told.war or one.relation in ("toll", "noun")
    of_soldiers = one.metric in told.people["of_soldiers"]
    fought = any(token.has("fights_for") or (in_war and token.has("in_battle")) for token in beside)
    if of_soldiers and fought and phrase.group in (None, ALL):
        return MILITARY
    return None


def _side_losses(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> bool:
    """ "315,000 Russian casualties": what a country at war loses in thousands are its soldiers, unless it says others."""
    return (
        party.basis in ("toll", "noun", "subject")
        and party.name in told.sides["foes"]
        and (one.metric == UNDIFFERENTIATED or _of_losses(one, tokens, told))
        and one.phrase.kind != "people"
        and (one.number.low or one.number.high or 0) >= told.people["regiment"]
        and not any(token.tags.get("person", ALL) not in (ALL, MILITARY) for token in tokens if not token.has("speakers"))
    )


def _of_losses(one: Counted, tokens: Sequence[Token], told: Told) -> bool:
    """ "Ukraine's losses amount to 17,500 dead"."""
    return one.metric in told.people["of_soldiers"] and any(token.has("loss") and token.has("noun") for token in tokens[: one.number.first])


def _of_soldiers(one: Counted, tokens: Sequence[Token], told: Told) -> bool:
    """Whether a sentence on a war speaks of soldiers and of nobody else: then its bare numbers count them."""
    groups = {token.tags["person"] for token in tokens if token.has("person") and not token.has("foe")}
    return one.metric in told.people["of_soldiers"] and MILITARY in groups and groups <= {MILITARY, ALL}


def _of_civilians(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str | None:
    """ "31 people were killed when gunmen attacked a bus carrying civilians": those hit, where only they are spoken of."""
    if one.metric not in told.people["of_soldiers"]:
        return None
    near = range(max(0, one.number.first - CLOSE), min(len(tokens), one.phrase.end + CLOSE))
    named = [at for at in near if tokens[at].tags.get("person", ALL) != ALL and not tokens[at].has("foe", "speakers")]
    if {tokens[at].tags["person"] for at in named} != {CIVILIANS}:
        return None
    some = any(token.value is not None or token.has(*SOME) for at in named for token in tokens[max(0, at - 3) : at])
    return None if some else CIVILIANS


CLOSE = 40
SOME = ("numeral", "vague", "include", "chiefly", "pronoun", "of_them")
"""Before a word for people: only some of those counted are so called."""


def _by_story(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> str:
    """Migrants in a story on them, soldiers where a side at war has losses or gets back its dead, else anybody."""
    if one.metric in (told.people["bodies"], told.people["taken"]) and party.name in told.sides["foes"] and told.people["fallen"]:
        return str(told.people["fallen"])
    cue = tokens[one.cue] if one.cue is not None else None
    if party.basis not in ("noun", "toll", "label") and any("adrift" in token.tags for token in tokens):
        return str(told.people["adrift"])
    if told.adrift and party.name is None and one.metric in told.people["perish"]:
        return str(told.people["adrift"])
    if _army(one, tokens, party, told):
        return MILITARY
    fights = (cue is not None and cue.has("loss")) or (party.basis == "subject" and (one.metric == UNDIFFERENTIATED or party.fights))
    return MILITARY if told.fought and fights and one.metric in told.people["of_soldiers"] else ALL


def _army(one: Counted, tokens: Sequence[Token], party: Party, told: Told) -> bool:
    """What a side at war has lost in such numbers, and the text does not call civilians, are soldiers."""
    size = one.number.low or one.number.high or 0
    both = party.name is None and party.basis == "toll"
    return (
        (told.war or (told.people["fallen"] and (told.at_odds or told.losses)))
        and (one.phrase.kind != "people" or (tokens[one.phrase.head or 0].has("nation") and told.people["fallen"]))
        and size >= told.people["army"]
        and (party.name in told.sides["foes"] or both)
        and one.metric in told.people["of_soldiers"]
        and not any(token.has("person") and token.tags["person"] not in (ALL, MILITARY) for token in tokens)
    )
