"""What is written over the picture keeps within what the network sees, and is painted once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.vision_tab.stage.overlay import Badge, Explanation, draw_badge, draw_card
from tests.gui.painted import painted_texts

GROUND = Qt.GlobalColor.white
SENTENCE, DETAIL = (
    "Hiding the bright part costs up to 23 points",
    "grey patch 32 px, step 16 px, 196 passes, 3.9 s",
)


def painted(size: QSize, draw: Callable[[QPainter], None]) -> QRectF:
    """Return what is covered by what is drawn on an empty stage."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size.height(), size.width(), 4)
    ys, xs = np.nonzero((rows != 255)[:, :, :3].any(axis=2))
    width, height = int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    return QRectF(int(xs.min()), int(ys.min()), width, height)


@pytest.mark.parametrize("side", [600, 420, 360, 300, 240, 180])
def test_the_card_of_the_map_lies_within_the_square(qtbot: QtBot, side: int) -> None:
    seen = QRectF(150, 60, side, side)
    shown = Explanation(QImage(), (), SENTENCE, DETAIL, "−23")
    card = painted(QSize(900, 700), lambda painter: draw_card(painter, seen, shown))
    assert seen.contains(card)
    assert card.bottom() <= seen.bottom() - 14 - 44, "it is clear of the label"


@pytest.mark.parametrize("is_sure", [True, False])
def test_a_label_of_a_long_name_keeps_within_the_stage(qtbot: QtBot, is_sure: bool) -> None:
    name = "a class whose name is as long as a sentence"
    badge = Badge(name, "94.4%") if is_sure else Badge("not sure", f"{name} 27.4%", is_sure=False)
    seen = QRectF(60, 0, 300, 300)
    label = painted(QSize(420, 300), lambda painter: draw_badge(painter, seen, badge, 420))
    assert label.right() <= 420 - 6


class Labelled(QWidget):
    """A stage of a label alone."""

    def __init__(self, badge: Badge) -> None:
        super().__init__()
        self._badge = badge
        self.resize(250, 250)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the label."""
        painter = QPainter(self)
        draw_badge(painter, self.rect().toRectF(), self._badge, self.width())
        painter.end()


@pytest.mark.parametrize("share", ["56.9%", "%56,9"])
def test_a_label_that_is_not_sure_keeps_its_share_where_room_is_short(
    qtbot: QtBot, share: str
) -> None:
    stage = Labelled(Badge("not sure", f"astronaut {share}", is_sure=False))
    qtbot.addWidget(stage)
    assert painted_texts(stage)[-1].endswith(f"… {share}")
