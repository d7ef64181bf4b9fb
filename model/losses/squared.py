"""Squared error: (a - t)^2 / 2."""

from __future__ import annotations

import numpy as np

from model.losses.kind import Elements, LossKernel, LossKind, bind_distance


def _bind(part: Elements, signed: bool) -> LossKernel:
    delta, elements, half = part.delta, part.elements, np.full((), 0.5, part.q.dtype)

    def measure() -> None:
        np.multiply(delta, delta, elements)
        np.multiply(elements, half, elements)

    return bind_distance(part, measure)


SQUARED = LossKind(
    name="squared",
    order=0,
    bind=_bind,
    define=lambda a, t: ((a - t) ** 2 / 2.0, a - t),
    numpy="0.5 * (q - t) ** 2",
    torch="0.5 * (q - t) ** 2",
)
