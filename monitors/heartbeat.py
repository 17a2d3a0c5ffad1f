"""Tell whoever watches over us that a run began, went well, or failed: URL/start, URL, URL/STATUS, as healthchecks takes them."""

from __future__ import annotations

import logging
import urllib.request
from http.client import HTTPException
from threading import Thread
from urllib.parse import urlsplit

from monitors.history.queries import GOOD

log = logging.getLogger(__name__)

SECONDS = 10


def send_start(url: str | None) -> None:
    """A listener that does not know of starts says so, and it is no matter."""
    if url and (trouble := _send(url, "start")):
        log.info("%s", trouble)


def send_end(url: str | None, status: int) -> str | None:
    """How a run ended. What went wrong with telling it, in a line without the address's path, which is a secret; None where nothing did."""
    return _send(url, "" if status in GOOD else str(status)) if url else None


def _send(url: str, end: str) -> str | None:
    """Ask the address and wait no longer than that, however slowly it answers: it costs no run its time."""
    host = urlsplit(url).hostname if "://" in url else "an address that is none"
    told: list[str | None] = []
    asking = Thread(target=lambda: told.append(_ask(url, end)), daemon=True)
    asking.start()
    asking.join(SECONDS)
    cause = told[0] if told else f"no answer within {SECONDS} s"
    return f"heartbeat at {host}: {cause}" if cause else None


def _ask(url: str, end: str) -> str | None:
    """What went wrong, or None."""
    parts = urlsplit(url)
    try:
        if parts.scheme not in ("http", "https"):
            raise ValueError("it is no address that starts with http:// or https://")
        address = parts._replace(path=f"{parts.path.rstrip('/')}/{end}" if end else parts.path)
        with urllib.request.urlopen(address.geturl(), timeout=2 * SECONDS):  # who waits for us gives up first, and says so
            return None
    except (OSError, HTTPException, ValueError) as error:
        return type(error).__name__ if parts.path.strip("/") and parts.path in str(error) else str(error)
