"""Textbook backpropagation: the definition that the fast kernels are tested against.

Rows are examples. Layer l has weights ``W`` of shape (inputs, units), biases ``b`` of shape
(units,) and an activation f; ``a`` of layer 0 is ``x``. The product itself is defined by the layer
kind (:mod:`model.layers`); the formulas here are for a dense layer.

**Forward**, layer by layer::

    z = a_before @ W + b
    a = f(z)

**Loss**, the mean over the n rows of the sum over the outputs::

    L = 1/n sum_rows sum_outputs l(a, t)

**Backward**, by the chain rule, from the last layer to the first. With ``delta = dL/dz``, shape
(rows, units)::

    delta      = dL/da * f'(z)            the last layer; dL/da includes the 1/n
    dL/dW      = a_before.T @ delta       z is linear in W with slope a_before
    dL/db      = sum_rows delta
    dL/da      = delta @ W.T              gradient passed to the layer before ...
    delta      = dL/da * f'(z)            ... and so on

This module is not fast and is not used for training: :mod:`model.training` computes the same
numbers in place, with rows as columns, and tests compare the two.
"""

from __future__ import annotations

from typing import NamedTuple, get_args

import numpy as np

from model.activations import ACTIVATION_KINDS
from model.errors import ModelError, require
from model.experiment import LOSSES, Activation, FloatArray, Loss, NetworkSpec
from model.experiment.training import SlopeAt
from model.losses import is_fused, loss_kind
from model.network import as_input_rows, check_shapes


class LayerActivations(NamedTuple):
    """The output of a layer for some rows.

    Attributes
    ----------
    z
        Weighted sums, shape (rows, units).
    a
        Activations, shape (rows, units).
    """

    z: FloatArray
    a: FloatArray


class LayerGradient(NamedTuple):
    """The gradients of the loss with respect to a layer's weights.

    Attributes
    ----------
    delta
        dL/dz, shape (rows, units).
    weights
        dL/dW, shape (inputs, units).
    biases
        dL/db, shape (units,); zeros if the layer has no bias.
    read
        dL/dx with respect to the layer's input, shape (rows, inputs).
    """

    delta: FloatArray
    weights: FloatArray
    biases: FloatArray
    read: FloatArray


# -- Activations -----------------------------------------------------------------------------------


def slope(activation: Activation, z: FloatArray) -> FloatArray:
    """Return da/dz.

    Parameters
    ----------
    z
        Weighted sums, shape (rows, units).

    Returns
    -------
    numpy.ndarray
        Shape (rows, units); for softmax (rows, units, units), ``da_i/dz_j`` at i, j. For a step, 1:
        the perceptron rule uses it in place of the true slope, which is 0 everywhere.
    """
    return np.asarray(ACTIVATION_KINDS[activation].slope(z))


def _activation_backward(
    activation: Activation, layer: LayerActivations, dl_da: FloatArray, slope_at: SlopeAt = "z"
) -> FloatArray:
    """Return dL/dz from dL/da: ``dL/da * f'(z)``, or the deliberate mistake ``dL/da * f'(a)``.

    Notes
    -----
    Every softmax output depends on every z: ``da_i/dz_j = a_i (1[i = j] - a_j)``, so ``dL/dz_j =
    a_j (dL/da_j - sum_i dL/da_i a_i)``. A step's slope is 0 everywhere, so nothing could be learned
    through it; as in the perceptron rule, the slope is taken as 1. With outputs of 0 and 1 the
    perceptron's loss is then ``|a - t|``, the number of mistakes, and delta is ``a - t``.
    """
    kind = ACTIVATION_KINDS[activation]
    if slope_at == "a":
        layer = LayerActivations(layer.a, kind.function(layer.a))
    if kind.joint_backward is not None:
        return kind.joint_backward(layer.a, dl_da)
    return np.asarray(dl_da * kind.slope(layer.z))


# -- Losses ----------------------------------------------------------------------------------------


def _measure(
    name: Loss, activation: Activation, read: FloatArray, t: FloatArray, mask: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return each element's loss and its slope, 0 for a don't-care.

    Notes
    -----
    With a step output the perceptron's loss is |a - t|, 1 for each mistake. Softmax outputs depend
    on one another, so the mask is applied to the targets instead of to the losses.
    """
    counted = np.ones_like(t) if mask is None else mask
    kind = loss_kind(name, activation)
    if kind.is_joint:
        return kind.define(read, t * counted)
    elements, slopes = kind.define(read, t)
    return elements * counted, slopes * counted


def output_slope(
    name: Loss,
    activation: Activation,
    outputs: LayerActivations,
    t: FloatArray,
    mask: FloatArray | None = None,
) -> FloatArray:
    """Return dL/da of the last layer, even where :func:`loss` computes dL/dz directly.

    Parameters
    ----------
    name, activation, outputs, t, mask
        As for :func:`loss`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, outputs). For a cross-entropy, ``-t / p + (1 - t) / (1 - p)`` grows without
        bound as p approaches 0 or 1; times da/dz it is the ``p - t`` of :func:`loss`.
    """
    counted = np.ones_like(t) if mask is None else mask
    z, a = outputs
    if not is_fused(name, activation):
        return _measure(name, activation, a, t, mask)[1] / len(t)
    if loss_kind(name, activation).is_joint:
        slopes = np.where(t > 0.0, -t / a, 0.0)
    else:  # 1 / p = 1 + exp(-z), 1 / (1 - p) = 1 + exp z
        slopes = np.where(t < 1.0, (1.0 - t) * (1.0 + np.exp(z)), 0.0)
        slopes -= np.where(t > 0.0, t * (1.0 + np.exp(-z)), 0.0)
    return np.asarray(slopes * counted / len(t))


# -- The two passes --------------------------------------------------------------------------------


def _weights(network: NetworkSpec) -> list[FloatArray]:
    """Return every layer's W.

    Raises
    ------
    ModelError
        Codes ``network.not_drawn`` and ``network.shape``, with the layer's number.
    """
    check_shapes(network)
    weights = [layer.weights for layer in network.layers if layer.weights is not None]
    if len(weights) < len(network.layers):
        raise ModelError(
            "network.not_drawn",
            "Layer {layer} has no weights yet. Take those of initialise(experiment).network.",
            layer=1 + [layer.weights is None for layer in network.layers].index(True),
        )
    return weights


def forward(network: NetworkSpec, x: FloatArray) -> list[LayerActivations]:
    """Propagate rows through every layer, without dropout.

    Parameters
    ----------
    network
        Network with weights; missing biases are treated as zero.
    x
        Inputs, shape (rows, inputs).

    Raises
    ------
    ModelError
        Codes ``network.not_drawn``, ``network.shape`` and ``network.input_shape``.
    """
    activations, a = [], as_input_rows(network, x)
    for layer, weights in zip(network.layers, _weights(network), strict=True):
        z = layer.kind.sums(weights, layer.biases if layer.use_bias else None, a)
        a = layer.activation_kind.function(z)
        activations.append(LayerActivations(z, a))
    return activations


def loss(
    name: Loss,
    activation: Activation,
    outputs: LayerActivations,
    t: FloatArray,
    mask: FloatArray | None = None,
    slope_at: SlopeAt = "z",
) -> tuple[float, FloatArray]:
    """Return the loss of the outputs and its slope with respect to their weighted sums.

    Parameters
    ----------
    name
        Loss function.
    activation
        Activation of the last layer.
    outputs
        Weighted sums and activations of the last layer.
    t
        Targets, shape (rows, outputs).
    mask
        Same shape as `t`: 0 for don't-cares, 1 elsewhere.
    slope_at
        See :class:`model.experiment.TrainingSpec`.

    Returns
    -------
    loss
        Mean over rows of the sum over outputs, without penalties.
    delta
        dL/dz of the last layer, shape (rows, outputs).
    """
    at_z = is_fused(name, activation)
    read = outputs.z if at_z else outputs.a
    elements, slopes = _measure(name, activation, read, t, mask)
    dl = slopes / len(t)
    delta = dl if at_z else _activation_backward(activation, outputs, dl, slope_at)
    return float(elements.sum() / len(t)), delta


def backward(
    network: NetworkSpec,
    x: FloatArray,
    activations: list[LayerActivations],
    delta: FloatArray,
    slope_at: SlopeAt = "z",
) -> list[LayerGradient]:
    """Propagate dL/dz back from the last layer; return the gradients, first layer first.

    Parameters
    ----------
    network, x
        The arguments of :func:`forward`.
    activations
        The result of :func:`forward`.
    delta
        dL/dz of the last layer, shape (rows, outputs), see :func:`loss`.
    slope_at
        See :class:`model.experiment.TrainingSpec`.
    """
    gradients: list[LayerGradient] = []
    weights = _weights(network)
    for number in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[number]
        before = activations[number - 1].a if number else np.asarray(x, float)
        of_weights, dl_da = layer.kind.sums_back(weights[number], before, delta)
        of_biases = _unit_sums(delta) if layer.use_bias else np.zeros(layer.units)
        gradients.insert(0, LayerGradient(delta, of_weights, of_biases, dl_da))
        if number:
            before_it = network.layers[number - 1].activation
            delta = _activation_backward(before_it, activations[number - 1], dl_da, slope_at)
    return gradients


def _unit_sums(delta: FloatArray) -> FloatArray:
    """Return the sums over all axes except the unit axis, for shape (rows, units, ...)."""
    return np.asarray(delta.sum(axis=(0, *range(2, delta.ndim))))


def loss_and_gradients(
    network: NetworkSpec,
    x: FloatArray,
    t: FloatArray,
    name: Loss,
    mask: FloatArray | None = None,
    slope_at: SlopeAt = "z",
) -> tuple[float, list[LayerGradient]]:
    """Run the forward and backward passes of one gradient descent step.

    Parameters
    ----------
    network, x, t, name, mask, slope_at
        See :func:`forward` and :func:`loss`; at least one row.

    Returns
    -------
    tuple
        The loss, and one :class:`LayerGradient` per layer, first layer first.

    Raises
    ------
    ModelError
        As :func:`forward`; also codes ``network.target_shape`` and ``experiment.range``.

    References
    ----------
    Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", Nature 323
    (1986), equations 1 to 8.

    Examples
    --------
    One step at learning rate 0.5 subtracts ``0.5 * dL/dW`` from the weights of each layer::

        loss, gradients = loss_and_gradients(network, x, t, "squared")
        weights = [layer.weights - 0.5 * g.weights
                   for layer, g in zip(network.layers, gradients)]
    """
    x, t = as_input_rows(network, x), np.asarray(t, float)
    mask = None if mask is None else np.asarray(mask, float)
    for given in (t, mask):
        _check_targets(given, (len(x), network.layers[-1].units))
    require(len(x) > 0, "The number of rows", len(x), "1 or more")
    require(name in LOSSES, "The loss", name, ", ".join(LOSSES))
    require(slope_at in get_args(SlopeAt), "slope_at", slope_at, ", ".join(get_args(SlopeAt)))
    with np.errstate(over="ignore"):  # exp(-z) may be infinite, and 1 / (1 + exp(-z)) is then 0
        activations = forward(network, x)
        value, delta = loss(name, network.layers[-1].activation, activations[-1], t, mask, slope_at)
        return value, backward(network, x, activations, delta, slope_at)


def _check_targets(given: FloatArray | None, expected: tuple[int, int]) -> None:
    """Reject targets or a mask that NumPy would silently broadcast to the outputs."""
    if given is not None and given.shape != expected:
        raise ModelError(
            "network.target_shape",
            "The outputs have shape {expected}, but the targets or their mask {found}.",
            expected=expected,
            found=given.shape,
        )
