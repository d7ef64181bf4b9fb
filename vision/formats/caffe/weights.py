"""Reads the weights of a .caffemodel file in both of Caffe's formats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.formats.caffe.schema import message_class
from vision.formats.onnx.structure import OTHER
from vision.reasons import WordedError

type Blob = npt.NDArray[np.float32]
type Weights = dict[str, list[Blob]]
"""The blobs of each layer, by layer name."""


def read_weights(data: bytes, name: str = "caffemodel") -> Weights:
    """Return the blobs of every layer with weights in a NetParameter message.

    Raises
    ------
    VisionError
        caffe_damaged.
    """
    from google.protobuf.message import DecodeError

    try:
        net = message_class("Weights").FromString(data)
        layers = [*net.layers, *net.layer]
        weights = {one.name: [_blob(blob) for blob in one.blobs] for one in layers if one.blobs}
    except DecodeError as error:
        raise VisionError(Fault.CAFFE_DAMAGED, file=name, reason=OTHER) from error
    except WordedError as error:
        raise VisionError(Fault.CAFFE_DAMAGED, file=name, reason=error.words) from error
    if not layers:
        raise VisionError(Fault.CAFFE_DAMAGED, file=name, reason=Text("it holds no layers"))
    return weights


def _blob(message: Any) -> Blob:
    """Return one blob; its shape is a list, or four numbers in the old format."""
    lists = [(message.data, "<f4"), (message.double_data, "<f8")]
    if any(len(part) % int(kind[-1]) for parts, kind in lists for part in parts):
        raise WordedError("a list of numbers is cut off")
    parts = [np.frombuffer(part, kind) for parts, kind in lists for part in parts]
    flat = np.concatenate([np.empty(0), *parts], dtype=np.float32)
    sides = (message.num, message.channels, message.height, message.width)
    if message.HasField("shape"):
        sides = tuple(message.shape.dim)
    if any(side < 0 for side in sides) or math.prod(sides) != flat.size:
        raise WordedError(
            "a blob of shape {shape} has {count} values", shape=str(sides), count=flat.size
        )
    return flat.reshape(sides)
