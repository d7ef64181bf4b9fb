"""The Build tab: data at the left, the network in the middle, what it computes at the right."""

from __future__ import annotations

from gui.document import ExperimentDocument
from gui.tab import Tab

__all__ = ["BuildTab"]


class BuildTab(Tab):
    """Lay out Build's panels and pass what they say to the document and the training."""

    def __init__(self, document: ExperimentDocument) -> None:
        super().__init__()
        self._document = document
