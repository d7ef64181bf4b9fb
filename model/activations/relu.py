"""ReLU: a = max(0, z), da/dz = 1 where a > 0, else 0."""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
    zero, positive = np.zeros((), a.dtype), np.empty(a.shape, np.bool_)

    def forward() -> None:
        np.maximum(a, zero, out=a)

    def backward(delta: FloatArray) -> None:
        np.greater(a, zero, positive)
        np.multiply(delta, positive, delta)

    return Kernel(forward, backward)


RELU = ActivationKind(
    name="relu",
    order=4,
    bind=_bind,
    function=lambda z: np.maximum(z, 0.0),
    slope=lambda z: np.where(z > 0.0, 1.0, 0.0),
    latex=(
        r"a = \begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}",
        r"\frac{da}{dz} = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}",
    ),
    text="max(0; z)",
    numpy="def relu(z):\n    return np.maximum(z, 0.0)",
    torch="nn.ReLU()",
    onnx=("Relu", {}),
    is_rectifier=True,
    can_die=True,
)
