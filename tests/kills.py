"""Kill a run at a named moment of its life, and hold what receivers took against what the history says.

The runs are real processes over a newsroom, a webhook and a mail server on loopback.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import reduce
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from crawler.pages import read_article
from monitors import cli
from monitors.alerts.chart import draw_course
from monitors.alerts.deliver import check_url
from monitors.model import Qualifier, Waypoint
from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from monitors.replay import play
from tests.forks import run_apart
from tests.jobs import BASE, Job, Outlet, known_history, outlet_table, page

POINTS: Mapping[str, tuple[str, str]] = {
    "nothing asked for yet": ("before", "monitors.job:crawl"),
    "feed stored, its pages not fetched": ("after", "monitors.desk:Desk.found"),
    "page read, not recorded": ("before", "monitors.desk:Desk.record"),
    "recorded, not committed": ("after", "monitors.history.frontier:done"),
    "recorded, not decided": ("after", "monitors.desk:Desk.close"),
    "decided, not committed": ("after", "monitors.watch:decide"),
    "decided, not gathered": ("before", "monitors.job:send_due"),
    "gathered, not committed": ("after", "monitors.alerts.deliver:gather"),
    "claimed, not committed": ("after", "monitors.history.outbox:claim"),
    "claimed, not sent": ("before", "monitors.alerts.deliver:attempt"),
    "accepted, the answer not read": ("before", "monitors.alerts.deliver:read_result"),
    "answered, not marked": ("after", "monitors.alerts.deliver:attempt"),
    "marked, not committed": ("after", "monitors.history.outbox:finish"),
    "marked": ("after", "monitors.alerts.deliver:Post.send_one"),
    "everything sent, the run not ended": ("before", "monitors.history.frontier:finish_run"),
}
"""The boundaries of a run, in its order: when it dies, and at which call."""

ANY_MOMENT = "any moment"
LONGEST = 1.0
"""Seconds that a run takes here, or longer on a busy machine."""
EACH = frozenset([*POINTS][[*POINTS].index("claimed, not committed") : [*POINTS].index("marked") + 1])
"""The points that are passed for each message."""


@dataclass(frozen=True)
class Kill:
    """SIGKILL at the so many-th passing of a point, or so many seconds after a start."""

    point: str
    number: float = 1

    def __str__(self) -> str:
        return f"{self.point}, {self.number:.2f} s" if self.point == ANY_MOMENT else f"{self.point}, {self.number:g}."


def warm_up() -> None:
    """Read, judge and word what the runs will: most of what a run takes is what it does for the first time."""
    for slug, title, text, published in NEWS:
        article = {"outlet": "wire", "url": f"https://example.org/{slug}", "lang": "en", "title": title, "published": published}
        list(play([{"at": LAST, "article": {**article, "text": text}}]))
        read_article(page(title, text, published).encode(), f"https://example.org/{slug}")
    check_url("json://127.0.0.1")
    draw_course([Waypoint(f"2026-03-0{n}", n, n, Qualifier.EXACT) for n in (1, 2, 3)])


def run_killed() -> None:
    """`tallywatch`, killed as $KILL says, where it says so."""
    if "KILL" in os.environ:
        arm(Kill(*json.loads(os.environ["KILL"])))
    cli.main()


def arm(kill: Kill) -> None:
    if kill.point == ANY_MOMENT:
        killer = threading.Timer(kill.number, die)
        killer.daemon = True
        killer.start()
        return
    when, address = POINTS[kill.point]
    module, _, names = address.partition(":")
    *owners, name = names.split(".")
    owner = reduce(getattr, owners, import_module(module))
    real, passed = getattr(owner, name), Counter[str]()

    def passing(*given: Any, **named: Any) -> Any:
        passed[name] += 1
        if when == "before" and passed[name] == kill.number:
            die()
        result = real(*given, **named)
        if when == "after" and passed[name] == kill.number:
            die()
        return result

    setattr(owner, name, passing)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# ------------------------------------------------------------------ what is watched and who is told

FIRST, LAST = "2026-03-03T12:00Z", "2026-03-04T10:00Z"
SAID = "President Volodymyr Zelensky said on {} that {} Ukrainian soldiers have been killed since the invasion began."
OLD = ("old", "Zelensky says 58,000 soldiers killed", SAID.format("Monday", "58,000"), "2026-03-02T08:00:00+00:00")
NEWS = (
    ("new", "Zelensky says 61,000 soldiers killed", SAID.format("Wednesday", "61,000"), "2026-03-04T09:00:00+00:00"),
    ("quake", "Earthquake kills 300 in Cebu", "An earthquake on Wednesday killed 300 people in Cebu, the Philippines, officials said.",
     "2026-03-04T08:30:00+00:00"),
)  # fmt: skip


@dataclass
class World:
    """An outlet that has just printed two new figures, a webhook and a mailbox, and a history that knows its past."""

    newsroom: Newsroom
    mailbox: Mailbox
    folder: Path
    job: Job = field(init=False)

    def __post_init__(self) -> None:
        wire = Outlet(self.newsroom, "wire")
        wire.publish(*OLD)
        self.newsroom.put("/hook", "taken")
        hook = self.newsroom.url.replace("http", "json") + "/hook"
        channel = '\n[[channel]]\nname = "{}"\nurl = "{}"\n'
        channels = channel.format("hook", hook) + channel.format("mail", self.mailbox.url("desk@example.org"))
        self.job = Job(self.folder / "desk", BASE + channels + outlet_table("wire", wire.feed))
        self.job.directory.mkdir()
        self.job.write()
        shutil.copy(known_history(), self.job.directory / "tally.db")
        assert self.run(at=FIRST) == 0
        shutil.copytree(self.job.directory, self.folder / "before")
        for story in NEWS:
            wire.publish(*story)

    def rewind(self) -> None:
        """The history as it was before the news, and nobody told."""
        shutil.rmtree(self.job.directory)
        shutil.copytree(self.folder / "before", self.job.directory)
        self.newsroom.clear()
        self.mailbox.mails.clear()

    def run(self, kill: Kill | None = None, at: str = LAST) -> int:
        """One run; its exit status, -9 where it was killed."""
        env = {**os.environ, **({"KILL": json.dumps([kill.point, kill.number])} if kill else {})}
        done = run_apart("tests.kills:run_killed", ["run", "--json", "--at", at], cwd=self.job.directory, env=env)
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode == -signal.SIGKILL:
            time.sleep(0.1)  # what a receiver had from it is taken in
        return done.returncode

    def taken(self) -> list[tuple[str, str, str]]:
        """What the receivers accepted, in their order: channel, alert, title."""
        bodies = [json.loads(request.body) for request in [*self.newsroom.requests] if request.path == "/hook" and request.status == 200]
        hooked = [("hook", str(body["alert_id"]), str(body["title"])) for body in bodies]
        return hooked + [("mail", str(mail.message["X-Tallywatch-Alert"]), mail.subject) for mail in [*self.mailbox.mails]]

    def states(self) -> dict[tuple[str, str], str]:
        """What the history says of each message."""
        with closing(sqlite3.connect(self.job.directory / "tally.db")) as connection:
            rows = connection.execute("SELECT channel, alert_id, state FROM outbox WHERE state != 'digest'").fetchall()
        return {(channel, alert): state for channel, alert, state in rows}


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with Newsroom() as newsroom, Mailbox() as mailbox:
        yield World(newsroom, mailbox, folder)


# ------------------------------------------------------------------ what must hold


@dataclass(frozen=True)
class Trial:
    """Some kills one after the other, and then a run that is left alone: what came of them, and what must not have."""

    kills: int = 0
    due: int = 0
    told: int = 0
    lost: int = 0
    repeats: int = 0
    marked: int = 0
    """Of the repeats."""
    vain: int = 0
    """Marked though it had not arrived before: the run died between claim and send."""
    complaints: tuple[str, ...] = ()

    def __add__(self, other: Trial) -> Trial:
        return Trial(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def expected(world: World) -> set[tuple[str, str]]:
    """What a run tells that nothing happens to."""
    world.rewind()
    assert world.run() == 0
    return {(channel, alert) for channel, alert, _ in world.taken()}


def try_kills(world: World, kills: Sequence[Kill], due: set[tuple[str, str]], runs_after: int = 1) -> Trial:
    """Kill run after run, let the next ones end, and compare."""
    world.rewind()
    open_to_doubt, killed = Counter[tuple[str, str]](), 0
    for kill in kills:
        if world.run(kill) != -signal.SIGKILL:
            continue  # it had ended before
        killed += 1
        states = world.states()
        open_to_doubt.update({(channel, alert) for channel, alert, _ in world.taken() if states.get((channel, alert)) != "sent"})
    complaints = [f"the run after it ended with {status}" for status in (world.run() for _ in range(runs_after)) if status]
    taken, states = world.taken(), world.states()
    count = Counter((channel, alert) for channel, alert, _ in taken)
    lost, repeats = due - count.keys(), {message: n - 1 for message, n in count.items() if n > 1}
    unmarked = [title for message in repeats for title in _titles(taken, message)[1:] if not title.startswith("[possible repeat] ")]
    complaints += [f"lost: {message}" for message in lost]
    complaints += [f"nobody should have been told: {message}" for message in count.keys() - due]
    complaints += [f"told again without a mark: {title}" for title in unmarked]
    complaints += [f"told {n + 1} times: {message}" for message, n in repeats.items() if n > open_to_doubt[message]]
    complaints += [f"more than one repeat for a kill: {repeats}"] if sum(repeats.values()) > killed else []
    complaints += [f"still {state}: {message}" for message, state in states.items() if state != "sent"]
    vain = sum(_titles(taken, message)[0].startswith("[possible repeat] ") for message in count)
    repeated, names = sum(repeats.values()), " / ".join(map(str, kills))
    return Trial(killed, len(due), len(due & count.keys()), len(lost), repeated, repeated - len(unmarked), vain,
                 tuple(f"{names}: {complaint}" for complaint in complaints))


def _titles(taken: Sequence[tuple[str, str, str]], message: tuple[str, str]) -> list[str]:
    return [title for channel, alert, title in taken if (channel, alert) == message]


def random_kills(random: Random, *points: str) -> list[Kill]:
    """One to three kills, at one of these points or any: at its first passing or, where it is passed for each message, at another."""
    kills = [random.choice(points or (*POINTS, ANY_MOMENT)) for _ in range(random.randint(1, 3))]
    return [Kill(point, _passing(point, random)) for point in kills]


def _passing(point: str, random: Random) -> float:
    return random.uniform(0.05, LONGEST) if point == ANY_MOMENT else random.randint(1, 4 if point in EACH else 1)
