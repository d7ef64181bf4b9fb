"""Read the weights of a .caffemodel file, in both of Caffe's formats."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.formats.protobuf import (
    BYTES,
    FIXED_32,
    WireError,
    fields,
    integers,
    signed,
    submessage,
    text,
)
from vision.reasons import words_of

type Blob = npt.NDArray[np.float32]
type Weights = dict[str, list[Blob]]
"""The blobs of each layer, by layer name."""

# Field numbers of NetParameter, and of the name and the blobs of either kind of layer.
_OLD_LAYERS: Final = 2
_NEW_LAYERS: Final = 100
_NAME_AND_BLOBS: Final = {_OLD_LAYERS: (4, 6), _NEW_LAYERS: (1, 7)}


def read_weights(data: bytes, name: str = "caffemodel") -> Weights:
    """Return the blobs of every layer that has some in a NetParameter message.

    Raises
    ------
    VisionError
        caffe_damaged.
    """
    weights: Weights = {}
    layers = 0
    try:
        for number, _, value in fields(memoryview(data)):
            if number in _NAME_AND_BLOBS:
                layers += 1
                layer, blobs = _layer(submessage(value), *_NAME_AND_BLOBS[number])
                if blobs:
                    weights[layer] = blobs
    except WireError as error:
        raise VisionError(Fault.CAFFE_DAMAGED, file=name, reason=words_of(error)) from error
    if not layers:
        raise VisionError(Fault.CAFFE_DAMAGED, file=name, reason=Text("it holds no layers"))
    return weights


def _layer(message: memoryview, name_field: int, blobs_field: int) -> tuple[str, list[Blob]]:
    name, blobs = "", []
    for number, kind, value in fields(message):
        if number == name_field and kind == BYTES:
            name = text(value)
        elif number == blobs_field and kind == BYTES:
            blobs.append(_blob(submessage(value)))
    return name, blobs


def _blob(message: memoryview) -> Blob:
    """Return one blob; its shape is a list of sides, or the four sides of the old format."""
    old_sides, shape = [1, 1, 1, 1], None
    parts: list[Blob] = []
    for number, kind, value in fields(message):
        if number in (1, 2, 3, 4):
            old_sides[number - 1] = signed(value)
        elif number == 5 and kind in (BYTES, FIXED_32):
            parts.append(_numbers(submessage(value), "<f4"))
        elif number == 8:
            parts.append(_numbers(submessage(value), "<f8"))
        elif number == 7:
            shape = [
                side
                for field, inner_kind, inner in fields(submessage(value))
                if field == 1
                for side in integers(inner_kind, inner)
            ]
    flat = np.concatenate(parts) if parts else np.empty(0, np.float32)
    sides = old_sides if shape is None else shape
    if any(side < 0 for side in sides) or math.prod(sides) != flat.size:
        raise WireError(
            Text("a blob of shape {shape} has {count} values", shape=str(sides), count=flat.size)
        )
    return flat.reshape(sides)


def _numbers(packed: memoryview, kind: str) -> Blob:
    if len(packed) % int(kind[-1]):
        raise WireError(Text("a list of numbers is cut off"))
    return np.frombuffer(packed, kind).astype(np.float32)
