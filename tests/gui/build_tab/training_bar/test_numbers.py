"""Numbers that are typed into the bar: what is taken, and what is said of what is not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from tests.gui.finding import find


def enter(bench: Workbench, qtbot: QtBot, name: str, text: str) -> QLineEdit:
    """Type a text in the place of what a field holds, and press Enter."""
    field = find(bench, QLineEdit, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    return field


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("learning_rate_text", "-1", "“-1” is no number from 0 to 1\u00a0000. It stays 0.5."),
        ("learning_rate_text", "fast", "“fast” is no number from 0 to 1\u00a0000. It stays 0.5."),
        (
            "seed",
            "1.5",
            "“1.5” is no whole number from 0 to 2\u00a0147\u00a0483\u00a0647. It stays 0.",
        ),
        ("layer_0_units", "0", "“0” is no whole number from 1 to 1\u00a0024. It stays 4."),
    ],
)
def test_a_number_that_is_not_taken_is_answered(
    bench: Workbench, qtbot: QtBot, name: str, text: str, said: str
) -> None:
    before = bench.model.document.experiment
    enter(bench, qtbot, name, text)
    message = bench.model.messages.shown
    assert message is not None
    assert message.sentence() == said
    assert bench.model.document.experiment is before


def test_a_rate_of_0_is_taken(bench: Workbench, qtbot: QtBot) -> None:
    enter(bench, qtbot, "learning_rate_text", "0")
    assert bench.model.document.experiment.training.learning_rate == 0.0


def test_a_field_that_is_emptied_and_left_has_its_number_again(
    bench: Workbench, qtbot: QtBot
) -> None:
    field = find(bench, QLineEdit, "learning_rate_text")
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: field.text() == "0.5")
    assert bench.model.messages.shown is None
