"""Checks an ONNX model before OpenCV loads it, and names operators that OpenCV lacks."""

from __future__ import annotations

import math
import re
from typing import Final

from foundation.text import Text
from vision.formats.onnx.structure import OnnxStructure, picture_input, set_shape, with_shapes

_UNSUPPORTED: Final = """
Bernoulli BitCast CausalConvWithState Col2Im Compress ConcatFromSequence ConvInteger CumProd
DeformConv DynamicQuantizeLinear GlobalLpPool ImageDecoder LinearAttention LpPool MatMulInteger
MaxRoiPool MeanVarianceNormalization MelWeightMatrix Multinomial Optional OptionalGetElement
OptionalHasElement RNN RandomNormal RandomUniform RandomUniformLike RegexFullMatch ReverseSequence
STFT Scan SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
SequenceMap SplitToSequence StringConcat StringNormalizer StringSplit SwiGLU TensorScatter
TfIdfVectorizer
"""
UNSUPPORTED: Final = frozenset(_UNSUPPORTED.split())
"""Standard operators that neither engine of OpenCV 5.0 supports; a test verifies this."""


def unsupported_operators(structure: OnnxStructure) -> tuple[str, ...]:
    """Return the names of a model's operators that OpenCV lacks.

    Operators outside ONNX's standard set are included. Some standard ones are supported only with
    certain settings, so an empty result guarantees nothing.
    """
    # Imported here: onnx takes a quarter of a second, and only models that fail come here.
    from onnx import defs

    standard = {schema.name for schema in defs.get_all_schemas() if schema.domain == ""}
    return tuple(
        sorted(op for op in structure.operators if op in UNSUPPORTED or op not in standard)
    )


def find_violation(model: bytes | str) -> str:
    """Return how a model violates ONNX's rules, or "" if it is valid.

    Parameters
    ----------
    model
        Content of the file, or its path if weights are stored in separate files.

    Notes
    -----
    OpenCV 5.0 trusts the model. In its classic engine a CumSum with one input crashes the process;
    in its new one a weight with a negative size corrupts the heap, and a cycle of nodes never ends.
    Every model whose hash was not verified goes through this check.
    """
    from onnx import checker, shape_inference

    try:
        checker.check_model(model, full_check=True)
    except shape_inference.InferenceError as error:
        found = re.search(r"op_type:(\w+)", str(error))
        operator = "?" if found is None else found[1]
        return Text("the shapes do not fit at its operator {operator}", operator=operator)
    except (checker.ValidationError, ValueError, RuntimeError) as error:
        return " ".join(str(error).split())[:160] or type(error).__name__
    return ""


# What stands between a picture and the first thing that is computed of it.
_TRANSPARENT_OPERATORS: Final = frozenset(["Cast", "Identity", "Transpose"])
_MIN_PIXEL_SCALE: Final = 50.0
"""Lower bound for means and deviations of pixels; those of values from 0 to 1 are below it."""


def scales_pixels(model: bytes) -> bool:
    """Return whether a model first scales pixels from 0-255 to small numbers.

    That is, whether it divides its only input by at least 50, or subtracts at least 50.
    """
    import onnx

    graph = onnx.load_model_from_string(model).graph
    constants = {one.name: one for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = node.attribute[0].t
    name = picture_input(graph).name
    passed: set[str] = set()
    while True:
        readers = [node for node in graph.node if name in node.input]
        if len(readers) != 1 or name in passed:
            return False
        [node] = readers
        if node.op_type not in _TRANSPARENT_OPERATORS:
            break
        passed.add(name)
        name = node.output[0]
    others = [one for one in node.input if one != name]
    if len(others) != 1 or others[0] not in constants or node.op_type not in _SCALING_OPERATORS:
        return False
    values = onnx.numpy_helper.to_array(constants[others[0]]).astype(float)
    sizes = 1 / abs(values[values != 0]) if node.op_type == "Mul" else abs(values)
    return bool(sizes.size and sizes.min() >= _MIN_PIXEL_SCALE and sizes.max() <= 2**10)


_SCALING_OPERATORS: Final = frozenset(["Add", "Div", "Mul", "Sub"])


_DATA_DEPENDENT: Final = frozenset(["NonMaxSuppression", "NonZero", "Unique"])
"""Operators whose number of outputs depends on the values."""


def counting_operators(model: bytes) -> tuple[str, ...]:
    """Return a valid model's operators whose output size depends on the input's values.

    If such an output is empty, OpenCV 5.0's new engine divides by zero or returns nothing.
    """
    if not any(name.encode() in model for name in _DATA_DEPENDENT):
        return ()
    import onnx

    graph = onnx.load_model_from_string(model).graph
    fed = {info.name for info in graph.input} - {one.name for one in graph.initializer}
    found: set[str] = set()
    for node in graph.node:
        inner = [one.g for one in node.attribute if one.type == onnx.AttributeProto.GRAPH]
        found |= {one.op_type for part in inner for one in part.node} & _DATA_DEPENDENT
        if node.op_type not in ("Shape", "Size") and not fed.isdisjoint(node.input):
            fed.update(node.output)
            found |= {node.op_type} & _DATA_DEPENDENT
    return tuple(sorted(found))


def largest_tensor_bytes(model: bytes, shape: tuple[int, ...]) -> int:
    """Return the size of a valid model's largest computed tensor, 0 if unknown.

    Parameters
    ----------
    model
        An ONNX file with one input.
    shape
        Shape of the input.
    """
    import onnx

    proto = onnx.load_from_string(model)
    set_shape(picture_input(proto.graph), shape)
    try:
        graph = with_shapes(proto)
    except (onnx.shape_inference.InferenceError, ValueError):
        return 0
    tensors = (info.type.tensor_type for info in (*graph.value_info, *graph.output))
    return max(
        (
            math.prod(dim.dim_value for dim in tensor.shape.dim)
            * onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).itemsize
            for tensor in tensors
            if tensor.elem_type
        ),
        default=0,
    )
