"""The kinds of data in the window, one module each: tiles, texts and pictures."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from foundation.kinds import import_modules
from gui.build_tab.sources.view import GATES, PLANE, TABLES, SourceView
from model.data.source import DataSource
from model.experiment import Experiment

import_modules(__name__, __path__)
_VIEWS: dict[type[DataSource], SourceView[Any]] = {
    view.kind: view() for view in sorted(SourceView.__subclasses__(), key=lambda v: v.kind.order)
}
_TILES = sorted((t for view in _VIEWS.values() for t in view.tiles), key=attrgetter("section"))
TILES = {tile.key: tile for tile in _TILES}
"""Every tile by its key, section by section."""

GATE_TILES, PLANE_TILES, TABLE_TILES = (
    [tile for tile in _TILES if int(tile.section) == section] for section in (GATES, PLANE, TABLES)
)
_MAX_LAYERS_NAMED = 8


def view_of(data: DataSource) -> SourceView[Any]:
    """Return the window's view of this kind of data."""
    return _VIEWS[type(data)]


def tile_key(data: DataSource) -> str:
    """Return the key of the tile that `data` belongs to."""
    return view_of(data).key(data)


def data_name(data: DataSource) -> str:
    """Return a title for the data: "XOR", "Digits", a file's name."""
    return view_of(data).title(data)


def suggested_file_name(experiment: Experiment) -> str:
    """Return a file name for an experiment: "xor-2-2-1", or its title."""
    if experiment.title:
        return experiment.title
    name, network = view_of(experiment.data).file_title(experiment.data), experiment.network
    # The locale's own small letters would make "ıris" of "Iris" in Turkish.
    words = [word.strip(".") for word in name.replace("İ", "i").lower().split()]
    units = network.sizes
    return "-".join([*words, *map(str, units if len(units) <= _MAX_LAYERS_NAMED else ())])
