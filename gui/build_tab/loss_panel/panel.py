"""The loss panel: title row, plot, timeline and branch button."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.loss_panel.header import LossHeader
from gui.build_tab.loss_panel.run_table import RunTable
from gui.build_tab.loss_panel.timeline import Timeline
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import show_integer, significant
from gui.plots.epoch_plot import EpochPlot, write_plot
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import label, push_button, show_text, tool_button
from gui.widgets.dialogs import ask_to_save
from gui.widgets.fields import NumberEdit
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.errors import ModelError
from model.training import History, Snapshot
from model.training.runs import Losses, RunRecord, losses_in, record_of

_EDGE_PX = 8
_LAST_EPOCH = 1e12
"""Largest epoch that can be typed; one beyond the run goes to its last epoch."""
_MARGINS = (INSET_PX, GAP_M_PX, INSET_PX, GAP_L_PX)


class LossPanel(Panel):
    """The loss over the epochs; the user can return to any epoch and branch there."""

    def __init__(self, model: BuildModel, parent: QWidget | None = None) -> None:
        super().__init__("loss_panel", parent)
        self._model = model
        self._history: History | None = None
        self._runs: tuple[RunRecord, ...] = ()
        self._epoch = 0
        self._snapshot: Snapshot | None = None
        self._saved: Losses | None = None
        self._steps: tuple[int, int] | None = None
        self._table: RunTable | None = None
        self.plot = worded(EpochPlot(), accessible_name="Curves of the loss", tip="")
        worded(self.plot.plot, accessible_name="Loss by epoch", tip="")
        self.header = LossHeader(model)
        self.footer = self._make_footer()
        parts = self.header, (self.plot, 1), self._make_timeline_row(), self.footer
        self._column = vbox(*parts, on=self, gap=GAP_S_PX, margins=_MARGINS)
        self._readout = label("caption", "loss_readout")
        self._readout.setParent(self.plot)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        self._connect()
        self.retranslate()
        self._counts_mistakes, self._was_log = False, self.plot.is_log

    # -- Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.plot.groove_moved.connect(self._align_timeline)
        self.plot.hovered.connect(self._on_hovered)
        header = self.header
        header.log.setChecked(self.plot.is_log)
        header.log.toggled.connect(self.plot.set_log)
        header.window_chosen.connect(self._on_window_chosen)
        header.show_all_requested.connect(self.plot.reset_zoom)
        header.export_requested.connect(self._on_export_requested)
        header.run_table_requested.connect(self.open_run_table)
        header.branch.clicked.connect(self._on_branch_clicked)

    def _make_timeline_row(self) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(26)
        start = tool_button(
            "timeline_start",
            size="small",
            icon=icon("skip-back", "t2"),
            do=lambda: self._choose(self._first_epoch()),
            accessible_name="Go to the start",
        )
        start.setParent(holder)
        start.setGeometry(0, 1, 24, 24)
        self.timeline = worded(Timeline(), accessible_name="Timeline", tip="")
        self.timeline.setParent(holder)
        self.timeline.valueChanged.connect(self._choose)
        return holder

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        self._epoch_box = worded(
            NumberEdit("epoch_box", 0, _LAST_EPOCH, whole=True),
            accessible_name="Epoch shown",
            tip="Type an epoch to go to it",
        )
        self._epoch_box.setFixedWidth(74)
        self._epoch_box.entered.connect(self._on_epoch_entered)
        self._of_label = label("label", "epoch_of")
        self._branch = push_button(
            "loss_branch",
            icon=icon("git-branch"),
            do=self._on_branch_clicked,
            accessible_name="Branch from here",
            tip="Train on from the epoch shown as a new run; this one is kept",
        )
        epoch = explain(label("label", text="Epoch"), "epoch"), self._epoch_box, self._of_label
        margins = (GAP_M_PX, 0, GAP_L_PX + 2, 0)
        hbox(*epoch, STRETCH, self._branch, on=footer, gap=GAP_M_PX, margins=margins)
        return footer

    # -- What is shown -----------------------------------------------------------------------------

    def show_history(self, history: History) -> None:
        """Draw a run's losses; called once per frame while it grows."""
        self._history = history
        self._show_losses()
        self._sync_timeline()
        self._show_values()

    def _show_losses(self) -> None:
        """Draw the losses, those from before the run was saved first."""
        losses = losses_in(self._history, self._saved) or Losses(range(0), np.empty(0))
        self.plot.show_series(losses.epochs, losses.train, losses.test)
        self.plot.redraw()

    def show_state(self, state: BuildState) -> None:
        """Mark the current epoch, and show its losses."""
        counts_mistakes = state.experiment.training.loss == "perceptron"
        if counts_mistakes != self._counts_mistakes:
            self._counts_mistakes = counts_mistakes
            if counts_mistakes:
                self._was_log = self.plot.is_log
            # No mistake has no logarithm.
            self.header.log.setChecked(self._was_log and not counts_mistakes)
        self._steps, moved = state.steps, state.epoch != self._epoch
        if state.run.saved is not self._saved:
            self._saved = state.run.saved
            self._show_losses()
        self._epoch, self._snapshot = state.epoch, state.snapshot
        losses = (None, None) if state.running else self._shown_losses()
        self.plot.set_position(self._epoch, state.running, losses)
        if moved and not self._last_epoch():
            self.plot.redraw()
        self.plot.place_markers()
        self._sync_timeline()
        self._show_values()
        self._describe_timeline()
        if self._table is not None and self._table.isVisible():
            self._table.show_runs(self._runs, _present_run(state))

    def _shown_losses(self) -> tuple[float | None, float | None]:
        """Return the losses of the weights shown, which may have been edited.

        Both are ``None`` while the curve is smoothed, since it shows other values.
        """
        shown = self._snapshot
        if shown is None or self.plot.train.is_smooth or not math.isfinite(shown.train_loss):
            return None, None
        test = shown.test_loss
        return shown.train_loss, test if test is not None and math.isfinite(test) else None

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Show earlier runs as grey lines with names, and in the table."""
        if tuple(runs) == self._runs:
            return
        self._runs = tuple(runs)
        self.plot.set_runs(self._runs)
        self.header.set_runs(self._runs)
        if self._table is not None:
            self._table.show_runs(self._runs, _present_run(self._model.state))

    def set_compact(self, compact: bool) -> None:
        """Omit the title and the epoch row, which do not fit the narrow window."""
        self.header.set_compact(compact)
        self.footer.setVisible(not compact)
        self._column.setContentsMargins(*(0, 0, 0, 0) if compact else _MARGINS)

    def restore_header(self) -> None:
        """Move the title row back from another panel."""
        self._column.insertWidget(0, self.header)
        self.header.show()

    def _first_epoch(self) -> int:
        return 0 if self._history is None else self._history.epochs.start

    def _last_epoch(self) -> int:
        """Return the last epoch that can be restored, 0 if there is none."""
        return self._history.epochs[-1] if self._history is not None and self._history else 0

    def _sync_timeline(self) -> None:
        low, high = self.plot.x_range
        last = self._last_epoch()
        shown = min(self._epoch, last) if last else self._epoch
        # Without a line that leads to the epoch shown there is none to go back to.
        known = (self._first_epoch(), last) if last else (shown, shown)
        self.timeline.set_epochs(int(low), math.ceil(high), known)
        self.timeline.show_epoch(shown)
        self._epoch_box.show_value(shown)
        text = (
            f"/ {show_integer(max(self.plot.end, last or shown))}"  # an opened file has no run yet
        )
        if self._steps is not None:
            n, steps = map(show_integer, self._steps)
            text += " · " + tr("step {n} of {steps}", n=n, steps=steps)
        if text != self._of_label.text():
            show_text(self._of_label, text)
            self._fit_branch()
        self._branch.setEnabled(last > 0)
        self.header.branch.setEnabled(last > 0)

    def _fit_branch(self) -> None:
        """Omit the branch button's text if the epoch leaves too little room."""
        self._branch.setText("")
        self._branch.setMinimumWidth(self._branch.sizeHint().width())
        self._branch.setText(tr("Branch from here"))
        if self.footer.sizeHint().width() > self.footer.width():
            self._branch.setText("")

    def _show_values(self) -> None:
        train, test = self._shown_losses()
        if train is None:
            found = self.plot.losses_at(float(self._epoch))
            train, test = (None if loss is None else loss[1] for loss in found)
        self.header.show_values(train, test)

    def _align_timeline(self) -> None:
        left, right = self.plot.groove()
        width = int(right - left) + 2 * _EDGE_PX
        self.timeline.setGeometry(int(left) - _EDGE_PX, 3, width, 20)
        self.timeline.set_groove(_EDGE_PX + left - int(left), _EDGE_PX + right - int(left))
        self._sync_timeline()

    # -- What the user does ----------------------------------------------------------------------

    def _choose(self, epoch: int) -> None:
        if epoch != self._epoch:
            self._model.show_epoch(epoch)

    def _on_epoch_entered(self, epoch: float) -> None:
        self._choose(self._model.state.run.nearest(int(epoch)))
        self._sync_timeline()

    def _on_branch_clicked(self) -> None:
        self._model.branch(self._epoch)

    def _on_window_chosen(self, window: int) -> None:
        self.plot.set_window(window)
        self._show_values()

    def _on_hovered(self, epoch: float) -> None:
        self.plot.show_cross(epoch)
        found, test = self.plot.losses_at(epoch) if math.isfinite(epoch) else (None, None)
        self._readout.setVisible(found is not None)
        if found is None:
            return
        at, train = show_integer(found[0]), significant(found[1], 4)
        if test is None:
            text = tr("epoch {epoch}   train {train}", epoch=at, train=train)
        else:
            text = tr(
                "epoch {epoch}   train {train}   test {test}",
                epoch=at,
                train=train,
                test=significant(test[1], 4),
            )
        self._readout.setText(text)
        self._readout.adjustSize()
        _, right = self.plot.groove()
        self._readout.move(int(right) - self._readout.width() - 8, 6)

    def open_run_table(self) -> RunTable:
        """Open the table of the runs' settings, a window that may stay open."""
        present = _present_run(self._model.state)
        if self._table is None:
            self._table = RunTable(self._model, self, present)
        self._table.show_runs(self._runs, present)
        self._table.show()
        self._table.raise_()
        return self._table

    def _on_export_requested(self, suffix: str) -> None:
        title = tr("Export the loss plot")
        ask_to_save(self, title, f"loss.{suffix}", self.export, "loss_dialog")

    def export(self, path: Path) -> bool:
        """Write the plot as PNG, SVG or CSV by the file's suffix.

        Return whether it succeeded.
        """
        try:
            write_plot(self.plot, losses_in(self._history, self._saved), self._runs, path)
        except ModelError as error:
            self._model.fail(error)
            return False
        self._model.report_export(path)
        return True

    # -- Language and looks ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._describe_timeline()
        self._sync_timeline()
        self._fit_branch()
        self._show_values()

    def _describe_timeline(self) -> None:
        """Describe the timeline, and the epochs that it cannot reach."""
        tip = tr("Go back to an earlier epoch")
        if self._saved is not None:
            text = tr(
                "up to epoch {n} the file keeps the losses, not the weights",
                n=show_integer(self._saved.last_epoch),
            )
            tip = f"{tip} ({text})"
        self.timeline.setToolTip(tip)

    def refit(self) -> None:
        """Keep the timeline's groove aligned with the plot."""
        self._fit_branch()
        self._align_timeline()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open a menu with smoothing and export at the pointer."""
        self.header.menu.popup(event.globalPos())


def _present_run(state: BuildState) -> RunRecord:
    """Return the current run as a row of the table, with the losses of the weights shown."""
    shown, losses = state.snapshot, Losses(range(0), np.empty(0))
    if shown is not None:
        test = None if shown.test_loss is None else np.array([shown.test_loss])
        epochs, shares = range(state.epoch, state.epoch + 1), {}
        if state.dataset.task != "regression":
            shares = {"accuracy": shown.train_accuracy, "test_accuracy": shown.test_accuracy}
        losses = Losses(epochs, np.array([shown.train_loss]), test, **shares)
    return record_of(state.experiment, losses, 0)
