"""Two accuracies as bars over one scale that begins where both can be told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.build.canvas.looks import percent
from gui.theme import BODY_PX, CAPTION_PX, GAP_M_PX, active, font

__all__ = ["AccuracyBar", "AccuracyBars", "accuracy_text", "scale_from"]

_ROW_PX, _SCALE_PX, _BAR_PX = 19, 16, 6
_STARTS = (0.9, 0.8, 0.5)
_NAME_SHARE = 0.36


class AccuracyBar(NamedTuple):
    """A name, an accuracy from 0 to 1 (NaN where it is not known), and a colour's token."""

    name: str
    value: float
    token: str


def accuracy_text(value: float) -> str:
    """Write an accuracy as per cent, a dash where it is not known."""
    return percent(value) if math.isfinite(value) else "–"


def scale_from(values: Sequence[float]) -> float:
    """Return where a scale up to 1 begins, so that every accuracy has a bar."""
    known = [value for value in values if math.isfinite(value)]
    return next((start for start in _STARTS if known and min(known) > start), 0.0)


class AccuracyBars(QWidget):
    """One bar a row, its name at the left, its figure at the right, the scale's ends below."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accuracy_bars")
        self._bars: tuple[AccuracyBar, ...] = ()

    def show_bars(self, bars: Sequence[AccuracyBar]) -> None:
        """Show bars, the first on top."""
        if self._bars == tuple(bars):
            return
        self._bars = tuple(bars)
        self.setFixedHeight(_ROW_PX * len(bars) + _SCALE_PX)
        self.setAccessibleDescription(
            "; ".join(f"{b.name}: {accuracy_text(b.value)}" for b in bars)
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all rows; the width is the card's."""
        return QSize(200, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows and the ends of their scale."""
        theme = active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name_font, figure_font = font(BODY_PX), font(BODY_PX, 600)
        metrics = QFontMetricsF(name_font)
        widest = max((metrics.horizontalAdvance(b.name) for b in self._bars), default=0.0)
        name_px = min(widest, _NAME_SHARE * self.width())
        figure_px = QFontMetricsF(figure_font).horizontalAdvance(accuracy_text(1.0))
        left = math.ceil(name_px) + GAP_M_PX
        room = self.width() - left - math.ceil(figure_px) - GAP_M_PX
        start = scale_from([bar.value for bar in self._bars])
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        for row, bar in enumerate(self._bars):
            top = row * _ROW_PX
            painter.setFont(name_font)
            painter.setPen(QColor(theme.t2))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideMiddle, name_px + 1)
            painter.drawText(QRectF(0, top, name_px + 1, _ROW_PX), middle, name)
            track = QRectF(left, top + (_ROW_PX - _BAR_PX) / 2, room, _BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.bg3))
            painter.drawRoundedRect(track, 3, 3)
            if math.isfinite(bar.value):
                track.setWidth(room * max(0.0, bar.value - start) / (1.0 - start))
                painter.setBrush(QColor(getattr(theme, bar.token)))
                painter.drawRoundedRect(track, 3, 3)
            painter.setFont(figure_font)
            painter.setPen(QColor(theme.t1))
            figure = QRectF(0, top, self.width(), _ROW_PX)
            right = int(Qt.AlignmentFlag.AlignRight)
            painter.drawText(figure, middle | right, accuracy_text(bar.value))
        painter.setFont(font(CAPTION_PX))
        painter.setPen(QColor(theme.t3))
        scale = QRectF(left, len(self._bars) * _ROW_PX, room, _SCALE_PX)
        painter.drawText(scale, middle, percent(start, 0))
        painter.drawText(scale, middle | int(Qt.AlignmentFlag.AlignRight), percent(1.0, 0))

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self.update()
        super().changeEvent(event)
