"""Read off an event what its wording needs: values, claimant, subject, members. Pure."""

from __future__ import annotations

from monitors.alerts.phrases import (
    Value,
    clean,
    cut,
    event_words,
    group_words,
    metric_word,
    outlet_name,
    party_name,
    subject_words,
    window_words,
    words,
)
from monitors.model import Event, Kind, Scope, Series, State, Statement

NAME_LENGTH = 100
UNATTRIBUTED = "unattributed"
"""The body of figures for which nobody is named."""
SPREADS = (Kind.DISAGREEMENT, Kind.GAP_MOVED, Kind.CONVERGED)


def subject(event: Event) -> str:
    """What is counted, and of an event which one: "people killed, Turkey (earthquake, Hatay)"."""
    series = event.series
    if series is None or series.scope is not Scope.EVENT or not series.event or series.event.startswith(series.metric):
        return counted(event)
    which = [part for part in event_words(series.event)[:2] if not part[:1].isdigit() and part != party_name(series.party)]
    return f"{counted(event)} ({', '.join(which)})" if which else counted(event)


def counted(event: Event) -> str:
    """What is counted, over what time, in what unit."""
    unit = words()["units"].get(event.series.unit) if event.series and event.series.unit in ("cases", "entries") else None
    what = subject_words(event.metric, event.party, event.group, event.monitor)
    return what + window_words(event.scope, event.series.window if event.series else None) + (f" ({unit})" if unit else "")


def series_words(series: Series) -> str:
    return subject_words(series.metric, series.party, series.group) + window_words(series.scope, series.window)


def claimant(event: Event) -> str:
    """Who states the figure; of a denial who denies it, where that is known; empty where nobody is named."""
    if event.series and event.series.body == UNATTRIBUTED:
        return denier(event)
    stated = clean((event.statement.claimant if event.statement else "") or event.claimant or "")
    return denier(event) or cut(stated, NAME_LENGTH)


def giver(statement: Statement) -> str:
    """Who gave a figure, for a list: the claimant, else the outlet that prints it."""
    own = statement.claimant and statement.series.body != UNATTRIBUTED
    return cut(clean(statement.claimant), NAME_LENGTH) if own else outlet_name(statement.outlet)


def denier(event: Event) -> str:
    """Who denies a figure that is another's, where the event tells them apart."""
    if event.kind is not Kind.DENIAL or event.statement is None or event.claimant == event.statement.claimant:
        return ""
    return cut(clean(event.claimant or ""), NAME_LENGTH)


def new_value(event: Event) -> Value:
    return Value(event.low, event.high, event.qualifier, event.statement.quote if event.statement else "")


def old_value(event: Event) -> Value:
    previous = event.previous
    if previous is None:
        return Value(event.previous_low, event.previous_high)
    return Value(event.previous_low, event.previous_high, previous.qualifier, previous.quote)


def value_of(statement: Statement) -> Value:
    return Value(statement.low, statement.high, statement.qualifier, statement.quote)


def has_old(event: Event) -> bool:
    return event.previous_low is not None or event.previous_high is not None


def differing_words(event: Event) -> tuple[str, str] | None:
    """What one print of a statement counts and the other does not: ("killed", "casualties"); None where they count the same."""
    if event.kind is not Kind.MISQUOTE or event.statement is None or event.previous is None:
        return None
    this, other = event.statement.series, event.previous.series
    if this.metric != other.metric:
        return metric_word(this.metric), metric_word(other.metric)
    if this.group != other.group:
        return group_words(this.group, this.metric)[0], group_words(other.group, other.metric)[0]
    return (party_name(this.party), party_name(other.party)) if this.party != other.party else None


def gap_widened(event: Event) -> bool:
    """The spread grew as a ratio: gaps between totals that rise are compared so."""
    bounds = (event.low, event.high, event.previous_low, event.previous_high)
    if any(not bound for bound in bounds):
        return True
    low, high, old_low, old_high = (bound or 1 for bound in bounds)
    return high * old_low > old_high * low


def on_own_channel(event: Event, outlet: str) -> bool:
    return any(o.primary and outlet_name(o.outlet) == outlet for o in (event.statement.origins if event.statement else ()))


def members(event: Event) -> list[Statement]:
    """The figures of a disagreement, each once."""
    found = [s for s in (event.statement, event.previous, *event.others) if s]
    return list({(s.series.key, s.low, s.high, s.as_of): s for s in found}.values())


def is_doubtful(event: Event) -> bool:
    """Nobody but outlets below the first tier carries it, and the claimant's own channel does not: the title must say so."""
    origins = event.statement.origins if event.statement else ()
    return event.state is State.UNCONFIRMED and event.kind is not Kind.MISQUOTE and all(origin.tier > 1 for origin in origins)
