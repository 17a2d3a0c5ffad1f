"""Find the day a figure holds for: dates and weekdays in a sentence, resolved against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from crawler.article import Moment
from monitors.figures.lexicon import Language
from monitors.figures.numbers import is_month, is_year, last_day, opens_window
from monitors.figures.tokens import Token
from monitors.model import PartialDate


@dataclass(frozen=True)
class Day:
    """A date in a sentence, tokens[first:last]; `role` is what it is the date of: as_of, since, said, happened, named or none."""

    iso: PartialDate
    first: int
    last: int
    role: str
    window: bool = False
    """It ends a window: "between 24 February and 13 March"."""
    opens: int = 0
    """ "since December 2023, when 14 died, …": up to this token all holds for it, whatever it is the date of before; 0 of none."""
    occurrence: bool = False
    """An event is called by it: "in Monday's attack"."""


def find_dates(tokens: Sequence[Token], published: date | None, language: Language) -> list[Day]:
    """Every date of the sentence in order. A weekday is the last one before publication, or the day itself."""
    days: list[Day] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if not _may_date(token, language):
            at += 1
            continue
        day = _read(tokens, at, published, language) or _second_year(tokens, at, days)
        if day:
            day = replace(day, opens=_opens(day, tokens), occurrence=_calls_event(tokens[day.last : day.last + 4]))
            days += _ends_of(replace(day, role=_thing_of(day, tokens) or day.role), tokens, language)
            at = day.last
        else:
            at += 1
    return _windows(days, tokens)


def _may_date(token: Token, language: Language) -> bool:
    counts = token.value is not None or token.text[0].isdigit() or token.low in language.numerals
    return counts or not DATING.isdisjoint(token.tags) or token.low in language.table["numbers"]["article"]


DATING = frozenset({"month", "weekday", "day", "date_last", "date_this", "span"})


def _second_year(tokens: Sequence[Token], at: int, days: Sequence[Day]) -> Day | None:
    """ "between 2010 and 2020"."""
    follows = bool(days) and days[-1].last == at - 1 and tokens[at - 1].has("to", "conjunction")
    return Day(tokens[at].text, at, at + 1, "on") if follows and is_year(tokens[at]) else None


def _ends_of(day: Day, tokens: Sequence[Token], language: Language) -> list[Day]:
    """ "between 3 and 19 July", "from July 3 to 19": both days of a window whose month is named once; else the day."""
    month, _, number = day.iso.rpartition("-")
    if len(day.iso) < len("2026-01-13"):
        return [day]
    before = [at for at in range(max(0, day.first - 5), day.first) if not tokens[at].has("det")]
    if len(before) > 2 and opens_window(before[-3], before[-1], tokens, language):
        first = _day_of_month(tokens[before[-2]], language)  # "between 3 and 19 July"
        if first is not None and first < int(number):
            begun = Day(f"{month}-{first:02}", before[-2], before[-1], "since")
            return [begun, replace(day, role="as_of", window=True)]
    final = last_day(day.first + 1, tokens, language) if day.first + 2 < day.last else None
    if final and opens_window(day.first - 1, day.first + 2, tokens, language):
        ended = replace(day, iso=f"{month}-{int(tokens[final].value or 0):02}", first=final, role="as_of", window=True)
        return [replace(day, last=day.first + 2, role="since"), ended]
    return [day]


def _windows(days: list[Day], tokens: Sequence[Token]) -> list[Day]:
    """ "from February 24, 2022 to January 29, 2026", "between May and June": the first begins, the second is the day it holds for."""
    for i, (first, second) in enumerate(pairwise(days)):
        gap = tokens[first.last : second.first]
        opened = first.first > 0 and tokens[first.first - 1].has("preposition")
        if opened and 0 < len(gap) <= 4 and gap[0].has("to", "conjunction") and not any(token.value for token in gap):
            days[i], days[i + 1] = replace(first, role="since"), replace(second, role="as_of", window=True)
    return days


def find_as_of(at: int, days: Sequence[Day], others: Sequence[int] = (), replaced: bool = False) -> Day | None:
    """The date a number at token `at` holds for: "as of" first, else the nearest that is no beginning and no other thing's date.

    The old value of "rose from 8 to 9 on Tuesday" (`replaced`) has only a date of its own: "up from 601 on Monday".
    """
    if replaced:
        own = (day for day in days if at < day.first <= at + OWN and not any(at < other < day.first for other in others))
        return next(own, None)
    opening = [day for day in days if day.last < at < day.opens]
    if opening:
        return opening[-1]
    usable = [day for day in days if day.role not in ("since", *THINGS) and abs(day.first - at) < (FARTHEST if day.role == "said" else FAR)]

    def away(day: Day) -> int:
        """How far off, and farther where another number (at one of `others`) stands between."""
        first, last = sorted((day.first, at))
        return last - first + (day.first < at) + FAR * sum(first < other < last for other in others)

    return min(usable, key=lambda day: (day.role != "as_of", away(day)), default=None)


OWN = 6
OPENED = 24
"""Tokens that a date opens at most: "since December 2023, when 14 people were murdered at …"."""
FAR, FARTHEST = 26, 45
"""Tokens between a number and its date, and the date of the verb that says it."""


def but_dateline(days: Sequence[Day], tokens: Sequence[Token]) -> list[Day]:
    """The dates of a sentence without its dateline's, where a month or a year is named: "PARIS, Jan 13 (Reuters) - 30 died in May"."""
    others = [day for day in days if not _is_datelines(day, tokens)]
    return others if any(len(day.iso) < len("2026-01-13") for day in others) else list(days)


def _is_datelines(day: Day, tokens: Sequence[Token]) -> bool:
    return day.last <= DATELINE and day.last < len(tokens) and tokens[day.last].text == "("


DATELINE = 9
"""Tokens at the start of a sentence in which a day before a bracket is that of its dateline."""


def told_from(published: Moment | None, modified: Moment | None, opening: Sequence[Token], language: Language) -> date | None:
    """The day from which a page counts its "on Monday": its dateline's ("MANILA, Aug 31 (Reuters) - …" in its first sentence), else that
    of its last change, where it comes soon after the page was published; the next one where that is what its first sentence tells of, and
    it was so late by UTC that in the east it had begun."""
    first = day_of(published)
    moment = modified if _is_soon(first, day_of(modified)) else published
    changed = day_of(moment)
    days = find_dates(opening, changed, language)
    datelines = (day.iso for day in days if _is_datelines(day, opening))
    written = next((date.fromisoformat(iso) for iso in datelines if len(iso) == len("2026-01-13")), None)
    if _is_soon(first, written):
        return written
    return changed + timedelta(days=1) if changed and _is_late(moment) and _is_tomorrow(changed, days, opening) else changed


def day_of(moment: Moment | None) -> date | None:
    """The day of a moment; a day is its own."""
    return moment.date() if isinstance(moment, datetime) else moment


def _is_late(moment: Moment | None) -> bool:
    """Whether the next day has begun in the east: at noon by UTC it is midnight in Auckland. A time without zone is taken for UTC."""
    return isinstance(moment, datetime) and (moment.astimezone(UTC) if moment.tzinfo else moment).hour >= 12


def _is_tomorrow(changed: date, days: Sequence[Day], opening: Sequence[Token]) -> bool:
    """ "… said at daybreak on Thursday" of a page that is of Wednesday evening in UTC: it is Thursday already where it was written."""
    told = [day for day in days if opening[day.first].has("weekday") and day.role not in THINGS]
    days_before = {(changed - date.fromisoformat(day.iso)).days for day in told}
    return 6 in days_before and 0 not in days_before


def _is_soon(published: date | None, day: date | None) -> bool:
    return published is not None and day is not None and 0 <= (day - published).days <= SOON


SOON = 5
"""Days after a page was published on which it is still rewritten; what is changed later is a word or a mark."""


THINGS = ("named", "happened")
"""Roles of a date that is another thing's than the figure's: the event's itself, or a plan's, a meeting's."""


def find_happened(days: Sequence[Day], own: Day | None) -> PartialDate | None:
    """The day of the event that a sentence names by it: "the toll of the November 19 strike stands at 32", or "died on Friday of wounds
    suffered in Monday's attack", where the figure has a day of its `own`; None where it names none."""
    told = (day for day in days if day.role == "happened" or (day.occurrence and own and day is not own))
    return next((day.iso for day in told if len(day.iso) == len("2026-01-13")), None)


def find_recalled(days: Sequence[Day], tokens: Sequence[Token], published: date | None) -> tuple[Day | None, bool]:
    """The date of an older event that a sentence tells of ("a court on Monday jailed the owner of a boat that sank in October 2024"), and
    whether it tells of one that is not old."""
    happenings = [at for at, token in enumerate(tokens) if token.has("occurrence", "scope_event")]
    dated = [day for day in days if any(0 < day.first - at <= TOLD_OF or 0 <= at - day.last <= OWN for at in happenings)]
    late = (published - timedelta(days=LONG_AGO)).isoformat() if published else ""
    old = [day for day in dated if day.iso < late[: len(day.iso)] and day.role in ("on", "happened")]
    aftermath = any(token.has("date_aftermath") for token in tokens)
    older = old[-1] if old and (aftermath or len(old) == len(dated)) else None
    return older, bool(happenings) and not older and (bool(dated) or not aftermath)


TOLD_OF = 8
"""Tokens between an event and its date: "a boat that sank on Lake Kivu in October 2024"."""
LONG_AGO = 30
"""Days after which an event's toll is told as that of an older one."""


def recall(recalled: Day | None, tokens: Sequence[Token]) -> list[Day]:
    """The date of "the disaster" in a sentence without one, where a sentence before told when that was."""
    at = next((at for at, (a, b) in enumerate(pairwise(tokens)) if a.has("definite") and b.has("occurrence")), None)
    return [replace(recalled, first=at, last=at + 2, role="recalled", window=False, opens=0)] if recalled and at is not None else []


def _thing_of(day: Day, tokens: Sequence[Token]) -> str | None:
    """What a date belongs to that stands for another thing: "the Oct. 7 attack", "Monday's quake" (happened), "the November ceasefire",
    "expect to reach the others on Thursday" (named)."""
    before = tokens[day.first - 1] if day.first else None
    after = tokens[day.last : day.last + 4]
    if _is_ahead(day, tokens):
        return "named"
    if _whose(before, after):
        return "happened" if _calls_event(after) else "named"
    if len(day.iso) == len("2026-01") and any(token.has("war") for token in tokens[max(0, day.first - 2) : day.last + 1]):
        return None if day.role == "since" else "named"  # "since the ceasefire of November 2024"
    determined = len(day.iso) > len("2026") and before is not None and before.has("det")
    return "happened" if determined and any(token.has("occurrence", "attack") for token in after[:2]) else None


def _is_ahead(day: Day, tokens: Sequence[Token]) -> bool:
    """ "a truce set to begin Monday", "the search will resume at dawn on Friday": the date of what is still to come."""
    near = tokens[max(0, day.first - AHEAD) : day.first]
    if any(token.has("date_planned") for token in near[-3:]):
        return True
    for token in reversed(near):
        if token.text in ",;:" or token.value is not None or token.has("say", "relative", "subordinate", "state", "fall", "act"):
            return False
        if token.has("date_planned") or ("stance_hypothetical" in token.tags and not token.has("worry", "supposed", "month")):
            return True
    return False


AHEAD = 10
"""Tokens between a date and the word that says it is still to come."""


def _calls_event(after: Sequence[Token]) -> bool:
    return bool(after) and after[0].text == "'s" and any(token.has("occurrence", "attack") for token in after)


def _opens(day: Day, tokens: Sequence[Token]) -> int:
    at = day.last + 1 if day.last < len(tokens) and tokens[day.last].text == "," else day.last
    of_event = day.role == "since" and any(token.has("occurrence") for token in tokens[max(0, day.last - 3) : day.last])
    dated = day.role == "named" or of_event  # "the worst since the crash of 2016 that …", "since the Indian Ocean tsunami of 2004, which …"
    worst_since = dated and at < len(tokens) and tokens[at].has("relative")
    if at >= len(tokens) or not (tokens[at].has("date_when") or worst_since):
        return 0
    return min(clause_end(at + 1, tokens), day.last + OPENED + 1)


def clause_end(at: int, tokens: Sequence[Token]) -> int:
    """Where a clause ends: at its comma, but "when a plane came down near Pokhara, killing all 72", "in which 72 died" go on."""
    marks = (here for here in range(at, len(tokens)) if tokens[here].text in ",;")
    return next((here for here in marks if not _adds(tokens[here + 1 : here + 3])), len(tokens))


def _adds(ahead: Sequence[Token]) -> bool:
    """ "killing 72", "in which", "during which", after a comma; not "killed"."""
    if not ahead or ahead[0].has("relative", "date_when"):
        return bool(ahead)
    led = ahead[0].has("preposition") and any(token.has("relative") for token in ahead[1:])
    return led or (ahead[0].has("act") and not ahead[0].has("state", "fall"))


def _whose(before: Token | None, after: Sequence[Token]) -> bool:
    """ "days after Monday's quake", not "in Monday's quake", "Monday's quake that killed": there the quake's people are counted."""
    told = (before is not None and before.has("date_started", "locative")) or any(token.has("relative", "act") for token in after[2:])
    return bool(after and after[0].text == "'s" and not told)


def _read(tokens: Sequence[Token], at: int, published: date | None, language: Language) -> Day | None:
    token = tokens[at]
    if token.value is None and (numeric := NUMERIC.fullmatch(token.text)):
        return _numeric(numeric, tokens, at, published)
    if is_month(token, language) and not _is_verb(at, tokens):
        return _month(tokens, at, published, language)
    if (number := _day_of_month(token, language)) is not None and (month := _month_ahead(tokens, at + 1, language)):
        return _day_month(tokens, at, month, number, published)
    if is_year(token) and _opens_year(tokens, at):
        if at + 1 >= len(tokens) or not tokens[at + 1].has("person", "nation", "noun"):
            return Day(token.text, at, at + 1, _role(tokens, at))
        return None
    if published is None:
        return None
    if token.has("weekday") and (token.capital or token.low not in language.table["dates"]["ambiguous"]) and len(token.low) > 3:
        back = (published.weekday() - int(token.tags["weekday"])) % 7
        if at > 0 and tokens[at - 1].has("date_last") and back == 0:
            back = 7
        return Day((published - timedelta(days=back)).isoformat(), at, at + 1, _role(tokens, at))
    if token.has("day"):
        return Day((published + timedelta(days=int(token.tags["day"]))).isoformat(), at, at + 1, _role(tokens, at))
    if token.has("date_last") and at + 1 < len(tokens) and (over := tokens[at + 1].tags.get("season")):
        year = published.year - (published.month <= int(over))
        return Day(f"{year:04}-{int(over):02}", at, at + 2, _role(tokens, at))  # "last summer", until its end
    if ago := _ago(tokens, at, published, language):
        return ago
    of_a_thing = at + 2 < len(tokens) and tokens[at + 2].text == "'s"  # "during this year's hajj"
    if token.has("date_this") and not of_a_thing and at + 1 < len(tokens) and (span := tokens[at + 1].tags.get("span")) in ("30", "365"):
        return Day(published.isoformat()[: 4 if span == "365" else 7], at, at + 2, "on")  # "31 this year"
    if token.has("span") and at + 1 < len(tokens) and tokens[at + 1].has("date_last_after") and token.tags["span"] in ("30", "365"):
        return _last_span(token.tags["span"], at, tokens, published)  # "le mois dernier"
    if (
        token.has("date_last")
        and at + 1 < len(tokens)
        and tokens[at + 1].tags.get("span") in ("30", "365")
        and (at == 0 or not tokens[at - 1].has("preposition", "det", "locative") or (at + 2 < len(tokens) and tokens[at + 2].text == "'s"))
    ):
        return _last_span(tokens[at + 1].tags["span"], at, tokens, published)
    return None


NUMERIC = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)")
"""24.02.2022, 24.02.22: the day first."""


def _numeric(found: re.Match[str], tokens: Sequence[Token], at: int, published: date | None) -> Day | None:
    day, month, year = map(int, found.groups())
    return _dated(year + 2000 * (year < 100), month, day, at, at + 1, _role(tokens, at), published) if 1 <= month <= 12 else None


def _last_span(span: str, at: int, tokens: Sequence[Token], published: date) -> Day:
    if span == "365":
        return Day(str(published.year - 1), at, at + 2, _role(tokens, at))
    before = published.replace(day=1) - timedelta(days=1)
    return Day(before.isoformat()[:7], at, at + 2, _role(tokens, at))


def _ago(tokens: Sequence[Token], at: int, published: date, language: Language) -> Day | None:
    """ "five years earlier", "three months ago": the year or the month, or the day where it is days "ago"."""
    days = at + 1 < len(tokens) and tokens[at + 1].tags.get("span") in ("1", "7", DECADE)
    one = 1 if days and tokens[at].low in language.table["numbers"]["article"] else None  # "a week ago"
    count = tokens[at].value if tokens[at].value is not None else language.numerals.get(tokens[at].low, one)
    led = at > 0 and tokens[at - 1].has("date_ago_led")  # "il y a cinq ans"
    told = led or (at + 2 < len(tokens) and tokens[at + 2].has("date_ago"))
    span = tokens[at + 1].tags.get("span") if told and at + 1 < len(tokens) else None
    if span is None or not count or count > MOST_AGO or count != int(count):
        return None
    number, role, last = int(count), _role(tokens, at), at + 2 if led else at + 3
    if span in ("365", DECADE):
        return Day(f"{published.year - number * int(span) // 365:04}", at, last, role)
    if span == "30":
        months = published.year * 12 + published.month - 1 - number
        return Day(f"{months // 12:04}-{months % 12 + 1:02}", at, last, role)
    exact = (led or tokens[at + 2].low in language.table["dates"]["ago_now"]) and span in ("1", "7")
    return Day((published - timedelta(days=number * int(span))).isoformat(), at, last, role) if exact else None


DECADE = "3650"
MOST_AGO = 200
"""Years, months or days that a text counts back."""


def _is_verb(at: int, tokens: Sequence[Token]) -> bool:
    """ "15 People May Be Missing": a headline's auxiliary."""
    return tokens[at].has("modal") and at + 1 < len(tokens) and tokens[at + 1].has("be", "have", "fall")


def _opens_year(tokens: Sequence[Token], at: int) -> bool:
    """ "in 2024", "fiscal 2021", "the 1989 stadium disaster", "a 2014 ferry sinking", "the city's 2017 Grenfell Tower fire"."""
    if at == 0:
        return False
    if tokens[at - 1].has("preposition", "date_last", "of", "date_year_of", "season"):
        return True
    if tokens[at + 1 : at + 2] and tokens[at + 1].text == "," and any(token.has("date_when") for token in tokens[at + 2 : at + 3]):
        return True  # "go back to 1992, when 263 died"
    led = tokens[at - 1].has("det") or tokens[at - 1].text == "'s"
    return led and any(t.has("occurrence", "scope_event", "scope_ongoing", "date_season") for t in tokens[at + 1 : at + 5])


def _month(tokens: Sequence[Token], at: int, published: date | None, language: Language) -> Day | None:
    month = int(tokens[at].tags["month"])
    day = _day_of_month(tokens[at + 1], language) if at + 1 < len(tokens) else None
    last = at + 1 if day is None else at + 2
    if day is not None and (final := last_day(at + 1, tokens, language)):
        last = final + 1
        if tokens[at + 2].text == "-":
            day = int(tokens[final].value or 0)  # "on November 15-19"; a "night of October 11 and 12" is that of the 11th
    year, last = _year(tokens, last, published)
    return _dated(year, month, day, at, last, _role(tokens, at), published)


def _day_of_month(token: Token, language: Language) -> int | None:
    """The day that "6", "3rd" or "1er" is."""
    digits = token.text
    if token.value is None:
        suffix = next((suffix for suffix in language.table["numbers"]["ordinal_suffix"] if token.low.endswith(suffix)), None)
        digits = token.low.removesuffix(suffix) if suffix else ""
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def _month_ahead(tokens: Sequence[Token], at: int, language: Language) -> int | None:
    """Where the month of a day stands: "6 March", "6 de marzo"."""
    at += at < len(tokens) and tokens[at].has("of")
    return at if at < len(tokens) and is_month(tokens[at], language) else None


def _day_month(tokens: Sequence[Token], at: int, month: int, day: int, published: date | None) -> Day | None:
    year, last = _year(tokens, month + 1, published)
    return _dated(year, int(tokens[month].tags["month"]), day, at, last, _role(tokens, at), published)


def _year(tokens: Sequence[Token], at: int, published: date | None) -> tuple[int | None, int]:
    """The year that follows a month or a day of one, and where it ends: "January 2024", "in January this year", "May last year"."""
    if published and at + 1 < len(tokens) and tokens[at].has("date_this", "date_last") and tokens[at + 1].tags.get("span") == "365":
        return published.year - tokens[at].has("date_last"), at + 2
    skip = at + 1 if at < len(tokens) and (tokens[at].text == "," or tokens[at].has("of")) else at
    if skip < len(tokens) and tokens[skip].text.isdigit() and len(tokens[skip].text) == 4 and 1900 <= (tokens[skip].value or 0) <= 2100:
        return int(tokens[skip].value or 0), skip + 1
    return None, at


def _dated(year: int | None, month: int, day: int | None, first: int, last: int, role: str, published: date | None) -> Day | None:
    if year is None:
        if published is None:
            return None
        year = (
            published.year
            if (month, day or 0) <= (published.month, published.day if day else 0) or month == published.month
            else published.year - 1
        )
    if day is None:
        return Day(f"{year:04}-{month:02}", first, last, role)
    try:
        return Day(date(year, month, day).isoformat(), first, last, role)
    except ValueError:
        return Day(f"{year:04}-{month:02}", first, last, role)


def _role(tokens: Sequence[Token], at: int) -> str:
    """What a date is the date of, by the words before it: "since the war began on", "as of", "said on", "the Oct. 7 attack"."""
    if at and tokens[at - 1].has("date_from"):
        return "since"  # «з 24 лютого»
    for token in reversed(tokens[max(0, at - 10) : at]):
        if token.has("date_since") and not token.has("locative"):
            return "named" if any(t.has("date_superlative") for t in tokens[max(0, at - 12) : at]) else "since"
        if token.text in ",;:" or token.value is not None or token.has("state", "fall", "act"):
            break
    for token in reversed(tokens[max(0, at - 3) : at]):
        if token.has("say"):
            return "said"
        if token.has("date_as_of") and not token.has("date_loose"):
            return "as_of"
        if not token.has("det", "filler", "preposition", "adverb", "day", "month", "weekday", "date_last"):
            break
    return "on"
