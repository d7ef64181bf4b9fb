"""Patterns on the plane in the window."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from foundation.text import mark, tr
from gui.build_tab.sources.painting import paint_rows
from gui.build_tab.sources.view import PLANE, TABLES, SourceView, Tile
from gui.format import show_number
from model.data.sources.plane import FORMULA, PlaneData
from model.errors import ModelError

_POINTS = 44
_NAMES: dict[str, object] = {
    "circle": mark("Circle"),
    "quadrants": mark("Quadrants"),
    "gaussians": mark("Gaussians"),
    "spiral": mark("Spiral"),
    "moons": mark("Moons"),
    "regression_plane": mark("Slope"),
    "regression_gaussian": mark("Hills"),
}


def _tile(data: PlaneData, name: object, section: float = PLANE) -> Tile:
    """Return a pattern's tile, painted with few points."""
    noise = 0.0 if data.name in ("spiral", "moons") else data.noise
    count = 4 * _POINTS if data.name == "spiral" else 2 * _POINTS
    paint = partial(paint_rows, replace(data, points=count, noise=noise))
    return Tile(f"plane:{data.name}", data, name, section, paint)


class PlaneView(SourceView[PlaneData]):
    """Patterns on the plane, and functions typed by the user."""

    kind = PlaneData
    tiles = (
        *(_tile(PlaneData(pattern), name) for pattern, name in _NAMES.items()),
        _tile(
            PlaneData(FORMULA, formula="x1^2 + x2^2 < 0.5"),
            mark("Function"),
            TABLES + 0.5,
        ),
    )

    def noise_words(self, data: PlaneData) -> tuple[str, str]:
        """Return the noise slider's caption and tip; for a pattern, with the standard deviation."""
        caption = tr("Noise")
        try:
            pattern = data.pattern()
        except ModelError:  # of a formula that is none there are no points
            return caption, tr("Scatter of the points")
        text = (
            tr("Scatter added to the targets: standard deviation {sigma}")
            if pattern.regression
            else tr("Scatter of the points: standard deviation {sigma}")
        )
        return caption, text.format(sigma=show_number(pattern.deviation(data.noise), 4))
