"""A stream is drawn at its own pace, however long the network takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.vision.vision_tab import VisionTab
from tests.gui.vision.conftest import COFFEE, PATIENT_MS
from tests.vision.mjpeg_server import MjpegServer
from vision.engine import Engine, Outputs
from vision.preprocessing import Blob

pytestmark = pytest.mark.timeout(240)


def test_frames_are_drawn_while_the_network_works_and_the_held_one_is_read(
    qtbot: QtBot,
    tab: VisionTab,
    classify: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classify(COFFEE)
    may_begin, forward = threading.Semaphore(0), Engine.forward

    def slow(self: Engine, blob: Blob, outputs: Sequence[str] = ()) -> Outputs:
        assert may_begin.acquire(timeout=30)
        return forward(self, blob, outputs)

    monkeypatch.setattr(Engine, "forward", slow)
    with MjpegServer() as server:
        tab.open_address(server.address)
        drawn: set[int] = set()
        tab.stage.view.painted.connect(lambda _ms: drawn.add(tab.stage.view.image.cacheKey()))
        qtbot.waitUntil(lambda: len(drawn) >= 8, timeout=PATIENT_MS)
        # Not one frame has been classified, and so there is no label.
        assert tab.presenter.reading is None
        assert tab.stage.view.badge is None
        qtbot.keyClick(tab, Qt.Key.Key_F)
        may_begin.release(1000)
        qtbot.waitUntil(
            lambda: (
                tab.presenter.reading is not None
                and tab.presenter.reading.image.cacheKey() == tab.stage.view.image.cacheKey()
            ),
            timeout=PATIENT_MS,
        )
        assert tab.stage.view.badge is not None
        assert tab.live.update is not None
        assert tab.live.update.counts.dropped > 0
