"""Categorical cross-entropy: -sum t ln p, p = softmax(q)."""

from __future__ import annotations

import numpy as np

from model.activations.softmax import softmax
from model.arrays import FloatArray, Mask
from model.losses.kind import Elements, LossKernel, LossKind


def _define(q: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """-sum t ln p with p = softmax(q); the scored targets of a row sum to 1, or are all 0."""
    largest = q.max(axis=1, keepdims=True)
    log_p = q - largest - np.log(np.exp(q - largest).sum(axis=1, keepdims=True))
    return -t * log_p, softmax(q) * t.sum(axis=1, keepdims=True) - t


def _bind(part: Elements, signed: bool) -> LossKernel:
    """Bind categorical cross-entropy: ln sum exp q - sum t q, with rows of t that sum to 1.

    Notes
    -----
    dL/dq = p sum t - t over the scored targets: a target affects all outputs of its row, including
    don't-cares.
    """
    q, delta, elements = part.q, part.delta, part.elements
    line = np.empty((*q.shape[:-2], 1, q.shape[-1]), q.dtype)
    wanted = np.empty_like(delta)

    def value(t: FloatArray, mask: Mask) -> float:
        np.max(q, axis=-2, keepdims=True, out=line)
        np.subtract(q, line, elements)
        np.exp(elements, delta)
        np.sum(delta, axis=-2, keepdims=True, out=line)
        np.divide(delta, line, delta)  # softmax(q)
        np.log(line, line)
        np.subtract(line, elements, elements)  # -ln p
        np.multiply(elements, t, elements)
        return part.mean(mask)

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = value(t, mask)
        if mask is None:
            np.subtract(delta, t, delta)
        else:
            np.multiply(t, mask, wanted)
            np.sum(wanted, axis=-2, keepdims=True, out=line)
            np.multiply(delta, line, delta)
            np.subtract(delta, wanted, delta)
        part.spread(None)
        return result

    return LossKernel.of(elements, value, differentiate)


def _is_outside(t: FloatArray) -> np.ndarray:
    return (t < 0.0) | (t > 1.0) | (np.abs(t.sum(axis=1, keepdims=True) - 1.0) > 1e-6)


CATEGORICAL_CROSS_ENTROPY = LossKind(
    name="categorical_cross_entropy",
    order=4,
    bind=_bind,
    define=_define,
    numpy=(
        "t * (np.log(np.exp(q - q.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))\n"
        "        + q.max(axis=1, keepdims=True) - q)"
    ),
    torch="t * (q.logsumexp(dim=1, keepdim=True) - q)",
    fits=("softmax", "identity"),
    fused_with="softmax",
    domain="0 ≤ t ≤ 1, ∑ t = 1",
    is_outside=_is_outside,
    is_joint=True,
)
