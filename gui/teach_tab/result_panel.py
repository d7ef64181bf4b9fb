"""The head's quality: held-out accuracy, training curves, and advice."""

from __future__ import annotations

import html
from collections.abc import Callable
from operator import attrgetter

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from foundation.text import mark, tr, tr_context
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
from gui.widgets.texts import worded

_PLOT_PX = 90
_ROOM = 1.06
SIDE_BY_SIDE_PX, _MIN_PX = 480, 240

_TOLD = attrgetter("evaluation", "run", "busy", "is_stale", "collection")
_LEARNING = attrgetter("learning", "is_measuring", "head")


class LearningCurve(Panel):
    """The held-out accuracy by number of training images, with confidence intervals."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = worded(Plot("teach_learning_plot"), accessible_name="Learning curve", tip="")
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
        vbox(self.plot, on=self, margins=0)
        self.restyle()

    def show_points(self, points: tuple[LearningPoint, ...]) -> None:
        """Draw the points with their intervals and a connecting line."""
        x = np.array([point.pictures for point in points], np.float64)
        y = np.array([point.accuracy for point in points], np.float64)
        ends = np.array([point.interval for point in points], np.float64)
        self._line.setData(x, y)
        self._dots.setData(x, y)
        self._bars.setData(np.repeat(x, 2), ends.ravel())
        self._box.setXRange(0.0, _ROOM * max(float(x.max(initial=0.0)), 1.0), padding=0)
        self._box.setYRange(0.0, 1.03, padding=0)

    def restyle(self) -> None:
        """Apply the current theme."""
        theme = active()
        self.plot.apply_theme()
        self._line.setPen(cosmetic_pen(theme.test, 1.6, (3.0, 2.0)))
        self._bars.setPen(cosmetic_pen(theme.line2, 1.2))
        self._dots.setPen(cosmetic_pen(theme.test, 2.0))
        self._dots.setBrush(QBrush(QColor(theme.bg1)))


class _Values(QWidget):
    """A swatch and a value each for training and validation."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self._labels = [
            label("strong", f"{object_name}_{kind}") for kind in ("train", "validation")
        ]
        train, validation = self._labels
        parts = (LineSwatch("train"), train, LineSwatch("test"), validation)
        hbox(*parts, on=self, gap=GAP_S_PX, margins=0)

    def write(self, *series: tuple[float, ...], show: Callable[[float], str]) -> None:
        """Write the last value of each series."""
        for value, numbers in zip(self._labels, series, strict=True):
            value.setText(show(numbers[-1]) if numbers else "–")


def _show_share(share: float) -> str:
    return percent(share, 0 if share == 1.0 else 1)


class ResultPanel(Panel):
    """The head's quality, its training curves, and advice."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_result")
        self._state = TeachState()
        self.figure = label("hero", "teach_accuracy")
        self.sentence = label("", "teach_sentence", wrap=True)
        self.detail = label("label", "teach_detail", wrap=True)
        self.tabs = worded(
            named(QTabBar(), "teach_curves"), accessible_name="Accuracy or learning curve"
        )
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        set_role(self.tabs, role="dock")
        self.tabs.addTab("")
        self.tabs.addTab("")
        self.accuracy = EpochPlot("teach_accuracy_plot", is_share=True, has_timeline=False)
        self.loss = EpochPlot("teach_loss_plot", has_timeline=False)
        self._accuracy_values = _Values("teach_accuracy_value")
        self._loss_values = _Values("teach_loss_value")
        self.curve = LearningCurve()
        self.measure_button = push_button(
            "teach_measure",
            size="small",
            do=model.measure_learning_curve,
            text="Measure",
            accessible_name="Measure the learning curve",
            tip="Train new heads on an eighth, a quarter, half and all of the images",
        )
        self._curve_sentence = label("hint", "teach_curve_sentence", wrap=True)
        self.advice = named(frame("card", tone="warn"), "teach_advice")
        self._advice_text = as_html(label("", "teach_advice_text", wrap=True))
        for plot, name in (
            (self.accuracy, mark("Accuracy by epoch")),
            (self.loss, mark("Loss by epoch")),
        ):
            worded(plot, accessible_name=name, tip="")
            worded(plot.plot, accessible_name=name, tip="")
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.retranslate()

    # -- Making ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._plots = hbox((self._left(), 1), (self._right(), 1), gap=GAP_L_PX)
        sign = (IconLabel(16, "warning", "warn"), 0, Qt.AlignmentFlag.AlignTop)
        margins = (INSET_PX, GAP_M_PX)
        hbox(sign, (self._advice_text, 1), on=self.advice, gap=GAP_M_PX, margins=margins)
        vbox(self._head(), (self._plots, 1), self.advice, on=self, gap=GAP_M_PX, margins=0)

    def _head(self) -> QHBoxLayout:
        caption = label("caption", "teach_accuracy_caption", text="Held-out accuracy")
        figure = vbox(explain(caption, "accuracy", "baseline"), self.figure, STRETCH, gap=0)
        words = vbox(STRETCH, self.sentence, self.detail, STRETCH, gap=2)
        train = label("label", text=lambda: tr_context("ResultPanel", "train"))
        lines = (("train", train), ("test", label("label", text="validation")))
        rows = (hbox(LineSwatch(kind), name, STRETCH, gap=GAP_S_PX) for kind, name in lines)
        legend = vbox(STRETCH, *rows, STRETCH, gap=2)
        return hbox(figure, rule(vertical=True), (words, 1), legend, gap=GAP_L_PX)

    def _left(self) -> QVBoxLayout:
        head = hbox(self.tabs, STRETCH, self._accuracy_values, self.measure_button, gap=GAP_S_PX)
        page = QWidget()
        vbox((self.curve, 1), self._curve_sentence, on=page, gap=GAP_S_PX, margins=0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.accuracy)
        self._pages.addWidget(page)
        for plot in (self._pages, self.loss):  # as high as there is room, not as they would like
            plot.setMinimumHeight(_PLOT_PX)
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        return vbox(head, (self._pages, 1), gap=GAP_S_PX)

    def _right(self) -> QVBoxLayout:
        title = explain(label("title", "teach_loss_title", text="Loss"), "loss")
        title.setMinimumHeight(28)
        head = hbox(title, STRETCH, self._loss_values)
        return vbox(head, (self.loss, 1), gap=GAP_S_PX)

    def sizeHint(self) -> QSize:
        """Return the panel's preferred size."""
        return QSize(560, 400)

    def minimumSizeHint(self) -> QSize:
        """Return a small width, at which the plots are stacked."""
        return QSize(_MIN_PX, super().minimumSizeHint().height())

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the head's quality and the progress of its training."""
        before, self._state = self._state, state
        if state.run is not before.run:
            self._show_run()
        if _TOLD(state) != _TOLD(before):
            self._write()
        if _LEARNING(state) != _LEARNING(before):
            self._show_learning()

    def _show_run(self) -> None:
        run = self._state.run or HeadRun(is_over=True)
        for plot, train, validation in (
            (self.accuracy, run.train_accuracy, run.validation_accuracy),
            (self.loss, run.train_loss, run.validation_loss),
        ):
            tests = np.array(validation, np.float64)
            epochs = range(len(train))
            plot.show_series(epochs, np.array(train, np.float64), tests if len(tests) else None)
            plot.set_position(float(run.epoch), not run.is_over)
            plot.redraw()
        self._write_values()

    def _write_values(self) -> None:
        run = self._state.run or HeadRun()
        shares, losses = self._accuracy_values, self._loss_values
        shares.write(run.train_accuracy, run.validation_accuracy, show=_show_share)
        losses.write(run.train_loss, run.validation_loss, show=significant)

    def _show_learning(self) -> None:
        state = self._state
        self.curve.show_points(state.learning)
        self.measure_button.setEnabled(state.head is not None and not state.is_measuring)
        self._curve_sentence.setText(self._learning_text(state))

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.tabs.setTabText(0, tr("Accuracy"))
        self.tabs.setTabText(1, tr("More data?"))
        self.tabs.setTabToolTip(0, tr("Share of images that are right, by epoch"))
        self.tabs.setTabToolTip(1, tr("Learning curve: does more data help?"))
        self._write_values()
        self._write()
        self._show_learning()
        self._on_tab_changed(self.tabs.currentIndex())

    def _write(self) -> None:
        judged = self._state.evaluation
        if judged is None or not judged.held_out:
            self.figure.setText("–")
            self.sentence.setText(self._why_nothing())
            self.detail.hide()
        else:
            self.figure.setText(percent(judged.accuracy))
            self.sentence.setText(self._judgement(judged))
            self.detail.setText(self._details(judged))
            self.detail.show()
        name = tr("Held-out accuracy")
        self.figure.setAccessibleName(f"{name} {self.figure.text()}")
        advice = advice_on(self._state)
        self.advice.setVisible(advice is not None)
        if advice is not None:
            title, text = html.escape(advice.title), html.escape(advice.text)
            self._advice_text.setText(f"{strong(title)} {text}")
            self.advice.setAccessibleName(f"{advice.title} {advice.text}")

    def _why_nothing(self) -> str:
        state = self._state
        if state.is_training:
            return tr("The head is being trained.")
        if state.evaluation is not None:
            return tr("No image is held out, so nothing tells how good the head is on new ones.")
        if len(state.collection.classes) < 2:
            return tr("Add at least 2 classes, give each its images, then train the head.")
        if len(state.collection.included.classes) < 2:
            return tr("Let at least 2 classes take part, then train the head.")
        return tr("Train the head to see how many of the held-out images it gets right.")

    def _judgement(self, judged: Evaluation) -> str:
        text = right_text(judged.right, judged.held_out)
        if judged.has_many_near_duplicates:
            text += " " + tr(
                "Nearly the same as a training image: {n} of them.",
                n=show_integer(judged.near_duplicates),
            )
        if self._state.is_stale:
            text += " " + tr("Classes or settings have changed since: train again.")
        return text

    def _details(self, judged: Evaluation) -> str:
        low, high = judged.interval
        text = tr(
            "{share} interval: {low} to {high}. Baseline, always the largest class: {baseline}.",
            share=percent(0.95, 0),
            low=percent(low, 0),
            high=percent(high, 0),
            baseline=percent(judged.baseline, 0),
        )
        run = self._state.run
        if run is not None and run.is_over and run.seconds > 0:
            text += " " + tr(
                "Trained in {time} s on this computer, without internet.",
                time=show_fixed(run.seconds, 1),
            )
        return text

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
        """Stack the plots if they do not fit side by side."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._plots.setDirection(across if self.width() >= SIDE_BY_SIDE_PX else down)

    def _on_tab_changed(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self.tabs.setMinimumWidth(self.tabs.sizeHint().width())
        self._accuracy_values.setVisible(index == 0)
        self.measure_button.setVisible(index == 1)
