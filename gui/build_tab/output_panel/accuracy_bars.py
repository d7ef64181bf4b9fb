"""Accuracies as bars with names and figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEvent

from gui.format import percent
from gui.theme import BODY_PX, CAPTION_PX, GAP_M_PX, active, font
from gui.widgets.painting import draw_box, set_text_style, smooth_painter, write_elided
from gui.widgets.panel import Panel

_ROW_PX, _SCALE_PX, _BAR_PX = 19, 16, 6
_NAME_SHARE = 0.45


class AccuracyBar(NamedTuple):
    """Name, accuracy from 0 to 1 (NaN if unknown) and colour token of a bar."""

    name: str
    value: float
    token: str


def accuracy_text(value: float) -> str:
    """Format an accuracy as per cent, or a dash if unknown."""
    return percent(value) if math.isfinite(value) else "–"


class AccuracyBars(Panel):
    """A bar per row from 0 to 100 %, with a name on the left and a figure on the right."""

    def __init__(self) -> None:
        super().__init__("accuracy_bars")
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
        """Return the size for all rows; the card sets the width."""
        return QSize(200, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows and the ends of their scale."""
        theme = active()
        painter = smooth_painter(self)
        name_font, figure_font = font(BODY_PX), font(BODY_PX, 600)
        metrics = QFontMetricsF(name_font)
        widest = max((metrics.horizontalAdvance(b.name) for b in self._bars), default=0.0)
        name_px = min(widest, _NAME_SHARE * self.width())
        figure_px = QFontMetricsF(figure_font).horizontalAdvance(accuracy_text(1.0))
        left = math.ceil(name_px) + GAP_M_PX
        room = self.width() - left - math.ceil(figure_px) - GAP_M_PX
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        for row, bar in enumerate(self._bars):
            top = row * _ROW_PX
            painter.setFont(name_font)
            painter.setPen(QColor(theme.t2))
            box = QRectF(0, top, name_px + 1, _ROW_PX)
            write_elided(painter, box, bar.name, cut=Qt.TextElideMode.ElideMiddle)
            track = QRectF(left, top + (_ROW_PX - _BAR_PX) / 2, room, _BAR_PX)
            draw_box(painter, track, 3, theme.bg3)
            if math.isfinite(bar.value):
                track.setWidth(room * bar.value)
                draw_box(painter, track, 3, getattr(theme, bar.token))
            painter.setFont(figure_font)
            painter.setPen(QColor(theme.t1))
            figure = QRectF(0, top, self.width(), _ROW_PX)
            right = int(Qt.AlignmentFlag.AlignRight)
            painter.drawText(figure, middle | right, accuracy_text(bar.value))
        set_text_style(painter, theme.t3, CAPTION_PX)
        scale = QRectF(left, len(self._bars) * _ROW_PX, room, _SCALE_PX)
        painter.drawText(scale, middle, percent(0.0, 0))
        painter.drawText(scale, middle | int(Qt.AlignmentFlag.AlignRight), percent(1.0, 0))
