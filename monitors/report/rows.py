"""What the history and the outlets hold -> rows for a table or for `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from crawler.outlet import OutletSpider
from monitors.alerts.phrases import Value, readable_link, subject_words, value_words
from monitors.history.queries import CurrentValue, OutletState, Point, Told
from monitors.model import Qualifier, State

Row = dict[str, Any]


def outlet_rows(spiders: Iterable[type[OutletSpider]], watched: Iterable[str], states: Iterable[OutletState]) -> list[Row]:
    """Every outlet there is: whether it is watched, and how it last did."""
    last, chosen = {state.outlet: state for state in states}, set(watched)
    return [
        {"outlet": spider.name, "title": spider.title, "language": spider.language, "family": spider.family or spider.name,
         "tier": spider.tier, "watched": "yes" if spider.name in chosen else "no", **_state_cells(last.get(spider.name)),
         "host": urlsplit(spider.addresses()[0]).hostname, "feeds": spider.addresses()}
        for spider in spiders]


def _state_cells(state: OutletState | None) -> Row:
    if state is None:
        return {"state": "never collected", "last success": None, "error": None}
    down = f"down, {state.failures_in_a_row} runs" if state.failures_in_a_row else state.status
    return {"state": down, "last success": state.last_success, "error": state.error}


def series_rows(values: Iterable[CurrentValue]) -> list[Row]:
    """Series with the value that stands."""
    return [
        {"no.": value.id, "what": _subject(value), "claimant": value.claimant, "value": _value(value), "as of": value.as_of,
         "outlet": value.outlet, "key": value.key, "low": value.low, "high": value.high, "qualifier": value.qualifier,
         "url": readable_link(value.url)}
        for value in values]


def _subject(value: CurrentValue) -> str:
    about = [value.details.get(name) for name in ("window", "event") if value.details.get(name)]
    return subject_words(value.metric, value.party, value.group) + (f" ({', '.join(map(str, about))})" if about else "")


def point_rows(points: Iterable[Point]) -> list[Row]:
    """Every value of one series, with the sentence that proves it."""
    return [
        {"as of": point.as_of, "value": _value(point), "judged": ", ".join((point.kind.replace("_", " "), *shown_marks(point.marks))),
         "claimant": point.claimant, "outlets": point.outlets or (point.outlet,), "sentence": point.quote, "link": readable_link(point.url),
         "low": point.low, "high": point.high, "qualifier": point.qualifier, "said on": point.said_on}
        for point in points]


def shown_marks(marks: Iterable[str]) -> list[str]:
    """What people need to know of a value: that it was withdrawn, or is contested."""
    return [mark for mark in marks if mark in (State.WITHDRAWN, State.CONTESTED)]


def _value(value: CurrentValue | Point) -> str:
    return value_words(Value(value.low, value.high, Qualifier(value.qualifier)))


def alert_rows(told: Sequence[Told]) -> list[Row]:
    """Alerts, and what became of each on its way to each channel."""
    return [
        {"at": alert.at, "severity": alert.severity, "title": alert.title, "id": alert.id, "kind": alert.kind, "body": alert.body,
         "delivery": [f"{post.channel}: {post.state}" + (f" ({post.error})" if post.error else "") for post in alert.posted]}
        for alert in told]
