"""`python -m tests.hurried …`: `tallywatch …` in which what several machines wait for comes five times as soon.

Nothing else differs, so that a campaign over workers that are killed takes seconds; with TALLYWATCH_TEST_HURRY=1 it takes its real time.
"""

from __future__ import annotations

import os
import runpy
import sys

HURRY = int(os.environ.get("TALLYWATCH_TEST_HURRY", "5"))


def hurry() -> None:
    from monitors import lock
    from monitors.cluster import children
    from monitors.history import store

    lock.BEAT /= HURRY
    store.SILENCE //= HURRY
    store.NETWORK["tcp_user_timeout"] //= HURRY
    store.NETWORK["connect_timeout"] = 2  # the least that the driver heeds
    children.PROGRAM = "tests.hurried"


def hurry_worker() -> None:
    from monitors.cluster import engine

    engine.STALL_SECONDS /= HURRY
    engine.POOL_SECONDS /= HURRY
    engine.WAIT_SECONDS //= HURRY
    if HURRY > 1:
        engine.EVERY_MINUTE = f"* * * * * */{60 // HURRY}"


if __name__ == "__main__":
    hurry()
    if sys.argv[1].isdecimal():
        from monitors.cluster.child import bind_to

        bind_to(int(sys.argv.pop(1)))
    else:
        hurry_worker()
    runpy.run_module("monitors.cli", run_name="__main__")
