"""A history -> how the job does, on one screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TextIO

from monitors.history import outbox, queries
from monitors.history.backup import backup_folder
from monitors.history.queries import Counts, OutletState, RunState
from monitors.history.store import History
from monitors.history.verdicts import Verdict, read_mutes
from monitors.report.tables import console_for, printable

RUNS, OUTLETS, MUTES = 5, 6, 4
"""So many of each are shown; the rest is counted."""


@dataclass(frozen=True)
class Disk:
    """Bytes of a SQLite history, of what is free beside it, and its backups."""

    size: int
    free: int
    backups: int
    last_backup: datetime | None


@dataclass(frozen=True)
class State:
    """How the job does."""

    history: str
    runs: Sequence[RunState]
    last_good: RunState | None
    at_work: bool
    """Whether the last run is still going; without an end it was killed otherwise."""
    counts: Counts
    outlets: Sequence[OutletState]
    outbox: Mapping[str, Mapping[str, int]]
    digest_at: datetime | None
    digest_items: int
    mutes: Sequence[Verdict]
    disk: Disk | None

    def as_json(self) -> dict[str, Any]:
        """One object; times in ISO 8601."""
        disk = self.disk
        return {
            "history": self.history,
            "runs": [_run_row(run) for run in self.runs],
            "last_good_run": self.last_good and _run_row(self.last_good),
            "at_work": self.at_work,
            "counts": vars(self.counts),
            "outlets": [
                {"outlet": one.outlet, "status": one.status, "error": one.error, "last_success": _iso(one.last_success),
                 "failures_in_a_row": one.failures_in_a_row, "blind": [trouble.line for trouble in one.troubles]}
                for one in self.outlets
            ],
            "outbox": {channel: dict(states) for channel, states in self.outbox.items()},
            "digest": {"at": _iso(self.digest_at), "items": self.digest_items},
            "mutes": [{"series": mute.target, "since": _iso(mute.at), "until": _iso(mute.until)} for mute in self.mutes],
            "disk": disk and {"bytes": disk.size, "free": disk.free, "backups": disk.backups, "last_backup": _iso(disk.last_backup)},
        }  # fmt: skip


def read_state(history: History, at_work: bool, now: datetime) -> State:
    """All of it at one moment."""
    with history.reading() as connection:
        digest_at, items = outbox.waiting_for_digest(connection)
        runs = queries.last_runs(connection, RUNS)
        return State(
            history.url, runs, queries.last_good_run(connection), at_work and bool(runs) and runs[0].finished_at is None,
            queries.counts(connection), queries.outlet_states(connection), outbox.count_states(connection), digest_at, items,
            read_mutes(connection, now), _read_disk(history, now))  # fmt: skip


def _read_disk(history: History, now: datetime) -> Disk | None:
    if history.path is None:
        return None
    backups = [file.stat().st_mtime for file in backup_folder(history.path).glob(f"{history.path.stem}-*.db")]
    last = datetime.fromtimestamp(max(backups), now.tzinfo) if backups else None
    return Disk(history.path.stat().st_size, shutil.disk_usage(history.path.parent).free, len(backups), last)


def show_state(state: State, zone: tzinfo, out: TextIO) -> None:
    """At most as many lines as a small terminal has; without colours where nobody looks."""
    console = console_for(out)
    parts = (
        ("runs", _run_lines(state, zone)),
        ("outlets", _outlet_lines(state.outlets, zone)),
        ("messages", _message_lines(state.outbox)),
        ("digest", [_digest_line(state, zone)]),
        ("muted", _mute_lines(state.mutes, zone)),
        ("history", _history_lines(state, zone)),
    )
    for name, lines in parts:
        for number, line in enumerate(lines):
            console.print(f"{name if not number else '':9} {printable(line)}", soft_wrap=True)


def _run_lines(state: State, zone: tzinfo) -> Iterator[str]:
    for number, run in enumerate(state.runs):
        ended = "at work" if state.at_work and not number else "killed: the next run went on where it stopped"
        if run.finished_at is not None:
            ended = f"exit status {run.exit_status}, {(run.finished_at - run.started_at).total_seconds():.0f} s"
        yield f"{_local(run.started_at, zone)}  {ended} (run {run.id[:8]})"
    if not state.runs:
        yield "none yet: tallywatch run starts one"
    elif all(run.exit_status not in queries.GOOD for run in state.runs):
        yield f"the last that went well: {_local(state.last_good.started_at, zone) if state.last_good else 'none yet'}"


def _outlet_lines(outlets: Sequence[OutletState], zone: tzinfo) -> Iterator[str]:
    blind = [state for state in outlets if state.troubles]
    failing = [state for state in outlets if state.failures_in_a_row and not state.troubles]
    yield f"{len(outlets) - len(failing) - len(blind)} collected, {len(failing)} failing, {len(blind)} blind"
    wrong = [f"{state.outlet} is blind: {trouble.line}" for state in blind for trouble in state.troubles]
    wrong += [
        f"{state.outlet}: {state.error or 'failed'} "
        f"({f'last collected {_local(state.last_success, zone)}' if state.last_success else 'never collected'})"
        for state in failing
    ]
    yield from wrong[:OUTLETS]
    if len(wrong) > OUTLETS:
        yield f"… and {len(wrong) - OUTLETS} more: tallywatch outlets"


def _message_lines(states: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for channel, counts in states.items():
        yield f"{channel}: {', '.join(f'{count} {STATES.get(state, state)}' for state, count in counts.items())}"
    if not states:
        yield "none yet"


STATES = {"digest": "for a digest", "pending": "to be sent", "sending": "being sent", "dead": "given up", "withheld": "withheld"}
"""The outbox's states for people; the others as they are."""


def _digest_line(state: State, zone: tzinfo) -> str:
    if state.digest_at is None:
        return "nothing waits for one"
    return f"the next at {_local(state.digest_at, zone)}, {state.digest_items} items so far"


def _mute_lines(mutes: Sequence[Verdict], zone: tzinfo) -> Iterator[str]:
    for mute in mutes[:MUTES]:
        yield f"{mute.target} until {_local(mute.until, zone) if mute.until else 'the value changes'}"
    if len(mutes) > MUTES:
        yield f"… and {len(mutes) - MUTES} more: tallywatch status --json"
    if not mutes:
        yield "nothing"


def _history_lines(state: State, zone: tzinfo) -> Iterator[str]:
    counts, disk = state.counts, state.disk
    yield state.history
    yield (f"{counts.articles} articles, {counts.claims} figures, {counts.series} series, {counts.events} alerts and records, "
           f"{counts.pages_waiting} pages to be read or read again")
    if disk:
        last = f"{disk.backups} backups, the last of {_local(disk.last_backup, zone)}" if disk.last_backup else "no backup yet"
        yield f"{disk.size / 1e6:,.1f} MB, {disk.free / 1e6:,.0f} MB free; {last}"


def _run_row(run: RunState) -> dict[str, Any]:
    return {"run": run.id, "started": _iso(run.started_at), "finished": _iso(run.finished_at), "exit": run.exit_status}


def _local(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
