"""The tensor as a picture, with its channels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.theme import CAPTION_PX, DARK, active, font
from gui.vision.tensor import TensorView

__all__ = ["TensorPicture"]


class TensorPicture(QWidget):
    """Paint the tensor as a picture, and its channels in grey under it."""

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.setObjectName("xray_picture")
        self.tensor: TensorView | None = None
        self._side_px = 0
        self.show_side(side_px)

    def show_side(self, side_px: int) -> None:
        """Make the picture that large."""
        if side_px != self._side_px:
            self._side_px = side_px
            self.setFixedSize(side_px, side_px + 4 + (side_px - 8) // 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture and its channels, or their empty places."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        square = QRectF(0, 0, self._side_px, self._side_px)
        self._paint(painter, square, self.tensor.image if self.tensor is not None else None)
        side = (self._side_px - 8) / 3
        for place in range(3):
            box = QRectF(place * (side + 4), self._side_px + 4, side, side)
            shown = self.tensor is not None and place < len(self.tensor.channels)
            image = self.tensor.channels[place] if shown and self.tensor is not None else None
            self._paint(painter, box, image)
            if image is not None and self.tensor is not None and len(self.tensor.names) > 1:
                self._paint_name(painter, box, self.tensor.names[place])

    def _paint(self, painter: QPainter, box: QRectF, image: QImage | None) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, 3, 3)
        painter.fillPath(path, QColor(active().bg3))
        if image is None:
            return
        painter.save()
        painter.setClipPath(path)
        target = image.size().toSizeF().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(0, 0, target.width(), target.height())
        rect.moveCenter(box.center())
        painter.drawImage(rect, image)
        painter.restore()

    def _paint_name(self, painter: QPainter, box: QRectF, name: str) -> None:
        chip = QRectF(box.left() + 2, box.bottom() - 18, 15, 16)
        ground = QColor(DARK.bg0)
        ground.setAlpha(224)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(chip, 3, 3)
        painter.setFont(font(CAPTION_PX, 600))
        painter.setPen(QColor(DARK.t1))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)
