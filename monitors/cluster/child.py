"""`python -m monitors.cluster.child PARENT COMMAND…`: `tallywatch COMMAND…`, and it ends when the process PARENT does."""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1


def bind_to(parent: int) -> None:
    """Let the system kill this process when the thread that started it ends; if its process has ended already, end now.

    Elsewhere than on Linux the second half is all there is.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    bind_to(int(sys.argv.pop(1)))
    runpy.run_module("monitors.cli", run_name="__main__")
