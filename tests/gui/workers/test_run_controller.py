"""A run ends in exactly one way, never blocks the window, and shows the newest value."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from gui.workers import RunController, RunState


class Told:
    """A controller, and what it has told, in order."""

    def __init__(self, *, gives_way: bool = False) -> None:
        self.log: list[tuple[str, Any]] = []
        self.controller = RunController(
            None,
            completed=lambda value: self.log.append(("completed", value)),
            failed=lambda error, text: self.log.append(("failed", (error, text))),
            cancelled=lambda value: self.log.append(("cancelled", value)),
            updated=lambda value: self.log.append(("updated", value)),
            gives_way=gives_way,
        )

    def wait_for(self, qtbot: QtBot, name: str) -> Any:
        """Wait until something of that name is told; return what came with it."""
        qtbot.waitUntil(lambda: any(each == name for each, _ in self.log))
        return next(value for each, value in self.log if each == name)


def wait_until_stopped(should_stop: Callable[[], bool], _publish: Callable[[Any], None]) -> str:
    while not should_stop():
        pass
    return "stopped"


def test_completed_run_shows_its_last_value_before_it_ends(qtbot: QtBot) -> None:
    told = Told()
    told.controller.start(lambda _stop, publish: publish("last") or "result")
    told.wait_for(qtbot, "completed")
    assert told.log == [("updated", "last"), ("completed", "result")]
    assert told.controller.state is RunState.IDLE


def test_newest_value_wins(qtbot: QtBot) -> None:
    told = Told()

    def work(_stop: Callable[[], bool], publish: Callable[[int], None]) -> None:
        for number in range(1000):
            publish(number)

    told.controller.start(work)
    told.wait_for(qtbot, "completed")
    shown = [value for name, value in told.log if name == "updated"]
    assert shown[-1] == 999
    assert shown == sorted(shown)


def test_requested_stop_ends_in_cancelled_alone(qtbot: QtBot) -> None:
    told = Told()
    told.controller.start(wait_until_stopped)
    with pytest.raises(RuntimeError, match="still going on"):
        told.controller.start(wait_until_stopped)
    told.controller.request_stop()
    assert told.controller.state is RunState.STOPPING
    told.wait_for(qtbot, "cancelled")
    assert told.log == [("cancelled", "stopped")]


def test_failure_carries_the_error_and_where_it_happened(qtbot: QtBot) -> None:
    told = Told()

    def work(_stop: Callable[[], bool], _publish: Callable[[Any], None]) -> None:
        raise RuntimeError("the disk is full")

    told.controller.start(work)
    error, text = told.wait_for(qtbot, "failed")
    assert len(told.log) == 1
    assert str(error) == "the disk is full"
    assert "in work" in text
    assert told.controller.is_idle


def test_a_controller_can_start_again_from_its_own_end(qtbot: QtBot) -> None:
    results: list[int] = []

    def again(value: int) -> None:
        results.append(value)
        if value < 3:
            controller.start(lambda _stop, _publish: value + 1)

    controller = RunController(None, again, lambda error, text: None)
    controller.start(lambda _stop, _publish: 1)
    qtbot.waitUntil(lambda: results == [1, 2, 3])


def test_work_runs_on_another_thread_and_is_told_of_in_the_gui_thread(qtbot: QtBot) -> None:
    here = threading.get_ident()
    seen: list[tuple[int, bool]] = []
    controller = RunController(
        None,
        lambda there: seen.append((there, QThread.currentThread() is controller.thread())),
        lambda error, text: None,
    )
    controller.start(lambda _stop, _publish: threading.get_ident())
    qtbot.waitUntil(lambda: bool(seen))
    [(there, is_told_here)] = seen
    assert there != here
    assert is_told_here
