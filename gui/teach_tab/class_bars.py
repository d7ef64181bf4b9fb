"""The probability of each class as a bar in its colour, with a tick at the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.format import percent
from gui.plots.legend import draw_class
from gui.teach_tab.state import Look
from gui.theme import BODY_PX, GAP_M_PX, active
from gui.widgets.accessible import AccessibleItem
from gui.widgets.painting import (
    AT_RIGHT,
    draw_box,
    fill_share,
    smooth_painter,
    write_elided,
    write_in,
)
from vision.teaching.collection import Collection

ROW_PX = 24
_BAR_PX = 9.0
_MARK_PX, _FIGURE_PX = 18, 56
_NAMES = 0.27
"""The share of the width that is for the names."""
_TICK_OVER_PX = 2.0


@dataclass(frozen=True)
class ClassShare:
    """A class's bar: its name, its mark, and its probability if known.

    Attributes
    ----------
    share
        Its probability (0 to 1), or ``None`` while it is not known.
    """

    name: str
    kind: int
    share: float | None = None


class ClassBars(QWidget):
    """A row per class: shape, name, bar, percentage, and the threshold as a tick."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rows: tuple[ClassShare, ...] = ()
        self._threshold: float | None = None

    @property
    def rows(self) -> tuple[ClassShare, ...]:
        """The rows shown."""
        return self._rows

    def show_shares(self, rows: tuple[ClassShare, ...], threshold: float | None) -> None:
        """Show the classes in order; without a `threshold` there are no ticks."""
        if (rows, threshold) == (self._rows, self._threshold):
            return
        if len(rows) != len(self._rows):
            self.updateGeometry()
        self._rows, self._threshold = rows, threshold
        known = [words_of(row) for row in rows if row.share is not None]
        self.setAccessibleDescription(", ".join(known))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all rows."""
        return QSize(300, max(1, ROW_PX * len(self._rows)))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size with legible bars."""
        return QSize(200, max(1, ROW_PX * len(self._rows)))

    @property
    def _name_px(self) -> int:
        return round(_NAMES * self.width())

    def _track(self) -> tuple[float, float]:
        """Return the start and length of the bars, in pixels."""
        left = _MARK_PX + self._name_px + GAP_M_PX
        return left, max(10.0, self.width() - left - _FIGURE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        theme = active()
        painter = smooth_painter(self)
        left, length = self._track()
        best = max((row.share for row in self._rows if row.share is not None), default=None)
        for place, row in enumerate(self._rows):
            top = place * ROW_PX
            middle = top + ROW_PX / 2
            draw_class(painter, row.kind, QPointF(6.0, middle), 5.0)
            is_best = row.share is not None and row.share == best
            write_in(painter, theme.t1, BODY_PX, 600 if is_best else 400)
            write_elided(painter, QRectF(_MARK_PX, top, self._name_px, ROW_PX), row.name)
            ground = QRectF(left, middle - _BAR_PX / 2, length, _BAR_PX)
            draw_box(painter, ground, 3, theme.bg3)
            if row.share is not None:
                fill_share(painter, ground, row.share, theme.classes[row.kind % 8])
                painter.setPen(QColor(theme.t1))
                painter.drawText(QRectF(0, top, self.width(), ROW_PX), AT_RIGHT, percent(row.share))
            self._paint_tick(painter, ground)

    def _paint_tick(self, painter: QPainter, ground: QRectF) -> None:
        if self._threshold is None:
            return
        x = round(ground.left() + self._threshold * ground.width())
        tick = QRectF(x - 1, ground.top() - _TICK_OVER_PX, 2, ground.height() + 2 * _TICK_OVER_PX)
        painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(active().bg1))
        painter.fillRect(tick, QColor(active().t1))

    def accessible_items(self) -> list[int]:
        """Return the indices of the bars, for screen readers."""
        return list(range(len(self._rows)))

    def describe_item(self, place: int) -> AccessibleItem | None:
        """Return a bar's text for screen readers."""
        if place >= len(self._rows):
            return None
        return AccessibleItem(
            words_of(self._rows[place]), QRect(0, place * ROW_PX, self.width(), ROW_PX)
        )

    def event(self, event: QEvent) -> bool:
        """Show the full name of a class in a tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = event.pos().y() // ROW_PX
            if 0 <= place < len(self._rows):
                QToolTip.showText(event.globalPos(), words_of(self._rows[place]), self)
                return True
        return super().event(event)


def words_of(row: ClassShare) -> str:
    """Return a class with its probability, for screen readers."""
    return row.name if row.share is None else f"{row.name} {percent(row.share)}"


def shares_of(collection: Collection, found: Mapping[int, float]) -> tuple[ClassShare, ...]:
    """Return a row for each class that takes part, or that the head knows.

    `found` has the probabilities of those that the head knows, by key.
    """
    return tuple(
        ClassShare(one.name, one.colour, found.get(one.key))
        for one in collection.classes
        if one.key in found or not one.is_left_out
    )


def shares_in(look: Look | None) -> dict[int, float]:
    """Return the head's probabilities in a look, by the keys of its classes."""
    if look is None or look.head is None or look.probabilities is None:
        return {}
    return dict(zip(look.head.keys, look.probabilities.tolist(), strict=True))
