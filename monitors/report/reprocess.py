"""Show how stored articles are read today, against what is stored, and how their alerts would differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from monitors.alerts.phrases import readable_link
from monitors.model import Claim
from monitors.report.explain import describe, marked, sentence_of
from monitors.report.tables import cell, printable
from monitors.rules.rereading import Difference, Heard, Outcome, Recorded
from monitors.rules.statements import Version


def show_difference(version: Version, difference: Difference, console: Console) -> None:
    """A version's figures that are gone (-), new (+) or read differently (~), each with its sentence."""
    article = version.article
    console.print(Text(printable(f"{article.outlet}  {cell(version.seen_at)}  {readable_link(article.url)}"), "bold"), soft_wrap=True)
    for sign, style, claims in (("-", "red", difference.gone), ("+", "green", difference.new)):
        for claim in claims:
            _show(f"  {sign} {describe(claim)}", style, claim, version, console)
    for _, now, fields in difference.changed:
        _show(f"  ~ {now.span}: {'; '.join(map(_change, fields))}", "yellow", now, version, console)
    console.print()


def _show(line: str, style: str, claim: Claim, version: Version, console: Console) -> None:
    console.print(Text(printable(line), style), soft_wrap=True)
    console.print(Text.assemble("      ", marked(sentence_of(claim, version.article), console)), soft_wrap=True)


def _change(field: tuple[str, Any, Any]) -> str:
    """
    >>> _change(("party", None, "russia"))
    'party: none -> russia'
    """
    name, before, now = field
    return f"{name.replace('_', ' ')}: {_word(before)} -> {_word(now)}"


def _word(value: Any) -> str:
    return "none" if value in (None, ()) else str(value).lower() if isinstance(value, bool) else cell(value)


def show_outcome(outcome: Outcome, differing: int, console: Console, *, applied: bool = False) -> None:
    """What would be told and what would not, and a line that sums up."""
    for line in _lines(outcome):
        console.print(Text(printable(line)), soft_wrap=True)
    end = "" if applied else " Nothing was stored or sent."
    console.print(
        f"{outcome.versions} article versions read again, {differing} read differently; alerts: {outcome.alike} as they were, "
        f"{len(outcome.untold)} would not be told, {len(outcome.told)} would be new, {len(outcome.otherwise)} would read otherwise.{end}",
        soft_wrap=True,
    )


def show_recorded(recorded: Recorded | None, console: Console) -> None:
    """What was recorded, in a line, after what could not be judged."""
    if recorded is None:
        console.print("Nothing to record: the history holds every figure as it is read now.", soft_wrap=True)
        return
    for problem in recorded.problems:
        console.print(Text(printable(problem)), soft_wrap=True)
    console.print(
        f"Recorded as run {recorded.run[:8]}: figures {recorded.gone} no more, {recorded.changed} otherwise, {recorded.new} new; values "
        f"{recorded.fallen} that stand no more, {recorded.made} made; {recorded.withheld} unsent messages withheld. Nothing was sent; "
        f"tallywatch undo-run {recorded.run[:8]} takes it back.",
        soft_wrap=True,
    )


def _lines(outcome: Outcome) -> Iterator[str]:
    yield from (f"- would not be told: {_heard(heard)}" for heard in outcome.untold)
    yield from (f"+ would be told: {_heard(heard)}" for heard in outcome.told)
    yield from (f"~ {_heard(before)}\n    would read: {now.severity}  {now.title}" for before, now in outcome.otherwise)
    yield from outcome.problems


def _heard(heard: Heard) -> str:
    return f"{cell(heard.at)}  {heard.severity}  {heard.title}"
