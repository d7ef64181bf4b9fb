"""One unit of the drawing: draws what a `UnitStyle` says."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace
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
from gui.build_tab.network_view.unit_style import BAR_PX, NAME_PX, Rail, UnitStyle
from gui.theme import BODY_PX, CAPTION_PX, RADIUS_CARD_PX, TITLE_PX, active, font
from gui.widgets.painting import faded
from model.places import UnitAt

RAIL_BELOW_PX, CAPTION_BELOW_PX = 6.0, 17.5
TICK_W_PX, TICK_H_PX = 4.0, 10.0
MOST_SHARP_PX = 32


class UnitFonts(Struct):
    """The fonts of all that is written at units."""

    label: QFont = field(default_factory=lambda: font(CAPTION_PX, 500))
    name: QFont = field(default_factory=lambda: font(TITLE_PX, 600))
    value: QFont = field(default_factory=lambda: font(CAPTION_PX, 600))
    caption: QFont = field(default_factory=lambda: font(BODY_PX, 600))


_ORDER = (
    *("ground", "picture", "corners", "fill", "ring", "outline", "halo"),
    *("name ground", "name"),
    *("rail", "needle", *PIN, "caption", "track", "share", "chip", "value"),
)


class UnitItem(QGraphicsItem):
    """Draw one unit: picture, outline, name, rail, caption and value."""

    def __init__(
        self,
        at: UnitAt,
        column: Column,
        is_output: bool,
        ground: str,
        fonts: UnitFonts,
    ) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._ground = ground
        self.at, self.is_output = at, is_output
        self.style = UnitStyle()
        self._drawn: UnitStyle | None = None
        self._fonts = fonts
        self._parts = ItemGroup(self, _ORDER)
        self._has_picture = False
        half = column.size / 2
        self.square = QRectF(-half, -half, column.size, column.size)
        self._radius = min(RADIUS_CARD_PX, column.size / 4)
        self._shape = rounded(self.square, self._radius)
        self.place(column)
        self.setZValue(1)

    def place(self, column: Column) -> None:
        """Stand in a column that draws its units as large, with as much beside them."""
        self.column = column
        self.setPos(column.x, column.ys[column.units.index(self.at.unit)])

    @property
    def is_input(self) -> bool:
        """Whether the unit is an input."""
        return self.at.layer < 0

    @property
    def is_label(self) -> bool:
        """Whether the unit is a class with its name inside and a bar beside it."""
        return self.style.share is not None

    def show_style(self, style: UnitStyle) -> None:
        """Show `style` under the marks that the unit has."""
        lit, selected, ringed, is_told = self.style.marks
        if lit or selected or ringed or is_told:
            style = replace(style, lit=lit, selected=selected, ringed=ringed, is_told=is_told)
        self._change_to(style)

    def mark(self, lit: bool, selected: bool, ringed: bool, is_told: bool) -> None:
        """Show the marks, leaving the rest."""
        self._change_to(
            replace(self.style, lit=lit, selected=selected, ringed=ringed, is_told=is_told)
        )
        self.setZValue(2 if lit or ringed or (is_told and self.column.is_tight) else 1)

    def _change_to(self, style: UnitStyle) -> None:
        """Show a style, changing only what differs."""
        self.style = style
        if style != self._drawn:
            old, self._drawn = self._drawn, style
            self._show(old)

    def show_picture(self, picture: QImage) -> None:
        """Show a square picture, sharp pixels where it has few."""
        if not self._has_picture:
            self._has_picture = True
            if self._drawn is not None:
                self._show_square()
        self._parts.show_pixmap(
            "picture", QPixmap.fromImage(picture), self.square, picture.width() > MOST_SHARP_PX
        )

    def restyle(self, fonts: UnitFonts) -> None:
        """Take on the active theme and font."""
        self._fonts = fonts
        self._show(None)

    # -- Geometry ----------------------------------------------------------------------------------

    def rail_rect(self) -> QRectF:
        """Return the rail's area in the unit's own coordinates; empty without a rail."""
        if self.style.rail is None or not self.column.has_rail or self.is_label:
            return QRectF()
        y = self.square.bottom() + RAIL_BELOW_PX
        return QRectF(self.square.left(), y - 6, self.square.width(), 12)

    def boundingRect(self) -> QRectF:
        """Return the unit with all its texts."""
        return self.square.adjusted(-122, -14, 140, 36)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw nothing: the parts are items of their own."""

    def tick_x(self, rail: Rail) -> float:
        """Return where the tick stands, in the unit's own coordinates."""
        half = self.square.width() / 2 - TICK_W_PX / 2
        return max(-1.0, min(1.0, rail.position)) * half

    def _chip_rect(self) -> QRectF:
        width = QFontMetricsF(self._fonts.value).horizontalAdvance(self.style.value) + 10
        if not self.column.has_corners:
            return QRectF(self.square.right() + 6, -8, width, 16)
        width = max(width, 16.0)
        right = self.square.right() + 6
        return QRectF(right - width, self.square.top() - 8, width, 16)

    # -- Showing -----------------------------------------------------------------------------------

    def _show(self, old: UnitStyle | None) -> None:
        """Set the parts whose share of the style differs from `old`'s; all of them for ``None``."""
        style = self.style
        if old is None or style.frame != old.frame:
            self._show_square()
        if old is None or style.rail != old.rail or style.share != old.share:
            self._show_rail()
        if old is None or style.written != old.written:
            self._show_caption()
        if old is None or style.share != old.share:
            self._show_share()
        if old is None or style.chip != old.chip:
            self._show_value()
            self._show_name()
        elif (style.name, style.is_long) != (old.name, old.is_long):
            self._show_name()

    @property
    def _has_texts(self) -> bool:
        """Whether name and caption have room, or are those of the layer that a person is at."""
        return not self.column.is_tight or self.style.is_told

    def _show_square(self) -> None:
        theme, parts, style = active(), self._parts, self.style
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
        if style.lit or style.selected or style.chosen:
            pen = QPen(QColor(theme.acc), 2)
        elif style.tone == "warn":
            pen = QPen(QColor(theme.warn), 1.4)
            pen.setDashPattern([3, 2])
        parts.show_path("outline", self._shape, pen)
        parts.hide("ring", "halo")
        if style.ringed:
            self._show_around("ring", 3, QPen(QColor(theme.acc), 2))
        if style.selected:
            self._show_around("halo", 4, QPen(faded(theme.acc, 0.18), 6))

    def _show_around(self, name: str, away: float, pen: QPen) -> None:
        area = self.square.adjusted(-away, -away, away, away)
        self._parts.show_path(name, rounded(area, self._radius + away), pen)

    def _show_fill(self) -> None:
        theme, square, style = active(), self.square, self.style
        if style.grey is not None:
            self._parts.show_path("fill", self._shape, fill=faded(theme.t1, style.grey))
            return
        height = 0.0 if style.fill is None else abs(style.fill) * (square.height() - 4)
        if style.fill is None or height < (1 if style.fill < 0 else 0):
            self._parts.hide("fill")
        elif style.fill >= 0:
            bar = QRectF(
                square.left() + 2, square.bottom() - 2 - height, square.width() - 4, height
            )
            self._parts.show_path("fill", rounded(bar, 3), fill=QColor(theme.pos))
        else:
            bar = QRectF(square.left() + 2, square.top() + 2, square.width() - 4, height)
            pen = QPen(QColor(theme.neg), 1.5, Qt.PenStyle.DashLine)
            self._parts.show_path("fill", rounded(bar.adjusted(1, 1, -1, -1), 3), pen)

    def _show_name(self) -> None:
        theme, square, fonts = active(), self.square, self._fonts
        text_font = fonts.label if self.column.size < 40 else fonts.name
        colour, share, at = QColor(theme.t1), 0.0, QPointF()
        self._parts.hide("name ground")
        if self.is_label:
            share, at, text_font = self._label_place(text_font)
        elif self.is_input:
            share, at = 1.0, QPointF(square.left() - 10, square.center().y())
        elif self.is_output:
            corners = self.column.has_corners
            beyond = square.right() if corners else self._chip_rect().right()
            at = QPointF(beyond + 12, square.center().y())
        elif self.column.has_corners and self._has_texts:
            colour, text_font, share = QColor(theme.t2), fonts.label, 1.0
            at = QPointF(square.left() - 6, square.top() + 4)
            name = self._elided(self.style.name, text_font)
            self._show_name_ground(at, QFontMetricsF(text_font).horizontalAdvance(name))
        else:
            self._parts.hide("name")
            return
        self._parts.show_text("name", self._elided(self.style.name, text_font), text_font, colour)
        self._parts.place_text("name", at, share)

    def _show_name_ground(self, right: QPointF, width: float) -> None:
        """Let no edge cross the name where columns stand close together."""
        area = QRectF(right.x() - width - 2, right.y() - 7, width + 4, 14)
        ground = QColor(getattr(active(), self._ground))
        self._parts.show_path("name ground", rounded(area, 2), fill=ground)

    def _label_place(self, inside: QFont) -> tuple[float, QPointF, QFont]:
        """Return where a class's name goes: into its box, or over its bar where it is longer."""
        if self.style.is_long:
            return 0.0, QPointF(self.square.right() + 8, -12.5), self._fonts.label
        return 0.5, self.square.center(), inside

    def _elided(self, text: str, text_font: QFont) -> str:
        if len(text) < 4:
            return text
        metrics = QFontMetricsF(text_font)
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, NAME_PX)

    def _show_rail(self) -> None:
        rail, area = self.style.rail, self.rail_rect()
        if rail is None or area.isEmpty():
            self._parts.hide("rail", "needle", *PIN)
            return
        theme = active()
        y, middle, x = area.center().y(), area.center().x(), self.tick_x(rail)
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
        if rail.pinned:
            self._parts.show_pin(QPointF(area.right() + 9, y))
        else:
            self._parts.hide(*PIN)

    def _show_caption(self) -> None:
        style = self.style
        if not style.caption or not self.column.has_caption or not self._has_texts:
            self._parts.hide("caption")
            return
        theme = active()
        colour = QColor(theme.warn if style.tone == "warn" else theme.t1)
        self._parts.show_text("caption", style.caption, self._fonts.caption, colour)
        self._parts.place_text("caption", QPointF(0, self.square.bottom() + CAPTION_BELOW_PX), 0.5)

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
        style, theme = self.style, active()
        room = self.column.has_chip and self.column.size >= 18
        told = style.is_told and self.column.has_corners
        shown = self.is_label or (style.value and (room or told or style.lit or style.ringed))
        self._parts.hide("chip")
        if not shown:
            self._parts.hide("value")
            return
        self._parts.show_text("value", style.value, self._fonts.value, QColor(theme.t1))
        if self.is_label:
            at = QPointF(self.square.right() + 8 + BAR_PX + 6, 0)
            self._parts.place_text("value", at, 0.0)
            return
        chip = self._chip_rect()
        self._parts.show_path(
            "chip", rounded(chip, 3), QPen(QColor(theme.line), 1), QColor(theme.bg1)
        )
        self._parts.place_text("value", chip.center(), 0.5)
