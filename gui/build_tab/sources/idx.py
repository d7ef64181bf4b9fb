"""Pictures in IDX files in the window."""

from __future__ import annotations

from gui.build_tab.sources.view import SourceView
from model.experiment import IdxData


class IdxView(SourceView[IdxData]):
    """Pictures in IDX files, which the table tile opens as well."""

    kind = IdxData
    tile_key = "own_table"
