"""Let the window have the processor before the network does."""

from __future__ import annotations

import os
import sys
import threading

import cv2

NICENESS = 5
"""Of a thread that gives way: it gets a third of what another that is ready to run gets."""


def give_way() -> None:
    """Let threads of the window run before the calling one and OpenCV's helpers of it.

    Linux only, where each thread has a priority of its own and hands it on to the threads it
    starts; elsewhere nothing changes. A thread cannot take it back, so it is for threads that do
    nothing else (docs/adr/0050-the-network-gives-way-to-the-window.md).
    """
    if sys.platform != "linux":
        return
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    # OpenCV starts its helpers with the next work that it shares, which is this thread's.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    cv2.setNumThreads(threads)
