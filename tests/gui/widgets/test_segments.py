"""A row of buttons of which one is chosen: where the keyboard is, and that a click arrives."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.widgets.basic import Segments

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def segments(qtbot: QtBot) -> Segments:
    row = Segments(["one", "two", "three"])
    for place in range(3):
        row.button(place).setText(f"choice {place}")
    qtbot.addWidget(row)
    with qtbot.waitActive(row):
        row.show()
        row.activateWindow()
    row.choose(0)
    return row


def test_the_keyboard_goes_along_with_the_choice(segments: Segments) -> None:
    segments.button(0).setFocus()
    segments.choose(2)
    assert segments.button(2).hasFocus()


def test_a_button_that_is_pressed_is_clicked_though_the_choice_is_shown_again(
    qtbot: QtBot, segments: Segments
) -> None:
    chosen: list[int] = []
    segments.group.idClicked.connect(chosen.append)
    button = segments.button(1)
    button.setFocus()  # as a press does where a window manager is
    qtbot.mousePress(button, LEFT)
    segments.choose(0)
    qtbot.mouseRelease(button, LEFT)
    assert chosen == [1]
