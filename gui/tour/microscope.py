"""Pictures of the microscope, on sheets: ``python -m gui.tour.microscope``.

For docs/pictures/microscope/: the window as it stands with the sheet open, and all cards of the
sheet under each other, of a hidden unit with a row alone and of the output with the batch of Adam.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QScrollArea

from gui.build_tab.build_model import BuildModel
from gui.tour.driver import TourDriver
from gui.tour.sheets import begin_anew, picture_of, take_sheets
from model.experiment import GateData, OptimiserSpec
from model.insight.step_walk import Part
from model.places import UnitAt, WeightAt

_EPOCHS, _ROW = 10, 3


def _microscope(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield the window, then all cards of two units."""
    begin_anew(guide, model, GateData("xor"))
    model.set_activation(0, "relu")
    for _ in range(_EPOCHS):
        model.step(whole_epoch=True)
    model.choose_row(_ROW)
    model.examine(UnitAt(0, 0), Part.SUM)
    guide.wait(lambda: model.insight.is_idle, "it is looked into")
    yield picture_of(guide, guide.window)
    yield _all_cards(guide)
    training = model.state.experiment.training
    adam = replace(training, optimiser=OptimiserSpec("adam"), learning_rate=0.05, l2=0.01)
    model.set_training(adam, "")
    model.step(whole_epoch=True)
    model.examine_batch(True)
    model.examine(WeightAt(1, 0, 0), Part.UPDATE)
    yield _all_cards(guide)
    model.examine_batch(False)
    model.close_microscope()


def _all_cards(guide: TourDriver) -> QImage:
    """Take all cards, those too for which the window has no room."""
    guide.settle()
    cards = guide.find("microscope_scroll", QScrollArea).widget()
    assert cards is not None
    return cards.grab().toImage()


if __name__ == "__main__":
    take_sheets(Path(sys.argv[1]), _microscope, 2600)
