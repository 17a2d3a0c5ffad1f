"""A desk whose pages are archived, without a crawl: hand-made answers go through the job's own memory into a history and WARC files."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copy, copytree, rmtree
from tempfile import mkdtemp
from typing import Any

from click.testing import CliRunner, Result

from crawler.article import Article, Entry
from crawler.memory import Capture, Validators
from monitors import watch
from monitors.alerts.routing import TERMINAL_CHANNEL
from monitors.cli import tallywatch
from monitors.desk import Desk
from monitors.history import captures, frontier
from monitors.history.archive import LARGEST_FILE, Archive, Writer
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.history.verifying import Verification
from monitors.model import Event
from monitors.reader import Reader
from monitors.watch import Policy
from tests.jobs import PADDING, empty_history

MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)
SAID = "President Volodymyr Zelensky said on {day} that {n:,} Ukrainian soldiers have been killed since the invasion began."


class ArchiveDesk:
    """A history beside its archive, a clock, and runs that end well unless told otherwise."""

    def __init__(self, folder: Path, url: str = "", now: datetime = MONDAY) -> None:
        self.folder, self.now = folder, now
        self.url = url or f"sqlite:///{folder / 'tally.db'}"
        if not url and not (folder / "tally.db").exists():
            copy(empty_history(), folder)
        self.history = open_history(self.url)
        self.archive = Archive(folder / "evidence")
        self.policy = Policy.shipped(channels=(TERMINAL_CHANNEL,))
        settings = 'outlets = []\ntimezone = "UTC"\n[evidence]\nfolder = "evidence"\n'
        (folder / "tallywatch.toml").write_text(f'database = "{url or "sqlite:///tally.db"}"\n{settings}', encoding="utf-8")

    def run(self, *pages: Mapping[str, Any], closed: bool = True, largest: int = LARGEST_FILE, backfill: bool = False) -> None:
        """One run, a day after the last, over these pages; what they say is not judged."""
        self.now += timedelta(days=1)
        with self.history.transaction() as connection:
            run = frontier.start_run(connection, self.now)
            captures.forge_link(connection, self.now)
            for killed in frontier.unfinished_runs(connection, run):
                self.archive.take_over(killed.id, killed.started_at)
        writer = Writer(self.archive.folder, run, self.now, largest)
        spiders = frozenset({page["outlet"] for page in pages}) if backfill else frozenset()
        desk = Desk(self.history, Reader(self.policy.monitors), {}, spiders, lambda: self.now, archive=writer)
        for page in pages:
            desk.record(page["article"](self.now), Entry(page["url"]), Validators(), page["capture"])
        self.unarchived = desk.unarchived
        if closed:
            desk.close()
            with self.history.transaction() as connection:
                frontier.finish_run(connection, run, 0, {}, self.now)

    def tells(self, *pages: Mapping[str, Any], backfill: bool = False) -> list[Event]:
        """One run, and what it tells."""
        self.run(*pages, backfill=backfill)
        return self.decide()

    def decide(self) -> list[Event]:
        with self.history.transaction() as connection:
            ledger = SqlLedger(connection)
            waiting = ledger.undecided(self.policy.publishers)
            return [event for version in waiting for event in watch.decide(version, ledger, self.policy, self.now)]

    def verify(self) -> list[str]:
        """What is wrong, a line each; what was looked at is in `seen`."""
        verification = Verification(self.history, self.archive.folder)
        found = [str(problem) for problem in verification.play(lambda what, done, total: None)]
        self.seen = verification.outcome
        return found

    def call(self, *arguments: str) -> Result:
        """A command of ours over this history, in this process."""
        return CliRunner().invoke(tallywatch, [*arguments, "--config", str(self.folder / "tallywatch.toml")])

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.call(*arguments, "--json").stdout.splitlines()]

    def files(self) -> list[Path]:
        return sorted(path for path in self.archive.folder.rglob("*") if path.is_file())


def copy_of(make: Callable[[ArchiveDesk], object], folder: Path) -> ArchiveDesk:
    """A desk as `make` leaves it, made once and copied."""
    made, now = _made(make)
    copytree(made, folder, dirs_exist_ok=True)
    return ArchiveDesk(folder, now=now)


@cache
def _made(make: Callable[[ArchiveDesk], object]) -> tuple[Path, datetime]:
    folder = Path(mkdtemp(prefix="tallywatch-"))
    atexit.register(rmtree, folder)
    desk = ArchiveDesk(folder)
    with desk.history:
        make(desk)
    return folder, desk.now


def page(number: int = 55_000, slug: str = "toll", outlet: str = "reuters.com", text: str = "", feed: bool = False, body: bytes = b"",
         headers: str = "", **fields: Any) -> dict[str, Any]:  # fmt: skip
    """A page that prints a figure, and the answer it was read from; `fields` are the article's."""
    url = f"https://www.{outlet}/news/{slug}"
    content = body or f"<html><title>Toll</title><p>{text or f'{number:,}'}</p></html>".encode()

    def article(now: datetime) -> Article:
        whole = f"{text or SAID.format(n=number, day=f'{now:%A}')}\n{PADDING}"
        return Article(outlet, url, fields.get("title", "A toll is told"), whole, now - timedelta(hours=1), language="en", core=whole)

    capture = Capture(
        f"https://www.{outlet}/rss" if feed else url, MONDAY, b"GET / HTTP/1.1\r\nHost: www.reuters.com\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n".encode(), content, "192.0.2.1", feed,
    )  # fmt: skip
    return {"outlet": outlet, "url": url, "article": article, "capture": capture}
