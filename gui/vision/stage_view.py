"""The picture on the stage, with what the network says written over it."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.theme import BODY_PX, active, font, icon
from gui.vision.stage_overlay import (
    Badge,
    Explanation,
    draw_badge,
    draw_brackets,
    draw_card,
    draw_chip,
    draw_explanation,
)

__all__ = ["StageView"]

DROP_INSET_PX = 8
PICTURE_INSET_PX = 12
HINT_H_PX = 34


class _PictureItem(QGraphicsItem):
    """Paint one image at its own size; the view scales it."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def show_image(self, image: QImage) -> None:
        if image.size() != self.image.size():
            self.prepareGeometryChange()
        self.image = image
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self.image.rect())

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        painter.drawImage(QPointF(0, 0), self.image)


class StageView(QGraphicsView):
    """Show a picture whole, and over it brackets, label and explanation.

    Attributes
    ----------
    badge, seen, explanation
        What is drawn over the picture; `seen` is in picture pixels.

    Signals
    -------
    painted(float)
        A new image was painted for the first time, in so many milliseconds.
    resized()
        The room for the picture changed.
    """

    painted = Signal(float)
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stage_view")
        self._item = _PictureItem()
        scene = QGraphicsScene(self)
        scene.addItem(self._item)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHints(
            QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing
        )
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        # Drops are the tab's: it takes them anywhere.
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.badge: Badge | None = None
        self.seen: QRectF | None = None
        self.explanation: Explanation | None = None
        self._seen_text = ""
        self._hint = ""
        self._shows_label = True
        self._is_target = False
        self._is_mirrored = False
        self._is_fresh = False
        self._ground = QPixmap()
        self._ground_looks: tuple[object, ...] = ()

    # -- Showing -----------------------------------------------------------------------------------

    def show_image(self, image: QImage) -> None:
        """Show `image`; an empty one clears the stage."""
        resized = image.size() != self._item.image.size()
        self._item.show_image(image)
        self._is_fresh = not image.isNull()
        if resized:
            self._fit()

    def show_reading(self, badge: Badge | None, seen: QRectF | None, seen_text: str) -> None:
        """Show the label and the part of the picture that the network saw."""
        self.badge, self.seen, self._seen_text = badge, seen, seen_text
        name = f"{badge.title} {badge.figure}" if badge is not None else ""
        if name != self.accessibleDescription():
            self.setAccessibleDescription(name)
        self.viewport().update()

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Lay an occlusion map over what the network saw."""
        self.explanation = explanation
        self.viewport().update()

    def show_hint(self, text: str) -> None:
        """Write the line under the picture."""
        self._hint = text
        self.viewport().update()

    def show_label(self, shown: bool) -> None:
        """Show or hide what is written over the picture."""
        self._shows_label = shown
        self.viewport().update()

    def show_target(self, is_target: bool) -> None:
        """Mark the stage as the place where something will be dropped."""
        self._is_target = is_target
        self.viewport().update()

    def show_mirrored(self, is_mirrored: bool) -> None:
        """Turn left and right round, as a mirror does."""
        if is_mirrored != self._is_mirrored:
            self._is_mirrored = is_mirrored
            self._fit()

    @property
    def image(self) -> QImage:
        """The image on show."""
        return self._item.image

    def picture_rect(self) -> QRectF:
        """Return where the picture lies, in viewport coordinates."""
        rect = QRectF(self._item.boundingRect())
        return self.mapFromScene(rect).boundingRect().toRectF()

    def sizeHint(self) -> QSize:
        """Ask for little; the layout gives the rest."""
        return QSize(480, 240)

    # -- Geometry ----------------------------------------------------------------------------------

    def _room(self) -> QRectF:
        """Return where a picture may lie, in viewport coordinates."""
        inset = DROP_INSET_PX + PICTURE_INSET_PX
        rect = QRectF(self.viewport().rect())
        return rect.adjusted(inset, inset, -inset, -(DROP_INSET_PX + HINT_H_PX))

    def _fit(self) -> None:
        image, room = self._item.image, self._room()
        if image.isNull() or room.width() <= 0 or room.height() <= 0:
            self.viewport().update()
            return
        scale = min(room.width() / image.width(), room.height() / image.height())
        self.resetTransform()
        rect = QRectF(self._item.boundingRect())
        # The scene is as large as the viewport, so that the picture can sit above its middle.
        width, height = self.viewport().width() / scale, self.viewport().height() / scale
        middle = room.center()
        left = rect.center().x() - middle.x() / scale
        top = rect.center().y() - middle.y() / scale
        self.setSceneRect(QRectF(left, top, width, height))
        self.scale(-scale if self._is_mirrored else scale, scale)
        self.viewport().update()

    def _seen_rect(self) -> QRectF | None:
        """Return the part the network saw, in viewport coordinates."""
        if self.seen is None or self._item.image.isNull():
            return None
        return self.mapFromScene(self.seen).boundingRect().toRectF()

    # -- Painting ----------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, _rect: QRectF | object) -> None:
        """Paint the ground and the dashed drop zone, which seldom change, from a pixmap."""
        rect = self.viewport().rect()
        ratio = self.devicePixelRatioF()
        has_picture = not self._item.image.isNull()
        looks = (rect.size().toTuple(), ratio, active(), self._is_target, self._hint, has_picture)
        if looks != self._ground_looks:
            self._ground = QPixmap(rect.size() * ratio)
            self._ground.setDevicePixelRatio(ratio)
            ground = QPainter(self._ground)
            ground.setRenderHints(self.renderHints())
            self._draw_ground(ground)
            ground.end()
            self._ground_looks = looks
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(0, 0, self._ground)
        painter.restore()

    def _draw_ground(self, painter: QPainter) -> None:
        theme = active()
        painter.fillRect(self.viewport().rect(), QColor(theme.bg2))
        zone = QRectF(self.viewport().rect()).adjusted(
            DROP_INSET_PX + 0.5, DROP_INSET_PX + 0.5, -DROP_INSET_PX - 0.5, -DROP_INSET_PX - 0.5
        )
        pen = QPen(QColor(theme.acc if self._is_target else theme.line2), 1)
        if self._is_target:
            pen.setWidthF(2)
            painter.setBrush(QColor(theme.tint))
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(zone, 7, 7)
        self._draw_hint(painter, zone)

    def _draw_hint(self, painter: QPainter, zone: QRectF) -> None:
        if not self._hint or self._item.image.isNull():
            return
        theme = active()
        painter.setFont(font(BODY_PX))
        width = QFontMetricsF(painter.font()).horizontalAdvance(self._hint)
        line = QRectF(zone.left(), zone.bottom() - HINT_H_PX + 2, zone.width(), HINT_H_PX - 4)
        left = line.center().x() - (width + 20) / 2
        icon("download-simple", "t2").paint(painter, int(left), int(line.center().y() - 7), 14, 14)
        painter.setPen(QColor(theme.t2))
        painter.drawText(
            QRectF(left + 20, line.top(), width + 8, line.height()),
            Qt.AlignmentFlag.AlignVCenter,
            self._hint,
        )

    def drawForeground(self, painter: QPainter, _rect: QRectF | object) -> None:
        """Paint explanation, brackets and label over the picture, in screen pixels."""
        seen = self._seen_rect()
        if seen is None:
            return
        painter.save()
        painter.resetTransform()
        if self.explanation is not None:
            draw_explanation(
                painter, self.picture_rect(), seen, self.explanation, self._is_mirrored
            )
        if self._shows_label:
            draw_brackets(painter, seen)
            draw_chip(painter, seen, self._seen_text)
            used = draw_badge(painter, seen, self.badge, self.viewport().width())
            if self.explanation is not None and self.explanation.sentence:
                draw_card(painter, seen, used, self.explanation, self.viewport().width())
        painter.restore()

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture whole."""
        super().resizeEvent(event)
        self._fit()
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and time the first painting of each image."""
        started = time.perf_counter()
        super().paintEvent(event)
        if self._is_fresh:
            self._is_fresh = False
            self.painted.emit((time.perf_counter() - started) * 1e3)
