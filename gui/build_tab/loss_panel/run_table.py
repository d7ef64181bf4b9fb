"""A table of the runs and their settings, the current one last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from foundation.text import mark, tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import activation_names, loss_names, optimiser_names
from gui.build_tab.sources import data_name
from gui.explain import explain_columns
from gui.format import name_order, percent, show_integer, show_number, significant
from gui.plots.epoch_plot import run_name
from gui.theme import GAP_XL_PX
from gui.widgets.basic import named, set_role
from gui.widgets.layouts import vbox
from gui.widgets.painting import AT_LEFT
from gui.widgets.panel import Dialog
from gui.widgets.sort_header import SortHeader
from gui.widgets.texts import worded
from model.experiment import FloatArray
from model.training.runs import RunRecord

_TEST_LOSS = 3
_SHARES = ("test", "accuracy", "test_accuracy")
"""Fields of a run in the fourth and later columns, hidden if no run has them."""
_LOSS, _SHARE = ("loss", "training-set-test-set"), ("accuracy", "training-set-test-set")
_COLUMNS = (
    (mark("Run"), ("run",)),
    (mark("Epochs"), ("epoch",)),
    (mark("Train loss"), _LOSS),
    (mark("Test loss"), _LOSS),
    (mark("Accuracy"), _SHARE),
    (mark("Test accuracy"), _SHARE),
    (mark("Data"), ("data-set",)),
    (mark("Seed"), ("seed",)),
    (mark("Layers"), ("layer",)),
    (mark("Activation"), ("activation-function",)),
    (mark("Optimiser"), ("optimiser",)),
    (mark("Rate"), ("learning-rate",)),
    (mark("Batch"), ("batch",)),
    (mark("Loss"), ("loss",)),
    ("L1", ("regularisation",)),
    ("L2", ("regularisation",)),
)
"""Column headings, and the glossary terms that explain them."""
_TIPS = {
    0: mark("A tick draws the run’s line; a double click on its name changes it."),
    4: mark("Share of the training rows that are right"),
    5: mark("Share of the test rows that are right"),
}
_SETTINGS = attrgetter("data", "seed", "training", "units", "activation")
"""Settings of a run that are shown besides its losses."""
_ROW_PX, _MAX_ROWS = 31, 12
_COLUMN_GAP_PX = 12


class RunTable(Dialog):
    """One run per row: name (editable), epochs, losses and every setting.

    A tick before a name draws the run's line. The last row is the current run; a click on a column
    title sorts the others.
    """

    def __init__(self, model: BuildModel, parent: QWidget, present: RunRecord) -> None:
        super().__init__("run_table_dialog", parent, title="Runs")
        self._model = model
        self._runs: tuple[RunRecord, ...] = ()
        self._order: list[int] = []  # which run each row shows
        self._present = present
        self.table = worded(
            named(QTableWidget(self), "run_table"), accessible_name="Runs and their settings"
        )
        set_role(self.table, role="list")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setHorizontalHeader(SortHeader())
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(AT_LEFT)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(lambda: self.show_runs(self._runs, self._present))
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.itemChanged.connect(self._on_item_changed)
        vbox(self.table, on=self, margins=GAP_XL_PX)
        self.retranslate()

    def show_runs(self, runs: Sequence[RunRecord], present: RunRecord) -> None:
        """Fill the table: earlier runs in the sorted order, then the current one."""
        is_same = self._runs == tuple(runs) and _SETTINGS(self._present) == _SETTINGS(present)
        self._runs, self._present = tuple(runs), present
        self._order = self._sorted()
        shown = [*(self._runs[index] for index in self._order), present]
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(shown))
            for row, run in enumerate(shown):
                self._fill_row(row, run)
        for column, share in enumerate(_SHARES, _TEST_LOSS):
            is_known = any(getattr(run, share) is not None for run in shown)
            self.table.setColumnHidden(column, not is_known)
        if not is_same:
            self._fit()

    def _fill_row(self, row: int, run: RunRecord) -> None:
        """Write a run's data; an earlier run has a tick, and its name is editable."""
        is_earlier = run is not self._present
        for column, (text, _) in enumerate(self._cells(run)):
            item = self.table.item(row, column)
            if item is None:  # others stay, or a name could not be edited while a run trains
                item = QTableWidgetItem()
                self.table.setItem(row, column, item)
            has_tick = is_earlier and column == 0
            editable = item.flags() | Qt.ItemFlag.ItemIsEditable
            item.setFlags(editable if has_tick else editable ^ Qt.ItemFlag.ItemIsEditable)
            tick = Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked
            item.setData(Qt.ItemDataRole.CheckStateRole, tick if has_tick else None)
            item.setText(text if is_earlier or column else tr("this run"))

    def _fit(self) -> None:
        """Fit the window's size to the table, within limits."""
        self.table.resizeColumnsToContents()
        widths = [self.table.columnWidth(column) for column in range(self.table.columnCount())]
        for column, width in enumerate(widths):
            if not self.table.isColumnHidden(column):
                self.table.setColumnWidth(column, width + _COLUMN_GAP_PX)
        header = self.table.horizontalHeader()
        parent = self.parentWidget()
        most = (parent.window().width() if parent is not None else 1024) - 4 * GAP_XL_PX
        rows = min(max(self.table.rowCount(), 2), _MAX_ROWS)
        height = header.sizeHint().height() + rows * _ROW_PX + 2 * GAP_XL_PX + 12
        self.resize(min(header.length() + 2 * GAP_XL_PX + 12, most), height)

    def _sorted(self) -> list[int]:
        """Return the runs' indices in the chosen order, those without a value last."""
        header, order = self.table.horizontalHeader(), list(range(len(self._runs)))
        column = header.sortIndicatorSection()
        if not 0 <= column < len(_COLUMNS):
            return order
        place_of = name_order()
        keys = [
            place_of(key) if isinstance(key, str) else key
            for key in (self._cells(run)[column][1] for run in self._runs)
        ]
        known = [index for index in order if keys[index] is not None]
        falls = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        known.sort(key=lambda index: keys[index], reverse=falls)
        return known + [index for index in order if keys[index] is None]

    def _cells(self, run: RunRecord) -> list[tuple[str, Any]]:
        """Return each column's text for a run, and its sort value."""
        training, has_values = run.training, len(run.epochs) > 0
        epoch = int(run.epochs[-1]) if has_values else 0
        losses = (values if has_values else None for values in (run.train, run.test))
        names = (
            run_name(run),
            data_name(run.data),
            activation_names()[run.activation],
            optimiser_names()[training.optimiser.name],
            loss_names()[training.loss],
        )
        own, data, activation, optimiser, loss = ((name, name) for name in names)
        batch = training.batch_size
        return [
            own,
            (show_integer(epoch), epoch),
            *map(_loss_cell, losses),
            *map(_share_cell, (run.accuracy, run.test_accuracy)),
            data,
            (str(run.seed), run.seed),
            ("-".join(map(str, run.units)), run.units),
            activation,
            optimiser,
            (show_number(training.learning_rate), training.learning_rate),
            (str(batch) if batch else tr("Full"), batch or math.inf),
            loss,
            (show_number(training.l1), training.l1),
            (show_number(training.l2), training.l2),
        ]

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if item.column() != 0:
            return
        # Read first: what is told fills the table anew, and the item is gone.
        row, name = item.row(), item.text()
        if row >= len(self._runs):
            return
        visible = item.checkState() == Qt.CheckState.Checked
        index = self._order[row]
        run = self._runs[index]
        if visible != run.visible:
            self._model.show_run(index, visible)
        if name != run_name(run):
            self._model.rename_run(index, name)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.table.setColumnCount(len(_COLUMNS))
        for column, (text, _) in enumerate(_COLUMNS):
            heading = QTableWidgetItem(tr(text))
            if column in _TIPS:
                heading.setToolTip(tr(_TIPS[column]))
            self.table.setHorizontalHeaderItem(column, heading)
        explain_columns(self.table.horizontalHeader(), [terms for _, terms in _COLUMNS])
        self.show_runs(self._runs, self._present)
        self._fit()


def _loss_cell(values: FloatArray | None) -> tuple[str, float | None]:
    """Return a run's last loss as text and sort value; empty and ``None`` if unknown."""
    last = math.nan if values is None else float(values[-1])
    return ("", None) if math.isnan(last) else (significant(last), last)


def _share_cell(share: float | None) -> tuple[str, float | None]:
    return ("" if share is None else percent(share)), share
