"""Tell whose text an article carries: an agency's, another outlet's, or its own (DOMAIN 3.6)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from monitors.model import Origin
from monitors.rules.constants import Constants
from monitors.rules.identity import Publishers, fold
from monitors.rules.statements import COPY, Page, Remark, instant_of


@dataclass(frozen=True)
class Credits:
    """credits.toml: how pages credit agencies, and say that they were corrected, that a figure was withdrawn, revised, recounted."""

    agencies: Mapping[str, re.Pattern[str]]
    some_agency: re.Pattern[str]
    notes: Mapping[str, Mapping[str, re.Pattern[str]]]

    def says(self, note: str, language: str | None, text: str) -> bool:
        """Whether a text says so: note is a table of credits.toml: "corrected", "revised" …."""
        pattern = self.notes[note].get((language or "en")[:2])
        return bool(pattern and pattern.search(text))


NOTES = (
    "corrected", "withdrawn", "taken_back", "separate", "contrasted", "revised", "risen", "recount", "carried_out", "planned", "recalled",
)  # fmt: skip
"""The tables of credits.toml that are looked for in sentences."""


@cache
def shipped_credits() -> Credits:
    """credits.toml."""
    tables = tomllib.loads(files("monitors.definitions").joinpath("credits.toml").read_text("utf-8"))
    notes = {
        name: {language: _any(words) for language, words in tables[name].items()}
        for name in NOTES
    }
    return Credits({row["name"]: _any(row["credit"]) for row in tables["agency"]}, _any(tables["agencies"]["credit"]), notes)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    lines = list(patterns)
    flags = "".join(sorted({flag for line in lines for flag in re.findall(r"^\(\?(\w+)\)", line)[:1]}))
    return re.compile((f"(?{flags})" if flags else "") + "|".join(re.sub(r"^\(\?\w+\)", "", line) for line in lines))


def find_origin(
    page: Page,
    remark: Remark,
    primary: bool,
    heads: Sequence[tuple[Origin, str]],
    credits: Credits,
    publishers: Publishers,
    constants: Constants,
) -> Origin:
    """The origin a page is of a statement: itself, or a copy of another. `heads` are the statement's origins so far with their texts.

    The claimant's own channel is always one; then an agency's credit, a credited outlet, shared words decide, in this order.
    """
    publisher = page.publisher
    copied = (
        None
        if primary
        else (
            credited_agency(page, credits, constants)
            or credited_outlet(remark, publisher.family, heads, publishers)
            or copied_text(page, heads, constants)
        )
    )
    return Origin(
        page.article.outlet or publisher.name,
        page.article.url,
        publisher.family,
        publisher.tier,
        page.seen_at,
        instant_of(page.article.published),
        primary,
        remark.direct_quote,
        None if copied == publisher.family else copied,
    )


def credited_agency(page: Page, credits: Credits, constants: Constants) -> str | None:
    """The agency credited in the first or last characters of the text."""
    text, window = page.article.text, constants.syndication.credit_window
    ends = text if len(text) <= 2 * window else f"{text[:window]}\n{text[-window:]}"
    ends = "\n".join([*page.article.authors, ends])
    named = next((agency for agency, pattern in credits.agencies.items() if pattern.search(ends)), None)
    return named or (COPY if credits.some_agency.search(ends) else None)


def credited_outlet(remark: Remark, family: str, heads: Sequence[tuple[Origin, str]], publishers: Publishers) -> str | None:
    """The outlet the claim is credited to on the way ("Reuters reported"), where that one is an origin already."""
    known = {origin.copy_of or origin.family for origin, _ in heads}
    via = (publishers.named(name) for name in remark.claim.via)
    return next((publisher.family for publisher in via if publisher and publisher.family != family and publisher.family in known), None)


def copied_text(page: Page, heads: Sequence[tuple[Origin, str]], constants: Constants) -> str | None:
    """The origin whose words the text shares, the claimant's own words left out. A newsroom copies no lesser one."""
    text = without_quotes(page.article.text)
    for origin, other in heads[: constants.syndication.heads_compared]:
        if origin.url != page.article.url and origin.tier <= page.publisher.tier and is_copy(text, without_quotes(other), constants):
            return origin.copy_of or origin.family
    return None


def without_quotes(text: str) -> str:
    """The newsroom's own words: what stands between quotation marks is the claimant's, and alike everywhere."""
    return re.sub(r"[\"“„«][^\"“”„«»]{0,600}[\"”“»]", " ", text)


def is_copy(a: str, b: str, constants: Constants) -> bool:
    """Half of the five-word shingles in common, or 25 words in a row.

    >>> from monitors.rules.constants import shipped
    >>> is_copy("the quick brown fox jumps over the dog", "the quick brown fox jumps over the lazy dog", shipped())
    True
    """
    rules = constants.syndication
    x, y = shingles(a, rules.shingle_words), shingles(b, rules.shingle_words)
    common = len(x & y)
    if not common:
        return False
    return common / len(x | y) >= rules.shingle_share or bool(shingles(a, rules.shared_run_words) & shingles(b, rules.shared_run_words))


@lru_cache(maxsize=128)
def shingles(text: str, length: int) -> frozenset[tuple[str, ...]]:
    words = fold(text).split()
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
