"""Stochastic gradient descent: theta -= r g.

The perceptron rule is descent using the errors a - t of step units, which have no slope.

References
----------
Rosenblatt (1958).
"""

from __future__ import annotations

from dataclasses import replace

from numpy import empty_like, multiply, subtract

from model.optimisers.kind import OptimiserKind, Step, StepArrays


def _bind(arrays: StepArrays) -> Step:
    _, theta, gradient, _, rate = arrays
    change = empty_like(theta)

    def step() -> None:
        multiply(gradient, rate, change)
        subtract(theta, change, theta)

    return step


SGD = OptimiserKind(
    name="sgd",
    order=1,
    default_rate=0.5,
    formula="−η·g",
    bind=_bind,
    terms=lambda arrays: ([], arrays.gradient),
)
PERCEPTRON = replace(SGD, name="perceptron", order=0, default_rate=1.0, only_loss="perceptron")
