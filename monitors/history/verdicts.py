"""Keep what people say of alerts, series, claimants and runs, and find what they said it of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from monitors.history.asking import ask
from monitors.history.codec import load
from monitors.history.imports import BY_HAND
from monitors.history.queries import RunState
from monitors.history.questions import questions
from monitors.history.standing import AGAINST, is_mark, is_read, is_struck, is_void, stand_now
from monitors.history.tables import (
    articles,
    claims,
    events,
    holds,
    in_parts,
    insert_once,
    judgements,
    marks,
    misreadings,
    origins,
    rereadings,
    runs,
    series,
    statements,
    verdicts,
    versions,
)
from monitors.model import APPROVED, MISREAD, REREAD, UPHELD, Event, Kind, Origin, Qualifier, Severity
from monitors.rules.values import Value, same
from monitors.rules.verdicts import Mute, Verb, follow, hash_sentence

QUEUE_DAYS = timedelta(days=7)
"""What nobody has judged by then is dropped from the queue: it was in the digest."""
RUNS_LISTED = 5
REPEATING = (Kind.DENIAL, Kind.MISQUOTE)
"""Judgements that name a statement whose own sentence they are not."""


@dataclass(frozen=True)
class Verdict:
    """One thing a person said."""

    id: int
    at: datetime
    kind: Verb
    target: str
    series: str | None
    until: datetime | None
    why: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """An alert as one may judge it: one that was stored, or with `due` one that is held until then."""

    event: Event
    due: datetime | None


@dataclass(frozen=True)
class DecidedIn:
    """What a run came to: its bounds, the statements that it alone made, those that others carry since, the older ones it took for
    withdrawn or denied, its alerts about figures, the keys of those it held; and where it read the stored articles again, the statements
    that fell with their reading, and what it no longer took to be said against some."""

    run: str
    begins: datetime
    ends: datetime
    statements: tuple[int, ...]
    carried: Mapping[int, tuple[str, ...]]
    """The outlets that carried a statement only later, not as copies."""
    struck: tuple[int, ...]
    alerts: tuple[Event, ...]
    holds: tuple[str, ...]
    fallen: tuple[int, ...]
    lifted: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Print:
    """One sentence that was taken for a statement: the page's origin of it, the words, their hash."""

    origin: Origin
    quote: str
    sentence: str

    @property
    def voice(self) -> str:
        """Whose words it is: its own outlet's family, or that which it copies."""
        return self.origin.copy_of or self.origin.family


# --- what was said


def add_verdict(
    connection: Connection,
    kind: Verb,
    target: str,
    now: datetime,
    *,
    series: str | None = None,
    until: datetime | None = None,
    why: str = "",
    details: Mapping[str, Any] | None = None,
) -> int:
    """Write it down; the row's id."""
    row = {"at": now, "kind": kind.value, "target": target, "series": series, "until": until, "why": why, "details": dict(details or {})}
    return int((connection.execute(verdicts.insert().values(row)).inserted_primary_key or [0])[0])


def add_misreadings(connection: Connection, verdict: int, sentences: Iterable[str]) -> None:
    """Remember sentences with the figure that was wrongly read in them."""
    for sentence in sentences:
        connection.execute(insert_once(connection, misreadings), {"sentence": sentence, "verdict_id": verdict})


def find_misread(connection: Connection, sentences: Collection[str]) -> frozenset[str]:
    """Those of some sentences that a person rejected."""
    found = (ask(connection, questions().misread, {"sentences": part}) for part in in_parts(sentences))
    return frozenset(row.sentence for rows in found for row in rows)


def read_merges(connection: Connection) -> Mapping[str, str]:
    """Of each merged body, whose figures its are."""
    rows = ask(connection, questions().merges)
    return follow((row.target, row.details["keep"] if row.kind == Verb.MERGE else None) for row in rows)


def read_mute(connection: Connection, keys: Collection[str]) -> Mute | None:
    """The mute of a series that nobody has ended; its time may be over. One that others were merged into has several keys."""
    said = next(iter(ask(connection, questions().muted, {"keys": keys})), None)
    if said is None or said.kind == Verb.UNMUTE:
        return None
    details = said.details
    return Mute(said.until, details["statement"], details["low"], details["high"], Qualifier(details["qualifier"]))


def read_mutes(connection: Connection, now: datetime) -> list[Verdict]:
    """Every mute that holds now; the first said first."""
    said = {verdict.target: verdict for verdict in _read(connection, _of_kinds(Verb.MUTE, Verb.UNMUTE).order_by(verdicts.c.id))}
    mutes = (verdict for verdict in said.values() if verdict.kind is Verb.MUTE)
    return [verdict for verdict in mutes if (verdict.until > now if verdict.until else not _has_moved(connection, verdict))]


def _has_moved(connection: Connection, mute: Verdict) -> bool:
    """Whether a muted series has stated another value since."""
    columns = (statements.c.low, statements.c.high, statements.c.qualifier)
    later = select(*columns).join(series).where(series.c.key == mute.target, statements.c.id > mute.details["statement"])
    then = Value(mute.details["low"], mute.details["high"], Qualifier(mute.details["qualifier"]))
    present = later.where(statements.c.kind != Kind.HISTORICAL.value)
    return any(not same(Value(row.low, row.high, Qualifier(row.qualifier)), then) for row in connection.execute(present))


def latest(connection: Connection, kinds: Collection[Verb], *targets: str) -> Verdict | None:
    """The last thing of some kinds that was said of any of some targets."""
    return next(_read(connection, _of_target(kinds, *targets).order_by(verdicts.c.id.desc()).limit(1)), None)


def has_rejected(connection: Connection, alert: str, statement: int | None) -> bool:
    """Whether a person rejected this figure of an alert."""
    return any(verdict.details.get("statement") == statement for verdict in _read(connection, _of_target((Verb.REJECT,), alert)))


def about_series(connection: Connection, key: str, body: str = "") -> list[Verdict]:
    """What was said of a series and its alerts, and of its claimant's body; the first said first."""
    merges = _read(connection, _of_target((Verb.MERGE, Verb.UNMERGE), body))
    return sorted([*_read(connection, select(verdicts).where(verdicts.c.series == key)), *merges], key=lambda verdict: verdict.id)


def about_alert(connection: Connection, alert: str) -> list[Verdict]:
    """What was said of an alert, of the statement it told, and of its series; the first said first."""
    event = connection.execute(
        select(events.c.statement_id, series.c.key).outerjoin(series, events.c.series_id == series.c.id).where(events.c.id == alert)
    ).one()
    return [
        said
        for said in about_series(connection, event.key or "")
        if said.target == alert
        or said.kind in (Verb.MUTE, Verb.UNMUTE)
        or (event.statement_id is not None and said.details.get("statement") == event.statement_id)
    ]


def _of_kinds(*kinds: Verb) -> Select[Any]:
    return select(verdicts).where(verdicts.c.kind.in_([kind.value for kind in kinds]))


def _of_target(kinds: Collection[Verb], *targets: str) -> Select[Any]:
    return _of_kinds(*kinds).where(verdicts.c.target.in_(targets))


def _read(connection: Connection, wanted: Select[Any]) -> Iterator[Verdict]:
    for row in connection.execute(wanted):
        yield Verdict(row.id, row.at, Verb(row.kind), row.target, row.series, row.until, row.why, row.details)


# --- what it is said of


def find_items(connection: Connection, name: str) -> list[Item]:
    """The alerts, held ones too, whose id begins so."""
    stored = connection.execute(select(events.c.details).where(events.c.id.startswith(name, autoescape=True)).limit(3)).scalars()
    waiting = [item for item in _held(connection) if item.event.id.startswith(name)]
    return [*waiting, *(Item(load(Event, details), None) for details in stored)]


def queue(connection: Connection, now: datetime, limit: int) -> list[Item]:
    """What waits for a person's word: what is held, the first due first; then what was told as routine for its doubtful reading in the
    last week, the newest first."""
    found = _held(connection, limit)
    recent = (
        select(events.c.details)
        .where(events.c.at > now - QUEUE_DAYS, events.c.severity == Severity.ROUTINE.value)
        .where(~is_void(events.c.statement_id), ~_is_approved())
        .order_by(events.c.at.desc())
    )
    for details in connection.execute(recent).scalars():
        if len(found) >= limit:
            break
        if "doubted" in details:
            found.append(Item(load(Event, details), None))
    return found


def events_of(connection: Connection, statement: int) -> list[Event]:
    """Every alert about a statement, the first told first."""
    rows = select(events.c.details).where(events.c.statement_id == statement).order_by(events.c.at)
    return [load(Event, details) for details in connection.execute(rows).scalars()]


def prints_of(connection: Connection, statement: int) -> list[Print]:
    """Where a statement was read, in the order its pages were seen; a weaker bound that it satisfied is another figure."""
    repeating = [kind.value for kind in REPEATING]
    rows = (
        select(claims.c.quote, claims.c.low, claims.c.high, claims.c.metric, *(origins.c[field.name] for field in fields(Origin)))
        .select_from(judgements.join(claims).join(versions).join(articles).join(statements, statements.c.id == judgements.c.statement_id))
        .join(origins, (origins.c.statement_id == statements.c.id) & (origins.c.url == articles.c.url))
        .where(judgements.c.statement_id == statement, judgements.c.kind.not_in(repeating), is_read())
        .where(claims.c.low.is_not_distinct_from(statements.c.low), claims.c.high.is_not_distinct_from(statements.c.high))
        .order_by(origins.c.id, claims.c.id)
    )
    return [Print(Origin(*row[4:]), row.quote, hash_sentence(*row[:4])) for row in connection.execute(rows)]


def find_runs(connection: Connection, name: str = "") -> list[RunState]:
    """The latest runs whose id begins so, the newest first."""
    found = select(runs.c.id, runs.c.started_at, runs.c.finished_at, runs.c.exit_status).where(runs.c.id.startswith(name, autoescape=True))
    return [RunState(*row) for row in connection.execute(found.order_by(runs.c.started_at.desc()).limit(RUNS_LISTED))]


def decided_in(connection: Connection, run: RunState) -> DecidedIn:
    """What was decided between a run's start and its end, or its last judgement where it was killed. Known values that a person or the
    program brought along are not the run's, nor is what we told of a person's word. What a run saw and a later one read again is the
    first one's too. Judgements are read through for it: nobody asks this often."""
    ends = run.finished_at or _last_judged(connection, run)
    at = _decided_at(run)
    touched = select(judgements.c.statement_id).select_from(judgements.join(claims).join(versions)).where(at.between(run.started_at, ends))
    rows = connection.execute(
        select(judgements.c.statement_id, at.label("at"), claims.c.details)
        .select_from(judgements.join(claims).join(versions))
        .where(judgements.c.statement_id.in_(touched), judgements.c.kind.not_in([kind.value for kind in REPEATING]))
        .where(~is_struck(judgements.c.statement_id))
        .order_by(at.desc())
    )
    first = {row.statement_id: row for row in rows}  # the earliest comes last, and stays
    made = [number for number, row in first.items() if row.at >= run.started_at and BY_HAND not in row.details.get("reasons", ())]
    carried = _carried_after(connection, made, ends)
    told = (
        select(events.c.details)
        .where(events.c.at.between(run.started_at, ends), events.c.series_id.is_not(None))
        .where(~is_struck(events.c.statement_id), or_(events.c.statement_id.is_(None), events.c.statement_id.not_in(sorted(carried))))
        .order_by(events.c.at)
    )
    alerts = (load(Event, details) for details in connection.execute(told).scalars())
    its_own = tuple(event for event in alerts if event.subtype not in (MISREAD, UPHELD) and not event.key.endswith(f"/{APPROVED}"))
    waiting = (item.event for item in _held(connection) if run.started_at <= item.event.at <= ends)
    held = tuple(event.key for event in waiting if event.statement is None or event.statement.id not in carried)
    taken_back = or_(*(is_mark(name) for name in sorted(AGAINST)))
    struck = connection.execute(select(marks.c.statement_id).where(marks.c.at.between(run.started_at, ends), taken_back)).scalars()
    alone = tuple(number for number in sorted(made) if number not in carried)
    fell = select(marks.c.statement_id).where(marks.c.at.between(run.started_at, ends), is_mark(REREAD))
    return DecidedIn(
        run.id, run.started_at, ends, alone, carried, tuple(dict.fromkeys(struck)), its_own, held,
        tuple(connection.execute(fell).scalars()), tuple(_lifted_in(connection, run.started_at, ends)),
    )  # fmt: skip


def _decided_at(run: RunState) -> ColumnElement[Any]:
    """When a claim was judged; one that a later run than this read again, when its version was seen."""
    again = select(rereadings.c.id).where(
        rereadings.c.after_id == judgements.c.claim_id, rereadings.c.run_id != run.id, ~rereadings.c.undone
    ).exists()
    return case((again, versions.c.seen_at), else_=judgements.c.at)


def _lifted_in(connection: Connection, begins: datetime, ends: datetime) -> Iterator[tuple[int, str]]:
    """What had been said against statements until it was upheld in a time that they are not."""
    upheld = select(marks.c.statement_id, marks.c.id).where(marks.c.at.between(begins, ends), is_mark(UPHELD))
    for number, place in connection.execute(upheld).all():
        before = select(marks.c.mark).where(marks.c.statement_id == number, marks.c.id < place).order_by(marks.c.id)
        yield from ((number, mark) for mark in sorted(stand_now(connection.execute(before).scalars()) & AGAINST))


def _last_judged(connection: Connection, run: RunState) -> datetime:
    """When a run that was killed judged last: before the next one began."""
    after = connection.execute(select(func.min(runs.c.started_at)).where(runs.c.started_at > run.started_at)).scalar()
    last = select(func.max(judgements.c.at)).where(judgements.c.at >= run.started_at)
    return connection.execute(last.where(judgements.c.at < after) if after else last).scalar() or run.started_at


def _carried_after(connection: Connection, made: Collection[int], ends: datetime) -> dict[int, tuple[str, ...]]:
    """Of some statements those that other families than the first ones carry since a time, not as copies: with their outlets."""
    early: dict[int, set[str]] = defaultdict(set)
    later: dict[int, dict[str, None]] = defaultdict(dict)
    columns = (origins.c.statement_id, origins.c.outlet, origins.c.family, origins.c.copy_of, origins.c.seen_at)
    for part in in_parts(made):
        for row in connection.execute(select(*columns).where(origins.c.statement_id.in_(part)).order_by(origins.c.seen_at, origins.c.id)):
            if row.seen_at <= ends:
                early[row.statement_id] |= {row.copy_of or row.family, row.family}
            elif row.copy_of is None and row.family not in early[row.statement_id]:
                later[row.statement_id][row.outlet] = None
    return {number: tuple(outlets) for number, outlets in later.items()}


def bodies(connection: Connection) -> list[str]:
    """Every body that a series is of."""
    return list(connection.execute(select(series.c.body).distinct().order_by(series.c.body)).scalars())


def _held(connection: Connection, limit: int | None = None) -> list[Item]:
    rows = connection.execute(select(holds.c.details, holds.c.due_at).order_by(holds.c.due_at, holds.c.key).limit(limit))
    return [Item(load(Event, row.details), row.due_at) for row in rows]


def _is_approved() -> Any:
    approved = select(marks.c.id).where(marks.c.statement_id == events.c.statement_id, marks.c.mark == APPROVED)
    return or_(events.c.statement_id.is_(None), approved.exists())
