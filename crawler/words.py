"""The words that newspapers print around an article (words.toml) as patterns, for text in lower case: that is ten times as fast.

Each is made when it is first asked for: a run that finds nothing new reads no page.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def months() -> dict[str, int]:
    """Beginning of a month's name, in any language, -> its number."""
    return {form: n for language in _languages().values() for n, forms in enumerate(language["months"], 1) for form in forms.split("|")}


@cache
def label() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,5}}(?:{_either('labels')})\b")


@cache
def call() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,5}}(?:(?:{_either('calls')})(?!\w)|©|\(c\)\s)")


@cache
def stamp() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either('counts', 'stamps')})(?!\w)")


@cache
def join() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either('joins')})(?!\w)")


@cache
def _languages() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def _either(*kinds: str) -> str:
    """The words of these kinds in all languages, longest first, so that none hides a longer one."""
    words = {word for language in _languages().values() for kind in kinds for word in language[kind]}
    return "|".join(map(_spelled, sorted(words, key=lambda word: (-len(word), word))))


def _spelled(word: str) -> str:
    """However wide its spaces and whichever its apostrophe; N is a number."""
    spelled = re.escape(word)
    return spelled.replace(r"\ ", r"\s{1,3}").replace("'", "['’]").replace("N", r"\d[\d.,\xa0 ]{0,9}[km]?")
