"""Find the quantities in a tagged sentence: numbers in digits and words, ranges, and the words that bound them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitors.figures.lexicon import Language
from monitors.figures.tokens import Token
from monitors.model import Qualifier

YEARS = range(1500, 2101)


@dataclass(frozen=True)
class Number:
    """A number in a sentence. tokens[first:last] is it with its bound, tokens[core:stop] its own digits or words."""

    low: int | None
    high: int | None
    qualifier: Qualifier
    first: int
    core: int
    stop: int
    last: int
    why_not: str | None = None
    """Why it counts no people, where the number itself shows it: a date, an age, money, part of a name."""
    spelled: bool = False
    """Written in words."""
    replaced: bool = False
    """The old value of "from 7 to 8"."""
    paired: bool = False
    """ "1,000-for-1,000": so many from each side."""

    @property
    def vague(self) -> bool:
        return self.low is None and self.high is None


def find_numbers(tokens: Sequence[Token], language: Language) -> list[Number]:
    """Every number of the sentence in order, figures and others."""
    cores = list(_join_ranges(list(_cores(tokens, language)), tokens, language))
    numbers: list[Number] = []
    for number in cores:
        before = numbers[-1] if numbers else None
        numbers.append(_reject(_bound(number, tokens, before), tokens, language, before))
    return numbers


# ------------------------------------------------------------------ the number itself


def _cores(tokens: Sequence[Token], language: Language) -> Iterator[Number]:
    at, openers = 0, language.number_openers
    while at < len(tokens):
        token = tokens[at]
        plain = token.value is None and token.low not in openers and "-" not in token.low and "vague" not in token.tags
        if plain and (language.glued is None or not language.glued.fullmatch(token.low)):
            at += 1
            continue
        number = _core(tokens, at, language)
        if number is not None:
            yield number
        at = at + 1 if number is None else number.stop


def _core(tokens: Sequence[Token], at: int, language: Language) -> Number | None:
    token, words = tokens[at], language.table["numbers"]
    if token.value is not None:
        return _in_digits(tokens, at, language)
    if token.low in words["article"] and (_counts_one(tokens[at + 1 : at + 4]) or _bounds_one(at, tokens)):
        return _exact(1, at, at + 1, spelled=True)
    if token.has("vague") and not _is_one(tokens, at, language):
        return Number(None, None, Qualifier.VAGUE, at, at, at + 1, at + 1, spelled=True)
    another = at and token.value is None and _scale(token, language) >= 1000 and len(token.low) > 2 and tokens[at - 1].has("another")
    if another or token.has("vague"):
        return _exact(language.scales[token.low], at, at + 1, spelled=True)
    if token.low in language.collectives:
        return replace(_exact(language.collectives[token.low], at, at + 1, spelled=True), qualifier=Qualifier.ABOUT)
    opens = any(token.low in words[kind] for kind in ("article", "opens", "half", "halves"))
    return _in_words(tokens, at, language) if opens or "-" in token.low or _numeral(token.low, language) is not None else None


def _is_one(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """ "більше тисячі", "около сотни": the genitive of one looks like a vague plural, but for the bound before it."""
    before = tokens[at - 1] if at else None
    bounded = before is not None and (before.tags.get("before_bound", "exact") != "exact" or before.low in _ends_of_ranges(language))
    return bounded and _scale(tokens[at], language) > 0


def _ends_of_ranges(language: Language) -> tuple[str, ...]:
    words = language.table["numbers"]
    return (*words["between"], *words["between_joiner"])


def _counts_one(ahead: Sequence[Token]) -> bool:
    """ "ein Mensch", "eine weitere Leiche", where the article is the numeral too: before a word that counts, not before "eine Frau"."""
    noun = next((token for token in ahead if not token.has("further", "demonym", "state") or token.has("counted_one")), None)
    return noun is not None and noun.has("counted_one")


def _bounds_one(at: int, tokens: Sequence[Token]) -> bool:
    """ "au moins un soldat", "al menos una persona": an article that is the numeral too, with a bound before it."""
    bounded = at > 0 and tokens[at - 1].tags.get("before_bound", "exact") != "exact"
    return bounded and at + 1 < len(tokens) and tokens[at + 1].has("person", "noun")


def _scale(token: Token, language: Language) -> int:
    """What a word multiplies by, 0 where it is no scale. Single letters are scales only when glued to the digits."""
    return (language.scales.get(token.low) or 0) if len(token.low) > 1 else 0


def _exact(value: float, at: int, stop: int, *, spelled: bool = False, why_not: str | None = None) -> Number:
    whole = round(value)
    return Number(whole, whole, Qualifier.EXACT, at, at, stop, stop, why_not, spelled)


def _in_digits(tokens: Sequence[Token], at: int, language: Language) -> Number:
    stop, value = at + 1, tokens[at].value or 0.0
    if f"-{language.pair_word}-" in tokens[at].low:
        return replace(_exact(value, at, stop), paired=True)
    while stop < len(tokens) and stop < at + 3 and (scale := _scale(tokens[stop], language)):
        value *= scale
        stop += 1
    if stop > at + 1 and _and_half(tokens, stop, language):
        value, stop = value + _scale(tokens[stop - 1], language) / 2, stop + len(language.table["numbers"]["and_half"])
    elif stop > at + 1 and _goes_on(tokens, stop, language):
        value, stop = value + (tokens[stop].value or 0), stop + 1
    elif stop > at + 1:
        value, stop = _by_scales(value, _scale(tokens[stop - 1], language), tokens, stop, language)
    if abs(value - round(value)) > max(1e-6, value * 1e-12):
        return _exact(value, at, stop, why_not="a decimal")
    return _exact(value, at, stop)


def _by_scales(value: float, scale: int, tokens: Sequence[Token], at: int, language: Language) -> tuple[float, int]:
    """ "1 млн 45 тысяч 854": digits with smaller and smaller scales, and where they end."""
    joined = False
    while at < len(tokens) and 0 < (part := tokens[at].value or 0) < scale:
        smaller = _scale(tokens[at + 1], language) if at + 1 < len(tokens) else 0
        if not joined and not 0 < smaller < scale:
            break
        scale = smaller or 1
        value, at, joined = value + part * scale, at + 1 + bool(smaller), True
    return value, at


def _goes_on(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """ "mil 429", "55 mil 430": digits after a scale that can be a number by itself, and less than it."""
    scale = tokens[at - 1].low
    value = tokens[at].value if at < len(tokens) else None
    return value is not None and scale in language.table["numbers"]["opens"] and 0 < value < (language.scales.get(scale) or 0)


def _and_half(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """ "2 millions et demi": half of the scale before."""
    half = language.table["numbers"]["and_half"]
    return bool(half) and [token.low for token in tokens[at : at + len(half)]] == half


def _in_words(tokens: Sequence[Token], at: int, language: Language) -> Number | None:
    total, current, stop = 0, 0, at
    words = language.table["numbers"]
    half, article = words["half"], words["article"]
    low = tokens[at].low
    if low in half or low in words["halves"]:
        return _half(tokens, at, language)
    if low in article and at + 1 < len(tokens) and tokens[at + 1].low in half and (part := _half(tokens, at + 1, language)):
        return replace(part, first=at, core=at)  # "un demi million"
    if low in article and at + 1 < len(tokens) and _scale(tokens[at + 1], language):
        current, stop = 1, at + 1
    small, last = False, 0
    while stop < len(tokens):
        word = tokens[stop].low
        if (value := _numeral(word, language)) is not None:
            if small and current % 100 != 0 and not _completes(value, last, tokens[stop - 1].low in words["tens_joiner"]):
                break
            current, last = current + value, value
            small = True
        elif stop > at and word in language.collectives:
            about = max(current, 1) * language.collectives[word]
            return replace(_exact(total + about, at, stop + 1, spelled=True), qualifier=Qualifier.ABOUT)
        elif (scale := _scale(tokens[stop], language)) and (stop > at or word in words["opens"]):
            current, total = (total, 0) if not current and 0 < total < scale else (current, total)  # "mil millones"
            current = max(current, 1) * scale
            small = False
            if scale >= 1000:
                total, current = total + current, 0
            if _and_half(tokens, stop + 1, language):
                return _exact(total + current + scale / 2, at, stop + 1 + len(words["and_half"]), spelled=True)
        elif stop > at and _goes_on(tokens, stop, language):
            current += round(tokens[stop].value or 0)
            stop += 1
            break
        elif not _is_joiner(tokens, stop, at, last if small else 0, language):
            break
        stop += 1
    if stop == at or (stop == at + 1 and low in article):
        return None
    return _exact(total + current, at, stop, spelled=True)


def _is_joiner(tokens: Sequence[Token], at: int, begin: int, last: int, language: Language) -> bool:
    """The "and" of "two hundred and five", of "treinta y cuatro" where the numeral before is `last`."""
    word, words = tokens[at].low, language.table["numbers"]
    if word == words["joiner"] and at > begin and not last:
        return _continues(tokens, at + 1, language)
    return word in words["tens_joiner"] and last > 0 and _completes(_next_numeral(tokens, at + 1, language), last, joined=True)


def _continues(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """After "two hundred and": a numeral that is not itself followed by a scale or the next thing counted."""
    return at < len(tokens) and _numeral(tokens[at].low, language) is not None and bool(_scale(tokens[at - 2], language))


def _next_numeral(tokens: Sequence[Token], at: int, language: Language) -> int:
    return (_numeral(tokens[at].low, language) or 0) if at < len(tokens) else 0


def _completes(value: int, last: int, joined: bool) -> bool:
    """Whether a numeral goes on with the one before: "treinta y cuatro", "soixante et onze", "двадцать пять"."""
    return last >= 20 and last % 10 == 0 and 0 < value < (20 if joined else 10)


def _numeral(word: str, language: Language) -> int | None:
    """A numeral, also hyphenated ("thirty-two") or of several glued together ("dreiundzwanzig")."""
    value = language.numerals.get(word)
    if value is None and "-" in word and word not in language.scales:
        value = _hyphenated(word, language)
    if value is None and language.glued is not None and word not in language.scales and language.glued.fullmatch(word):
        value = _unglued(word, language)
    return value


def _hyphenated(word: str, language: Language) -> int | None:
    """ "quatre-vingt-dix-sept", "trente-et-un", "deux-cent-mille": of the parts the longest that are a numeral together, in turn."""
    parts, joiners = word.split("-"), language.table["numbers"]["tens_joiner"]
    total = current = at = last = 0
    while at < len(parts):
        known = ((size, "-".join(parts[at : at + size])) for size in range(len(parts) - at, 0, -1))
        size, part = next(((size, part) for size, part in known if part in language.numerals or part in language.scales), (1, ""))
        value = language.numerals.get(part)
        if value is not None:
            if current % 100 != 0 and not _completes(value, last, parts[at - 1] in joiners):
                return None
            current, last = current + value, value
        elif scale := language.scales.get(part):
            current = max(current, 1) * scale
            total, current = (total + current, 0) if scale >= 1000 else (total, current)
        elif not last or parts[at] not in joiners:
            return None
        at += size
    return total + current or None


def _unglued(word: str, language: Language) -> int | None:
    total = current = 0
    for part in language.parts_of_numerals(word):
        if (value := language.numerals.get(part)) is not None:
            current += value
        elif (scale := language.scales.get(part)) is not None:
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
    return total + current or None


def _half(tokens: Sequence[Token], at: int, language: Language) -> Number | None:
    skip = at + 1
    if skip < len(tokens) and tokens[skip].low in language.table["numbers"]["article"]:
        skip += 1
    if skip < len(tokens) and (scale := _scale(tokens[skip], language)) >= 12:
        return _exact(scale * language.table["numbers"]["halves"].get(tokens[at].low, 0.5), at, skip + 1, spelled=True)
    if skip < len(tokens) and (about := language.collectives.get(tokens[skip].low, 0)) > 12:
        return replace(_exact(about / 2, at, skip + 1, spelled=True), qualifier=Qualifier.ABOUT)  # "medio centenar"
    return None


# ------------------------------------------------------------------ ranges


def _join_ranges(numbers: Sequence[Number], tokens: Sequence[Token], language: Language) -> Iterator[Number]:
    words = language.table["numbers"]
    at = 0
    while at < len(numbers):
        number = numbers[at]
        after = numbers[at + 1] if at + 1 < len(numbers) else None
        gap = [t.low for t in tokens[number.stop : after.core]] if after else []
        before = tokens[number.core - 1] if number.core else None
        at += 1
        spread = number.core > 1 and tokens[number.core - 2].low in words["ranged"]  # "ranged from 80 to 600"
        moves = before is not None and before.low in words["from"] and not spread
        if moves and after is not None and _then_to(after, tokens, _joiners(before, words)):
            yield replace(number, replaced=True)  # "from 310 in 2024 to 260"
        elif after is not None and _moves_in_bounds(number, after, tokens, words):
            yield replace(number, replaced=True)
        elif (
            after is None
            or number.low is None
            or after.low is None
            or (before is not None and before.has("month"))
            or (after.stop < len(tokens) and tokens[after.stop].has("month"))
            or (number.why_not == "a decimal" and after.low < 1000)
        ):
            yield number
        elif len(gap) == 1 and before is not None and before.low in words["between"] and gap[0] in words["between_joiner"]:
            yield _range(number, after, number.core - 1)
            at += 1
        elif len(gap) == 1 and gap[0] in _joiners(before, words) and _ordered(number, after, tokens):
            opened = before is not None and before.low in words["from"]
            if moves and any(token.has("link", "toll", "count") for token in tokens[max(0, number.core - 9) : number.core - 1]):
                yield replace(number, replaced=True)
                continue
            yield _range(number, after, number.core - 1 if opened else number.core)
            at += 1
        elif gap == [words["pair"]] and number.low == after.low:
            yield replace(number, stop=after.stop, last=after.stop, paired=True)  # "on a 6,000 for 6,000 basis"
            at += 1
        elif gap == words["either"] and number.spelled and after.spelled and number.low < after.low <= 2 * number.low + (number.low < 3):
            yield _range(number, after, number.core)
            at += 1
        elif len(gap) == 1 and before is not None and before.low in words["from"] and gap[0] in _joiners(before, words):
            yield replace(number, replaced=True)
        else:
            yield number


def _moves_in_bounds(number: Number, after: Number, tokens: Sequence[Token], words: Mapping[str, Any]) -> bool:
    """ "falls from more than 170 to just three": what was and what is, one of them bounded."""
    bounds = [at for at in (number.core - 1, after.core - 1) if tokens[at].has("before_bound")]
    opener = number.core - 1 - (number.core - 1 in bounds)
    gap = [token.low for at, token in enumerate(tokens[number.stop : after.core], number.stop) if at not in bounds]
    opened = bool(bounds) and opener >= 0 and tokens[opener].low in words["from"]
    if not opened or len(gap) != 1 or gap[0] not in _joiners(tokens[opener], words):
        return False
    return any(token.has("link", "toll", "count") for token in tokens[max(0, opener - 8) : opener])


def _joiners(before: Token | None, words: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands between the ends of a range; some words only where one before it opens it: «з 63 до 89», never «63 до 89»."""
    opened = before is not None and before.low in words["from"]
    return (*words["range"], *words["range_from"]) if opened else tuple(words["range"])


def _then_to(year: Number, tokens: Sequence[Token], joiners: Sequence[str]) -> bool:
    """Whether a year that dates the number before it is followed by the value that took its place."""
    dated = (year.low or 0) in YEARS and tokens[year.core].text.isdigit() and tokens[year.core - 1].has("year_before")
    return dated and year.stop < len(tokens) and tokens[year.stop].low in joiners


def _ordered(low: Number, high: Number, tokens: Sequence[Token]) -> bool:
    return _scaled(low, high) < (high.low or 0)


def _scaled(low: Number, high: Number) -> int:
    """The lower end on the scale of the upper: "10 to 13 thousand", "70 to 80,000"."""
    a, b = low.low or 0, high.low or 0
    if low.stop - low.core > 1 or low.spelled or not 0 < a < 1000 <= b:
        return a
    scale = next(scale for scale in (1_000_000_000, 1_000_000, 1000) if b >= scale)
    return a * scale if a * scale < b <= a * scale * 3 and (high.stop - high.core > 1 or b % scale == 0) else a


def _range(low: Number, high: Number, first: int) -> Number:
    return Number(_scaled(low, high), high.high, Qualifier.BETWEEN, first, low.core, high.stop, high.stop, None, low.spelled)


# ------------------------------------------------------------------ its bounds


def _bound(number: Number, tokens: Sequence[Token], before: Number | None) -> Number:
    """Read the words before and after a number that bound it; the nearest one that says something wins."""
    first, found = number.first, None
    while first > 0 and number.first - first < 4:
        bound = tokens[first - 1].tags.get("before_bound")
        if bound is None:
            break
        if tokens[first - 1].has("arrives") and _arrives(first - 1, tokens, before):
            break  # "the toll is up to 30" is a link, not a bound
        first -= 1
        if bound != "exact" and (found is None or found == "about"):
            found = bound
    last = number.last
    next_ones = last + 1 < len(tokens) and tokens[last + 1].value is not None and tokens[last].has("before_bound")  # "in 2024 at least 56"
    if last < len(tokens) and not next_ones and (after := tokens[last].tags.get("after_bound")):
        last += 1
        found = found or after
    if found is None:
        return replace(number, first=first, last=last)
    return _with(replace(number, first=first, last=last), Qualifier(found))


def _arrives(at: int, tokens: Sequence[Token], before: Number | None) -> bool:
    """Whether "up to" follows a toll, at once or over its verb: "death toll up to 33 from 31"; or the old value: "с 63 до 89"."""
    led = tokens[max(0, at - 12) : at]
    if before is not None and (before.stop == at or (before.replaced and before.stop <= at <= before.stop + 4)):
        return True
    return bool(led) and (led[-1].has("toll") or (led[-1].has("singular", "went") and any(t.has("toll", "count", "noun") for t in led)))


def _with(number: Number, qualifier: Qualifier) -> Number:
    if number.vague:
        return number
    if number.qualifier is Qualifier.BETWEEN:
        if qualifier in (Qualifier.ABOUT, Qualifier.NEARLY, Qualifier.EXACT):
            return number
        qualifier, low, high = qualifier, number.low, number.high
    low, high = number.low, number.high
    if qualifier in (Qualifier.MORE_THAN, Qualifier.AT_LEAST):
        high = None
    if qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN):
        low = None
    return replace(number, low=low, high=high, qualifier=qualifier)


# ------------------------------------------------------------------ numbers that count nothing


def _reject(number: Number, tokens: Sequence[Token], language: Language, before: Number | None) -> Number:
    why = _money(number, tokens, language) or number.why_not or _why_not(number, tokens, language) or _second_age(number, before, tokens)
    if before is not None and before.why_not == SHARE and tokens[before.core - 1].has("every"):
        why = why or SHARE  # "of every 100 wounded, three die"
    return replace(number, why_not=why) if why else number


SHARE = "a share"


def _money(number: Number, tokens: Sequence[Token], language: Language) -> str | None:
    """ "$66.9 billion", "40€": a currency's mark at either side."""
    beside = [*tokens[max(0, number.core - 1) : number.core], *tokens[number.stop : number.stop + 1]]
    return "money" if not number.vague and any(token.text in language.table["reject"]["currencies"] for token in beside) else None


def _why_not(number: Number, tokens: Sequence[Token], language: Language) -> str | None:
    before = tokens[number.core - 1] if number.core else None
    after = tokens[number.stop] if number.stop < len(tokens) else None
    if number.vague:
        return None
    if number.qualifier is Qualifier.EXACT and (date := _date(number, tokens, language)):
        return date
    dashed = number.qualifier is Qualifier.BETWEEN and tokens[number.core + 1].text in "-–—" and tokens[number.core].text.isdigit()
    if dashed and number.low in YEARS and number.high in YEARS and not _counts_people(number, tokens):
        return "years"  # "the wars in Yugoslavia (1991-2001)"
    if (number.low or 99) <= 31 and not number.spelled and _first_of_days(tokens[number.stop : number.stop + 8], language):
        return "a date"  # "over 8 and 9 July"
    if before is not None and before.has("reject_name_before") and number.first == number.core and number.qualifier is Qualifier.EXACT:
        return f"after “{before.text}”"
    if before is not None and after is not None and before.capital and after.has("say") and _is_call_number(number, tokens):
        return "part of a longer number or name"  # "Rescue 1122 said"
    if (
        before is not None
        and before.text in ("-", "/", "#", "№", ".", ":")
        and number.core > 1
        and (before.text != ":" or tokens[number.core - 2].value is not None)  # "4:1"
        and tokens[number.core - 2].end == before.start == tokens[number.core].start - 1
    ):
        return "part of a longer number or name"
    if before is not None and before.has("of") and number.core > 1 and tokens[number.core - 2].has("settlement", "homeland", "peopled"):
        return "how many live there"
    if after is not None and after.text in ("-", "/") and number.stop + 1 < len(tokens) and tokens[number.stop + 1].value is not None:
        return "a score or a fraction"
    if number.first and tokens[number.first - 1].has("reject_age_before"):
        return AGE
    if _is_share(number, tokens, language):
        return SHARE
    if _in_title(number, tokens):
        return "in a title"
    if any(is_age(number, tokens) for is_age in (_of_age, _is_age, _said_age, _age_limit, _of_extreme)):
        return AGE
    return None


def _date(number: Number, tokens: Sequence[Token], language: Language) -> str | None:
    before = tokens[number.core - 1] if number.core else None
    after = tokens[number.stop] if number.stop < len(tokens) else None
    value = number.low or 0
    digits = not number.spelled and number.stop - number.core == 1
    if digits and value <= 31 and before is not None and is_month(before, language):
        return "a date"
    opens = number.core - 2
    if digits and opens > 0 and is_month(tokens[opens - 1], language) and last_day(opens, tokens, language) == number.core:
        return "a date"
    if digits and value <= 31 and after is not None and after.has("of"):
        after = tokens[number.stop + 1] if number.stop + 1 < len(tokens) else None
        if after is not None and is_month(after, language):
            return "a date"  # "el 6 de marzo"
    elif digits and value <= 31 and after is not None and is_month(after, language):
        following = tokens[number.stop + 1] if number.stop + 1 < len(tokens) else None
        if after.low not in language.table["dates"]["ambiguous"] or following is None or not following.has("state", "act", "fall"):
            return "a date"
    if digits and value <= 31 and _first_of_days(tokens[number.stop : number.stop + 8], language):
        return "a date"
    if digits and value in YEARS and tokens[number.core].text.isdigit() and not _counts_people(number, tokens):
        return "a year"
    return None


def _first_of_days(ahead: Sequence[Token], language: Language) -> bool:
    """ "between 26 and 31 January", "26, 28 and 30 August": a day before the others of its month."""
    words = language.table["numbers"]
    joiners = (*words["between_joiner"], *words["range"], ",")
    ahead = [token for token in ahead if not token.has("det") or token.low in joiners]  # "entre el 18 y el 20 de febrero"
    at = 0
    while at + 2 < len(ahead) and ahead[at].low in joiners and (ahead[at + 1].value or 99) <= 31:
        at += 2
        month = ahead[at + 1] if ahead[at].has("of") and at + 1 < len(ahead) else ahead[at]  # "del 15 al 22 de diciembre"
        if is_month(month, language):
            return True
    return False


def is_year(token: Token) -> bool:
    return token.value is not None and token.text.isdigit() and 1900 <= token.value <= 2100


def last_day(first: int, tokens: Sequence[Token], language: Language) -> int | None:
    """Where the last of two days stands whose `first` follows its month: "on the night of Oct. 11 and 12", "June 3-5"; not "9 were killed
    on March 3 and 12 on March 5", "on June 3 and 12 were hurt"."""
    at = first + 2
    if at >= len(tokens) or not tokens[at].text.isdigit() or not (tokens[first].value or 0) < (tokens[at].value or 0) <= 31:
        return None
    if tokens[first + 1].text == "-" or opens_window(first - 2, first + 1, tokens, language):
        return at
    after = tokens[at + 1 : at + 1 + BESIDE_DAYS]
    ends = not after or not after[0].text[0].isalnum() or after[0].has("conjunction", "say", "date_when")
    beside = (tokens[at].value or 0) - (tokens[first].value or 0) == 1 and not any(token.has("month", "weekday") for token in after)
    placed = bool(after) and after[0].has("locative", "preposition")
    counted = any(token.value is not None or token.low in language.numerals for token in after)
    apart = counted and not after[0].has("person", "nation", "noun", "further")
    return at if tokens[first + 1].has("conjunction") and (ends or (beside and (placed or apart))) else None


BESIDE_DAYS = 4
"""Tokens after the second of two days that may show it to be a count after all."""


def opens_window(at: int, joiner: int, tokens: Sequence[Token], language: Language) -> bool:
    """ "from July 3 to 19", "between 3 and 19 July": whether one word opens a stretch of days and another joins its ends."""
    words = language.table["numbers"]
    joins = tokens[joiner].low in (*words["between_joiner"], *words["range"], *words["range_from"])
    return joins and at >= 0 and tokens[at].low in (*words["from"], *words["between"])


def is_month(token: Token, language: Language) -> bool:
    """Whether it names a month; a name that is also another word only when it is written with a capital."""
    return token.has("month") and (token.capital or token.low not in language.table["dates"]["ambiguous"])


def _counts_people(number: Number, tokens: Sequence[Token]) -> bool:
    """A four-digit number without a mark is a year unless what it counts comes next."""
    return any(
        token.has("person", "nation", "noun") or (token.has("state") and not token.has("place", "link"))
        for token in tokens[number.stop : number.stop + 2]
    ) and not (number.core and tokens[number.core - 1].has("year_before"))


def _is_share(number: Number, tokens: Sequence[Token], language: Language) -> bool:
    """ "four in ten", "two out of three": both are no counts. "Strikes kill 12 in two cities" is none: a part is less than its whole."""
    if number.core and (number.low or 0) > 1 and tokens[number.core - 1].has("ratio"):
        return True  # "6 killings per 100,000 people"
    if (number.low or 0) > 1000 or number.qualifier is not Qualifier.EXACT:
        return False
    if number.core > 1 and (number.low or 0) > 1 and tokens[number.core - 1].has("every") and tokens[number.core - 2].has("of"):
        return True  # "of every 100 wounded"
    ahead = [token.low for token in tokens[number.stop : number.stop + 3]]
    behind = [token.low for token in tokens[max(0, number.core - 4) : number.core]]
    opened = (*language.table["numbers"]["from"], *language.table["numbers"]["between"])
    for joined in language.table["numbers"]["share"]:
        size = len(joined)
        if number.replaced or (len(behind) > size + 1 and behind[-size - 2] in opened):
            continue  # «з двох до трьох»
        whole = _numeral(ahead[size], language) if ahead[:size] == joined and len(ahead) > size else None
        part = _numeral(behind[-size - 1], language) if behind[-size:] == joined and len(behind) > size else None
        if _is_odds(number.stop, tokens) or _is_odds(number.core - 1, tokens):
            return True  # «1 к 7»
        if (whole is not None and (number.low or 0) < whole) or (part is not None and part < (number.low or 0)):
            return True
    return False


def _is_odds(at: int, tokens: Sequence[Token]) -> bool:
    """Whether two small numbers stand beside the "to" of odds."""
    beside = (tokens[at - 1], tokens[at + 1]) if 0 < at < len(tokens) - 1 and tokens[at].has("odds") else ()
    return len(beside) == 2 and all(token.value is not None and token.value <= ODDS for token in beside)


ODDS = 20
"""The largest number of "1 to 20"."""


def _is_call_number(number: Number, tokens: Sequence[Token]) -> bool:
    return number.core > 1 and len(tokens[number.core].text) >= 3 and tokens[number.core].text.isdigit() and number.first == number.core


def _in_title(number: Number, tokens: Sequence[Token]) -> bool:
    """ "12 Dead Men" in quotes, in a sentence that writes other words small: the name of a book or a song."""
    if not number.core or tokens[number.core - 1].text not in QUOTES:
        return False
    ahead = tokens[number.stop : number.stop + 5]
    size = next((at for at, token in enumerate(ahead) if token.text in QUOTES), 0)
    small = [token for token in (*tokens[max(0, number.core - 9) : number.core], *tokens[number.stop + size :][:9]) if token.text.islower()]
    return size > 0 and len(small) > 2 and all(token.capital for token in (tokens[number.core], *ahead[:size]) if token.value is None)


QUOTES = ('"', "'")


def _is_age(number: Number, tokens: Sequence[Token]) -> bool:
    """ "Robert Jobson, 84, shot …": a number alone between commas after a name."""
    if number.qualifier is not Qualifier.EXACT or number.core < 2 or (number.low or 0) > 110:
        return False
    comma, name = tokens[number.core - 1], tokens[number.core - 2]
    closed = number.stop >= len(tokens) or tokens[number.stop].text in (",", ".", ";", ")", "-", "—") or _closed_pair(number, tokens)
    ahead = tokens[number.stop : number.stop + 2]
    told = len(ahead) == 2 and ahead[0].text in "—-" and ahead[1].has("state", "fall")  # «26 бойовиків ВФУ, 3 - поранено»
    return comma.text in (",", "(") and closed and not told and name.text.isalpha() and not name.has("place", "month", "weekday")


def _of_age(number: Number, tokens: Sequence[Token]) -> bool:
    """ «двое мужчин 20 и 24 лет»: years behind a person."""
    if not number.core or number.spelled or not tokens[number.core - 1].has("person") or (number.low or 999) > 110:
        return False
    ahead = tokens[number.stop : number.stop + 3]
    another = len(ahead) > 2 and ahead[0].has("conjunction") and (ahead[1].value or 999) <= 110
    return any(token.tags.get("span") == "365" for token in (ahead[2:] if another else ahead[:1]))


def _closed_pair(number: Number, tokens: Sequence[Token]) -> bool:
    """ "brothers, 18 and 20, detained": the first of two."""
    ahead = tokens[number.stop : number.stop + 3]
    return len(ahead) == 3 and ahead[0].has("conjunction") and (ahead[1].value or 999) <= 110 and ahead[2].text in ",.)"


def _said_age(number: Number, tokens: Sequence[Token]) -> bool:
    """ "Johan, who was seven, and his sister"."""
    before, after = tokens[max(0, number.core - 2) : number.core], tokens[number.stop : number.stop + 1]
    who = len(before) == 2 and before[0].has("relative") and before[1].has("singular")
    return who and bool(after) and after[0].text in ",.;)" and (number.low or 0) < 110


def _of_extreme(number: Number, tokens: Sequence[Token]) -> bool:
    """ "The youngest of the freed men is 21, the oldest 48"."""
    led = any(token.has("reject_age_extreme") for token in tokens[max(0, number.first - EXTREME) : number.first])
    counts = any(token.has("person", "nation", "noun", "state") for token in tokens[number.stop : number.stop + 2])
    return led and not counts and number.qualifier is Qualifier.EXACT and (number.low or 999) < 110


EXTREME = 8
"""Tokens between "the youngest" and how old they are."""


def _age_limit(number: Number, tokens: Sequence[Token]) -> bool:
    """ "children under five", "all of them over 60": how old those counted are."""
    if number.first == number.core or not number.first or (number.low or number.high or 999) > 100:
        return False
    limit = tokens[number.first].has("underage", "overage") and number.core - number.first == 1
    ends = number.stop >= len(tokens) or not (tokens[number.stop].has("person", "nation", "noun", "filler") or tokens[number.stop].value)
    return limit and ends and tokens[number.first - 1].has("person", "pronoun")


AGE = "an age"


def _second_age(number: Number, before: Number | None, tokens: Sequence[Token]) -> str | None:
    """ "ages 8 and 15": what is joined to an age is one."""
    if before is None or before.why_not is None or number.qualifier is not Qualifier.EXACT or (number.low or 0) > 110:
        return None
    gap = tokens[before.stop : number.core]
    aged = before.why_not == AGE or tokens[before.core - 1].has("reject_age_before")
    return AGE if aged and len(gap) <= 2 and all(token.has("conjunction") or token.text == "," for token in gap) else None
