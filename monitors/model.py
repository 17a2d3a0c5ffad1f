"""The vocabulary: what a figure is, who says it about whom, what became of it, who is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeAlias

PartialDate: TypeAlias = str
"""An ISO day, year-month or year: "2026-02-16", "2026-02", "2026". A partial date is the interval it spans."""


class Qualifier(StrEnum):
    """How the text bounds its number. Open sides have no bound: "more than 46,000" is 46000..None."""

    EXACT = "exact"
    ABOUT = "about"
    NEARLY = "nearly"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    UP_TO = "up_to"
    LESS_THAN = "less_than"
    BETWEEN = "between"
    VAGUE = "vague"


class Scope(StrEnum):
    """What stretch of time a figure counts: all of it so far, a stated window, one occurrence, or a pace."""

    CUMULATIVE = "cumulative"
    PERIOD = "period"
    EVENT = "event"
    RATE = "rate"


class Stance(StrEnum):
    """How the text holds the figure. Plans and forecasts are hypothetical."""

    ASSERTED = "asserted"
    DENIED = "denied"
    DISPUTED = "disputed"
    HYPOTHETICAL = "hypothetical"


class Kind(StrEnum):
    """What a claim turned out to be against the history, and what an alert tells. INTERFACES.md says what each means."""

    NEW_SERIES = "new_series"
    CHANGE = "change"
    REVERSAL = "reversal"
    STEP = "step"
    MILESTONE = "milestone"
    EVENT = "event"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    DENIAL = "denial"
    MISQUOTE = "misquote"
    DISAGREEMENT = "disagreement"
    GAP_MOVED = "gap_moved"
    CONVERGED = "converged"
    FLOOR_BREACH = "floor_breach"
    CONFIRMED = "confirmed"
    HEALTH = "health"
    # Kept quiet: stored, never sent.
    RESTATEMENT = "restatement"
    HISTORICAL = "historical"
    SYNDICATED = "syndicated"
    EXPLAINED = "explained"


QUIET_KINDS = frozenset({Kind.RESTATEMENT, Kind.HISTORICAL, Kind.SYNDICATED, Kind.EXPLAINED})


class Severity(StrEnum):
    """How soon a person must know: push and mail at once, mail at once, in the digest, never; or the operator alone."""

    URGENT = "urgent"
    NOTABLE = "notable"
    ROUTINE = "routine"
    LOG = "log"
    OPS = "ops"


class State(StrEnum):
    """How well it is established that the claimant said it (not that it is true)."""

    UNCONFIRMED = "unconfirmed"
    REPORTED = "reported"
    PRIMARY = "primary"
    CONTESTED = "contested"
    WITHDRAWN = "withdrawn"


APPROVED, MISREAD, UNDONE, UPHELD = "approved", "misread", "undone", "upheld"
"""Marks on a statement: a person took its reading for sure, or rejected it, or undid the run that made it, or said that it was not
withdrawn nor denied: that is what we misread."""
REREAD, RESTORED = "reread", "restored"
"""A newer program reads the text otherwise; a person undid that."""
STRUCK = frozenset({MISREAD, UNDONE})
"""Of these a person said that a statement never was, and whoever was told of it heard so."""
VOID = STRUCK | {REREAD}
"""Of these a statement never was: it neither stands nor is it a past value that is known."""

BY_NAME = "confirmed_names"
"""The method of those who are counted by name: a list of names, or how many of its dead a body has identified."""


@dataclass(frozen=True)
class Claim:
    """One figure in one text: a quantity of what, whose, said by whom, holding when, and the sentence that proves it.

    `text[start:end]` (of the title where `in_title`) is the number as printed, `quote` the sentence around it.
    Fields keep what the text states; what history makes of it is in `monitors.rules`.
    """

    low: int | None
    high: int | None
    qualifier: Qualifier
    metric: str
    party: str | None
    group: str
    scope: Scope
    as_of: PartialDate | None
    attributed_to: str | None
    stance: Stance
    span: str
    start: int
    end: int
    in_title: bool
    quote: str
    event: str | None = None
    """Which war, quake, attack: a short name."""
    place: str | None = None
    happened: PartialDate | None = None
    """The day by which the sentence names the event: "the November 19 strike", of which the figure may be a later day's."""
    per: str | None = None
    """Of a rate: hour, day, week, month or year; "day" of a window that is the past one."""
    since: PartialDate | None = None
    until: PartialDate | None = None
    unit: str | None = None
    """persons, cases, entries, bodies or names, where the text says."""
    method: str | None = None
    """official, confirmed_names, estimate, own_side or enemy_claim, where the text says."""
    includes: tuple[str, ...] = ()
    comparison: bool = False
    """Another war or time recalled beside the story: stored, never in the present series."""
    superseded: bool = False
    """The old value of "rose from 7 to 8"."""
    past: bool = False
    """The text itself marks the value as an earlier one ("the last update", "previously", "a year earlier")."""
    part: bool = False
    """Some of those that another figure counts: "four police officers were among the dead"."""
    each: bool = False
    """The number holds for each side ("157 each")."""
    denied_by: str | None = None
    venue: str | None = None
    """Where it was said, when named: "France 2", "Telegram"."""
    via: tuple[str, ...] = ()
    """The outlets the text credits on the way ("Reuters reported", "told NBC")."""
    sure: bool = False
    """Metric, party, claimant and scope were each read from words of the sentence or the one before."""
    reasons: tuple[str, ...] = ()
    """Which words gave each attribute, for `tallywatch explain`: "metric: killed <- 'lost their lives'"."""


@dataclass(frozen=True)
class Skipped:
    """A number that was not taken for a figure, and why: skipped and counted, never guessed."""

    text: str
    start: int
    end: int
    in_title: bool
    why: str


@dataclass(frozen=True)
class Reading:
    """What a text was found to say: its claims in the order they stand, and the numbers that were passed over."""

    claims: tuple[Claim, ...]
    skipped: tuple[Skipped, ...] = ()
    language: str | None = None
    """That of most of the text, where it is one of ours: whatever the page says of itself."""


@dataclass(frozen=True)
class Publisher:
    """Who stands behind a URL: the newsroom, its family (one origin in many editions) and its tier (1, 2 or 3)."""

    name: str
    family: str
    tier: int
    title: str = ""
    channel_of: str | None = None
    """The claimant body whose own channel this is (president.gov.ua): a primary source for what that body says."""
    home: str | None = None
    """Whose people it means where it names no country: a paper of one country does so."""


@dataclass(frozen=True)
class Claimant:
    """Who states figures: a person speaking for a body while in office, or the body itself. From claimants.toml."""

    id: str
    name: str
    body: str
    side: str | None = None
    """The party it belongs to, for own side and enemy claim."""
    role: str = ""
    method: str | None = None
    within: str | None = None
    """The body it is a part of, by whose name a headline may call it."""
    known: bool = True
    """False for one not in claimants.toml: a claimant of its own, named as the text names it."""


@dataclass(frozen=True)
class Series:
    """What is counted, and by whom: the thing whose value is followed over time.

    `key` joins every part; `quantity` joins all but the claimant: within it claimants may disagree.
    """

    metric: str
    party: str | None
    group: str
    scope: Scope
    body: str
    """The claimant's body; "unattributed" where nobody is named."""
    window: str | None = None
    """Of a period its kind of window ("day", "month", "since 2026-01-01"), of a rate its unit of time."""
    event: str | None = None
    """Of an event, its key: type, place, civil date, parties. Of a running total, the war or disaster it is of."""
    unit: str | None = None
    method: str | None = None
    includes: tuple[str, ...] = ()

    @cached_property
    def quantity(self) -> str:
        parts = (self.party, self.metric, self.group, self.scope, self.window, self.event, self.unit, "+".join(self.includes))
        return "/".join(str(part or "-") for part in parts)

    @cached_property
    def key(self) -> str:
        return f"{self.quantity}/{self.body}/{self.method or '-'}"


@dataclass(frozen=True)
class Origin:
    """One article that carries a statement. A copy has the origin it was copied from; copies count once."""

    outlet: str
    url: str
    family: str
    tier: int
    seen_at: datetime
    published: datetime | None = None
    primary: bool = False
    """The claimant's own channel."""
    direct_quote: bool = False
    copy_of: str | None = None
    """The family or agency this copies; None where the newsroom stands on its own."""


@dataclass(frozen=True)
class Statement:
    """One utterance of a value for a series, however many outlets carry it."""

    series: Series
    low: int | None
    high: int | None
    qualifier: Qualifier
    claimant: str
    """As shown to people: "Volodymyr Zelensky"."""
    as_of: PartialDate
    as_of_stated: bool
    """False where the day was inferred from publication."""
    said_on: date
    quote: str
    language: str
    url: str
    outlet: str
    seen_at: datetime
    kind: Kind
    """What it was judged to be when it came in."""
    venue: str | None = None
    state: State = State.UNCONFIRMED
    origins: tuple[Origin, ...] = ()
    alerted: bool = False
    """Somebody was told of this value."""
    id: int | None = None
    """Its row in the history; None before it is stored."""


class Blindness(StrEnum):
    """How an outlet can go blind."""

    NOTHING = "nothing"
    """It used to yield and cannot be collected."""
    LAYOUT = "layout"
    """Its pages are had, and no body is found in any."""
    EMPTY = "empty"
    """A feed of it answers with nothing, or with what is no feed."""
    LOST = "lost"
    """Its pages no longer show a field that they used to show."""
    FROZEN = "frozen"
    """A feed of it answers, and nothing new comes."""


@dataclass(frozen=True)
class Trouble:
    """One way in which an outlet has gone blind, and the figures that show it."""

    kind: Blindness
    subject: str
    """What is blind: a feed's URL, a field of the pages, or "" for the outlet as a whole."""
    line: str
    """For a person: the URL or field, and the figures."""
    since: datetime | None = None
    """When it was last well; of a frozen feed, its newest entry."""
    usual: float | None = None
    """Of a lost field: the share of pages that used to show it."""
    among: int = 1
    """Of a feed: how many the outlet has."""


@dataclass(frozen=True)
class Waypoint:
    """A value that a series had on its way to the present one."""

    as_of: PartialDate
    low: int | None
    high: int | None
    qualifier: Qualifier


NAMELESS = re.compile(r"id/([0-9a-f]{12})/")
"""How the key of an event begins that had a name in it which was removed on request: with the id that it has from the key of old."""


@dataclass(frozen=True)
class Event:
    """Something worth telling, or at least worth logging: what happened, to which series, from what to what, with proof."""

    kind: Kind
    severity: Severity
    at: datetime
    metric: str | None
    party: str | None
    group: str | None
    scope: Scope | None
    claimant: str | None
    low: int | None
    high: int | None
    qualifier: Qualifier | None
    key: str
    """What makes it the same event when met again: one alert for each key, ever."""
    previous_low: int | None = None
    previous_high: int | None = None
    state: State | None = None
    monitor: str | None = None
    series: Series | None = None
    statement: Statement | None = None
    previous: Statement | None = None
    others: tuple[Statement, ...] = ()
    """Standing figures for the same quantity, the members of a disagreement, the other versions of a misquote."""
    cautions: tuple[str, ...] = ()
    """One line each: "Headline says casualties, text says killed"."""
    explanation: str | None = None
    subtype: str | None = None
    """"silent edit", "range collapsed", "counted differently", …"""
    urls: tuple[str, ...] = ()
    outlet: str | None = None
    role: str = ""
    """The claimant's office, for people: "Ukraine's president"."""
    side: str | None = None
    """The party the claimant belongs to: own side where it is the series' party, else the other side's claim."""
    denial: str = ""
    """The sentence that denies the figure."""
    troubles: tuple[Trouble, ...] = ()
    """Of an outlet that has gone blind."""
    course: tuple[Waypoint, ...] = ()
    """The latest values of its series in the order of their days, its own the last."""
    doubted: Severity | None = None
    """How loud it would be were its reading sure: it waits for a person's word."""

    @property
    def id(self) -> str:
        """The stable alert id shown to people and sent to channels: a short hash of the key."""
        return id_of(self.key)


def id_of(key: str) -> str:
    """The id of the event that has this key.

    >>> id_of("id/0123456789ab/change/…")
    '0123456789ab'
    """
    named = NAMELESS.match(key)
    return named[1] if named else sha256(key.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Alert:
    """An event in words for people: what a channel sends."""

    id: str
    severity: Severity
    title: str
    body: str
    html: str
    event: Event | None = None


@dataclass(frozen=True)
class Monitor:
    """What a person wants to hear about, from definitions/*.toml or a [[monitor]] of tallywatch.toml."""

    name: str
    title: str
    metrics: tuple[str, ...]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a metric of one's own is called, by language."""
    parties: tuple[str, ...] = ()
    """Empty: any."""
    groups: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    floor: int = 0
    """Figures below it are stored and not told (the general monitor is quiet about small tolls)."""
    change: float = 0.0
    """The smallest change worth an alert as a share of the old value (0.05) where below 1, else as a count."""
    urgent: bool = False
    """Whether its changes may push."""
    channels: tuple[str, ...] = ()
    """Empty: all."""
    constants: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Numbers of definitions/constants.toml that are others for it, by section and name."""
    headline_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Beginnings of words that make a headline worth fetching, by language; a space at the end makes it the whole word."""


@dataclass(frozen=True)
class QuietHours:
    """When notable alerts wait, by the reader's clock; from the evening to the morning where `start` is the later."""

    start: time
    end: time
    days: frozenset[int] = frozenset(range(7))
    """The days on which they begin, Monday 0."""
    timezone: tzinfo | None = None
    """Whose clock it is, where it is not that of the digest."""


@dataclass(frozen=True)
class Channel:
    """Where alerts go: one Apprise URL and what it wants to be told ("routine" is the digest; "ops" must be asked for)."""

    name: str
    url: str
    severities: frozenset[Severity] = frozenset({Severity.URGENT, Severity.NOTABLE})
    monitors: frozenset[str] = frozenset()
    """Empty: any; likewise below."""
    parties: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    """Of the sentence that proves it: "en"."""
    quiet: QuietHours | None = None
    """Its own quiet hours; else those of all."""


@dataclass(frozen=True)
class Delivery:
    """One alert for one channel: at once, not before a time (quiet hours), or with the next digest."""

    channel: str
    digest: bool
    not_before: datetime
