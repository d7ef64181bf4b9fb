"""The picture on the stage, with the network's result over it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from gui.theme import BODY_PX, active, font, icon
from gui.vision_tab.stage.boxes import Box, draw_boxes, row_at
from gui.vision_tab.stage.images import nonempty_rows, scaled_image
from gui.vision_tab.stage.overlay import (
    Badge,
    Explanation,
    draw_badge,
    draw_brackets,
    draw_card,
    draw_chip,
    draw_explanation,
    draw_figure,
    whole_pixels,
)
from gui.widgets.accessible import AccessibleItem
from gui.widgets.focus_ring import should_draw_focus_ring
from vision.pictures.pixels import DisplaySize

DROP_INSET_PX = 8
PICTURE_INSET_PX = 12
HINT_H_PX = 34
FRAME_PX = 2
_HINTS = QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing


class StageView(QWidget):
    """A whole picture with brackets, label and explanation over it.

    A frame of a stream is painted from two images, neither of them scaled: the picture, and the
    overlay, which is cached until it changes (docs/adr/0050).

    Attributes
    ----------
    badge, seen, explanation
        Contents of the overlay; `seen` is in picture pixels.

    Signals
    -------
    painted(float)
        A new image was painted for the first time; the argument is the time in milliseconds.

    Parameters
    ----------
    on_resized
        Called when the space for the picture has changed.
    on_hovered
        Called with the row of the box under the pointer, or ``None``.
    is_small
        Whether the picture uses all the space, without margin or drop zone.
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
        # It fills its ground, so Qt need not paint what lies behind it with every frame. A rule of
        # the style sheet for it would undo this, so it paints its ring for the keyboard itself.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Drops are the tab's: it takes them anywhere.
        self.setAcceptDrops(False)
        self.image = QImage()
        self._size = QSize()
        self._scaled = QImage()
        self._scaled_from: tuple[object, ...] = ()
        self._to_screen = QTransform()
        self.badge: Badge | None = None
        self.seen: QRectF | None = None
        self.explanation: Explanation | None = None
        self.figure = ""
        self._seen_text = ""
        self._hint = ""
        self._shows_label = True
        self._is_target = False
        self._is_mirrored = False
        self._is_fresh = False
        self._boxes: tuple[Box, ...] = ()
        self._lit: int | None = None
        self._veil = QImage()
        self.setMouseTracking(True)
        self._ground, self._overlay = QImage(), QImage()
        self._overlay_rows: list[tuple[int, int]] = []
        self._ground_looks: tuple[object, ...] = ()
        self._overlay_looks: tuple[object, ...] = ()

    # -- Showing -----------------------------------------------------------------------------------

    def show_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show `image`; an empty one clears the stage.

        Parameters
        ----------
        size
            Size of the picture, if `image` is already scaled to the stage.
        """
        size = image.size() if size is None else size
        resized = size != self._size
        self.image, self._size = image, size
        self._is_fresh = not image.isNull()
        if resized:
            self._fit()
        else:
            self.update(self.picture_rect().toAlignedRect())

    @property
    def display_size(self) -> DisplaySize:
        """The size at which images are painted without scaling."""
        ratio, room = self.devicePixelRatioF(), self._room()
        return DisplaySize((room.width() * ratio, room.height() * ratio), ratio, self._is_mirrored)

    def show_reading(
        self, badge: Badge | None, seen: QRectF | None, seen_text: str, figure: str = ""
    ) -> None:
        """Show the label, the part seen by the network, and a value."""
        shown = (badge, seen, seen_text, figure)
        if shown == (self.badge, self.seen, self._seen_text, self.figure):
            return
        self.badge, self.seen, self._seen_text, self.figure = shown
        name = f"{badge.title} {badge.figure}" if badge is not None else ""
        self.setAccessibleDescription(name)
        self._invalidate_overlay()

    def show_boxes(self, boxes: tuple[Box, ...], lit: int | None) -> None:
        """Draw boxes, in pixels of the picture; row `lit` is highlighted."""
        if not self.badge:
            names = ", ".join(f"{box.name} {box.figure}" for box in boxes if box.name)
            self.setAccessibleDescription(names)
        self._boxes, self._lit = boxes, lit
        self._invalidate_overlay()

    def accessible_items(self) -> list[tuple[str, QRectF]]:
        """Return the texts on the picture: label, value, and the boxes' labels."""
        whole = QRectF(QPointF(), self._size.toSizeF())
        label = "" if self.badge is None else f"{self.badge.title} {self.badge.figure}"
        said = [(text, whole) for text in (label, self.figure) if text]
        return [*said, *((f"{box.name} {box.figure}", box.rect) for box in self._boxes if box.name)]

    def describe_item(self, part: tuple[str, QRectF]) -> AccessibleItem:
        """Return a label's or box's text for screen readers, and its position."""
        name, area = part
        return AccessibleItem(name, self.on_screen(area).toAlignedRect())

    def show_veil(self, veil: QImage) -> None:
        """Draw an image with alpha over the picture; an empty one removes it."""
        self._veil = veil
        self._invalidate_overlay()

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Draw an occlusion map over what the network saw."""
        self.explanation = explanation
        self._invalidate_overlay()

    def show_hint(self, text: str) -> None:
        """Set the hint below the picture."""
        self._hint = text
        self.update()

    def show_label(self, shown: bool) -> None:
        """Show or hide the texts over the picture."""
        self._shows_label = shown
        self._invalidate_overlay()

    def show_target(self, is_target: bool) -> None:
        """Highlight the stage as a drop target, or remove the highlight."""
        self._is_target = is_target
        self.update()

    def show_mirrored(self, is_mirrored: bool) -> bool:
        """Mirror the picture or not; return whether that changed."""
        is_new = is_mirrored != self._is_mirrored
        if is_new:
            self._is_mirrored = is_mirrored
            self._fit()
        return is_new

    def picture_rect(self) -> QRectF:
        """Return the image's rectangle, in whole device pixels."""
        return self.on_screen(QRectF(QPointF(), self._size.toSizeF()))

    def on_screen(self, rect: QRectF) -> QRectF:
        """Return the screen rectangle of a picture rectangle, in whole device pixels."""
        return whole_pixels(self._to_screen.mapRect(rect), self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        """Return a small size; the layout enlarges it."""
        return QSize(480, 240)

    # -- Geometry ----------------------------------------------------------------------------------

    def _room(self) -> QRectF:
        """Return the rectangle available for a picture."""
        rect = QRectF(self.rect())
        if self._is_small:
            return rect
        inset = DROP_INSET_PX + PICTURE_INSET_PX
        return rect.adjusted(inset, inset, -inset, -(DROP_INSET_PX + HINT_H_PX))

    def _fit(self) -> None:
        """Scale the picture to its available space, and centre it."""
        size, room = self._size, self._room()
        if not size.isEmpty() and room.width() > 0 and room.height() > 0:
            scale = min(room.width() / size.width(), room.height() / size.height())
            middle = room.center()
            self._to_screen = QTransform.fromTranslate(middle.x(), middle.y())
            self._to_screen.scale(-scale if self._is_mirrored else scale, scale)
            self._to_screen.translate(-size.width() / 2, -size.height() / 2)
        self._invalidate_overlay()

    # -- Painting ----------------------------------------------------------------------------------

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        """Paint background, picture and result within `area`."""
        looks = (self.size().toTuple(), self.devicePixelRatioF(), active())
        place, has_picture = self.picture_rect(), not self.image.isNull()
        if not (has_picture and place.contains(area)):
            on_ground = (*looks, self._is_target, self._hint, has_picture)
            if on_ground != self._ground_looks:
                self._ground, self._ground_looks = self._render_cached(self._draw_ground), on_ground
            painter.drawImage(0, 0, self._ground)
        if has_picture:
            painter.drawImage(place.topLeft(), self._scaled_to_stage(place.size()))
            if looks != self._overlay_looks:
                self._overlay, self._overlay_looks = self._render_cached(self._draw_over), looks
                self._overlay_rows = nonempty_rows(self._overlay)
            # Nearly all of it is empty, and to lay that on takes as long as the picture does.
            for top, height in self._overlay_rows:
                rows = QRectF(0, top, self._overlay.width(), height)
                at = QPointF(0, top / self._overlay.devicePixelRatio())
                painter.drawImage(at, self._overlay, rows)
        if should_draw_focus_ring(self) or (self._is_small and self._is_target):
            self._draw_frame(painter)

    def _invalidate_overlay(self) -> None:
        """Discard the cached overlay and repaint."""
        self._overlay_looks = ()
        self.update()

    def _scaled_to_stage(self, size: QSizeF) -> QImage:
        """Return the image scaled to its size on the stage, cached."""
        ratio = self.devicePixelRatioF()
        size_px = (size * ratio).toSize()
        if self.image.size() == size_px and self.image.devicePixelRatio() == ratio:
            return self.image
        made_from = (self.image.cacheKey(), size_px.toTuple(), ratio)
        if made_from != self._scaled_from:
            self._scaled = scaled_image(self.image, size_px)
            self._scaled.setDevicePixelRatio(ratio)
            self._scaled_from = made_from
        return self._scaled

    def _render_cached(self, draw: Callable[[QPainter], None]) -> QImage:
        """Return an image of the view's size painted by `draw`, for caching."""
        ratio = self.devicePixelRatioF()
        kept = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        kept.setDevicePixelRatio(ratio)
        kept.fill(Qt.GlobalColor.transparent)
        painter = QPainter(kept)
        painter.setRenderHints(_HINTS)
        draw(painter)
        painter.end()
        return kept

    def _draw_ground(self, painter: QPainter) -> None:
        theme = active()
        painter.fillRect(self.rect(), QColor(theme.bg2))
        if self._is_small:
            return
        zone = QRectF(self.rect()).adjusted(
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
        if not self._hint or self.image.isNull():
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

    def _draw_over(self, painter: QPainter) -> None:
        """Draw veil, boxes, explanation, brackets and label over the picture."""
        picture = self.picture_rect()
        if not self._veil.isNull():
            veil = self._veil
            if self._is_mirrored:
                veil = veil.flipped(Qt.Orientation.Horizontal)
            painter.drawImage(picture, veil)
        if self._boxes:
            placed = [(box, self.on_screen(box.rect)) for box in self._boxes]
            draw_boxes(painter, picture, placed, self._lit, self._shows_label)
        if self.seen is None:
            return
        seen = self.on_screen(self.seen)
        if self.explanation is not None:
            draw_explanation(painter, picture, seen, self.explanation, self._is_mirrored)
        if self._shows_label:
            draw_brackets(painter, seen)
            draw_chip(painter, seen, self._seen_text)
            draw_figure(painter, self.figure, self.width())
            draw_badge(painter, seen, self.badge, self.width())
            if self.explanation is not None and self.explanation.sentence:
                draw_card(painter, seen, self.explanation)

    def _draw_frame(self, painter: QPainter) -> None:
        """Draw the focus frame or the drop highlight."""
        half = FRAME_PX / 2
        pen = QPen(QColor(active().acc), FRAME_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))

    # -- Qt ----------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the box under the pointer."""
        placed = [(box, self.on_screen(box.rect)) for box in self._boxes]
        self._on_hovered(row_at(placed, event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Report that no box is under the pointer."""
        self._on_hovered(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture to the new size."""
        super().resizeEvent(event)
        self._fit()
        self._on_resized()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and time the first painting of each image."""
        started = time.perf_counter()
        painter = QPainter(self)
        self._draw(painter, event.rect().toRectF())
        painter.end()
        if self._is_fresh:
            self._is_fresh = False
            self.painted.emit((time.perf_counter() - started) * 1e3)
