"""The Vision tab: a stage for the picture, and at its right what the network makes of it."""

from __future__ import annotations

from gui.tab import Tab

__all__ = ["VisionTab"]


class VisionTab(Tab):
    """Lay out Vision's panels and pass what they say to the pipeline."""
