"""IDX files, the format of MNIST and Fashion-MNIST.

A file consists of two zero bytes, a byte for the type (8 is unsigned byte), a byte for the
number of dimensions, each dimension as a big-endian 32-bit number, and the values.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from foundation.files import StrPath, open_regular
from model.data.files.packed import unpacked
from model.data.files.paths import MAX_BYTES, data_bytes
from model.errors import ModelError
from model.file_bytes import unreadable

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {
    "uint8": 0x08,
    "int8": 0x09,
    "int16": 0x0B,
    "int32": 0x0C,
    "float32": 0x0D,
    "float64": 0x0E,
}
IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


def is_idx(path: Path) -> bool:
    """Return whether a file is named like an IDX file of pictures or labels."""
    return IMAGES in path.name or LABELS in path.name


def damaged(path: str, fault: str) -> ModelError:
    """Return the error for a damaged IDX file."""
    return ModelError("data.idx", "{file} is no whole IDX file: {fault}.", file=path, fault=fault)


def _read_start(path: str) -> bytes:
    """Read a file's first bytes, unpacked if it is gzipped."""
    try:
        with open_regular(path) as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as unpacked:
                return unpacked.read(4 + 4 * 255)
    except (OSError, EOFError, zlib.error) as fault:
        raise unreadable(path, "data", fault) from fault


def read_idx(path: StrPath) -> np.ndarray:
    """Read an IDX file, gzipped or not, in its stored type and native byte order.

    Raises
    ------
    ModelError
        Codes ``data.unreadable``, ``data.packed``, ``data.packed_large`` and ``data.idx``.
    """
    name = os.fspath(path)
    content = unpacked(data_bytes(name), name, MAX_BYTES)
    kind, shape = _parse_header(content, name)
    start = 4 + 4 * len(shape)
    wanted, found = math.prod(shape) * kind.itemsize, len(content) - start
    if wanted != found:
        sizes = " x ".join(map(str, shape))
        raise damaged(name, f"{sizes} values take {wanted} bytes, but {found} follow")
    values = np.frombuffer(content, kind, offset=start).reshape(shape)
    return values.astype(kind.newbyteorder("="))


def idx_shape(path: StrPath) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    """Return the type and dimensions in an IDX file's header.

    Raises
    ------
    ModelError
        Codes ``data.unreadable`` and ``data.idx``.
    """
    name = os.fspath(path)
    return _parse_header(_read_start(name), name)


def _parse_header(content: bytes, name: str) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    """Return the type and dimensions declared in an IDX file's header."""
    if len(content) < 4 or content[:2] != b"\0\0":
        raise damaged(name, "it does not begin with two zero bytes")
    code, dimensions = content[2], content[3]
    if code not in _TYPES:
        raise damaged(name, f"it has values of unknown type 0x{code:02x}")
    if dimensions == 0 or len(content) < 4 + 4 * dimensions:
        raise damaged(name, "its dimensions are missing")
    shape = tuple(int(n) for n in np.frombuffer(content, ">u4", dimensions, 4))
    return np.dtype(_TYPES[code]), shape


def write_idx(path: StrPath, values: np.ndarray) -> None:
    """Write an IDX file, gzipped if its name ends in ``.gz``.

    Raises
    ------
    ModelError
        Code ``data.idx`` for a type that the format lacks, or an array without dimensions.
    """
    from model.files import write_bytes

    code = _CODES.get(values.dtype.name)
    if code is None or values.ndim == 0:
        raise damaged(os.fspath(path), f"it cannot hold {values.dtype.name} of {values.ndim} dims")
    header = bytes((0, 0, code, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    content = header + values.astype(_TYPES[code]).tobytes()
    name = os.fspath(path)
    write_bytes(path, gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
