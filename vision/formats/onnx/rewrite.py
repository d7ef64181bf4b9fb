"""Rewrite an ONNX graph in memory into forms that OpenCV reads rightly, and computes faster."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vision.formats.protobuf import (
    EMPTY,
    FIXED_32,
    Field,
    copied,
    delimited,
    fields,
    fixed_32,
    integers,
    last_values,
    number_field,
    signed,
    submessage,
    text,
)

_MODEL_GRAPH: Final = 7
_GRAPH_NODE: Final = 1
_GRAPH_INITIALIZER: Final = 5
_FLOAT: Final = 1
_BOOL: Final = 9
# Only where OpenCV can move it into a convolution; elsewhere Clip stays as it is.
_FUSING: Final = frozenset(["Conv", "BatchNormalization"])


@dataclass
class _Node:
    """What the rewriting needs of a NodeProto; `message` is all of it."""

    message: memoryview
    operator: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    attributes: dict[str, memoryview] = field(default_factory=dict)


# Operators that OpenCV joins to what follows them, wherever the constants stand and whatever
# they are (docs/adr/0057).
_JOINED: Final = frozenset([("Tanh", "Add"), ("Elu", "Mul"), ("Exp", "Add")])


def readable(model: bytes) -> bytes:
    """Write a valid graph so that OpenCV 5.0 neither ends on it nor takes it for another one.

    Returns
    -------
    The file, which means the same to ONNX; `model` itself if there is nothing to rewrite.

    Raises
    ------
    WireError
        If `model` is no ONNX file.

    Notes
    -----
    A constant of booleans is stored as bytes: as integers it is a segmentation fault. Of a sum or
    a product the constant stands last, where OpenCV looks for it. An Identity keeps OpenCV from
    taking what only begins like an activation for it. Before a sum of a Tanh or of an Exp and a
    product of an Elu, that is GELU, Softplus or CELU: it looks for their constants in one place
    only, which is a segmentation fault where they stand in another, and hardly looks at their
    values. Before a product of x with the HardSigmoid, or the Tanh of the Softplus, of anything but
    x, that is HardSwish or Mish: it looks at one factor only. And before the half of one plus an
    Erf, that is GELU without its x.
    """
    return _with_graph(model, _readable_graph)


def _with_graph(model: bytes, rewrite: Callable[[memoryview], bytes | None]) -> bytes:
    """Return a file with its graph rewritten; itself where `rewrite` returns nothing."""
    given = list(fields(memoryview(model)))
    graphs = {
        place: [graph]
        for place, (number, _, value) in enumerate(given)
        if number == _MODEL_GRAPH and (graph := rewrite(submessage(value))) is not None
    }
    return _with_fields(given, graphs) or model


def _with_fields(given: Sequence[Field], new: Mapping[int, Sequence[bytes]]) -> bytes | None:
    """Return a message, other contents in some places; None where there are none."""
    if not any(new.values()):
        return None
    parts: list[bytes | memoryview] = []
    for place, (number, kind, value) in enumerate(given):
        for content in new.get(place, ()):
            parts.extend(delimited(number, content))
        if not new.get(place):
            parts.extend(copied(number, kind, value))
    return b"".join(parts)


def _readable_graph(graph: memoryview) -> bytes | None:
    """Return the graph in OpenCV's forms, or None if it is in them already."""
    messages = list(fields(graph))
    nodes = {
        index: _read_node(submessage(value))
        for index, (number, _, value) in enumerate(messages)
        if number == _GRAPH_NODE
    }
    producers = {name: node for node in nodes.values() for name in node.outputs}
    constants = {name for name, node in producers.items() if node.operator == "Constant"}
    constants |= {
        text(last_values(submessage(value)).get(8, EMPTY))
        for number, _, value in messages
        if number == _GRAPH_INITIALIZER
    }
    new = {index: _readable_node(node, constants, producers) for index, node in nodes.items()}
    for index, (number, _, value) in enumerate(messages):
        if number == _GRAPH_INITIALIZER and (raw := _raw_booleans(submessage(value))) is not None:
            new[index] = [raw]
    return _with_fields(messages, new)


def _readable_node(node: _Node, constants: set[str], producers: Mapping[str, _Node]) -> list[bytes]:
    """Return the nodes that stand in place of one, or none if it may stay."""
    if node.domain not in ("", "ai.onnx"):
        return []
    if node.operator == "Constant" and "value" in node.attributes:
        attribute = node.attributes["value"]
        tensor = _raw_booleans(_attribute_tensor(attribute))
        if tensor is None:
            return []
        return [_replaced(node.message, 5, _replaced(attribute, 5, tensor))]
    if node.operator not in ("Add", "Mul") or len(node.inputs) != 2:
        return []
    inputs, before = list(node.inputs), []
    if inputs[0] in constants and inputs[1] not in constants:
        inputs.reverse()
    for place, name in enumerate(tuple(inputs)):
        if _is_taken_for_another(node.operator, name, inputs[1 - place], constants, producers):
            apart = f"{node.outputs[0]}/apart{place}"
            before.append(_identity(name, apart))
            inputs[place] = apart
    if inputs == node.inputs:
        return []
    return [*before, _replaced(node.message, 1, *(name.encode() for name in inputs))]


def _is_taken_for_another(
    operator: str, name: str, other: str, constants: set[str], producers: Mapping[str, _Node]
) -> bool:
    """Tell whether OpenCV takes a sum or product of `name` and `other` for an activation."""
    made = producers.get(name)
    if made is None or (made.operator, operator) in _JOINED:
        return made is not None
    sources = [producers[one] for one in made.inputs if one in producers]
    if operator != "Mul":
        return False
    if made.operator == "HardSigmoid":
        return other not in made.inputs
    if made.operator == "Tanh":
        return any(one.operator == "Softplus" and other not in one.inputs for one in sources)
    is_half_of_erf = made.operator == "Add" and any(one.operator == "Erf" for one in sources)
    return is_half_of_erf and other in constants


def _identity(name: str, output: str) -> bytes:
    written = ((1, name), (2, output), (3, output), (4, "Identity"))
    return b"".join(part for number, word in written for part in delimited(number, word.encode()))


def _replaced(message: memoryview, number: int, *contents: bytes) -> bytes:
    """Return a message with other contents for all fields of a number."""
    parts = [part for content in contents for part in delimited(number, content)]
    return b"".join([*parts, *_others(message, number)])


def _others(message: memoryview, *numbers: int) -> Iterator[bytes | memoryview]:
    """Yield a message's fields but those of some numbers, as they stand."""
    for number, kind, value in fields(message):
        if number not in numbers:
            yield from copied(number, kind, value)


def _raw_booleans(tensor: memoryview) -> bytes | None:
    """Return a TensorProto with its booleans as bytes, or None where it holds no such integers."""
    if signed(last_values(tensor).get(2, 0)) != _BOOL:
        return None
    values = [
        one
        for number, wire, value in fields(tensor)
        if number == 5
        for one in integers(wire, value)
    ]
    if not values:
        return None
    return b"".join([*delimited(9, bytes(map(bool, values))), *_others(tensor, 5, 9)])


def fuse_clips(model: bytes) -> bytes:
    """Write each Clip(x, 0, max) after a convolution of a valid model as OpenCV's own ReLU6.

    Returns
    -------
    The file rewritten for OpenCV's new engine alone (ReLU6 is no operator of ONNX's), or `model`
    itself if there is nothing to rewrite.

    Raises
    ------
    WireError
        If `model` is no ONNX file.

    Notes
    -----
    OpenCV 5.0's new engine fuses ReLU6 into the convolution before it, but not Clip: around
    each Clip it leaves its blocked layout and comes back. The numbers are the same. Weights are
    copied once and never decoded.
    """
    if b"Clip" not in model:
        return model
    return _with_graph(model, _rewritten_graph)


def _rewritten_graph(graph: memoryview) -> bytes | None:
    """Return the graph with its Clips rewritten, or None if none can be."""
    constants: dict[str, float] = {}
    nodes: dict[int, _Node] = {}
    messages = list(fields(graph))
    for index, (number, _, value) in enumerate(messages):
        if number == _GRAPH_INITIALIZER:
            name, scalar = _scalar(submessage(value))
            if scalar is not None:
                constants[name] = scalar
        elif number == _GRAPH_NODE:
            node = nodes[index] = _read_node(submessage(value))
            if node.operator == "Constant" and node.outputs and "value" in node.attributes:
                _, scalar = _scalar(_attribute_tensor(node.attributes["value"]))
                if scalar is not None:
                    constants[node.outputs[0]] = scalar
    producers = {name: node.operator for node in nodes.values() for name in node.outputs}
    rewritten = {
        index: [_relu6(node, ceiling)]
        for index, node in nodes.items()
        if (ceiling := _ceiling(node, constants)) is not None
        and producers.get(node.inputs[0]) in _FUSING
    }
    return _with_fields(messages, rewritten)


def _ceiling(node: _Node, constants: Mapping[str, float]) -> float | None:
    """Return the upper bound of a Clip whose lower bound is 0, else None."""
    if node.operator != "Clip" or node.domain not in ("", "ai.onnx") or not node.inputs:
        return None
    if len(node.inputs) == 3:
        low, high = (constants.get(name) for name in node.inputs[1:])
    elif len(node.inputs) == 1 and {"min", "max"} <= node.attributes.keys():
        low, high = (_attribute_float(node.attributes[name]) for name in ("min", "max"))
    else:
        return None
    if low != 0.0 or high is None or not 0.0 < high < math.inf:
        return None
    return high


def _relu6(node: _Node, ceiling: float) -> bytes:
    """Return a Clip's NodeProto as OpenCV's ReLU6 with the bounds 0 and `ceiling`."""
    parts: list[bytes | memoryview] = [*delimited(1, node.inputs[0].encode())]
    for number, kind, value in fields(node.message):
        if number in (2, 3):
            parts.extend(copied(number, kind, value))
    parts.extend(delimited(4, b"ReLU6"))
    for name, bound in (("min_value", 0.0), ("max_value", ceiling)):
        parts.extend(delimited(5, _float_attribute(name, bound)))
    return b"".join(parts)


def _float_attribute(name: str, value: float) -> bytes:
    parts = [*delimited(1, name.encode()), fixed_32(2, value), number_field(20, _FLOAT)]
    return b"".join(parts)


def _read_node(message: memoryview) -> _Node:
    node = _Node(message)
    for number, _, value in fields(message):
        if number == 1:
            node.inputs.append(text(value))
        elif number == 2:
            node.outputs.append(text(value))
        elif number == 4:
            node.operator = text(value)
        elif number == 5:
            attribute = submessage(value)
            for inner, _, name in fields(attribute):
                if inner == 1:
                    node.attributes[text(name)] = attribute
        elif number == 7:
            node.domain = text(value)
    return node


def _attribute_float(attribute: memoryview) -> float | None:
    for number, kind, value in fields(attribute):
        if number == 2 and kind == FIXED_32:
            return float(struct.unpack("<f", submessage(value))[0])
    return None


def _attribute_tensor(attribute: memoryview) -> memoryview:
    return submessage(last_values(attribute).get(5, EMPTY))


def _scalar(tensor: memoryview) -> tuple[str, float | None]:
    """Return a TensorProto's name, and its value if it is one float32."""
    given = last_values(tensor)
    name, payload = text(given.get(8, EMPTY)), submessage(given.get(9, given.get(4, EMPTY)))
    if signed(given.get(2, 0)) != _FLOAT or len(payload) != 4:
        return name, None
    return name, float(struct.unpack("<f", payload)[0])
