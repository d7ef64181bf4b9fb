"""Make an ONNX model what OpenCV takes: floats, channels second, outputs that say their shapes."""

from __future__ import annotations

import onnx
from google.protobuf.message import DecodeError
from onnx import checker, helper, shape_inference

from vision.protobuf import OTHER, WireError


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
    except (checker.ValidationError, shape_inference.InferenceError, ValueError, RuntimeError):
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
    try:
        # Shapes are worked out from what the nodes say, so that is judged first.
        checker.check_model(judged)
        inferred = shape_inference.infer_shapes(proto)
    except (checker.ValidationError, shape_inference.InferenceError, ValueError, RuntimeError):
        return model
    del proto.graph.output[:]
    proto.graph.output.extend(inferred.graph.output)
    return bytes(proto.SerializeToString())


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
