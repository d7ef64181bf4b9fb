"""The last few data sets that were made, so that an edit does not read a large file three times."""

from __future__ import annotations

import threading
from pathlib import Path

from model.data import Dataset, build_dataset
from model.experiment import CsvData, DataSpec, Experiment, IdxData

__all__ = ["dataset_of", "is_at_hand"]

KEPT = 3
AT_ONCE_BYTES = 1 << 20
"""Files that are no larger are read without a pause that a person would notice."""

_kept: dict[tuple[object, ...], Dataset] = {}
_lock = threading.Lock()


def is_at_hand(experiment: Experiment) -> bool:
    """Tell whether :func:`dataset_of` answers at once: no large file has to be read for it."""
    if sum(path.stat().st_size for path in _files(experiment.data)) <= AT_ONCE_BYTES:
        return True
    with _lock:
        return _key(experiment) in _kept


def dataset_of(experiment: Experiment) -> Dataset:
    """Return the arrays that an experiment learns from, made anew only where need be.

    A file that has changed since it was read is read again. May be called from any thread.

    Raises
    ------
    ModelError, OSError
        Where the data cannot be made or read.
    """
    key = _key(experiment)
    with _lock:
        found = _kept.pop(key, None)
    if found is None:
        found = build_dataset(experiment)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
    return found


def _key(experiment: Experiment) -> tuple[object, ...]:
    changed_at = tuple(path.stat().st_mtime for path in _files(experiment.data))
    return experiment.data, experiment.split, experiment.seed, changed_at


def _files(data: DataSpec) -> list[Path]:
    """Return the files behind the data that are there."""
    if isinstance(data, CsvData):
        names = [data.path]
    elif isinstance(data, IdxData):
        names = [data.images, data.labels, data.test_images, data.test_labels]
    else:
        return []
    return [path for path in map(Path, filter(None, names)) if path.exists()]
