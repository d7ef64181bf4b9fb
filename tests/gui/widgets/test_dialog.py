"""Keys that every dialog knows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.basic import push_button
from gui.widgets.layouts import vbox
from gui.widgets.panel import Dialog


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_button_that_the_keyboard_is_on(qtbot: QtBot, key: Qt.Key) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    dialog = Dialog("dialog", page)
    undo, close, field = push_button("undo"), push_button("close"), QLineEdit()
    vbox(undo, close, field, on=dialog)
    pressed: list[str] = []
    undo.clicked.connect(lambda: pressed.append("undo"))
    close.clicked.connect(lambda: pressed.append("close"))
    with qtbot.waitExposed(dialog):
        dialog.open()
    for widget in (close, undo):
        widget.setFocus()
        qtbot.keyClick(widget, key)
    assert pressed == ["close", "undo"]
    field.setFocus()
    qtbot.keyClick(field, key)
    assert pressed == ["close", "undo"]
    dialog.close()
