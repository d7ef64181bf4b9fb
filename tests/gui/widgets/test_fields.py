"""Numbers that are typed or chosen, and the one slider."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.dialogs import ask_to_save
from gui.widgets.fields import NumberCombo
from gui.widgets.slider import FigureSlider
from tests.gui.finding import find


def test_a_number_that_is_only_visited_keeps_all_its_digits(qtbot: QtBot) -> None:
    combo = NumberCombo("rate", (0.1, 0.3), 1e-9, 1e3)
    qtbot.addWidget(combo)
    combo.number.show_value(0.05 / 3)
    said: list[float] = []
    combo.number.entered.connect(said.append)
    assert combo.currentText() == "0.0166667"
    qtbot.keyClick(combo.number, Qt.Key.Key_Return)
    assert said == []
    combo.number.selectAll()
    qtbot.keyClicks(combo.number, "nothing")
    assert combo.number.property("invalid") == "true"
    assert combo.property("invalid") == "true", "the list has the frame, not the field in it"
    qtbot.keyClick(combo.number, Qt.Key.Key_Return)
    assert (said, combo.currentText()) == ([], "0.0166667")
    assert combo.property("invalid") == "false"
    combo.number.selectAll()
    qtbot.keyClicks(combo.number, "0,5")
    qtbot.keyClick(combo.number, Qt.Key.Key_Return)
    assert (said, combo.currentText()) == ([0.5], "0.5")


def test_a_whole_number_is_written_with_each_of_its_digits(qtbot: QtBot) -> None:
    combo = NumberCombo("batch", (0, 32), 0, 1e9, whole=True)
    qtbot.addWidget(combo)
    for value, text in ((32, "32"), (10_000_000, "10 000 000"), (1_234_567, "1 234 567")):
        combo.number.show_value(value)
        assert combo.number.text().replace("\N{NO-BREAK SPACE}", " ") == text
        assert combo.number.read(combo.number.text()) == value


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (1.0, 100)])
def test_a_slider_jumps_to_the_press_and_tells_only_what_the_user_did(
    qtbot: QtBot, share: float, value: int
) -> None:
    field = FigureSlider("copies", 1, 100, str)
    qtbot.addWidget(field)
    field.resize(214, 60)
    field.show()
    said: list[int] = []
    field.slider.valueChanged.connect(said.append)
    field.show_value(30)
    assert (said, field.figure.text()) == ([], "30")
    left, right = field.slider.ends
    place = QPoint(round(left + share * (right - left)), field.slider.height() // 2)
    qtbot.mouseClick(field.slider, Qt.MouseButton.LeftButton, pos=place)
    assert abs(field.slider.value() - value) <= 1
    assert said == [field.slider.value()]
    assert field.figure.text() == str(said[-1])


def test_a_slider_that_is_put_back_while_it_is_dragged_goes_back_when_it_is_let_go(
    qtbot: QtBot,
) -> None:
    field = FigureSlider("copies", 1, 100, str)
    qtbot.addWidget(field)
    field.show_value(30)
    field.slider.valueChanged.connect(lambda _: field.show_value(30))
    qtbot.mousePress(field.slider, Qt.MouseButton.LeftButton, pos=QPoint(50, 9))
    assert field.slider.value() != 30, "it stays under the pointer"
    qtbot.mouseRelease(field.slider, Qt.MouseButton.LeftButton, pos=QPoint(50, 9))
    assert (field.slider.value(), field.figure.text()) == (30, "30")


def test_a_name_that_is_proposed_is_no_longer_than_a_file_may_have(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    ask_to_save(window, "Export", f"{'ş' * 250}.ipynb", lambda _: None)
    dialog = find(window, QFileDialog, "export_dialog")
    assert find(dialog, QLineEdit, "fileNameEdit").text() == f"{'ş' * 100}.ipynb"
    dialog.close()


def test_the_arrow_keys_go_on_from_the_value_that_is_shown(qtbot: QtBot) -> None:
    combo = NumberCombo("rate", (0.01, 0.03, 0.1, 0.3), 1e-9, 1e3)
    qtbot.addWidget(combo)
    combo.number.show_value(0.1)
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == "0.3"
    combo.number.show_value(0.05)
    assert (combo.currentText(), combo.currentIndex()) == ("0.05", -1)
