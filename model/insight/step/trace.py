"""The microscope: every number of one example's training step.

The formulas are those of :mod:`model.backprop`, in float64 whatever the precision of training, and
of :mod:`model.insight.step.update`.

Actual weight updates use the mean over a batch: :class:`BatchStep` is the trainer's next step,
computed by the training code itself.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from model.backprop import backward, forward, loss, output_slope, slope
from model.data import Dataset, build_dataset
from model.data.scaling import shortest_unscaled
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, Progress
from model.experiment.checks import check_experiment, check_fit
from model.initialisers import initialise
from model.insight.step.update import Update, compute_update, split_layers
from model.network import Parameters
from model.training.learner import Learner
from model.training.optimisers import learning_rate_at

_Arrays = tuple[FloatArray, ...]


class BatchStep(Struct, frozen=True, eq=False):
    """The trainer's next step.

    Attributes
    ----------
    rows
        Indices of the training rows in the batch, from 0, in their order.
    loss
        Loss before the step: mean over rows, sum over outputs, without penalties.
    weight_gradients, bias_gradients
        dL/dW, shape (inputs, units), and dL/db, shape (units,), per layer, of the mean loss with
        penalties and with this step's dropout; pinned weights included, before clipping.
    kept
        Dropout factors of each hidden layer's activations, shape (rows, units): 0 for a dropped
        unit. ``None`` for layers without dropout.
    update
        Every number of the optimiser's step, in float64.
    new_weights, new_biases
        Parameters after the step, as computed by the trainer, in its precision.
    """

    rows: tuple[int, ...]
    loss: float
    weight_gradients: _Arrays
    bias_gradients: _Arrays
    kept: tuple[FloatArray | None, ...]
    update: Update
    new_weights: _Arrays
    new_biases: _Arrays


class Trace(Struct, frozen=True, eq=False, dict=True):
    """All numbers of a single example, without penalties or dropout.

    Attributes
    ----------
    experiment, dataset
        The traced experiment, with all its weights, and its data.
    row
        Index of the row, as for :func:`trace`.
    raw
        The row in the units of the data, with words as in the table; shape (columns,).
    x, target
        Inputs of the first layer, shape (inputs,), and targets, shape (outputs,).
    mask
        1 for a target that is scored, 0 for a don't-care; shape (outputs,).
    z, a
        Weighted sums and activations, one array of shape (units,) per layer.
    loss_slopes
        dL/da, one array of shape (units,) per layer.
    slopes
        da/dz, one array of shape (units,) per layer; softmax's is (units, units) with da_i/dz_j at
        i, j. For a step output, 1, which the perceptron rule uses instead of the true slope of 0.
    deltas
        dL/dz, one array of shape (units,) per layer.
    loss
        Loss of this row alone, summed over the outputs that are scored.
    weights, biases
        Parameters before the step, shapes (inputs, units) and (units,), per layer.
    weight_gradients, bias_gradients
        dL/dW and dL/db, in the same shapes.
    update
        The optimiser's step for this gradient, given its current state; clipped if the settings
        clip. Pinned weights do not change.
    new_weights, new_biases
        Parameters after that update.
    loss_after, outputs_after
        Loss and outputs of the row after the update; the outputs have shape (outputs,).
    """

    experiment: Experiment
    dataset: Dataset
    row: int
    raw: tuple[float | str, ...]
    x: FloatArray
    target: FloatArray
    mask: FloatArray
    z: _Arrays
    a: _Arrays
    loss_slopes: _Arrays
    slopes: _Arrays
    deltas: _Arrays
    loss: float
    weights: _Arrays
    biases: _Arrays
    weight_gradients: _Arrays
    bias_gradients: _Arrays
    update: Update
    new_weights: _Arrays
    new_biases: _Arrays
    loss_after: float
    outputs_after: FloatArray

    @cached_property
    def batch(self) -> BatchStep:
        """The trainer's next step, on the whole batch."""
        return next_step(self.experiment, self.dataset)

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The names of the inputs, then of each layer's units."""
        layers = self.experiment.network.layers
        names = [self.dataset.feature_names]
        for number, layer in enumerate(layers[:-1], start=1):
            prefix = "h" if len(layers) == 2 else f"h{number}."
            names.append(tuple(f"{prefix}{unit + 1}" for unit in range(layer.units)))
        return (*names, self.dataset.target_names)

    def terms(self, layer: int, unit: int) -> tuple[FloatArray, FloatArray]:
        """Return the terms of a weighted sum without its bias: inputs and their weights."""
        values, w = self.a[layer - 1] if layer else self.x, self.weights[layer]
        read = values[self.experiment.network.reads(layer, unit)]
        return read, w[:, unit] if len(w) else np.ones(len(read))

    def terms_back(self, layer: int, unit: int) -> tuple[FloatArray, FloatArray]:
        """Return the terms of dL/da of a hidden unit: weights and the dL/dz of each."""
        rows, readers = self.experiment.network.readers(layer, unit)
        w = self.weights[layer + 1]
        return w[rows, readers] if len(w) else np.ones(len(rows)), self.deltas[layer + 1][readers]


def trace(experiment: Experiment, row: int, dataset: Dataset | None = None) -> Trace:
    """Trace one row forward, backward and through the update.

    Parameters
    ----------
    experiment
        Experiment, trained or not; missing weights are drawn.
    row
        Index from 0: in the truth table if there is one, otherwise in the training rows followed by
        the test rows.
    dataset
        The experiment's data if already built.

    Returns
    -------
    Trace
        Every number of that row, and the trainer's next step.

    Raises
    ------
    ModelError
        Code ``trace.no_row``, and any error that training would raise.
    """
    check_experiment(experiment)
    data = build_dataset(experiment) if dataset is None else dataset
    check_fit(experiment, data)
    return trace_unchecked(experiment, row, data)


def trace_unchecked(experiment: Experiment, row: int, data: Dataset) -> Trace:
    """Trace one row without checking that the network can be trained.

    If it cannot, the backward pass and the update are meaningless.
    """
    made = initialise(experiment)
    x, target, mask = _row_of(data, row)
    columns = _row_of(data.columns, row)[0]
    network, training = made.network, made.training
    parameters = Parameters(network)
    progress = made.progress or Progress()
    with np.errstate(all="ignore"):
        passed = forward(network, x)
        last = network.layers[-1].activation
        at = training.slope_at
        value, delta = loss(training.loss, last, passed[-1], target, mask, at)
        gradients = backward(network, x, passed, delta, at)
        slopes = tuple(
            slope(layer.activation, one.z if at == "z" else one.a)[0]
            for layer, one in zip(network.layers, passed, strict=True)
        )
        weights, biases = split_layers(parameters.flat, parameters)
        loss_slopes = [one.read[0] for one in gradients[1:]]
        loss_slopes.append(output_slope(training.loss, last, passed[-1], target, mask)[0])
        flat = np.empty_like(parameters.flat)
        for place, gradient in zip(split_layers(flat, parameters)[0], gradients, strict=True):
            place[...] = gradient.weights
        for place, gradient in zip(split_layers(flat, parameters)[1], gradients, strict=True):
            place[...] = gradient.biases
        update = compute_update(
            training,
            parameters,
            flat,
            rate=learning_rate_at(training.learning_rate, training.schedule, progress.epoch),
            averages=progress.slots,
            steps=progress.step,
            penalised=False,
        )
        new_weights, new_biases = split_layers(update.weights, parameters)
        after = forward(network.with_weights(new_weights, new_biases), x)
        value_after = loss(training.loss, last, after[-1], target, mask)[0]
    return Trace(
        experiment=made,
        dataset=data,
        row=row,
        raw=_raw(data.columns, columns[0]),
        x=x[0],
        target=target[0],
        mask=mask[0],
        z=tuple(one.z[0] for one in passed),
        a=tuple(one.a[0] for one in passed),
        loss_slopes=tuple(loss_slopes),
        slopes=slopes,
        deltas=tuple(one.delta[0] for one in gradients),
        loss=value,
        weights=weights,
        biases=biases,
        weight_gradients=tuple(one.weights for one in gradients),
        bias_gradients=tuple(one.biases for one in gradients),
        update=update,
        new_weights=new_weights,
        new_biases=new_biases,
        loss_after=value_after,
        outputs_after=after[-1].a[0],
    )


# -- What is traced --------------------------------------------------------------------------------


def _row_of(data: Dataset, row: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return inputs, targets and mask of one row, shape (1, columns) each."""
    found = data.row(row)
    if found is None:
        raise ModelError(
            "trace.no_row",
            "There is no row {row}; the rows are 1 to {last}.",
            row=row + 1,
            last=sum(len(x) for x, _, _ in data.rows_by_number),
        )
    x, y = (np.asarray(part, np.float64)[None] for part in found)
    return x, y, np.asarray(data.mask_at([row]), np.float64)


def _raw(data: Dataset, x: FloatArray) -> tuple[float | str, ...]:
    """Return a row of scaled columns converted to the units of its table."""
    categories = list(data.categories)
    raw: list[float | str] = []
    column = 0
    while column < len(x):
        if categories and data.feature_names[column] == "=".join(
            (categories[0][0], categories[0][1][0])
        ):
            words = categories.pop(0)[1]
            raw.append(words[int(x[column : column + len(words)].argmax())])
            column += len(words)
        else:
            raw.append(shortest_unscaled(float(x[column]), *data.x_scaling(column)))
            column += 1
    return tuple(raw)


def next_step(experiment: Experiment, data: Dataset) -> BatchStep:
    """Return the trainer's next step for this experiment."""
    training, progress = experiment.training, experiment.progress or Progress()
    learner, parameters = Learner(experiment, data), Parameters(experiment.network)
    np.copyto(parameters.flat, learner.theta)  # as its precision has them
    with np.errstate(all="ignore"):
        rate = learning_rate_at(training.learning_rate, training.schedule, learner.epoch)
        parts = learner.step_with_parts()
    update = compute_update(
        training,
        parameters,
        parts.gradient.astype(np.float64),
        rate=rate,
        averages=progress.slots,
        steps=progress.step,
    )
    gradients = split_layers(parts.penalised.astype(np.float64), parameters)
    new_weights, new_biases = split_layers(learner.theta.astype(np.float64), parameters)
    return BatchStep(
        rows=parts.rows,
        loss=parts.loss,
        weight_gradients=gradients[0],
        bias_gradients=gradients[1],
        kept=parts.kept,
        update=update,
        new_weights=new_weights,
        new_biases=new_biases,
    )


def own_slope(slopes: FloatArray, unit: int) -> float:
    """Return da/dz of one unit; for softmax, the diagonal element."""
    return float(slopes[unit, unit] if slopes.ndim == 2 else slopes[unit])
