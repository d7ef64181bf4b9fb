"""The worker stands still while a frame is drawn, and never longer than it must."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.workers import RunController
from gui.workers.gate import WorkerGate


def _no_failure(error: Exception, text: str) -> None:
    raise AssertionError(text)


def test_a_worker_waits_until_the_frame_is_painted(qtbot: QtBot) -> None:
    order: list[str] = []

    class Canvas(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            order.append("painted")

    canvas = Canvas()
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.waitUntil(lambda: bool(order))
    order.clear()
    gate = WorkerGate()
    took: list[float] = []
    canvas.update()
    gate.pause_until_painted(took.append)

    def work() -> None:
        gate.wait()
        order.append("worked")

    worker = threading.Thread(target=work)
    worker.start()
    qtbot.waitUntil(lambda: "worked" in order)
    worker.join()
    assert order == ["painted", "worked"]
    assert len(took) == 1


def test_a_worker_waits_until_the_last_hold_is_over(qtbot: QtBot) -> None:
    gate = WorkerGate()
    order: list[str] = []

    def work() -> None:
        gate.wait()
        order.append("worked")

    with gate.paused():
        worker = threading.Thread(target=work)
        worker.start()
        with gate.paused():
            pass
        order.append("shown")
    worker.join()
    assert order == ["shown", "worked"]


def test_a_stop_is_seen_even_if_the_window_never_draws(qtbot: QtBot) -> None:
    shown: list[int] = []
    results: list[str] = []
    controller = RunController(None, results.append, _no_failure, updated=shown.append)

    def work(should_stop: object, publish: object) -> str:
        assert callable(should_stop)
        assert callable(publish)
        while not should_stop():
            publish(1)
        return "ended"

    controller.start(work)
    qtbot.waitUntil(lambda: bool(shown))
    controller.request_stop()
    qtbot.waitUntil(lambda: results == ["ended"])


def test_a_worker_that_gives_way_waits_while_the_event_loop_is_late(qtbot: QtBot) -> None:
    controller = RunController(None, lambda _: None, _no_failure, gives_way=True)
    steps = 0

    def work(should_stop: Callable[[], bool], publish: Callable[[int], None]) -> None:
        nonlocal steps
        while not should_stop():
            steps += 1

    controller.start(work)
    qtbot.waitUntil(lambda: steps > 0)
    late_since = perf_counter()
    while perf_counter() - late_since < 0.06:  # the window is busy: the event loop has no turn
        before = steps
    busy_until = perf_counter() + 0.02
    while perf_counter() < busy_until:
        pass
    assert steps == before, "it stands still from the sixteenth millisecond on"
    qtbot.waitUntil(lambda: steps > before)
    controller.request_stop()
    qtbot.waitUntil(lambda: controller.is_idle)
