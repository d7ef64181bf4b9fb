"""Adam: m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g^2, both bias-corrected.

In step k: theta -= r (m / (1 - b1^k)) / (sqrt(s / (1 - b2^k)) + eps); AdamW, with decoupled weight
decay, first theta *= 1 - r decay. The averages are stored divided by ``1 - b1`` and ``1 - b2``,
which saves a multiplication each.

References
----------
Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2.
"""

from __future__ import annotations

import math
from dataclasses import replace

from numpy import add, divide, multiply, sqrt, subtract

from model.arrays import FloatArray, aligned_zeros
from model.optimisers.kind import OptimiserKind, Step, StepArrays, Terms

BLOCK = 32768
"""Numbers processed at a time, so that all arrays of a step stay in the cache."""


def _bind(arrays: StepArrays) -> Step:
    spec, whole, _, (_, _, done), rate = arrays
    decay = spec.weight_decay if "weight_decay" in spec.kind.constants else 0.0
    b1, b2, offset, factor, keep = map(arrays.constant, (spec.beta1, spec.beta2, 0.0, 0.0, 0.0))
    parts = [
        tuple(
            vector[start : start + BLOCK] for vector in (whole, arrays.gradient, *arrays.slots[:2])
        )
        for start in range(0, whole.size, BLOCK)
    ]
    scratch = aligned_zeros(min(BLOCK, whole.size), whole.dtype)

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


def _terms(arrays: StepArrays) -> tuple[Terms, FloatArray]:
    spec, _, g, (first, second, done), _ = arrays
    k = float(done[0]) + 1.0
    m_before, s_before = (1.0 - spec.beta1) * first, (1.0 - spec.beta2) * second
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
    return terms, m_corrected / (sqrt(s_corrected) + spec.epsilon)


ADAM = OptimiserKind(
    name="adam",
    order=5,
    default_rate=0.05,
    formula="−η·m̂ / (√v̂ + ε)",
    bind=_bind,
    terms=_terms,
    constants=("beta1", "beta2", "epsilon"),
    averages=2,
    counts_steps=True,
)
ADAMW = replace(
    ADAM,
    name="adamw",
    order=6,
    formula=f"{ADAM.formula} − η·λ·w",
    constants=(*ADAM.constants, "weight_decay"),
)
