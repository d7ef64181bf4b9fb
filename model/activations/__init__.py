"""Activation functions and their derivatives, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foundation.kinds import find_kinds
from model.activations.kind import ActivationKind, Kernel
from model.arrays import FloatArray

if TYPE_CHECKING:
    from model.experiment import Activation
    from model.experiment.training import SlopeAt

ACTIVATION_KINDS = find_kinds(ActivationKind, __name__, __path__)


def _with_slope_at_a(name: Activation, a: FloatArray) -> Kernel:
    """Bind an activation whose slope is evaluated at ``a``, f'(f(z)): a deliberate mistake."""
    twice = np.empty_like(a)
    again = ACTIVATION_KINDS[name].bind(twice)

    def backward(delta: FloatArray) -> None:
        np.copyto(twice, a)
        again.forward()
        again.backward(delta)

    return Kernel(ACTIVATION_KINDS[name].bind(a).forward, backward)


def bind(name: Activation, a: FloatArray, slope_at: SlopeAt = "z") -> Kernel:
    """Bind an activation to its array and allocate all scratch space.

    Parameters
    ----------
    name
        Name of the activation.
    a
        Shape (..., units, rows); holds ``z`` before ``forward`` and ``a`` after it.
    slope_at
        See :class:`model.experiment.TrainingSpec`.

    Notes
    -----
    For very negative ``z``, ``exp`` in the sigmoid overflows, but the result, 0, is correct: call
    the kernels under ``numpy.errstate(over="ignore")``.
    """
    return ACTIVATION_KINDS[name].bind(a) if slope_at == "z" else _with_slope_at_a(name, a)


def activate(name: Activation, z: FloatArray) -> FloatArray:
    """Return ``a(z)`` in a new array.

    Parameters
    ----------
    name
        Name of the activation.
    z
        Shape (rows, units), or any shape except for softmax, which is applied along the last axis.
    """
    columns = np.array(np.atleast_2d(z).T, order="C")
    with np.errstate(over="ignore", invalid="ignore"):  # an endless z makes no number of a softmax
        bind(name, columns).forward()
    return np.ascontiguousarray(columns.T).reshape(np.shape(z))


def derivative(name: Activation, z: FloatArray) -> FloatArray:
    """Return ``da/dz`` at `z` elementwise; for softmax the diagonal ``a (1 - a)``."""
    if ACTIVATION_KINDS[name].is_joint:
        a = activate(name, z)
        return a * (1.0 - a)
    columns = np.array(np.atleast_2d(z).T, order="C")
    slope = np.ones_like(columns)
    kernel = bind(name, columns)
    with np.errstate(over="ignore"):
        kernel.forward()
        kernel.backward(slope)
    return np.ascontiguousarray(slope.T).reshape(np.shape(z))
