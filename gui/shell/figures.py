"""Names and values in a row, drawn without laying out the window at every change."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import BODY_PX, GAP_L_PX, active, font

__all__ = ["Figures"]

_GAP_PX = 4


class Figures(QWidget):
    """``epoch 400   loss 0.017``: the names in the label colour, the values strong.

    The width grows with the longest text so far and never shrinks, so that a figure changing sixty
    times a second moves nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._figures: list[tuple[str, str]] = []
        self._width = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_figures(self, figures: list[tuple[str, str]]) -> None:
        """Show name and value pairs."""
        if figures == self._figures:
            return
        if len(figures) != len(self._figures):
            self._width = 0
        self._figures = list(figures)
        needed = int(self._needed()) + 1
        if needed > self._width:
            self._width = needed
            self.updateGeometry()
        self.setAccessibleName(self.text())
        self.update()

    def text(self) -> str:
        """Return what is shown, as plain text."""
        return "   ".join(f"{name} {value}" for name, value in self._figures)

    def sizeHint(self) -> QSize:
        """Return the width of the longest text so far."""
        return QSize(self._width, 16)

    def minimumSizeHint(self) -> QSize:
        """Return the same: figures are not cut."""
        return self.sizeHint()

    def _needed(self) -> float:
        plain, strong = QFontMetricsF(font()), QFontMetricsF(font(BODY_PX, 600))
        widths = [
            plain.horizontalAdvance(name) + _GAP_PX + strong.horizontalAdvance(value)
            for name, value in self._figures
        ]
        return sum(widths) + GAP_L_PX * max(0, len(widths) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pairs from the left."""
        painter = QPainter(self)
        theme, x = active(), 0.0
        looks = ((font(), QColor(theme.t2)), (font(BODY_PX, 600), QColor(theme.t1)))
        for pair in self._figures:
            for (look, colour), text, gap in zip(looks, pair, (_GAP_PX, GAP_L_PX), strict=True):
                painter.setFont(look)
                painter.setPen(colour)
                width = QFontMetricsF(look).horizontalAdvance(text)
                painter.drawText(
                    int(x), 0, int(width) + 2, self.height(), Qt.AlignmentFlag.AlignVCenter, text
                )
                x += width + gap
