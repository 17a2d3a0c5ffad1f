"""Passages written and labelled before the reader saw them: how it reads other outlets' war reports, disasters, crime, headlines and traps.

The rows have the format of `sentences/en.toml`, but every claim carries its whole label: a field that is not named is none
(`group` all, `stance` asserted); `scope` is checked only where named, since readers waver between event and cumulative.
Vague figures and metrics of the open class are neither asked for nor held against the reader.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Claim

ENGLISH = load_language("en")
FILES = [f"en_{name}.toml" for name in ("war", "disasters", "accidents_crime", "headlines_feeds", "traps", "lists", "clauses")]
THURSDAY = date(2026, 2, 5)
EMPTY = {"party": None, "group": "all", "as_of": None, "by": None, "stance": "asserted", "in_title": False}


def rows():
    for name in FILES:
        for kind, listed in tomllib.loads((Path(__file__).parent / "sentences" / name).read_text(encoding="utf-8")).items():
            for row in listed:
                known = row.get("known_failure")
                marks = [pytest.mark.xfail(reason=known, strict=True)] if known else []
                yield pytest.param(row, marks=marks, id=f"{kind}: {row.get('title', '')}{row['text']}"[:90])


@pytest.mark.parametrize("row", list(rows()))
def test_passage_says(row):
    article = Article(outlet="", url="", title=row.get("title", ""), text=row["text"], published=row.get("published", THURSDAY))
    wanted = sorted((written_out(claim) for claim in row["claims"] if not optional(claim)), key=number)
    claims = sorted((found(claim) for claim in read_figures(article, ENGLISH).claims if not optional(found(claim))), key=number)
    assert [number(claim) for claim in claims] == [number(claim) for claim in wanted]
    for said, label in zip(claims, wanted, strict=True):
        assert {name: said[name] for name in label if name != "by"} == {name: label[name] for name in label if name != "by"}
        assert same_name(said["by"], label["by"]), f"said by {said['by']}, not {label['by']}"


def written_out(label: dict) -> dict:
    """The row's shorthand written out: a bare `low` is exact, "none" is None, what is not named is empty."""
    fields = {name: None if value == "none" else value for name, value in label.items() if name not in ("open", "ceiling", "vague")}
    low = None if label.get("vague") else label.get("low")
    high = None if label.get("open") or label.get("vague") else label.get("ceiling", label.get("high", low))
    return {**EMPTY, **fields, "low": low, "high": high}


def found(claim: Claim) -> dict:
    return {**{name: getattr(claim, name) for name in Claim.__dataclass_fields__}, "by": claim.attributed_to}


def optional(claim: dict) -> bool:
    return bool(claim.get("vague")) or claim.get("qualifier") == "vague" or claim["metric"].startswith("other:")


def number(claim: dict) -> tuple:
    return (not claim["in_title"], claim["metric"], claim["low"] or 0, claim["high"] or 0, str(claim["group"]))


def same_name(said: str | None, label: str | None) -> bool:
    """Both or neither, and one name holds the other: "Zelensky", "President Volodymyr Zelensky"."""
    if not said or not label:
        return said == label
    return said.casefold() in label.casefold() or label.casefold() in said.casefold()
