"""How far two ways of computing the same epoch may lie apart: forward error bounds, carried along.

A :class:`Near` is a computed array and a bound of its distance from what exact arithmetic would
give, in whatever order the sums were taken. With the unit roundoff u and gamma(n) = n u / (1 - n u)
(Higham, eq. 3.4 and 3.13): a sum of n products is within gamma(n) times the sum of their absolute
values; an operation within u of its result; and NumPy holds its functions to 4 units in the last
place, that is 8 u. Two computed results of one expression are then at most twice the bound apart.
What an input is off by goes through a function times the function's largest slope.

References
----------
Higham (2002), Accuracy and Stability of Numerical Algorithms, sections 3.1 to 3.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.data import build_dataset
from model.experiment import Experiment, LayerSpec
from model.randomness import streams

FUNCTION_ULPS = 4.0


class Near:
    """An array that may be off by at most `error`, elementwise."""

    def __init__(self, value: np.ndarray, error: np.ndarray | float = 0.0) -> None:
        self.value = value
        self.error = np.broadcast_to(error, value.shape)
        self.u = float(np.finfo(value.dtype).eps) / 2.0

    def _rounded(self, value: np.ndarray, error: np.ndarray, roundings: float = 1.0) -> Near:
        return Near(value, error + roundings * self.u * np.abs(value))

    def __add__(self, other: Near) -> Near:
        return self._rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Near) -> Near:
        return self._rounded(self.value - other.value, self.error + other.error)

    def __mul__(self, other: Near) -> Near:
        error = np.abs(self.value) * other.error + self.error * (np.abs(other.value) + other.error)
        return self._rounded(self.value * other.value, error)

    def __truediv__(self, other: Near) -> Near:
        value = self.value / other.value
        error = (self.error + np.abs(value) * other.error) / (np.abs(other.value) - other.error)
        return self._rounded(value, error)

    def __matmul__(self, other: Near) -> Near:
        count = self.value.shape[-1] * self.u
        mine, theirs = np.abs(self.value), np.abs(other.value)
        error = mine @ other.error + self.error @ (theirs + other.error)
        return Near(self.value @ other.value, error + count / (1.0 - count) * (mine @ theirs))

    @property
    def T(self) -> Near:
        return Near(self.value.T, self.error.T)

    def times(self, factor: float, roundings: float = 2.0) -> Near:
        """Multiply by a constant that is itself rounded."""
        return self._rounded(self.value * factor, self.error * abs(factor), roundings)

    def through(
        self, function: Callable[[np.ndarray], np.ndarray], slope: float, functions: float = 1.0
    ) -> Near:
        """Apply a function of at most this slope that is made of so many of NumPy's."""
        roundings = 2.0 * FUNCTION_ULPS * functions
        return self._rounded(function(self.value), slope * self.error, roundings)

    def root(self) -> Near:
        """Return the square root; at 0 its slope has no bound, so the error is its own root's."""
        value = np.sqrt(self.value)
        below = np.sqrt(np.maximum(self.value - self.error, 0.0))
        with np.errstate(invalid="ignore"):
            error = np.where(self.error > 0.0, self.error / (value + below), 0.0)
        return self._rounded(value, error)

    def sign(self) -> np.ndarray:
        """Return the sign; the bound has to leave no doubt about it."""
        assert (np.abs(self.value) > self.error).all() or not self.error.any()
        return np.sign(self.value)

    def rows(self, chosen: slice | np.ndarray) -> Near:
        return Near(self.value[chosen], self.error[chosen])


def _activate(layer: LayerSpec, z: Near) -> tuple[Near, Near]:
    """Return a hidden layer's activations and their slopes, as `model.activations` has them."""
    one = Near(np.ones_like(z.value))
    if layer.activation == "tanh":
        a = z.through(np.tanh, 1.0)
        return a, one - a * a
    if layer.activation == "relu":
        on = z.sign() > 0
        return Near(z.value * on, z.error * on), Near(on.astype(z.value.dtype))
    if layer.activation == "elu":
        a = z.through(lambda v: np.where(v > 0, v, np.expm1(np.minimum(v, 0.0))), 1.0)
        return a, a.through(lambda v: np.minimum(v, 0.0) + 1.0, 1.0, 0.25)
    assert layer.activation == "softplus"
    a = z.through(lambda v: np.logaddexp(0.0, v), 1.0, 2.5)
    return a, a.through(lambda v: -np.expm1(-v), 1.0)


def _delta(experiment: Experiment, z: Near, t: np.ndarray) -> Near:
    """Return dL/dz of the output layer, not yet divided by the rows."""
    targets = Near(t.astype(z.value.dtype))
    loss = experiment.training.loss
    if loss == "binary_cross_entropy":
        # s - t of a sigmoid s, by exp, log1p and expm1, none of which magnifies a relative error.
        distance = (z.through(lambda v: 1.0 / (1.0 + np.exp(-v)), 0.25, 0.0) - targets).value
        return Near(distance, 0.25 * z.error + 8.0 * 3.5 * z.u * np.abs(distance))
    if loss == "categorical_cross_entropy":
        shifted = z.value - z.value.max(axis=1, keepdims=True)
        p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        # |dp_i| <= 2 p_i (1 - p_i) max |dz|; exp above and below the line, of a rounded difference.
        relative = z.u * (16.0 + 2.0 * np.abs(shifted).max(axis=1, keepdims=True) + p.shape[1] + 1)
        return Near(p, 0.5 * z.error.max(axis=1, keepdims=True) + relative * p) - targets
    assert loss == "huber"
    return (z - targets).through(lambda v: np.clip(v, -1.0, 1.0), 1.0, 0.0)


class _Optimiser:
    """The step of each optimiser, with what it remembers."""

    def __init__(self, experiment: Experiment, weights: list[Near]) -> None:
        self.training = experiment.training
        self.first = [Near(np.zeros_like(w.value)) for w in weights]
        self.second = list(self.first)
        self.steps = 0

    def change(self, index: int, g: Near) -> Near:
        spec, rate = self.training.optimiser, self.training.learning_rate
        if spec.name == "sgd":
            return g.times(rate, 1.0)
        epsilon = Near(np.full_like(g.value, spec.epsilon))
        rest = 1.0 - spec.beta2
        self.second[index] = self.second[index].times(spec.beta2) + (g * g).times(rest)
        if spec.name == "rmsprop":
            return (g / (self.second[index].root() + epsilon)).times(rate)
        assert spec.name == "adam"
        self.first[index] = self.first[index].times(spec.beta1) + g.times(1.0 - spec.beta1)
        # Powers, roots and quotients of constants: a dozen roundings each way.
        m = self.first[index].times(1.0 / (1.0 - spec.beta1**self.steps), 12.0)
        s = self.second[index].times(1.0 / (1.0 - spec.beta2**self.steps), 12.0)
        return (m / (s.root() + epsilon)).times(rate)


def _extended(a: Near, layer: LayerSpec) -> Near:
    """Return `a` with the column of ones that a layer with biases reads."""
    if not layer.use_bias:
        return a
    ones = np.ones((len(a.value), 1), a.value.dtype)
    return Near(np.hstack((a.value, ones)), np.hstack((a.error, 0.0 * ones)))


def _gradients(
    experiment: Experiment, weights: list[Near], x: np.ndarray, t: np.ndarray
) -> list[Near]:
    """Return the gradients of one batch, shape (inputs + 1, units) each."""
    layers = experiment.network.layers
    a, reads, slopes = Near(x), [], []
    for layer, matrix in zip(layers, weights, strict=True):
        reads.append(_extended(a, layer))
        z = reads[-1] @ matrix
        if layer is not layers[-1]:
            a, slope = _activate(layer, z)
            slopes.append(slope)
    delta = _delta(experiment, z, t).times(1.0 / len(x))
    found = [reads[-1].T @ delta]
    for index in range(len(layers) - 2, -1, -1):
        following = weights[index + 1].rows(slice(layers[index].units))
        delta = (delta @ following.T) * slopes[index]
        found.insert(0, reads[index].T @ delta)
    return found


def _penalised(experiment: Experiment, weights: list[Near], gradients: list[Near]) -> list[Near]:
    """Add the gradients of the penalties; biases have none."""
    training, found = experiment.training, []
    for layer, w, g in zip(experiment.network.layers, weights, gradients, strict=True):
        counts = np.ones_like(w.value)
        if layer.use_bias:
            counts[-1] = 0.0
        if training.l2:
            g += (w * Near(counts)).times(training.l2, 1.0)
        if training.l1:
            signs = np.where(counts > 0, np.sign(w.value), 0.0)
            assert (np.abs(w.value)[counts > 0] > w.error[counts > 0]).all()
            g += Near(signs).times(training.l1, 1.0)
        found.append(g)
    return found


def _held(experiment: Experiment, gradients: list[Near]) -> list[Near]:
    """Clear the gradients of pinned weights, and clip what is left."""
    found = []
    for layer, g in zip(experiment.network.layers, gradients, strict=True):
        free = np.ones_like(g.value)
        for row, unit in layer.pinned:
            free[row, unit] = 0.0
        found.append(Near(g.value * free, g.error * free))
    longest = experiment.training.clip_norm
    flat = np.concatenate([g.value.ravel() for g in found])
    length = float(np.sqrt(flat @ flat))
    if not longest or length < longest:
        return found
    # By the triangle inequality, and a sum of squares of which the root halves the error.
    error = np.sqrt(sum(float((g.error**2).sum()) for g in found)) + flat.size * found[0].u * length
    factor = longest / length
    return [g * Near(np.full_like(g.value, factor), factor * error / length) for g in found]


def outputs_of(experiment: Experiment) -> Near:
    """Return the output layer's z for the training rows, shape (rows, outputs)."""
    data = build_dataset(experiment)
    a = Near(data.x_train.astype(experiment.training.dtype))
    for layer, matrix in zip(experiment.network.layers, _weights(experiment), strict=True):
        z = _extended(a, layer) @ matrix
        if layer is not experiment.network.layers[-1]:
            a, _ = _activate(layer, z)
    return z


def _weights(experiment: Experiment) -> list[Near]:
    """Return weights and biases, shape (inputs + 1, units) each."""
    found = []
    for layer in experiment.network.layers:
        rows = [layer.weights] if not layer.use_bias else [layer.weights, layer.biases[None]]
        found.append(Near(np.vstack(rows).astype(experiment.training.dtype)))
    return found


def epoch_from(experiment: Experiment) -> list[Near]:
    """Return the weights, shape (inputs + 1, units) each, an epoch after those of `experiment`.

    Parameters
    ----------
    experiment
        With its weights. Optimisers begin anew, and the rows' order is that of the seed's start.
    """
    data = build_dataset(experiment)
    training, dtype = experiment.training, np.dtype(experiment.training.dtype)
    x, t = data.x_train.astype(dtype), data.y_train.astype(dtype)
    weights = _weights(experiment)
    optimiser = _Optimiser(experiment, weights)
    size = training.batch_size or len(x)
    order = np.arange(len(x))
    if size < len(x) and training.shuffle:
        order = streams(experiment.seed).order.permutation(len(x))
    for start in range(0, len(x), size):
        chosen = order[start : start + size]
        gradients = _gradients(experiment, weights, x[chosen], t[chosen])
        gradients = _held(experiment, _penalised(experiment, weights, gradients))
        optimiser.steps += 1
        changes = [optimiser.change(index, g) for index, g in enumerate(gradients)]
        weights = [w - change for w, change in zip(weights, changes, strict=True)]
    return weights
