"""The picture on the stage, with what the network says written over it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
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
from gui.vision_tab.stage.boxes import Box, draw_boxes, row_at
from gui.vision_tab.stage.images import scaled_image
from gui.vision_tab.stage.overlay import (
    Badge,
    CachedPainting,
    Explanation,
    draw_badge,
    draw_brackets,
    draw_card,
    draw_chip,
    draw_explanation,
    draw_figure,
    whole_pixels,
)
from gui.widgets.accessible import Told
from vision.display import DisplaySize

DROP_INSET_PX = 8
PICTURE_INSET_PX = 12
HINT_H_PX = 34


class _PictureItem(QGraphicsItem):
    """Paint one image in a rectangle of its picture's size; the view scales that.

    An image is scaled once, and not for each painting.
    """

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.size = QSize()
        self._scaled = QImage()
        self._scaled_from: tuple[object, ...] = ()

    def show_image(self, image: QImage, size: QSize) -> None:
        if size != self.size:
            self.prepareGeometryChange()
        self.image, self.size = image, size

    def boundingRect(self) -> QRectF:
        return QRectF(QPointF(), self.size.toSizeF())

    def _fitted(self, size: QSize, ratio: float) -> QImage:
        """Return the image at a size in pixels of the screen."""
        if self.image.size() == size and self.image.devicePixelRatio() == ratio:
            return self.image
        made_from = (self.image.cacheKey(), size.toTuple(), ratio)
        if made_from != self._scaled_from:
            self._scaled = scaled_image(self.image, size)
            self._scaled.setDevicePixelRatio(ratio)
            self._scaled_from = made_from
        return self._scaled

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        if self.image.isNull():
            return
        ratio = painter.device().devicePixelRatioF()
        place = whole_pixels(painter.worldTransform().mapRect(self.boundingRect()), ratio)
        image = self._fitted((place.size() * ratio).toSize(), ratio)
        painter.save()
        painter.resetTransform()
        painter.drawImage(place.topLeft(), image)
        painter.restore()


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

    Parameters
    ----------
    on_resized
        Called when the room for the picture changed.
    on_hovered
        Called with the row of the box that the pointer is on, or ``None``.
    is_small
        Whether the picture has all the room: no margin and no drop zone.
    """

    painted = Signal(float)

    def __init__(
        self,
        on_resized: Callable[[], None],
        on_hovered: Callable[[int | None], None],
        is_small: bool = False,
    ) -> None:
        super().__init__()
        self._is_small = is_small
        self._on_resized, self._on_hovered = on_resized, on_hovered
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
        # Whatever changes says itself what has to be painted anew.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        # Drops are the tab's: it takes them anywhere.
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.badge: Badge | None = None
        self.seen: QRectF | None = None
        self.explanation: Explanation | None = None
        self.figure = ""
        self._seen_text = ""
        self._hint = ""
        self._shows_label = True
        self._is_target = False
        self._is_mirrored = False
        self._is_fresh = self._is_covered = False
        self._boxes: tuple[Box, ...] = ()
        self._lit: int | None = None
        self._veil = QImage()
        self.viewport().setMouseTracking(True)
        self._chip, self._label, self._above = (CachedPainting() for _ in range(3))
        self._ground = QPixmap()
        self._ground_looks: tuple[object, ...] = ()

    # -- Showing -----------------------------------------------------------------------------------

    def show_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show `image`; an empty one clears the stage.

        Parameters
        ----------
        size
            The size of the picture where the image has the size that it has on the stage.
        """
        size = image.size() if size is None else size
        resized = size != self._item.size
        self._item.show_image(image, size)
        self._is_fresh = not image.isNull()
        if resized:
            self._fit()
        else:
            self.viewport().update(self.picture_rect().toAlignedRect())

    @property
    def display_size(self) -> DisplaySize:
        """How an image has to be made so that it need not be scaled for painting."""
        ratio, room = self.devicePixelRatioF(), self._room()
        return DisplaySize((room.width() * ratio, room.height() * ratio), ratio, self._is_mirrored)

    def show_reading(
        self, badge: Badge | None, seen: QRectF | None, seen_text: str, figure: str = ""
    ) -> None:
        """Show the label, the part of the picture that the network saw, and a figure above."""
        self.badge, self.seen, self._seen_text, self.figure = badge, seen, seen_text, figure
        name = f"{badge.title} {badge.figure}" if badge is not None else ""
        if name != self.accessibleDescription():
            self.setAccessibleDescription(name)
        self.viewport().update()

    def show_boxes(self, boxes: tuple[Box, ...], lit: int | None) -> None:
        """Draw boxes over the picture, in its pixels, the one of the row `lit` stronger."""
        if boxes or self._boxes:
            if not self.badge:
                names = ", ".join(f"{box.name} {box.figure}" for box in boxes if box.name)
                self.setAccessibleDescription(names)
            self._boxes, self._lit = boxes, lit
            self.viewport().update()

    def drawn(self) -> list[tuple[str, QRectF]]:
        """Return what is written on the picture: the label, the figure, then each box's."""
        label = [] if self.badge is None else [(self.badge, self._item.boundingRect())]
        said = [(f"{badge.title} {badge.figure}", area) for badge, area in label]
        if self.figure:
            said.append((self.figure, self._item.boundingRect()))
        return [*said, *((f"{box.name} {box.figure}", box.rect) for box in self._boxes if box.name)]

    def told(self, part: tuple[str, QRectF]) -> Told:
        """Return what a screen reader says of the label or of a box, and where it is."""
        name, area = part
        rect = self._on_screen(area).toAlignedRect()
        return Told(name, QRect(self.viewport().mapTo(self, rect.topLeft()), rect.size()))

    def show_veil(self, veil: QImage) -> None:
        """Lay an image with an alpha over the whole picture; an empty one lays nothing."""
        if not (veil.isNull() and self._veil.isNull()):
            self._veil = veil
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
        if shown != self._shows_label:
            self._shows_label = shown
            self.viewport().update()

    def show_target(self, is_target: bool) -> None:
        """Mark the stage as the place where something will be dropped."""
        self._is_target = is_target
        self.viewport().update()

    def show_mirrored(self, is_mirrored: bool) -> bool:
        """Turn left and right round, as a mirror does; return whether that is new."""
        is_new = is_mirrored != self._is_mirrored
        if is_new:
            self._is_mirrored = is_mirrored
            self._fit()
        return is_new

    @property
    def image(self) -> QImage:
        """The image on show."""
        return self._item.image

    def picture_rect(self) -> QRectF:
        """Return where the image is painted, in whole pixels of the screen."""
        return self._on_screen(self._item.boundingRect())

    def _on_screen(self, rect: QRectF) -> QRectF:
        """Return a rectangle of the picture in viewport coordinates, in whole pixels."""
        return whole_pixels(self.viewportTransform().mapRect(rect), self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        """Ask for little; the layout gives the rest."""
        return QSize(480, 240)

    # -- Geometry ----------------------------------------------------------------------------------

    def _room(self) -> QRectF:
        """Return where a picture may lie, in viewport coordinates."""
        if self._is_small:
            return QRectF(self.viewport().rect())
        inset = DROP_INSET_PX + PICTURE_INSET_PX
        rect = QRectF(self.viewport().rect())
        return rect.adjusted(inset, inset, -inset, -(DROP_INSET_PX + HINT_H_PX))

    def _fit(self) -> None:
        size, room = self._item.size, self._room()
        if size.isEmpty() or room.width() <= 0 or room.height() <= 0:
            self.viewport().update()
            return
        scale = min(room.width() / size.width(), room.height() / size.height())
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
        return self._on_screen(self.seen)

    # -- Painting ----------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, _rect: QRectF | object) -> None:
        """Paint the ground and the dashed drop zone, which seldom change, from a pixmap."""
        if self._is_covered:
            return
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
        if self._is_small:
            return
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
        if self._is_small and self._is_target:
            self._draw_target(painter)
        if not self._item.image.isNull():
            self._draw_veil_and_boxes(painter)
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
            draw_chip(painter, seen, self._seen_text, self._chip)
            draw_figure(painter, self.figure, self.viewport().width(), self._above)
            used = draw_badge(painter, seen, self.badge, self.viewport().width(), self._label)
            if self.explanation is not None and self.explanation.sentence:
                draw_card(painter, seen, used, self.explanation, self.viewport().width())
        painter.restore()

    def _draw_target(self, painter: QPainter) -> None:
        """Frame the picture as the place where something will be dropped."""
        painter.save()
        painter.resetTransform()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(active().acc), 4))
        painter.drawRect(self.viewport().rect())
        painter.restore()

    def _draw_veil_and_boxes(self, painter: QPainter) -> None:
        picture = self.picture_rect()
        painter.save()
        painter.resetTransform()
        if not self._veil.isNull():
            veil = self._veil
            if self._is_mirrored:
                veil = veil.flipped(Qt.Orientation.Horizontal)
            painter.drawImage(picture, veil)
        if self._boxes:
            placed = [(box, self._on_screen(box.rect)) for box in self._boxes]
            draw_boxes(painter, picture, placed, self._lit, self._shows_label)
        painter.restore()

    # -- Qt ----------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which box the pointer is on."""
        placed = [(box, self._on_screen(box.rect)) for box in self._boxes]
        self._on_hovered(row_at(placed, event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer is on no box."""
        self._on_hovered(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture whole."""
        super().resizeEvent(event)
        self._fit()
        self._on_resized()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and time the first painting of each image."""
        started = time.perf_counter()
        has_picture = not self._item.image.isNull()
        self._is_covered = has_picture and self.picture_rect().contains(event.rect().toRectF())
        super().paintEvent(event)
        if self._is_fresh:
            self._is_fresh = False
            self.painted.emit((time.perf_counter() - started) * 1e3)
