"""Many alerts -> one message: a digest, a group about one statement, what could not be delivered, proof that the watch is awake. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape

from monitors.alerts.page import Line, Look, Page, Section
from monitors.alerts.phrases import clean, cut, day_words, say_count, words
from monitors.alerts.titles import TITLE_LENGTH
from monitors.alerts.wording import short_hash, summary
from monitors.model import Alert, Severity
from monitors.rules.severity import ORDER

DIGEST_LINES = 20
PARKED_SHOWN = 20
GROUP, DIGEST, PARKED, WATCH = "group-", "digest-", "parked-", "watch-"
"""How the ids of messages begin that are of no single event."""


@dataclass(frozen=True)
class Item:
    """One alert of a digest."""

    alert: Alert
    size: int = 0
    """By how many it changed a figure."""
    note: str = ""
    """Why it waited, where it would have come at once."""


@dataclass(frozen=True)
class Week:
    """What was read in a time, and what came of it."""

    outlets: int
    articles: int
    figures: int
    changes: int


def compose_digest(items: Sequence[Item], now: datetime, timezone: tzinfo = UTC) -> Alert:
    """What could wait as one message: a line for each, the loudest and then the largest change first, the rest counted."""
    frames, day = words()["digest"], day_words(now.astimezone(timezone).date().isoformat())
    ordered = sorted(items, key=lambda item: (-ORDER.index(item.alert.severity), -item.size))
    lines = [Line(digest_line(item), Look.ITEM) for item in ordered[:DIGEST_LINES]]
    if len(ordered) > DIGEST_LINES:
        lines.append(Line(frames["more"].format(n=len(ordered) - DIGEST_LINES)))
    page = Page(say_count("title", len(items), "digest", day=day), (Section((Line(frames["lead"]),)), Section(tuple(lines))))
    return summary(page, f"{DIGEST}{now:%Y%m%d}-{short_hash(*(item.alert.id for item in items))}", Severity.ROUTINE)


def digest_line(item: Item) -> str:
    frames = words()["digest"]
    line = str(frames["line"].format(title=item.alert.title, alert=item.alert.id))
    return f"{line}; {frames['folded'].format(why=item.note)}" if item.note else line


def compose_group(alerts: Sequence[Alert]) -> Alert:
    """All that is told of one statement as one message: the loudest with its title, the others whole below it, each with its own id."""
    lead, *others = sorted(alerts, key=lambda alert: -ORDER.index(alert.severity))
    heading = words()["group"]["heading"]
    body = "\n\n".join([lead.body, *(f"{heading.format(title=clean(other.title))}\n\n{other.body}" for other in others)])
    more = "".join(f"{ALSO.format(title=escape(clean(other.title)))}{inside(other.html)}" for other in others)
    head, end, tail = lead.html.rpartition("</body>")
    html = f"{head}{more}{end}{tail}" if end else f"{lead.html}{more}"
    return Alert(f"{GROUP}{short_hash(*sorted(alert.id for alert in alerts))}", lead.severity, lead.title, body, html)


ALSO = (
    '<div class="section" style="max-width:600px;margin:24px auto 0;padding:16px 16px 0;border-top:1px solid rgba(128,136,148,.35)">'
    '<h3 class="title" style="font:600 18px/1.35 sans-serif;margin:0;overflow-wrap:anywhere">{title}</h3></div>'
)
"""Above each further alert of a group; without a background, so that a client's own light or dark page shows through."""


def inside(html: str) -> str:
    """What stands in the body of an HTML document of ours below its title."""
    found = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    return re.sub(r"<h1.*?</h1>\n?", "", found[1] if found else html, count=1, flags=re.DOTALL)


def compose_parked(channel: str, titles: Sequence[tuple[str, str]], error: str, once: str) -> Alert:
    """Messages, by id and title, that were given up on a channel, told to whom it reaches on another; `once` makes the id."""
    frames = words()["parked"]
    lines = [Line(frames["line"].format(title=title, alert=alert), Look.ITEM) for alert, title in titles[:PARKED_SHOWN]]
    if len(titles) > PARKED_SHOWN:
        lines.append(Line(frames["more"].format(n=len(titles) - PARKED_SHOWN)))
    page = Page(
        cut(say_count("title", len(titles), "parked", channel=channel), TITLE_LENGTH),
        (Section((Line(frames["lead"].format(channel=channel)), Line(frames["error"].format(error=error)))), Section(tuple(lines)),
         Section((Line(frames["todo"].format(channel=channel)),))),
    )  # fmt: skip
    return summary(page, f"{PARKED}{channel}-{short_hash(channel, once)}", Severity.OPS)


def compose_watch(week: Week, since: datetime, now: datetime, timezone: tzinfo = UTC) -> Alert:
    """The one line after a week in which a channel was told nothing: that the watch reads, and how much."""
    day = day_words(since.astimezone(timezone).date().isoformat())
    counts = {name: f"{getattr(week, name):,}" for name in ("outlets", "articles", "figures", "changes")}
    title, line = (str(words()["watch"][name].format(day=day, **counts)) for name in ("title", "line"))
    return summary(Page(cut(title, TITLE_LENGTH), (Section((Line(line),)),)), f"{WATCH}{now:%Y%m%d}", Severity.ROUTINE)
