"""Pictures of what Build has beside the drawing, on sheets: ``python -m gui.tour.features``.

For docs/pictures/features/: hidden space, the circuit, the proof of a verdict, inputs derived from
columns, round weights, and an article's recipe.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.dock.rounding_bar import CoarsenessSlider, value_of
from gui.tour.driver import TourDriver
from gui.tour.sheets import AROUND_PX, begin_anew, picture_of, take_sheets, train
from model.data.derived import Feature
from model.experiment import GateData

_EPOCHS, _ROW = 10, 3


def _features(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield every picture, one state of the window after another."""
    dock = guide.find("dock_panel", DockPanel)
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    yield from _derived(guide, model)
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    train(guide, model, _EPOCHS)
    dock.choose("hidden")
    yield picture_of(guide, dock)
    dock.choose("weights")
    guide.wait(lambda: model.state.insight.roundings is not None, "roundings are tried")
    slider = guide.find("rounding_slider", CoarsenessSlider)
    roundings = model.state.insight.roundings
    assert roundings is not None
    assert roundings.coarsest is not None
    coarsest = value_of(roundings.coarsest.step)
    for _ in range(coarsest):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    yield picture_of(guide, dock)
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    yield _unfolded(guide, "verdict", "verdict_why")
    yield _unfolded(guide, "circuit", "circuit_toggle")
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    model.choose_version("published")
    yield picture_of(
        guide, guide.find("training_bar", QWidget), guide.find("recipe_strip", QWidget)
    )


def _unfolded(guide: TourDriver, card_name: str, button: str) -> QImage:
    """Open what a button of the output's cards opens, take the card, and put it away."""
    card, fold = guide.find(card_name, QWidget), guide.find(f"{card_name}_fold", QAbstractButton)
    if card.isVisible() and fold.isVisible():
        guide.click(fold.objectName())
    guide.click(button)
    picture = picture_of(guide, card, around_px=AROUND_PX // 2)
    guide.click(button)
    if fold.isVisible():
        guide.click(fold.objectName())
    guide.settle()
    return picture


def _derived(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Give one unit the product of its inputs, and take the network under the inputs to tick."""
    model.remove_layer(0)
    model.add_features((Feature("product", 0, 1),))
    train(guide, model, _EPOCHS)
    guide.wait(guide.find("feature_strip", QWidget).isVisible, "inputs can be ticked")
    yield picture_of(guide, guide.find("network_canvas", QWidget))
    guide.click("features_open")


if __name__ == "__main__":
    take_sheets(Path(sys.argv[1]), _features, 1800)
