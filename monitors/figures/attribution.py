"""Find who states a figure: the claimant of each part of a sentence, where it was said, and the outlets on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitors.figures.lexicon import Language
from monitors.figures.tokens import Token


@dataclass(frozen=True)
class Speaker:
    """Somebody who states something in tokens[first:last]; `name` as the text has it, at tokens[name_first:name_last]."""

    name: str
    first: int
    last: int
    name_first: int
    name_last: int
    verb: int
    denies: bool = False
    pronoun: bool = False
    """ "he said", "the group said": whoever was named last."""
    cited: bool = False
    label: bool = False
    """ "Zelensky: …": a name before a colon, which may be no speaker at all."""
    outlet: bool = False
    """A newsroom, which passes on what others state."""
    paper: bool = False
    """A document: whoever speaks beside it states what it says."""
    place: bool = False
    """ "Punjab reported 165 deaths": where they were, which states it only when nobody else does."""
    drawn: bool = False
    """Whose data the statement draws on."""
    hearsay: bool = False
    """ "Officials", "a newspaper": nobody in particular, who gives way to the body that is cited."""


def find_speakers(text: str, tokens: Sequence[Token], language: Language) -> list[Speaker]:
    """Who speaks in the sentence, in order, each with the stretch that is theirs."""
    found: list[Speaker] = []
    for at in range(len(tokens)):
        speaker = _speaker_at(text, tokens, at, found, language.capital_nouns)
        if speaker and _is_name(speaker, tokens, language):
            found.append(_resolved(replace(speaker, hearsay=_is_hearsay(speaker, tokens)), found))
    found = _until_contrast(_but_rejected(found, tokens), tokens)
    return sorted([*found, *_gapped(text, found, tokens)], key=lambda speaker: speaker.verb)


def _but_rejected(found: Sequence[Speaker], tokens: Sequence[Token]) -> list[Speaker]:
    """ "The government rejected the party's claim that 82 died", "denied that he had said so": whose word is rejected states nothing."""
    deniers = [speaker.verb for speaker in found if speaker.denies and speaker.first == speaker.verb]
    return [speaker for speaker in found if not any(_within_rejected(speaker, verb, tokens) for verb in deniers)]


def _within_rejected(speaker: Speaker, denial: int, tokens: Sequence[Token]) -> bool:
    """Whether a speaker is named in what is denied: after the verb, with nothing between that opens another clause."""
    between = tokens[denial + 1 : speaker.verb]
    return speaker.verb > denial and not any(token.text in ',;:"—' or token.has("conjunction") for token in between)


def _is_name(speaker: Speaker, tokens: Sequence[Token], language: Language) -> bool:
    """Not "Two confirmed …", but "two officials said"."""
    counted = tokens[speaker.name_first].low in language.numerals
    speaks = any(token.has("speakers") for token in tokens[speaker.name_first : speaker.name_last])
    played = _is_script(tokens[speaker.name_first : speaker.name_last])
    return bool(speaker.name) and NO_NAME.isdisjoint(speaker.name) and (speaks or not counted) and not played


def _is_script(name: Sequence[Token]) -> bool:
    """ "According to the script", "the exercise plan": what a drill goes by, and nobody; not "exercise director Jan Novak"."""
    drill = next((token for token in reversed(name) if "stance_drill" in token.tags), None)
    return drill is not None and (drill is name[-1] or not any(token.capital for token in name))


def _is_hearsay(speaker: Speaker, tokens: Sequence[Token]) -> bool:
    """ "Two officials", and of those who are cited whoever has no name and no office: "citing a first investigation"."""
    name = tokens[speaker.name_first : speaker.name_last]
    return name[-1].has("hearsay") or (speaker.cited and not any(token.capital or token.has("office", "agent") for token in name))


NO_NAME = frozenset("…|*")
"""Marks of a text cut off and of tables: what holds one is no name."""


def _speaker_at(text: str, tokens: Sequence[Token], at: int, found: Sequence[Speaker], capitals: bool) -> Speaker | None:
    """The speaker whom the word or mark here introduces; `capitals`: every noun has one, so that a small word can end a name."""
    token = tokens[at]
    if INTRODUCING.isdisjoint(token.tags) and token.text not in ":-":
        return None
    if token.has("according"):
        return _according(text, tokens, at, capitals=capitals)
    told_in = token.has("said_in") and at > 0 and tokens[at - 1].has("say") and at + 1 < len(tokens)
    if told_in and not tokens[at + 1].has("venue_name", "det"):
        return _according(text, tokens, at)  # «повідомили в Міноборони»
    if token.has("postposed"):
        return _before(text, tokens, at)
    if token.has("account_led"):
        return _account(text, tokens, at)
    if token.has("aside"):
        opens = at > 0 and tokens[at - 1].text in ',"-—' and at + 1 < len(tokens) and (tokens[at + 1].capital or tokens[at + 1].has("det"))
        return _according(text, tokens, at) if opens else None
    if token.has("citing"):
        return _according(text, tokens, at, cited=True)
    if (
        token.has("by")
        and 0 < at < len(tokens) - 1
        and (tokens[at - 1].has("works", "passive") or any(t.has("revise", "put") for t in tokens[max(0, at - 4) : at]))
    ):
        named = (tokens[at + 1].capital or tokens[at + 1].has("det")) and not tokens[at + 1].has("place", "month", "weekday", "day")
        ahead = range(at + 1, min(at + 9, len(tokens)))
        ends = next((here for here in ahead if tokens[here].text == "," or tokens[here].has("to")), at + 4)
        of_event = any(t.has("occurrence", "scope_event") and not t.has("speakers") for t in tokens[at + 1 : ends])
        named = named and not of_event  # "the toll from a fire"
        return _according(text, tokens, at) if named else None
    if token.has("own_count") and at + 1 < len(tokens) and tokens[at + 1].has("of"):
        return _whose_count(text, tokens, at)
    if at == 0 and token.has("subject_dropped") and len(tokens) > 1 and tokens[1].has("relative"):
        return Speaker(token.text, 0, len(tokens), 0, 1, 0, pronoun=True)  # "Agregó que …": whoever spoke last
    if _speaks(tokens, at):
        if token.has("ongoing") and at and tokens[at - 1].text == "," and (elided := _elided(text, found, tokens, at)):
            return elided  # "The service lowered the toll of a fire to 42, saying …"
        follows = token.has("verb_first") and _subject_follows(at, tokens)
        before = _closes_apposition(at, tokens) or (token.has("verb_first") and not follows)
        first, second = (_before_verb, _after_verb) if before else (_after_verb, _after_verb if follows else _before_verb)
        return first(text, tokens, at) or second(text, tokens, at) or _elided(text, found, tokens, at)
    if token.text == ":" and at and tokens[at - 1].has("credit"):
        return _according(text, tokens, at)
    if token.text == ":" and 0 < at <= 5 and (label := _label(text, tokens, at)):
        return label
    ends = token.text == "-" and at > len(tokens) - 5 and tokens[-1].has("speakers") and not tokens[-1].capital
    ends = ends or (token.has("tail") and at > len(tokens) - 8 and at > 2)
    return _tail(text, tokens, at) if ends or (token.text == ":" and at > len(tokens) - 6) else None


INTRODUCING = frozenset({"according", "citing", "by", "own_count", "revise", "say", "postposed", "account_led", "aside", "tail", "said_in",
     "takes_back"})


def _subject_follows(at: int, tokens: Sequence[Token]) -> bool:
    """ "Am Montag teilte die Polizei mit", "…, sagte der Gouverneur": what stands before the verb is not who speaks."""
    if at and tokens[at - 1].text in ",\"'":
        return True
    begin = next((here + 1 for here in range(at - 1, -1, -1) if tokens[here].text in ',;:—"' or tokens[here].has("subordinate")), 0)
    begin += begin < at and tokens[begin].has("conjunction") and not tokens[begin].has("subordinate")
    led = begin and tokens[begin - 1].has("subordinate")  # "wie die Polizei am Montag mitteilte"
    opens = tokens[begin].has("preposition", "adverb", "day", "date_since") or at - begin <= tokens[begin].has("told_so")
    offices = (here for here in range(begin, at) if tokens[here].has("said_in"))  # «вранці в Міноборони повідомили»
    within = any(token.has("speakers") for here in offices for token in tokens[here + 1 : min(here + 4, at)])
    return not led and opens and not within


def _speaks(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word is a verb that states something: not "the claim", "reports of", "claimed responsibility", "released 10 hostages"."""
    token, before = tokens[at], tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.has("revise"):
        deaths = any(a.has("noun") and b.has("to") for a, b in pairwise(tokens[at + 1 : at + 7]))  # "lowers confirmed deaths to 34"
        return deaths or any(t.has("count", "toll") for t in tokens[at + 1 : at + 6])
    if token.has("takes_back"):
        return any(t.has("statement", "count", "toll") for t in tokens[at + 1 : at + 5])  # not "withdrew its soldiers"
    if not token.has("say") or (token.has("lay_claim") and any(t.has("else_claimed") for t in tokens[at + 1 : at + 5])):
        return False
    if token.has("act") and any(t.has("person", "nation") for t in tokens[at + 1 : at + 5]):
        return False
    if not token.has("say_noun"):
        return True
    if at == 1 and after and after.value is None and not after.has("before_bound", "relative", "det", "person", "nation", "vague", "body"):
        return False  # "Recent reports highlight …"
    if before and before.has("det", "of", "preposition") and not before.has("all_of"):
        return False
    if after is None or after.has("before_bound") or (not after.has("of") and any(t.value is not None for t in tokens[at + 2 : at + 3])):
        return True
    return not after.has("of", "preposition", "have", "be", "say")


def _resolved(speaker: Speaker, found: Sequence[Speaker]) -> Speaker:
    """ "The office said it had recorded …": a pronoun speaks for whom the sentence has named."""
    alone = speaker.name_last - speaker.name_first == 1
    named = next((s for s in reversed(found) if not (s.cited or s.label or (s.pronoun and s.name_last - s.name_first == 1))), None)
    if not speaker.pronoun or named is None or not alone:
        return speaker
    return replace(
        speaker, name=named.name, name_first=named.name_first, name_last=named.name_last, pronoun=named.pronoun, outlet=named.outlet
    )


def _until_contrast(found: Sequence[Speaker], tokens: Sequence[Token]) -> list[Speaker]:
    """ "Kyiv said 12 died, but Moscow said …": what one goes on to state ends where another begins to speak."""
    heard = []
    for speaker in found:
        turns = [_turn(other.name_first, tokens) for other in found if other.first > speaker.first == speaker.verb < other.name_first]
        ends = [at for at in turns if at > speaker.verb and (tokens[at].has("conjunction", "subordinate") or tokens[at].text == ";")]
        if tokens[speaker.verb].has("revise", "put"):
            ends += [at for at in range(speaker.verb, len(tokens)) if tokens[at].has("subordinate") and not tokens[at].has("date_since")]
        heard.append(replace(speaker, last=min([speaker.last, *ends])) if speaker.first == speaker.verb else speaker)
    return heard


def _gapped(text: str, found: Sequence[Speaker], tokens: Sequence[Token]) -> Iterator[Speaker]:
    """ "The police put the toll at 154 and the ministry at 112", "the army says 23, the rebels 61": whoever states it by another's verb."""
    for at in range(2, len(tokens) - 2):
        if not (tokens[at].has("conjunction") or tokens[at].text == ","):
            continue
        first = at + 1 + tokens[at + 1].has("conjunction")
        ahead = range(first, min(first + LONGEST_NAME, len(tokens)))
        last = next((here for here in ahead if _leads_to_number(here, tokens)), first)
        told = next((speaker for speaker in reversed(found) if speaker.first == speaker.verb < at < speaker.last), None)
        if told is None or not any(map(_counts, tokens[told.verb : at])):
            continue
        if _can_state(first, last, tokens) and not any(first <= speaker.name_first <= last for speaker in found):
            yield Speaker(_slice(text, tokens, first, last), last, len(tokens), first, last, last, outlet=_is_outlet(tokens, first, last))


LONGEST_NAME = 9
"""Tokens of a name that stands between a comma and a number."""


def _leads_to_number(at: int, tokens: Sequence[Token]) -> bool:
    """Whether from here only "at", "to" or "at least" come before a number."""
    while at < len(tokens) and (tokens[at].has("before_bound", "to") or (tokens[at].has("link") and tokens[at].has("preposition"))):
        at += 1
    return at < len(tokens) and _counts(tokens[at])


def _counts(token: Token) -> bool:
    return token.value is not None or token.has("numeral")


def _can_state(first: int, last: int, tokens: Sequence[Token]) -> bool:
    """Whether a stretch is a body and nothing else: "the ministry", "Emergency Lawyers"; not "in Texas", "police" among those counted."""
    name = tokens[first:last]
    opens = bool(name) and (name[0].has("definite") or name[0].capital or tokens[last].has("link"))  # "…, residents at 40"
    if not opens or not _names_speaker(tokens, first, last):
        return False
    words = all(token.capital or token.text == "'s" or token.has("definite", "of", *BODIES) for token in name)
    body = any(token.has(*BODIES) for token in name) or name[-1].has("person")
    return words and (body or (name[0].has("definite") and _is_proper(tokens, first, last)))


BODIES = ("speakers", "office", "outlet", "body")
"""What a name holds that states figures."""


def _turn(name_first: int, tokens: Sequence[Token]) -> int:
    """The word before whom a clause is of: "but the health minister, Jose Mayans, said"."""
    at = name_first - 1
    while at > 0 and (tokens[at].text == "," or tokens[at].capital or tokens[at].has("det", "speakers", "agent", "adverb", "of")):
        at -= 1
    return at


def speaker_of(at: int, speakers: Sequence[Speaker]) -> Speaker | None:
    """Whose statement the number at token `at` is: who speaks, else whom they cite, else an outlet; of two the nearest."""
    holding = [s for s in speakers if s.first <= at < s.last and not s.name_first <= at < s.name_last]
    bodies = any(s.cited and not (s.hearsay or s.outlet) for s in holding)
    holding = [s for s in holding if s.cited or not (bodies and s.hearsay)]
    return min(holding, key=lambda s: (_rank(s), abs(at - s.verb)), default=None)


def _rank(speaker: Speaker) -> tuple[int, bool]:
    if speaker.outlet or speaker.drawn:
        return (3 if speaker.cited or speaker.drawn else 2), speaker.first != speaker.verb
    if speaker.place:
        return 4, False
    return (1 if speaker.cited or speaker.paper else 0), False


def whom(speaker: Speaker, tokens: Sequence[Token], voices: Sequence[str]) -> str | None:
    """Whom "he", "the group" or "the ministry" means of those who have spoken; an office only one of its own name."""
    head = tokens[speaker.name_last - 1]
    if speaker.name_last - speaker.name_first == 1:
        return voices[-1] if voices else None
    told_by = {token.low for token in tokens[speaker.name_first : speaker.name_last - 1] if not token.has("det") and head.has("office")}
    named = next((name for name in reversed(voices) if head.low in name.lower() and told_by <= set(name.lower().split())), None)
    return named or (voices[-1] if voices and not head.has("office") else speaker.name)


def side_of(speaker: Speaker | None, tokens: Sequence[Token]) -> str | None:
    """The party a claimant belongs to, where its name says so: "the Israeli military", "Kyiv"."""
    if speaker is None:
        return None
    named = [
        t
        for t, after in zip(tokens[speaker.name_first : speaker.name_last], tokens[speaker.name_first + 1 :], strict=False)
        if after.text != "-"
    ]
    return next(
        (token.tags[kind] for token in named for kind in ("place", "demonym", "seat", "body", "nation") if kind in token.tags), None
    )


# ------------------------------------------------------------------ according to X


def _according(text: str, tokens: Sequence[Token], at: int, cited: bool = False, capitals: bool = False) -> Speaker | None:
    last = _name_end(tokens, at + 1)
    last = next((here for here in range(at + 2, last) if capitals and _small(here, tokens)), last)
    last = _called(tokens, last) or last
    led = tokens[at + 1 : at + 2]
    if led and led[0].has("preposition") and not led[0].capital and not led[0].has("of", "by"):
        return None  # "nach Schätzungen im letzten Jahr"
    if last <= at + 1 or tokens[at + 1].value is not None or tokens[at + 1].has("month", "weekday", "day"):
        return None
    first = _inner_name(tokens, at + 1, last)
    if not _names_speaker(tokens, first, last) and not (last - first > 1 and tokens[first].has("det")):
        return None  # "confirmed by laboratory tests"
    if tokens[last - 1].has("own_count") and all(token.has("det", "link") for token in tokens[first : last - 1]):
        return None  # "selon leur dernier décompte"
    apposed = _apposed(tokens, last) if not cited and any(t.has("office", "speakers") for t in tokens[first:last]) else None
    opening, last = apposed or (first, last)
    listed = cited and last < len(tokens) and tokens[last].text == "," and any(t.has("conjunction") for t in tokens[last : last + 6])
    return Speaker(
        _slice(text, tokens, opening, last),
        0,
        last if _starts_anew(tokens, last) else len(tokens),
        first,
        last,
        first - 1,
        pronoun=(opening, last) == (first, last) and _named_before(tokens, first, last, "office"),
        cited=cited,
        outlet=listed or _is_outlet(tokens, first, last),
        paper=first == at + 1 and any(t.has("paper") for t in tokens[first : first + 2]),
        drawn=tokens[at].has("drawn"),
    )


def _small(at: int, tokens: Sequence[Token]) -> bool:
    """ "nach Angaben des Ministeriums kehrten …": a small word after a noun that does not lead to another."""
    leads = tokens[at].has("det", "of", "in_name", "by", "filler", "demonym", "conjunction") or not tokens[at].text[0].isalpha()
    leads = leads or any(token.capital for token in tokens[at + 1 : at + 2])  # "der von der Hamas kontrollierten Behörde"
    return tokens[at - 1].capital and tokens[at].text.islower() and not leads


def _called(tokens: Sequence[Token], comma: int) -> int | None:
    """ "nach Angaben des Gouverneurs, Oleh Synjehubow, wurden …": where the name ends that an office is called by."""
    ends = next((at for at in range(comma + 1, min(comma + 5, len(tokens))) if tokens[at].text == ","), comma)
    named = all(token.capital and not token.tags for token in tokens[comma + 1 : ends])
    return ends if ends > comma + 2 and named and tokens[comma].text == "," and tokens[comma - 1].has("office") else None


def _before(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "dem Gouverneur zufolge", "wurden russischen Angaben zufolge": the name that stands before the word."""
    first = at
    while first > 0 and at - first < 12 and _in_phrase(tokens[first - 1]):
        if first < at and tokens[first - 1].capital and not tokens[first].capital and not tokens[first].has("of"):
            break  # "im Gazastreifen palästinensischen Angaben zufolge": another phrase
        first -= 1
    if first + 2 < at and tokens[first].has("works") and tokens[first + 1].has("of", "det"):
        first += 1  # "Angaben des Ministeriums zufolge"
    if first == at or not _names_speaker(tokens, first, at) or any(token.has("own") for token in tokens[first:at]):
        return None
    return Speaker(_slice(text, tokens, first, at), 0, len(tokens), first, at, at, outlet=_is_outlet(tokens, first, at))


def _account(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "nach russischen Angaben", "nach Behördenangaben": whose account it is stands within."""
    ends = (here for here in range(at + 1, min(at + 5, len(tokens))) if not _in_phrase(tokens[here]) or tokens[here].has("account"))
    last = next(ends, at)
    if last == at or not tokens[last].has("account") or any(token.has("own", "det") for token in tokens[at + 1 : last]):
        return None
    return Speaker(_slice(text, tokens, at + 1, last + 1), 0, len(tokens), at + 1, last + 1, at)


def _in_phrase(token: Token) -> bool:
    """A word of a noun phrase: a noun, what describes it, or an article."""
    return token.value is None and token.text[0].isalnum() and (token.capital or token.tags.keys().isdisjoint(CLOSING))


CLOSING = frozenset({"be", "have", "modal", "say", "preposition", "conjunction", "adverb", "act", "fall", "before_bound", "relative"})


def _starts_anew(tokens: Sequence[Token], at: int) -> bool:
    """ "… according to the U.N. More than 2,100 …": a sentence that ends in an abbreviation goes on with the next one."""
    return 0 < at < len(tokens) and tokens[at - 1].text.endswith(".") and tokens[at].capital and tokens[at].has("before_bound")


def _whose_count(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "the defence ministry's tally of 1,351"."""
    last = at - 1 if at and tokens[at - 1].text == "'s" else at
    first = last
    while first > 0 and (tokens[first - 1].capital or tokens[first - 1].has("speakers", "agent", "demonym", "seat", "body")):
        first -= 1
    return Speaker(_slice(text, tokens, first, last), at, len(tokens), first, last, at) if _names_speaker(tokens, first, last) else None


def _is_outlet(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(token.has("outlet") for token in tokens[first:last])


def _label(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    if at == 1 and tokens[0].has("say_noun"):
        return None  # "Report: 40 killed"
    stands = any(t.has("speakers") for t in tokens[:at]) or not any(t.has("place", "seat") for t in tokens[:at])
    told = any(t.value is not None or (t.has("party", "occurrence", "swap", "scope_event") and not t.has("speakers")) for t in tokens[:at])
    other = told or tokens[0].has("negative")  # "No survivors: all 12 dead"
    if other or not stands or not all(t.capital or t.has("speakers") or t.text == "'s" for t in tokens[:at]):
        return None
    return Speaker(_slice(text, tokens, 0, at), at, len(tokens), 0, at, at, label=True)


def _tail(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "240 killed in 2025: UN": who says it, after the colon that ends a headline."""
    last = next((here for here in range(at + 1, len(tokens)) if tokens[here].text in "-|—."), len(tokens))
    dashed = tokens[at].has("tail")
    if dashed and not any(token.capital or token.has("speakers") for token in tokens[at + 1 : last]):
        return None  # «15 із 23 — діти»
    if (
        at + 1 >= last
        or (dashed and tokens[at + 1].has("say"))
        or any(token.value is not None or token.has("toll", "noun", "occurrence") for token in tokens[at + 1 :])
        or not _names_speaker(tokens, at + 1, last)
    ):
        return None
    return Speaker(_slice(text, tokens, at + 1, last), 0, at, at + 1, last, at)


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Where a name that starts here ends: before a comma, a verb or a new clause."""
    begin = at
    while at < len(tokens) and at - begin < 14:
        token = tokens[at]
        if token.text in ',;:()"—' or token.text in ".!?" or (token.has("relative", "be", "have", "modal", "say") and at > begin):
            break
        joins = token.has("conjunction") and at + 1 < len(tokens) and tokens[at - 1].capital and tokens[at + 1].capital
        if (token.has("subordinate", "citing") or (token.has("conjunction") and not joins) or _starts_anew(tokens, at)) and at > begin:
            break
        led_on = token.has("weekday", "day") and at + 1 < len(tokens) and tokens[at + 1].has("by")  # "a report published Sunday by X"
        if (token.has("weekday", "day", "pronouns") or token.value is not None) and at > begin and not led_on:
            break
        if at > begin and token.has("det") and not token.has("of") and not token.capital and tokens[at - 1].capital:
            break  # «за даними Генштабу ЗСУ наші воїни …»
        if token.has("preposition") and not token.has("in_name", "by") and at > begin:
            break
        if token.has("figure_does") and at > begin and not token.capital:
            break  # "the figure from the ministry in Baku compares with the 2,317 …"
        counts = token.has("before_bound", "vague", "numeral", "act", "fall", "state")
        if at > begin and counts and not token.capital and (tokens[at - 1].capital or tokens[at - 1].text == "'s"):
            break
        if token.has("dated") and at + 1 < len(tokens) and not tokens[at + 1].capital:
            break
        at += 1
    while at > begin and tokens[at - 1].has("preposition", "conjunction", "adverb", "det") and not tokens[at - 1].capital:
        at -= 1
    return at


# ------------------------------------------------------------------ X said, said X


def _before_verb(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "X said that …" and "…, X said": the noun phrase before the verb."""
    end = _past_continuing(tokens, at)
    while end > 0 and tokens[end - 1].has("have", "be", "adverb", "weekday", "day", "modal", "dated", "date_ago", "negative", "does"):
        if tokens[end - 1].has("be") and not tokens[at].has("ongoing"):
            return None
        end -= 1
    silent = any(token.has("negative") for token in tokens[end:at]) and not tokens[at].has("revise", "deny")
    if end > 1 and tokens[at].has("put", "revise") and tokens[end - 1].has("which") and tokens[end - 2].text == ",":
        end -= 2  # "The committee, which put the number at 197, …"
    if tokens[at].has("verb_first") and end and tokens[end - 1].text == "," and not _closes_apposition(at, tokens):
        return None
    end = _before_aside(tokens, end)
    if (first := _without_comma(tokens, end, at)) is not None:
        return Speaker(_slice(text, tokens, first, end), 0, at, first, end, at, outlet=_is_outlet(tokens, first, end))
    begin = _clause_start(tokens, end, at)
    first, last = _without_apposition(tokens, begin, end)
    first, last = _last_phrase(tokens, _skip_lead(tokens, first, last), last)
    last = next((here for here in range(first + 1, last) if tokens[here].has("weak") and tokens[here - 1].has("say_noun")), last)
    if tokens[at].has("verb_first"):
        last = next((here for here in range(first + 2, last) if _leads_out(here, tokens)), last)  # "wie Klymenko auf Telegram schrieb"
    if last <= first or not _names_speaker(tokens, first, last) or not _can_say(tokens, first, last, at):
        return None
    first = _inner_name(tokens, first, last)
    joined = (
        first > 1
        and tokens[first - 1].text == ","
        and tokens[first - 2].has("speakers")
        and tokens[_turn(first, tokens)].has("conjunction")
    )
    trailing = (
        first > 0 and tokens[first - 1].text in ',"' and not joined and not (tokens[0].has("subordinate") and _takes_clause(tokens, at))
    )
    as_said = first > 1 and tokens[first - 1].has("subordinate") and tokens[first - 2].text in ',"' and tokens[at].has("verb_first")
    trailing = trailing or as_said  # "…, wie die Polizei mitteilte"
    aside = trailing and at + 1 < len(tokens) and tokens[at + 1].has("subordinate")  # "…", she said after the attack, which killed 12
    stretch = (0 if trailing else at, at if aside else len(tokens)) if not silent else (at, at)
    anaphor = (last - first <= 3 and tokens[first].has("pronouns")) or _named_before(tokens, first, last, "anaphor", "office")
    name = _slice(text, tokens, first, last)
    place = tokens[at].has("suffer") and all(t.has("place", "nation", "seat", "demonym", "det", "settlement") for t in tokens[first:last])
    neither = any(token.has("negative") for token in tokens[max(0, at - 4) : at])  # "neither confirm nor deny"
    denies = tokens[at].has("deny", "takes_back") and not neither
    return Speaker(name, *stretch, first, last, at, denies, anaphor, outlet=_is_outlet(tokens, first, last), place=place)


def _named_before(tokens: Sequence[Token], first: int, last: int, *kinds: str) -> bool:
    """ "the ministry", "the flood institute": a body that the text may have named in full."""
    head = tokens[last - 1]
    short = 1 < last - first <= 3 and tokens[first].has("definite") and head.has(*kinds) and (head.has("office") or not head.capital)
    return short and not any(token.capital for token in tokens[first + 1 : last - 1])


def _past_continuing(tokens: Sequence[Token], verb: int) -> int:
    """ "It continues to say", "the mayor went on to say": back over what leads to the verb."""
    if verb < 2 or not (tokens[verb - 1].has("to") and tokens[verb - 2].has("did")):
        return verb
    return verb - 3 if tokens[verb - 3].has("be") else verb - 2


def _leads_out(at: int, tokens: Sequence[Token]) -> bool:
    return tokens[at].has("preposition") and not tokens[at].capital and not tokens[at].has("in_name", "by")


def _without_comma(tokens: Sequence[Token], end: int, verb: int) -> int | None:
    """ "… killed 25 people on Friday a monitoring group said.": where the subject of a last verb begins, with no comma before it."""
    closes = verb + 1 >= len(tokens) or (verb + 2 >= len(tokens) and tokens[verb + 1].text == ".")
    if not closes or tokens[verb].has("say_noun") or not end:
        return None
    first = end
    while first > 0 and tokens[first - 1].has("speakers", "agent", "office") and not tokens[first - 1].has("state", "act"):
        first -= 1
    while first > 0 and _in_a_name(first - 1, tokens):
        first -= 1
    opened = first > 0 and tokens[first - 1].has("det") and not tokens[first - 1].has("adverb")
    if first == end or not opened or first < 6 or tokens[first - 2].text in ',"—-(' or not _names_speaker(tokens, first - 1, end):
        return None
    return first - 1 if not tokens[first - 2].has("preposition", "of", "say", "conjunction", "subordinate", "relative") else None


def _in_a_name(at: int, tokens: Sequence[Token]) -> bool:
    """A word of "Observatory for Human Rights"."""
    named = tokens[at].capital and not tokens[at].has("weekday", "month") and tokens[at].value is None
    return named or (tokens[at].has("in_name") and tokens[at + 1].capital and at > 0 and tokens[at - 1].capital)


def _can_say(tokens: Sequence[Token], first: int, last: int, verb: int) -> bool:
    """Whether it is this verb's subject and speaks by it: "hostages released …" and "he said the toll showed …" do not."""
    if any((_speaks(tokens, here) or tokens[here].has(*FINITE)) and not tokens[here].capital for here in range(first, last)):
        return False
    end = tokens[max(first, last - 3) : last]
    if tokens[verb].has("weak") and not any(t.capital or t.has("speakers", "pronouns", "outlet", "seat", "body") for t in end):
        return False
    crowd = last - first <= 2 and tokens[last - 1].has("person") and not tokens[last - 1].has("speakers")
    return not (crowd and tokens[verb].has("act"))


FINITE = ("have", "be", "modal", "negative")
"""What a name never holds: "four were among the dead identified"."""


def _before_aside(tokens: Sequence[Token], end: int) -> int:
    """ "Abu Selmia - the director of the hospital - said", "the Observatory (SOHR) said": back over what stands between."""
    opening = {")": "(", "-": "-", "—": "—"}.get(tokens[end - 1].text) if end else None
    return next((at for at in range(end - 2, max(0, end - 25), -1) if tokens[at].text == opening), end) if opening else end


def _last_phrase(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """ "early Wednesday he", "a figure he last": a pronoun is the subject; a capital "In" opens a sentence without a stop before it."""
    for at in range(last - 1, first - 1, -1):
        if tokens[at].has("pronouns") and not tokens[at].capital:
            return at, at + 1
    opens = (at + 1 for at in range(last - 1, first, -1) if tokens[at].capital and tokens[at].has("locative", "subordinate"))
    return next(opens, first), last


def _takes_clause(tokens: Sequence[Token], at: int) -> bool:
    """Whether the verb goes on to what is stated ("said 12 were"), instead of closing it ("…, police said on Friday")."""
    here = _name_end(tokens, at + 1) if tokens[at].has("hear") else at + 1
    while here < len(tokens) and tokens[here].has("weekday", "day", "adverb", "month", "dated"):
        here += 1
    if here >= len(tokens) or not (tokens[here].text[0].isalnum() or tokens[here].value is not None):
        return False
    if tokens[here].has("preposition", "locative", "to", "conjunction", "subordinate") and not tokens[here].has("before_bound"):
        stated = next((t for t in tokens[here : here + 8] if t.text == "," or t.has("relative")), None)
        return stated is not None and stated.has("relative")
    return True


def _closes_apposition(at: int, tokens: Sequence[Token]) -> bool:
    """ "The Observatory, a war monitor, said …": two commas before the verb, and a name at the start."""
    opening = _last_comma(tokens, 0, at - 1) if at and tokens[at - 1].text == "," else None
    return opening is not None and 0 < opening <= 8 and _names_speaker(tokens, 0, opening) and not any(t.has("say") for t in tokens[:at])


def _clause_start(tokens: Sequence[Token], end: int, verb: int) -> int:
    """Back to where the clause of a verb begins; a comma right before the verb closes an apposition, which is stepped over."""
    begin, commas = end, 0
    closed = end > 0 and tokens[end - 1].text == ","
    while begin > 0 and end - begin < 30:
        token = tokens[begin - 1]
        if (
            (token.text == "-" and begin - 1 <= DATELINE and begin > 1 and token.start > tokens[begin - 2].end)
            or token.text in ';:!?—"'
            or token.has("according", "citing")
            or (token.has("say") and begin < end and not closed)
            or (token.has("subordinate") and begin < end and not closed)
        ):
            break
        if token.text == "," and not closed and _lists_names(tokens, begin - 1):
            return 0
        if token.text == ",":
            commas += 1
            if not closed or commas > 2:
                break
        elif token.has("conjunction", "relative") and not closed and not _joins_names(tokens, begin - 1):
            break
        begin -= 1
    return begin


DATELINE = 9
"""Tokens at the start of a sentence within which a dash ends its dateline: "PARIS, Feb 4 (Reuters) - "."""


def _joins_names(tokens: Sequence[Token], at: int) -> bool:
    if not (tokens[at].has("conjunction") and 0 < at < len(tokens) - 1):
        return False
    if any(token.text == "," for token in tokens[max(0, at - 5) : at]) and not any(
        token.has("say", "relative") for token in tokens[max(0, at - 5) : at]
    ):
        return True  # "…, residents and aid groups said"
    return (tokens[at - 1].capital and tokens[at + 1].capital) or (tokens[at - 1].has("speakers") and tokens[at + 1].has("speakers"))


def _lists_names(tokens: Sequence[Token], comma: int) -> bool:
    """ "BBC Russian, Mediazona and volunteers said": only names stand before the comma, and a last one is joined after it."""
    names = 0 < comma <= 6 and all(t.capital or t.text == "," for t in tokens[:comma])
    return names and not tokens[0].has("preposition", "adverb") and any(t.has("conjunction") for t in tokens[comma + 1 : comma + 6])


def _without_apposition(tokens: Sequence[Token], begin: int, end: int) -> tuple[int, int]:
    """ "Mohammed Salmia, director of the hospital, said": the name before its apposition."""
    if end > begin and tokens[end - 1].text == ",":
        opening = _last_comma(tokens, begin, end - 1)
        if (
            opening is not None
            and (tokens[begin].has("det") or (tokens[opening - 1].has("speakers") and not tokens[opening - 1].capital))
            and opening + 2 < end
            and all(t.capital or "-" in t.text[1:] for t in tokens[opening + 1 : opening + 3])
        ):
            return opening + 1, end - 1  # "the head of the region, Oleksandr Prokudin, said"
        nameless = opening and tokens[begin].has("det") and not any(token.capital for token in tokens[begin + 1 : opening])
        if opening and nameless and _is_proper(tokens, opening + 1, end - 1):
            return opening + 1, end - 1  # "Its relief office, OCHA, now says"
        return (begin, opening) if opening is not None else (begin, end - 1)
    return begin, end


def _is_proper(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch is a name and no time or place: "OCHA", "the Blue Lantern"; what stands before it has none."""
    first += tokens[first].has("definite")
    return first < last and all(token.capital and not token.has(*NAMES_OF_OTHERS) for token in tokens[first:last])


NAMES_OF_OTHERS = ("place", "nation", "demonym", "seat", "settlement", "month", "weekday", "outlet")
"""Kinds of capital words that no body and no person is called by alone."""


def _elided(text: str, found: Sequence[Speaker], tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "X said … and put the number at …", "…, adding that …": whoever spoke before in the sentence."""
    before = next((speaker for speaker in reversed(found) if not speaker.cited), None)
    opens = at > 0 and (tokens[at - 1].has("conjunction", "have") or tokens[at - 1].text == ",")
    if before is None and at > 0 and (tokens[at - 1].has("conjunction") or (tokens[at].has("ongoing") and tokens[at - 1].text == ",")):
        # "Israel does not dispute it but says …": the sentence's own subject.
        first = past_dateline(tokens)
        words = (here for here in range(first, min(at, first + 8)) if not _of_subject(tokens[here]))
        last = next(words, first)
        named = last > first and _names_speaker(tokens, first, last)
        before = Speaker(_slice(text, tokens, first, last), at, len(tokens), first, last, at) if named else None
    if before is None or not opens:
        return None
    return replace(before, first=at, last=len(tokens), verb=at, denies=tokens[at].has("deny", "takes_back"))


def _of_subject(token: Token) -> bool:
    return token.capital or token.has("det", "speakers") or token.text == "'s"


def past_dateline(tokens: Sequence[Token]) -> int:
    """Where a sentence begins after its "NAIROBI, Kenya (AP) —"."""
    ends = (at + 1 for at, token in enumerate(tokens[:DATELINE]) if at and token.text in "-–—" and tokens[at - 1].text == ")")
    return next(ends, 0)


DATELINE = 14
"""Tokens within which a dateline ends."""


def _last_comma(tokens: Sequence[Token], first: int, last: int) -> int | None:
    return next((i for i in range(last - 1, first, -1) if tokens[i].text == ","), None)


def _inner_name(tokens: Sequence[Token], first: int, last: int) -> int:
    """ "The last update from Zelensky" speaks for Zelensky."""
    for at in range(last - 1, first - 1, -1):
        if tokens[at].has("by", "according") and at + 1 < last and (tokens[at + 1].capital or tokens[at + 1].has("det")):
            return at + 1
    counted = next((at for at in range(first, last - 2) if tokens[at].has("own_count", "paper") and tokens[at + 1].has("of")), None)
    if counted is not None and _names_speaker(tokens, counted + 2, last):
        return counted + 2  # "un balance de la policía", "un communiqué de l'armée"
    return first


def _apposed(tokens: Sequence[Token], last: int) -> tuple[int, int] | None:
    """ "…, dijo el jefe de la policía, Mohammad Zahir.": the name after the office that a comma parts from it."""
    first = last + 1
    end = first
    while end < len(tokens) and tokens[end].capital and tokens[end].text.replace("-", "").isalpha() and not tokens[end].has("det"):
        end += 1
    named = 2 <= end - first <= 4 and not any(token.has("place", "seat", "month", "weekday", "outlet") for token in tokens[first:end])
    closed = end >= len(tokens) or tokens[end].text in ',.;"' or tokens[end].has("relative")
    return (first, end) if last < len(tokens) and tokens[last].text == "," and named and closed else None


def _skip_lead(tokens: Sequence[Token], first: int, last: int) -> int:
    """Leave out what leads in: "In Gaza, ", "Meanwhile "."""
    while first < last and not tokens[first].has("speakers"):
        lead = tokens[first].has("adverb", "conjunction", "preposition", "subordinate", "month", "weekday", "day")
        lead = lead or (tokens[first].has("of") and first + 1 < last and tokens[first + 1].has("date_last"))  # "In June of last year …"
        if not lead and tokens[first].value is None and not tokens[first].text[0].isdigit() and tokens[first].text != ",":
            break  # "10:55" leads in too
        first += 1
    return _past_bulletin(tokens, first, last)


def _past_bulletin(tokens: Sequence[Token], first: int, last: int) -> int:
    """ "Last year the UN", "In the first days the army", "In a statement the army", "In its bulletin Conred": past a time or a paper."""
    for at in range(last - 2, first, -1):
        before, dated = tokens[at - 1], tokens[at - 1].has("weekday", "month")
        within = before.text == "," or before.has(*LEADS_TO_THE) or (before.capital and not dated) or tokens[at].has("locative")
        if tokens[at].has("definite") and not within and not tokens[at + 1].has("span"):
            return at
    names = [at for at in range(first, last) if tokens[at].capital]
    nameless = names and not any(token.has("office", "speakers", "person") for token in tokens[first : names[0]])
    return names[0] if nameless and names[0] - first > 1 and tokens[first].has("own") else first


LEADS_TO_THE = ("of", "preposition", "in_name", "by", "conjunction", "det", "to", "locative")
"""Words within a name that another article follows: "the governor of the province"."""


def _acts(token: Token, then: Token) -> bool:
    """Whether a word of a name says what was done, and not of what an agency is: "the rescue agency"."""
    return token.has("act", "fall") and not (token.capital or token.has("speakers") or then.has("agent"))


def _names_speaker(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch can be somebody who speaks: a name, an office, a side, or a pronoun."""
    span = tokens[first:last]
    if (
        not span
        or any(t.value is not None or t.has("vague") for t in span)
        or span[0].has("negative", "about_this")
        or any(_acts(*pair) for pair in pairwise([*span, span[-1]]))
    ):
        return False
    if len(span) == 2 and span[0].has("definite") and first == 0 and not span[1].tags and span[1].text.isalpha():
        return True  # "The syndicate said": whatever it is, it speaks
    return any(
        t.has("speakers", "pronouns", "seat", "outlet", "body", "person")
        or (
            t.capital
            and t.text[0].isalpha()
            and not t.has("month", "weekday", "det", "pronoun", "preposition", "subordinate", "adverb", "date_as_of")
        )
        for t in span
    )


def _after_verb(text: str, tokens: Sequence[Token], at: int) -> Speaker | None:
    """ "…", said X: the verb comes first, after a comma or a closing quote."""
    opens = at - 1
    while opens > 0 and tokens[opens].has("inverts"):
        opens -= 1  # "…, a annoncé X"
    first = tokens[at].has("verb_first")
    dashed = at > 0 and tokens[at - 1].has("tail")  # «12 людей загинули — повідомив X»
    if at + 1 >= len(tokens) or tokens[at].has("hear") or not (first or dashed or (opens >= 0 and tokens[opens].text in ",\"'")):
        return None
    begin = _past_asides(at + 1, tokens)
    if begin >= len(tokens):
        return None
    following = tokens[begin]
    pronoun = first and following.has("pronouns")
    if first and following.has("own"):
        return None  # «раскрыли свои потери»
    if following.value is not None or (following.has("relative", "to", "preposition", "before_bound", "pronoun") and not pronoun):
        return None
    last = _name_end(tokens, begin)
    verb_follows = last < len(tokens) and tokens[last].has("have", "modal", "say")
    if not _names_speaker(tokens, begin, last) or (last - begin > 8 and not following.has("det")) or verb_follows:
        return None
    opening, last = _apposed(tokens, last) or (begin, last)  # the office tells whose side, the name who
    name = _slice(text, tokens, opening, last)
    if pronoun:
        last, name = begin + 1, following.text
    told_so = any(token.has("told_so") for token in tokens[max(0, at - 3) : at])
    closes = dashed or told_so or (opens >= 0 and tokens[opens].text in ",\"'")  # else what is stated comes after it
    anaphor = pronoun or (opening == begin and _named_before(tokens, begin, last, "office"))
    return Speaker(name, 0 if closes else at, len(tokens), begin, last, at, pronoun=anaphor, outlet=_is_outlet(tokens, begin, last))


def _past_asides(at: int, tokens: Sequence[Token]) -> int:
    """ "…, a annoncé mercredi le ministère", "сообщил в среду …", "…, dijo a Reuters el alcalde": past when and to whom it was said."""
    while at + 1 < len(tokens):
        token, following = tokens[at], tokens[at + 1]
        if token.has("weekday", "day", "month"):
            at += 1
        elif (token.has("det") and following.has("weekday", "month")) or (token.has("said_in") and following.has("weekday")):
            at += 2
        elif token.has("to") and any(t.has("outlet") for t in tokens[at + 1 : at + 2 + following.has("det")]):
            at += 2 + (not following.has("outlet"))
        else:
            break
    return at


def _slice(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    return text[tokens[first].start : tokens[last - 1].end].strip(" ,\"'") if last > first else ""
