"""The form behind "More" shows what the chosen optimiser and schedule use, and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.widgets.fields import ChoiceCombo

NUMBERS = {
    *("momentum", "beta1", "beta2", "epsilon", "weight_decay"),
    *("schedule_every", "schedule_factor"),
}


def choose(combo: ChoiceCombo, text: str, qtbot: QtBot) -> None:
    """Choose an entry by how it begins."""
    combo.setFocus()
    qtbot.keyClicks(combo, text)
    assert combo.currentText() == text


def shown(bench: Workbench) -> set[str]:
    """Return the numbers that the form shows, each with its caption."""
    form = bench.bar.more
    captions = {label.buddy() for label in form.findChildren(QLabel) if label.isVisible()}
    fields = [edit for edit in form.findChildren(QLineEdit) if edit.isVisible()]
    assert captions >= set(fields)
    return {edit.objectName() for edit in fields} & NUMBERS


@pytest.mark.parametrize(
    ("optimiser", "numbers"),
    [
        ("SGD", set()),
        ("Momentum", {"momentum"}),
        ("RMSProp", {"beta2", "epsilon"}),
        ("Adam", {"beta1", "beta2", "epsilon"}),
        ("AdamW", {"beta1", "beta2", "epsilon", "weight_decay"}),
    ],
)
def test_an_optimisers_own_numbers_are_shown(
    bench: Workbench, qtbot: QtBot, optimiser: str, numbers: set[str]
) -> None:
    choose(bench.bar.optimiser, optimiser, qtbot)
    qtbot.mouseClick(bench.bar.more_button, Qt.MouseButton.LeftButton)
    assert shown(bench) == numbers
    bench.bar.more.close()


def test_a_schedules_own_numbers_come_with_it(bench: Workbench, qtbot: QtBot) -> None:
    qtbot.mouseClick(bench.bar.more_button, Qt.MouseButton.LeftButton)
    form, low = bench.bar.more, bench.bar.more.height()
    assert shown(bench) == set()
    choose(form.schedule, "Cosine", qtbot)
    assert shown(bench) == {"schedule_every"}
    qtbot.keyClick(form.schedule, Qt.Key.Key_Up)
    assert form.schedule.currentText() == "Steps"
    assert shown(bench) == {"schedule_every", "schedule_factor"}
    assert form.height() > low
    form.close()
