"""A network trained in Build names pictures in Vision, by one click."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QRadioButton
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.document import ExperimentDocument
from gui.settings import choose_language
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.data.tables import load_table
from model.defaults import default_experiment
from model.experiment import TableData
from tests.gui.build_tab.runs_seen import run_ends
from tests.gui.finding import find
from tests.gui.told import told
from tests.gui.vision_tab.conftest import next_result

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> GlassnetWindow:
    """Return the window with Build in front, showing Digits."""
    choose_language(qapp, "en")
    window = GlassnetWindow(ExperimentDocument(default_experiment(TableData("digits"), seed=1)))
    qtbot.addWidget(
        window, before_close_func=lambda w: qtbot.waitUntil(lambda: _closed(w), timeout=10_000)
    )
    window.show()
    return window


def _closed(window: GlassnetWindow) -> bool:
    window.document.undo_stack.setClean()
    window.document.load(default_experiment(), None)
    window.close()
    return not window.isVisible()


def build(window: GlassnetWindow) -> BuildTab:
    tab = window.build_tab
    tab.show_all_panels()
    return tab


def train(qtbot: QtBot, tab: BuildTab) -> None:
    tab.model.set_speed(None)
    with run_ends(qtbot, tab.model, 60_000):
        tab.model.train()


def use_in_vision(qtbot: QtBot, window: GlassnetWindow, name: str) -> VisionTab:
    """Choose the menu's entry, and wait until the network is loaded."""
    action = find(window, QAction, name)
    tab = window.vision_tab
    action.trigger()
    assert window.pages.currentWidget() is tab

    def is_used() -> bool:
        report = tab.model.worker.session.current
        wanted = tab.model.registry.chosen
        return report is not None and report.choice == wanted and wanted.key == "build"

    qtbot.waitUntil(lambda: is_used() and not tab.model.worker.is_busy, timeout=20_000)
    return tab


def write_digit(path: Path, row: int) -> np.ndarray:
    """Write a digit of the table as a large picture; return its 64 numbers."""
    ink = load_table("digits").x[row]
    picture = np.round(ink.reshape(8, 8) * 255 / 16).astype(np.uint8)
    large = cv2.resize(picture, (160, 160), interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(str(path), large)
    return ink


def test_digits_trained_in_build_are_named_in_vision(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, qapp: QApplication
) -> None:
    tab = build(window)
    train(qtbot, tab)
    seen = use_in_vision(qtbot, window, "export_vision")
    radios = seen.findChildren(QRadioButton, "model_build")
    assert [radio.isChecked() for radio in radios if radio.isVisible()] == [True]
    right = 0
    for row in range(20):
        path = tmp_path / f"{row}.png"
        write_digit(path, row)
        with next_result(qtbot, seen):
            seen.open_path(path)
        reading = seen.model.state.result
        assert reading.preprocessing.size_wh == (8, 8)
        assert reading.preprocessing.channels == 1
        # The table's first rows are 0 to 9, twice over.
        right += reading.result.best.label == str(row % 10)
    assert right >= 19
    # The row follows the language, long after it was made.
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: "10 sınıf" in row_texts(seen) and "Kur’dan" in row_texts(seen))


def row_texts(tab: VisionTab) -> list[str]:
    """Return every label of the list of models."""
    return [label.text() for label in tab.model_panel.findChildren(QLabel)]


def test_a_network_without_pictures_stays_and_the_reason_is_said(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    tab = build(window)
    window.document.load(default_experiment(), None)
    action = find(window, QAction, "export_vision")
    with told(qtbot, tab.model.messages) as said:
        action.trigger()
    assert "does not learn from pictures" in said[0]
    assert window.pages.currentWidget() is tab
