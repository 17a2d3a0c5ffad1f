"""SIGTERM and Ctrl-C -> a question that whoever works asks between two pieces of work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Stopped = Callable[[], bool]
"""Whether somebody asked this process to end."""


@contextmanager
def stop_on_signal() -> Iterator[Stopped]:
    """Let a first signal be asked after, and a second one end the process as it always did. One that is ignored stays ignored."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    heeded = [number for number in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.getsignal(number) for number in heeded}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(_number: int, _frame: object) -> None:
        asked.set()
        give_back()

    for number in heeded:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        give_back()
