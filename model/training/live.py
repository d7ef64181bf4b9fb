"""Conversions between stored experiments and those in training: changes, weights, metrics."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace

from model.data import Dataset
from model.edits.network import same_shape, with_weight
from model.errors import ModelError
from model.experiment import (
    Experiment,
    LayerSpec,
    NetworkSpec,
    Progress,
)
from model.experiment.checks import check_experiment
from model.initialisers import initialise
from model.network import Network
from model.training import (
    Message,
    SetSettings,
    SetWeight,
    Snapshot,
    Trainer,
)

MAX_AT_ONCE = 10_000_000
"""Maximum number of multiplications without a noticeable pause."""

MAX_WEIGHTS = 256
"""Maximum number of changed weights in a user's edit; more mean a new start."""


def epoch_of(experiment: Experiment) -> int:
    """Return the number of epochs that an experiment has been trained for."""
    return 0 if experiment.progress is None else experiment.progress.epoch


def _weight_messages(index: int, old: LayerSpec, new: LayerSpec) -> list[Message] | None:
    """Return one message per changed weight of a layer, ``None`` if there are too many."""
    messages: list[Message] = []
    if new.weights is None or new.biases is None or old.weights is None or old.biases is None:
        return [] if new.weights is old.weights and new.biases is old.biases else None
    changed = np.argwhere(old.weights != new.weights)
    changed_biases = np.flatnonzero(old.biases != new.biases)
    if len(changed) + len(changed_biases) > MAX_WEIGHTS:
        return None
    for row, unit in changed:
        messages.append(SetWeight(index, int(row), int(unit), float(new.weights[row, unit])))
    inputs = len(new.weights)
    for unit in changed_biases:
        messages.append(SetWeight(index, inputs, int(unit), float(new.biases[unit])))
    return messages


def _place(experiment: Experiment) -> tuple[int, int, int]:
    """Return an experiment's position in its run."""
    progress = experiment.progress
    return (0, 0, 0) if progress is None else (progress.epoch, progress.step, progress.batch)


def _settings(experiment: Experiment) -> tuple[object, ...]:
    """Return the settings that a trainer can change during a run, apart from weights."""
    layers = [(x.activation, x.dropout, x.pinned) for x in experiment.network.layers]
    return experiment.data, experiment.split, experiment.training, layers


def live_messages(old: Experiment, new: Experiment) -> list[Message] | None:
    """Return the messages that turn a trainer running `old` into one for `new`.

    Returns
    -------
    list or None
        Messages in the order in which they must be applied; ``None`` if the change needs a new
        trainer (different inputs, shape, precision, seed or weights), or if `new` cannot be
        trained.
    """
    if (
        old.seed != new.seed
        or _place(old) != _place(new)
        or old.features != new.features
        or old.training.dtype != new.training.dtype
        or not same_shape(old.network, new.network)
    ):
        return None
    try:
        check_experiment(new)
    except ModelError:
        return None
    messages: list[Message] = []
    if _settings(old) != _settings(new):
        bare = replace(new, network=new.network.without_weights(), progress=None)
        messages.append(SetSettings(bare))
    for index, (a, b) in enumerate(zip(old.network.layers, new.network.layers, strict=True)):
        weights = [] if a is b else _weight_messages(index, a, b)
        if weights is None:
            return None
        messages.extend(weights)
    return messages


def with_weights_of(experiment: Experiment, source: Experiment) -> Experiment:
    """Return `experiment` with its own settings, and the weights and progress of `source`."""
    layers = source.network.layers
    network = experiment.network.with_weights(
        (layer.weights for layer in layers), (layer.biases for layer in layers)
    )
    return replace(experiment, network=network, progress=source.progress)


def continued_from_snapshot(
    experiment: Experiment, snapshot: Snapshot, late: Iterable[Message] = ()
) -> Experiment:
    """Return `experiment` with a snapshot's weights, to continue from.

    The optimiser state is kept if the snapshot includes it and the optimiser is the same; otherwise
    it is reset. Weight changes in `late`, which came too late for the snapshot, are applied on top.
    """
    network = experiment.network.with_weights(snapshot.weights, snapshot.biases)
    progress = snapshot.progress
    if progress is None or snapshot.optimiser != experiment.training.optimiser:
        progress = Progress(epoch=snapshot.epoch, step=snapshot.step)
    return _with_late(replace(experiment, network=network, progress=progress), late)


def with_result(experiment: Experiment, learned: Experiment, late: Iterable[Message]) -> Experiment:
    """Return `experiment` with the weights of `learned`, and weights changed too late for it.

    Late messages stay in the trainer's inbox for the next run; all other pending changes are
    already in `experiment`.
    """
    return _with_late(with_weights_of(experiment, learned), late)


def _with_late(experiment: Experiment, late: Iterable[Message]) -> Experiment:
    """Return the experiment with weight changes that it does not include yet."""
    for each in late:
        if isinstance(each, SetWeight):
            experiment = with_weight(experiment, each.layer, each.row, each.unit, each.value)
    return experiment


def takes_long(experiment: Experiment, dataset: Dataset, looks: int = 1) -> bool:
    """Return whether processing every row `looks` times takes noticeable time.

    A new trainer processes every row once.
    """
    network = experiment.network
    products = network.inputs + network.multiplication_count()
    return (len(dataset.x_train) + len(dataset.x_test)) * products * looks > MAX_AT_ONCE


def measure_figures(experiment: Experiment, dataset: Dataset) -> Snapshot | None:
    """Return the metrics of an experiment that is not being trained, or ``None``."""
    try:
        return Trainer(experiment, dataset).snapshot()
    except ModelError:
        return None


def network_of(experiment: Experiment, bare: NetworkSpec) -> Network:
    """Return an experiment's network for display; its weights may be non-finite.

    Parameters
    ----------
    experiment
        Experiment; missing weights are drawn.
    bare
        The layers without weights.
    """
    layers, dtype = initialise(experiment).network.layers, experiment.training.dtype
    weights, biases = [], []
    for layer in layers:
        w, b = layer.weights_and_biases
        with np.errstate(over="ignore"):
            weights.append(w.astype(dtype, copy=False))
            biases.append(b.astype(dtype, copy=False))
    return Network.from_arrays(bare, tuple(weights), tuple(biases))
