"""Two versions of a text -> what went and what came, word by word, with what stayed between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT_WORDS = 12
"""Words of an unchanged stretch that are shown at each of its ends."""
MOST_WORDS = 4000
"""Of the stretch in which two versions differ; of a longer one all is said to have changed: comparing takes the square of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words: kept, gone or new."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> Iterator[Change]:
    """The stretches of both texts in order; long ones that stayed are shortened.

    >>> [(change.kind, change.text) for change in word_diff("43,000 soldiers were killed", "46,000 soldiers were killed")]
    [('gone', '43,000'), ('new', '46,000'), ('kept', 'soldiers were killed')]
    """
    old, new = _words(before), _words(after)
    head = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    most = min(len(old), len(new)) - head
    tail = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    yield from _kept(old[:head])
    if max(len(inner_old), len(inner_new)) > MOST_WORDS:
        codes = [("replace", 0, len(inner_old), 0, len(inner_new))]
    else:
        codes = list(SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_opcodes())
    for code, a, b, c, d in codes:
        if code == "equal":
            yield from _kept(inner_old[a:b])
            continue
        if b > a:
            yield Change("gone", " ".join(inner_old[a:b]))
        if d > c:
            yield Change("new", " ".join(inner_new[c:d]))
    yield from _kept(old[len(old) - tail :])


def _kept(found: list[str]) -> Iterator[Change]:
    if len(found) > 2 * KEPT_WORDS + 1:
        found = [*found[:KEPT_WORDS], "…", *found[-KEPT_WORDS:]]
    if found:
        yield Change("kept", " ".join(found))


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)
