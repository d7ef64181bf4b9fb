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
        The running averages, as long as `theta`; for Adam one more number, the steps done.
    rate
        0-d array; the learning rate of the next step.
    """

    spec: OptimiserSpec
    theta: FloatArray
    gradient: FloatArray
    slots: tuple[FloatArray, ...]
    rate: FloatArray

    def constant(self, value: float) -> FloatArray:
        """Return a number as a 0-d array of the parameters' type."""
        return np.full((), value, self.theta.dtype)


@dataclass(frozen=True, kw_only=True)
class OptimiserKind(Kind):
    """An optimiser: its step in place, and its published definition.

    Attributes
    ----------
    default_rate
        A learning rate that suits small data.
    formula
        The change of a weight w by the gradient g, as a text.
    bind
        Returns a step that allocates nothing.
    terms
        Returns the terms of a step from float64 arrays as they are before it, and the direction
        that the learning rate multiplies.
    constants
        The numbers of :class:`model.experiment.OptimiserSpec` that it uses.
    averages
        How many running averages it keeps of each parameter.
    counts_steps
        Whether its last slot is the number of steps done.
    only_loss
        The one loss of a rule that asks for no slope; empty for an optimiser of any loss.
    """

    default_rate: float
    formula: str
    bind: Callable[[StepArrays], Step]
    terms: Callable[[StepArrays], tuple[Terms, FloatArray]]
    constants: tuple[str, ...] = ()
    averages: int = 0
    counts_steps: bool = False
    only_loss: str = ""
