"""A number typed into the truth table is that number, or refused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from tests.gui.finding import find


def typed(bench: Workbench, qtbot: QtBot, text: str) -> QLineEdit:
    """Type into the first input of the first row."""
    view = bench.data.table.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = find(view, QLineEdit, "table_input_editor")
    qtbot.keyClicks(editor, text)
    return editor


def test_a_fraction_is_its_value(bench: Workbench, qtbot: QtBot) -> None:
    editor = typed(bench, qtbot, "3/4")
    assert editor.property("invalid") == "false"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.data.table.model.table.rows[0] == (0.75, 0.0))


@pytest.mark.parametrize("text", ["1.2.3", "1e", "2x", "3/0"])
def test_what_is_no_number_is_marked_and_said_to_be_none(
    bench: Workbench, qtbot: QtBot, text: str
) -> None:
    editor = typed(bench, qtbot, text)
    assert (editor.text(), editor.property("invalid")) == (text, "true")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.model.messages.shown is not None)
    assert bench.data.table.model.table.rows[0] == (0.0, 0.0)
    message = bench.model.messages.shown
    assert message is not None
    assert message.sentence() == f"“{text}” is no number; the input stays as it was."
