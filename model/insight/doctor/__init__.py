"""The training doctor: finds a network's problems and offers a corrected experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from model.data import Dataset, build_dataset
from model.experiment import Experiment, FloatArray
from model.initialisers import initialise
from model.insight.doctor import curves, rows, weights
from model.insight.doctor.finding import Finding, RunFacts
from model.insight.gates import sample_rows
from model.metrics import accuracy, decision_threshold
from model.network import Network

__all__ = ["Finding", "examine"]


def examine(
    experiment: Experiment,
    dataset: Dataset | None = None,
    train_loss: FloatArray | None = None,
    test_loss: FloatArray | None = None,
    *,
    ran_away: bool = False,
) -> list[Finding]:
    """Examine a network and return its problems.

    Parameters
    ----------
    experiment
        Experiment with weights.
    dataset
        The experiment's data if already built.
    train_loss, test_loss
        Losses of the run's epochs so far; without them, only problems visible in the weights and
        data are found.
    ran_away
        Whether the run returned to the last of these losses because the next one was not finite.

    Returns
    -------
    list of Finding
        Most severe first.
    """
    drawn = initialise(experiment)
    data = build_dataset(experiment) if dataset is None else dataset
    x, y = sample_rows(data.x_train), sample_rows(data.y_train)
    mask = None if data.mask_train is None else sample_rows(data.mask_train)
    with np.errstate(all="ignore"):  # a runaway network is what is looked for, not an accident
        passed = Network.of(drawn).activations(x)
        outputs = passed[-1][1]
        reached = accuracy(outputs, y, data.task, decision_threshold(drawn), mask)
    facts = RunFacts(
        drawn,
        data,
        passed,
        np.zeros(0) if train_loss is None else np.asarray(train_loss),
        None if test_loss is None else np.asarray(test_loss),
        reached,
        ran_away,
    )
    examinations: tuple[Callable[[RunFacts], Iterator[Finding]], ...] = (
        curves.divergence,
        rows.find_contradictions,
        rows.needs_hidden_layer,
        rows.straight_border,
        rows.needs_bias,
        weights.find_loss_mismatch,
        weights.symmetry,
        weights.dead_units,
        weights.single_softmax,
        weights.saturation,
        curves.plateau,
        curves.rates,
        curves.overfitting,
        weights.inputs,
        curves.find_guessing,
    )
    with np.errstate(all="ignore"):
        findings = [finding for look in examinations for finding in look(facts)]
    order = {"failure": 0, "warning": 1, "note": 2}
    return sorted(_without_explained(findings), key=lambda finding: order[finding.severity])


_EXPLAINED: dict[str, tuple[str, ...]] = {
    "plateau": ("dead_relu", "symmetric"),
    "rate_low": ("dead_relu", "saturated", "symmetric"),
    "symmetric": ("penalty",),
    "saturated": ("diverged", "not_finite", "rate_high"),
}
"""By code, the findings that explain it and therefore suppress it.

Structural findings also suppress every finding of kind "luck". Units saturated by a high rate
would saturate again until the rate is lower.
"""


def _without_explained(findings: list[Finding]) -> list[Finding]:
    found = {finding.code for finding in findings}
    explains_luck = any(finding.kind == "structure" for finding in findings)
    return [
        each
        for each in findings
        if found.isdisjoint(_EXPLAINED.get(each.code, ()))
        and not (explains_luck and each.kind == "luck")
    ]
