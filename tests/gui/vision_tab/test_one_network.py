"""One network for every source, given exactly what the X-ray says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.vision_tab.tab import VisionTab
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    folder_ends,
    next_result,
)
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_streams import processed
from tests.vision.mjpeg_server import MjpegServer
from vision.engine import LOADS, Engine, Outputs
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Blob, Preprocessing


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Blob]:
    """Return the tensors that reach OpenCV, as they come."""
    blobs: list[Blob] = []
    forward = Engine.forward

    def noted(self: Engine, blob: Blob, outputs: Sequence[str] = ()) -> Outputs:
        blobs.append(blob.copy())
        return forward(self, blob, outputs)

    monkeypatch.setattr(Engine, "forward", noted)
    return blobs


def test_one_network_serves_every_source(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    loads = LOADS.count
    tab.model.open_image(QImage(str(CHELSEA)), "pasted")
    qtbot.waitUntil(lambda: len(tab.model.state.history) == 2)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one.png").write_bytes(CHELSEA.read_bytes())
    with folder_ends(qtbot, tab):
        tab.open_path(folder)
    tab.open_path(write_video(tmp_path / "clip.avi"))
    qtbot.waitUntil(lambda: processed(tab) > 2)
    with MjpegServer() as server:
        tab.model.open_address(server.address)
        qtbot.waitUntil(lambda: processed(tab) > 2 and "127.0.0.1" in tab.title())
        qtbot.waitUntil(tab.source_bar.freeze_button.isEnabled)
        qtbot.keyClick(tab, Qt.Key.Key_F)
        assert tab.model.state.source.is_frozen
        tab.model.explain(True)
        qtbot.waitUntil(lambda: tab.model.state.explanation is not None)
    assert LOADS.count == loads


def test_opencv_is_given_the_tensor_that_the_fields_describe(
    qtbot: QtBot, tab: VisionTab, given: list[Blob], classify: Classify
) -> None:
    classify(COFFEE)
    picture = read_picture(COFFEE)
    assert np.array_equal(given[-1], _from_fields(tab).blob(picture))
    tensor = tab.model.state.result.tensor
    assert tensor.shape == given[-1].shape
    assert tensor.minimum == given[-1].min()
    assert tensor.maximum == given[-1].max()
    assert tensor.mean == pytest.approx(float(given[-1].mean()), abs=1e-6)
    for edit, text in ((tab.xray.mean_edit, "10 20 30"), (tab.xray.scale_edit, "1 / 64")):
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, text)
        with next_result(qtbot, tab):
            qtbot.keyClick(edit, Qt.Key.Key_Return)
    for box in (tab.xray.swap_box, tab.xray.crop_box):
        box.setFocus()
        with next_result(qtbot, tab):
            qtbot.keyClick(box, Qt.Key.Key_Space)
        settings = _from_fields(tab)
        assert settings.mean == (10.0, 20.0, 30.0)
        assert settings.scale == 1 / 64
        assert np.array_equal(given[-1], settings.blob(picture))
    assert not tab.xray.swap_box.isChecked()
    assert not tab.xray.crop_box.isChecked()


def _from_fields(tab: VisionTab) -> Preprocessing:
    """Read the settings from what the panel shows, as a person would."""
    width, height = (int(side) for side in tab.xray.size_edit.text().split("×"))
    first, second, third = (float(part) for part in tab.xray.mean_edit.text().split())
    top, _, bottom = tab.xray.scale_edit.text().partition("/")
    return Preprocessing(
        size_wh=(width, height),
        mean=(first, second, third),
        scale=float(top) / float(bottom or 1),
        swap_rb=tab.xray.swap_box.isChecked(),
        crop=tab.xray.crop_box.isChecked(),
    )
