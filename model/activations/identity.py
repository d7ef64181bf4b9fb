"""Identity: a = z, da/dz = 1."""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def _bind(a: FloatArray) -> Kernel:
    return Kernel(lambda: None, lambda delta: None)


IDENTITY = ActivationKind(
    name="identity",
    order=0,
    bind=_bind,
    function=lambda z: z,
    slope=np.ones_like,
    latex=("a = z", r"\frac{da}{dz} = 1"),
    text="z",
    numpy="def identity(z):\n    return z",
    torch="nn.Identity()",
    onnx=("Identity", {}),
)
