"""A stream is drawn at its own pace, however long the network takes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.vision_tab.stage.images import PixelImage, scaled_image
from gui.vision_tab.tab import VisionTab
from tests.gui.vision_tab.conftest import COFFEE, Classify
from tests.gui.vision_tab.media import write_video
from tests.vision.mjpeg_server import MjpegServer
from vision.engine import Engine, Outputs
from vision.pictures.pixels import Picture, to_display
from vision.pictures.preprocessing import Blob
from vision.sources.base import Frame


def drawn_on(tab: VisionTab, picture: Picture) -> QImage:
    """Return a picture as the stage has to show it, at its size and ratio."""
    size = tab.stage.view.display_size
    return PixelImage(size.pixels(picture), size.ratio)


def test_frames_are_drawn_while_the_network_works_and_the_held_one_is_read(
    qtbot: QtBot,
    tab: VisionTab,
    classify: Classify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classify(COFFEE)
    may_begin, forward = threading.Semaphore(0), Engine.forward

    def slow(self: Engine, blob: Blob, outputs: Sequence[str] = ()) -> Outputs:
        assert may_begin.acquire(timeout=30)
        return forward(self, blob, outputs)

    monkeypatch.setattr(Engine, "forward", slow)
    with MjpegServer() as server:
        tab.model.open_address(server.address)
        drawn: set[int] = set()
        tab.stage.view.painted.connect(lambda _ms: drawn.add(tab.stage.view.image.cacheKey()))
        qtbot.waitUntil(lambda: len(drawn) >= 8)
        # Not one frame has been classified, and so there is no label.
        state, badge = tab.model.state, tab.stage.view.badge
        assert state.result is None
        assert badge is None
        may_begin.release(1000)
        qtbot.waitUntil(tab.source_bar.freeze_button.isEnabled)
        qtbot.keyClick(tab, Qt.Key.Key_F)
        qtbot.waitUntil(
            lambda: (
                tab.model.state.source.is_frozen
                and tab.model.state.result is not None
                and (frame := frame_of(tab)) is not None
                and tab.model.state.result.picture is frame.picture
            )
        )
        drawn_image = drawn_on(tab, tab.model.state.result.picture)
        assert tab.stage.view.image == drawn_image
        assert tab.stage.view.badge is not None
        live = tab.model.state.live
        assert live.dropped > 0


def frame_of(tab: VisionTab) -> Frame | None:
    """Return the frame on the stage."""
    return None if tab.model.stream is None else tab.model.stream.frame


def frame_is_drawn(tab: VisionTab) -> bool:
    """Tell whether the stage shows the frame's own pixels, at the stage's size and ratio."""
    frame = frame_of(tab)
    return frame is not None and tab.stage.view.image == drawn_on(tab, frame.picture)


def hold_a_frame(qtbot: QtBot, tab: VisionTab, folder: Path) -> None:
    """Play a video and hold one of its frames."""
    tab.open_path(write_video(folder / "clip.avi", frames=600))
    qtbot.waitUntil(lambda: tab.model.state.result is not None)
    qtbot.keyClick(tab, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: frame_is_drawn(tab))


def test_a_held_frame_is_drawn_anew_from_its_own_pixels_when_the_stage_grows(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    hold_a_frame(qtbot, tab, tmp_path)
    before = tab.stage.view.image.size()
    tab.resize(1000, 600)
    qtbot.waitUntil(lambda: tab.stage.view.image.size() != before)
    assert frame_is_drawn(tab)
    assert tab.stage.view.image.size() == tab.stage.view.picture_rect().size().toSize()


def test_a_mirrored_view_turns_the_picture_and_what_is_seen_of_it(
    qtbot: QtBot, tab: VisionTab
) -> None:
    with MjpegServer() as server:
        tab.model.open_address(server.address)
        qtbot.waitUntil(lambda: tab.model.state.result is not None)
        qtbot.keyClick(tab, Qt.Key.Key_F)
        qtbot.waitUntil(lambda: frame_is_drawn(tab))
        plain = tab.stage.view.image.copy()
        tab.model.set_mirrored(True)
        assert tab.stage.view.display_size.is_mirrored
        assert tab.stage.view.image == plain.flipped(Qt.Orientation.Horizontal)


def test_a_far_smaller_image_leaves_no_pixel_out() -> None:
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (900, 1200, 3), np.uint8)
    small = scaled_image(PixelImage(to_display(noise)), QSize(60, 45))
    values = [small.pixelColor(x, y).green() for x in range(60) for y in range(45)]
    # The mean of 400 values each: 127.5 with a spread of 74 / 20; nearest neighbours keep all 74.
    assert np.mean(values) == pytest.approx(127.5, abs=1)
    assert np.std(values) < 8
