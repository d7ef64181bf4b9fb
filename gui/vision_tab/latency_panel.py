"""Where the time of a picture goes, part by part."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr
from gui.error_texts import compute_names, translated
from gui.explain import explain
from gui.format import milliseconds, show_integer
from gui.theme import BODY_PX, CAPTION_PX, GAP_M_PX, GAP_S_PX, INSET_PX, active, font, icon
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import as_html, describe, label, named, strong, tool_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import AT_LEFT, draw_box, smooth_painter
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
        total = sum(self.parts_ms)
        if total > 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            left = 0.0
            for part_ms, token in zip(self.parts_ms, TOKENS, strict=True):
                right = left + part_ms / total * self.width()
                span = QRectF(round(left), 0, round(right) - round(left) - 1, BAR_H_PX)
                if span.width() > 0:
                    painter.fillRect(span, QColor(getattr(theme, token)))
                left = right
        self._paint_legend(painter)

    def _paint_legend(self, painter: QPainter) -> None:
        theme = active()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small, bold = font(CAPTION_PX), font(BODY_PX, 600)
        plain = font(BODY_PX)
        values = [milliseconds(part) for part in self.parts_ms] or ["–"] * len(self.names)
        unit = " ms" if self.parts_ms else ""
        unit_w = QFontMetricsF(plain).horizontalAdvance(unit)
        of_names, of_values = QFontMetricsF(small), QFontMetricsF(bold)
        value_widths = [of_values.horizontalAdvance(value) for value in values]
        # Every column is as wide as its texts, and what is left goes between them.
        widths = [
            max(of_names.horizontalAdvance(name) + NAME_INDENT_PX, value_w + unit_w)
            for name, value_w in zip(self.names, value_widths, strict=True)
        ]
        gap = max(MIN_GAP_PX, (self.width() - sum(widths)) / (len(widths) - 1))
        x = 0.0
        for name, value, value_w, width, token in zip(
            self.names, values, value_widths, widths, TOKENS, strict=True
        ):
            swatch = QRectF(x, BAR_H_PX + 12, SWATCH_PX, SWATCH_PX)
            painter.fillRect(swatch, QColor(getattr(theme, token)))
            painter.setFont(small)
            painter.setPen(QColor(theme.t2))
            painter.drawText(QRectF(x + NAME_INDENT_PX, BAR_H_PX + 8, width, 16), AT_LEFT, name)
            painter.setFont(bold)
            painter.setPen(QColor(theme.t1))
            painter.drawText(QRectF(x, BAR_H_PX + 25, width + 4, 18), AT_LEFT, value)
            painter.setFont(plain)
            painter.drawText(QRectF(x + value_w, BAR_H_PX + 25, unit_w + 4, 18), AT_LEFT, unit)
            x += width + gap


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
        self.fold_button = tool_button(
            "latency_fold", size="small", do=lambda: self._set_folded(self._rest.isVisible())
        )
        self.fold_button.setIconSize(QSize(12, 12))
        self.fold_button.setFixedSize(24, 20)
        self.fold_button.hide()
        title = explain(label("title", text="Latency X-ray"), "forward-pass", "preprocessing")
        head = hbox(title, STRETCH, self._total, self.fold_button, gap=GAP_S_PX)
        foot = hbox(self._age, self._dropped, STRETCH, self._kind, gap=GAP_M_PX * 2)
        compute_name = label("caption", text="Compute with")
        compute = hbox(compute_name, (self.compute_box, 1), gap=GAP_M_PX)
        self._rest = QWidget()
        vbox(foot, compute, self._use, on=self._rest, gap=GAP_S_PX, margins=0)
        parts = (head, self.bar, self._rest)
        vbox(*parts, on=self, gap=GAP_S_PX, margins=(INSET_PX + 2, INSET_PX - 2))
        self.compute_box.activated.connect(
            lambda index: model.set_compute(ComputeChoice(self.compute_box.itemData(index)))
        )
        self.retranslate()

    def set_foldable(self, foldable: bool) -> None:
        """Show the times alone where there is no room for more, and offer the rest."""
        if foldable == self.fold_button.isHidden():
            self.fold_button.setVisible(foldable)
            self._set_folded(foldable)

    def _set_folded(self, folded: bool) -> None:
        self._rest.setVisible(not folded)
        self._show_fold()

    def _show_fold(self) -> None:
        folded = self._rest.isHidden()
        self.fold_button.setIcon(icon("caret-up" if folded else "caret-down", "t2"))
        describe(self.fold_button, tr("Show more") if folded else tr("Show less"))

    def show_state(self, state: VisionState) -> None:
        """Show the times of one picture, or none."""
        old, self._state = self._state, state
        shown = (state.result, state.live, state.paint_ms)
        if shown != (old.result, old.live, old.paint_ms):
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
        self._name_parts()
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
        if use is None:
            self._use.hide()
            self._use.setText("")
            return
        is_other = use.chosen not in (ComputeChoice.AUTO, use.used)
        self._use.setVisible(is_other or bool(use.reason))
        text = tr("Computed by: {engine}.", engine=names[use.used])
        if use.reason:
            text += " " + tr("Why not the first choice: {reason}.", reason=translated(use.reason))
        self._use.setText(text)

    def _name_parts(self) -> None:
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

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        names = compute_names()
        for index, choice in enumerate(ComputeChoice):
            self.compute_box.setItemText(index, names[choice])
        self._show_fold()
        self._show()
