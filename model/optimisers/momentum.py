"""Momentum: v = mu v + g; theta -= r v. Polyak (1964)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, override

import numpy as np

from model.arrays import FloatArray
from model.optimisers.kind import OptimiserKind, Slots, StepArrays, Terms

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec


class Momentum(OptimiserKind):
    """Descent with a velocity.

    Attributes
    ----------
    looks_ahead
        Whether the step adds the velocity's next part to the gradient, as Nesterov's does.
    """

    name = "momentum"
    order = 2
    default_rate = 0.1
    constants = ("momentum",)
    averages = 1
    formula = "−η·v"
    looks_ahead: ClassVar[bool] = False

    @override
    def bind(self, spec: OptimiserSpec, arrays: StepArrays) -> Callable[[], None]:
        theta, gradient, (velocity,), rate = arrays
        mu, looks_ahead = arrays.constant(spec.momentum), self.looks_ahead
        change = np.empty_like(theta)

        def step() -> None:
            np.multiply(velocity, mu, velocity)
            np.add(velocity, gradient, velocity)
            if looks_ahead:
                np.multiply(velocity, mu, change)
                np.add(change, gradient, change)
                np.multiply(change, rate, change)
            else:
                np.multiply(velocity, rate, change)
            np.subtract(theta, change, theta)

        return step

    @override
    def work_out(
        self, spec: OptimiserSpec, g: FloatArray, slots: Slots
    ) -> tuple[Terms, FloatArray]:
        before = slots[0]
        v = spec.momentum * before + g
        terms: Terms = [("velocity_before", before), ("velocity", v)]
        return terms, g + spec.momentum * v if self.looks_ahead else v


KIND = Momentum()
