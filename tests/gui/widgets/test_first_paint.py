"""What waits for the first paint is done once, after it, and never before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.first_paint import after_first_paint


class Painted(QWidget):
    """A widget that notes when it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def paintEvent(self, event: object) -> None:
        """Note it."""
        self.seen.append("paint")


def test_what_waits_is_done_once_after_the_paint(qtbot: QtBot) -> None:
    widget = Painted()
    qtbot.addWidget(widget)
    after_first_paint(widget, lambda: widget.seen.append("done"))
    with qtbot.waitExposed(widget):
        widget.show()
    qtbot.waitUntil(lambda: "done" in widget.seen)
    assert widget.seen[0] == "paint"
    widget.hide()
    widget.show()
    qtbot.waitUntil(lambda: widget.seen[-1] == "paint")
    assert widget.seen.count("done") == 1
