"""Optimisers: what turns a gradient into a change of the weights, in place on flat vectors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.buffers import aligned_zeros
from model.experiment import FloatArray, OptimiserSpec, ScheduleSpec

BLOCK = 32768
"""Numbers worked on at a time: what a step of Adam touches of them stays in the cache."""


CLEAR_EVERY = 32
"""Steps between two clearings: an average of 0.9 that is faint then is not yet subnormal."""


def learning_rate_at(base: float, schedule: ScheduleSpec, epoch: int) -> float:
    """Return the learning rate of an epoch.

    Parameters
    ----------
    base
        The rate before the schedule.
    epoch
        How many epochs are done; the first is 0.

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
        Which, and its constants.
    theta, gradient
        The parameters and dL/dtheta, flat.
    slots
        The running averages to go on from; empty starts anew.
    steps
        How many steps were made before.

    Attributes
    ----------
    slots
        Vectors as long as `theta`, then, for Adam, one number: the steps done.
    steps
        How many steps were made in all, those before this optimiser was made included.
    rate
        0-d array; the learning rate of the next step.

    Notes
    -----
    With g the gradient and r the rate:

    - sgd, perceptron: theta -= r g
    - momentum: v = mu v + g; theta -= r v
    - nesterov: v = mu v + g; theta -= r (g + mu v)
    - rmsprop: s = b2 s + (1 - b2) g^2; theta -= r g / (sqrt(s) + eps)
    - adam: m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g^2;
      theta -= r (m / (1 - b1^k)) / (sqrt(s / (1 - b2^k)) + eps)
    - adamw: theta *= 1 - r decay, then adam

    The averages are stored divided by ``1 - b1`` and ``1 - b2``, which saves a multiplication each.

    The averages of a weight without a gradient (that of a pixel which is always black) fade step by
    step into subnormal numbers and stay there, where processors are a hundred times slower. So at
    every `CLEAR_EVERY`-th step, averages too small to move a weight become 0.

    References
    ----------
    Polyak (1964); Nesterov (1983) as in Sutskever et al. (2013), eq. 3-4; Hinton (2012), lecture
    6e; Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2.
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
        self._theta, self._gradient = theta, gradient
        vectors = {"momentum": 1, "nesterov": 1, "rmsprop": 1, "adam": 2, "adamw": 2}.get(
            spec.name, 0
        )
        fresh = [aligned_zeros(theta.size, theta.dtype) for _ in range(vectors)]
        if spec.name in ("adam", "adamw"):
            fresh.append(np.zeros(1, np.float64))
        if [s.shape for s in slots] == [s.shape for s in fresh]:
            for mine, stored in zip(fresh, slots, strict=True):
                np.copyto(mine, stored)
        self.slots: tuple[FloatArray, ...] = tuple(fresh)
        step = self._bind()
        self.step: Callable[[], None] = self._clearing(step) if vectors else step

    def _constant(self, value: float) -> FloatArray:
        return np.full((), value, self._theta.dtype)

    def _bind(self) -> Callable[[], None]:
        """Return the step of the chosen optimiser."""
        name = self.spec.name
        if name in ("momentum", "nesterov"):
            return self._momentum(nesterov=name == "nesterov")
        if name == "rmsprop":
            return self._rmsprop()
        if name in ("adam", "adamw"):
            return self._adam(decay=self.spec.weight_decay if name == "adamw" else 0.0)
        theta, gradient, rate = self._theta, self._gradient, self.rate
        change = np.empty_like(theta)
        multiply, subtract = np.multiply, np.subtract

        def step() -> None:
            multiply(gradient, rate, change)
            subtract(theta, change, theta)

        return step

    def _clearing(self, step: Callable[[], None]) -> Callable[[], None]:
        """Return `step` that also clears the faintest averages from time to time."""
        theta = self._theta
        averages = [slot for slot in self.slots if slot.size == theta.size]
        scratch, strong = np.empty_like(theta), np.empty(theta.shape, np.bool_)
        faintest = float(np.finfo(theta.dtype).tiny) * 1e6
        if self.spec.name in ("rmsprop", "adam", "adamw"):
            # Their squares are compared with epsilon squared.
            faintest = min(faintest, (1e-8 * self.spec.epsilon) ** 2)
        bound = self._constant(faintest)

        def clearing() -> None:
            step()
            self.steps += 1
            if not self.steps % CLEAR_EVERY:
                for average in averages:
                    np.abs(average, scratch)
                    np.greater_equal(scratch, bound, strong)
                    np.multiply(average, strong, average)

        return clearing

    def _momentum(self, *, nesterov: bool) -> Callable[[], None]:
        theta, gradient, rate, (velocity,) = self._theta, self._gradient, self.rate, self.slots
        mu = self._constant(self.spec.momentum)
        change = np.empty_like(theta)

        def step() -> None:
            np.multiply(velocity, mu, velocity)
            np.add(velocity, gradient, velocity)
            if nesterov:
                np.multiply(velocity, mu, change)
                np.add(change, gradient, change)
                np.multiply(change, rate, change)
            else:
                np.multiply(velocity, rate, change)
            np.subtract(theta, change, theta)

        return step

    def _rmsprop(self) -> Callable[[], None]:
        theta, gradient, rate, (squares,) = self._theta, self._gradient, self.rate, self.slots
        decay, rest = self._constant(self.spec.beta2), self._constant(1.0 - self.spec.beta2)
        epsilon = self._constant(self.spec.epsilon)
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

    def _adam(self, *, decay: float) -> Callable[[], None]:
        spec, dtype = self.spec, self._theta.dtype
        first, second, done = self.slots
        b1, b2 = self._constant(spec.beta1), self._constant(spec.beta2)
        offset, factor, keep = (np.zeros((), dtype) for _ in range(3))
        parts = _blocks(self._theta, self._gradient, first, second)
        scratch = aligned_zeros(min(BLOCK, self._theta.size), dtype)
        multiply, add, sqrt, divide, subtract = (
            np.multiply,
            np.add,
            np.sqrt,
            np.divide,
            np.subtract,
        )
        rate = self.rate

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


def _blocks(*vectors: FloatArray) -> list[tuple[FloatArray, ...]]:
    """Cut equally long vectors into views of at most `BLOCK` numbers."""
    return [
        tuple(vector[start : start + BLOCK] for vector in vectors)
        for start in range(0, vectors[0].size, BLOCK)
    ]
