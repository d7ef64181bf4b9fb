"""RMSProp: s = b2 s + (1 - b2) g^2; theta -= r g / (sqrt(s) + eps). Hinton (2012), lecture 6e."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, override

import numpy as np

from model.arrays import FloatArray
from model.optimisers.kind import OptimiserKind, Slots, StepArrays, Terms

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec


class RmsProp(OptimiserKind):
    """Descent by the gradient over its own usual size."""

    name = "rmsprop"
    order = 4
    default_rate = 0.01
    constants = ("beta2", "epsilon")
    averages = 1
    formula = "−η·g / (√s + ε)"

    @override
    def bind(self, spec: OptimiserSpec, arrays: StepArrays) -> Callable[[], None]:
        theta, gradient, (squares,), rate = arrays
        decay, rest = arrays.constant(spec.beta2), arrays.constant(1.0 - spec.beta2)
        epsilon = arrays.constant(spec.epsilon)
        change, scratch = np.empty_like(theta), np.empty_like(theta)

        def step() -> None:
            np.multiply(squares, decay, squares)
            np.multiply(gradient, gradient, scratch)
            np.multiply(scratch, rest, scratch)
            np.add(squares, scratch, squares)
            np.sqrt(squares, scratch)
            np.add(scratch, epsilon, scratch)
            np.divide(gradient, scratch, change)
            np.multiply(change, rate, change)
            np.subtract(theta, change, theta)

        return step

    @override
    def work_out(
        self, spec: OptimiserSpec, g: FloatArray, slots: Slots
    ) -> tuple[Terms, FloatArray]:
        before = slots[0]
        s = spec.beta2 * before + (1.0 - spec.beta2) * g * g
        return [("square_before", before), ("square", s)], g / (np.sqrt(s) + spec.epsilon)


KIND = RmsProp()
