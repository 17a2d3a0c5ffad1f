"""How fast figures are read, side by side with two general tools where those are installed: articles a second of processor time.

`python -m tests.bench.bench_figures` prints the table; `pytest tests/bench/bench_figures.py -m bench` asserts the targets.
The alternatives are `pip install quantulum3 spacy`; neither says what a number counts, whose, by whom or when.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from time import process_time
from typing import Any, TypeAlias

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language

pytestmark = pytest.mark.bench

ARTICLES, WORDS, ROUNDS = 200, 900, 3
SAMPLE = {"quantulum3": 5, "spaCy": 20, "spaCy, words only": 50}
"""The alternatives are so slow that some of the articles must do."""
PASSAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "en_dev.jsonl"
Tool: TypeAlias = Callable[[Article], object]


# ------------------------------------------------------------------ the targets


TARGETS = [("no figures", 500), ("as the press", 300), ("passage in an article", 150), ("labelled passages", 150)]


@pytest.mark.parametrize(("corpus", "least"), TARGETS)
def test_articles_a_second(corpus: str, least: int) -> None:
    articles = corpora().get(corpus) or pytest.skip("needs the labelled passages beside the project")
    assert rate(ours, articles) >= least


@pytest.mark.parametrize("name", ["1 MB of digits", "grouped digits", "10,000 nested quotes", "no full stop", "numbers and cues", "commas"])
def test_a_strange_text_takes_less_than_a_second(name: str) -> None:
    assert seconds(ours, [STRANGE[name]]) < 1


def test_extract_starts_within_half_a_second() -> None:
    assert startup() <= 0.5


@pytest.mark.parametrize("name", ["quantulum3", "spaCy"])
def test_we_are_faster_than_the_alternative(name: str) -> None:
    other = alternatives().get(name) or pytest.skip(f"{name} is not installed")
    articles = corpora()["as the press"][: SAMPLE[name]]
    assert rate(ours, articles) > rate(other, articles, rounds=1)


# ------------------------------------------------------------------ what is measured


def ours(article: Article) -> object:
    """Every figure with what it counts, whose, by whom, as of when."""
    language = load_language("en")
    assert language is not None
    return read_figures(article, language)


@cache
def alternatives() -> dict[str, Tool]:
    """What is installed of: a general extractor of quantities, and a general pipeline that tags numbers and sentences."""
    found: dict[str, Tool] = {}
    if find_spec("quantulum3"):
        from quantulum3 import parser  # type: ignore[import-not-found, unused-ignore]

        found["quantulum3"] = lambda article: parser.parse(article.text)
    if find_spec("spacy"):
        import spacy  # type: ignore[import-not-found, unused-ignore]

        trained = next((name for name in ("en_core_web_sm", "en_core_web_md") if spacy.util.is_package(name)), None)
        if trained:  # tagger, parser, entities
            pipeline, name = spacy.load(trained), "spaCy"
        else:  # without a model it cuts into words and sentences, and knows which words look like numbers
            pipeline, name = spacy.blank("en"), "spaCy, words only"
            pipeline.add_pipe("sentencizer")
        found[name] = lambda article: [token for token in pipeline(article.text) if token.like_num]
    return found


def rate(tool: Tool, articles: Sequence[Article], rounds: int = ROUNDS) -> float:
    """Articles a second."""
    return len(articles) / seconds(tool, articles, rounds)


def seconds(tool: Tool, articles: Sequence[Article], rounds: int = ROUNDS) -> float:
    """Processor time of one pass over the articles: the median of some rounds after a first article that warms up."""
    tool(articles[0])
    taken = []
    for _ in range(rounds):
        began = process_time()
        for article in articles:
            tool(article)
        taken.append(process_time() - began)
    return statistics.median(taken)


def startup(times: int = 5) -> float:
    """Processor time of a whole `tallywatch extract` on one line: the median."""
    command = [sys.executable, "-m", "monitors.cli", "extract", "--jsonl"]
    taken = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=b'{"id": 1, "text": "12 people were killed."}', stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


# ------------------------------------------------------------------ the texts


@cache
def corpora() -> dict[str, list[Article]]:
    """200 articles of about 900 words each: three kinds made here, and two with the labelled passages where they are at hand.

    `no figures`: numbers and cues, never in one sentence. `as the press`: 0.6 sentences with figures an article, as in a day's feeds.
    `a war report`: one sentence in six, as in the articles that matter. `passage in an article`: one labelled passage, the rest without
    figures. `labelled passages`: nothing but passages end to end, a number every 16 words: the worst there can be.
    """
    made = {
        "no figures": [make_article(seed, lambda chance, at: False) for seed in range(ARTICLES)],
        "as the press": [make_article(seed, lambda chance, at: chance.random() < 0.01) for seed in range(ARTICLES)],
        "a war report": [make_article(seed, lambda chance, at: at % 6 == 2) for seed in range(ARTICLES)],
    }
    if not PASSAGES.exists():
        return made
    rows = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines() if line.strip()]
    random.Random(0).shuffle(rows)
    pairs = zip(rows, made["no figures"], strict=False)
    surrounded = [_article(row["title"] or "", f"{row['text']}\n{plain.text}") for row, plain in pairs]
    return {**made, "passage in an article": surrounded, "labelled passages": list(glue(rows))}


def make_article(seed: int, figure_here: Callable[[random.Random, int], bool]) -> Article:
    """An article of our own words, the same for the same seed."""
    chance = random.Random(seed)
    sentences: list[str] = []
    words = 0
    while words < WORDS:
        kind = FIGURES if figure_here(chance, len(sentences)) else PLAIN
        sentence = chance.choice(kind).format(
            who=chance.choice(WHO), place=chance.choice(PLACES), thing=chance.choice(THINGS), year=chance.randint(1950, 2025),
            few=chance.randint(2, 99), many=f"{chance.randint(1000, 90_000):,}", day=chance.choice(DAYS))
        sentences.append(sentence[:1].upper() + sentence[1:])
        words += len(sentences[-1].split())
    paragraphs = (" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))
    return _article(f"{chance.choice(WHO)} looks at {chance.choice(THINGS)}".capitalize(), "\n".join(paragraphs))


def glue(rows: Sequence[dict[str, Any]]) -> Iterable[Article]:
    """The labelled passages put together until an article is long enough; they come round several times."""
    source = cycle(rows)
    for _ in range(ARTICLES):
        title, paragraphs, words = "", list[str](), 0
        while words < WORDS:
            row = next(source)
            title = title or row.get("title") or ""
            paragraphs.append(row["text"])
            words += len(row["text"].split())
        yield _article(title, "\n".join(paragraphs))


def _article(title: str, text: str) -> Article:
    return Article(outlet="", url="", title=title, text=text, core=text, published=date(2026, 2, 5), language="en")


WHO = ("the ministry", "Mayor Oleh Koval", "the regional governor", "a spokeswoman", "the hospital's director", "an aid worker",
       "President Arnaud Vidal", "the agency", "a resident", "Maria Fontes, a teacher,", "the company", "a farmer", "unions")  # fmt: skip
PLACES = ("Kharkiv", "the harbour", "northern Italy", "Khartoum", "the old town", "Lima", "the border", "Manila", "the valley", "Gaza")
THINGS = ("the new railway", "grain prices", "the winter harvest", "water supplies", "the school reform", "the ceasefire talks",
          "a long drought", "the budget", "cheap loans", "the museum's roof", "fishing rights", "the power grid")  # fmt: skip
DAYS = ("Monday", "Wednesday", "Sunday", "1 March", "12 December 2025")
PLAIN = (
    "{who} said that {thing} would be discussed again once the committee had met in {place}.",
    "Nobody in {place} had expected {thing} to matter so much, but the weather, the wages and the rents all pulled the same way.",
    "“We waited and waited,” said {who}, who had come to {place} with two suitcases and a letter about {thing}.",
    "Since {year}, {thing} has cost the taxpayers of {place} about ${few} million, according to the auditors.",
    "The road from {place} is {few} km long, and on {day} it was closed for the third time this season.",
    "Critics of {thing} point to a study which found that prices rose by {few}% after {year}, while wages stood still.",
    "In {place} the market opened late, the fishermen mended their nets, and the radio spoke of {thing} until noon.",
    "It was, {who} added, a question of trust: without it neither {thing} nor the next round of talks could succeed.",
    "Old grievances were remembered; some had lost relatives, and those who died are mourned every spring in {place}.",
    "The team from {place} won 3-1 on {day}, its best result since {year}, and the town celebrated long into the night.",
)
FIGURES = (
    "At least {few} people were killed and {many} injured in {place} on {day}, {who} said.",
    "{who} put the number of soldiers killed since {year} at {many}, up from {few} in the last update.",
    "More than {many} people have been displaced from {place}, according to {who}.",
    "The two sides exchanged {few} prisoners each on {day}, {who} told reporters.",
    "Between {few} and {many} civilians were wounded when {place} was shelled on {day}.",
)
NESTED = "“She said ‘" * 5000 + "12 people were killed" + "’” he said" * 5000
STRANGE = {
    name: _article("", text)
    for name, text in {
        "1 MB of digits": "killed " + "7" * 1_000_000,
        "grouped digits": "killed " + "123," * 250_000,
        "10,000 nested quotes": NESTED,
        "no full stop": ("officials said 12 people were killed and " * 2_500)[:100_000],
        "numbers and cues": "12 killed " * 40_000,
        "commas": "12, " * 50_000 + "killed",
    }.items()
}


# ------------------------------------------------------------------ the table


def main() -> int:
    """Print everything measured."""
    tools: dict[str, tuple[Tool, int, int]] = {"ours": (ours, ARTICLES, ROUNDS)}
    tools |= {name: (tool, SAMPLE[name], 1) for name, tool in alternatives().items()}
    print(f"{'articles a second of processor time':36}" + "".join(f"{name:>20}" for name in tools))
    for name, articles in corpora().items():
        rates = (rate(tool, articles[:count], rounds) for tool, count, rounds in tools.values())
        print(f"{name:36}" + "".join(f"{one:20.1f}" for one in rates), flush=True)
    print()
    for name, article in STRANGE.items():
        print(f"{name:36}{seconds(ours, [article]):18.3f} s", flush=True)
    print(f"{'start-up of extract':36}{startup():18.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
