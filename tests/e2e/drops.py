"""A drop sent by Qt itself, where there is no X server to drag through."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["send_drop"]


def send_drop(window: QWidget, point: QPoint, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    target = window.childAt(point) or window
    while target is not window and not target.acceptDrops():
        target = target.parentWidget() or window
    local = target.mapFrom(window, point)
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, QDragEnterEvent(local, copy, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(local), copy, data, left, none))
