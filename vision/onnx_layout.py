"""Make an ONNX model what OpenCV takes: channels second, and outputs that say their shapes."""

from __future__ import annotations

import onnx
from onnx import checker, helper, shape_inference


def channels_second(model: bytes, name: str) -> bytes:
    """Return a model whose picture (N, C, H, W) is turned into what it takes, (N, H, W, C).

    The picture is its input `name`, the only one that is no weight.
    """
    proto = onnx.load_from_string(model)
    graph = proto.graph
    picture = next(one for one in graph.input if one.name == name)
    dims = picture.type.tensor_type.shape.dim
    batch, height, width, channels = (type(dim).FromString(dim.SerializeToString()) for dim in dims)
    del dims[:]
    dims.extend((batch, channels, height, width))
    # A name of its own for the new input leaves every node as it is, those inside others too.
    picture.name = f"{name}/channels_second"
    turned = helper.make_node("Transpose", [picture.name], [name], perm=[0, 2, 3, 1])
    graph.node.insert(0, turned)
    return bytes(proto.SerializeToString())


def with_output_shapes(model: bytes) -> bytes:
    """Return a model whose outputs have the shapes that follow from its operators.

    Outputs of which nothing follows, and a model that breaks ONNX's rules, stay as they are.
    """
    proto = onnx.load_from_string(model)
    judged = onnx.load_from_string(model)
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
