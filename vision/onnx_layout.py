"""Let an ONNX model that keeps channels last take them second."""

from __future__ import annotations

import onnx
from onnx import helper


def channels_second(model: bytes, name: str) -> bytes:
    """Return a model whose picture (N, C, H, W) is turned into what it takes, (N, H, W, C).

    Parameters
    ----------
    model
        A model whose only input that is no weight is a picture.
    name
        That input.
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
