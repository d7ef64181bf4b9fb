"""Experiments that read files outside their own folder: a person is asked once for each file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from gui.widgets.dialogs import Answer, ask
from model.data_paths import is_on_network, paths_outside
from model.experiment import Experiment

__all__ = ["OutsideData"]

MOST = 200
"""Files remembered; the one agreed to longest ago is forgotten first."""
_KEY = "data_files_agreed_to"


class OutsideData(QObject):
    """Know which files a person lets experiments read, and ask about others without blocking."""

    def __init__(self, settings: QSettings, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._window = settings, window

    def agree(self, experiment: Experiment, path: Path) -> None:
        """Remember that a person lets the experiment in `path` read the files it reads."""
        outside = paths_outside(experiment.data, path.resolve().parent)
        agreed = [*outside, *(known for known in self._agreed() if known not in outside)]
        if outside:
            self._settings.setValue(_KEY, agreed[:MOST])

    def ask_then(self, experiment: Experiment, path: Path, then: Callable[[], None]) -> None:
        """Do `then`, after a question where `experiment`, read from `path`, reads other files."""
        agreed = self._agreed()
        unknown = [
            name
            for name in paths_outside(experiment.data, path.resolve().parent)
            # A file that is not there is asked for in another way; one on another computer is not
            # looked for before a person agrees, see `paths_outside`.
            if name not in agreed and (is_on_network(name) or Path(name).exists())
        ]
        if not unknown:
            then()
            return

        def read() -> None:
            self.agree(experiment, path)
            then()

        ask(
            self._window,
            "outside_dialog",
            self.tr("Read a file outside the experiment's folder?"),
            self.tr(
                "{name} wants to read {files}. Agree only if you, or somebody you trust, made the "
                "experiment."
            ).format(name=path.name, files=", ".join(unknown)),
            (
                Answer("outside_read", self.tr("Read it"), read),
                Answer("outside_cancel", self.tr("Cancel"), lambda: None),
            ),
        )

    def _agreed(self) -> list[str]:
        stored = self._settings.value(_KEY, [])
        if isinstance(stored, str):
            return [stored]
        return [str(value) for value in stored] if isinstance(stored, list) else []
