"""Fit a network to arrays and predict rows, both in the units of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.data.arrays import dataset as dataset_of_arrays
from model.data.cache import dataset_of
from model.data.dataset import Dataset
from model.data.derived import derive
from model.data.scaling import to_data_units, to_scaled
from model.defaults import default_experiment
from model.experiment import Experiment, FloatArray, NetworkSpec
from model.network import Network, as_input_rows
from model.training.trainer import train

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def fit(
    x: ArrayLike,
    y: ArrayLike,
    *,
    hidden: tuple[int, ...] | None = None,
    epochs: int | None = None,
    seed: int = 0,
) -> Experiment:
    """Train a suitable network on arrays.

    Parameters
    ----------
    x, y
        Inputs, shape (rows, features), and targets, shape (rows,) or (rows, targets), as for
        :func:`model.dataset`; a fifth of the rows is held out for testing.
    hidden
        Units of each hidden layer; ``()`` for none.
    epochs
        Number of epochs.
    seed
        Seed of the split and of the initial weights.

    Returns
    -------
    Experiment
        Trained experiment, ready for :func:`predict`.

    Raises
    ------
    ModelError
        As :func:`model.dataset` and :func:`model.train`.
    """
    data = dataset_of_arrays(x, y, seed=seed)
    return train(default_experiment(data, hidden=hidden, seed=seed), epochs=epochs)


def predict(experiment: Experiment, rows: ArrayLike, dataset: Dataset | None = None) -> FloatArray:
    """Return answers for rows of an experiment's data, as its exported ONNX file does.

    Parameters
    ----------
    experiment
        Experiment with weights; missing ones are drawn.
    rows
        Shape (rows, columns), or (columns,) for one row: unscaled numbers as in the table, with one
        0/1 column per word for a column of words; see ``feature_names`` of the data set.
    dataset
        The experiment's data if already built; needed for scaling and derived inputs.

    Returns
    -------
    numpy.ndarray
        Shape (rows, outputs): class probabilities, or values in the units of the targets.

    Raises
    ------
    ModelError
        Code ``network.input_shape``, or if the data cannot be generated or read.
    """
    data = dataset_of(experiment) if dataset is None else dataset
    columns = data.columns
    x = as_input_rows(NetworkSpec(columns.inputs, ()), rows)
    inputs = derive(data.features, to_scaled(x, columns.x_offset, columns.x_spread))
    return to_data_units(Network.of(experiment).forward(inputs), data.y_offset, data.y_spread)
