"""The loss panel: title row, plot, timeline and the branch button."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.build.plots.export import write_plot
from gui.build.plots.legend import LineSwatch
from gui.build.plots.loss_plot import LossPlot
from gui.build.plots.numbers import count, significant
from gui.build.plots.run_table import RunTable
from gui.build.plots.runs import RunRecord
from gui.build.state import BuildState
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets import describe, label, push_button, tool_button
from model.experiment import FloatArray

__all__ = ["LossHistory", "LossPanel"]

_WINDOWS = (1, 5, 25, 100)


class LossHistory(Protocol):
    """What the panel reads of a run's history: arrays that grow while it trains."""

    @property
    def first_epoch(self) -> int:
        """Epoch of the first value; every further value is one epoch later."""

    @property
    def train_loss(self) -> FloatArray:
        """Training losses, shape (n,)."""

    @property
    def test_loss(self) -> FloatArray | None:
        """Test losses, shape (n,), or ``None`` without test rows."""


class LossPanel(QWidget):
    """Show how the loss fell, let the person go back to any epoch and branch from there.

    Signals
    -------
    epoch_chosen(int)
        The person moved the timeline or typed an epoch.
    branch_requested(int)
        The person wants to train on from the shown epoch as a new run.
    run_toggled(int, bool)
        An earlier run's line was switched on or off.
    run_renamed(int, str)
        An earlier run got another name.
    failed(str, str)
        Writing a file did not work: a sentence, and details.
    """

    epoch_chosen = Signal(int)
    branch_requested = Signal(int)
    run_toggled = Signal(int, bool)
    run_renamed = Signal(int, str)
    failed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("loss_panel")
        self._history: LossHistory | None = None
        self._epochs = np.arange(1024)
        self._runs: tuple[RunRecord, ...] = ()
        self._epoch = 0
        self._hover = math.nan
        self._table: RunTable | None = None
        self.plot = LossPlot()
        self.header = self._make_header()
        self.footer = self._make_footer()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET_PX, GAP_M_PX, INSET_PX, GAP_L_PX)
        layout.setSpacing(GAP_S_PX)
        layout.addWidget(self.header)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._make_timeline_row())
        layout.addWidget(self.footer)
        self._readout = label("caption", "loss_readout")
        self._readout.setParent(self.plot)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        self.plot.groove_moved.connect(self._lay_groove)
        self.plot.hovered.connect(self._on_hovered)
        self.retranslate()
        self.plot.set_log(True)

    # -- Parts -------------------------------------------------------------------------------------

    def _make_header(self) -> QWidget:
        header = QWidget()
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_S_PX)
        self._title = label("title")
        row.addWidget(self._title)
        row.addSpacing(GAP_L_PX)
        self._train_name, self._train_value = label(), label("strong", "loss_train_value")
        self._test_name, self._test_value = label(), label("strong", "loss_test_value")
        self._test_swatch = LineSwatch("test")
        for swatch, name, value in (
            (LineSwatch("train"), self._train_name, self._train_value),
            (self._test_swatch, self._test_name, self._test_value),
        ):
            row.addWidget(swatch)
            row.addWidget(name)
            row.addWidget(value)
            row.addSpacing(GAP_L_PX)
        self._runs_swatch = LineSwatch("runs")
        self._runs_button = tool_button("loss_runs", size="small")
        self._runs_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._runs_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._runs_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._runs_button.setIconSize(QSize(12, 12))
        self._runs_menu = QMenu(self._runs_button)
        self._runs_button.setMenu(self._runs_menu)
        row.addWidget(self._runs_swatch)
        row.addWidget(self._runs_button)
        row.addStretch(1)
        self._log = QCheckBox()
        self._log.setObjectName("loss_log")
        self._log.setChecked(True)
        self._log.toggled.connect(self.plot.set_log)
        row.addWidget(self._log)
        self._compact_branch = push_button("loss_branch_compact", size="small")
        self._compact_branch.clicked.connect(self._on_branch_clicked)
        self._compact_branch.hide()
        row.addWidget(self._compact_branch)
        self._more = tool_button("loss_more", size="small")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = self._make_menu()
        self._more.setMenu(self._menu)
        row.addWidget(self._more)
        return header

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        self._smoothing = menu.addMenu("")
        group = QActionGroup(self)
        self._window_actions: list[QAction] = []
        for window in _WINDOWS:
            action = self._smoothing.addAction("")
            action.setCheckable(True)
            action.setChecked(window == 1)
            action.setData(window)
            group.addAction(action)
            self._window_actions.append(action)
        group.triggered.connect(self._on_window_chosen)
        self._zoom_action = menu.addAction("")
        self._zoom_action.triggered.connect(self.plot.reset_zoom)
        menu.addSeparator()
        self._export_actions = []
        for suffix in ("png", "svg", "csv"):
            action = menu.addAction("")
            action.setObjectName(f"loss_export_{suffix}")
            action.setData(suffix)
            action.triggered.connect(self._on_export_triggered)
            self._export_actions.append(action)
        return menu

    def _make_timeline_row(self) -> QWidget:
        from gui.build.plots.timeline import Timeline

        holder = QWidget()
        holder.setFixedHeight(26)
        self._start = tool_button("timeline_start", size="small")
        self._start.setParent(holder)
        self._start.setGeometry(0, 1, 24, 24)
        self._start.clicked.connect(lambda: self._choose(0))
        self.timeline = Timeline()
        self.timeline.setParent(holder)
        self.timeline.valueChanged.connect(self._choose)
        self._timeline_holder = holder
        return holder

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        row = QHBoxLayout(footer)
        row.setContentsMargins(34, 0, 0, 0)
        row.setSpacing(GAP_M_PX)
        self._epoch_label = label("label")
        self._epoch_box = QLineEdit()
        self._epoch_box.setObjectName("epoch_box")
        self._epoch_box.setFixedWidth(84)
        self._epoch_box.editingFinished.connect(self._on_epoch_typed)
        self._of_label = label("label", "epoch_of")
        self._branch = push_button("loss_branch")
        self._branch.clicked.connect(self._on_branch_clicked)
        row.addWidget(self._epoch_label)
        row.addWidget(self._epoch_box)
        row.addWidget(self._of_label)
        row.addStretch(1)
        row.addWidget(self._branch)
        return footer

    # -- What is shown -----------------------------------------------------------------------------

    def show_history(self, history: LossHistory) -> None:
        """Draw a run's losses; called at the display's rate while it grows."""
        if history is not self._history:
            self._history = history
            self.plot.forget_series()
        test, train = history.test_loss, history.train_loss
        length = len(train) if test is None else min(len(train), len(test))
        self.plot.show_series(
            self._epochs_for(history.first_epoch, length),
            train[:length],
            None if test is None else test[:length],
        )
        self.plot.redraw()
        self._sync_timeline()
        self._show_values()

    def _epochs_for(self, first: int, length: int) -> np.ndarray:
        """Return `length` epochs from `first` on, as a view of an array that grows by doubling."""
        if len(self._epochs) < length or self._epochs[0] != first:
            self._epochs = np.arange(first, first + max(1024, 2 * length))
        return self._epochs[:length]

    def show_state(self, state: BuildState) -> None:
        """Mark the epoch whose weights are shown, and the present losses."""
        epoch = 0 if state.snapshot is None else state.snapshot.epoch
        self._epoch = epoch
        self.plot.set_position(epoch, state.running)
        self.plot.place_markers()
        self._sync_timeline()
        self._show_values()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Show earlier runs as grey lines with their names, and in the table."""
        self._runs = tuple(runs)
        self.plot.set_runs(self._runs)
        self._fill_runs_menu()
        if self._table is not None:
            self._table.show_runs(self._runs)

    def set_compact(self, compact: bool) -> None:
        """Leave out the title and the epoch row, for which the narrow window has no room."""
        self._title.setVisible(not compact)
        self.footer.setVisible(not compact)
        self._compact_branch.setVisible(compact)
        self._runs_button.setVisible(not compact)
        self._runs_swatch.setVisible(not compact)

    def _sync_timeline(self) -> None:
        low, high = self.plot.x_range
        last = self.plot.last_epoch
        shown = min(self._epoch, last) if last else self._epoch
        self.timeline.set_epochs(int(low), math.ceil(high), last)
        self.timeline.show_epoch(shown)
        text = count(shown)
        if not self._epoch_box.isModified() and self._epoch_box.text() != text:
            self._epoch_box.setText(text)
        _set_text(self._of_label, f"/ {count(last)}")
        self._branch.setEnabled(last > 0)
        self._compact_branch.setEnabled(last > 0)

    def _show_values(self) -> None:
        epoch = self._hover if math.isfinite(self._hover) else float(self._epoch)
        train, test = self.plot.train.value_at(epoch), self.plot.test.value_at(epoch)
        _set_text(self._train_value, "–" if train is None else significant(train[1]))
        _set_text(self._test_value, "" if test is None else significant(test[1]))
        for widget in (self._test_swatch, self._test_name, self._test_value):
            if widget.isHidden() != (test is None):
                widget.setHidden(test is None)

    def _lay_groove(self) -> None:
        left, right = self.plot.groove()
        edge = 8
        self.timeline.setGeometry(int(left) - edge, 3, int(right - left) + 2 * edge, 20)
        self.timeline.set_groove(edge + left - int(left), edge + right - int(left))
        self._sync_timeline()

    # -- What the person does ----------------------------------------------------------------------

    def _choose(self, epoch: int) -> None:
        if epoch != self._epoch:
            self.epoch_chosen.emit(epoch)

    def _on_epoch_typed(self) -> None:
        if not self._epoch_box.isModified():
            return
        self._epoch_box.setModified(False)
        digits = "".join(c for c in self._epoch_box.text() if c.isdigit())
        if digits:
            self._choose(min(int(digits), self.plot.last_epoch))
        self._sync_timeline()

    def _on_branch_clicked(self) -> None:
        self.branch_requested.emit(self._epoch)

    def _on_window_chosen(self, action: QAction) -> None:
        self.plot.set_window(int(action.data()))
        if self._history is not None:
            self.show_history(self._history)

    def _on_hovered(self, epoch: float) -> None:
        self._hover = epoch
        self.plot.show_cross(epoch)
        self._show_values()
        found = self.plot.train.value_at(epoch) if math.isfinite(epoch) else None
        self._readout.setVisible(found is not None)
        if found is None:
            return
        test = self.plot.test.value_at(epoch)
        at, train = count(int(found[0])), significant(found[1], 4)
        if test is None:
            text = self.tr("epoch {epoch}   train {train}").format(epoch=at, train=train)
        else:
            text = self.tr("epoch {epoch}   train {train}   test {test}").format(
                epoch=at, train=train, test=significant(test[1], 4)
            )
        self._readout.setText(text)
        self._readout.adjustSize()
        _, right = self.plot.groove()
        self._readout.move(int(right) - self._readout.width() - 8, 6)

    def _on_export_triggered(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        suffix = str(action.data())
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export the loss plot"), f"loss.{suffix}", f"*.{suffix}"
        )
        if path:
            self.export(Path(path))

    def export(self, path: Path) -> bool:
        """Write the plot as PNG, SVG or CSV, by the file's suffix; tell whether it worked."""
        try:
            write_plot(self.plot, self._history, self._runs, path)
        except OSError as error:
            reason = error.strerror or str(error)
            self.failed.emit(
                self.tr("{file} could not be written: {reason}.").format(
                    file=path.name, reason=reason
                ),
                str(error),
            )
            return False
        return True

    # -- Earlier runs ------------------------------------------------------------------------------

    def _fill_runs_menu(self) -> None:
        self._runs_menu.clear()
        for index, run in enumerate(self._runs):
            action = self._runs_menu.addAction(run.name)
            action.setCheckable(True)
            action.setChecked(run.visible)
            action.toggled.connect(lambda on, i=index: self.run_toggled.emit(i, on))
        if self._runs:
            self._runs_menu.addSeparator()
        action = self._runs_menu.addAction(self.tr("Table of runs…"))
        action.setObjectName("loss_table_action")
        action.setEnabled(bool(self._runs))
        action.triggered.connect(self.open_run_table)
        number = len(self._runs)
        text = (
            self.tr("no earlier runs")
            if number == 0
            else self.tr("1 earlier run")
            if number == 1
            else self.tr("{n} earlier runs").format(n=count(number))
        )
        self._runs_button.setText(text)
        describe(self._runs_button, text, self.tr("Earlier runs: show, hide, compare"))

    def open_run_table(self) -> RunTable:
        """Show the table of the runs' settings; it stays open beside the window."""
        if self._table is None:
            self._table = RunTable(self)
            self._table.run_renamed.connect(self.run_renamed)
            self._table.run_toggled.connect(self.run_toggled)
        self._table.show_runs(self._runs)
        self._table.show()
        self._table.raise_()
        return self._table

    # -- Language and looks ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._title.setText(self.tr("Loss"))
        self._train_name.setText(self.tr("train"))
        self._test_name.setText(self.tr("test"))
        self._log.setText(self.tr("Log"))
        describe(self._log, self.tr("Logarithmic loss axis"))
        describe(self._more, self.tr("More about the loss plot"), self.tr("Smooth, export"))
        describe(self.timeline, self.tr("Timeline"), self.tr("Go back to an earlier epoch"))
        describe(self._start, self.tr("Go to the start"), self.tr("Go to epoch 0"))
        describe(self._epoch_box, self.tr("Epoch shown"), self.tr("Type an epoch to go to it"))
        describe(self.plot.plot, self.tr("Loss by epoch"), "")
        self._epoch_label.setText(self.tr("Epoch"))
        self._branch.setText(self.tr("Branch from here"))
        self._compact_branch.setText(self.tr("Branch"))
        for button in (self._branch, self._compact_branch):
            describe(
                button,
                self.tr("Branch from here"),
                self.tr("Train on from the epoch shown as a new run; this one is kept"),
            )
        self._smoothing.setTitle(self.tr("Smoothing"))
        for action, window in zip(self._window_actions, _WINDOWS, strict=True):
            action.setText(
                self.tr("None")
                if window == 1
                else self.tr("Mean of {n} epochs").format(n=count(window))
            )
        self._zoom_action.setText(self.tr("Show all epochs"))
        for action, text in zip(
            self._export_actions,
            (self.tr("Export as PNG…"), self.tr("Export as SVG…"), self.tr("Export as CSV…")),
            strict=True,
        ):
            action.setText(text)
        self._fill_runs_menu()
        self._dress_icons()
        self._sync_timeline()
        self._show_values()

    def _dress_icons(self) -> None:
        self._runs_button.setIcon(icon("caret-down", "t2"))
        self._more.setIcon(icon("dots-three", "t2"))
        self._start.setIcon(icon("skip-back", "t2"))
        self._branch.setIcon(icon("git-branch"))
        self._compact_branch.setIcon(icon("git-branch"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._dress_icons()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the groove under the plot."""
        super().resizeEvent(event)
        self._lay_groove()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer smoothing and export where the person points."""
        self._menu.popup(event.globalPos())


def _set_text(widget: QLabel, text: str) -> None:
    """Set a label's text only where it differs, which spares a layout pass."""
    if widget.text() != text:
        widget.setText(text)
