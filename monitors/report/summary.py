"""Say for people what a run came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from crawler.article import Article
from crawler.health import Health
from monitors.alerts.deliver import Sent
from monitors.alerts.titles import title_of
from monitors.alerts.wording import compose
from monitors.model import QUIET_KINDS, Event, Reading, Severity
from monitors.report.tables import console_for, print_table, printable
from monitors.rules.blindness import COLLECTED

if TYPE_CHECKING:
    from monitors.report.explain import Verdicts

NO_CONTACT = "no contact is set, so only feeds are read, no pages: name a mail address in tallywatch.toml, by which outlets can reach you"
KNOWN_DOWN = "; so it was in the runs before: known to be down, and not told again until it is back"
LINES = 15
TERMINAL_HEAD = 4
"""Lines of a table on a terminal beside its rows."""
LOUD = (Severity.URGENT, Severity.NOTABLE)


@dataclass(frozen=True)
class Summary:
    """What a run came to."""

    run: str
    started: datetime
    seconds: float
    database: str
    outlets: Mapping[str, Health]
    claims: Mapping[str, int]
    """How many figures were read, by outlet."""
    newly_failing: tuple[str, ...]
    known_down: tuple[str, ...]
    """Those of them that are told for the last time."""
    baseline: tuple[str, ...]
    """Outlets met for the first time, or after a gap: what they print was stored and summed up, not alerted."""
    events: tuple[Event, ...]
    sent: Sent
    held: int
    problems: tuple[str, ...]
    """What else a person must see to: a bad channel URL, a broken outlet module, a heartbeat nobody heard."""
    exit_status: int
    cut: str | None = None
    """Why not everything was collected, in a line: a signal, or the run's time."""
    dry_run: bool = False
    contact: bool = True
    """Whether outlets can reach whoever runs this: otherwise no pages are read."""
    read: tuple[tuple[Article, Reading], ...] = ()
    """Of a dry run: the articles and what was found in them."""
    judged: Mapping[str, Verdicts] = field(default_factory=dict)
    """And what those figures were judged to be, by the page's address."""

    def as_json(self) -> dict[str, Any]:
        """The object of INTERFACES.md, and where the history lies."""
        return {
            "run": self.run, "started": self.started.isoformat(), "seconds": round(self.seconds, 3), "database": self.database,
            "outlets": {name: self._outlet(health) for name, health in self.outlets.items()},
            "alerts": {"sent": self.sent.sent, "held": self.held, "failed": self.sent.failed},
            "problems": list(self.problems), "cut": self.cut, "exit": self.exit_status}

    def _outlet(self, health: Health) -> dict[str, Any]:
        return {
            "status": health.status, "fetched": health.fetched, "not_modified": health.not_modified, "articles": health.articles,
            "claims": self.claims.get(health.outlet, 0), "error": health.error, "errors": list(health.errors), "notes": list(health.notes)}


def show_summary(summary: Summary, out: TextIO, *, quiet: bool = False, verbose: bool = False) -> None:
    """What was collected, decided and sent, in at most 15 lines unless `verbose` or a dry run asks for all; with `quiet`, only what needs
    a person: nothing at all when all is well.
    """
    if summary.read and not quiet:
        from monitors.report.explain import show_readings

        show_readings(summary.read, summary.judged, console_for(out))
    rows = [] if quiet else _outlet_rows(summary)
    told = [] if quiet else list(_told(summary))
    wrong, end = list(_needs_a_person(summary, everything=not quiet)), [] if quiet else list(_end(summary))
    if not (verbose or summary.dry_run):
        head = TERMINAL_HEAD if out.isatty() else 1
        places = share((len(rows) + head if rows else 0, len(told), len(wrong)), LINES - len(end))
        rows = rows[: max(0, places[0] - head)]
        told, wrong = shorten_list(told, places[1]), shorten_list(wrong, places[2])
    if rows:
        print_table(("outlet", "status", "fetched", "unchanged", "articles", "figures"), rows, out)
    for line in (*told, *wrong, *end):
        print(printable(line), file=out)


def share(wanted: Sequence[int], room: int) -> list[int]:
    """How many lines each part gets: the longest gives way.

    >>> share((12, 1, 5), 11)
    [5, 1, 5]
    """
    got = list(wanted)
    while sum(got) > max(room, 0):
        got[got.index(max(got))] -= 1
    return got


def shorten_list(lines: Sequence[str], room: int) -> list[str]:
    """The first of some lines, and how many more there are.

    >>> shorten_list(["a", "b", "c"], 2)
    ['a', '… and 2 more: --verbose shows them']
    """
    if len(lines) <= room:
        return list(lines)
    return [*lines[: max(0, room - 1)], f"… and {len(lines) - max(0, room - 1)} more: --verbose shows them"][: max(0, room)]


def _outlet_rows(summary: Summary) -> list[dict[str, Any]]:
    """Those that have something new first; of those that failed a line is said elsewhere."""
    rows = [
        {"outlet": name, "status": health.status + (" (first sight)" if name in summary.baseline else ""), "fetched": health.fetched,
         "unchanged": health.not_modified, "articles": health.articles, "figures": summary.claims.get(name, 0)}
        for name, health in summary.outlets.items() if health.status != "failed"]
    return sorted(rows, key=lambda row: (-int(str(row["figures"])), -int(str(row["articles"]))))


def _end(summary: Summary) -> Iterator[str]:
    """What stands under every summary."""
    counts = Counter(health.status for health in summary.outlets.values())
    states = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    outlets = "one outlet" if len(summary.outlets) == 1 else f"{len(summary.outlets)} outlets"
    loud = sum(_is_loud(event) for event in summary.events)
    yield (f"{outlets} ({states}), {sum(summary.claims.values())} figures read, {loud} alerts, "
           f"{len(summary.events) - loud} for the digest or the record; {summary.sent.sent} messages sent, "
           f"{summary.sent.failed} undelivered, {summary.held} held for a second source")
    if summary.cut:
        yield summary.cut
    if not summary.contact:
        yield NO_CONTACT
    untouched = " (as it was: a dry run stores nothing and sends nothing)" if summary.dry_run else ""
    yield f"history: {summary.database}{untouched}"


def _told(summary: Summary) -> Iterator[str]:
    loud = [event for event in summary.events if _is_loud(event)]
    for event in loud:
        yield f"{'would tell' if summary.dry_run else 'told'}: {title_of(event)}"
    if summary.dry_run:
        for event in loud:
            yield f"\n{compose(event).body}\n"
        yield from (f"for the digest: {title_of(event)}" for event in summary.events if event.severity is Severity.ROUTINE)


def _is_loud(event: Event) -> bool:
    return event.severity in LOUD and event.kind not in QUIET_KINDS


def _needs_a_person(summary: Summary, *, everything: bool) -> Iterator[str]:
    """With `everything`, also what is known already and what needs nobody."""
    yield from summary.problems
    if everything and not any(health.status in COLLECTED for health in summary.outlets.values()):
        yield "Nothing could be collected; what is known is kept, and the next run tries again:"
    for name, health in summary.outlets.items():
        if health.status == "failed" and (everything or name in summary.newly_failing):
            yield f"{name}: {_cause(health)}{KNOWN_DOWN if name in summary.known_down else ''}"
        elif everything:
            yield from (f"{name}: {line}" for line in health.errors)
    for channel, error in summary.sent.errors.items():
        yield f"channel {channel}: {error}; the next run tries again"
    for health in summary.outlets.values() if everything else ():
        yield from (f"{health.outlet}: {note}" for note in health.notes)


def _cause(health: Health) -> str:
    return health.error or ", ".join(f"{count} x {cause}" for cause, count in health.failures.items()) or "nothing could be read"

