"""How stored versions are read anew: the claims that stand no more and those in their place, and the statements that fall with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, or_, select

from monitors.history.ledger import SqlLedger
from monitors.history.standing import AGAINST, is_read, is_void
from monitors.history.tables import (
    claims,
    in_parts,
    insert_once,
    judgements,
    misreadings,
    rereadings,
    runs,
    series,
    statements,
    verdicts,
)
from monitors.history.verdicts import REPEATING
from monitors.model import RESTORED, UPHELD, VOID, Claim, Kind, State
from monitors.rules.verdicts import Verb, hash_sentence

ABOUT = frozenset({*(kind.value for kind in REPEATING), "none"})
"""What a claim is judged to be that only looks at a statement, and is no print of it."""


@dataclass(frozen=True)
class Swap:
    """What a version is read to say now instead of a stored claim; one of both may be missing."""

    version: int
    before: int | None
    now: Claim | None


# --- what falls


def find_fallen(connection: Connection, gone: Iterable[int]) -> list[int]:
    """The statements that some claims made: each stands with the claims of the version that stated it first."""
    own = judgements.c.kind.not_in(sorted(ABOUT)) & (statements.c.version_id == claims.c.version_id)
    made = _judged(statements.c.id).where(own, ~is_void())
    return sorted({number for part in in_parts(gone) for number in connection.execute(made.where(claims.c.id.in_(part))).scalars()})


def find_leaning(connection: Connection, fallen: Iterable[int], but: Collection[int]) -> list[tuple[int, int]]:
    """The further claims that were judged by some statements, with their versions."""
    leaning = _judged(claims.c.id, claims.c.version_id).where(is_read())
    rows = (row for part in in_parts(fallen) for row in connection.execute(leaning.where(statements.c.id.in_(part))))
    return sorted({(row.id, row.version_id) for row in rows if row.id not in but})


def _judged(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(judgements.join(claims).join(statements, statements.c.id == judgements.c.statement_id))


# --- what is written


def swap(connection: Connection, swaps: Iterable[Swap], run: str, at: datetime) -> list[tuple[Swap, int | None]]:
    """Leave claims out of their versions and store others in their place: each swap, with the row of its new claim."""
    ledger, done = SqlLedger(connection), []
    for one in swaps:
        after = ledger.add_reread(one.version, one.now, run) if one.now else None
        connection.execute(rereadings.insert(), {"run_id": run, "undone": False, "before_id": one.before, "after_id": after, "at": at})
        done.append((one, after))
    return done


def keep_rejected(connection: Connection, swaps: Iterable[Swap]) -> None:
    """Let a figure that a person rejected stay rejected where only more or less of its sentence is quoted now."""
    for one in swaps:
        if one.before is None or one.now is None:
            continue
        row = connection.execute(select(claims).where(claims.c.id == one.before)).one()
        if (row.low, row.high, row.metric) == (one.now.low, one.now.high, one.now.metric):
            before = hash_sentence(row.quote, row.low, row.high, row.metric)
            verdict = connection.execute(select(misreadings.c.verdict_id).where(misreadings.c.sentence == before)).scalar()
            if verdict is not None:
                sentence = hash_sentence(one.now.quote, one.now.low, one.now.high, one.now.metric)
                connection.execute(insert_once(connection, misreadings), {"sentence": sentence, "verdict_id": verdict})


def hand_on(connection: Connection, done: Iterable[tuple[Swap, int | None]], now: datetime) -> set[int]:
    """Let a statement that only takes the place of one of the same value be told as that was, and approved or upheld; those replaced so."""
    ledger, replaced = SqlLedger(connection), set()
    for one, after in done:
        old, new = (_statement_of(connection, claim) for claim in (one.before, after))
        if old is None or new is None or old == new or not same_value(connection, old, new):
            continue
        replaced.add(old)
        for mark in sorted(ledger.marks(old) - VOID - AGAINST - {RESTORED}):
            ledger.mark(new, mark, now)
    return replaced


def lift_denials(connection: Connection, gone: Iterable[int], now: datetime) -> None:
    """Contest no statement any more of which it was only misread that somebody denied it."""
    ledger, denials = SqlLedger(connection), _judged(statements.c.id).where(judgements.c.kind == Kind.DENIAL.value)
    for number in {number for part in in_parts(gone) for number in connection.execute(denials.where(claims.c.id.in_(part))).scalars()}:
        denied = connection.execute(denials.where(statements.c.id == number, is_read()).limit(1)).first()
        if denied is None and State.CONTESTED in ledger.marks(number):
            ledger.mark(number, UPHELD, now)


# --- what came of it


def successor(connection: Connection, statement: int) -> int | None:
    """The statement of the same value that stands in the place of one that is read otherwise now."""
    instead = (
        _judged(rereadings.c.after_id)
        .join(rereadings, rereadings.c.before_id == claims.c.id)
        .where(statements.c.id == statement, rereadings.c.after_id.is_not(None), ~rereadings.c.undone)
        .order_by(rereadings.c.id.desc())
    )
    found = (_statement_of(connection, after) for after in connection.execute(instead).scalars().all())
    return next((number for number in found if number not in (None, statement) and same_value(connection, statement, number)), None)


def last_statement(connection: Connection) -> int:
    """The highest number a statement has."""
    return connection.execute(select(func.max(statements.c.id))).scalar() or 0


def same_value(connection: Connection, *numbers: int | None) -> bool:
    """Whether statements give one and the same number."""
    ends = select(statements.c.low, statements.c.high).where(statements.c.id.in_(numbers)).distinct()
    return len(connection.execute(ends).all()) == 1


def _statement_of(connection: Connection, claim: int | None) -> int | None:
    made = select(judgements.c.statement_id).where(judgements.c.claim_id == claim, judgements.c.kind.not_in(sorted(ABOUT)))
    return connection.execute(made).scalar()


def spans_undone(connection: Connection) -> list[tuple[datetime, datetime]]:
    """From when to when the runs were at work that a person undid; of one undone long ago by an older program nobody knows."""
    said = select(verdicts.c.details, runs.c.started_at, runs.c.finished_at).outerjoin(runs, runs.c.id == verdicts.c.target)
    spans = []
    for details, begins, ends in connection.execute(said.where(verdicts.c.kind == Verb.UNDO_RUN.value)):
        if "begins" in details:
            spans.append((datetime.fromisoformat(details["begins"]), datetime.fromisoformat(details["ends"])))
        elif ends:
            spans.append((begins, ends))
    return spans


def quantities_reread(connection: Connection) -> dict[str, datetime]:
    """The quantities of which figures were read anew, and when this was recorded last; what was undone does not count."""
    figures = judgements.join(statements, statements.c.id == judgements.c.statement_id).join(series)
    either = or_(rereadings.c.before_id == judgements.c.claim_id, rereadings.c.after_id == judgements.c.claim_id)
    wanted = select(series.c.quantity, func.max(rereadings.c.at)).select_from(figures.join(rereadings, either))
    return {row[0]: row[1] for row in connection.execute(wanted.where(~_is_undone(rereadings)).group_by(series.c.quantity))}


def _is_undone(of: FromClause) -> ColumnElement[bool]:
    """Whether what a run read anew was taken back."""
    back = rereadings.alias()
    return select(back.c.id).where(back.c.run_id == of.c.run_id, back.c.undone).exists()


# --- what is taken back


def find_later(connection: Connection, run: str) -> str | None:
    """A later run, not undone, that read a version again which this run had."""
    mine, theirs = rereadings.alias(), rereadings.alias()
    of_mine, of_theirs = claims.alias(), claims.alias()
    both = (
        select(theirs.c.run_id)
        .join_from(mine, of_mine, or_(of_mine.c.id == mine.c.before_id, of_mine.c.id == mine.c.after_id))
        .join(of_theirs, of_theirs.c.version_id == of_mine.c.version_id)
        .join(theirs, or_(theirs.c.before_id == of_theirs.c.id, theirs.c.after_id == of_theirs.c.id))
        .where(mine.c.run_id == run, theirs.c.id > mine.c.id, theirs.c.run_id != run, ~_is_undone(theirs))
    )
    return connection.execute(both.limit(1)).scalar()


def swap_back(connection: Connection, run: str, at: datetime) -> None:
    """Read again what was read before a run, and nothing more of what it read."""
    mine = select(rereadings.c.before_id, rereadings.c.after_id).where(rereadings.c.run_id == run).order_by(rereadings.c.id)
    for before, after in connection.execute(mine).all():
        connection.execute(rereadings.insert(), {"run_id": run, "undone": True, "before_id": after, "after_id": before, "at": at})
