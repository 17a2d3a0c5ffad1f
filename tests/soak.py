"""Play weeks of hourly runs in one process: news, outlets that die and lie, receivers, a disk and a clock that fail, all by chance.

Everything of the job is real but what lies beyond the machine: `crawl` hands the desk what the outlets have, `send_parcel` asks receivers
that keep what they take, and a kill is an exception that nothing catches. The clock is an argument.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from crawler.article import Article, Entry
from crawler.health import Health
from crawler.memory import Validators
from monitors import job
from monitors.alerts import deliver
from monitors.alerts.deliver import Undelivered
from monitors.alerts.outbox import Parcel
from monitors.alerts.shape import Draw
from monitors.config import read_config
from monitors.desk import Desk
from monitors.history import store
from monitors.history.store import HistoryError
from monitors.model import Channel
from tests.faults import fill_up
from tests.jobs import BASE, known_history, outlet_table

START = datetime(2026, 3, 3, 0, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
OUTLETS = ("north", "south", "east", "west", "harbour")
MONITOR = '[[monitor]]\nname = "measles"\nmetric = "cases"\nwords.en = ["measles case"]\nparties = ["united states"]\nchange = "3%"\n'
CHANNELS = {"desk": '["urgent", "notable", "routine"]', "phone": '["urgent", "notable"]', "operator": '["ops"]'}
PLACES = (
    "Cebu, the Philippines", "Izmir, Turkey", "Lima, Peru", "Osaka, Japan", "Athens, Greece", "Quito, Ecuador", "Jakarta, Indonesia",
    "Kathmandu, Nepal", "Tehran, Iran", "Santiago, Chile", "Naples, Italy", "Kabul, Afghanistan", "Bogota, Colombia", "Rabat, Morocco",
    "Yangon, Myanmar", "Tirana, Albania", "Algiers, Algeria", "Baku, Azerbaijan", "Zagreb, Croatia", "Havana, Cuba",
    "Dili, East Timor", "Tbilisi, Georgia", "Managua, Nicaragua", "Panama City, Panama", "Bucharest, Romania",
)  # fmt: skip
PADDING = "The statement was made at a news conference that lasted for most of the afternoon and was shown on television."
TELL = ("new_series", "change", "step", "milestone")
DATABASE = ("full", "read-only", "locked")


class Killed(BaseException):
    """What a process that is killed raises, were it asked."""


@dataclass(frozen=True)
class Story:
    """What the outlets that carry it print, from their hours on; `number` is None where there is nothing new in it."""

    slug: str
    number: int | None
    title: str
    text: str
    carried: Mapping[str, datetime]


@dataclass
class Soak:
    """A month that is being played."""

    folder: Path
    random: Random
    stories: list[Story] = field(default_factory=list)
    dead: dict[str, datetime] = field(default_factory=dict)
    """Outlets and receivers, and until when."""
    read: dict[int, int] = field(default_factory=dict)
    """The numbers that were read as news, and in which run first."""
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    """What the receivers accepted: channel, alert, title."""
    doubts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a sender did not get to know that it was accepted."""
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int | None] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    calm: bool = False
    """Whether receivers are well and stay so."""
    cases: int = 320
    totals: list[int] = field(default_factory=list)
    """Of the cases: each is news only until a later one is known."""

    def __post_init__(self) -> None:
        shutil.copy(known_history(), self.database)
        channel = '\n[[channel]]\nname = "{0}"\nurl = "json://127.0.0.1:9/{0}"\nseverities = {1}\n'
        tables = [channel.format(*one) for one in CHANNELS.items()] + [outlet_table(name, feed_of(name)) for name in OUTLETS]
        (self.folder / "tallywatch.toml").write_text(BASE + "".join(tables) + MONITOR)
        self.config = read_config(self.folder / "tallywatch.toml")

    @property
    def database(self) -> Path:
        return self.folder / "tally.db"

    def play(self, runs: int) -> None:
        """So many hours with faults after a first run, and then three quiet days, in which all that waits must come."""
        self.run(START, fault=None)
        for number in range(1, runs + 1):
            now = START + number * HOUR
            self.happen(now)
            self.run(now + self.random.choice([timedelta()] * 20 + [3 * HOUR, -3 * HOUR, HOUR, -HOUR]), self.draw_fault())
            self.sizes.append(self.database.stat().st_size)
        self.dead.clear()
        self.calm = True
        for number in range(1, 13):
            self.run(START + (runs + 6 * number) * HOUR, fault=None)
        self.complaints += self.examine()

    # --- the world

    def happen(self, now: datetime) -> None:
        """News, copies, recollections; an outlet or a receiver that is down for some hours."""
        day, chance = f"{now:%A}", self.random.random()
        if chance < 0.1:
            self.cases = round(self.cases * self.random.uniform(1.04, 1.07))
            self.totals.append(self.cases)
            said = f"Texas health officials said on {day} that {{}} measles cases have been confirmed in the state since late January."
            self.publish(now, self.cases, "Texas measles outbreak grows", said)
        elif chance < 0.18 and (left := [place for place in PLACES if not any(place in story.text for story in self.stories)]):
            number = self.random.choice([n for n in range(101, 999) if n not in self.numbers])
            said = f"An earthquake on {day} killed {{}} people in {left[0]}, officials said."
            self.publish(now, number, f"Earthquake near {left[0]}", said)
        elif chance < 0.25 and self.stories:
            old = self.random.choice(self.stories)
            self.publish(now, None, f"A look back: {old.title}", f"Parliament debated its budget on {day} until late at night.")
        for name in (*OUTLETS, *CHANNELS):
            if self.random.random() < 0.02:
                self.dead[name] = now + self.random.randint(1, 9) * HOUR

    @property
    def numbers(self) -> set[int]:
        return {story.number for story in self.stories if story.number is not None}

    def publish(self, now: datetime, number: int | None, title: str, text: str) -> None:
        carriers = self.random.sample(OUTLETS, self.random.randint(2, 4))
        carried = {name: now - timedelta(minutes=9) + self.random.randint(0, 3) * HOUR * bool(rank) for rank, name in enumerate(carriers)}
        self.stories.append(Story(f"s{len(self.stories)}", number, title, text.format(f"{number:,}" if number else ""), carried))

    # --- a run

    def draw_fault(self) -> str | None:
        return self.random.choice([None] * 14 + [*DATABASE, "killed collecting", "killed sending", "killed having sent"])

    def run(self, now: datetime, fault: str | None) -> None:
        """One run as of `now`, and whether its status is the right one."""
        self.fault, self.now, before = fault, now, self.failures()
        if fault:
            self.faults[fault] += 1
        status: int | None
        with self.beyond(fault):
            try:
                summary = job.run(self.config, clock=lambda: now)
            except HistoryError as error:
                status = error.exit_status
                if fault not in DATABASE:
                    self.complaints.append(f"{now:%d %H:%M}, {fault}: {error}")
            except Killed:
                status = None
            else:
                status = summary.exit_status
                if status != (right := self.right_status(before)):
                    self.complaints.append(f"{now:%d %H:%M}, {fault}: status {status}, not {right}: {summary.problems}")
        self.statuses[status] += 1

    def right_status(self, failures: Mapping[str, int]) -> int:
        """By what the world did, and what waits that should have been taken."""
        waits = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending') AND (attempts > 0 OR next_at <= ?)"
        if not any(status != "failed" for status in self.answered.values()):
            return 3
        if self.ask(waits, f"{self.now:%Y-%m-%dT%H:%M:%S.%fZ}")[0][0]:
            return 4
        return int(any(status == "failed" and failures.get(name, 0) < 3 for name, status in self.answered.items()))

    def failures(self) -> dict[str, int]:
        return dict(self.ask("SELECT outlet, failures FROM outlets"))

    def ask(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(statement, given).fetchall()

    @contextmanager
    def beyond(self, fault: str | None) -> Iterator[None]:
        """What lies beyond the job: outlets, receivers, and a database to which something happens."""
        pragmas = {"full": lambda connection, _: fill_up(connection, self.random.randint(0, 9)),
                   "read-only": lambda connection, _: connection.execute("PRAGMA query_only=ON")}
        with ExitStack() as stack:
            stack.enter_context(patch.object(job, "crawl", self.collect))
            stack.enter_context(patch.object(deliver, "send_parcel", self.take))
            stack.enter_context(patch.object(store, "BUSY_SECONDS", 0.02))
            if fault in pragmas:
                event.listen(Engine, "connect", pragmas[fault])
                stack.callback(event.remove, Engine, "connect", pragmas[fault])
            if fault == "locked":
                other = stack.enter_context(closing(sqlite3.connect(self.database, isolation_level=None)))
                other.execute("BEGIN IMMEDIATE")
            yield

    def collect(self, spiders: Sequence[Any], desk: Desk, **_: object) -> dict[str, Health]:
        """What the real crawl tells the desk, of outlets that answer, do not, or do not say the truth."""
        found = {spider.name: self.collect_one(spider.name, desk) for spider in spiders}
        self.answered = {name: health.status for name, health in found.items()}
        return found

    def collect_one(self, outlet: str, desk: Desk) -> Health:
        feed, lie = feed_of(outlet), self.random.random()
        if self.dead.get(outlet, START) > self.now:
            self.faults["outlet dead"] += 1
            desk.failed(outlet, feed, "HTTP 503")
            return Health(outlet, "failed", failures={"http": 1}, errors=(f"{feed}: HTTP 503",))
        if lie < 0.05:
            self.faults["outlet says that nothing is new"] += 1
            desk.unchanged(outlet, feed)
            return Health(outlet, "unchanged", not_modified=1)
        out = [story for story in self.stories if outlet in story.carried and story.carried[outlet] <= self.now]
        old = lie > 0.95
        self.faults["outlet serves an old feed"] += old
        entries = [Entry(url_of(outlet, story), story.title, published=story.carried[outlet], language="en") for story in out]
        shown = entries[-40:-5] if old else entries[-30:]
        desk.found(outlet, feed, shown, shown, Validators(f"{len(shown)}"))
        read = 0
        for entry in desk.pending(outlet):
            if self.random.random() < 0.05:
                self.faults["outlet shows a login instead of a page"] += 1
                desk.looked(outlet, entry.url, None)
                desk.failed(outlet, entry.url, "it is no article")
                continue
            self.read_page(outlet, entry, next(story for story in out if url_of(outlet, story) == entry.url), desk)
            read += 1
        return Health(outlet, "ok" if read else "unchanged", fetched=1 + read, articles=read, entries=len(shown))

    def read_page(self, outlet: str, entry: Entry, story: Story, desk: Desk) -> None:
        if self.fault == "killed collecting" and self.random.random() < 0.5:
            raise Killed
        body = f"{story.text}\n{PADDING}"
        article = Article(outlet, entry.url, story.title, body, story.carried[outlet], language="en", core=body)
        desk.looked(outlet, entry.url, article)
        desk.record(article, entry, Validators(story.slug))
        if story.number is not None and outlet not in desk._baseline and self.now - story.carried[outlet] < 48 * HOUR:
            self.read.setdefault(story.number, self.statuses.total())

    def take(self, channel: Channel, parcel: Parcel, draw: Draw | None = None) -> Undelivered | None:
        """A receiver that accepts, refuses, wants to wait, or accepts and does not say so."""
        name, mood = channel.name, 0.5 if self.calm else self.random.random()
        if self.fault == "killed sending" and mood < 0.4:
            raise Killed
        if self.dead.get(name, START) > self.now:
            self.faults["receiver down"] += 1
            return Undelivered("[Errno 111] Connection refused")
        if mood > 0.97:
            self.faults["receiver asks to wait"] += 1
            return Undelivered("error=429", wait=timedelta(minutes=30))
        self.taken.append((name, parcel.alert_id, parcel.shown_title))
        if self.fault == "killed having sent":
            self.doubts[name, parcel.alert_id] += 1
            raise Killed
        if mood > 0.93:
            self.faults["receiver does not answer"] += 1
            self.doubts[name, parcel.alert_id] += 1
            return Undelivered("no answer", doubt=True)
        return None

    # --- afterwards

    def examine(self) -> Iterator[str]:
        """What must hold of the whole month."""
        told = self.ask("SELECT e.id, e.kind, e.low FROM events AS e WHERE e.id IN (SELECT alert_id FROM outbox)")
        firsts = Counter(low for _, kind, low in told if kind in TELL)
        yield from (f"lost: {number}" for number in self.read if self.was_news(number) and not firsts[number])
        yield from (f"told {count} times: {number}" for number, count in firsts.items() if count > 1)
        yield from (f"false: {kind} {low}" for _, kind, low in told if kind != "health" and (kind not in TELL or low not in self.numbers))
        accepted = Counter((channel, alert) for channel, alert, _ in self.taken)
        titles: dict[tuple[str, str], list[str]] = defaultdict(list)
        for channel, alert, title in self.taken:
            titles[channel, alert].append(title)
        rows = self.ask("SELECT channel, alert_id, state, lease_owner FROM outbox")
        for channel, alert, state, message in rows:
            if state != "sent":
                yield f"{state} at the end: {alert} for {channel}"
            elif not accepted[channel, message or alert]:
                yield f"sent, they say, but {channel} never had {alert}"
        for message, count in accepted.items():
            if count - 1 > self.doubts[message]:
                yield f"{message} came {count} times, and {self.doubts[message]} went unanswered"
            yield from (f"{message} came again: {title}" for title in titles[message][1:] if not title.startswith("[possible repeat] "))

    def was_news(self, number: int) -> bool:
        """Whether no later total was read before it, or in the same run: of two that were published at once either may stand."""
        later = self.totals[self.totals.index(number) + 1 :] if number in self.totals else []
        return all(self.read.get(total, self.statuses.total()) > self.read[number] for total in later)

    def growth(self) -> float:
        """How much the database grew in the second half of the month, for each byte of the first."""
        half = len(self.sizes) // 2
        return (self.sizes[-1] - self.sizes[half]) / max(1, self.sizes[half] - self.sizes[0])


def feed_of(outlet: str) -> str:
    return f"http://127.0.0.1:9/{outlet}/rss.xml"


def url_of(outlet: str, story: Story) -> str:
    return f"http://127.0.0.1:9/{outlet}/{story.slug}"
