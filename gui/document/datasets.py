"""The last few data sets that were made, so that an edit does not read a large file three times."""

from __future__ import annotations

from pathlib import Path

from model.data import Dataset, build_dataset
from model.experiment import CsvData, Experiment, IdxData

__all__ = ["dataset_of"]

KEPT = 3
_kept: dict[tuple[object, ...], Dataset] = {}


def dataset_of(experiment: Experiment) -> Dataset:
    """Return the arrays that an experiment learns from, made anew only where need be.

    A file that has changed since it was read is read again.

    Raises
    ------
    ModelError, OSError
        Where the data cannot be made or read.
    """
    key = (experiment.data, experiment.split, experiment.seed, _changed_at(experiment))
    found = _kept.pop(key, None)
    if found is None:
        found = build_dataset(experiment)
    _kept[key] = found
    while len(_kept) > KEPT:
        del _kept[next(iter(_kept))]
    return found


def _changed_at(experiment: Experiment) -> tuple[float, ...]:
    """Return when the files behind the data were last changed; nothing for other data."""
    data = experiment.data
    if isinstance(data, CsvData):
        names = [data.path]
    elif isinstance(data, IdxData):
        names = [data.images, data.labels, data.test_images, data.test_labels]
    else:
        return ()
    paths = [Path(name) for name in names if name]
    return tuple(path.stat().st_mtime for path in paths if path.exists())
