"""A share beside its slider, in the language in use."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.share_row import ShareRow
from tests.gui.finding import find


def test_a_share_is_written_anew_with_its_caption(qapp: QApplication, qtbot: QtBot) -> None:
    choose_language(qapp, "en")
    row = ShareRow("share", 0, 100, lambda share: None, caption="Threshold", tip="")
    qtbot.addWidget(row)
    row.show_share(0.3)
    figure = find(row, QLabel, "share_value")
    assert figure.text() == "30%"
    choose_language(qapp, "tr")
    row.show_share(0.3)
    assert (row.caption.text(), figure.text()) == ("Eşik", "%30")


def test_a_share_between_two_steps_is_written_as_it_is(qapp: QApplication, qtbot: QtBot) -> None:
    choose_language(qapp, "en")
    chosen: list[float] = []
    row = ShareRow("share", 0, 100, chosen.append)
    qtbot.addWidget(row)
    row.show_share(0.993)
    figure = find(row, QLabel, "share_value")
    assert figure.text() == "99.3%"
    row.slider.setValue(98)
    row.show_share(0.98)
    assert (figure.text(), chosen) == ("98%", [0.98])
