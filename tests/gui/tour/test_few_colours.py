"""Pictures in few colours: small files that look the same."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from gui.settings import ASSETS
from gui.tour.driver import MOST_PNG_BYTES, in_few_colours, small_png
from tests.gui.painted import rgb


def pixels(picture: QImage) -> np.ndarray:
    """Return red, green and blue of every pixel, shape (height, width, 3)."""
    return np.array(
        [
            [rgb(picture.pixelColor(x, y)) for x in range(picture.width())]
            for y in range(picture.height())
        ]
    )


def test_a_picture_of_few_colours_stays_as_it_is() -> None:
    picture = QImage(37, 5, QImage.Format.Format_RGB32)
    picture.fill(QColor("#1A1E24"))
    for x in range(37):
        picture.setPixelColor(x, 2, QColor(6 * x, 255 - 6 * x, 40))
    assert (pixels(in_few_colours(picture, 256)) == pixels(picture)).all()


def test_rare_colours_give_way_to_near_ones_and_the_ground_keeps_its_own() -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor("#F7F8FA"))
    for x in range(64):
        for y in range(32):
            picture.setPixelColor(x, y, QColor(4 * x, 8 * y, 128))
    found = in_few_colours(picture, 256)
    assert len(set(map(tuple, pixels(found).reshape(-1, 3)))) <= 256
    assert (pixels(found)[32:] == pixels(picture)[32:]).all()


def test_a_few_letters_keep_their_hue_beside_a_large_map() -> None:
    picture = QImage(128, 128, QImage.Format.Format_RGB32)
    for x in range(128):
        for y in range(128):
            picture.setPixelColor(x, y, QColor(20, 2 * y, 255 - x))
    picture.setPixelColor(3, 4, QColor("#C0302A"))
    assert in_few_colours(picture, 256).pixelColor(3, 4) == QColor("#C0302A")


def test_a_photograph_has_as_many_colours_as_keep_its_file_small() -> None:
    smooth = Qt.TransformationMode.SmoothTransformation
    photograph = QImage(str(ASSETS / "images" / "coffee.png")).scaledToWidth(1_000, smooth)
    content = small_png(photograph.convertToFormat(QImage.Format.Format_RGB32))
    assert len(content) <= MOST_PNG_BYTES
    assert len(QImage.fromData(content).colorTable()) in (64, 128)
