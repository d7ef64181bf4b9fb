"""Leaky ReLU: a = z where z > 0, else z / 100; da/dz = 1 where a > 0, else 1/100."""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray

LEAK = 0.01
"""Slope below 0."""


def _bind(a: FloatArray) -> Kernel:
    leak, zero = np.full((), LEAK, a.dtype), np.zeros((), a.dtype)
    scratch, negative = np.empty_like(a), np.empty(a.shape, np.bool_)

    def forward() -> None:
        np.multiply(a, leak, scratch)
        np.maximum(a, scratch, out=a)

    def backward(delta: FloatArray) -> None:
        np.less_equal(a, zero, negative)
        np.multiply(delta, leak, out=delta, where=negative)

    return Kernel(forward, backward)


LEAKY_RELU = ActivationKind(
    name="leaky_relu",
    order=5,
    bind=_bind,
    function=lambda z: np.where(z > 0.0, z, LEAK * z),
    slope=lambda z: np.where(z > 0.0, 1.0, LEAK),
    latex=(
        r"a = \begin{cases} z & z > 0 \\ z/100 & z \le 0 \end{cases}",
        r"\frac{da}{dz} = \begin{cases} 1 & z > 0 \\ 1/100 & z \le 0 \end{cases}",
    ),
    text="max(z / 100; z)",
    live=f"1·[z] | {LEAK}·[z]",
    numpy=f"def leaky_relu(z):\n    return np.maximum(z, {LEAK!r} * z)",
    torch=f"nn.LeakyReLU({LEAK!r})",
    onnx=("LeakyRelu", {"alpha": LEAK}),
    is_rectifier=True,
)
