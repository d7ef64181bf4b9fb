"""The worker stands still while a frame is drawn, and never longer than it must."""

from __future__ import annotations

import threading

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.workers import RunController
from gui.workers.right_of_way import RightOfWay


def test_nothing_is_waited_for_between_frames(qtbot: QtBot) -> None:
    RightOfWay().wait()


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
    right_of_way = RightOfWay()
    took: list[float] = []
    canvas.update()
    right_of_way.hold_until_drawn(took.append)

    def work() -> None:
        right_of_way.wait()
        order.append("worked")

    worker = threading.Thread(target=work)
    worker.start()
    qtbot.waitUntil(lambda: "worked" in order)
    worker.join()
    assert order == ["painted", "worked"]
    assert len(took) == 1


def test_a_worker_waits_until_the_last_hold_is_over(qtbot: QtBot) -> None:
    right_of_way = RightOfWay()
    order: list[str] = []

    def work() -> None:
        right_of_way.wait()
        order.append("worked")

    with right_of_way.held():
        worker = threading.Thread(target=work)
        worker.start()
        with right_of_way.held():
            pass
        order.append("shown")
    worker.join()
    assert order == ["shown", "worked"]


def test_a_stop_is_seen_even_if_the_window_never_draws(qtbot: QtBot) -> None:
    controller = RunController()

    def work(should_stop: object, publish: object) -> str:
        assert callable(should_stop)
        assert callable(publish)
        while not should_stop():
            publish(1)
        return "ended"

    controller.start(work)
    qtbot.waitSignal(controller.updated).wait()
    with qtbot.waitSignal(controller.cancelled) as end:
        controller.request_stop()
    assert end.args == ["ended"]
