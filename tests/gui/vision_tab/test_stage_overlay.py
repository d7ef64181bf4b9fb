"""What is written over the picture keeps within what the network sees."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from gui.vision_tab.stage.overlay import Badge, Explanation, draw_badge, draw_card

GROUND = Qt.GlobalColor.white
SENTENCE, DETAIL = (
    "Hiding the bright part costs up to 23 points",
    "grey patch 32 px, step 16 px, 196 passes, 3.9 s",
)


def painted(seen: QRectF) -> QRectF:
    """Return what the card covers on a large stage."""
    image = QImage(900, 700, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    shown = Explanation(QImage(), (), SENTENCE, DETAIL, "0", "−23")
    draw_card(painter, seen, seen.left() + 180, shown, image.width())
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(700, 900, 4)
    ys, xs = np.nonzero((rows != 255)[:, :, :3].any(axis=2))
    return QRectF(xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1)


@pytest.mark.parametrize("side", [600, 420, 360, 300, 240, 180])
def test_the_card_of_the_map_lies_within_the_square(qtbot: QtBot, side: int) -> None:
    seen = QRectF(150, 60, side, side)
    card = painted(seen)
    assert seen.contains(card)
    # Beside the label, or above it and clear of it.
    above = card.bottom() <= seen.bottom() - 14 - 44
    beside = card.left() >= seen.left() + 180
    assert above or beside


@pytest.mark.parametrize("is_sure", [True, False])
def test_a_label_of_a_long_name_keeps_within_the_stage(qtbot: QtBot, is_sure: bool) -> None:
    name = "a class whose name is as long as a sentence"
    badge = Badge(name, "94.4%") if is_sure else Badge("not sure", f"{name} 27.4%", is_sure=False)
    image = QImage(420, 300, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    right = draw_badge(painter, QRectF(60, 0, 300, 300), badge, image.width())
    painter.end()
    assert right <= image.width() - 6
