"""The shape of data, known without their rows: sizes, names and the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from foundation.text import Names
from model.data.dataset import Dataset, Task
from model.data.derived import feature_name, features_of

if TYPE_CHECKING:
    from model.experiment import Experiment

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class DataShape(Struct, frozen=True):
    """The columns of a data set, which split, seed and scaling do not change.

    Attributes
    ----------
    inputs, outputs
        Number of features and of targets.
    task
        The task, as in :class:`model.data.Dataset`.
    feature_names, target_names, class_names
        As in :class:`model.data.Dataset`.
    """

    inputs: int
    outputs: int
    task: Task
    feature_names: Names
    target_names: Names
    class_names: Names = ()


def shape_of(dataset: Dataset) -> DataShape:
    """Return the shape of a data set."""
    return DataShape(
        dataset.inputs,
        dataset.outputs,
        dataset.task,
        dataset.feature_names,
        dataset.target_names,
        dataset.class_names,
    )


def input_names(count: int) -> tuple[str, ...]:
    """Return x₁, x₂, ... for unnamed inputs."""
    return tuple(f"x{i + 1}".translate(_LOWERED) for i in range(count))


def output_names(count: int) -> tuple[str, ...]:
    """Return y for one unnamed output, y₁, y₂, ... for several."""
    return ("y",) if count == 1 else tuple(f"y{i + 1}".translate(_LOWERED) for i in range(count))


def derived_shape(shape: DataShape, features: Names) -> DataShape:
    """Return the shape of data whose inputs are derived from the columns of `shape`.

    Raises
    ------
    ModelError
        Code ``features.column``.
    """
    if not features:
        return shape
    found = features_of(features, shape.feature_names)
    names = tuple(feature_name(feature, shape.feature_names) for feature in found)
    return replace(shape, inputs=len(names), feature_names=names)


def shape_for_network(experiment: Experiment) -> DataShape:
    """Infer the shape of a network's data from its layers.

    Notes
    -----
    Softmax outputs are classes, identity outputs are values, all others are yes/no answers.
    """
    network = experiment.network
    last = network.layers[-1]
    task: Task = "binary" if last.units == 1 else "multilabel"
    if last.activation == "softmax":
        task = "multiclass"
    elif last.activation == "identity":
        task = "regression"
    outputs = tuple(f"y{k + 1}" for k in range(last.units))
    return DataShape(
        network.inputs,
        last.units,
        task,
        experiment.features or tuple(f"x{k + 1}" for k in range(network.inputs)),
        outputs,
        outputs if task == "multiclass" else (),
    )


def empty_dataset(shape: DataShape) -> Dataset:
    """Return a data set with columns but no rows, to show while loading."""
    x, y = np.zeros((0, shape.inputs)), np.zeros((0, shape.outputs))
    return Dataset(
        x, y, x, y, shape.feature_names, shape.target_names, shape.class_names, shape.task
    )
