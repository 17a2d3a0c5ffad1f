"""Stored article versions read and judged again -> what today's program would say of them: nothing is stored, nothing sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from monitors import watch
from monitors.alerts.phrases import readable_link
from monitors.failure import Failure
from monitors.history import rehearsal
from monitors.history.ledger import SqlLedger
from monitors.history.rehearsal import Seen
from monitors.history.store import History, open_history
from monitors.history.tables import in_parts
from monitors.model import Reading
from monitors.reader import Reader
from monitors.replay import fire_timers
from monitors.rules.rereading import Difference, Outcome, compare
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
                self.outcome.compare(rehearsal.heard_since(stored, start), rehearsal.heard_since(connection, start), start)

    def _say_again(self, stored: Connection, connection: Connection, at: datetime) -> None:
        """What a person said, after what was due before."""
        list(fire_timers(SqlLedger(connection), self._policy, at))
        rehearsal.say_again(stored, connection, at)

    def _read(self, version: Version) -> Reading:
        """What is read in it now; an imported row was never read."""
        if readable_link(version.article.url) != version.article.url:
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
