"""Thumbnails: made on a worker, kept within bounds, a mark for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from gui.teach_tab.thumbnails import SIDE_PX, Thumbnails
from vision.teaching.collection import Picture
from vision.teaching.importing import picture_from_frame

PATIENT_MS = 20_000


def drawn(level: int) -> Picture:
    return picture_from_frame(np.full((30, 50, 3), level, np.uint8), f"{level}")


def test_a_thumbnail_comes_later_and_is_null_for_what_cannot_be_read(
    qtbot: QtBot, own_folders: Path
) -> None:
    kept = Thumbnails()
    readable, gone = drawn(90), Picture("0" * 64, Path("/nowhere/at/all.png"), name="all.png")
    for picture in (readable, gone):
        with qtbot.waitSignal(kept.made, timeout=PATIENT_MS):
            assert kept.image(picture) is None
    image = kept.image(readable)
    assert (image.width(), image.height()) == (SIDE_PX, SIDE_PX)
    assert abs(image.pixelColor(5, 5).red() - 90) <= 3
    assert kept.image(gone).isNull()
    qtbot.waitUntil(lambda: kept.is_idle)
