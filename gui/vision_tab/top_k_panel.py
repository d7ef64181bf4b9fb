"""The best labels as bars, with the "not sure" threshold."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QComboBox

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
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import (
    AT_RIGHT,
    draw_box,
    fill_share,
    set_text_style,
    write_elided,
)
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.classification import ClassificationResult

ROW_PX = 24
BAR_H_PX = 11
_NOTHING = ("", 0.0)


type Scored = tuple[str, float]
"""A label's name and its probability, 0 to 1."""


class TopKPanel(Panel):
    """The k best labels, with controls for k and the threshold."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("top_k_panel")
        self._state = model.state
        self._title = label("title", "top_k_title")
        self.count_box = named(QComboBox(), "top_k_count")
        worded(self.count_box, accessible_name="How many labels to show")
        self.count_box.addItems([""] * len(TOP_CHOICES))
        self.bars = worded(
            PaintedList[Scored](
                "top_k_bars",
                QSize(220, ROW_PX),
                self._paint_row,
                lambda row: f"{row[0]} {percent(row[1])}" if row[0] else "",
            ),
            accessible_name="Best labels",
            tip="",
        )
        self.bars.set_read_only()
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
        rest, rows = "", list[Scored]()
        if shown is not None and isinstance(shown.result, ClassificationResult):
            result = shown.result
            top = result.named(count)
            rows = [(class_name(scored.label), scored.probability) for scored in top]
            others = len(result.probabilities) - len(top)
            share = max(0.0, 1.0 - sum(scored.probability for scored in top))
            if others > 0:
                rest = tr(
                    "The other {count} classes share {share}.", count=others, share=percent(share)
                )
        self._rest.setText(rest)
        self.bars.show_rows(rows or [_NOTHING] * count)
        self.bars.setFixedHeight(ROW_PX * count)
        self.bars.viewport().update()
        said = [f"{name} {percent(share)}" for name, share in rows]
        self.bars.setAccessibleDescription(", ".join(said))

    def _paint_row(self, painter: QPainter, cell: QRect, row: Scored, _: bool) -> None:
        """Paint a label's name, bar and percentage, and the threshold across them."""
        (name, share), theme, area = row, active(), QRectF(cell)
        threshold = self._state.threshold
        room_px = max(10, cell.width() - NAME_W_PX - FIGURE_W_PX)
        left, inset = area.left() + NAME_W_PX, (ROW_PX - BAR_H_PX) / 2
        ground = QRectF(left, area.top() + inset, room_px, BAR_H_PX)
        draw_box(painter, ground, 3, theme.bg3)
        if name:
            is_first = row is self.bars.rows[0]
            is_answer = is_first and share >= threshold
            fill_share(painter, ground, share, theme.acc if is_answer else theme.line2)
            set_text_style(painter, theme.t1, BODY_PX, 600 if is_first else 400)
            write_elided(painter, area.adjusted(0, 0, left - area.right() - GAP_M_PX, 0), name)
            set_text_style(painter, theme.t1, BODY_PX, 600)
            painter.drawText(area, AT_RIGHT, percent(share))
        x = round(left + threshold * room_px)
        pen = QPen(QColor(theme.t1), 1)
        pen.setDashPattern([3, 2])
        pen.setDashOffset(area.top())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLine(x, cell.top(), x, cell.bottom())

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for index, count in enumerate(TOP_CHOICES):
            self.count_box.setItemText(index, tr("show {count}", count=count))
        self._show()
