"""From a learner to a snapshot: its answers and copied weights."""

from __future__ import annotations

from typing import NamedTuple

from model.metrics import Figures, decision_threshold, figures_of
from model.training.learner import Learner
from model.training.snapshot import Snapshot

MOST_REMEMBERED = 250_000
"""A snapshot copies so many numbers of the optimiser's memory: 60 times a second .01 s of it."""


class Measured(NamedTuple):
    """The answers to training rows, and to test rows where there are any."""

    train: Figures
    test: Figures | None


def measure_answers(learner: Learner) -> Measured:
    """Measure the answers to the training rows (of large data the first ones) and to test rows."""
    data = learner.dataset
    threshold = decision_threshold(learner.settings)

    outputs = learner.train.outputs(learner.sample)
    rows = len(outputs)
    mask = None if data.mask_train is None else data.mask_train[:rows]
    train = figures_of(outputs, data.y_train[:rows], data.task, threshold, mask)
    if learner.test is None:
        return Measured(train, None)
    of_test = data.y_test, data.task, threshold, data.mask_test
    return Measured(train, figures_of(learner.test.outputs(), *of_test))


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
