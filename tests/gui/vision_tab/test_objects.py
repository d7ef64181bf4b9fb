"""Where is it, and cut out: the task, the objects, the limits, the crops, the mask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QRadioButton,
    QSlider,
)
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS, choose_language
from gui.vision_tab.model_registry import OWN
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    folder_ends,
    next_result,
    refused_model,
)
from tests.gui.vision_tab.test_folder import choose_file
from tests.vision.finders import corners_model
from tests.vision.onnx_models import linear_classifier
from vision.detections import Limits
from vision.engine import LOADS
from vision.networks.detector import DetectionResult
from vision.pictures.files import read_picture, write_picture
from vision.result import Task

ASTRONAUT = ASSETS / "images" / "astronaut.png"
DETECTOR = ASSETS / "models" / "ssd_mobilenet_v2_oid.onnx"


def click(qtbot: QtBot, tab: VisionTab, name: str) -> None:
    """Click a button of the tab."""
    qtbot.mouseClick(find(tab, QAbstractButton, name), Qt.MouseButton.LeftButton)


@contextmanager
def next_task(qtbot: QtBot, tab: VisionTab, task: Task) -> Iterator[None]:
    """Wait until the picture on show was looked at for another task."""
    yield

    def is_there() -> bool:
        shown = tab.model.state.result
        return shown is not None and shown.model.task is task

    qtbot.waitUntil(is_there)


@pytest.fixture
def found(qtbot: QtBot, tab: VisionTab, classify: Classify) -> VisionTab:
    """Return a tab that shows where the coffee cup is."""
    classify(COFFEE)
    with next_task(qtbot, tab, Task.DETECTION):
        click(qtbot, tab, "task_detection")
    return tab


def lines(tab: VisionTab) -> list[str]:
    """Return what the list of objects says."""
    model = find(tab, QListView, "objects_list").model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def move(slider: QSlider, value: int) -> None:
    """Move a slider as its keys do, in one go."""
    slider.setFocus()
    slider.setValue(value)


def test_the_task_changes_with_a_click(qtbot: QtBot, found: VisionTab) -> None:
    assert found.objects.isVisible()
    assert not found.top_k.isVisible()
    assert lines(found) == ["Coffee cup 55.5%"]
    assert find(found, QLabel, "objects_count").text() == "1 of 1 shown"
    summary = find(found, QLabel, "objects_summary").text()
    assert summary.startswith("1\xa0917 boxes proposed, ")
    assert summary.endswith("21 over the score, 20 dropped by overlap.")
    assert found.status().sentence == "coffee.png: 1 object, coffee cup."
    assert found.stage.view.accessibleDescription() == "Coffee cup 55.5%"
    assert not found.model.state.source.can_explain
    with next_task(qtbot, found, Task.CLASSIFICATION):
        click(qtbot, found, "task_classification")
    assert found.top_k.isVisible()
    assert found.top_k.bars.rows[0][0] == "espresso"


def test_limits_act_at_once_and_compute_nothing_anew(qtbot: QtBot, found: VisionTab) -> None:
    before, loads = found.model.state.result, LOADS.count
    picture = found.stage.view.grab().toImage()
    click(qtbot, found, "objects_dropped")
    assert found.stage.view.grab().toImage() != picture
    assert find(found, QAbstractButton, "objects_dropped").text() == "Hide what overlap dropped"
    click(qtbot, found, "objects_dropped")
    assert not found.model.state.objects.shows_dropped
    move(found.objects.overlap_slider, 100)
    assert len(lines(found)) == 21
    move(found.objects.score_slider, 60)
    assert lines(found) == []
    assert "Nothing reaches this score" in find(found, QLabel, "objects_empty").text()
    move(found.objects.score_slider, 5)
    assert len(lines(found)) > 60
    assert found.model.state.result is before
    assert loads == LOADS.count
    # The next picture keeps what was set.
    move(found.objects.overlap_slider, 89)
    with next_result(qtbot, found):
        found.open_path(CHELSEA)
    shown = found.model.state.result.result
    assert isinstance(shown, DetectionResult)
    assert shown.selection.limits == Limits(0.05, 0.89)


def test_the_pointer_lights_the_box_and_its_line(qtbot: QtBot, found: VisionTab) -> None:
    view = found.stage.view
    rect = view.picture_rect()
    qtbot.mouseMove(view, rect.center().toPoint())
    qtbot.waitUntil(lambda: found.model.state.objects.lit == 0)
    qtbot.mouseMove(view, QPoint(round(rect.left()) + 3, round(rect.bottom()) - 3))
    qtbot.waitUntil(lambda: found.model.state.objects.lit is None)
    listed = find(found, QListView, "objects_list")
    where = listed.visualRect(listed.model().index(0, 0)).center()
    qtbot.mouseMove(listed.viewport(), where)
    qtbot.waitUntil(lambda: found.model.state.objects.lit == 0)


def test_objects_are_filtered_by_name(qtbot: QtBot, qapp: QApplication, found: VisionTab) -> None:
    with next_result(qtbot, found):
        found.open_path(ASTRONAUT)
    move(found.objects.score_slider, 10)
    move(found.objects.overlap_slider, 90)
    everything = lines(found)
    assert {line.rpartition(" ")[0] for line in everything} >= {"Person", "Bottle"}
    edit = find(found, QLineEdit, "objects_filter")
    qtbot.keyClicks(edit, "bott")
    some = lines(found)
    assert some == [line for line in everything if line.startswith("Bottle")]
    assert find(found, QLabel, "objects_count").text().startswith(f"{len(some)} of ")
    qtbot.keyClicks(edit, "xyz")
    assert "bottxyz" in find(found, QLabel, "objects_empty").text()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    assert lines(found) == everything
    choose_language(qapp, "tr")
    edit.insert("KİŞİ")
    assert {line.rpartition(" ")[0] for line in lines(found)} == {"Kişi"}


def test_crops_are_written_into_folders_of_their_names(
    qtbot: QtBot, qapp: QApplication, found: VisionTab, tmp_path: Path
) -> None:
    click(qtbot, found, "objects_save_crops")
    choose_file(qtbot, found, "crops_dialog", tmp_path)
    qtbot.waitUntil(lambda: found.status().sentence == f"Saved 1 crop in {tmp_path.name}.")
    crop = read_picture(tmp_path / "Coffee cup" / "coffee-1.png")
    assert np.array_equal(crop, read_picture(COFFEE)[22:324, 173:420])
    choose_language(qapp, "tr")
    found.model.save_crops(tmp_path)
    choose_language(qapp, "en")
    qtbot.waitUntil(lambda: found.model.exports.is_idle)
    assert (tmp_path / "Kahve fincanı" / "coffee-1.png").is_file()


def test_history_and_its_table_say_what_was_found(
    qtbot: QtBot, found: VisionTab, tmp_path: Path
) -> None:
    with next_result(qtbot, found):
        found.open_path(CHELSEA)
    entry = found.model.state.history[0]
    assert (entry.label, entry.objects, entry.task) == ("Cat", 1, Task.DETECTION)
    assert entry.is_sure(1.0)
    found.model.save_history(tmp_path / "history.csv")
    assert "Cat,0.85" in (tmp_path / "history.csv").read_text(encoding="utf-8")
    with next_task(qtbot, found, Task.MASK):
        click(qtbot, found, "task_mask")
    entries = found.history_panel.list.model()
    assert [entries.index(row, 0).data() for row in range(2)] == ["cut out", "Cat"]


def test_a_detector_of_ones_own_turns_the_task_and_can_be_read_otherwise(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    own, other = tmp_path / "mine.onnx", tmp_path / "other.onnx"
    own.write_bytes(DETECTOR.read_bytes())
    other.write_bytes(linear_classifier(classes=4)[0])
    with next_task(qtbot, tab, Task.DETECTION):
        tab.model.open_paths([own])
    assert find(tab, QAbstractButton, "task_detection").isChecked()
    assert find(tab, QRadioButton, f"model_{OWN}").isChecked()
    card, box = tab.model_panel.card_text, find(tab, QComboBox, "model_read_as")
    assert "1917 boxes are as many as the anchors of an SSD of 300 x 300" in card.text()
    box.setFocus()
    with refused_model(qtbot, tab):
        qtbot.keyClicks(box, "y")
    assert box.currentText() == "YOLOX"
    assert "“mine” cannot be read in this way" in card.text()
    assert "It is read as before" in card.text()
    box.setFocus()
    with next_task(qtbot, tab, Task.DETECTION):
        qtbot.keyClicks(box, "r")
    assert lines(tab) == ["class 13 55.5%"]
    with next_task(qtbot, tab, Task.CLASSIFICATION):
        tab.model.open_paths([other])
    assert find(tab, QAbstractButton, "task_classification").isChecked()


def test_a_folder_has_the_share_of_each_picture_that_is_cut_out(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(ASTRONAUT)
    with next_task(qtbot, tab, Task.MASK):
        click(qtbot, tab, "task_mask")
    write_picture(tmp_path / "a.png", read_picture(ASTRONAUT))
    write_picture(tmp_path / "b.png", np.zeros((60, 80, 3), np.uint8))
    with folder_ends(qtbot, tab):
        tab.open_path(tmp_path)
    view = tab.folder_panel.view
    model = view.model()
    seen = [column for column in range(model.columnCount()) if not view.isColumnHidden(column)]
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in seen]
    assert heads == ["No.", "picture", "share of picture", "forward, ms"]
    assert [model.index(row, 2).data() for row in range(2)] == ["54.5%", "nobody found"]
    view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert model.index(0, 2).data() == "nobody found"


def test_it_is_said_that_only_the_best_of_very_many_boxes_are_looked_at(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    many = tmp_path / "many.onnx"
    many.write_bytes(corners_model(1500))
    with next_result(qtbot, tab):
        tab.open_path(many)
    said = find(tab, QLabel, "objects_summary").text()
    assert said.startswith(
        "1\xa0500 boxes proposed. Of those over the score, only the best 1\xa0000 are looked at; "
    )
