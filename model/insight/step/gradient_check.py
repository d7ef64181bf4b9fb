"""Numeric gradients, and a comparison of one weight's numeric and analytic gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from model.data import Dataset
from model.experiment import Experiment, FloatArray
from model.training.learner import Learner


class GradientCheck(Struct, frozen=True):
    """A derivative computed in two ways.

    Attributes
    ----------
    analytic
        Derivative by the chain rule.
    numeric
        (L(w + h) - L(w - h)) / (2 h), penalties included in L.
    passed
        Whether |analytic - numeric| / max(1e-8, |analytic| + |numeric|) is below 1e-6, or the
        derivatives differ by less than 1e-9 or by no more than the error of central differences,
        see :func:`check_gradient`.
    """

    analytic: float
    numeric: float
    passed: bool


def check_gradient(
    experiment: Experiment,
    layer: int,
    row: int,
    unit: int,
    *,
    dataset: Dataset | None = None,
) -> GradientCheck:
    """Compare two derivatives of the training loss with respect to one weight.

    Parameters
    ----------
    experiment
        Experiment with weights; computed in float64 whatever its dtype.
    layer, row, unit
        Place of the weight; row ``inputs`` is the bias.
    dataset
        The experiment's data if already built; a single row of it checks one example.

    Returns
    -------
    GradientCheck
        dL/dw by backpropagation and by central differences, and their relative difference.

    Raises
    ------
    ModelError
        Code ``network.no_such_weight``, and any error that training would raise.

    Notes
    -----
    At a kink (ReLU's 0, an absolute loss's target) the two differ legitimately: the loss has no
    derivative there.

    The error of central differences has two parts. The truncation error is a third derivative times
    h^2 / 6; with 2 h it is four times as large, so it is less than the difference between the two.
    The rounding error is that of two losses over 2 h. The first grows with large inputs, the second
    with large losses. In such cases other h are tried, and the one with the smallest error is used.
    """
    learner = _exact(experiment, dataset)
    place = learner.network.parameters.index(layer, row, unit)
    analytic = float(learner.gradient()[place])
    held = float(learner.theta[place])

    def loss_at(value: float) -> float:
        learner.theta[place] = value
        with np.errstate(over="ignore"):
            return learner.train.loss() + learner.penalty()

    best = None
    for step in _STEPS:
        h = max(step, 4.0 * float(np.spacing(abs(held))))
        tried = _compare(loss_at, analytic, held, h)
        if best is None or tried.error < best.error:
            best = tried
        if not tried.error > max(_NOTHING, _SMALL * (abs(analytic) + abs(tried.check.numeric))):
            break
    assert best is not None
    return best.check


def numeric_gradient(experiment: Experiment, dataset: Dataset, places: Iterable[int]) -> FloatArray:
    """Return dL/dw of some weights by central differences, without penalties.

    Parameters
    ----------
    experiment
        Experiment with weights; computed in float64 whatever its dtype.
    dataset
        Data set whose training rows the loss is averaged over.
    places
        Indices of the weights, as from :meth:`model.experiment.NetworkSpec.place`.

    Notes
    -----
    (L(w + h) - L(w - h)) / (2 h); h is 1e-5, times |w| for weights larger than 1.
    """
    learner = _exact(experiment, dataset)
    found = []
    with np.errstate(all="ignore"):
        for place in places:
            held = float(learner.theta[place])
            h = _STEPS[0] * max(1.0, abs(held))
            losses = []
            for value in (held - h, held + h):
                learner.theta[place] = value
                losses.append(learner.train.loss())
            learner.theta[place] = held
            found.append((losses[1] - losses[0]) / ((held + h) - (held - h)))
    return np.array(found)


def _exact(experiment: Experiment, dataset: Dataset | None) -> Learner:
    exact = replace(experiment.training, dtype="float64")
    return Learner(replace(experiment, training=exact, progress=None), dataset)


_SMALL, _NOTHING = 1e-6, 1e-9
_STEPS = (1e-5, 1e-6, 1e-7, 1e-4, 1e-3)
"""Values of h in the order tried; increased if adding h would not change the weight."""
_ROUNDINGS = 16.0
"""Assumed rounding error of a summed loss, in units of the machine epsilon."""


class _Tried(NamedTuple):
    """A check with one h, and the possible error of its numeric derivative."""

    check: GradientCheck
    error: float


def _compare(loss_at: Callable[[float], float], analytic: float, held: float, h: float) -> _Tried:
    """Compare a derivative with central differences for one h."""
    below, above = held - h, held + h
    losses = loss_at(below), loss_at(above)
    numeric = (losses[1] - losses[0]) / (above - below)
    farther = loss_at(held - 2.0 * h), loss_at(held + 2.0 * h)
    wider = (farther[1] - farther[0]) / ((held + 2.0 * h) - (held - 2.0 * h))
    size = max(map(abs, (*losses, *farther)))
    error = abs(wider - numeric) + _ROUNDINGS * float(np.finfo(np.float64).eps) * size / (2.0 * h)
    apart = abs(analytic - numeric)
    difference = apart / max(1e-8, abs(analytic) + abs(numeric))
    check = GradientCheck(
        analytic=analytic,
        numeric=numeric,
        passed=difference < _SMALL or apart < _NOTHING or apart <= error,
    )
    return _Tried(check, error)
