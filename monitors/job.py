"""The scheduled run: take the lock, collect, decide, do what is due, deliver, sum up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from time import monotonic
from typing import TextIO, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawler.article import Article
from crawler.health import OURS, UNFINISHED, Health
from crawler.outlets import Outlets
from crawler.run import crawl
from crawler.single import RawPage, crawl_saved
from monitors import watch
from monitors.alerts.deliver import Sent, check_url, send_due
from monitors.alerts.routing import route, route_severity
from monitors.alerts.titles import title_of
from monitors.alerts.wording import compose, compose_baseline, entitle
from monitors.choice import choose_outlets, make_policy
from monitors.config import Configuration
from monitors.desk import Desk
from monitors.failure import Failure
from monitors.heartbeat import send_end, send_start
from monitors.history import captures, frontier, outbox, queries, schedule
from monitors.history import upkeep as keeper
from monitors.history.archive import Archive, Writer
from monitors.history.feeds import blind_outlets, read_feeds
from monitors.history.frontier import OutletRecord
from monitors.history.imports import read_rows
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.lock import LONG, Locked, fences, lock
from monitors.lookout import is_offline, look, needs_look
from monitors.model import Event, Reading
from monitors.reader import Reader
from monitors.report.summary import Summary
from monitors.rules.blindness import COLLECTED, UNSEEN
from monitors.rules.statements import instant_of
from monitors.stop import Stopped
from monitors.watch import Policy

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Progress = Callable[[int, Health], None]
Thing = TypeVar("Thing")

KNOWN_VALUES = "known.csv"
GRACE_SECONDS = 5
"""After a signal, what was read is judged for so long: who shuts a machine down waits ten seconds or more."""
WAIT_SECONDS = 1800
"""How long upkeep and imports wait for a run to end."""
TURN_SECONDS = 120
"""How long one of many that collect side by side waits for its turn to decide."""
DELIVERY = "deliver"
"""The fence of who sends, where several machines share the work."""


@dataclass(frozen=True)
class Imported:
    """What an import came to: how many rows the file has, and how many of them were new."""

    rows: int
    added: int


def run(config: Configuration, names: Sequence[str] = (), *, clock: Clock, dry_run: bool = False, limit: int | None = None,
        terminal: TextIO | None = None, progress: Progress | None = None, page: RawPage | None = None,
        stopped: Stopped = lambda: False, slot: datetime | None = None) -> Summary:
    """Run the whole job once, for all outlets of the configuration or those named. The caller holds the lock, but for a dry run or a slot.

    With `dry_run` everything happens on a copy of the history and nothing is sent. A `page` makes it a dry run over this saved page alone,
    as if the one outlet named, which we know well, had just published it: nothing is fetched. Alerts go to `terminal` where no channel is
    configured; `progress` is told of each outlet as it ends, and among how many. Once `stopped` says so, nothing new is begun: what is in
    hand is finished, what was read is judged, the next run does the rest. Raises ConfigError and HistoryError; everything else that goes
    wrong is in the summary.

    A `slot` makes it one of many that collect side by side, on one PostgreSQL: outlets that were collected since then are left out, and so
    are those whose host another one is asking (the exit status is 75 then). Nothing is sent: that is `deliver`.
    """
    dry_run = dry_run or page is not None
    heartbeat = None if dry_run or slot else config.heartbeat_url
    send_start(heartbeat)
    try:
        chosen = choose_outlets(config, names)
        with open_history(config.database_url, read_only=dry_run, shared=slot is not None) as history, ExitStack() as stack:
            mine = _claim(stack, config, chosen, history, slot) if slot else chosen
            summary = _Run(config, mine, history, clock, dry_run, page, stopped, slot).play(limit, terminal, progress)
            taken = slot and _left(history, chosen, slot)
            return replace(summary, exit_status=Locked.exit_status) if taken and not stopped() else summary
    except Failure as error:
        log.error("%s", error)
        send_end(heartbeat, error.exit_status)
        raise
    except Exception:
        log.exception("the run broke off; the next one goes on")
        raise


def deliver(config: Configuration, *, clock: Clock, terminal: TextIO | None = None, stopped: Stopped = lambda: False) -> tuple[Sent, int]:
    """Judge what is undecided or due and send what waits, beside others that collect. What was sent, and the exit status.

    One at a time, on all machines: raises Locked.
    """
    with fences(config.database_url, [DELIVERY]) as had, open_history(config.database_url, shared=True) as history:
        if not had:
            raise Locked("another process sends what waits; this one leaves it alone")
        run = _Run(config, Outlets({}, {}), history, clock, dry_run=False, page=None, stopped=stopped, slot=clock())
        run.catch_up()
        bad_channels = run.check_channels()
        sent = run.send(terminal)
    for problem in run.problems:
        log.warning("deliver: %s", problem)
    for channel, error in sent.errors.items():
        log.warning("deliver: channel %s: %s", channel, error)
    status = 2 if bad_channels else 4 if sent.failed else 1 if run.unjudged else 0
    if deaf := send_end(config.heartbeat_url, status):
        log.warning("deliver: %s", deaf)
    return sent, status


def _claim(stack: ExitStack, config: Configuration, chosen: Outlets, history: History, slot: datetime) -> Outlets:
    """Of some outlets those that are not collected since the slot began and whose hosts nobody else asks. They are fenced for the run:
    a host is asked by one process at a time, on whatever machine, and a predecessor that is not quite dead keeps its own.
    """
    hosts = {name: {urlsplit(address).netloc for address in spider.addresses()} for name, spider in chosen.spiders.items()}
    had = stack.enter_context(fences(config.database_url, set().union(*hosts.values())))
    left = _left(history, chosen, slot)
    mine = {name: spider for name, spider in chosen.spiders.items() if name in left and hosts[name] <= had}
    if left and not mine:
        raise Locked(f"the hosts of {len(left)} outlets are being asked by another process; this one leaves them alone")
    return Outlets(mine, chosen.broken)


def _left(history: History, chosen: Outlets, slot: datetime) -> set[str]:
    with history.reading() as connection:
        return chosen.spiders.keys() - schedule.collected_since(connection, chosen.spiders.keys(), slot)


class _Run:
    """One run under its lock, or one of many that decide in turn: its steps in their order."""

    def __init__(self, config: Configuration, chosen: Outlets, history: History, clock: Clock, dry_run: bool,
                 page: RawPage | None, stopped: Stopped, slot: datetime | None) -> None:
        self.among_others = slot is not None
        self.config, self.chosen, self.history, self.clock, self.dry_run, self.page = config, chosen, history, clock, dry_run, page
        self.stopped = stopped
        self.policy = make_policy(config)
        self.started = clock()
        self.events: list[Event] = []
        self.unjudged = False
        self.problems = [f"crawler/spiders/{module}.py is left out: {error}" for module, error in chosen.broken.items()]

    def play(self, limit: int | None, terminal: TextIO | None, progress: Progress | None) -> Summary:
        began = monotonic()
        with self.history.transaction() as connection:
            run = frontier.start_run(connection, self.started)
            log.info("run %s: started, %d outlets", run[:8], len(self.chosen.spiders))
            met = () if self.page else self.chosen.spiders  # an outlet whose one page is looked at is taken for one that is known
            known = frontier.read_outlets(connection)
            baseline = frozenset(name for name in met if known.get(name, OutletRecord()).is_new(self.started))
            for name in self.chosen.spiders if self.dry_run else ():
                frontier.forget(connection, name)
            if not self.dry_run and not self.among_others:  # else upkeep does
                captures.forge_link(connection, self.started)
        archive = self._open_archive(run)
        bad_channels = not self.among_others and self.check_channels()
        if not self.among_others:
            self.catch_up()  # on what a killed run left
        desk = Desk(self.history, Reader(self.policy.monitors), self.chosen.spiders, baseline, self.clock, keep=self.dry_run,
                    archive=archive, among_others=self.among_others)
        health = self._collect(desk, limit, progress)
        if self.history.failure:  # the crawl took it for an error of the outlet whose page was to be stored
            raise self.history.failure
        desk.close()
        cut = self._say_what_was_cut(health, monotonic() - began)
        self.catch_up()
        with self._turn():
            new = self._sum_up_baseline(frozenset(name for name in baseline if health[name].status in COLLECTED), run, health, desk)
        sent = Sent() if self.among_others else self.send(terminal)
        with self.history.reading() as connection:
            judged = {article.url: SqlLedger(connection).verdicts(article) for article, _reading in desk.read}
            failing = [name for name in self._judged(health) if health[name].status == "failed"]
            known = frontier.read_outlets(connection)
            newly_failing = tuple(name for name in failing if known[name].newly_fails)
            last_time = () if self.dry_run else newly_failing
            known_down = tuple(name for name in last_time if known[name].failures == frontier.KNOWN_DOWN_AFTER)
            held = queries.waiting(connection)
        ours = [name for name, state in health.items() if OURS in state.failures]
        self.problems += [f"{name}: {health[name].error}" for name in ours if name not in failing]
        self.problems += self._say_why_silent(desk)
        self.problems += (f"{count} pages with figures are stored without their evidence, a copy of the page: {why}"
                          for why, count in desk.unarchived.items())
        nothing_left = self.among_others and not health  # others have collected all of it
        status = 0 if nothing_left else _exit_status(bad_channels, health, sent, bool(newly_failing or ours or self.unjudged))
        if not self.dry_run and not self.among_others and not self.stopped() and (deaf := send_end(self.config.heartbeat_url, status)):
            self.problems.append(deaf)
        events = tuple(entitle(event, self.policy.publishers.titles) for event in self.events)
        summary = Summary(
            run=run, started=self.started, seconds=monotonic() - began, database=self.history.url, outlets=health, claims=dict(desk.claims),
            newly_failing=newly_failing, known_down=known_down, baseline=new, events=events, sent=sent, held=held,
            problems=tuple(self.problems), exit_status=status, cut=cut, dry_run=self.dry_run, contact=self.config.contact is not None,
            read=tuple(desk.read), judged=judged)
        with self.history.transaction() as connection:
            frontier.finish_run(connection, run, status, summary.as_json(), self.clock())
        _log(summary)
        return summary

    def _open_archive(self, run: str) -> Writer | None:
        """Where pages with figures are kept; what killed runs left open is finished first."""
        folder = self.config.evidence_folder
        if self.dry_run or folder is None:
            return None
        try:
            with self.history.reading() as connection:
                for killed in frontier.unfinished_runs(connection, run):
                    if not self.among_others or self.started - killed.started_at > LONG:  # else it may be at work beside us
                        Archive(folder).take_over(killed.id, killed.started_at)
        except OSError as error:
            self.problems.append(f"evidence: {error.filename or folder}: {error.strerror}")
        return Writer(folder, run, self.started)

    def _collect(self, desk: Desk, limit: int | None, progress: Progress | None) -> dict[str, Health]:
        if self.page:
            (spider,) = self.chosen.spiders.values()
            return crawl_saved(self.page, spider, desk)
        return crawl(
            list(self.chosen.spiders.values()), desk, contact=self.config.contact, limit=limit,
            progress=partial(progress, len(self.chosen.spiders)) if progress else None,
            seconds=self.config.limits.run, outlet_seconds=self.config.limits.outlet, stopped=self.stopped)

    def _say_what_was_cut(self, health: Mapping[str, Health], seconds: float) -> str | None:
        """Why not everything was collected, in a line; None where it was."""
        left = [name for name, state in health.items() if UNFINISHED in state.failures]
        if self.stopped():
            why = "stopped by a signal"
        elif left and seconds >= self.config.limits.run:
            why = f"the time for collecting was up ({self.config.limits.run:.0f} s, limits.run)"
        else:
            return None
        return f"{why}: of {len(left)} of {len(health)} outlets not everything was read; the next run goes on"

    def _judged(self, health: Mapping[str, Health]) -> Mapping[str, Health]:
        """The outlets of which this run can say how they do: not one that a signal left no time to answer."""
        if not self.stopped():
            return health
        return {name: state for name, state in health.items() if state.status != "failed" or state.failures.keys() - {UNFINISHED}}

    def _say_why_silent(self, desk: Desk) -> Iterator[str]:
        """Of a saved page: what kept it from being news, whatever it says."""
        hours = self.policy.constants.first_sight.backfill_hours
        for article, reading in desk.read if self.page else ():
            published = instant_of(article.published)
            if published and self.started - published > timedelta(hours=hours):
                yield (f"{article.url}: published {published:%Y-%m-%d %H:%M} UTC, seen more than {hours} hours later: stored, not told; "
                       f"--at {published:%Y-%m-%dT%H:%MZ} sees it in time")
            if reading.claims and not desk.claims[article.outlet]:
                yield f"{article.url}: the history holds this very text of the page already, so there is nothing left to decide"

    def check_channels(self) -> bool:
        """Whether a channel's URL is wrong. It is told and holds up no other; each URL is asked about once, for Apprise is slow to load."""
        wrong = False
        for number, channel in enumerate(self.config.channels):
            name = f"channel {sha256(channel.url.encode()).hexdigest()[:16]} is right"
            with self.history.reading() as connection:
                known = frontier.read_note(connection, name)
            if known:
                continue
            if complaint := check_url(channel.url):
                wrong = True
                self.problems.append(f"{self.config.where('channel', number, 'url')}: {complaint}")
                continue
            with self.history.transaction() as connection:
                frontier.store_note(connection, name, True, self.clock())
        return wrong

    def _turn(self) -> AbstractContextManager[None]:
        """Who works beside others decides alone all the same: the order of statements is the history's."""
        return lock(self.config.database_url, wait=TURN_SECONDS) if self.among_others else nullcontext()

    def catch_up(self) -> None:
        """Know the past, and judge whatever nobody has judged."""
        with self._turn():
            load_known_values(self.history, self.policy, self.started)
            self._decide()

    def _decide(self) -> None:
        """Judge what is undecided, an article a transaction, then what is due, one by one. One that fails stays and stops no other; after
        a signal there is not time for everything, and what is left is judged first by the next run.
        """
        with self.history.reading() as connection:
            undecided = SqlLedger(connection).undecided(self.policy.publishers)
        for version in self._while_there_is_time(undecided):
            self._judge(f"article version {version}", partial(watch.decide, version))
        with self.history.reading() as connection:
            due = SqlLedger(connection).due(self.clock())
        for key in self._while_there_is_time(due):
            self._judge(f"what waits as {key}", partial(watch.settle, key))

    def _while_there_is_time(self, things: Iterable[Thing]) -> Iterator[Thing]:
        ends: float | None = None
        for thing in things:
            if ends is None and self.stopped():
                ends = monotonic() + GRACE_SECONDS
            if ends is not None and monotonic() >= ends:
                return
            yield thing

    def _judge(self, what: str, judge: Callable[[SqlLedger, Policy, datetime], list[Event]]) -> None:
        """One judgement in a transaction of its own. An error is named and what it was about stays for the next run: one article of a
        stranger's must cost no other its alerts. A failure of the database itself ends the run.
        """
        try:
            with self.history.transaction() as connection:
                self.events += judge(SqlLedger(connection), self.policy, self.clock())
        except Failure:
            raise
        except Exception as error:
            log.exception("%s could not be judged", what)
            self.problems.append(f"{what} could not be judged and waits: {type(error).__name__}: {error}")
            self.unjudged = True

    def _sum_up_baseline(self, baseline: frozenset[str], run: str, health: Mapping[str, Health], desk: Desk) -> tuple[str, ...]:
        """Store how each outlet did and, of those met for the first time, one summary of the figures that stand in what they print."""
        now, new = self.clock(), tuple(sorted(baseline))
        with self.history.transaction() as connection:
            done = [(state, desk.claims[name], desk.coverage.get(name, UNSEEN)) for name, state in self._judged(health).items()]
            frontier.store_outlet_runs(connection, run, done, now)
            self._look_after_outlets(connection, health, desk, now)
            standing = SqlLedger(connection).standing_of(new, since=self.started) if new else []
            if standing:
                alert = compose_baseline([self.chosen.spiders[name].title for name in new], standing, now, self.policy.timezone)
                outbox.enqueue(connection, alert, route_severity(alert.severity, self.config.channels, now, self.policy.hours), now)
        return new

    def _look_after_outlets(self, connection: Connection, health: Mapping[str, Health], desk: Desk, now: datetime) -> None:
        """One alert to the operator when an outlet goes blind, and one when it can be seen again."""
        if is_offline(health) or self.stopped():
            return
        feeds, known, blind = read_feeds(connection, health), frontier.read_outlets(connection), blind_outlets(connection)
        for name, state in health.items():
            spider, done = self.chosen.spiders[name], known.get(name, OutletRecord())
            if not needs_look(state, name in desk.coverage, name in blind, spider, feeds[name], now):
                continue
            if event := look(connection, spider, feeds[name], done.last_success, now, self.policy.timezone):
                event = entitle(event, {name: self.chosen.spiders[name].title})
                alert = compose(event, self.policy.timezone)
                SqlLedger(connection).tell(event, alert, route(event, self.config.channels, now, hours=self.policy.hours), now)

    def send(self, terminal: TextIO | None) -> Sent:
        if self.dry_run:
            return Sent()
        return send_due(
            self.history, self.config.channels, self.clock(), terminal=terminal, hours=self.policy.hours, budgets=self.config.alert_budgets,
            alone=not self.among_others, seconds=self.config.limits.channel, stopped=self.stopped)


def load_known_values(history: History, policy: Policy, now: datetime) -> None:
    """Give a history the shipped known values, once for each edition of them: what comes next must meet a past."""
    with as_file(files("monitors.history") / KNOWN_VALUES) as path:
        edition = sha256(path.read_bytes()).hexdigest()
        with history.transaction() as connection:
            if frontier.read_note(connection, KNOWN_VALUES) != edition:
                _record_rows(SqlLedger(connection), read_rows(path, until=now.date()), policy, now)
                frontier.store_note(connection, KNOWN_VALUES, edition, now)


def import_file(config: Configuration, path: Path, *, now: datetime) -> Imported:
    """Add a person's own known values. Either the whole file is taken or nothing; rows that are there already are not added again.

    Raises ImportFailure naming file, line and column, and Locked.
    """
    rows = read_rows(path, metrics=[metric for monitor in config.monitors for metric in monitor.metrics])
    with lock(config.database_url, wait=WAIT_SECONDS), open_history(config.database_url) as history, history.transaction() as connection:
        return Imported(len(rows), _record_rows(SqlLedger(connection), rows, make_policy(config), now))


def _record_rows(ledger: SqlLedger, rows: Sequence[tuple[Article, Reading]], policy: Policy, now: datetime) -> int:
    """Record and decide rows, for the record only. How many were new."""
    by_day = sorted(rows, key=lambda row: str(row[0].published))
    versions = [watch.record(article, reading, ledger, now, backfill=True) for article, reading in by_day]
    new = [version for version in versions if version is not None]
    for version in new:
        watch.decide(version, ledger, policy, now)
    return len(new)


@dataclass(frozen=True)
class Care:
    """What upkeep did, a line each, and what a person should see to."""

    done: tuple[str, ...]
    reminders: tuple[str, ...]


def upkeep(config: Configuration, *, now: datetime) -> Care:
    """Back up and tidy. Waits for a run to end."""
    with lock(config.database_url, wait=WAIT_SECONDS), open_history(config.database_url) as history:
        done = (*keeper.upkeep(history, now), *_tend_archive(config, history, now))
        care = Care(done, tuple(keeper.find_given_up(history, now)))
    for line in care.done:
        log.info("upkeep: %s", line)
    for line in care.reminders:
        log.warning("upkeep: %s", line)
    return care


def _tend_archive(config: Configuration, history: History, now: datetime) -> Iterator[str]:
    """Chain what was captured on the days before, and drop the copies that prove nothing anybody was told. Raises ArchiveFailure."""
    folder = config.archive_folder
    if folder is None:
        return
    archive = Archive(folder)
    try:
        with history.transaction() as connection:
            captures.forge_link(connection, now)
            dropped = captures.prune(connection, archive, timedelta(days=config.evidence.keep_days), now)
        with history.reading() as connection:
            captures.sweep(connection, archive)
    except OSError as error:
        raise ArchiveFailure(f"{error.filename or folder}: the evidence cannot be tidied: {error.strerror}") from error
    if dropped:
        yield f"evidence dropped: {dropped} pages that are behind no alert"


class ArchiveFailure(Failure):
    """The archive's files cannot be written; the message names one and the cause."""


def _exit_status(bad_channels: bool, health: Mapping[str, Health], sent: Sent, trouble: bool) -> int:
    """The first that applies, in the order of INTERFACES.md."""
    if bad_channels:
        return 2
    if not any(state.status in COLLECTED for state in health.values()):
        return 3
    if sent.failed:
        return 4
    return 1 if trouble else 0


def _log(summary: Summary) -> None:
    """A line for each outlet, each alert decided, each thing that went wrong, and for the run."""
    run = summary.run[:8]
    for name, health in summary.outlets.items():
        log.info("run %s: outlet %s: %s, %d fetched, %d unchanged, %d articles, %d figures%s", run, name, health.status,
                 health.fetched, health.not_modified, health.articles, summary.claims.get(name, 0),
                 f": {health.error}" if health.error else "")
    for event in summary.events:
        log.info("run %s: alert %s: %s, %s: %s", run, event.id, event.kind, event.severity, title_of(event))
    for channel, error in summary.sent.errors.items():
        log.warning("run %s: channel %s: %s", run, channel, error)
    for problem in filter(None, (*summary.problems, summary.cut)):
        log.warning("run %s: %s", run, problem)
    log.info("run %s: ended after %.1f s, %d messages sent, %d undelivered, exit status %d", run, summary.seconds,
             summary.sent.sent, summary.sent.failed, summary.exit_status)
