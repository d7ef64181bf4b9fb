"""Lines are as wide on a dense screen as on a plain one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from gui.plots.axes import cosmetic_pen
from gui.plots.series import LineItem


def plain(ratio: int) -> QImage:
    image = QImage(60 * ratio, 40 * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#FFFFFF"))
    return image


def thickness_px(image: QImage, ratio: int) -> float:
    """Return how many of the image's own pixels a black line covers in its middle column."""
    column = [image.pixelColor(30 * ratio, y).green() for y in range(image.height())]
    return float(sum(255 - value for value in column)) / 255


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_a_loss_is_drawn_as_wide_on_every_screen_and_under_any_zoom(
    qapp: QApplication, ratio: int
) -> None:
    item = LineItem()
    item.set_pen(cosmetic_pen("#000000", 2.0))
    level = np.full(2, 80.0)
    item.set_values(np.array([0.0, 60.0]), level, level, False)
    image = plain(ratio)
    painter = QPainter(image)
    painter.scale(1.0, 0.25)
    item.paint(painter, QStyleOptionGraphicsItem(), None)
    painter.end()
    assert thickness_px(image, ratio) == pytest.approx(2.0 * ratio, abs=0.1)
