"""A sum as rows: what each term is of, its factors, a bar, what it adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import BODY_PX, active
from gui.vision_tab.inside.words import figure, signed
from gui.widgets.accessible import AccessibleItem, notify_focused_item
from gui.widgets.basic import PRESSES
from gui.widgets.focus_ring import is_ringed
from gui.widgets.painting import (
    AT_LEFT,
    AT_RIGHT,
    draw_box,
    draw_ring,
    smooth_painter,
    write_elided,
    write_in,
)
from vision.look.inside.cell import Source

ROW_PX = 20
_FACTORS_PX = 112


class TermRow(NamedTuple):
    """One term: its name, its factors as text, what it adds, and where it comes from."""

    name: str
    factors: str
    value: float
    source: Source | None = None


class TermRows(QWidget):
    """Draw the terms of a sum; `follow` takes the source of one that is clicked or entered."""

    def __init__(self, name: str, follow: Callable[[Source], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._follow = follow
        self._rows: tuple[TermRow, ...] = ()
        self._marked = 0

    def show_rows(self, rows: Sequence[TermRow]) -> None:
        """Show other terms; those without a source are sums of what is not shown."""
        self._rows = tuple(rows)
        self._marked = min(self._marked, max(0, self._count - 1))
        self.setFixedHeight(ROW_PX * len(rows) + 2)
        self.update()

    def accessible_items(self) -> range:
        """Return every term, by its number."""
        return range(len(self._rows))

    def describe_item(self, part: int) -> AccessibleItem | None:
        """Return what a screen reader says of a term, and where it is."""
        if part >= len(self._rows):
            return None
        row = self._rows[part]
        said = f"{row.name} {row.factors} = {figure(row.value)}"
        area = QRect(0, part * ROW_PX, self.width(), ROW_PX)
        return AccessibleItem(said, area, self.hasFocus() and part == self._marked)

    @property
    def _count(self) -> int:
        return sum(row.source is not None for row in self._rows)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows."""
        painter, theme = smooth_painter(self), active()
        largest = max((abs(row.value) for row in self._rows if row.source), default=0.0) or 1.0
        name_px = min(150, self.width() // 4)
        write_in(painter, theme.t1, BODY_PX)
        widest = max(
            (painter.fontMetrics().horizontalAdvance(row.factors) for row in self._rows), default=0
        )
        factors_px, value_px = max(_FACTORS_PX, widest), 62
        bar_left = name_px + factors_px + 6
        room = self.width() - bar_left - value_px - 8
        for number, row in enumerate(self._rows):
            top = number * ROW_PX
            ink = theme.t1 if row.source is not None else theme.t2
            write_in(painter, ink, BODY_PX)
            wide = name_px if row.factors else name_px + factors_px
            write_elided(painter, QRectF(2, top, wide - 6, ROW_PX), row.name)
            painter.drawText(QRectF(name_px, top, factors_px, ROW_PX), AT_LEFT, row.factors)
            if row.source is not None and room >= 30:
                track = QRectF(bar_left, top + 6, room, 8)
                draw_box(painter, track, 4, theme.bg3)
                share = min(1.0, abs(row.value) / largest)
                track.setWidth(max(4.0, room * share))
                draw_box(painter, track, 4, theme.neg if row.value < 0 else theme.pos)
            write_in(painter, ink, BODY_PX, 600 if row.source is not None else 400)
            text = signed(row.value, 3)
            painter.drawText(
                QRectF(self.width() - value_px - 2, top, value_px, ROW_PX), AT_RIGHT, text
            )
        if is_ringed(self) and self._count:
            mark = QRectF(0, self._marked * ROW_PX, self.width(), ROW_PX)
            draw_ring(painter, mark.adjusted(0.5, 0.5, -0.5, -0.5), 4, theme.acc, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the term under the pointer comes from."""
        self._go(int(event.position().y() // ROW_PX))

    def _go(self, number: int) -> None:
        source = self._rows[number].source if 0 <= number < len(self._rows) else None
        if source is not None:
            self._marked = number
            self._follow(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark another term, or go to where the marked one comes from."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._count:
            step = -1 if key == Qt.Key.Key_Up else 1
            self._marked = min(max(self._marked + step, 0), self._count - 1)
            self.update()
            notify_focused_item(self)
        elif key in PRESSES:
            self._go(self._marked)
        else:
            super().keyPressEvent(event)
