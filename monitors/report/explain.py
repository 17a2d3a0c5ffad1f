"""Show in a text what was read there: each figure in its place, which words said so, and why other numbers were passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from crawler.article import Article
from monitors.exchange import write_claim
from monitors.model import Claim, Reading, Skipped, Stance
from monitors.report.tables import printable

Found: TypeAlias = Claim | Skipped

Verdicts: TypeAlias = Mapping[Claim, tuple[str, str]]
"""What figures were judged to be: the kind, and why."""

SURE, IN_DOUBT, PASSED_OVER, WORDS = "bold black on green", "bold black on yellow", "underline dim", "dim"
LINE = 100
"""Columns of a line on a wide terminal: longer ones are hard to read."""

NOT_LOOKED_AT = "not looked at: part of a name, or far from any word for what is counted"
PART_OF_A_WORD = "part of a word"
DIGITS = re.compile(r"(?P<before>[^\W\d_]-?)?(?P<number>\d+(?:[.,]\d+)*)(?P<after>[^\W\d_])?")


def show_explained(article: Article, reading: Reading, console: Console) -> None:
    """The whole article, title first; under each paragraph what was understood of its figures, and its numbers passed over."""
    passed = passed_over(article, reading)
    about = "  ".join(filter(None, (article.url, str(article.published or "no date: days like “on Friday” stay open"), article.language)))
    for number, paragraph in enumerate(_paragraphs(article, [*reading.claims, *passed])):
        _put(marked(paragraph, console), console, style="bold" if paragraph.in_title else "")
        if number == 0:
            _put(Text(printable(about), WORDS), console)
        for claim in paragraph.claims:
            _show_claim(claim, article, console)
        _show_passed_over(paragraph.passed_over, console)
        console.print()
    sure = sum(claim.sure for claim in reading.claims)
    console.print(Text.assemble(
        f"{_count(len(reading.claims), 'figure')}: ", (f"{sure} sure", SURE), ", ",
        (f"{len(reading.claims) - sure} in doubt", IN_DOUBT), "; ",
        (f"{_count(len(passed), 'number')} passed over", PASSED_OVER)), soft_wrap=True)


def show_readings(read: Sequence[tuple[Article, Reading]], judged: Mapping[str, Verdicts], console: Console) -> None:
    """Of each article only the sentences that hold a figure, each with what was understood of it and what the history made of that.

    `judged` has the verdicts on a page's figures by its address.
    """
    for article, reading in read:
        console.print(Text(printable(article.title or "(no title)"), "bold"))
        console.print(Text(printable(f"{article.url}  {article.published or 'no date'}"), WORDS), soft_wrap=True)
        for claim in reading.claims:
            _put(marked(sentence_of(claim, article), console), console, indent=2)
            _put(Text(printable(describe(claim)), "cyan"), console, indent=6)
            if verdict := judged.get(article.url, {}).get(claim):
                _put(Text(_judged(*verdict), WORDS), console, indent=6)
        if not reading.claims:
            console.print(Text("  no figure", WORDS))
        console.print()


def _judged(kind: str, why: str) -> str:
    return f"left aside: {why}" if kind == "none" else f"judged {kind.replace('_', ' ')}: {why}"


def write_reading(article: Article, reading: Reading) -> dict[str, Any]:
    """The object of `explain --json`: the claims as `extract` gives them, and every number passed over with its reason."""
    return {
        "url": article.url or None, "lang": article.language, "published": article.published.isoformat() if article.published else None,
        "title": article.title, "text": article.text, "claims": [write_claim(claim) for claim in reading.claims],
        "skipped": [
            {"text": one.text, "start": one.start, "end": one.end, "in": "title" if one.in_title else "text", "why": one.why}
            for one in passed_over(article, reading)]}


def describe(claim: Claim) -> str:
    """What was understood of a figure, in one line of the vocabulary's words."""
    low, high = ("" if bound is None else str(bound) for bound in (claim.low, claim.high))
    value = low if low == high else f"{low}..{high}"
    named = ("per", "since", "until", "event", "place", "happened", "unit", "method", "denied_by", "venue")
    further = ((name, getattr(claim, name)) for name in named)
    parts = [
        f"{claim.qualifier} {value}".strip(), claim.metric, f"of {claim.party or 'nobody named'}", claim.group, claim.scope,
        f"by {claim.attributed_to}" if claim.attributed_to else "nobody named says so",
        f"as of {claim.as_of}" if claim.as_of else "", claim.stance if claim.stance is not Stance.ASSERTED else "",
        *(f"{name.replace('_', ' ')} {value}" for name, value in further if value),
        f"including {', '.join(claim.includes)}" if claim.includes else "",
        *(name for name in ("past", "comparison", "superseded", "each") if getattr(claim, name)), "" if claim.sure else "in doubt"]
    return ", ".join(part for part in parts if part)


def passed_over(article: Article, reading: Reading) -> list[Skipped]:
    """The numbers that were looked at and not taken, and those in digits that stand too far from any word to be looked at."""
    found = list(reading.skipped)
    for printed, in_title in ((article.title, True), (article.text, False)):
        looked_at: list[Found] = [*reading.claims, *reading.skipped]
        taken = sorted((one.start, one.end) for one in looked_at if one.in_title is in_title)
        at = 0
        for digits in DIGITS.finditer(printed):
            start, end = digits.span("number")
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            if at == len(taken) or taken[at][0] >= end:
                why = PART_OF_A_WORD if digits["before"] or digits["after"] else NOT_LOOKED_AT
                found.append(Skipped(digits["number"], start, end, in_title, why))
    return sorted(found, key=lambda one: (not one.in_title, one.start))


# ------------------------------------------------------------------ pieces of the text


@dataclass(frozen=True)
class Piece:
    """A stretch of the title or the text, where it begins there, and the numbers that stand in it."""

    printed: str
    start: int
    in_title: bool
    found: tuple[Found, ...]

    @property
    def claims(self) -> list[Claim]:
        return [one for one in self.found if isinstance(one, Claim)]

    @property
    def passed_over(self) -> list[Skipped]:
        return [one for one in self.found if isinstance(one, Skipped)]


def _paragraphs(article: Article, found: Sequence[Found]) -> Iterator[Piece]:
    ordered = sorted(found, key=lambda one: one.start)
    if article.title:
        yield Piece(article.title, 0, True, tuple(one for one in ordered if one.in_title))
    waiting = [one for one in ordered if not one.in_title]
    start = at = 0
    for line in article.text.split("\n"):
        begin, end = at, start + len(line)
        while at < len(waiting) and waiting[at].start <= end:
            at += 1
        if line.strip():
            yield Piece(line, start, False, tuple(waiting[begin:at]))
        start = end + 1


def sentence_of(claim: Claim, article: Article) -> Piece:
    """The claim's own sentence; its number alone where the sentence is not found around it."""
    printed = article.title if claim.in_title else article.text
    start = printed.rfind(claim.quote, 0, claim.start + len(claim.quote))
    if start < 0 or not start <= claim.start < start + len(claim.quote):
        return Piece(printed[claim.start : claim.end], claim.start, claim.in_title, (claim,))
    return Piece(claim.quote, start, claim.in_title, (claim,))


def marked(piece: Piece, console: Console) -> Text:
    """The piece with its numbers in colour on a terminal; elsewhere figures stand between « and »."""
    text, at = Text(), 0
    for one in sorted(piece.found, key=lambda one: (one.start, isinstance(one, Skipped), -one.end)):
        begin, end = one.start - piece.start, min(one.end - piece.start, len(piece.printed))
        if begin < at:
            continue
        number = printable(piece.printed[begin:end])
        text.append(printable(piece.printed[at:begin]))
        text.append(number if console.is_terminal or isinstance(one, Skipped) else f"«{number}»", style=_style(one))
        at = end
    return text.append(printable(piece.printed[at:]))


def _style(one: Found) -> str:
    return PASSED_OVER if isinstance(one, Skipped) else SURE if one.sure else IN_DOUBT


# ------------------------------------------------------------------ lines under a paragraph


def _show_claim(claim: Claim, article: Article, console: Console) -> None:
    """One line a figure: what was understood, then the words that said so (on a terminal under it)."""
    outside = "outside the core: another reading of the page leaves it out, so it alerts nobody alone"
    core = article.core or article.text
    reasons = [*claim.reasons, *([outside] if not claim.in_title and claim.quote not in core else [])]
    understood = Text.assemble((printable(claim.span), _style(claim)), "  ", (printable(describe(claim)), "cyan"))
    why = Text(printable("; ".join(reasons)), WORDS)
    if console.is_terminal:
        _put(understood, console, indent=4)
        _put(why, console, indent=6)
    else:
        _put(Text.assemble(understood, "  | ", why) if reasons else understood, console, indent=4)


def _show_passed_over(skipped: Sequence[Skipped], console: Console) -> None:
    """One line: the numbers that share a reason together, in the order they stand."""
    alike: dict[str, dict[str, None]] = {}
    for one in skipped:
        alike.setdefault(one.why, {})[one.text] = None
    if alike:
        reasons = "; ".join(f"{', '.join(numbers)} ({why})" for why, numbers in alike.items())
        _put(Text(printable(f"passed over: {reasons}"), WORDS), console, indent=4)


def _put(text: Text, console: Console, *, indent: int = 0, style: str = "") -> None:
    """A paragraph wrapped for the terminal; elsewhere one line, however long."""
    text.stylize_before(style)
    if console.is_terminal:
        console.print(Padding(text, (0, max(0, console.width - LINE), 0, indent)))
    else:
        console.print(Text.assemble(" " * indent, text), soft_wrap=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
