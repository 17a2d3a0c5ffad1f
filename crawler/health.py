"""Say from Scrapy's stats what one outlet's crawl came to; never from an exit code, which is 0 when every request failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Status: TypeAlias = Literal["ok", "unchanged", "partial", "refused", "resting", "failed"]

CAUSE = "cause/"
"""An outlet's stats stand under `outlet/NAME/`; those under this count failures by cause, the others are the plain words below."""

REFUSED = frozenset({"robots", "tdm"})
"""Causes that are a state of the outlet, not a failure of the run: it does not want to be read, and says so in a machine's words."""

UNFINISHED = "unfinished"
"""The cause that is nobody's fault: the run ended first. Memory is not told, so that it costs a page none of its tries."""

OURS = "error of ours"
"""The cause of what is no outlet's fault: an exception in our own code."""

BLIND = 3
"""So many pages asked for and none of them read: whatever the feed says, nothing is seen of this outlet."""


@dataclass(frozen=True)
class Health:
    """One outlet, one crawl. `fetched` counts bodies, `not_modified` what was asked for and is as it was."""

    outlet: str
    status: Status
    fetched: int = 0
    not_modified: int = 0
    articles: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    """What went wrong, a line each naming URL and cause, the worst first."""
    notes: tuple[str, ...] = ()
    """What a person should know though nothing went wrong: a feed that has moved for good."""
    seconds: float = 0.0
    entries: int = 0
    skipped: int = 0
    """Entries of the feeds read, and how many of them no monitor wants."""


    @property
    def error(self) -> str | None:
        """The line that says it best."""
        return next(iter(self.errors), None)


def split_stats(stats: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Stats of a crawl, those of each outlet apart; under "" what is said of none of them."""
    parts: dict[str, dict[str, Any]] = {"": {"finish_reason": stats.get("finish_reason")}}
    for key, value in stats.items():
        if key.startswith("outlet/"):
            parts.setdefault(key.split("/", 2)[1], dict(parts[""]))[key] = value
    return parts


def read_health(outlet: str, stats: Mapping[str, Any], *, crash: str | None = None) -> Health:
    """Stats of a crawl -> the health of one outlet of it; `crash` is what ended it before it could begin.

    `failed`: no feed or sitemap could be had, or pages were asked for and not one could be read. `refused`: it forbids us its feeds.
    `resting`: its servers asked us to come later. `partial`: something was missed. `unchanged`: everything was as it was. `ok`: the rest.
    """
    own = f"outlet/{outlet}/"
    said = {key.removeprefix(own): value for key, value in sorted(stats.items()) if key.startswith(own)}
    failures = {key.removeprefix(CAUSE): count for key, count in said.items() if key.startswith(CAUSE)}
    unfinished = _unfinished(said, stats.get("finish_reason")) if not crash else None
    bugs, feeds, pages = (said.get(what, ()) for what in ("bugs", "feed_errors", "page_errors"))
    if unfinished:
        failures.setdefault(UNFINISHED, 1)
    return Health(
        outlet=outlet,
        status="failed" if crash else _status(said, failures),
        fetched=said.get("fetched", 0),
        not_modified=said.get("not_modified", 0),
        articles=said.get("articles", 0),
        failures=failures,
        errors=tuple(filter(None, (crash, *bugs, unfinished, *feeds, *pages))),
        notes=said.get("notes", ()),
        seconds=said.get("seconds", 0.0),
        entries=said.get("entries", 0),
        skipped=said.get("skipped", 0),
    )


def _unfinished(said: Mapping[str, Any], reason: str | None) -> str | None:
    """Why the crawl ended with something of this outlet's still under way; an outlet that had all its answers was done before."""
    if not said.get("open", 1) and CAUSE + UNFINISHED not in said:
        return None
    match reason:
        case "finished":
            return "stopped: the outlet's time was up, the next run goes on"
        case "closespider_timeout":
            return "stopped: its time was up, the next run goes on"
        case "shutdown":
            return "stopped by a signal, the next run goes on"
    return f"stopped before its end ({reason or 'the run was cut off'}), the next run goes on"


def _status(said: Mapping[str, Any], failures: Mapping[str, int]) -> Status:
    feeds_failed, feeds_had = said.get("feeds_failed", 0), said.get("feeds_had", 0)
    pages_failed, pages_had = said.get("pages_failed", 0), said.get("pages_had", 0)
    if not feeds_had and not pages_had and failures.keys() and failures.keys() <= {*REFUSED, "resting"}:
        return "resting" if "resting" in failures else "refused"
    if (feeds_failed and not feeds_had) or (pages_failed >= BLIND and not pages_had):
        return "failed"
    if not feeds_had and not pages_had:
        return "failed"
    if failures.keys() - REFUSED:
        return "partial"
    return "ok" if said.get("fetched", 0) or said.get("articles", 0) else "unchanged"
