"""Parts of an experiment that a lesson can lock against edits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Literal, get_args

import numpy as np

from model.edits.network import same_shape
from model.experiment import Experiment

Lock = Literal[
    "activation",
    "batch",
    "bias",
    "data",
    "dropout",
    "initialiser",
    "inputs",
    "layers",
    "learning_rate",
    "loss",
    "optimiser",
    "regularisation",
    "schedule",
    "seed",
    "split",
    "stop",
    "units",
    "weights",
]
LOCKS: tuple[Lock, ...] = get_args(Lock)


def _by_layer(name: str) -> Callable[[Experiment], object]:
    """Return a function that reads an attribute of every layer."""
    return lambda e: [getattr(layer, name) for layer in e.network.layers]


_READ: dict[Lock, Callable[[Experiment], object]] = {
    "layers": _by_layer("kind"),
    "units": _by_layer("units"),
    "activation": _by_layer("activation"),
    "bias": _by_layer("use_bias"),
    "dropout": _by_layer("dropout"),
    "data": attrgetter("data"),
    "split": attrgetter("split"),
    "inputs": attrgetter("network.inputs", "features"),
    "batch": attrgetter("training.batch_size", "training.shuffle"),
    "initialiser": attrgetter("training.initialiser"),
    "learning_rate": attrgetter("training.learning_rate"),
    "loss": attrgetter("training.loss"),
    "optimiser": attrgetter("training.optimiser"),
    "regularisation": attrgetter("training.l1", "training.l2", "training.clip_norm"),
    "schedule": attrgetter("training.schedule"),
    "seed": attrgetter("seed"),
    "stop": attrgetter("training.stop"),
}


def _sets_weights(old: Experiment, new: Experiment) -> bool:
    """Return whether an edit sets weights by hand, not by a new seed or shape."""

    def drawn_from(e: Experiment) -> tuple[object, ...]:
        progress = e.progress
        place = None if progress is None else (progress.epoch, progress.step, progress.batch)
        return place, e.seed, e.training.initialiser

    if drawn_from(old) != drawn_from(new) or not same_shape(old.network, new.network):
        return False
    return any(
        not np.array_equal(getattr(a, name), getattr(b, name))
        for a, b in zip(old.network.layers, new.network.layers, strict=True)
        for name in ("weights", "biases")
        if getattr(a, name) is not None and getattr(b, name) is not None
    )


def broken_locks(locks: Collection[Lock], old: Experiment, new: Experiment) -> tuple[Lock, ...]:
    """Return the locks that an edit from `old` to `new` would break.

    Notes
    -----
    Adding or removing layers changes ``units``, ``activation``, ``bias`` and ``dropout`` too, so
    these locks are also broken.
    """
    if old is new:
        return ()
    return tuple(lock for lock in LOCKS if lock in locks and _breaks(lock, old, new))


def _breaks(lock: Lock, old: Experiment, new: Experiment) -> bool:
    if lock == "weights":
        return _sets_weights(old, new)
    return _READ[lock](old) != _READ[lock](new)
