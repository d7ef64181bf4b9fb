"""A control answers to the pointer: over it, pressed, and as before once the pointer has left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.basic import Segments, push_button, tool_button
from gui.widgets.slider import Slider
from gui.widgets.switch import Switch

TONES = ("", "primary", "quiet", "outline", "dashed", "link")

pytestmark = pytest.mark.usefixtures("dressed")


class OtherSegment(Segments):
    """Two segments, of which the other one is looked at."""

    def __init__(self) -> None:
        super().__init__(["one", "two"])
        self.write(("One", "One"), ("Two", "Two"))
        self.choose(0)


def with_text(button: QAbstractButton) -> QAbstractButton:
    button.setText("Train")
    return button


def button_of(make: Callable[[str, str], QAbstractButton], tone: str) -> QWidget:
    return with_text(make("it", tone))


BUTTONS: dict[str, Callable[[], QWidget]] = {
    **{f"push {t}": partial(button_of, push_button, t) for t in TONES},
    **{f"tool {t}": partial(button_of, tool_button, t) for t in TONES},
    "segment": OtherSegment,
}
OTHERS: dict[str, Callable[[], QWidget]] = {
    "check box": lambda: with_text(QCheckBox()),
    "switch": lambda: with_text(Switch("it")),
    "slider": lambda: Slider("it"),
    "list": QComboBox,
    "field": QLineEdit,
}


def shown(qtbot: QtBot, control: QWidget) -> tuple[QWidget, QWidget]:
    """Show a control in a window, pointer and keyboard beside it; return both, the control last."""
    window = QWidget()
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(40, 40, 40, 40)
    layout.addWidget(control)
    window.setFocus()
    with qtbot.waitActive(window):
        window.show()
    qtbot.mouseMove(window, QPoint(2, 2))
    return window, control.button(1) if isinstance(control, Segments) else control


@pytest.mark.parametrize("name", [*BUTTONS, *OTHERS])
def test_it_answers_to_the_pointer_and_forgets_it(qtbot: QtBot, name: str) -> None:
    window, control = shown(qtbot, {**BUTTONS, **OTHERS}[name]())
    before = window.grab().toImage()
    qtbot.mouseMove(control, control.rect().center())
    qtbot.waitUntil(lambda: window.grab().toImage() != before)
    if name in BUTTONS:
        lit = window.grab().toImage()
        qtbot.mousePress(control, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.grab().toImage() not in (before, lit))
        qtbot.mouseRelease(control, Qt.MouseButton.LeftButton, pos=QPoint(-500, -500))
    qtbot.mouseMove(window, QPoint(2, 2))
    qtbot.waitUntil(lambda: window.grab().toImage() == before)
