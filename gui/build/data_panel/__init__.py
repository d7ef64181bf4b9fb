"""What the network learns from: tiles to choose, a table to edit, sliders, and the split."""

from gui.build.data_panel.panel import DataPanel

__all__ = ["DataPanel"]
