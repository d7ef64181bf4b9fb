"""A program of its own with one small window; pressing the mouse on it drags a file out of it."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """The window to drag from."""

    def __init__(self, path: str) -> None:
        super().__init__("drag me")
        self._path = path
        self._is_seen = False
        self.setWindowFlags(
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.BypassWindowManagerHint
        )
        self.setGeometry(4, 4, 60, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say where to press, once it is seen."""
        super().paintEvent(event)
        if not self._is_seen:
            self._is_seen = True
            print(30, 18, flush=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start the drag, and say so; it ends when the button is released over some window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(data)
        print("dragging", flush=True)
        drag.exec(Qt.DropAction.CopyAction)


app = QApplication(sys.argv)
source = Source(sys.argv[1])
source.show()
app.exec()
