"""Activations and losses as curves for drawing, with the points for current values."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from model.activations import activate, derivative
from model.experiment import Activation, FloatArray, Loss
from model.losses import LOSS_KINDS, is_fused, loss_kind

FLAT_SLOPE = 0.02
"""Slope at or below which almost no gradient passes."""

POINTS = 121

Span = tuple[float, float]


class ActivationCurve(NamedTuple):
    """An activation and its slope over z.

    Attributes
    ----------
    z, a, slope
        Shape (points,) each.
    flat
        Ranges of z, at the ends or elsewhere, in which the slope is at most `FLAT_SLOPE`.
    """

    z: FloatArray
    a: FloatArray
    slope: FloatArray
    flat: tuple[Span, ...]


def activation_curve(
    name: Activation, reach: float, shift: float = 0.0, points: int = POINTS
) -> ActivationCurve:
    """Return an activation's curve from -`reach` to `reach`.

    Parameters
    ----------
    name
        Activation. For softmax, the curve is one unit's output with the sums of the others fixed: a
        shifted sigmoid of its z.
    reach
        Half-width of the range around 0, positive.
    shift
        Added to z before the activation is applied: `softmax_shift`, or 0 for other activations.
    """
    z = np.linspace(-reach, reach, points)
    shown: Activation = "sigmoid" if name == "softmax" else name
    sums = (z + shift)[:, None]
    a, slope = activate(shown, sums)[:, 0], derivative(shown, sums)[:, 0]
    return ActivationCurve(z, a, slope, _spans(z, np.abs(slope) <= FLAT_SLOPE))


def _spans(x: FloatArray, chosen: np.ndarray) -> tuple[Span, ...]:
    """Return the chosen ranges of `x`, each extended by half a step towards its neighbours."""
    half = (x[1] - x[0]) / 2
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]])))
    return tuple(
        (max(float(x[first] - half), float(x[0])), min(float(x[end - 1] + half), float(x[-1])))
        for first, end in edges.reshape(-1, 2)
    )


def softmax_shift(z: float, a: float) -> float:
    """Return the shift that makes ``sigmoid(z + shift)`` equal a softmax unit's output `a`.

    Notes
    -----
    ``a_i = sigmoid(z_i - ln sum_{j != i} exp z_j)``; the shift is minus that logarithm.
    """
    return float(np.log(a / (1.0 - a))) - z if 0.0 < a < 1.0 else 0.0


LossAxis = Literal["error", "probability", "answer"]


class LossCurve(NamedTuple):
    """The loss of one output as a curve.

    Attributes
    ----------
    axis
        Quantity on the x axis: the error a - t, the probability p of a sigmoid or a softmax, or the
        answer a.
    x
        Shape (points,).
    of_target
        Loss over `x` for target 0 and for target 1, shape (points,) each; a single curve if `x` is
        the error.
    """

    axis: LossAxis
    x: FloatArray
    of_target: tuple[FloatArray, ...]


_ERROR_REACH, _ANSWER_REACH, _MIN_P = 3.0, 3.0, 0.005


def loss_axis(loss: Loss, activation: Activation) -> LossAxis:
    """Return the x axis quantity for plotting a loss."""
    if not LOSS_KINDS[loss].fits:
        return "error"
    return "probability" if is_fused(loss, activation) else "answer"


def loss_curve(loss: Loss, activation: Activation) -> LossCurve:
    """Return the loss of one output over its error, or over its answer for targets 0 and 1.

    Notes
    -----
    In categorical cross-entropy only the right class has a loss, ``-ln p``: the loss for target 0
    is 0 everywhere. A step answers only 0 or 1; the line between them merely guides the eye.
    """
    axis = loss_axis(loss, activation)
    if axis == "error":
        x = np.linspace(-_ERROR_REACH, _ERROR_REACH, POINTS)
        return LossCurve(axis, x, (output_losses(loss, activation, x, np.zeros(POINTS)),))
    if axis == "probability":
        x = np.linspace(_MIN_P, 1.0 - _MIN_P, POINTS)
    elif activation == "step":
        x = np.linspace(0.0, 1.0, POINTS)
    else:
        x = np.linspace(-_ANSWER_REACH, _ANSWER_REACH, POINTS)
    of_target = [output_losses(loss, activation, x, np.full(POINTS, t)) for t in (0.0, 1.0)]
    return LossCurve(axis, x, tuple(of_target))


def output_losses(loss: Loss, activation: Activation, a: FloatArray, t: FloatArray) -> FloatArray:
    """Return the loss of each answer.

    Parameters
    ----------
    a, t
        Answers and targets, shape (answers,) each. If loss and activation are fused, an answer is a
        probability.

    Returns
    -------
    numpy.ndarray
        Shape (answers,): the terms that are summed over outputs and averaged over rows in the loss.
    """
    if len(a) == 0:
        return np.zeros(0)
    with np.errstate(all="ignore"):
        if LOSS_KINDS[loss].is_joint:
            p = a if is_fused(loss, activation) else activate("sigmoid", a)
            return np.where(t > 0.0, -t * np.log(p), 0.0)
        q = np.log(a) - np.log1p(-a) if is_fused(loss, activation) else a
        return loss_kind(loss, activation).define(q, t)[0]
