"""An optimiser bound to flat vectors, and the learning rate of an epoch."""

from __future__ import annotations

import math

import numpy as np

from model.arrays import aligned_zeros
from model.experiment import FloatArray, OptimiserSpec, ScheduleSpec
from model.optimisers.kind import Step, StepArrays

CLEAR_EVERY = 32
"""Steps between two clearings.

A tiny average that decays by 0.9 does not become subnormal in between.
"""


def learning_rate_at(base: float, schedule: ScheduleSpec, epoch: int) -> float:
    """Return the learning rate of an epoch.

    Parameters
    ----------
    base
        Rate before the schedule.
    schedule
        Schedule of the learning rate.
    epoch
        Number of epochs done; 0 for the first epoch.

    Notes
    -----
    step: ``base factor^floor(epoch / every)``; cosine: ``base (1 + cos(pi min(1, epoch / every))) /
    2``.

    References
    ----------
    Loshchilov and Hutter (2017), SGDR, eq. 5, without restarts.
    """
    if schedule.name == "step":
        return base * schedule.factor ** (epoch // schedule.every)
    if schedule.name == "cosine":
        return base * 0.5 * (1.0 + math.cos(math.pi * min(1.0, epoch / schedule.every)))
    return base


class Optimiser:
    """One optimiser bound to a vector of parameters and its gradient.

    Parameters
    ----------
    spec
        Name and constants of the optimiser.
    theta, gradient
        The parameters and dL/dtheta, flat.
    slots
        Running averages to continue from; empty for a fresh start.
    steps
        Number of steps made before.

    Attributes
    ----------
    slots
        Vectors of the same length as `theta`, and, for Adam, one number: the steps done.
    steps
        Total number of steps, including those made before.
    rate
        0-d array; learning rate of the next step.
    arrays
        All arrays that a step reads and changes.

    Notes
    -----
    The averages of a weight without a gradient (that of a pixel which is always black) decay into
    subnormal numbers and stay there, which processors handle a hundred times more slowly. At every
    `CLEAR_EVERY`-th step, averages too small to change a weight are therefore set to 0.
    """

    def __init__(
        self,
        spec: OptimiserSpec,
        theta: FloatArray,
        gradient: FloatArray,
        slots: tuple[FloatArray, ...] = (),
        steps: int = 0,
    ) -> None:
        self.spec = spec
        self.steps = steps
        self.rate: FloatArray = np.zeros((), theta.dtype)
        kind = spec.kind
        fresh = [aligned_zeros(theta.size, theta.dtype) for _ in range(kind.averages)]
        if kind.counts_steps:
            fresh.append(np.zeros(1, np.float64))
        if [s.shape for s in slots] == [s.shape for s in fresh]:
            for mine, stored in zip(fresh, slots, strict=True):
                np.copyto(mine, stored)
        self.slots: tuple[FloatArray, ...] = tuple(fresh)
        self.arrays = StepArrays(spec, theta, gradient, self.slots, self.rate)
        step = kind.bind(self.arrays)
        self.step: Step = self._clearing(step) if fresh else step

    def _clearing(self, step: Step) -> Step:
        """Return `step` wrapped so that it periodically clears near-zero averages."""
        theta = self.arrays.theta
        averages = [slot for slot in self.slots if slot.size == theta.size]
        scratch, strong = np.empty_like(theta), np.empty(theta.shape, np.bool_)
        faintest = float(np.finfo(theta.dtype).tiny) * 1e6
        if "epsilon" in self.spec.kind.constants:
            # Their squares are compared with epsilon squared.
            faintest = min(faintest, (1e-8 * self.spec.epsilon) ** 2)
        bound = self.arrays.constant(faintest)

        def clearing() -> None:
            step()
            self.steps += 1
            if not self.steps % CLEAR_EVERY:
                for average in averages:
                    np.abs(average, scratch)
                    np.greater_equal(scratch, bound, strong)
                    np.multiply(average, strong, average)

        return clearing
