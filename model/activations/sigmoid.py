"""Sigmoid: a = 1 / (1 + exp(-z)), da/dz = a (1 - a)."""

from __future__ import annotations

import math

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def sigmoid(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z)) in a new array."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def _bind(a: FloatArray) -> Kernel:
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


SIGMOID = ActivationKind(
    name="sigmoid",
    order=2,
    bind=_bind,
    function=sigmoid,
    slope=lambda z: sigmoid(z) * sigmoid(-z),
    latex=(r"a = \frac{1}{1 + e^{-z}}", r"\frac{da}{dz} = a\,(1 - a)"),
    text="1 / (1 + e^−z)",
    numpy=(
        "def sigmoid(z):\n"
        '    with np.errstate(over="ignore"):  # exp overflows to inf, and 1 / inf is the right 0\n'
        "        return 1.0 / (1.0 + np.exp(-z))"
    ),
    torch="nn.Sigmoid()",
    onnx=("Sigmoid", {}),
    range=(0.0, 1.0),
    inverse=lambda level: math.log(level / (1.0 - level)),
    saturation=5.0,
)
