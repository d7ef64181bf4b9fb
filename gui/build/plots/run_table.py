"""A table of the earlier runs and what each was trained with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from gui.build.plots.numbers import count, significant
from gui.build.plots.runs import RunRecord
from gui.widgets import describe

__all__ = ["RunTable"]

_FIXED_COLUMNS = 4


class RunTable(QDialog):
    """List the runs, one a row: name (can be changed), epochs, losses and every setting.

    Signals
    -------
    run_toggled(int, bool)
        The tick before a run's name was set or cleared.
    run_renamed(int, str)
        A name was typed.
    """

    run_toggled = Signal(int, bool)
    run_renamed = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("run_table_dialog")
        self.resize(760, 320)
        self._runs: tuple[RunRecord, ...] = ()
        self.table = QTableWidget(self)
        self.table.setObjectName("run_table")
        self.table.verticalHeader().hide()
        self.table.setSortingEnabled(False)
        self.table.itemChanged.connect(self._on_item_changed)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        self.retranslate()

    def show_runs(self, runs: Sequence[RunRecord]) -> None:
        """Fill the table."""
        self._runs = tuple(runs)
        names = list(dict.fromkeys(name for run in runs for name in run.settings))
        headings = [self.tr("Run"), self.tr("Epochs"), self.tr("Train loss"), self.tr("Test loss")]
        blocked = self.table.blockSignals(True)
        self.table.setRowCount(len(runs))
        self.table.setColumnCount(_FIXED_COLUMNS + len(names))
        said = self._setting_names()
        headings += [said.get(name, name) for name in names]
        self.table.setHorizontalHeaderLabels(headings)
        for row, run in enumerate(runs):
            for column, text in enumerate(self._cells(run, names)):
                item = QTableWidgetItem(text)
                editable = Qt.ItemFlag.ItemIsEditable
                item.setFlags(item.flags() | editable if column == 0 else item.flags() & ~editable)
                if column == 0:
                    item.setCheckState(
                        Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked
                    )
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        self.table.blockSignals(blocked)

    def _setting_names(self) -> dict[str, str]:
        return {
            "seed": self.tr("seed"),
            "layers": self.tr("layers"),
            "activation": self.tr("activation"),
            "optimiser": self.tr("optimiser"),
            "rate": self.tr("rate"),
            "batch": self.tr("batch"),
            "loss": self.tr("loss"),
        }

    @staticmethod
    def _cells(run: RunRecord, names: Sequence[str]) -> list[str]:
        has_values = len(run.epochs) > 0
        return [
            run.name,
            count(int(run.epochs[-1])) if has_values else "0",
            significant(float(run.train[-1])) if has_values else "",
            significant(float(run.test[-1])) if has_values and run.test is not None else "",
            *(run.settings.get(name, "") for name in names),
        ]

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if item.column() != 0:
            return
        run = self._runs[item.row()]
        visible = item.checkState() == Qt.CheckState.Checked
        if visible != run.visible:
            self.run_toggled.emit(item.row(), visible)
        if item.text() != run.name:
            self.run_renamed.emit(item.row(), item.text())

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self.setWindowTitle(self.tr("Runs"))
        describe(self.table, self.tr("Earlier runs and their settings"), "")
        self.show_runs(self._runs)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
