"""Find what says what befell those counted: the verb after a number, or the verb, toll or label before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitors.figures.lexicon import Language
from monitors.figures.numbers import Number, is_year
from monitors.figures.phrases import Phrase
from monitors.figures.tokens import Token
from monitors.model import Qualifier


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


def weight_of(reading: Reading) -> int:
    if reading.metric == SAME:
        return WEIGHT["weak noun"] + 1
    return WEIGHT[reading.relation] - OPEN_CLASS * (reading.metric or "").startswith(OPEN)


FAR = 14
"""Tokens between a number's noun and its verb."""


def verb_after(at: int, tokens: Sequence[Token], starts: dict[int, Number], language: Language) -> Reading | None:
    """The verb whose subject the number is; relation "joins" where another number comes first: "5 men and 3 women died"."""
    helped, near, begin, aboard, passed = False, True, at, None, False
    while at < len(tokens) and at - begin < FAR:
        token, previous = tokens[at], tokens[at - 1]
        if at in starts:
            measures = starts[at].why_not is not None or _measures(starts[at], tokens)
            if not measures and (previous.has("conjunction") or previous.text == ","):
                return aboard if aboard is not None and previous.text == "," else Reading("joins", None, at)
            if not measures and not previous.has("locative", "include"):
                return aboard
            near, passed = False, True
        elif (
            token.has("state", "act")
            and (previous.has("had", "have") or not (helped and token.has("state")))
            and _has_object(at, tokens, starts)
        ):
            return aboard
        elif token.tags.get("state", "").startswith(OPEN) and aboard is None:
            own = near or (helped and not passed)  # not "48 hostages, of whom 20 are alive"
            aboard = Reading("after" if own else "subject", token.tags["state"], at)
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
        elif token.text in "—-" and near and (toll := next((t for t in tokens[at + 1 : at + 4] if t.has("toll")), None)):
            return Reading("toll", toll.tags["toll"], tokens.index(toll, at))  # «126650 осіб – орієнтовні втрати»
        elif token.text in "—-" and near and at + 1 < len(tokens) and tokens[at + 1].has("state", "fall"):
            pass  # «ще 25 – поранено»
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


def verb_at_end(number: Number, at: int, tokens: Sequence[Token], starts: dict[int, Number]) -> Reading | None:
    """The verb at the end of the clause: "sind zwölf Menschen bei einem Angriff auf Kiew getötet worden".

    What a preposition leads in is nobody's subject ("in zwölf Orten wurden Menschen verletzt"); asides between commas are stepped over.
    """
    if number.first and tokens[number.first - 1].has("preposition"):
        return None
    if number.first > 1 and tokens[number.first - 1].has("det") and tokens[number.first - 2].has("preposition"):
        return None  # "von den 67 Insassen überlebten 29"
    begin, helped = at, any(token.has("be") for token in tokens[max(0, number.first - 3) : number.first])
    while at < len(tokens) and at - begin < CLAUSE:
        token, previous = tokens[at], tokens[at - 1]
        if at in starts and starts[at].why_not is None and not previous.has("preposition"):
            return Reading("joins", None, at) if previous.has("conjunction") or previous.text == "," else None
        if token.has("act") and at + 1 in starts:
            return None  # "tötete zehn Menschen und verletzte elf"
        if not token.capital and token.has("state", "fall") and not _describes(at, tokens):
            return Reading("after", token.tags.get("state") or token.tags["fall"], at)
        predicate = token.has("noun") and token.capital and not previous.has("preposition", "det", "filler")
        if helped and predicate and _ends_clause(at + 1, tokens):
            return Reading("after", token.tags["noun"], at)  # "seien 200.000 Menschen im Land Binnenflüchtlinge"
        helped = helped or token.has("be")
        if token.text == "," and (closing := _clause_aside(at, tokens)):
            at = closing
        elif token.text in ",;:.!?—" or token.has("say", "subordinate") or (token.has("act") and not token.capital):
            return None
        elif token.text in "(-" and (closing := _closing(at, tokens)):
            at = closing
        at += 1
    return None


CLAUSE = 24
"""Tokens of a clause between those of whom it tells and its verb."""


def verb_second(number: Number, phrase: Phrase, tokens: Sequence[Token], starts: dict[int, Number]) -> Reading | None:
    """The verb that opened the clause: "starben bei Kämpfen nahe der Stadt 20 Kämpfer", "dabei tötete die Armee zwölf Menschen"."""
    others = {at for at, other in starts.items() if other.why_not is None}
    if phrase.kind not in ("people", "bare") or (number.first and tokens[number.first - 1].has("preposition")):
        return None
    for at in range(number.first - 1, max(-1, number.first - CLAUSE), -1):
        token = tokens[at]
        if token.has("act") and (not token.capital or (at == 0 and not token.has("noun"))):
            helped = any(before.has("be", "have") for before in tokens[max(0, at - CLAUSE) : at])
            return None if token.has("state") and helped else Reading("after" if _leads(token) else "object", token.tags["act"], at)
        if token.text in ",;:.!?—" or at in others or token.has("say", "subordinate"):
            return None
    return None


def _ends_clause(at: int, tokens: Sequence[Token]) -> bool:
    return at >= len(tokens) or tokens[at].text in ",;.!?"


def _describes(at: int, tokens: Sequence[Token]) -> bool:
    """ "die getötete Frau", "mit verletzten Soldaten": a participle before its noun."""
    following = tokens[at + 1 : at + 2]
    return bool(following) and following[0].capital and not following[0].has("place", "weekday") and tokens[at].low[-1:] not in "tn"


def _clause_aside(at: int, tokens: Sequence[Token]) -> int | None:
    """Where what a comma opens is closed by another: ", darunter drei Kinder,", ", die im Haus schliefen,"."""
    ahead = range(at + 2, min(at + FAR, len(tokens)))
    opens = at + 1 < len(tokens) and tokens[at + 1].has("include", "det", "relative", "adverb", "preposition")
    return next((here for here in ahead if tokens[here].text == ","), None) if opens else None


def _closing(at: int, tokens: Sequence[Token]) -> int | None:
    mark = ")" if tokens[at].text == "(" else tokens[at].text
    return next((here for here in range(at + 1, min(at + FAR, len(tokens))) if tokens[here].text == mark), None)


def _measures(number: Number, tokens: Sequence[Token]) -> bool:
    """ "11,420 children, aged 17 years or less, lost their lives": a number of years, and no other people."""
    after = tokens[number.last] if number.last < len(tokens) else None
    return after is not None and after.has("span") and not number.vague


def later_verb(first: Reading, tokens: Sequence[Token], starts: dict[int, Number], fatal: str | None = None) -> Reading | None:
    """ "Three of those hurt later died", "five of the 12 people shot have died": what the whole suffered first is not what the part did."""
    if first.cue is None or any(token.has("be", "have") for token in tokens[max(0, first.cue - 2) : first.cue]):
        return None
    for at in range(first.cue + 1, min(first.cue + 8, len(tokens))):
        token = tokens[at]
        if token.text in ",;:" or at in starts or token.has("say", "relative", "subordinate"):
            return None
        if token.has("fall") and (tokens[at - 1].has("have", "adverb", "date_ago") or " " in token.low or at == first.cue + 1):
            return Reading("after", token.tags["fall"], at)
        if fatal is not None and token.tags.get("state") == fatal and any(t.has("be") for t in tokens[at - 3 : at]):
            return Reading("after", fatal, at)  # "douze personnes arrêtées ont été retrouvées mortes"
    return None


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


# ------------------------------------------------------------------ before the number


def verb_before(number: Number, phrase: Phrase, tokens: Sequence[Token], language: Language) -> Reading | None:
    """The verb whose object the number is, or the toll it is the value of."""
    at = number.first - 1
    skipped = ("det", "filler", "adverb", "object_mark")
    while at >= 0 and number.first - at < 5 and tokens[at].has(*skipped) and not tokens[at].has("act", "noun", "toll"):
        at -= 1
    if fronted := _fronted(at, tokens):
        return fronted
    if at > 0 and phrase.kind in ("people", "bare") and (lost := _lost_as(at, tokens)):
        return lost
    leads = at >= 0 and _leads(tokens[at])
    if at >= 0 and tokens[at].has("act") and (leads or not _passive(at, tokens)):
        return Reading("after" if leads else "object", tokens[at].tags["act"], at)
    if at > 0 and phrase.kind == "people" and tokens[at].has("conjunction") and (verb := _with_another(at, tokens)) is not None:
        return Reading("object", tokens[verb].tags["act"], verb)
    if phrase.kind == "people" and at > 0 and tokens[at].has("traded_for"):
        given = next((here for here in range(at - 1, -1, -1) if tokens[here].tags.get("act") == language.table["people"]["freed"]), None)
        return Reading("object", language.table["people"]["freed"], given) if given is not None else None
    befell = tokens[at - 1].tags.get("state") if at > 0 and tokens[at].has("alongside") and not tokens[at - 1].has("loss") else None
    if phrase.kind == "people" and befell:
        return Reading("object", befell, at - 1)  # "was killed along with about 40 officials"
    if at > 0 and tokens[at].text == "," and phrase.kind == "bare" and phrase.end < len(tokens) and tokens[phrase.end].text == ",":
        return _toll(at - 1, tokens, linked=True)  # "the number of injured, 44, was unchanged"
    if at >= 0 and tokens[at].text == "(":
        return _toll(at - 1, tokens, linked=True)
    if at > 0 and tokens[at].text in "—-" and tokens[at - 1].has("act") and phrase.kind == "people":
        return Reading("object", tokens[at - 1].tags["act"], at - 1)  # «взяли в полон — 7 осіб»
    if phrase.kind == "people" and at >= 0 and tokens[at].has("remains") and tokens[at].has("noun"):
        return Reading("object", tokens[at].tags["noun"], at)  # «дістали тіла ще двох людей»
    if phrase.kind != "thing" and (led := _led_by(at, tokens)) is not None:
        return Reading("object", tokens[led].tags["act"], led)
    bounded = number.first < number.core and number.qualifier is not Qualifier.EXACT
    if phrase.kind == "people" and (shared := _listed_with_things(at, tokens)) is not None:
        return Reading("object", tokens[shared].tags["act"], shared)
    found = _toll(number.first - 1, tokens, linked=bounded)
    if found is None and at > 0 and tokens[at].has("tail") and phrase.kind in ("people", "bare"):
        found = _toll(at - 1, tokens, linked=True)  # «втрати за січень — 31 713 осіб»
    if found is None and phrase.kind == "bare" and tokens[number.first].has("count"):
        return Reading("toll", SAME, number.first)
    return found


def _fronted(at: int, tokens: Sequence[Token]) -> Reading | None:
    """ "Getötet wurden 12 Menschen, verletzt wurden 30": a participle that opens the clause, and its helper."""
    if at < 1 or not tokens[at].has("be") or not tokens[at - 1].has("state"):
        return None
    opens = at == 1 or tokens[at - 2].text in ",;:" or tokens[at - 2].has("conjunction")
    return Reading("after", tokens[at - 1].tags["state"], at - 1) if opens else None


def _lost_as(at: int, tokens: Sequence[Token]) -> Reading | None:
    """ «втратив убитими та пораненими 87 осіб», «признали пропавшими без вести 90 тысяч»: as what, before whom."""
    if tokens[at].has("noun") and not tokens[at].has("person", "loss") and tokens[at - 1].has("loss") and tokens[at - 1].has("act"):
        return Reading("object", tokens[at].tags["noun"], at - 1)
    return Reading("object", tokens[at].tags["complement"], at) if tokens[at].has("complement") else None


def _leads(verb: Token) -> bool:
    """ "murieron 12", "fueron detenidas 5": a verb that stands before those of whom it is said."""
    return verb.has("act") and (verb.has("befalls") or (verb.has("fall") and not verb.has("state")))


def _listed_with_things(at: int, tokens: Sequence[Token]) -> int | None:
    """ "потеряли танк, две бронемашины и 25 человек": the verb that those counted share with things counted before them."""
    if at < 0 or not (tokens[at].has("conjunction") or tokens[at].text == ","):
        return None
    things = False
    for here in range(at, max(-1, at - FAR - 6), -1):
        token = tokens[here]
        if token.has("act") and not token.has("noun"):
            return here if things else None
        if token.text in ";:.\"" or token.has("say", "relative", "subordinate", "person", "state", "fall"):
            return None
        things = things or token.has("reject_unit_after")
    return None


def _led_by(at: int, tokens: Sequence[Token]) -> int | None:
    """ "загинули внаслідок обстрілу міста 12 людей": a verb before those of whom it is said, over where and by what."""
    for here in range(at, max(-1, at - APART), -1):
        token = tokens[here]
        if _leads(token) or token.has("parted"):
            return here if tokens[here + 1].has("preposition", "in_battle", "captivity", "whose") else None
        if token.value is not None or not token.text[0].isalnum() or token.has(*LEADS_NO_FURTHER):
            return None
    return None


ASIDE = 10
"""Tokens of what stands between two commas after a toll: "жертвами урагана, обрушившегося на остров, стали 12 человек"."""
LEADS_NO_FURTHER = ("act", "fall", "say", "person", "conjunction", "relative", "count")
APART = 9
"""Tokens between a verb and those of whom it is said."""


def complement_of(number: Number, phrase: Phrase, tokens: Sequence[Token], language: Language) -> Reading | None:
    """ "took 150 soldiers prisoner", "threw 18,000 people into jail": what those taken or sent came to."""
    if language.verb_last and phrase.kind in ("people", "bare", "thing") and (split := _split_verb(number, phrase, tokens)):
        return split
    ends = phrase.end < len(tokens) and tokens[phrase.end].tags.get("complement")
    taken = any(token.has("takes") for token in tokens[max(0, number.first - 2) : number.first])
    return Reading("object", ends, phrase.end) if ends and taken and phrase.kind in ("people", "bare") else None


def _split_verb(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "nahm die Polizei 400 Menschen fest", "kamen 37 Fahrgäste um": the verb's other part closes the clause."""
    last = next((at for at in range(phrase.end, min(phrase.end + CLAUSE, len(tokens))) if _ends_clause(at + 1, tokens)), None)
    if last is None or not tokens[last].has("complement"):
        return None
    for at in range(number.first - 1, max(-1, number.first - CLAUSE), -1):
        if tokens[at].text in ",;:":
            return None
        if tokens[at].has("takes"):
            return Reading("object", tokens[last].tags["complement"], last)
    led = tokens[phrase.end].has("takes")  # "37 Fahrgäste kamen bei dem Unglück um"
    return Reading("after", tokens[last].tags["complement"], last) if led else None


def _with_another(at: int, tokens: Sequence[Token]) -> int | None:
    """ "killed a police officer and three others": the verb before one person without a number."""
    for here in range(at - 1, max(-1, at - 6), -1):
        token = tokens[here]
        if token.has("act") and not token.has("person", "noun", "loss") and here < at - 1:
            return here if tokens[here + 1].has("det") and not tokens[at - 1].has("reject_unit_after") else None
        if token.text in ",;" or token.value is not None or token.has("say", "be", "have", "relative"):
            return None
    return None


def label_of(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "Deaths 12, injured 40", "Killed - 7": an entry of a list, a word of a metric and its number between two marks."""
    led = number.first > 1 and tokens[number.first - 1].text in LEADS
    at = number.first - 2 if led else number.first - 1
    if (
        at < 0
        or (tokens[at].has("act") and not led)
        or phrase.kind != "bare"
        or not marks_entry(tokens, phrase.end)
        or not marks_entry(tokens, at - 1)
    ):
        return None
    metric = tokens[at].tags.get("noun") or tokens[at].tags.get("state")
    return Reading("label", metric, at) if metric and not metric.startswith(OPEN) else None


LEADS, MARKS = (":", "-", "–", "—", "="), (",", ";", ":", ".", "(", ")", "|", "-", "–", "—", "/", "•")


def marks_entry(tokens: Sequence[Token], at: int) -> bool:
    """Whether an entry of a list can begin after or end before this token."""
    return not 0 <= at < len(tokens) or tokens[at].text in MARKS or tokens[at].has("conjunction")


def entry_of(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "90,000 people are listed in the register of persons missing": what those in a list are."""
    at = phrase.end
    while at < len(tokens) and at - phrase.end < 12 and not tokens[at].has("register"):
        between = tokens[at]
        if between.text in ",;:" or between.value is not None or between.has("say", "relative", "conjunction", "act", "state", "fall"):
            return None
        at += 1
    opened = any(token.has("locative", "preposition") for token in tokens[phrase.end : at])
    if not opened or at + 1 >= len(tokens) or not tokens[at].has("register"):
        return None
    named = (token.tags.get("state") or token.tags.get("noun") for token in tokens[at + 1 : at + 5])
    metric = next((metric for metric in named if metric and not metric.startswith(OPEN)), None)
    return Reading("subject", metric, at) if metric and phrase.kind in ("people", "bare") else None


def held_in(number: Number, phrase: Phrase, tokens: Sequence[Token]) -> Reading | None:
    """ "The register of people missing contains 90,000 people", "the list of the dead has 1,204 names": what those in it are."""
    verb = number.first - 1
    while verb > 0 and tokens[verb].has("adverb", "det") and not tokens[verb].has("contains"):
        verb -= 1
    names = phrase.kind == "thing" and phrase.head is not None and tokens[phrase.head].has("unit")
    if verb < 1 or not tokens[verb].has("contains") or not (names or phrase.kind in ("people", "bare")):
        return None
    for at in range(verb - 1, max(-1, verb - FAR), -1):
        if tokens[at].has("register"):
            around = ((here, tokens[here].tags) for here in (*range(at + 1, verb), *range(max(0, at - 2), at)))
            named = ((here, tags.get("state") or tags.get("noun")) for here, tags in around)
            return next((Reading("subject", metric, here) for here, metric in named if metric and not metric.startswith(OPEN)), None)
        if tokens[at].text in ",;:" or tokens[at].value is not None or tokens[at].has("say", "relative", "conjunction"):
            return None
    return None


def toll_ahead(at: int, tokens: Sequence[Token]) -> Reading | None:
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
    aside = -1
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
                (
                    token.text in ";,—"
                    and not (_is_date(at + 1, tokens) or _is_date(at - 1, tokens) or _leads_on(tokens[at + 1]) or at == aside)
                )
                or (token.value is not None and not _passes(at, tokens))
                or (token.has("say") and not token.has("link") and not (at and tokens[at - 1].has("be")))  # "since it was declared"
            )
            or not linked
            or (
                token.has("conjunction")
                and not verb
                and steps > 2
                and not tokens[at - 1].has("place", "body", "seat", "person")
                and not _joins_causes(at, tokens)
                and not _joins_things(at, tokens)
            )
        ):
            return None
        if token.text == "," and aside < 0 and _leads_on(tokens[at + 1]):
            aside = next((here for here in range(at - 1, max(-1, at - ASIDE), -1) if tokens[here].text == ","), -1)
            if aside > 0:
                befell = (t.tags.get("state") or t.tags.get("fall") or t.tags.get("act") for t in tokens[aside:at] if not t.has("link"))
                verb, at = verb or next((metric for metric in befell if metric), None), aside + 1
        at -= 1
        steps += 1
    return Reading("toll", verb, 0) if verb and at < 0 and tokens[min(1, len(tokens) - 1)].text == ":" else None  # "Killed: 71,800."


def _joins_causes(at: int, tokens: Sequence[Token]) -> bool:
    """ "The toll from floods and landslides in Nepal rose to 101": one toll of both."""
    beside = (tokens[max(0, at - 2) : at], tokens[at + 1 : at + 4])
    return all(any(token.has("scope_event", "occurrence", "attack") for token in near) for near in beside)


def _joins_things(at: int, tokens: Sequence[Token]) -> bool:
    """ "The toll of the collision of a bus and a cement truck rose to 19": one collision of both."""
    before = any(_is_any(token) for token in tokens[max(0, at - 4) : at])
    return before and at + 1 < len(tokens) and _is_any(tokens[at + 1])


def _is_any(token: Token) -> bool:
    return token.has("det") and not token.has("definite")


def _passes(at: int, tokens: Sequence[Token]) -> bool:
    """A number on the way to the toll that is no rival: an old value, a date, "40 inches"."""
    if at + 1 < len(tokens) and tokens[at + 1].has("month"):
        return True
    measure = at + 1 < len(tokens) and tokens[at + 1].has("reject_unit_after") and not tokens[at + 1].has("person", "noun", "percent")
    return measure or _opens_change(at, tokens) or _is_date(at, tokens) or "." in tokens[at].text


def _leads_on(token: Token) -> bool:
    """ "The toll is higher, at more than 15,000", "the toll from the storm, which …": what goes on after a comma."""
    return (token.has("link") and not token.has("of")) or token.has("which")


def _is_date(at: int, tokens: Sequence[Token]) -> bool:
    return tokens[at - 1].has("month") or is_year(tokens[at])


SAME = "same"
"""What "the total" and "the number" count where no word beside them says: what was counted last."""


def _opens_change(at: int, tokens: Sequence[Token]) -> bool:
    """The old value in "rose from 151 to 210", "fell from 310 in 2024 to 260"."""
    to = at + 3 if at + 2 < len(tokens) and _is_date(at + 2, tokens) else at + 1
    return to < len(tokens) and tokens[to].has("to")
