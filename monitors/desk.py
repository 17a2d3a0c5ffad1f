"""The crawler's Memory of the scheduled run: what the history knows of feeds and pages, and where articles are recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.article import Article, Entry
from crawler.memory import Capture, Rest, Standing, Terms, Validators
from crawler.outlet import OutletSpider
from monitors import watch
from monitors.history import captures, feeds, frontier, schedule, tombstones
from monitors.history.archive import NotArchived, Writer
from monitors.history.ledger import SqlLedger
from monitors.history.store import History
from monitors.model import Reading
from monitors.reader import Reader
from monitors.rules.blindness import RETRIED, UNSEEN, Coverage, cover


class Desk:
    """Keeps what a crawl reports, each page and each feed in one short transaction of its own.

    Outlets in `baseline` are seen for the first time (or again after a gap): what they carry is stored for the record only.
    """

    def __init__(self, history: History, reader: Reader, spiders: Mapping[str, type[OutletSpider]], baseline: frozenset[str],
                 clock: Callable[[], datetime], keep: bool = False, archive: Writer | None = None, among_others: bool = False) -> None:
        self.claims: Counter[str] = Counter()
        """How many figures were read, by outlet."""
        self.coverage: dict[str, Coverage] = {}
        """What the new pages of each outlet showed of themselves."""
        self.read: list[tuple[Article, Reading]] = []
        """Where asked to `keep` them, the articles and what was found in them."""
        self.unarchived: Counter[str] = Counter()
        """How many pages with figures were stored without their copy, by why."""
        self._archive = archive
        self._history = history
        self._reader = reader
        self._spiders = spiders
        self._baseline = baseline
        self._clock = clock
        self._keep = keep
        self._among_others = among_others
        self._feeds = {url for spider in spiders.values() for url in spider.addresses()}
        self._unchanged: list[tuple[str, str]] = []
        with history.reading() as connection:  # of feeds all at once: most runs find that nothing has changed
            self._validators = frontier.all_validators(connection, self._feeds)
            self._standings = frontier.all_standings(connection, clock())
            self._due = frontier.outlets_due(connection, clock())
            self._removed = tombstones.removed_urls(connection)

    def validators(self, url: str) -> Validators | None:
        if url in self._feeds:
            return self._validators.get(url)
        with self._history.reading() as connection:
            return frontier.validators(connection, url)

    def standing(self, url: str) -> Standing:
        return self._standings.get(url, Standing())

    def settle(self, outlet: str, url: str, rest: Rest | None, moved_to: str | None) -> None:
        if rest is None and moved_to is None and url not in self._standings:  # of most feeds there is nothing to keep
            return
        with self._history.transaction() as connection:
            frontier.store_standing(connection, outlet, url, rest, moved_to, self._clock())

    def terms(self, host: str) -> Terms | None:
        with self._history.reading() as connection:
            return frontier.terms(connection, host, self._clock())

    def keep_terms(self, host: str, terms: Terms) -> None:
        with self._history.transaction() as connection:
            frontier.store_terms(connection, host, terms, self._clock())

    def turn(self, host: str, delay: float) -> float:
        if not self._among_others:
            return 0.0
        with self._history.transaction() as connection:
            return schedule.take_turn(connection, host, delay)

    def wants(self, outlet: str, entry: Entry) -> bool:
        return entry.url not in self._removed and self._reader.concerns(entry, entry.language or self._spiders[outlet].language)

    def found(self, outlet: str, url: str, entries: Sequence[Entry], wanted: Sequence[Entry], validators: Validators) -> None:
        self._due.add(outlet)
        with self._history.transaction() as connection:
            feeds.store_survey(connection, outlet, url, entries, self._clock())
            fetched = [entry for entry in wanted if entry.url not in self._removed]
            frontier.store_found(connection, outlet, url, fetched, validators, self._clock())

    def pending(self, outlet: str) -> Iterable[Entry]:
        if outlet not in self._due:
            return []
        with self._history.reading() as connection:
            return frontier.pending(connection, outlet, self._clock())

    def unchanged(self, outlet: str, url: str) -> None:
        """Kept until the crawl has ended: where it is killed before, what is unchanged is asked for once more."""
        self._unchanged.append((outlet, url))

    def close(self) -> None:
        """The crawl has ended."""
        if self._archive:
            with suppress(OSError):  # left open, it is read all the same
                self._archive.close()
        if self._unchanged:
            with self._history.transaction() as connection:
                frontier.store_unchanged(connection, self._unchanged, self._clock())
                feeds.store_checked(connection, [url for _, url in self._unchanged], self._clock())
        self._unchanged.clear()

    def doubts(self, text: str, language: str) -> bool:
        return self._reader.holds_figure(text, language)

    def looked(self, outlet: str, url: str, article: Article | None) -> None:
        with self._history.reading() as connection:
            read, failed = frontier.tries(connection, outlet, url)
        if not read:
            shown = RETRIED if failed and article is None else cover(article)
            self.coverage[outlet] = self.coverage.get(outlet, UNSEEN) + shown

    def record(self, article: Article, entry: Entry, validators: Validators, capture: Capture | None = None) -> None:
        if article.url in self._removed:  # another address led to it
            with self._history.transaction() as connection:
                tombstones.close_entry(connection, article.outlet, entry.url)
            return
        reading, now = self._reader.read(article), self._clock()
        article = replace(article, language=reading.language or article.language)
        with self._history.transaction() as connection:
            version = watch.record(article, reading, SqlLedger(connection), now, backfill=article.outlet in self._baseline)
            if version is not None and reading.claims and capture and self._archive:
                self._keep_capture(connection, version, capture, self._archive)
            frontier.done(connection, article.outlet, entry, article, validators, now)
        if self._keep:
            self.read.append((article, reading))
        if version is not None:
            self.claims[article.outlet] += len(reading.claims)

    def _keep_capture(self, connection: Connection, version: int, capture: Capture, archive: Writer) -> None:
        """The article is stored in any case: a full disk costs it its copy, and is told."""
        try:
            captures.store_capture(connection, version, capture, archive.write(capture), self._clock())
        except NotArchived as error:
            self.unarchived[str(error)] += 1

    def failed(self, outlet: str, url: str, cause: str, *, gone: bool = False) -> None:
        with self._history.transaction() as connection:
            feeds.store_failing(connection, url, cause, self._clock())
            if gone:
                frontier.gone(connection, outlet, url, cause)
            else:
                frontier.failed(connection, outlet, url, cause, self._clock())
