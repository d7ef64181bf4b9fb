"""Converts an ONNX model to what OpenCV needs: floats, channels second, known sizes."""

from __future__ import annotations

import onnx
from onnx import checker, helper, shape_inference

from vision.formats.onnx.structure import (
    INTEGER_TYPES,
    OnnxStructure,
    picture_input,
    read_structure,
    with_shapes,
)


def convert_for_opencv(model: bytes, structure: OnnxStructure) -> tuple[bytes, OnnxStructure]:
    """Rewrite an ONNX file for OpenCV; return it with its structure.

    A model with weights in separate files is returned unchanged.
    """
    if structure.external_data:
        return model, structure
    for step in (_channels_second, _with_float_input, _with_output_shapes):
        changed = step(model, structure)
        if changed is not model:
            model, structure = changed, read_structure(changed)
    return with_explicit_pads(model), structure


def _channels_second(model: bytes, structure: OnnxStructure) -> bytes:
    """Make a channels-last model accept (N, C, H, W) by inserting a transpose."""
    shape = structure.inputs[0].shape if len(structure.inputs) == 1 else None
    if shape is None or len(shape) != 4 or shape[3] not in (1, 3) or shape[1] in (1, 3):
        return model
    proto = onnx.load_from_string(model)
    picture = picture_input(proto.graph)
    name = picture.name
    dims = picture.type.tensor_type.shape.dim
    batch, height, width, channels = (type(dim).FromString(dim.SerializeToString()) for dim in dims)
    del dims[:]
    dims.extend((batch, channels, height, width))
    # A name of its own for the new input leaves every node as it is, those inside others too.
    picture.name = f"{name}/channels_second"
    turned = helper.make_node("Transpose", [picture.name], [name], perm=[0, 2, 3, 1])
    proto.graph.node.insert(0, turned)
    return bytes(proto.SerializeToString())


def _with_float_input(model: bytes, structure: OnnxStructure) -> bytes:
    """Make a model with an integer input accept floats, the type OpenCV is given.

    Most such models convert their input to floats immediately. One that computes with integers is
    returned unchanged.
    """
    if len(structure.inputs) != 1 or structure.inputs[0].element not in INTEGER_TYPES:
        return model
    if len(structure.inputs[0].shape or ()) != 4:
        return model
    proto = onnx.load_from_string(model)
    picture_input(proto.graph).type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    # What lies between the input and where floats are made of it has another type now.
    del proto.graph.value_info[:]
    try:
        checker.check_model(proto, full_check=True)
    except _INVALID_MODEL_ERRORS:
        return model
    return bytes(proto.SerializeToString())


def _with_output_shapes(model: bytes, structure: OnnxStructure) -> bytes:
    """Infer the shapes of the outputs if some are missing.

    Some exporters write the shape of a scalar for an unknown one. Outputs whose shape cannot be
    inferred have none; an invalid model is returned unchanged.
    """
    if all(info.shape or not info.is_tensor for info in structure.outputs):
        return model
    proto = onnx.load_from_string(model)
    outputs = proto.graph.output
    for info in outputs:
        tensor = info.type.tensor_type
        tensor.elem_type = tensor.elem_type or onnx.TensorProto.FLOAT
        tensor.shape.SetInParent()
    try:
        # Shapes are worked out from what the nodes say, so that is judged first.
        checker.check_model(proto)
        for info in outputs:
            if not info.type.tensor_type.shape.dim:
                info.type.tensor_type.ClearField("shape")
        inferred = shape_inference.infer_shapes(proto).graph.output
    except _INVALID_MODEL_ERRORS:
        return model
    for info, found in zip(outputs, inferred, strict=True):
        info.CopyFrom(found)
    return bytes(proto.SerializeToString())


_PADDED = frozenset(["AveragePool", "Conv", "ConvTranspose", "LpPool", "MaxPool"])


def with_explicit_pads(model: bytes) -> bytes:
    """Return a model with explicit pads for its nodes with ``auto_pad`` SAME.

    Nodes with a free picture size are unchanged, and so is an invalid model.

    Notes
    -----
    If the total padding is odd, SAME_UPPER puts the extra row at the end, SAME_LOWER at the
    beginning. OpenCV 5.0's new engine swaps the two, its classic engine knows only the first, and
    for a window of 2 both engines always do the same.
    """
    if b"SAME_" not in model:
        return model
    proto = onnx.load_from_string(model)
    nodes = [node for node in proto.graph.node if node.op_type in _PADDED]
    try:
        shapes = _inferred_shapes(model)
    except _INVALID_MODEL_ERRORS:
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
    """Return a node's pads: the beginnings of all axes, then the ends.

    None if they are already explicit, or depend on a free picture size.
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


def _inferred_shapes(model: bytes) -> dict[str, list[int]]:
    """Return the inferred shapes of all tensors, with 0 for free axes.

    Raises
    ------
    Exception
        One of `_INVALID_MODEL_ERRORS`, if the model breaks ONNX's rules.
    """
    # Shapes are worked out from what the nodes say, so that is judged first.
    checker.check_model(model)
    proto = onnx.load_from_string(model)
    graph = with_shapes(proto)
    shapes = {
        info.name: [side.dim_value for side in info.type.tensor_type.shape.dim]
        for info in (*graph.value_info, *graph.input, *graph.output)
    }
    return shapes | {one.name: list(one.dims) for one in graph.initializer}


_INVALID_MODEL_ERRORS = (
    checker.ValidationError,
    shape_inference.InferenceError,
    ValueError,
    RuntimeError,
)
"""Exceptions of ONNX's checker and shape inference for an invalid model."""
