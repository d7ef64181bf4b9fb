"""A cache of the most recently used data sets.

It saves an edit from reading a large file several times. The shapes of large data are kept
until the program ends, so that editing a network need not read a million rows.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from model.data.build import build_dataset, with_derived
from model.data.dataset import Dataset
from model.data.files.reading import Stamp, stamp_of
from model.data.shape import DataShape, derived_shape, shape_for_network, shape_of

if TYPE_CHECKING:
    from model.data.sources import DataSpec
    from model.data.split import SplitSpec
    from model.experiment import Experiment

KEPT = 3
MAX_BYTES = 1 << 29
"""Memory limit of all cached data; the newest are kept however large they are."""

AT_ONCE_BYTES = 1 << 18
"""Maximum size of files that are read without a noticeable pause."""

type RowsKey = tuple[DataSpec, SplitSpec, int, tuple[str, ...]]
"""Everything that determines an experiment's rows, except its files."""


class _Kept(NamedTuple):
    """A data set, and the stamps of its files when they were read."""

    dataset: Dataset
    stamps: tuple[Stamp, ...]


_kept: dict[RowsKey, _Kept] = {}
_shapes: dict[DataSpec, DataShape] = {}
_lock = threading.Lock()


def forget_datasets() -> None:
    """Drop every cached data set."""
    with _lock:
        _kept.clear()


def is_quickly_available(experiment: Experiment) -> bool:
    """Return whether :func:`dataset_of` answers without reading a large file."""
    found = _stats(experiment.data)
    return not _is_large(experiment.data, found) or _find(experiment, found) is not None


def has_dataset(experiment: Experiment) -> bool:
    """Return whether an experiment's data are cached, with files unchanged or deleted."""
    return _find(experiment, _stats(experiment.data)) is not None


def is_quickly_read(path: Path) -> bool:
    """Return whether a file is small enough to read without a pause, or missing."""
    try:
        return path.stat().st_size <= AT_ONCE_BYTES
    except OSError:
        return True


def dataset_of(experiment: Experiment) -> Dataset:
    """Return an experiment's data set, from the cache if possible.

    A changed file is read again; a deleted one does not matter while its data are cached. May
    be called from any thread.

    Raises
    ------
    ModelError, OSError
        If the data cannot be built or read.
    """
    found = _stats(experiment.data)
    kept = _find(experiment, found)
    if kept is None:
        kept = _Kept(_build(experiment), tuple(map(stamp_of, found)))
    with _lock:
        if _is_large(experiment.data, found):
            _shapes[experiment.data.with_scaling("none")] = shape_of(kept.dataset.columns)
        _kept.pop(rows_key(experiment), None)
        _kept[rows_key(experiment)] = kept
        while len(_kept) > 1 and (
            len(_kept) > KEPT or sum(_nbytes(each.dataset) for each in _kept.values()) > MAX_BYTES
        ):
            del _kept[next(iter(_kept))]
    return kept.dataset


def _build(experiment: Experiment) -> Dataset:
    """Build a data set, deriving inputs from cached columns if possible."""
    features = experiment.features
    if not features:
        return build_dataset(experiment)
    columns = dataset_of(replace(experiment, features=()))
    return with_derived(columns, experiment.data, features)


def quick_shape(experiment: Experiment, data: DataSpec | None = None) -> DataShape:
    """Return the shape of an experiment's data, or of `data`, without reading large files.

    Small data are built. The shape of large data comes from the last time they were read, from
    the headers of picture and label files, or from the experiment's network; a large `data` of
    unknown shape must be read after all.

    Raises
    ------
    ModelError, OSError
        If the data cannot be built or read.
    """
    source = experiment if data is None else replace(experiment, data=data)
    if not _is_large(source.data, _stats(source.data)):
        return shape_of(dataset_of(source))
    with _lock:
        known = _shapes.get(source.data.with_scaling("none"))
    if known is not None:
        return derived_shape(known, source.features)
    if (shape := source.data.shape()) is not None:
        return shape
    return shape_for_network(experiment) if data is None else shape_of(dataset_of(source))


def _nbytes(dataset: Dataset) -> int:
    arrays = [dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test]
    if dataset.source is not None:
        arrays += [dataset.source.x_train, dataset.source.x_test]
    return sum(array.nbytes for array in arrays)


def _find(experiment: Experiment, found: list[os.stat_result]) -> _Kept | None:
    """Return an experiment's cached data if its files are unchanged or deleted."""
    with _lock:
        kept = _kept.get(rows_key(experiment))
    if kept is None:
        return None
    stamps = tuple(map(stamp_of, found))
    is_gone = len(stamps) < len(kept.stamps)
    return kept if is_gone or stamps == kept.stamps else None


def rows_key(experiment: Experiment) -> RowsKey:
    """Return the cache key of an experiment's rows."""
    return experiment.data, experiment.split, experiment.seed, experiment.features


def _is_large(data: DataSpec, found: list[os.stat_result]) -> bool:
    return sum(each.st_size for each in found) * data.unpacked_factor > AT_ONCE_BYTES


def _stats(data: DataSpec) -> list[os.stat_result]:
    """Return the file status of each existing data file."""
    found = []
    for name in data.paths:
        with contextlib.suppress(OSError):  # reading says what is wrong with it
            found.append(Path(name).stat())
    return found
