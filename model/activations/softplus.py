"""Softplus: a = ln(1 + exp(z)), da/dz = 1 - exp(-a)."""

from __future__ import annotations

import math

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.activations.sigmoid import sigmoid
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
    zero, scratch = np.zeros((), a.dtype), np.empty_like(a)

    def forward() -> None:
        np.logaddexp(zero, a, a)

    def backward(delta: FloatArray) -> None:
        np.negative(a, scratch)
        np.expm1(scratch, scratch)
        np.negative(scratch, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


SOFTPLUS = ActivationKind(
    name="softplus",
    order=7,
    bind=_bind,
    function=lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0.0),
    slope=sigmoid,
    latex=(r"a = \ln(1 + e^{z})", r"\frac{da}{dz} = \frac{1}{1 + e^{-z}}"),
    text="ln(1 + e^z)",
    numpy="def softplus(z):\n    return np.logaddexp(0.0, z)",
    torch="nn.Softplus(threshold=40.0)",  # above it PyTorch leaves the logarithm out
    onnx=("Softplus", {}),
    inverse=lambda level: math.log(math.expm1(level)),
    is_rectifier=True,
)
