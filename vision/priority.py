"""Thread priorities: the window's threads run before the worker's."""

import os
import sys
import threading

NICENESS = 5
"""Niceness of a background thread: it gets a third of the time of another that is ready to run."""


def lower_priority() -> None:
    """Lower the priority of the calling thread and the threads it starts.

    Linux only, where each thread has its own priority and passes it on to the threads it starts;
    elsewhere nothing changes. A thread cannot undo it, so use it only for threads with no other
    work (docs/adr/0050-the-network-gives-way-to-the-window.md).
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        own = os.getpriority(os.PRIO_PROCESS, thread)  # a program that `nice` started may be behind
        os.setpriority(os.PRIO_PROCESS, thread, max(own, NICENESS))
