"""The loss landscape: a slice through weight space around the training path."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from foundation.text import tr, tr_context
from gui.build_tab.build_model import BuildModel
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import percent, show_integer, significant
from gui.plots.colours import blended, picture_of
from gui.theme import CAPTION_PX, GAP_M_PX, GAP_S_PX, active, font, icon
from gui.widgets.basic import label, push_button, set_role
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import with_alpha
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.experiment import FloatArray
from model.insight import Landscape

_BANDS = 14
_SIDE = 280


class _Surface(Panel):
    """Paints the loss grid in bands, stronger for lower losses, and the path over it."""

    def __init__(self) -> None:
        super().__init__("landscape_surface")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._result: Landscape | None = None
        self._image = QImage()
        self._texts = ("", "")

    def sizeHint(self) -> QSize:
        """Return the size in the wide window."""
        return QSize(260, 160)

    def show_result(self, result: Landscape, texts: tuple[str, str]) -> None:
        """Show a landscape; `texts` name the path's start and end."""
        self._result, self._texts = result, texts
        self._make_image()
        self.update()

    def in_words(self) -> str:
        """Describe the height of the landscape, and the path's start and end."""
        result = self._result
        if result is None or not np.isfinite(result.loss).any():
            return ""
        known = result.loss[np.isfinite(result.loss)]
        said = tr(
            "The loss lies between {low} and {high} here.",
            low=significant(float(known.min())),
            high=significant(float(known.max())),
        )
        if len(result.path) == 0:
            return said
        path = tr("The path leads from {first} at the start to {last} at {end}.")
        first, last = (significant(float(result.path_loss[end])) for end in (0, -1))
        return f"{said} {path.format(first=first, last=last, end=self._texts[1])}"

    def _make_image(self) -> None:
        assert self._result is not None
        theme = active()
        loss = np.where(np.isfinite(self._result.loss), self._result.loss, np.nan)
        height = _interpolate(np.log(np.maximum(loss, 1e-12)))
        if np.isnan(height).all():
            height = np.zeros_like(height)
        low, high = float(np.nanmin(height)), float(np.nanmax(height))
        depth = np.nan_to_num((high - height) / max(high - low, 1e-12))
        band = np.minimum(np.floor(depth * _BANDS), _BANDS - 1) / (_BANDS - 1)
        self._image = picture_of(blended(0.75 * band[::-1], theme.bg2, theme.acc))

    def _to_px(self, place: FloatArray) -> QPointF:
        assert self._result is not None
        x_low, x_high, y_low, y_high = self._result.bounds
        return QPointF(
            (place[0] - x_low) / (x_high - x_low) * self.width(),
            (y_high - place[1]) / (y_high - y_low) * self.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bands, path, start and end."""
        if self._result is None:
            return
        theme = active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.setPen(QColor(theme.line))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        points = [self._to_px(p) for p in self._result.path]
        if not points:
            return
        for colour, width in ((theme.bg1, 4.0), (theme.t1, 1.8)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor(theme.t1), 1.6))
        painter.setBrush(QColor(theme.bg1))
        painter.drawRect(QRectF(points[0].x() - 4, points[0].y() - 4, 8, 8))
        painter.setBrush(QColor(theme.t1))
        painter.drawEllipse(points[-1], 4.0, 4.0)
        for text, at, below in (
            (self._texts[0], points[0], False),
            (self._texts[1], points[-1], True),
        ):
            self._paint_text(painter, text, at, below)

    def _paint_text(self, painter: QPainter, text: str, at: QPointF, below: bool) -> None:
        caption = font(CAPTION_PX, 600)
        metrics = QFontMetricsF(caption)
        width = metrics.horizontalAdvance(text)
        left = min(max(4.0, at.x() - width / 2), self.width() - width - 4)
        base = at.y() + metrics.ascent() + 6 if below else at.y() - 9
        base = min(max(base, metrics.ascent() + 2), self.height() - 4.0)
        painter.setFont(caption)
        box = QRectF(left - 3, base - metrics.ascent(), width + 6, metrics.height())
        painter.fillRect(box, with_alpha(active().bg1, 0.75))
        painter.setPen(QColor(active().t1))
        painter.drawText(QPointF(left, base), text)

    def restyle(self) -> None:
        if self._result is not None:
            self._make_image()


def _interpolate(field: FloatArray) -> FloatArray:
    """Return the field interpolated linearly to `_SIDE` points per side."""
    for _ in range(2):  # along the rows, then along the columns
        known = np.arange(field.shape[1])
        at = np.linspace(0, known[-1], _SIDE)
        field = np.stack([np.interp(at, known, line) for line in field]).T
    return field


class LandscapeView(Panel):
    """The loss landscape of the current run, measured on request."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("landscape_view")
        self._result: Landscape | None = None
        self._is_old = False
        self._pages = QStackedLayout(self)
        empty, full = QWidget(), QWidget()
        invitation = label(
            "label",
            "landscape_invitation",
            wrap=True,
            text="See the loss around the path that training took, as a map of heights.",
        )
        self.start = push_button(
            "landscape_start", do=model.insight.measure_landscape, text="Draw the landscape"
        )
        start = (self.start, 0, Qt.AlignmentFlag.AlignLeft)
        margins = (0, GAP_M_PX, 0, 0)
        vbox(invitation, start, STRETCH, on=empty, gap=GAP_M_PX, margins=margins)
        self._hint = label("caption", "landscape_hint")
        explain(self._hint, "landscape")
        self._kept = label("hint", "landscape_kept", wrap=True)
        self.surface = worded(
            _Surface(), accessible_name="Loss landscape with the path of training", tip=""
        )
        self.again = push_button(
            "landscape_again",
            size="small",
            icon=icon("arrow-counter-clockwise"),
            do=model.insight.measure_landscape,
            text=lambda: tr_context("LandscapeView", "Draw again"),
            accessible_name="Draw the landscape again",
        )
        below = hbox(self.again, (self._kept, 1), gap=GAP_M_PX)
        vbox(self._hint, (self.surface, 1), below, on=full, gap=GAP_S_PX, margins=0)
        self._pages.addWidget(empty)
        self._pages.addWidget(full)
        self.retranslate()

    def show_state(self, state: BuildState) -> None:
        """Show the landscape, or offer to measure one unless it is being measured."""
        insight = state.insight
        for button in (self.start, self.again):
            button.setEnabled(not insight.measures_landscape)
        is_new = insight.landscape is not self._result
        if is_new or state.has_old_landscape != self._is_old:
            self._result, self._is_old = insight.landscape, state.has_old_landscape
            self._pages.setCurrentIndex(0 if self._result is None else 1)
            tone, ink = ("primary", "onacc") if self._is_old else ("", "t1")
            set_role(self.again, tone=tone)
            self.again.setIcon(icon("arrow-counter-clockwise", ink))
            self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_hint()
        result = self._result
        if result is None:
            return
        last = show_integer(result.epochs[-1]) if len(result.epochs) else ""
        texts = (tr("start"), tr("epoch {n}", n=last))
        self.surface.show_result(result, texts)
        share = percent(result.explained)
        text = tr("2-D slice by PCA: keeps {n} of the movement", n=share)
        if self._is_old:
            text = tr("Drawn for epoch {n}; the weights have changed since.", n=last)
        self._kept.setText(text)

    def _show_hint(self) -> None:
        """Explain whether a darker or a brighter shade means a lower loss in this theme."""
        theme = active()
        if QColor(theme.acc).lightnessF() < QColor(theme.bg2).lightnessF():
            self._hint.setText(tr("Darker is lower loss. The line is this run."))
        else:
            self._hint.setText(tr("Brighter is lower loss. The line is this run."))

    def restyle(self) -> None:
        """Apply the current theme."""
        self._show_hint()
