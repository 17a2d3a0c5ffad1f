"""Where a quantity, a figure or a page stands in the report: the same file for the same thing, whenever it is written. Pure."""

from __future__ import annotations

import re
from hashlib import sha256

from monitors.alerts.about import SPREADS
from monitors.model import Event

READABLE = 60
"""Characters of a file's name that say what it is of."""


def quantity_page(quantity: str, number: int = 1) -> str:
    """The page of a quantity, by its key; the further ones of a long one are numbered.

    >>> quantity_page("ukraine/killed/military/cumulative/-/-/-/-")
    'quantities/ukraine-killed-military-cumulative-7f29b441.html'
    """
    return f"quantities/{_name(quantity)}{f'-{number}' if number > 1 else ''}.html"


def disagreement_page(quantity: str) -> str:
    """The page of what claimants disagree on in a quantity."""
    return f"disagreements/{_name(quantity)}.html"


def article_page(number: int) -> str:
    """The page of an article, by its number in the history."""
    return f"articles/{number}.html"


def alert_page(number: int) -> str:
    """A page of alerts; the first holds the oldest, so that an alert stays where it is."""
    return f"alerts/{number}.html"


def place_of(event: Event) -> str:
    """Where the report shows what an event tells of; empty of what is about no quantity."""
    if event.series is None:
        return ""
    if event.kind in SPREADS:
        return disagreement_page(event.series.quantity)
    number = event.statement.id if event.statement else None
    return quantity_page(event.series.quantity) + (f"#s{number}" if number is not None else "")


def _name(quantity: str) -> str:
    """A file's name that no two quantities share: strangers' words are in it as letters and digits only."""
    readable = re.sub(r"[^a-z0-9]+", "-", quantity.casefold()).strip("-")[:READABLE].rstrip("-")
    return f"{readable}-{sha256(quantity.encode()).hexdigest()[:8]}".lstrip("-")
