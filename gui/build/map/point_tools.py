"""The tools for points made by hand: add one of a class, drag, erase."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.build.plots.legend import draw_shape
from gui.theme import active, icon
from gui.widgets import Segments, describe

__all__ = ["PointTools"]

_MOST_CLASSES = 8


class PointTools(QWidget):
    """Choose what a press on the map does.

    Signals
    -------
    tool_chosen()
        Another tool was chosen.
    """

    tool_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("point_tools")
        names = [f"add_class_{k}" for k in range(_MOST_CLASSES)]
        self.segments = Segments([*names, "drag_points", "erase_points"])
        self.segments.choose(0)
        self.segments.group.idClicked.connect(lambda _: self.tool_chosen.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.segments)
        layout.addStretch(1)
        self._names: tuple[str, ...] = ()
        self.show_classes(("0", "1"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Offer one adding tool a class."""
        if names == self._names:
            return
        self._names = names[:_MOST_CLASSES]
        for k in range(_MOST_CLASSES):
            self.segments.button(k).setVisible(k < len(self._names))
        if len(self._names) <= self.segments.current < _MOST_CLASSES:
            self.segments.choose(0)
        self.retranslate()

    @property
    def adds(self) -> int:
        """The class that a press adds, -1 where it drags or erases."""
        return self.segments.current if self.segments.current < _MOST_CLASSES else -1

    @property
    def erases(self) -> bool:
        """Whether a press erases the point under it."""
        return self.segments.current == _MOST_CLASSES + 1

    def retranslate(self) -> None:
        """Write every text anew and draw the icons in the theme's colours."""
        # The hidden ones too, so that none is ever without a name.
        for k in range(_MOST_CLASSES):
            name = self._names[k] if k < len(self._names) else str(k)
            button = self.segments.button(k)
            button.setIcon(_class_icon(k))
            describe(
                button,
                self.tr("Add points of class {name}").format(name=name),
                self.tr("Click on the map to add a point of class {name}").format(name=name),
            )
        for index, glyph, text, tip in (
            (_MOST_CLASSES, "hand", self.tr("Drag points"), self.tr("Drag a point to move it")),
            (
                _MOST_CLASSES + 1,
                "eraser",
                self.tr("Erase points"),
                self.tr("Click a point to erase it"),
            ),
        ):
            button = self.segments.button(index)
            button.setIcon(icon(glyph, "t1"))
            describe(button, text, tip)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)


def _class_icon(kind: int) -> QIcon:
    size, scale = QSize(16, 16), 2
    picture = QPixmap(size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(active().classes[kind % 8])
    painter.setPen(Qt.PenStyle.NoPen if kind < 4 else colour)
    painter.setBrush(QBrush(colour) if kind < 4 else Qt.BrushStyle.NoBrush)
    draw_shape(painter, kind, QPointF(8, 8), 5.0)
    painter.end()
    return QIcon(picture)
