"""Compare two versions of one page: which figures stayed, were corrected, are gone (DOMAIN 3.7 row 2, 3.0)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crawler.article import Article
from monitors.model import Kind, Stance, Statement
from monitors.rules.classify import falls, rises
from monitors.rules.identity import fold
from monitors.rules.statements import Remark, Track, agree, agree_bodies, group_or_none, is_plan
from monitors.rules.syndication import Credits
from monitors.rules.values import earlier, same

SHARE_KEPT = 0.5
"""A figure has vanished only if most of the page's other blocks remain."""


@dataclass(frozen=True)
class Edit:
    """What became of a figure of the version before: `kind` None where it stayed."""

    kind: Kind | None
    statement: Statement
    new: Remark | None
    why: str
    subtype: str | None = None
    quoted: tuple[int, ...] = ()
    """The claims that give the old number only to take it back: "wrongly gave the number of dead as 71"."""


def find_edits(
    before: Article,
    after: Article,
    old: Sequence[tuple[Remark, Statement | None]],
    new: Sequence[Remark],
    credits: Credits,
    is_young: Callable[[Remark], bool],
) -> Iterator[Edit]:
    """What the later version does to the figures of the earlier one. A later value of a moving toll is no edit: it is a change."""
    taken: set[tuple[int, ...]] = set()
    for remark, statement in old:
        if statement is None or not is_live_figure(remark):
            continue
        repeats = [other for other in new if same_slot(remark, other) and same(remark.value, other.value)]
        quoted = tuple(number for other in repeats if takes_back(other, after, credits) for number in other.ids)
        withdrawn = any(credits.says("withdrawn", after.language, other.claim.quote) for other in repeats)
        stayed = next((other for other in repeats if not set(other.ids) & set(quoted)), None)
        if stayed:
            if stayed.ids not in taken:
                taken.add(stayed.ids)
                yield Edit(None, statement, stayed, "stands as before")
            continue
        replaced = next(
            (
                other
                for other in new
                if is_live_figure(other)
                and same_slot(remark, other)
                and not set(other.ids) & set(quoted)
                and other.ids not in taken
                and not any(same(other.value, past.value) and same_slot(past, other) for past, _ in old)
            ),
            None,
        )
        if quoted and not replaced and not withdrawn:  # "corrected to say that the 55,000 are …": the note keeps the number
            taken.add(repeats[0].ids)
            yield Edit(None, statement, repeats[0], "stands in the note as before")
            continue
        if stands(remark, after):  # only our reading of it is another
            if replaced and replaced.claim.quote == remark.claim.quote:
                taken.add(replaced.ids)
                yield Edit(None, statement, replaced, "the sentence stands as before")
            continue
        if replaced and is_correction(remark, replaced, before, after, credits, is_young(remark)):
            taken.add(replaced.ids)
            noted = credits.says("corrected", after.language, after.text)
            young = is_young(remark) or after.live
            subtype = None if noted or young else "silent edit"
            yield Edit(Kind.CORRECTION, statement, replaced, "the page gives another number", subtype, quoted)
        elif replaced is None and (quoted or (not is_over(remark, new, is_young(remark)) and has_vanished(remark, before, after))):
            noted = credits.says("withdrawn", after.language, after.text) or credits.says("corrected", after.language, after.text)
            why = "the page takes the figure back" if quoted else "the figure is gone from the page"
            yield Edit(Kind.RETRACTION, statement, None, why, None if noted else "silent edit", quoted)


def is_passing(remark: Remark, young: bool) -> bool:
    """Of an event whose toll still moves a page tells how many are missing or in hospital today and something else tomorrow."""
    return remark.claim.metric != "killed" and young


def is_over(remark: Remark, new: Sequence[Remark], young: bool) -> bool:
    """Whether a figure is only of before: in passing, or of a toll that the page gives as higher in another's name by now."""
    tolls = (other for other in new if young and other.track is remark.track is Track.TOLL)
    live = (other for other in tolls if is_live_figure(other) and not other.claim.part)
    alike = (other for other in live if other.claim.metric == remark.claim.metric and agree(other.claim.party, remark.claim.party))
    return is_passing(remark, young) or any(rises(other.value, remark.value) for other in alike)


def takes_back(remark: Remark, article: Article, credits: Credits) -> bool:
    """Whether the sentence of a figure is the note that corrects or withdraws it."""
    return any(credits.says(what, article.language, remark.claim.quote) for what in ("corrected", "withdrawn"))


def is_live_figure(remark: Remark) -> bool:
    claim = remark.claim
    return not (is_plan(claim) or claim.superseded or claim.past or claim.stance in (Stance.DENIED, Stance.DISPUTED))


def stands(remark: Remark, after: Article) -> bool:
    """Whether the very sentence of a figure is still on the page."""
    return bool(remark.claim.quote) and remark.claim.quote in (after.title if remark.claim.in_title else after.text)


def same_slot(a: Remark, b: Remark) -> bool:
    """The place a figure has on a page: metric, party, group and claimant, as far as both say."""
    return (
        a.claim.metric == b.claim.metric
        and agree(a.claim.party, b.claim.party)
        and agree_bodies(a.claimant, b.claimant)
        and agree(group_or_none(a.claim.group), group_or_none(b.claim.group))
        and (a.track is b.track or a.track is Track.TOLL or b.track is Track.TOLL)
    )


def is_correction(old: Remark, new: Remark, before: Article, after: Article, credits: Credits, young: bool) -> bool:
    """Whether another number on the page corrects it: the page says so; it falls without a later day; a total, or the toll of an event
    that is not `young` any more, and nothing else moved."""
    noted = credits.says("corrected", after.language, after.text)
    if new.as_of_stated and earlier(old.as_of, new.as_of):
        return noted and falls(new.value, old.value)
    if noted:
        return True
    stays = kept(old, before, after)
    if not (alike(old.claim.quote, new.claim.quote) if stays is None else stays >= SHARE_KEPT):
        return False  # another text altogether
    return (falls(new.value, old.value) and not is_passing(old, young)) or (
        not young and (old.as_of == new.as_of or old.track is Track.TOLL) and agree(old.claim.venue, new.claim.venue)
    )


def has_vanished(remark: Remark, before: Article, after: Article) -> bool:
    """Whether the figure is gone while the page is whole: not live, not cut by a wall, most of its other blocks still there.

    Headlines are written anew all the time: a number that only stood there has not vanished.
    """
    if remark.claim.in_title or after.live or before.live or (after.free is False and len(after.text) < len(before.text)):
        return False
    number = re.sub(r"\D", "", remark.claim.span)
    if number and re.search(rf"(?<!\d){number}(?!\d)", re.sub(r"(?<=\d)[,.'\s\u00a0\u202f](?=\d{3})", "", after.text)):
        return False
    share = kept(remark, before, after)
    return share is not None and share >= SHARE_KEPT


def kept(remark: Remark, before: Article, after: Article) -> float | None:
    """The share of the page's other blocks that the later version still has; None where it had no others."""
    blocks = [block.strip() for block in before.text.splitlines() if block.strip() and remark.claim.quote not in block]
    return sum(block in after.text for block in blocks) / len(blocks) if blocks else None


def alike(a: str, b: str) -> bool:
    """Whether two sentences are one with another number in it: half of their other words in common."""
    x, y = ({word for word in fold(text).split() if not word.isdigit()} for text in (a, b))
    return len(x & y) >= SHARE_KEPT * len(x | y)
