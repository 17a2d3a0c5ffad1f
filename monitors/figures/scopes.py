"""Decide the stretch of time a figure counts, and how the text holds it."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.figures.metrics import Counted
from monitors.figures.tokens import Token
from monitors.model import Scope, Stance

LONG_RUNNING = frozenset({"casualties", "displaced", "captured"})


def find_scope(one: Counted, tokens: Sequence[Token], war: bool) -> tuple[Scope, str | None, str | None]:
    """The scope, the word that gave it (None: by default), and a rate's unit of time."""
    near = tokens[max(0, one.number.first - 14) : one.phrase.end + 16]
    close = tokens[max(0, one.number.first - 4) : one.phrase.end + 8]
    for token in close:
        if token.has("scope_rate"):
            return Scope.RATE, token.text, token.tags.get("per")
    for token in near:
        if token.has("scope_period"):
            return Scope.PERIOD, token.text, None
    for token in near:
        if (token.has("date_since", "scope_cumulative") and not token.has("preposition")) or token.low == "since":
            return Scope.CUMULATIVE, token.text, None
    for token in tokens:
        if token.has("scope_event"):
            return Scope.EVENT, token.text, None
    if (one.phrase.group == "military" and war) or (one.relation == "toll" and war):
        return Scope.CUMULATIVE, None, None
    return Scope.EVENT, None, None


def find_stance(one: Counted, tokens: Sequence[Token], denied: bool) -> tuple[Stance, str | None]:
    """Asserted unless a word beside the number says otherwise."""
    if one.number.replaced:
        return Stance.DISPUTED, "from … to"
    if denied:
        return Stance.DENIED, "denied"
    cue = one.cue if one.cue is not None else one.number.first
    first, last = sorted((cue, one.number.first))
    for token in tokens[max(0, first - 4) : last]:
        if (token.has("stance_hypothetical") and token.low not in ("may",)) or (token.low == "may" and not token.has("month")):
            return Stance.HYPOTHETICAL, token.text
    return Stance.ASSERTED, None
