"""IDX files, the format of MNIST and Fashion-MNIST.

A file is: two zero bytes, a byte for the type (8 is unsigned byte), a byte for the number of
dimensions, each dimension as a big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from functools import partial
from operator import attrgetter
from pathlib import Path

import numpy as np

from foundation.files import open_regular
from model.data.dataset import Dataset
from model.data.packed import unpacked
from model.data.reading import once
from model.data.shape import DataShape
from model.data.split import split_rows
from model.data_paths import MOST_BYTES, data_bytes
from model.errors import ModelError
from model.experiment import FloatArray, IdxData, SplitSpec
from model.file_bytes import unreadable
from model.progress import report

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {
    "uint8": 0x08,
    "int8": 0x09,
    "int16": 0x0B,
    "int32": 0x0C,
    "float32": 0x0D,
    "float64": 0x0E,
}
_IMAGES, _LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


def is_idx(path: Path) -> bool:
    """Tell whether a file's name is that of an IDX file of pictures or labels."""
    return _IMAGES in path.name or _LABELS in path.name


def idx_data(path: Path) -> IdxData | None:
    """Return the data set that one of its files belongs to, ``None`` where a part is missing.

    Parameters
    ----------
    path
        ``train-images-idx3-ubyte``, ``t10k-labels-idx1-ubyte``, ..., gzipped or not.
    """
    images = path.with_name(path.name.replace(_LABELS, _IMAGES).replace("t10k", "train"))
    labels = images.with_name(images.name.replace(_IMAGES, _LABELS))
    if not images.is_file() or not labels.is_file():
        return None
    test_images = images.with_name(images.name.replace("train", "t10k"))
    test_labels = labels.with_name(labels.name.replace("train", "t10k"))
    if test_images == images or not (test_images.is_file() and test_labels.is_file()):
        return IdxData(str(images), str(labels))
    return IdxData(str(images), str(labels), str(test_images), str(test_labels))


def _damaged(path: str, fault: str) -> ModelError:
    return ModelError("data.idx", "{file} is no whole IDX file: {fault}.", file=path, fault=fault)


def _head(path: str) -> bytes:
    """Read the first bytes of a file, unpacked where its first bytes say so."""
    try:
        with open_regular(path) as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as unpacked:
                return unpacked.read(4 + 4 * 255)
    except (OSError, EOFError, zlib.error) as fault:
        raise unreadable(path, "data", fault) from fault


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """Read an IDX file, gzipped or not, in its own type and the machine's byte order.

    Raises
    ------
    ModelError
        Codes ``data.unreadable``, ``data.packed``, ``data.packed_large`` and ``data.idx``.
    """
    name = os.fspath(path)
    content = unpacked(data_bytes(name), name, MOST_BYTES)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise _damaged(name, "it does not begin with two zero bytes")
    code, dimensions = content[2], content[3]
    if code not in _TYPES:
        raise _damaged(name, f"it has values of unknown type 0x{code:02x}")
    start = 4 + 4 * dimensions
    if dimensions == 0 or len(content) < start:
        raise _damaged(name, "its dimensions are missing")
    shape = tuple(int(n) for n in np.frombuffer(content, ">u4", dimensions, 4))
    kind = np.dtype(_TYPES[code])
    wanted, found = math.prod(shape) * kind.itemsize, len(content) - start
    if wanted != found:
        sizes = " x ".join(map(str, shape))
        raise _damaged(name, f"{sizes} values take {wanted} bytes, but {found} follow")
    values = np.frombuffer(content, kind, offset=start).reshape(shape)
    return values.astype(kind.newbyteorder("="))


def idx_shape(path: str | os.PathLike[str]) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    """Return the type and the dimensions that an IDX file announces, without its values.

    Raises
    ------
    ModelError
        Codes ``data.unreadable`` and ``data.idx``.
    """
    name = os.fspath(path)
    head = _head(name)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES:
        raise _damaged(name, "it does not begin as one")
    dimensions = head[3]
    if dimensions == 0 or len(head) < 4 + 4 * dimensions:
        raise _damaged(name, "its dimensions are missing")
    shape = tuple(int(n) for n in np.frombuffer(head, ">u4", dimensions, 4))
    return np.dtype(_TYPES[head[2]]), shape


def write_idx(path: str | os.PathLike[str], values: np.ndarray) -> None:
    """Write an IDX file, gzipped where the name ends in ``.gz``.

    Raises
    ------
    ModelError
        Code ``data.idx`` for a type that the format does not have, or no dimension.
    """
    from model.files import write_bytes

    code = _CODES.get(values.dtype.name)
    if code is None or values.ndim == 0:
        raise _damaged(os.fspath(path), f"it cannot hold {values.dtype.name} of {values.ndim} dims")
    header = bytes((0, 0, code, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    content = header + values.astype(_TYPES[code]).tobytes()
    name = os.fspath(path)
    write_bytes(path, gzip.compress(content, mtime=0) if name.endswith(".gz") else content)


def _kept(path: str) -> np.ndarray:
    """Read a file to be kept, see :mod:`model.data.reading`."""
    values = read_idx(path)
    values.flags.writeable = False
    return values


def _pictures(images: str, labels: str, limit: int) -> tuple[FloatArray, np.ndarray]:
    """Read pictures as rows of 0 to 1, and their labels."""
    size = attrgetter("nbytes")
    x, y = (once(path, "idx", partial(_kept, path), size) for path in (images, labels))
    if x.ndim < 2:
        raise _damaged(images, "pictures need two dimensions or more")
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise _damaged(labels, "labels need one dimension of whole numbers")
    if len(x) != len(y):
        raise ModelError(
            "data.idx_rows",
            "{images} holds {pictures} pictures but {labels} holds {found} labels.",
            images=images,
            pictures=len(x),
            labels=labels,
            found=len(y),
        )
    if len(y) and (y.min() < 0 or y.max() > 255):
        raise _damaged(labels, f"label {int(y.max())} is not within 0 to 255")
    if limit > 0:
        x, y = x[:limit], y[:limit]
    rows = x.reshape(len(x), math.prod(x.shape[1:]))
    flat = rows.astype(np.float32)
    if x.dtype == np.uint8:
        flat /= np.float32(255.0)
    return flat, y


def idx_data_shape(data: IdxData) -> DataShape:
    """Return the columns that pictures and labels announce; only the labels are read.

    Raises
    ------
    ModelError
        Codes ``data.unreadable`` and ``data.idx``.
    """
    inputs = math.prod(idx_shape(data.images)[1][1:])
    labels = [read_idx(path) for path in (data.labels, data.test_labels) if path]
    if data.limit > 0:
        labels[0] = labels[0][: data.limit]
    names = _class_names(data, max(int(some.max(initial=0)) for some in labels) + 1)
    features = tuple(f"p{i}" for i in range(inputs))
    return DataShape(inputs, len(names), "multiclass", features, names, names)


def _class_names(data: IdxData, classes: int) -> tuple[str, ...]:
    """Return the names given, or numbers where there are none for as many labels as occur."""
    return data.names if len(data.names) >= classes else tuple(map(str, range(classes)))


def idx_dataset(data: IdxData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    """Build the data set of IDX files, as float32 so that 60,000 pictures fit.

    Raises
    ------
    ModelError
        Codes ``data.unreadable``, ``data.idx``, ``data.idx_rows``, ``data.empty``.
    """
    report(0.0)
    x, y = _pictures(data.images, data.labels, data.limit)
    report(0.8)
    if data.test_images:
        x_test, y_test = _pictures(data.test_images, data.test_labels, 0)
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
        raise _damaged(data.test_images, "its pictures are not as large as the training pictures")
    names = _class_names(data, int(max(y.max(), y_test.max(initial=0))) + 1)
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
