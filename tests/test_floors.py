"""The scores on our own sentences never fall: each is pinned in floors.toml, with the hash of the sentences it was measured on.

`python -m tests.test_floors` writes the file anew, after new sentences or a gain. It never lowers a floor of the same sentences: that is
done by hand, where it shows.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Claim
from tests.test_figures_sentences import THURSDAY, expected

FLOORS = Path(__file__).with_name("floors.toml")
CORPORA = {file.stem: file for file in sorted((Path(__file__).parent / "sentences").glob("*.toml"))}
HEAD = """\
# What the reader scored on tests/sentences when this file was last written, and the hash of the sentences it was measured on: a
# table a file. `right` is the share of rows read without any fault, `figures` the F1 of numbers with their metric, `whole` the F1
# of claims with every field that is labelled. A change that lowers one fails the tests. Written by: python -m tests.test_floors
"""


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_no_score_is_below_its_floor(name):
    rows, pinned = read_rows(name), tomllib.loads(FLOORS.read_text(encoding="utf-8")).get(name, {})
    scores = measure(name, rows)
    if pinned.get("sha256") != fingerprint(rows):
        pytest.fail(f"the sentences of {name} changed (was {pinned}, is {scores}): look at the scores, then python -m tests.test_floors")
    fallen = [f"{score} {scores[score]} < {pinned[score]}" for score in SCORES if scores[score] < pinned[score]]
    assert not fallen, f"{name} is read worse than it was: mend it, the floor stays"
    risen = [f"{score} {scores[score]} > {pinned[score]}" for score in SCORES if scores[score] > pinned[score]]
    assert not risen, f"{name} is read better than its floor: raise it with python -m tests.test_floors"


SCORES = ("right", "figures", "whole")


def read_rows(name: str) -> list[dict[str, Any]]:
    """The rows of all classes of a file of sentences."""
    return [row for listed in tomllib.loads(CORPORA[name].read_text(encoding="utf-8")).values() for row in listed]


def fingerprint(rows: Sequence[dict[str, Any]]) -> str:
    """The same for the same sentences, whatever the comments and the order of the fields."""
    return sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()


def measure(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The scores of `SCORES`, cut to four digits."""
    language = load_language(name.partition("_")[0])
    assert language is not None
    right = figures = whole = wanted = got = 0
    for row in rows:
        article = Article(outlet="", url="", title=row.get("title", ""), text=row["text"], published=row.get("published", THURSDAY))
        labels, found = put_side_by_side(name, row, read_figures(article, language).claims)
        hits = hits_of(labels, found, NUMBER), hits_of(labels, found)
        figures, whole, wanted, got = figures + hits[0], whole + hits[1], wanted + len(labels), got + len(found)
        right += hits[1] == len(labels) == len(found)
    scores = right / len(rows), 2 * figures / (wanted + got or 1), 2 * whole / (wanted + got or 1)
    return dict(zip(SCORES, (int(score * 10_000) / 10_000 for score in scores), strict=True))


NUMBER = frozenset({"low", "high", "metric"})


def put_side_by_side(name: str, row: dict[str, Any], claims: Sequence[Claim]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the row wants and what was found, in the row's terms. A passage (en_war) labels every field, a sentence (en) those it names."""
    found = [{**asdict(claim), "by": claim.attributed_to} for claim in claims]
    if "_" not in name:
        return [expected(label) for label in row["claims"]], found
    from tests.test_sentences import optional, written_out

    return [written_out(label) for label in row["claims"] if not optional(label)], [one for one in found if not optional(one)]


def hits_of(labels: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]], fields: frozenset[str] | None = None) -> int:
    """How many of the labels were found, each by one claim of its own; only these fields are compared."""
    left = list(found)
    for label in labels:
        sought = {name: value for name, value in label.items() if fields is None or name in fields}
        twin = next((one for one in left if all(agree(name, one[name], value) for name, value in sought.items())), None)
        if twin is not None:
            left.remove(twin)
    return len(found) - len(left)


def agree(field: str, said: Any, label: Any) -> bool:
    """Equal; of two names one may hold the other: "Zelensky", "President Volodymyr Zelensky"."""
    if field != "by" or not said or not label:
        return bool(said == label)
    return said.casefold() in label.casefold() or label.casefold() in said.casefold()


def main() -> int:
    """Write floors.toml; 1 when a floor of unchanged sentences would be lowered."""
    pinned = tomllib.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    text = HEAD
    for name in CORPORA:
        rows, old = read_rows(name), pinned.get(name, {})
        scores = measure(name, rows)
        lower = [score for score in SCORES if scores[score] < old.get(score, 0)]
        if lower and old.get("sha256") == fingerprint(rows):
            print(f"{name}: {', '.join(lower)} fell: {scores}, was {old}; mend it, the floor stays")
            return 1
        print(f"{name}: {len(rows)} rows, {scores}")
        text += f'\n[{name}]\nsha256 = "{fingerprint(rows)}"\nrows = {len(rows)}\n'
        text += "".join(f"{score} = {scores[score]}\n" for score in SCORES)
    FLOORS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
