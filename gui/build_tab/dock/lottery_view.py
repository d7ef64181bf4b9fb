"""The seed lottery: share of solved starts, loss curves, access to single starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedLayout, QWidget

from foundation.text import mark, tr, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.accuracy_histogram import AccuracyHistogram
from gui.build_tab.dock.draw_view import DrawView
from gui.build_tab.names import as_grammatical_object
from gui.build_tab.sources import data_name
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import percent, show_fixed, show_integer, significant
from gui.plots.axes import LOSS_AXIS_PX, Plot, cosmetic_pen
from gui.plots.series import LineItem, to_axis
from gui.theme import GAP_M_PX, GAP_S_PX, active, icon
from gui.widgets.accessible import announce
from gui.widgets.basic import PRESS_KEYS, is_keyboard_focus, label, push_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, fill_share, smooth_painter
from gui.widgets.texts import worded
from model.data import Task
from model.experiment import DataSpec, FloatArray

if TYPE_CHECKING:
    from model.training.ensemble.lottery import Lottery  # ensembles are not for the start


MAX_SEEDS = 10_000
"""Limit in the window, which keeps every start's curve; the command line does not."""

_MAX_CURVES = 60
"""Limit of curves drawn per outcome, solved or not; more would cover one another."""

FAN_ALPHA = 0.7
"""Opacity of solved curves: the lowest at which a single curve is visible."""

_MAX_POINTS = 120
_PALE = 0.35
_LOW_PX, _BESIDE_PX = 170, 460


class _ShareBar(QWidget):
    """A bar with a green part for solved starts and a red part for the others."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(5)
        self._share = 0.0

    def show_share(self, share: float) -> None:
        """Show a share from 0 to 1."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the solved part over the whole."""
        theme = active()
        painter, track = smooth_painter(self), QRectF(self.rect())
        draw_box(painter, track, 2, theme.fail)
        if self._share > 0.0:
            fill_share(painter, track, self._share, theme.acc)


class LotteryView(DrawView):
    """The number of starts to draw, and their results.

    In the plot, Up and Down select the start with the next higher or lower final loss, and Enter
    opens it. The mouse highlights the curve nearest to the pointer; a double click opens it.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__(
            "lottery",
            model,
            MAX_SEEDS,
            "dice-five",
            mark("How many seeds"),
            lambda: tr(
                "How many random starts to train: 1 to {most}", most=show_integer(MAX_SEEDS)
            ),
        )
        self._result: Lottery | None = None
        self._data: DataSpec | None = None
        self._task: Task = "binary"
        self._order: list[int] = []
        self._marked_index = -1
        self._next_stuck = 0
        self._shows_tests = False
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._make_empty())
        self._pages.addWidget(self._make_full())
        self._show_buttons()

    def _make_empty(self) -> QWidget:
        page = QWidget()
        invitation = label(
            "label",
            "lottery_invitation",
            wrap=True,
            text="Whether training succeeds can hang on the first random weights. Try many.",
        )
        self._first = first = hbox(self.seeds, self.start, STRETCH, gap=GAP_M_PX)
        vbox(invitation, first, STRETCH, on=page, gap=GAP_M_PX, margins=(0, GAP_M_PX, 0, 0))
        return page

    def _make_full(self) -> QWidget:
        page = QWidget()
        self._figure = label("figure", "lottery_solved")
        self._figure.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._of = label("label", "lottery_of")
        explain(self._of, "lottery", "solved", "ceiling")
        self._stuck = label("", "lottery_stuck")
        self._stuck.setProperty("tone", "fail")
        low = Qt.AlignmentFlag.AlignBottom
        figures = (self._figure, 0, low), (self._of, 1, low), (self._stuck, 0, low)
        self._bar = _ShareBar()
        self.plot = worded(
            Plot("lottery_plot"),
            accessible_name="Loss of every seed by epoch",
            tip="Double-click a curve, or choose it with the arrow keys and press Enter",
        )
        self.plot.axes["left"].setWidth(LOSS_AXIS_PX)
        self.plot.axes["left"].is_log = True
        self.plot.axes["bottom"].setHeight(18)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plot.item.setContentsMargins(0, 2, 14, 0)
        self._good, self._bad, self._present = LineItem(), LineItem(), LineItem()
        self._marked = LineItem()
        for item in (self._good, self._bad, self._present, self._marked):
            self.plot.box.addItem(item)
        self.plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.plot.viewport().setMouseTracking(True)
        for watched in (self.plot, self.plot.viewport()):
            watched.installEventFilter(self)
        self.histogram = AccuracyHistogram()
        self.histogram.hide()
        self.open_stuck = push_button(
            "lottery_open_stuck",
            size="small",
            do=self._on_open_stuck_clicked,
            text="Open unsolved",
            accessible_name="Open an unsolved seed",
            tip="Load one of the starts that did not get there",
        )
        self._buttons = hbox(self.again, self.open_stuck, STRETCH, gap=GAP_M_PX)
        self._top = top = hbox((hbox(*figures, gap=GAP_M_PX), 1), self._buttons, gap=GAP_S_PX)
        parts = top, self._bar, (self.plot, 1), (self.histogram, 1)
        vbox(*parts, on=page, gap=GAP_S_PX, margins=0)
        self.restyle()
        return page

    def refit(self) -> None:
        """Place the buttons beside the figures if there is room, otherwise below them."""
        way = QBoxLayout.Direction
        self._top.setDirection(way.LeftToRight if self._is_wide else way.TopToBottom)
        self._show_stuck()
        self._show_buttons()

    @property
    def _is_wide(self) -> bool:
        return self.width() >= _BESIDE_PX

    def _show_buttons(self) -> None:
        """Show the button for new starts as an icon if there is little room."""
        super()._show_buttons()
        is_scarce = not self._is_wide and self.height() < _LOW_PX
        is_drawing = self._share is not None
        self.seeds.setVisible(self._result is None or not (is_scarce and is_drawing))
        is_icon = is_scarce and not is_drawing
        self.again.setIcon(icon("arrow-counter-clockwise") if is_icon else QIcon())
        if is_icon:
            self.again.setText("")

    def _draw_words(self) -> tuple[str, str]:
        number = show_integer(self._number)
        return (
            tr_plural("Draw 1 seed", "Draw {n} seeds", self._number, n=number),
            tr("Train this network from {n} random starts", n=number),
        )

    def _draw(self) -> None:
        self._model.draw_lottery(self._number)

    def _stop(self) -> None:
        self._model.insight.stop_lottery()

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the results, or buttons to start or stop."""
        insight = state.insight
        if insight.lottery is not self._result:
            self._data, self._task = state.experiment.data, state.dataset.task
            self._show_lottery(insight.lottery)
        self._show_share(insight.lottery_share)

    def show_tests(self, shows_tests: bool) -> None:
        """Show the starts' test scores, or their losses."""
        self._shows_tests = shows_tests
        self._bar.setVisible(not shows_tests)
        self.plot.setVisible(not shows_tests)
        self.histogram.setVisible(shows_tests)
        self._show_counts()

    def _show_lottery(self, result: Lottery | None) -> None:
        """Show results; ``None`` offers a new lottery after a change of network or data."""
        self._result = result
        self._next_stuck = 0
        # NaN goes last: a start that diverged is the worst.
        self._order = (
            [] if result is None else np.argsort(result.last_losses, kind="stable").tolist()
        )
        self._mark(-1)
        self._pages.setCurrentIndex(0 if result is None else 1)
        # The number of seeds stands before the button that draws them.
        (self._first if result is None else self._buttons).insertWidget(0, self.seeds)
        self._show_buttons()
        if result is None:
            return
        self.histogram.show_scores(result.held_out, self._task == "regression")
        solved = result.solved.astype(bool)
        self._bar.show_share(float(solved.mean()) if len(solved) else 0.0)
        for item, chosen in (
            (self._good, solved),
            (self._bad, ~solved),
            (self._present, result.seeds == result.own_seed),
        ):
            _show_fan(item, *self._curves(self._evenly_spaced(chosen)))
        epochs, losses = self._curves(np.ones_like(solved))
        finite = losses[np.isfinite(losses)]
        if len(finite):
            self.plot.box.setXRange(float(epochs[0]), max(float(epochs[-1]), 1.0), padding=0)
            self.plot.box.setYRange(float(finite.min()) - 0.1, float(finite.max()) + 0.1, padding=0)
        self._show_counts()

    # -- One curve ---------------------------------------------------------------------------------

    def _mark(self, index: int) -> None:
        """Highlight a curve, -1 for none, and fade the others."""
        is_other, self._marked_index = index != self._marked_index, index
        self._marked.setVisible(index >= 0)
        for item in (self._good, self._bad, self._present):
            item.setOpacity(_PALE if index >= 0 else 1.0)
        result = self._result
        if result is None or not is_other:
            return
        self._show_counts()
        if index >= 0:
            _show_fan(self._marked, *self._curves(result.seeds == result.seeds[index]))
            self._announce(self._of.text())

    def _announce(self, text: str) -> None:
        """Announce `text` to screen readers if the plot has the focus."""
        if self.plot.hasFocus():
            announce(self.plot, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the plot's keys, focus changes and mouse events."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return watched is self.plot and self._on_key(Qt.Key(event.key()))
        if isinstance(event, QFocusEvent) and watched is self.plot:
            if event.lostFocus():
                self._mark(-1)
            elif is_keyboard_focus(event) and self._order:
                self._mark(self._order[0])
        elif isinstance(event, QMouseEvent) and watched is not self.plot:
            if event.type() == QEvent.Type.MouseMove:
                self._mark(self._nearest(event.position()))
            elif event.type() == QEvent.Type.MouseButtonDblClick:
                self._mark(self._nearest(event.position()))
                return self._open_marked()
        elif event.type() == QEvent.Type.Leave and not self.plot.hasFocus():
            self._mark(-1)
        return False

    def _on_key(self, key: Qt.Key) -> bool:
        if key in PRESS_KEYS:
            return self._open_marked()
        last = len(self._order) - 1
        at = self._order.index(self._marked_index) if self._marked_index in self._order else -1
        goal = {
            Qt.Key.Key_Up: at + 1,
            Qt.Key.Key_Down: at - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(key)
        if goal is None or last < 0:
            return False
        self._mark(self._order[min(max(goal, 0), last)])
        return True

    def _open_marked(self) -> bool:
        if self._result is None or self._marked_index < 0:
            return False
        self._model.open_seed(int(self._result.seeds[self._marked_index]))
        return True

    def _nearest(self, at: QPointF) -> int:
        """Return the start with the curve nearest to a point, -1 outside the plot."""
        box, result = self.plot.box, self._result
        scene = self.plot.mapToScene(at.toPoint())
        if result is None or not box.sceneBoundingRect().contains(scene):
            return -1
        view = box.mapSceneToView(scene)
        place = int(np.abs(result.epochs - view.x()).argmin())
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.abs(np.log10(result.losses[:, place]) - view.y())
        return int(np.nanargmin(apart)) if np.isfinite(apart).any() else -1

    def _evenly_spaced(self, chosen: np.ndarray) -> np.ndarray:
        """Return the mask of the starts to draw, spaced evenly from best to worst."""
        result = self._result
        assert result is not None
        places = np.flatnonzero(chosen)
        if len(places) > _MAX_CURVES:
            places = places[np.argsort(result.last_losses[places], kind="stable")]
            places = places[np.linspace(0, len(places) - 1, _MAX_CURVES).astype(int)]
        some = np.zeros_like(chosen)
        some[places] = True
        return some

    def _curves(self, chosen: np.ndarray) -> tuple[FloatArray, FloatArray]:
        """Return the epochs to draw, and the chosen starts' losses there in axis units.

        Parameters
        ----------
        chosen
            Mask of the starts, shape (seeds,), boolean.
        """
        result = self._result
        assert result is not None
        step = max(1, len(result.epochs) // _MAX_POINTS)
        index = np.unique(np.append(np.arange(0, len(result.epochs), step), len(result.epochs) - 1))
        losses = to_axis(result.losses[chosen][:, index], is_log=True)
        return result.epochs[index].astype(np.float64), losses

    def _on_refused(self, text: str) -> None:
        number = self._number
        self._model.report_failure(
            lambda: tr(
                "A lottery takes 1 to {most} seeds, not “{text}”. It stays at {n}.",
                most=show_integer(MAX_SEEDS),
                text=text.strip(),
                n=show_integer(number),
            )
        )

    def _on_open_stuck_clicked(self) -> None:
        if self._result is None:
            return
        stuck = self._result.seeds[~self._result.solved.astype(bool)]
        if len(stuck):
            self._model.open_seed(int(stuck[self._next_stuck % len(stuck)]))
            self._next_stuck += 1

    # -- Language and looks ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_buttons()
        self._show_counts()

    def _show_counts(self) -> None:
        result = self._result
        if result is None:
            return
        solved, total = int(result.solved.sum()), len(result.seeds)
        self._stuck.setText(tr("{n} unsolved", n=show_integer(total - solved)))
        self._show_stuck()
        self.open_stuck.setEnabled(solved < total)
        if self._shows_tests:
            self._show_test_scores(result)
            return
        self._figure.setText(f"{show_integer(solved)}/{show_integer(total)}")
        reached = tr("seeds reach {share}", share=percent(result.threshold, 0))
        if result.is_capped:
            share = percent(result.threshold)
            reached = tr("reach {share}, the ceiling", share=share)
        elif self._task == "regression":
            value = show_fixed(result.threshold, 2)
            reached = tr("seeds reach an R² of {value}", value=value)
        elif result.threshold == 1.0 and self._data is not None:
            task = as_grammatical_object(data_name(self._data))
            reached = tr("seeds solve {task}", task=task)
        self._of.setText(reached)
        if self._marked_index >= 0:
            last = float(result.last_losses[self._marked_index])
            self._of.setText(
                tr(
                    "seed {n}: loss {loss}",
                    n=show_integer(result.seeds[self._marked_index]),
                    loss=significant(last) if np.isfinite(last) else "–",
                )
            )

    def _show_test_scores(self, result: Lottery) -> None:
        """Show mean and range of the test scores of starts that did not diverge."""
        known = np.zeros(0) if result.held_out is None else result.held_out.known
        if not len(known):
            self._figure.setText("–")
            self._of.setText(tr("all seeds diverged"))
            return
        figures = float(known.mean()), float(known.min()), float(known.max())
        mean, low, high = (self.histogram.score_text(figure) for figure in figures)
        self._figure.setText(mean)
        self._of.setText(tr("mean, {low} to {high}", low=low, high=high))

    def _show_stuck(self) -> None:
        """Show the number of failed starts if there is room.

        The bar's red part shows it too.
        """
        result = self._result
        has_stuck = result is not None and not result.solved.all() and not self._shows_tests
        self._stuck.setVisible(self._is_wide and has_stuck)

    def restyle(self) -> None:
        """Apply the current theme."""
        theme = active()
        self.plot.apply_theme()
        self._good.set_pen(cosmetic_pen(theme.acc, 1.0, alpha=FAN_ALPHA))
        self._bad.set_pen(cosmetic_pen(theme.fail, 1.2, (3.0, 2.0)))
        self._present.set_pen(cosmetic_pen(theme.t1, 1.6))
        self._marked.set_pen(cosmetic_pen(theme.acc, 3.0))


def _show_fan(item: LineItem, epochs: FloatArray, losses: FloatArray) -> None:
    """Draw many curves as one item with gaps between them."""
    gap = np.full((len(losses), 1), np.nan)
    x = np.tile(np.append(epochs, epochs[-1]), len(losses))
    y = np.hstack([losses, gap]).ravel()
    item.set_values(x, y, y, banded=False)
