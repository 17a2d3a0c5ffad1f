"""Stored article versions read and judged again -> what today's program would say of them: nothing is sent, and only `record` stores."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from monitors import watch
from monitors.alerts.phrases import readable_link
from monitors.failure import Failure
from monitors.history import frontier, outbox, rehearsal, rereadings, tombstones
from monitors.history import verdicts as said
from monitors.history.ledger import SqlLedger
from monitors.history.rehearsal import Seen
from monitors.history.rereadings import Swap
from monitors.history.store import History, open_history
from monitors.history.tables import in_parts
from monitors.model import REREAD, Reading
from monitors.reader import Reader
from monitors.replay import fire_timers
from monitors.rules.rereading import Difference, Outcome, Recorded, compare
from monitors.rules.statements import Version
from monitors.watch import Policy

Progress = Callable[[int, int], None]

TOGETHER = 100
"""Versions in one transaction of the rehearsal."""
PAUSE, CADENCE = timedelta(minutes=1), timedelta(minutes=15)
"""Between the judgements of one run there is no such pause; a run comes so often."""


class Reprocessing:
    """The versions since a time, or all, played once more in the order in which they were judged, over what was known before them."""

    def __init__(self, history: History, policy: Policy, since: datetime | None, now: datetime) -> None:
        self._history, self._policy, self._since, self._now = history, policy, since, now
        self._reader = Reader(policy.monitors)
        self._last = now
        self._removed: frozenset[int] = frozenset()
        self.outcome = Outcome()

    def play(self, progress: Progress) -> Iterator[tuple[Version, Difference]]:
        """Yield each version that is read differently now; `outcome` is whole when this ends."""
        with self._history.reading() as stored, _empty_history() as played:
            start = rehearsal.start_of(stored, self._since) if self._since else None
            if start:
                with played.transaction() as connection:
                    rehearsal.copy_before(stored, connection, start)
            ledger, total = SqlLedger(stored), rehearsal.count_since(stored, start)
            said = rehearsal.times_of_verdicts(stored, start)
            self._removed = tombstones.removed_versions(stored)
            for some in in_parts(rehearsal.seen_since(stored, start), TOGETHER):
                with played.transaction() as connection:
                    for seen in some:
                        while said and said[0] < seen.at:
                            self._say_again(stored, connection, said.pop(0))
                        version = ledger.version(seen.id)
                        reading = self._read(version)
                        if difference := compare([claim for _, claim in version.claims], reading.claims):
                            yield version, difference
                        self._judge(connection, version, reading, seen)
                        self.outcome.versions += 1
                progress(self.outcome.versions, total)
            with played.transaction() as connection:
                for at in said:
                    self._say_again(stored, connection, at)
                list(fire_timers(SqlLedger(connection), self._policy, self._now))
                before, now = (rehearsal.heard_since(of, start) for of in (stored, connection))
                self.outcome.compare(before, now, start, rereadings.quantities_reread(stored))

    def _say_again(self, stored: Connection, connection: Connection, at: datetime) -> None:
        """What a person said, after what was due before."""
        list(fire_timers(SqlLedger(connection), self._policy, at))
        rehearsal.say_again(stored, connection, at)

    def _read(self, version: Version) -> Reading:
        """What is read in it now; an imported row was never read, and what was removed on request cannot be read any more."""
        if readable_link(version.article.url) != version.article.url or version.id in self._removed:
            return Reading(tuple(claim for _, claim in version.claims))
        return self._reader.read(version.article)

    def _judge(self, connection: Connection, version: Version, reading: Reading, seen: Seen) -> None:
        """As the run did that saw it: what was due before, then the version. One that fails is named and stops no other."""
        ledger = SqlLedger(connection)
        for due in (self._last + PAUSE, seen.at - CADENCE) if seen.at - self._last > PAUSE else ():
            list(fire_timers(ledger, self._policy, due))
        self._last = seen.at
        if not reading.claims and not any(ledger.texts([version.article.url]).values()):
            return  # a page that never had a figure
        try:
            with connection.begin_nested():
                recorded = watch.record(version.article, reading, ledger, seen.seen_at, backfill=version.backfill)
                if recorded is not None:
                    watch.decide(recorded, ledger, self._policy, seen.at)
        except Failure:
            raise
        except Exception as error:
            self.outcome.problems.append(f"{version.article.url}: could not be judged: {type(error).__name__}: {error}")


@contextmanager
def _empty_history() -> Iterator[History]:
    with TemporaryDirectory(prefix="tallywatch-") as folder, open_history(f"sqlite:///{Path(folder) / 'rehearsal.db'}") as history:
        yield history


# --- recording it


def record(history: History, policy: Policy, differing: Sequence[tuple[int, Difference]], began: datetime, now: datetime) -> Recorded:
    """Store how versions, given by their rows in the order they were played, are read now, in one transaction: no run meets half of it.

    A claim that is read no more, or otherwise, is left out; with it falls the statement that it made, and whatever was judged by that is
    judged anew, in the order of old, for the record only.
    """
    with history.transaction() as connection:
        run = frontier.start_run(connection, began)
        recorded = _Recording(connection, policy, run, now).record(differing)
        frontier.finish_run(connection, run, 0, {"reprocess": asdict(recorded)}, now)
    return recorded


class _Recording:
    """One recording inside its transaction: its steps in their order."""

    def __init__(self, connection: Connection, policy: Policy, run: str, now: datetime) -> None:
        self.connection, self.policy, self.run, self.now = connection, policy, run, now
        self.ledger = SqlLedger(connection)

    def record(self, differing: Sequence[tuple[int, Difference]]) -> Recorded:
        connection, now = self.connection, self.now
        swaps = [one for version_id, difference in differing for one in self._swaps(version_id, difference)]
        gone = {one.before for one in swaps if one.before is not None}
        fallen = rereadings.find_fallen(connection, gone)
        swaps += self._judged_by(fallen, gone)
        rereadings.keep_rejected(connection, swaps)
        for number in fallen:
            self.ledger.mark(number, REREAD, now)
        done = rereadings.swap(connection, swaps, self.run, now)
        last = rereadings.last_statement(connection)
        problems = tuple(self._reconsider({after: one.version for one, after in done if after is not None}))
        rereadings.lift_denials(connection, gone, now)
        replaced = rereadings.hand_on(connection, done, now)
        alerts = [event.id for number in fallen if number not in replaced for event in said.events_of(connection, number)]
        return Recorded(
            self.run,
            sum(len(difference.gone) for _, difference in differing),
            sum(len(difference.changed) for _, difference in differing),
            sum(len(difference.new) for _, difference in differing),
            len(fallen),
            rereadings.last_statement(connection) - last,
            outbox.withhold(connection, alerts, "its figure is read otherwise now"),
            problems,
        )

    def _swaps(self, version_id: int, difference: Difference) -> Iterator[Swap]:
        stored = {claim: number for number, claim in self.ledger.version(version_id).claims}
        yield from (Swap(version_id, stored[claim], None) for claim in difference.gone)
        yield from (Swap(version_id, stored[before], now) for before, now, _ in difference.changed)
        yield from (Swap(version_id, None, claim) for claim in dict.fromkeys(difference.new))

    def _judged_by(self, fallen: Sequence[int], gone: Collection[int]) -> Iterator[Swap]:
        """The claims that stay as they are and must be judged anew, for what they were judged by falls."""
        for number, version_id in rereadings.find_leaning(self.connection, fallen, gone):
            yield Swap(version_id, number, dict(self.ledger.version(version_id).claims)[number])

    def _reconsider(self, fresh: Mapping[int, int]) -> Iterator[str]:
        """Judge new claims, by their rows and versions; yield what could not be judged, which stops no other."""
        undone = rereadings.spans_undone(self.connection)
        for seen in rehearsal.seen_of(self.connection, rehearsal.with_following(self.connection, set(fresh.values()))):
            ledger = SqlLedger(self.connection)
            if any(begins <= seen.at <= ends for begins, ends in undone):
                own = [claim for claim, version_id in fresh.items() if version_id == seen.id]
                ledger.judge(own, None, "none", "the run that saw it was undone", self.now)
                continue
            try:
                with self.connection.begin_nested():
                    watch.reconsider(seen.id, fresh, ledger, self.policy, self.now)
            except Failure:
                raise
            except Exception as error:
                yield f"article version {seen.id} could not be judged: {type(error).__name__}: {error}"
