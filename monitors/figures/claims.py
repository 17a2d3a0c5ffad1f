"""Read an article's figures: text in, claims out, each with the sentence that proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from crawler.article import Article
from monitors.figures.attribution import Speaker, find_speakers, speaker_of
from monitors.figures.clean import Cleaned, clean
from monitors.figures.dates import Day, find_dates
from monitors.figures.lexicon import Language, Tags
from monitors.figures.metrics import Counted, find_counted
from monitors.figures.numbers import find_numbers
from monitors.figures.parties import Party, find_party, party_of
from monitors.figures.scopes import find_scope, find_stance
from monitors.figures.sentences import split_sentences
from monitors.figures.tokens import Token, find_tokens
from monitors.model import Claim, Qualifier, Reading, Scope, Skipped

TITLE, TEXT = True, False


def read_figures(article: Article, language: Language, words: Mapping[str, tuple[str, ...]] = {}) -> Reading:
    """The figures of an article's text and title, in the order they stand there (title first), and the numbers passed over.

    `words` are metrics of users' own monitors with what they are called in this language. Pure; no text raises.
    """
    published = _day(article.published)
    story = Story(language, published, _tags_of(words))
    text = list(_read_part(article.text, TEXT, story))
    story.restart()
    title = list(_read_part(article.title, TITLE, story))
    title = [_as_body_says(found, text) for found in title]
    both = title + text
    return Reading(
        tuple(found for found in both if isinstance(found, Claim)),
        tuple(found for found in both if isinstance(found, Skipped)),
    )


def holds_figure(text: str, language: Language) -> bool:
    """Whether a text can hold a figure at all: a quick filter that may say yes too often.

    >>> from monitors.figures.lexicon import load_language
    >>> holds_figure("Nothing happened in 2024.", load_language("en"))
    False
    """
    low = clean(text).text.lower()
    return _has_number(low, language) and any(word.strip(PUNCTUATION) in language.cues for word in low.split())


# ------------------------------------------------------------------ the story so far


@dataclass
class Story:
    """What is carried from sentence to sentence: parties named, who spoke last, the last claim."""

    language: Language
    published: date | None
    extra: Mapping[str, Tags]
    speaker: str | None = None
    last: Claim | None = None
    parties: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    war: bool = False
    since_claim: int = 99
    claims: dict[tuple[str | None, str], Claim] = field(default_factory=dict)

    def restart(self) -> None:
        self.speaker = self.last = None
        self.since_claim = 99

    def home(self) -> str | None:
        return max(self.parties, key=lambda name: self.parties[name]) if self.parties else None


def _tags_of(words: Mapping[str, tuple[str, ...]]) -> dict[str, Tags]:
    return {word.lower(): {"noun": metric} for metric, listed in words.items() for word in listed}


def _day(moment: Any) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


# ------------------------------------------------------------------ one part of the article

PUNCTUATION = ".,;:!?()[]\"'-—…"


def _has_number(low: str, language: Language) -> bool:
    return any(character.isdigit() for character in low) or any(
        word in language.numerals
        or ("-" in word and word.partition("-")[0] in language.numerals)
        or word in VAGUE.setdefault(language.code, _vague_words(language))
        for word in (part.strip(PUNCTUATION) for part in low.split())
    )


VAGUE: dict[str, frozenset[str]] = {}


def _vague_words(language: Language) -> frozenset[str]:
    return frozenset(word.split()[0] for word in language.table["numbers"]["vague"]["words"]) | set(language.scales)


def _read_part(printed: str, in_title: bool, story: Story) -> Iterator[Claim | Skipped]:
    cleaned = clean(printed)
    for sentence in split_sentences(cleaned.text, story.language):
        low = cleaned.text[sentence.start : sentence.end].lower()
        tokens = find_tokens(cleaned.text, sentence.start, sentence.end, story.language, story.extra)
        speakers = find_speakers(cleaned.text, tokens, story.language)
        if _has_number(low, story.language):
            yield from _read_sentence(cleaned, printed, tokens, speakers, sentence.start, sentence.end, in_title, story)
        _remember(tokens, speakers, story)


def _remember(tokens: Sequence[Token], speakers: Sequence[Speaker], story: Story) -> None:
    for _at, token in enumerate(tokens):
        if name := party_of(token):
            story.parties[name] = story.parties.get(name, 0) + (2 if token.has("place") else 1)
        if token.low in ("war", "invasion", "ceasefire", "cease-fire"):
            story.war = True
    named = [speaker for speaker in speakers if not speaker.pronoun]
    if named:
        story.speaker = named[-1].name
    story.since_claim += 1


def _read_sentence(
    cleaned: Cleaned, printed: str, tokens: list[Token], speakers: list[Speaker], start: int, end: int, in_title: bool, story: Story
) -> Iterator[Claim | Skipped]:
    numbers = find_numbers(tokens, story.language)
    days = find_dates(tokens, story.published, story.language)
    counted = find_counted(numbers, tokens, story.language)
    quote = printed[slice(*cleaned.span(start, end))]
    before: tuple[Claim, Party] | None = None
    for one in counted:
        number = one.number
        first, last = cleaned.span(tokens[number.first].start, tokens[number.last - 1].end)
        if one.metric is None:
            yield Skipped(printed[first:last], first, last, in_title, one.why_not or "no word says what it counts")
            continue
        speaker = speaker_of(number.core, speakers)
        name = _name(speaker, story)
        party = _party(one, tokens, name, before, story)
        scope, scope_word, per = find_scope(one, tokens, story.war)
        stance, stance_word = find_stance(one, tokens, bool(speaker and speaker.denies))
        day = _as_of(one, days, tokens)
        past = any(token.has("scope_past") for token in tokens)
        group = one.phrase.group or (before[0].group if before and one.relation in ("inherited", "shared") else None) or _group(tokens, one)
        if group in (None, "all") and story.war and _is_loss(one, tokens):
            group = "military"
        if past and (earlier := story.claims.get((name and name.split()[-1], one.metric))) and one.phrase.party is None:
            # An earlier value of a series that the text has just given: it counts the same people in the same way.
            party, group, scope = Party(earlier.party, "before", "the later value"), earlier.group, earlier.scope
        as_of = day.iso if day else None
        claim = Claim(
            number.low, number.high, number.qualifier, one.metric, party.name, group or "all", scope, as_of, name, stance,
            printed[first:last], first, last, in_title, quote,
            per=per, past=past, superseded=number.replaced,
            denied_by=name if speaker and speaker.denies else None,
            sure=_is_sure(one, party, name, scope_word),
            reasons=_reasons(one, party, name, scope, scope_word, day, stance_word, tokens),
        )  # fmt: skip
        before = claim, party
        story.last, story.since_claim = claim, 0
        story.claims[name and name.split()[-1], one.metric] = claim
        yield claim


def _name(speaker: Speaker | None, story: Story) -> str | None:
    if speaker is None:
        return None
    return (story.speaker or None) if speaker.pronoun else speaker.name


def _is_loss(one: Counted, tokens: Sequence[Token]) -> bool:
    """Undifferentiated losses of a side at war are its forces' unless the text says otherwise."""
    return one.relation in ("object", "toll", "noun") and one.cue is not None and tokens[one.cue].has("loss")


def _group(tokens: Sequence[Token], one: Counted) -> str | None:
    """The people of the toll: "the number of soldiers killed rose to 70"."""
    if one.relation == "toll" and one.cue is not None:
        for token in tokens[one.cue : one.number.first]:
            if token.has("person"):
                return token.tags["person"]
    return None


def _party(one: Counted, tokens: Sequence[Token], name: str | None, before: tuple[Claim, Party] | None, story: Story) -> Party:
    own = None
    party = find_party(one, tokens, own)
    if party and party.basis in ("noun", "toll", "beside"):
        return party
    if one.metric in story.language.table["people"]["both_sides"] and not (party and party.basis == "sentence"):
        return Party(None, "none", "both sides")
    if before and one.relation in ("inherited", "shared") and before[1].name:
        return Party(before[1].name, "sentence", before[1].words)
    if party:
        return party
    if before and before[1].name:
        return Party(before[1].name, "sentence", before[1].words)
    if story.last is not None and story.since_claim <= 2 and story.last.party:
        return Party(story.last.party, "before", "the sentence before")
    home = story.home()
    return Party(home, "text", "the text's main place") if home else Party(None, "none")


def _as_of(one: Counted, days: Sequence[Day], tokens: Sequence[Token]) -> Day | None:
    if not days:
        return None
    rank = {"as_of": 0, "on": 1, "said": 1, "since": 9}
    usable = [day for day in days if day.role != "since"]
    return min(usable, key=lambda day: (rank[day.role], abs(day.first - one.number.core)), default=None)


def _is_sure(one: Counted, party: Party, name: str | None, scope_word: str | None) -> bool:
    return (
        party.basis in ("noun", "toll", "beside", "sentence", "before")
        and name is not None
        and scope_word is not None
        and one.relation != "inherited"
    )


def _reasons(
    one: Counted,
    party: Party,
    name: str | None,
    scope: Scope,
    scope_word: str | None,
    day: Day | None,
    stance_word: str | None,
    tokens: Sequence[Token],
) -> tuple[str, ...]:
    cue = tokens[one.cue].text if one.cue is not None else ""
    rows = [
        f"metric: {one.metric} <- “{cue}” ({one.relation})",
        f"party: {party.name} <- “{party.words}” ({party.basis})",
        f"scope: {scope} <- {f'“{scope_word}”' if scope_word else 'by default'}",
    ]
    if name:
        rows.append(f"claimant: {name}")
    if day:
        rows.append(f"as of: {day.iso} <- “{' '.join(token.text for token in tokens[day.first : day.last])}”")
    if stance_word:
        rows.append(f"stance <- “{stance_word}”")
    return tuple(rows)


def _as_body_says(found: Claim | Skipped, text: Sequence[Claim | Skipped]) -> Claim | Skipped:
    """Body beats title: the same number in both is one observation, and the body's words decide (DOMAIN.md 3.5)."""
    if isinstance(found, Skipped) or (found.low is None and found.high is None):
        return found
    twins = [claim for claim in text if isinstance(claim, Claim) and (claim.low or claim.high) == (found.low or found.high)]
    if not twins or any(twin.metric == found.metric for twin in twins):
        same = [twin for twin in twins if twin.metric == found.metric]
        if same and same[0].party and not found.party:
            return replace(found, party=same[0].party)
        return found
    twin = twins[0]
    if found.metric in ("casualties",) or twin.metric == "casualties":
        return replace(
            found, metric=twin.metric, reasons=(*found.reasons, f"term mismatch: the headline says {found.metric}, the text {twin.metric}")
        )
    return found


_ = Qualifier
