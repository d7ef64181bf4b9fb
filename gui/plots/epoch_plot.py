"""Losses or shares by epoch: lines, earlier runs with names, cross-hair, CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsRectItem

from foundation.tables import csv_bytes
from foundation.text import tr
from gui.format import percent, show_integer, significant
from gui.plots.axes import LOSS_AXIS_PX, Plot, cosmetic_pen
from gui.plots.picture_file import as_png, as_svg
from gui.plots.series import LossLine, to_axis
from gui.theme import CAPTION_PX, active, font
from gui.widgets.accessible import AccessibleItem
from gui.widgets.layouts import vbox
from gui.widgets.painting import with_alpha
from gui.widgets.panel import Panel
from model.experiment import FloatArray
from model.files import write_bytes
from model.training.runs import Losses, RunRecord


def run_name(run: RunRecord) -> str:
    """Return the user's name of a run, or "seed 42 (2)" in the current language."""
    if run.version and not run.name:
        is_published = run.version == "published"
        corrected = tr("corrected")
        return tr("article") if is_published else corrected
    name = tr("seed {n}", n=show_integer(run.seed))
    return run.name or (f"{name} ({run.before + 1})" if run.before else name)


_PNG_SCALE = 2


def write_plot(
    plot: EpochPlot, losses: Losses | None, runs: Sequence[RunRecord], path: Path
) -> None:
    """Write PNG (twice the screen size), SVG or CSV, by the suffix of `path`.

    Raises
    ------
    ModelError
        If the file cannot be written; an older file is then left unchanged.
    """
    suffix, view = path.suffix.lower(), plot.plot

    def draw(painter: QPainter) -> None:
        painter.fillRect(view.rect(), view.backgroundBrush())
        view.render(painter, QRectF(view.rect()), view.viewport().rect())

    if suffix == ".csv":
        write_bytes(path, csv_bytes(_rows(losses, runs)))
        return
    if suffix == ".svg":
        data = as_svg(view.size(), "Loss", draw)
    else:
        data = as_png(view.size(), _PNG_SCALE, draw)
    write_bytes(path, data)


def _rows(losses: Losses | None, runs: Sequence[RunRecord]) -> Iterator[Sequence[object]]:
    """Yield the column names, then all values of every visible run."""
    yield "run", "epoch", "train_loss", "test_loss"
    if losses is not None:
        yield from _epochs("", losses)
    for run in runs:
        if run.visible:
            yield from _epochs(run_name(run), run)


def _epochs(name: str, losses: Losses | RunRecord) -> Iterator[Sequence[object]]:
    length = min(len(losses.epochs), len(losses.train))
    test = np.full(length, np.nan) if losses.test is None else losses.test[:length]
    columns = losses.epochs[:length], losses.train[:length].tolist(), test.tolist()
    for epoch, trained, tested in zip(*columns, strict=True):
        held_back = "" if math.isnan(tested) else repr(tested)
        yield name, epoch, repr(trained), held_back


_FALLEN_DECADES, _STEP_DECADES = 4.0, 0.2
_SHARES_RANGE = (0.0, 1.03)
_HIGHEST = 1e300
"""Largest end of a linear axis, which still allows adding a margin."""


class EpochPlot(Panel):
    """A plot of the current run over the earlier ones.

    Parameters
    ----------
    is_share
        Whether the values are shares from 0 to 1, written as percentages on an axis with a fixed
        range; otherwise losses.
    has_timeline
        Whether an epoch can be chosen and is marked, and the epoch axis can be zoomed.

    Attributes
    ----------
    x_range
        The epochs at the plot's left and right edges.

    Signals
    -------
    groove_moved()
        The plot's pixel range or the epochs at its edges changed.
    hovered(float)
        Epoch under the pointer; NaN when the pointer left.
    """

    groove_moved = Signal()
    hovered = Signal(float)

    def __init__(
        self, object_name: str = "loss_plot", is_share: bool = False, has_timeline: bool = True
    ) -> None:
        super().__init__()
        self._is_share, self._has_timeline = is_share, has_timeline
        self.is_log = not is_share
        self.plot = Plot(object_name)
        self.plot.axes["left"].is_share, self.plot.axes["left"].is_log = is_share, self.is_log
        self.plot.setMouseTracking(True)
        self._box = self.plot.box
        self._box.setMouseEnabled(x=has_timeline, y=False)
        self.plot.axes["left"].setWidth(LOSS_AXIS_PX)
        self.plot.axes["bottom"].setHeight(20)
        self.train = LossLine()
        self.test = LossLine()
        self._runs: list[tuple[RunRecord, LossLine, pg.TextItem]] = []
        self._epoch = 0.0
        self._running = False
        self._shown: tuple[float | None, float | None] = (None, None)
        self._zoomed = False
        self.x_range = (0.0, 1.0)
        self._y_range = (math.nan, math.nan)
        self._drawn: tuple[object, ...] = ()
        self._add_items()
        vbox(self.plot, on=self, margins=0)
        self.plot.viewport().installEventFilter(self)
        self._box.sigXRangeChanged.connect(self._on_x_range_changed)
        self._box.sigResized.connect(self._on_resized)
        self._fit_y()
        self.restyle()

    def _add_items(self) -> None:
        box = self._box
        self._veil = QGraphicsRectItem()
        self._position = pg.InfiniteLine(angle=90, movable=False)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self._train_end = QGraphicsEllipseItem(-4, -4, 8, 8)
        self._test_end = QGraphicsEllipseItem(-4, -4, 8, 8)
        ordered = (
            self.test.item,
            self.train.item,
            self._veil,
            self._position,
            self._cross,
        )
        for z, item in enumerate(ordered, start=10):
            item.setZValue(z)
            box.addItem(item, ignoreBounds=True)
        for marker in (self._test_end, self._train_end):
            # Children of the plot, not of the view box, which would cut them at its edge.
            marker.setParentItem(self.plot.item)
            marker.setZValue(100)
            marker.hide()

    # -- What is shown -----------------------------------------------------------------------------

    def show_series(
        self, epochs: range | np.ndarray, train: FloatArray, test: FloatArray | None
    ) -> None:
        """Set the current run's losses; call :meth:`redraw` afterwards."""
        self.train.show(epochs, train)
        none = np.empty(0)
        self.test.show(range(0) if test is None else epochs, none if test is None else test)

    def losses_at(
        self, epoch: float
    ) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Return the nearest recorded epoch with its training and test loss."""
        return self.train.value_at(epoch), self.test.value_at(epoch)

    def _named_lines(self) -> list[tuple[str, LossLine]]:
        """Return the name and line of each curve."""
        names = tr("Training loss"), tr("Test loss")
        if self._is_share:
            names = tr("Training accuracy"), tr("Validation accuracy")
        return [
            (names[0], self.train),
            (names[1], self.test),
            *((run_name(run), line) for run, line, _ in self._runs if run.visible),
        ]

    def accessible_items(self) -> list[tuple[str, float, float]]:
        """Return each curve's name, its latest epoch and its value there."""
        ends = [(name, line.value_at(math.inf)) for name, line in self._named_lines()]
        return [(name, *end) for name, end in ends if end is not None]

    def describe_item(self, part: tuple[str, float, float]) -> AccessibleItem:
        """Return a curve's text for screen readers."""
        name, epoch, value = part
        written = percent(value) if self._is_share else significant(value)
        said = tr(
            "{curve}: {loss} at epoch {epoch}", curve=name, loss=written, epoch=show_integer(epoch)
        )
        return AccessibleItem(said, self.rect())

    def in_words(self) -> str:
        """Describe each curve: its first, extreme and last values."""
        said = []
        for name, line in self._named_lines():
            is_known = np.isfinite(line.values)
            epochs, values = np.asarray(line.epochs)[is_known], line.values[is_known]
            if len(values) < 2:
                continue
            text = tr("{curve} from {first} to {last}, lowest {best} at epoch {epoch}.")
            best = int(values.argmin())
            if self._is_share:
                text = tr("{curve} from {first} to {last}, highest {best} at epoch {epoch}.")
                best = int(values.argmax())
            write = percent if self._is_share else significant
            figures = (write(float(values[at])) for at in (0, -1, best))
            first, last, found = figures
            epoch = show_integer(float(epochs[best]))
            said.append(text.format(curve=name, first=first, last=last, best=found, epoch=epoch))
        return " ".join(said) or tr("No curve yet.")

    def set_window(self, window: int) -> None:
        """Smooth the current run over `window` epochs."""
        self.train.set_window(window)
        self.test.set_window(window)
        self.redraw()

    def set_log(self, is_log: bool) -> None:
        """Choose a logarithmic or linear loss axis."""
        self.is_log = is_log
        self.plot.axes["left"].is_log = is_log
        self.plot.axes["left"].picture = None
        self._y_range = (math.nan, math.nan)
        self._drawn = ()
        self.redraw()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Show earlier runs as grey training lines, each named at its right end."""
        known = {id(run): (line, text) for run, line, text in self._runs}
        self._runs = [(run, *(known.pop(id(run), None) or self._drawn_run(run))) for run in runs]
        for line, text in known.values():
            self._box.removeItem(line.item)
            self._box.removeItem(text)
        self._drawn = ()
        self.redraw()

    def _drawn_run(self, run: RunRecord) -> tuple[LossLine, pg.TextItem]:
        """Return a run's line and name, added to the plot."""
        line = LossLine()
        line.show(run.epochs, run.train)
        text = pg.TextItem(run_name(run), anchor=(1.0, 1.0))
        text.setFont(font(CAPTION_PX))
        for z, item in ((5, line.item), (6, text)):
            item.setZValue(z)
            item.setVisible(run.visible)
            self._box.addItem(item, ignoreBounds=True)
        self._dress_run(line, text)
        return line, text

    def set_position(
        self,
        epoch: float,
        running: bool,
        losses: tuple[float | None, float | None] = (None, None),
    ) -> None:
        """Mark the displayed epoch and fade everything after it.

        Parameters
        ----------
        epoch, running
            Displayed epoch, and whether training is running.
        losses
            Training and test loss of the displayed weights, if they differ from the curve's.
        """
        has_stopped = self._running and not running
        self._epoch, self._running, self._shown = epoch, running, losses
        if has_stopped:  # a running one has room left for what is to come
            self.redraw()

    @property
    def end(self) -> int:
        """The last epoch of the current run's lines, 0 if there are none."""
        epochs = self.train.epochs
        return int(epochs[-1]) if len(epochs) else 0

    def groove(self) -> tuple[float, float]:
        """Return the plot's left and right edges in this widget's pixels."""
        rect = self._box.sceneBoundingRect()
        left = self.plot.mapFromScene(rect.topLeft()).x()
        right = self.plot.mapFromScene(rect.bottomRight()).x()
        return float(left), float(right)

    def reset_zoom(self) -> None:
        """Show all epochs again."""
        self._zoomed = False
        self.redraw()

    # -- Drawing -----------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw what was added since the last call."""
        if not self._zoomed:
            self._fit_x()
        self._fit_y()
        width_px = max(50, int(self._box.width()))
        key = (self.x_range, self._y_range, width_px, self.is_log)
        if key != self._drawn:
            for run, line, _ in self._runs:
                if run.visible:
                    line.draw(*self.x_range, width_px, self.is_log, self._y_range)
            self._place_names()
        self._drawn = key
        self.train.draw(*self.x_range, width_px, self.is_log)
        self.test.draw(*self.x_range, width_px, self.is_log)
        self.place_markers()

    def place_markers(self) -> None:
        """Move the position line, the end markers and the fading."""
        self._position.setPos(self._epoch)
        self._position.setVisible(self._has_timeline and self.end > 0)
        if self._shown != (None, None):
            self._fit_y()
        plot_item = self.plot.item
        markers = self._train_end, self._test_end
        for found, marker in zip(self.marks(), markers, strict=True):
            epoch, loss = found or (math.nan, math.nan)
            y = float(to_axis(np.array([loss]), self.is_log)[0])
            (left, right), (bottom, top) = self.x_range, self._y_range
            inside = left <= epoch <= right and bottom <= y <= top
            marker.setVisible(inside)
            if inside:
                marker.setPos(self._box.mapFromViewToItem(plot_item, QPointF(epoch, y)))
        low, high = self._y_range
        self._veil.setVisible(self._epoch < self.end)
        if self._veil.isVisible() and math.isfinite(low):
            self._veil.setRect(QRectF(self._epoch, low, self.end - self._epoch, high - low))

    def marks(self) -> list[tuple[float, float] | None]:
        """Return the markers' positions: the losses at the displayed epoch."""
        return [
            found if found is None or shown is None else (found[0], shown)
            for found, shown in zip(self.losses_at(self._epoch), self._shown, strict=True)
        ]

    def show_cross(self, epoch: float) -> None:
        """Show the cross-hair at an epoch; NaN hides it."""
        self._cross.setVisible(math.isfinite(epoch))
        if math.isfinite(epoch):
            self._cross.setPos(epoch)

    def _place_names(self) -> None:
        """Place each earlier run's name at the end of its line without overlaps."""
        (left, right), (low, high) = self.x_range, self._y_range
        room, taken = QRectF(0, 0, self._box.width(), self._box.height()), list[QRectF]()
        for run, line, text in self._runs:
            heights, epochs = to_axis(line.values, self.is_log), np.asarray(line.epochs)
            seen = np.flatnonzero(np.isfinite(heights) & (epochs <= right))
            text.setVisible(run.visible and seen.size > 0 and math.isfinite(low))
            if not text.isVisible():
                continue
            x = (float(epochs[seen[-1]]) - left) / (right - left) * room.width()
            y = (high - float(heights[seen[-1]])) / (high - low) * room.height()
            size = text.boundingRect().size()
            name = QRectF(QPointF(), size)
            name.moveLeft(min(x, room.width() - size.width()))
            y += size.height() / 2 if name.left() == x else 0.0
            name.moveBottom(min(max(y, size.height()), room.height()))
            while any(map(name.intersects, taken)):
                name.translate(0, size.height())
            text.setVisible(room.contains(name))
            taken.append(name)
            text.setPos(
                left + name.right() / room.width() * (right - left),
                high - name.bottom() / room.height() * (high - low),
            )

    def _fit_x(self) -> None:
        last = float(self.end)
        others = [
            float(run.epochs[-1]) for run, _, _ in self._runs if run.visible and len(run.epochs)
        ]
        # An experiment that was opened trained has an epoch, and no line that leads to it.
        longest = max([1.0, *others, 0.0 if last else float(self._epoch)])
        if last > longest:
            longest = _roomy_end(last) if self._running else last
        self._set_x((0.0, longest))

    def _set_x(self, wanted: tuple[float, float]) -> None:
        if wanted != self.x_range:
            self.x_range = wanted
            with QSignalBlocker(self._box):
                self._box.setXRange(*wanted, padding=0)
            self.plot.axes["bottom"].setRange(*wanted)
            self.groove_moved.emit()

    def _fit_y(self) -> None:
        """Fit the loss axis to the current run, and to earlier runs until its first step."""
        lines = [self.train, self.test]
        if all(len(line.values) < 2 for line in lines):
            lines += [line for run, line, _ in self._runs if run.visible]
        ranges = [r for r in (line.range() for line in lines) if math.isfinite(r[0])]
        ranges += [(at[1], at[1]) for at in self.marks() if at and math.isfinite(at[1])]
        if self._is_share:
            wanted = _SHARES_RANGE
        elif ranges:
            wanted = self._y_wanted(min(r[0] for r in ranges), max(r[1] for r in ranges))
        else:
            wanted = (-2.0, 0.0) if self.is_log else (0.0, 1.0)
        if wanted != self._y_range:
            self._y_range = wanted
            self._box.setYRange(*wanted, padding=0)

    def _y_wanted(self, low: float, high: float) -> tuple[float, float]:
        """Return the range of the loss axis for these losses; a logarithmic one moves in steps."""
        if not self.is_log:
            bottom, top = min(0.0, low), min(high, _HIGHEST)
            return bottom, top + 0.06 * max(top - bottom, 1e-12)
        top = math.log10(high) if high > 0 else 0.0
        bottom = math.log10(low) if low > 0 else top - _FALLEN_DECADES
        bottom = min(max(bottom, top - 4 * _FALLEN_DECADES), top - 0.3)
        slack = 0.06 * (top - bottom)
        return (
            math.floor((bottom - slack) / _STEP_DECADES) * _STEP_DECADES,
            math.ceil((top + slack) / _STEP_DECADES) * _STEP_DECADES,
        )

    def _on_x_range_changed(self, _box: object, x_range: tuple[float, float]) -> None:
        low = max(0.0, x_range[0])
        longest = max([1.0, float(self.end), *(float(r.epochs[-1]) for r, _, _ in self._runs)])
        high = min(max(x_range[1], low + 4.0), max(longest, low + 4.0))
        self._zoomed = not (low <= 0.0 and high >= longest)
        self._set_x((low, high) if self._zoomed else (0.0, longest))
        if (low, high) != tuple(x_range):
            with QSignalBlocker(self._box):
                self._box.setXRange(*self.x_range, padding=0)
        self.redraw()

    def _on_resized(self) -> None:
        self._drawn = ()
        self.redraw()
        self.groove_moved.emit()

    # -- Looks and pointer -------------------------------------------------------------------------

    def restyle(self) -> None:
        """Apply the current theme."""
        theme = active()
        self.plot.apply_theme()
        self.train.item.set_pen(cosmetic_pen(theme.acc, 2.0))
        self.test.item.set_pen(cosmetic_pen(theme.test, 1.6, (3.0, 2.0)))
        self._veil.setBrush(QBrush(with_alpha(theme.bg2, 0.6)))
        self._veil.setPen(QColor(0, 0, 0, 0))
        self._position.setPen(cosmetic_pen(theme.t1))
        self._cross.setPen(cosmetic_pen(theme.t3, 1.0, (3.0, 3.0)))
        for marker, colour, fill in (
            (self._train_end, theme.acc, theme.acc),
            (self._test_end, theme.test, theme.bg1),
        ):
            marker.setPen(QPen(QColor(colour), 2.0))
            marker.setBrush(QColor(fill))
        for _, line, text in self._runs:
            self._dress_run(line, text)
        self._place_names()

    @staticmethod
    def _dress_run(line: LossLine, text: pg.TextItem) -> None:
        line.item.set_pen(cosmetic_pen(active().runs))
        text.setColor(QColor(active().t2))
        text.fill = QBrush(with_alpha(active().bg2, 0.8))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for run, _, text in self._runs:
            text.setText(run_name(run))
        self._place_names()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Track the pointer over the plot; a double click shows all epochs."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            scene = self.plot.mapToScene(event.position().toPoint())
            inside = self._box.sceneBoundingRect().contains(scene)
            self.hovered.emit(self._box.mapSceneToView(scene).x() if inside else math.nan)
        elif event.type() == QEvent.Type.Leave:
            self.hovered.emit(math.nan)
        elif (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonDblClick
            and event.button() == Qt.MouseButton.LeftButton
        ):
            self.reset_zoom()
        return super().eventFilter(watched, event)


def _roomy_end(last: float) -> float:
    """Return a round axis end beyond `last`, so that it rarely changes during training."""
    power = 10.0 ** math.floor(math.log10(last))
    for factor in (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
        if factor * power >= last:
            return factor * power
    return 10.0 * power
