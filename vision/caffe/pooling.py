"""Pooling by Caffe's rules, which mostly round the output up, and count the padding its own way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vision.caffe.operators import spatial
from vision.caffe.translation import LayerMismatchError, Translation


def pooled_side(side: int, kernel: int, stride: int, pad: int, rounds_up: bool = True) -> int:
    """Return how many windows Caffe places along a side.

    Notes
    -----
    ceil((side + 2 pad - kernel) / stride) + 1, or the floor where the layer says so, less the last
    one if it would start beyond the input and its first padding.
    """
    room = side + 2 * pad - kernel
    count = (-(-room // stride) if rounds_up else room // stride) + 1
    if pad and (count - 1) * stride >= side + pad:
        count -= 1
    return count


def window_sizes(
    side: int, kernel: int, stride: int, pad: int, count: int
) -> npt.NDArray[np.int64]:
    """Return by how many places each window's sum is divided: padding counts, beyond it nothing."""
    starts = np.arange(count) * stride - pad
    return np.minimum(starts + kernel, side + pad) - starts


def pooling(t: Translation) -> str:
    """Maximum or average over windows, or over everything."""
    settings = t.settings("pooling_param")
    if len(t.shape) != 4:
        raise LayerMismatchError("it wants pictures")
    batch, channels, *sides = t.shape
    method = settings.string("pool", "MAX")
    if method not in ("MAX", "AVE", "0", "1"):
        raise LayerMismatchError("its pooling {method} is not one of MAX and AVE", method=method)
    is_max = method in ("MAX", "0")
    if settings.truth("global_pooling", False):
        name = "GlobalMaxPool" if is_max else "GlobalAveragePool"
        return t.graph.node(name, t.inputs[:1], (batch, channels, 1, 1))
    kernel = spatial(settings, "kernel_size", 0)
    stride, pad = spatial(settings, "stride", 1), spatial(settings, "pad", 0)
    if (
        min(*kernel, *stride) < 1
        or min(pad) < 0
        or any(p >= k for p, k in zip(pad, kernel, strict=True))
    ):
        raise LayerMismatchError("its kernel, stride or pad is wrong")
    along = list(zip(sides, kernel, stride, pad, strict=True))
    # Caffe itself says it by round_mode; forks of it, DenseNet's among them, by ceil_mode.
    is_floor = settings.string("round_mode", "CEIL") in ("FLOOR", "1")
    rounds_up = settings.truth("ceil_mode", not is_floor)
    counts = [pooled_side(*one, rounds_up) for one in along]
    if min(counts) < 1:
        raise LayerMismatchError("the window is larger than its input")
    # Padding the far side so that rounding down gives the same count makes the rule explicit.
    far = [
        max(0, (count - 1) * s + k - side - p)
        for count, (side, k, s, p) in zip(counts, along, strict=True)
    ]
    shape = (batch, channels, counts[0], counts[1])
    windows = {"kernel_shape": list(kernel), "strides": list(stride)}
    if is_max:
        return t.graph.node("MaxPool", t.inputs[:1], shape, pads=[*pad, *far], **windows)
    padded = t.zeros_around(t.inputs[0], pad, far)
    pooled = t.graph.node("AveragePool", [padded], shape, **windows)
    rows, columns = (
        window_sizes(side, k, s, p, count)
        for count, (side, k, s, p) in zip(counts, along, strict=True)
    )
    # ONNX divides by the whole window; Caffe leaves out what hangs over the padding.
    correction = kernel[0] * kernel[1] / np.outer(rows, columns)
    if np.all(correction == 1.0):
        return pooled
    return t.graph.node("Mul", [pooled, t.graph.constant(correction[None, None])], shape)
