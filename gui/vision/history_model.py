"""What was classified so far, as rows of a list."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from gui.vision.numbers import percent
from vision.batch import plain_cells

__all__ = ["HistoryEntry", "HistoryModel"]

type Index = QModelIndex | QPersistentModelIndex
MAX_ENTRIES = 500
MAX_PIXEL_BYTES = 128 * 1024 * 1024
"""Room for the pixels of pictures that are no files: fifty frames of 1280 x 720."""
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """One classified picture.

    Attributes
    ----------
    name
        File name, or "Camera 0, frame 1284".
    path
        The file to read again, or ``None``; then `picture` holds the pixels.
    picture
        (H, W, 3) BGR uint8 of a pasted picture or a frame, else ``None``; ``None`` too once newer
        ones have taken its room.
    thumbnail_jpeg
        A small image, packed.
    label, probability
        The best class.
    model
        The name of the model that said so.
    forward_ms
        How long its forward pass took.
    when
        Local time.
    """

    name: str
    path: Path | None
    picture: npt.NDArray[np.uint8] | None
    thumbnail_jpeg: bytes
    label: str
    probability: float
    model: str
    forward_ms: float
    when: datetime

    @property
    def thumbnail(self) -> QImage:
        """The small image, unpacked anew each time."""
        return QImage.fromData(self.thumbnail_jpeg)


class HistoryModel(QAbstractListModel):
    """The newest entry first, at most `MAX_ENTRIES` of them.

    Attributes
    ----------
    threshold
        Under this probability (0 to 1) an entry counts as "not sure".
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[HistoryEntry] = []
        self.threshold = 0.3

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, row: int) -> HistoryEntry:
        """Return the entry of a row."""
        return self._entries[row]

    def add(self, entry: HistoryEntry) -> None:
        """Put an entry at the front."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._entries.insert(0, entry)
        self.endInsertRows()
        if len(self._entries) > MAX_ENTRIES:
            last = len(self._entries) - 1
            self.beginRemoveRows(QModelIndex(), last, last)
            del self._entries[last]
            self.endRemoveRows()
        self._make_room_for_pixels()

    def replace(self, row: int, entry: HistoryEntry) -> None:
        """Show another reading of the same picture."""
        self._entries[row] = entry
        self.dataChanged.emit(self.index(row), self.index(row))
        self._make_room_for_pixels()

    def _make_room_for_pixels(self) -> None:
        """Keep the pixels of the newest entry, and of as many before it as there is room for."""
        room = MAX_PIXEL_BYTES
        for row, entry in enumerate(self._entries):
            room -= 0 if entry.picture is None else entry.picture.nbytes
            if room < 0 and row:
                self._entries[row] = replace(entry, picture=None)

    def clear(self) -> None:
        """Forget every entry."""
        self.beginResetModel()
        self._entries.clear()
        self.endResetModel()

    def set_threshold(self, threshold: float) -> None:
        """Judge every entry by another threshold (0 to 1)."""
        self.threshold = threshold
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def csv_text(self) -> str:
        """Return all entries as a table, oldest first, numbers with a decimal point."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["time", "picture", "model", "label", "probability", "sure", "forward_ms"])
        for entry in reversed(self._entries):
            row = [
                entry.when.isoformat(timespec="milliseconds"),
                str(entry.path) if entry.path is not None else entry.name,
                entry.model,
                entry.label,
                f"{entry.probability:.6f}",
                "yes" if entry.probability >= self.threshold else "no",
                f"{entry.forward_ms:.3f}",
            ]
            writer.writerow(plain_cells(row))
        return text.getvalue()

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry itself for the delegate, and its name for screen readers."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{entry.name}: {entry.label} {percent(entry.probability)}"
        return None
