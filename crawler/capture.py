"""Keep what a server answered as it was received, beside what is read in it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from crawler.memory import Capture

KEPT = "capture"
"""Where a request's meta holds it."""

OURS = (b"Authorization", b"Cookie", b"Proxy-Authorization")
"""Headers of a request that are nobody's business."""

LARGEST_UNPACKED = 50_000_000


class Capturing:
    """Downloader middleware, nearer to the wire than what unpacks bodies: keeps the answers to what an outlet asks for."""

    def process_response(self, request: Request, response: Response) -> Response:
        if "page" in request.meta and response.status == 200:
            request.meta[KEPT] = _capture(request, response)
        return response


def capture_of(response: Response) -> Capture | None:
    """What was kept of an answer; None of one that was never fetched."""
    return response.request.meta.get(KEPT) if response.request else None


def _capture(request: Request, response: Response) -> Capture:
    headers = request.headers.copy()
    for name in OURS:
        headers.pop(name, None)
    parts = urlsplit(request.url)
    headers.setdefault(b"Host", parts.netloc.rpartition("@")[2].encode())
    line = f"{request.method} {parts.path or '/'}{'?' if parts.query else ''}{parts.query} HTTP/1.1"
    answered = response.headers.copy()
    answered.pop(b"Transfer-Encoding", None)  # it told how the body was cut, and that is undone
    status = f"{response.protocol or 'HTTP/1.1'} {response.status} {HTTPStatus(response.status).phrase}"
    return Capture(
        response.url, datetime.now(UTC), _head(line, headers.to_string()), _head(status, answered.to_string()), response.body,
        str(response.ip_address) if response.ip_address else None, feed=not request.meta["page"],
    )  # fmt: skip


def _head(line: str, headers: bytes) -> bytes:
    return b"\r\n".join((line.encode("latin-1", "replace"), *([headers] if headers else []), b"", b""))


def unpack(body: bytes, content_encoding: str) -> bytes:
    """A body as it is without its packing (gzip, deflate, br, zstd); what is packed in another way stays so.

    Raises ValueError for one that is damaged, or larger than any page is.
    """
    packings, _unknown = HttpCompressionMiddleware._split_encodings([content_encoding.encode("latin-1", "replace")])
    for packing in packings if content_encoding else ():
        try:
            body = HttpCompressionMiddleware._decode(body, packing, LARGEST_UNPACKED)
        except Exception as error:  # each packing has an error of its own
            raise ValueError(f"it cannot be unpacked ({packing.decode()}): {error}") from error
    return body
