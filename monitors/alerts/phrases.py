"""Put figures, people, dates and differences into the words of the reader's language: pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from monitors.model import Blindness, PartialDate, Qualifier, Scope, Trouble

QUOTE_LENGTH = 300
"""DOMAIN.md 3.12: a quoted sentence has at most 300 characters."""

NEAR = timedelta(days=300)
"""A day so near needs no year."""


@cache
def words() -> dict[str, Any]:
    """The reader's language: labels and frames of en.toml."""
    return tomllib.loads(files("monitors.alerts").joinpath("en.toml").read_text("utf-8"))


def say(frame: str, **fields: object) -> str:
    """Fill a frame of [say]; a name with a capital gives the field with one: {Subject}."""
    return fill(words()["say"][frame], **fields)


def say_count(frame: str, n: int, section: str = "say", **fields: object) -> str:
    """Fill the frame for one or for many."""
    return fill(words()[section][frame]["one" if n == 1 else "many"], n=n, **fields)


def fill(frame: str, **fields: object) -> str:
    """Fill a frame; `{Subject}` is `{subject}` with a capital."""
    begins = {begin: capital(str(value)) for name, value in fields.items() if f"{{{(begin := name.capitalize())}}}" in frame}
    return frame.format(**fields, **begins)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- text of others

UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls, halves of characters, line separators (Unicode's categories Cc, Cs, Zl, Zp), and what turns the order of letters round."""


def clean(text: str) -> str:
    """One line that shows what it says: no control characters, no reordering of letters, nobody called by @, no hidden link.

    >>> clean("killed\\r\\nBcc: x@example.org \\x1b[31m")
    'killed Bcc: x@example.org [31m'
    >>> clean("[read](http://example.org) @everyone")
    '[read] (http://example.org) @ everyone'
    """
    return disarm(text).strip()


def disarm(text: str) -> str:
    """The same of a stretch of a line, whose spaces at its ends count."""
    if text.isprintable() and "  " not in text and "](" not in text and "@" not in text and "<" not in text:
        return text  # nearly always, and hardly looked at
    shown = re.sub(r"\s+", " ", UNSHOWN.sub(" ", text))
    shown = re.sub(r"\](?=\()", "] ", shown)
    return CALLS.sub(" ", shown)


CALLS = re.compile(r"(?<=@)(?=(?:everyone|here|channel|all|room)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)
"""Between a sign and the name by which it calls everybody, somebody or a room."""


def cut(text: str, limit: int) -> str:
    """Shorten at a word, with an ellipsis that counts.

    >>> cut("55,000 soldiers were killed", 20)
    '55,000 soldiers…'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rsplit(" ", 1)[0] if " " in head and not text[limit - 1].isspace() else head
    return whole.rstrip(" ,;:–-") + "…"


def cut_quote(quote: str, number: str) -> str:
    """A quote of at most 300 characters that still holds the number: where it stands late, the quote's beginning goes.

    >>> cut_quote("In 2012 it rained " + "a" * 400 + " and 12 died.", "12")[-12:]
    'and 12 died.'
    """
    quote = clean(quote)
    if len(quote) <= QUOTE_LENGTH:
        return quote
    found = re.search(rf"(?<!\w){re.escape(number)}(?!\w)", quote) if number else None
    at = found.start() if found else max(0, quote.find(number))
    end = at + len(number)
    shown = cut(quote, QUOTE_LENGTH)
    if end < len(shown):
        return shown
    middle = at - QUOTE_LENGTH // 2
    begin = quote.rfind(" ", max(0, middle - NEARBY), middle) + 1 or middle
    shown = "…" + cut(quote[begin:], QUOTE_LENGTH - 1)
    return shown if end - begin < len(shown) else f"…{quote[begin : begin + QUOTE_LENGTH - 2]}…"  # one word, however long


NEARBY = 50
"""Characters: so near a cut there is a space between words."""


# --- numbers


@dataclass(frozen=True)
class Value:
    """A figure to be shown: its bounds, their qualifier, and the sentence in whose form its numbers are printed."""

    low: int | None
    high: int | None
    qualifier: Qualifier | None = None
    quote: str = ""

    @property
    def bound(self) -> Qualifier:
        """The qualifier as far as it fits the bounds: they may be of a spread that nobody qualified."""
        if self.low is None and self.high is None:
            return Qualifier.VAGUE
        if self.low is None:
            return self.qualifier if self.qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN) else Qualifier.UP_TO
        if self.high is None:
            return self.qualifier if self.qualifier in (Qualifier.MORE_THAN, Qualifier.AT_LEAST) else Qualifier.AT_LEAST
        if self.low != self.high:
            return Qualifier.BETWEEN
        return self.qualifier if self.qualifier in (Qualifier.ABOUT, Qualifier.NEARLY) else Qualifier.EXACT

    @property
    def exact(self) -> bool:
        return self.bound is Qualifier.EXACT

    @property
    def number(self) -> int | None:
        return self.low if self.low is not None else self.high

    @property
    def middle(self) -> float | None:
        """Where it is drawn: its number, the middle of a range; None without a number."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return sum(ends) / len(ends) if ends else None


def value_words(value: Value, style: str = "qualifiers") -> str:
    """A value in words: "more than 46,000", or short for a title: "46,000+".

    >>> value_words(Value(46000, None, Qualifier.MORE_THAN)), value_words(Value(46000, None, Qualifier.MORE_THAN), "short")
    ('more than 46,000', '46,000+')
    """
    low, high = (None if n is None else print_number(n, value.quote) for n in (value.low, value.high))
    return str(words()[style][value.bound].format(n=low or high, low=low, high=high))


def print_number(number: int, quote: str = "") -> str:
    """A number as its quote prints it: in digits, or with "million" where the quote has it so and not the digits.

    >>> print_number(1200000, "some 1.2 million people"), print_number(55000, "55 000 soldiers")
    ('1.2 million', '55,000')
    """
    digits = f"{number:,}"
    scaled = next((form for form in scaled_forms(number) if form in quote), None) if quote else None
    return digits if scaled is None or re.search(rf"(?<!\d){'[^0-9a-z]?'.join(str(number))}(?!\d)", quote) else scaled


def scaled_forms(number: int) -> Iterator[str]:
    """The ways of printing a number with a word for its size: "1.2 million"."""
    for word, scale in words()["scales"].items():
        if number >= scale:
            head = f"{(Decimal(number) / scale).normalize():f}"
            yield from (f"{head}{joint}{word}" for joint in (" ", "\u00a0", "-"))


def round_mark(old: int | None, new: int) -> int:
    """The roundest mark passed on the way from the old value to the new.

    >>> round_mark(1_299_020, 1_300_030), round_mark(None, 52_300)
    (1300000, 50000)
    """
    unit: int = 10 ** (len(str(new)) - 1)
    while old is not None and unit > 1 and new // unit * unit <= old:
        unit //= 10
    return new // unit * unit


# --- how far apart


@dataclass(frozen=True)
class Difference:
    """How far a new value lies from an old one, as bounds on the signed difference; `exact` where both values are."""

    least: int | None
    most: int | None
    base: int | None
    loose: bool
    exact: bool


def difference(old: Value, new: Value) -> Difference:
    """Bound the difference of two bounded values: from "more than 46,000" to 55,000 it is at most 9,000.

    >>> difference_words(difference(Value(46000, None), Value(55000, 55000)))
    'up to 9,000 more, up to 19.6 %'
    """
    least = None if new.low is None or old.high is None else new.low - old.high
    most = None if new.high is None or old.low is None else new.high - old.low
    loose = any(value.bound in (Qualifier.ABOUT, Qualifier.NEARLY) for value in (old, new))
    base = old.low if old.low is not None else old.high
    return Difference(least, most, base, loose, old.exact and new.exact)


def difference_words(d: Difference) -> str | None:
    """A bounded difference in words, with its share of the old value; None where the bounds say nothing."""
    if d.least is None and d.most is None:
        return None
    if d.least == d.most == 0:
        return say("same")
    if (d.least or 0) < 0 < (d.most or 0):
        return say("either", low=say("fewer", n=f"{-(d.least or 0):,}"), high=say("more", n=f"{d.most:,}"))
    falls = d.most is not None and d.most <= 0 if d.least is None else d.least < 0
    near, far = (d.most, d.least) if falls else (d.least, d.most)
    if near is None and far is not None and (far < 0) is not falls:
        return None
    counts = bounded(near, far, d.loose, lambda n: f"{abs(n):,}")
    shares = bounded(near, far, d.loose, lambda n: say("percent", n=f"{abs(n) * 100 / (d.base or 1):.1f}")) if d.base else None
    if counts is None:
        return None
    return ", ".join(part for part in (say("fewer" if falls else "more", n=counts), shares) if part)


def bounded(near: int | None, far: int | None, loose: bool, show: Any) -> str | None:
    """The bounds of an amount in words: "up to 9,000", "at least 500", "10,000 to 60,000", "about 9,000", "9,000"."""
    if near == far and near is not None:
        return say("roughly", n=show(near)) if loose else str(show(near))
    if near is None or near == 0:
        return None if not far else say("at_most", n=show(far))
    return say("at_least", n=show(near)) if far is None else say("span", low=show(near), high=show(far))


# --- dates


@lru_cache(maxsize=10_000)
def day_words(day: PartialDate) -> str:
    """A day, month or year as people write it.

    >>> day_words("2026-02-16"), day_words("2026-02"), day_words("2026")
    ('16 Feb 2026', 'Feb 2026', '2026')
    """
    year, *rest = day.split("-")
    names = words()["months"]["names"]
    if not all(part.isdigit() for part in rest) or (rest and not 1 <= int(rest[0]) <= 12):
        return day
    return " ".join([*(str(int(part)) for part in rest[1:]), *(names[int(part) - 1] for part in rest[:1]), year])


def time_words(when: datetime, timezone: tzinfo) -> str:
    """A point in time where the reader lives: "5 Feb 2026 08:16 UTC"."""
    local = when.astimezone(timezone)
    return f"{day_words(local.date().isoformat())} {local:%H:%M %Z}"


def since_words(since: datetime, now: datetime) -> str:
    """Since when, in a title: with the time while it is near, with the year once it is far.

    >>> since_words(datetime(2026, 2, 5, 10), datetime(2026, 2, 6)), since_words(datetime(2023, 4, 14, 10), datetime(2026, 2, 6))
    ('5 Feb 10:00', '14 Apr 2023')
    """
    day = day_words(since.date().isoformat())
    return f"{day.rsplit(' ', 1)[0]} {since:%H:%M}" if now - since < NEAR else day


def trouble_words(trouble: Trouble, now: datetime) -> str:
    """How an outlet has gone blind, in a few words: "its feed is frozen since 14 Apr 2023"."""
    frames, since = words()["blindness"], trouble.since and since_words(trouble.since, now)
    match trouble.kind:
        case Blindness.NOTHING:
            return str(frames["nothing" if since else "never"].format(since=since))
        case Blindness.LOST:
            return str(frames["lost"].format(field=frames["fields"][trouble.subject]))
        case Blindness.EMPTY | Blindness.FROZEN:
            return say_count(trouble.kind, trouble.among, "blindness", since=since)
    return str(frames[trouble.kind])


def days_between(old: PartialDate, new: PartialDate) -> int | None:
    """Days from one full day to another; None where either is only a month or a year."""
    try:
        return (date.fromisoformat(new) - date.fromisoformat(old)).days
    except ValueError:
        return None


# --- what is counted, and who says so


def subject_words(metric: str | None, party: str | None, group: str | None, monitor: str | None = None) -> str:
    """What is counted: "Ukrainian soldiers killed", "people killed, Turkey", "measles cases, Texas".

    >>> subject_words("killed", "ukraine", "military"), subject_words("cases", "texas", "all", "measles")
    ('Ukrainian soldiers killed', 'measles cases, Texas')
    >>> subject_words("killed", "austria", "other:skiers"), subject_words("killed", "gaza", "other:un_staff")
    ('skiers killed, Austria', 'UN staff killed, Gaza')
    """
    data, own = words(), metric_word(metric)
    frame = data["metrics"].get(metric)
    if frame is None:
        is_monitors = monitor and not (metric or "").startswith("other:") and monitor not in own
        return named_after(f"{monitor} {own}" if is_monitors else own, party)
    noun, adjective = group_words(group, metric)
    nation = data["parties"].get(party)
    if (noun == data["groups"]["all"]["people"] or group not in data["groups"]) and "{who}" in frame:
        # "Turks killed", "Austrian skiers killed" would say more than "people killed, Turkey": strangers die in an earthquake too.
        return named_after(frame.format(who=noun), party)
    whose = "".join(f"{part} " for part in (nation, adjective) if part)
    phrase = str(frame.format(who=f"{nation} {noun}" if nation else noun, whose=whose))
    return phrase if nation else named_after(phrase, party)


def named_after(phrase: str, party: str | None) -> str:
    return f"{phrase}, {party_name(party)}" if party else phrase


def metric_word(metric: str | None) -> str:
    """A metric alone: "killed", "bodies returned"; one that is not listed by its own word."""
    return str(words()["nouns"].get(metric) or clean((metric or "").removeprefix("other:").replace("_", " ")))


def group_words(group: str | None, metric: str | None) -> tuple[str, str]:
    """A group as people and as adjective; a group of one's own by its word."""
    data = words()
    known = data["groups"].get(group or "all")
    if known is None:
        word = clean((group or "").removeprefix("other:").replace("_", " "))
        shown = data["spelt"].get(word, word)
        return shown, shown
    return data["people"].get(metric, {}).get(group or "all", known["people"]), known["adjective"]


def window_words(scope: Scope | None, window: str | None) -> str:
    """The time a period or a rate counts, as it stands behind its subject; empty where that is open.

    >>> window_words(Scope.PERIOD, "day"), window_words(Scope.RATE, "month"), window_words(Scope.PERIOD, "since 2026-01-01")
    (' over one day', ' each month', ' since 1 Jan 2026')
    """
    if scope not in (Scope.PERIOD, Scope.RATE) or not window or window == "window":
        return ""
    data = words()["windows"]
    if window.startswith("since "):
        return " " + str(data["since"].format(day=day_words(window.removeprefix("since "))))
    return " " + str(data[scope.value if window.isalpha() else "days"].format(window=clean(window)))


def event_words(key: str | None) -> list[str]:
    """The parts of an event's key as people read them: its kind, its place, its day.

    >>> event_words("earthquake|hatay_province|2026-02-06")
    ['earthquake', 'Hatay Province', '6 Feb 2026']
    """
    kind, *rest = (clean(part.replace("_", " ")) for part in (key or "").split("|"))
    named = [kind, *(day_words(part) if part[:1].isdigit() else party_name(part) for part in rest)]
    return [part for part in named if part not in ("", "-")]


def party_name(party: str | None) -> str:
    """A party as a name: "united states" is "United States".

    >>> party_name("guinea-bissau"), party_name("democratic republic of the congo")
    ('Guinea-Bissau', 'Democratic Republic of the Congo')
    """
    spoken = clean((party or "").removeprefix("other:").replace("_", " "))
    return "".join(part if part in ("of", "the", "and", "again") else capital(part) for part in re.split(r"([ -])", spoken))


def readable_link(url: str) -> str:
    """An address for people: without the mark by which an imported row is told from others of the same page.

    >>> readable_link("https://example.org/a#row-1a2b3c4d")
    'https://example.org/a'
    """
    return re.sub(r"[#&]row-[0-9a-f]+$", "", url)


def outlet_name(outlet: str | None) -> str:
    """An outlet as people call it: by its title in publishers.toml, else made from its id.

    >>> outlet_name("bbc"), outlet_name("desk_of_mine"), outlet_name("Le Monde")
    ('BBC', 'Desk Of Mine', 'Le Monde')
    """
    name = clean(outlet or "")
    if name in outlet_titles() or not re.fullmatch(r"[a-z0-9_-]+", name):
        return outlet_titles().get(name, name)
    return name.upper() if len(name) <= 4 else " ".join(map(capital, re.split("[_-]", name)))


@cache
def outlet_titles() -> dict[str, str]:
    """What people call each publisher, by its id and by the names of its outlets."""
    data = tomllib.loads(files("monitors").joinpath("publishers.toml").read_text("utf-8"))
    tables = [table for tables in data.values() if isinstance(tables, list) for table in tables if isinstance(table, dict)]
    titles = {table["name"]: table.get("title") or next(iter(table.get("names", ())), None) for table in tables if "name" in table}
    aliases = {outlet: titles[table["name"]] for table in tables if "name" in table for outlet in table.get("outlets", ())}
    return {name: title for name, title in (aliases | titles).items() if title}


def short_name(claimant: str, role: str) -> str:
    """A claimant as a title has room for: the last name of a person in office, a body without its "of the …".

    >>> short_name("Volodymyr Zelensky", "Ukraine's president"), short_name("General Staff of the Armed Forces of Ukraine", "")
    ('Zelensky', 'General Staff')
    """
    parts = claimant.split()
    bodies = set(words()["names"]["bodies"])
    is_person = bool(role) and 2 <= len(parts) <= 3 and not bodies & {part.casefold() for part in parts}
    return parts[-1] if is_person else claimant.split(" of the ")[0]
