"""Names of data, columns, units, activations and choices in the current language."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLocale

from foundation.text import mark, tr, tr_context
from gui.build_tab.sources import view_of
from gui.format import list_separator, show_integer, show_number, show_part
from model.data import Dataset
from model.data.dataset import MAX_NAMED, LeftOut
from model.data.derived import Feature, feature_name
from model.edits.locks import Lock
from model.experiment import (
    Activation,
    DataSpec,
    FloatArray,
    NetworkSpec,
)
from model.losses import is_fused
from model.places import INPUTS, UnitAt, WeightAt

_UNITS = frozenset(("mm", "cm", "km", "mg", "kg", "ml", "ms", "hz", "px"))
_PIXEL = re.compile(r"r(\d+)c(\d+)")
_WORDS: tuple[object, ...] = (
    mark("carry"),
    mark("sum"),
    mark("sepal length cm"),
    mark("sepal width cm"),
    mark("petal length cm"),
    mark("petal width cm"),
    mark("loss of smell"),
    mark("weight loss"),
    mark("runny nose"),
    mark("body pain"),
    mark("ill"),
    mark("no"),
    mark("yes"),
    mark("class"),
    mark("female"),
    mark("died"),
    mark("survived"),
    mark("speed (km/h)"),
    mark("reaction (s)"),
    mark("road=dry"),
    mark("road=wet"),
    mark("stopping (m)"),
)


def word(name: str) -> str:
    """Return a built-in name in the current language; others unchanged."""
    if pixel := _PIXEL.fullmatch(name):
        return tr("r{row}c{column}", row=pixel[1], column=pixel[2])
    plain = name.replace("_", " ")
    said = tr(plain)
    return name if said == plain else said


def readable(name: str) -> str:
    """Return a column's name as the user writes it: "sepal_length_cm" as "sepal length (cm)"."""
    plain = name.replace("_", " ")
    quantity, _, unit = plain.rpartition(" ")
    return f"{quantity} ({unit})" if quantity and unit.lower() in _UNITS else plain


def as_grammatical_object(name: str) -> str:
    """Return a name as the object of a verb: Turkish adds a suffix, "XOR'u"."""
    vowels = [letter for letter in name.lower() if letter in "aıoueiöü"]
    if QLocale().language() != QLocale.Language.Turkish or not vowels:
        return name
    last = "e" if name in ("AND", "NAND") else vowels[-1]  # said in English, as "end"
    ending = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}[last]
    return f"{name}’{'y' if name[-1].lower() in 'aıoueiöü' else ''}{ending}"


def with_translated_names(dataset: Dataset, data: DataSpec) -> Dataset:
    """Return the data set with translated names; the user's tables keep theirs.

    The rows are shared, not copied.
    """
    if not view_of(data).has_known_words(data):
        return dataset
    columns = dataset.columns
    names = (columns.feature_names, columns.target_names, columns.class_names)
    said = tuple(tuple(map(word, some)) for some in names)
    if said == names:
        return dataset  # the very same, so that nothing is computed again
    columns = _renamed(columns, *said)
    if dataset.source is None:
        return columns
    inputs = tuple(feature_name(each, said[0]) for each in dataset.features)
    return replace(_renamed(dataset, inputs, *said[1:]), source=columns)


def _renamed(
    dataset: Dataset, inputs: tuple[str, ...], targets: tuple[str, ...], classes: tuple[str, ...]
) -> Dataset:
    return replace(dataset, feature_names=inputs, target_names=targets, class_names=classes)


MAX_VALUES = 64


def values_text(dataset: Dataset, x: FloatArray) -> str:
    """Return a row's columns, shape (columns,), in their units: "0, 1", in Turkish "0; 1".

    For rows with many columns, such as pictures, only the first ones are given.
    """
    units = dataset.columns.x_in_data_units
    values = [show_number(units(i, float(v)), 3) for i, v in enumerate(x[:MAX_VALUES])]
    return list_separator().join([*values, "…"] if len(x) > MAX_VALUES else values)


def named_values(dataset: Dataset, x: FloatArray) -> str:
    """Return a row's first columns with their names: "class 3, female 0"."""
    units, names = dataset.columns.x_in_data_units, dataset.columns.feature_names[:MAX_NAMED]
    return list_separator().join(
        f"{readable(name)} {show_number(units(i, float(x[i])), 3)}" for i, name in enumerate(names)
    )


def omissions_text(left_out: LeftOut | None) -> str:
    """Describe what was omitted from a table or read differently; empty if nothing."""
    if left_out is None:
        return ""
    said = []
    if len(left_out.gaps):
        some = _first_few(left_out.gaps, lambda gap: show_integer(int(gap)))
        text = tr_context("DataWords", "{n} of {rows} rows left out for missing values: {some}.")
        n, rows = show_part(len(left_out.gaps)), show_integer(left_out.rows)
        said.append(text.format(n=n, rows=rows, some=some))
    kinds = (
        (left_out.top, tr("{n} at the top")),
        (left_out.comments, tr("{n} with a comment")),
        (left_out.blank, tr("{n} blank")),
        (left_out.bottom, tr("{n} at the end")),
    )
    lines = ", ".join(text.format(n=show_integer(count)) for count, text in kinds if count)
    if lines:
        said.append(tr("Lines passed over: {lines}.", lines=lines))
    if left_out.units:
        columns = _first_few(left_out.units, _explained)
        said.append(tr("Numbers read without their unit: {columns}.", columns=columns))
    if left_out.joined:
        columns = _first_few(left_out.joined, _explained)
        said.append(tr("Thousands separators removed: {columns}.", columns=columns))
    return " ".join(said)


def _explained(column: tuple[str, str]) -> str:
    name, note = column
    return f"{name} ({note})"


def _first_few[Thing](things: Sequence[Thing] | np.ndarray, word: Callable[[Thing], str]) -> str:
    """Return the names of the first few items, and how many more there are."""
    some, more = ", ".join(map(word, things[:MAX_NAMED])), len(things) - MAX_NAMED
    return tr("{some} and {n} more", some=some, n=show_integer(more)) if more > 0 else some


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LETTER_AND_NUMBER = re.compile(r"([A-Za-z])_?(\d{1,4})")


def activation_names() -> dict[Activation, str]:
    """Return the name of each activation in the current language."""
    return {
        "identity": tr("Identity"),
        "step": tr("Step"),
        "sigmoid": "Sigmoid",
        "tanh": "Tanh",
        "relu": "ReLU",
        "leaky_relu": "Leaky ReLU",
        "elu": "ELU",
        "softplus": "Softplus",
        "softmax": "Softmax",
    }


def subscript(text: str) -> str:
    """Return `text` with subscript digits."""
    return text.translate(_SUBSCRIPTS)


_UNIT_AFTER = re.compile(r" \([^()]*\)$")


def column_name(name: str) -> str:
    """Return a column's display name: "x1" as x₁, "petal_length_cm" in words."""
    match = _LETTER_AND_NUMBER.fullmatch(name)
    return match[1] + subscript(match[2]) if match else readable(name)


def input_name(feature: Feature, columns: Dataset) -> str:
    """Return an input's name: x₁·x₂, x₁², sin x₁; derived ones have no unit."""
    names = tuple(map(column_name, columns.feature_names))
    if feature.kind != "column":
        names = tuple(_UNIT_AFTER.sub("", name) for name in names)
    return feature_name(feature, names)


def unit_name(at: UnitAt, network: NetworkSpec, data: Dataset) -> str:
    """Return a unit's short name: x₁, h₂, h₂₋₁₁ (layer 2, unit 11), ŷ, or its class.

    Hidden units are named with their layer's number if there is more than one hidden layer.
    """
    last = len(network.layers) - 1
    if at.layer == INPUTS:
        if at.unit < len(data.features):
            return input_name(data.features[at.unit], data.columns)
        name = data.feature_names[at.unit] if at.unit < len(data.feature_names) else ""
        return column_name(name) or f"x{subscript(str(at.unit + 1))}"
    if at.layer == last:
        return _output_name(at.unit, network.layers[last].units, data)
    return hidden_name(at, last)


def hidden_name(at: UnitAt, hidden_layers: int) -> str:
    """Return a hidden unit's short name in a network with `hidden_layers` hidden layers."""
    number = subscript(str(at.unit + 1))
    return f"h{number}" if hidden_layers == 1 else f"h{subscript(str(at.layer + 1))}₋{number}"


def _output_name(unit: int, units: int, data: Dataset) -> str:
    if units == 1:
        return "ŷ"
    names = data.class_names if data.task == "multiclass" else data.target_names
    return names[unit] if unit < len(names) else f"ŷ{subscript(str(unit + 1))}"


def weight_name(at: WeightAt, network: NetworkSpec, data: Dataset) -> str:
    """Return a weight's short name: ``x₁ → h₂``, or ``b → h₂`` for a bias."""
    to = unit_name(UnitAt(at.layer, at.unit), network, data)
    if at.row == network.weight_rows(at.layer):
        return f"b → {to}"
    source = UnitAt(at.layer - 1, int(network.reads(at.layer, at.unit)[at.row]))
    return f"{unit_name(source, network, data)} → {to}"


REGULARISATIONS = ("none", "l1", "l2", "both")


def optimiser_names() -> dict[str, str]:
    """Return the name of each of ``model.experiment.OPTIMISERS``, in order."""
    return {
        "perceptron": tr("Perceptron"),
        "sgd": "SGD",
        "momentum": tr("Momentum"),
        "nesterov": "Nesterov",
        "rmsprop": "RMSProp",
        "adam": "Adam",
        "adamw": "AdamW",
    }


def loss_names() -> dict[str, str]:
    """Return the name of each of ``model.experiment.LOSSES``, in order."""
    return {
        "squared": tr("Squared"),
        "absolute": tr("Absolute"),
        "huber": "Huber",
        "binary_cross_entropy": tr("Cross-entropy"),
        "categorical_cross_entropy": tr("Cross-entropy, classes"),
        "hinge": tr("Hinge"),
        "perceptron": tr("Perceptron"),
    }


def loss_formulas(activation: Activation | None = None) -> dict[str, str]:
    """Return the formula of each of ``model.experiment.LOSSES`` for one output, in order.

    With their sigmoid or softmax, cross-entropies are written with z; with any other output
    `activation`, with a.
    """
    is_binary = is_fused("binary_cross_entropy", activation or "sigmoid")
    is_of_classes = is_fused("categorical_cross_entropy", activation or "softmax")
    binary, classes = "z" if is_binary else "a", "z" if is_of_classes else "a"
    return {
        "squared": "½ (a − t)²",
        "absolute": "|a − t|",
        "huber": tr("½ (a − t)² where |a − t| ≤ 1, else |a − t| − ½"),
        "binary_cross_entropy": f"−t ln p − (1 − t) ln(1 − p), p = σ({binary})",
        "categorical_cross_entropy": f"−t ln p, p = softmax({classes})",
        "hinge": tr("max(0, 1 − s a), s = 1 for class 1, else −1"),
        "perceptron": tr("1 for each mistake of a step unit; of other outputs max(0, −s a)"),
    }


def loss_reduction() -> str:
    """Describe how losses are combined over outputs and rows."""
    return tr("Mean over the rows of a step, summed over the outputs.")


def initialiser_names() -> dict[str, str]:
    """Return the name of each of ``model.experiment.INITIALISERS``, in order."""
    return {
        "zeros": tr("Zeros"),
        "constant": tr("Constant"),
        "uniform": tr("Uniform"),
        "normal": tr("Normal"),
        "xavier": "Xavier",
        "he": "He",
        "lecun": "LeCun",
    }


def schedule_names() -> list[str]:
    """Return the name of each of ``model.experiment.SCHEDULES``, in order."""
    return [
        tr("Constant"),
        tr("Steps"),
        tr("Cosine"),
    ]


def regularisation_names() -> list[str]:
    """Return the name of each of `REGULARISATIONS`."""
    return [tr("None"), "L1", "L2", "L1 + L2"]


def lock_names() -> dict[Lock, str]:
    """Return the name of each lock, for use in a list."""
    return {
        "activation": tr("activations"),
        "batch": tr("batch"),
        "bias": tr("biases on or off"),
        "data": tr("data"),
        "dropout": tr("drop-out"),
        "initialiser": tr("initialiser"),
        "inputs": tr("inputs"),
        "layers": tr("layers"),
        "learning_rate": tr("learning rate"),
        "loss": tr("loss"),
        "optimiser": tr("optimiser"),
        "regularisation": tr("regularisation"),
        "schedule": tr("schedule"),
        "seed": tr("seed"),
        "split": tr("split"),
        "stop": tr("stop rules"),
        "units": tr("units"),
        "weights": tr("weights"),
    }
