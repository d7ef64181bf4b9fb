"""Pictures of every card of an activation and of a loss, on sheets: ``python -m gui.tour.cards``.

For docs/pictures/cards/: each card with its surroundings, as a person sees it after a click on the
button that asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QWidget

from gui.build_tab.build_model import BuildModel
from gui.tour.driver import TourDriver
from gui.tour.sheets import AROUND_PX, choose_data, picture_of, take_sheets
from gui.widgets.info_card import InfoCard
from model.experiment import ACTIVATIONS, LOSSES, Activation, GateData, Loss, TableData

_EPOCHS, _ROW = 60, 1
_OUTPUTS: dict[Loss, Activation] = {
    "binary_cross_entropy": "sigmoid",
    "perceptron": "step",
}


def _cards(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield every card with its surroundings: activations first."""
    iris, softmax, categorical = (
        TableData("iris", "standard"),
        "softmax",
        "categorical_cross_entropy",
    )
    _teach(guide, model, GateData("xor"))
    model.set_activation(1, "sigmoid")
    for activation in ACTIVATIONS:
        if activation != softmax:
            model.set_activation(0, activation)
            yield _picture_of(guide, _asked(guide, 0), "activation_card")
    _teach(guide, model, iris)
    yield _picture_of(guide, _asked(guide, 1), "activation_card")
    _teach(guide, model, GateData("xor"))
    for loss in LOSSES:
        if loss == categorical:
            _teach(guide, model, iris)
        else:
            model.set_activation(1, _OUTPUTS.get(loss, "identity"))
            model.set_training(replace(model.state.experiment.training, loss=loss), "")
        yield _picture_of(guide, "loss_info", "loss_card")
        if loss == categorical:
            _teach(guide, model, GateData("xor"))


def _teach(guide: TourDriver, model: BuildModel, data: GateData | TableData) -> None:
    """Choose data, and train on them for a while."""
    choose_data(guide, model, data)
    for _ in range(_EPOCHS):
        model.step(whole_epoch=True)
    model.choose_row(_ROW)


def _asked(guide: TourDriver, layer: int) -> str:
    """Return the button that asks for a layer's card; its menu does where there is no room."""
    guide.settle()
    info = guide.find(f"layer_{layer}_activation_info", QWidget)
    return info.objectName() if info.isVisible() else f"layer_{layer}_menu"


def _picture_of(guide: TourDriver, button: str, card_name: str) -> QImage:
    """Ask for a card, take it with the control that it is about, and close it."""
    about = guide.window.findChild(QAction, button.replace("_menu", "_about"))
    if about is None:
        guide.click(button)
    else:
        about.trigger()
    card, asked = guide.find(card_name, InfoCard), guide.find(button, QWidget)
    guide.wait(card.isVisible, f"{card_name} opens")
    picture = picture_of(guide, card, asked, around_px=AROUND_PX)
    guide.click(f"{card_name}_close")
    return picture


if __name__ == "__main__":
    take_sheets(Path(sys.argv[1]), _cards, 2320)
