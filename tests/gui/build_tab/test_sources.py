"""Kinds of data in the window."""

from __future__ import annotations

from gui.build_tab.sources import TILES, tile_key
from gui.build_tab.sources.view import SourceView
from model.data.sources import SOURCES


def test_every_kind_of_data_has_one_view() -> None:
    kinds = [view.kind for view in SourceView.__subclasses__()]
    assert sorted(kind.order for kind in kinds) == [kind.order for kind in SOURCES]


def test_every_tile_is_marked_for_its_data() -> None:
    for key, tile in TILES.items():
        assert tile.data is None or tile_key(tile.data) == key
