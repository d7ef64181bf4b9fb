"""The way to one start of the lottery: the curve under the pointer, or walked to by the arrows."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)

from gui.build.dock.lottery_run import LotteryResult

__all__ = ["SeedCursor"]

_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class SeedCursor(QObject):
    """Up and Down go to the start that ended with the next higher or lower loss, Enter opens it.

    With the mouse the curve nearest to the pointer stands out, and a double click opens it.

    Attributes
    ----------
    index
        Which of the result's seeds stands out, -1 for none.

    Signals
    -------
    moved(int)
        Another one does.
    opened(int)
        A seed whose network the person wants to see.
    """

    moved = Signal(int)
    opened = Signal(int)

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot)
        self._plot = plot
        self._result: LotteryResult | None = None
        self._order: list[int] = []
        self.index = -1
        plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        plot.viewport().setMouseTracking(True)
        for watched in (plot, plot.viewport()):
            watched.installEventFilter(self)

    def show_result(self, result: LotteryResult | None) -> None:
        """Go along the starts of another outcome."""
        self._result = result
        # NaN goes last: a start that diverged is the worst.
        self._order = (
            [] if result is None else np.argsort(result.last_losses, kind="stable").tolist()
        )
        self._go_to(-1)

    def say(self, text: str) -> None:
        """Have a screen reader say what the keyboard came to."""
        if self._plot.hasFocus():
            event = QAccessibleAnnouncementEvent(self._plot, text)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the plot, and the keys while it has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return watched is self._plot and self._on_key(Qt.Key(event.key()))
        if isinstance(event, QFocusEvent) and watched is self._plot:
            if event.lostFocus():
                self._go_to(-1)
            elif event.reason() in _BY_TAB and self._order:
                self._go_to(self._order[0])
        elif isinstance(event, QMouseEvent) and watched is not self._plot:
            if event.type() == QEvent.Type.MouseMove:
                self._go_to(self._nearest(event.position()))
            elif event.type() == QEvent.Type.MouseButtonDblClick:
                self._go_to(self._nearest(event.position()))
                return self._open()
        elif event.type() == QEvent.Type.Leave and not self._plot.hasFocus():
            self._go_to(-1)
        return False

    def _on_key(self, key: Qt.Key) -> bool:
        if key in _OPENING:
            return self._open()
        last = len(self._order) - 1
        at = self._order.index(self.index) if self.index in self._order else -1
        goal = {
            Qt.Key.Key_Up: at + 1,
            Qt.Key.Key_Down: at - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(key)
        if goal is None or last < 0:
            return False
        self._go_to(self._order[min(max(goal, 0), last)])
        return True

    def _open(self) -> bool:
        if self._result is None or self.index < 0:
            return False
        self.opened.emit(int(self._result.seeds[self.index]))
        return True

    def _go_to(self, index: int) -> None:
        if index != self.index:
            self.index = index
            self.moved.emit(index)

    def _nearest(self, at: QPointF) -> int:
        """Return the start whose curve is nearest to a point of the plot, -1 outside of it."""
        box, result = self._plot.getViewBox(), self._result
        scene = self._plot.mapToScene(at.toPoint())
        if result is None or not box.sceneBoundingRect().contains(scene):
            return -1
        view = box.mapSceneToView(scene)
        place = int(np.abs(result.epochs - view.x()).argmin())
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.abs(np.log10(result.losses[:, place]) - view.y())
        return int(np.nanargmin(apart)) if np.isfinite(apart).any() else -1
