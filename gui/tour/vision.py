"""Pictures of what Vision has beside labels, on sheets: ``python -m gui.tour.vision``.

For docs/pictures/vision/: where things are, a person cut out, and what is inside the network.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gui.build_tab.build_model import BuildModel
from gui.settings import ASSETS
from gui.tour.driver import TourDriver
from gui.tour.sheets import picture_of, take_sheets
from gui.vision_tab.tab import VisionTab
from vision.inside.graph import Kind
from vision.result import Task

_SIZES = ((1440, 900),)
_MAP = 21
"""A map of the first convolution that shows the cup."""


def _vision(guide: TourDriver, _model: BuildModel) -> Iterator[QImage]:
    """Yield the whole window at each task."""
    window = guide.window
    tab = window.show_tab(window.VISION)
    assert isinstance(tab, VisionTab)
    for task, name in ((Task.DETECTION, "coffee"), (Task.MASK, "astronaut")):
        _turn_to(guide, tab, task, name)
        yield picture_of(guide, tab)
    _turn_to(guide, tab, Task.CLASSIFICATION, "coffee")
    guide.click("task_inside")
    inside = tab.model.inside
    guide.wait(lambda: inside.state.view is not None, "the maps are there")
    inside.choose_layer(0)
    inside.choose_map(_MAP)
    yield picture_of(guide, tab)
    QTest.keyClick(guide.find("inside_why", QWidget), Qt.Key.Key_Return)
    layer = inside.state.layer
    assert layer is not None
    assert layer.kind is Kind.CONVOLUTION
    yield picture_of(guide, tab)


def _turn_to(guide: TourDriver, tab: VisionTab, task: Task, name: str) -> None:
    """Choose a task and open a photograph, and wait for what is said of it."""
    guide.click(f"task_{task.value}")
    tab.open_path(ASSETS / "images" / f"{name}.png")

    def is_shown() -> bool:
        result = tab.model.state.result
        is_it = result is not None and result.name == f"{name}.png" and result.model.task is task
        return is_it and not tab.model.state.is_busy

    guide.wait(is_shown, f"{name} is looked at")
    tab.model.clear_history()


if __name__ == "__main__":
    take_sheets(Path(sys.argv[1]), _vision, 2900, _SIZES)
