"""File dialogs that never block the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

__all__ = ["ask_to_save"]


def ask_to_save(
    window: QWidget,
    title: str,
    name: str,
    then: Callable[[Path], object],
    object_name: str = "export_dialog",
) -> None:
    """Let the person choose where to write a file like `name`; `then` takes the choice."""
    suffix = Path(name).suffix
    dialog = QFileDialog(window, title)
    dialog.setObjectName(object_name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.lstrip("."))
    dialog.setNameFilter(f"*{suffix}")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
