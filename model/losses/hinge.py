"""Hinge: max(0, 1 - s a), with s = 2 t - 1."""

from __future__ import annotations

from functools import partial

import numpy as np

from model.arrays import FloatArray, Mask
from model.losses.kind import Elements, LossKernel, LossKind


def is_not_binary(t: FloatArray) -> np.ndarray:
    """Return which targets are neither 0 nor 1."""
    return ~np.isin(t, (0.0, 1.0))


def define_margin(q: FloatArray, t: FloatArray, *, wanted: float) -> tuple[FloatArray, FloatArray]:
    """Return max(0, wanted - s q) and its slope, which is -s where wanted - s q >= 0."""
    sign = 2.0 * t - 1.0
    short = wanted - sign * q
    return np.maximum(0.0, short), np.where(short >= 0.0, -sign, 0.0)


def bind_margin(part: Elements, signed: bool, *, wanted: float) -> LossKernel:
    """Bind :func:`define_margin` for targets given as ``u = -s``."""
    q, delta, elements = part.q, part.delta, part.elements
    zero, wanted_margin = np.zeros((), q.dtype), np.full((), wanted, q.dtype)

    def value(u: FloatArray, mask: Mask) -> float:
        np.multiply(u, q, elements)
        np.add(elements, wanted_margin, elements)
        np.greater_equal(elements, zero, out=delta, casting="unsafe")
        np.maximum(elements, zero, out=elements)
        return part.mean(mask)

    def differentiate(u: FloatArray, mask: Mask) -> float:
        result = value(u, mask)
        np.multiply(delta, u, delta)
        part.spread(mask)
        return result

    return LossKernel.of(elements, value, differentiate)


HINGE = LossKind(
    name="hinge",
    order=5,
    bind=partial(bind_margin, wanted=1.0),
    define=partial(define_margin, wanted=1.0),
    numpy="np.maximum(0.0, 1.0 - (2.0 * t - 1.0) * q)",
    torch="torch.relu(1.0 - (2.0 * t - 1.0) * q)",
    fits=("identity", "tanh"),
    domain="0 / 1",
    is_outside=is_not_binary,
    has_margins=True,
)
