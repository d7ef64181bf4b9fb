"""A network trained on pictures as an ONNX model that takes pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from foundation.text import Names
from model.data.build import build_dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.export.onnx_file import INPUT, onnx_model
from model.randomness import streams

IMAGE = "image"


@dataclass(frozen=True, eq=False)
class PictureModel:
    """A network for grey pictures.

    Attributes
    ----------
    onnx
        Content of the ONNX file: input ``image``, (N, 1, height, width), from 0 to `white`.
    size_wh
        Width and height of its pictures in pixels.
    white
        The brightest grey level in the training data.
    class_names
        One name per output.
    """

    onnx: bytes
    size_wh: tuple[int, int]
    white: float
    class_names: Names


def picture_model(experiment: Experiment) -> PictureModel:
    """Return the network of an experiment trained on pictures.

    Parameters
    ----------
    experiment
        An experiment with weights, whose data are IDX files or the digits.

    Returns
    -------
    PictureModel
        The ONNX file's bytes and the information needed to run it.

    Raises
    ------
    ModelError
        Code ``export.no_pictures`` if its data are not pictures with classes, and those of
        `model.export.onnx_model` and of reading the data.

    Notes ----- The model includes the scaling of the columns, (x - offset) / spread, fitted on
    the training rows. A column that is constant there becomes 0, as in training.
    """
    from onnx import TensorProto, checker, helper

    pixels = experiment.data.pixels(experiment.split, streams(experiment.seed).data)
    if pixels is None:
        raise _no_pictures()
    size_wh, white, offset, factor = pixels
    data = build_dataset(experiment)
    if data.task != "multiclass" or data.inputs != size_wh[0] * size_wh[1]:
        raise _no_pictures()
    # A pixel that never changed in training is taken as 0, which a table's scaling does not do.
    model = onnx_model(experiment, replace(data, x_offset=None, x_spread=None))
    graph = model.graph
    width, height = size_wh
    shape: list[str | int | None] = ["rows", 1, height, width]
    graph.input[0].CopyFrom(helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, shape))
    graph.initializer.extend([_row("offset", offset), _row("factor", factor)])
    nodes = [
        helper.make_node("Flatten", [IMAGE], ["flat"], name="flatten", axis=1),
        helper.make_node("Sub", ["flat", "offset"], ["shifted"], name="shift"),
        helper.make_node("Mul", ["shifted", "factor"], [INPUT], name="scale"),
        *graph.node,
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    checker.check_model(model, full_check=True)
    content = bytes(model.SerializeToString(deterministic=True))
    return PictureModel(content, size_wh, white, data.class_names)


def _row(name: str, values: FloatArray) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.ascontiguousarray(values[None], np.float32), name)


def _no_pictures() -> ModelError:
    return ModelError(
        "export.no_pictures",
        "Vision gives a network pictures, and this one does not learn from pictures. Choose "
        "Digits, or IDX pictures, as its data.",
    )
