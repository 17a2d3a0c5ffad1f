"""Read what else a sentence says of a figure: its event and place, window, unit, method, and how it came to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from monitors.figures.attribution import Speaker
from monitors.figures.dates import Day, clause_end
from monitors.figures.lexicon import Tags
from monitors.figures.names import is_heard, is_place
from monitors.figures.phrases import Counted, is_identified
from monitors.figures.scopes import Stretch
from monitors.figures.tokens import Token
from monitors.model import BY_NAME, PartialDate, Scope

NEAR = 16
"""Tokens around a number that its circumstances are read from."""


@dataclass(frozen=True)
class Circumstances:
    """The further fields of a claim (INTERFACES.md), each None or empty where the text does not say."""

    event: str | None
    place: str | None
    since: PartialDate | None
    until: PartialDate | None
    unit: str | None
    method: str | None
    includes: tuple[str, ...]
    comparison: bool
    past: bool
    part: bool
    each: bool
    venue: str | None
    via: tuple[str, ...]


def find_circumstances(
    one: Counted,
    tokens: Sequence[Token],
    days: Sequence[Day],
    others: Sequence[int],
    speaker: Speaker | None,
    speakers: Sequence[Speaker],
    stretch: Stretch,
) -> Circumstances:
    """All of them for one number of the sentence; `others` are where the other counted ones stand."""
    first, last = max(0, one.number.first - NEAR), min(len(tokens), one.phrase.end + NEAR)
    near = tokens[first:last]
    said = {kind: value for token in reversed(near) for kind, value in token.tags.items()}
    older = _older(one.phrase.end, last, tokens) if "scope_past" in said else first
    lasts = stretch.scope in (Scope.CUMULATIVE, Scope.PERIOD) and stretch.per is None  # "…, including 1,010 over the past day"
    identified = is_identified(one.phrase, one.number.first, tokens)
    identified = identified and (stretch.scope is not Scope.EVENT or one.phrase.partitive or tokens[0].has("of"))
    since = next((day.iso for day in days if day.role == "since"), None)
    until = next((day.iso for day in days if day.role == "as_of"), None)
    return Circumstances(
        event=_event(one, tokens, near, said, others, stretch.scope),
        place=_place(one, first, last, tokens, speaker),
        since=since if lasts else None,
        until=until if lasts else None,
        unit=_unit(one, tokens),
        method=BY_NAME if identified else said.get("method"),
        includes=tuple(sorted({token.tags["counted_in"] for token in near if "counted_in" in token.tags})),
        comparison="scope_comparison" in said or any(tells(one, tokens) for tells in (_is_compared, _since_when, _began_with, _long_ago)),
        past=any(token.has("scope_past") for token in tokens[first:older]) or _years_after(one, tokens),
        part=stretch.scope is Scope.EVENT if identified else _is_part(one, tokens),
        each=one.number.paired or any(token.has("each") for token in tokens[one.number.last : one.phrase.end + 3]),
        venue=_venue(tokens, speaker),
        via=tuple(dict.fromkeys(other.name for other in speakers if other.outlet and (speaker is None or other.name != speaker.name))),
    )


def _place(one: Counted, first: int, last: int, tokens: Sequence[Token], speaker: Speaker | None) -> str | None:
    """Where it happened: the first place after the number, else before it, else a name that stands where a place would.

    Where those sit who say so ("authorities in Andalusia said") is it only where nothing else is named, where they told it never.
    """
    spots = [at for at in range(first, last) if is_place(at, tokens) or _is_settlement(at, tokens) or _offshore(at, tokens)]
    spots = [at for at in spots if not is_heard(at - 2, tokens)]
    seat = range(speaker.name_first, speaker.name_last) if speaker else range(0)
    spots = [at for at in spots if at not in seat] or spots
    at = next((at for at in spots if at >= one.number.last), spots[0] if spots and spots[0] < one.number.first else None)
    if at is None:
        at = next((at for at in range(max(1, first), last) if _is_unlisted(at, tokens)), None)
        return _whole_name(at, tokens) if at is not None else None
    if _is_settlement(at, tokens):
        return _whole_name(at, tokens)
    if at + 2 < len(tokens) and tokens[at + 1].text == "'s":
        at = _within(at + 2, min(len(tokens), at + CLOSER + 2), tokens) or at
    elif closer := _closer(at, tokens):
        return closer
    return tokens[at].text


def find_setting(tokens: Sequence[Token]) -> str | None:
    """ "The crash happened near the town of Camana", "The quake struck 20 km from Ridgecrest": where a sentence sets what was counted."""
    verb = next((at for at, token in enumerate(tokens[:LEAD]) if token.has("took_place")), None)
    if not verb or not tokens[0].has("definite") or not any(token.has("occurrence") for token in tokens[1:verb]):
        return None
    found = (is_place, _is_settlement, _is_unlisted, _away)
    at = next((at for at in range(verb + 2, min(len(tokens), verb + NEAR)) if any(kind(at, tokens) for kind in found)), None)
    if at is None or any(token.has("subordinate", "relative") for token in tokens[verb:at]):
        return None
    return (_closer(at, tokens) or tokens[at].text) if tokens[at].tags else _whole_name(at, tokens)


LEAD = 6
"""Tokens within which a sentence comes to its verb."""


def _away(at: int, tokens: Sequence[Token]) -> bool:
    """ "20 km from Ridgecrest"."""
    named = _is_name(at, tokens) or (tokens[at].has("place") and tokens[at].capital)
    return named and tokens[at - 1].has("from_where") and any(token.value is not None for token in tokens[max(0, at - 4) : at])


def _is_settlement(at: int, tokens: Sequence[Token]) -> bool:
    """ "the town of Bechar": a name that no list holds."""
    return at > 1 and tokens[at - 1].has("of") and tokens[at - 2].has("settlement") and _is_name(at, tokens)


def _whole_name(at: int, tokens: Sequence[Token]) -> str:
    """ "Um Dukhun East": all the words of a name that no list holds."""
    ends = at + 1
    while ends < len(tokens) and ends - at < CLOSER and _is_name(ends, tokens):
        ends += 1
    return " ".join(token.text for token in tokens[at:ends])


def _within(first: int, last: int, tokens: Sequence[Token]) -> int | None:
    """ "Greece's Evia island", "Pakistan's northwestern district of Buner", "Turkey's western Balikesir": the name that stands there."""
    at = first
    while at < min(first + 4, last) and not tokens[at].capital and (not tokens[at].tags or tokens[at].has("settlement", "of", "filler")):
        at += 1
    named = at < last and tokens[at].capital and tokens[at].value is None and not tokens[at].text.isupper()
    return at if named and tokens[at].tags.keys() <= {"place", "settlement"} else None


def _closer(at: int, tokens: Sequence[Token]) -> str | None:
    """ "in Marion, Ohio", "an attack on Oulad Teima in western Morocco": the name that no list holds, right before that of its country."""
    last = at - 1
    while last > 0 and at - last <= CLOSER and _leads_on(tokens[last]):
        last -= 1
    first = last
    while first > 0 and last - first < CLOSER and _is_name(first, tokens):
        first -= 1
    named = first < last < at - 1 and tokens[first].has("preposition")
    return " ".join(token.text for token in tokens[first + 1 : last + 1]) if named else None


def _is_name(at: int, tokens: Sequence[Token]) -> bool:
    token = tokens[at]
    return token.capital and not token.tags and token.value is None and not token.text.isupper()


def _leads_on(token: Token) -> bool:
    """What may stand between the two names: a comma, "in", "western", "island"."""
    return token.text == "," or token.has("locative", "filler", "settlement") or (not token.tags and token.text.islower())


CLOSER = 4
"""Tokens between a town's name and that of its country."""


def _offshore(at: int, tokens: Sequence[Token]) -> bool:
    """ "sank off southern Greece", "an earthquake off the Philippine island of Leyte"."""
    if "place" not in tokens[at].tags:
        return False
    reach = OFF if at and tokens[at - 1].has("of") else 2
    words = takewhile(lambda token: token.low.isalpha(), reversed(tokens[max(0, at - reach) : at]))
    return any(token.has("offshore") for token in words)


OFF = 6
"""Tokens from "off" to the name of the coast."""


def _is_unlisted(at: int, tokens: Sequence[Token]) -> bool:
    """A name that no list holds, where a place would stand: "in Zorgtown" is some place, and not the one of another event."""
    token, before = tokens[at], tokens[at - 1]
    if token.tags or token.value is not None or not token.capital or token.text.isupper():
        return False
    whose = before.text == "'s" and at > 1 and tokens[at - 2].has("place", "nation")  # "Greece's Evia island"
    return whose or (before.has("locative") and before.has("preposition") and not is_heard(at - 2, tokens))


def _older(first: int, last: int, tokens: Sequence[Token]) -> int:
    """Where what follows is said of an older value: "up from 46,000 a year earlier"."""
    return next((at for at in range(first, last) if tokens[at].has("stance_replaced") or compares(at, tokens)), last)


def compares(at: int, tokens: Sequence[Token]) -> bool:
    """ "compared with 1,520 a year earlier", ", against 1,520": a word that sets another time's figure beside the one of the text."""
    word = tokens[at]
    parted = not word.has("preposition") or (at > 0 and tokens[at - 1].text == ",")
    return parted and word.has("compare") and not word.has("stance_replaced")


def _is_compared(one: Counted, tokens: Sequence[Token]) -> bool:
    at = one.number.first - 1
    at -= at > 0 and tokens[at].has("det")
    return at >= 0 and not one.number.replaced and compares(at, tokens)


def _since_when(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "the worst accident since the sinking of the Jola, which killed 1,863": the toll of the older one."""
    since = next((at for at in range(one.number.first) if tokens[at].has("date_since")), None)
    if since is None or not any(token.has("date_superlative") for token in tokens[max(0, since - SET_BEFORE) : since]):
        return False
    told = next((at for at in range(since, one.number.first) if tokens[at].has("relative", "date_when")), None)
    if told is None:
        return False
    between = tokens[told : one.number.first]
    aside = tokens[told - 1].text == ","  # not "since the truce that the army broke, killing 40"
    return one.number.first < clause_end(told, tokens) and (aside or all(token.text != "," for token in between))


SET_BEFORE = 12
"""Tokens between "the worst" and "since"."""


def _began_with(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "The war was triggered by an attack in which 1,200 were killed": how a war began is another event; not "protests triggered by a
    price rise left 24 dead", nor of a war that began on Tuesday."""
    began = next((at for at in range(1, one.number.first) if "scope_begun" in tokens[at].tags and _is_wars(at, tokens)), None)
    if began is None or one.number.first >= clause_end(began, tokens):
        return False
    between = tokens[began + 1 : one.number.first]
    if any(token.has("weekday", "day") or (token.has("have") and not token.has("had")) for token in between):
        return False
    if any(token.has("relative", "date_when") for token in between):
        return True
    if any(token.text == "," for token in between):
        return any(token.has("attack", "invades", "scope_event") for token in between)  # "began after they attacked Israel, killing 1,200"
    led = tokens[began - 1].has("relative")  # "the war that began after a coup killed 4,500"
    return any(token.has("offset") and not led for token in between)


def _is_wars(at: int, tokens: Sequence[Token]) -> bool:
    """Whether it is a war of which a verb says that it began: "the war in Gaza was triggered"; not "the war's worst day began"."""
    war = next((here for here in range(at - 1, max(-1, at - WAR_BEGAN), -1) if tokens[here].has("strife")), None)
    if war is None or tokens[war + 1].text == "'s" or any(token.has("of") for token in tokens[max(0, war - 2) : war]):
        return False
    between = tokens[war + 1 : at + 1]
    return all(token.text != "," or after.has("relative") for token, after in pairwise(between))


WAR_BEGAN = 7
"""Tokens between a war and the verb that says that it began."""


def _long_ago(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "A first war over the region in the 1990s left 30,000 dead", "in an earlier war 8,000 died": another time's; not "a fire in a hotel
    built in the 1980s killed 40", nor what is dated by a weekday."""
    for at in range(1, len(tokens)):
        earlier = tokens[at].has("strife") and tokens[at - 1].has("date_earlier")
        if (earlier or _is_decade(at, tokens)) and _holds_for(at, one, tokens):
            return True
    return False


def _is_decade(at: int, tokens: Sequence[Token]) -> bool:
    """ "in the early 1990s"; not "since the 1990s", "built in the 1990s"."""
    led = next((here for here in range(at - 1, max(-1, at - 4), -1) if tokens[here].has("locative", "date_started")), None)
    return tokens[at].has("date_decade") and led is not None and not (led and tokens[led - 1].has("date_made"))


def _holds_for(at: int, one: Counted, tokens: Sequence[Token]) -> bool:
    """Whether a time at token `at` is a number's: at the start of its sentence, after what happened then, or soon after the number."""
    clause = tokens[min(at + 1, one.phrase.end) : max(at, one.phrase.end + OPENS)]
    if any(token.has("weekday", "day") for token in clause):
        return False
    if at > one.number.first:
        between = tokens[one.phrase.end : at]
        return len(between) <= SOON and not any(token.text in ",;:" or token.has("say", "relative") for token in between)
    between = tokens[at + 1 : one.number.first]
    opens = at <= OPENS
    if any(token.has("say") or token.text in ",;:" for token in between[opens:]):
        return False
    told = takewhile(lambda token: not token.has("relative"), reversed(tokens[: at + 1]))
    return opens or any(token.has("strife", "scope_event") for token in told)


SOON = 6
"""Tokens after a number's phrase within which a time is that of the number."""
OPENS = 4
"""Tokens at the start of a sentence within which a time holds for all of it."""


def _years_after(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "Three years after 53,000 died, …": long past. Not "three years after the invasion 55,000 have died"."""
    for at in range(one.number.first - 1):
        if tokens[at].tags.get("span") == YEARS and tokens[at + 1].has("offset"):
            clause = tokens[at + 2 : next((here for here in range(at + 2, len(tokens)) if tokens[here].text in ",;"), len(tokens))]
            if tokens[one.number.first] in clause and not any(token.has("have") and not token.has("had") for token in clause):
                return True
    return False


YEARS = "365"


def said_before(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "had counted 92 dead", "had put the toll at 900", "the 92 it had given": said before what a text tells; not "said that it had
    counted 92"."""
    after = tokens[one.phrase.end : one.phrase.end + 2]
    if len(after) == 2 and after[0].has("pronoun") and after[1].has("pluperfect"):
        return True
    for at in range(one.number.first - 1, 0, -1):
        if tokens[at].text in ";:":
            return False
        if tokens[at].has("say"):
            led = at - 2 if tokens[at - 1].has("adverb") and at > 1 else at - 1
            return tokens[led].has("pluperfect") and not _is_told(led, tokens)
    return False


def _is_told(at: int, tokens: Sequence[Token]) -> bool:
    """Whether somebody says what a clause states whose helper stands at `at`: "said that it had counted"."""
    before = takewhile(lambda token: token.text not in ",;:", reversed(tokens[:at]))
    return any(token.has("say") for token in before)


def _event(one: Counted, tokens: Sequence[Token], near: Sequence[Token], said: Tags, others: Sequence[int], scope: Scope) -> str | None:
    """What it is the toll of, in one word: the strike, the quake, the war.

    Where several are counted, the word nearer to it than to another: "63 died of heatstroke in India, 23 in a cyclone in Bangladesh".
    """
    kinds = ("scope_event", "war") if scope is Scope.EVENT else ("war", "lasting")
    kind = next((kind for kind in kinds if kind in said), None)
    if kind is None:
        return None
    core = one.number.core
    told = sorted((here for here in range(len(tokens)) if others and kind in tokens[here].tags), key=lambda here: abs(here - core))
    named = (tokens[here] for here in told if all(abs(here - core) < abs(here - other) for other in others))
    return next((token.low for token in (*named, *near) if kind in token.tags), None)


def _is_part(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "Four were among the dead", "nine of the dead", "the dead included three": some of those whose number is told elsewhere."""
    before, after = tokens[max(0, one.number.first - 6) : one.number.first], tokens[one.number.last : one.phrase.end + 6]
    led = len(after) > 2 and after[0].has("of") and after[1].has("definite", "det")
    of = led and (after[2].has("state") or after[2].tags.get("noun") == one.metric)  # "1,500 of the deaths"
    of = of or (led and len(after) > 4 and after[2].value is not None and _those(one, after[3:]))
    of = of or (len(tokens) > 2 and tokens[0].has("of") and tokens[1].has("pronoun", "det") and not tokens[2].has("person", "state"))
    among = any(token.has("amid") and _the_dead(after[at + 1 :]) for at, token in enumerate(after))
    led = any(
        (token.has("amid") and _the_dead(before[at + 1 :]))
        or (token.has("include") and token.has("state"))  # «серед звільнених – семеро цивільних»
        or (token.has("include") and _the_dead(before[max(0, at - 2) : at]))
        for at, token in enumerate(before)
    )
    return of or among or led


def _those(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "nine of the 16 people killed": those whom the number is some of are counted by the same word."""
    at = 1 if tokens[0].has("person") else 0
    return tokens[at : at + 1] != [] and tokens[at].tags.get("state") == one.metric


def _the_dead(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 and tokens[0].has("det") and tokens[1].has("state")


def _unit(one: Counted, tokens: Sequence[Token]) -> str | None:
    head = tokens[one.phrase.head] if one.phrase.head is not None else None
    if head is not None and "unit" in head.tags:
        return head.tags["unit"]
    return "persons" if one.phrase.kind == "people" else None


def _venue(tokens: Sequence[Token], speaker: Speaker | None) -> str | None:
    """ "told NBC", "on Telegram": where it was said, after the verb that says it."""
    if speaker is None:
        return None
    following = tokens[speaker.verb + 1 : speaker.verb + 9]
    return next((token.text for token in following if token.has("venue_name", "outlet")), None)
