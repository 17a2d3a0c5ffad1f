"""What the history and the outlets hold -> rows for a table or for `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawler.outlet import OutletSpider
from monitors.alerts.phrases import Value, readable_link, subject_words, trouble_words, value_words
from monitors.alerts.titles import title_of
from monitors.alerts.wording import entitle
from monitors.history.codec import dump
from monitors.history.feeds import judged
from monitors.history.queries import CurrentValue, OutletState, Point, StatedValue, Told
from monitors.history.verdicts import Item, Verdict
from monitors.model import APPROVED, RESTORED, UPHELD, VOID, Qualifier, State, Statement
from monitors.rules.blindness import Feed

Row = dict[str, Any]


def outlet_rows(
    spiders: Iterable[type[OutletSpider]], watched: Iterable[str], states: Iterable[OutletState], feeds: Mapping[str, Sequence[Feed]],
    now: datetime,
) -> list[Row]:
    """Every outlet there is, those watched first: how it last did, and what its feeds carry."""
    last, chosen = {state.outlet: state for state in states}, set(watched)
    return [
        {"outlet": spider.name, "title": spider.title, "language": spider.language, "family": spider.family or spider.name,
         "tier": spider.tier, "watched": "yes" if spider.name in chosen else "no", **_state_cells(last.get(spider.name), now),
         **_feed_cells(spider, feeds.get(spider.name, ()))}
        for spider in sorted(spiders, key=lambda spider: spider.name not in chosen)]


def _state_cells(state: OutletState | None, now: datetime) -> Row:
    if state is None:
        return {"state": "never collected", "last success": None, "error": None, "blind": []}
    down = f"down {state.failures_in_a_row} runs" if state.failures_in_a_row else state.status
    blind = [{"what": trouble_words(trouble, now), **dump(trouble)} for trouble in state.troubles]
    return {"state": f"blind: {blind[0]['what']}" if blind else down, "last success": state.last_success, "error": state.error,
            "blind": blind}


def _feed_cells(spider: type[OutletSpider], feeds: Sequence[Feed]) -> Row:
    """The feeds together, for a table, and one by one: its own addresses, and what an index of sitemaps led to."""
    known, addresses = {feed.url: feed for feed in feeds}, spider.addresses()
    pace = [feed.per_day for feed in judged(feeds, addresses) if feed.per_day is not None]
    hosts = list(dict.fromkeys(str(urlsplit(url).hostname).removeprefix("www.") for url in addresses))
    return {"per day": _amount(sum(pace)) if pace else None, "hosts": hosts,
            "feeds": [_feed_row(url, known.get(url)) for url in dict.fromkeys((*addresses, *known))]}


def _feed_row(url: str, feed: Feed | None) -> Row:
    if feed is None:
        return {"url": url, "entries": None}
    return {
        "url": url, "entries": feed.entries, "newest": feed.newest, "oldest": feed.oldest, "per day": _amount(feed.per_day),
        "hours usual gap": _hours(feed.usual_gap), "hours longest gap": _hours(feed.longest_gap),
        "hours longest quiet": _hours(feed.longest_quiet), "hours until frozen": _hours(feed.frozen_after),
        "watched since": feed.watched_since, "checked at": feed.checked_at, "empty since": feed.empty_since,
        "failing since": feed.failing_since, "error": feed.error}


def _amount(per_day: float | None) -> float | None:
    return per_day and round(per_day, 1 if per_day < 10 else None)


def _hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 2)


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


def stated_rows(values: Sequence[StatedValue]) -> list[Row]:
    """Statements of a value, each with its series and the sentence that proves it."""
    proofs = ({"said on": value.said_on, "sentence": value.quote} for value in values)
    return [{**row, **proof} for row, proof in zip(series_rows(values), proofs, strict=True)]


def point_rows(points: Iterable[Point]) -> list[Row]:
    """Every value of one series, with the sentence that proves it."""
    return [
        {"as of": point.as_of, "value": _value(point), "judged": ", ".join((point.kind.replace("_", " "), *shown_marks(point.marks))),
         "claimant": point.claimant, "outlets": point.outlets or (point.outlet,), "sentence": point.quote, "link": readable_link(point.url),
         "low": point.low, "high": point.high, "qualifier": point.qualifier, "said on": point.said_on}
        for point in points]


def shown_marks(marks: Iterable[str]) -> list[str]:
    """What people need to know of a value: that it was withdrawn, or is contested; what a person said of it."""
    names = dict.fromkeys(mark.partition("/")[0] for mark in marks)
    return [mark for mark in names if mark in (State.WITHDRAWN, State.CONTESTED, APPROVED, UPHELD, RESTORED, *VOID)]


def _value(value: CurrentValue | Point) -> str:
    return value_words(Value(value.low, value.high, Qualifier(value.qualifier)))


def alert_rows(told: Sequence[Told]) -> list[Row]:
    """Alerts, and what became of each on its way to each channel."""
    return [
        {"at": alert.at, "severity": alert.severity, "title": alert.title, "id": alert.id, "kind": alert.kind, "body": alert.body,
         "delivery": [f"{post.channel}: {post.state}" + (f" ({post.error})" if post.error else "") for post in alert.posted]}
        for alert in told]


def review_rows(queue: Iterable[Item], titles: Mapping[str, str]) -> list[Row]:
    """What waits for a person's word: why it does, both sentences, and what to type."""
    return [_review_row(item, titles) for item in queue]


def _review_row(item: Item, titles: Mapping[str, str]) -> Row:
    event = entitle(item.event, titles)
    return {
        "id": event.id, "title": title_of(event), "at": event.at, "held until": item.due,
        "severity": event.doubted or event.severity, "sentence": event.statement.quote if event.statement else "",
        "link": readable_link(event.urls[0]) if event.urls else "",
        "before": _before(event.previous), "before sentence": event.previous.quote if event.previous else "",
        "approve": f"tallywatch approve {event.id[:SHORT_ID]}", "reject": f'tallywatch reject {event.id[:SHORT_ID]} --why "…"'}


SHORT_ID = 8
"""So many characters of an alert's id tell it from every other."""


def _before(previous: Statement | None) -> str:
    if previous is None:
        return ""
    return f"{value_words(Value(previous.low, previous.high, previous.qualifier))}, {previous.claimant}, {previous.as_of}"


def verdict_rows(verdicts: Iterable[Verdict]) -> list[Row]:
    """What people said of an alert or a series."""
    return [
        {"at": verdict.at, "verdict": verdict.kind.replace("_", "-"), "of": verdict.target, "until": verdict.until, "why": verdict.why}
        for verdict in verdicts]
