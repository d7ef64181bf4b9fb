"""The loss panel's title row: present losses, earlier runs, the axis and the menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QSizePolicy, QWidget

from foundation.text import tr, tr_context, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.sources import data_name
from gui.explain import explain
from gui.format import show_integer, significant
from gui.plots.epoch_plot import run_name
from gui.plots.legend import LineSwatch
from gui.theme import GAP_L_PX, GAP_S_PX, icon
from gui.widgets.basic import (
    describe,
    label,
    named,
    opens_menu,
    push_button,
    show_text,
    tool_button,
    write_on,
)
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from model.training.runs import RunRecord

_WINDOWS = (1, 5, 25, 100)
_SUFFIXES = ("png", "svg", "csv")


class LossHeader(Panel):
    """Name the lines, give their values and offer what can be done with the plot.

    Attributes
    ----------
    windows, exports
        Actions of the menu; each has in its data over how many epochs the lines are smoothed, or
        the suffix of the file to write.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self._runs: tuple[RunRecord, ...] = ()
        self._is_compact = False
        self._title = label("title")
        explain(self._title, "loss")
        self._train_name, self._train_value = label(), label("strong", "loss_train_value")
        self._test_name, self._test_value = label(), label("strong", "loss_test_value")
        for name in (self._train_name, self._test_name):
            explain(name, "training-set-test-set")
        self._train_swatch, self._test_swatch = LineSwatch("train"), LineSwatch("test")
        self._runs_swatch = LineSwatch("runs")
        self._runs_button = tool_button("loss_runs", size="small", icon=icon("caret-down", "t2"))
        self._runs_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._runs_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._runs_button.setIconSize(QSize(12, 12))
        self._runs_menu = opens_menu(self._runs_button, QMenu(self._runs_button))
        self.log = named(QCheckBox(), "loss_log")
        self.branch = push_button("loss_branch_compact", size="small", icon=icon("git-branch"))
        self.branch.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.branch.hide()
        self._more = tool_button("loss_more", size="small", icon=icon("dots-three", "t2"))
        self.menu = opens_menu(self._more, QMenu(self))
        self._fill_menu()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        train = self._train_swatch, self._train_name, self._train_value, GAP_L_PX
        test = self._test_swatch, self._test_name, self._test_value, GAP_S_PX
        losses = self._title, *train, *test, self._runs_swatch, self._runs_button
        tools = self.log, self.branch, self._more
        hbox(*losses, STRETCH, *tools, on=self, gap=GAP_S_PX, margins=0)

    def _fill_menu(self) -> None:
        self._smoothing = self.menu.addMenu("")
        self._smoothing.menuAction().setObjectName("loss_smoothing")
        self.windows, self.exports = QActionGroup(self), QActionGroup(self)
        for window in _WINDOWS:
            action = named(self._smoothing.addAction(""), f"loss_smoothing_{window}")
            action.setCheckable(True)
            action.setChecked(window == 1)
            action.setData(window)
            self.windows.addAction(action)
        self._log_action = named(self.menu.addAction(""), "loss_log_action")
        self._log_action.setCheckable(True)
        self._log_action.toggled.connect(self.log.setChecked)
        self.log.toggled.connect(self._log_action.setChecked)
        self.show_all = named(self.menu.addAction(""), "loss_show_all")
        self.menu.addMenu(self._runs_menu)
        self.menu.addSeparator()
        for suffix in _SUFFIXES:
            action = named(self.menu.addAction(""), f"loss_export_{suffix}")
            action.setData(suffix)
            self.exports.addAction(action)
        self.run_table = named(QAction(self), "loss_run_table")

    def show_values(self, train: float | None, test: float | None) -> None:
        """Give the losses at the epoch shown or pointed at; without a test loss it is left out."""
        room = self._room_of_values()
        for widget, value in ((self._train_value, train), (self._test_value, test)):
            show_text(widget, "–" if value is None else significant(value))
        is_other = self._test_value.isHidden() != (test is None)
        for part in (self._test_swatch, self._test_value):
            part.setHidden(test is None)
        if is_other or self._room_of_values() != room:
            self.refit()

    def _room_of_values(self) -> tuple[int, int]:
        """Return the widths that the values have grown to."""
        return self._train_value.minimumWidth(), self._test_value.minimumWidth()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """List the earlier runs."""
        self._runs = tuple(runs)
        self._runs_menu.clear()
        for index, run in enumerate(self._runs):
            text = f"{run_name(run)} · {data_name(run.data)}"
            action = named(self._runs_menu.addAction(text.replace("&", "&&")), f"loss_run_{index}")
            action.setCheckable(True)
            action.setChecked(run.visible)
            action.toggled.connect(lambda on, i=index: self._model.show_run(i, on))
        if self._runs:
            self._runs_menu.addSeparator()
        self._runs_menu.addAction(self.run_table)
        self.run_table.setEnabled(bool(self._runs))
        number = len(self._runs)
        if number == 0:
            text = tr("no earlier runs")
        else:
            text = tr_plural("1 earlier run", "{n} earlier runs", number, n=show_integer(number))
        write_on(self._runs_button, text, tr("Earlier runs: show, hide, compare"))
        self.refit()

    def set_compact(self, compact: bool) -> None:
        """Leave out what the narrow window has no room for, and offer the branch button here."""
        self._is_compact = compact
        self.branch.setVisible(compact)
        self.refit()

    def refit(self) -> None:
        """Show the runs' button and the axis' box where there is room; the menu has both too.

        The branch button is an icon alone where its word would be cut, and then the swatches name
        the values alone, close to the title, which gives way last.
        """
        self._title.setContentsMargins(0, 0, GAP_L_PX, 0)  # goes with it
        self._title.setVisible(not self._is_compact)
        self.branch.setText(tr("Branch"))
        if self._is_compact and self._needed() > self.width():
            self.branch.setText("")
        is_cut = self._needed() > self.width()
        for name, value in self._named():
            is_hidden = is_cut or value.isHidden()
            name.setHidden(is_hidden)
        if self._needed() > self.width():
            self._title.setContentsMargins(0, 0, 0, 0)
        if self._needed() > self.width():
            self._title.hide()
        room = self.width() - self._needed()
        for parts in ((self.log,), (self._runs_swatch, self._runs_button)):
            needed = sum(_width(part) + GAP_S_PX for part in parts)
            fits = not self._is_compact and needed <= room
            room -= needed if fits else 0
            for part in parts:
                part.setVisible(fits)

    def _named(self) -> tuple[tuple[QLabel, QLabel], ...]:
        """Return each value of a loss with its name before it."""
        return (self._train_name, self._train_value), (self._test_name, self._test_value)

    def _needed(self) -> int:
        """Return the width of all that is always shown, the values' names and gaps included."""
        always = (
            self._title,
            self._train_swatch,
            self._train_value,
            self._test_swatch,
            self._test_value,
            self.branch,
            self._more,
        )
        shown = [part for part in always if not part.isHidden()]
        shown += [name for name, value in self._named() if not value.isHidden()]
        return sum(map(_width, shown)) + len(shown) * GAP_S_PX + GAP_L_PX

    def sizeHint(self) -> QSize:
        """Ask for room for the names, also where there has been none so far."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), self._needed()), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: the panel's room is the window's affair."""
        return QSize(0, super().minimumSizeHint().height())

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._title.setText(tr("Loss"))
        self._train_name.setText(tr_context("LossHeader", "train"))
        self._test_name.setText(tr("test"))
        for name, value in self._named():
            value.setToolTip(name.text())
        self.log.setText(tr("Log"))
        describe(self.log, tr("Logarithmic loss axis"))
        self._log_action.setText(tr("Logarithmic loss axis"))
        describe(self._more, tr("More about the loss plot"), tr("Smooth, export"))
        describe(
            self.branch,
            tr("Branch from here"),
            tr("Train on from the epoch shown as a new run; this one is kept"),
        )
        self._smoothing.setTitle(tr("Smoothing"))
        self._runs_menu.setTitle(tr("Earlier runs"))
        self.run_table.setText(tr("Table of runs…"))
        for action, window in zip(self.windows.actions(), _WINDOWS, strict=True):
            text = tr("Mean of {n} epochs", n=show_integer(window))
            action.setText(tr("None") if window == 1 else text)
        self.show_all.setText(tr("Show all epochs"))
        texts = (tr("Export as PNG…"), tr("Export as SVG…"), tr("Export as CSV…"))
        for action, text in zip(self.exports.actions(), texts, strict=True):
            action.setText(text)
        self.set_runs(self._runs)


def _width(part: QWidget) -> int:
    """Return the width that a part of the title row asks for; a swatch only has a least one."""
    return max(part.sizeHint().width(), part.minimumWidth())
