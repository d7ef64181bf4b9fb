"""Stochastic gradient descent: theta -= r g."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, override

import numpy as np

from model.arrays import FloatArray
from model.optimisers.kind import OptimiserKind, Slots, StepArrays, Terms

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec


class Sgd(OptimiserKind):
    """The gradient times the learning rate, without memory."""

    name = "sgd"
    order = 1
    default_rate = 0.5
    formula = "−η·g"

    @override
    def bind(self, spec: OptimiserSpec, arrays: StepArrays) -> Callable[[], None]:
        theta, gradient, _, rate = arrays
        change = np.empty_like(theta)
        multiply, subtract = np.multiply, np.subtract

        def step() -> None:
            multiply(gradient, rate, change)
            subtract(theta, change, theta)

        return step

    @override
    def work_out(
        self, spec: OptimiserSpec, g: FloatArray, slots: Slots
    ) -> tuple[Terms, FloatArray]:
        return [], g


KIND = Sgd()
