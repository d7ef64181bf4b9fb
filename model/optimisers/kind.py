"""What an optimiser is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.arrays import FloatArray

if TYPE_CHECKING:
    from model.experiment import OptimiserSpec

Slots = tuple[FloatArray, ...]
Terms = list[tuple[str, "FloatArray | float"]]


class StepArrays(NamedTuple):
    """What a step reads and changes in place.

    Attributes
    ----------
    theta, gradient
        The parameters and dL/dtheta, flat.
    slots
        The running averages, as long as `theta`; for Adam one more number, the steps done.
    rate
        0-d array; the learning rate of the next step.
    """

    theta: FloatArray
    gradient: FloatArray
    slots: Slots
    rate: FloatArray

    def constant(self, value: float) -> FloatArray:
        """Return a number as a 0-d array of the parameters' type."""
        return np.full((), value, self.theta.dtype)


class OptimiserKind(ABC):
    """An optimiser: its step in place, and as its paper prints it.

    Attributes
    ----------
    name
        What files call it.
    order
        Its place in lists.
    default_rate
        A learning rate that suits small data.
    constants
        The numbers of :class:`model.experiment.OptimiserSpec` that it uses.
    averages
        How many running averages it keeps of each parameter.
    counts_steps
        Whether its last slot is the number of steps done.
    decays
        Whether it takes a share off the weight by itself.
    only_loss
        The one loss of a rule that asks for no slope; empty for an optimiser of any loss.
    formula
        The change of a weight w by the gradient g, as a text.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    default_rate: ClassVar[float]
    constants: ClassVar[tuple[str, ...]] = ()
    averages: ClassVar[int] = 0
    counts_steps: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    only_loss: ClassVar[str] = ""
    formula: ClassVar[str]

    @abstractmethod
    def bind(self, spec: OptimiserSpec, arrays: StepArrays) -> Callable[[], None]:
        """Return a step that allocates nothing."""

    @abstractmethod
    def work_out(
        self, spec: OptimiserSpec, g: FloatArray, slots: Slots
    ) -> tuple[Terms, FloatArray]:
        """Return a step's terms, and the direction that the learning rate multiplies.

        Parameters
        ----------
        g
            The gradient, float64.
        slots
            As :attr:`StepArrays.slots` before the step.
        """
