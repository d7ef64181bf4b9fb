"""Make an ONNX model what OpenCV takes: floats, channels second, sizes that are known before."""

from __future__ import annotations

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import checker, helper, numpy_helper, shape_inference

from vision.formats.protobuf import OTHER, WireError


def channels_second(model: bytes, name: str) -> bytes:
    """Return a model whose picture (N, C, H, W) is turned into what it takes, (N, H, W, C).

    The picture is its input `name`, the only one that is no weight.

    Raises
    ------
    WireError
        If `model` is no ONNX file.
    """
    proto = _loaded(model)
    graph = proto.graph
    picture = _input_of(proto, name)
    dims = picture.type.tensor_type.shape.dim
    batch, height, width, channels = (type(dim).FromString(dim.SerializeToString()) for dim in dims)
    del dims[:]
    dims.extend((batch, channels, height, width))
    # A name of its own for the new input leaves every node as it is, those inside others too.
    picture.name = f"{name}/channels_second"
    turned = helper.make_node("Transpose", [picture.name], [name], perm=[0, 2, 3, 1])
    graph.node.insert(0, turned)
    return bytes(proto.SerializeToString())


def with_float_input(model: bytes, name: str) -> bytes:
    """Return a model that takes as floats the whole numbers it declares for its input `name`.

    Most make floats of them at once. One that computes with whole numbers stays as it is.

    Raises
    ------
    WireError
        If `model` is no ONNX file.
    """
    proto = _loaded(model)
    picture = _input_of(proto, name)
    picture.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    # What lies between the input and where floats are made of it has another type now.
    del proto.graph.value_info[:]
    try:
        checker.check_model(proto, full_check=True)
    except _UNSOUND:
        return model
    return bytes(proto.SerializeToString())


def with_output_shapes(model: bytes) -> bytes:
    """Return a model whose outputs have the shapes that follow from its operators.

    Outputs of which nothing follows, and a model that breaks ONNX's rules, stay as they are.

    Raises
    ------
    WireError
        If `model` is no ONNX file.
    """
    proto = _loaded(model)
    judged = _loaded(model)
    for info in judged.graph.output:
        tensor = info.type.tensor_type
        tensor.elem_type = tensor.elem_type or onnx.TensorProto.FLOAT
        tensor.shape.SetInParent()
    given = [onnx.ValueInfoProto.FromString(one.SerializeToString()) for one in proto.graph.output]
    for info in proto.graph.output:
        if not info.type.tensor_type.shape.dim:
            info.type.tensor_type.ClearField("shape")
    try:
        # Shapes are worked out from what the nodes say, so that is judged first.
        checker.check_model(judged)
        inferred = shape_inference.infer_shapes(proto)
    except _UNSOUND:
        return model
    del proto.graph.output[:]
    for old, new in zip(given, inferred.graph.output, strict=True):
        proto.graph.output.append(new if new.type.tensor_type.HasField("shape") else old)
    return bytes(proto.SerializeToString())


_PADDED = frozenset(["AveragePool", "Conv", "ConvTranspose", "LpPool", "MaxPool"])


def with_pads(model: bytes) -> bytes:
    """Return a model that says in numbers what its nodes with ``auto_pad`` SAME pad.

    Nodes whose picture may have any size stay as they are, and so does a model that breaks ONNX's
    rules.

    Raises
    ------
    WireError
        If `model` is no ONNX file.

    Notes
    -----
    Of an odd number of rows, SAME_UPPER puts one more at the end, SAME_LOWER at the beginning.
    OpenCV 5.0's new engine takes the one for the other, its classic engine knows only the first,
    and of a window of 2 both always do the same.
    """
    proto = _loaded(model)
    nodes = [node for node in proto.graph.node if node.op_type in _PADDED]
    if not any(_value(node, "auto_pad", b"") in _SAME for node in nodes):
        return model
    try:
        shapes = _inferred(model)
    except _UNSOUND:
        return model
    for node in nodes:
        if (pads := _pads(node, shapes)) is not None:
            kept = [one for one in node.attribute if one.name not in ("auto_pad", "pads")]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute("pads", pads)])
    return bytes(proto.SerializeToString())


_SAME = (b"SAME_UPPER", b"SAME_LOWER")


def _value[T](node: onnx.NodeProto, name: str, usual: T) -> T:
    found = [helper.get_attribute_value(one) for one in node.attribute if one.name == name]
    return found[0] if found else usual


def _pads(node: onnx.NodeProto, shapes: dict[str, list[int]]) -> list[int] | None:
    """Return what a node pads, at the beginning of each side and then at the end.

    None where that is said already, or depends on the size of the picture and that is free.
    """
    mode = _value(node, "auto_pad", b"")
    sides = shapes.get(node.input[0], [])[2:]
    windows: list[int] = _value(node, "kernel_shape", [])
    if not windows and len(node.input) > 1:
        windows = shapes.get(node.input[1], [])[2:]
    if mode not in _SAME or not sides or len(sides) != len(windows):
        return None
    ones = [1] * len(sides)
    strides, spread = _value(node, "strides", ones), _value(node, "dilations", ones)
    more = _value(node, "output_padding", [0] * len(sides))
    totals = []
    for side, window, stride, apart, last in zip(
        sides, windows, strides, spread, more, strict=True
    ):
        reach = (window - 1) * apart + 1
        if node.op_type == "ConvTranspose":
            totals.append(reach - stride + last)
        elif side > 0:
            totals.append(max(0, (-(-side // stride) - 1) * stride + reach - side))
        else:
            return None
    if min(totals) < 0 or "output_shape" in [one.name for one in node.attribute]:
        return None
    less = [total // 2 for total in totals]
    rest = [total - half for total, half in zip(totals, less, strict=True)]
    return [*less, *rest] if mode == _SAME[0] else [*rest, *less]


def with_all_boxes(model: bytes) -> bytes:
    """Return a YOLO 7 that gives all its boxes, (P, 7), in place of those that it would choose.

    Anything else stays as it is, and so does a model that breaks ONNX's rules.

    Raises
    ------
    WireError
        If `model` is no ONNX file.

    Notes
    -----
    NonMaxSuppression gives the numbers of the boxes that stay, one row a box: picture, class, box.
    Its version for onnxruntime lays boxes of other classes far apart, so that the class is always
    0. In its place stand the numbers of all boxes.
    """
    proto = _loaded(model)
    graph = proto.graph
    chosen = [node for node in graph.node if node.op_type == "NonMaxSuppression"]
    if len(chosen) != 1 or len(graph.output) != 1:
        return model
    sides = graph.output[0].type.tensor_type.shape.dim
    if [side.dim_value for side in sides] != [0, 7]:
        return model
    try:
        batch, classes, boxes = _inferred(model).get(chosen[0].input[1], [0, 0, 0])
    except _UNSOUND:
        return model
    if batch > 1 or classes != 1 or boxes < 1:
        return model
    numbers = np.zeros((boxes, 3), np.int64)
    numbers[:, 2] = np.arange(boxes)
    graph.initializer.append(numpy_helper.from_array(numbers, chosen[0].output[0]))
    _remove(graph, chosen[0])
    sides[0].dim_value = boxes
    return bytes(proto.SerializeToString())


def _remove(graph: onnx.GraphProto, gone: onnx.NodeProto) -> None:
    """Remove a node whose output stands among the weights now, and what only it needed."""
    needed = {info.name for info in graph.output}
    kept = []
    for node in reversed(graph.node):
        if node != gone and not needed.isdisjoint(node.output):
            needed.update(node.input)
            kept.append(node)
    del graph.node[:], graph.value_info[:]
    graph.node.extend(reversed(kept))


_LONGEST_SHAPE_BYTES = 1024


def with_shapes(proto: onnx.ModelProto) -> onnx.GraphProto:
    """Return a model's graph with the shapes that follow from its operators.

    The values of its long weights, which no shape depends on, are taken out of `proto`.

    Raises
    ------
    onnx.shape_inference.InferenceError, ValueError
        If they do not fit.
    """
    for one in proto.graph.initializer:
        # Only of short ones are the values asked for, and all would be copied twice.
        if len(one.raw_data) > _LONGEST_SHAPE_BYTES:
            one.ClearField("raw_data")
    return shape_inference.infer_shapes(proto).graph


def _inferred(model: bytes) -> dict[str, list[int]]:
    """Return the sides of all tensors whose shape follows from the operators, 0 for free ones.

    Raises
    ------
    Exception
        One of `_UNSOUND`, if the model breaks ONNX's rules.
    """
    # Shapes are worked out from what the nodes say, so that is judged first.
    checker.check_model(model)
    proto = _loaded(model)
    graph = with_shapes(proto)
    shapes = {
        info.name: [side.dim_value for side in info.type.tensor_type.shape.dim]
        for info in (*graph.value_info, *graph.input, *graph.output)
    }
    return shapes | {one.name: list(one.dims) for one in graph.initializer}


_UNSOUND = (checker.ValidationError, shape_inference.InferenceError, ValueError, RuntimeError)
"""What ONNX's checker and its shape inference raise for a model that breaks the rules."""


def _loaded(model: bytes) -> onnx.ModelProto:
    try:
        return onnx.load_from_string(model)
    except DecodeError as error:
        raise WireError(OTHER) from error


def _input_of(proto: onnx.ModelProto, name: str) -> onnx.ValueInfoProto:
    found: list[onnx.ValueInfoProto] = [one for one in proto.graph.input if one.name == name]
    if not found:  # its name is no text
        raise WireError(OTHER)
    return found[0]
