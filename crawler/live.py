"""Find the time of each entry of a live blog: lines of a page -> LiveEntry."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby, islice, takewhile

from lxml import etree

from crawler.article import LiveEntry, Moment
from crawler.body import Block
from crawler.decoding import letters_of
from crawler.head import Update
from crawler.moments import read_moment

ENTRIES = frozenset(("article", "div", "section", "li"))
MOST_ENTRIES = 1_000
MOST_TIMES = 3_000
LONGEST = 100_000
"""Letters of the updates in JSON-LD that are searched for a line."""
TELLING = 12
"""Letters from which a line belongs to the update that holds it."""


def find_times(tree: etree._Element, blocks: Sequence[Block]) -> dict[str, Moment]:
    """Line -> time, where several elements of one kind at one depth each hold a <time> and text: the deepest that hold most of it."""
    first: dict[etree._Element, Moment] = {}
    depths: dict[etree._Element, int] = {}
    for element in islice(tree.iter("time"), MOST_TIMES):
        if moment := read_moment(element.get("datetime")):
            above = [*takewhile(lambda ancestor: ancestor not in first, element.iterancestors())]
            base = max((depths[parent] for ancestor in above[-1:] if (parent := ancestor.getparent()) is not None), default=0)
            for depth, ancestor in enumerate(reversed(above), base + 1):
                first[ancestor], depths[ancestor] = moment, depth
    if len({*first.values()}) < 2:
        return {}
    owners = [[element for element in block.element.iterancestors() if element in first] for block in blocks]
    sizes: dict[etree._Element, int] = defaultdict(int)
    for block, around in zip(blocks, owners, strict=True):
        for element in around:
            sizes[element] += len(block.text)
    kinds: dict[tuple[int, str], list[etree._Element]] = defaultdict(list)
    for element in sizes:
        if element.tag in ENTRIES:
            kinds[depths[element], element.tag].append(element)
    held = {kind: sum(map(sizes.__getitem__, alike)) for kind, alike in kinds.items() if len(alike) >= 2}
    kind = max((kind for kind, size in held.items() if size >= 0.6 * max(held.values())), default=None)
    entries = set(kinds[kind]) if kind else set()
    return {block.text: first[element] for block, around in zip(blocks, owners, strict=True) for element in around if element in entries}


def find_entries(lines: Sequence[str], shown: Mapping[str, Moment], updates: Sequence[Update], live: bool) -> tuple[LiveEntry, ...]:
    """The stretches of the joined lines that have times of their own: those `shown` by the page, or its JSON-LD's, whichever are more.

    A page that does not call itself `live` is a live blog where at least three entries make most of its text.
    """
    times = max((shown, _by_updates(lines, updates)), key=lambda times: len({*times.values()}))
    entries = tuple(islice(_stretches(lines, times), MOST_ENTRIES))
    dated = sum(entry.end - entry.start for entry in entries)
    is_blog = len(entries) >= 2 if live else len(entries) >= 3 and dated > 0.6 * sum(map(len, lines))
    return entries if is_blog else ()


def _stretches(lines: Sequence[str], times: Mapping[str, Moment]) -> Iterator[LiveEntry]:
    """Neighbouring lines of one time are one entry."""
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    placed = [(start, start + len(line), times.get(line)) for start, line in zip(starts, lines, strict=False)]
    for moment, group in groupby(placed, key=lambda place: place[2]):
        if moment:
            places = list(group)
            yield LiveEntry(moment, places[0][0], places[-1][1])


def _by_updates(lines: Sequence[str], updates: Sequence[Update]) -> dict[str, Moment]:
    """Line -> time of the update of JSON-LD that has it as a paragraph, or in one: many of them have no paragraphs."""
    whole = {letters_of(part): update.published for update in updates for part in update.text.splitlines()}
    texts = [letters_of(update.text) for update in updates]
    starts = [*accumulate((len(text) + 1 for text in texts), initial=0)]
    held = "\n".join(texts)[:LONGEST]
    times: dict[str, Moment] = {}
    for line in lines if updates else ():
        letters = letters_of(line)
        if letters in whole:
            times[line] = whole[letters]
        elif len(letters) >= TELLING and (found := held.find(letters)) >= 0:
            times[line] = updates[bisect_right(starts, found) - 1].published
    return times
