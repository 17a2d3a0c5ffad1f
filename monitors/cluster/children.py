"""Run a `tallywatch` command in a process of its own, which lives no longer than we do."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Collection
from pathlib import Path

log = logging.getLogger(__name__)

PROGRAM = "monitors.cluster.child"
DONE = (0, 1, 3, 4)
"""An outlet that fails, or a message that waits, is no failure of the process: the history knows of it."""
LAST_WORDS_SECONDS = 15
"""A process that is told to end gets so long."""
LAST_LINES = 3


class ChildFailed(Exception):
    """A command did not do its work; says its status and its last words."""


async def call(config: Path | None, *command: str, seconds: float, done: Collection[int] = DONE) -> str:
    """What a command prints. Raises ChildFailed, TimeoutError after so many seconds; whatever happens, the process has ended then.

    It is started from this thread, to whose end it is bound: call it on the event loop of the main thread.
    """
    option = () if config is None else ("--config", str(config.resolve()))
    words = (sys.executable, "-m", PROGRAM, str(os.getpid()), *command, *option)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    try:
        printed, complaints = await asyncio.wait_for(child.communicate(), seconds)
    finally:
        await _end(child)
    if child.returncode not in done:
        last = " / ".join(complaints.decode("utf-8", "replace").strip().splitlines()[-LAST_LINES:])
        failure = ChildFailed(f"{command[0]} ended with {child.returncode}: {last or 'it said nothing'}")
        log.warning("%s", failure)  # one that is tried again is told nowhere else
        raise failure
    return printed.decode("utf-8", "replace")


async def _end(child: asyncio.subprocess.Process) -> None:
    """Let it finish what it has in hand, then no more."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), LAST_WORDS_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
