"""The best labels as bars, with the "not sure" threshold."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr
from gui.explain import explain
from gui.format import percent
from gui.theme import BODY_PX, GAP_M_PX, GAP_S_PX, INSET_PX, active
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
    """Paints a row per label (name, bar, percentage) and the threshold across them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("top_k_bars")
        self.setMinimumWidth(220)
        self.rows: tuple[tuple[str, float], ...] = ()
        self.count = TOP
        self.threshold = 0.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = active()
        painter = smooth_painter(self)
        room_px = max(10, self.width() - NAME_W_PX - FIGURE_W_PX)
        # The model may have fewer classes than there is room for.
        for place in range(len(self.rows) or self.count):
            top = place * ROW_PX
            ground = QRectF(NAME_W_PX, top + (ROW_PX - BAR_H_PX) / 2, room_px, BAR_H_PX)
            draw_box(painter, ground, 3, theme.bg3)
            if not self.rows:
                continue
            name, share = self.rows[place]
            is_answer = place == 0 and share >= self.threshold
            fill_share(painter, ground, share, theme.acc if is_answer else theme.line2)
            write_in(painter, theme.t1, BODY_PX, 600 if place == 0 else 400)
            write_elided(painter, QRectF(0, top, NAME_W_PX - GAP_M_PX, ROW_PX), name)
            write_in(painter, theme.t1, BODY_PX, 600)
            painter.drawText(QRectF(0, top, self.width(), ROW_PX), AT_RIGHT, percent(share))
        x = round(NAME_W_PX + self.threshold * room_px)
        pen = QPen(QColor(theme.t1), 1)
        pen.setDashPattern([3, 2])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLine(x, 0, x, self.height())


class TopKPanel(Panel):
    """The k best labels, with k and the threshold."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("top_k_panel")
        self._state = model.state
        self._title = label("title", "top_k_title")
        self.count_box = named(QComboBox(), "top_k_count")
        worded(self.count_box, accessible_name="How many labels to show")
        self.count_box.addItems([""] * len(TOP_CHOICES))
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
        self.count_box.activated.connect(lambda index: model.set_top(TOP_CHOICES[index]))
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the best labels, k and the threshold."""
        self._state = state
        self._show()

    def _show(self) -> None:
        shown, count = self._state.result, self._state.top
        self._title.setText(tr("Top {count}", count=count))
        self.count_box.setCurrentIndex(TOP_CHOICES.index(count))
        self._threshold.show_share(self._state.threshold)
        rest, self.bars.rows = "", ()
        if shown is not None and isinstance(shown.result, ClassificationResult):
            result = shown.result
            top = result.named(count)
            self.bars.rows = tuple((class_name(scored.label), scored.probability) for scored in top)
            others = len(result.probabilities) - len(top)
            share = max(0.0, 1.0 - sum(scored.probability for scored in top))
            if others > 0:
                rest = tr(
                    "The other {count} classes share {share}.", count=others, share=percent(share)
                )
        self._rest.setText(rest)
        said = [f"{name} {percent(share)}" for name, share in self.bars.rows]
        self.bars.setAccessibleDescription(", ".join(said))
        self.bars.setToolTip("\n".join(said))
        self.bars.threshold, self.bars.count = self._state.threshold, count
        self.bars.setFixedHeight(ROW_PX * count)
        self.bars.update()

    def retranslate(self) -> None:
        """Show the row with every text in the current language."""
        for index, count in enumerate(TOP_CHOICES):
            self.count_box.setItemText(index, tr("show {count}", count=count))
        self._show()
