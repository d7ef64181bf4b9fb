"""The bar above Build: start, step and stop training, and how the network learns."""

from gui.build_tab.training_bar.bar import TrainingBar

__all__ = ["TrainingBar"]
