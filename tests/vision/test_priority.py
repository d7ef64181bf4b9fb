"""The network's threads give way; no others do."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.jobs.pipeline import lower_thread_priority
from vision.priority import NICENESS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux")


def priorities() -> dict[int, int]:
    """Return the niceness of each thread of this process."""
    return {
        int(task.name): os.getpriority(os.PRIO_PROCESS, int(task.name))
        for task in Path("/proc/self/task").iterdir()
    }


def share_work() -> None:
    """Do something that OpenCV shares among its threads."""
    cv2.GaussianBlur(np.zeros((2000, 2000, 3), np.uint8), (9, 9), 3.0)


def test_the_thread_and_its_helpers_give_way_and_no_other_does() -> None:
    found: dict[str, dict[int, int] | int] = {}

    def work() -> None:
        lower_thread_priority()
        share_work()
        found["own"] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        found["all"] = priorities()

    threads = cv2.getNumThreads()
    cv2.setNumThreads(3)
    share_work()  # OpenCV has helpers that give way to nobody
    before = priorities()
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(threads)
    everyone = found["all"]
    behind = max(os.getpriority(os.PRIO_PROCESS, 0), NICENESS)  # `nice` may have started the tests
    assert found["own"] == behind
    assert isinstance(everyone, dict)
    new = {niceness for task, niceness in everyone.items() if task not in before}
    assert new == {behind}
    assert len(everyone.keys() - before.keys()) >= 2
    assert {task: everyone[task] for task in before if task in everyone}.items() <= before.items()
