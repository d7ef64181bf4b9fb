"""The protocol of an optimiser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from foundation.kinds import Kind
from model.arrays import FloatArray

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec

Step = Callable[[], None]
Terms = list[tuple[str, "FloatArray | float"]]


class StepArrays(NamedTuple):
    """The arrays that a step reads and changes in place.

    Attributes
    ----------
    spec
        The optimiser's constants.
    theta, gradient
        The parameters and dL/dtheta, flat.
    slots
        Running averages, each of the same length as `theta`; for Adam one more number, the steps
        done.
    rate
        0-d array; learning rate of the next step.
    """

    spec: OptimiserSpec
    theta: FloatArray
    gradient: FloatArray
    slots: tuple[FloatArray, ...]
    rate: FloatArray

    def constant(self, value: float) -> FloatArray:
        """Return a number as a 0-d array of the parameters' dtype."""
        return np.full((), value, self.theta.dtype)


@dataclass(frozen=True, kw_only=True)
class OptimiserKind(Kind):
    """An optimiser: its step in place, and its published definition.

    Attributes
    ----------
    default_rate
        Learning rate that suits small data.
    formula
        Change of a weight w for the gradient g, as text.
    bind
        Function that returns a step without allocations.
    terms
        Function that returns the terms of a step from the float64 arrays before it, and the
        direction that is multiplied by the learning rate.
    constants
        Numbers of :class:`model.experiment.OptimiserSpec` that the optimiser uses.
    averages
        Number of running averages per parameter.
    counts_steps
        Whether the last slot is the number of steps done.
    only_loss
        The only loss supported by a rule that uses no slope; empty for an optimiser of any loss.
    """

    default_rate: float
    formula: str
    bind: Callable[[StepArrays], Step]
    terms: Callable[[StepArrays], tuple[Terms, FloatArray]]
    constants: tuple[str, ...] = ()
    averages: int = 0
    counts_steps: bool = False
    only_loss: str = ""
