"""A folder: its table, its progress, pausing, cancelling, sorting, and the CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.folder_panel import LABEL, PICTURE, PROBABILITY
from gui.vision_tab.model_panel import TASKS
from gui.vision_tab.state import FolderEnded, Saved, VisionState
from gui.vision_tab.status import status_of
from gui.vision_tab.tab import VisionTab
from gui.vision_tab.vision_model import MOST_LOOKED_AT_AGAIN
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
from tests.vision.picture_files import encoded
from vision.networks.detector import DetectionResult
from vision.pictures.files import read_picture
from vision.pictures.pixels import resized
from vision.result import Task

pytestmark = pytest.mark.timeout(240)


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
    end = ended(tab)
    assert (end.name, end.done, end.failed, end.is_whole) == ("mixed", 9, 1, True)
    assert not tab.history_panel.isVisible()
    assert not tab.folder_panel.progress.isVisible()
    table, view = tab.folder_panel.table, tab.folder_panel.view
    labels = [table.index(row, LABEL).data() for row in range(9)]
    assert labels[:8] == ["espresso", "Egyptian cat"] * 4
    assert labels[8].startswith("This is no picture")
    # A name that is too long for its column is whole in the tip.
    tip = table.index(1, LABEL).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"Egyptian cat\n{folder / 'picture_001.png'}"
    view.sortByColumn(PICTURE, Qt.SortOrder.DescendingOrder)
    where = view.visualRect(view.model().index(0, LABEL)).center()
    with told(qtbot, tab.model.messages) as failed:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert "zz_broken.png" in failed[0]
    # The last picture that could be read was looked at.
    assert tab.title().startswith("picture_00")


def test_rows_are_sorted_by_a_click_and_shown_by_another(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    with folder_ends(qtbot, tab):
        tab.open_path(write_folder(tmp_path / "mixed"))
    view = tab.folder_panel.view
    header = view.horizontalHeader()
    where = QPoint(header.sectionViewportPosition(PROBABILITY) + 20, header.height() // 2)
    for _ in range(2):  # ascending, then descending
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    first = view.model().index(0, PICTURE)
    assert view.model().index(0, LABEL).data() == "espresso"
    with next_result(qtbot, tab):
        centre = view.visualRect(first).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert tab.model.state.result.name == first.data()
    # A picture that is gone is said, until another row is shown.
    (tmp_path / "mixed" / "picture_001.png").unlink()
    with told(qtbot, tab.model.messages) as failed:
        tab.model.look(1)
    assert failed[0].startswith("picture_001.png: there is no such file.")
    with next_result(qtbot, tab):
        tab.model.look(2)
    assert tab.model.messages.shown is None


def test_a_folder_can_be_held_continued_and_cancelled(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    panel = tab.folder_panel
    tab.open_path(write_folder(tmp_path / "many", count=120))
    qtbot.waitUntil(lambda: panel.table.rowCount() > 3)
    qtbot.mouseClick(panel.pause_button, Qt.MouseButton.LeftButton)
    assert panel.pause_button.text() == "Go on"
    counts: list[int] = []

    def rests() -> bool:
        """Tell whether no row came since the last looks."""
        counts.append(panel.table.rowCount())
        return len(counts) > 20 and counts[-1] == counts[-20]

    qtbot.waitUntil(rests)
    held = counts[-1]
    assert held < 121
    qtbot.mouseClick(panel.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.table.rowCount() > held + 2)
    with folder_ends(qtbot, tab):
        qtbot.mouseClick(panel.cancel_button, Qt.MouseButton.LeftButton)
    assert not ended(tab).is_whole
    assert panel.again_button.isVisible()
    assert panel.table.rowCount() == ended(tab).done < 121


def test_the_table_is_saved_as_csv(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    with folder_ends(qtbot, tab):
        tab.open_path(write_folder(tmp_path / "mixed", count=2))
    qtbot.mouseClick(tab.folder_panel.save_button, Qt.MouseButton.LeftButton)
    target = tmp_path / "out.csv"
    choose_file(qtbot, tab, "save_folder_dialog", target)
    qtbot.waitUntil(lambda: tab.status().sentence == "Saved out.csv.")
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label 1"] for row in rows] == ["espresso", "Egyptian cat", ""]
    assert rows[2]["error"]


def names_of(tab: VisionTab) -> set[str]:
    """Return what the table says of its pictures."""
    table = tab.folder_panel.table
    return {table.index(row, LABEL).data() for row in range(table.rowCount())}


def test_another_model_fills_the_table_of_a_small_folder_anew(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    (tmp_path / "cats").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "cats" / name).write_bytes(CHELSEA.read_bytes())
    with folder_ends(qtbot, tab):
        tab.open_path(tmp_path / "cats")
    with next_result(qtbot, tab):
        tab.model.look(0)
    assert names_of(tab) == {"Egyptian cat"}
    first = tab.model.state.event
    button = tab.model_panel.tasks.group.button(TASKS.index(Task.DETECTION))
    with next_model(qtbot, tab):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.model.state.event is not first)
    qtbot.waitUntil(lambda: isinstance(tab.model.state.event, FolderEnded))
    assert names_of(tab) == {"Cat"}
    across = Qt.Orientation.Horizontal
    assert tab.folder_panel.table.headerData(PROBABILITY, across) == "score"
    # The picture that was looked at stays, and is looked at by the other model too.
    shown = tab.model.state.result
    assert (shown.name, shown.model.task) == ("a.png", Task.DETECTION)
    assert not tab.folder_panel.again_button.isVisible()


def test_a_large_folder_is_run_again_by_a_click(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    (tmp_path / "cats").mkdir()
    small = encoded(".png", resized(read_picture(CHELSEA), (90, 60)))
    for number in range(MOST_LOOKED_AT_AGAIN + 1):
        (tmp_path / "cats" / f"{number}.png").write_bytes(small)
    with folder_ends(qtbot, tab):
        tab.open_path(tmp_path / "cats")
    before, panel = names_of(tab), tab.folder_panel
    count = find(panel, QLabel, "folder_count")
    with next_model(qtbot, tab):
        tab.model.choose_task(Task.DETECTION)
    # Its rows say whose they are, and a picture that is looked at is not shown by their words.
    qtbot.waitUntil(panel.again_button.isVisible)
    assert names_of(tab) == before
    assert "EfficientNet-Lite0" in count.text()
    with next_result(qtbot, tab):
        tab.model.look(1)
    assert isinstance(tab.model.state.result.result, DetectionResult)
    first = tab.model.state.event
    qtbot.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: (
            isinstance(tab.model.state.event, FolderEnded) and tab.model.state.event is not first
        )
    )
    assert names_of(tab) == {"Cat"}
    assert not panel.again_button.isVisible()
    assert "EfficientNet-Lite0" not in count.text()


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
        (Saved("a", pictures=1), "Saved 1 crop in a."),
        (Saved("a.csv", rows=1), "Saved a.csv with 1 row."),
        (Saved("a.csv", rows=2), "Saved a.csv with 2 rows."),
    ],
)
def test_one_picture_is_no_pictures(event: FolderEnded | Saved, said: str) -> None:
    assert status_of(VisionState(event=event)).sentence == said
