"""The numeric gradient of one weight, beside the analytic one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.data import Dataset
from model.experiment import Experiment
from model.training.learner import Learner


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """Two ways to one derivative.

    Attributes
    ----------
    analytic
        By the chain rule.
    numeric
        (L(w + h) - L(w - h)) / (2 h).
    step
        h.
    loss_below, loss_above
        L(w - h) and L(w + h), penalties included.
    difference
        |analytic - numeric| / max(1e-8, |analytic| + |numeric|).
    passed
        Whether that is below 1e-6, or both derivatives differ by less than 1e-9.
    """

    analytic: float
    numeric: float
    step: float
    loss_below: float
    loss_above: float
    difference: float
    passed: bool


def check_gradient(
    experiment: Experiment,
    layer: int,
    row: int,
    unit: int,
    *,
    dataset: Dataset | None = None,
    step: float = 1e-5,
) -> GradientCheck:
    """Compare the two derivatives of the training loss with respect to one weight.

    Parameters
    ----------
    experiment
        With weights; computed in float64 whatever its dtype.
    layer, row, unit
        Which weight; row ``inputs`` is the bias.
    dataset
        Its data, where they were built before; one row of them is a check on one example.
    step
        h.

    Returns
    -------
    GradientCheck
        dL/dw by backpropagation and by central differences, and their relative distance.

    Raises
    ------
    ModelError
        Code ``network.no_such_weight``, and what training it would raise.

    Notes
    -----
    At a kink (ReLU's 0, an absolute loss's target) the two differ rightly: the loss has no
    derivative there.
    """
    from msgspec.structs import replace

    exact = replace(experiment.training, dtype="float64")
    learner = Learner(replace(experiment, training=exact, progress=None), dataset)
    place = learner.network.parameters.index(layer, row, unit)
    analytic = float(learner.gradient()[place])
    held = float(learner.theta[place])
    losses = []
    for sign in (-1.0, 1.0):
        learner.theta[place] = held + sign * step
        with np.errstate(over="ignore"):
            losses.append(learner.train.loss() + learner.penalty())
    numeric = (losses[1] - losses[0]) / (2.0 * step)
    apart = abs(analytic - numeric)
    difference = apart / max(1e-8, abs(analytic) + abs(numeric))
    return GradientCheck(
        analytic=analytic,
        numeric=numeric,
        step=step,
        loss_below=losses[0],
        loss_above=losses[1],
        difference=difference,
        passed=difference < 1e-6 or apart < 1e-9,
    )
