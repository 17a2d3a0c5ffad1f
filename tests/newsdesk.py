"""A desk for the tests of the rules: hand-made claims go in, alerts come out, over a real SQLite history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event

from crawler.article import Article
from monitors import watch
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.model import Claim, Event, Qualifier, Reading, Scope, Stance
from monitors.replay import fire_timers

MONDAY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def figure(number: int | tuple[int, int] | None, metric: str = "killed", party: str | None = "ukraine", **fields: Any) -> Claim:
    """A claim as extraction reads it: Zelensky on the Ukrainian soldiers killed so far, unless told otherwise."""
    low, high = number if isinstance(number, tuple) else (number, number)
    qualifier = Qualifier(fields.pop("qualifier", "between" if isinstance(number, tuple) else "exact"))
    if qualifier in (Qualifier.MORE_THAN, Qualifier.AT_LEAST):
        high = None
    elif qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN):
        low = None
    span = f"{low or high:,}" if low or high else "dozens"
    quote = fields.pop("quote", f"The number is {span}.")
    plain: dict[str, Any] = {
        "group": "military",
        "scope": Scope.CUMULATIVE,
        "as_of": None,
        "attributed_to": "Zelensky",
        "stance": Stance.ASSERTED,
        "in_title": False,
        "sure": True,
    }
    values = plain | fields
    values["scope"], values["stance"] = Scope(values["scope"]), Stance(values["stance"])
    return Claim(
        low=low, high=high, qualifier=qualifier, metric=metric, party=party, span=span, start=0, end=len(span), quote=quote, **values
    )


def toll(number: int, party: str = "philippines", **fields: Any) -> Claim:
    """A toll of one event: an earthquake in Cebu, by officials, unless told otherwise."""
    plain: dict[str, Any] = {
        "group": "all",
        "scope": "event",
        "attributed_to": "officials",
        "place": "Cebu",
        "event": "earthquake",
        "quote": f"The earthquake killed {number} people.",
    }
    return figure(number, party=party, **(plain | fields))


class Newsdesk:
    """A history, the shipped policy and a clock."""

    def __init__(self, history: History | None = None) -> None:
        self.history = history or open_history("sqlite://")
        self.policy = watch.Policy.shipped()
        self.now = MONDAY
        self._serial = 0

    def reads(
        self,
        *claims: Claim,
        outlet: str = "reuters.com",
        url: str = "",
        text: str = "",
        title: str = "",
        at: timedelta = timedelta(hours=24),
        published: datetime | date | None = None,
        backfill: bool = False,
        **fields: Any,
    ) -> list[Event]:
        """An article with these claims is seen `at` later than the last one; the alerts of that line, timers first."""
        self.now += at
        self._serial += 1
        lines = [claim.quote for claim in claims if not claim.in_title]
        body = text or "\n".join(lines or ["Nothing to count here."])
        article = Article(
            outlet,
            url or f"https://www.{outlet}/{self._serial}",
            title,
            body,
            published or self.now - timedelta(minutes=14),
            language="en",
            core=body,
            **fields,
        )
        placed = tuple(replace(claim, start=claim.start + 50 * n, end=claim.end + 50 * n) for n, claim in enumerate(claims))
        with self.history.transaction() as connection:
            ledger = SqlLedger(connection)
            told = list(fire_timers(ledger, self.policy, self.now))
            version = watch.record(article, Reading(placed), ledger, self.now, backfill=backfill)
            return told + (watch.decide(version, ledger, self.policy, self.now) if version is not None else [])

    def store(self, claim: Claim, ledger: SqlLedger, outlet: str, published: datetime) -> int | None:
        """Record an article and leave it undecided."""
        article = Article(outlet, f"https://www.{outlet}/{published:%d%H}", "", claim.quote, published, language="en", core=claim.quote)
        return watch.record(article, Reading((claim,)), ledger, published)

    def decides(self, now: datetime) -> list[Event]:
        """Whatever is undecided, in its canonical order; the alerts."""
        with self.history.transaction() as connection:
            ledger = SqlLedger(connection)
            return [
                event for version in ledger.undecided(self.policy.publishers) for event in watch.decide(version, ledger, self.policy, now)
            ]

    def waits(self, pause: timedelta) -> list[Event]:
        """Time passes; what the timers send."""
        self.now += pause
        with self.history.transaction() as connection:
            return list(fire_timers(SqlLedger(connection), self.policy, self.now))


def listen(history: History) -> list[str]:
    """What the database of a history is asked and told from now on, as SQL with its values."""
    asked: list[str] = []
    if history.engine.dialect.name == "sqlite":
        event.listen(history.engine, "checkout", lambda driver, *_: driver.set_trace_callback(asked.append))
    else:
        event.listen(history.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    return asked


def kinds(events: list[Event]) -> list[str]:
    """Kind and severity of each alert: "change urgent"."""
    return [f"{event.kind} {event.severity}" for event in events]
