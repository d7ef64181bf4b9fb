"""What the status bar shows of a tab."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.shell.status_bar import StatusBar
from gui.tab import Status


def pictures(bar: StatusBar) -> int:
    return sum(
        label.isVisible() and not label.pixmap().isNull() for label in bar.findChildren(QLabel)
    )


def test_no_sign_stands_where_nothing_is_said(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_status(Status("Live", "acc", (), ""))
    assert pictures(bar) == 1  # the dot
    bar.show_status(Status("Live", "acc", (), "Saved."))
    assert pictures(bar) == 2
