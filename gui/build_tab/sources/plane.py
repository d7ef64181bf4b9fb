"""Patterns on the plane in the window."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP

from gui.build_tab.sources.painting import paint_rows
from gui.build_tab.sources.view import PLANE, TABLES, SourceView, Tile
from gui.format import show_number, translate
from model.data.sources.plane import FORMULA, PlaneData
from model.errors import ModelError

_POINTS = 44
_NAMES: dict[str, object] = {
    "circle": QT_TRANSLATE_NOOP("Data", "Circle"),
    "quadrants": QT_TRANSLATE_NOOP("Data", "Quadrants"),
    "gaussians": QT_TRANSLATE_NOOP("Data", "Gaussians"),
    "spiral": QT_TRANSLATE_NOOP("Data", "Spiral"),
    "moons": QT_TRANSLATE_NOOP("Data", "Moons"),
    "regression_plane": QT_TRANSLATE_NOOP("Data", "Slope"),
    "regression_gaussian": QT_TRANSLATE_NOOP("Data", "Hills"),
}


def _tile(data: PlaneData, name: object, section: float = PLANE) -> Tile:
    """Return the tile of a pattern, painted by few points."""
    noise = 0.0 if data.name in ("spiral", "moons") else data.noise
    count = 4 * _POINTS if data.name == "spiral" else 2 * _POINTS
    paint = partial(paint_rows, replace(data, points=count, noise=noise))
    return Tile(f"plane:{data.name}", data, name, section, paint)


class PlaneView(SourceView[PlaneData]):
    """Patterns on the plane, and a function of a person's own."""

    kind = PlaneData
    tiles = (
        *(_tile(PlaneData(pattern), name) for pattern, name in _NAMES.items()),
        _tile(
            PlaneData(FORMULA, formula="x1^2 + x2^2 < 0.5"),
            QT_TRANSLATE_NOOP("Data", "Function"),
            TABLES + 0.5,
        ),
    )

    def noise_words(self, data: PlaneData) -> tuple[str, str]:
        """Return the caption, and what deviation a pattern's noise stands for."""
        caption = translate("DataSettings", "Noise")
        try:
            pattern = data.pattern()
        except ModelError:  # of a formula that is none there are no points
            return caption, translate("DataSettings", "Scatter of the points")
        text = (
            translate("DataSettings", "Scatter added to the targets: standard deviation {sigma}")
            if pattern.regression
            else translate("DataSettings", "Scatter of the points: standard deviation {sigma}")
        )
        return caption, text.format(sigma=show_number(pattern.deviation(data.noise), 4))
