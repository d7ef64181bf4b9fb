"""Thread priorities: what the user sees moving comes first."""

import os
import sys
import threading

NICENESS = 5
"""Of a thread that runs behind: it gets a third of what another that is ready to run gets."""


def lower_priority() -> None:
    """Let the process's other threads run before the calling one and those it starts.

    Linux only, where each thread has a priority of its own and hands it on to the threads it
    starts; elsewhere nothing changes. A thread cannot take it back, so it is for threads that do
    nothing else (docs/adr/0050-the-network-gives-way-to-the-window.md).
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        own = os.getpriority(os.PRIO_PROCESS, thread)  # a program that `nice` started may be behind
        os.setpriority(os.PRIO_PROCESS, thread, max(own, NICENESS))
