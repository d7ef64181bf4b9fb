"""Truth tables in the window."""

from __future__ import annotations

from foundation.text import mark
from gui.build_tab.sources.view import SourceView
from model.experiment import TruthTableData


class TruthTableView(SourceView[TruthTableData]):
    """Truth tables typed by the user."""

    kind = TruthTableData
    source_name = mark("Truth table")

    def has_known_words(self, data: TruthTableData) -> bool:
        return True
