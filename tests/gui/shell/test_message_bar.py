"""A message is shown without taking the focus, folds out its details, and can be closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.shell.message_bar import MessageBar


def test_a_message_leaves_the_focus_where_it_is(qtbot: QtBot) -> None:
    page = QWidget()
    bar, field = MessageBar(), QLineEdit()
    layout = QVBoxLayout(page)
    layout.addWidget(bar)
    layout.addWidget(field)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    bar.show_message("a.png holds no picture.", details="trace")
    assert bar.isVisible()
    assert field.hasFocus()
    assert bar.text.text() == "a.png holds no picture."

    assert not bar.details.isVisible()
    details = bar.findChild(QPushButton, "message_details")
    assert details is not None
    qtbot.mouseClick(details, Qt.MouseButton.LeftButton)
    assert bar.details.isVisible()
    assert bar.details.toPlainText() == "trace"

    close = bar.findChild(QToolButton, "message_close")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_without_details_there_is_no_button_for_them(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("Saved.", tone="ok")
    details = bar.findChild(QPushButton, "message_details")
    assert details is not None
    assert details.isHidden()
