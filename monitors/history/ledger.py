"""The history as the rules need it: a Ledger over one connection, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, cached_property
from hashlib import sha256
from operator import itemgetter
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, Select, Table, delete, select

from crawler.article import Article, LiveEntry
from monitors.exchange import read_moment, write_moment
from monitors.history.asking import NOTHING, Given, ask, insert, insert_new, remove
from monitors.history.codec import dump, load
from monitors.history.outbox import enqueue
from monitors.history.questions import MOST_SERIES, questions, series_of
from monitors.history.standing import SET_AGAIN, is_read, is_void, stand_now
from monitors.history.tables import (
    articles,
    claims,
    events,
    holds,
    in_parts,
    judgements,
    marks,
    origins,
    series,
    statements,
    undecided,
    versions,
)
from monitors.history.verdicts import find_misread, read_merges, read_mute
from monitors.model import (
    STRUCK,
    Alert,
    Claim,
    Delivery,
    Event,
    Kind,
    Origin,
    Qualifier,
    Reading,
    Scope,
    Series,
    Severity,
    Statement,
)
from monitors.rules.identity import Publishers
from monitors.rules.severity import Told
from monitors.rules.statements import Shelf, Version, instant_of, state_of
from monitors.rules.values import Value, bounds_of_same, days_of, same
from monitors.rules.verdicts import Mute

CLAIM_COLUMNS = (
    "low",
    "high",
    "qualifier",
    "metric",
    "party",
    "group",
    "scope",
    "as_of",
    "attributed_to",
    "stance",
    "span",
    "start",
    "end",
    "in_title",
    "quote",
)


class SqlLedger:
    """The Ledger of `monitors.watch` in SQL. Every query is answered from an index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._series_ids: dict[str, int] = {}

    # --- versions

    def add_version(self, article: Article, reading: Reading, now: datetime, backfill: bool) -> int | None:
        digest = sha256("\n".join((article.title, article.text)).encode()).hexdigest()
        page = {"outlet": article.outlet, "url": article.url}
        last = self._ask_one(questions().latest_version, page)
        if last and last.sha256 == digest:
            return None
        article_id = last.id if last else self._insert(articles, {**page, "first_seen_at": now})
        details = {
            "authors": list(article.authors),
            "alt_titles": list(article.alt_titles),
            "section": article.section,
            "canonical_url": article.canonical_url,
            "entries": dump(article.entries),
            "agreement": article.agreement,
        }
        version_id = self._insert(
            versions,
            {
                "article_id": article_id,
                "number": last.number + 1 if last else 1,
                "seen_at": now,
                "published": write_moment(article.published),
                "modified": write_moment(article.modified),
                "language": article.language,
                "title": article.title,
                "text": article.text,
                "core": article.core,
                "live": article.live,
                "free": article.free,
                "details": details,
                "sha256": digest,
                "backfill": backfill,
            },
        )
        self._add_claims(version_id, reading)
        self._insert(undecided, {"version_id": version_id})
        return version_id

    def version(self, version_id: int) -> Version:
        (row,) = self._ask(questions().version, {"version_id": version_id})
        found = self._ask(questions().claims, {"version_id": version_id})
        before = {"article_id": row.article_id, "number": row.number - 1}
        earlier = self._ask_one(questions().version_before, before) if row.number > 1 else None
        return Version(
            row.id,
            row.number,
            _article(row),
            tuple((claim.id, _claim(claim)) for claim in found),
            row.seen_at,
            row.first_seen_at,
            row.backfill,
            earlier.id if earlier else None,
        )

    def undecided(self, publishers: Publishers) -> list[int]:
        """The versions to be decided, in their canonical order: published, tier, url. The order of arrival does not matter."""
        rows = self._connection.execute(
            select(versions.c.id, versions.c.published, versions.c.seen_at, versions.c.number, articles.c.url, articles.c.outlet)
            .join(articles, versions.c.article_id == articles.c.id)
            .where(versions.c.id.in_(select(undecided.c.version_id)))
        ).all()

        def place(row: Any) -> tuple[datetime, int, str, int]:
            published = instant_of(read_moment(row.published)) or row.seen_at
            return published, publishers.of(row.url, row.outlet).tier, row.url, row.number

        return [row.id for row in sorted(rows, key=place)]

    def decided(self, version_id: int) -> None:
        remove(self._connection, questions().decided, {"decided": version_id})

    def texts(self, urls: Collection[str]) -> dict[str, str]:
        if not urls:
            return {}
        return {row.url: row.text for row in self._ask(questions().texts, {"urls": list(urls)})}

    # --- series and statements

    def series(
        self, metric: str, scopes: Collection[Scope], party: str | None, bodies: Collection[str], days: tuple[date, date] | None
    ) -> list[Series]:
        asked: dict[str, Any] = {"metric": metric, "scopes": [scope.value for scope in scopes], "party": party}
        if days:
            asked |= {"first": days[0].isoformat(), "last": days[1].isoformat()}
        kind = {"of_party": party is not None, "of_days": days is not None}
        rows = self._ask(series_of(**kind, of_bodies=False), asked)
        if len(rows) == MOST_SERIES:  # what these bodies count is never crowded out
            own, *others = ([*self._names(body)] for body in bodies)
            for names in filter(None, (own, [name for some in others for name in some])):
                rows = [*rows, *self._ask(series_of(**kind, of_bodies=True), asked | {"bodies": names})]
            rows = list({row.id: row for row in rows}.values())
        return list({of.key: of for of in map(self._series, rows)}.values())

    def shelves(self, series: Sequence[Series], about: Value | None = None) -> list[Shelf]:
        return self._shelves(series, about, self._dressed)

    def bare_shelves(self, series: Sequence[Series]) -> list[Shelf]:
        return self._shelves(series, None, _bare)

    def _shelves(self, series: Sequence[Series], about: Value | None, build: Callable[[Sequence[Found]], list[Statement]]) -> list[Shelf]:
        by_key = self._by_stored_key(series)
        kept: dict[str, list[Statement]] = {of.key: [] for of in series}
        for statement in build([(row, by_key[row.key]) for row in self._telling(by_key, about)]):
            kept[statement.series.key].append(statement)
        return [Shelf(of, tuple(kept[of.key])) for of in series]

    def last_stated(self, series: Series, value: Value) -> Statement | None:
        near = bounds_of_same(value)
        keys = self._by_stored_key([series])
        found = self._ordered(questions().stated, keys, least=near[0], most=near[1]) if near else []
        alike = [row for row in found if same(value, Value(row.low, row.high, _qualifier(row.qualifier)))]
        return self._dressed([(alike[-1], series)])[0] if alike else None

    def with_courses(self, shelves: Sequence[Shelf]) -> list[Shelf]:
        found: dict[str, list[tuple[date, int]]] = {shelf.series.key: [] for shelf in shelves}
        by_key = self._by_stored_key([shelf.series for shelf in shelves])
        for row in self._ordered(questions().course, by_key):
            number = Value(row.low, row.high, _qualifier(row.qualifier)).nominal or 0
            found[by_key[row.key].key].append((date.fromisoformat(row.last_day), number))
        return [replace(shelf, course=tuple(sorted(found[shelf.series.key], key=lambda value: value[0]))) for shelf in shelves]

    def standing_of(self, outlets: Sequence[str], since: datetime) -> list[Statement]:
        """The current value of each series that outlets printed since a time: what a first sight sums up."""
        found = (
            select(statements.c.series_id)
            .join(origins)
            .where(origins.c.outlet.in_(outlets), origins.c.seen_at >= since)
            .where(statements.c.kind != Kind.HISTORICAL.value)
            .distinct()
        )
        rows = self._connection.execute(select(series).where(series.c.id.in_(found)).order_by(series.c.id)).all()
        known = {of.key: of for of in map(self._series, rows)}
        return [standing for shelf in self.shelves(list(known.values())) if (standing := shelf.current)]

    def put(self, statement: Statement, version_id: int) -> Statement:
        series_id = self._series_id(statement.series)
        statement_id = self._insert(
            statements,
            {
                "series_id": series_id,
                "version_id": version_id,
                "low": statement.low,
                "high": statement.high,
                "qualifier": statement.qualifier.value,
                "claimant": statement.claimant,
                "as_of": statement.as_of,
                "last_day": days_of(statement.as_of)[1].isoformat(),
                "as_of_stated": statement.as_of_stated,
                "said_on": statement.said_on.isoformat(),
                "venue": statement.venue,
                "quote": statement.quote,
                "language": statement.language,
                "url": statement.url,
                "outlet": statement.outlet,
                "seen_at": statement.seen_at,
                "kind": statement.kind.value,
            },
        )
        return replace(statement, id=statement_id)

    def statement(self, statement_id: int) -> Statement:
        (row,) = self._ask(questions().statement, {"statement_id": statement_id})
        return self._dressed([(row, self._series(row[-len(series.c) :]))])[0]

    def carry(self, statement: Statement, origin: Origin) -> Statement:
        stored = self._insert_once(
            origins,
            {
                "statement_id": statement.id,
                "outlet": origin.outlet,
                "url": origin.url,
                "family": origin.family,
                "tier": origin.tier,
                "published": origin.published,
                "primary": origin.primary,
                "direct_quote": origin.direct_quote,
                "copy_of": origin.copy_of,
                "seen_at": origin.seen_at,
            },
        )
        if not stored:
            return statement
        carried = (*statement.origins, origin)
        return replace(statement, origins=carried, state=state_of(carried, [statement.state]))

    def marks(self, statement_id: int) -> frozenset[str]:
        return frozenset(stand_now(self._marked(statement_id)))

    def mark(self, statement_id: int, mark: str, now: datetime) -> None:
        name = str(mark)
        if name in SET_AGAIN:
            marked = self._marked(statement_id)
            if name in stand_now(marked):
                return
            times = sum(one.partition("/")[0] == name for one in marked)
            name = f"{name}/{times + 1}" if times else name
        self._insert_once(marks, {"statement_id": statement_id, "mark": name, "at": now})

    def mark_told(self, told: Sequence[tuple[int, str]], now: datetime) -> None:
        rows = [{"statement_id": statement_id, "mark": mark, "at": now} for statement_id, mark in told]
        insert_new(self._connection, marks, rows)

    def _marked(self, statement_id: int) -> list[str]:
        rows = self._ask(questions().marks, {"ids": [statement_id]})
        return [row.mark for row in sorted(rows, key=lambda row: int(row.id))]

    def judge(self, claim_ids: Iterable[int], statement_id: int | None, kind: str, why: str, now: datetime) -> None:
        judged = {"statement_id": statement_id, "kind": str(kind), "why": why, "at": now}
        insert_new(self._connection, judgements, [{"claim_id": claim_id, **judged} for claim_id in claim_ids])

    def judged(self, version_id: int) -> Mapping[int, tuple[str, Statement]]:
        rows = self._connection.execute(
            select(judgements.c.claim_id, judgements.c.kind, judgements.c.statement_id)
            .join(claims)
            .where(claims.c.version_id == version_id, judgements.c.statement_id.is_not(None), ~is_void(judgements.c.statement_id))
        )
        return {row.claim_id: (row.kind, self.statement(row.statement_id)) for row in rows.all()}

    def verdicts(self, article: Article) -> dict[Claim, tuple[str, str]]:
        """What each figure of a page's latest version was judged to be, and why: for people."""
        version = (
            select(versions.c.id)
            .join(articles)
            .where(articles.c.outlet == article.outlet, articles.c.url == article.url)
            .order_by(versions.c.number.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = self._connection.execute(
            select(claims, judgements.c.kind, judgements.c.why).join(judgements).where(claims.c.version_id == version, is_read())
        )
        return {_claim(row): (row.kind, row.why) for row in rows}

    # --- what is told

    def told(self, quantities: Collection[str], since: datetime) -> list[Told]:
        every = [kind.value for kind in Kind]
        rows = self._ask(questions().told, {"quantities": list(quantities), "kinds": every, "since": since})
        return [Told(Kind(row.kind), Severity(row.severity), row.at, row.quantity.split("/")[1], row.high, row.low) for row in rows]

    def last_event(self, quantity: str, kinds: Collection[Kind]) -> Event | None:
        wanted = {"quantity": quantity, "kinds": [kind.value for kind in kinds]}
        row = self._ask_one(questions().last_event, wanted)
        told = load(Event, row.details) if row else None
        if told is None or self._any_struck(member.id for member in told.others if member.id is not None):
            return None
        bodies = {self._merged.get(member.series.body, member.series.body) for member in told.others}
        return None if len(told.others) > len(bodies) == 1 else told

    def _any_struck(self, statement_ids: Iterable[int]) -> bool:
        found = (self._ask(questions().marks, {"ids": ids}) for ids in in_parts(statement_ids))
        return any(row.mark in STRUCK for rows in found for row in rows)

    def is_taken_back(self, key: str) -> bool:
        return self._ask_one(questions().taken_back, {"key": key}) is not None

    def tell(self, event: Event, alert: Alert, deliveries: Sequence[Delivery], now: datetime, withheld: str | None = None) -> bool:
        statement_id = event.statement.id if event.statement else None
        stored = self._insert_once(
            events,
            {
                "id": event.id,
                "key": event.key,
                "kind": event.kind.value,
                "severity": event.severity.value,
                "state": event.state.value if event.state else None,
                "at": now,
                "quantity": event.series.quantity if event.series else None,
                "series_id": self._series_id(event.series) if event.series else None,
                "statement_id": statement_id,
                "low": event.low,
                "high": event.high,
                "title": alert.title,
                "body": alert.body,
                "html": alert.html,
                "details": dump(event),
            },
        )
        if stored:
            enqueue(self._connection, alert, deliveries, now, withheld)
        return stored

    def alert(self, event: Event) -> Alert:
        """An event that was told, in the words it was told in."""
        (row,) = self._ask(questions().told_as, {"id": event.id})
        return Alert(event.id, event.severity, row.title, row.body, row.html)

    def hold(self, event: Event, due: datetime) -> None:
        self._insert_once(
            holds,
            {
                "key": event.key,
                "due_at": due,
                "statement_id": event.statement.id if event.statement else None,
                "kind": event.kind.value,
                "details": dump(event),
            },
        )

    def held(self, statement_id: int) -> Event | None:
        row = self._ask_one(questions().held, {"statement_id": statement_id})
        return load(Event, row.details) if row else None

    def release(self, key: str) -> None:
        self._connection.execute(delete(holds).where(holds.c.key == key))

    def due(self, now: datetime) -> list[str]:
        ripe = select(holds.c.key).where(holds.c.due_at <= now).order_by(holds.c.due_at, holds.c.key)
        return list(self._connection.execute(ripe).scalars())

    def waiting(self, key: str) -> Event | None:
        row = self._connection.execute(select(holds.c.details).where(holds.c.key == key)).one_or_none()
        return load(Event, row.details) if row else None

    def next_due(self) -> datetime | None:
        """When the next held event is due."""
        due: datetime | None = self._ask(questions().next_due)[0][0]
        return due

    # --- what people said

    def merged(self) -> Mapping[str, str]:
        return self._merged

    def misread(self, sentences: Collection[str]) -> frozenset[str]:
        return find_misread(self._connection, sentences)

    def mute(self, series: Series) -> Mute | None:
        return read_mute(self._connection, list(self._by_stored_key([series])))

    @cached_property
    def _merged(self) -> Mapping[str, str]:
        return read_merges(self._connection)

    def _names(self, body: str) -> list[str]:
        """A body, and those that were merged into it."""
        return [body, *(other for other, keep in self._merged.items() if keep == body)]

    def _series(self, row: Sequence[Any]) -> Series:
        """A stored series as one of the body that its own was merged into."""
        self._series_ids[row[1]] = row[0]
        return read_series(row, self._merged)

    def _by_stored_key(self, wanted: Iterable[Series]) -> dict[str, Series]:
        """Series by the keys they are stored under: one that others were merged into has several."""
        if not self._merged:
            return {of.key: of for of in wanted}
        return {replace(of, body=name).key: of for of in wanted for name in self._names(of.body)}

    # --- rows

    def _ask(self, question: Select[Any] | CompoundSelect[Any], given: Given = NOTHING) -> Sequence[Any]:
        return ask(self._connection, question, given)

    def _ask_one(self, question: Select[Any], given: Given) -> Any:
        """The first row; None where there is none."""
        return next(iter(self._ask(question, given)), None)

    def _insert(self, table: Table, row: Mapping[str, Any]) -> int:
        return insert(self._connection, table, row)

    def _insert_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert unless a row of the same key is there; whether it was new."""
        return bool(insert_new(self._connection, table, [row]))

    def _add_claims(self, version_id: int, reading: Reading) -> None:
        rows = []
        for claim in reading.claims:
            place = (claim.in_title, claim.start, claim.end, claim.metric, claim.party, claim.group, claim.low, claim.high)
            rows.append(_claim_row(version_id, claim, place))
        insert_new(self._connection, claims, rows)

    def add_reread(self, version_id: int, claim: Claim, run: str) -> int:
        """Store a claim that a later run reads in a version, beside what was read there before; the row's id."""
        return self._insert(claims, _claim_row(version_id, claim, (run, claim)))

    def _series_id(self, of: Series) -> int:
        if of.key not in self._series_ids:
            known = self._ask_one(questions().series_id, {"key": of.key})
            self._series_ids[of.key] = known.id if known else self._add_series(of)
        return self._series_ids[of.key]

    def _add_series(self, of: Series) -> int:
        details = {"window": of.window, "event": of.event, "unit": of.unit, "method": of.method, "includes": list(of.includes)}
        day = of.event.rpartition("|")[2] if of.event and of.scope is Scope.EVENT else None
        return self._insert(
            series,
            {
                "key": of.key,
                "quantity": of.quantity,
                "metric": of.metric,
                "party": of.party,
                "group": of.group,
                "scope": of.scope.value,
                "body": of.body,
                "event_day": day,
                "details": details,
            },
        )

    def _telling(self, keys: Collection[str], about: Value | None) -> list[Row[Any]]:
        """The current statement of each series with its latest, or of its latest those that may state a value; the oldest first."""
        near = bounds_of_same(about) if about else None
        wanted = questions().newest if about is None else questions().alike if near else questions().current
        found = self._ordered(wanted, keys, **({"least": near[0], "most": near[1]} if near else {}))
        return list({row[0]: row for row in found}.values())

    def _ordered(self, wanted: Select[Any] | CompoundSelect[Any], keys: Iterable[str], **bounds: int) -> list[Row[Any]]:
        """What is wanted of the series of these keys, by the statements' ids."""
        rows = [row for part in in_parts(keys) for row in self._ask(wanted, {"keys": part, **bounds})]
        return sorted(rows, key=itemgetter(0))

    def _dressed(self, found: Sequence[Found]) -> list[Statement]:
        """Statements with their origins.

        The rows are put in order here: asked for in the order of their ids, SQLite reads the whole table in that order instead of looking
        many statements up.
        """
        carried: dict[int, list[Origin]] = {row.id: [] for row, _ in found}
        rows = [row for ids in in_parts(carried) for row in self._ask(questions().origins, {"ids": ids})]
        for _, statement_id, *origin in sorted(rows, key=itemgetter(0)):
            carried[statement_id].append(Origin(*origin))
        return [_statement(row, of, tuple(carried[row.id])) for row, of in found]


Found = tuple[Row[Any], Series]
"""A statement's row, and the series it is shown as one of."""


def _bare(found: Sequence[Found]) -> list[Statement]:
    """Statements without their origins."""
    return [_statement(row, of, ()) for row, of in found]


def _statement(row: Sequence[Any], of: Series, carried: tuple[Origin, ...]) -> Statement:
    number, low, high, qualifier, claimant, as_of, stated, said_on, quote, language, url, outlet, seen_at, kind, venue, marked, *_ = row
    marks_now = _holding(*_marks(marked)) if marked else NO_MARKS
    return Statement(
        of, low, high, _qualifier(qualifier), claimant, as_of, stated, date.fromisoformat(said_on), quote, language, url, outlet, seen_at,
        _kind(kind), venue, state_of(carried, marks_now), carried, "told" in marks_now, number,
    )  # fmt: skip


_qualifier, _kind, _scope = cache(Qualifier), cache(Kind), cache(Scope)


def _marks(aggregated: str) -> list[str]:
    """A statement's marks, the earliest first.

    >>> _marks("31 told_loud\\n30 told")
    ['told', 'told_loud']
    """
    pairs = (line.split(" ", 1) for line in aggregated.split("\n"))
    return [mark for _, mark in sorted((int(place), mark) for place, mark in pairs)]


NO_MARKS: frozenset[str] = frozenset()


@cache
def _holding(*marked: str) -> frozenset[str]:
    return frozenset(stand_now(marked))


def read_series(row: Sequence[Any], merged: Mapping[str, str]) -> Series:
    """A stored series, by a row of its whole table; one that was merged is of the body whose figures its are."""
    _, _, _, metric, party, group, scope, body, _, details = row
    return Series(
        metric, party, group, _scope(scope), merged.get(body, body), details["window"], details["event"], details["unit"],
        details["method"], tuple(details["includes"]),
    )  # fmt: skip


def _claim_row(version_id: int, claim: Claim, unlike: tuple[Any, ...]) -> dict[str, Any]:
    """A claim as a row; no other of its version has the same of what it is told apart by."""
    row = dump(claim)
    columns = {name: getattr(claim, name) for name in CLAIM_COLUMNS}
    columns |= {name: columns[name].value for name in ("qualifier", "scope", "stance")}
    return {
        "version_id": version_id,
        "fingerprint": sha256(repr(unlike).encode()).hexdigest(),
        **columns,
        "details": {name: value for name, value in row.items() if name not in CLAIM_COLUMNS},
    }


def _claim(row: Row[Any]) -> Claim:
    columns = {name: getattr(row, name) for name in CLAIM_COLUMNS}
    return load(Claim, {**columns, **row.details})


def _article(row: Row[Any]) -> Article:
    details = row.details
    return Article(
        row.outlet,
        row.url,
        row.title,
        row.text,
        read_moment(row.published),
        read_moment(row.modified),
        row.language,
        tuple(details["authors"]),
        details["section"],
        tuple(details["alt_titles"]),
        row.core,
        details["canonical_url"],
        row.live,
        row.free,
        tuple(load(LiveEntry, entry) for entry in details.get("entries", ())),
        details.get("agreement"),
    )
