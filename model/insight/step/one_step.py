"""One training step on one example, unit by unit: forward, backward and update."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from model import backprop
from model.arrays import Mask
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Activation, Experiment, FloatArray, Progress
from model.experiment.checks import check_columns
from model.initialisers import initialise
from model.insight.step.gradient_check import GradientCheck, check_gradient
from model.insight.step.trace import BatchStep, Trace, next_step, own_slope, trace, trace_unchecked
from model.insight.step.update import Update
from model.losses import is_fused
from model.places import UnitAt
from model.training.optimisers import Optimiser, learning_rate_at

MAX_CHECKED = 1_000_000
"""Maximum number of rows times weights of a step for which the gradient is checked."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitStep:
    """All numbers of one unit.

    Attributes
    ----------
    at
        Place of the unit.
    activation
        Activation of the unit.
    x, weights
        Inputs and their weights, shape (inputs,).
    bias
        Bias, or ``None`` if the unit has none.
    z, a, slope
        Weighted sum, activation, da/dz (for softmax the unit's own, for a step the 0 that the
        perceptron rule ignores).
    dl_da
        dL/da; ``None`` if loss and activation are differentiated jointly.
    parts
        Terms of `dl_da` for a hidden unit: outgoing weights and the blame of the units they lead
        to, shape (2, units); ``None`` for an output.
    blame
        dL/dz.
    old, new
        Weights before and after one optimiser step, with the bias last if there is one; shape
        (rows,).
    gradients
        dL/dw of these weights without penalties, for this example alone.
    applied_gradients
        The gradient that updates the weights, without penalties; may be the mean over the batch.
    pinned
        Rows of pinned weights; row ``inputs`` is the bias.
    """

    at: UnitAt
    activation: Activation
    x: FloatArray
    weights: FloatArray
    bias: float | None
    z: float
    a: float
    slope: float
    dl_da: float | None
    parts: FloatArray | None
    blame: float
    old: FloatArray
    new: FloatArray
    gradients: FloatArray
    applied_gradients: FloatArray
    pinned: frozenset[int]

    def value(self, row: int) -> tuple[float, float, float]:
        """Return a weight's old value, gradient and new value; row ``inputs`` is the bias."""
        return float(self.old[row]), float(self.applied_gradients[row]), float(self.new[row])

    def gradient(self, row: int) -> float:
        """Return dL/dw of this example alone; row ``inputs`` is the bias."""
        return float(self.gradients[row])


@dataclass(frozen=True, slots=True, eq=False)
class OneStep:
    """The effect of one example on a network, or of the trainer's next step on that example.

    Attributes
    ----------
    experiment
        Experiment before the step.
    x, target, outputs
        Inputs, target and outputs of the example before the step.
    mask
        1 for a target that is scored, 0 for a don't-care, whose `target` is meaningless; shape
        (outputs,).
    loss, loss_after
        Loss of this example alone before and after, summed over outputs, without penalties.
    outputs_after
        Outputs after the step.
    rate
        Learning rate of the step.
    batch
        The trainer's next step if it updates the weights; ``None`` if this example alone does.
    refusal
        The reason why training is impossible, so that only the forward pass is meaningful.
    """

    experiment: Experiment
    x: FloatArray
    target: FloatArray
    mask: FloatArray
    outputs: FloatArray
    loss: float
    outputs_after: FloatArray
    loss_after: float
    rate: float
    batch: BatchStep | None
    refusal: ModelError | None
    _single: Dataset
    _dataset: Dataset
    _trace: Trace

    @property
    def is_finite(self) -> bool:
        """Whether every sum and the loss are finite."""
        return bool(np.isfinite(self.loss)) and all(np.isfinite(z).all() for z in self._trace.z)

    @property
    def counts(self) -> bool:
        """Whether the example has a target; without one, nothing is learned from it."""
        return bool(self.mask.any())

    def is_dont_care(self, at: UnitAt) -> bool:
        """Return whether a unit is an output without a target."""
        is_output = at.layer == len(self.experiment.network.layers) - 1
        return is_output and self.mask[at.unit] == 0.0

    def unit(self, at: UnitAt) -> UnitStep:
        """Return the numbers of a unit other than an input."""
        found, layer = self._trace, self.experiment.network.layers[at.layer]
        x, weights = found.terms(at.layer, at.unit)
        dl_da, parts = self._back(at)
        moving = self.update.term("gradient")
        assert isinstance(moving, np.ndarray)
        network = self.experiment.network
        start, (rows, units) = network.place(at.layer, 0, at.unit), network.shapes[at.layer]
        step = found if self.batch is None else self.batch

        def column(weights: tuple[FloatArray, ...], biases: tuple[FloatArray, ...]) -> FloatArray:
            into = weights[at.layer][:, at.unit]
            return np.append(into, biases[at.layer][at.unit]) if layer.use_bias else into

        return UnitStep(
            at=at,
            activation=layer.activation,
            x=x,
            weights=weights,
            bias=float(found.biases[at.layer][at.unit]) if layer.use_bias else None,
            z=float(found.z[at.layer][at.unit]),
            a=float(found.a[at.layer][at.unit]),
            slope=own_slope(found.slopes[at.layer], at.unit)
            if layer.activation_kind.has_slope
            else 0.0,
            dl_da=dl_da,
            parts=parts,
            blame=float(found.deltas[at.layer][at.unit]),
            old=column(found.weights, found.biases),
            new=column(step.new_weights, step.new_biases),
            gradients=column(found.weight_gradients, found.bias_gradients),
            applied_gradients=moving[start : start + rows * units : units],
            pinned=frozenset(row for row, unit in layer.pinned if unit == at.unit),
        )

    @property
    def update(self) -> Update:
        """Every number of the optimiser's step."""
        return self._trace.update if self.batch is None else self.batch.update

    def experiment_after(self) -> Experiment:
        """Return the experiment after a step on this example alone.

        The epoch is unchanged; the optimiser state includes the gradient.
        """
        old, found = self.experiment, self._trace
        progress, taken = old.progress or Progress(), found.update.term("taken")
        gradient = found.update.term("gradient") if taken is None else taken
        assert isinstance(gradient, np.ndarray)
        rule, theta = old.training.optimiser, np.zeros_like(gradient)
        optimiser = Optimiser(rule, theta, gradient, progress.slots, progress.step)
        optimiser.step()
        return replace(
            old,
            network=old.network.with_weights(found.new_weights, found.new_biases),
            progress=replace(progress, step=progress.step + 1, slots=optimiser.slots),
        )

    def terms(self, at: UnitAt, row: int) -> dict[str, float]:
        """Return the terms of a weight's new value, see :class:`Update`."""
        return self.update.at(self.experiment.network, at.layer, row, at.unit)

    def kept(self, at: UnitAt) -> FloatArray | None:
        """Return the unit's dropout factor in each row of the batch.

        ``None`` if dropout does not affect the unit.
        """
        if self.batch is None or at.layer >= len(self.batch.kept):
            return None
        kept = self.batch.kept[at.layer]
        return None if kept is None else kept[:, at.unit]

    def check(self, at: UnitAt, row: int) -> GradientCheck | None:
        """Check the dL/dw used for updating a weight against central differences.

        ``None`` if dropout makes every evaluation different, or if the check would take too long.
        """
        data, batch = self._single, self.batch
        if (1 if batch is None else len(batch.rows)) * self.update.weights.size > MAX_CHECKED:
            return None
        if batch is not None:
            if any(kept is not None for kept in batch.kept):
                return None
            data, chosen = self._dataset, list(batch.rows)
            mask = None if data.mask_train is None else data.mask_train[chosen]
            data = with_rows(data, data.x_train[chosen], data.y_train[chosen], mask)
        plain = replace(self.experiment.training, l1=0.0, l2=0.0)
        experiment = replace(self.experiment, training=plain)
        with np.errstate(all="ignore"):
            return check_gradient(experiment, at.layer, row, at.unit, dataset=data)

    def _back(self, at: UnitAt) -> tuple[float | None, FloatArray | None]:
        """Return dL/da of a unit, and the terms of its sum."""
        layers = self.experiment.network.layers
        if at.layer < len(layers) - 1:
            parts = np.stack(self._trace.terms_back(at.layer, at.unit))
            with np.errstate(all="ignore"):
                return float((parts[0] * parts[1]).sum()), parts
        if is_fused(self.experiment.training.loss, layers[-1].activation):
            return None, None
        return float(self._trace.loss_slopes[at.layer][at.unit]), None


def with_rows(data: Dataset, x: FloatArray, y: FloatArray, mask: Mask) -> Dataset:
    """Return data with only these training rows."""
    return dataclasses.replace(
        data,
        x_train=x,
        y_train=y,
        mask_train=mask,
        x_test=x[:0],
        y_test=y[:0],
        mask_test=None,
        table_x=None,
        table_y=None,
        table_mask=None,
        rows_train=None,
        rows_test=None,
    )


def one_step(
    experiment: Experiment,
    dataset: Dataset,
    x: FloatArray,
    target: FloatArray,
    mask: Mask = None,
    *,
    of_batch: bool = False,
) -> OneStep:
    """Make one optimiser step on one example, as :func:`trace` shows it.

    Parameters
    ----------
    experiment
        Experiment, computed in float64 without dropout; missing weights are drawn.
    dataset
        Data set that provides the example's names and task.
    x, target
        Shapes (inputs,) and (outputs,).
    mask
        1 for a target that is scored, shape (outputs,); ``None`` if all are.
    of_batch
        Whether the step is the trainer's next one, on its whole batch.

    Raises
    ------
    ModelError
        Any error that training would raise, except for activations that cannot be trained.
    """
    if any(layer.weights is None or layer.biases is None for layer in experiment.network.layers):
        experiment = initialise(experiment)
    single = with_rows(
        dataset,
        np.asarray(x, float)[None],
        np.asarray(target, float)[None],
        None if mask is None else np.asarray(mask, float)[None],
    )
    with np.errstate(all="ignore"):  # weights so large that sums overflow are shown as they are
        found, refusal = _traced(experiment, single)
    batch = next_step(experiment, dataset) if of_batch and refusal is None else None
    step = found if batch is None else batch
    after = experiment.network.with_weights(step.new_weights, step.new_biases)
    with np.errstate(all="ignore"):
        outputs = backprop.forward(after, single.x_train)[-1]
        loss, _ = backprop.loss(
            experiment.training.loss,
            after.layers[-1].activation,
            outputs,
            single.y_train,
            single.mask_train,
        )
    epoch = 0 if experiment.progress is None else experiment.progress.epoch
    training = experiment.training
    return OneStep(
        experiment=experiment,
        x=found.x,
        target=found.target,
        mask=found.mask,
        outputs=found.a[-1],
        loss=found.loss,
        outputs_after=outputs.a[0],
        loss_after=loss,
        rate=learning_rate_at(training.learning_rate, training.schedule, epoch),
        batch=batch,
        refusal=refusal,
        _single=single,
        _dataset=dataset,
        _trace=found,
    )


def _traced(experiment: Experiment, single: Dataset) -> tuple[Trace, ModelError | None]:
    """Return the example's trace, and the error that limits it to its forward pass, if any."""
    try:
        return trace(experiment, 0, single), None
    except ModelError as error:
        if error.code not in ("training.step_gradient", "training.perceptron_layers"):
            raise
        check_columns(experiment, single)
        return trace_unchecked(experiment, 0, single), error
