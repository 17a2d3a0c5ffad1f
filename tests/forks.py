"""Run our commands in processes of their own, forked from one that is warm: a reactor runs once, and to import and load takes seconds.

One such process stands behind each worker of the tests. Order and answer are a JSON line each.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from crawler.outlets import load_outlets
from monitors.alerts.deliver import check_url
from monitors.replay import play
from monitors.tongues import detect
from tests.elsewhere import python_path
from tests.histories import hasten

ROOT = Path(__file__).parent.parent
SECONDS = 90
READY = (
    "monitors.cli", "monitors.job", "tests.crawling", "crawler.pages", "trafilatura", "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11", "scrapy.extensions.feedexport", "scrapy.downloadermiddlewares.httpproxy",
    "scrapy.downloadermiddlewares.redirect", "scrapy.downloadermiddlewares.retry", "scrapy.spidermiddlewares.referer",
    "scrapy.dupefilters", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors", "scrapy.commands.parse", "scrapy.commands.shell",
    "monitors.report.progress", "rich.table", "warcio.warcwriter",
)  # fmt: skip
"""Imported before anybody asks: what the commands import when they are called."""
SAID = "President Volodymyr Zelensky said on Wednesday that 61,000 Ukrainian soldiers have been killed since the invasion began."
ARTICLE = {"outlet": "wire", "url": "https://example.org/1", "published": "2026-03-04T09:00:00Z", "lang": "en", "title": SAID, "text": SAID}
"""Read and judged before anybody asks: most of what a run takes is what it loads for the first time."""


def with_checkout() -> dict[str, str]:
    """The environment of a program that finds this checkout, and whatever else the tests are to find."""
    return {**os.environ, "PYTHONPATH": python_path(ROOT)}


@dataclass(frozen=True)
class Done:
    """How a process ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def run_apart(call: str, arguments: Sequence[str] = (), *, input: str = "", cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Done:
    """Call "module:function" in a fresh fork, with these command line arguments, standard input, directory and environment."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        given.write(input.encode())
        given.seek(0)
        order = {
            "call": call, "arguments": list(arguments), "cwd": str(cwd), "env": dict(os.environ if env is None else env),
            "files": [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (given, out, errors)],
        }  # fmt: skip
        parent = _parent(os.getpid())
        parent.stdin.write(json.dumps(order) + "\n")
        parent.stdin.flush()
        returncode = json.loads(parent.stdout.readline())
        return Done(returncode, *(_read(file) for file in (out, errors)))


@dataclass(frozen=True)
class _Parent:
    stdin: IO[str]
    stdout: IO[str]


@cache
def _parent(owner: int) -> _Parent:
    process = subprocess.Popen([sys.executable, "-m", "tests.forks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    return _Parent(process.stdin, process.stdout)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def main() -> None:
    """The parent of the forks; ends with its standard input."""
    for module in READY:
        import_module(module)
    hasten()
    load_outlets()
    check_url("json://localhost")  # loads every service that Apprise has
    detect(SAID)
    list(play([{"at": "2026-03-04T10:00:00Z", "article": ARTICLE}]))

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        order = json.loads(line)
        _warm(order["call"].partition(":")[0])
        child = os.fork()
        if not child:
            _obey(order)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


@cache
def _warm(module: str) -> None:
    """Import what is called, and let it do beforehand what each of its forks would have to do (its `warm_up`)."""
    getattr(import_module(module), "warm_up", int)()


def _obey(order: dict[str, Any]) -> None:
    """Be the process that was asked for, and end."""
    code = 1
    try:
        signal.alarm(SECONDS)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, path in enumerate(order["files"]):
            os.dup2(os.open(path, os.O_RDWR), number)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        sys.stdin = os.fdopen(os.dup(0), encoding="utf-8")
        module, _, function = order["call"].partition(":")
        sys.argv = [module, *order["arguments"]]
        getattr(sys.modules[module], function)()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
