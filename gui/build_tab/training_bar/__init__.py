"""The bar over Build: start, step and stop training, and everything about how it learns."""

from gui.build_tab.training_bar.bar import TrainingBar

__all__ = ["TrainingBar"]
