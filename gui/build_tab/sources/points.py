"""Points placed by hand in the window."""

from __future__ import annotations

from functools import partial

from foundation.text import mark
from gui.build_tab.sources.painting import paint_rows
from gui.build_tab.sources.view import PLANE, SourceView, Tile
from model.experiment import PointsData

_KEY = "points"
_PAINTED = ((-0.6, -0.5, 0), (-0.1, -0.7, 0), (-0.7, 0.2, 0), (0.6, 0.4, 1), (0.1, 0.7, 1))


class PointsView(SourceView[PointsData]):
    """Points placed by hand; two to start with."""

    kind = PointsData
    tile_key = _KEY
    tiles = (
        Tile(
            _KEY,
            PointsData(((-0.5, -0.5, 0.0), (0.5, 0.5, 1.0))),
            mark("By hand"),
            PLANE,
            partial(paint_rows, PointsData(_PAINTED)),
        ),
    )
