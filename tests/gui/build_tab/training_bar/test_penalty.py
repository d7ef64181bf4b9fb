"""The strength of a penalty, beside the choice of the penalty."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import PlaneData
from tests.gui.build_tab.looking import resize
from tests.gui.build_tab.training_bar.test_bar_in_a_window import faults_of
from tests.gui.finding import find

pytestmark = pytest.mark.usefixtures("dressed")


def choose(bench: Workbench, qtbot: QtBot, name: str, text: str) -> None:
    """Choose an entry of a list in the bar by the keyboard."""
    combo = find(bench, QComboBox, name)
    combo.setFocus()
    steps = combo.findText(text) - combo.currentIndex()
    for _ in range(abs(steps)):
        qtbot.keyClick(combo, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


def penalties(bench: Workbench) -> tuple[float, float]:
    """Return L1 and L2 of the experiment."""
    training = bench.model.document.experiment.training
    return training.l1, training.l2


def test_the_strength_stands_beside_the_penalty_and_stays_when_that_is_changed(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot
) -> None:
    resize(window, qtbot, 1440, 900)
    bench.model.choose_data(PlaneData("circle"))
    strength = find(bench, QComboBox, "penalty")
    assert not strength.isVisible()
    choose(bench, qtbot, "regularisation", "L2")
    assert strength.isVisible()
    choose(bench, qtbot, "penalty", "0.03")
    assert penalties(bench) == (0.0, 0.03)
    choose(bench, qtbot, "regularisation", "L1")
    assert penalties(bench) == (0.03, 0.0)
    assert strength.currentText() == "0.03"
    choose(bench, qtbot, "regularisation", "L1 + L2")
    assert penalties(bench) == (0.03, 0.03)
    choose(bench, qtbot, "penalty", "0.1")
    bench.model.document.undo_stack.undo()
    assert penalties(bench) == (0.03, 0.03)
    assert strength.currentText() == "0.03"
    choose(bench, qtbot, "regularisation", "None")
    assert penalties(bench) == (0.0, 0.0)
    assert not strength.isVisible()


def test_a_strength_of_zero_is_no_penalty_and_the_keyboard_stays_at_the_choice(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot
) -> None:
    resize(window, qtbot, 1440, 900)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bench.model.choose_data(PlaneData("circle"))
    choose(bench, qtbot, "regularisation", "L2")
    strength = find(bench, QComboBox, "penalty")
    field = strength.lineEdit()
    assert field is not None
    strength.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert penalties(bench) == (0.0, 0.0)
    assert not strength.isVisible()
    choice = find(bench, QComboBox, "regularisation")
    assert choice.currentText() == "None"
    assert choice.hasFocus()


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_bar_is_whole_with_the_strength_in_it(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot, language: str
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    choose_language(app, language)
    strength = find(bench, QComboBox, "penalty")
    for data, width, is_shown in (
        (PlaneData("circle"), 1024, False),
        (PlaneData("circle"), 1330, True),
        (PlaneData("circle"), 1440, True),
        (PlaneData("quadrants"), 1440, False),
        (PlaneData("quadrants"), 1520, True),
        (PlaneData("quadrants"), 1700, True),
    ):
        bench.model.choose_data(data)
        bench.model.set_training(replace(bench.model.state.experiment.training, l1=0.01), "L1")
        resize(window, qtbot, width, 900)
        assert strength.isVisible() == is_shown, width
        assert faults_of(bench.bar) == [], width
