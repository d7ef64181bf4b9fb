"""The bar over Build: start, step and stop training, and everything about how it learns."""

from gui.build_tab.training_bar.bar import SPEEDS, TrainingBar

__all__ = ["SPEEDS", "TrainingBar"]
