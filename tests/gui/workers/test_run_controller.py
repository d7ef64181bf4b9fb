"""A run ends in exactly one way, never blocks the window, and shows the newest value."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from gui.workers import RunController, RunState


class Ends:
    """Record which signals a controller emitted, in order."""

    def __init__(self, controller: RunController) -> None:
        self.log: list[tuple[str, Any]] = []
        controller.completed.connect(lambda value: self.log.append(("completed", value)))
        controller.cancelled.connect(lambda value: self.log.append(("cancelled", value)))
        controller.failed.connect(lambda error, text: self.log.append(("failed", (error, text))))
        controller.updated.connect(lambda value: self.log.append(("updated", value)))


def wait_until_stopped(should_stop: Callable[[], bool], _publish: Callable[[Any], None]) -> str:
    while not should_stop():
        pass
    return "stopped"


def test_completed_run_shows_its_last_value_before_it_ends(qtbot: QtBot) -> None:
    controller = RunController()
    ends = Ends(controller)
    with qtbot.waitSignal(controller.completed):
        controller.start(lambda _stop, publish: publish("last") or "result")
    assert ends.log == [("updated", "last"), ("completed", "result")]
    assert controller.state is RunState.IDLE


def test_newest_value_wins_and_the_dropped_are_counted(qtbot: QtBot) -> None:
    controller = RunController()
    ends = Ends(controller)

    def work(_stop: Callable[[], bool], publish: Callable[[int], None]) -> None:
        for number in range(1000):
            publish(number)

    with qtbot.waitSignal(controller.completed):
        controller.start(work)
    shown = [value for name, value in ends.log if name == "updated"]
    assert shown[-1] == 999
    assert shown == sorted(shown)
    assert len(shown) + controller.dropped == 1000


def test_requested_stop_ends_in_cancelled_alone(qtbot: QtBot) -> None:
    controller = RunController()
    ends = Ends(controller)
    controller.start(wait_until_stopped)
    with qtbot.waitSignal(controller.cancelled):
        controller.request_stop()
        assert controller.state is RunState.STOPPING
    assert ends.log == [("cancelled", "stopped")]


def test_request_stop_returns_before_the_work_has_ended(qtbot: QtBot) -> None:
    controller = RunController()
    release = threading.Event()
    controller.start(lambda _stop, _publish: release.wait(10))
    controller.request_stop()
    assert controller.state is RunState.STOPPING
    with qtbot.waitSignal(controller.cancelled):
        release.set()


def test_failure_carries_the_error_and_where_it_happened(qtbot: QtBot) -> None:
    controller = RunController()
    ends = Ends(controller)

    def work(_stop: Callable[[], bool], _publish: Callable[[Any], None]) -> None:
        raise RuntimeError("the disk is full")

    with qtbot.waitSignal(controller.failed):
        controller.start(work)
    [(name, (error, text))] = ends.log
    assert name == "failed"
    assert str(error) == "the disk is full"
    assert "in work" in text
    assert controller.is_idle


def test_a_second_start_while_running_is_refused(qtbot: QtBot) -> None:
    controller = RunController()
    controller.start(wait_until_stopped)
    with pytest.raises(RuntimeError, match="still going on"):
        controller.start(wait_until_stopped)
    with qtbot.waitSignal(controller.cancelled):
        controller.request_stop()


def test_a_controller_can_start_again_from_its_own_end(qtbot: QtBot) -> None:
    controller = RunController()
    results: list[int] = []

    def again(value: int) -> None:
        results.append(value)
        if value < 3:
            controller.start(lambda _stop, _publish: value + 1)

    controller.completed.connect(again)
    controller.start(lambda _stop, _publish: 1)
    qtbot.waitUntil(lambda: results == [1, 2, 3])


def test_work_runs_on_another_thread_and_signals_in_the_gui_thread(qtbot: QtBot) -> None:
    controller = RunController()
    here = threading.get_ident()
    seen: list[bool] = []
    controller.completed.connect(
        lambda _: seen.append(QThread.currentThread() is controller.thread())
    )
    with qtbot.waitSignal(controller.completed) as end:
        controller.start(lambda _stop, _publish: threading.get_ident())
    assert end.args is not None
    assert end.args[0] != here
    assert seen == [True]
