"""The time spent on a picture, stage by stage."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr
from gui.error_texts import compute_names, translated
from gui.explain import explain
from gui.format import milliseconds, show_integer
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, active
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import as_html, label, named, strong
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, smooth_painter
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.engine import ComputeChoice, ComputeUse
from vision.jobs.pipeline import PipelineUpdate

BAR_H_PX = 14
TOKENS = ("line2", "class3", "acc", "t3", "t2")


class _Bar(QWidget):
    """A bar of the stages, drawn to scale."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("latency_bar")
        self.setFixedHeight(BAR_H_PX)
        self.parts_ms: tuple[float, ...] = ()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = active()
        painter = smooth_painter(self)
        draw_box(painter, QRectF(self.rect()), 3, theme.bg3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        total, left = sum(self.parts_ms), 0.0
        for part_ms, token in zip(self.parts_ms, TOKENS, strict=False):
            right = left + part_ms / total * self.width() if total else left
            span = QRectF(round(left), 0, max(0, round(right) - round(left) - 1), BAR_H_PX)
            painter.fillRect(span, QColor(getattr(theme, token)))
            left = right


class LatencyPanel(Panel):
    """The stages' times, the frame's age, dropped frames, and the device."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("latency_panel")
        self._state = model.state
        self._total = as_html(label("", "latency_total"))
        self.bar = worded(
            _Bar(),
            accessible_name="Times by part",
            tip="Reading, preprocessing, the forward pass, reading out, drawing; to scale",
        )
        self._legend = as_html(label("caption", "latency_legend", wrap=True))
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
        parts = (head, self.bar, self._legend, foot, compute, self._use)
        vbox(*parts, on=self, gap=GAP_S_PX, margins=(INSET_PX + 2, INSET_PX - 2))
        self.compute_box.activated.connect(
            lambda index: model.set_compute(ComputeChoice(self.compute_box.itemData(index)))
        )
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the times of the current picture, if there is one."""
        self._state = state
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
        names = (
            tr("read file") if self._state.live is None else tr("capture"),
            tr("preprocess"),
            tr("forward"),
            tr("read out"),
            tr("draw"),
        )
        values = [f"{milliseconds(value)} ms" for value in self.bar.parts_ms]
        said = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=False))
        self.bar.setAccessibleDescription(said)
        values = values or ["–"] * len(names)
        heads = "".join(
            f"<td><span style='color:{getattr(active(), token)}'>■</span> {name}</td>"
            for name, token in zip(names, TOKENS, strict=True)
        )
        cells = "".join(f"<td>{strong(value)}</td>" for value in values)
        self._legend.setText(f"<table width='100%'><tr>{heads}</tr><tr>{cells}</tr></table>")
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
        """Show the device in use, and the reason if another was chosen."""
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

    def restyle(self) -> None:
        """Apply the current theme."""
        self._show()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        names = compute_names()
        for index, choice in enumerate(ComputeChoice):
            self.compute_box.setItemText(index, names[choice])
        self._show()
