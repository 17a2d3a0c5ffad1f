"""Serve a folder on loopback from a process of its own, with ETags and gzip but no freshness, and count what is asked."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

COUNTS = "/-/counts"
TYPES = {".xml": "application/rss+xml; charset=utf-8", ".html": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Counts:
    """What was asked since the last look: robots.txt apart, everything else by how it was asked and answered."""

    robots: int
    asked: int
    conditional: int
    not_modified: int
    bodies: int
    missing: int


@dataclass(frozen=True)
class Server:
    """A folder being served; `addresses` are the same content under one host after another."""

    addresses: Sequence[str]

    def counts(self) -> Counts:
        """What was asked since the last call."""
        with urllib.request.urlopen(self.addresses[0] + COUNTS) as answer:
            return Counts(**json.load(answer))


@contextmanager
def serve(write: Callable[[Path, Sequence[str]], None], hosts: int = 1) -> Iterator[Server]:
    """`write` fills an empty folder, knowing the addresses it will be served under: 127.0.0.1, 127.0.0.2, … on one port (Linux)."""
    listening = _listen(hosts)
    addresses = [f"http://{host}:{port}" for host, port in (one.getsockname() for one in listening)]
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        write(Path(folder), addresses)
        numbers = [one.fileno() for one in listening]
        command = [sys.executable, "-m", "tests.bench.loopback", folder, *map(str, numbers)]
        with subprocess.Popen(command, pass_fds=numbers, stdout=subprocess.PIPE) as process:
            for one in listening:
                one.close()
            assert process.stdout
            process.stdout.readline()  # it has read everything and answers
            try:
                yield Server(addresses)
            finally:
                process.terminate()


def _listen(hosts: int) -> list[socket.socket]:
    """So many sockets on one port; where one of them is taken on some host, another port is tried."""
    for _ in range(20):
        port, found = 0, list[socket.socket]()
        try:
            for number in range(1, hosts + 1):
                found.append(socket.create_server((f"127.0.0.{number}", port), backlog=512))
                port = found[0].getsockname()[1]
        except OSError:
            for one in found:
                one.close()
        else:
            return found
    raise OSError(f"no port is free on all of {hosts} loopback addresses")


# ------------------------------------------------------------------ the other process


async def _answer_from(folder: Path, numbers: Sequence[int]) -> None:
    from aiohttp import web  # Scrapy brings it

    files = {f"/{path.relative_to(folder).as_posix()}": _Answer.of(path) for path in sorted(folder.rglob("*.*"))}
    counts: Counter[str] = Counter()

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path == COUNTS:
            told = Counts(**{name: counts[name] for name in Counts.__dataclass_fields__})
            counts.clear()
            return web.json_response(vars(told))
        file = files.get(request.path)
        if request.path == "/robots.txt":
            counts["robots"] += 1
            return web.Response(status=404)
        asked = request.headers.get("If-None-Match")
        counts["asked"] += 1
        counts["conditional"] += asked is not None
        if file is None:
            counts["missing"] += 1
            return web.Response(status=404)
        headers = {"ETag": file.etag, "Content-Type": file.kind, "Vary": "Accept-Encoding"}
        if asked == file.etag:
            counts["not_modified"] += 1
            return web.Response(status=304, headers={"ETag": file.etag})
        counts["bodies"] += 1
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=file.packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=file.body, headers=headers)

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    for number in numbers:
        await web.SockSite(runner, socket.socket(fileno=number)).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


@dataclass(frozen=True)
class _Answer:
    body: bytes
    packed: bytes
    etag: str
    kind: str

    @classmethod
    def of(cls, path: Path) -> _Answer:
        body = path.read_bytes()
        return cls(body, gzip.compress(body, 6), f'"{sha256(body).hexdigest()[:20]}"', TYPES.get(path.suffix, "text/plain"))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_answer_from(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]]))
