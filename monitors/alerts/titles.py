"""Give an event its first line: what, from what to what, who says so and where. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitors.alerts.about import (
    claimant,
    counted,
    denier,
    differing_words,
    gap_widened,
    giver,
    is_doubtful,
    members,
    new_value,
    old_value,
    on_own_channel,
    subject,
)
from monitors.alerts.phrases import clean, cut, fill, outlet_name, round_mark, short_name, trouble_words, value_words, words
from monitors.model import MISREAD, UPHELD, Event, Kind, Scope

TITLE_LENGTH = 80
"""DOMAIN.md 3.12: a title has at most 80 characters and is enough on a phone's lock screen."""
STUMP = 14
"""A name cut to fewer characters says nothing."""


def title_of(event: Event) -> str:
    """The first line, of at most 80 characters: numbers always, then the claimant, then the outlet, as far as there is room.

    "Ukrainian soldiers killed: 46,000+ → 55,000 (Zelensky, via BBC)". It names no class and no severity, and blames nobody.
    """
    name, full = frame_name(event), title_fields(event)
    frame, about = words()["titles"][name], words()["about"].get(name, "")
    bare = full | {"subject": counted(event)}
    tails = tuple(dict.fromkeys((about, "")))
    named, unnamed = ([clean(fill(frame + tail, **fields)) for tail in tails] for fields in (full, bare))
    # Without its strike or quake the number of one event would read as a war's total.
    shapes = [*signed(named, event), *named, *signed(unnamed, event)] if event.scope is Scope.EVENT else signed([*named, *unnamed], event)
    fitting = next((shape for shape in (*shapes, *named, *unnamed) if len(shape) <= TITLE_LENGTH), None)
    return fitting or squeezed(frame, bare)


def signed(heads: Sequence[str], event: Event) -> list[str]:
    """Heads with who says so behind them; half a name is better than none, as long as it is not a stump."""
    whole = [f"{head} ({by})" for head in heads for by in bylines(event)]
    halves = [f"{head} ({cut(by, room)})" for head in heads for by in bylines(event) if (room := TITLE_LENGTH - len(head) - 3) >= STUMP]
    return [*whole, *halves]


def frame_name(event: Event) -> str:
    """Which title tells the event: mostly that of its kind."""
    match event.kind:
        case Kind.STEP if event.subtype == "counted differently":
            return "counted_differently"
        case Kind.RETRACTION if event.subtype in (MISREAD, UPHELD):
            return event.subtype
        case Kind.CORRECTION | Kind.RETRACTION if event.subtype == "silent edit":
            return "edit" if event.kind is Kind.CORRECTION else "gone"
        case Kind.MISQUOTE if differing_words(event):
            return "misquote_metric"
        case Kind.MILESTONE if not new_value(event).number:
            return "change"
        case Kind.GAP_MOVED:
            return "gap_widened" if gap_widened(event) else "gap_narrowed"
        case Kind.HEALTH:
            return "recovered" if event.subtype == "recovered" else "health"
    return event.kind.value if event.kind.value in words()["titles"] else "change"


def title_fields(event: Event) -> dict[str, str]:
    """What a title's frame may name."""
    old, new = old_value(event), new_value(event)
    metric, others = differing_words(event) or ("", "")
    return {
        "subject": subject(event),
        "old": value_words(old, "short"),
        "new": value_words(new, "short"),
        "spread": value_words(new, "short"),
        "mark": f"{round_mark(old.number, new.number):,}" if new.number else "",
        "outlet": outlet_name(event.outlet or (event.statement.outlet if event.statement else "")),
        "who": short_name(claimant(event), event.role),
        "metric": metric,
        "others": others,
        "trouble": trouble_words(event.troubles[0], event.at) if event.troubles else "",
    }


def bylines(event: Event) -> Iterator[str]:
    """Who says so and via whom, from the fullest form to the shortest."""
    outlet = outlet_name(event.outlet or (event.statement.outlet if event.statement else ""))
    who = short_name(claimant(event), event.role)
    forms: tuple[str, ...]
    match event.kind:
        case Kind.HEALTH | Kind.MISQUOTE:
            forms = ()
        case Kind.DISAGREEMENT | Kind.GAP_MOVED | Kind.CONVERGED:
            names = dict.fromkeys(short_name(giver(s), event.role if s is event.statement else "") for s in members(event))
            forms = (", ".join(filter(None, names)),)
        case Kind.CORRECTION | Kind.RETRACTION if event.kind is Kind.CORRECTION or event.subtype in ("silent edit", MISREAD, UPHELD):
            forms = (outlet,)
        case Kind.DENIAL if not denier(event):
            forms = (f"via {outlet}",)
        case Kind.CONFIRMED:
            forms = () if on_own_channel(event, outlet) else (f"via {outlet}",)
        case _ if who:
            own = on_own_channel(event, outlet) or outlet.casefold() in claimant(event).casefold()
            forms = (who,) if own else (f"{who}, via {outlet}", who)
        case _:
            forms = (outlet,)
    doubt = [words()["doubt"]["title"]] if is_doubtful(event) else []
    yield from filter(None, (", ".join(filter(None, (form, *doubt))) for form in (*forms, *([""] if doubt else []))))


def squeezed(frame: str, fields: dict[str, str]) -> str:
    """A title whose subject, outlet and trouble give way to the numbers."""
    room = TITLE_LENGTH - len(clean(fill(frame, **{**fields, "subject": "", "outlet": "", "trouble": ""})))
    short = {name: cut(fields[name], max(room, 12)) for name in ("subject", "outlet", "trouble")}
    return cut(clean(fill(frame, **{**fields, **short})), TITLE_LENGTH)
