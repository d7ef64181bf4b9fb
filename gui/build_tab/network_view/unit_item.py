"""A unit of the drawing, drawn by a `UnitStyle`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.build_tab.network_view.item_group import PIN, ItemGroup, rounded
from gui.build_tab.network_view.layout import Column
from gui.build_tab.network_view.unit_style import BAR_PX, NAME_PX, UnitMarks, UnitStyle
from gui.theme import BODY_PX, CAPTION_PX, RADIUS_CARD_PX, TITLE_PX, active, font
from gui.widgets.painting import with_alpha
from model.places import INPUTS, UnitAt

RAIL_BELOW_PX, CAPTION_BELOW_PX = 6.0, 17.5
TICK_W_PX, TICK_H_PX = 4.0, 10.0
MAX_SHARP_PX = 32


class UnitFonts(Struct):
    """The fonts of the texts at units."""

    label: QFont = field(default_factory=lambda: font(CAPTION_PX, 500))
    name: QFont = field(default_factory=lambda: font(TITLE_PX, 600))
    value: QFont = field(default_factory=lambda: font(CAPTION_PX, 600))
    caption: QFont = field(default_factory=lambda: font(BODY_PX, 600))


_ORDER = (
    *("ground", "picture", "corners", "fill", "ring", "outline", "halo"),
    *("name ground", "name"),
    *("rail", "needle", *PIN, "caption", "track", "share", "chip", "value"),
)


_NOTHING = (None,) * 6
"""The appearance of parts not shown yet."""


class UnitItem(QGraphicsItem):
    """A unit: picture, outline, name, rail, caption and value."""

    def __init__(
        self, at: UnitAt, column: Column, is_output: bool, ground: str, fonts: UnitFonts
    ) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.at, self.is_output, self.column = at, is_output, column
        self.style, self.marks = UnitStyle(), UnitMarks()
        self._ground, self._fonts = ground, fonts
        self._parts = ItemGroup(self, _ORDER)
        self._looks: Sequence[object] = _NOTHING
        self._has_picture = False
        half = column.size / 2
        self.square = QRectF(-half, -half, column.size, column.size)
        self._radius = min(RADIUS_CARD_PX, column.size / 4)
        self._shape = rounded(self.square, self._radius)
        self.place(column)
        self.setZValue(1)

    def place(self, column: Column) -> None:
        """Move to a column that differs from the present one only in its place."""
        self.column = column
        self.setPos(column.x, column.ys[column.units.index(self.at.unit)])

    @property
    def is_label(self) -> bool:
        """Whether the unit is a class with its name inside and a bar next to it."""
        return self.style.share is not None

    def show_style(self, style: UnitStyle) -> None:
        """Show a style, keeping the marks."""
        if style != self.style or self._looks is _NOTHING:
            self.style = style
            self._show()

    def mark(self, marks: UnitMarks) -> None:
        """Show the marks, keeping the rest."""
        if marks != self.marks:
            self.marks = marks
            self._show()
            self.setZValue(2 if marks.is_at_hand else 1)

    def show_picture(self, picture: QImage) -> None:
        """Show a square picture, unsmoothed if it has few pixels."""
        if not self._has_picture:
            self._has_picture = True
            self._show()
        self._parts.show_pixmap(
            "picture", QPixmap.fromImage(picture), self.square, picture.width() > MAX_SHARP_PX
        )

    def restyle(self, fonts: UnitFonts) -> None:
        """Apply the active theme and font."""
        self._fonts, self._looks = fonts, _NOTHING
        self._show()

    # -- Geometry ----------------------------------------------------------------------------------

    def rail_rect(self) -> QRectF:
        """Return the rail's rectangle in the unit's coordinates; empty if there is no rail."""
        if self.style.rail is None or not self.column.has_rail or self.is_label:
            return QRectF()
        y = self.square.bottom() + RAIL_BELOW_PX
        return QRectF(self.square.left(), y - 6, self.square.width(), 12)

    def boundingRect(self) -> QRectF:
        """Return the unit's rectangle with all its texts."""
        return self.square.adjusted(-122, -14, 140, 36)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw nothing: the parts are separate items."""

    def _chip_rect(self) -> QRectF:
        width = QFontMetricsF(self._fonts.value).horizontalAdvance(self.style.value) + 10
        right = self.square.right() + 6
        if not self.column.has_corners:
            return QRectF(right, -8, width, 16)
        width = max(width, 16.0)
        return QRectF(right - width, self.square.top() - 8, width, 16)

    # -- Showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        """Update the parts whose appearance has changed."""
        style, marks, is_label = self.style, self.marks, self.is_label
        frame = style.chosen, style.fill, style.grey, style.tone
        chip = style.value, marks, is_label
        looks = (
            (marks, frame, is_label, self._has_picture),
            (style.rail, is_label),
            (style.caption, style.tone, marks.is_at_hand),
            (style.share,),
            chip,
            (chip, style.name, style.is_long),
        )
        shows = (
            *(self._show_square, self._show_rail, self._show_caption),
            *(self._show_share, self._show_value, self._show_name),
        )
        for show, look, old in zip(shows, looks, self._looks, strict=True):
            if look != old:
                show()
        self._looks = looks

    @property
    def _has_texts(self) -> bool:
        """Whether name and caption have room, or the user is at the unit."""
        return not self.column.is_tight or self.marks.is_at_hand

    def _show_square(self) -> None:
        theme, parts, style, marks = active(), self._parts, self.style, self.marks
        if self._has_picture and not self.is_label:
            # The picture is square: cover what lies outside the rounded outline.
            corners = QPainterPath()
            corners.addRect(self.square.adjusted(-0.5, -0.5, 0.5, 0.5))
            corners.addPath(self._shape)
            parts.show_path("corners", corners, fill=QColor(getattr(theme, self._ground)))
            parts.hide("ground", "fill")
        else:
            ground = theme.tint if style.chosen else theme.bg1 if self.is_label else theme.heat0
            parts.show_path("ground", self._shape, fill=QColor(ground))
            parts.hide("picture", "corners")
            self._show_fill()
        pen = QPen(QColor(theme.line2), 1)
        if marks.lit or marks.selected or style.chosen:
            pen = QPen(QColor(theme.acc), 2)
        elif style.tone == "warn":
            pen = QPen(QColor(theme.warn), 1.4)
            pen.setDashPattern([3, 2])
        parts.show_path("outline", self._shape, pen)
        parts.hide("ring", "halo")
        if marks.ringed:
            self._show_around("ring", 3, QPen(QColor(theme.acc), 2))
        if marks.selected:
            self._show_around("halo", 4, QPen(with_alpha(theme.acc, 0.18), 6))

    def _show_around(self, name: str, away: float, pen: QPen) -> None:
        area = self.square.adjusted(-away, -away, away, away)
        self._parts.show_path(name, rounded(area, self._radius + away), pen)

    def _show_fill(self) -> None:
        theme, square, style = active(), self.square, self.style
        if style.grey is not None:
            self._parts.show_path("fill", self._shape, fill=with_alpha(theme.t1, style.grey))
        elif not style.fill:
            self._parts.hide("fill")
        else:
            height = abs(style.fill) * (square.height() - 4)
            bar = QRectF(square.left() + 2, square.top() + 2, square.width() - 4, height)
            if style.fill > 0:
                bar.moveBottom(square.bottom() - 2)
                self._parts.show_path("fill", rounded(bar, 3), fill=QColor(theme.pos))
            else:
                pen = QPen(QColor(theme.neg), 1.5, Qt.PenStyle.DashLine)
                self._parts.show_path("fill", rounded(bar.adjusted(1, 1, -1, -1), 3), pen)

    def _show_name(self) -> None:
        square, fonts, has_corners = self.square, self._fonts, self.column.has_corners
        text_font = fonts.label if self.column.size < 40 else fonts.name
        token, share, at = "t1", 0.0, square.center()
        self._parts.hide("name", "name ground")
        if self.is_label and self.style.is_long:  # over its bar
            text_font, at = fonts.label, QPointF(square.right() + 8, -12.5)
        elif self.is_label:
            share = 0.5
        elif self.at.layer == INPUTS:
            share, at = 1.0, QPointF(square.left() - 10, square.center().y())
        elif self.is_output:
            beyond = square.right() if has_corners else self._chip_rect().right()
            at = QPointF(beyond + 12, square.center().y())
        elif has_corners and self._has_texts:
            token, text_font, share = "t2", fonts.label, 1.0
            at = QPointF(square.left() - 6, square.top() + 4)
        else:
            return
        metrics = QFontMetricsF(text_font)
        name = metrics.elidedText(self.style.name, Qt.TextElideMode.ElideMiddle, NAME_PX)
        if token == "t2":  # let no edge cross it where columns stand close together
            width = metrics.horizontalAdvance(name)
            area = QRectF(at.x() - width - 2, at.y() - 7, width + 4, 14)
            ground = QColor(getattr(active(), self._ground))
            self._parts.show_path("name ground", rounded(area, 2), fill=ground)
        colour = QColor(getattr(active(), token))
        self._parts.show_text("name", name, text_font, colour, at, share)

    def _show_rail(self) -> None:
        rail, area = self.style.rail, self.rail_rect()
        if rail is None or area.isEmpty():
            self._parts.hide("rail", "needle", *PIN)
            return
        theme = active()
        y, middle = area.center().y(), area.center().x()
        half = self.square.width() / 2 - TICK_W_PX / 2
        x = max(-1.0, min(1.0, rail.position)) * half
        line = QPainterPath(QPointF(area.left(), y))
        line.lineTo(area.right(), y)
        line.moveTo(middle, y - 3)
        line.lineTo(middle, y + 3)
        self._parts.show_path("rail", line, QPen(QColor(theme.runs), 1.5))
        needle = QPainterPath()
        needle.setFillRule(Qt.FillRule.WindingFill)
        needle.addRect(QRectF(QPointF(min(middle, x), y - 1.25), QPointF(max(middle, x), y + 1.25)))
        tick = QRectF(x - TICK_W_PX / 2, y - TICK_H_PX / 2, TICK_W_PX, TICK_H_PX)
        needle.addRoundedRect(tick, 1, 1)
        sign = (rail.position > 0) - (rail.position < 0)
        colour = QColor((theme.runs, theme.pos, theme.neg)[sign])
        self._parts.show_path("needle", needle, fill=colour)
        self._parts.show_pins([QPointF(area.right() + 9, y)] if rail.pinned else [])

    def _show_caption(self) -> None:
        style = self.style
        if not style.caption or not self.column.has_caption or not self._has_texts:
            self._parts.hide("caption")
            return
        colour = QColor(active().warn if style.tone == "warn" else active().t1)
        at = QPointF(0, self.square.bottom() + CAPTION_BELOW_PX)
        self._parts.show_text("caption", style.caption, self._fonts.caption, colour, at, 0.5)

    def _show_share(self) -> None:
        share = self.style.share
        if share is None:
            self._parts.hide("track", "share")
            return
        theme = active()
        track = QRectF(self.square.right() + 8, -4, BAR_PX, 8)
        bar = QRectF(track.left(), track.top(), max(1.0, share * BAR_PX), track.height())
        self._parts.show_path("track", rounded(track, 0), fill=QColor(theme.bg3))
        self._parts.show_path("share", rounded(bar, 0), fill=QColor(theme.acc))

    def _show_value(self) -> None:
        style, marks, column, theme = self.style, self.marks, self.column, active()
        self._parts.hide("chip", "value")
        at, share = QPointF(self.square.right() + 8 + BAR_PX + 6, 0), 0.0
        if not self.is_label:
            has_room = column.has_chip and column.size >= 18
            if not style.value or not (has_room or marks.is_at_hand):
                return
            chip, pen = self._chip_rect(), QPen(QColor(theme.line), 1)
            self._parts.show_path("chip", rounded(chip, 3), pen, QColor(theme.bg1))
            at, share = chip.center(), 0.5
        self._parts.show_text("value", style.value, self._fonts.value, QColor(theme.t1), at, share)
