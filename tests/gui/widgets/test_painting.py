"""What painted widgets share."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtWidgets import QApplication

from gui.widgets.painting import drawn_icon


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_drawn_icon_fills_its_size_at_either_density(qapp: QApplication, ratio: float) -> None:
    size = QSize(22, 18)
    icon = drawn_icon(size, lambda p: p.fillRect(QRectF(0, 0, 22, 18), Qt.GlobalColor.black))
    picture = icon.pixmap(size, ratio)
    assert picture.deviceIndependentSize().toSize() == size
    image = picture.toImage()
    assert image.pixelColor(image.width() - 1, image.height() - 1).alpha() == 255
