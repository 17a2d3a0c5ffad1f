"""A small history with everything that a report must show: a total that moves, a disagreement, an edit, a withdrawal, hostile text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from monitors.history.store import History
from monitors.replay import play_into

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ]]> </script>"

Piece = tuple[str, str, str, str]
"""When a page was published, its address, its title and its text."""

STORY: tuple[Piece, ...] = (
    ("2024-12-08T14:05", "https://www.bbc.co.uk/news/first", "Zelensky gives a toll",
     "Volodymyr Zelensky said that 43,000 Ukrainian soldiers had been killed since the start of the war."),
    ("2025-02-16T10:00", "https://www.reuters.com/second", "Zelensky updates the toll",
     "Zelensky said on Sunday that more than 46,000 Ukrainian soldiers had been killed since the invasion began."),
    ("2026-01-27T09:00", "https://www.csis.org/analysis/losses", "Estimate of losses",
     "The Center for Strategic and International Studies estimates that between 100,000 and 140,000 Ukrainian soldiers have been killed "
     "since the start of the war."),
    ("2026-02-04T20:00", "https://www.reuters.com/third", "Zelensky tells France 2 the toll",
     "Ukrainian President Volodymyr Zelensky said on Wednesday that 55,000 Ukrainian soldiers have been killed since Russia launched its "
     "full-scale invasion."),
    ("2026-02-04T21:00", "https://www.lemonde.fr/en/third", "Toll of soldiers",
     "Volodymyr Zelensky told France 2 that officially 55,000 Ukrainian soldiers had been killed on the battlefield."),
    ("2026-02-05T07:00", "https://www.wsj.com/estimate", "Western estimate of Ukrainian dead",
     "NATO estimates that 80,000 Ukrainian soldiers have been killed since the start of the war, the alliance said on Thursday."),
    ("2026-02-05T09:00", "https://www.theguardian.com/quake", "Earthquake in Peru",
     f"At least 12 people were killed in an earthquake in Peru on Thursday, officials said {HOSTILE}."),
    ("2026-02-05T12:00", "https://www.theguardian.com/quake", "Earthquake in Peru, toll rises",
     f"At least 31 people were killed in an earthquake in Peru on Thursday, officials said {HOSTILE}."),
    ("2026-02-06T09:00", "https://www.reuters.com/withdrawn", "Ferry sinks",
     "A ferry sank off the Philippines on Friday and 60 people were killed, the coast guard said."),
    ("2026-02-06T15:00", "https://www.reuters.com/withdrawn", "Reuters withdraws report of 60 deaths in ferry accident",
     "Reuters has withdrawn its story in which it reported that 60 people were killed when a ferry sank off the Philippines. Nobody died."),
)  # fmt: skip


def lines(story: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """A story as lines of a replay."""
    for at, url, title, text in story:
        page = {"url": url, "published": f"{at}:00Z", "modified": None, "lang": "en", "title": title, "text": text}
        yield {"at": f"{at}:00Z", "article": {"outlet": url.split(".")[1], **page}}


def tell(history: History, story: Iterable[Piece] = STORY) -> list[dict[str, Any]]:
    """Put a story into a history; the alerts it causes."""
    return list(play_into(history, lines(story)))
