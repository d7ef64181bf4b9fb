"""The microscope without a window around it, which takes most of a test's time."""

from __future__ import annotations

from dataclasses import dataclass

from gui.build_tab.build_model import BuildModel
from gui.build_tab.microscope.panel import Microscope


@dataclass(frozen=True)
class Alone:
    """What a test of numbers and sentences needs of the workbench."""

    model: BuildModel
    microscope: Microscope
