"""One unit: its picture, name, value, bias rail and caption."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.build.canvas.edges_item import paint_pin
from gui.build.canvas.layout import Column
from gui.build.canvas.targets import UnitAt
from gui.theme import BODY_PX, CAPTION_PX, RADIUS_CARD_PX, TITLE_PX, active, font

__all__ = ["LABEL_BESIDE_PX", "NAME_PX", "Rail", "UnitItem", "UnitLook"]

RAIL_BELOW_PX, CAPTION_BELOW_PX = 7.0, 23.0
TICK_W_PX, TICK_H_PX = 4.0, 10.0
BAR_PX = 44.0
LABEL_BESIDE_PX, NAME_PX = BAR_PX + 64, 110.0


@dataclass(frozen=True, slots=True)
class Rail:
    """The bias as a tick on a rail.

    Attributes
    ----------
    position
        Where the tick stands, -1 to 1.
    pinned
        Whether training leaves the bias alone.
    """

    position: float
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class UnitLook:
    """All that decides how a unit looks, but for its picture.

    Attributes
    ----------
    name, value, caption
        Texts; empty ones are not drawn.
    tone
        ``"warn"`` for a unit that carries nothing, else empty.
    fill
        -1 to 1, how far the value bar goes, or ``None`` where the unit has a picture.
    grey
        0 to 1, how dark an input pixel is, or ``None``.
    share
        0 to 1, a bar beside the unit (an output class), or ``None``.
    is_long
        Whether such a class's name is too long for the unit.
    rail
        The bias, or ``None``.
    lit, selected, ringed, chosen
        Marks: hovered somewhere, selected, keyboard focus, the class the network chose.
    """

    name: str = ""
    value: str = ""
    caption: str = ""
    tone: str = ""
    fill: float | None = None
    grey: float | None = None
    share: float | None = None
    is_long: bool = False
    rail: Rail | None = None
    lit: bool = False
    selected: bool = False
    ringed: bool = False
    chosen: bool = False


@dataclass(slots=True)
class _Fonts:
    label: QFont = field(default_factory=lambda: font(CAPTION_PX, 500))
    name: QFont = field(default_factory=lambda: font(TITLE_PX, 600))
    value: QFont = field(default_factory=lambda: font(CAPTION_PX, 600))
    caption: QFont = field(default_factory=lambda: font(BODY_PX, 600))


class UnitItem(QGraphicsItem):
    """Draw one unit.

    Attributes
    ----------
    at
        Which unit it is.
    look
        What is shown; set by `show_look`.
    """

    def __init__(self, at: UnitAt, column: Column, y: float, is_output: bool, ground: str) -> None:
        super().__init__()
        self._ground = ground
        self.at, self.column, self.is_output = at, column, is_output
        self.look = UnitLook()
        self._fonts = _Fonts()
        self._image: QImage | None = None
        self._source = QRectF()
        half = column.size / 2
        self.square = QRectF(-half, -half, column.size, column.size)
        radius = min(RADIUS_CARD_PX, column.size / 4)
        self._corners = QPainterPath()
        self._corners.addRect(self.square.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._corners.addRoundedRect(self.square, radius, radius)
        self.setPos(column.x, y)
        self.setZValue(1)

    @property
    def is_input(self) -> bool:
        """Whether the unit is an input."""
        return self.at.layer < 0

    @property
    def is_label(self) -> bool:
        """Whether the unit is a class with its name inside and a bar beside it."""
        return self.look.share is not None

    def show_look(self, look: UnitLook) -> None:
        """Show `look`, drawing only if it differs."""
        if look != self.look:
            self.look = look
            self.update()

    def mark(self, lit: bool, selected: bool, ringed: bool) -> None:
        """Show the marks, leaving the rest."""
        self.show_look(replace(self.look, lit=lit, selected=selected, ringed=ringed))
        self.setZValue(2 if lit or ringed else 1)

    def show_picture(self, image: QImage | None, source: QRectF) -> None:
        """Show a part of `image`; the caller keeps the image alive and asks for the repaint."""
        self._image, self._source = image, source

    def forget_fonts(self) -> None:
        """Make the fonts anew because the application's changed."""
        self._fonts = _Fonts()
        self.update()

    # -- Geometry ----------------------------------------------------------------------------------

    def rail_rect(self) -> QRectF:
        """Return the rail's area in the unit's own coordinates; empty without a rail."""
        if self.look.rail is None or not self.column.has_rail or self.is_label:
            return QRectF()
        y = self.square.bottom() + RAIL_BELOW_PX
        return QRectF(self.square.left(), y - 6, self.square.width(), 12)

    def boundingRect(self) -> QRectF:
        """Return the unit with all its texts."""
        return self.square.adjusted(-122, -14, 140, 36)

    # -- Drawing -----------------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw picture, outline, name, rail, caption and value, in this order."""
        radius = min(RADIUS_CARD_PX, self.column.size / 4)
        self._paint_ground(painter, radius)
        self._paint_outline(painter, radius)
        self._paint_name(painter)
        if self.look.rail is not None and not self.rail_rect().isEmpty():
            self._paint_rail(painter, self.look.rail)
        if self.look.caption and self.column.has_caption:
            self._paint_caption(painter)
        if self.look.share is not None:
            self._paint_share(painter, self.look.share)
        elif self.look.value:
            self._paint_value(painter)

    def _paint_ground(self, painter: QPainter, radius: float) -> None:
        theme, square = active(), self.square
        painter.setPen(Qt.PenStyle.NoPen)
        if self._image is None or self.is_label:
            ground = theme.tint if self.look.chosen else theme.bg1 if self.is_label else theme.heat0
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(square, radius, radius)
            self._paint_fill(painter, radius)
            return
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(smooth, self._source.width() > 32)
        image, source = self._image, self._source
        if painter.paintEngine().type() == QPaintEngine.Type.SVG:
            # The SVG engine puts in the whole image, whatever part is asked for.
            image = image.copy(source.toRect())
            source = QRectF(image.rect())
        painter.drawImage(square, image, source)
        # The picture is square: cover what lies outside the rounded outline.
        painter.setBrush(QColor(getattr(theme, self._ground)))
        painter.drawPath(self._corners)

    def _paint_fill(self, painter: QPainter, radius: float) -> None:
        theme, square = active(), self.square
        if self.look.grey is not None:
            ink = QColor(theme.t1)
            ink.setAlphaF(self.look.grey)
            painter.setBrush(ink)
            painter.drawRoundedRect(square, radius, radius)
        elif self.look.fill is not None:
            zero = square.bottom() - 2 if self.look.fill >= 0 else square.top() + 2
            height = abs(self.look.fill) * (square.height() - 4)
            top = zero - height if self.look.fill >= 0 else zero
            bar = QRectF(square.left() + 2, top, square.width() - 4, height)
            if self.look.fill >= 0:
                painter.setBrush(QColor(theme.pos))
                painter.drawRoundedRect(bar, 3, 3)
            elif height >= 1:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.neg), 1.5, Qt.PenStyle.DashLine))
                painter.drawRoundedRect(bar.adjusted(1, 1, -1, -1), 3, 3)

    def _paint_outline(self, painter: QPainter, radius: float) -> None:
        theme, look, square = active(), self.look, self.square
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if look.ringed:
            painter.setPen(QPen(QColor(theme.acc), 2))
            painter.drawRoundedRect(square.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        if look.lit or look.selected or look.chosen:
            painter.setPen(QPen(QColor(theme.acc), 2))
        elif look.tone == "warn":
            pen = QPen(QColor(theme.warn), 1.4)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
        else:
            painter.setPen(QPen(QColor(theme.line2), 1))
        painter.drawRoundedRect(square, radius, radius)
        if look.selected:
            colour = QColor(theme.acc)
            colour.setAlphaF(0.18)
            painter.setPen(QPen(colour, 6))
            painter.drawRoundedRect(square.adjusted(-4, -4, 4, 4), radius + 4, radius + 4)

    def _paint_name(self, painter: QPainter) -> None:
        theme, square, name = active(), self.square, self.look.name
        painter.setPen(QColor(theme.t1))
        small = self.column.size < 40
        painter.setFont(self._fonts.label if small else self._fonts.name)
        left = QRectF(square.left() - NAME_PX - 10, square.center().y() - 10, NAME_PX, 20)
        align = Qt.AlignmentFlag.AlignVCenter
        if self.is_label:
            self._paint_label(painter, name)
        elif self.is_input:
            painter.drawText(left, align | Qt.AlignmentFlag.AlignRight, self._elided(name, NAME_PX))
        elif self.is_output:
            beyond = self._chip_rect().right() if not self.column.has_corners else square.right()
            right = QRectF(beyond + 12, square.center().y() - 10, NAME_PX, 20)
            painter.drawText(right, align | Qt.AlignmentFlag.AlignLeft, self._elided(name, NAME_PX))
        elif self.column.has_corners:
            painter.setPen(QColor(theme.t2))
            painter.setFont(self._fonts.label)
            corner = QRectF(square.left() - 60, square.top() - 4, 54, 16)
            painter.drawText(corner, align | Qt.AlignmentFlag.AlignRight, name)

    def _paint_label(self, painter: QPainter, name: str) -> None:
        """Write a class's name into its box, or over its bar where it is longer."""
        if not self.look.is_long:
            painter.drawText(self.square, Qt.AlignmentFlag.AlignCenter, name)
            return
        painter.setFont(self._fonts.label)
        over = QRectF(self.square.right() + 8, -20, NAME_PX, 15)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(over, align, self._elided(name, NAME_PX))

    def _elided(self, text: str, width: float) -> str:
        if len(text) < 4:
            return text
        metrics = QFontMetricsF(self._fonts.name)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _paint_rail(self, painter: QPainter, rail: Rail) -> None:
        theme, area = active(), self.rail_rect()
        y, middle = area.center().y(), area.center().x()
        painter.setPen(QPen(QColor(theme.runs), 1.5))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.drawLine(QPointF(middle, y - 3), QPointF(middle, y + 3))
        x = self.tick_x(rail)
        colour = QColor(theme.pos if rail.position >= 0 else theme.neg)
        painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(middle, y), QPointF(x, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tick = QRectF(x - TICK_W_PX / 2, y - TICK_H_PX / 2, TICK_W_PX, TICK_H_PX)
        painter.drawRoundedRect(tick, 1, 1)
        if rail.pinned:
            paint_pin(painter, QPointF(area.right() + 9, y))

    def tick_x(self, rail: Rail) -> float:
        """Return where the tick stands, in the unit's own coordinates."""
        half = self.square.width() / 2 - TICK_W_PX / 2
        return max(-1.0, min(1.0, rail.position)) * half

    def _paint_caption(self, painter: QPainter) -> None:
        theme = active()
        painter.setFont(self._fonts.caption)
        painter.setPen(QColor(theme.warn if self.look.tone == "warn" else theme.t1))
        y = self.square.bottom() + CAPTION_BELOW_PX
        area = QRectF(-85, y - 9, 170, 18)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.look.caption)

    def _chip_rect(self) -> QRectF:
        metrics = QFontMetricsF(self._fonts.value)
        width = metrics.horizontalAdvance(self.look.value) + 10
        if not self.column.has_corners:
            return QRectF(self.square.right() + 6, -8, width, 16)
        width = max(width, 16.0)
        right = self.square.right() + 6
        return QRectF(right - width, self.square.top() - 8, width, 16)

    def _paint_value(self, painter: QPainter) -> None:
        pointed_at = self.look.lit or self.look.ringed
        if not pointed_at and (not self.column.has_chip or self.column.size < 18):
            return
        theme, chip = active(), self._chip_rect()
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.bg1))
        painter.drawRoundedRect(chip, 3, 3)
        painter.setFont(self._fonts.value)
        painter.setPen(QColor(theme.t1))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self.look.value)

    def _paint_share(self, painter: QPainter, share: float) -> None:
        theme = active()
        track = QRectF(self.square.right() + 8, -4, BAR_PX, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.bg3))
        painter.drawRect(track)
        painter.setBrush(QColor(theme.acc))
        painter.drawRect(QRectF(track.left(), -4, max(1.0, share * BAR_PX), 8))
        painter.setFont(self._fonts.value)
        painter.setPen(QColor(theme.t1))
        text = QRectF(track.right() + 6, -9, 60, 18)
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.look.value
        )
