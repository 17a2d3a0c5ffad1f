"""A desk of one's own for tests of the whole job: a newsroom, a configuration, and runs in processes of their own."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from monitors.history.store import open_history
from monitors.job import load_known_values
from monitors.newsroom.server import Newsroom
from monitors.watch import Policy
from tests.forks import Done, run_apart

BASE = 'database = "sqlite:///tally.db"\ncontact = "desk@example.org"\noutlets = []\ntimezone = "UTC"\n'
"""What every configuration here begins with."""

PADDING = "The statement was made at a news conference that lasted for most of the afternoon and was shown on television. " * 3


def page(title: str, text: str, published: str) -> str:
    """An article page with everything that real ones have, so that both readings of its body agree."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in [*text.split("\n"), PADDING])
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": published})
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(title)}</title><script type="application/ld+json">{data}</script></head>'
        f"<body><header><a href='/'>Home</a></header><main><article><h1>{escape(title)}</h1>{paragraphs}</article></main></body></html>"
    )


def feed(items: list[tuple[str, str, str]]) -> str:
    """An RSS feed of (url, title, published)."""
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{url}</link><pubDate>{format_datetime(datetime.fromisoformat(published))}</pubDate></item>"
        for url, title, published in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title><link>/</link>{entries}</channel></rss>'


class Outlet:
    """One outlet of the newsroom: a feed, and pages that are published and edited."""

    def __init__(self, newsroom: Newsroom, name: str) -> None:
        self.newsroom, self.name = newsroom, name
        self.items: list[tuple[str, str, str]] = []
        self._put_feed()

    @property
    def feed(self) -> str:
        return f"{self.newsroom.url}/{self.name}/rss.xml"

    def publish(self, slug: str, title: str, text: str, published: str) -> str:
        url = f"{self.newsroom.url}/{self.name}/{slug}"
        self.newsroom.put(f"/{self.name}/{slug}", page(title, text, published))
        if url not in [item[0] for item in self.items]:
            self.items.insert(0, (url, title, published))
            self._put_feed()
        return url

    def withdraw(self, slug: str) -> None:
        self.newsroom.remove(f"/{self.name}/{slug}")
        self.items = [item for item in self.items if not item[0].endswith(f"/{slug}")]
        self._put_feed()

    def _put_feed(self) -> None:
        self.newsroom.put(f"/{self.name}/rss.xml", feed(self.items), content_type="application/rss+xml; charset=utf-8")


@cache
def empty_history() -> Path:
    """A history with nothing in it, to be copied: to make one takes half a second."""
    path = Path(mkdtemp(prefix="tallywatch-")) / "tally.db"
    atexit.register(rmtree, path.parent)
    open_history(f"sqlite:///{path}").close()
    return path


@cache
def known_history() -> Path:
    """A history of nobody's, with the shipped known values in it: to judge them takes seconds, and most tests are of something else."""
    path = Path(mkdtemp(prefix="tallywatch-")) / "tally.db"
    atexit.register(rmtree, path.parent)
    with open_history(f"sqlite:///{path}") as history:
        load_known_values(history, Policy.shipped(), datetime(2026, 3, 1, tzinfo=UTC))
    return path


@dataclass
class Job:
    """A configuration in a directory of its own, and `tallywatch` run over it."""

    directory: Path
    configuration: str

    def write(self, more: str = "") -> None:
        (self.directory / "tallywatch.toml").write_text(self.configuration + more, encoding="utf-8")

    def call(self, *arguments: str, script: str | None = None, env: dict[str, str] | None = None) -> Done:
        environment = {**os.environ, **(env or {})}
        if script is None:
            return run_apart("monitors.cli:main", arguments, cwd=self.directory, env=environment)
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, encoding="utf-8", env=environment)
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, at: str, *arguments: str, status: int = 0, script: str | None = None) -> dict[str, Any]:
        """Run once as if it were `at`; the summary object."""
        done = self.call("run", "--json", "--at", at, *arguments, script=script)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return dict(json.loads(done.stdout))


def outlet_table(name: str, feed: str, tier: int = 1) -> str:
    return f'\n[[outlet]]\nname = "{name}"\nfeeds = ["{feed}"]\nfetch = "all"\ntier = {tier}\nallow_private = true\ndelay = 0.0\n'


@contextmanager
def webhook() -> Iterator[Hook]:
    """A receiver of alerts on loopback."""
    hook = Hook()
    thread = Thread(target=hook.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.server.shutdown()
        hook.server.server_close()


class Hook:
    """What a webhook received, and how it answers."""

    def __init__(self) -> None:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if hook.status == 200:
                    hook.received.append(body)
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return None

        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.received]

    @property
    def channel(self) -> str:
        return f'\n[[channel]]\nname = "desk"\nurl = "json://127.0.0.1:{self.server.server_address[1]}/hook"\n'
