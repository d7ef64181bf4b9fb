"""Pictures and tables written by Vision."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.exports import SnapshotOptions
from gui.vision_tab.tab import VisionTab
from tests.gui.told import failures, sentences, told
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    next_model,
    next_result,
)
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_folder import choose_file
from tests.gui.vision_tab.test_streams import processed
from vision.classification import ClassificationResult
from vision.drawing import Wording, draw_as_app, draw_as_tutorial
from vision.pictures.files import read_picture
from vision.result import Task


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_snapshots_are_written_as_shown_in_the_language_in_use_and_as_the_tutorial_does(
    qtbot: QtBot,
    qapp: QApplication,
    tab: VisionTab,
    classify: Classify,
    tmp_path: Path,
) -> None:
    choose_language(qapp, "tr")
    classify(CHELSEA)
    shown = tab.model.state.result
    tab.model.set_threshold(0.9)
    for style in ("app", "tutorial"):
        tab.model.save_snapshot(tmp_path / f"{style}.png", shown, style)
    qtbot.waitUntil(lambda: tab.model.exports.is_idle)
    choose_language(qapp, "en")
    wording = Wording(lambda _: "Mısır mau", lambda _: "%40,4", "emin değil")
    assert isinstance(shown.result, ClassificationResult)
    plain = read_picture(CHELSEA)
    drawn = draw_as_app(plain, shown.result, 0.9, wording)
    assert np.array_equal(read_picture(tmp_path / "app.png"), drawn)
    drawn = draw_as_tutorial(plain, shown.result)
    assert np.array_equal(read_picture(tmp_path / "tutorial.png"), drawn)


def test_what_comes_from_no_file_gets_a_name_that_a_file_can_have(
    qtbot: QtBot, tab: VisionTab
) -> None:
    image = QImage(320, 240, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.gray)
    with next_result(qtbot, tab):
        tab.model.open_image(image, "http://192.168.1.5:8080/ 12")
    tab.source_bar.save_snapshot("app")
    assert offered(tab, "save_snapshot_dialog") == "http 192.168.1.5 8080 12-app.png"
    with next_model(qtbot, tab), next_result(qtbot, tab):
        tab.model.choose_task(Task.MASK)
    qtbot.mouseClick(tab.cut.save_button, Qt.MouseButton.LeftButton)
    assert offered(tab, "cut_dialog") == "http 192.168.1.5 8080 12-cut.png"


def offered(tab: VisionTab, name: str) -> str:
    """Return the file name that an open dialog proposes, and close it."""
    dialog = next(found for found in tab.findChildren(QFileDialog, name) if found.isVisible())
    field = dialog.findChild(QLineEdit)
    dialog.reject()
    return field.text()


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let no file become longer, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_recording_that_finds_no_room_ends_and_the_video_goes_on(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    clip = write_video(tmp_path / "clip.avi", frames=400, fps=100)
    tab.open_path(clip)
    qtbot.waitUntil(lambda: processed(tab) > 1)
    target = tmp_path / "frames.csv"
    with told(qtbot, tab.model.messages) as failed, files_no_longer_than(600):
        tab.model.record(target)
        qtbot.waitUntil(lambda: not tab.model.exports.is_recording)
    assert "frames.csv: the file cannot be written" in failed[0]
    assert not tab.source_bar.record_button.isChecked()
    assert not target.exists()
    seen = processed(tab)
    qtbot.waitUntil(lambda: processed(tab) > seen)


def test_a_recording_is_put_in_place_when_the_window_closes(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    qtbot.mouseClick(tab.source_bar.record_button, Qt.MouseButton.LeftButton)
    target = tmp_path / "frames.csv"
    choose_file(qtbot, tab, "record_dialog", target)
    classify(COFFEE)
    qtbot.waitUntil(tab.request_close)
    tab.closed()
    assert [row["label"] for row in rows_of(target)] == ["espresso"]


def test_a_picture_that_cannot_be_written_is_said_and_the_next_one_is_written(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    with told(qtbot, tab.model.messages) as failed:
        tab.model.record(tmp_path / "missing" / "frames.csv")
    assert "cannot be written" in failed[0]
    assert not tab.model.exports.is_recording
    classify(COFFEE)
    reading = tab.model.state.result
    errors, said = failures(tab.model.messages), sentences(tab)
    for place in (tmp_path / "missing" / "shot.png", tmp_path, tmp_path / "shot.png"):
        tab.model.exports.save_snapshot(place, reading, SnapshotOptions("app", 0.3))
    # The window does not close before all is written.
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close)
    assert said[-1] == "Saved shot.png."
    assert tab.model.messages.shown is None
    assert "there is no such folder" in errors[0]
    assert "it is a folder" in errors[1]
    assert read_picture(tmp_path / "shot.png").shape == reading.picture.shape
    assert list(tmp_path.iterdir()) == [tmp_path / "shot.png"]
