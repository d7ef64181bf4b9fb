"""Build's plots: the loss with its timeline, what the network computes, and the dock of further views."""

from gui.build.plots.loss_panel import LossPanel
from gui.build.plots.output_panel import OutputPanel
from gui.build.plots.runs import RunRecord

__all__ = ["LossPanel", "OutputPanel", "RunRecord"]
