"""Tell which party a name means, and whether it stands for a place or for who acts."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.figures.tokens import Token

NAMES = ("place", "nation", "demonym", "seat", "body")
ANY_NAME = frozenset(NAMES)


def party_of(token: Token) -> str | None:
    """The party a token names, if any."""
    tags = token.tags
    if not tags or ANY_NAME.isdisjoint(tags):  # asked of every token, nearly always in vain
        return None
    return next(tags[kind] for kind in NAMES if kind in tags)


def named_at(at: int, tokens: Sequence[Token]) -> str | None:
    """The party named there, but for "U.S.-based", "the US Geological Survey", "the U.S. consulate": these are nobody's people."""
    name = party_of(tokens[at])
    if name is None or _compound(at, tokens) or _outside(at, tokens):
        return None
    if "follows" in tokens[at].tags and at and tokens[at - 1].has("frontier"):
        return None  # "près de la frontière ukrainienne"
    if at > 1 and tokens[at - 1].has("preposition") and tokens[at - 2].has("frontier"):
        return None  # "near the border with Ukraine"
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following and (following.has("frontier") or (following.has("address") and following.capital)):
        return None  # "near the Afghan border", "Jordan Road"
    return name


def _compound(at: int, tokens: Sequence[Token]) -> bool:
    """ "U.S.-based", "Israeli-occupied": what it says of somebody else."""
    ahead = tokens[at + 1 : at + 3]
    if len(ahead) == 2 and ahead[0].has("conjunction") and party_of(ahead[1]) and _compound(at + 2, tokens):
        return True  # "the United States and Israel-backed foundation"
    return len(ahead) == 2 and ahead[0].text == "-" and tokens[at].end == ahead[0].start == ahead[1].start - 1 and not ahead[1].capital


def _outside(at: int, tokens: Sequence[Token]) -> bool:
    """Whether the name is part of an institute's, an embassy's, an observer's."""
    if "follows" in tokens[at].tags and any(noun.has("outsider") for noun in qualified(at, tokens)):
        return True
    if any(token.has("ties") for token in tokens[max(0, at - 2) : at]) or (at + 1 < len(tokens) and tokens[at + 1].has("ties")):
        return True  # "basé aux États-Unis", "in Großbritannien ansässig"
    here = at + 1
    while here < len(tokens) and here - at < 5 and (tokens[here].capital or tokens[here].has("outsider")):
        if tokens[here].has("outsider"):
            return True
        here += 1
    if tokens[at].has("demonym") and any(token.has("house") and token.capital for token in tokens[at + 1 : here]):
        return True  # "the Indonesian Hospital", "Saudi Maternity Hospital"
    if at and tokens[at - 1].has("christened") and not tokens[at].has("demonym"):
        return True  # "Typhoon Penha": a storm's own name
    return at > 0 and tokens[at].has("seat", "place", "body") and tokens[at - 1].capital and tokens[at - 1].has("outsider", "worldwide")


def is_place(at: int, tokens: Sequence[Token]) -> bool:
    """Whether the token names where something happens."""
    tags = tokens[at].tags
    return ("place" in tags or "seat" in tags) and stands_as_place(at, tokens)


def is_heard(at: int, tokens: Sequence[Token]) -> bool:
    """ "told reporters in": whether it goes on with where they were told."""
    if at < 0 or not tokens[at].has("audience") or not tokens[at + 1].has("locative"):
        return False
    return not tokens[at].has("person") or any(token.has("hear") for token in tokens[max(0, at - 3) : at])


def stands_as_place(at: int, tokens: Sequence[Token]) -> bool:
    """Whether a name stands where something happens: after "in", or before "side", "city"."""
    token = tokens[at]
    ahead = tokens[at + 1 : at + 3]
    if named_at(at, tokens) is None or (ahead and ahead[0].has("frontier")) or _of_attack(at, tokens):
        return False
    if any(token.has("side") for token in ahead[: 1 + (bool(ahead) and ahead[0].text == "'s")]):
        return True
    if "follows" in token.tags and at and tokens[at - 1].has("side"):
        return True  # "du côté israélien"
    if at and tokens[at - 1].has("fights_for"):
        return True
    if own_strife(at, tokens):
        return located(at - ("follows" in token.tags), tokens)
    if not token.has("place", "seat") and not any(noun.has("settlement") for noun in qualified(at, tokens)[:1]):
        return False
    if token.has("seat") and not token.has("body") and not attacks(at, tokens) and located(at, tokens):
        return True
    if ahead and (attacks(at, tokens) or acts(at, tokens)):
        return False
    return located(at, tokens)


def located(at: int, tokens: Sequence[Token]) -> bool:
    """Whether a word for place leads to the name: "in the northern city of Mosul"; or it is what was shelled: «обстріл Херсона»."""
    if at and tokens[at - 1].has("hits") and tokens[at].has("whose") and tokens[at].has("place", "seat") and not tokens[at].has("demonym"):
        return True
    back = at - 1
    while back >= 0 and at - back < 6 and not tokens[back].has("locative", "left_behind"):
        between = tokens[back]
        if not (
            between.capital
            or between.has("det", "filler", "settlement", "homeland", "of")
            or between.text in ",'s"
            or (not between.tags and between.text.isalpha() and at - back <= 3)
            or points_to(back, tokens)
            or (back and between.has("conjunction") and party_of(tokens[back - 1]) and tokens[back + 1].has("place"))
        ):
            return False
        back -= 1
    return back >= 0 and tokens[back].has("locative", "left_behind")


def qualified(at: int, tokens: Sequence[Token]) -> Sequence[Token]:
    """The words that a name may qualify, the nearest first: those after it, or those before an adjective that follows its noun."""
    return tokens[max(0, at - 2) : at][::-1] if "follows" in tokens[at].tags else tokens[at + 1 : at + 3]


def attacks(at: int, tokens: Sequence[Token]) -> bool:
    """ "Russian strikes", "Israel's air and ground campaign": who does it, not who suffers it."""
    token = tokens[at]
    if not token.has("demonym", "place", "seat", "body", "nation"):
        return False
    if _of_attack(at, tokens):
        return True
    back = at - 1 - (at > 1 and tokens[at - 1].has("det"))
    if back > 0 and (tokens[back].has("agentive") or (tokens[back].has("by") and tokens[back - 1].has("attack"))):
        return True  # "disparos efectuados por Corea del Norte", "the attack by Hamas"
    if "follows" in token.tags:
        attack = any(noun.has("attack") and not noun.has("locative") for noun in qualified(at, tokens))
        return attack and not own_strife(at, tokens)  # "frappes aériennes russes"
    ahead = tokens[at + 1 : at + 5]
    if not ahead or token.has("insurgent"):
        return False
    if (_kills(ahead) or ahead[0].has("invades")) and not located(at, tokens):
        return True
    if own_strife(at, tokens):
        return False
    if token.has("demonym") or ahead[0].text == "'s":
        return any(t.has("attack") for t in ahead[:3] if not t.has("locative")) and not ahead[0].has("locative", "conjunction")
    return ahead[0].has("attack") and token.has("body")


def own_strife(at: int, tokens: Sequence[Token]) -> bool:
    """ "Sudan's war", "la guerra civil siria": a war that a land has at home, not one that it wages."""
    follows = "follows" in tokens[at].tags
    strife = at - 1 if follows else at + 2
    whose = follows or (at + 1 < len(tokens) and tokens[at + 1].text == "'s")
    if not whose or not 0 <= strife < len(tokens) or not tokens[strife].has("strife"):
        return False
    end = max(at, strife) + 1
    return not any(token.has("locative", "against") for token in tokens[end : end + 2])


def _of_attack(at: int, tokens: Sequence[Token]) -> bool:
    """ "Angriffe Israels", "bei einem Angriff der USA": the name after what it did. "The shelling of Kyiv" is no such thing."""
    if not tokens[at].has("place", "seat", "body", "demonym", "nation"):
        return False
    back = at - 1
    while back > 0 and at - back < 4 and tokens[back].has("of", "det") and not tokens[back].has("locative"):
        back -= 1
    if back < 0 or "done_by" not in tokens[back].tags:
        return False
    whose = len(tokens[at].text) > len(tokens[at].low)  # in the case that says so: "Israels"
    return tokens[back + 1].has("of") if back < at - 1 else whose or tokens[at].has("whose")


def _kills(ahead: Sequence[Token]) -> bool:
    """ "Israel kills", "the U.S. has killed": a name that is the subject of the verb."""
    verb = ahead[1] if ahead[0].has("have") and len(ahead) > 1 else ahead[0]
    return (
        verb.has("act")
        and not verb.has("loss", "own_doing", "scope_event", "occurrence", "noun", "filler")
        and (not verb.has("state") or verb is not ahead[0])
    )


def acts(at: int, tokens: Sequence[Token]) -> bool:
    """ "Israeli forces", "the Russian government", "Hamas": who speaks or acts."""
    ahead = qualified(at, tokens)
    return tokens[at].has("body", "seat") or (
        (tokens[at].has("demonym") or (bool(ahead) and ahead[0].text == "'s")) and any(t.has("agent") for t in ahead)
    )


def twin_of(at: int, tokens: Sequence[Token]) -> str | None:
    """ "Afghanistan, Pakistan", "northern Syria and southern Turkey": the place that shares the number with this one."""
    for step in (-1, 1):
        joint = at + step
        if step < 0 and joint > 0 and (points_to(joint, tokens) or tokens[joint].has("locative")):
            joint -= 1
        if not 0 < joint < len(tokens) - 1 or not (tokens[joint].has("conjunction") or tokens[joint].text == ","):
            continue
        beyond = joint + step
        if step > 0 and (points_to(beyond, tokens) or tokens[beyond].has("locative")) and beyond + 1 < len(tokens):
            beyond += 1  # "en Turquie et en Syrie"
        other = tokens[beyond]
        speaks = step > 0 and beyond + 1 < len(tokens) and tokens[beyond + 1].has("say")  # "killed in Beirut, Israel says"
        if other.has("place") and party_of(other) != party_of(tokens[at]) and not speaks:
            return party_of(other)
    return None


def points_to(at: int, tokens: Sequence[Token]) -> bool:
    """ "northern": a point of the compass before a place."""
    return tokens[at].low.endswith("ern") and tokens[at].text.islower()
