"""The map of two hidden units or components: rows, names, line and bent grid."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton

from gui.build_tab.build_model import BuildModel
from gui.format import show_fixed
from gui.plots.axes import cosmetic_pen
from gui.plots.plane_map import PlaneMap
from gui.plots.points import Points
from gui.theme import CAPTION_PX, active, font
from gui.widgets.basic import attach_menu, set_role, tool_button
from gui.widgets.painting import draw_box, with_alpha
from gui.widgets.texts import worded
from model.experiment import FloatArray
from model.insight.plane import Bounds

CARET = " ▾"
BESIDE_PX, _APART_PX, _MAX_SIDE_PX, MAX_RATIO = 46.0, 60.0, 600, 2.0
_SAME_PLACE_PX, _POINT_PX, _LABEL_GAP_PX = 4.0, 7.0, 3.0


def axis_button(name: str) -> QToolButton:
    """Return a button that looks like an axis title, with an empty menu."""
    button = tool_button(name)
    set_role(button, role="axis")
    attach_menu(button, QMenu(button))
    return button


class HiddenMap(PlaneMap):
    """A map of two hidden units or components: rows, line and bent grid.

    Attributes
    ----------
    across, up
        Buttons in place of the axis titles that choose what each axis shows.
    labels
        Visible row names, each with its text and its box in pixels.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self.setObjectName("hidden_map")
        self._model = model
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.set_most(_MAX_SIDE_PX)
        self._axes.beside_px, self._axes.paints_names = BESIDE_PX, False
        self._axes.apart_px, self._axes.most_ratio = _APART_PX, MAX_RATIO
        self.across = worded(
            axis_button("hidden_across"),
            accessible_name="Unit across",
            tip="Choose what is drawn across",
        )
        self.up = worded(
            axis_button("hidden_up"), accessible_name="Unit up", tip="Choose what is drawn up"
        )
        for button in (self.across, self.up):
            button.setParent(self)
        self.ground_moved.connect(self._place_pickers)
        self._grid: FloatArray | None = None
        self._rows = np.empty(0, dtype=np.intp)
        self._hovered = -1
        self._names: tuple[str, ...] = ()
        self.labels: list[tuple[str, QRectF]] = []

    def hasHeightForWidth(self) -> bool:
        """Return false: the map's height does not depend on its width."""
        return False

    def sizeHint(self) -> QSize:
        """Return the size in the wide window."""
        return QSize(228, 196)

    def minimumSizeHint(self) -> QSize:
        """Return the size in the lowest window."""
        return QSize(100, 80)

    # -- What is shown -----------------------------------------------------------------------------

    def show_axes(self, bounds: Bounds, names: tuple[str, str]) -> None:
        """Set the axes' bounds and names; an axis with an empty name has no meaning."""
        for button, name in zip((self.across, self.up), names, strict=True):
            if button.text() != name + CARET:
                button.setText(name + CARET)
                button.ensurePolished()
                button.resize(button.sizeHint())
            button.setVisible(bool(name))
        text_px = QFontMetricsF(font(CAPTION_PX)).horizontalAdvance(self.up.text())
        self._axes.frame_px = self.up.width() - text_px + 1.0
        self.show_plane(bounds, tuple(name + CARET if name else "" for name in names))  # type: ignore[arg-type]  # two of them
        self._place_pickers()

    def show_rows(self, points: Points, rows: np.ndarray, names: tuple[str, ...]) -> None:
        """Show rows, numbered as in `BuildState.row`, with their `names` if any are given."""
        self._rows, self._names = rows, names
        self.show_points(points)

    def row_descriptions(self) -> list[str]:
        """Return each row's position for screen readers, if the rows have names."""
        points = self.layer.points
        if points is None or not self._names:
            return []
        places = zip(self._names, points.x.tolist(), points.y.tolist(), strict=True)
        return [f"{name}: {show_fixed(x, 2)}; {show_fixed(y, 2)}." for name, x, y in places]

    def show_grid(self, lines: FloatArray | None) -> None:
        """Show the bent grid, shape (lines, points, 2), or none."""
        self._grid = lines
        self.update()

    def _place_pickers(self) -> None:
        ground = self.ground
        self.up.move(0, max(0, round(ground.top()) - 1))
        if ground.top() > self.up.height():
            self.up.move(0, 0)
        at = round(ground.right()) - self.across.width() + 1
        self.across.move(at, round(ground.bottom()) + 1)

    def refit(self) -> None:
        """Place the pickers at their axes."""
        super().refit()
        self._place_pickers()

    # -- Painting ----------------------------------------------------------------------------------

    def paint_under_points(self, painter: QPainter, ground: QRectF) -> None:
        """Paint the bent grid, faintly."""
        if self._grid is None:
            return
        x_low, x_high, y_low, y_high = self.bounds
        scale = np.array([ground.width() / (x_high - x_low), -ground.height() / (y_high - y_low)])
        px = (self._grid - (x_low, y_low)) * scale + (ground.left(), ground.bottom())
        # Far outside Qt's rasteriser loses its digits.
        px = np.clip(px, -4000.0, 4000.0)
        path = QPainterPath()
        for line in px.tolist():
            path.moveTo(*line[0])
            for at in line[1:]:
                path.lineTo(*at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(cosmetic_pen(active().t1, 1.0, alpha=0.26))
        painter.drawPath(path)

    def paint_over_points(self, painter: QPainter, ground: QRectF) -> None:
        """Write the rows' names next to their points."""
        self.labels = self._place_labels(ground) if self._names else []
        painter.setFont(font(CAPTION_PX, 500))
        theme = active()
        back = with_alpha(theme.bg1, 0.72)
        for text, box in self.labels:
            draw_box(painter, box, 3, back)
            painter.setPen(QColor(theme.t1))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _place_labels(self, ground: QRectF) -> list[tuple[str, QRectF]]:
        """Return the rows' names with boxes that overlap no point, box or edge.

        Coincident rows share a box. A name that does not fit is left out.
        """
        points = self.layer.points
        if points is None:
            return []
        metrics = QFontMetricsF(font(CAPTION_PX, 500))
        inside = ground.adjusted(1, 1, -1, -1)
        at = [self.to_px(x, y) for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True)]
        reach = _POINT_PX
        taken = [QRectF(p.x() - reach, p.y() - reach, 2 * reach, 2 * reach) for p in at]
        placed: list[tuple[str, QRectF]] = []
        for centre, text in _merge_coincident(at, self._names):
            wide, high = metrics.horizontalAdvance(text) + 6, metrics.height()
            for box in _boxes_around(centre, wide, high):
                boxes = [*taken, *(other for _, other in placed)]
                if inside.contains(box) and not any(box.intersects(other) for other in boxes):
                    placed.append((text, box))
                    break
        return placed

    # -- Pointer -----------------------------------------------------------------------------------

    def pointed(self, under: int) -> None:
        """Set the row under the pointer as the hovered row."""
        row = int(self._rows[under]) if 0 <= under < len(self._rows) else -1
        if row != self._hovered:
            self._hovered = row
            self._model.hover_row(row)

    def pressed(self, x: float, y: float) -> None:
        """Choose the row of the pressed point."""
        under = self.layer.nearest(x, y, self._per_px)
        if under >= 0:
            self._model.choose_row(int(self._rows[under]))


def _merge_coincident(at: list[QPointF], names: tuple[str, ...]) -> list[tuple[QPointF, str]]:
    """Return the position and the joined names of each group of coincident points."""
    groups: list[tuple[QPointF, list[str]]] = []
    for place, name in zip(at, names, strict=True):
        for centre, members in groups:
            if (place - centre).manhattanLength() <= _SAME_PLACE_PX:
                members.append(name)
                break
        else:
            groups.append((place, [name]))
    return [(centre, " ".join(members)) for centre, members in groups]


def _boxes_around(centre: QPointF, wide: float, high: float) -> list[QRectF]:
    """Return candidate boxes around a point, best first: right, left, above, below."""
    out = _POINT_PX + _LABEL_GAP_PX
    x, y = centre.x(), centre.y()
    rights, lefts, middle = x + out, x - out - wide, x - wide / 2
    level, above, below = y - high / 2, y - out - high, y + out
    places = (rights, level), (lefts, level), (middle, above), (middle, below)
    return [QRectF(left, top, wide, high) for left, top in places]
