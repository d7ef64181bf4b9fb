"""The protocol of a loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from foundation.kinds import Kind
from model.arrays import FloatArray, Mask

Measure = Callable[[FloatArray, Mask], float]


class LossKernel(NamedTuple):
    """A loss bound to its arrays.

    Attributes
    ----------
    value
        Takes prepared targets and a mask; returns the mean loss.
    differentiate
        The same, and leaves dL/dz in the kernel's ``delta``.
    elements
        Shape of the outputs; the loss of each, filled by both.
    bind_targets
        Takes targets that will never change and a mask; returns `differentiate` for just those.
    """

    value: Measure
    differentiate: Measure
    elements: FloatArray
    bind_targets: Callable[[FloatArray, Mask], Callable[[], float]]

    @classmethod
    def of(cls, elements: FloatArray, value: Measure, differentiate: Measure) -> LossKernel:
        """Return a kernel for losses that cannot exploit constant targets."""
        return cls(value, differentiate, elements, partial(partial, differentiate))


class Elements:
    """The base of all kernels: the loss's elements, their sum, and the mean's 1/rows."""

    def __init__(self, q: FloatArray, delta: FloatArray) -> None:
        self.q = q
        self.delta = delta
        self.elements = np.empty_like(delta)
        flat = self.elements.reshape(-1)
        self.dot: Callable[[FloatArray], float] = flat.dot  # with ones, a quick sum
        self.ones = np.ones_like(flat)
        self.share: float = 1.0 / delta.shape[-1]
        self.scale = np.full((), self.share, delta.dtype)

    def mean(self, mask: Mask) -> float:
        """Return the mean of the elements, weighted by the mask."""
        if mask is not None:
            np.multiply(self.elements, mask, self.elements)
        return float(self.dot(self.ones)) * self.share

    def spread(self, mask: Mask) -> None:
        """Divide the gradient by the number of rows and clear the don't-cares."""
        np.multiply(self.delta, self.scale, self.delta)
        if mask is not None:
            np.multiply(self.delta, mask, self.delta)


def bind_distance(
    part: Elements, measure: Callable[[], object], turn: Callable[[], object] | None = None
) -> LossKernel:
    """Bind a loss that depends on the error a - t.

    Parameters
    ----------
    measure
        Makes the elements from the errors in ``part.delta``.
    turn
        Makes the slopes of those errors, where they are not the errors themselves.
    """

    def value(t: FloatArray, mask: Mask) -> float:
        np.subtract(part.q, t, part.delta)
        measure()
        return part.mean(mask)

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = value(t, mask)
        if turn is not None:
            turn()
        part.spread(mask)
        return result

    return LossKernel.of(part.elements, value, differentiate)


@dataclass(frozen=True, kw_only=True)
class LossKind(Kind):
    """A loss: its kernel, its definition, and its code in scripts.

    Attributes
    ----------
    bind
        Returns the kernel for outputs or logits; the flag says that targets come as signs.
    define
        Takes what is read of the outputs and the targets, both (rows, outputs), and returns the
        loss of every element and its slope.
    numpy, torch
        The loss of every element in a script, of ``q`` and ``t``.
    fits
        The output activations whose answers it measures, the usual one first; empty for a distance,
        which measures any but a step's.
    fused_with
        The output activation that it is differentiated with as one; empty for none.
    domain
        The targets that it takes, in signs that read alike in every language; empty for any.
    is_outside
        Takes targets, shape (rows, outputs), and tells which are no such.
    has_margins
        Whether it tells apart outputs by their sign.
    is_joint
        Whether what a row wants of one output moves them all.
    of_steps
        What it is of a step output; None where it is the same.
    """

    bind: Callable[[Elements, bool], LossKernel]
    define: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
    numpy: str
    torch: str
    fits: tuple[str, ...] = ()
    fused_with: str = ""
    domain: str = ""
    is_outside: Callable[[FloatArray], np.ndarray] | None = None
    has_margins: bool = False
    is_joint: bool = False
    of_steps: LossKind | None = None

    def is_signed(self, targets: FloatArray) -> bool:
        """Return whether the kernel takes ``1 - 2 t``: targets of 0 and 1 under a margin."""
        return self.has_margins and bool(((targets == 0.0) | (targets == 1.0)).all())
