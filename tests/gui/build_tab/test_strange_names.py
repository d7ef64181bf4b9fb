"""Names of columns and classes that look like markup, or are long, stay what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from model.experiment import CsvData
from model.places import UnitAt
from tests.gui.finding import find

pytestmark = pytest.mark.usefixtures("dressed")

BOLD, LONG, KEY = "<b>bold</b>", "a name that is longer than any panel is wide " * 3, "&File"
CLASSES = ("<i>yes</i>", "{0} & no")


@pytest.fixture
def learned(bench: Workbench, tmp_path: Path) -> Workbench:
    """Return the workbench with a table of such names, and the form for own values open."""
    lines = [f'"{BOLD}","{LONG}","{KEY}","kind"']
    lines += [f'{row % 5},{row % 3},{row % 2},"{CLASSES[row % 2]}"' for row in range(30)]
    path = tmp_path / "names.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    bench.model.choose_data(CsvData(str(path)))
    bench.model.choose_row(1)
    bench.model.choose_unit(UnitAt(0, 0))
    return bench


def read_as_markup(root: QWidget) -> list[str]:
    """Return what visible labels would show of a name as markup."""
    return [
        label.text()
        for label in root.findChildren(QLabel)
        if label.isVisible()
        and any(name in label.text() for name in (BOLD, *CLASSES))
        and label.textFormat() is not Qt.TextFormat.PlainText
    ]


def test_a_name_is_never_read_as_markup(learned: Workbench, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(learned, QToolButton, "probe_toggle"), Qt.MouseButton.LeftButton)
    assert BOLD in find(learned, QLabel, "data_facts").text()
    assert read_as_markup(learned.window()) == []
    texts = [label.text() for label in learned.output.probe.findChildren(QLabel)]
    assert "&&File" in texts, "an underlined F would be a key"
    learned.model.open_microscope()
    qtbot.waitUntil(learned.microscope.isVisible)
    assert read_as_markup(learned.window()) == []


def test_a_long_name_makes_no_panel_wider_than_its_place(learned: Workbench, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(learned, QToolButton, "probe_toggle"), Qt.MouseButton.LeftButton)
    (place,) = learned.output.findChildren(QScrollArea)
    assert learned.output.unit.isVisible()
    assert place.widget().width() <= place.viewport().width()
    learned.model.open_microscope()
    qtbot.waitUntil(learned.microscope.isVisible)
    sheet = learned.microscope.sheet
    assert sheet.widget().width() <= sheet.viewport().width()
