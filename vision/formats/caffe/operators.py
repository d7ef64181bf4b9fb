"""Translates Caffe layers to ONNX nodes, one at a time.

References
----------
Y. Jia et al., "Caffe: Convolutional Architecture for Fast Feature Embedding", 2014; the layers'
rules are those of its layer catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vision.reasons import WordedError, sides_text

if TYPE_CHECKING:
    from vision.formats.caffe.layers import CaffeLayer
    from vision.formats.caffe.weights import Blob
    from vision.formats.onnx.builder import GraphBuilder, Shape


class LayerMismatchError(WordedError):
    """Inputs, settings and weights of a layer do not match."""


@dataclass(frozen=True)
class Translation:
    """The data for translating one layer.

    Attributes
    ----------
    inputs
        Names of the ONNX values of the layer's bottoms.
    """

    graph: GraphBuilder
    layer: CaffeLayer
    inputs: list[str]
    blobs: list[Blob]

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.graph.shapes[self.inputs[0]]

    def settings(self, name: str) -> Any:
        """Return one of the layer's ``..._param`` blocks."""
        return getattr(self.layer.settings, name)

    def blob(self, index: int, shape: Shape) -> Blob:
        """Return one of the layer's weights in its required shape.

        Raises
        ------
        LayerMismatchError
            If it is missing or has a different number of values.
        """
        if index >= len(self.blobs):
            raise LayerMismatchError("its weights are missing from the caffemodel")
        found = self.blobs[index]
        if found.size != math.prod(shape):
            raise LayerMismatchError(
                "weights of shape {found} where {shape} are needed",
                found=format_shape(found.shape),
                shape=format_shape(shape),
            )
        return found.reshape(shape)

    def store_weights(self, weights: Blob, has_bias: bool) -> list[str]:
        """Store weights, whose first axis is the units, and their bias; return their names."""
        arrays = [weights, self.blob(1, weights.shape[:1])] if has_bias else [weights]
        return [self.graph.constant(one) for one in arrays]

    def axis(self, settings: Any, name: str = "axis") -> int:
        """Return an axis setting as a non-negative index."""
        axis: int = getattr(settings, name)
        axis = axis + len(self.shape) if axis < 0 else axis
        if not 0 <= axis < len(self.shape):
            raise LayerMismatchError(
                "there is no axis {axis} in {shape}", axis=axis, shape=format_shape(self.shape)
            )
        return axis

    def unary(self, operator: str, **attributes: float | int) -> str:
        """Add an elementwise node."""
        return self.graph.node(operator, self.inputs[:1], **attributes)

    def pad_with_zeros(self, value: str, near: Sequence[int], far: Sequence[int]) -> str:
        """Pad the rows and columns of a picture with zeros.

        Notes
        -----
        A separate node, because OpenCV 5.0's classic engine ignores whether an average includes its
        padding (``count_include_pad``).
        """
        if not any((*near, *far)):
            return value
        pads = self.graph.constant([0, 0, *near, 0, 0, *far], np.int64)
        return self.graph.node("Pad", [value, pads])


def format_shape(shape: Shape) -> str:
    """Format a shape, for example as "3 x 224 x 224"."""
    return sides_text(shape) or "nothing"


type Translator = Callable[[Translation], str]


def _spatial(settings: Any, name: str) -> tuple[int, int]:
    """Return a setting for height and width: name_h and name_w, or name once or twice."""
    stem = "kernel" if name == "kernel_size" else name
    sides = getattr(settings, f"{stem}_h"), getattr(settings, f"{stem}_w")
    values = getattr(settings, name)
    given = settings.HasField(f"{stem}_h") or settings.HasField(f"{stem}_w")
    return sides if given or not values else (values[0], values[-1])


def convolution(t: Translation) -> str:
    """Convolution with stride, padding, dilation and groups."""
    settings = t.settings("convolution_param")
    if len(t.shape) != 4:
        raise LayerMismatchError("it wants pictures")
    channels = t.shape[1]
    kernel = _spatial(settings, "kernel_size")
    stride, pad = _spatial(settings, "stride"), _spatial(settings, "pad")
    dilation = settings.dilation or [1]
    dilation = (dilation[0], dilation[-1])
    group, units = settings.group, settings.num_output
    if min(*kernel, *stride, *dilation, group, units) < 1 or min(pad) < 0:
        raise LayerMismatchError("its kernel, stride, pad, dilation, group or num_output is wrong")
    if channels % group or units % group:
        raise LayerMismatchError(
            "{channels} channels cannot be split into {group} groups",
            channels=channels,
            group=group,
        )
    if any(
        side + 2 * p < d * (k - 1) + 1
        for side, p, d, k in zip(t.shape[2:], pad, dilation, kernel, strict=True)
    ):
        raise LayerMismatchError(
            "the kernel is larger than its input {input}", input=format_shape(t.shape)
        )
    weights = t.blob(0, (units, channels // group, *kernel))
    return t.graph.node(
        "Conv",
        [t.inputs[0], *t.store_weights(weights, settings.bias_term)],
        kernel_shape=kernel,
        strides=stride,
        pads=[*pad, *pad],
        dilations=dilation,
        group=group,
    )


def inner_product(t: Translation) -> str:
    """Fully connected layer over its axis and all later ones."""
    settings = t.settings("inner_product_param")
    axis, units = t.axis(settings), settings.num_output
    if units < 1:
        raise LayerMismatchError("its num_output is missing")
    size = math.prod(t.shape[axis:])
    weights = t.blob(0, (size, units)).T if settings.transpose else t.blob(0, (units, size))
    # Flatten, unlike Reshape, leaves the number of rows free.
    flat = t.unary("Flatten", axis=axis)
    product = t.graph.node("Gemm", [flat, *t.store_weights(weights, settings.bias_term)], transB=1)
    return product if axis == 1 else t.graph.reshape(product, (*t.shape[:axis], units))


def relu(t: Translation) -> str:
    """ReLU, leaky if a negative slope is set."""
    slope = t.settings("relu_param").negative_slope
    return t.unary("LeakyRelu", alpha=slope) if slope else t.unary("Relu")


def prelu(t: Translation) -> str:
    """ReLU with learned slopes, either one in all or one per channel."""
    shared = t.settings("prelu_param").channel_shared
    channels = 1 if shared else t.shape[1]
    slopes = t.blob(0, (channels,)).reshape(channels, *[1] * (len(t.shape) - 2))
    return t.graph.combine("PRelu", t.inputs[0], slopes)


def lrn(t: Translation) -> str:
    """Local response normalisation, across channels or within each.

    Notes
    -----
    Across: y = x / (k + alpha / n sum of x^2 over n channels)^beta. Within: the sum runs over
    n x n pixels of one channel, is divided by n^2, and k is 1.
    """
    settings = t.settings("lrn_param")
    size, alpha = settings.local_size, settings.alpha
    beta, k = settings.beta, settings.k
    if size < 1 or size % 2 == 0:
        raise LayerMismatchError("its local_size must be odd")
    if settings.norm_region == settings.ACROSS_CHANNELS:
        return t.unary("LRN", size=size, alpha=alpha, beta=beta, bias=k)
    graph, half = t.graph, (size - 1) // 2
    squares = graph.node("Mul", [t.inputs[0], t.inputs[0]])
    padded = t.pad_with_zeros(squares, (half, half), (half, half))
    mean = graph.node("AveragePool", [padded], kernel_shape=[size, size], strides=[1, 1])
    scaled = graph.combine("Mul", mean, alpha)
    shifted = graph.combine("Add", scaled, 1.0)
    divisor = graph.combine("Pow", shifted, beta)
    return graph.node("Div", [t.inputs[0], divisor])


def concat(t: Translation) -> str:
    """Concatenate the inputs along an axis."""
    settings = t.settings("concat_param")
    axis = t.axis(settings, "concat_dim" if settings.HasField("concat_dim") else "axis")
    for value in t.inputs:
        shape = t.graph.shapes[value]
        if shape[:axis] + shape[axis + 1 :] != t.shape[:axis] + t.shape[axis + 1 :]:
            raise LayerMismatchError(
                "{shape} cannot be joined to {input}",
                shape=format_shape(shape),
                input=format_shape(t.shape),
            )
    if all(value in t.graph.known_values for value in t.inputs):
        joined = np.concatenate([t.graph.known_values[value] for value in t.inputs], axis=axis)
        return t.graph.add_known_value(joined)
    return t.graph.node("Concat", t.inputs, axis=axis)


def eltwise(t: Translation) -> str:
    """Sum with coefficients, product or maximum of its inputs."""
    settings = t.settings("eltwise_param")
    for value in t.inputs:
        if t.graph.shapes[value] != t.shape:
            found = format_shape(t.graph.shapes[value])
            raise LayerMismatchError(
                "{found} does not match {input}", found=found, input=format_shape(t.shape)
            )
    node = {settings.PROD: "Mul", settings.SUM: "Add", settings.MAX: "Max"}[settings.operation]
    values = t.inputs
    factors = list(settings.coeff)
    if factors and node == "Add":
        if len(factors) != len(values):
            raise LayerMismatchError("it needs one coefficient for each input")
        values = [
            t.graph.combine("Mul", value, factor)
            for value, factor in zip(values, factors, strict=True)
        ]
    result = values[0]
    for value in values[1:]:
        result = t.graph.node(node, [result, value])
    return result


def batch_norm(t: Translation) -> str:
    """Normalise with stored statistics.

    Notes
    -----
    y = (x - mean / f) / sqrt(variance / f + eps), with f the third blob; f = 0 means
    statistics of 0.
    """
    channels = t.shape[1]
    factor = float(t.blob(2, (1,))[0])
    scale = 0.0 if factor == 0 else 1.0 / factor
    statistics = (t.blob(index, (channels,)) * np.float32(scale) for index in (0, 1))
    constants = [np.ones(channels), np.zeros(channels), *statistics]
    return t.graph.node(
        "BatchNormalization",
        [t.inputs[0], *(t.graph.constant(values) for values in constants)],
        epsilon=t.settings("batch_norm_param").eps,
    )


def scale(t: Translation) -> str:
    """Multiply by learned factors, or by a second input, along an axis; add a bias."""
    settings = t.settings("scale_param")
    axis = t.axis(settings)
    if len(t.inputs) > 1:
        factor_shape, first_blob = t.graph.shapes[t.inputs[1]], 0
    else:
        axes = settings.num_axes
        end = len(t.shape) if axes == -1 else axis + axes
        factor_shape, first_blob = t.shape[axis:end], 1
    behind = (1,) * (len(t.shape) - axis - len(factor_shape))
    if len(t.inputs) > 1:
        factors = t.graph.reshape(t.inputs[1], (*factor_shape, *behind))
    else:
        factors = t.graph.constant(t.blob(0, factor_shape).reshape(*factor_shape, *behind))
    result = t.graph.node("Mul", [t.inputs[0], factors])
    if not settings.bias_term:
        return result
    bias = t.blob(first_blob, factor_shape).reshape(*factor_shape, *behind)
    return t.graph.combine("Add", result, bias)


def flatten(t: Translation) -> str:
    """Flatten a range of axes."""
    settings = t.settings("flatten_param")
    first, last = t.axis(settings), t.axis(settings, "end_axis")
    if last < first:
        raise LayerMismatchError("its end_axis lies before its axis")
    shape = t.shape
    merged = math.prod(shape[first : last + 1])
    return t.graph.reshape(t.inputs[0], (*shape[:first], merged, *shape[last + 1 :]))


def reshape(t: Translation) -> str:
    """Reshape from an axis on; 0 copies a length, -1 infers it."""
    settings = t.settings("reshape_param")
    wanted = list(settings.shape.dim)
    axis = settings.axis
    axis = axis + len(t.shape) + 1 if axis < 0 else axis
    axes = settings.num_axes
    end = len(t.shape) if axes == -1 else axis + axes
    if not 0 <= axis <= end <= len(t.shape):
        raise LayerMismatchError("its axis or num_axes is wrong")
    replaced = t.shape[axis:end]
    sides = []
    for index, side in enumerate(wanted):
        if side == 0 and index >= len(replaced):
            raise LayerMismatchError("it copies a side that is not there")
        sides.append(replaced[index] if side == 0 else side)
    size = math.prod(replaced)
    if sides.count(-1) == 1:
        known = math.prod(side for side in sides if side != -1)
        sides[sides.index(-1)] = size // known if known else 0
    if math.prod(sides) != size or any(side < 1 for side in sides):
        raise LayerMismatchError(
            "{before} cannot become {wanted}",
            before=format_shape(replaced),
            wanted=format_shape(tuple(wanted)),
        )
    return t.graph.reshape(t.inputs[0], (*t.shape[:axis], *sides, *t.shape[end:]))


def softmax(t: Translation) -> str:
    """Apply softmax along an axis."""
    return t.unary("Softmax", axis=t.axis(t.settings("softmax_param")))


def identity(t: Translation) -> str:
    """Pass the input through: dropout at inference, and copies."""
    return t.inputs[0]


def _pooled_side(side: int, kernel: int, stride: int, pad: int, rounds_up: bool = True) -> int:
    """Return the number of Caffe's windows along an axis.

    Notes
    -----
    ceil((side + 2 pad - kernel) / stride) + 1, or the floor if the layer says so, minus the last
    window if it would start beyond the input and its leading padding.
    """
    room = side + 2 * pad - kernel
    count = (-(-room // stride) if rounds_up else room // stride) + 1
    if pad and (count - 1) * stride >= side + pad:
        count -= 1
    return count


def _window_sizes(
    side: int, kernel: int, stride: int, pad: int, count: int
) -> npt.NDArray[np.int64]:
    """Return the divisor of each window's sum; padding counts, positions beyond it do not."""
    starts = np.arange(count) * stride - pad
    return np.minimum(starts + kernel, side + pad) - starts


def pooling(t: Translation) -> str:
    """Maximum or average pooling, local or global, with Caffe's padding rule."""
    settings = t.settings("pooling_param")
    if len(t.shape) != 4:
        raise LayerMismatchError("it wants pictures")
    if settings.pool == settings.STOCHASTIC:
        raise LayerMismatchError(
            "its pooling {method} is not one of MAX and AVE", method="STOCHASTIC"
        )
    is_max = settings.pool == settings.MAX
    if settings.global_pooling:
        name = "GlobalMaxPool" if is_max else "GlobalAveragePool"
        return t.unary(name)
    kernel = _spatial(settings, "kernel_size")
    stride, pad = _spatial(settings, "stride"), _spatial(settings, "pad")
    if (
        min(*kernel, *stride) < 1
        or min(pad) < 0
        or any(p >= k for p, k in zip(pad, kernel, strict=True))
    ):
        raise LayerMismatchError("its kernel, stride or pad is wrong")
    along = list(zip(t.shape[2:], kernel, stride, pad, strict=True))
    # Caffe itself says it by round_mode; forks of it, DenseNet's among them, by ceil_mode.
    rounds_up = settings.round_mode == settings.CEIL
    if settings.HasField("ceil_mode"):
        rounds_up = settings.ceil_mode
    counts = [_pooled_side(*one, rounds_up) for one in along]
    if min(counts) < 1:
        raise LayerMismatchError("the window is larger than its input")
    # Padding the far side so that rounding down gives the same count makes the rule explicit.
    far = [
        max(0, (count - 1) * s + k - side - p)
        for count, (side, k, s, p) in zip(counts, along, strict=True)
    ]
    windows = {"kernel_shape": kernel, "strides": stride}
    if is_max:
        return t.graph.node("MaxPool", t.inputs[:1], pads=[*pad, *far], **windows)
    padded = t.pad_with_zeros(t.inputs[0], pad, far)
    pooled = t.graph.node("AveragePool", [padded], **windows)
    rows, columns = (
        _window_sizes(side, k, s, p, count)
        for count, (side, k, s, p) in zip(counts, along, strict=True)
    )
    # ONNX divides by the whole window; Caffe leaves out what hangs over the padding.
    correction = kernel[0] * kernel[1] / np.outer(rows, columns)
    if np.all(correction == 1.0):
        return pooled
    return t.graph.combine("Mul", pooled, correction[None, None])


SIMPLE_TRANSLATORS: Final[dict[str, Translator]] = {
    "BatchNorm": batch_norm,
    "Concat": concat,
    "Convolution": convolution,
    "Dropout": identity,
    "Eltwise": eltwise,
    "Flatten": flatten,
    "InnerProduct": inner_product,
    "LRN": lrn,
    "PReLU": prelu,
    "Pooling": pooling,
    "ReLU": relu,
    "Reshape": reshape,
    "Scale": scale,
    "Sigmoid": lambda t: t.unary("Sigmoid"),
    "Softmax": softmax,
    "Split": identity,
    "TanH": lambda t: t.unary("Tanh"),
}
