"""Turn what went wrong with a request into a cause to count and one line for a person."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from gzip import BadGzipFile

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionDone, ConnectionLost

from crawler.errors import NotAFeed, NotAListing, NotAnArticle, NotASitemap
from crawler.guard import Refused
from crawler.settings import DOWNLOAD_MAXSIZE

LARGEST = f"{DOWNLOAD_MAXSIZE // 2**20} MB"

LONGEST = 300
"""Of a line that quotes what a stranger's server sent."""

STATUSES = {
    401: "the server wants a password",
    402: "the server wants to be paid",
    403: "the server refuses us",
    404: "there is no such page",
    406: "the server refuses what we accept",
    410: "the page is gone for good",
    429: "the server asks us to come less often",
    451: "the page is withheld for legal reasons",
    503: "the server is not available now",
}


@dataclass(frozen=True)
class Cause:
    """`kind` is what failures are counted by, `text` says what happened; what is `gone` need not be asked for again."""

    kind: str
    text: str
    gone: bool = False


def explain(error: BaseException) -> Cause:
    """Why a request came to nothing."""
    match error:
        case NotAFeed():
            return Cause("not a feed", one_line(f"not a feed: {error}"))
        case NotASitemap():
            return Cause("not a sitemap", one_line(f"not a sitemap: {error}"))
        case NotAListing():
            return Cause("not a listing", one_line(f"not the listing we know: {error}"))
        case NotAnArticle():
            return Cause("not an article", one_line(f"not an article: {error}"))
        case Refused():
            return Cause(error.kind, one_line(str(error)))
        case HttpError():
            return explain_status(error.response)
        case IgnoreRequest():
            return _explain_ignored(str(error))
        case CannotResolveHostError():
            return Cause("DNS", one_line(f"the host cannot be found ({error})"))
        case DownloadConnectionRefusedError():
            return Cause("refused", "the server refuses connections")
        case DownloadTimeoutError():
            return Cause("timeout", "no whole answer came in time")
        case DownloadCancelledError():
            return Cause("too large", f"the body is larger than {LARGEST}, or has no end")
        case EOFError() | BadGzipFile() | zlib.error():
            return Cause("damaged", "the compressed body is damaged")
        case ResponseDataLossError():
            return Cause("connection", "the connection broke off in the middle of the answer")
        case ValueError():  # from Scrapy's redirects
            return Cause("redirect", one_line(f"redirects to what is no URL ({error})"))
    return _explain_connection(error)


def explain_status(response: Response) -> Cause:
    """An HTTP status that is not content."""
    status = response.status
    if 300 <= status < 400:
        target = (response.headers.get("Location") or b"nowhere").decode("latin-1")
        return Cause("redirect", one_line(f"redirects to {target}, where we do not go (HTTP {status})"))
    said = STATUSES.get(status, "the server failed" if status >= 500 else "the server does not give it")
    return Cause(f"{status // 100}xx", f"{said} (HTTP {status})", gone=status == 410)  # 404 may be a page that its feed announced too early


def _explain_ignored(text: str) -> Cause:
    """Scrapy's middlewares all raise IgnoreRequest and say why in words only."""
    if "DOWNLOAD_MAXSIZE" in text:  # this one quotes the URL, which may say anything
        return Cause("too large", f"the body unpacks to more than {LARGEST}")
    if "robots.txt" in text:
        return Cause("robots", "robots.txt forbids it")
    if "redirections" in text:
        return Cause("redirect", "redirects in a circle, or too often")
    return Cause("refused", one_line(text))


def _explain_connection(error: BaseException) -> Cause:
    """What Scrapy passes on as it came from Twisted; the deepest reason is the one that says something."""
    reasons = _reasons(error)
    texts = [one_line(str(reason) or type(reason).__name__) for reason in reasons]
    for text in texts:
        if "certificate" in text or "SSL" in text or "tls" in text.lower():
            return Cause("TLS", one_line(f"no trusted TLS connection ({text})"))
    if isinstance(reasons[-1], ConnectionDone | ConnectionLost):
        return Cause("connection", "the server hung up without a whole answer")
    return Cause("connection", one_line(f"the connection failed ({texts[-1]})"))


def _reasons(error: BaseException) -> list[BaseException]:
    found = [error]
    if error.__cause__ is not None:
        found += _reasons(error.__cause__)
    for failure in getattr(error, "reasons", None) or ():
        found += _reasons(failure.value)
    return found


def one_line(text: str) -> str:
    """Strangers' text made fit for a log or a terminal: one line, nothing that moves a cursor, not too long.

    >>> one_line("a\\n b\\x1b[31m")
    'a b?[31m'
    """
    plain = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
