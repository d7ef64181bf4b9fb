"""What units and weights are called on the drawing and by a screen reader."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from gui.build.canvas.targets import INPUTS, UnitAt, WeightAt
from gui.build.data_words import readable
from model.data import Dataset
from model.experiment import Activation, NetworkSpec

__all__ = ["ACTIVATION_NAMES", "activation_names", "subscript", "unit_name", "weight_name"]

ACTIVATION_NAMES: dict[Activation, str] = {
    "identity": "Identity",
    "step": "Step",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "softplus": "Softplus",
    "softmax": "Softmax",
}
"""The field's names in English; a person reads `activation_names`."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LETTER_AND_NUMBER = re.compile(r"([A-Za-z])_?(\d{1,3})")


def activation_names() -> dict[Activation, str]:
    """Return what each activation is called in the language in use."""
    translate = QCoreApplication.translate
    words = {"identity": translate("Choices", "Identity"), "step": translate("Choices", "Step")}
    return {key: words.get(key, name) for key, name in ACTIVATION_NAMES.items()}


def subscript(text: str) -> str:
    """Return `text` with its digits lowered."""
    return text.translate(_SUBSCRIPTS)


def unit_name(at: UnitAt, network: NetworkSpec, data: Dataset) -> str:
    """Return a unit's short name: x₁, h₂, h₂₋₁₁ (layer 2, unit 11), ŷ, or its class.

    Hidden units carry the layer's number only where there is more than one hidden layer.
    """
    last = len(network.layers) - 1
    if at.layer == INPUTS:
        name = data.feature_names[at.unit] if at.unit < len(data.feature_names) else ""
        match = _LETTER_AND_NUMBER.fullmatch(name)
        if match:
            return match[1] + subscript(match[2])
        return readable(name) or f"x{subscript(str(at.unit + 1))}"
    number = subscript(str(at.unit + 1))
    if at.layer == last:
        return _output_name(at.unit, network.layers[last].units, data)
    return f"h{number}" if last == 1 else f"h{subscript(str(at.layer + 1))}₋{number}"


def _output_name(unit: int, units: int, data: Dataset) -> str:
    if units == 1:
        return "ŷ"
    names = data.class_names if data.task == "multiclass" else data.target_names
    return names[unit] if unit < len(names) else f"ŷ{subscript(str(unit + 1))}"


def weight_name(at: WeightAt, network: NetworkSpec, data: Dataset) -> str:
    """Return a weight's short name: ``x₁ → h₂``, or ``b → h₂`` for a bias."""
    inputs = network.inputs if at.layer == 0 else network.layers[at.layer - 1].units
    to = unit_name(UnitAt(at.layer, at.unit), network, data)
    if at.row == inputs:
        return f"b → {to}"
    return f"{unit_name(UnitAt(at.layer - 1, at.row), network, data)} → {to}"
