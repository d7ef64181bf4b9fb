"""Rounding of the weights: a slider, the outcome of each step, and Keep."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPaintEvent, QPen, QPolygonF

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import values_text
from gui.build_tab.state import Activity, BuildState
from gui.format import show_integer, show_number, show_part, show_short
from gui.theme import GAP_M_PX, GAP_S_PX, active
from gui.widgets.basic import label, push_button
from gui.widgets.layouts import hbox, vbox
from gui.widgets.painting import smooth_painter
from gui.widgets.panel import Panel
from gui.widgets.slider import Slider
from gui.widgets.texts import worded
from model.insight.rounding import LOST_R_SQUARED, STEPS, Attempt, Roundings, is_too_large_to_round
from model.metrics import RIGHT, decision_threshold, outcomes

_FINEST_FIRST = STEPS[::-1]
_SLIDER_PX, _MARK_PX = 32, 4.0
_MAX_NAMED = 2
"""Limit of failing rows to name; tables with more than `_MAX_COLUMNS` inputs name none."""
_MAX_COLUMNS = 4


class CoarsenessSlider(Slider):
    """A slider from the exact weights on the left to the coarsest on the right.

    Marks under the groove: a dot if every answer is kept, a cross if one is lost, and a triangle at
    the coarsest step that keeps them all.
    """

    def __init__(self) -> None:
        super().__init__("rounding_slider")
        self.setRange(0, len(STEPS))
        self.setPageStep(1)
        self.setFixedHeight(_SLIDER_PX)
        self._roundings: Roundings | None = None

    def show_roundings(self, roundings: Roundings | None) -> None:
        """Mark for each step whether all answers are kept."""
        if roundings is not self._roundings:
            self._roundings = roundings
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks under the groove."""
        super().paintEvent(event)
        if self._roundings is None or not self.isEnabled():
            return
        theme = active()
        painter = smooth_painter(self)
        y, half = self.height() - _MARK_PX / 2 - 1, _MARK_PX / 2
        coarsest = self._roundings.coarsest
        for attempt in self._roundings.attempts:
            x = self.x_of(value_of(attempt.step))
            if not attempt.keeps:
                painter.setPen(QPen(QColor(theme.t2), 1))
                painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
                painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.acc))
            if attempt is coarsest:
                top, foot = y - _MARK_PX + 0.5, y + half + 0.5
                corners = (QPointF(x, top), QPointF(x - 4.5, foot), QPointF(x + 4.5, foot))
                painter.drawPolygon(QPolygonF(corners))
            else:
                painter.drawEllipse(QPointF(x, y), half - 0.25, half - 0.25)


def value_of(step: float | None) -> int:
    """Return the slider's value for a rounding step; 0 for the exact weights."""
    return 0 if step is None else 1 + _FINEST_FIRST.index(step)


class RoundingBar(Panel):
    """A bar to preview rounded weights in the whole window, and to keep or discard them.

    Attributes
    ----------
    slider
        Rounding slider: 0 is exact, then one value per step, finest first.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__("rounding_bar")
        self._model = model
        self._state: BuildState | None = None
        self._figure = label("strong", "rounding_step")
        self._sentence = label("label", "rounding_sentence", wrap=True)
        self.slider = worded(
            CoarsenessSlider(),
            accessible_name="Coarseness of the weights",
            tip="Round every weight that is not pinned. A dot: no answer is lost; a cross: one is; "
            "the triangle: the coarsest that loses none. Esc goes back to the exact weights.",
        )
        self.slider.valueChanged.connect(self._on_value_changed)
        self.keep = push_button(
            "rounding_keep",
            size="small",
            do=self._on_keep_clicked,
            text="Keep",
            accessible_name="Keep the rounded weights",
            tip="Make the rounded weights the network’s",
        )
        caption = label("label", "rounding_caption", text="Rounding")
        top = hbox(caption, (self._figure, 1), self.keep, gap=GAP_S_PX)
        vbox(top, self.slider, GAP_M_PX // 2, self._sentence, on=self, gap=0, margins=0)

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the outcome, or why rounding is impossible now."""
        self._state = state
        reason = self._reason(state)
        if not reason and state.insight.roundings is None:
            self._model.try_roundings()
        step = state.rounding_step
        if not self.slider.isSliderDown() or step is None:
            with QSignalBlocker(self.slider):
                self.slider.setValue(value_of(step))
        self.slider.setEnabled(not reason)
        self.slider.show_roundings(state.insight.roundings)
        self.keep.setEnabled(step is not None)
        self._figure.setText(self._names()[self.slider.value()])
        self._sentence.setText(reason or self._outcome(state))
        told = f"{self._figure.text()}. {self._sentence.text()}"
        if self.slider.accessibleDescription() != told:
            self.slider.setAccessibleDescription(told)

    def _reason(self, state: BuildState) -> str:
        """Return why rounding is impossible, empty if it is possible."""
        if state.activity is not Activity.REST:
            return tr("Pause the training to round.")
        if not state.data.is_ready or len(state.dataset.x_train) == 0:
            return tr("Rounding waits for the rows.")
        if is_too_large_to_round(state.network, state.dataset):
            return tr("Too large to try every rounding.")
        roundings = state.insight.roundings
        if state.dataset.task != "regression" and roundings is not None and not roundings.accuracy:
            return tr("No row is right yet that a rounding could lose.")
        return ""

    def _outcome(self, state: BuildState) -> str:
        """Describe what the chosen rounding keeps, or the coarsest that keeps everything."""
        roundings = state.insight.roundings
        if roundings is None:
            return tr("Trying every rounding…")
        if state.rounding_step is None:
            coarsest = roundings.coarsest
            if coarsest is None:
                return self._none_keeps(state, roundings)
            return self._kept(coarsest, roundings, state)
        chosen = next(a for a in roundings.attempts if a.step == state.rounding_step)
        return (self._kept if chosen.keeps else self._lost)(chosen, roundings, state)

    def _none_keeps(self, state: BuildState, roundings: Roundings) -> str:
        if state.dataset.task != "regression":
            return tr("Every rounding loses an answer.")
        if not np.isfinite(roundings.accuracy):
            return tr("These rows have no R² by which a rounding could be judged.")
        return tr(
            "Every rounding loses more than {share} of R².", share=show_number(LOST_R_SQUARED, 2)
        )

    def _kept(self, attempt: Attempt, roundings: Roundings, state: BuildState) -> str:
        name, rows = self._names()[value_of(attempt.step)], roundings.rows
        if state.dataset.task == "regression":
            text = tr("{steps} keep an R² of {now}, exact {before}.")
            if attempt.accuracy > roundings.accuracy:
                text = tr("{steps} reach an R² of {now}, exact {before}.")
            now, before = show_short(attempt.accuracy, 3), show_short(roundings.accuracy, 3)
            return text.format(steps=name, now=now, before=before)
        right = round(attempt.accuracy * rows)
        is_better = right > round(roundings.accuracy * rows)
        if right == rows > 1:
            text = tr("{steps} still pass all {n} rows.")
            if is_better:
                text = tr("{steps} even pass all {n} rows.")
        else:
            text = tr("{steps} still pass {right} of {n} rows.")
            if is_better:
                text = tr("{steps} even pass {right} of {n} rows.")
        return text.format(steps=name, right=show_part(right), n=show_integer(rows))

    def _lost(self, attempt: Attempt, roundings: Roundings, state: BuildState) -> str:
        name, rows = self._names()[value_of(attempt.step)], roundings.rows
        if state.dataset.task == "regression":
            now, before = show_short(attempt.accuracy, 3), show_short(roundings.accuracy, 3)
            return tr(
                "{steps} reach an R² of {now}, exact {before}.", steps=name, now=now, before=before
            )
        right, before_right = (round(a * rows) for a in (attempt.accuracy, roundings.accuracy))
        failing = self._failing_rows(state)
        if attempt.lost == 0:
            text = tr("{steps} still pass {right} of {n} rows, but lose training rows.")
        elif right >= before_right:
            text = tr("{steps} pass {right} of {n} rows, but lose {lost} of those that were right.")
        elif failing:
            text = tr("{steps} pass {right} of {n} rows: {rows} not.")
        else:
            text = tr("{steps} pass {right} of {n} rows, exact {before}.")
        return text.format(
            steps=name,
            right=show_part(right),
            n=show_integer(rows),
            before=show_part(before_right),
            lost=show_integer(attempt.lost),
            rows=failing,
        )

    @staticmethod
    def _failing_rows(state: BuildState) -> str:
        """Return the truth table's failing rows as text, empty if there are too many."""
        dataset, columns = state.dataset, state.dataset.columns
        if dataset.table_y is None or state.table_outputs is None or columns.table_x is None:
            return ""
        threshold = decision_threshold(state.experiment)
        judged = outcomes(
            state.table_outputs, dataset.table_y, dataset.task, threshold, dataset.table_mask
        )
        rows = np.flatnonzero(judged != RIGHT)
        if len(rows) > _MAX_NAMED or columns.inputs > _MAX_COLUMNS:
            return ""
        return ", ".join(f"({values_text(dataset, columns.table_x[row])})" for row in rows)

    def _names(self) -> tuple[str, ...]:
        """Return the name of every step of the slider."""
        return (
            tr("Exact"),
            tr("Hundredths"),
            tr("Fiftieths"),
            tr("Twentieths"),
            tr("Tenths"),
            tr("Eighths"),
            tr("Fifths"),
            tr("Quarters"),
            tr("Thirds"),
            tr("Halves"),
            tr("Integers"),
            tr("Twos"),
            tr("Fives"),
            tr("Tens"),
        )

    # -- What the user does ------------------------------------------------------------------------

    def _on_value_changed(self, value: int) -> None:
        self._model.preview_rounding(None if value == 0 else _FINEST_FIRST[value - 1])

    def _on_keep_clicked(self) -> None:
        name = self._names()[self.slider.value()]
        self._model.keep_rounded(tr("Round the weights: {steps}", steps=name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to the exact weights on Esc."""
        if event.key() == Qt.Key.Key_Escape and self.slider.value() > 0:
            self._model.preview_rounding(None)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Return to the exact weights when the bar is hidden."""
        super().hideEvent(event)
        if not event.spontaneous() and self.slider.value() > 0:
            self._model.preview_rounding(None)

    # -- Language ----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        if self._state is not None:
            self.show_state(self._state)
