"""Build's plots: the loss over time, what the network answers, and the dock below."""

from gui.build.plots.dock_panel import DockPanel
from gui.build.plots.dock_wiring import DockWiring
from gui.build.plots.insight_wiring import InsightWiring
from gui.build.plots.loss_panel import LossPanel
from gui.build.plots.output_panel import OutputPanel
from gui.build.plots.runs import RunRecord

__all__ = ["DockPanel", "DockWiring", "InsightWiring", "LossPanel", "OutputPanel", "RunRecord"]
