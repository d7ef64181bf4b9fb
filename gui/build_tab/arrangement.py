"""The panels' arrangement at every size of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.panel import DataPanel
from gui.build_tab.data_panel.rail import DataRail
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.loss_panel.panel import LossPanel
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.output_panel.panel import OutputPanel
from gui.settings import animation_ms
from gui.theme import SHEET_MOTION_MS
from gui.widgets.basic import frame, has_focus, rule
from gui.widgets.layouts import UNBOUNDED_PX, hbox, vbox
from gui.widgets.regions import Region, focus_target

if TYPE_CHECKING:
    from gui.build_tab.microscope.panel import Microscope

WIDE_PX = 1280
COMPACT_OUTPUT_PX, MICROSCOPE_PX, MIN_LOSS_PX = 280, 428, 240
# Width of the window's body from which output panel and dock are so wide.
_OUTPUT_WIDTHS = ((2400, 520), (1900, 400), (1680, 348), (0, 316))
_DOCK_WIDTHS = ((2400, 600), (2200, 480), (1680, 360), (0, 292))
_SLIDE_PX = 32
# Height of the window's body from which the dock is so high: the window less header and status.
_DOCK_HEIGHTS = ((1250, 420), (1000, 340), (674, 282), (574, 186), (0, 166))


class Arrangement(QWidget):
    """Lays out the panels by the available room: folds the data panel, docks the loss.

    Attributes
    ----------
    is_compact
        Whether the window is narrower than `WIDE_PX`.
    is_loss_in_dock
        Whether the loss panel is the dock's first tab because there is no room next to the dock.
    """

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_compact = self.is_loss_in_dock = self._is_folded = False
        self._left_px = 0
        self._microscope: Microscope | None = None
        self._motion: QPropertyAnimation | None = None
        # From the outside in: another parent makes Qt style all that is in a widget anew.
        self._lower, self._right = frame("panel", side="top"), frame("panel", side="right")
        self._divider = rule(vertical=True)
        self.rail = DataRail(self)
        self.data = DataPanel(model, self)
        self.canvas = NetworkPanel(model, self)
        middle = vbox((self.canvas, 1), self._lower, gap=0)
        parts = self.rail, self.data, (middle, 1), self._right
        self._row = hbox(*parts, on=self, gap=0, margins=0)
        self.loss = LossPanel(model, self._lower)
        self.dock = DockPanel(model, self._lower)
        self.output = OutputPanel(model, self._right)
        self._lower_row = hbox(
            (self.loss, 1), self._divider, self.dock, on=self._lower, gap=0, margins=(0, 1, 0, 0)
        )
        self._right_row = vbox(self.output, on=self._right, gap=0, margins=(1, 0, 0, 0))
        for button in self.rail.buttons():
            button.clicked.connect(self.toggle_drawer)
        self.rail.hide()
        self._fit(self.window().size())  # nearly its own, so that little changes when it is shown

    def show_microscope(self, microscope: Microscope | None) -> None:
        """Show the microscope in place of Output, or hide it."""
        if microscope is not None:
            self.adopt(microscope)
        old, self._microscope = self._microscope, microscope
        if microscope is None and old is not None:
            if has_focus(old):
                self.canvas.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            old.hide()
            self.output.show()
        self._set_widths(self.width())  # before anything is shown, which would be laid out twice
        if microscope is not None:
            self._place_microscope()
            microscope.show()
            self._slide_in(microscope)

    def _slide_in(self, microscope: Microscope) -> None:
        """Slide the microscope in from the right, unless the user prefers no motion."""
        duration_ms = animation_ms(SHEET_MOTION_MS)
        if duration_ms == 0:
            return
        for layout in (self.layout(), self._right_row):
            assert layout is not None
            layout.activate()
        motion = self._motion = QPropertyAnimation(microscope, b"pos", self)
        motion.setDuration(duration_ms)
        motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        motion.setStartValue(microscope.pos() + QPoint(_SLIDE_PX, 0))
        motion.setEndValue(microscope.pos())
        motion.start()

    def adopt(self, microscope: Microscope) -> None:
        """Reparent the hidden microscope ahead of use, since Qt then restyles it."""
        if self._right_row.indexOf(microscope) < 0:
            microscope.hide()  # else it comes with a tab that is shown later
            self._right_row.addWidget(microscope)

    def _place_microscope(self) -> None:
        """Put the microscope in Output's place."""
        if self._motion is not None:  # it ends elsewhere in a window of another size
            self._motion.stop()
            self._motion.setParent(None)
            self._motion = None
        self.output.setVisible(self._microscope is None)

    @property
    def is_drawer_open(self) -> bool:
        """Whether the data panel is open over the canvas."""
        return self._is_folded and not self.data.isHidden()

    def toggle_drawer(self) -> None:
        """Open the data panel over the canvas, or close it."""
        if not self._is_folded:
            return
        if self.is_drawer_open:
            self.close_drawer()
            return
        self._place_drawer()
        by_keys = has_focus(self.rail)
        self.data.show()
        self.data.raise_()
        stop = focus_target(Region("", self.data)) if by_keys else None
        (stop or self.data).setFocus(Qt.FocusReason.OtherFocusReason)
        # Only while it is open: Qt calls a filter of the application for every event there is.
        self._application().installEventFilter(self)

    def show_data(self) -> None:
        """Open the data panel if it is folded."""
        if self._is_folded and not self.is_drawer_open:
            self.toggle_drawer()

    def close_drawer(self) -> None:
        """Fold the data panel; focus moves from it to the rail."""
        if has_focus(self.data):
            self.rail.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self._application().removeEventFilter(self)
        self.data.hide()

    @staticmethod
    def _application() -> QCoreApplication:
        app = QApplication.instance()
        assert app is not None
        return app

    def _place_drawer(self) -> None:
        left = self._left_px + self.rail.width()
        self.data.setGeometry(left, 0, self.data.width(), self.height())

    def make_room(self, left_px: int) -> None:
        """Reserve `left_px` pixels on the left for a lesson.

        The data panel is then folded to its rail.
        """
        if left_px != self._left_px:
            self._left_px = left_px
            self._row.setContentsMargins(left_px, 0, 0, 0)
            self._place(self.width())

    def _fold_data(self, is_folded: bool) -> None:
        """Put the data panel next to the canvas, or behind its rail."""
        self._is_folded = is_folded
        self.rail.setVisible(is_folded)
        self.close_drawer()
        if is_folded:
            self._row.removeWidget(self.data)
            self.data.setParent(self)
        else:
            self._row.insertWidget(1, self.data)
            self.data.show()

    def _place_loss(self, in_dock: bool) -> None:
        """Make the loss panel the dock's first tab, or show it next to the dock."""
        if in_dock == self.is_loss_in_dock:
            return
        self.is_loss_in_dock = in_dock
        is_here = has_focus(self.loss) or has_focus(self.loss.header)  # it leaves the panel
        keyboard = QApplication.focusWidget() if is_here else None
        self._divider.setVisible(not in_dock)
        if in_dock:
            self._lower_row.removeWidget(self.loss)
            self.dock.setMinimumWidth(0)
            self.dock.setMaximumWidth(UNBOUNDED_PX)
            self.dock.insert_loss_panel(self.loss)
        else:
            self.dock.release_loss_panel()
            self._lower_row.insertWidget(0, self.loss, 1)
            self.loss.show()
        if keyboard is not None:  # with another parent it has lost it
            keyboard.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearrange the panels when the size passes a limit."""
        super().resizeEvent(event)
        self._fit(event.size())

    def _fit(self, size: QSize) -> None:
        self.is_compact = size.width() < WIDE_PX
        self.output.set_compact(self.is_compact)
        self._lower.setFixedHeight(_size_for(_DOCK_HEIGHTS, size.height()))
        self._place(size.width())

    def _place(self, room: int) -> None:
        is_folded = self.is_compact or self._left_px > 0
        if is_folded != self._is_folded:
            self._fold_data(is_folded)
        self._set_widths(room)
        self._place_microscope()
        if self._is_folded:
            self._place_drawer()

    def _set_widths(self, room: int) -> None:
        """Set the widths of the dock and of Output for the available room."""
        output = COMPACT_OUTPUT_PX if self.is_compact else _size_for(_OUTPUT_WIDTHS, room)
        if self._microscope is not None:
            output = max(output, MICROSCOPE_PX)
        self._right.setFixedWidth(output)
        dock, data = _size_for(_DOCK_WIDTHS, room), self.rail if self._is_folded else self.data
        left = room - self._left_px - data.width() - output
        self._place_loss(self.is_compact or left < MIN_LOSS_PX + dock)
        if not self.is_loss_in_dock:
            self.dock.setFixedWidth(dock)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the drawer on Esc."""
        if event.key() == Qt.Key.Key_Escape and self.is_drawer_open:
            self.close_drawer()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the drawer on a press outside it, or when it loses focus."""
        if (
            event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn)
            and isinstance(watched, QWidget)
            and self.is_drawer_open
            and self.isAncestorOf(watched)
            and not self.data.isAncestorOf(watched)
            and watched is not self.data
            and not self.rail.isAncestorOf(watched)
        ):
            self.close_drawer()
        return super().eventFilter(watched, event)


def _size_for(limits: tuple[tuple[int, int], ...], room: int) -> int:
    """Return the size for the first limit that `room` reaches."""
    return next(size for least, size in limits if room >= least)
