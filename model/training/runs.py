"""Earlier runs kept for comparison, and their form in a file."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from model.experiment import (
    Activation,
    Curve,
    DataSpec,
    Experiment,
    FloatArray,
    Past,
    PastFinding,
    PastRun,
    TrainingSpec,
)
from model.training.history import History
from model.training.snapshot import Snapshot

MAX_POINTS, MAX_RUNS = 7000, 100
"""Maximum number of points of all curves, and of earlier runs, in a file: 1 MB in total."""
_KEPT = ("seed", "training", "units", "activation", "before", "name", "visible")
"""Fields of a run that a file stores unchanged."""


class Losses(Struct, frozen=True, eq=False):
    """The losses of a run.

    Attributes
    ----------
    epochs
        Epoch of each value, ascending, shape (n,).
    train, test
        Shape (n,); `test` is ``None`` if there never was a test set, and NaN at epochs without one.
    accuracy, test_accuracy
        Accuracies after the newest epoch or within the one that follows, 0 to 1; ``None`` if
        unknown or for a regression.
    """

    epochs: range | np.ndarray
    train: FloatArray
    test: FloatArray | None = None
    accuracy: float | None = None
    test_accuracy: float | None = None

    @property
    def last_epoch(self) -> int:
        """The last epoch."""
        return int(self.epochs[-1])


class RunRecord(Losses, frozen=True, eq=False, kw_only=True):
    """The losses and settings of an earlier run.

    In a run read from a file, some epochs may be missing.

    Attributes
    ----------
    data, seed, training
        As in the experiment.
    units
        Number of inputs, then the units of each layer.
    activation
        Activation of the first layer.
    before
        Number of earlier runs with the same seed.
    name
        Name given by the user, or empty.
    visible
        Whether the run's line is drawn.
    version
        Version of an article's recipe: ``"published"``, ``"corrected"``, or empty.
    """

    data: DataSpec
    seed: int
    training: TrainingSpec
    units: tuple[int, ...]
    activation: Activation
    before: int = 0
    name: str = ""
    visible: bool = True
    version: str = ""


def losses_of(curve: Curve) -> Losses:
    """Return the losses stored in a file, as arrays."""
    test = np.array([np.nan if value is None else value for value in curve.test])
    tests = test if curve.test else None
    shares = curve.accuracy, curve.test_accuracy
    return Losses(np.array(curve.epochs), np.array(curve.train), tests, *shares)


def losses_in(
    history: History | None, before: Losses | None = None, last_epoch: int | None = None
) -> Losses | None:
    """Return the losses of a run appended to those of `before`, its saved part.

    They extend to the current end of the run, or to `last_epoch`.
    """
    if history is None or len(history.epochs) == 0:
        return before
    length, test = len(history.epochs), history.test_loss
    if last_epoch is not None:
        length = max(1, min(length, last_epoch + 1 - history.first_epoch))
    test = None if test is None else test[:length]  # it may have grown meanwhile
    epochs, measured = history.epochs[:length], history.accuracies
    is_known = measured is not None and measured[0] == epochs[-1]
    shares = measured[1:] if measured is not None and is_known else (None, None)
    now = Losses(epochs, history.train_loss[:length], test, *shares)
    if before is None:
        return now
    kept = np.asarray(before.epochs) < history.first_epoch
    tests = None
    if before.test is not None or test is not None:
        parts = zip((before.train, now.train), (before.test, test), strict=True)
        old, new = (np.full(len(a), np.nan) if b is None else b for a, b in parts)
        tests = np.concatenate([old[kept], new])
    return Losses(
        np.concatenate([np.asarray(before.epochs)[kept], np.arange(epochs.start, epochs.stop)]),
        np.concatenate([before.train[kept], now.train]),
        tests,
        *shares,
    )


def past_run(
    experiment: Experiment,
    history: History,
    before: int,
    saved: Losses | None = None,
    newest: Snapshot | None = None,
) -> RunRecord | None:
    """Return a finished run, ``None`` if it never made a step.

    Parameters
    ----------
    experiment
        Experiment of the run.
    history
        History of the run.
    before
        Number of earlier runs with the same seed.
    saved
        Losses of the same run from before it was saved and reopened.
    newest
        Snapshot at which a run was aborted; later losses are ignored.
    """
    last_epoch = None if newest is None else newest.epoch
    if len(history) < 2 or last_epoch == history.first_epoch:
        return None
    losses = losses_in(history, saved, last_epoch)
    assert losses is not None
    record = record_of(experiment, losses, before)
    if newest is not None and history.accuracies is not None:
        shares = newest.train_accuracy, newest.test_accuracy
        record = replace(record, accuracy=shares[0], test_accuracy=shares[1])
    return record


def record_of(experiment: Experiment, losses: Losses, before: int) -> RunRecord:
    """Return the record of an experiment's run, with a copy of the losses."""
    network = experiment.network
    test = None if losses.test is None else losses.test.copy()
    copied = replace(losses, train=losses.train.copy(), test=test)
    return RunRecord(
        data=experiment.data,
        seed=experiment.seed,
        training=experiment.training,
        units=network.sizes,
        activation=network.layers[0].activation,
        before=before,
        **asdict(copied),
    )


# -- In a file -------------------------------------------------------------------------------------


def thinned(losses: Losses, most: int) -> Curve | None:
    """Return losses thinned to about `most` for a file, ``None`` if there are none.

    The first, the last and the lowest values are kept, and evenly spaced ones between them.
    """
    train = losses.train
    places = np.arange(len(train))
    if len(train) > most:
        columns = [train] if losses.test is None else [train, losses.test]
        lowest = [np.where(np.isfinite(each), each, np.inf).argmin() for each in columns]
        places = np.unique([*np.linspace(0, len(train) - 1, most).astype(np.intp), *lowest])
    places = places[np.isfinite(train[places])]
    if len(places) == 0:
        return None
    test: tuple[float | None, ...] = ()
    if losses.test is not None:
        values = losses.test[places].tolist()
        test = tuple(value if np.isfinite(value) else None for value in values)
        test = test if any(value is not None for value in test) else ()
    epochs = [int(losses.epochs[place]) for place in places]
    shares = losses.accuracy, losses.test_accuracy
    return Curve(tuple(epochs), tuple(train[places].tolist()), test, *shares)


def past_of(
    losses: Losses | None,
    runs: Sequence[RunRecord],
    findings: Sequence[PastFinding],
    data: DataSpec,
) -> Past | None:
    """Return the past to store in a file, ``None`` if there is nothing to store.

    Parameters
    ----------
    losses
        Losses of the current run.
    runs
        Earlier runs, oldest first; the newest `MAX_RUNS` are kept.
    findings
        Findings of the training doctor.
    data
        Data of the experiment; runs on the same data do not store it again.
    """
    if losses is None and not runs and not findings:
        return None
    kept = runs[-MAX_RUNS:]
    points = MAX_POINTS // (len(kept) + 1)
    return Past(
        None if losses is None else thinned(losses, points),
        tuple(each for run in kept if (each := _in_file(run, points, data)) is not None),
        tuple(findings),
    )


def _in_file(run: RunRecord, points: int, data: DataSpec) -> PastRun | None:
    curve = thinned(run, points)
    if curve is None:
        return None
    same = {name: getattr(run, name) for name in _KEPT}
    return PastRun(curve=curve, data=None if run.data == data else run.data, **same)


def runs_in(past: Past, data: DataSpec) -> list[RunRecord]:
    """Return the earlier runs stored in a file; those without data use `data`."""
    return [
        RunRecord(
            **asdict(losses_of(run.curve)),
            data=data if run.data is None else run.data,
            **{name: getattr(run, name) for name in _KEPT},
        )
        for run in past.runs
    ]


def past_trained(history: History, old: Past | msgspec.UnsetType, data: DataSpec) -> Past | None:
    """Return the past of an experiment after a command has trained it.

    Parameters
    ----------
    history
        History of the training.
    old
        Past stored in the experiment's file. Its curve is continued if the training started at its
        end, and dropped otherwise.
    data
        Data of the experiment.
    """
    saved, runs = None, []
    if isinstance(old, Past):
        runs = runs_in(old, data)
        if old.curve is not None and old.curve.epochs[-1] == history.first_epoch:
            saved = losses_of(old.curve)
    return past_of(losses_in(history, saved), runs, (), data)
