"""Pictures in few colours: small files that look the same."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from gui.settings import ASSETS
from gui.tour.driver import MAX_PNG_BYTES, small_png


def test_a_few_letters_keep_their_hue_beside_a_large_map() -> None:
    picture = QImage(128, 128, QImage.Format.Format_RGB32)
    for x in range(128):
        for y in range(128):
            picture.setPixelColor(x, y, QColor(20, 2 * y, 255 - x))
    picture.setPixelColor(3, 4, QColor("#C0302A"))
    found = QImage.fromData(small_png(picture)).pixelColor(3, 4)
    assert abs(found.hue() - QColor("#C0302A").hue()) < 10


def test_a_photograph_has_as_many_colours_as_keep_its_file_small() -> None:
    smooth = Qt.TransformationMode.SmoothTransformation
    photograph = QImage(str(ASSETS / "images" / "coffee.png")).scaledToWidth(1_000, smooth)
    content = small_png(photograph)
    assert len(content) <= MAX_PNG_BYTES
    assert len(QImage.fromData(content).colorTable()) >= 64
