"""File dialogs that never block the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHeaderView, QTreeView, QWidget

__all__ = ["ask_to_save", "file_dialog"]

_WIDTH_PX, _HEIGHT_PX = 760, 460


def file_dialog(window: QWidget, title: str, object_name: str) -> QFileDialog:
    """Return a file dialog over `window` that is deleted once it has closed.

    Where the system has none of its own, Qt's is made large enough for its columns.
    """
    dialog = QFileDialog(window, title)
    dialog.setObjectName(object_name)
    dialog.finished.connect(dialog.deleteLater)
    listing = dialog.findChild(QTreeView, "treeView")
    if listing is not None:
        dialog.resize(_WIDTH_PX, _HEIGHT_PX)
        header = listing.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return dialog


def ask_to_save(
    window: QWidget,
    title: str,
    name: str,
    then: Callable[[Path], object],
    object_name: str = "export_dialog",
) -> None:
    """Let the person choose where to write a file like `name`; `then` takes the choice."""
    suffix = Path(name).suffix
    dialog = file_dialog(window, title, object_name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.lstrip("."))
    dialog.setNameFilter(f"{suffix.lstrip('.').upper()} (*{suffix})")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
