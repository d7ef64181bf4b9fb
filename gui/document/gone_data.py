"""Tables that are no longer where an experiment says: a person shows where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.document.question import Answer, ask
from gui.file_dialogs import file_dialog
from model.data_paths import with_table
from model.experiment import CsvData, Experiment

__all__ = ["GoneData", "is_gone"]


def is_gone(experiment: Experiment, error: Exception) -> bool:
    """Tell whether an error says that the table of an experiment is not there."""
    return isinstance(experiment.data, CsvData) and isinstance(error.__cause__, FileNotFoundError)


def _name_of(data: CsvData) -> str:
    """Return a table's name; its path may have been written on Windows."""
    return PureWindowsPath(data.path).name


class GoneData(QObject):
    """Ask where a table is that is gone, without blocking."""

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window

    def ask(
        self,
        experiment: Experiment,
        take: Callable[[Experiment], None],
        given_up: Callable[[], None],
    ) -> None:
        """Ask for the table; `take` gets the experiment that reads the file that is chosen."""
        data = experiment.data
        assert isinstance(data, CsvData)
        name = _name_of(data)

        def choose() -> None:
            self._choose(name, lambda path: take(with_table(experiment, path)), given_up)

        ask(
            self._window,
            "gone_dialog",
            self.tr("Where is {name}?").format(name=name),
            self.tr(
                "The experiment learned from this table, which is no longer in {folder}. Its "
                "weights are kept; show where the table is now to open it."
            ).format(folder=str(Path(data.path).parent)),
            (
                Answer("gone_find", self.tr("Find the file…"), choose),
                Answer("gone_cancel", self.tr("Cancel"), given_up),
            ),
        )

    def _choose(
        self, name: str, take: Callable[[Path], None], given_up: Callable[[], None]
    ) -> None:
        title = self.tr("Find {name}").format(name=name)
        dialog = file_dialog(self._window, title, "gone_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables (*.csv *.tsv *.txt)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda chosen: take(Path(chosen)))
        dialog.rejected.connect(lambda: given_up())
        dialog.open()
