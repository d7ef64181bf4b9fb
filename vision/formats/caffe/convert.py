"""Convert a Caffe network (prototxt and caffemodel) to an ONNX model in memory."""

from __future__ import annotations

from typing import Final

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.formats.caffe.detection import DETECTION_TRANSLATORS
from vision.formats.caffe.layers import CaffeLayer, read_layers
from vision.formats.caffe.operators import (
    SIMPLE_TRANSLATORS,
    LayerMismatchError,
    Translation,
    Translator,
)
from vision.formats.caffe.schema import parse_prototxt
from vision.formats.caffe.weights import Weights, read_weights
from vision.formats.onnx.builder import GraphBuilder, Shape
from vision.heads.kind import Head

TRANSLATORS: Final[dict[str, Translator]] = {**SIMPLE_TRANSLATORS, **DETECTION_TRANSLATORS}
"""Translators of the known layers, by Caffe's layer type."""


def convert_caffe(
    prototxt: bytes,
    caffemodel: bytes,
    prototxt_name: str = "prototxt",
    caffemodel_name: str = "caffemodel",
) -> tuple[bytes, Head | None]:
    """Return a Caffe network as an ONNX model.

    Parameters
    ----------
    prototxt
        The deploy description, in the old or the new format.
    caffemodel
        The weights, in the old or the new format.
    prototxt_name, caffemodel_name
        File names for error messages.

    Returns
    -------
    model, head
        The bytes of a model whose input and outputs have Caffe's names and a free batch size, and
        the head of a detector, or None.

    Raises
    ------
    VisionError
        prototxt_syntax, caffe_damaged, caffe_layers_unknown (naming all of them), or
        caffe_shape.
    """
    try:
        text = prototxt.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = prototxt[: error.start].count(b"\n") + 1
        reason = Text("it is not UTF-8 text")
        raise VisionError(
            Fault.PROTOTXT_SYNTAX, file=prototxt_name, line=line, reason=reason
        ) from error
    inputs, layers = read_layers(parse_prototxt(text, prototxt_name), prototxt_name)
    _refuse_unknown(layers, prototxt_name)
    return _translate(inputs, layers, read_weights(caffemodel, caffemodel_name), prototxt_name)


def _refuse_unknown(layers: list[CaffeLayer], name: str) -> None:
    unknown = [layer for layer in layers if layer.type not in TRANSLATORS]
    if unknown:
        listed = ", ".join(f"{layer.name} ({layer.type or 'no type'})" for layer in unknown)
        raise VisionError(Fault.CAFFE_LAYERS_UNKNOWN, file=name, layers=listed)


def _translate(
    inputs: dict[str, Shape], layers: list[CaffeLayer], weights: Weights, name: str
) -> tuple[bytes, Head | None]:
    graph = GraphBuilder()
    # Caffe layers may write over their input; `values` holds what a name means at this point.
    values = {input_: graph.input(input_, shape) for input_, shape in inputs.items()}
    unread = dict.fromkeys(values)
    for layer in layers:
        missing = [bottom for bottom in layer.bottoms if bottom not in values]
        if missing:
            raise _mismatch(
                name, layer, Text("nothing produces its input {input}", input=missing[0])
            )
        if not layer.bottoms:
            raise _mismatch(name, layer, Text("it has no input"))
        found = Translation(
            graph, layer, [values[bottom] for bottom in layer.bottoms], weights.get(layer.name, [])
        )
        try:
            result = TRANSLATORS[layer.type](found)
        except LayerMismatchError as error:
            raise _mismatch(name, layer, error.words) from error
        except ValueError as error:
            raise _mismatch(name, layer, Text("its inputs do not fit it")) from error
        for bottom in layer.bottoms:
            unread.pop(bottom, None)
        for top in layer.tops:
            values[top] = result
            unread[top] = None
    # A network whose last layers write over their input still has that blob unread.
    outputs = {top: values[top] for top in unread if top not in inputs}
    if not outputs:
        raise _mismatch(name, layers[-1], Text("the network has no output"))
    return graph.finish(outputs), graph.head


def _mismatch(name: str, layer: CaffeLayer, reason: Text) -> VisionError:
    return VisionError(Fault.CAFFE_SHAPE, file=name, layer=layer.name or "?", reason=reason)
