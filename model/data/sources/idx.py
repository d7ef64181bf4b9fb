"""Pictures and labels in IDX files."""

from __future__ import annotations

import math
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from foundation.progress import report
from foundation.text import Names
from model.arrays import FloatArray
from model.data.dataset import Dataset
from model.data.files.idx import IMAGES, LABELS, damaged, idx_shape, read_idx
from model.data.files.reading import read_cached
from model.data.shape import DataShape
from model.data.source import DataSource, PathText, Pixels, Proposal
from model.data.split import SplitSpec, split_rows
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator


class IdxData(DataSource, frozen=True, tag="idx"):
    """Pictures and labels in the IDX files of MNIST and Fashion-MNIST.

    Attributes
    ----------
    images, labels
        Paths of the training files, gzipped or not; see `CsvData.path`.
    test_images, test_labels
        Paths of the test files; empty to draw the split from the training files.
    limit
        Maximum training rows; 0 for all.
    names
        Names of the labels 0, 1, ...; empty to use the numbers.
    """

    images: PathText
    labels: PathText
    test_images: PathText = ""
    test_labels: PathText = ""
    limit: int = 0
    names: Names = ()

    order = 7
    identity_field = "images"
    path_fields = ("images", "labels", "test_images", "test_labels")
    own_name = "idx"
    usual_proposal = Proposal((128,), "relu", "adam", 0.001, 128, 5)
    dtype = "float32"

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Build the data set from IDX files, in float32 so that 60,000 pictures fit.

        Raises
        ------
        ModelError
            Codes ``data.unreadable``, ``data.idx``, ``data.idx_rows``, ``data.empty``.
        """
        report(0.0)
        x, y = _pictures(self.images, self.labels, self.limit)
        report(0.8)
        if self.test_images:
            x_test, y_test = _pictures(self.test_images, self.test_labels, 0)
            train, test = np.arange(len(x)), np.arange(len(x_test))
        else:
            train, test = split_rows(len(x), split, generator, y)
            x, x_test, y, y_test = x[train], x[test], y[train], y[test]
        if len(y) == 0:
            raise ModelError(
                "data.empty",
                "There are no rows to train on. Add rows, or make the test share smaller.",
            )
        if x_test.shape[1] != x.shape[1]:
            fault = "its pictures are not as large as the training pictures"
            raise damaged(self.test_images, fault)
        names = self._class_names(int(max(y.max(), y_test.max(initial=0))) + 1)
        one_hot = np.eye(len(names), dtype=np.float32)
        return Dataset(
            x_train=x,
            y_train=one_hot[y],
            x_test=x_test,
            y_test=one_hot[y_test],
            feature_names=tuple(f"p{i}" for i in range(x.shape[1])),
            target_names=names,
            class_names=names,
            task="multiclass",
            rows_train=train,
            rows_test=test,
        )

    def shape(self) -> DataShape:
        """Return the shape from the pictures' headers and the labels.

        Raises
        ------
        ModelError
            Codes ``data.unreadable`` and ``data.idx``.
        """
        inputs = math.prod(idx_shape(self.images)[1][1:])
        labels = [read_idx(path) for path in (self.labels, self.test_labels) if path]
        if self.limit > 0:
            labels[0] = labels[0][: self.limit]
        names = self._class_names(max(int(some.max(initial=0)) for some in labels) + 1)
        features = tuple(f"p{i}" for i in range(inputs))
        return DataShape(inputs, len(names), "multiclass", features, names, names)

    def _class_names(self, classes: int) -> tuple[str, ...]:
        """Return the given names, or numbers if there are fewer names than classes."""
        return self.names if len(self.names) >= classes else tuple(map(str, range(classes)))

    @property
    def has_test_rows(self) -> bool:
        return bool(self.test_images)

    @property
    def is_pictures(self) -> bool:
        return True

    def pixels(self, split: SplitSpec, generator: Generator) -> Pixels | None:
        kind, shape = idx_shape(self.images)
        if kind != np.uint8 or len(shape) != 3:
            return None
        count = shape[1] * shape[2]
        return Pixels((shape[2], shape[1]), 1.0, np.zeros(count), np.ones(count))


def idx_data(path: Path) -> IdxData | None:
    """Return the data set that an IDX file belongs to, ``None`` if a part is missing.

    Parameters
    ----------
    path
        ``train-images-idx3-ubyte``, ``t10k-labels-idx1-ubyte``, ..., gzipped or not.
    """
    images = path.with_name(path.name.replace(LABELS, IMAGES).replace("t10k", "train"))
    labels = images.with_name(images.name.replace(IMAGES, LABELS))
    if not images.is_file() or not labels.is_file():
        return None
    test_images = images.with_name(images.name.replace("train", "t10k"))
    test_labels = labels.with_name(labels.name.replace("train", "t10k"))
    if test_images == images or not (test_images.is_file() and test_labels.is_file()):
        return IdxData(str(images), str(labels))
    return IdxData(str(images), str(labels), str(test_images), str(test_labels))


def _read_only_idx(path: str) -> np.ndarray:
    """Read an IDX file as a read-only array, since the cache shares it."""
    values = read_idx(path)
    values.flags.writeable = False
    return values


def _pictures(images: str, labels: str, limit: int) -> tuple[FloatArray, np.ndarray]:
    """Read pictures as float32 rows, bytes scaled to 0 to 1, and their labels."""
    size = attrgetter("nbytes")
    x, y = (
        read_cached(path, "idx", partial(_read_only_idx, path), size) for path in (images, labels)
    )
    if x.ndim < 2:
        raise damaged(images, "pictures need two dimensions or more")
    if y.ndim != 1 or y.dtype.kind not in "iu" or (y < 0).any() or (y > 255).any():
        raise damaged(labels, "labels need one dimension of whole numbers from 0 to 255")
    if len(x) != len(y):
        raise ModelError(
            "data.idx_rows",
            "{images} holds {pictures} pictures but {labels} holds {found} labels.",
            images=images,
            pictures=len(x),
            labels=labels,
            found=len(y),
        )
    if limit > 0:
        x, y = x[:limit], y[:limit]
    rows = x.reshape(len(x), math.prod(x.shape[1:]))
    flat = rows.astype(np.float32)
    if x.dtype == np.uint8:
        flat /= np.float32(255.0)
    return flat, y
