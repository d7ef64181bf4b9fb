"""A person's own data: choosing a file, and for a table how to read it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.build.data_panel.csv_dialog import CsvDialog
from gui.build.data_panel.idx_files import idx_data, is_idx
from gui.document.data_loader import DataLoader
from gui.file_dialogs import file_dialog

__all__ = ["TABLE_SUFFIXES", "OwnTables"]

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")


class OwnTables(QObject):
    """Ask for a file and for how to read it, without blocking.

    Attributes
    ----------
    reader
        Reads a table, and its first rows before that, on a worker.

    Signals
    -------
    data_chosen(DataSpec)
        What to learn from.
    failed(str, str)
        A sentence and details.
    """

    data_chosen = Signal(object)
    failed = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.reader = DataLoader(self)
        self._dialog: CsvDialog | None = None
        self._waiting: list[Path] = []

    def ask(self) -> None:
        """Let the person choose a file."""
        dialog = file_dialog(self._window, self.tr("Open a table"), "table_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Tables (*.csv *.tsv *.txt)"),
                self.tr("Pictures in IDX files (*ubyte *ubyte.gz)"),
            ]
        )
        dialog.fileSelected.connect(lambda name: self.open_path(Path(name)))
        dialog.open()

    def open_path(self, path: Path) -> None:
        """Show how a table would be read, or take pictures and labels that lie together.

        Of several tables each waits until the dialog of the one before it has closed.
        """
        if not is_idx(path):
            self._waiting.append(path)
            self._open_next()
            return
        data = idx_data(path)
        if data is None:
            self.failed.emit(
                self.tr(
                    "{name}: the pictures and their labels must lie in one folder under the names "
                    "they came with, as in train-images-idx3-ubyte and train-labels-idx1-ubyte."
                ).format(name=path.name),
                "",
            )
            return
        self.data_chosen.emit(data)

    def _open_next(self) -> None:
        """Open the dialog of the next table, unless one is open: they share their reader."""
        if self._dialog is not None or not self._waiting:
            return
        dialog = self._dialog = CsvDialog(self._waiting.pop(0), self.reader, self._window)
        dialog.data_accepted.connect(self.data_chosen)
        dialog.finished.connect(self._on_closed)
        dialog.open()

    def _on_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._open_next()
