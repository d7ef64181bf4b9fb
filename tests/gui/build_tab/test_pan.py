"""Moving and scaling the drawing in the whole window, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.view import CanvasView
from gui.build_tab.workbench import Workbench
from tests.gui.build_tab.network_view.hands import move, turn_wheel

SPACE = Qt.Key.Key_Space
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(bench: Workbench, qtbot: QtBot) -> CanvasView:
    """Return the view, enlarged, with the keyboard and the pointer in it."""
    view = bench.canvas.view
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.waitUntil(lambda: view.zoom == 1.0)
    view.zoom_by(2.0)
    for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
        assert bar.maximum() - bar.minimum() > 100
        bar.setValue((bar.minimum() + bar.maximum()) // 2)
    return view


def place(view: CanvasView) -> tuple[int, int]:
    return view.horizontalScrollBar().value(), view.verticalScrollBar().value()


def test_space_trains(bench: Workbench, view: CanvasView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, SPACE)
    qtbot.waitUntil(lambda: bench.model.is_training, timeout=5000)
    qtbot.keyClick(view, SPACE)
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=5000)


def test_the_middle_button_moves_the_drawing(
    bench: Workbench, view: CanvasView, qtbot: QtBot
) -> None:
    before, middle = place(view), view.viewport().rect().center()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.MiddleButton, pos=middle)
    move(bench.canvas, middle + QPoint(30, 10), held=True)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.MiddleButton, pos=middle)
    assert place(view) == (before[0] - 30, before[1] - 10)


@pytest.mark.parametrize(
    ("act", "factor"),
    [
        (lambda qtbot, canvas: turn_wheel(canvas, QPoint(200, 100), 1, CONTROL), 1.15),
        (lambda qtbot, canvas: turn_wheel(canvas, QPoint(200, 100), -1, CONTROL), 1 / 1.15),
        (lambda qtbot, canvas: qtbot.keyClick(canvas.view, Qt.Key.Key_Plus, CONTROL), 1.25),
        (lambda qtbot, canvas: qtbot.keyClick(canvas.view, Qt.Key.Key_Minus, CONTROL), 0.8),
        (lambda qtbot, canvas: qtbot.keyClick(canvas.view, Qt.Key.Key_0, CONTROL), 0.5),
    ],
)
def test_the_wheel_and_keys_scale_it(
    bench: Workbench, view: CanvasView, qtbot: QtBot, act: Callable[..., None], factor: float
) -> None:
    before = view.zoom
    act(qtbot, bench.canvas)
    assert view.zoom == pytest.approx(before * factor)
