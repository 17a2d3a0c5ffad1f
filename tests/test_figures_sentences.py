"""Sentences of our own and what they say: one row, one test. A bug starts as a row here."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Claim

FILES = [file for file in sorted((Path(__file__).parent / "sentences").glob("*.toml")) if "_" not in file.stem]
THURSDAY = date(2026, 2, 5)
FIELDS = {"by": "attributed_to"}


def rows():
    for file in FILES:
        for kind, listed in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for row in listed:
                known = row.get("known_failure")
                marks = [pytest.mark.xfail(reason=known, strict=True)] if known else []
                yield pytest.param(file.stem, row, marks=marks, id=f"{file.stem}: {kind}: {row.get('title', '')}{row['text']}"[:90])


@pytest.mark.parametrize(("code", "row"), list(rows()))
def test_sentence_says(code, row):
    article = Article(outlet="", url="", title=row.get("title", ""), text=row["text"], published=row.get("published", THURSDAY))
    claims = read_figures(article, load_language(code)).claims
    assert [said(claim, wanted) for claim, wanted in zip(claims, row["claims"], strict=False)] == [
        expected(wanted) for wanted in row["claims"]
    ]
    assert len(claims) == len(row["claims"])


def said(claim: Claim, wanted: dict) -> dict:
    fields = {name: getattr(claim, FIELDS.get(name, name)) for name in expected(wanted) if name not in ("low", "high")}
    return {"low": claim.low, "high": claim.high, **fields}


def expected(wanted: dict) -> dict:
    """The row's shorthand written out: a bare `low` is exact, "none" is None."""
    fields = {name: None if value == "none" else value for name, value in wanted.items() if name not in ("open", "ceiling", "vague")}
    low = None if wanted.get("vague") else wanted.get("low")
    high = None if wanted.get("open") or wanted.get("vague") else wanted.get("ceiling", wanted.get("high", low))
    return {**fields, "low": low, "high": high}
