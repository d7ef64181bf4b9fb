"""The dock's first page: the histograms of the weights, and what rounds them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.rounding_bar import RoundingBar
from gui.build_tab.dock.weights_view import WeightsView
from gui.build_tab.state import BuildState
from gui.theme import GAP_L_PX, GAP_M_PX
from gui.widgets.layouts import UNBOUNDED_PX

_BESIDE_PX, _BAR_PX = 460, 250


class WeightsPage(QWidget):
    """Put the rounding over the histograms, or beside them where the dock is wide and low.

    Attributes
    ----------
    view
        The histograms, which scroll up and down.
    rounding
        The slider of coarseness.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self.view, self.rounding = WeightsView(), RoundingBar(model)
        self._layout = layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_M_PX)
        layout.addWidget(self.rounding, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(_scrolled(self.view), 1)

    def show_state(self, state: BuildState) -> None:
        """Show the weights, and how far they can be rounded."""
        self.view.show_state(state)
        self.rounding.show_state(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the height to the histograms where there is little of it."""
        super().resizeEvent(event)
        is_beside = event.size().width() >= _BESIDE_PX
        if is_beside == (self._layout.direction() == QBoxLayout.Direction.RightToLeft):
            return
        way = QBoxLayout.Direction
        self._layout.setDirection(way.RightToLeft if is_beside else way.TopToBottom)
        self._layout.setSpacing(GAP_L_PX if is_beside else GAP_M_PX)
        self.rounding.setMinimumWidth(_BAR_PX if is_beside else 0)
        self.rounding.setMaximumWidth(_BAR_PX if is_beside else UNBOUNDED_PX)


def _scrolled(view: QWidget) -> QScrollArea:
    """Return `view` in an area that scrolls up and down."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(view)
    return area
