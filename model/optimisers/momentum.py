"""Descent with a velocity: v = mu v + g; theta -= r v, or Nesterov's theta -= r (g + mu v).

References
----------
Polyak (1964); Nesterov (1983) as in Sutskever et al. (2013), eq. 3-4.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from numpy import add, empty_like, multiply, subtract

from model.arrays import FloatArray
from model.optimisers.kind import OptimiserKind, Step, StepArrays, Terms


def _bind(arrays: StepArrays, *, looks_ahead: bool = False) -> Step:
    spec, theta, gradient, (velocity,), rate = arrays
    mu, change = arrays.constant(spec.momentum), empty_like(theta)

    def step() -> None:
        multiply(velocity, mu, velocity)
        add(velocity, gradient, velocity)
        if looks_ahead:
            multiply(velocity, mu, change)
            add(change, gradient, change)
            multiply(change, rate, change)
        else:
            multiply(velocity, rate, change)
        subtract(theta, change, theta)

    return step


def _terms(arrays: StepArrays, *, looks_ahead: bool = False) -> tuple[Terms, FloatArray]:
    spec, _, g, (before,), _ = arrays
    v = spec.momentum * before + g
    return [
        ("velocity_before", before),
        ("velocity", v),
    ], g + spec.momentum * v if looks_ahead else v


MOMENTUM = OptimiserKind(
    name="momentum",
    order=2,
    default_rate=0.1,
    formula="−η·v",
    bind=_bind,
    terms=_terms,
    constants=("momentum",),
    averages=1,
)
NESTEROV = replace(
    MOMENTUM,
    name="nesterov",
    order=3,
    formula="−η·(g + μ·v)",
    bind=partial(_bind, looks_ahead=True),
    terms=partial(_terms, looks_ahead=True),
)
