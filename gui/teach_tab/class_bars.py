"""The probability of each class as a bar, with the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter

from gui.format import percent
from gui.plots.legend import draw_class
from gui.teach_tab.state import HeadAnswer
from gui.theme import BODY_PX, GAP_M_PX, active
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import (
    AT_RIGHT,
    draw_box,
    fill_share,
    set_text_style,
    write_elided,
)
from vision.teaching.collection import Collection

ROW_PX = 24
_BAR_PX = 9.0
_MARK_PX, _FIGURE_PX = 18, 56
_NAMES = 0.27
"""Share of the width used for the names."""
_TICK_OVER_PX = 2.0


@dataclass(frozen=True)
class ClassShare:
    """A class's bar: name, mark, and probability if known.

    Attributes
    ----------
    share
        Probability, 0 to 1; ``None`` if unknown.
    """

    name: str
    kind: int
    share: float | None = None


class ClassBars(PaintedList[ClassShare]):
    """A row per class: mark, name, bar, percentage, and a threshold tick."""

    def __init__(self, object_name: str) -> None:
        super().__init__(object_name, QSize(200, ROW_PX), self._paint_row, share_text, share_text)
        self.set_read_only()
        self._threshold: float | None = None

    def show_shares(self, rows: tuple[ClassShare, ...], threshold: float | None) -> None:
        """Show the classes in order; ``None`` as `threshold` hides the ticks."""
        self._threshold = threshold
        self.show_rows(rows)
        self.setFixedHeight(max(1, ROW_PX * len(rows)))
        self.viewport().update()
        known = [share_text(row) for row in rows if row.share is not None]
        self.setAccessibleDescription(", ".join(known))

    def _paint_row(self, painter: QPainter, cell: QRect, row: ClassShare, _: bool) -> None:
        theme, area = active(), QRectF(cell)
        middle = area.center().y()
        draw_class(painter, row.kind, QPointF(area.left() + 6.0, middle), 5.0)
        is_best = row.share is not None and row.share == max(one.share or 0 for one in self.rows)
        name_px = round(_NAMES * area.width())
        set_text_style(painter, theme.t1, BODY_PX, 600 if is_best else 400)
        write_elided(painter, QRectF(_MARK_PX, area.top(), name_px, ROW_PX), row.name)
        left = _MARK_PX + name_px + GAP_M_PX
        length = max(10.0, area.width() - left - _FIGURE_PX)
        ground = QRectF(left, middle - _BAR_PX / 2, length, _BAR_PX)
        draw_box(painter, ground, 3, theme.bg3)
        if row.share is not None:
            fill_share(painter, ground, row.share, theme.classes[row.kind % 8])
            painter.setPen(QColor(theme.t1))
            painter.drawText(area, AT_RIGHT, percent(row.share))
        if self._threshold is not None:
            x = round(ground.left() + self._threshold * ground.width())
            tick = ground.adjusted(0, -_TICK_OVER_PX, 0, _TICK_OVER_PX)
            tick.setLeft(x - 1)
            tick.setWidth(2)
            painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(theme.bg1))
            painter.fillRect(tick, QColor(theme.t1))


def share_text(row: ClassShare) -> str:
    """Return a class's name and probability for screen readers."""
    return row.name if row.share is None else f"{row.name} {percent(row.share)}"


def class_shares(collection: Collection, found: Mapping[int, float]) -> tuple[ClassShare, ...]:
    """Return a row for each class in training or known to the head.

    `found` has the head's probabilities by class key.
    """
    return tuple(
        ClassShare(one.name, one.colour, found.get(one.key))
        for one in collection.classes
        if one.key in found or not one.is_left_out
    )


def probabilities_by_class(look: HeadAnswer | None) -> dict[int, float]:
    """Return an answer's probabilities by class key; empty without a head."""
    if look is None or look.head is None or look.probabilities is None:
        return {}
    return dict(zip(look.head.keys, look.probabilities.tolist(), strict=True))
