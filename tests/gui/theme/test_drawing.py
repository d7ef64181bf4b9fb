"""How letters and icons come out: the same on either ground, and nothing where there is no room."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gui.app import dress_application
from gui.theme import font, icon


def ink(ground: str, pen: str, weight: int) -> float:
    """Return how many pixels' worth of `pen` a line of text leaves on `ground`."""
    image = QImage(400, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setFont(font(12, weight))
    painter.setPen(QColor(pen))
    painter.drawText(QPoint(5, 20), "Train one unit on four points and see why")
    painter.end()
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(30, 400, 4)[:, :, 1].astype(float)
    start, end = QColor(ground).green(), QColor(pen).green()
    return float(((grey - start) / (end - start)).sum())


@pytest.mark.parametrize("weight", [400, 500, 600])
def test_text_is_as_heavy_on_dark_as_on_light(qapp: QApplication, weight: int) -> None:
    dress_application(qapp, "en", "light")
    assert QFontInfo(font(12, weight)).family() == "Inter"
    on_light, on_dark = ink("#FFFFFF", "#000000", weight), ink("#000000", "#FFFFFF", weight)
    assert on_light > 300
    assert on_dark == pytest.approx(on_light, rel=0.02)


@pytest.mark.parametrize("name", ["UTF-8", "real-time"])
def test_a_hyphen_leaves_no_gaps(qapp: QApplication, name: str) -> None:
    dress_application(qapp, "en", "light")
    widths = QFontMetricsF(font(12))
    assert widths.horizontalAdvance(name) < widths.horizontalAdvance(name.replace("-", "−")) - 1


def test_an_icon_without_room_draws_nothing_and_says_nothing(qapp: QApplication) -> None:
    said: list[str] = []

    def note(_: QtMsgType, __: object, text: str) -> None:
        said.append(text)

    before = qInstallMessageHandler(note)
    try:
        drawn = icon("play-fill").pixmap(QSize(16, 16))
        nothing = [icon("play-fill").pixmap(QSize(*size)) for size in ((0, 0), (0, 16), (16, 0))]
        off = icon("play-fill").pixmap(QSize(0, 0), QIcon.Mode.Disabled)
    finally:
        qInstallMessageHandler(before)
    assert not drawn.isNull()
    assert all(picture.isNull() for picture in (*nothing, off))
    assert said == []
