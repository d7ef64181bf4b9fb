"""Activation functions and their derivatives, in place and free of allocations.

Every derivative is written in terms of the activation ``a`` itself, so that the forward pass may
overwrite ``z``:

=============  ==============================  =========================
name           a(z)                            da/dz
=============  ==============================  =========================
identity       z                               1
step           1 where z > 0, else 0           0 (only the perceptron rule trains it)
sigmoid        1 / (1 + exp(-z))               a (1 - a)
tanh           tanh z                          1 - a^2
relu           max(0, z)                       1 where a > 0, else 0
leaky_relu     z where z > 0, else z / 100     1 where a > 0, else 1/100
elu            z where z > 0, else exp(z) - 1  1 where a > 0, else a + 1
softplus       ln(1 + exp(z))                  1 - exp(-a)
softmax        exp(z_i) / sum_j exp(z_j)       a_i (1[i = j] - a_j)
=============  ==============================  =========================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from model.experiment import Activation, FloatArray
from model.experiment.training import SlopeAt

LEAK = 0.01
"""Slope of leaky ReLU below zero."""

RANGES: dict[Activation, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "step": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
}
"""Between which ends the answers lie, of an activation that has two."""

ONNX_OPERATORS: dict[Activation, tuple[str, dict[str, Any]]] = {
    "identity": ("Identity", {}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": LEAK}),
    "elu": ("Elu", {"alpha": 1.0}),
    "softplus": ("Softplus", {}),
    "softmax": ("Softmax", {"axis": 1}),
}
"""ONNX's operator for each activation, with its attributes; a step takes two operators."""


class Kernel(NamedTuple):
    """An activation bound to one array.

    Attributes
    ----------
    forward
        Turns the array's ``z`` into ``a`` in place.
    backward
        Multiplies its argument, ``dL/da``, by ``da/dz`` in place.
    """

    forward: Callable[[], object]
    backward: Callable[[FloatArray], object]


def _identity(a: FloatArray) -> Kernel:
    return Kernel(lambda: None, lambda delta: None)


def _step(a: FloatArray) -> Kernel:
    zero = np.zeros((), a.dtype)

    def backward(delta: FloatArray) -> None:
        delta.fill(0.0)

    return Kernel(lambda: np.greater(a, zero, out=a, casting="unsafe"), backward)


def _sigmoid(a: FloatArray) -> Kernel:
    one, scratch = np.ones((), a.dtype), np.empty_like(a)

    def forward() -> None:
        np.negative(a, a)
        np.exp(a, a)  # overflows to infinity for z < -709, which 1 / (1 + inf) = 0 makes right
        np.add(a, one, a)
        np.reciprocal(a, a)

    def backward(delta: FloatArray) -> None:
        np.subtract(one, a, scratch)
        np.multiply(scratch, a, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


def _tanh(a: FloatArray) -> Kernel:
    one, scratch = np.ones((), a.dtype), np.empty_like(a)

    def forward() -> None:
        np.tanh(a, a)

    def backward(delta: FloatArray) -> None:
        np.multiply(a, a, scratch)
        np.subtract(one, scratch, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


def _relu(a: FloatArray) -> Kernel:
    zero, positive = np.zeros((), a.dtype), np.empty(a.shape, np.bool_)

    def forward() -> None:
        np.maximum(a, zero, out=a)

    def backward(delta: FloatArray) -> None:
        np.greater(a, zero, positive)
        np.multiply(delta, positive, delta)

    return Kernel(forward, backward)


def _leaky_relu(a: FloatArray) -> Kernel:
    leak, zero = np.full((), LEAK, a.dtype), np.zeros((), a.dtype)
    scratch, negative = np.empty_like(a), np.empty(a.shape, np.bool_)

    def forward() -> None:
        np.multiply(a, leak, scratch)
        np.maximum(a, scratch, out=a)

    def backward(delta: FloatArray) -> None:
        np.less_equal(a, zero, negative)
        np.multiply(delta, leak, out=delta, where=negative)

    return Kernel(forward, backward)


def _elu(a: FloatArray) -> Kernel:
    zero, one = np.zeros((), a.dtype), np.ones((), a.dtype)
    scratch = np.empty_like(a)

    def forward() -> None:
        np.minimum(a, zero, out=scratch)
        np.expm1(scratch, scratch)
        np.maximum(a, zero, out=a)
        np.add(a, scratch, a)

    def backward(delta: FloatArray) -> None:
        np.minimum(a, zero, out=scratch)
        np.add(scratch, one, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


def _softplus(a: FloatArray) -> Kernel:
    zero, scratch = np.zeros((), a.dtype), np.empty_like(a)

    def forward() -> None:
        np.logaddexp(zero, a, a)

    def backward(delta: FloatArray) -> None:
        np.negative(a, scratch)
        np.expm1(scratch, scratch)
        np.negative(scratch, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


def _softmax(a: FloatArray) -> Kernel:
    scratch = np.empty_like(a)
    line = np.empty((*a.shape[:-2], 1, a.shape[-1]), a.dtype)

    def forward() -> None:
        np.max(a, axis=-2, keepdims=True, out=line)
        np.subtract(a, line, a)
        np.exp(a, a)
        np.sum(a, axis=-2, keepdims=True, out=line)
        np.divide(a, line, a)

    def backward(delta: FloatArray) -> None:
        np.multiply(delta, a, scratch)
        np.sum(scratch, axis=-2, keepdims=True, out=line)
        np.subtract(delta, line, delta)
        np.multiply(delta, a, delta)

    return Kernel(forward, backward)


_KERNELS: dict[Activation, Callable[[FloatArray], Kernel]] = {
    "identity": _identity,
    "step": _step,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "softplus": _softplus,
    "softmax": _softmax,
}


def _with_slope_at_a(name: Activation, a: FloatArray) -> Kernel:
    """Bind an activation whose slope is taken at ``a``: f'(f(z)), a mistake made on purpose."""
    twice = np.empty_like(a)
    again = _KERNELS[name](twice)

    def backward(delta: FloatArray) -> None:
        np.copyto(twice, a)
        again.forward()
        again.backward(delta)

    return Kernel(_KERNELS[name](a).forward, backward)


def bind(name: Activation, a: FloatArray, slope_at: SlopeAt = "z") -> Kernel:
    """Bind an activation to the array it will work on, with all scratch space allocated once.

    Parameters
    ----------
    a
        Shape (..., units, rows); holds ``z`` before ``forward`` and ``a`` after it.
    slope_at
        As :class:`model.experiment.TrainingSpec` says.

    Notes
    -----
    The sigmoid of a very negative ``z`` overflows inside ``exp`` on its way to the right answer, 0:
    call the kernels under ``numpy.errstate(over="ignore")``.
    """
    return _KERNELS[name](a) if slope_at == "z" else _with_slope_at_a(name, a)


def activate(name: Activation, z: FloatArray) -> FloatArray:
    """Return ``a(z)`` in a new array.

    Parameters
    ----------
    z
        Shape (rows, units), or any shape for all but softmax, which works along the last axis.
    """
    columns = np.array(np.atleast_2d(z).T, order="C")
    with np.errstate(over="ignore", invalid="ignore"):  # an endless z makes no number of a softmax
        bind(name, columns).forward()
    return np.ascontiguousarray(columns.T).reshape(np.shape(z))


def derivative(name: Activation, z: FloatArray) -> FloatArray:
    """Return ``da/dz`` at `z` element by element; for softmax the diagonal ``a (1 - a)``."""
    if name == "softmax":
        a = activate(name, z)
        return a * (1.0 - a)
    columns = np.array(np.atleast_2d(z).T, order="C")
    slope = np.ones_like(columns)
    kernel = bind(name, columns)
    with np.errstate(over="ignore"):
        kernel.forward()
        kernel.backward(slope)
    return np.ascontiguousarray(slope.T).reshape(np.shape(z))
