"""A widget's look is looked up in the style sheet only where it changes."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QProxyStyle, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.basic import set_role


class _Counting(QProxyStyle):
    """Count how often a widget is polished."""

    def __init__(self) -> None:
        super().__init__("fusion")
        self.polished = 0

    def polish(self, what: object) -> None:  # Qt has three of that name
        """Count."""
        self.polished += isinstance(what, QWidget)


def test_the_same_role_again_costs_nothing(qtbot: QtBot) -> None:
    label, style = QLabel("text"), _Counting()
    qtbot.addWidget(label)
    label.setStyle(style)
    label.ensurePolished()
    set_role(label, role="caption", tone="warn")
    before = style.polished
    set_role(label, role="caption", tone="warn")
    assert style.polished == before
    set_role(label, role="caption", tone="")
    assert style.polished > before
