"""The constants of an ONNX graph as arrays, including computed ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import onnx

type Array = npt.NDArray[Any]
type Attributes = dict[str, Any]

_MAX_BYTES: Final = 1 << 30


def attributes_of(node: onnx.NodeProto) -> Attributes:
    """Return a node's attributes by name."""
    from onnx import helper  # late, as everywhere in this package: it takes a tenth of a second

    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


_MOVING_OPERATORS: Final = frozenset(
    [
        *("Constant", "ConstantOfShape", "Expand", "Reshape", "Squeeze", "Unsqueeze", "Transpose"),
        *("Cast", "Gather", "Identity"),
    ]
)
"""Operators that store, reshape or repeat a constant."""
_EVALUATED: Final = frozenset(["Slice", "Concat", "Add", "Sub", "Mul", "Div", "Equal", "Where"])
"""Operators used to compute shapes. Larger weights that they join or cut belong to a layer."""


def constants_of(model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """Return all constants of a graph: stored weights, and values computed from constants.

    Parameters
    ----------
    shapes
        Known shapes of tensors, for graphs that query them.

    Notes
    -----
    A constant that needs more than a gigabyte, or is computed by other operators, is omitted; a
    layer that depends on it is named but not explained.
    """
    from onnx import numpy_helper

    graph = model.graph
    opsets = {one.domain: one.version for one in model.opset_import}
    found: dict[str, Array] = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Shape" and not node.attribute:
            name = node.input[0]
            shape = found[name].shape if name in found else shapes.get(name)
            if shape is not None:
                found[node.output[0]] = np.asarray(shape, np.int64)
            continue
        given = {name: found[name] for name in node.input if name in found}
        are_of_shapes = all(one.ndim < 2 or one.dtype.kind in "iub" for one in given.values())
        is_known = node.op_type in _MOVING_OPERATORS or (
            node.op_type in _EVALUATED and are_of_shapes
        )
        if is_known and all(name in given for name in node.input if name):
            made = _evaluate_constant_node(node, given, opsets)
            if made is not None and made.nbytes <= _MAX_BYTES:
                found[node.output[0]] = made
    return found


_FAULTS: Final = (
    *(ValueError, LookupError, TypeError, RuntimeError),
    *(AttributeError, ArithmeticError, AssertionError),
)
"""Exceptions of the evaluator if shapes, axes or types do not fit."""


def _evaluate_constant_node(
    node: onnx.NodeProto, given: dict[str, Array], opsets: dict[str, int]
) -> Array | None:
    """Evaluate a constant node with ONNX's reference evaluator; None if it fails."""
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    try:
        if node.op_type in ("ConstantOfShape", "Expand"):
            *repeated, sides = given.values()
            shape = np.broadcast_shapes(*(one.shape for one in repeated), tuple(sides.tolist()))
            if 8 * math.prod(shape) > _MAX_BYTES:
                return None
        graph = helper.make_graph([node], "constant", [], [])
        with np.errstate(divide="raise"):
            [made] = ReferenceEvaluator(graph, opsets=opsets).run(list(node.output), given)
    except _FAULTS:
        # What ONNX says of shapes and axes is not kept; the layer behind is not explained.
        return None
    return made if isinstance(made, np.ndarray) else None
