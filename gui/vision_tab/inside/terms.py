"""A sum as rows: each term's source, factors, bar and value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy

from foundation.text import tr
from gui.format import factor, show_integer
from gui.spoken import signs_in_words
from gui.theme import BODY_PX, active, font
from gui.vision_tab.inside.words import figure, signed
from gui.widgets.basic import PRESS_KEYS, Index
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import (
    AT_LEFT,
    AT_RIGHT,
    draw_box,
    draw_ring,
    set_text_style,
    write_elided,
)
from vision.look.inside.cell import Explanation, Source
from vision.look.inside.graph import Kind

ROW_PX = 20
_FACTORS_PX, _VALUE_PX = 112, 62


class TermRow(NamedTuple):
    """A term of a sum: name, factors as text, value, and source."""

    name: str
    factors: str
    value: float
    source: Source | None = None


def term_rows(
    found: Explanation, most: int, name: Callable[[tuple[int, int, int]], str]
) -> list[TermRow]:
    """Return rows for the largest terms of a sum, and the rest."""
    weights, products = found.weights, found.products
    rows, rest = [], float(products.sum())
    for place in found.largest(most):
        factors, value = figure(float(found.values[place])), float(products[place])
        if weights is not None and found.layer.kind is not Kind.SUM:
            factors = f"{factors} × {factor(figure(float(weights[place])))}"
        rows.append(TermRow(name(place), factors, value, found.sources(*place)))
        rest -= value
    left = products.size - len(rows)
    if left and weights is not None:
        rows.append(other_terms(left, rest))
    return rows


def other_terms(count: int, value: float) -> TermRow:
    """Return a row that sums the terms not shown."""
    return TermRow(tr("the other {count}", count=show_integer(count)), "", value)


class TermRows(PaintedList[TermRow]):
    """A list of the terms of a sum.

    `follow` is called with the source of a chosen term; rows without a source sum the terms not
    shown.
    """

    def __init__(self, name: str, follow: Callable[[Source], None]) -> None:
        super().__init__(
            name,
            QSize(120, ROW_PX),
            self._paint_row,
            lambda row: signs_in_words(f"{row.name} {row.factors} = {figure(row.value)}"),
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide_frame_and_scroll_bars()
        self._follow = follow
        self._largest = 1.0
        self._factors_px = _FACTORS_PX
        self.clicked.connect(self._on_entered)

    def show_rows(self, rows: Sequence[TermRow]) -> None:
        """Show other terms; bars are scaled by the largest."""
        self._largest = max((abs(row.value) for row in rows if row.source), default=0.0) or 1.0
        metrics = QFontMetrics(font(BODY_PX))
        widths = (metrics.horizontalAdvance(row.factors) for row in rows)
        self._factors_px = max([_FACTORS_PX, *widths])
        super().show_rows(rows)
        self.setCurrentRow(max(0, self.currentRow()))
        self.setFixedHeight(ROW_PX * len(rows) + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow the selected term on Enter or Space."""
        if event.key() in PRESS_KEYS:
            self._on_entered(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_entered(self, index: Index) -> None:
        row = self.rows[index.row()]
        if row.source is not None:
            self._follow(row.source)

    def _paint_row(self, painter: QPainter, cell: QRect, row: TermRow, is_selected: bool) -> None:
        theme, area = active(), QRectF(cell)
        is_term = row.source is not None
        ink = theme.t1 if is_term else theme.t2
        factors_left = area.left() + min(150, cell.width() // 4)
        bar_left = factors_left + self._factors_px + 6
        set_text_style(painter, ink, BODY_PX)
        name = area.adjusted(2, 0, 0, 0)
        name.setRight((factors_left if row.factors else bar_left) - 6)
        write_elided(painter, name, row.name)
        painter.drawText(area.adjusted(factors_left - area.left(), 0, 0, 0), AT_LEFT, row.factors)
        track = area.adjusted(bar_left - area.left(), 6, -_VALUE_PX - 8, -6)
        if is_term and track.width() >= 30:
            draw_box(painter, track, 4, theme.bg3)
            track.setWidth(max(4.0, track.width() * min(1.0, abs(row.value) / self._largest)))
            draw_box(painter, track, 4, theme.neg if row.value < 0 else theme.pos)
        set_text_style(painter, ink, BODY_PX, 600 if is_term else 400)
        painter.drawText(area.adjusted(0, 0, -2, 0), AT_RIGHT, signed(row.value, 3))
        if is_selected and should_draw_focus_ring(self):
            draw_ring(painter, area.adjusted(0.5, 0.5, -0.5, -0.5), 4, theme.acc, 1)
