"""The constants of an ONNX graph as arrays, with those that are made of others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import onnx

type Array = npt.NDArray[Any]
type Attributes = dict[str, Any]

_MOST_BYTES: Final = 1 << 30


def attributes_of(node: onnx.NodeProto) -> Attributes:
    """Return a node's attributes by name."""
    from onnx import helper  # late, as everywhere in this package: it takes a tenth of a second

    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


def constants_of(graph: onnx.GraphProto, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """Return what does not depend on the picture: stored weights, and what only reshapes them.

    Parameters
    ----------
    shapes
        Those of tensors that are known already, for graphs that ask for them.

    Notes
    -----
    A constant that would need more than a gigabyte is left out, and so is one that is computed in
    another way; what depends on it is a layer that is named and not explained.
    """
    from onnx import numpy_helper

    found: dict[str, Array] = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Shape" and not node.attribute:
            name = node.input[0]
            shape = found[name].shape if name in found else shapes.get(name)
            if shape is not None:
                found[node.output[0]] = np.asarray(shape, np.int64)
            continue
        make = _MAKERS.get(node.op_type)
        if make is None or node.domain not in ("", "ai.onnx"):
            continue
        given = [found.get(name) for name in node.input if name]
        if any(one is None for one in given):
            continue
        try:
            made = make(attributes_of(node), [one for one in given if one is not None])
        except (ValueError, IndexError, KeyError):
            # What ONNX says of shapes and axes is not kept; the layer behind is not explained.
            continue
        if made is not None and made.nbytes <= _MOST_BYTES:
            found[node.output[0]] = made
    return found


def _stored(attributes: Attributes, _inputs: list[Array]) -> Array | None:
    from onnx import numpy_helper

    if "value" in attributes:
        return numpy_helper.to_array(attributes["value"])
    for name, kind in (("value_float", np.float32), ("value_int", np.int64)):
        for each in (name, f"{name}s"):
            if each in attributes:
                return np.asarray(attributes[each], kind)
    return None


def _filled(attributes: Attributes, inputs: list[Array]) -> Array | None:
    from onnx import numpy_helper

    shape = [int(side) for side in inputs[0].ravel()]
    if min(shape, default=0) < 0 or 8 * math.prod(shape) > _MOST_BYTES:
        return None
    value = attributes.get("value")
    one = np.zeros(1, np.float32) if value is None else numpy_helper.to_array(value)
    return np.full(shape, one.ravel()[0], one.dtype)


def _unsqueezed(attributes: Attributes, inputs: list[Array]) -> Array | None:
    axes = attributes.get("axes") if len(inputs) == 1 else inputs[1].ravel().tolist()
    return None if axes is None else np.expand_dims(inputs[0], tuple(axes))


def _squeezed(attributes: Attributes, inputs: list[Array]) -> Array | None:
    axes = attributes.get("axes") if len(inputs) == 1 else inputs[1].ravel().tolist()
    return np.squeeze(inputs[0], None if axes is None else tuple(axes))


def _reshaped(attributes: Attributes, inputs: list[Array]) -> Array | None:
    wanted = attributes.get("shape") if len(inputs) == 1 else inputs[1].ravel().tolist()
    if wanted is None:
        return None
    keeps = not attributes.get("allowzero", 0)
    shape = [inputs[0].shape[i] if keeps and side == 0 else side for i, side in enumerate(wanted)]
    return inputs[0].reshape(shape)


def _cast(attributes: Attributes, inputs: list[Array]) -> Array | None:
    from onnx import helper

    return inputs[0].astype(helper.tensor_dtype_to_np_dtype(attributes["to"]))


def _sliced(attributes: Attributes, inputs: list[Array]) -> Array | None:
    # Shapes and the like, and vectors such as a bias: other weights that are cut are a layer's own.
    is_simple = np.issubdtype(inputs[0].dtype, np.integer) or inputs[0].ndim == 1
    if len(inputs) < 3 or not is_simple:
        return None
    firsts, lasts = (one.ravel().tolist() for one in inputs[1:3])
    axes = inputs[3].ravel().tolist() if len(inputs) > 3 else range(len(firsts))
    steps = inputs[4].ravel().tolist() if len(inputs) > 4 else [1] * len(firsts)
    parts = [slice(None)] * inputs[0].ndim
    for axis, first, last, step in zip(axes, firsts, lasts, steps, strict=True):
        # As far back as that, ONNX means all that is before.
        end = None if step < 0 and last < -inputs[0].shape[axis] else last
        parts[axis] = slice(first, end, step)
    return inputs[0][tuple(parts)]


def _expanded(attributes: Attributes, inputs: list[Array]) -> Array | None:
    shape = np.broadcast_shapes(inputs[0].shape, tuple(inputs[1].ravel().tolist()))
    return np.broadcast_to(inputs[0], shape)


def _reckoned(function: Callable[..., Array]) -> Callable[[Attributes, list[Array]], Array | None]:
    """Return what reckons with shapes; of other numbers it makes nothing."""

    def reckon(_attributes: Attributes, inputs: list[Array]) -> Array | None:
        is_whole = all(one.dtype.kind in "iub" for one in inputs)
        return np.asarray(function(*inputs)) if is_whole else None

    return reckon


def _quotient(left: Array, right: Array) -> Array:
    if not np.all(right):
        raise ValueError("division by 0")
    return np.asarray(np.trunc(left / right), left.dtype)  # towards 0, as ONNX has it


def _picked(attributes: Attributes, inputs: list[Array]) -> Array | None:
    return np.take(inputs[0], inputs[1], axis=attributes.get("axis", 0))


def _joined(attributes: Attributes, inputs: list[Array]) -> Array | None:
    # Shapes only; joined weights would double in each of many steps.
    return np.concatenate(inputs) if all(one.ndim == 1 for one in inputs) else None


_MAKERS: Final[Mapping[str, Callable[[Attributes, list[Array]], Array | None]]] = {
    "Constant": _stored,
    "ConstantOfShape": _filled,
    "Unsqueeze": _unsqueezed,
    "Squeeze": _squeezed,
    "Reshape": _reshaped,
    "Cast": _cast,
    "Slice": _sliced,
    "Gather": _picked,
    "Concat": _joined,
    "Expand": _expanded,
    "Add": _reckoned(np.add),
    "Sub": _reckoned(np.subtract),
    "Mul": _reckoned(np.multiply),
    "Div": _reckoned(_quotient),
    "Equal": _reckoned(np.equal),
    "Where": _reckoned(np.where),
    "Identity": lambda _attributes, inputs: inputs[0],
    "Transpose": lambda attributes, inputs: np.transpose(inputs[0], attributes.get("perm")),
}
