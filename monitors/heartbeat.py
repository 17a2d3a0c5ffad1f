"""Tell whoever watches over us that a run began, went well, or failed: URL/start, URL, URL/STATUS, as healthchecks takes them."""

from __future__ import annotations

import logging
import urllib.request
from http.client import HTTPException
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
    try:
        parts = urlsplit(url)
        address = parts._replace(path=f"{parts.path.rstrip('/')}/{end}" if end else parts.path)
        if parts.scheme not in ("http", "https"):
            raise ValueError("it is no address that starts with http:// or https://")
        with urllib.request.urlopen(address.geturl(), timeout=SECONDS):
            return None
    except (OSError, HTTPException, ValueError) as error:
        cause = type(error).__name__ if url in str(error) else error
        return f"heartbeat at {urlsplit(url).hostname if '://' in url else 'an address that is none'}: {cause}"
