"""The confusion matrix with pictures: what a click and the keys open, what it says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gui.teach_tab.confusion_grid import ConfusionGrid

COUNTS = np.array([[9, 1, 0], [0, 8, 2], [0, 0, 7]])
NAMES = ("Cat", "Cup", "Flower")


@pytest.fixture
def grid(qtbot: QtBot) -> ConfusionGrid:
    widget = ConfusionGrid()
    qtbot.addWidget(widget)
    red = QImage(40, 40, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    widget.show_confusions(COUNTS, NAMES, (0, 1, 2), {(0, 1): red})
    widget.resize(360, widget.sizeHint().height())
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def test_keys_go_from_cell_to_cell_and_open_one(qtbot: QtBot, grid: ConfusionGrid) -> None:
    opened: list[tuple[int, int]] = []
    grid.cell_opened.connect(lambda *cell: opened.append(cell))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(grid, key)
    spoken = grid.accessibleDescription()
    assert spoken.startswith("2 of Cup taken for Flower")
    assert "1 of Cat taken for Cup" in spoken
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    qtbot.keyClick(grid, Qt.Key.Key_Space)  # nothing is in that cell
    assert opened == [(1, 2)]
