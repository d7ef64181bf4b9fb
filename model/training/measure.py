"""From a learner to a snapshot: its answers and copied weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.experiment import FloatArray
from model.metrics import OPEN, RIGHT, decision_threshold, outcomes, r_squared
from model.training.learner import Learner
from model.training.snapshot import Snapshot

MOST_REMEMBERED = 250_000
"""A snapshot copies so many numbers of the optimiser's memory: 60 times a second .01 s of it."""


class Answers(NamedTuple):
    """How right the answers to some rows are.

    Attributes
    ----------
    accuracy
        Share of right rows, 0 to 1; R squared for a regression.
    undecided
        How many rows are neither right nor wrong.
    """

    accuracy: float
    undecided: int


class Measured(NamedTuple):
    """The answers to training rows, and to test rows where there are any."""

    train: Answers
    test: Answers | None


def measure_answers(learner: Learner) -> Measured:
    """Measure the answers to the training rows (of large data the first ones) and to test rows."""
    data = learner.dataset
    threshold = decision_threshold(learner.settings)

    def measured(outputs: FloatArray, y: FloatArray, mask: FloatArray | None) -> Answers:
        if data.task == "regression":
            return Answers(r_squared(outputs, y), 0)
        judged = outcomes(outputs, y, data.task, threshold, mask)
        return Answers(float(np.mean(judged == RIGHT)), int(np.count_nonzero(judged == OPEN)))

    outputs = learner.train.outputs(learner.sample)
    rows = len(outputs)
    mask = None if data.mask_train is None else data.mask_train[:rows]
    train = measured(outputs, data.y_train[:rows], mask)
    if learner.test is None:
        return Measured(train, None)
    return Measured(train, measured(learner.test.outputs(), data.y_test, data.mask_test))


def take_snapshot(
    learner: Learner, losses: tuple[float, float | None], answers: Measured
) -> Snapshot:
    """Copy a learner's state.

    Parameters
    ----------
    losses, answers
        On training and test rows, the latter ``None`` without a test set.
    """
    train, test = answers
    weights, biases = learner.network.parameters.copies()
    return Snapshot(
        epoch=learner.epoch,
        step=learner.step,
        batch=learner.batch,
        train_loss=losses[0],
        test_loss=losses[1],
        train_accuracy=train.accuracy,
        test_accuracy=None if test is None else test.accuracy,
        train_rows=learner.train.taken(learner.sample),
        weights=weights,
        biases=biases,
        train_undecided=train.undecided,
        test_undecided=0 if test is None else test.undecided,
        progress=learner.progress() if learner.memory <= MOST_REMEMBERED else None,
        optimiser=learner.training.optimiser,
    )
