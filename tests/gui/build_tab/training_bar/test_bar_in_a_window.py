"""The training bar stays whole in a window of any width, whichever width it had before."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.training_bar import TrainingBar
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.widgets.fields import NumberEdit
from gui.window import GlassnetWindow
from model.experiment import GateData, TableData
from tests.gui.build_tab.looking import resize
from tests.gui.finding import find
from tests.tiers import thorough


def faults_of(bar: TrainingBar) -> list[str]:
    """Name what is narrower than its text, and what runs into its neighbour or over the edge."""
    buttons = (bar.reset_button, bar.step_button, bar.train_button)
    faults = [b.objectName() for b in buttons if b.width() < b.sizeHint().width()]
    shown = [
        child.geometry()
        for child in bar.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    shown.sort(key=lambda place: place.x())
    for left, right in itertools.pairwise(shown):
        if left.right() >= right.left():
            faults.append(f"{left} over {right}")
    if shown[-1].right() >= bar.width():
        faults.append(f"{shown[-1]} outside")
    return faults


pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("language", [thorough("en"), "tr"])
@pytest.mark.parametrize("before", [1024, thorough(1279), thorough(1500)])
def test_the_bar_is_whole_at_every_width_from_either_side(
    window: GlassnetWindow,
    bench: Workbench,
    qtbot: QtBot,
    language: str,
    before: int,
    qapp: QApplication,
) -> None:
    choose_language(qapp, language)
    for width in (1024, 1100, 1200, 1274, *range(1279, 1330, 7), 1360, 1440, 1500):
        for width_px in (before, width):
            resize(window, qtbot, width_px, 900)
        assert faults_of(bench.bar) == [], f"{width} after {before}"


def test_a_recipe_is_in_the_bar_of_a_usual_laptop(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot, language: str
) -> None:
    bench.model.choose_data(TableData("symptoms"))
    for width in (1280, 1366, 1400, 1440, 1536):
        resize(window, qtbot, width, 768)
        assert bench.bar.version.isVisible()
        assert faults_of(bench.bar) == [], width
    resize(window, qtbot, 1366, 768)
    bench.model.choose_data(GateData("parity", 3))
    assert bench.bar.initialiser.isVisible()
    assert not bench.bar.version.isVisible()
    assert faults_of(bench.bar) == []


def test_undo_takes_back_what_was_entered_in_the_field_that_has_the_keyboard(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot
) -> None:
    seed = find(bench.bar, NumberEdit, "seed")
    document, control = window.document, Qt.KeyboardModifier.ControlModifier
    before = document.experiment
    seed.setFocus()
    seed.selectAll()
    qtbot.keyClicks(seed, "7")
    qtbot.keyClick(seed, Qt.Key.Key_Z, control)  # the letter, not the step before
    assert (seed.text(), document.experiment) == ("0", before)
    seed.selectAll()
    qtbot.keyClicks(seed, "7")
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    after = document.experiment
    assert after.seed == 7
    qtbot.keyClick(seed, Qt.Key.Key_Z, control)
    assert document.experiment == before
    assert seed.text() == "0"
    qtbot.keyClick(seed, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert document.experiment == after
