"""Converts a TFLite model to ONNX: channels second, quantised values dequantised.

References
----------
TFLite's schema, version 3, and its catalogue of operators; B. Jacob et al., "Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from vision.formats.onnx.builder import GraphBuilder, Shape
from vision.formats.onnx.layout import with_explicit_pads
from vision.formats.tflite.flatbuffer import TfliteError
from vision.formats.tflite.graph import Numbers, Operator, Tensor, TfliteGraph
from vision.pictures.preprocessing import Preprocessing

INPUT: Final = "picture"
_SAME, _CUSTOM_SAME, _DEQUANTIZE = 0, 1, 6
_TO_SECOND: Final = (0, 3, 1, 2)
_TO_LAST: Final = (0, 2, 3, 1)
_NO_ACTIVATION, _RELU, _RELU_1, _RELU_6, _TANH = 0, 1, 2, 3, 4
_ACTIVATION_RANGES: Final = {
    _NO_ACTIVATION: (-math.inf, math.inf),
    _RELU: (0.0, math.inf),
    _RELU_1: (-1.0, 1.0),
    _RELU_6: (0.0, 6.0),
}
"""Ranges to which the activations clip."""


class UnknownOperatorsError(Exception):
    """Some operators are unknown to this converter; the message is their TFLite names."""


def convert_tflite(graph: TfliteGraph) -> tuple[bytes, Preprocessing | None]:
    """Return a TFLite network as an ONNX model.

    Returns
    -------
    model, preprocessing
        The bytes of a model with a free batch size, and the preprocessing for a quantised network,
        or None if the file does not declare it.

    Raises
    ------
    UnknownOperatorsError
        If some operators are unknown.
    TfliteError
        If the file is inconsistent; the message says where.

    Notes
    -----
    A quantised network is computed in floats: weights are dequantised, and each sum is clipped to
    the range of its output. Rounding to steps is omitted, so scores may differ by some steps, of
    which a score has 256.
    """
    operators = _contributing_operators(graph)
    unknown = {_name(one.kind) for one in operators if one.kind not in _TRANSLATORS}
    if unknown:
        raise UnknownOperatorsError(", ".join(sorted(unknown)))
    try:
        return _Conversion(graph).finish(operators)
    except TfliteError:
        raise
    except (IndexError, ValueError, ZeroDivisionError, OverflowError, struct.error) as error:
        raise TfliteError("an operator does not fit its tensors") from error


def _contributing_operators(graph: TfliteGraph) -> list[Operator]:
    """Return the operators that contribute to a network's outputs.

    Operators that only compute a size, for any batch, are omitted: every tensor has a fixed shape.
    """
    wanted, found = set(graph.outputs), []
    for operator in reversed(graph.operators):
        if not wanted.isdisjoint(operator.outputs):
            found.append(operator)
            wanted.update(operator.inputs[_INPUTS_WITHOUT_SIZES.get(operator.kind, slice(None))])
    return found[::-1]


def _name(kind: int | str) -> str:
    """Return TFLite's name of an operator, or its number if unknown."""
    if isinstance(kind, str):
        return kind
    names = _NAMES.split()
    return names[kind] if 0 <= kind < len(names) else str(kind)


def _channels_second(shape: Shape) -> Shape:
    """Return a shape with channels moved to the second axis."""
    return tuple(shape[side] for side in _TO_SECOND) if len(shape) == 4 else shape


def _with_rank(values: Numbers, rank: int) -> Numbers:
    """Return a constant padded to a rank with leading axes of length 1, channels second."""
    values = values.reshape((1,) * (rank - values.ndim) + values.shape)
    return values.transpose(_TO_SECOND) if rank == 4 else values


def _picture_shape(shape: Shape) -> Shape:
    """Return a network's input shape with channels second, as in PyTorch."""
    is_second = len(shape) == 4 and shape[1] in (1, 3) and min(shape[2:]) > 3
    return shape if is_second else _channels_second(shape)


class _Conversion:
    """A conversion: the graph under construction, and the name of each tensor in it."""

    def __init__(self, graph: TfliteGraph) -> None:
        self.tensors = list(graph.tensors)
        self._graph = graph
        self.builder = GraphBuilder()
        self._values: dict[int, str] = {}

    def finish(self, operators: list[Operator]) -> tuple[bytes, Preprocessing | None]:
        """Translate the operators; return the model."""
        first = self._graph.input
        tensor = self.tensors[first]
        picture = self.builder.input(INPUT, _picture_shape(tensor.shape))
        if self.builder.shapes[picture] != _channels_second(tensor.shape):
            picture = self.builder.transpose(picture, _TO_SECOND)
        self._values[first] = picture
        for operator in operators:
            read, written = operator.inputs[0], operator.outputs[0]
            if operator.kind == _DEQUANTIZE and self.tensors[read].values is not None:
                real = self.tensors[read].dequantised()
                self.tensors[written] = replace(self.tensors[written], values=real)
            else:
                self._values[written] = _TRANSLATORS[operator.kind](_Step(self, operator))
        made = [one for one in self._graph.outputs if one in self._values]
        if not made:
            raise TfliteError("it has no outputs")
        outputs = {f"output{place}": self.value(one) for place, one in enumerate(made)}
        return with_explicit_pads(self.builder.finish(outputs)), _preprocessing(tensor)

    def value(self, index: int) -> str:
        """Return a tensor's name; a constant is stored when first read."""
        if index in self._values:
            return self._values[index]
        values = self.tensors[index].dequantised()
        self._values[index] = self.builder.constant(_with_rank(values, values.ndim))
        return self._values[index]


def _preprocessing(tensor: Tensor) -> Preprocessing | None:
    """Return the preprocessing of pictures for a quantised network, or None."""
    if not tensor.is_quantised or tensor.scale.size != 1 or len(tensor.shape) != 4:
        return None
    # Stored as a signed byte, a level is what it is less 128.
    zero = float(tensor.zero[0]) + (128 if tensor.dtype is np.int8 else 0)
    _, channels, height, width = _picture_shape(tensor.shape)
    scale = float(tensor.scale[0])
    if channels not in (1, 3) or not scale > 0 or not 1 <= min(height, width) <= 4096:
        return None
    return Preprocessing(
        (width, height), mean=(zero,) * 3, scale=scale, swap_rb=True, channels=channels
    )


@dataclass(frozen=True, eq=False)
class _Step:
    """The translation of one operator."""

    conversion: _Conversion
    operator: Operator

    @property
    def builder(self) -> GraphBuilder:
        return self.conversion.builder

    def tensor(self, place: int) -> Tensor:
        index = self.operator.inputs[place]
        if index < 0:
            raise TfliteError("an operator lacks an input")
        return self.conversion.tensors[index]

    @property
    def output(self) -> Tensor:
        return self.conversion.tensors[self.operator.outputs[0]]

    def value(self, place: int = 0) -> str:
        """Return the name of an input."""
        return self.conversion.value(self.operator.inputs[place])

    def shape(self, place: int = 0) -> Shape:
        """Return the shape of an input, with channels second."""
        return self.builder.shapes[self.value(place)]

    def has_input(self, place: int) -> bool:
        """Return whether there is an input at an index."""
        return len(self.operator.inputs) > place and self.operator.inputs[place] >= 0

    def constant(self, values: Numbers | float) -> str:
        return self.builder.constant(values)

    def weights(self, values: Numbers, bias: int, units: int) -> list[str]:
        """Store weights, and the bias at input index `bias` if there is one; return their names."""
        found = [self.constant(values)]
        if self.has_input(bias):
            found.append(self.constant(self.tensor(bias).dequantised().reshape(units)))
        return found

    @property
    def strides(self) -> tuple[int, int]:
        """The strides of a window, down and across."""
        return self.operator.integer(2), self.operator.integer(1)

    def axis(self, axis: int) -> int:
        """Return an input's axis after moving channels second."""
        rank = len(self.shape())
        axis += rank if axis < 0 else 0
        if not 0 <= axis < rank:
            raise TfliteError("there is no such axis")
        return _TO_SECOND.index(axis) if rank == 4 else axis

    def add_activation(self, value: str, fused: int) -> str:
        """Add an operator's fused activation, and clip to the range of its output."""
        if fused == _TANH:
            return self.builder.node("Tanh", [value])
        if fused not in _ACTIVATION_RANGES:
            raise TfliteError("an activation is not known")
        low, high = _ACTIVATION_RANGES[fused]
        if self.output.bounds is not None:
            least, most = self.output.bounds
            low, high = max(low, least), min(high, most)
        if high == math.inf:
            return self.builder.node("Relu", [value]) if low == 0.0 else value
        bound = [value, self.constant(low), self.constant(high)]
        return self.builder.node("Clip", bound)

    def unary(self, operator: str, **attributes: float) -> str:
        """Add an elementwise node."""
        return self.builder.node(operator, [self.value()], **attributes)


def _windows(
    step: _Step, kernel: Sequence[int], dilations: tuple[int, int] = (1, 1)
) -> dict[str, Any]:
    """Return the ONNX attributes of a window that slides over an input."""
    strides = step.strides
    if min(*kernel, *strides, *dilations) < 1:
        raise TfliteError("a kernel, stride or dilation is below 1")
    found = {"kernel_shape": kernel, "strides": strides}
    if step.operator.byte(0) == _SAME:
        return {**found, "auto_pad": "SAME_UPPER"}
    reach = [(size - 1) * apart + 1 for size, apart in zip(kernel, dilations, strict=True)]
    if np.less(step.shape()[2:], reach).any():
        raise TfliteError("a window is larger than its input")
    return found


def _convolution(step: _Step) -> str:
    return _weighted(step, step.tensor(1).dequantised().transpose(0, 3, 1, 2), fused=3, dilation=4)


def _depthwise(step: _Step) -> str:
    # One filter after the other lies along the last side.
    weights = step.tensor(1).dequantised().transpose(3, 0, 1, 2)
    return _weighted(step, weights, fused=4, dilation=5)


def _weighted(step: _Step, weights: Numbers, fused: int, dilation: int) -> str:
    operator = step.operator
    dilations = operator.integer(dilation + 1, 1), operator.integer(dilation, 1)
    units, depth, *kernel = weights.shape
    channels = step.shape()[1]
    if depth < 1 or channels % depth or units % (channels // depth):
        raise TfliteError("a kernel does not fit its input")
    value = step.builder.node(
        "Conv",
        [step.value(), *step.weights(weights, 2, units)],
        dilations=dilations,
        group=channels // depth,
        **_windows(step, kernel, dilations),
    )
    return step.add_activation(value, operator.byte(fused))


def _transposed_convolution(step: _Step) -> str:
    value = _add_transposed_convolution(step, 2, 3, step.strides, step.operator.byte(0) == _SAME)
    return step.add_activation(value, step.operator.byte(3))


def _custom_transposed_convolution(step: _Step) -> str:
    """MediaPipe's own operator, whose options are padding and both strides."""
    padding, across, down = struct.unpack_from("<3i", step.operator.custom)
    return _add_transposed_convolution(step, 0, 2, (down, across), padding == _CUSTOM_SAME)


def _add_transposed_convolution(
    step: _Step, picture: int, bias: int, strides: tuple[int, int], is_same: bool
) -> str:
    """Add a transposed convolution; `picture` and `bias` are indices of its inputs."""
    weights = step.tensor(1).dequantised().transpose(3, 0, 1, 2)
    channels, units, *kernel = weights.shape
    shape, wanted = step.shape(picture), _channels_second(step.output.shape)
    if channels != shape[1] or min(strides) < 1 or len(wanted) != 4:
        raise TfliteError("a kernel does not fit its input")
    spare = [
        (side - 1) * stride + size - given
        for side, stride, size, given in zip(shape[2:], strides, kernel, wanted[2:], strict=True)
    ]
    if min(spare) < 0 or (not is_same and any(spare)):
        raise TfliteError("a padding does not fit its input")
    return step.builder.node(
        "ConvTranspose",
        [step.value(picture), *step.weights(weights, bias, units)],
        kernel_shape=kernel,
        strides=strides,
        pads=[one // 2 for one in spare] + [one - one // 2 for one in spare],
    )


def _pool(name: str, step: _Step) -> str:
    kernel = step.operator.integer(4), step.operator.integer(3)
    value = step.builder.node(name, [step.value()], **_windows(step, kernel))
    # What is pooled keeps the bounds that it had.
    fused = step.operator.byte(5)
    return step.add_activation(value, fused) if fused else value


def _fully_connected(step: _Step) -> str:
    weights = step.tensor(1).dequantised()
    units, size = weights.shape
    rows = math.prod(step.shape()) // size
    flat = _reshaped(step, (rows, size))
    inputs = [flat, *step.weights(weights, 2, units)]
    value = step.builder.node("Gemm", inputs, transB=1)
    value = step.add_activation(value, step.operator.byte(0))
    wanted = _channels_second(step.output.shape)
    return value if wanted == (rows, units) else _with_shape(step, value, step.output.shape)


def _reshaped(step: _Step, shape: Shape) -> str:
    """Return an input reshaped in TFLite's order, channels last."""
    value = step.value()
    before = step.builder.shapes[value]
    if len(before) == 4 and before[2:] != (1, 1) and before != _channels_second(shape):
        value = step.builder.transpose(value, _TO_LAST)
    elif before == _channels_second(shape):
        return value
    return _with_shape(step, value, shape)


def _with_shape(step: _Step, value: str, shape: Shape) -> str:
    """Return a channels-last value reshaped to a TFLite shape."""
    if math.prod(step.builder.shapes[value]) != math.prod(shape):
        raise TfliteError("a shape does not fit its values")
    value = step.builder.reshape(value, shape)
    return step.builder.transpose(value, _TO_SECOND) if len(shape) == 4 else value


def _binary(name: str, step: _Step) -> str:
    return step.add_activation(_extreme(name, step), step.operator.byte(0))


def _broadcast(step: _Step, place: int, rank: int) -> str:
    """Return an operand, with leading axes of length 1 added if it has fewer axes."""
    tensor = step.tensor(place)
    if len(tensor.shape) in (rank, 0):
        return step.value(place)
    if tensor.values is None:
        raise TfliteError("what is added has too few sides")
    return step.constant(_with_rank(tensor.dequantised(), rank))


def _extreme(name: str, step: _Step) -> str:
    rank = len(step.output.shape)
    values = [_broadcast(step, place, rank) for place in (0, 1)]
    return step.builder.node(name, values)


def _concatenation(step: _Step) -> str:
    axis = step.axis(step.operator.integer(0))
    values = [step.value(place) for place in range(len(step.operator.inputs))]
    value = step.builder.node("Concat", values, axis=axis)
    fused = step.operator.byte(1)
    return step.add_activation(value, fused) if fused else value


def _mean(step: _Step) -> str:
    axes = sorted(step.axis(one) for one in step.tensor(1).to_integers())
    rank = len(step.shape())
    is_over_picture = rank == 4 and axes == [2, 3]
    if is_over_picture:
        value = step.unary("GlobalAveragePool")
    else:
        value = step.builder.node("ReduceMean", [step.value()], axes=axes, keepdims=1)
    if len(step.output.shape) == rank:
        return value
    if rank == 4 and not is_over_picture:
        raise TfliteError("a mean is over other sides than a picture's")
    return _with_shape(step, value, step.output.shape)


def _pad(step: _Step) -> str:
    amounts = np.array(step.tensor(1).to_integers()).reshape(-1, 2)
    rank = len(step.shape())
    if len(amounts) != rank or amounts.min() < 0:
        raise TfliteError("a padding does not fit its input")
    order = _TO_SECOND if rank == 4 else tuple(range(rank))
    amounts = amounts[list(order)]
    fill = float(step.tensor(2).dequantised().ravel()[0]) if step.has_input(2) else 0.0
    pads = step.builder.constant(amounts.T.ravel(), np.int64)
    return step.builder.node("Pad", [step.value(), pads, step.constant(fill)])


def _resize(mode: str, step: _Step) -> str:
    # The options of the two begin at other places.
    first = 2 if mode == "linear" else 0
    corners, half = step.operator.byte(first), step.operator.byte(first + 1)
    how = "align_corners" if corners else "half_pixel" if half else "asymmetric"
    sizes = step.builder.constant(_channels_second(step.output.shape), np.int64)
    attributes = {"mode": mode, "coordinate_transformation_mode": how}
    if mode == "nearest":
        attributes["nearest_mode"] = "round_prefer_ceil" if corners or half else "floor"
    return step.builder.node("Resize", [step.value(), "", "", sizes], **attributes)


def _softmax(step: _Step) -> str:
    beta = step.operator.number(0, 1.0)
    value = step.value()
    if beta != 1.0:
        value = step.builder.combine("Mul", value, beta)
    return step.builder.node("Softmax", [value], axis=step.axis(-1))


def _prelu(step: _Step) -> str:
    slopes = _with_rank(step.tensor(1).dequantised(), len(step.shape()))
    return step.builder.combine("PRelu", step.value(), slopes[0])


def _transpose(step: _Step) -> str:
    order = step.tensor(1).to_integers()
    shape = step.shape()
    if sorted(order) != list(range(len(shape))):
        raise TfliteError("there is no such axis")
    if len(shape) == 4:
        # Out of channels second, through TFLite's order, back into channels second.
        order = [_TO_LAST[order[side]] for side in _TO_SECOND]
    return step.builder.transpose(step.value(), order)


_TRANSLATORS: Final[dict[int | str, Callable[[_Step], str]]] = {
    0: partial(_binary, "Add"),
    1: partial(_pool, "AveragePool"),
    2: _concatenation,
    3: _convolution,
    4: _depthwise,
    # What is whole or half numbers elsewhere is here the numbers themselves.
    _DEQUANTIZE: _Step.value,
    9: _fully_connected,
    14: lambda step: step.unary("Sigmoid"),
    17: partial(_pool, "MaxPool"),
    18: partial(_binary, "Mul"),
    19: lambda step: step.add_activation(step.value(), _RELU),
    20: lambda step: step.add_activation(step.value(), _RELU_1),
    21: lambda step: step.add_activation(step.value(), _RELU_6),
    **dict.fromkeys((22, 43, 70), lambda step: _reshaped(step, step.output.shape)),
    23: partial(_resize, "linear"),
    25: _softmax,
    28: lambda step: step.unary("Tanh"),
    **dict.fromkeys((34, 60), _pad),
    39: _transpose,
    40: _mean,
    41: partial(_binary, "Sub"),
    42: partial(_binary, "Div"),
    54: _prelu,
    55: partial(_extreme, "Max"),
    57: partial(_extreme, "Min"),
    67: _transposed_convolution,
    97: partial(_resize, "nearest"),
    98: lambda step: step.unary("LeakyRelu", alpha=step.operator.number(0)),
    111: lambda step: step.unary("Elu"),
    114: _Step.value,
    117: lambda step: step.unary("HardSwish"),
    "Convolution2DTransposeBias": _custom_transposed_convolution,
}
"""Translators of the known operators, by kind."""

_INPUTS_WITHOUT_SIZES: Final[dict[int | str, slice]] = {
    **dict.fromkeys((22, 23, 97), slice(1)),
    67: slice(1, None),
}
"""Inputs of reshapes, resizes and transposed convolutions that are not sizes, by kind."""

_NAMES: Final = """
ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE
EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D
LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1
RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM
CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND
SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM
CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE
SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW
ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK
REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR
LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS
WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM
BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG
REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL
BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD
UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR
RIGHT_SHIFT
"""
"""TFLite's names of its operators, in the order of their numbers."""
