"""What was shown is let go of at once: garbage is never collected in these tests."""

from __future__ import annotations

import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.vision_tab.state import VisionState
from gui.vision_tab.tab import VisionTab
from tests.gui.told import told
from tests.gui.vision_tab.conftest import (
    COFFEE,
    PATIENT_MS,
    Classify,
    click_entry,
    folder_ends,
    next_result,
    refused_model,
)
from tests.gui.vision_tab.media import write_folder, write_video
from tests.gui.vision_tab.test_picture import drop
from tests.vision.onnx_models import linear_classifier
from vision.jobs.history import MAX_PIXEL_BYTES
from vision.jobs.session import PictureResult
from vision.jobs.stream_job import ShownFrame


@pytest.fixture
def readings(tab: VisionTab) -> list[weakref.ref[PictureResult]]:
    """Return a list that fills with what is shown, holding none of it."""
    seen: list[weakref.ref[PictureResult]] = []

    def note(state: VisionState) -> None:
        if state.result is not None and (not seen or seen[-1]() is not state.result):
            seen.append(weakref.ref(state.result))

    tab.model.state_changed.connect(note)
    return seen


def drop_files(tab: VisionTab, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop(tab, mime)


def wait_for_rest(qtbot: QtBot, tab: VisionTab) -> None:
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)


def test_a_folder_is_let_go_of(
    qtbot: QtBot, tab: VisionTab, readings: list[weakref.ref[PictureResult]], tmp_path: Path
) -> None:
    with folder_ends(qtbot, tab):
        drop_files(tab, write_folder(tmp_path / "folder"))
    drop_files(tab, COFFEE)
    qtbot.waitUntil(lambda: bool(len(tab.model.state.history)))
    wait_for_rest(qtbot, tab)
    assert len(readings) >= 2
    assert {reading() for reading in readings} == {None, tab.model.state.result}


def test_a_video_is_let_go_of(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    frames: list[weakref.ref[ShownFrame]] = []
    tab.model.frame_shown.connect(lambda frame: frames.append(weakref.ref(frame)))
    drop_files(tab, write_video(tmp_path / "video.avi"))
    qtbot.waitUntil(lambda: len(frames) > 3)
    drop_files(tab, COFFEE)
    qtbot.waitUntil(lambda: len(tab.model.state.history) == 1)
    wait_for_rest(qtbot, tab)
    assert {frame() for frame in frames} == {None}


def test_a_refused_model_is_let_go_of(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    wait_for_rest(qtbot, tab)
    model = tmp_path / "half.onnx"
    whole = linear_classifier()[0]
    model.write_bytes(whole[: len(whole) // 2])
    with refused_model(qtbot, tab):
        drop_files(tab, model)
    refusal = tab.model.state.models.refusal
    error: BaseException | None = refusal.error
    # A traceback's frames would hold the worker's whole job, and the file's content.
    while error is not None:
        assert error.__traceback__ is None
        error = error.__cause__ or error.__context__


def test_the_history_keeps_pixels_while_there_is_room(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    image = QImage(4000, 3000, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    kept = MAX_PIXEL_BYTES // (4000 * 3000 * 3)
    for done in range(kept + 1):
        mime = QMimeData()
        mime.setImageData(image)
        drop(tab, mime)
        qtbot.waitUntil(
            lambda done=done: len(tab.model.state.history) == done + 1,  # type: ignore[misc]  # a lambda's default has no type
            timeout=PATIENT_MS,
        )
    classify(COFFEE)
    entries = tab.model.state.history
    assert [entry.picture is None for entry in entries] == [True, *[False] * kept, True]
    with told(qtbot, tab.model.messages) as said:
        click_entry(qtbot, tab, kept + 1)
    assert "have taken its place in memory" in said[0]
    assert not tab.history_panel.list.selectedIndexes()
    result = tab.model.state.result
    assert result.path == COFFEE
    with next_result(qtbot, tab):
        click_entry(qtbot, tab, kept)
    result = tab.model.state.result
    assert np.array_equal(result.picture[0, 0], (0, 0, 255))
