"""Softmax: a_i = exp(z_i) / sum_j exp(z_j), da_i/dz_j = a_i (1[i = j] - a_j)."""

from __future__ import annotations

import numpy as np

from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray


def softmax(z: FloatArray) -> FloatArray:
    """Return exp(z_i) / sum_j exp(z_j) over the units; the largest z is subtracted first."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _slope(z: FloatArray) -> FloatArray:
    a = softmax(z)
    own = a[:, :, None] * np.eye(a.shape[1])
    return np.asarray(own - a[:, :, None] * a[:, None, :])


def _pass_back(a: FloatArray, dl_da: FloatArray) -> FloatArray:
    """Return dL/dz_j = a_j (dL/da_j - sum_i dL/da_i a_i)."""
    return np.asarray(a * (dl_da - (dl_da * a).sum(axis=1, keepdims=True)))


def _bind(a: FloatArray) -> Kernel:
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


SOFTMAX = ActivationKind(
    name="softmax",
    order=8,
    bind=_bind,
    function=softmax,
    slope=_slope,
    joint_backward=_pass_back,
    latex=(
        r"a_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"\frac{\partial a_i}{\partial z_i} = a_i\,(1 - a_i)",
    ),
    text="e^z / ∑ e^z",
    numpy=(
        "def softmax(z):\n"
        "    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
        "    return e / e.sum(axis=1, keepdims=True)"
    ),
    torch="nn.Softmax(dim=1)",
    onnx=("Softmax", {"axis": 1}),
    range=(0.0, 1.0),
)
