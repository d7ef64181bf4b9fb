"""What lies over the bottom of the drawing: legend, choice of folded units, zoom."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QMenu,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from foundation.text import tr
from gui.build_tab.network_view.layout import ALL, COUNTS, FIT, ORDERS, Fold
from gui.build_tab.network_view.zoom_view import ZOOM_STEP, ZoomView
from gui.format import percent, show_integer, show_part
from gui.theme import BODY_PX, active, font, icon
from gui.widgets.basic import add_choices, describe, opens_menu, set_role, tool_button
from gui.widgets.layouts import hbox
from gui.widgets.painting import smooth_painter
from gui.widgets.panel import Panel

_DOT = " · "
"""Between how many units there are and how many are shown."""
SAMPLE_PX, GAP_PX = 26, 8
TIGHT_STEP_PX, NARROW_STEP_PX = 100, 170


class Legend(Panel):
    """Say what colour, dash, width and rail mean."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("network_legend", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts anew."""
        self._texts = (
            tr("positive"),
            tr("negative"),
            tr("zero"),
            tr("width = |w|"),
            tr("bias"),
        )
        self.setAccessibleName(", ".join(self._texts))
        metrics = QFontMetrics(font(BODY_PX))
        words = sum(metrics.horizontalAdvance(t) for t in self._texts)
        self.setFixedSize(words + 4 * (SAMPLE_PX + GAP_PX + 16) + 4, 20)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the samples and their names."""
        theme = active()
        painter = smooth_painter(self)
        painter.setFont(font(BODY_PX))
        positive = QPen(QColor(theme.pos), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        negative = QPen(QColor(theme.neg), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        negative.setDashPattern([5 / 3, 1])
        zero = QPen(QColor(theme.runs), 1)
        x, y = 0.0, self.height() / 2
        for text, pen in zip(self._texts[:3], (positive, negative, zero), strict=True):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + SAMPLE_PX, y))
            x = self._write(painter, x + SAMPLE_PX + GAP_PX, text)
        x = self._write(painter, x, self._texts[3])
        painter.setPen(QPen(QColor(theme.runs), 1.5))
        painter.drawLine(QPointF(x, y), QPointF(x + SAMPLE_PX, y))
        painter.drawLine(QPointF(x + SAMPLE_PX / 2, y - 3), QPointF(x + SAMPLE_PX / 2, y + 3))
        painter.setPen(positive)
        painter.drawLine(QPointF(x + SAMPLE_PX / 2, y), QPointF(x + 20, y))
        painter.setPen(QPen(QColor(theme.pos), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x + 20, y - 5), QPointF(x + 20, y + 5))
        self._write(painter, x + SAMPLE_PX + GAP_PX, self._texts[4])
        painter.end()

    def _write(self, painter: QPainter, x: float, text: str) -> float:
        painter.setPen(QColor(active().t2))
        metrics = painter.fontMetrics()
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(x, baseline), text)
        return x + metrics.horizontalAdvance(text) + 16


class ZoomBox(Panel):
    """Zoom out, the present zoom, zoom in, fit."""

    def __init__(self, view: ZoomView, parent: QWidget) -> None:
        super().__init__("zoom_box", parent)
        self.zoom_out = tool_button("zoom_out", size="tiny", icon=icon("minus", "t2"))
        self.natural = tool_button("zoom_natural", size="small")
        self.zoom_in = tool_button("zoom_in", size="tiny", icon=icon("plus", "t2"))
        self.fit = tool_button("zoom_fit", size="tiny", icon=icon("corners-out", "t2"))
        for button in (self.zoom_out, self.zoom_in, self.fit):
            button.setIconSize(QSize(13, 13))
        hbox(self.zoom_out, self.natural, self.zoom_in, self.fit, on=self, gap=0, margins=(1, 0))
        self.zoom_out.clicked.connect(lambda: view.zoom_by(1 / ZOOM_STEP))
        self.natural.clicked.connect(lambda: view.zoom_by(1 / view.zoom))
        self.zoom_in.clicked.connect(lambda: view.zoom_by(ZOOM_STEP))
        self.fit.clicked.connect(view.fit)
        self._zoom = 1.0
        set_role(self, role="card")
        self.retranslate()

    def tab_stops(self) -> list[QWidget]:
        """Return what Tab visits, in order."""
        return [self.zoom_out, self.natural, self.zoom_in, self.fit]

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1 for the natural size."""
        self._zoom = zoom
        self.natural.setText(percent(zoom, 0))

    def retranslate(self) -> None:
        """Set the texts anew."""
        describe(self.zoom_out, tr("Zoom out"), tr("Zoom out (Ctrl+−, Ctrl+wheel)"))
        describe(self.natural, tr("Zoom to 100 %"))
        describe(self.zoom_in, tr("Zoom in"), tr("Zoom in (Ctrl++, Ctrl+wheel)"))
        describe(self.fit, tr("Fit the network"), tr("Fit the network (Ctrl+0)"))
        self.show_zoom(self._zoom)


class FoldPicker(QToolButton):
    """Say how many of a large layer's units are drawn, and choose how many and which.

    Parameters
    ----------
    layer
        Which it is; -1 is the inputs.
    choose, show_matrix
        Are given the layer, and the first of them what a person chose.
    """

    def __init__(
        self,
        layer: int,
        choose: Callable[[int, Fold], None],
        show_matrix: Callable[[int], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._fold = Fold()
        name = "inputs" if layer < 0 else f"layer_{layer}"
        self.setObjectName(f"{name}_fold")
        set_role(self, tone="fold", extent="small")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = opens_menu(self, QMenu(self))
        self._counts = add_choices(
            menu, COUNTS, lambda count: choose(layer, replace(self._fold, count=count))
        )
        menu.addSeparator()
        self._orders = add_choices(
            menu, ORDERS, lambda by: choose(layer, replace(self._fold, by=by))
        )
        menu.addSeparator()
        self._matrix = menu.addAction("")
        self._matrix.setVisible(layer >= 0)
        self._matrix.triggered.connect(lambda: show_matrix(layer))

    def show_fold(self, fold: Fold, units: int, shown: int, step: float) -> None:
        """Show a choice for a layer of `units`, of which `shown` are drawn.

        `step` is how far the columns are apart, in pixels.
        """
        self._fold = fold
        if step < TIGHT_STEP_PX:
            text = tr("{shown}/{n} ▾")
        elif step < NARROW_STEP_PX:
            text = tr("{shown} of {n} ▾")
        else:
            text = tr("{n} units · {shown} shown ▾")
        set_role(self, extent="tiny" if step < TIGHT_STEP_PX else "small")
        self.setText(text.format(n=show_integer(units), shown=show_integer(shown)))
        describe(
            self,
            tr("{shown} of {n} units shown", n=units, shown=show_part(shown)),
            tr("Choose how many units are drawn, and which"),
        )
        for count, action in self._counts.items():
            words = {FIT: tr("As many as fit"), ALL: tr("All (at most 64)")}
            show = tr("Show {n}", n=show_integer(count))
            action.setText(words.get(count, show))
            action.setChecked(count == fold.count)
        self._orders["activity"].setText(tr("The most active on the chosen row"))
        self._orders["weight"].setText(tr("The largest weights"))
        self._orders[fold.by].setChecked(True)
        self._matrix.setText(tr("Picture of all weights"))
        self.adjustSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, and what can be chosen in the accent's colour."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        theme = active()
        fact, dot, choice = self.text().rpartition(_DOT)
        metrics = self.fontMetrics()
        room = self.rect().adjusted(
            (self.width() - metrics.horizontalAdvance(self.text())) // 2, 0, 0, 0
        )
        for text, token in ((fact + dot, theme.t1), (choice, theme.acc)):
            painter.setPen(QColor(token))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
            room.adjust(metrics.horizontalAdvance(text), 0, 0, 0)
        painter.end()
