"""The history as the rules need it: a Ledger over one connection, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, Table, bindparam, delete, func, or_, select

from crawler.article import Article, LiveEntry
from monitors.exchange import read_moment, write_moment
from monitors.history.codec import dump, load
from monitors.history.outbox import enqueue
from monitors.history.standing import current, is_withdrawn, nth_latest
from monitors.history.tables import (
    articles,
    claims,
    events,
    holds,
    in_parts,
    insert_into,
    judgements,
    marks,
    origins,
    series,
    statements,
    undecided,
    versions,
)
from monitors.model import Alert, Claim, Delivery, Event, Kind, Origin, Qualifier, Reading, Scope, Series, Severity, Statement
from monitors.rules.constants import shipped
from monitors.rules.identity import Publishers
from monitors.rules.severity import Told
from monitors.rules.statements import Shelf, Version, instant_of, state_of
from monitors.rules.values import Value, bounds_of_same, days_of, same

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
EVENT_WEEKS = timedelta(days=45)
"""How far back events are looked for."""
MOST_SERIES = 32
"""Of one metric, the newest: what is looked at of a general history is bounded."""


class SqlLedger:
    """The Ledger of `monitors.watch` in SQL. Every query is answered from an index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- versions

    def add_version(self, article: Article, reading: Reading, now: datetime, backfill: bool) -> int | None:
        digest = sha256("\n".join((article.title, article.text)).encode()).hexdigest()
        article_id = self._article_id(article, now)
        last = self._connection.execute(
            select(versions.c.number, versions.c.sha256)
            .where(versions.c.article_id == article_id)
            .order_by(versions.c.number.desc())
            .limit(1)
        ).one_or_none()
        if last and last.sha256 == digest:
            return None
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
        row = self._connection.execute(
            select(versions, articles.c.outlet, articles.c.url, articles.c.first_seen_at).join(articles).where(versions.c.id == version_id)
        ).one()
        found = self._connection.execute(select(claims).where(claims.c.version_id == version_id).order_by(claims.c.id))
        earlier = self._connection.execute(
            select(versions.c.id).where(versions.c.article_id == row.article_id, versions.c.number == row.number - 1)
        ).scalar()
        return Version(
            row.id,
            row.number,
            _article(row),
            tuple((claim.id, _claim(claim)) for claim in found),
            row.seen_at,
            row.first_seen_at,
            row.backfill,
            earlier,
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
        self._connection.execute(delete(undecided).where(undecided.c.version_id == version_id))

    def text(self, url: str) -> str:
        newest = (
            select(versions.c.text)
            .join(articles, versions.c.article_id == articles.c.id)
            .where(articles.c.url == url)
            .order_by(versions.c.number.desc())
            .limit(1)
        )
        return self._connection.execute(newest).scalar() or ""

    # --- series and statements

    def series(
        self, metric: str, scopes: Collection[Scope], party: str | None, bodies: Collection[str], around: date | None
    ) -> list[Series]:
        wanted = select(series).where(series.c.metric == metric, series.c.scope.in_([scope.value for scope in scopes]))
        if party is not None:
            wanted = wanted.where(or_(series.c.party == party, series.c.party.is_(None)))
        if around:
            wanted = wanted.where(series.c.event_day.between((around - EVENT_WEEKS).isoformat(), (around + timedelta(days=3)).isoformat()))
        else:
            wanted = wanted.where(series.c.event_day.is_(None))
        newest = wanted.order_by(series.c.id.desc()).limit(MOST_SERIES)
        rows = self._connection.execute(newest).all()
        if len(rows) == MOST_SERIES:  # what these bodies count is never crowded out
            own = self._connection.execute(newest.where(series.c.body.in_(list(bodies))))
            rows = list({row.id: row for row in (*rows, *own)}.values())
        return [_series(row) for row in rows]

    def shelves(self, series: Sequence[Series], about: Value | None = None) -> list[Shelf]:
        by_key = {of.key: of for of in series}
        found = self._ordered(_questions().newest, by_key) if about is None else self._telling(by_key, about)
        dressed = self._dressed([(row, by_key[row.key]) for row in found])
        kept: dict[str, list[Statement]] = {key: [] for key in by_key}
        for row in found:
            kept[row.key].append(dressed[row.id])
        return [Shelf(of, tuple(kept[of.key])) for of in series]

    def last_stated(self, series: Series, value: Value) -> Statement | None:
        near = bounds_of_same(value)
        found = self._ordered(_questions().stated, [series.key], least=near[0], most=near[1]) if near else []
        alike = [row for row in found if same(value, Value(row.low, row.high, _qualifier(row.qualifier)))]
        return self._dressed([(alike[-1], series)])[alike[-1].id] if alike else None

    def with_courses(self, shelves: Sequence[Shelf]) -> list[Shelf]:
        found: dict[str, list[tuple[date, int]]] = {shelf.series.key: [] for shelf in shelves}
        for row in self._ordered(_questions().course, found):
            number = Value(row.low, row.high, _qualifier(row.qualifier)).nominal or 0
            found[row.key].append((date.fromisoformat(row.last_day), number))
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
        return [standing for shelf in self.shelves([_series(row) for row in rows]) if (standing := shelf.current)]

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
        row = self._connection.execute(select(statements).where(statements.c.id == statement_id)).one()
        of = self._connection.execute(select(series).where(series.c.id == row.series_id)).one()
        return self._dressed([(row, _series(of))])[statement_id]

    def carry(self, statement_id: int, origin: Origin) -> Statement:
        self._insert_once(
            origins,
            {
                "statement_id": statement_id,
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
        return self.statement(statement_id)

    def marks(self, statement_id: int) -> frozenset[str]:
        return frozenset(self._connection.execute(select(marks.c.mark).where(marks.c.statement_id == statement_id)).scalars())

    def mark(self, statement_id: int, mark: str, now: datetime) -> None:
        self._insert_once(marks, {"statement_id": statement_id, "mark": mark, "at": now})

    def judge(self, claim_ids: Iterable[int], statement_id: int | None, kind: str, why: str, now: datetime) -> None:
        for claim_id in claim_ids:
            self._insert_once(judgements, {"claim_id": claim_id, "statement_id": statement_id, "kind": str(kind), "why": why, "at": now})

    def judged(self, version_id: int) -> Mapping[int, tuple[str, Statement]]:
        rows = self._connection.execute(
            select(judgements.c.claim_id, judgements.c.kind, judgements.c.statement_id)
            .join(claims)
            .where(claims.c.version_id == version_id, judgements.c.statement_id.is_not(None))
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
            select(claims, judgements.c.kind, judgements.c.why).join(judgements).where(claims.c.version_id == version)
        )
        return {_claim(row): (row.kind, row.why) for row in rows}

    # --- what is told

    def told(self, quantities: Collection[str], since: datetime) -> list[Told]:
        rows = self._connection.execute(
            select(events.c.kind, events.c.severity, events.c.at, events.c.low, events.c.high, events.c.quantity).where(
                events.c.quantity.in_(list(quantities)), events.c.kind.in_([kind.value for kind in Kind]), events.c.at >= since
            )
        )
        return [Told(Kind(row.kind), Severity(row.severity), row.at, row.quantity.split("/")[1], row.high, row.low) for row in rows]

    def last_event(self, quantity: str, kinds: Collection[Kind]) -> Event | None:
        row = self._connection.execute(
            select(events.c.details)
            .where(events.c.quantity == quantity, events.c.kind.in_([kind.value for kind in kinds]))
            .order_by(events.c.at.desc())
            .limit(1)
        ).one_or_none()
        return load(Event, row.details) if row else None

    def tell(self, event: Event, alert: Alert, deliveries: Sequence[Delivery], now: datetime) -> bool:
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
            enqueue(self._connection, alert, deliveries, now)
        return stored

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
        row = self._connection.execute(select(holds.c.details).where(holds.c.statement_id == statement_id).limit(1)).one_or_none()
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
        return self._connection.execute(select(func.min(holds.c.due_at)).select_from(holds)).scalar()

    # --- rows

    def _insert(self, table: Table, row: Mapping[str, Any]) -> int:
        return int((self._connection.execute(table.insert().values(row)).inserted_primary_key or [0])[0])

    def _insert_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert unless a row of the same key is there; whether it was new."""
        insertion = insert_into(self._connection, table)
        return bool(self._connection.execute(insertion.values(row).on_conflict_do_nothing()).rowcount)

    def _article_id(self, article: Article, now: datetime) -> int:
        self._insert_once(articles, {"outlet": article.outlet, "url": article.url, "first_seen_at": now})
        return int(
            self._connection.execute(
                select(articles.c.id).where(articles.c.outlet == article.outlet, articles.c.url == article.url)
            ).scalar_one()
        )

    def _add_claims(self, version_id: int, reading: Reading) -> None:
        for claim in reading.claims:
            row = dump(claim)
            columns = {name: getattr(claim, name) for name in CLAIM_COLUMNS}
            columns |= {name: columns[name].value for name in ("qualifier", "scope", "stance")}
            place = (claim.in_title, claim.start, claim.end, claim.metric, claim.party, claim.group, claim.low, claim.high)
            self._insert_once(
                claims,
                {
                    "version_id": version_id,
                    "fingerprint": sha256(repr(place).encode()).hexdigest(),
                    **columns,
                    "details": {name: value for name, value in row.items() if name not in CLAIM_COLUMNS},
                },
            )

    def _series_id(self, of: Series) -> int:
        details = {"window": of.window, "event": of.event, "unit": of.unit, "method": of.method, "includes": list(of.includes)}
        day = of.event.rpartition("|")[2] if of.event and of.scope is Scope.EVENT else None
        self._insert_once(
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
        return int(self._connection.execute(select(series.c.id).where(series.c.key == of.key)).scalar_one())

    def _telling(self, keys: Collection[str], about: Value) -> list[Row[Any]]:
        """The current statement of each series, and of its latest those that may state a value; the oldest first."""
        found = self._ordered(_questions().current, keys)
        if near := bounds_of_same(about):
            found += self._ordered(_questions().alike, keys, least=near[0], most=near[1])
        return [row for _, row in sorted({row.id: row for row in found}.items())]

    def _ordered(self, wanted: Select[Any], keys: Iterable[str], **bounds: int) -> list[Row[Any]]:
        """What is wanted of the series of these keys, by the statements' ids."""
        rows = [row for part in in_parts(keys) for row in self._connection.execute(wanted, {"keys": part, **bounds})]
        return sorted(rows, key=lambda row: int(row.id))

    def _dressed(self, rows: Sequence[tuple[Row[Any], Series]]) -> dict[int, Statement]:
        """Statements with their origins, marks and state, by their ids.

        The rows are put in order here: asked for in the order of their ids, SQLite reads the whole table in that order instead of looking
        many statements up.
        """
        carried: dict[int, list[Row[Any]]] = {row.id: [] for row, _ in rows}
        marked: dict[int, set[str]] = {row.id: set() for row, _ in rows}
        for ids in in_parts(carried):
            for origin in self._connection.execute(_questions().origins, {"ids": ids}):
                carried[origin.statement_id].append(origin)
            for statement_id, mark in self._connection.execute(_questions().marks, {"ids": ids}):
                marked[statement_id].add(mark)
        in_order = {number: [_origin(origin) for origin in sorted(found, key=lambda row: int(row.id))] for number, found in carried.items()}
        return {row.id: _statement(row, of, in_order[row.id], marked[row.id]) for row, of in rows}


@dataclass(frozen=True)
class _Questions:
    """What is asked several times for every figure; put together once, which takes longer than SQLite needs for the answer."""

    newest: Select[Any]
    """The latest statements of series by their `keys`."""
    current: Select[Any]
    """Their current statements."""
    stated: Select[Any]
    """Those with a number from `least` to `most`."""
    alike: Select[Any]
    """Of the latest those with such a number."""
    course: Select[Any]
    """Their latest values, those withdrawn left out."""
    origins: Select[Any]
    """The origins of statements by their `ids`."""
    marks: Select[Any]


@cache
def _questions() -> _Questions:
    numbers = shipped()
    of_these = series.c.key.in_(bindparam("keys", expanding=True))
    whole = select(statements, series.c.key).join(series).where(of_these)
    recent = statements.c.id >= nth_latest("id", numbers.statement.recent_statements)
    near = [column.between(bindparam("least"), bindparam("most")) for column in (statements.c.low, statements.c.high)]
    lately = statements.c.last_day >= nth_latest("last_day", numbers.disagreement.growth_values)
    values = (statements.c[name] for name in ("id", "last_day", "low", "high", "qualifier"))
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    return _Questions(
        newest=whole.where(recent),
        current=whole.where(statements.c.id == current()),
        stated=whole.where(or_(*near)),
        alike=whole.where(recent, or_(*near)),
        course=select(series.c.key, *values).join_from(statements, series).where(of_these, lately, ~is_withdrawn()),
        origins=select(origins).where(origins.c.statement_id.in_(ids)),
        marks=select(marks.c.statement_id, marks.c.mark).where(marks.c.statement_id.in_(ids)),
    )


_qualifier = cache(Qualifier)


def _statement(row: Row[Any], of: Series, carried: Sequence[Origin], marked: Collection[str]) -> Statement:
    return Statement(
        of,
        row.low,
        row.high,
        _qualifier(row.qualifier),
        row.claimant,
        row.as_of,
        row.as_of_stated,
        date.fromisoformat(row.said_on),
        row.quote,
        row.language,
        row.url,
        row.outlet,
        row.seen_at,
        Kind(row.kind),
        row.venue,
        state_of(carried, marked),
        tuple(carried),
        "told" in marked,
        row.id,
    )


def _origin(row: Row[Any]) -> Origin:
    return Origin(row.outlet, row.url, row.family, row.tier, row.seen_at, row.published, row.primary, row.direct_quote, row.copy_of)


def _series(row: Row[Any]) -> Series:
    details = row.details
    return Series(
        row.metric,
        row.party,
        row.group,
        Scope(row.scope),
        row.body,
        details["window"],
        details["event"],
        details["unit"],
        details["method"],
        tuple(details["includes"]),
    )


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
