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
        Function that takes prepared targets and a mask, and returns the mean loss.
    differentiate
        The same, additionally storing dL/dz in the kernel's ``delta``.
    elements
        Loss of each output, in the shape of the outputs; filled by both functions.
    bind_targets
        Function that takes constant targets and a mask, and returns a `differentiate` for these
        only.
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
    """The base of all kernels: elementwise losses, their sum, and the mean's factor 1/rows."""

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
    part
        Arrays of the kernel.
    measure
        Function that computes the elements from the errors in ``part.delta``.
    turn
        Function that replaces these errors by the slopes; ``None`` if the slopes are the errors.
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
        Function that returns the kernel for outputs or logits; the flag means targets given as
        signs.
    define
        Function that takes outputs or logits and targets, both (rows, outputs), and returns the
        loss of every element and its slope.
    numpy, torch
        Elementwise loss in a script, in terms of ``q`` and ``t``.
    fits
        Output activations that the loss supports, the usual one first; empty for a distance, which
        supports any except a step.
    fused_with
        Output activation that the loss is differentiated jointly with; empty for none.
    domain
        Supported targets, in language-independent notation; empty for any.
    is_outside
        Function that takes targets, shape (rows, outputs), and returns which are not supported.
    has_margins
        Whether outputs are classified by their sign.
    is_joint
        Whether each target of a row affects all its outputs.
    for_steps
        The loss used for step outputs; ``None`` if it is the same.
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
    for_steps: LossKind | None = None

    def is_signed(self, targets: FloatArray) -> bool:
        """Return whether the kernel takes ``1 - 2 t``: it has margins, and targets are 0 or 1."""
        return self.has_margins and bool(((targets == 0.0) | (targets == 1.0)).all())
