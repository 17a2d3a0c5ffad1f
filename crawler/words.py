"""The words that newspapers print around an article (words.toml) as patterns, for text in lower case: that is ten times as fast."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

LANGUAGES = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def _either(*kinds: str) -> str:
    """The words of these kinds in all languages, longest first, so that none hides a longer one."""
    words = {word for language in LANGUAGES.values() for kind in kinds for word in language[kind]}
    return "|".join(map(_spelled, sorted(words, key=lambda word: (-len(word), word))))


def _spelled(word: str) -> str:
    """However wide its spaces and whichever its apostrophe; N is a number."""
    spelled = re.escape(word)
    return spelled.replace(r"\ ", r"\s{1,3}").replace("'", "['’]").replace("N", r"\d[\d.,\xa0 ]{0,9}[km]?")


def _months() -> Iterable[tuple[str, int]]:
    for language in LANGUAGES.values():
        for n, forms in enumerate(language["months"], 1):
            yield from ((form, n) for form in forms.split("|"))


MONTHS = dict(_months())
"""Beginning of a month's name, in any language, -> its number."""
MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\w{{0,7}}\.?"
LABEL = re.compile(rf"\W{{0,5}}(?:{_either('labels')})\b")
CALL = re.compile(rf"\W{{0,5}}(?:(?:{_either('calls')})(?!\w)|©|\(c\)\s)")
STAMP = re.compile(rf"(?<!\w)(?:{_either('counts', 'stamps')})(?!\w)")
JOIN = re.compile(rf"(?<!\w)(?:{_either('joins')})(?!\w)")
