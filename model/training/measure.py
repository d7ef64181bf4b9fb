"""From a learner, or an epoch of the history, to a snapshot: accuracies and copied weights."""

from __future__ import annotations

import numpy as np

from model.metrics import accuracy, decision_threshold
from model.training.history import History
from model.training.learner import Learner
from model.training.snapshot import Snapshot

__all__ = ["measure_accuracies", "snapshot_of", "take_snapshot"]

Pair = tuple[float, float | None]


def measure_accuracies(learner: Learner) -> Pair:
    """Return the accuracy on training rows (of large data the first ones) and on test rows."""
    data = learner.dataset
    threshold = decision_threshold(learner.settings)
    outputs = learner.train.outputs(learner.sample)
    rows = len(outputs)
    mask = None if data.mask_train is None else data.mask_train[:rows]
    train = accuracy(outputs, data.y_train[:rows], data.task, threshold, mask)
    if learner.test is None:
        return train, None
    test = accuracy(learner.test.outputs(), data.y_test, data.task, threshold, data.mask_test)
    return train, test


def take_snapshot(learner: Learner, run_id: int, losses: Pair, accuracies: Pair) -> Snapshot:
    """Copy a learner's state.

    Parameters
    ----------
    learner
        Whose.
    run_id
        Of the run.
    losses, accuracies
        On training and test rows, the latter ``None`` without a test set.
    """
    return Snapshot(
        run_id=run_id,
        epoch=learner.epoch,
        step=learner.step,
        batch=learner.batch,
        train_loss=losses[0],
        test_loss=losses[1],
        train_accuracy=accuracies[0],
        test_accuracy=accuracies[1],
        train_rows=learner.train.taken(learner.sample),
        learning_rate=learner.rate(),
        weights=learner.network.weights,
        biases=learner.network.biases,
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
        return take_snapshot(learner, run_id, losses, measure_accuracies(learner))
