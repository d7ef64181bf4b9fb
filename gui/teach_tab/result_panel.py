"""How good the head is: held-out accuracy, curves of the training, and what would help."""

from __future__ import annotations

import html
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from foundation.text import tr, tr_context
from gui.explain import explain
from gui.format import percent, show_fixed, show_integer, significant
from gui.plots.axes import Plot, cosmetic_pen
from gui.plots.epoch_plot import EpochPlot
from gui.plots.legend import LineSwatch
from gui.teach_tab.advice import advice_on
from gui.teach_tab.evaluation import Evaluation, LearningPoint
from gui.teach_tab.samples import right_text
from gui.teach_tab.state import HeadRun, TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel, active
from gui.widgets.basic import (
    as_html,
    describe,
    frame,
    label,
    named,
    push_button,
    rule,
    set_role,
    strong,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel

_PLOT_PX = 150
_ROOM = 1.06
_SIDE_BY_SIDE_PX, _LEGEND_PX = 480, 340
_TABS = 3
"""Accuracy, learning curve and, where it is narrow, loss."""

_TOLD = attrgetter("evaluation", "run", "busy", "is_stale", "collection")
_LEARNING = attrgetter("learning", "is_measuring", "head")


class LearningCurve(Panel):
    """How many held-out images are right by how many were learned from, with the intervals."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = Plot("teach_learning_plot")
        axis = self.plot.axes["left"]
        axis.is_share = True
        axis.setWidth(40)
        self.plot.axes["bottom"].setHeight(20)
        self._box = self.plot.box
        self._box.setMouseEnabled(x=False, y=False)
        self._line, self._dots, self._bars = (
            pg.PlotCurveItem(),
            pg.ScatterPlotItem(size=9, pxMode=True),
            pg.PlotCurveItem(connect="pairs"),
        )
        for item in (self._bars, self._line, self._dots):
            self._box.addItem(item, ignoreBounds=True)
        self._points: tuple[LearningPoint, ...] = ()
        vbox(self.plot, on=self, margins=0)
        self.restyle()

    def show_points(self, points: tuple[LearningPoint, ...]) -> None:
        """Draw the points, the bars of their intervals and a line through them."""
        if points == self._points:
            return
        self._points = points
        x = np.array([point.pictures for point in points], np.float64)
        y = np.array([point.accuracy for point in points], np.float64)
        ends = np.array([point.interval for point in points], np.float64)
        self._line.setData(x, y)
        self._dots.setData(x, y)
        self._bars.setData(np.repeat(x, 2), ends.ravel())
        self._box.setXRange(0.0, _ROOM * max(float(x.max(initial=0.0)), 1.0), padding=0)
        self._box.setYRange(0.0, 1.03, padding=0)

    def restyle(self) -> None:
        """Put on the theme in use."""
        theme = active()
        self.plot.dress()
        self._line.setPen(cosmetic_pen(theme.test, 1.6, (3.0, 2.0)))
        self._bars.setPen(cosmetic_pen(theme.line2, 1.2))
        self._dots.setPen(cosmetic_pen(theme.test, 2.0))
        self._dots.setBrush(QBrush(QColor(theme.bg1)))


@dataclass(frozen=True)
class _Values:
    """A swatch and a value for train and for validation."""

    box: QWidget
    train: QLabel
    validation: QLabel


def _values(object_name: str) -> _Values:
    box = QWidget()
    train = label("strong", f"{object_name}_train")
    validation = label("strong", f"{object_name}_validation")
    parts = (LineSwatch("train"), train, LineSwatch("test"), validation)
    hbox(*parts, on=box, gap=GAP_S_PX, margins=0)
    return _Values(box, train, validation)


class ResultPanel(Panel):
    """Say how good the head is, how its training went, and what would help."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_result")
        self._state = TeachState()
        self._run: HeadRun | None = None
        self._is_wide = True
        self._caption = label("caption", "teach_accuracy_caption")
        explain(self._caption, "accuracy", "baseline")
        self.figure = label("hero", "teach_accuracy")
        self.sentence = label("", "teach_sentence", wrap=True)
        self.detail = label("label", "teach_detail", wrap=True)
        self._train_name, self._validation_name = label("label"), label("label")
        self.tabs = named(QTabBar(), "teach_curves")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        set_role(self.tabs, role="dock")
        self.tabs.addTab("")
        self.tabs.addTab("")
        self.accuracy = EpochPlot("teach_accuracy_plot", is_share=True, has_timeline=False)
        self.loss = EpochPlot("teach_loss_plot", has_timeline=False)
        self._loss_title = label("title", "teach_loss_title")
        explain(self._loss_title, "loss")
        self._accuracy_values = _values("teach_accuracy_value")
        self._loss_values = _values("teach_loss_value")
        self.curve = LearningCurve()
        self.measure_button = push_button("teach_measure", size="small")
        self._curve_sentence = label("hint", "teach_curve_sentence", wrap=True)
        self.advice = named(frame("card", tone="warn"), "teach_advice")
        self._advice_text = as_html(label("", "teach_advice_text", wrap=True))
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.measure_button.clicked.connect(model.measure_learning_curve)
        self.retranslate()

    # -- Making ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._loss_box = self._right()
        self._plots = hbox((self._left(), 1), (self._loss_box, 1), gap=GAP_L_PX)
        sign = (IconLabel(16, "warning", "warn"), 0, Qt.AlignmentFlag.AlignTop)
        margins = (INSET_PX, GAP_M_PX)
        hbox(sign, (self._advice_text, 1), on=self.advice, gap=GAP_M_PX, margins=margins)
        vbox(self._head(), (self._plots, 1), self.advice, on=self, gap=GAP_M_PX, margins=0)

    def _head(self) -> QHBoxLayout:
        figure = vbox(self._caption, self.figure, STRETCH, gap=0)
        words = vbox(STRETCH, self.sentence, self.detail, STRETCH, gap=2)
        self._legend = QWidget()
        lines = (("train", self._train_name), ("test", self._validation_name))
        rows = (hbox(LineSwatch(kind), name, STRETCH, gap=GAP_S_PX) for kind, name in lines)
        vbox(STRETCH, *rows, STRETCH, on=self._legend, gap=2, margins=0)
        return hbox(figure, rule(vertical=True), (words, 1), self._legend, gap=GAP_L_PX)

    def _left(self) -> QVBoxLayout:
        head = hbox(
            self.tabs, STRETCH, self._accuracy_values.box, self.measure_button, gap=GAP_S_PX
        )
        page = QWidget()
        vbox((self.curve, 1), self._curve_sentence, on=page, gap=GAP_S_PX, margins=0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.accuracy)
        self._pages.addWidget(page)
        self._pages.setMinimumHeight(_PLOT_PX)
        return vbox(head, (self._pages, 1), gap=GAP_S_PX)

    def _right(self) -> QWidget:
        head = hbox(self._loss_title, STRETCH, self._loss_values.box)
        self._loss_title.setMinimumHeight(28)
        self.loss.setMinimumHeight(_PLOT_PX)
        box = QWidget()
        vbox(head, (self.loss, 1), on=box, gap=GAP_S_PX, margins=0)
        return box

    def sizeHint(self) -> QSize:
        """Ask for the room of the design."""
        return QSize(560, 400)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show how good the head is and how its training goes."""
        before, self._state = self._state, state
        if state.run is not self._run:
            self._show_run(state.run)
        if _TOLD(state) != _TOLD(before):
            self._write()
        if _LEARNING(state) != _LEARNING(before):
            self._show_learning()

    def _show_run(self, run: HeadRun | None) -> None:
        before, self._run = self._run, run
        is_other = run is None or before is None or run.epoch < before.epoch
        for plot, train, validation in (
            (self.accuracy, "train_accuracy", "validation_accuracy"),
            (self.loss, "train_loss", "validation_loss"),
        ):
            if is_other:
                plot.forget_series()
            values = np.array(getattr(run, train, ()), np.float64)
            tests = np.array(getattr(run, validation, ()), np.float64)
            plot.show_series(range(len(values)), values, tests if len(tests) else None)
            is_going = run is not None and not run.is_over
            plot.set_position(float(max(len(values) - 1, 0)), is_going)
            plot.redraw()
        self._write_values()

    def _write_values(self) -> None:
        run = self._run or HeadRun()
        for value, shares in (
            (self._accuracy_values.train, run.train_accuracy),
            (self._accuracy_values.validation, run.validation_accuracy),
        ):
            value.setText(percent(shares[-1], 0 if shares[-1] == 1.0 else 1) if shares else "–")
        for value, losses in (
            (self._loss_values.train, run.train_loss),
            (self._loss_values.validation, run.validation_loss),
        ):
            value.setText(significant(losses[-1]) if losses else "–")
        self._fit_values()

    def _fit_values(self) -> None:
        """Leave the values of the accuracy out where they have no room beside the tabs."""
        box = self._accuracy_values.box
        needed = self.tabs.sizeHint().width() + box.sizeHint().width() + GAP_S_PX
        room = (self.width() - GAP_L_PX) // 2 if self._is_wide else self.width()
        fits = needed <= room
        box.setVisible(self.tabs.currentIndex() == 0 and fits)

    def _show_learning(self) -> None:
        state = self._state
        self.curve.show_points(state.learning)
        self.measure_button.setEnabled(state.head is not None and not state.is_measuring)
        self._curve_sentence.setText(self._learning_text(state))

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._caption.setText(tr("Held-out accuracy"))
        self._train_name.setText(tr_context("ResultPanel", "train"))
        self._validation_name.setText(tr("validation"))
        self.tabs.setTabText(0, tr("Accuracy"))
        self.tabs.setTabText(1, tr("More data?"))
        if not self._is_wide:
            self.tabs.setTabText(_TABS - 1, tr("Loss"))
        self.tabs.setTabToolTip(0, tr("Share of images that are right, by epoch"))
        self.tabs.setTabToolTip(1, tr("Learning curve: does more data help?"))
        describe(self.tabs, tr("Accuracy or learning curve"))
        self._loss_title.setText(tr("Loss"))
        self.measure_button.setText(tr("Measure"))
        describe(
            self.measure_button,
            tr("Measure the learning curve"),
            tr("Train new heads on an eighth, a quarter, half and all of the images"),
        )
        for curves, text in (
            (self.accuracy, tr("Accuracy by epoch")),
            (self.loss, tr("Loss by epoch")),
        ):
            curves.setAccessibleName(text)
            curves.plot.setAccessibleName(text)
        self.curve.plot.setAccessibleName(tr("Learning curve"))
        self._write_values()
        self._write()
        self._show_learning()
        self._on_tab_changed(self.tabs.currentIndex())

    def _write(self) -> None:
        judged = self._state.evaluation
        if judged is None or not judged.held_out:
            self.figure.setText("–")
            self.sentence.setText(self._why_nothing())
            self.detail.setText("")
        else:
            self.figure.setText(percent(judged.accuracy))
            self.sentence.setText(self._judgement(judged))
            self.detail.setText(self._details(judged))
        self.detail.setVisible(bool(self.detail.text()))
        self.figure.setAccessibleName(f"{self._caption.text()} {self.figure.text()}")
        self._write_advice()

    def _why_nothing(self) -> str:
        state = self._state
        if state.is_training:
            return tr("The head is being trained.")
        if state.evaluation is not None:
            return tr("No image is held out, so nothing tells how good the head is on new ones.")
        if len(state.collection.classes) < 2:
            return tr("Add at least 2 classes, give each its images, then train the head.")
        if len(state.collection.taught.classes) < 2:
            return tr("Let at least 2 classes take part, then train the head.")
        return tr("Train the head to see how many of the held-out images it gets right.")

    def _judgement(self, judged: Evaluation) -> str:
        text = right_text(judged.right, judged.held_out)
        if judged.is_of_repeats:
            text += " " + tr(
                "Nearly the same as a training image: {n} of them.",
                n=show_integer(judged.near_duplicates),
            )
        if self._state.is_stale:
            text += " " + tr("Classes or settings have changed since: train again.")
        return text

    def _details(self, judged: Evaluation) -> str:
        low, high = judged.interval
        parts = [
            tr(
                "{share} interval: {low} to {high}. Baseline, always the largest class: "
                "{baseline}.",
                share=percent(0.95, 0),
                low=percent(low, 0),
                high=percent(high, 0),
                baseline=percent(judged.baseline, 0),
            )
        ]
        run = self._state.run
        if self._is_wide and run is not None and run.is_over and run.seconds > 0:
            parts.append(
                tr(
                    "Trained in {time} s on this computer, without internet.",
                    time=show_fixed(run.seconds, 1),
                )
            )
        return " ".join(parts)

    def _write_advice(self) -> None:
        advice = advice_on(self._state)
        self.advice.setVisible(advice is not None)
        if advice is not None:
            self._advice_text.setText(
                f"{strong(html.escape(advice.title))} {html.escape(advice.text)}"
            )
            self.advice.setAccessibleName(f"{advice.title} {advice.text}")

    def _learning_text(self, state: TeachState) -> str:
        points = state.learning
        if state.is_measuring:
            return tr("Training new heads on ever more of the images…")
        if state.head is None:
            return tr("Train the head first.")
        if len(points) < 2:
            return tr("Does more data help? Measure it on ever more of the images.")
        last, before = points[-1], points[-2]
        gained = 100 * (last.accuracy - before.accuracy)
        if gained >= 1.0:
            text = tr("From {few} to {many} images it gained {points} points: more may help.")
        else:
            text = tr(
                "From {few} to {many} images it changed by {points} points: more of the same will "
                "hardly help."
            )
        return text.format(
            few=show_integer(before.pictures),
            many=show_integer(last.pictures),
            points=show_fixed(gained, 1),
        )

    # -- Room --------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Give the loss a tab of its own where two plots have no room side by side."""
        self._legend.setVisible(self.width() >= _LEGEND_PX)
        is_wide = self.width() >= _SIDE_BY_SIDE_PX
        if is_wide == self._is_wide:
            self._fit_values()
            return
        self._is_wide = is_wide
        if not is_wide:
            self._pages.addWidget(self._loss_box)
            self.tabs.addTab(tr("Loss"))
        else:
            self.tabs.removeTab(_TABS - 1)
            self._plots.addWidget(self._loss_box, 1)
            self._loss_box.show()
        self._loss_title.setVisible(is_wide)
        self._write()
        self._on_tab_changed(self.tabs.currentIndex())

    # -- Person and looks --------------------------------------------------------------------------

    def _on_tab_changed(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self.tabs.setMinimumWidth(self.tabs.sizeHint().width())
        self._fit_values()
        self.measure_button.setVisible(index == 1)
