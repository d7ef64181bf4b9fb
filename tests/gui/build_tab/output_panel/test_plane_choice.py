"""Which inputs the map shows: their names are whole, side by side or one under the other."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.output_panel.plane_choice import PlaneChoice
from gui.widgets.combos import combo_px
from model.data import build_dataset
from model.experiment import TableData

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("width", range(240, 420, 10))
def test_the_names_of_the_inputs_are_whole(qtbot: QtBot, width: int) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    choice = PlaneChoice(lambda: None)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(choice)
    window.setFixedWidth(width)
    with qtbot.waitExposed(window):
        window.show()
    choice.show_dataset(build_dataset(TableData("symptoms")))

    def whole() -> bool:
        combos = (choice.first, choice.second)
        return all(combo_px(combo, combo.currentText()) <= combo.width() for combo in combos)

    qtbot.waitUntil(whole, timeout=2000)
