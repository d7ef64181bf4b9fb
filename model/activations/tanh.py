"""Tanh: da/dz = 1 - a^2."""

from __future__ import annotations

import math

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
    one, scratch = np.ones((), a.dtype), np.empty_like(a)

    def forward() -> None:
        np.tanh(a, a)

    def backward(delta: FloatArray) -> None:
        np.multiply(a, a, scratch)
        np.subtract(one, scratch, scratch)
        np.multiply(delta, scratch, delta)

    return Kernel(forward, backward)


TANH = ActivationKind(
    name="tanh",
    order=3,
    bind=_bind,
    function=np.tanh,
    slope=lambda z: 1.0 / np.cosh(z) ** 2,
    latex=(r"a = \tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}", r"\frac{da}{dz} = 1 - a^{2}"),
    text="tanh z",
    numpy="def tanh(z):\n    return np.tanh(z)",
    torch="nn.Tanh()",
    onnx=("Tanh", {}),
    range=(-1.0, 1.0),
    inverse=math.atanh,
    saturation=2.5,
)
