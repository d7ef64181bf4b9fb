"""What stands beside one another is level and apart, and what belongs in sight is in sight."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.widgets.combos import ElidingCombo, combo_px
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import PlaneData
from tests.gui.build_tab.looking import SIZES, resize
from tests.tiers import first

pytestmark = pytest.mark.usefixtures("dressed")


def place(widget: QWidget, window: QWidget) -> QRect:
    """Return where a widget is in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", first(1, SIZES))
def test_pickers_of_eight_folded_layers_keep_apart(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    deep = default_experiment(PlaneData("spiral"), hidden=(16,) * 8)
    window.document.load(deep, None)
    canvas = bench.canvas
    qtbot.waitUntil(lambda: len(canvas.pickers) == 8, timeout=5000)
    resize(window, qtbot, *size)
    pickers = [place(canvas.pickers[layer], window) for layer in sorted(canvas.pickers)]
    boxes = [*pickers, place(canvas.zoom_box, window)]
    assert all(before.right() < after.left() for before, after in pairwise(boxes))


@pytest.mark.parametrize(
    "text", ["Çapraz entropi (sınıf)", "Cross-entropy, classes", "Tanh", "0,005"]
)
def test_a_list_as_wide_as_its_text_needs_shows_all_of_it(qtbot: QtBot, text: str) -> None:
    combo = ElidingCombo()
    combo.addItem(text)
    qtbot.addWidget(combo)
    combo.show()
    combo.resize(combo_px(combo, text), 26)
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    assert option.currentText == text
