"""Read an article's figures: text in, claims out, each with the sentence that proves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import accumulate, combinations, islice, pairwise
from typing import Any

from crawler.article import Article, LiveEntry
from monitors.figures.attribution import Speaker, find_speakers, side_of, speaker_of, whom
from monitors.figures.circumstances import compares, find_circumstances, find_setting, said_before
from monitors.figures.clean import Cleaned, clean
from monitors.figures.dates import Day, but_dateline, day_of, find_as_of, find_dates, find_happened, find_recalled, recall, told_from
from monitors.figures.groups import MILITARY, Told, find_group, strikes_civilians
from monitors.figures.lexicon import Cues, Language, Phrases, find_cues, plain_words, tree_of
from monitors.figures.metrics import COLUMN, count_by_column, find_counted, read_columns
from monitors.figures.numbers import Number, find_numbers
from monitors.figures.parties import BACK_FROM, OWNED_BY, find_party, is_faction, narrowed, of_swap, side_speaking
from monitors.figures.phrases import UNDIFFERENTIATED, Counted
from monitors.figures.scopes import Stretch, find_scope, find_stance, goes_on, stages
from monitors.figures.sentences import Sentence, split_sentences
from monitors.figures.setting import ADRIFT, Party, Setting, Titled, is_entry
from monitors.figures.tokens import NO_PHRASES, Token, find_tokens
from monitors.model import Claim, PartialDate, Reading, Scope, Skipped, Stance

NEAR = 2
"""Sentences over which a figure still says what the next one counts, and whose."""


def read_figures(
    article: Article,
    language: Language,
    words: Mapping[str, tuple[str, ...]] = {},
    home_of: Callable[[Article], str | None] = lambda article: None,
) -> Reading:
    """The figures of an article, title first, in the order they stand there, and the numbers passed over.

    `words` are metrics of users' own monitors with what they are called in this language; `home_of` tells whose people an article means
    that names no country, and is asked only then. Pure; no text raises.
    """
    extra = tree_of({word.lower(): {"noun": metric} for metric, listed in words.items() for word in listed}, language.elided)
    cues = (language.cues, find_cues(word for listed in words.values() for word in listed))
    title = _read_part(article.title, True, language, cues, extra)
    text = _read_part(article.text, False, language, cues, extra)
    if not title.figures and not text.figures:
        return Reading(())
    setting = Setting(cache(lambda: home_of(article)), language.table["home"] or None)
    opening = text.rows[0].tokens if text.rows else ()
    story = Story(language, told_from(article.published, article.modified, opening, language), setting, article.entries)
    story.listen(title, weight=3)
    story.listen(text, weight=1)
    for part, weight in ((title, 3), (text, 1)):
        for row in part.rows:
            story.setting.settle(row.tokens, weight)
    if text.figures:
        story.headline(title)
    in_text = list(islice(_read_figures(text, story), MOST))
    in_title = [_as_body_says(found, in_text) for found in islice(_read_figures(title, story.again()), MOST)]
    found = _agree(_summed_up(_overtaken(_added_up(_told_together([*in_title, *in_text], language.table["people"])))))
    return Reading(
        tuple(one.claim for one in found if isinstance(one, Read)),
        tuple(one for one in found if isinstance(one, Skipped)),
    )


def holds_figure(text: str, language: Language, words: Mapping[str, tuple[str, ...]] = {}) -> bool:
    """Whether a text can hold a figure at all: a quick filter that may say yes too often.

    >>> from monitors.figures.lexicon import load_language
    >>> holds_figure("Nothing happened in 2024.", load_language("en"))
    False
    """
    cues = (language.cues, find_cues(word for listed in words.values() for word in listed))
    return bool(_read_part(text, False, language, cues, NO_PHRASES).figures)


LONGEST = 400_000
"""Characters of an article that are read: more is no article."""


@dataclass(frozen=True)
class Read:
    """A claim with what later thoughts need: how its party was read."""

    claim: Claim
    party: Party
    stretch: Stretch
    part: bool = False
    """Some of those counted just before: "including 30 children"."""
    mixed: bool = False
    """The sentence has counted people of several groups."""
    harmed: bool = False
    """By a word that may mean the dead as well as the wounded: «постраждали»."""
    sums: bool = False
    """The sentence sums up what was counted before it: "In total, 12 …"."""
    adds: bool = False
    """They come to those counted already: "27 more bodies"."""
    toll: bool = False
    """By a word for all of the dead: "taking the toll to 51"."""
    said_before: bool = False
    """Reported in the past perfect: "had counted 92 dead"."""


# ------------------------------------------------------------------ the parts of an article


@dataclass(frozen=True)
class Row:
    """One sentence, cut into tokens."""

    start: int
    end: int
    tokens: list[Token]
    speakers: list[Speaker]
    counts: bool
    """Whether it holds a number, in a part that holds figures."""
    paragraph: int
    language: Language

    @cached_property
    def numbers(self) -> list[Number]:
        """Found once it is asked for: of a table most are never read."""
        return find_numbers(self.tokens, self.language) if self.counts else []


@dataclass(frozen=True)
class Part:
    """The title or the text, with its sentences."""

    printed: str
    cleaned: Cleaned
    sentences: list[Sentence]
    in_title: bool
    figures: tuple[int, ...]
    """Which sentences hold a number and a word of a metric."""
    language: Language
    extra: Phrases

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The sentences that can matter, cut into tokens: with figures, close to them, or at the start."""
        text = self.cleaned.text
        wanted = set(range(AT_START)).union(*(range(at - BEFORE, at + NEAR + 1) for at in self.figures))
        if self.figures:
            wanted |= {at for at, sentence in enumerate(self.sentences) if text[sentence.end - 1] == ":"}  # what heads a list
        return tuple(self._row(text, at) for at in sorted(wanted & set(range(len(self.sentences)))))

    def _row(self, text: str, at: int) -> Row:
        sentence = self.sentences[at]
        tokens = find_tokens(text, sentence.start, sentence.end, self.language, self.extra)
        counts = bool(self.figures) and _holds_number(text[sentence.start : sentence.end], self.language)
        speakers = find_speakers(text, tokens, self.language)
        return Row(sentence.start, sentence.end, tokens, speakers, counts, sentence.paragraph, self.language)


def _read_part(printed: str, in_title: bool, language: Language, cues: Sequence[Cues], extra: Phrases) -> Part:
    """Cut a part into sentences and find those that can hold figures."""
    cleaned = clean(printed[:LONGEST])
    sentences = split_sentences(cleaned.text, language)
    found = [at for at, sentence in enumerate(sentences) if _can_hold_figure(cleaned.text[sentence.start : sentence.end], language, cues)]
    sizes = accumulate(sentences[at].end - sentences[at].start for at in found)
    figures = tuple(at for at, size in zip(found, sizes, strict=True) if size < DENSEST)
    return Part(printed, cleaned, sentences, in_title, figures, language, extra)


DENSEST, MOST = 120_000, 1000
"""Characters of sentences with figures, and figures, that are read of one text: more is a table or an attack."""
AT_START, BEFORE = 6, 3
"""Sentences at the start of a text, and before a figure, that tell whom it is about and who speaks."""


def _can_hold_figure(sentence: str, language: Language, cues: Sequence[Cues]) -> bool:
    words = plain_words(sentence)
    return (COLUMN in sentence or any(cue.stand_in(words) for cue in cues)) and _holds_number(sentence, language)


def _holds_number(sentence: str, language: Language) -> bool:
    words = plain_words(sentence) if DIGIT.search(sentence) is None else frozenset()
    glued = language.glued is not None and any(map(language.glued.fullmatch, words))
    return DIGIT.search(sentence) is not None or language.number_words.stand_in(words) or glued


DIGIT = re.compile(r"\d")


# ------------------------------------------------------------------ the story so far


@dataclass
class Story:
    """What is carried from sentence to sentence."""

    language: Language
    published: date | None
    """The day from which it counts: that of its last change, where it was changed soon."""
    setting: Setting
    entries: tuple[LiveEntry, ...] = ()
    war: bool = False
    long_running: bool = False
    names: set[str] = field(default_factory=set)
    """Last words of the names of who speaks anywhere in the article."""
    losses: bool = False
    """A side's losses are spoken of."""
    on_civilians: bool = False
    """It is said, without a number, that civilians are killed or attacked."""
    rehearsed: bool = False
    """It tells of a drill, in which something is only played through."""
    held: bool = False
    """Prisoners, hostages or an exchange are spoken of."""
    voices: list[str] = field(default_factory=list)
    """Who has spoken, the last one last."""
    headed: str | None = None
    """Whose list it is, by the title: "General Staff: losses as of 5 February"."""
    silence: int = 0
    """Sentences since somebody was named who speaks."""
    quoting: bool = False
    """A quotation is open from a sentence before."""
    set_in: str | None = None
    """Where the sentence that follows says it happened."""
    quoted: str | None = None
    """Who is named at the end of the quotation that the sentence is of."""
    paragraph: int = 0
    columns: tuple[str | None, ...] = ()
    """What the columns of the table count whose rows are being read."""
    last: Claim | None = None
    since: int = 99
    """Sentences since the last claim."""
    given: dict[tuple[str | None, str], Claim] = field(default_factory=dict)
    """The last claim of each claimant and metric."""
    row: Row | None = None
    """The sentence before."""
    recalled: Day | None = None
    """The date of an older event that the text tells of, and of none that is not old."""
    topical: bool = False
    """It has told of an event that is not old: a later "the disaster" may be that one."""

    def listen(self, part: Part, weight: float) -> None:
        """Take in whom the whole part is about before its figures are read."""
        captives = frozenset(self.language.table["people"]["captives"]) - {"military"}
        for row in part.rows:
            self.setting.add(row.tokens, weight)
            if part.in_title:
                self.headed = next((s.name for s in row.speakers if s.label and self.knows(s, row.tokens)), self.headed)
            self.names.update(speaker.name.split()[-1].lower() for speaker in row.speakers if not speaker.label and speaker.name)
            kinds = set().union(*(token.tags for token in row.tokens))
            self.war = self.war or "war" in kinds
            self.losses = self.losses or any(token.has("loss") and token.has("noun") for token in row.tokens)
            self.on_civilians = self.on_civilians or strikes_civilians(row.tokens)
            self.long_running = self.long_running or not kinds.isdisjoint(("war", "lasting", "scope_ongoing"))
            self.rehearsed = self.rehearsed or stages(row.tokens)
            self.held = self.held or "swap" in kinds or any(token.tags.get("person") in captives for token in row.tokens)

    def told_on(self, row: Row, part: Part) -> date | None:
        """The day from which a sentence counts its "on Sunday": its live blog entry's, else the page's."""
        start, _ = part.cleaned.span(row.start, row.end)
        entries = () if part.in_title else self.entries
        return next((day_of(entry.published) for entry in entries if entry.start <= start < entry.end), self.published)

    def at_odds(self) -> bool:
        """Whether the text names two sides at war, or people and who holds them."""
        sides = self.language.table["sides"]
        named = self.setting.named
        return any(a in named and b in named for pairs in (sides["foes"], sides["captors"]) for a, b in pairs.items())

    def headline(self, title: Part) -> None:
        """Whose people the title counts, of each metric: what the text goes on to count without saying whose."""
        read = (one for one in islice(_read_figures(title, self.again()), MOST) if isinstance(one, Read))
        sure = (one for one in read if one.party.name and one.party.basis in SURE)
        self.setting.titled = {one.claim.metric: Titled(one.party, one.claim.group) for one in sure}
        self.again()

    def again(self) -> Story:
        """The same story, told from its start: the title stands before the text."""
        self.last = self.setting.last = self.setting.heading = self.setting.fighter = None
        self.setting.soldiers = self.setting.lists_losses = self.setting.armed = False
        self.voices = []
        self.columns = ()
        self.quoting = False
        self.recalled, self.topical = None, False
        self.since = 99
        return self

    def knows(self, speaker: Speaker, tokens: Sequence[Token]) -> bool:
        """Whether a name before a colon speaks elsewhere in the article, or is an office."""
        acronym = speaker.name.isupper() and len(speaker.name) > 1 and not tokens[speaker.name_last - 1].has("heading")
        return (
            acronym
            or speaker.name.split()[-1].lower() in self.names
            or any(t.has("speakers") for t in tokens[speaker.name_first : speaker.name_last])
        )

    def day_before(self, name: str | None, speaker: Speaker | None, tokens: Sequence[Token]) -> PartialDate | None:
        """The day of the figure before, where the same speaker goes on."""
        added = speaker is not None and tokens[speaker.verb].has("adds")  # "another 23 were hurt, Oleh Syniehubov added"
        goes_on = self.last is not None and (speaker is None or ((added or self.last.attributed_to == name) and self.since <= NEAR))
        return self.last.as_of if self.last is not None and name is not None and goes_on else None

    def days_meant(self, tokens: Sequence[Token], published: date | None) -> list[Day]:
        """The time that a sentence only points at: "In 2003 it was hot. That summer 70,000 died"."""
        at = next((at for at, token in enumerate(tokens) if token.has("date_that")), None)
        told = find_dates(self.row.tokens, published, self.language) if at is not None and self.row else []
        meant = [replace(day, first=at or 0, last=(at or 0) + 1, role="on", window=False, opens=0) for day in told[-1:]]
        return meant or recall(self.recalled, tokens)

    def recent(self) -> Claim | None:
        return self.last if self.since <= NEAR else None

    def told_lately(self, metric: str | None) -> Claim | None:
        """The last claim of a metric in the sentences just before, whoever stated it."""
        alike = (claim for (_, counted), claim in self.given.items() if counted == metric)
        return max(alike, key=lambda claim: claim.start, default=None) if self.since <= NEAR else None

    def heard(self, row: Row, days: Sequence[Day]) -> None:
        self.row = row
        older, anew = find_recalled(days, row.tokens, self.published)
        self.topical = self.topical or (anew and (self.recalled is None or bool(days)))
        self.recalled = None if self.topical else older or self.recalled
        self.setting.move(row.tokens)
        told = [speaker for speaker in row.speakers if not (speaker.label or speaker.outlet)]
        named = [speaker for speaker in told if not speaker.pronoun or whom(speaker, row.tokens, self.voices) == speaker.name]
        self.voices += [speaker.name for speaker in named]
        self.silence = 0 if named else self.silence + 1
        if row.paragraph != self.paragraph:
            self.quoting, self.paragraph = False, row.paragraph
        if sum(token.text == '"' for token in row.tokens) % 2:
            self.quoting = not self.quoting
        self.setting.hear(row.tokens)
        self.since += 1
        if self.since > NEAR:
            self.setting.last = None

    def told(self, claim: Claim, party: Party) -> None:
        self.last, self.since = claim, 0
        if party.basis != "outlet":
            self.setting.last = (claim.party if not is_faction(claim.party) else None) or self.setting.last
            self.setting.armed = claim.group == MILITARY
            self.setting.soldiers = claim.group == MILITARY and claim.metric == UNDIFFERENTIATED
        self.given[_last_name(claim.attributed_to), claim.metric] = claim


def _last_name(name: str | None) -> str | None:
    return name.split()[-1] if name else None


# ------------------------------------------------------------------ the figures of a sentence


def _read_figures(part: Part, story: Story) -> Iterator[Read | Skipped]:
    ahead, places = _said_later(part.rows), _set_later(part.rows)
    for row in part.rows:
        story.quoted, story.set_in = ahead.get(row.start), places.get(row.start)
        if COLUMN in part.cleaned.text[row.start : row.end]:
            story.columns = read_columns(row.tokens) or story.columns
        else:
            story.columns = ()
        story.setting.read_heading(row.tokens)
        days = find_dates(row.tokens, story.told_on(row, part), story.language)
        if row.counts:
            yield from _read_sentence(row, part, days, story)
        story.heard(row, days)


def _said_later(rows: Sequence[Row]) -> dict[int, str]:
    """Who is named only after what they state.

    After a quotation over several sentences, for each of them: “178 were killed. A siege began,” he said. Or in a sentence that says no
    more: "Zwölf Menschen starben. Das teilte die Polizei mit."
    """
    said: dict[int, str] = {}
    for told, row in pairwise(rows):
        told_so = any(token.has("about_this") for token in row.tokens[:3]) and row.start - told.end <= CLOSE
        if told_so and row.speakers and all(speaker.label for speaker in told.speakers):
            said[told.start] = row.speakers[0].name  # «… загинули двоє. Про це повідомив X»
    open_since: list[Row] = []
    before: Row | None = None
    for row in rows:
        if row.tokens and row.tokens[0].has("told_so") and before and row.paragraph <= before.paragraph + 1:
            teller = next((s for s in row.speakers if s.verb <= 3 and not s.pronoun), None)
            said.update({before.start: teller.name} if teller else {})
        before = row
        odd = sum(token.text == '"' for token in row.tokens) % 2
        if open_since and row.paragraph != open_since[-1].paragraph:
            open_since = []
        if open_since and odd:
            speaker = next((s for s in row.speakers if not s.first and s.first != s.verb and s.name_last - s.name_first > s.pronoun), None)
            said.update((earlier.start, speaker.name) for earlier in open_since if speaker)
            open_since = []
        elif open_since or odd:
            open_since.append(row)
    return said


CLOSE = 3
"""Characters between two sentences of which the second says who stated the first, or where it happened."""


def _set_later(rows: Sequence[Row]) -> dict[int, str]:
    """Where it happened, for sentences of which only the next one says it: "A bus crash killed 12. The accident happened near Oruro"."""
    followed = ((told, find_setting(row.tokens)) for told, row in pairwise(rows) if row.start - told.end <= CLOSE)
    return {told.start: place for told, place in followed if place}


def _read_sentence(row: Row, part: Part, dates: Sequence[Day], story: Story) -> Iterator[Read | Skipped]:
    tokens, numbers, recent = row.tokens, row.numbers, story.recent()
    if len(numbers) > TABLE:
        yield from (_skipped(number, "in a table", tokens, part) for number in numbers)
        return
    days = but_dateline(dates, tokens) or story.days_meant(tokens, story.told_on(row, part))
    if story.columns:
        counted = count_by_column(numbers, tokens, story.columns)
    else:
        counted = find_counted(numbers, tokens, story.language, recent.metric if recent else None, story.held)
    before: Read | None = None
    begin = 0
    for one in counted:
        if one.relation in LOOSE and any(s.name_first <= one.number.core < s.name_last for s in row.speakers):
            one = replace(one, metric=None, why_not="counts who speaks")
        if one.metric is None:
            yield _skipped(one.number, one.why_not or "no word says what it counts", tokens, part)
            continue
        if max(one.number.low or 0, one.number.high or 0) > MOST_PEOPLE:
            yield _skipped(one.number, "more than there are people", tokens, part)
            continue
        others = [other.number.core for other in counted if other is not one and other.metric]
        before = _read_claim(one, row, part, days, others, before, begin, story)
        begin = one.phrase.end
        story.told(before.claim, before.party)
        yield before


MOST_PEOPLE = 10_000_000_000
"""More than there are: no figure counts so many."""

TABLE = 40
"""Numbers that no sentence holds: where there are more it is a table, and nothing beside one of them is said of it."""


def _skipped(number: Number, why: str, tokens: Sequence[Token], part: Part) -> Skipped:
    first, last = part.cleaned.span(tokens[number.first].start, tokens[number.last - 1].end)
    return Skipped(part.printed[first:last], first, last, part.in_title, why)


def _read_claim(
    one: Counted, row: Row, part: Part, days: Sequence[Day], others: Sequence[int], before: Read | None, begin: int, story: Story
) -> Read:
    """All that the sentence and the story say of one counted number."""
    tokens, number = row.tokens, one.number
    speaker = speaker_of(number.core, [speaker for speaker in row.speakers if not speaker.label or story.knows(speaker, tokens)])
    name = _claimant(one, speaker, tokens, story)
    side, sides = side_speaking(speaker, tokens), story.language.table["sides"]
    if speaker and tokens[speaker.verb].has("accuses") and side not in sides["foes"]:
        side = None  # "the United States accused Damascus of an attack that killed 1,429": they are not its own
    party = find_party(one, tokens, before.party if before else None, begin, side, story.setting, sides)
    party = narrowed(party, tokens, story.language.parts)
    if one.metric in story.language.table["people"]["both_sides"] and party.basis not in ("noun", "toll", "subject", "label"):
        party = of_swap(one, tokens, story.recent(), sides)
    elif one.metric == story.language.table["people"]["bodies"]:
        swapped = of_swap(one, tokens, None, sides)
        back = swapped.words.startswith((BACK_FROM, OWNED_BY))  # "gets back 757 bodies of soldiers from Russia": none of Russia's
        party = swapped if back or (swapped.name and party.basis in ("sentence", "speaker", "before", "text")) else party
    stance, stance_word = find_stance(one, tokens, bool(speaker and speaker.denies), story.rehearsed)
    if stance is Stance.ASSERTED and before and before.claim.stance is Stance.HYPOTHETICAL and goes_on(begin, one, tokens):
        stance, stance_word = Stance.HYPOTHETICAL, "like the number before"
    day = find_as_of(number.core, _own_days(one, days, tokens), others, replaced=stance is Stance.DISPUTED)
    as_of = day.iso if day else None if days or stance is Stance.DISPUTED else story.day_before(name, speaker, tokens)
    same = story.last if story.last and story.last.until and any(token.has("date_same") for token in tokens) else None
    elsewhen = same is not None and as_of is not None and len(as_of) == len("2025") and not (same.as_of or "").startswith(as_of)
    same = None if elsewhen else same  # "in the same period of 2025": another year's
    as_of = same.as_of if same else as_of
    lasting = story.long_running or story.at_odds()
    stretch = find_scope(one, tokens, day, lasting, before.stretch if before else None, story.recent(), story.language)
    if before and stretch is before.stretch and stretch.scope is Scope.PERIOD and len(before.claim.as_of or "") == len("2026-04"):
        as_of = before.claim.as_of  # "In April it killed 238 and injured 1,404, the mission said today"
    group = _group(one, tokens, before, party, story)
    if group == story.language.table["people"]["adrift"] and party.basis != "noun":
        party = ADRIFT
    if group in story.language.table["people"]["of_nobody"] and party.basis != "noun":
        party = Party(None, "none", "attackers")
    around = find_circumstances(one, tokens, days, others, speaker, row.speakers, stretch)
    earlier = story.given.get((_last_name(name), one.metric or "")) if around.past else None
    if earlier and one.phrase.party is None and one.phrase.group in (None, "all"):
        # An earlier value of a series the text has just given: it counts the same people in the same way.
        party, group = Party(earlier.party, "before", "the later value"), earlier.group
        stretch = Stretch(earlier.scope, "the later value")
    rivalled = story.told_lately(one.metric) if speaker and _points_back(one, speaker, tokens) else None
    if rivalled and rivalled.attributed_to not in (None, name):
        party, group = Party(rivalled.party, "before", "the number before"), rivalled.group
        stretch = Stretch(rivalled.scope, "the number before")
    was_before = one.relation == "inherited" and stance is Stance.DISPUTED  # "24,686 of them identified, down from 27,890"
    happened = find_happened(days, day)
    if happened and as_of and as_of < happened[: len(as_of)]:
        happened = None  # "Saturday's crash is the worst since March 2025, when 37 died"
    first, last = part.cleaned.span(tokens[number.first].start, tokens[number.last - 1].end)
    claim = Claim(
        low=number.low,
        high=number.high,
        qualifier=number.qualifier,
        metric=one.metric or "",
        party=party.name,
        group=group,
        scope=stretch.scope,
        as_of=as_of,
        attributed_to=None if stance is Stance.DENIED and not _takes_back(speaker, tokens) else name,
        stance=stance,
        span=part.printed[first:last],
        start=first,
        end=last,
        in_title=part.in_title,
        quote=part.printed[slice(*part.cleaned.span(row.start, row.end))],
        event=around.event,
        place=story.set_in if story.set_in and (around.place is None or around.place.lower() == party.name) else around.place,
        happened=happened,
        per=stretch.per,
        since=same.since if same else around.since,
        until=same.until if same else around.until,
        unit=around.unit,
        method=around.method or (before.claim.method if before and was_before else None) or _method(side_of(speaker, tokens), party, group),
        includes=around.includes,
        comparison=around.comparison,
        past=around.past or elsewhen,
        part=around.part or (before is not None and before.claim.part and one.relation == "inherited"),
        each=around.each,
        venue=around.venue,
        via=around.via,
        superseded=number.replaced or stance is Stance.DISPUTED,
        denied_by=name if stance is Stance.DENIED else None,
        sure=name is not None
        and _names_claimant(speaker, story)
        and party.basis in SURE
        and stretch.word is not None
        and one.relation in DIRECT,
        reasons=_reasons(one, party, name, stretch, day, stance_word, tokens),
    )
    mixed = before is not None and (before.mixed or before.claim.group != group)
    harmed = any(at is not None and tokens[at].has("harmed") for at in (one.cue, one.phrase.head))
    sums = any(token.has("sums_up") for token in tokens[:2])
    some = one.relation == "inherited" and group != "all" and not one.phrase.partitive
    adds = any(token.has("further", "another") for token in tokens[number.first : one.phrase.end])
    return Read(claim, party, stretch, some, mixed, harmed, sums, adds, one.relation == "toll", said_before(one, tokens))


def _own_days(one: Counted, days: Sequence[Day], tokens: Sequence[Token]) -> list[Day]:
    """The dates of a sentence without those of what is told of a known toll, or of a figure that this one is compared with."""
    compared = next((at for at in range(one.phrase.end, len(tokens)) if compares(at, tokens)), len(tokens))
    since = one.number.first if _is_known(one, tokens) else -1
    return [day for day in days if since < day.first < compared]


def _is_known(one: Counted, tokens: Sequence[Token]) -> bool:
    """ "On Thursday they remembered the 176 people who were killed in 2020": a toll one knows of; what is told of it has another date."""
    before, after = tokens[max(0, one.number.first - 1) : one.number.first], tokens[one.phrase.end : one.phrase.end + 1]
    return any(token.has("definite") for token in before) and any(token.has("relative") for token in after)


def _points_back(one: Counted, speaker: Speaker, tokens: Sequence[Token]) -> bool:
    """ "Pakistan says 23 died; the Taliban say the number was 61": a number of those counted before, whoever states it."""
    if one.relation != "toll" or one.phrase.kind != "bare" or one.phrase.party or not one.cue or one.cue > one.number.first:
        return False
    led, between = tokens[speaker.verb + 1 : one.cue], tokens[one.cue + 1 : one.number.first]
    stated = bool(led) and led[-1].has("definite") and all(token.has("definite", "relative", "adverb", "weekday") for token in led)
    return stated and all(token.has("link", "be", "have", "adverb", "to") for token in between)


OWN_WORDS = frozenset({"noun", "toll", "subject", "beside", "label"})


def _takes_back(speaker: Speaker | None, tokens: Sequence[Token]) -> bool:
    """ "denied having given a toll of 11,300", "denies telling": who denies is who was said to have stated it."""
    return speaker is not None and any(token.has("have", "hear") for token in tokens[speaker.verb + 1 : speaker.verb + 2])


def _claimant(one: Counted, speaker: Speaker | None, tokens: Sequence[Token], story: Story) -> str | None:
    """Who states it: in the sentence, else whose quotation or account the sentence goes on with."""
    if speaker is not None:
        return whom(speaker, tokens, story.voices) if speaker.pronoun else speaker.name
    if story.quoted:
        return story.quoted
    inherits = one.cue is None and one.relation == "inherited"
    opened = sum(token.text == '"' for token in tokens[: one.number.first]) % 2
    told_on = len(tokens) > 1 and tokens[0].has("of") and tokens[1].has("pronoun", "det")  # "Of these, nearly 400 …"
    goes_on = inherits or story.quoting or (opened and story.silence < NEAR)
    goes_on = goes_on or (not story.silence and (told_on or any(token.has("goes_on", "reported") for token in tokens)))
    if goes_on and story.voices:
        return story.voices[-1]
    return story.headed if tokens[0].text == "-" else None


def _names_claimant(speaker: Speaker | None, story: Story) -> bool:
    """Whether the claimant was read from this sentence or the one before."""
    return (speaker is not None and not speaker.pronoun) or not story.silence


LOOSE = frozenset({"inherited", "shared", "subject", "weak noun"})
SURE = OWN_WORDS | {"sentence", "before"}
DIRECT = frozenset({"noun", "after", "object", "toll", "subject", "shared"})


def _method(side: str | None, party: Party, group: str) -> str | None:
    """A side on its own soldiers, or on the other's."""
    if side is None or party.name is None or group != "military":
        return None
    return "own_side" if side == party.name else "enemy_claim"


def _group(one: Counted, tokens: Sequence[Token], before: Read | None, party: Party, story: Story) -> str:
    """Which people, given what the number before counted, and what the story is about."""
    table = story.language.table
    earlier = before.claim if before and not before.part and not before.mixed else None if before else story.recent()
    if earlier and earlier.metric == table["people"]["posted"]:
        earlier = None  # "France deployed 1,500 troops": they are not those who died
    fought = story.war or (story.last is not None and story.last.group == MILITARY)
    told = Told(
        earlier=earlier,
        within=before is not None,
        titled=story.setting.titled.get(one.metric or ""),
        war=story.war,
        fought=fought,
        at_odds=story.at_odds(),
        losses=story.losses,
        listed=story.setting.lists_losses and is_entry(tokens),
        on_civilians=story.on_civilians,
        adrift=story.setting.adrift,
        people=table["people"],
        sides=table["sides"],
    )
    return find_group(one, tokens, party, told)


def _reasons(
    one: Counted,
    party: Party,
    name: str | None,
    stretch: Stretch,
    day: Day | None,
    stance_word: str | None,
    tokens: Sequence[Token],
) -> tuple[str, ...]:
    cue = f" “{tokens[one.cue].text}”" if one.cue is not None else ""
    rows = [f"metric: {one.metric} <-{cue} ({one.relation})"]
    rows.append(f"party: {party.name} <- “{party.words}” ({party.basis})" if party.words else f"party: {party.name} ({party.basis})")
    rows.append(f"scope: {stretch.scope} <- “{stretch.word}”" if stretch.word else f"scope: {stretch.scope} (by default)")
    rows += [f"claimant: {name}"] if name else []
    rows += [f"as of: {day.iso} <- “{' '.join(token.text for token in tokens[day.first : day.last])}”"] if day else []
    rows += [f"stance <- “{stance_word}”"] if stance_word else []
    return tuple(rows)


# ------------------------------------------------------------------ second thoughts on the whole article


def _as_body_says(found: Read | Skipped, in_text: Sequence[Read | Skipped]) -> Read | Skipped:
    """Body beats title: the same number in both is one observation, and the body says what it counts (DOMAIN.md 3.5)."""
    if isinstance(found, Skipped) or found.claim.metric != UNDIFFERENTIATED:
        return found
    twins = [one.claim for one in in_text if isinstance(one, Read) and _value(one.claim) == _value(found.claim)]
    if not twins or any(twin.metric == UNDIFFERENTIATED for twin in twins):
        return found
    mismatch = f"term mismatch: the headline says {found.claim.metric}, the text {twins[0].metric}"
    return replace(found, claim=replace(found.claim, metric=twins[0].metric, reasons=(*found.claim.reasons, mismatch)))


def _value(claim: Claim) -> int | None:
    return claim.low if claim.low is not None else claim.high


def _told_together(found: Sequence[Read | Skipped], people: Mapping[str, Any]) -> list[Read | Skipped]:
    """ «Постраждали 75 людей: 6 загинули, 69 поранено»: those harmed are all of them where the text tells them apart."""
    told = list(found)
    for at, one in enumerate(found):
        if isinstance(one, Read) and one.harmed and one.claim.metric == people["hurt"]:
            close = [other.claim for other in found[at + 1 : at + 4] if isinstance(other, Read)]
            dead, hurt = ([_value(claim) or 0 for claim in close if claim.metric == people[kind]] for kind in ("fatal", "hurt"))
            if any(a and b and a + b == _value(one.claim) for a in dead for b in hurt):
                told[at] = replace(one, claim=replace(one.claim, metric=UNDIFFERENTIATED))
    return told


def _added_up(found: Sequence[Read | Skipped]) -> list[Read | Skipped]:
    """ "Divers found 27 more bodies, taking the toll to 51": a part of the toll that is told with it."""
    tolls = [one.claim for one in found if isinstance(one, Read) and one.toll and not one.claim.superseded]
    return [
        replace(one, claim=replace(one.claim, part=True)) if isinstance(one, Read) and one.adds and _is_added(one.claim, tolls) else one
        for one in found
    ]


def _is_added(claim: Claim, tolls: Sequence[Claim]) -> bool:
    """Not "12 more, taking the dead of the war to 74,000": a war's total holds many events, of which this is one."""
    alike = (toll for toll in tolls if (toll.metric, toll.in_title) == (claim.metric, claim.in_title))
    told = [_value(toll) or 0 for toll in alike if abs(toll.start - claim.start) <= TOLD_WITH]
    return any((_value(claim) or 0) < toll < MANY * (_value(claim) or 0) for toll in told)


TOLD_WITH = 300
"""Characters between a toll and those who were added to it, or what had been said of it."""
MANY = 50
"""Times those who are added beyond which a toll is no longer that of what added them."""


def _overtaken(found: Sequence[Read | Skipped]) -> list[Read | Skipped]:
    """ "The UN had put the toll at 900. It now says that 2,400 were killed": what had been said, of what is told beside it now."""
    now = [one.claim for one in found if isinstance(one, Read) and not one.said_before and _is_present(one.claim)]
    return [
        replace(one, claim=replace(one.claim, past=True))
        if isinstance(one, Read) and one.said_before and any(_overtakes(claim, one.claim) for claim in now)
        else one
        for one in found
    ]


def _is_present(claim: Claim) -> bool:
    return claim.stance is Stance.ASSERTED and not (claim.superseded or claim.past or claim.comparison)


def _overtakes(now: Claim, before: Claim) -> bool:
    alike = all(a == b or not a or not b for a, b in ((now.party, before.party), (now.place, before.place)))
    names = [set((claim.attributed_to or "").lower().split()) for claim in (now, before)]
    alike = alike and (names[0] <= names[1] or names[1] <= names[0])  # not the count of another ministry
    grouped = now.group == before.group or "all" in (now.group, before.group)
    same = (now.metric, now.in_title) == (before.metric, before.in_title) and grouped
    return same and alike and _value(now) != _value(before) and abs(now.start - before.start) <= TOLD_WITH


def _summed_up(found: Sequence[Read | Skipped]) -> list[Read | Skipped]:
    """ "In all, seven civilians died", after the numbers of several places: of no one's people alone, and their parts are civilians too."""
    told = list(found)
    for at, total in enumerate(found):
        if not isinstance(total, Read) or not total.sums:
            continue
        parts = [(here, one) for here, one in enumerate(told[:at]) if isinstance(one, Read) and not one.sums]
        if len({one.claim.party for _, one in parts}) > 1 and total.party.basis not in OWN_WORDS:
            told[at] = replace(total, party=Party(None, "none"), claim=replace(total.claim, party=None))
        for here, one in parts:
            part = one.claim.metric == total.claim.metric and (_value(one.claim) or 0) <= (_value(total.claim) or 0)
            if part and one.claim.group == "all":
                told[here] = replace(one, claim=replace(one.claim, group=total.claim.group))
    return told


def _agree(found: Sequence[Read | Skipped]) -> list[Read | Skipped]:
    """A figure given twice is of one party: the mention that says best whose tells for the others, but for those of another group."""
    found = _of_both(found)
    known: dict[tuple[int | None, str], Read] = {}
    groups: dict[tuple[int | None, str], str] = {}
    for one in found:
        if isinstance(one, Read) and (_value(one.claim) or 0) > FEW:
            key = _value(one.claim), one.claim.metric
            if one.party.name:
                known[key] = min(known.get(key, one), one, key=lambda read: RANK.index(read.party.basis))
            if one.claim.group != "all":
                groups.setdefault(key, one.claim.group)
    return [_with_group(_with_party(one, known), groups) for one in found]


def _of_both(found: Sequence[Read | Skipped]) -> list[Read | Skipped]:
    """ "98 killed in a battle", of which 22 were policemen and 76 Taliban: a total of two sides is of neither."""
    apart = {
        (_value(one.claim) or 0, one.claim.metric, one.claim.party)
        for one in found
        if isinstance(one, Read) and one.party.basis == "noun" and one.claim.party and one.claim.group != "all"
    }
    sums = {
        (sum(value for value, _, _ in parts), parts[0][1])
        for size in (2, 3)
        for parts in combinations(sorted(apart)[:MANY], size)
        if len({metric for _, metric, _ in parts}) == 1 and len({party for *_, party in parts}) > 1
    }
    return [
        replace(one, claim=replace(one.claim, party=None), party=OF_BOTH)
        if isinstance(one, Read) and one.claim.group == "all" and (_value(one.claim) or 0, one.claim.metric) in sums
        else one
        for one in found
    ]


OF_BOTH = Party(None, "none", "the total of two sides")
MANY = 8
"""Parts that are tried as those of a total."""
FEW = 12
"""Up to here two figures of an article may be equal by chance."""
RANK = ("noun", "toll", "label", "subject", "beside", "sentence", "speaker", "before", "text", "outlet", "none")
"""How well a party was read, the best first."""


def _with_group(one: Read | Skipped, known: Mapping[tuple[int | None, str], str]) -> Read | Skipped:
    """ "At least 62 people died" of "62 migrants": the mention that says who they were tells for the others."""
    if isinstance(one, Skipped) or one.claim.group != "all":
        return one
    group = known.get((_value(one.claim), one.claim.metric))
    return replace(one, claim=replace(one.claim, group=group)) if group else one


def _with_party(one: Read | Skipped, known: Mapping[tuple[int | None, str], Read]) -> Read | Skipped:
    if isinstance(one, Skipped):
        return one
    best = known.get((_value(one.claim), one.claim.metric))
    if best is None or one.party == OF_BOTH or RANK.index(one.party.basis) <= RANK.index("beside"):
        return one
    party, groups = best.party, {one.claim.group, best.claim.group}
    if len(groups) > 1 and "all" not in groups:
        return one  # "26 civilians", and of another time "26 tourists"
    if is_faction(party.name) and one.claim.group not in ("all", MILITARY):
        return one  # "30 women and 30 rebels"
    return replace(one, claim=replace(one.claim, party=party.name), party=party)
