"""Two versions of a page -> the words that went and the words that came, and which figures changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, TextIO

from monitors.alerts.phrases import Value, value_words
from monitors.history.dossier import Found, Page, Version
from monitors.model import Qualifier
from monitors.report.tables import console_for, printable

CONTEXT = 12
"""Words of what stayed that are shown before and after a change."""
MOST = 400_000_000
"""Pairs of words that are compared, a second's work: a page of 100 kB that shares no line with the one before has 300 million. What is
left then went and came as a whole."""

WORD = re.compile(r"(?:\d+(?:[.,]\d+)*|\w+|[^\w\s])\s*|\s+")
"""A word, a number or a sign, with the space after it."""


class Fate(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A stretch of text with its fate."""

    fate: Fate
    text: str


@dataclass(frozen=True)
class Compared:
    """Two versions of a page beside each other."""

    page: Page
    before: Version
    after: Version
    figures: tuple[tuple[Found | None, Found | None], ...]
    """Those that changed: before and after, None where there is none."""
    pieces: tuple[Piece, ...]


# ------------------------------------------------------------------ words


def compare(page: Page, before: tuple[Version, Sequence[Found]], after: tuple[Version, Sequence[Found]]) -> Compared:
    """Compare titles, texts and figures of two versions."""
    old, new = (f"{version.title}\n{version.text}\n" for version in (before[0], after[0]))
    return Compared(page, before[0], after[0], tuple(changed_figures(before[1], after[1])), tuple(diff_words(old, new)))


def diff_words(before: str, after: str) -> list[Piece]:
    """What stayed, went and came, word by word: first whole lines are matched, then the words of those that differ.

    >>> [(piece.fate.value, piece.text) for piece in diff_words("43,000 soldiers died.", "46,000 soldiers died.")]
    [('removed', '43,000 '), ('added', '46,000 '), ('same', 'soldiers died.')]
    """
    pieces: list[Piece] = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    room = MOST
    for gone, come, same in _match(old, new, room):
        if same:
            pieces.append(Piece(Fate.SAME, "".join(come)))
            continue
        went, came = (WORD.findall("".join(lines)) for lines in (gone, come))
        pieces += _as_pieces(_tidied(list(_match(went, came, room))))
        room -= len(went) * len(came)
    return [Piece(fate, "".join(piece.text for piece in alike)) for fate, alike in groupby(pieces, lambda piece: piece.fate)]


Change = tuple[Sequence[str], Sequence[str], bool]
"""What went, what came in its place, and whether that is the same."""


def _match(old: Sequence[str], new: Sequence[str], room: int) -> Iterator[Change]:
    """The longest common sequence of lines or words, spaces at their ends aside, and what stands between."""
    from rapidfuzz.distance import LCSseq

    left, right = [text.strip() for text in old], [text.strip() for text in new]
    head = next((n for n, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right)))
    rest = min(len(left), len(right)) - head
    tail = next((n for n in range(rest) if left[-1 - n] != right[-1 - n]), rest)
    end, stop = len(left) - tail, len(right) - tail
    if head:
        yield old[:head], new[:head], True
    if (end - head) * (stop - head) > room:
        yield old[head:end], new[head:stop], False
    elif end > head or stop > head:
        codes = LCSseq.opcodes(left[head:end], right[head:stop])
        for same, run in groupby(codes, lambda code: code.tag == "equal"):
            first, *others = run
            last = others[-1] if others else first
            yield (old[head + first.src_start : head + last.src_end], new[head + first.dest_start : head + last.dest_end], same)
    if tail:
        yield old[end:], new[stop:], True


def _tidied(changes: Sequence[Change]) -> list[Change]:
    """Changes with what stayed between them where both are longer: a "the" in a new sentence stayed by chance."""
    sizes = [max(len(gone), len(come)) for gone, come, _ in changes]
    merged: list[Change] = []
    for n, (gone, come, same) in enumerate(changes):
        chance = same and 0 < n < len(changes) - 1 and sizes[n] < min(sizes[n - 1], sizes[n + 1])
        if merged and not merged[-1][2] and (chance or not same):
            merged[-1] = ([*merged[-1][0], *gone], [*merged[-1][1], *come], False)
        else:
            merged.append((gone, come, same))
    return merged


def _as_pieces(changes: Sequence[Change]) -> Iterator[Piece]:
    for gone, come, same in changes:
        if same:
            yield Piece(Fate.SAME, "".join(come))
        else:
            yield from (Piece(fate, "".join(text)) for fate, text in ((Fate.REMOVED, gone), (Fate.ADDED, come)) if text)


# ------------------------------------------------------------------ figures


def changed_figures(before: Sequence[Found], after: Sequence[Found]) -> Iterator[tuple[Found | None, Found | None]]:
    """The figures that one version has and the other has not, those of one kind side by side in the order they stand."""
    old, new = ({(_slot(one), one.low, one.high, one.qualifier): one for one in reversed(found)} for found in (before, after))
    gone = [one for value, one in reversed(old.items()) if value not in new]
    come = [one for value, one in reversed(new.items()) if value not in old]
    for one in gone:
        instead = next((other for other in come if _slot(other) == _slot(one)), None)
        if instead:
            come.remove(instead)
        yield one, instead
    yield from ((None, one) for one in come)


def _slot(one: Found) -> tuple[object, ...]:
    return one.metric, one.party, one.group, one.scope


def figure_words(before: Found | None, after: Found | None) -> str:
    """A changed figure in a line: "43,000 → 46,000 (killed, ukraine)"."""
    known = after or before
    assert known is not None
    about = ", ".join(filter(None, (known.metric, known.party)))
    old, new = (one and value_words(Value(one.low, one.high, Qualifier(one.qualifier))) for one in (before, after))
    return f"{old or 'new:'}{' → ' if old and new else ' '}{new or 'is gone'} ({about})"


# ------------------------------------------------------------------ printed


def show_compared(compared: Compared, out: TextIO) -> None:
    """What changed, in colour on a terminal, with [-removed-] and {+added+} elsewhere; long parts that stayed are folded."""
    from rich.text import Text

    console = console_for(out)
    seen = " → ".join(f"version {one.number} ({one.seen_at:%Y-%m-%d %H:%M})" for one in (compared.before, compared.after))
    console.print(Text(printable(f"{compared.page.url}\n{seen}, {compared.page.outlet}"), "bold"), soft_wrap=True)
    for before, after in compared.figures:
        console.print(Text(printable(figure_words(before, after)), "bold yellow"), soft_wrap=True)
    text = Text("\n")
    pieces = list(folded(compared.pieces))
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        shown = printable(piece.text)
        words = shown.rstrip()
        text.append(words if console.is_terminal else FRAMES[piece.fate].format(words), STYLES[piece.fate])
        if piece.fate is not Fate.REMOVED or following is None or following.fate is not Fate.ADDED:
            text.append(shown[len(words) :])
    console.print(text, soft_wrap=not console.is_terminal)
    console.print()


STYLES = {Fate.SAME: "", Fate.REMOVED: "red strike", Fate.ADDED: "bold green"}
FRAMES = {Fate.SAME: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "{{+{}+}}"}


def folded(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces with long parts that stayed shortened to the words around a change.

    >>> [piece.text for piece in folded([Piece(Fate.SAME, "so " * 40), Piece(Fate.ADDED, "new")])]
    ['… so so so so so so so so so so so so ', 'new']
    """
    for n, piece in enumerate(pieces):
        words = WORD.findall(piece.text) if piece.fate is Fate.SAME else []
        head, tail = (CONTEXT if n else 0), (CONTEXT if n < len(pieces) - 1 else 0)
        if len(words) <= head + tail + 1:
            yield piece
            continue
        begin, end = "".join(words[:head]).rstrip(), "".join(words[len(words) - tail :])
        yield Piece(Fate.SAME, " ".join(filter(None, (begin, "…", end))) + ("" if tail else "\n"))


def write_compared(compared: Compared) -> dict[str, Any]:
    """The object of `diff --json`, its text whole."""
    return {
        "article": compared.page.id, "url": compared.page.url, "outlet": compared.page.outlet, "before": _version(compared.before),
        "after": _version(compared.after),
        "figures": [
            {"before": _figure(before), "after": _figure(after), "text": figure_words(before, after)} for before, after in compared.figures
        ],
        "text": [{piece.fate.value: piece.text} for piece in compared.pieces],
    }  # fmt: skip


def _version(version: Version) -> dict[str, Any]:
    return {"version": version.number, "seen_at": version.seen_at.isoformat(), "title": version.title}


def _figure(one: Found | None) -> dict[str, Any] | None:
    names = ("id", "low", "high", "qualifier", "metric", "party", "group", "scope", "span", "quote")
    return None if one is None else {"claim" if name == "id" else name: getattr(one, name) for name in names}
