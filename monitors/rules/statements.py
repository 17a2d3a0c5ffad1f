"""Place claims: which number of a text is one remark, on whose account, in which series, and what stands there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations

from crawler.article import Article, Moment
from monitors.model import (
    BY_NAME,
    UPHELD,
    VOID,
    Claim,
    Claimant,
    Kind,
    Origin,
    PartialDate,
    Publisher,
    Qualifier,
    Scope,
    Series,
    Stance,
    State,
    Statement,
)
from monitors.rules.constants import Constants
from monitors.rules.identity import NOBODY, UNATTRIBUTED, Claimants, Happening, Happenings, Publishers, War, chief_of, fold, key_part
from monitors.rules.values import Value, days_of, interval, same, touch, value_of

TRANSFERS = frozenset({"exchanged", "bodies_returned"})
OPEN_GROUPS = frozenset({"all", ""})
ADRIFT = "other:migrants"
"""People on their way: whose they are is told in as many ways as there are reports of a wreck."""
SENT = "other:peacekeepers"
"""Of many countries, and none of them the one they are in."""
PART_GROUPS = frozenset({"children", "journalists"})
"""Who is counted apart from all: never the toll itself."""
SOLDIERS_OR_ALL = frozenset({"all", "military", ""})
QUOTE_MARKS = '"“”„«»'
WAR_START_SLACK = 35
"""Days: "since February 2022" begins with the war; so does a count that starts a month into it."""
COUNTED_UNITS = frozenset({"cases", "entries", "names", "bodies"})


class Track(StrEnum):
    """How a series moves: a war's running total, the toll of one event, an exchange of one day, a window or a rate."""

    RUNNING = "running"
    TOLL = "toll"
    TRANSFER = "transfer"
    WINDOW = "window"


@dataclass(frozen=True)
class Version:
    """One stored reading of a page, with its claims by their row ids."""

    id: int
    number: int
    article: Article
    claims: tuple[tuple[int, Claim], ...]
    seen_at: datetime
    first_seen_at: datetime
    backfill: bool
    earlier: int | None = None
    """The version before it, of the same page."""


@dataclass(frozen=True)
class Page:
    """What claims are placed by: who printed them and when, and which event the text is about."""

    article: Article
    publisher: Publisher
    seen_at: datetime
    day: date
    """Of publication, else of first sight."""
    happening: Happening | None
    party: str | None
    place: str | None
    parties: tuple[str, ...] = ()
    """Whose people its figures count."""
    happened: date | None = None
    """The day of the event, where the text gives one that is past."""
    adrift: bool = False
    """It counts people on their way, who are of no country that it tells of."""


@dataclass(frozen=True)
class Remark:
    """One number of a text on somebody's account, however often the text prints it."""

    claim: Claim
    ids: tuple[int, ...]
    claimant: Claimant
    track: Track
    series: Series
    """As the text gives it; what it leaves open is None (group: "all")."""
    as_of: PartialDate
    as_of_stated: bool
    day: date
    """On which it was said or happened, as far as one knows."""
    direct_quote: bool
    age: int = 0
    """Days between that day and the publication."""
    presumed: bool = False
    """Nobody is named: the claimant is whose page it is."""
    headlined: bool = False
    """Headline and text, each read by itself, give this number of the same people."""
    cautions: tuple[str, ...] = ()
    happening: Happening | None = None
    contradicted: bool = False
    """Another number of the text cannot be right beside it."""
    joint: bool = False
    """It adds up the people of several countries or events, some of which the page counts alone."""
    replaces: Value | None = None
    """The value that its sentence says it takes the place of."""

    @property
    def value(self) -> Value:
        return value_of(self.claim)


@dataclass(frozen=True)
class Shelf:
    """A stored series and its latest statements, the oldest first; of a rival only what it says now and what says a figure's value."""

    series: Series
    statements: tuple[Statement, ...]
    course: tuple[tuple[date, int], ...] | None = None
    """Day and number of its latest values, in their order; None where the statements show them all."""

    @cached_property
    def standing(self) -> tuple[Statement, ...]:
        """Those that were not withdrawn."""
        return tuple(s for s in self.statements if s.state is not State.WITHDRAWN)

    @cached_property
    def current(self) -> Statement | None:
        """The value of the latest day; of one day the latest told. What only recalled an older value is never current."""
        return max(
            (s for s in self.standing if s.kind is not Kind.HISTORICAL), key=lambda s: (days_of(s.as_of)[1], s.id or 0), default=None
        )

    def like(self, value: Value) -> Statement | None:
        """The statement of this very value: the current rather than a past one, a later rather than an earlier, a withdrawn one last."""
        current = self.current
        if current and same(value, value_of(current)):
            return current
        alike = [s for s in self.statements if same(value, value_of(s))]
        return max(alike, key=lambda s: (s.state is not State.WITHDRAWN, s.id or 0), default=None)


# --- one text: its page and its remarks


def read_page(version: Version, publishers: Publishers, happenings: Happenings) -> Page:
    article = version.article
    day = day_of(article.published) or version.first_seen_at.astimezone(UTC).date()
    told = [claim for _, claim in version.claims if not claim.comparison and not is_recalled(claim, day)]
    parties = [claim.party for claim in told if claim.party]
    counts = [claim for claim in told if claim.qualifier is not Qualifier.VAGUE and not claim.part] or told
    places = [claim.place for claim in counts if claim.place]  # not where "several of the dead" were buried
    happening = happenings.of_page(article.title, article.text[:600])
    adrift = (happenings.find(claim.event) or happening for claim in told if claim.group == ADRIFT)
    return Page(
        article,
        publishers.of(article.url, article.outlet),
        version.seen_at,
        day,
        happening,
        max(parties, key=parties.count, default=None),
        max(places, key=places.count, default=None),
        tuple(dict.fromkeys(parties)),
        next((past_day(claim, day) for claim in told if not claim.in_title), None),
        any(kind is None or kind.name not in WARLIKE for kind in adrift),
    )


def past_day(claim: Claim, day: date) -> date | None:
    """The day before a page's on which what a claim counts happened: the event's, where its sentence names one, else the figure's. The
    figure's may be that on which it was said, which is the page's own or the one before."""
    return day_before(claim.happened, day, 1) or day_before(claim.as_of, day, SAID_DAYS + 1)


def day_before(stated: PartialDate | None, day: date, least: int) -> date | None:
    """A stated day, where it is one, at least so many days before another, and no more than an event's toll is counted."""
    whole = stated is not None and len(stated) == len("2026-01-13")
    return days_of(stated)[0] if stated and whole and least <= (day - days_of(stated)[0]).days <= EVENT_DAYS else None


SAID_DAYS = 1
"""So many days before a page is published its "said on Friday" may be, by the clock of another continent."""


def is_recalled(claim: Claim, day: date) -> bool:
    """Of another time than the page: what a background paragraph tells of an older disaster says nothing of this one's place."""
    return claim.as_of is not None and (day - days_of(claim.as_of)[1]).days > EVENT_DAYS


def day_of(moment: Moment | None) -> date | None:
    if isinstance(moment, datetime):
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return moment


def instant_of(moment: Moment | None) -> datetime | None:
    """The moment in UTC; a bare day is its noon, a time without zone is taken for UTC."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, 12, tzinfo=UTC)


def read_remarks(version: Version, page: Page, claimants: Claimants, publishers: Publishers, happenings: Happenings) -> list[Remark]:
    """A text's claims, each placed; the same number said twice, in headline and body, is one remark (DOMAIN 3.5)."""
    core = page.article.core or page.article.text
    placed = [place(number, claim, page, core, claimants, publishers, happenings) for number, claim in version.claims]
    body = [remark for remark in placed if not remark.claim.in_title]
    merged: list[Remark] = []
    for remark in [*body, *(remark for remark in placed if remark.claim.in_title)]:
        twin = next((i for i, other in enumerate(merged) if is_twin(remark, other) or rounds(remark, other) or rounds(other, remark)), None)
        if twin is None:
            merged.append(remark)
        elif rounds(merged[twin], remark):
            merged[twin] = merge(remark, merged[twin])
        else:
            merged[twin] = merge(merged[twin], remark)
    return [replace(remark, replaces=replaced_by(remark, placed)) for remark in merged]


def replaced_by(remark: Remark, placed: Sequence[Remark]) -> Value | None:
    """What the sentence of a remark says that its number takes the place of: "raised the toll to 91, from 54". It is the first it gives."""
    claim = remark.claim
    beside = [o.claim for o in placed if (o.claim.quote, o.claim.metric) == (claim.quote, claim.metric) and not o.claim.superseded]
    if any(other.start < claim.start for other in beside):
        return None
    old = (other for other in placed if other.claim.superseded and not claim.superseded and other.claim.quote == claim.quote)
    return next((other.value for other in old if other.claim.metric == claim.metric), None)


def place(number: int, claim: Claim, page: Page, core: str, claimants: Claimants, publishers: Publishers, happenings: Happenings) -> Remark:
    """Find who is meant, whose people are counted over which stretch, and the day it holds for."""
    claim = replace(claim, party=happenings.one_party.get(claim.party or "", claim.party))
    claim, claimant = find_speaker(claim, page, claimants, publishers)
    happening = find_happening(claim, page, happenings)
    track = find_track(claim, happening, page, happenings)
    joint = claim.party is None and bool(page.parties) and claimants.several(claim.quote)
    claim, page = fill_party(claim, page, track, happenings, claimants)
    if page.place and claimants.country(page.place) not in (None, claim.party) and not page.adrift:
        page = replace(page, place=None)  # the page tells of another country as well
    if claim.place and claim.party and claimants.country(claim.place) == claim.party:
        claim = replace(claim, place=None)  # a country is no place within itself
    as_of, stated = find_day(claim, page)
    day = min(days_of(as_of)[1], page.day)
    if not claim.in_title and claim.quote not in core:
        claim = replace(claim, sure=False)  # two readings of the page do not agree on the sentence
    remark = Remark(
        claim,
        (number,),
        claimant,
        track,
        Series("", None, "all", claim.scope, claimant.body),
        as_of,
        stated,
        day,
        direct_quote=any(mark in claim.quote for mark in QUOTE_MARKS),
        age=(page.day - day).days,
        presumed=claimant.known and not claimants.find(claim.attributed_to, day, claim.party).known,
        happening=happening,
        joint=joint,
    )
    return replace(remark, series=series_of(remark, page, happenings))


def find_happening(claim: Claim, page: Page, happenings: Happenings) -> Happening | None:
    """What the figure is the toll of: as its sentence says, unless that came of what the page is about; else the page's event."""
    beside, told = happenings.find(claim.event), happenings.kinds(claim.quote)
    beside = next((kind for kind in told if beside and kind.name in beside.broad), beside)  # "a drone attack" is a strike
    named = beside if beside in told else chief_of(told) or beside
    return page.happening if named is None or (page.happening and page.happening.name in named.after) else named


def find_speaker(claim: Claim, page: Page, claimants: Claimants, publishers: Publishers) -> tuple[Claim, Claimant]:
    """Who states the figure. A body that keeps a list of one side's dead counts that side, whichever country the sentence names."""
    claimant = find_claimant(claim, page, claimants, publishers)
    listed = claimants.counts.get(claimant.body)
    if listed and is_war_total(claim):
        return replace(claim, party=listed), claimant
    if listed and publishers.named(claim.attributed_to):
        return claim, NOBODY  # the newsroom in its own voice, not its list
    return claim, claimant


def fill_party(claim: Claim, page: Page, track: Track, happenings: Happenings, claimants: Claimants) -> tuple[Claim, Page]:
    """Whose people are counted where the text leaves it open; of an exchange it is never the mediator's people who go home.

    People on their way, and who is counted beside them, are nobody's, whatever country the text has them come from or perish near.
    """
    if track is Track.TOLL and page.adrift:
        return replace(claim, party=None), replace(page, party=None)
    if claim.party is None and track is Track.TOLL and claim.group == SENT:
        return claim, page
    if claim.party is None and track is Track.TOLL:
        country = claimants.country(claim.place) if claim.place else None
        return replace(claim, party=country if page.party and country else page.party), page
    if track is Track.TRANSFER and happenings.war_of(claim.party) is None and (side := happenings.side_among(page.parties)):
        return replace(claim, party=None), replace(page, party=side)
    return claim, page


def find_day(claim: Claim, page: Page) -> tuple[PartialDate, bool]:
    """The day the figure holds for, and whether the text gives it; a day to come is a plan's, or misread."""
    stated = claim.as_of or claim.until
    if stated is None or days_of(stated)[0] > page.day + timedelta(days=2):
        return page.day.isoformat(), False
    return stated, True


def is_war_total(claim: Claim) -> bool:
    """So many that only a war's whole course can have cost them."""
    return (claim.low or claim.high or 0) >= LEAST_WAR_TOTAL


def find_claimant(claim: Claim, page: Page, claimants: Claimants, publishers: Publishers) -> Claimant:
    """Who states the figure. A newsroom that is credited for it only reports; on a claimant's own channel "we" is the claimant; where
    nobody is named for a total, the one body that keeps count of these people, if the text names it."""
    day = min(days_of(claim.as_of)[1], page.day) if claim.as_of else page.day
    found = claimants.find(claim.attributed_to, day, claim.party or page.party)
    if found.known and not (claimants.is_loose(found) and publishers.named(claim.attributed_to)):
        return found
    if page.publisher.channel_of in claimants.bodies:
        return claimants.speaker(page.publisher.channel_of or "", f"{page.article.title}\n{page.article.text}", page.day)
    if found is not NOBODY and not publishers.named(claim.attributed_to):
        return found
    named = claimants.bulletin(f"{page.article.title}\n{page.article.text}", claim.party) if is_war_total(claim) else None
    return named or NOBODY


def find_track(claim: Claim, happening: Happening | None, page: Page, happenings: Happenings) -> Track:
    """How the figure's series moves.

    A cumulative figure of a party at war is the war's running total, unless the text is about a disaster or an outbreak; elsewhere it is
    the toll of the event that the text is about (DOMAIN 3.0: `event` and `cumulative` wordings of one toll are one series). A window that
    opens with the war is a running total too.
    """
    war = happenings.war_of(claim.party)
    if claim.metric in TRANSFERS and claim.scope in (Scope.EVENT, Scope.CUMULATIVE):
        return Track.TRANSFER if claim.scope is Scope.EVENT or not claim.since else Track.RUNNING
    if claim.metric in TRANSFERS and not claim.since and claim.as_of and len(claim.as_of) == len("2026-02-05"):
        return Track.TRANSFER  # on one day, whatever time the text names beside it
    if claim.metric in TRANSFERS and not claim.since and not span_of(claim):
        return Track.WINDOW  # "last week 1,000 bodies came back": of no day that is known
    if claim.scope is Scope.RATE:
        return Track.WINDOW
    if claim.scope is Scope.PERIOD:
        if not war and page.happening and (since_it_began(claim, page) or is_of_season(claim, page) or is_of_days(claim, happenings)):
            return Track.TOLL
        if not war and is_episode(claim):
            return Track.TOLL
        if war and not (claim.since or claim.until or claim.per or span_of(claim)) and is_war_total(claim):
            return Track.RUNNING  # "over the same period": the window is left open
        return Track.RUNNING if war and (is_of_war(claim, war) or opening(claim, war, page)) else Track.WINDOW
    named = happenings.find(claim.event, claim.quote)
    if war and claim.scope is Scope.CUMULATIVE and is_warlike(named) and is_of_war(claim, war):
        return Track.RUNNING
    if war and claim.scope is Scope.CUMULATIVE and is_warlike(happening) and opening(claim, war, page):
        return Track.RUNNING
    ago = (page.day - days_of(claim.since)[1]).days if claim.since and not (happening and happening.wide) else 0
    if ago > EVENT_DAYS:  # "since the coup in February 2021": no toll of the strike that the page tells of
        return Track.RUNNING
    if claim.scope is Scope.EVENT:
        return Track.RUNNING if war and is_warlike(named) and is_war_total(claim) else Track.TOLL
    about = page.happening if not war or (page.happening and page.happening.name not in WARLIKE and not is_war_total(claim)) else None
    disaster = named or about
    if war and is_warlike(disaster):
        few = not is_war_total(claim) and not claim.since
        return Track.TOLL if few and named and named.name != "fighting" else Track.RUNNING
    return Track.TOLL if disaster else Track.RUNNING


def is_warlike(happening: Happening | None) -> bool:
    """Whether nothing but war is named for a figure."""
    return happening is None or happening.name in WARLIKE


def is_of_war(claim: Claim, war: War) -> bool:
    """Whether a count opens with the war."""
    return bool(claim.since and touch(claim.since, war.since.isoformat(), WAR_START_SLACK))


def opening(claim: Claim, war: War | None, page: Page) -> PartialDate | None:
    """The day since which a count of its own runs within a war: "517 have been killed in Kordofan since Aug. 25". None where that is the
    war's own, the year's, or long ago."""
    if claim.since is None or claim.until or claim.per or war is None or is_of_war(claim, war):
        return None
    first, last = days_of(claim.since)
    of_the_year = (first.month, first.day) == (1, 1)
    return None if of_the_year or not 0 < (page.day - last).days < YEAR else claim.since


def since_it_began(claim: Claim, page: Page) -> bool:
    """ "112 have died since Saturday", in a text about a flood: the window is the event's own."""
    return claim.since is not None and claim.until is None and claim.per is None and (page.day - days_of(claim.since)[0]).days <= EVENT_DAYS


def is_episode(claim: Claim) -> bool:
    """ "287 were killed between July 3 and July 19": the days of one wave of killings, no month or quarter of a count."""
    if claim.since is None or claim.until is None or claim.per or {len(claim.since), len(claim.until)} != {len("2026-07-03")}:
        return False
    first, last = days_of(claim.since)[0], days_of(claim.until)[1]
    return first.day != 1 and 0 <= (last - first).days <= EVENT_DAYS


def is_of_season(claim: Claim, page: Page) -> bool:
    """ "Heat caused 1,180 deaths between mid-May and July 13": the window is the season's that the text is about."""
    season = page.happening is not None and page.happening.season and claim.per is None
    return bool(season and claim.since and (page.day - days_of(claim.since)[0]).days <= SEASON_DAYS)


def is_of_days(claim: Claim, happenings: Happenings) -> bool:
    """ "The floods have killed 112 this week": days, no month or year, in which what is felt for weeks took them."""
    bounded = claim.since or claim.until or claim.per or len(claim.as_of or "2026-02-05") < len("2026-02-05")
    return not bounded and any(happening.wide for happening in happenings.kinds(claim.quote))


EVENT_DAYS = 30
"""The longest that an event's toll is counted from its first day: "wide" events of DOMAIN 3.0."""

YEAR = 365
SEASON_DAYS = 180
"""The longest that the dead of a season of floods, fires or heat are counted."""

LEAST_WAR_TOTAL = 1000
"""Soldiers of a party at war, so many, in no named attack or place: "55,000 fell in battle" is the war's total whatever its tense."""

WARLIKE = frozenset({"strike", "attack", "fighting", "explosion", "fire"})
"""Kinds of events that a war is made of: beside them a cumulative figure still counts the war."""


def series_of(remark: Remark, page: Page, happenings: Happenings) -> Series:
    """The series a remark belongs to, by what its text says (DOMAIN 3.2)."""
    claim, claimant = remark.claim, remark.claimant
    method = claim.method if claim.method == BY_NAME else claimant.method or claim.method
    common = {
        "metric": claim.metric,
        "party": claim.party,
        "group": claim.group,
        "body": claimant.body,
        "unit": claim.unit if claim.unit in COUNTED_UNITS else None,
        "method": method,
        "includes": tuple(sorted(claim.includes)),
    }
    war = happenings.war_of(claim.party)
    match remark.track:
        case Track.TOLL:
            kind = remark.happening.name if remark.happening else None
            place = next((name for name in (claim.place, page.place) if name and key_part(name) != key_part(claim.party)), None)
            season = season_of(remark, page.day)
            event = event_key(kind, None, season) if season else event_key(kind, place, event_day(remark, page))
            return Series(**common, scope=Scope.EVENT, event=event)  # type: ignore[arg-type]
        case Track.TRANSFER:
            between = war or happenings.war_of(page.party)
            where = between.name if between else page.party
            return Series(**common, scope=Scope.EVENT, event=event_key(claim.metric, where, remark.day))  # type: ignore[arg-type]
        case Track.WINDOW:
            return Series(**common, scope=claim.scope, window=window_of(claim))  # type: ignore[arg-type]
    since = opening(claim, war, page)
    scope, window = (Scope.PERIOD, window_of(claim)) if since else (Scope.CUMULATIVE, None)
    return Series(**common, scope=scope, event=war.name if war else None, window=window)  # type: ignore[arg-type]


def event_day(remark: Remark, page: Page) -> date:
    """The day of the event whose toll a remark is: as its sentence names it, else the page's where the figure has no other day."""
    own = day_before(remark.claim.happened, page.day, 1)
    if own is None and remark.day == page.day:
        own = page.happened
    return own or remark.day


def season_of(remark: Remark, day: date) -> date | None:
    """ "657 have died since the monsoon began in June": the first day of a season of floods; a flood within it is another event."""
    if not remark.claim.since or not (remark.happening and remark.happening.season):
        return None
    first = days_of(remark.claim.since)[0]
    return first if (day - first).days > EVENT_DAYS else None


def event_key(kind: str | None, place: str | None, day: date) -> str:
    return f"{kind or '-'}|{key_part(place)}|{day.isoformat()}"


def event_parts(series: Series) -> tuple[str | None, str | None, date | None]:
    """Kind, place and day of an event's key; None where it leaves them open."""
    kind, _, rest = (series.event or "").partition("|")
    where, _, day = rest.rpartition("|")
    return (None if kind in ("-", "") else kind, None if where in ("-", "") else where, date.fromisoformat(day) if day else None)


def window_of(claim: Claim) -> str:
    """The kind of window, whatever its end: "day", "week", "month", "since 2026-01-01" (DOMAIN 3.0)."""
    if claim.per:
        return claim.per
    if claim.since and claim.until:
        days = (days_of(claim.until)[1] - days_of(claim.since)[0]).days
        return next(
            (name for limit, name in ((1, "day"), (8, "week"), (31, "month"), (92, "quarter"), (366, "year")) if days <= limit),
            f"{days} days",
        )
    return f"since {claim.since}" if claim.since else span_of(claim) or "window"


def span_of(claim: Claim) -> str | None:
    """ "killed in December": the month that the figure is of."""
    return "month" if len(claim.as_of or "") == len("2025-12") else None


# --- one number, said twice


def is_twin(a: Remark, b: Remark) -> bool:
    """Whether two claims of one text are one remark: one number of one party and claimant, as far as both say."""
    if a.claim.stance is not b.claim.stance or a.claim.superseded != b.claim.superseded or not same(a.value, b.value):
        return False
    told_twice = a.claim.metric == b.claim.metric and min(a.value.nominal or 0, b.value.nominal or 0) >= LEAST_WAR_TOTAL
    headline = a.claim.in_title != b.claim.in_title and (told_twice or not (a.claim.sure and b.claim.sure))
    if not (agree(a.claim.party, b.claim.party) and (headline or agree_bodies(a.claimant, b.claimant))):
        return False
    if a.claim.metric != b.claim.metric:
        return a.claim.in_title != b.claim.in_title and {a.claim.metric, b.claim.metric} <= {"killed", "casualties", "wounded"}
    if {a.track, b.track} >= TRANSFER_BOTH or a.claim.in_title != b.claim.in_title:
        return True
    return a.track is b.track and agree(group_or_none(a.claim.group), group_or_none(b.claim.group)) and a.claim.unit == b.claim.unit


TRANSFER_BOTH = frozenset({Track.TRANSFER})


def rounds(rough: Remark, exact: Remark) -> bool:
    """Whether one number of a text is the other made round: "nearly 60,000 … 58,500, to be precise"."""
    a, b = rough.claim, exact.claim
    alike = (a.metric, a.party, a.stance, a.superseded) == (b.metric, b.party, b.stance, b.superseded) and rough.track is exact.track
    exacter = b.qualifier is Qualifier.EXACT and (a.low or a.high) != b.low  # a headline that drops "more than" is no more exact
    held = interval(rough.value) if alike and exacter and a.qualifier in LOOSE and is_war_total(b) else None
    return bool(held and held[0] <= (b.low or 0) <= held[1]) and agree_bodies(rough.claimant, exact.claimant)


LOOSE = frozenset({Qualifier.NEARLY, Qualifier.ABOUT, Qualifier.MORE_THAN, Qualifier.AT_LEAST})


def merge(body: Remark, again: Remark) -> Remark:
    """The body's remark, with what the other print adds: an open party or claimant, a direct quote, a caution on the headline's word."""
    same_metric = body.claim.metric == again.claim.metric
    claim = fill_claim(body.claim, again.claim, same_metric)
    claimant = again.claimant if body.claimant is NOBODY else body.claimant
    caution = () if same_metric else (f"The headline says {again.claim.metric}, the text says {claim.metric}",)
    total = again if again.track is Track.RUNNING and not (same_metric and again.claim.in_title) else body
    dated = body if body.as_of_stated or not again.as_of_stated else again
    group = claim.group if same_metric else total.series.group
    series = replace(
        total.series, metric=claim.metric, party=claim.party, group=group, body=claimant.body, method=total.series.method or claimant.method
    )
    return replace(
        body,
        claim=claim,
        ids=(*body.ids, *again.ids),
        claimant=claimant,
        track=total.track,
        series=series,
        as_of=dated.as_of,
        as_of_stated=dated.as_of_stated,
        day=dated.day,
        direct_quote=body.direct_quote or again.direct_quote,
        cautions=(*body.cautions, *caution),
        presumed=body.presumed and again.presumed,
        headlined=body.headlined or (same_metric and again.claim.in_title and body.claim.party == again.claim.party is not None),
    )


def fill_claim(claim: Claim, other: Claim, same_metric: bool) -> Claim:
    """A claim with what it leaves open filled from the number's other print."""
    return replace(
        claim,
        party=claim.party or other.party,
        sure=claim.sure or (other.sure and same_metric),
        venue=claim.venue or other.venue,
        group=other.group if claim.group in OPEN_GROUPS and same_metric else claim.group,
        method=claim.method or other.method,
        attributed_to=claim.attributed_to or other.attributed_to,
        past=claim.past and other.past,
    )


def agree(a: str | None, b: str | None) -> bool:
    """Two attributes do not contradict one another: equal, or one is left open."""
    return a is None or b is None or a == b


def agree_bodies(a: Claimant, b: Claimant) -> bool:
    """One of the two is open, or they are one body, or one is a part of the other: "UN" above what its human rights office says.

    Of people whom no list has the last name is enough: "Drapatyi" above what "Major General Mykhailo Drapatyi" said.
    """
    one_name = not (a.known or b.known) and a.body.split()[-1:] == b.body.split()[-1:]
    return a is NOBODY or b is NOBODY or a.body == b.body or a.within == b.body or b.within == a.body or one_name


def group_or_none(group: str) -> str | None:
    return None if group in OPEN_GROUPS else group


# --- one remark, among what is stored


def compatible(stored: Series, remark: Remark, page_text: str, constants: Constants) -> int:
    """How well a stored series fits a remark's: 0 where an attribute contradicts, else the more the more is equal (DOMAIN 3.0).

    What a text leaves open (group, start, unit, method, and for an event party, kind, place) matches any stored value.
    """
    wanted = remark.series
    if stored.metric != wanted.metric or not agree(stored.party, wanted.party) or not agree(stored.window, wanted.window):
        return 0
    points = [
        stored.party == wanted.party and wanted.party is not None,
        fits_group(stored, wanted),
        fits_unit(stored, wanted),
        fits_method(stored, wanted),
    ]
    if None in points:
        return 0
    if remark.track in (Track.TOLL, Track.TRANSFER):
        fit = fits_event(stored, remark, page_text, constants)
        told_alike = event_parts(stored)[0] == event_parts(wanted)[0]  # of two that fit alike the one that is called the same
        return 0 if not fit else 1 + 2 * (fit + sum(map(bool, points))) + told_alike
    if remark.track is Track.RUNNING and wanted.party is None and wanted.body == UNATTRIBUTED:
        return 0  # nobody's figure about nobody's people
    return 1 + sum(map(bool, points)) * 2 + (stored.body == wanted.body)


def wherever(remark: Remark) -> Remark:
    """The remark with the place of its event left open."""
    kind, _, day = event_parts(remark.series)
    return replace(remark, series=replace(remark.series, event=event_key(kind, None, day or remark.day)))


def on_day_of(stored: Series, remark: Remark) -> Remark:
    """The remark with the day of its event put where a stored event's is."""
    kind, place, day = event_parts(remark.series)
    return replace(remark, series=replace(remark.series, event=event_key(kind, place, event_parts(stored)[2] or day or remark.day)))


def as_event_of(stored: Series, remark: Remark) -> Remark:
    """The remark as one of a stored event, which goes by another word."""
    return replace(remark, series=replace(remark.series, event=stored.event))


def may_be_one(stored: Series, remark: Remark) -> bool:
    """Whether two words of war tell of the same people, at one place as far as both name one."""
    kind, place, _ = event_parts(stored)
    wanted, here, _ = event_parts(remark.series)
    warlike = kind is not None and wanted is not None and {kind, wanted} <= WARLIKE
    return warlike and stored.party == remark.series.party and (place is None or here is None or same_place(place, here))


def fits_group(stored: Series, wanted: Series) -> bool | None:
    """True equal, False open, None contradicting. Soldiers may be called people, but not villagers; an event's dead may be called by what
    they were; parts stay parts."""
    groups = {stored.group, wanted.group}
    if len(groups) == 1:
        return True
    if wanted.scope is Scope.EVENT:
        soldiers = "military" in groups and wanted.metric == "killed" and not groups <= SOLDIERS_OR_ALL
        apart = soldiers or groups & PART_GROUPS
        return None if apart else False
    return False if groups <= SOLDIERS_OR_ALL else None


def fits_unit(stored: Series, wanted: Series) -> bool | None:
    return True if stored.unit == wanted.unit else None if wanted.unit and stored.unit else False


def fits_method(stored: Series, wanted: Series) -> bool | None:
    """A list of names and an estimate are two series of one body; where nothing is said the method is open."""
    if stored.method == wanted.method:
        return True
    return None if stored.body == wanted.body and BY_NAME in (stored.method, wanted.method) else False


def event_days(remark: Remark, constants: Constants) -> tuple[date, date]:
    """From when until when an event happened that a remark may speak of: an attack about its day, a quake within weeks before it."""
    day, toll = event_parts(remark.series)[2] or remark.day, constants.toll
    if remark.track is Track.TRANSFER:
        return day - timedelta(days=1), day + timedelta(days=1)
    if remark.happening and remark.happening.season and event_parts(remark.series)[1] is None:
        return day - timedelta(days=SEASON_DAYS), day + timedelta(days=EVENT_DAYS)
    wide = bool(remark.happening and remark.happening.wide)
    at_war = event_parts(remark.series)[0] in WARLIKE and not wide
    lasts = lasts_of(remark) or (toll.point_days if at_war else toll.wide_days)
    first = month[0] if (month := month_of(remark)) else day
    return min(first, day - timedelta(days=lasts)), day + timedelta(days=toll.point_days)


def month_of(remark: Remark) -> tuple[date, date] | None:
    """The month on some day of which an event happened: "a month ago six were killed"; None where the text names a day."""
    return days_of(remark.as_of) if remark.as_of_stated and len(remark.as_of) == len("2025-12") else None


def lasts_of(remark: Remark) -> int | None:
    return remark.happening.lasts if remark.happening else None


def fits_event(stored: Series, remark: Remark, page_text: str, constants: Constants) -> int:
    """Whether a stored event is the one a remark speaks of: its kind, its place and its day, as far as both are given.

    A kind that is its kin counts only where the page names it too, unless the page's word may be said of both.
    """
    kind, place, day = event_parts(stored)
    wanted_kind, wanted_place, wanted_day = event_parts(remark.series)
    kin = remark.happening.kin.get(kind or "") if remark.happening else None
    broadly = bool(remark.happening and kind in remark.happening.broad)
    if not (agree(kind, wanted_kind) or broadly or (kin and kin.search(fold(page_text)))) or day is None or wanted_day is None:
        return 0
    wide = bool(remark.happening and remark.happening.wide)
    month = month_of(remark)
    apart = 0 if month and month[0] <= day <= month[1] else (wanted_day - day).days
    if remark.happening and remark.happening.season and place is None and wanted_place is None and agree(stored.party, remark.series.party):
        return 2 if -EVENT_DAYS <= apart <= SEASON_DAYS else 0
    if remark.track is Track.TRANSFER:
        limit = 0 if remark.as_of_stated else 1
        return 2 if abs(apart) <= limit and agree(place, wanted_place) else 0
    if (
        not -constants.toll.point_days
        <= apart
        <= (lasts_of(remark) or (constants.toll.wide_days if wide or not WARLIKE & {kind, wanted_kind} else constants.toll.point_days))
    ):
        return 0
    here = bool(place and wanted_place and same_place(place, wanted_place))
    mentioned = bool(place and re.search(rf"\b{re.escape(place)}\b", page_text))
    party = stored.party is not None and stored.party == remark.series.party
    if here or mentioned:
        return 4 if here else 3
    if place and wanted_place and not (wide and party):
        return 0
    return (
        2
        if party
        else 1
        if kind
        and kind == wanted_kind
        and (place is None or wanted_place is None)
        and agree(stored.party, remark.series.party)
        and apart <= 3
        else 0
    )


def recalled(remark: Remark, remarks: Sequence[Remark]) -> list[str]:
    """The sentences of a page that give the toll of an earlier day at another place than the remark's: "12 were killed in Omdurman on
    Thursday. On Tuesday a strike in North Darfur killed 54."."""
    _, here, day = event_parts(remark.series)
    if remark.track is not Track.TOLL or here is None or day is None:
        return []
    told = ((other.claim.quote, other.claim.metric, *event_parts(other.series)) for other in remarks if other.track is Track.TOLL)
    return [
        quote
        for quote, metric, _, elsewhere, before in told
        if metric == remark.claim.metric and quote != remark.claim.quote
        if elsewhere and before and before < day and not same_place(elsewhere, here)
    ]


def counted_apart(remark: Remark, remarks: Sequence[Remark], is_told_apart: Callable[[str], bool]) -> list[Remark]:
    """What a page says of the dead of other places beside those of the remark's: "11 died near Krakow, days after a crash near Kutno in
    which 39 did"; or of the same place, where a sentence tells them apart: "29 died, hours after a separate attack. That one killed 17".
    What is felt in many places is one event in all of them."""
    here = key_part(remark.claim.place)
    wide, recalls = bool(remark.happening and remark.happening.wide), remark.claim.past or remark.claim.superseded
    if remark.track is not Track.TOLL or wide or recalls:
        return []
    tolls = (other for other in remarks if other.track is Track.TOLL and not same(other.value, remark.value))
    beside = (other for other in tolls if not (other.claim.part or other.claim.past or other.claim.superseded))
    alike = [o for o in beside if o.claim.metric == remark.claim.metric]
    elsewhere = [o for o in alike if remark.claim.place and o.claim.place and not same_place(key_part(o.claim.place), here)]
    return elsewhere or [o for o in alike if is_told_apart(remark.claim.quote) or is_told_apart(o.claim.quote)]


def same_place(a: str, b: str) -> bool:
    """Whether two names of places, as in keys, may be of one: one within the other, or spelt otherwise."""
    return a in b or b in a or sound_alike(a, b)


def sound_alike(a: str, b: str) -> bool:
    """Whether two spellings are of one place's name."""
    return bool(sounds_of(a)) and sounds_of(a) == sounds_of(b)


@lru_cache(4096)
def sounds_of(place: str) -> str:
    """The consonants of a place's name, which its spellings in several languages and cases share.

    >>> sounds_of("харкові") == sounds_of("харькове") == sounds_of("kharkiv") == sounds_of("charkiw"), sounds_of("kherson")
    (True, 'krsn')
    """
    latin = "".join(CONSONANTS.get(letter, letter) for letter in place)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^b-df-gk-np-tv-xz]", "", latin.translate(ALIKE)))


CONSONANTS = dict(zip("бвгґджзклмнпрстфхцчшщ", "bvggdzzklmnprstfkkcss", strict=True))
ALIKE = str.maketrans("wcq", "vkk")


def with_neighbours(quote: str, text: str) -> str:
    """A sentence with the one before and the one after it.

    >>> with_neighbours("B is so.", "Z is first. A was. B is so. C will be. D too.")
    'A was. B is so. C will be.'
    """
    before, found, after = text.partition(quote)
    if not found:
        return quote
    return " ".join(filter(None, (SENTENCE_END.split(before.strip())[-1], quote, SENTENCE_END.split(after.strip())[0])))


SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»’)]*\s+|\n+")


# --- origins and states


def independent(origins: Iterable[Origin]) -> frozenset[str]:
    """The heads of the chains: families, or the agencies they copy; a rewriter of tier 3 is one only where nobody else is (DOMAIN 3.6)."""
    listed = list(origins)
    heads = frozenset(origin.copy_of or origin.family for origin in listed if origin.tier <= 2 and origin.copy_of != COPY)
    return heads or frozenset(origin.copy_of or origin.family for origin in listed[:1])


COPY = "agencies"
"""What a text copies that only says "agencies", or shares its words with an article already known."""


def state_of(origins: Sequence[Origin], marks: Collection[str]) -> State:
    """How well it is established that the claimant said it (DOMAIN 3.9)."""
    if marks and not VOID.isdisjoint(marks):
        return State.WITHDRAWN
    for mark in (State.WITHDRAWN, State.CONTESTED) if marks else ():
        if mark in marks and UPHELD not in marks:
            return mark
    if not origins:
        return State.UNCONFIRMED
    if any(origin.primary for origin in origins):
        return State.PRIMARY
    quoted = any(origin.tier == 1 and origin.direct_quote for origin in origins)
    return State.REPORTED if quoted or len(independent(origins)) >= 2 else State.UNCONFIRMED


def is_confirmed(origins: Sequence[Origin], constants: Constants) -> bool:
    """The claimant did say it: on the claimant's own channel, or in three families' direct quotes (DOMAIN 3.0)."""
    quoting = independent(origin for origin in origins if origin.direct_quote and origin.tier <= 2)
    return any(origin.primary for origin in origins) or len(quoting) >= constants.hold.confirming_families


def new_statement(remark: Remark, series: Series, page: Page, kind: Kind) -> Statement:
    """The statement a remark makes."""
    claim = remark.claim
    said = min(remark.day, page.day) if remark.as_of_stated and len(remark.as_of) == 10 else page.day
    return Statement(
        series,
        claim.low,
        claim.high,
        claim.qualifier,
        shown_name(remark.claimant, page),
        remark.as_of,
        remark.as_of_stated,
        said,
        claim.quote,
        page.article.language or "",
        page.article.url,
        page.article.outlet,
        page.seen_at,
        kind,
        claim.venue,
    )


def shown_name(claimant: Claimant, page: Page) -> str:
    """Whom people are told of; where nobody is named, the newsroom speaks for itself."""
    return claimant.name or page.publisher.title or page.article.outlet


def adds_up(values: Iterable[int], a: int, b: int) -> bool:
    """Whether two numbers of one event are explained: one is the other twice (both sides together), or with further parts added.

    >>> adds_up([157, 157, 3], 314, 157), adds_up([150, 7], 157, 150), adds_up([], 207, 195)
    (True, True, False)
    """
    low, high = sorted((a, b))
    parts = [value for value in values if 0 < value < high][:8]
    return high == 2 * low or any(low + sum(some) == high or 2 * low + sum(some) == high for n in (1, 2) for some in combinations(parts, n))


def is_plan(claim: Claim) -> bool:
    """Not a figure of what is: a plan, a forecast, another war, a number that is not given (DOMAIN 3.4)."""
    return claim.stance is Stance.HYPOTHETICAL or claim.comparison or (claim.low is None and claim.high is None)
