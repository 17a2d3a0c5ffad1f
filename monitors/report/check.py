"""Show a text's figures beside what the history says of them, each with a citation to paste."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from crawler.article import Article
from monitors.alerts.phrases import Value, clean, day_words, outlet_name, readable_link, value_words
from monitors.check import Checked, Verdict
from monitors.exchange import write_claim
from monitors.model import Statement
from monitors.report.explain import marked, sentence_of
from monitors.report.tables import printable

COLUMNS = 110
"""No line is longer, except an address, which is never cut."""

STYLES = {Verdict.CURRENT: "bold green", Verdict.STALE: "bold red", Verdict.DIFFERS: "bold red"}
MOST_CITED = 5


def show_checked(article: Article, checked: Sequence[Checked], titles: Mapping[str, str], console: Console) -> None:
    """One block a figure: its sentence, what it is, and the citations; then a line that sums up."""
    for one in checked:
        _put(marked(sentence_of(one.remark.claim, article), console), console, 0)
        _put(Text(printable(sum_up(one)), STYLES.get(one.verdict, "bold")), console, 2)
        for label, statement in list(_cited(one))[:MOST_CITED]:
            cited = cite(statement, titles)
            _put(Text(printable(f"{label}: {cited['text']}")), console, 4)
            console.print(f"      {printable(cited['url'])}", soft_wrap=True)
            _put(Text(printable(f"“{cited['quote']}”"), "dim"), console, 6)
        console.print()
    counts = Counter(one.verdict for one in checked)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    console.print(f"{len(checked)} figure{'' if len(checked) == 1 else 's'}{': ' if summary else ' found'}{summary}")


def write_checked(one: Checked, titles: Mapping[str, str]) -> dict[str, Any]:
    """The object of `check --json`: the claim as `extract` gives it, what it is, and the citations."""
    return {
        **write_claim(one.remark.claim),
        "verdict": one.verdict,
        "why": one.why,
        "since": one.since,
        "said": cite(one.said, titles) if one.said else None,
        "now": cite(one.now, titles) if one.now else None,
        "others": [cite(statement, titles) for statement in one.others],
    }


def cite(statement: Statement, titles: Mapping[str, str]) -> dict[str, Any]:
    """A statement as one cites it; `text` is the line to paste, address and sentence beside it."""
    value = value_words(Value(statement.low, statement.high, statement.qualifier, statement.quote))
    printed = next((origin.published for origin in statement.origins if origin.url == statement.url and origin.published), None)
    day = printed.date().isoformat() if printed else statement.said_on.isoformat()
    outlet = titles.get(statement.outlet) or outlet_name(statement.outlet)
    return {
        "claimant": statement.claimant,
        "value": value,
        "as_of": statement.as_of,
        "outlet": outlet,
        "date": day,
        "url": readable_link(statement.url),
        "quote": clean(statement.quote),
        "low": statement.low,
        "high": statement.high,
        "qualifier": statement.qualifier,
        "text": f"{statement.claimant}: {value}, as of {day_words(statement.as_of)} ({outlet}, {day_words(day)})",
    }


def sum_up(one: Checked) -> str:
    """What a figure is, in a line: "43,000: stale since 4 Feb 2025 (a past value); now 55,000"."""
    since = f" since {day_words(one.since)}" if one.since else ""
    now = f"; now {value_words(Value(one.now.low, one.now.high, one.now.qualifier, one.now.quote))}" if one.now else ""
    names = list(dict.fromkeys(other.claimant for other in one.others))
    whom = f" from {', '.join(names[:MOST_CITED])}" if one.verdict is Verdict.DIFFERS else ""
    return f"{one.remark.claim.span}: {one.verdict}{since}{whom} ({one.why.rstrip(':')}){now}"


def _cited(one: Checked) -> Iterator[tuple[str, Statement]]:
    if one.now:
        yield "now", one.now
    if one.said:
        yield "was" if one.now else "source", one.said
    for other in one.others:
        yield "near" if one.verdict is Verdict.UNKNOWN else "instead", other


def _put(text: Text, console: Console, indent: int) -> None:
    """A paragraph wrapped the same on a terminal and in a pipe."""
    width = min(console.width, COLUMNS) if console.is_terminal else COLUMNS
    for line in text.wrap(console, width - indent):
        line.rstrip()
        console.print(Text.assemble(" " * indent, line), soft_wrap=True)
