"""Step: a = 1 where z > 0, else 0.

Its slope is 0 everywhere: only the perceptron rule trains it.
"""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
    zero = np.zeros((), a.dtype)

    def backward(delta: FloatArray) -> None:
        delta.fill(0.0)

    return Kernel(lambda: np.greater(a, zero, out=a, casting="unsafe"), backward)


STEP = ActivationKind(
    name="step",
    order=1,
    bind=_bind,
    function=lambda z: np.where(z > 0.0, 1.0, 0.0),
    slope=np.ones_like,
    latex=(r"a = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}", r"\frac{da}{dz} = 0"),
    text="1 | 0",
    numpy="def step(z):\n    return (z > 0).astype(DTYPE)",
    torch="Step()",
    onnx=("Greater", {}),  # than 0, which gives no number: it is cast to one
    range=(0.0, 1.0),
    inverse=lambda level: 0.0,
    has_slope=False,
)
