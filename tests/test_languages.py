"""A language is data: the words that the README writes down are enough to read its first figures."""

from __future__ import annotations

import re
import shutil
from importlib.resources import as_file
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import LANGUAGES, Language, read_language

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def italian(tmp_path_factory: pytest.TempPathFactory) -> Language:
    folder = tmp_path_factory.mktemp("languages")
    for name in ("shared.toml", "places_en.toml"):
        with as_file(LANGUAGES / name) as shipped:
            shutil.copy(shipped, folder)
    for name, block in re.findall(r"^```toml (\w+\.toml)\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(block, encoding="utf-8")
    language = read_language(folder, "it")
    assert language
    return language


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Almeno dodici persone sono morte a Kiev.", [(12, None, "killed", "ukraine", "all")]),
        ("Più di 12.000 soldati ucraini sono stati uccisi, secondo Mosca.", [(12_000, None, "killed", "ukraine", "military")]),
        ("Un attacco nel nord: tre morti.", [(3, 3, "killed", None, "all")]),
        ("Nel 2025 sono state vendute dieci case a Roma.", []),
    ],
)  # fmt: skip
def test_the_readmes_words_of_italian_read_its_first_figures(italian, text, figures):
    found = read_figures(Article("example", "https://example.org/1", "", text, language="it"), italian).claims
    assert [(claim.low, claim.high, claim.metric, claim.party, claim.group) for claim in found] == figures
