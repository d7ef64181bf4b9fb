"""A row that goes on in the next line where it is too long."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

__all__ = ["FlowLayout"]


class FlowLayout(QLayout):
    """Lay widgets out from left to right, `spacing_px` apart, as words are in a text."""

    def __init__(self, spacing_px: int) -> None:
        super().__init__()
        self._spacing_px = spacing_px
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Put an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return the item at `index`, ``None`` where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove the item at `index` and return it, ``None`` where there is none."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Take no more room than asked for."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Say that a narrower row is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height in pixels of the lines at this width."""
        places = self._places(width)
        return max((place.bottom() + 1 for place in places), default=0)

    def minimumSize(self) -> QSize:
        """Return the room of the widest item alone."""
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def sizeHint(self) -> QSize:
        """Return the room of one line."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = max(0, len(hints) - 1) * self._spacing_px
        return QSize(
            sum(hint.width() for hint in hints) + gaps,
            max((hint.height() for hint in hints), default=0),
        )

    def setGeometry(self, room: QRect) -> None:
        """Put every item at its place in `room`."""
        super().setGeometry(room)
        shown = [item for item in self._items if not item.isEmpty()]
        for item, place in zip(shown, self._places(room.width()), strict=True):
            item.setGeometry(place.translated(room.topLeft()))

    def _places(self, width: int) -> list[QRect]:
        """Return where each shown item is in a row of `width` pixels."""
        places: list[QRect] = []
        x = y = line_height = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > 0 and x + size.width() > width:
                x, y, line_height = 0, y + line_height + self._spacing_px, 0
            places.append(QRect(QPoint(x, y), QSize(min(size.width(), width), size.height())))
            x += size.width() + self._spacing_px
            line_height = max(line_height, size.height())
        return places
