"""Weigh what was read once more: undifferentiated losses, freed captives, returned bodies, lone numerals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitors.figures.lexicon import Language
from monitors.figures.phrases import Counted
from monitors.figures.tokens import Token
from monitors.figures.verbs import marks_entry


def settle(one: Counted, tokens: Sequence[Token], language: Language, held: bool) -> Counted:
    """Weigh what was read: undifferentiated losses, freed captives, returned bodies, lone numerals."""
    if one.metric is None:
        return one
    people = language.table["people"]
    number, phrase = one.number, one.phrase
    if _no_count(one, tokens):
        return replace(one, metric=None, why_not=f"“{tokens[number.core].text}” stands for no count")
    if phrase.kind in ("noun", "bare", "thing") and any(token.has("animals") for token in tokens):
        return replace(one, metric=None, why_not="counts animals")
    if _of_kin(one, tokens):
        return replace(one, metric=None, why_not="lost by one of their kin, and no toll")
    if phrase.kind in ("noun", "bare") and any(token.has("counted_again") for token in tokens[phrase.end : phrase.end + 4]):
        return replace(one, metric=None, why_not="counted twice, and no more")
    if one.cue is not None and tokens[one.cue].has("loss"):
        one = _of_losses(one, tokens, people)
    back = _bodies_of(one, tokens, people) or _got_from(one, tokens, people)
    moved = people["bodies"] if back else _moved(one, tokens, people, language)
    if moved is not None:
        one = replace(one, metric=moved)
    if _was(one, tokens, language):
        one = replace(one, number=replace(number, replaced=True))
    needs = language.needs.get(one.metric or "")
    if needs and not (
        held
        or one.relation == "inherited"
        or phrase.party
        or phrase.group in needs
        or any(token.tags.get("person") in needs or token.tags.get("state") == people["taken"] for token in tokens)
    ):
        return replace(one, metric=None, why_not="nobody who could be exchanged")
    return one


def _of_kin(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "I have lost three children", "a shopkeeper buried two nephews": what befell one of their kin. Not "we lost two firefighters"."""
    if one.relation != "object" or one.cue is None or not tokens[one.cue].has("suffer"):
        return False
    subject = next((tokens[at] for at in range(one.cue - 1, -1, -1) if not tokens[at].has("have", "adverb")), None)
    kin = any(token.has("kin") for token in tokens[one.number.last : one.phrase.end + 1])
    return kin or (subject is not None and subject.has("myself"))


def _bodies_of(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> bool:
    """ «повернули тіла 1245 загиблих»: the dead whose bodies a verb right before the number gives back."""
    beside = tokens[one.number.first - 1].tags.get("act") if one.number.first else None
    return one.metric == people["fatal"] and one.relation == "noun" and beside == people["bodies"]


def _got_from(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> bool:
    """ "gets 1,000 bodies from Russia": what one side has from the other is given back."""
    remains = one.metric == people["fatal"] and one.relation == "noun" and tokens[one.phrase.head or 0].has("remains")
    got = remains and one.number.first > 0 and tokens[one.number.first - 1].has("gets_back")
    ahead = tokens[one.phrase.end : one.phrase.end + 2]
    return got and len(ahead) == 2 and ahead[0].has("from_where") and ahead[1].has("place", "seat", "nation")


def likewise(one: Counted, before: Sequence[Counted], tokens: Sequence[Token], people: Mapping[str, Any], last: str | None) -> Counted:
    """ "returned 1,000 bodies and received 38": what is given back for bodies is bodies, and so are those told apart in a next sentence."""
    if one.relation == "noun" and tokens[one.phrase.head or 0].has("remains") and last == people["bodies"]:
        return replace(one, metric=people["bodies"])
    bodies = bool(before) and before[-1].metric == people["bodies"] and one.phrase.kind == "bare"
    if one.metric == people["freed"] and one.phrase.kind == "bare" and _of_remains(one, tokens):
        return replace(one, metric=people["bodies"])
    again = one.metric == people["freed"] or (one.metric == people["fatal"] and one.relation in ("toll", "inherited"))
    return replace(one, metric=people["bodies"]) if bodies and again else one  # "returned 15 bodies, bringing the total to 375"


def _of_remains(one: Counted, tokens: Sequence[Token]) -> bool:
    """ «тіл повернули понад 7 тисяч»; «обмінялися тілами: Україна забрала 212»."""
    got = one.cue is not None and tokens[one.cue].has("gets_back")
    for at in range(one.number.first - 1, -1, -1):
        if tokens[at].has("remains"):
            return True
        if tokens[at].value is not None or (not got and not tokens[at].text[0].isalnum()):
            return False
    return False


def _no_count(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "one of the main casualties", "Eleven is dead": a pronoun, a name."""
    number, phrase = one.number, one.phrase
    after = tokens[number.last] if number.last < len(tokens) else None
    if number.low == number.high == 1 and number.spelled:
        if number.core and tokens[number.core - 1].has("negative"):
            return True  # "not one of them was hurt"
        loose = (
            (phrase.kind in ("bare", "thing") and not phrase.party)
            or phrase.partitive
            or (phrase.kind == "noun" and after is not None and after.has("of"))
        )
        told_apart = one.relation == "inherited" and (_elsewhere(number.last, tokens) or _how_badly(number.last, tokens))
        return loose and one.relation not in ("after", "object") and not told_apart
    return phrase.kind == "bare" and number.spelled and after is not None and after.has("singular")


def _how_badly(at: int, tokens: Sequence[Token]) -> bool:
    """ "six hurt, one critically"."""
    return at < len(tokens) and tokens[at].has("gravely") and marks_entry(tokens, at + 1)


def _elsewhere(at: int, tokens: Sequence[Token]) -> bool:
    """ "six in Kyiv and one in Kharkiv": a place of its own comes next."""
    ahead = tokens[at : at + 4]
    joined = tokens[at - 2].has("conjunction") if at > 1 else False
    return len(ahead) > 1 and ahead[0].has("preposition", "locative") and (joined or any(token.has("place") for token in ahead[1:]))


def _of_losses(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> Counted:
    """ "lost" is said of soldiers, else of jobs and games; a sentence that also speaks of fatalities says which loss it means."""
    if one.relation == "object" and one.phrase.kind == "thing":
        return replace(one, metric=None, why_not="lost in another sense")
    if one.relation == "object" and one.phrase.kind == "people" and one.phrase.party is None and not _bereft(one, tokens, people):
        return replace(one, metric=None, why_not="lost in another sense")
    fatal = people["fatal"]
    if one.phrase.kind == "people" and one.phrase.group == "all" and one.cue is not None and tokens[one.cue].has("loss_of"):
        return replace(one, metric=fatal)  # the loss of people is their death; the loss of soldiers may be any
    parts = next((at for at in range(one.phrase.end, len(tokens)) if tokens[at].has("include")), len(tokens))  # "…, 200 of them dead"
    named = any(fatal in (token.tags.get("noun"), token.tags.get("toll")) for token in tokens[:parts] if not token.has("loss"))
    return replace(one, metric=fatal) if named else one


def _bereft(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> bool:
    """Soldiers and children are lost to death, and "people"; members, customers and players to others."""
    loss = one.cue is not None and tokens[one.cue].has("loss_of")
    plain = one.phrase.group == "all" and not loss and not tokens[one.phrase.head or 0].has("bereft", "further")
    return one.phrase.group in people["lost"] and not plain


def _was(one: Counted, tokens: Sequence[Token], language: Language) -> bool:
    """ "revised down to 128 from 151", "toll up to 33 from 31": the value before, after the one that took its place; "lowered the toll on
    Friday from 24": the one before alone."""
    before = tokens[max(0, one.number.first - 9) : one.number.first]
    moved = any(token.has("revise", "link") or token.value is not None or token.low in language.numerals for token in before[:-1])
    opened = bool(before) and before[-1].low in language.table["numbers"]["from"] and moved
    return opened and one.phrase.kind == "bare" and one.relation in ("inherited", "toll")


def _lifeless(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any]) -> int | None:
    """ "nine deceased hostages", "the remains of four hostages"."""
    last = one.number.last + 6 if one.phrase.partitive else one.phrase.head or 0
    inner = range(one.number.last, min(last, len(tokens)))
    within = (at for at in inner if people["fatal"] == tokens[at].tags.get("state") or tokens[at].has("remains"))
    ahead = range(max(1, one.number.first - 3), one.number.first)
    led = (at - 1 for at in ahead if tokens[at].has("of") and tokens[at - 1].has("remains"))
    beside = one.number.first - 1 if one.number.first and tokens[one.number.first - 1].has("remains") else None  # «тіла 4 заручників»
    return next(within, next(led, beside))


def _taken_in(before: Sequence[Token], language: Language) -> bool:
    """ "The morgue received 20 bodies": they are new dead, not returned ones."""
    took = next((at for at, token in enumerate(before) if token.has("takes_in")), 0)
    return any("mortuary" in (language.words.get(token.low.rpartition(" ")[2]) or {}) for token in before[:took])


def _moved(one: Counted, tokens: Sequence[Token], people: Mapping[str, Any], language: Language) -> str | None:
    """Bodies handed over and captives let go: the verb of the sentence tells more than the noun."""
    body = next((at for at in (one.phrase.head, one.cue) if at is not None and tokens[at].has("remains")), None)
    if body is None and one.phrase.kind == "people":
        body = _lifeless(one, tokens, people)
    if (body is not None or one.metric == people["bodies"]) and _taken_in(
        tokens[max(0, one.number.first - 14) : one.number.first], language
    ):
        return str(people["fatal"])
    if body is None and one.relation != "adjective" and one.metric not in people["held"]:
        return None
    before, after = tokens[max(0, one.number.first - 14) : one.number.first], tokens[one.number.last : one.phrase.end + 12]
    given = any(people["freed"] == token.tags.get("act") or token.has("swap") for token in before)
    given = given or any(people["bodies"] == token.tags.get("act") for token in before)
    given = given or (body is not None and any(people["freed"] in (t.tags.get("state"), t.tags.get("fall")) for t in before))
    home = body is not None and not any(token.has("mortuary") for token in after)
    given = given or (home and any(token.has("comes_home") for token in before))
    freed = given or any(people["freed"] in (token.tags.get("act"), token.tags.get("state"), token.tags.get("fall")) for token in after)
    freed = freed or (home and any(t.has("comes_home") or people["bodies"] == t.tags.get("state") for t in after))
    own_verb = one.relation == "object" and one.cue is not None and not tokens[one.cue].has("noun") and not one.phrase.weak
    still = one.relation == "after" and one.cue is not None and any(t.has("present") for t in tokens[one.phrase.end : one.cue])
    own_verb = own_verb or still  # "released three more, while another 12 remain abducted"
    if body is not None and freed:
        return str(people["bodies"])
    if one.metric in people["held"] and freed and not own_verb and (given or one.phrase.weak or one.relation in ("weak noun", "inherited")):
        return str(people["freed"])
    if one.relation == "adjective" and any(token.has("swap") for token in before):
        return str(people["freed"])
    if body is not None and one.metric in people["held"]:
        return str(people["fatal"])  # "28 deceased hostages still in Gaza"
    return None
