"""Say from Scrapy's stats what one outlet's crawl came to; never from an exit code, which is 0 when every request failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Status: TypeAlias = Literal["ok", "unchanged", "partial", "failed"]

CAUSE = "outlet/cause/"
"""Stats under this prefix count failures by cause; the others are the plain words after `outlet/` below."""

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
    seconds: float = 0.0
    entries: int = 0
    skipped: int = 0
    """Entries of the feeds read, and how many of them no monitor wants."""


    @property
    def error(self) -> str | None:
        """The line that says it best."""
        return next(iter(self.errors), None)


def read_health(outlet: str, stats: Mapping[str, Any], *, crash: str | None = None) -> Health:
    """Stats of a finished crawl -> its health; `crash` is what ended it before it could begin.

    `failed`: no feed or sitemap could be had, or pages were asked for and not one could be read. `partial`: something was missed.
    `unchanged`: everything was as it was. `ok`: the rest.
    """
    failures = {key.removeprefix(CAUSE): count for key, count in sorted(stats.items()) if key.startswith(CAUSE)}
    unfinished = _unfinished(stats) if not crash else None
    bugs, feeds, pages = (stats.get(f"outlet/{what}", ()) for what in ("bugs", "feed_errors", "page_errors"))
    if unfinished:
        failures.setdefault(UNFINISHED, 1)
    return Health(
        outlet=outlet,
        status="failed" if crash else _status(stats, failures),
        fetched=stats.get("outlet/fetched", 0),
        not_modified=stats.get("outlet/not_modified", 0),
        articles=stats.get("outlet/articles", 0),
        failures=failures,
        errors=tuple(filter(None, (crash, *bugs, unfinished, *feeds, *pages))),
        seconds=round(stats.get("elapsed_time_seconds", 0.0), 3),
        entries=stats.get("outlet/entries", 0),
        skipped=stats.get("outlet/skipped", 0),
    )


def _unfinished(stats: Mapping[str, Any]) -> str | None:
    match stats.get("finish_reason"):
        case "finished" | "start_error":  # the error itself is told
            return None
        case "closespider_timeout":
            return "stopped: its time was up, the next run goes on"
        case "shutdown":
            return "stopped by a signal, the next run goes on"
        case reason:
            return f"stopped before its end ({reason or 'the run was cut off'}), the next run goes on"


def _status(stats: Mapping[str, Any], failures: Mapping[str, int]) -> Status:
    feeds_failed, feeds_had = stats.get("outlet/feeds_failed", 0), stats.get("outlet/feeds_had", 0)
    pages_failed, pages_had = stats.get("outlet/pages_failed", 0), stats.get("outlet/pages_had", 0)
    if (feeds_failed and not feeds_had) or (pages_failed >= BLIND and not pages_had):
        return "failed"
    if not feeds_had and not pages_had:
        return "failed"
    if failures.keys() - {"robots"}:  # refused by robots.txt is a state of the outlet, not a failure of the run
        return "partial"
    return "ok" if stats.get("outlet/fetched", 0) or stats.get("outlet/articles", 0) else "unchanged"
