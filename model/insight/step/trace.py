"""The microscope: every number of one example's training step.

The formulas are those of :mod:`model.backprop`, in float64 whatever the network trains in, and of
:mod:`model.insight.step.update`.

What really moves the weights is the mean over a batch: :class:`BatchStep` is the trainer's next
step, made by the code that trains.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from model.backprop import backward, forward, loss, output_slope, slope
from model.data import Dataset, build_dataset
from model.data.scaling import as_in_table
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, Progress
from model.experiment.checks import check_experiment, check_fit
from model.initialisers import initialise
from model.insight.step.update import Update, split_layers, work_out_update
from model.network import Parameters
from model.training.learner import Learner
from model.training.optimisers import learning_rate_at

_Arrays = tuple[FloatArray, ...]


class BatchStep(Struct, frozen=True, eq=False):
    """The trainer's next step.

    Attributes
    ----------
    rows
        The training rows that it takes, counted from 0, in their order.
    loss
        Before the step: mean over rows, sum over outputs, without penalties.
    weight_gradients, bias_gradients
        dL/dW, shape (inputs, units), and dL/db, shape (units,), one a layer, of that mean with the
        penalties and with the drop-out that this step draws; pinned weights have theirs, and
        nothing is clipped.
    kept
        For each hidden layer what drop-out multiplies its activations by, shape (rows, units): 0
        where one is dropped. ``None`` where the layer drops nothing.
    update
        Every number of the optimiser's step, in float64.
    new_weights, new_biases
        After the step, as the trainer computes it, in its precision.
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
    """All numbers of one example by itself, without penalties or drop-out.

    Attributes
    ----------
    experiment, dataset
        What was traced, with all its weights.
    row
        Which row, as :func:`trace` takes it.
    raw
        The row in the units of the data, a word where the table has one; shape (columns,).
    x, target, mask
        What the first layer gets, shape (inputs,); what is wanted, and 0 where any answer will do
        (else 1), both of shape (outputs,).
    z, a
        Weighted sums and activations, one array of shape (units,) a layer.
    loss_slopes
        dL/da, one array of shape (units,) a layer.
    slopes
        da/dz, one array of shape (units,) a layer; softmax's is (units, units) with da_i/dz_j at
        i, j. For a step output the 1 that the perceptron rule puts in the place of its slope of 0.
    deltas
        dL/dz, one array of shape (units,) a layer.
    loss
        Of this row alone, summed over the outputs that count.
    weights, biases
        Before the step, shapes (inputs, units) and (units,), one a layer.
    weight_gradients, bias_gradients
        dL/dW and dL/db, of the same shapes.
    update
        What the optimiser as it stands, with its memory, would make of this gradient; clipped where
        the settings clip. Pinned weights stay.
    new_weights, new_biases
        After that update.
    loss_after, outputs_after
        What the row then gives; the outputs have the shape (outputs,).
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
        """Return the terms of a weighted sum without its bias: values and their factors."""
        values, w = self.a[layer - 1] if layer else self.x, self.weights[layer]
        read = values[self.experiment.network.reads(layer, unit)]
        return read, w[:, unit] if len(w) else np.ones(len(read))

    def terms_back(self, layer: int, unit: int) -> tuple[FloatArray, FloatArray]:
        """Return the terms of dL/da of a hidden unit: factors and the dL/dz of each."""
        rows, readers = self.experiment.network.readers(layer, unit)
        w = self.weights[layer + 1]
        return w[rows, readers] if len(w) else np.ones(len(rows)), self.deltas[layer + 1][readers]


def trace(experiment: Experiment, row: int, dataset: Dataset | None = None) -> Trace:
    """Trace one row forward, backward and through the update.

    Parameters
    ----------
    experiment
        Missing weights are drawn; it may have been trained.
    row
        Which row, counted from 0: of the truth table where there is one, else of the training rows
        and, after those, of the test rows.
    dataset
        Its data, where they were built before.

    Returns
    -------
    Trace
        Every number of that row, and the trainer's next step.

    Raises
    ------
    ModelError
        Code ``trace.no_row``, and what training it would raise.
    """
    check_experiment(experiment)
    data = build_dataset(experiment) if dataset is None else dataset
    check_fit(experiment, data)
    return trace_unchecked(experiment, row, data)


def trace_unchecked(experiment: Experiment, row: int, data: Dataset) -> Trace:
    """Trace one row without checking that the network can be trained.

    Where it cannot, what comes back and the update say nothing.
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
        update = work_out_update(
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
    """Return a row of scaled columns in the units of its table."""
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
            raw.append(as_in_table(float(x[column]), *data.x_unit(column)))
            column += 1
    return tuple(raw)


def next_step(experiment: Experiment, data: Dataset) -> BatchStep:
    """Return the next step of this experiment's trainer."""
    training, progress = experiment.training, experiment.progress or Progress()
    learner, parameters = Learner(experiment, data), Parameters(experiment.network)
    np.copyto(parameters.flat, learner.theta)  # as its precision has them
    with np.errstate(all="ignore"):
        rate = learning_rate_at(training.learning_rate, training.schedule, learner.epoch)
        parts = learner.advance_apart()
    update = work_out_update(
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
    """Return da/dz of one unit; for softmax the diagonal element."""
    return float(slopes[unit, unit] if slopes.ndim == 2 else slopes[unit])
