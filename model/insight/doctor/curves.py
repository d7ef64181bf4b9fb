"""Problems visible in the losses."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from model.data.contradictions import MAX_NUMBERS, agreeing_answers
from model.experiment import FloatArray
from model.initialisers import untrained
from model.insight.doctor.finding import Finding, RunFacts
from model.insight.doctor.mending import (
    discard_weights,
    lower_rate,
    restart_at_lower_rate,
    usual_rate,
    with_rate,
)
from model.insight.gates import sample_rows
from model.metrics import MIN_TEST_ROWS, baseline, decide, decision_threshold
from model.training.optimisers import learning_rate_at

_MIN_FALL = 1e-4
"""Relative decrease in 50 epochs below which the loss stands still; it displays as 0.00 %."""

_STILL_EPOCHS = 200
"""Epochs without improvement before a loss is reported as stuck; the message contains it."""

_NEXT_TO_ZERO = 0.1
"""Largest absolute weight for weights to be considered nearly zero."""

_NO_DIFFERENCE = 0.01
"""Largest difference between rows in the last hidden layer that is considered useless."""

_LEARNED = 0.99
"""R squared above which a regression has little left to gain."""


def divergence(facts: RunFacts) -> Iterator[Finding]:
    """Find a diverging loss."""
    loss, lower = facts.train_loss, lower_rate(facts.experiment)
    if facts.diverged:
        yield Finding(
            "not_finite",
            "failure",
            {"epoch": len(loss) - 1, "lower": lower},
            restart_at_lower_rate(facts.experiment),
        )
        return
    if len(loss) < 2 or _follows_rule(facts):
        return
    finite = loss[np.isfinite(loss)]
    is_finite, last = len(finite) == len(loss), float(finite[-1]) if len(finite) else math.nan
    if is_finite and not (loss[-1] > 10.0 * loss[0] and loss[-1] > 2.0 * np.median(loss)):
        return
    yield Finding(
        "diverged",
        "failure",
        {"first": float(loss[0]), "last": last, "lower": lower},
        restart_at_lower_rate(facts.experiment),
    )


def _follows_rule(facts: RunFacts) -> bool:
    """Return whether the losses are a perceptron's mistakes.

    These fluctuate at any learning rate, which only scales a perceptron's weights.
    """
    return facts.experiment.training.optimiser.follows_rule


def plateau(facts: RunFacts) -> Iterator[Finding]:
    """Find a loss that no longer changes while answers are still wrong.

    Notes
    -----
    If the only wrong rows contradict each other, everything learnable has been learned, and no
    other initialisation would do better.
    """
    loss = facts.train_loss
    if len(loss) < 1.5 * _STILL_EPOCHS or facts.accuracy == 1.0 or facts.data.task == "regression":
        return
    window = loss[-_STILL_EPOCHS:]
    if not np.isfinite(window).all() or window[0] - window[-1] > 1e-3 * abs(window[0]):
        return
    if window.max() - window.min() > 0.02 * abs(window[0]):
        return
    if len(facts.experiment.network.layers) == 1:
        return
    training = facts.experiment.training
    if learning_rate_at(training.learning_rate, training.schedule, len(loss) - len(window)) == 0.0:
        return  # where no step moves anything, the start is not to blame
    if _is_done(facts):
        return
    if (cause := _held_by_penalty(facts) or _fading(facts)) is not None:
        yield cause
        return
    yield Finding(
        "plateau",
        "warning",
        {"loss": float(loss[-1]), "share": facts.accuracy},
        discard_weights(
            facts.experiment,
            facts.experiment.training.initialiser,
            facts.experiment.seed + 1,
        ),
        "luck",
    )


def _held_by_penalty(facts: RunFacts) -> Finding | None:
    """Return a finding if a penalty has shrunk all weights to nearly 0."""
    experiment = facts.experiment
    training = experiment.training
    largest = max(
        float(np.abs(layer.weights_and_biases[0]).max(initial=0.0))
        for layer in experiment.network.layers
    )
    if training.l1 == training.l2 == 0.0 or largest > _NEXT_TO_ZERO:
        return None
    weaker = replace(training, l1=training.l1 / 10.0, l2=training.l2 / 10.0)
    values = {"penalty": max(training.l1, training.l2), "largest": largest}
    fix = untrained(replace(experiment, training=weaker))
    return Finding("penalty", "warning", values, fix, "structure")


def _fading(facts: RunFacts) -> Finding | None:
    """Return a finding if stacked sigmoid layers erase differences between rows.

    Notes
    -----
    The slope of a sigmoid is at most 1/4, so each layer passes on at most a quarter of a
    difference, times its weights. The slope of tanh reaches 1, so some starts succeed.
    """
    layers = facts.experiment.network.layers
    hidden = layers[:-1]
    spread = float(np.ptp(facts.passed[-2][1], axis=0).max())
    is_deep = len(hidden) > 2 and all(layer.activation == "sigmoid" for layer in hidden)
    if not is_deep or spread > _NO_DIFFERENCE:
        return None
    tanh = tuple(replace(layer, activation="tanh") for layer in hidden)
    network = replace(facts.experiment.network, layers=(*tanh, layers[-1]))
    return Finding(
        "fading",
        "warning",
        {"layers": len(hidden), "spread": spread},
        untrained(replace(facts.experiment, network=network)),
        "structure",
    )


def _is_done(facts: RunFacts) -> bool:
    """Return whether all examined rows are right, except those that contradict each other."""
    outputs, data = facts.passed[-1][1], facts.data
    x, y = sample_rows(data.x_train), sample_rows(data.y_train)
    if x.size > MAX_NUMBERS or data.task == "regression":
        return False
    mask = None if data.mask_train is None else sample_rows(data.mask_train)
    answers = decide(outputs, data.task, decision_threshold(facts.experiment))
    wanted = y.argmax(axis=1) if data.task == "multiclass" else (y > 0.5).astype(np.intp)
    is_wrong = (answers != wanted).reshape(len(x), -1)
    free = False if mask is None else mask == 0.0
    return not (is_wrong & agreeing_answers(x, y, data.task, mask) & ~np.asarray(free)).any()


def rates(facts: RunFacts) -> Iterator[Finding]:
    """Find a learning rate at which the loss jumps, creeps or stands still."""
    loss = facts.train_loss
    if facts.experiment.training.learning_rate == 0.0 and len(loss) > 1:
        if facts.accuracy < 1.0:
            yield _rate_zero(facts)
        return
    if len(loss) < 60 or _follows_rule(facts) or not np.isfinite(loss[-60:]).all():
        return
    window = loss[-50:]
    steps = np.diff(window)
    ups = float((steps > 0.01 * window[:-1]).mean())
    training, progress = facts.experiment.training, facts.experiment.progress
    done = len(loss) - 1 if progress is None else progress.epoch
    rate = learning_rate_at(training.learning_rate, training.schedule, max(done - 1, 0))
    full = training.batch_size in (0, len(facts.data.x_train))
    before = loss[:-50]
    if ups > (0.25 if full else 0.4) and window.min() > 0.9 * before[_lowest(before)]:
        lower = lower_rate(facts.experiment)
        yield Finding(
            "rate_high",
            "warning",
            {"share": ups, "rate": rate, "lower": lower},
            with_rate(facts.experiment, lower),
        )
    drop = (window[0] - window[-1]) / max(abs(window[0]), 1e-300)
    steady = bool((steps < 0.0).mean() > 0.95)
    wanted = _LEARNED if facts.data.task == "regression" else 1.0
    creeps = steady and full and _MIN_FALL <= drop < 0.005 and rate > 0.0
    if creeps and facts.accuracy < wanted and not _is_done(facts):
        yield Finding(
            "rate_low",
            "note",
            {"drop": float(drop), "rate": rate},
            with_rate(facts.experiment, 3.0 * training.learning_rate),
            "luck",
        )


def _rate_zero(facts: RunFacts) -> Finding:
    """Return the finding for a rate of 0, offering the optimiser's default rate."""
    rate = usual_rate(facts.experiment)
    fix = with_rate(facts.experiment, rate)
    return Finding("rate_zero", "failure", {"rate": rate}, fix, "structure")


def overfitting(facts: RunFacts) -> Iterator[Finding]:
    """Find a test loss that rises while the training loss falls."""
    test, train = facts.test_loss, facts.train_loss
    if test is None or len(facts.data.x_test) < MIN_TEST_ROWS:
        return
    # A test set may have been switched on on the way: no number before.
    if not np.isfinite(test[-1:]).any() or np.isfinite(test).sum() < 30:
        return
    best = _lowest(test)
    if best > 0.8 * len(test) or test[-1] < 1.1 * test[best] or train[-1] >= train[best]:
        return
    if test[-1] <= train[-1]:  # rows that were not learned are no worse off than those that were
        return
    training = facts.experiment.training
    stop = replace(training.stop, patience=max(10, len(test) // 10))
    yield Finding(
        "overfitting",
        "warning",
        {"epoch": best, "best": float(test[best]), "last": float(test[-1])},
        replace(
            facts.experiment,
            training=replace(training, l2=max(2.0 * training.l2, 1e-3), stop=stop),
        ),
    )


def find_guessing(facts: RunFacts) -> Iterator[Finding]:
    """Find a trained network that is no better than guessing."""
    if len(facts.train_loss) < 100 or facts.data.task == "regression":
        return
    y = facts.data.y_train
    guess = baseline(y, y, facts.data.task)
    if guess < 1.0 and facts.accuracy <= guess:
        yield Finding(
            "no_better_than_guessing",
            "warning",
            {"epochs": len(facts.train_loss) - 1, "share": facts.accuracy, "guess": guess},
        )


def _lowest(values: FloatArray) -> int:
    """Return the index of the first minimum, 0 if there is none."""
    return int(np.where(np.isfinite(values), values, np.inf).argmin())
