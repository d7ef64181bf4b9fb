"""The number of the row that the microscope follows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.microscope.row_chooser import RowChooser
from model.experiment import TableData
from tests.gui.finding import find


@pytest.mark.parametrize("text", ["3/4", "1.5", "1e2", "99999"])
def test_what_is_no_row_stays_to_be_seen_and_chooses_none(
    qtbot: QtBot, build_model: BuildModel, text: str
) -> None:
    build_model.choose_data(TableData("iris"))
    build_model.choose_row(6)
    chooser = RowChooser(build_model)
    qtbot.addWidget(chooser)
    build_model.state_changed.connect(chooser.show_state)
    chooser.show_state(build_model.state)
    chooser.show()
    number = find(chooser, QSpinBox, "microscope_row_number")
    number.selectAll()
    qtbot.keyClicks(number, text)
    assert number.cleanText() == text
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert (build_model.state.row, number.value()) == (6, 7)
    number.selectAll()
    qtbot.keyClicks(number, "12")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert (build_model.state.row, number.cleanText()) == (11, "12")
