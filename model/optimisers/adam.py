"""Adam: m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g^2, both corrected for their start at 0.

In step k: theta -= r (m / (1 - b1^k)) / (sqrt(s / (1 - b2^k)) + eps). The averages are stored
divided by ``1 - b1`` and ``1 - b2``, which saves a multiplication each.

References
----------
Kingma and Ba (2015), algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, override

import numpy as np

from model.arrays import FloatArray
from model.buffers import aligned_zeros
from model.optimisers.kind import OptimiserKind, Slots, StepArrays, Terms

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec

BLOCK = 32768
"""Numbers worked on at a time: what a step touches of them stays in the cache."""


class Adam(OptimiserKind):
    """Descent by the mean gradient over the root of its mean square."""

    name = "adam"
    order = 5
    default_rate = 0.05
    constants: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "epsilon")
    averages = 2
    counts_steps = True
    formula = "−η·m̂ / (√v̂ + ε)"

    @override
    def bind(self, spec: OptimiserSpec, arrays: StepArrays) -> Callable[[], None]:
        rate, dtype = arrays.rate, arrays.theta.dtype
        first, second, done = arrays.slots
        decay = spec.weight_decay if self.decays else 0.0
        b1, b2 = arrays.constant(spec.beta1), arrays.constant(spec.beta2)
        offset, factor, keep = (np.zeros((), dtype) for _ in range(3))
        parts = _blocks(arrays.theta, arrays.gradient, first, second)
        scratch = aligned_zeros(min(BLOCK, arrays.theta.size), dtype)
        multiply, add, sqrt, divide, subtract = (
            np.multiply,
            np.add,
            np.sqrt,
            np.divide,
            np.subtract,
        )

        def step() -> None:
            k = float(done[0]) + 1.0
            done[0] = k
            # m / (1 - b1^k) / (sqrt(s / (1 - b2^k)) + eps) with m and s stored divided by 1 - b:
            # one factor and one offset hold all the constants.
            root = math.sqrt((1.0 - spec.beta2) / (1.0 - spec.beta2**k))
            offset[...] = spec.epsilon / root
            factor[...] = float(rate) * (1.0 - spec.beta1) / (1.0 - spec.beta1**k) / root
            keep[...] = 1.0 - float(rate) * decay
            for theta, gradient, m, s in parts:
                change = scratch[: theta.size]
                multiply(m, b1, m)
                add(m, gradient, m)
                multiply(s, b2, s)
                multiply(gradient, gradient, change)
                add(s, change, s)
                sqrt(s, change)
                add(change, offset, change)
                divide(m, change, change)
                multiply(change, factor, change)
                if decay:
                    multiply(theta, keep, theta)
                subtract(theta, change, theta)

        return step

    @override
    def work_out(
        self, spec: OptimiserSpec, g: FloatArray, slots: Slots
    ) -> tuple[Terms, FloatArray]:
        k = float(slots[2][0]) + 1.0
        m_before, s_before = (1.0 - spec.beta1) * slots[0], (1.0 - spec.beta2) * slots[1]
        m = spec.beta1 * m_before + (1.0 - spec.beta1) * g
        s = spec.beta2 * s_before + (1.0 - spec.beta2) * g * g
        m_corrected = m / (1.0 - spec.beta1**k)
        s_corrected = s / (1.0 - spec.beta2**k)
        terms: Terms = [
            ("mean_before", m_before),
            ("mean", m),
            ("mean_corrected", m_corrected),
            ("square_before", s_before),
            ("square", s),
            ("square_corrected", s_corrected),
        ]
        return terms, m_corrected / (np.sqrt(s_corrected) + spec.epsilon)


def _blocks(*vectors: FloatArray) -> list[tuple[FloatArray, ...]]:
    """Cut equally long vectors into views of at most `BLOCK` numbers."""
    return [
        tuple(vector[start : start + BLOCK] for vector in vectors)
        for start in range(0, vectors[0].size, BLOCK)
    ]


KIND = Adam()
