"""Where the time of a picture goes, part by part."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr
from gui.error_texts import compute_names, translated
from gui.explain import explain
from gui.format import milliseconds, show_integer
from gui.theme import BODY_PX, CAPTION_PX, GAP_M_PX, GAP_S_PX, INSET_PX, active, font
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import as_html, label, named, strong
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import AT_LEFT, draw_box, smooth_painter, write_in
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.engine import ComputeChoice, ComputeUse
from vision.jobs.pipeline import PipelineUpdate

BAR_H_PX = 14
SWATCH_PX, NAME_INDENT_PX, MIN_GAP_PX = 7, 10, 2.0
PARTS = ("read", "preprocess", "forward", "post", "draw")
TOKENS = ("line2", "class3", "acc", "t3", "t2")


class _Bar(QWidget):
    """Paint the parts to scale, and a legend under them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("latency_bar")
        self.names: tuple[str, ...] = PARTS
        self.parts_ms: tuple[float, ...] = ()

    def sizeHint(self) -> QSize:
        return QSize(300, BAR_H_PX + 46)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, BAR_H_PX + 46)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = active()
        painter = smooth_painter(self)
        draw_box(painter, QRectF(0, 0, self.width(), BAR_H_PX), 3, theme.bg3)
        parts_ms = self.parts_ms or (0.0,) * len(PARTS)
        total = sum(parts_ms) or 1.0
        unit = " ms" if self.parts_ms else ""
        bold, small = QFontMetricsF(font(BODY_PX, 600)), QFontMetricsF(font(CAPTION_PX))
        unit_w = QFontMetricsF(font(BODY_PX)).horizontalAdvance(unit)
        columns = []
        for name, part_ms, token in zip(self.names, parts_ms, TOKENS, strict=True):
            value = milliseconds(part_ms) if self.parts_ms else "–"
            value_w = bold.horizontalAdvance(value)
            width = max(small.horizontalAdvance(name) + NAME_INDENT_PX, value_w + unit_w)
            columns.append((name, value, value_w, width, part_ms / total, getattr(theme, token)))
        # Every column is as wide as its texts, and what is left goes between them.
        room = self.width() - sum(width for *_, width, _, _ in columns)
        gap = max(MIN_GAP_PX, room / (len(columns) - 1))
        x = left = 0.0
        for name, value, value_w, width, share, colour in columns:
            right = left + share * self.width()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.fillRect(
                QRectF(round(left), 0, max(0, round(right) - round(left) - 1), BAR_H_PX),
                QColor(colour),
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(QRectF(x, BAR_H_PX + 12, SWATCH_PX, SWATCH_PX), QColor(colour))
            write_in(painter, theme.t2, CAPTION_PX)
            painter.drawText(QRectF(x + NAME_INDENT_PX, BAR_H_PX + 8, width, 16), AT_LEFT, name)
            write_in(painter, theme.t1, BODY_PX, 600)
            painter.drawText(QRectF(x, BAR_H_PX + 25, width + 4, 18), AT_LEFT, value)
            write_in(painter, theme.t1, BODY_PX)
            painter.drawText(QRectF(x + value_w, BAR_H_PX + 25, unit_w + 4, 18), AT_LEFT, unit)
            left, x = right, x + width + gap


class LatencyPanel(Panel):
    """Show the parts of the time, the frame's age, what was dropped, and what computes."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("latency_panel")
        self._state = model.state
        self._total = as_html(label("", "latency_total"))
        self.bar = worded(
            _Bar(),
            accessible_name="Times by part",
            tip="Reading, preprocessing, the forward pass, reading out, drawing; to scale",
        )
        self._age = explain(as_html(label("caption", "frame_age")), "frame")
        self._dropped = explain(as_html(label("caption", "frames_dropped")), "frame")
        self._kind = label("caption", "latency_kind")
        self._use = label("hint", "compute_use", wrap=True)
        self.compute_box = named(QComboBox(), "compute_choice")
        worded(self.compute_box, accessible_name="Engine and device of OpenCV")
        # A long name is cut; it never makes the column wider than a narrow window has room for.
        self.compute_box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.compute_box.setMinimumContentsLength(12)
        for choice in ComputeChoice:
            self.compute_box.addItem("", choice)
        title = explain(label("title", text="Latency X-ray"), "forward-pass", "preprocessing")
        head = hbox(title, STRETCH, self._total)
        foot = hbox(self._age, self._dropped, STRETCH, self._kind, gap=GAP_M_PX * 2)
        compute_name = label("caption", text="Compute with")
        compute = hbox(compute_name, (self.compute_box, 1), gap=GAP_M_PX)
        parts = (head, self.bar, foot, compute, self._use)
        vbox(*parts, on=self, gap=GAP_S_PX, margins=(INSET_PX + 2, INSET_PX - 2))
        self.compute_box.activated.connect(
            lambda index: model.set_compute(ComputeChoice(self.compute_box.itemData(index)))
        )
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the times of one picture, or none."""
        old, self._state = self._state, state
        if (state.result, state.live, state.paint_ms) != (old.result, old.live, old.paint_ms):
            self._show()

    def _show(self) -> None:
        result = self._state.result
        if result is None:
            self.bar.parts_ms = ()
            self._total.setText("")
        else:
            t = result.result.timings
            draw_ms = t.draw_ms + self._state.paint_ms
            self.bar.parts_ms = (
                t.read_ms,
                t.preprocess_ms,
                t.forward_ms,
                t.postprocess_ms,
                draw_ms,
            )
            self._total.setText(f"{strong(milliseconds(sum(self.bar.parts_ms)))} ms")
        self._show_frames(self._state.live)
        self._show_use(result.model.use if result is not None else None)
        live = self._state.live is not None
        self.bar.names = (
            tr("capture") if live else tr("read file"),
            tr("preprocess"),
            tr("forward"),
            tr("read out"),
            tr("draw"),
        )
        said = ", ".join(
            f"{name} {milliseconds(value)} ms"
            for name, value in zip(self.bar.names, self.bar.parts_ms, strict=False)
        )
        self.bar.setAccessibleDescription(said)
        self.bar.update()

    def _show_frames(self, live: PipelineUpdate | None) -> None:
        age = dropped = strong("–")
        kind = "" if self._state.result is None else tr("still image")
        if live is not None:
            age = strong(f"{milliseconds(live.frame_age_ms)} ms")
            dropped = tr(
                "{dropped} of {frames}",
                dropped=strong(show_integer(live.dropped)),
                frames=show_integer(live.processed + live.dropped),
            )
            kind = tr("live")
        self._age.setText(tr("frame age {age}", age=age))
        self._dropped.setText(tr("dropped {count}", count=dropped))
        self._kind.setText(kind)

    def _show_use(self, use: ComputeUse | None) -> None:
        """Name what computes in the box, and why it is not what was chosen under it."""
        names = compute_names()
        automatic = names[ComputeChoice.AUTO]
        if use is not None and use.chosen is ComputeChoice.AUTO:
            automatic = f"{automatic}: {names[use.used]}"
        self.compute_box.setItemText(0, automatic)
        self._use.setVisible(
            use is not None
            and (use.chosen not in (ComputeChoice.AUTO, use.used) or bool(use.reason))
        )
        if use is not None:
            text = tr("Computed by: {engine}.", engine=names[use.used])
            if use.reason:
                reason = translated(use.reason)
                text += " " + tr("Why not the first choice: {reason}.", reason=reason)
            self._use.setText(text)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        names = compute_names()
        for index, choice in enumerate(ComputeChoice):
            self.compute_box.setItemText(index, names[choice])
        self._show()
