"""The picture on the stage, with what the network says written over it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
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

from gui.theme import BODY_PX, CAPTION_PX, DARK, FIGURE_PX, active, font, icon

__all__ = ["Badge", "Explanation", "StageView"]

DROP_INSET_PX = 8
PICTURE_INSET_PX = 12
HINT_H_PX = 34
BRACKET_PX = 24
CHIP_ALPHA = 224


@dataclass(frozen=True)
class Badge:
    """The label on the picture.

    Attributes
    ----------
    title, figure
        "espresso" and "94.4%"; below the threshold "not sure" and "espresso 27.4%".
    is_sure
        Whether the threshold is reached.
    """

    title: str
    figure: str
    is_sure: bool = True


@dataclass(frozen=True, eq=False)
class Explanation:
    """An occlusion map as the stage shows it.

    Attributes
    ----------
    veil
        Black with an alpha that is low where hiding the place costs most; covers `seen`.
    contours
        Lines round the places that cost at least half of the most, in units of `seen` (0 to 1).
    sentence, detail, low, high
        The card's two lines and the ends of its scale.
    """

    veil: QImage
    contours: tuple[tuple[tuple[float, float], ...], ...] = ()
    sentence: str = ""
    detail: str = ""
    low: str = ""
    high: str = ""


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
    """

    painted = Signal(float)

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
        """Paint the ground and the dashed drop zone."""
        theme = active()
        painter.save()
        painter.resetTransform()
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
        painter.restore()

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
            self._draw_explanation(painter, seen, self.explanation)
        if self._shows_label:
            self._draw_brackets(painter, seen)
            self._draw_chip(painter, seen)
            used = self._draw_badge(painter, seen)
            if self.explanation is not None and self.explanation.sentence:
                self._draw_card(painter, seen, used, self.explanation)
        painter.restore()

    def _draw_brackets(self, painter: QPainter, seen: QRectF) -> None:
        arm = min(BRACKET_PX, seen.width() / 4, seen.height() / 4)
        box = seen.adjusted(1, 1, -1, -1)
        path = QPainterPath()
        for x, step_x in ((box.left(), arm), (box.right(), -arm)):
            for y, step_y in ((box.top(), arm), (box.bottom(), -arm)):
                path.moveTo(x + step_x, y)
                path.lineTo(x, y)
                path.lineTo(x, y + step_y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for token, width in ((DARK.bg0, 4.0), (DARK.t1, 2.0)):
            pen = QPen(QColor(token), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            painter.drawPath(path)

    def _ground(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        colour = QColor(DARK.bg0)
        colour.setAlpha(CHIP_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(rect, radius, radius)

    def _draw_chip(self, painter: QPainter, seen: QRectF) -> None:
        """Write which part the network sees, at the top left of that part."""
        if not self._seen_text:
            return
        painter.setFont(font(CAPTION_PX))
        width = QFontMetricsF(painter.font()).horizontalAdvance(self._seen_text)
        chip = QRectF(seen.left() + 14, seen.top() + 13, width + 36, 21)
        if chip.right() > seen.right() - 4 or seen.height() < 90:
            return
        self._ground(painter, chip, 3)
        path = QPainterPath()
        mark = QRectF(chip.left() + 9, chip.top() + 5, 11, 11)
        path.moveTo(mark.left() + 2.5, mark.top() - 1)
        path.lineTo(mark.left() + 2.5, mark.bottom() - 2.5)
        path.lineTo(mark.right() + 1, mark.bottom() - 2.5)
        path.moveTo(mark.left() - 1, mark.top() + 2.5)
        path.lineTo(mark.right() - 2.5, mark.top() + 2.5)
        path.lineTo(mark.right() - 2.5, mark.bottom() + 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(DARK.t1), 1))
        painter.drawPath(path)
        text = chip.adjusted(28, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self._seen_text)

    def _draw_badge(self, painter: QPainter, seen: QRectF) -> float:
        """Write the label at the bottom left of what is seen; return its right edge."""
        if self.badge is None:
            return seen.left()
        bold, plain = font(FIGURE_PX, 600), font(FIGURE_PX, 400)
        title_w = QFontMetricsF(bold).horizontalAdvance(self.badge.title)
        figure_w = QFontMetricsF(plain).horizontalAdvance(self.badge.figure)
        width = title_w + figure_w + 16 + 13 + 17
        left = max(6.0, min(seen.left() + 14, self.viewport().width() - width - 6))
        box = QRectF(left, seen.bottom() - 14 - 44, width, 44)
        self._ground(painter, box, 5)
        text = box.adjusted(16, 0, 0, 0)
        painter.setFont(bold)
        painter.setPen(QColor(DARK.t1 if self.badge.is_sure else DARK.warn))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.badge.title)
        painter.setFont(plain)
        painter.setPen(QColor(DARK.t1))
        painter.drawText(
            text.adjusted(title_w + 13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.badge.figure
        )
        return box.right()

    def _draw_explanation(self, painter: QPainter, seen: QRectF, shown: Explanation) -> None:
        picture = self.picture_rect()
        outside = QPainterPath()
        outside.addRect(picture)
        inside = QPainterPath()
        inside.addRect(seen)
        veil = QColor(DARK.bg2)
        veil.setAlpha(190)
        painter.fillPath(outside.subtracted(inside), veil)
        image = shown.veil.mirrored(True, False) if self._is_mirrored else shown.veil
        painter.drawImage(seen, image)
        path = QPainterPath()
        for contour in shown.contours:
            for number, (u, v) in enumerate(contour):
                x = 1 - u if self._is_mirrored else u
                point = QPointF(seen.left() + x * seen.width(), seen.top() + v * seen.height())
                if number:
                    path.lineTo(point)
                else:
                    path.moveTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for token, width in ((DARK.bg0, 4.0), (DARK.t1, 2.0)):
            painter.setPen(QPen(QColor(token), width))
            painter.drawPath(path)

    def _draw_card(self, painter: QPainter, seen: QRectF, left: float, shown: Explanation) -> None:
        """Write what the map says, beside the label or over it where there is no room."""
        bold, small = font(BODY_PX, 500), font(CAPTION_PX)
        text_w = max(
            QFontMetricsF(bold).horizontalAdvance(shown.sentence),
            QFontMetricsF(small).horizontalAdvance(shown.detail),
        )
        high_w = QFontMetricsF(small).horizontalAdvance(shown.high)
        width = text_w + 13 + 16 + 12 + 66 + 12 + high_w + 14
        box = QRectF(left + 12, seen.bottom() - 14 - 44, width, 44)
        if box.right() > self.viewport().width() - 12:
            box.moveLeft(max(6.0, min(seen.left() + 14, self.viewport().width() - width - 12)))
            box.moveTop(box.top() - 52)
        self._ground(painter, box, 5)
        painter.setPen(QColor(DARK.t1))
        painter.setFont(bold)
        painter.drawText(QPointF(box.left() + 13, box.top() + 19), shown.sentence)
        painter.setFont(small)
        painter.setPen(QColor(DARK.t2))
        painter.drawText(QPointF(box.left() + 13, box.top() + 35), shown.detail)
        x = box.left() + 13 + text_w + 16
        painter.drawText(QPointF(x, box.top() + 26), shown.low)
        ramp = QRectF(x + 12, box.top() + 19, 66, 7)
        for step in range(22):
            shade = QColor(DARK.t1)
            shade.setAlphaF((step + 1) / 22)
            painter.fillRect(QRectF(ramp.left() + 3 * step, ramp.top(), 3, ramp.height()), shade)
        painter.drawText(QPointF(ramp.right() + 8, box.top() + 26), shown.high)

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture whole."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and time the first painting of each image."""
        started = time.perf_counter()
        super().paintEvent(event)
        if self._is_fresh:
            self._is_fresh = False
            self.painted.emit((time.perf_counter() - started) * 1e3)
