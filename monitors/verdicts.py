"""Do what a person says of an alert, a series, a claimant or a run: write the verdict and what follows from it, and say so in a few lines.

Each verb works inside the caller's transaction, under the run's lock. What is said twice does nothing more. Raises NotFound where a name
means nothing, with the nearest that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import Connection

from monitors.alerts.about import SPREADS
from monitors.alerts.phrases import Value, clean, value_words
from monitors.alerts.routing import TERMINAL_CHANNEL, delivery
from monitors.alerts.titles import title_of
from monitors.alerts.wording import OURS, compose, compose_undone, entitle
from monitors.failure import Failure
from monitors.history import outbox, queries, rereadings
from monitors.history import verdicts as said
from monitors.history.ledger import SqlLedger
from monitors.history.queries import RunState
from monitors.model import (
    APPROVED,
    MISREAD,
    REREAD,
    RESTORED,
    UNDONE,
    UPHELD,
    VOID,
    Delivery,
    Event,
    Kind,
    Qualifier,
    Scope,
    Series,
    Severity,
    Statement,
)
from monitors.rules.identity import UNATTRIBUTED, fold
from monitors.rules.severity import ORDER
from monitors.rules.statements import independent
from monitors.rules.verdicts import Verb, hash_sentence
from monitors.watch import Policy, refreshed, send

TAKEN_BACK = frozenset({Kind.RETRACTION, Kind.DENIAL})
"""What tells that a figure stands no more: where that was misread, it does."""
CHOICES_SHOWN = 5
REJECTED = "rejected: we misread it"
HINT_EVERYWHERE = "were all these sentences misread, say so: reject … --everywhere"


class NotFound(Failure):
    """What a verdict is to be about is not there, or there are several; the message names the nearest."""


# --- of an alert


def approve(connection: Connection, policy: Policy, name: str, now: datetime) -> list[str]:
    """Send what is held, as it stands; take a doubtful reading for sure, and tell it as loud as it would have been."""
    item, ledger = _find_item(connection, name), SqlLedger(connection)
    event, statement = item.event, item.event.statement
    number = statement.id if statement else None
    title = _title(event, policy)
    marks = ledger.marks(number) if number is not None else frozenset()
    if marks & VOID:
        raise NotFound(f"{event.id} was taken back already ({', '.join(sorted(marks & VOID))}); that stays: {title}")
    if item.due is None and (APPROVED in marks or event.doubted is None):
        return [f"approved already: {title}" if APPROVED in marks else f"nothing about it is in doubt, nothing was held back: {title}"]
    said.add_verdict(connection, Verb.APPROVE, event.id, now, series=_key(event), details={"statement": number})
    if number is not None:
        ledger.mark(number, APPROVED, now)
    if item.due is not None:
        ledger.release(event.key)
        fresh = refreshed(event, ledger, now)
    else:
        fresh = _current(event, ledger, now)
        if fresh is None:
            return [f"approved; it is not told again, for another value stands by now: {title}"]
        fresh = _aloud(fresh)
        outbox.withhold(connection, [event.id], "approved: told at once")
    if fresh is None or not send(fresh, ledger, policy, now):
        return [f"approved; nobody is told, for its series is muted: {title}"]
    return [f"approved, and told as {fresh.severity}: {title}"]


def reject(
    connection: Connection, policy: Policy, name: str, why: str, now: datetime, *, figure: str = "", everywhere: bool = False
) -> list[str]:
    """Take back what we misread: a figure stands no more, or one that we said was withdrawn or denied stands again; the sentence is never
    read so again, and who was told hears of it.

    Of an alert that shows several, `figure` says which. A figure that another origin gives in a sentence of its own stays, unless all
    were misread: `everywhere`.
    """
    item, ledger = _find_item(connection, name), SqlLedger(connection)
    event = item.event
    title, upheld = _title(event, policy), event.kind in TAKEN_BACK
    if event.statement is None or event.kind is Kind.HEALTH or event.subtype in OURS:
        raise NotFound(f"{event.id} tells of no sentence that we could have misread: {title}")
    statement = _choose_figure(event, figure)
    number, quote = statement.id, event.denial if upheld else statement.quote
    rejected = said.has_rejected(connection, event.id, number)
    if (rejected and (upheld or number is None)) or (number is not None and VOID & ledger.marks(number)):
        return [f"taken back already: {title}"]
    read = f"{'what was read in' if upheld else _figure_line(statement)}: “{clean(quote)}”" if quote else _figure_line(statement)
    own = hash_sentence(quote, statement.low, statement.high, statement.series.metric)
    prints = said.prints_of(connection, number) if number is not None and not upheld else []
    theirs = [one for one in prints if one.origin.url == statement.url or one.sentence == own]
    apart = [] if everywhere else _read_apart(connection, prints, theirs)
    stays = [f"the figure stays: also carried by {one.origin.outlet}: “{clean(one.quote)}”" for one in apart]
    if rejected and stays:
        return [f"its sentence is rejected already: {title}", *stays, HINT_EVERYWHERE]
    details = {"statement": number, "stays": bool(stays)}
    verdict = said.add_verdict(connection, Verb.REJECT, event.id, now, series=statement.series.key, why=why, details=details)
    voices = {one.voice for one in theirs}
    misread = theirs if stays else [one for one in prints if everywhere or one in theirs or one.voice in voices]
    said.add_misreadings(connection, verdict, dict.fromkeys([*([own] if quote else []), *(one.sentence for one in misread)]))
    if stays:
        return [f"rejected, the sentence alone: {title}", f"never read so again: {read}", *stays, HINT_EVERYWHERE]
    told = [event] if number is None or upheld else list({one.id: one for one in (*said.events_of(connection, number), event)}.values())
    if number is not None and not upheld:
        _strike(number, MISREAD, ledger, now)
    back_again = statement if upheld else event.previous if event.kind is Kind.CORRECTION else None
    if back_again is not None and back_again.id is not None:  # a misprint is no statement of its own
        ledger.mark(back_again.id, UPHELD, now)
    channels = outbox.received(connection, [one.id for one in told])
    outbox.withhold(connection, [one.id for one in told], REJECTED)
    _tell_the_rest(connection, item, statement, policy, now)
    deliveries, gone = _back_to(channels, told, policy, now)
    if deliveries:
        loudest = max((one.severity for one in told), key=ORDER.index)
        back = _misread(event, statement, ledger, why, UPHELD if upheld else MISREAD, loudest, now)
        ledger.tell(back, compose(back, policy.timezone, policy.publishers.titles, policy.report), deliveries, now)
    return [f"rejected: {title}", f"struck: {read}", *_who_hears(deliveries, gone, now)]


def _figures(event: Event) -> list[Statement]:
    """The figures that an alert tells as its own; what stands beside them is another alert's."""
    first, page = event.statement, next(iter(event.urls), "")
    if event.kind in SPREADS:
        shown = [first, *event.others]
    elif event.kind is Kind.FLOOR_BREACH:
        shown = [first, event.previous]
    else:
        eventful = first is not None and first.series.event and event.kind not in TAKEN_BACK
        shown = [first, *(one for one in event.others if eventful and any(origin.url == page for origin in one.origins))]
    return list({one.id: one for one in shown if one}.values())


def _choose_figure(event: Event, wanted: str) -> Statement:
    """The figure of an alert that is meant: its only one, or the one of this number, or of these words where some have the same."""
    figures = _figures(event)
    words = fold(wanted.replace(",", "")).split()
    numbers, names = [int(word) for word in words if word.isdecimal()], [word for word in words if not word.isdecimal()]
    found = [
        one
        for one in figures
        if all(number in (one.low, one.high) for number in numbers) and all(name in fold(_figure_line(one)) for name in names)
    ]
    if len(found) == 1:
        return found[0]
    listed = "".join(f"\n  {_figure_line(one)}: “{clean(one.quote)}”" for one in figures)
    several = f"{event.id} shows several figures; say which was misread, like --figure {figures[0].low or figures[0].high}:"
    raise NotFound((several if found else f"{event.id} shows no figure {wanted}; it shows:") + listed)


def _figure_line(statement: Statement) -> str:
    of = " ".join(filter(None, (statement.series.metric, statement.series.party)))
    return clean(f"{value_words(Value(statement.low, statement.high, statement.qualifier))} {of} ({statement.claimant})")


def _read_apart(connection: Connection, prints: Sequence[said.Print], own: Sequence[said.Print]) -> list[said.Print]:
    """Of the sentences taken for a statement those of other origins, one each, that nobody rejected."""
    voices = {one.voice for one in own}
    heads = independent(one.origin for one in prints) - voices
    known = said.find_misread(connection, {one.sentence for one in (*prints, *own)}) | {one.sentence for one in own}
    apart = {one.voice: one for one in reversed(prints) if one.voice in heads and one.sentence not in known}
    return [one for one in prints if apart.get(one.voice) is one]


def _tell_the_rest(connection: Connection, item: said.Item, struck: Statement, policy: Policy, now: datetime) -> None:
    """What an alert of several numbers has beside a struck one, where it was still to be told."""
    event = item.event
    left = [one for one in _figures(event) if one.id != struck.id]
    if not left or event.kind in SPREADS or event.kind is Kind.FLOOR_BREACH:
        return
    (lead, *others), ledger, number = left, SqlLedger(connection), struck.id
    beside = [one for one in event.others if one.id not in (number, lead.id) and one not in others]
    rest = replace(event, others=(*others, *beside))
    if event.statement and event.statement.id == number:
        rest = replace(_about(rest, lead), previous=None, previous_low=None, previous_high=None)
    rest = replace(rest, key=f"{event.key}/without {number}")
    if item.due is not None:
        ledger.release(event.key)
        ledger.hold(rest, item.due)
        return
    untold = [channel for channel, _, error in outbox.deliveries_of(connection, [event.id])[event.id] if error == REJECTED]
    if deliveries := _back_to({event.id: untold}, [event], policy, now)[0]:
        ledger.tell(rest, compose(rest, policy.timezone, policy.publishers.titles, policy.report), deliveries, now)


def _about(event: Event, statement: Statement) -> Event:
    """An event as one about another figure that it shows."""
    if event.statement and event.statement.id == statement.id:
        return event
    series = statement.series
    return replace(
        event, statement=statement, series=series, metric=series.metric, party=series.party, group=series.group, scope=series.scope,
        low=statement.low, high=statement.high, qualifier=statement.qualifier, claimant=statement.claimant, role="", side=None,
        state=statement.state, outlet=statement.outlet, urls=tuple(origin.url for origin in statement.origins) or (statement.url,),
    )  # fmt: skip


# --- of a series, a claimant


def mute(connection: Connection, policy: Policy, words: Sequence[str], until: datetime | None, now: datetime) -> list[str]:
    """Tell nothing of a series: until a time, or else until its value changes, which is told."""
    if until and until <= now:
        raise NotFound(f"{until.astimezone(policy.timezone):%Y-%m-%d %H:%M} is past; a series is muted until a day to come")
    series, ledger = _find_series(connection, words), SqlLedger(connection)
    (shelf,) = ledger.shelves([series])
    known, current = ledger.mute(series), shelf.current
    if known and known.until == until and not known.is_over(shelf, now):
        return [f"{known.why(policy.timezone)} already: {series.key}"]
    details = {
        "statement": max((s.id or 0 for s in shelf.statements), default=0),
        "low": current.low if current else None,
        "high": current.high if current else None,
        "qualifier": (current.qualifier if current else Qualifier.EXACT).value,
    }
    said.add_verdict(connection, Verb.MUTE, series.key, now, series=series.key, until=until, details=details)
    standing = value_words(Value(current.low, current.high, current.qualifier)) if current else "nothing"
    made = ledger.mute(series)
    why = made.why(policy.timezone) if made else ""
    dropped = outbox.hush(connection, series.key, why, now)
    return [f"{why} ({standing} stands): {series.key}", *([f"not sent any more: {dropped} that waited"] if dropped else [])]


def unmute(connection: Connection, policy: Policy, words: Sequence[str], now: datetime) -> list[str]:
    """Tell of a series again."""
    series, ledger = _find_series(connection, words), SqlLedger(connection)
    known = ledger.mute(series)
    if known is None or known.is_over(ledger.shelves([series])[0], now):
        return [f"is not muted: {series.key}"]
    said.add_verdict(connection, Verb.UNMUTE, series.key, now, series=series.key)
    return [f"muted no more: {series.key}"]


def merge(connection: Connection, policy: Policy, keep: str, other: str, why: str, now: datetime) -> list[str]:
    """Take two claimants' bodies for one: from now on all figures of the other, stored ones too, are the first's."""
    merged, known = said.read_merges(connection), _known_bodies(connection, policy)
    first, second = (_find_body(name, known, policy, now) for name in (keep, other))
    kept = merged.get(first, first)
    names = f"{known[second]} ({second}) and {known[first]} ({first})"
    if merged.get(second, second) == kept:
        return [f"are one claimant already: {names}" if first != second else f"is one and the same: {known[first]} ({first})"]
    said.add_verdict(connection, Verb.MERGE, merged.get(second, second), now, why=why, details={"keep": kept})
    return [f"from now on figures of {known[second]} ({second}) are those of {known.get(kept, kept)} ({kept})"]


def unmerge(connection: Connection, policy: Policy, keep: str, other: str, why: str, now: datetime) -> list[str]:
    """Take two bodies that were merged for two again: all figures of the other, stored ones too, are its own."""
    merged, known = said.read_merges(connection), _known_bodies(connection, policy)
    first, second = (_find_body(name, known, policy, now) for name in (keep, other))
    if merged.get(first) == second:
        raise NotFound(f"it is {first} that was merged into {second}: say unmerge {second} {first}")
    if second not in merged or merged[second] != merged.get(first, first):
        return [f"are two claimants: {known[second]} ({second}) and {known[first]} ({first})"]
    said.add_verdict(connection, Verb.UNMERGE, second, now, why=why, details={"keep": merged[second]})
    return [f"from now on figures of {known[second]} ({second}) are its own again"]


def _known_bodies(connection: Connection, policy: Policy) -> dict[str, str]:
    """The bodies that series are of, and those of claimants.toml, with their names."""
    stored = {body: body for body in said.bodies(connection) if body != UNATTRIBUTED}
    return stored | {body: claimant.name for body, claimant in policy.claimants.bodies.items()}


# --- of a run


def undo_run(connection: Connection, policy: Policy, name: str, why: str, now: datetime) -> list[str]:
    """Let nothing stand that a run decided: its figures, what it held, what it has not sent; who was told hears of it, once a channel."""
    run, ledger = _find_run(connection, name), SqlLedger(connection)
    when = f"run {run.id[:8]} of {run.started_at.astimezone(policy.timezone):%Y-%m-%d %H:%M}"
    if said.latest(connection, (Verb.UNDO_RUN,), run.id):
        return [f"undone already: {when}"]
    if later := rereadings.find_later(connection, run.id):
        raise NotFound(f"run {later[:8]} read the same articles again since; undo that one first: {when}")
    done = said.decided_in(connection, run)
    details = {"statements": list(done.statements), "begins": done.begins.isoformat(), "ends": done.ends.isoformat()}
    said.add_verdict(connection, Verb.UNDO_RUN, run.id, now, why=why, details=details)
    for number in done.statements:
        _strike(number, UNDONE, ledger, now)
    for number in done.struck:
        ledger.mark(number, UPHELD, now)
    rereadings.swap_back(connection, run.id, now)
    for number in done.fallen:
        ledger.mark(number, RESTORED, now)
        if MISREAD in ledger.marks(rereadings.successor(connection, number) or number):  # rejected since, in its new reading
            ledger.mark(number, MISREAD, now)
    for number, mark in done.lifted:
        ledger.mark(number, mark, now)
    for key in done.holds:
        ledger.release(key)
    channels = outbox.received(connection, [event.id for event in done.alerts])
    withheld = outbox.withhold(connection, [event.id for event in done.alerts], "its run was undone")
    deliveries, gone = _back_to(channels, done.alerts, policy, now)
    for to in deliveries:
        theirs = [entitle(event, policy.publishers.titles) for event in done.alerts if to.channel in channels.get(event.id, ())]
        outbox.enqueue(connection, compose_undone(theirs, run.id, run.started_at, why, policy.timezone), [to], now)
    sent = [f"had been told ({', '.join(channels[event.id])}): {_title(event, policy)}" for event in done.alerts if event.id in channels]
    return [
        f"undone: {when}; figures that stand no more: {len(done.statements)}, that stand again: {len({*done.struck, *done.fallen})}, "
        f"dropped: {len(done.holds)} held, {withheld} unsent",
        *(f"stays: {_figure_line(ledger.statement(number))}: also carried by {', '.join(by)}" for number, by in done.carried.items()),
        *sent,
        *_who_hears(deliveries, gone, now),
    ]


# --- what follows


def _strike(number: int, mark: str, ledger: SqlLedger, now: datetime) -> None:
    """Let a statement stand no more, nor what is held of it."""
    ledger.mark(number, mark, now)
    if held := ledger.held(number):
        ledger.release(held.key)


def _aloud(event: Event) -> Event:
    """A doubtful event as loud as it would have been, under a key of its own."""
    return replace(event, severity=event.doubted or event.severity, doubted=None, key=f"{event.key}/approved")


def _current(event: Event, ledger: SqlLedger, now: datetime) -> Event | None:
    """The event as its statement stands now; None where another value stands by now."""
    fresh = refreshed(event, ledger, now)
    if fresh is None or fresh.statement is None:
        return fresh
    (shelf,) = ledger.shelves([fresh.statement.series])
    return fresh if shelf.current and shelf.current.id == fresh.statement.id else None


def _misread(event: Event, statement: Statement, ledger: SqlLedger, why: str, subtype: str, severity: Severity, now: datetime) -> Event:
    """The event that tells of a misreading: the figure, its sentence, what is wrong, what stands."""
    (shelf,) = ledger.shelves([statement.series])
    key = f"{subtype}/{event.key}" if statement == event.statement else f"{subtype}/{event.key}/{statement.id}"
    return replace(
        _about(event, statement), kind=Kind.RETRACTION, subtype=subtype, severity=severity, at=now, key=key, state=None,
        claimant=statement.claimant, low=statement.low, high=statement.high, qualifier=statement.qualifier,
        previous=None, previous_low=None, previous_high=None,
        others=(shelf.current,) if shelf.current else (), explanation=why, cautions=(), denial="", doubted=None,
    )  # fmt: skip


def _back_to(
    channels: Mapping[str, Sequence[str]], told: Iterable[Event], policy: Policy, now: datetime
) -> tuple[list[Delivery], list[str]]:
    """For each channel that was told its one message, as loud as the loudest it had; and those that are not configured any more."""
    severity = {event.id: event.severity for event in told}
    loudest: dict[str, Severity] = {}
    for alert, names in channels.items():
        for name in names:
            loudest[name] = max(severity[alert], loudest.get(name, Severity.LOG), key=ORDER.index)
    there = {channel.name: channel for channel in (TERMINAL_CHANNEL, *policy.channels)}
    back = [delivery(loud, there[name], now, policy.hours) for name, loud in loudest.items() if name in there]
    return back, [name for name in loudest if name not in there]


def _who_hears(deliveries: Sequence[Delivery], gone: Sequence[str], now: datetime) -> list[str]:
    """Who hears of it, and when: at once, when the quiet hours end, or with the next digest."""
    hear: dict[str, list[str]] = {}
    for to in deliveries:
        when = "will be told with the next digest" if to.digest else "will be told after the quiet hours" if to.not_before > now else "told"
        hear.setdefault(f"{when} that we misread", []).append(to.channel)
    lines = [f"{when}: {', '.join(channels)}" for when, channels in hear.items()]
    unheard = [f"had been told, and is no channel any more: {name}" for name in gone]
    return [*lines, *unheard] or ["nobody had been told"]


# --- what is meant


def _find_item(connection: Connection, name: str) -> said.Item:
    found = {item.event.id: item for item in reversed(said.find_items(connection, name))} if name.strip() else {}
    if len(found) == 1:
        return _as_it_is_read(connection, found.popitem()[1])
    if found:
        raise NotFound(f"{name} begins the ids of several alerts: {', '.join(sorted(found)[:CHOICES_SHOWN])}")
    known = {told.id: told.title for told in queries.alerts(connection, 200)}
    near = "".join(f"; did you mean {alert} ({clean(known[alert])})?" for alert in get_close_matches(name, known, n=1, cutoff=0.5))
    raise NotFound(f"no alert, and none that is held, has the id {name}{near or ': tallywatch review and tallywatch alerts list them'}")


def _as_it_is_read(connection: Connection, item: said.Item) -> said.Item:
    """An alert as one about the figure that a newer reading has in the place of its own, where that has the same value."""
    statement, ledger = item.event.statement, SqlLedger(connection)
    if statement is None or statement.id is None or REREAD not in ledger.marks(statement.id):
        return item
    instead = rereadings.successor(connection, statement.id)
    return item if instead is None else _as_it_is_read(connection, replace(item, event=_about(item.event, ledger.statement(instead))))


def _find_series(connection: Connection, words: Sequence[str]) -> Series:
    """A series by its number, key, an alert about it, or words that fit it alone."""
    name, merged = " ".join(words), said.read_merges(connection)
    if not name.strip():
        raise NotFound("no series has no name: tallywatch history lists the series, by number")
    found = queries.find_series(connection, words)
    exact = len(found) == 1 and name in (str(found[0].id), found[0].key)
    if not exact and len(words) == 1 and said.find_items(connection, name):
        event = _find_item(connection, name).event
        if event.series:
            return event.series
        raise NotFound(f"the alert {event.id} is about no series")
    if len(found) == 1:
        one = found[0]
        details = {**one.details, "includes": tuple(one.details["includes"])}
        return Series(one.metric, one.party, one.group, Scope(one.scope), merged.get(one.body, one.body), **details)
    if not found:
        raise NotFound(f"no series and no alert is called {name}: tallywatch history lists the series, by number")
    listed = ", ".join(f"{value.id} ({value.key})" for value in found[:CHOICES_SHOWN])
    raise NotFound(f"{name} fits {len(found)} series; name one by its number: {listed}{', …' if len(found) > CHOICES_SHOWN else ''}")


def _find_body(name: str, known: Mapping[str, str], policy: Policy, now: datetime) -> str:
    """A claimant's body by its key or by any of its names."""
    if name in known:
        return name
    by_name = {fold(shown): body for body, shown in known.items()}
    if body := by_name.get(fold(name)) or policy.claimants.body_called(name, now.date()):
        return body
    near = get_close_matches(fold(name), [*by_name, *map(fold, known)], n=3, cutoff=0.5)
    keys = dict.fromkeys(by_name.get(one) or next(key for key in known if fold(key) == one) for one in near)
    hint = "; did you mean " + " or ".join(f"{key} ({known[key]})" for key in keys) + "?" if keys else ""
    raise NotFound(f"no claimant is called {name}{hint}")


def _find_run(connection: Connection, name: str) -> RunState:
    found = said.find_runs(connection, name) if name else []
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{run.id[:8]} ({run.started_at:%Y-%m-%d %H:%M})" for run in found or said.find_runs(connection))
    raise NotFound(f"{name} begins several runs' ids: {listed}" if found else f"no run has the id {name}; the last: {listed or 'none'}")


def _title(event: Event, policy: Policy) -> str:
    return title_of(entitle(event, policy.publishers.titles))


def _key(event: Event) -> str | None:
    return event.series.key if event.series else None
