"""A folder: its table, its progress, pausing, cancelling, sorting, and the CSV."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.folder_panel import LABEL, PROBABILITY
from gui.vision_tab.model_panel import TASKS
from gui.vision_tab.state import FolderEnded, VisionState
from gui.vision_tab.status import status_of
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.told import told
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    ended,
    folder_ends,
    next_model,
    next_result,
)
from tests.gui.vision_tab.media import write_folder
from tests.gui.vision_tab.test_picture import drop
from vision.networks.detector import DetectionResult
from vision.result import Task


def choose_file(qtbot: QtBot, tab: VisionTab, name: str, path: Path) -> None:
    """Paste a path into the open file dialog and accept it."""
    dialog = next(found for found in tab.findChildren(QFileDialog, name) if found.isVisible())
    field = dialog.findChild(QLineEdit)
    field.selectAll()
    # Typed letter by letter, the folders on the way would turn Save into Open.
    QGuiApplication.clipboard().setText(str(path))
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    button = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(button.buttons()[0], Qt.MouseButton.LeftButton)


def test_a_dropped_folder_fills_the_table(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mixed")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    with folder_ends(qtbot, tab):
        drop(tab, mime)
        can_explain = [tab.model.state.source.can_explain]
    end = ended(tab)
    can_explain.append(tab.model.state.source.can_explain)
    assert can_explain == [False, True]
    assert (end.name, end.done, end.failed, end.is_whole) == ("mixed", 9, 1, True)
    assert not tab.history_panel.isVisible()
    assert not tab.folder_panel.progress.isVisible()
    table = tab.folder_panel.table
    labels = [table.index(row, LABEL).data() for row in range(9)]
    assert labels[:8] == ["espresso", "Egyptian cat"] * 4
    assert labels[8].startswith("This is no picture")
    # A name that is too long for its column is whole in the tip.
    tip = table.index(1, LABEL).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"Egyptian cat\n{folder / 'picture_001.png'}"
    # The last picture that could be read was looked at.
    assert tab.title().startswith("picture_00")


def test_a_picture_that_is_gone_is_said_until_another_row_is_shown(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    with folder_ends(qtbot, tab):
        tab.open_path(write_folder(tmp_path / "mixed", count=4))
    (tmp_path / "mixed" / "picture_001.png").unlink()
    with told(qtbot, tab.model.messages) as failed:
        tab.model.show_folder_row(1)
    assert failed[0].startswith("picture_001.png: there is no such file.")
    with next_result(qtbot, tab):
        tab.model.show_folder_row(2)
    assert tab.model.messages.shown is None


def names_of(tab: VisionTab) -> set[str]:
    """Return what the table says of its pictures."""
    table = tab.folder_panel.table
    return {table.index(row, LABEL).data() for row in range(table.rowCount())}


def test_another_model_looks_at_the_folder_again_by_a_click(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    (tmp_path / "cats").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "cats" / name).write_bytes(CHELSEA.read_bytes())
    with folder_ends(qtbot, tab):
        tab.open_path(tmp_path / "cats")
    panel = tab.folder_panel
    count = find(panel, QLabel, "folder_count")
    button = tab.model_panel.tasks.group.button(TASKS.index(Task.DETECTION))
    with next_model(qtbot, tab):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    # Its rows say whose they are, and a picture that is looked at is not shown by their words.
    qtbot.waitUntil(panel.again_button.isVisible)
    assert names_of(tab) == {"Egyptian cat"}
    assert "EfficientNet-Lite0" in count.text()
    with next_result(qtbot, tab):
        tab.model.show_folder_row(1)
    assert isinstance(tab.model.state.result.result, DetectionResult)
    first = tab.model.state.event
    qtbot.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.model.state.event is not first)
    qtbot.waitUntil(lambda: isinstance(tab.model.state.event, FolderEnded))
    assert names_of(tab) == {"Cat"}
    assert panel.table.headerData(PROBABILITY, Qt.Orientation.Horizontal) == "score"
    assert not panel.again_button.isVisible()
    assert "EfficientNet-Lite0" not in count.text()
    # The picture that was looked at stays.
    assert tab.model.state.result.name == "b.png"


def test_an_empty_folder_is_said(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with told(qtbot, tab.model.messages) as failed:
        tab.open_path(empty)
    assert "holds no picture" in failed[0]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (FolderEnded("a", 1, 0, True), "a: 1 picture classified."),
        (FolderEnded("a", 2, 0, True), "a: 2 pictures classified."),
        (FolderEnded("a", 3, 2, True), "a: 1 picture classified, 2 not readable."),
        (FolderEnded("a", 1, 0, True, Task.DETECTION), "a: 1 picture looked at."),
        (FolderEnded("a", 2, 1, True, Task.MASK), "a: 1 picture looked at, 1 not readable."),
        (FolderEnded("a", 1, 0, False), "a: stopped after 1 picture."),
    ],
)
def test_one_picture_is_no_pictures(event: FolderEnded, said: str) -> None:
    assert status_of(VisionState(event=event)).sentence == said
