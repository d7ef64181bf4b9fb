"""Rewrites an ONNX graph into forms that OpenCV reads correctly and computes faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import onnx

# Only where OpenCV can move it into a convolution; elsewhere Clip stays as it is.
_FUSING: Final = frozenset(["Conv", "BatchNormalization"])

# Operators that OpenCV joins to what follows them, wherever the constants stand and whatever
# they are (docs/adr/0057).
_JOINED: Final = frozenset([("Tanh", "Add"), ("Elu", "Mul"), ("Exp", "Add")])


def normalise_for_opencv(model: bytes) -> bytes:
    """Rewrite a valid graph so that OpenCV 5.0 neither crashes on it nor misreads it.

    Returns
    -------
    An equivalent ONNX file, or `model` itself if there is nothing to rewrite.

    Notes
    -----
    Boolean constants are stored as bytes: stored as integers they cause a segmentation fault. In a
    sum or a product the constant is put last, where OpenCV looks for it. An Identity keeps OpenCV
    from mistaking similar nodes for an activation. For a sum with a Tanh or an Exp and a product
    with an Elu, that is GELU, Softplus or CELU: OpenCV expects their constants in one position,
    crashes if they are elsewhere, and hardly checks their values. For a product of x with the
    HardSigmoid, or the Tanh of the Softplus, of anything but x, that is HardSwish or Mish: OpenCV
    checks one factor only. For the half of one plus an Erf, that is GELU without its x.
    """
    return _with_graph(model, _make_readable)


def _with_graph(model: bytes, rewrite: Callable[[onnx.GraphProto], bool]) -> bytes:
    """Return a file with its graph rewritten, or `model` itself if `rewrite` changes nothing."""
    import onnx  # late: a fifth of a second

    parsed = onnx.ModelProto.FromString(model)
    return parsed.SerializeToString() if rewrite(parsed.graph) else model


def _make_readable(graph: onnx.GraphProto) -> bool:
    """Rewrite a graph for OpenCV; return whether anything changed."""
    from onnx import helper

    stored = _constants(graph)
    is_changed = _store_booleans_as_bytes([*graph.initializer, *stored.values()])
    producers = {name: node for node in graph.node for name in node.output}
    constants = {name for name, node in producers.items() if node.op_type == "Constant"}
    constants.update(stored)
    for index in reversed(range(len(graph.node))):
        node = graph.node[index]
        if not _is_of_onnx(node) or node.op_type not in ("Add", "Mul") or len(node.input) != 2:
            continue
        inputs = [*node.input]
        if inputs[0] in constants and inputs[1] not in constants:
            inputs.reverse()
        for place, name in enumerate(tuple(inputs)):
            if _is_taken_for_another(node.op_type, name, inputs[1 - place], constants, producers):
                inputs[place] = apart = f"{node.output[0]}/apart{place}"
                graph.node.insert(index, helper.make_node("Identity", [name], [apart], name=apart))
        if inputs != [*node.input]:
            node.input[:] = inputs
            is_changed = True
    return is_changed


def _is_of_onnx(node: onnx.NodeProto) -> bool:
    return node.domain in ("", "ai.onnx")


def _constants(graph: onnx.GraphProto) -> dict[str, onnx.TensorProto]:
    """Return the constants stored in a graph, by name."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.output and _is_of_onnx(node):
            found.update((node.output[0], one.t) for one in node.attribute if one.name == "value")
    return found


def _store_booleans_as_bytes(tensors: list[onnx.TensorProto]) -> bool:
    """Store Booleans as bytes instead of integers; return whether any were changed."""
    from onnx import TensorProto

    wrong = [one for one in tensors if one.data_type == TensorProto.BOOL and one.int32_data]
    for tensor in wrong:
        tensor.raw_data = bytes(map(bool, tensor.int32_data))
        tensor.ClearField("int32_data")
    return bool(wrong)


def _is_taken_for_another(
    operator: str,
    name: str,
    other: str,
    constants: set[str],
    producers: Mapping[str, onnx.NodeProto],
) -> bool:
    """Return whether OpenCV mistakes a sum or product of `name` and `other` for an activation."""
    made = producers.get(name)
    if made is None or (made.op_type, operator) in _JOINED:
        return made is not None
    sources = [producers[one] for one in made.input if one in producers]
    if operator != "Mul":
        return False
    if made.op_type == "HardSigmoid":
        return other not in made.input
    if made.op_type == "Tanh":
        return any(one.op_type == "Softplus" and other not in one.input for one in sources)
    is_half_of_erf = made.op_type == "Add" and any(one.op_type == "Erf" for one in sources)
    return is_half_of_erf and other in constants


def fuse_clips(model: bytes) -> bytes:
    """Replace each Clip(x, 0, max) after a convolution by OpenCV's own ReLU6.

    Returns
    -------
    The file rewritten for OpenCV's new engine alone (ReLU6 is not an ONNX operator), or `model`
    itself if there is nothing to rewrite.

    Notes
    -----
    OpenCV 5.0's new engine fuses ReLU6 into the preceding convolution, but not Clip: for each Clip
    it converts from its blocked layout and back. The results are identical.
    """
    return _with_graph(model, _fuse) if b"Clip" in model else model


def _fuse(graph: onnx.GraphProto) -> bool:
    """Replace Clips by ReLU6; return whether there were any."""
    from onnx import helper

    constants = _constants(graph)
    producers = {name: node.op_type for node in graph.node for name in node.output}
    found = [
        (node, ceiling)
        for node in graph.node
        if (ceiling := _clip_maximum(node, constants)) is not None
        and producers.get(node.input[0]) in _FUSING
    ]
    for node, ceiling in found:
        fused = helper.make_node(
            "ReLU6", node.input[:1], node.output, node.name, min_value=0.0, max_value=ceiling
        )
        node.CopyFrom(fused)
    return bool(found)


def _clip_maximum(node: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto]) -> float | None:
    """Return the upper bound of a Clip with lower bound 0, otherwise None."""
    if node.op_type != "Clip" or not _is_of_onnx(node):
        return None
    given = {one.name: one.f for one in node.attribute}
    if len(node.input) == 3:
        low, high = (_scalar(constants.get(name)) for name in node.input[1:])
    elif len(node.input) == 1:
        low, high = given.get("min"), given.get("max")
    else:
        return None
    return high if low == 0.0 and high is not None and 0.0 < high < math.inf else None


def _scalar(tensor: onnx.TensorProto | None) -> float | None:
    """Return a constant's value if it is a single float32."""
    from onnx import TensorProto, numpy_helper

    if tensor is None or tensor.data_type != TensorProto.FLOAT:
        return None
    values = numpy_helper.to_array(tensor)
    return float(values.item()) if values.size == 1 else None
