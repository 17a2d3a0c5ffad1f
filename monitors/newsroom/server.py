"""Serve scripted pages and feeds on loopback: conditional answers, failures, delays, and a record of who asked for what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Self, TypeAlias

Body: TypeAlias = bytes | str | Iterable[bytes] | Callable[[], Iterable[bytes]]
"""A generator (function) is streamed as it comes, without a length, until it ends or the other side hangs up: it may be endless."""


@dataclass(frozen=True)
class Request:
    """One request as it came, and the status it was answered with."""

    method: str
    path: str
    headers: Message
    """Looked up by name in any case, as HTTP has it."""
    status: int
    body: bytes = b""


@dataclass
class Answer:
    """What a path answers; `times` counts down, None holds for good."""

    body: Body
    status: int
    headers: dict[str, str]
    etag: str | None
    last_modified: datetime | None
    delay: float
    times: int | None

    def all_headers(self) -> dict[str, str]:
        stamp = self.last_modified and format_datetime(self.last_modified.astimezone(UTC), usegmt=True)
        validators = {"ETag": self.etag, "Last-Modified": stamp}
        return {name: value for name, value in validators.items() if value} | self.headers

    def is_known_to(self, headers: Message) -> bool:
        """Whether the asker holds this very answer already; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
        if self.status != HTTPStatus.OK:
            return False
        asked = headers.get("If-None-Match")
        if asked is not None:
            return self.etag is not None and (asked.strip() == "*" or bare(self.etag) in map(bare, asked.split(",")))
        since = headers.get("If-Modified-Since")
        if since is None or self.last_modified is None:
            return False
        try:
            return self.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False


@dataclass
class Newsroom:
    """A small web server whose answers are put there by a script.

    >>> with Newsroom() as newsroom:
    ...     newsroom.put("/rss.xml", "<rss/>", content_type="application/rss+xml")
    ...     newsroom.put("/rss.xml", "busy", status=503, times=1)   # the first request only
    ...     newsroom.url.startswith("http://127.0.0.1:")
    True
    """

    port: int = 0
    address: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    _answers: dict[str, list[Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._server = _Server((self.address, self.port), _Handler)
        self._server.newsroom = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The root of all paths, without a slash at the end."""
        return f"http://{self.address}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def put(
        self,
        path: str,
        body: Body,
        *,
        content_type: str | None = "text/html; charset=utf-8",
        status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
        etag: bool | str = True,
        last_modified: datetime | None = None,
        delay: float = 0.0,
        times: int | None = None,
    ) -> None:
        """Let a path answer this from now on, or for so many `times` and then what was put before.

        `etag` True is made from the body (none for a generator), a string is given as it is; `last_modified` needs a zone;
        `delay` is in seconds; status 0 hangs up without a word.
        """
        whole = body.encode() if isinstance(body, str) else body
        tag = etag if isinstance(etag, str) else f'"{sha256(whole).hexdigest()[:16]}"' if etag and isinstance(whole, bytes) else None
        given = ({"Content-Type": content_type} if content_type else {}) | dict(headers)
        answer = Answer(whole, status, given, tag, last_modified, delay, times)
        with self._lock:
            self._answers[path] = [answer] if times is None else [*self._answers.get(path, []), answer]

    def remove(self, path: str) -> None:
        """Let a path answer 404."""
        with self._lock:
            self._answers.pop(path, None)

    def clear(self) -> None:
        """Forget the requests so far; the answers stay."""
        with self._lock:
            self.requests.clear()

    def _answer(self, path: str) -> Answer | None:
        """The answer whose turn it is; a path with a query falls back to the one without."""
        with self._lock:
            stack = self._answers.get(path) or self._answers.get(path.partition("?")[0])
            if not stack:
                return None
            answer = stack[-1]
            if answer.times is not None:
                answer.times -= 1
                if answer.times <= 0:
                    stack.pop()
            return answer

    def _heard(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    block_on_close = False
    newsroom: Newsroom

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is part of the script, not worth a traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        newsroom = self.server.newsroom
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = newsroom._answer(self.path)
        known = answer is not None and answer.is_known_to(self.headers)
        status = HTTPStatus.NOT_FOUND if answer is None else HTTPStatus.NOT_MODIFIED if known else answer.status
        newsroom._heard(Request(self.command, self.path, self.headers, int(status), body))
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"not found")
            return
        if answer.delay:
            newsroom._closing.wait(answer.delay)
        if answer.status == 0:
            self.close_connection = True
            return
        self._send(status, answer.all_headers(), b"" if known else answer.body() if callable(answer.body) else answer.body)

    do_HEAD = do_POST = do_PUT = do_GET

    def _send(self, status: int, headers: Mapping[str, str], body: bytes | str | Iterable[bytes]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if isinstance(body, bytes) and "Content-Length" not in headers and status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        if not isinstance(body, bytes):
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD" or status == HTTPStatus.NOT_MODIFIED:
            return
        for piece in [body] if isinstance(body, bytes) else body:
            if self.server.newsroom._closing.is_set():
                return
            self.wfile.write(piece if isinstance(piece, bytes) else piece.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: `Newsroom.requests` is the log."""


def bare(etag: str) -> str:
    """A validator without its weakness mark: If-None-Match compares weakly (RFC 9110, 13.1.2)."""
    return etag.strip().removeprefix("W/")

