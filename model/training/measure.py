"""From a learner, or an epoch of the history, to a snapshot: its answers and copied weights."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray
from model.metrics import OPEN, RIGHT, decision_threshold, outcomes, r_squared
from model.training.history import History
from model.training.learner import Learner
from model.training.snapshot import Snapshot

__all__ = ["Measured", "measure_answers", "snapshot_of", "take_snapshot"]

Pair = tuple[float, float | None]
Measured = tuple[tuple[float, int], tuple[float, int] | None]
"""Accuracy and number of undecided rows, of the training rows and of the test rows."""


def measure_answers(learner: Learner) -> Measured:
    """Measure the answers to the training rows (of large data the first ones) and to test rows."""
    data = learner.dataset
    threshold = decision_threshold(learner.settings)

    def measured(outputs: FloatArray, y: FloatArray, mask: FloatArray | None) -> tuple[float, int]:
        if data.task == "regression":
            return r_squared(outputs, y), 0
        judged = outcomes(outputs, y, data.task, threshold, mask)
        return float(np.mean(judged == RIGHT)), int(np.count_nonzero(judged == OPEN))

    outputs = learner.train.outputs(learner.sample)
    rows = len(outputs)
    mask = None if data.mask_train is None else data.mask_train[:rows]
    train = measured(outputs, data.y_train[:rows], mask)
    if learner.test is None:
        return train, None
    return train, measured(learner.test.outputs(), data.y_test, data.mask_test)


def take_snapshot(learner: Learner, run_id: int, losses: Pair, answers: Measured) -> Snapshot:
    """Copy a learner's state.

    Parameters
    ----------
    learner
        Whose.
    run_id
        Of the run.
    losses, answers
        On training and test rows, the latter ``None`` without a test set.
    """
    (train_accuracy, train_undecided), test = answers
    test_accuracy, test_undecided = (None, 0) if test is None else test
    return Snapshot(
        run_id=run_id,
        epoch=learner.epoch,
        step=learner.step,
        batch=learner.batch,
        train_loss=losses[0],
        test_loss=losses[1],
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        train_rows=learner.train.taken(learner.sample),
        learning_rate=learner.rate(),
        weights=learner.network.weights,
        biases=learner.network.biases,
        train_undecided=train_undecided,
        test_undecided=test_undecided,
    )


def snapshot_of(history: History, epoch: int, run_id: int) -> Snapshot:
    """Return the state at the end of an epoch of the history, exactly.

    Raises
    ------
    ModelError
        Code ``history.no_epoch``.
    """
    learner = history.learner_at(epoch)
    place = epoch - history.first_epoch
    test = None if learner.test is None else history.test_loss
    losses = float(history.train_loss[place]), None if test is None else float(test[place])
    with np.errstate(all="ignore"):
        return take_snapshot(learner, run_id, losses, measure_answers(learner))
