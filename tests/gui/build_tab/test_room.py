"""Nothing in the Output panel is wider than it; lists and labels end what is too long in "…"."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.widgets.basic import ElidingLabel
from gui.widgets.combos import ElidingCombo, combo_px


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Dress the application: widths are those of its own font and style."""
    style_application(qapp, "en", "light")


def test_list_shortens_a_long_text_in_its_middle(qtbot: QtBot) -> None:
    long, short, plain = ElidingCombo(), ElidingCombo(), QComboBox()
    for one in (long, short, plain):
        qtbot.addWidget(one)
        one.addItem("sepal_width_cm")
        one.resize(300, 28)
    assert long.grab().toImage() == plain.grab().toImage()
    room = 70 - combo_px(long, "")
    words = long.fontMetrics().elidedText("sepal_width_cm", Qt.TextElideMode.ElideMiddle, room + 1)
    assert "…" in words
    short.setItemText(0, words)
    for one in (long, short):
        one.resize(70, 28)
    assert long.grab().toImage() == short.grab().toImage()
    assert long.currentText() == "sepal_width_cm"


def test_a_label_shortens_a_long_text_at_its_end(qtbot: QtBot) -> None:
    long, short = ElidingLabel("label"), ElidingLabel("label")
    for one in (long, short):
        qtbot.addWidget(one)
        one.resize(60, 20)
    long.setText("stopped after 12 pictures")
    end = Qt.TextElideMode.ElideRight
    short.setText(long.fontMetrics().elidedText(long.text(), end, long.width()))
    assert short.text().endswith("…")
    assert long.grab().toImage() == short.grab().toImage()
