"""What computes, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from vision.engine import ComputeChoice

__all__ = ["compute_names"]


def compute_names() -> dict[ComputeChoice, str]:
    """Return the names of what can compute."""
    translate = QCoreApplication.translate
    return {
        ComputeChoice.AUTO: translate("LatencyPanel", "Automatic"),
        ComputeChoice.NEW_CPU: translate("LatencyPanel", "New engine, CPU"),
        ComputeChoice.CLASSIC_CPU: translate("LatencyPanel", "Classic engine, CPU"),
        ComputeChoice.CLASSIC_OPENCL: translate("LatencyPanel", "Classic engine, OpenCL"),
    }
