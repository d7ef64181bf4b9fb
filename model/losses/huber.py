"""Huber's loss: (a - t)^2 / 2 where |a - t| <= 1, else |a - t| - 1/2."""

from __future__ import annotations

from functools import partial

import numpy as np

from model.arrays import FloatArray
from model.losses.kind import Elements, LossKernel, LossKind, bind_distance


def _define(a: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    apart = np.abs(a - t)
    value = np.where(apart <= 1.0, apart**2 / 2.0, apart - 0.5)
    return value, np.clip(a - t, -1.0, 1.0)


def _bind(part: Elements, signed: bool) -> LossKernel:
    delta, elements = part.delta, part.elements
    half, one = np.full((), 0.5, delta.dtype), np.ones((), delta.dtype)
    clipped = np.empty_like(delta)

    def measure() -> None:
        np.clip(delta, -one, one, out=clipped)
        np.multiply(clipped, half, elements)
        np.subtract(delta, elements, elements)
        np.multiply(elements, clipped, elements)

    return bind_distance(part, measure, partial(np.copyto, delta, clipped))


HUBER = LossKind(
    name="huber",
    order=2,
    bind=_bind,
    define=_define,
    numpy="np.where(np.abs(q - t) <= 1.0, 0.5 * (q - t) ** 2, np.abs(q - t) - 0.5)",
    torch='nn.functional.huber_loss(q, t, reduction="none")',
)
