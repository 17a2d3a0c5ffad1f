"""`python -m tests.senders HISTORY HOOK SEED`: eight processes that deliver what is due to one webhook, killed at random and replaced.

Each names itself in the header `Sender`; once one is dead for certain, the webhook's server is asked for `/killed?SENDER`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.request import urlopen

from monitors.alerts.deliver import check_url, send_due
from monitors.cluster.child import bind_to
from monitors.history import outbox
from monitors.history.store import open_history
from monitors.model import Channel

SENDERS = 8
LEASE = timedelta(seconds=4)
"""In place of ten minutes; longer than any send takes here, as that one is elsewhere."""
BETWEEN_KILLS = 0.2, 0.8
"""Seconds, from and to."""


def main(url: str, server: str, seed: str) -> None:
    """Ends when every sender has found nothing left to send; it fails where one fails."""
    outbox.LEASE = LEASE
    open_history(url).close()  # what is loaded for this, and by Apprise, is loaded once, here, and not in each sender
    check_url("json://127.0.0.1")
    random, alive = Random(seed), {start_sender(url, server) for _ in range(SENDERS)}
    while alive:
        time.sleep(random.uniform(*BETWEEN_KILLS))
        alive = {sender for sender in alive if status_of(sender, os.WNOHANG) is None}
        if alive:
            victim = random.choice(sorted(alive))
            os.kill(victim, signal.SIGKILL)
            alive.remove(victim)
            if status_of(victim) == -signal.SIGKILL:
                urlopen(f"{server}/killed?{victim}").close()
                alive.add(start_sender(url, server))


def status_of(sender: int, options: int = 0) -> int | None:
    """How a sender ended, by itself or killed; None while it lives."""
    found, status = os.waitpid(sender, options)
    if not found:
        return None
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"a sender ended with {code}")
    return code


def start_sender(url: str, server: str) -> int:
    parent = os.getpid()
    if sender := os.fork():
        return sender
    status = 1
    try:
        bind_to(parent)
        send_all(url, server)
        status = 0
    except Exception:
        traceback.print_exc()
    os._exit(status)


def send_all(url: str, server: str) -> None:
    """Send what is due, as long as there is something to be sent."""
    hook = Channel("hook", f"{server.replace('http', 'json')}/hook?+Sender={os.getpid()}")
    with open_history(url, shared=True) as history:
        while True:
            sent = send_due(history, [hook], datetime.now(UTC), alone=False)
            if not sent.failed:
                return
            time.sleep(0 if sent.sent else 0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
