"""The best labels as bars, with the threshold under which the network counts as not sure."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr
from gui.explain import explain
from gui.format import percent
from gui.theme import BODY_PX, GAP_M_PX, GAP_S_PX, INSET_PX, active, font
from gui.vision_tab.class_names import class_name
from gui.vision_tab.share_row import FIGURE_W_PX, NAME_W_PX, ShareRow
from gui.vision_tab.state import TOP_CHOICES, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import label, named
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import (
    AT_RIGHT,
    draw_box,
    fill_share,
    smooth_painter,
    write_elided,
    write_in,
)
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.classification import ClassificationResult
from vision.result import TOP

ROW_PX = 24
BAR_H_PX = 11


class _Bars(QWidget):
    """Paint one row a label: name, bar, percentage; and the threshold across them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("top_k_bars")
        self.rows: tuple[tuple[str, float], ...] = ()
        self.count = TOP
        self.threshold = 0.0

    def sizeHint(self) -> QSize:
        return QSize(300, ROW_PX * self.count)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, ROW_PX * self.count)

    def track(self) -> QRectF:
        """Return the bars' horizontal extent as a rectangle of height 0."""
        left = NAME_W_PX
        return QRectF(left, 0, max(10, self.width() - left - FIGURE_W_PX), 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = active()
        painter = smooth_painter(self)
        track = self.track()
        for place in range(self.count):
            top = place * ROW_PX + (ROW_PX - BAR_H_PX) / 2
            if self.rows and place >= len(self.rows):
                # The model has fewer classes than there is room for.
                break
            ground = QRectF(track.left(), top, track.width(), BAR_H_PX)
            draw_box(painter, ground, 3, theme.bg3)
            if place < len(self.rows):
                self._paint_row(painter, place, ground)
        x = round(track.left() + self.threshold * track.width()) + 0.5
        pen = QPen(QColor(theme.t1), 1)
        pen.setDashPattern([3, 2])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLine(int(x), 0, int(x), self.height())

    def _paint_row(self, painter: QPainter, place: int, ground: QRectF) -> None:
        theme = active()
        name, share = self.rows[place]
        is_answer = place == 0 and share >= self.threshold
        fill_share(painter, ground, share, theme.acc if is_answer else theme.line2)
        write_in(painter, theme.t1, BODY_PX, 600 if place == 0 else 400)
        top = place * ROW_PX
        write_elided(painter, QRectF(0, top, NAME_W_PX - GAP_M_PX, ROW_PX), name)
        painter.setFont(font(BODY_PX, 600))
        painter.drawText(QRectF(0, top, self.width(), ROW_PX), AT_RIGHT, percent(share))


class TopKPanel(Panel):
    """Show the k best labels and let a person choose k and the threshold."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("top_k_panel")
        self._state = model.state
        self._title = label("title", "top_k_title")
        self.count_box = named(QComboBox(), "top_k_count")
        worded(self.count_box, accessible_name="How many labels to show")
        for _ in TOP_CHOICES:
            self.count_box.addItem("")
        self.bars = worded(_Bars(), accessible_name="Best labels", tip="")
        # Its groove ends where the bars above it end.
        self._threshold = ShareRow(
            "threshold",
            0,
            100,
            model.set_threshold,
            term="threshold",
            caption="Threshold",
            tip="Below this probability the network counts as not sure",
        )
        self.slider = self._threshold.slider
        self._rest = label("hint", "top_k_rest", wrap=True)
        vbox(
            hbox(explain(self._title, "top-k", "probability"), STRETCH, self.count_box),
            self.bars,
            self._threshold,
            self._rest,
            on=self,
            gap=GAP_S_PX,
            margins=(INSET_PX + 2, INSET_PX - 2),
        )
        self._show_settings()
        self.count_box.activated.connect(lambda index: model.set_top(TOP_CHOICES[index]))
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the best labels, k and the threshold."""
        old, self._state = self._state, state
        if (state.threshold, state.top) != (old.threshold, old.top):
            self._show_settings()
            self._refresh()
        elif state.result is not old.result:
            self._show_rows()

    def _show_settings(self) -> None:
        self.count_box.setCurrentIndex(TOP_CHOICES.index(self._state.top))
        self._threshold.show_share(self._state.threshold)

    def _show_rows(self) -> None:
        shown = self._state.result
        if shown is None or not isinstance(shown.result, ClassificationResult):
            self.bars.rows = ()
            self._rest.setText("")
        else:
            result = shown.result
            top = result.named(self._state.top)
            self.bars.rows = tuple((class_name(scored.label), scored.probability) for scored in top)
            others = len(result.probabilities) - len(top)
            share = max(0.0, 1.0 - sum(scored.probability for scored in top))
            self._rest.setText(
                tr("The other {count} classes share {share}.", count=others, share=percent(share))
                if others > 0
                else ""
            )
        said = ", ".join(f"{name} {percent(share)}" for name, share in self.bars.rows)
        self.bars.setAccessibleDescription(said)
        self.bars.setToolTip("\n".join(said.split(", ")))
        self.bars.update()

    def _refresh(self) -> None:
        """Lay the bars out anew for k and the threshold."""
        threshold, count = self._state.threshold, self._state.top
        self._title.setText(tr("Top {count}", count=count))
        self.bars.threshold = threshold
        if self.bars.count != count:
            self.bars.count = count
            self.bars.updateGeometry()
        self._show_rows()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for index, count in enumerate(TOP_CHOICES):
            self.count_box.setItemText(index, tr("show {count}", count=count))
        self._threshold.show_share(self._state.threshold)
        self._refresh()
