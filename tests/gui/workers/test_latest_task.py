"""Only the newest job counts; what is given up says nothing any more."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.workers import LatestTask, RunController
from vision.priority import NICENESS


class Told:
    """Record what jobs hand on, in order."""

    def __init__(self) -> None:
        self.log: list[object] = []

    def failed(self, error: Exception, details: str) -> None:
        self.log.append(error)


def test_a_result_is_handed_on(qtbot: QtBot) -> None:
    job = LatestTask()
    told = Told()
    job.start(lambda should_stop, publish: 7, told.log.append, told.failed)
    assert job.is_awaiting_result
    qtbot.waitUntil(lambda: job.is_idle)
    assert told.log == [7]
    assert not job.is_awaiting_result


def test_a_newer_job_takes_the_place_of_one_that_cannot_be_stopped(qtbot: QtBot) -> None:
    job, release = LatestTask(), threading.Event()
    told = Told()
    job.start(lambda should_stop, publish: release.wait(10), told.log.append, told.failed)
    job.start(lambda should_stop, publish: "second", told.log.append, told.failed)
    job.start(lambda should_stop, publish: "third", told.log.append, told.failed)
    release.set()
    qtbot.waitUntil(lambda: "third" in told.log)
    assert told.log == ["third"]


def test_what_is_given_up_neither_ends_well_nor_fails(qtbot: QtBot) -> None:
    job, release = LatestTask(), threading.Event()
    told = Told()

    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> None:
        release.wait(10)
        raise RuntimeError("nobody wants to know")

    job.start(work, told.log.append, told.failed)
    job.cancel()
    assert not job.is_awaiting_result, "it is over for those who wait"
    assert not job.is_idle, "its thread goes on for a while"
    release.set()
    qtbot.waitUntil(lambda: job.is_idle)
    assert told.log == []


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux")
def test_a_job_runs_behind_the_window_and_a_training_beside_it(qtbot: QtBot) -> None:
    def niceness(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    told, job = Told(), LatestTask()
    job.start(niceness, told.log.append, told.failed)
    qtbot.waitUntil(lambda: job.is_idle)
    run = RunController(None, told.log.append, told.failed)
    run.start(niceness)
    qtbot.waitUntil(lambda: run.is_idle)
    window = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    behind, beside = told.log
    assert behind == max(window, NICENESS)
    assert beside == window
