"""The loss panel's title row: current losses, earlier runs, axis and menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QCheckBox, QMenu, QSizePolicy, QWidget

from foundation.text import tr, tr_context, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.sources import data_name
from gui.explain import explain
from gui.format import show_integer, significant
from gui.plots.epoch_plot import run_name
from gui.plots.legend import LineSwatch
from gui.theme import GAP_L_PX, GAP_S_PX, icon
from gui.widgets.basic import (
    attach_menu,
    label,
    menu_action,
    named,
    push_button,
    show_text,
    tool_button,
    write_on,
)
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.training.runs import RunRecord

_WINDOWS = (1, 5, 25, 100)
_SUFFIXES = ("png", "svg", "csv")


class LossHeader(Panel):
    """The lines' names and values, and the commands of the plot.

    Signals
    -------
    window_chosen(int)
        Number of epochs to smooth the lines over.
    show_all_requested(), run_table_requested()
        The user asked to show every epoch, or the table of the runs.
    export_requested(str)
        The user asked to export a file with this suffix.
    """

    window_chosen = Signal(int)
    show_all_requested = Signal()
    run_table_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self._runs: tuple[RunRecord, ...] = ()
        self._is_compact = False
        self._window = 1
        self._title = explain(label("title", text="Loss"), "loss")
        self._title.setContentsMargins(0, 0, GAP_L_PX, 0)  # goes with it
        self._train_name = label(text=lambda: tr_context("LossHeader", "train"))
        self._train_value = label("strong", "loss_train_value")
        self._test_name = label(text="test")
        self._test_value = label("strong", "loss_test_value")
        for name in (self._train_name, self._test_name):
            explain(name, "training-set-test-set")
        self._train_swatch, self._test_swatch = LineSwatch("train"), LineSwatch("test")
        self._runs_swatch = LineSwatch("runs")
        self._runs_button = tool_button("loss_runs", size="small", icon=icon("caret-down", "t2"))
        self._runs_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._runs_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._runs_button.setIconSize(QSize(12, 12))
        self._runs_menu = attach_menu(self._runs_button, QMenu(self._runs_button))
        self.log = worded(
            named(QCheckBox(), "loss_log"), text="Log", accessible_name="Logarithmic loss axis"
        )
        self.log.toggled.connect(self._on_log_toggled)
        self.branch = push_button(
            "loss_branch_compact",
            size="small",
            icon=icon("git-branch"),
            text="Branch",
            accessible_name="Branch from here",
            tip="Train on from the epoch shown as a new run; this one is kept",
        )
        self.branch.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.branch.hide()
        self._more = tool_button(
            "loss_more",
            size="small",
            icon=icon("dots-three", "t2"),
            accessible_name="More about the loss plot",
            tip="Smooth, export",
        )
        self.menu = attach_menu(self._more, QMenu(self))
        self._smoothing = QMenu(self.menu)
        self._smoothing.menuAction().setObjectName("loss_smoothing")
        train = self._train_swatch, self._train_name, self._train_value, GAP_L_PX
        test = self._test_swatch, self._test_name, self._test_value, GAP_S_PX
        losses = self._title, *train, *test, self._runs_swatch, self._runs_button
        tools = self.log, self.branch, self._more
        hbox(*losses, STRETCH, *tools, on=self, gap=GAP_S_PX, margins=0)
        self.retranslate()

    def _fill_menu(self) -> None:
        self.menu.clear()
        self._smoothing.clear()
        self._smoothing.setTitle(tr("Smoothing"))
        self.menu.addMenu(self._smoothing)
        group = QActionGroup(self._smoothing)
        for window in _WINDOWS:
            text = tr("Mean of {n} epochs", n=show_integer(window)) if window > 1 else tr("None")
            menu_action(
                self._smoothing,
                f"loss_smoothing_{window}",
                text,
                partial(self._on_window_chosen, window),
                window == self._window,
                group,
            )
        self._log_action = menu_action(
            self.menu,
            "loss_log_action",
            tr("Logarithmic loss axis"),
            self.log.toggle,
            self.log.isChecked(),
        )
        menu_action(self.menu, "loss_show_all", tr("Show all epochs"), self.show_all_requested.emit)
        self._runs_menu.setTitle(tr("Earlier runs"))
        self.menu.addMenu(self._runs_menu)
        self.menu.addSeparator()
        exports = tr("Export as PNG…"), tr("Export as SVG…"), tr("Export as CSV…")
        for suffix, text in zip(_SUFFIXES, exports, strict=True):
            export = partial(self.export_requested.emit, suffix)
            menu_action(self.menu, f"loss_export_{suffix}", text, export)

    def _on_log_toggled(self, on: bool) -> None:
        self._log_action.setChecked(on)

    def _on_window_chosen(self, window: int) -> None:
        self._window = window
        self.window_chosen.emit(window)

    def show_values(self, train: float | None, test: float | None) -> None:
        """Show the losses at the epoch shown or pointed at; no test loss if ``None``."""
        for widget, value in ((self._train_value, train), (self._test_value, test)):
            show_text(widget, "–" if value is None else significant(value))
        for part in (self._test_swatch, self._test_value):
            part.setHidden(test is None)
        self.refit()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """List the earlier runs."""
        self._runs = tuple(runs)
        menu, number = self._runs_menu, len(self._runs)
        menu.clear()
        for index, run in enumerate(self._runs):
            text = f"{run_name(run)} · {data_name(run.data)}"
            show = partial(self._model.show_run, index, not run.visible)
            menu_action(menu, f"loss_run_{index}", text, show, run.visible)
        if self._runs:
            menu.addSeparator()
        table = menu_action(
            menu, "loss_run_table", tr("Table of runs…"), self.run_table_requested.emit
        )
        table.setEnabled(bool(self._runs))
        text = tr("no earlier runs")
        if number:
            text = tr_plural("1 earlier run", "{n} earlier runs", number, n=show_integer(number))
        write_on(self._runs_button, text, tr("Earlier runs: show, hide, compare"))
        self.refit()

    def set_compact(self, compact: bool) -> None:
        """Omit what does not fit the narrow window, and show the branch button here."""
        self._is_compact = compact
        self.branch.setVisible(compact)
        self.refit()

    def refit(self) -> None:
        """Show what fits; the menu contains the axis box and the runs too."""
        is_wide, room = (
            not self._is_compact,
            self.width() - self._width_of(self._always_visible()) - GAP_L_PX,
        )
        for parts, is_wanted in (
            ((self._title,), is_wide),
            (self._names(), True),
            ((self.log,), is_wide),
            ((self._runs_swatch, self._runs_button), is_wide),
        ):
            needed = self._width_of(parts)
            fits = is_wanted and needed <= room
            room -= needed if fits else 0
            for part in parts:
                part.setVisible(fits)
        if self._test_value.isHidden():
            self._test_name.hide()

    def _always_visible(self) -> tuple[QWidget, ...]:
        """Return the parts shown at every width."""
        train, test = (self._train_swatch, self._train_value), (self._test_swatch, self._test_value)
        shown = *train, *(() if self._test_value.isHidden() else test), self._more
        return (*shown, self.branch) if self._is_compact else shown

    def _names(self) -> tuple[QWidget, ...]:
        has_test = not self._test_value.isHidden()
        return (self._train_name, self._test_name) if has_test else (self._train_name,)

    @staticmethod
    def _width_of(parts: Sequence[QWidget]) -> int:
        # A swatch has only a least width.
        widths = (max(part.sizeHint().width(), part.minimumWidth()) for part in parts)
        return sum(widths) + len(parts) * GAP_S_PX

    def sizeHint(self) -> QSize:
        """Return a width that fits the names, even while they are hidden."""
        hint = super().sizeHint()
        needed = self._width_of((*self._always_visible(), *self._names())) + GAP_L_PX
        return QSize(max(hint.width(), needed), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Return a minimum width of 0, since the window sets the panel's width."""
        return QSize(0, super().minimumSizeHint().height())

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for name, value in (
            (self._train_name, self._train_value),
            (self._test_name, self._test_value),
        ):
            value.setToolTip(name.text())
        self._fill_menu()
        self.set_runs(self._runs)
