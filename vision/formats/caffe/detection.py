"""The layers of Caffe's SSD: anchors, decoded boxes, and their preparation.

References
----------
W. Liu et al., "SSD: Single Shot MultiBox Detector", 2016; the rules are those of the authors' fork
of Caffe.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vision.formats.caffe.operators import LayerMismatchError, Translation, Translator
from vision.heads.corners import CORNERS
from vision.heads.kind import Head

_DEFAULT_VARIANCE = 0.1
_MIN_SCORE, _USUAL_SCORE = 0.05, 0.3


def permute(t: Translation) -> str:
    """Reorder the axes; axes that are not listed follow in their original order."""
    order = list(t.settings("permute_param").order)
    if len(set(order)) != len(order) or any(not 0 <= axis < len(t.shape) for axis in order):
        raise LayerMismatchError("its order is wrong")
    order += [axis for axis in range(len(t.shape)) if axis not in order]
    if order == list(range(len(order))):
        return t.inputs[0]
    return t.graph.transpose(t.inputs[0], order)


def normalise(t: Translation) -> str:
    """Divide by the L2 norm over each pixel's channels, or over everything, and scale."""
    settings, channels = t.settings("norm_param"), t.shape[1]
    across = settings.across_spatial
    axes = list(range(1, len(t.shape))) if across else [1]
    total = t.graph.node("Mul", [t.inputs[0], t.inputs[0]])
    # OpenCV 5.0's classic engine gets a sum along several axes at once wrong.
    for axis in axes:
        where = t.graph.constant([axis], np.int64)
        total = t.graph.node("ReduceSum", [total, where], keepdims=1)
    total = t.graph.combine("Add", total, settings.eps)
    length = t.graph.node("Sqrt", [total])
    divided = t.graph.node("Div", [t.inputs[0], length])
    shared = settings.channel_shared
    behind = (1,) * (len(t.shape) - 2)
    factors = t.blob(0, (1,) if shared else (channels,)).reshape(1, -1, *behind)
    return t.graph.combine("Mul", divided, factors)


def prior_box(t: Translation) -> str:
    """Place anchors at every cell of the first input; the second one is the picture.

    Notes
    -----
    For each minimum size s: a square of side s, a square whose side is the geometric mean of s and
    the maximum size, and one box for each other aspect ratio r of width s sqrt(r) and height
    s / sqrt(r). The result is (1, 2, 4 P): corners as shares of the picture, and the variances of
    the offsets.
    """
    if len(t.inputs) != 2 or len(t.shape) != 4:
        raise LayerMismatchError("it wants a map and the picture")
    settings = t.settings("prior_box_param")
    picture = t.graph.shapes[t.inputs[1]]
    rows, columns = t.shape[2:]
    height = settings.img_h or settings.img_size or picture[2]
    width = settings.img_w or settings.img_size or picture[3]
    step_h = settings.step_h or settings.step or height / rows
    step_w = settings.step_w or settings.step or width / columns
    offset = settings.offset
    shapes = _anchor_shapes(settings)
    if min(height, width) < 1 or not shapes or rows * columns * len(shapes) > 1_000_000:
        raise LayerMismatchError("its sizes are wrong")
    x, y = np.meshgrid((np.arange(columns) + offset) * step_w, (np.arange(rows) + offset) * step_h)
    centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
    half = np.asarray(shapes)[None] / 2
    corners = np.concatenate([centres - half, centres + half], axis=-1)
    corners = corners / np.array([width, height, width, height], np.float64)
    if settings.clip:
        corners = np.clip(corners, 0, 1)
    variances = settings.variance or [_DEFAULT_VARIANCE]
    if len(variances) not in (1, 4):
        raise LayerMismatchError("it needs one or four variances")
    spread = np.broadcast_to(variances, (corners.size // 4, 4))
    return t.graph.add_known_value(np.stack([corners.reshape(-1), spread.reshape(-1)])[None])


def _anchor_shapes(settings: Any) -> list[tuple[float, float]]:
    """Return width and height of each anchor of a cell, in pixels, in Caffe's order."""
    least, largest = settings.min_size, settings.max_size
    if not least or (largest and len(largest) != len(least)):
        raise LayerMismatchError("its sizes are wrong")
    ratios: list[float] = []
    for ratio in settings.aspect_ratio:
        both = (ratio, 1 / ratio) if ratio > 0 and settings.flip else (ratio,)
        if all(abs(ratio - known) > 1e-6 for known in (1.0, *ratios)):
            ratios.extend(both)
    if not all(value > 0 for value in (*least, *largest, *ratios)):
        raise LayerMismatchError("its sizes are wrong")
    shapes = []
    for index, size in enumerate(least):
        shapes.append((size, size))
        if largest:
            between = math.sqrt(size * largest[index])
            shapes.append((between, between))
        shapes.extend((size * math.sqrt(ratio), size / math.sqrt(ratio)) for ratio in ratios)
    return shapes


def detection_output(t: Translation) -> str:
    """Decode the offsets of every anchor; boxes are selected after the network.

    Notes
    -----
    The result is (N, P, 4 + C): the corners as shares of the picture, then the scores. For offsets
    (dx, dy, dw, dh) with variances v from an anchor of centre c and size s, the centre is
    c + v d s and the size s exp(v d).
    """
    settings = t.settings("detection_output_param")
    classes = settings.num_classes
    if len(t.inputs) != 3 or t.inputs[2] not in t.graph.known_values:
        raise LayerMismatchError("it wants offsets, scores and anchors")
    if not settings.share_location:
        raise LayerMismatchError("it has boxes of its own for each class")
    priors = t.graph.known_values[t.inputs[2]].reshape(2, -1, 4)
    count, batch = priors.shape[1], t.shape[0]
    sizes = [math.prod(t.graph.shapes[value][1:]) for value in t.inputs[:2]]
    if classes < 2 or sizes != [4 * count, classes * count]:
        raise LayerMismatchError(
            "{boxes} and {scores} values for {anchors} anchors of {classes} classes",
            boxes=sizes[0],
            scores=sizes[1],
            anchors=count,
            classes=classes,
        )
    variances = priors[1]
    if settings.variance_encoded_in_target:
        variances = np.ones_like(variances)
    offsets = t.graph.reshape(t.inputs[0], (batch, count, 4))
    scores = t.graph.reshape(t.inputs[1], (batch, count, classes))
    corners = _decode_offsets(t, offsets, priors[0], variances, settings)
    t.graph.head = Head(
        kind=CORNERS.name,
        boxes_output=t.layer.tops[0] if t.layer.tops else "",
        background=settings.background_label_id,
        score=_practical_threshold(settings.confidence_threshold),
        overlap=settings.nms_param.nms_threshold,
    )
    return t.graph.node("Concat", [corners, scores], axis=2)


def _practical_threshold(score: float) -> float:
    """Return a practical score threshold: many files have 0.01, which is for evaluation."""
    return score if _MIN_SCORE <= score <= 1 else _USUAL_SCORE


def _decode_offsets(
    t: Translation,
    offsets: str,
    anchors: npt.NDArray[np.float64],
    variances: npt.NDArray[np.float64],
    settings: Any,
) -> str:
    """Add nodes that decode offsets (N, P, 4) to corners; return their output."""
    graph = t.graph
    if settings.code_type == settings.CORNER:
        scaled = graph.combine("Mul", offsets, variances[None])
        return graph.combine("Add", scaled, anchors[None])
    if settings.code_type != settings.CENTER_SIZE:
        raise LayerMismatchError("its code_type {code} is unknown", code="CORNER_SIZE")
    size = anchors[:, 2:] - anchors[:, :2]
    centre = (anchors[:, 2:] + anchors[:, :2]) / 2

    def part(first: int) -> str:
        bounds = ([first], [first + 2], [2])
        return graph.node("Slice", [offsets, *(graph.constant(one, np.int64) for one in bounds)])

    moved = graph.combine("Mul", part(0), (variances[:, :2] * size)[None])
    placed = graph.combine("Add", moved, centre[None])
    grown = graph.combine("Mul", part(2), variances[None, :, 2:])
    grown = graph.node("Exp", [grown])
    half = graph.combine("Mul", grown, (size / 2)[None])
    ends = [graph.node(operator, [placed, half]) for operator in ("Sub", "Add")]
    return graph.node("Concat", ends, axis=2)


DETECTION_TRANSLATORS: Final[dict[str, Translator]] = {
    "DetectionOutput": detection_output,
    "Normalize": normalise,
    "Permute": permute,
    "PriorBox": prior_box,
}
