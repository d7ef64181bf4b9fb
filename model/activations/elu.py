"""ELU: a = z where z > 0, else exp(z) - 1; da/dz = 1 where a > 0, else a + 1."""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
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


ELU = ActivationKind(
    name="elu",
    order=6,
    bind=_bind,
    function=lambda z: np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0))),
    slope=lambda z: np.where(z > 0.0, 1.0, np.exp(np.minimum(z, 0.0))),
    latex=(
        r"a = \begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
        r"\frac{da}{dz} = \begin{cases} 1 & z > 0 \\ e^{z} & z \le 0 \end{cases}",
    ),
    text="z | e^z − 1",
    numpy="def elu(z):\n    return np.maximum(z, 0.0) + np.expm1(np.minimum(z, 0.0))",
    torch="nn.ELU()",
    onnx=("Elu", {"alpha": 1.0}),
    is_rectifier=True,
)
