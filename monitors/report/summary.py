"""Say for people what a run came to, and how the job does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from crawler.article import Article
from crawler.health import Health
from monitors.alerts.deliver import Sent
from monitors.alerts.titles import title_of
from monitors.alerts.wording import compose
from monitors.history.queries import Counts, OutletState, RunState
from monitors.model import QUIET_KINDS, Event, Reading, Severity
from monitors.report.tables import console_for, print_table, printable
from monitors.rules.blindness import COLLECTED

if TYPE_CHECKING:
    from monitors.report.explain import Verdicts

NO_CONTACT = "no contact is set, so only feeds are read, no pages: name a mail address in tallywatch.toml, by which outlets can reach you"
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
    baseline: tuple[str, ...]
    """Outlets met for the first time, or after a gap: what they print was stored and summed up, not alerted."""
    events: tuple[Event, ...]
    sent: Sent
    held: int
    problems: tuple[str, ...]
    """What else a person must see to: a bad channel URL, a broken outlet module, a heartbeat nobody heard."""
    exit_status: int
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
            "problems": list(self.problems), "exit": self.exit_status}

    def _outlet(self, health: Health) -> dict[str, Any]:
        return {
            "status": health.status, "fetched": health.fetched, "not_modified": health.not_modified, "articles": health.articles,
            "claims": self.claims.get(health.outlet, 0), "error": health.error, "errors": list(health.errors), "notes": list(health.notes)}


def show_summary(summary: Summary, out: TextIO, *, quiet: bool = False) -> None:
    """What was collected, decided and sent; with `quiet`, only what needs a person: nothing at all when all is well."""
    if not quiet:
        if summary.read:
            from monitors.report.explain import show_readings

            show_readings(summary.read, summary.judged, console_for(out))
        _show_outlets(summary, out)
    for line in _lines(summary, quiet):
        print(printable(line), file=out)


def _lines(summary: Summary, quiet: bool) -> Iterator[str]:
    if not quiet:
        yield from _told(summary)
    yield from _needs_a_person(summary, everything=not quiet)
    if quiet:
        return
    for health in summary.outlets.values():
        yield from (f"{health.outlet}: {note}" for note in health.notes)
    if not summary.contact:
        yield NO_CONTACT
    untouched = " (as it was: a dry run stores nothing and sends nothing)" if summary.dry_run else ""
    yield f"history: {summary.database}{untouched}"


def _show_outlets(summary: Summary, out: TextIO) -> None:
    rows = [
        {"outlet": name, "status": health.status + (" (first sight)" if name in summary.baseline else ""), "fetched": health.fetched,
         "unchanged": health.not_modified, "articles": health.articles, "figures": summary.claims.get(name, 0)}
        for name, health in summary.outlets.items() if health.status != "failed"]
    if rows:
        print_table(("outlet", "status", "fetched", "unchanged", "articles", "figures"), rows, out)


def _told(summary: Summary) -> Iterator[str]:
    loud = [event for event in summary.events if event.severity in LOUD and event.kind not in QUIET_KINDS]
    dry = summary.dry_run
    for event in loud:
        yield f"{'would tell' if dry else 'told'}: {title_of(event)}"
    if dry:
        for event in loud:
            yield f"\n{compose(event).body}\n"
        yield from (f"for the digest: {title_of(event)}" for event in summary.events if event.severity is Severity.ROUTINE)
    quiet = len(summary.events) - len(loud)
    outlets = "one outlet" if len(summary.outlets) == 1 else f"{len(summary.outlets)} outlets"
    yield (f"{outlets}, {sum(summary.claims.values())} figures read, {len(loud)} alerts, "
           f"{quiet} for the digest or the record; {summary.sent.sent} messages sent, {summary.sent.failed} undelivered, "
           f"{summary.held} held for a second source")


def _needs_a_person(summary: Summary, *, everything: bool) -> Iterator[str]:
    yield from summary.problems
    if everything and not any(health.status in COLLECTED for health in summary.outlets.values()):
        yield "Nothing could be collected; what is known is kept, and the next run tries again:"
    for name, health in summary.outlets.items():
        if health.status == "failed" and (everything or name in summary.newly_failing):
            yield f"{name}: {_cause(health)}"
        elif everything:
            yield from (f"{name}: {line}" for line in health.errors)
    for channel, error in summary.sent.errors.items():
        yield f"channel {channel}: {error}; the next run tries again"


def _cause(health: Health) -> str:
    return health.error or ", ".join(f"{count} x {cause}" for cause, count in health.failures.items()) or "nothing could be read"




def show_status(last: RunState | None, counts: Counts, outlets: Sequence[OutletState], undelivered: Mapping[str, int], history: str,
                out: TextIO) -> None:
    """How the job does: the last run, what the history holds, which outlets fail, what could not be delivered."""
    console = console_for(out)
    console.print(f"last run     {_run_words(last)}")
    console.print(f"history      {history}", soft_wrap=True)
    console.print(f"             {counts.articles} articles, {counts.claims} figures, {counts.series} series, "
                  f"{counts.events} alerts and records, {counts.pages_waiting} pages to be read or read again")
    console.print(f"undelivered  {', '.join(f'{channel}: {count}' for channel, count in undelivered.items()) or 'nothing'}")
    blind = [state for state in outlets if state.troubles]
    failing = [state for state in outlets if state.failures_in_a_row and not state.troubles]
    console.print(f"outlets      {len(outlets) - len(failing) - len(blind)} collected, {len(failing)} failing, {len(blind)} blind")
    for state in blind:
        for trouble in state.troubles:
            console.print(f"             {state.outlet} is blind: {printable(trouble.line)}", soft_wrap=True)
    for state in failing:
        since = f"last collected {state.last_success:%Y-%m-%d %H:%M}" if state.last_success else "never collected"
        console.print(f"             {state.outlet}: {printable(state.error or 'failed')} ({since})", soft_wrap=True)


def _run_words(last: RunState | None) -> str:
    if last is None:
        return "none yet: tallywatch run starts one"
    end = f"exit status {last.exit_status}" if last.finished_at else "at work, or killed: the next run goes on where it stopped"
    return f"{last.started_at:%Y-%m-%d %H:%M %Z}, {end} (run {last.id[:8]})"
