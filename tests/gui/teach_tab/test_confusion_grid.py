"""The confusion matrix with pictures: what a click and the keys open, what it says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gui.teach_tab.confusion_grid import ConfusionGrid, Confusions
from gui.theme import active

COUNTS = np.array([[9, 1, 0], [0, 8, 2], [0, 0, 7]])


@pytest.fixture
def grid(qtbot: QtBot) -> ConfusionGrid:
    widget = ConfusionGrid()
    qtbot.addWidget(widget)
    red = QImage(40, 40, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    shown = Confusions(COUNTS, ("Cat", "Cup", "Flower"), (0, 1, 2), {(0, 1): red})
    widget.show_confusions(shown)
    widget.resize(360, widget.sizeHint().height())
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def centre(grid: ConfusionGrid, row: int, column: int) -> QPoint:
    return grid.rect_of((row, column)).center()


def test_a_click_opens_a_cell_that_has_pictures(qtbot: QtBot, grid: ConfusionGrid) -> None:
    opened: list[tuple[int, int]] = []
    grid.cell_opened.connect(lambda *cell: opened.append(cell))
    left = Qt.MouseButton.LeftButton
    for cell in ((0, 1), (0, 2), (2, 2), (1, 0)):
        qtbot.mouseClick(grid, left, pos=centre(grid, *cell))
    assert opened == [(0, 1), (2, 2)]


def test_keys_go_from_cell_to_cell_and_open_one(qtbot: QtBot, grid: ConfusionGrid) -> None:
    opened: list[tuple[int, int]] = []
    grid.cell_opened.connect(lambda *cell: opened.append(cell))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(grid, key)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    qtbot.keyClick(grid, Qt.Key.Key_Space)  # nothing is in that cell
    assert opened == [(1, 2)]


def test_a_screen_reader_hears_the_cell_and_every_mistake(
    qtbot: QtBot, grid: ConfusionGrid
) -> None:
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    said = grid.accessibleDescription()
    assert said.startswith("0 of Cup taken for Cat")
    assert "1 of Cat taken for Cup" in said
    assert "2 of Cup taken for Flower" in said


def test_a_mistake_shows_its_picture_and_its_count(grid: ConfusionGrid) -> None:
    image = grid.grab().toImage()
    rect = grid.rect_of((0, 1))
    inside = image.pixelColor(rect.left() + 8, rect.center().y())
    assert (inside.red(), inside.green()) == (255, 0)
    badge = image.pixelColor(rect.right() - 5, rect.bottom() - 5)
    assert badge.name() == QColor(active().fail).name()


def test_thirty_classes_keep_their_cells_apart(qtbot: QtBot) -> None:
    widget = ConfusionGrid()
    qtbot.addWidget(widget)
    names = tuple(f"class {number}" for number in range(30))
    shown = Confusions(np.eye(30, dtype=np.intp), names, tuple(number % 8 for number in range(30)))
    widget.show_confusions(shown)
    widget.resize(widget.minimumSizeHint())
    for place in range(29):
        here, there = widget.rect_of((place, place)), widget.rect_of((place + 1, place + 1))
        assert here.right() < there.left()
        assert here.bottom() < there.top()
    last = widget.rect_of((29, 29))
    assert widget.rect().contains(last)
    assert widget.cell_at(last.center()) == (29, 29)


def test_undecided_answers_have_a_column(qtbot: QtBot, grid: ConfusionGrid) -> None:
    counts = np.column_stack([COUNTS, [3, 0, 0]])
    grid.show_confusions(Confusions(counts, ("Cat", "Cup", "Flower"), (0, 1, 2)))
    opened: list[tuple[int, int]] = []
    grid.cell_opened.connect(lambda *cell: opened.append(cell))
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=centre(grid, 0, 3))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened == [(0, 3), (0, 3)]
    assert "3 of Cat undecided" in grid.accessibleDescription()
    assert grid.rect_of((0, 3)).right() <= grid.width()
