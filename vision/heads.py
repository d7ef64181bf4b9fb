"""What the last layers of detectors give, decoded into boxes: pure functions of arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vision.detections import Boxes, Detections, Limits
from vision.reasons import sides_text
from vision.scores import are_within_unit

type Array = npt.NDArray[np.float32]


class HeadKind(StrEnum):
    """Ways in which detectors write their boxes."""

    SSD = "ssd"
    """Offsets from anchors (P, 4) and one logit a class (P, C)."""
    YOLOX = "yolox"
    """Offsets from the cells of three grids, objectness and one score a class (P, 5 + C)."""
    YOLOX_PIXELS = "yolox_pixels"
    """The same, with the offsets worked out into pixels of the tensor by the graph itself."""
    YOLO_8 = "yolo_8"
    """Centre and size in pixels of the tensor and one score a class, a column a box (4 + C, P)."""
    YOLO_5 = "yolo_5"
    """As YOLOX_PIXELS, but three boxes a cell (P, 5 + C)."""
    YOLO_3_GRIDS = "yolo_3_grids"
    """What a YOLO 3 makes its boxes of: logits of two or three grids (3, H, W, 5 + C)."""
    YOLO_4_GRIDS = "yolo_4_grids"
    """The same of version 4, with its anchors and its reach beyond a cell."""
    YOLO_5_GRIDS = "yolo_5_grids"
    """The same of version 5, whose sides are squares and no powers of e."""
    YOLO_7_GRIDS = "yolo_7_grids"
    """The same with the anchors of version 7."""
    YOLO_7_ROWS = "yolo_7_rows"
    """One row a box that the network has chosen: picture, corners in pixels of the tensor, class,
    score (N, 7)."""
    YOLO_10 = "yolo_10"
    """One row a box that the network has chosen: corners in pixels of the tensor, score, class
    (N, 6)."""
    CORNERS = "corners"
    """Corners as shares of the tensor (P, 4) and one score a class (P, C)."""
    ROWS = "rows"
    """One row a box: picture, class, score, corners as shares (N, 7)."""
    CHOSEN = "chosen"
    """Boxes that the network has chosen, in outputs of their own: corners in pixels of the tensor
    (N, 4), scores (N), classes (N)."""


type Anchors = tuple[tuple[tuple[float, float], ...], ...]
"""Widths and heights in pixels of the tensor, those of a cell of each grid, small strides first."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How a detector's outputs are read.

    Attributes
    ----------
    kind
        In which way they are written.
    boxes_output, scores_output, classes_output
        Names of the outputs; one that holds all stands in `boxes_output`, or is the first if that
        is empty.
    anchors
        Of grids, where they are others than is usual.
    background
        The class that stands for "nothing", or None.
    score, overlap
        The limits that are usual for it.
    """

    kind: HeadKind
    boxes_output: str = ""
    scores_output: str = ""
    classes_output: str = ""
    anchors: Anchors = ()
    background: int | None = None
    score: float = Limits.score
    overlap: float = Limits.overlap


@dataclass(frozen=True, eq=False)
class Proposals:
    """The boxes that a network proposes.

    Attributes
    ----------
    found
        Those with a score that is worth keeping; corners as shares of the tensor.
    total
        How many there are in all.
    classes
        How many classes it tells apart, that of the background among them; 0 where the output does
        not say.
    """

    found: Detections
    total: int
    classes: int


SSD_STRIDES: Final = (16, 32, 64, 128, 256, 512)
YOLOX_STRIDES: Final = (8, 16, 32)
_STRIDES: Final = {2: (16, 32), 3: YOLOX_STRIDES, 4: (*YOLOX_STRIDES, 64)}
"""Those of so many grids."""
_ANCHORS_3: Final[Anchors] = (
    ((10, 13), (16, 30), (33, 23)),
    ((30, 61), (62, 45), (59, 119)),
    ((116, 90), (156, 198), (373, 326)),
)
_ANCHORS_4: Final[Anchors] = (
    ((12, 16), (19, 36), (40, 28)),
    ((36, 75), (76, 55), (72, 146)),
    ((142, 110), (192, 243), (459, 401)),
)
_LARGE_OF_TINY: Final = ((81, 82), (135, 169), (344, 319))
_TINY_3: Final[Anchors] = (((10, 14), (23, 27), (37, 58)), _LARGE_OF_TINY)
_TINY_4: Final[Anchors] = (((23, 27), (37, 58), (81, 82)), _LARGE_OF_TINY)


@dataclass(frozen=True)
class _Grids:
    """How the boxes of grids are made.

    Attributes
    ----------
    anchors
        Of three grids, and of the two that small networks have.
    reach
        How many cells wide the range of a centre is, grid by grid, for each of these.
    are_powers
        Whether sides are powers of e, and no squares.
    """

    anchors: tuple[Anchors, Anchors]
    reach: tuple[tuple[float, ...], tuple[float, ...]]
    are_powers: bool


_ONCE: Final = ((1.0,) * 4, (1.0,) * 2)
_TWICE: Final = ((2.0,) * 4, (2.0,) * 2)
_REACH_4: Final = ((1.2, 1.1, 1.05, 1.05), (1.05, 1.05))
_GRIDS: Final = {
    HeadKind.YOLO_3_GRIDS: _Grids((_ANCHORS_3, _TINY_3), _ONCE, True),
    HeadKind.YOLO_4_GRIDS: _Grids((_ANCHORS_4, _TINY_4), _REACH_4, True),
    HeadKind.YOLO_5_GRIDS: _Grids((_ANCHORS_3, _TINY_3), _TWICE, False),
    HeadKind.YOLO_7_GRIDS: _Grids((_ANCHORS_4, _TINY_4), _TWICE, False),
}
# What boxes are measured in: the centre counts ten times, the logarithm of a side five times.
_CENTRE, _SIDE = np.float32(10), np.float32(5)
# e to this is 22,026 times an anchor: more than any picture holds, and far from an overflow.
_LARGEST = np.float32(10)


@lru_cache(maxsize=8)
def ssd_anchors(size_wh: tuple[int, int]) -> Array:
    """Return the anchors of an SSD MobileNet as (P, 4): centre and size as shares of the tensor.

    The tensor's width and height are in pixels; 300 x 300 gives 1,917 anchors.

    Notes
    -----
    Six maps with strides of 16 to 512 pixels, scales s_i linear from 0.2 to 0.95. The first has
    (ratio, scale) of (1, 0.1), (2, s_0) and (1/2, s_0); each other one ratios 1, 2, 1/2, 3 and 1/3
    at s_i and ratio 1 at sqrt(s_i s_i+1), with s_6 = 1. Row by row, cell by cell; the width is
    s sqrt(r), the height s / sqrt(r).

    References
    ----------
    W. Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2.
    """
    scales = [*np.linspace(0.2, 0.95, len(SSD_STRIDES)).tolist(), 1.0]
    maps = []
    for layer, stride in enumerate(SSD_STRIDES):
        here = scales[layer]
        shapes = [(1.0, 0.1), (2.0, here), (0.5, here)]
        if layer:
            between = math.sqrt(here * scales[layer + 1])
            shapes = [(ratio, here) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)] + [(1.0, between)]
        sides = [(scale * ratio**0.5, scale / ratio**0.5) for ratio, scale in shapes]
        columns, rows = (math.ceil(side / stride) for side in size_wh)
        x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
        centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
        each = np.broadcast_to(np.asarray(sides), (len(centres), len(sides), 2))
        placed = np.broadcast_to(centres, each.shape)
        maps.append(np.concatenate([placed, each], axis=-1).reshape(-1, 4))
    return np.concatenate(maps).astype(np.float32)


@lru_cache(maxsize=8)
def yolox_cells(size_wh: tuple[int, int]) -> Array:
    """Return the cells of a YOLOX as (P, 3): column, row and stride in pixels of the tensor.

    References
    ----------
    Z. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", 2021.
    """
    return np.concatenate([_cells(size_wh, stride) for stride in YOLOX_STRIDES])


def _cells(size_wh: tuple[int, int], stride: int) -> Array:
    columns, rows = (side // stride for side in size_wh)
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    cells = np.stack([x, y, np.full_like(x, stride)], axis=-1)
    return cells.reshape(-1, 3).astype(np.float32)


@lru_cache(maxsize=8)
def yolo_anchors(size_wh: tuple[int, int], anchors: Anchors) -> Array:
    """Return a YOLO's boxes before it looks, as (P, 5): column, row, stride, width and height.

    All but the first two are in pixels of the tensor. They go grid by grid, anchor by anchor and
    cell by cell.
    """
    maps = []
    for stride, sides in zip(_STRIDES[len(anchors)], anchors, strict=True):
        grid = _cells(size_wh, stride)
        for side in sides:
            each = np.broadcast_to(np.asarray(side, np.float32), (len(grid), 2))
            maps.append(np.concatenate([grid, each], axis=1))
    return np.concatenate(maps)


def decode(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Return the boxes that a network proposes for one picture.

    Parameters
    ----------
    outputs
        The network's, by name, for a batch of one.
    size_wh
        Width and height of the tensor in pixels.
    floor
        Boxes with a lower score (0 to 1) are left out.

    Raises
    ------
    ValueError
        If the outputs do not have the shapes that the head wants.

    Notes
    -----
    A box gets the class with its highest score. One whose scores are no numbers is left out.
    """
    # Damaged weights give any numbers; what comes of them is left out by `detections.in_picture`.
    with np.errstate(all="ignore"):
        return _DECODERS[head.kind](head, outputs, size_wh, floor)


def _table(outputs: Mapping[str, Array], name: str, columns: int = 0) -> Array:
    """Return an output as (P, columns), whatever sides of 1 stand before it."""
    values = outputs[name] if name else next(iter(outputs.values()))
    rows, width = rows_and_columns(values)
    if not width or columns not in (0, width):
        raise ValueError(sides_text(values.shape))
    return values.reshape(rows, width)


def rows_and_columns(values: Array) -> tuple[int, int]:
    """Return the sides of a table with sides of 1 before it, or (0, 0) if it is none.

    YOLO 4 gives its corners as (1, P, 1, 4).
    """
    if values.ndim == 4 and values.shape[::2] == (1, 1) and values.shape[3] == 4:
        return values.shape[1], 4
    if values.ndim < 2 or math.prod(values.shape[-2:]) != values.size:
        return 0, 0
    return values.shape[-2], values.shape[-1]


def _best(scores: Array, background: int | None) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the best class of each row (P, C) and its score; NaN where one of them is NaN."""
    if scores.shape[1] == 1:
        return np.zeros(len(scores), np.intp), scores[:, 0]
    if background is not None:
        # The first or last class can be cut off without a copy.
        first = background == 0
        part = scores[:, 1:] if first else np.delete(scores, background, axis=1)
        indices = part.argmax(axis=1)
        best = part[np.arange(len(part)), indices]
        return (indices + 1 if first else indices + (indices >= background)), best
    indices = scores.argmax(axis=1)
    return indices, scores[np.arange(len(scores)), indices]


def _paired(head: Head, outputs: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return boxes (P, 4) and scores (P, C), from two outputs or the halves of one."""
    if head.scores_output:
        boxes, scores = (
            _table(outputs, head.boxes_output, 4),
            _table(outputs, head.scores_output),
        )
    else:
        both = _table(outputs, head.boxes_output)
        boxes, scores = both[:, :4], both[:, 4:]
    if len(boxes) != len(scores) or not scores.shape[1]:
        raise ValueError(f"{len(boxes)} and {len(scores)}")
    return boxes, scores


def _sigmoid(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)


def _detections(corners: Boxes, scores: Array, indices: npt.NDArray[np.integer]) -> Detections:
    return Detections(
        np.asarray(corners, np.float32),
        np.asarray(scores, np.float32),
        np.asarray(indices, np.int32),
    )


def _corners(centres: Array, sides: Array) -> Boxes:
    half = sides / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def decode_ssd(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode offsets from anchors, as `decode`.

    Notes
    -----
    For an anchor with centre (x_a, y_a) and size (w_a, h_a): y = dy / 10 h_a + y_a,
    x = dx / 10 w_a + x_a, h = exp(dh / 5) h_a, w = exp(dw / 5) w_a; the score is the sigmoid of
    the logit. Only what reaches the floor is decoded.
    """
    offsets, logits = _paired(head, outputs)
    anchors = ssd_anchors(size_wh)
    if len(anchors) != len(offsets):
        raise ValueError(f"{len(offsets)} boxes for {len(anchors)} anchors")
    indices, best = _best(logits, head.background)
    least = -np.inf if floor <= 0 else math.log(floor / (1 - floor)) if floor < 1 else np.inf
    rows = np.flatnonzero(best >= least)
    anchor, offset = anchors[rows], offsets[rows]
    centres = offset[:, 1::-1] / _CENTRE * anchor[:, 2:] + anchor[:, :2]
    sides = np.exp(np.minimum(offset[:, :1:-1] / _SIDE, _LARGEST)) * anchor[:, 2:]
    found = _detections(_corners(centres, sides), _sigmoid(best[rows]), indices[rows])
    return Proposals(found, len(offsets), logits.shape[1])


def _objects(
    table: Array, background: int | None, floor: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array]:
    """Return which rows (P, 5 + C) reach the floor, and of these the class and the score.

    That is objectness times the score of the class, both their sigmoids where the graph gives
    logits. Objectness alone shows what does not reach the floor, which is nearly all.
    """
    if table.shape[1] < 6:
        raise ValueError(sides_text(table.shape))
    objectness = table[:, 4]
    are_logits = not are_within_unit(objectness)
    objectness = _sigmoid(objectness) if are_logits else objectness
    rows = np.flatnonzero(objectness >= floor)
    indices, best = _best(table[rows, 5:], background)
    scores = (_sigmoid(best) if are_logits else best) * objectness[rows]
    good = scores >= floor
    return rows[good], indices[good], scores[good]


def _unit(places: Array, size_wh: tuple[int, int]) -> Array:
    """Return the width and height of the tensor (2,) in what places (P, any) are measured in.

    That is its pixels, or itself: then none lies far from 0 to 1. TFLite files have it so.
    """
    are_pixels = np.nanmax(places, initial=0) > 2
    return np.asarray(size_wh if are_pixels else (1, 1), np.float32)


def decode_yolox(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode offsets from the cells of grids, as `decode`.

    Notes
    -----
    x = (dx + column) s, y = (dy + row) s, w = exp(dw) s, h = exp(dh) s with the stride s; the score
    is objectness times that of the class.
    """
    table = _table(outputs, head.boxes_output)
    cells = yolox_cells(size_wh)
    if len(cells) != len(table):
        raise ValueError(f"{len(table)} x {table.shape[1]} for {len(cells)} cells")
    rows, indices, scores = _objects(table, head.background, floor)
    offset, cell = table[rows, :4], cells[rows]
    if head.kind is HeadKind.YOLOX:
        stride = cell[:, 2:]
        centres = (offset[:, :2] + cell[:, :2]) * stride
        sides = np.exp(np.minimum(offset[:, 2:], _LARGEST)) * stride
    else:
        centres, sides = offset[:, :2], offset[:, 2:]
    size = np.asarray(size_wh, np.float32)
    found = _detections(_corners(centres / size, sides / size), scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def decode_yolo_5(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take the centres and sizes of YOLO 5 and 7 as they are, as `decode`."""
    table = _table(outputs, head.boxes_output)
    rows, indices, scores = _objects(table, head.background, floor)
    unit = _unit(table[:, :2], size_wh)
    corners = _corners(table[rows, :2] / unit, table[rows, 2:4] / unit)
    found = _detections(corners, scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def decode_yolo_grids(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode the grids of a YOLO 3, 4, 5 or 7, as `decode`; which is which their sizes say.

    Notes
    -----
    x = (r (σ(dx) - 1/2) + 1/2 + column) s, y = (r (σ(dy) - 1/2) + 1/2 + row) s with the reach r
    (1 for version 3, 2 for 5 and 7) and the stride s; w = exp(dw) w_a, h = exp(dh) h_a, from
    version 5 on w = (2 σ(dw))² w_a, h = (2 σ(dh))² h_a, with the anchor (w_a, h_a); the score is
    objectness times that of the class.

    References
    ----------
    J. Redmon and A. Farhadi, "YOLOv3: An Incremental Improvement", 2018. A. Bochkovskiy et al.,
    "YOLOv4: Optimal Speed and Accuracy of Object Detection", 2020. C.-Y. Wang et al., "YOLOv7:
    Trainable bag-of-freebies sets new state-of-the-art for real-time object detectors", 2023.
    """
    how = _GRIDS[head.kind]
    grids = yolo_grids(outputs, size_wh, head.anchors)
    if not grids:
        raise ValueError(", ".join(sides_text(one.shape) for one in outputs.values()))
    table = np.concatenate([one.reshape(-1, one.shape[-1]) for one in grids])
    of_tiny = len(grids) == 2
    anchors = yolo_anchors(size_wh, head.anchors or how.anchors[of_tiny])
    rows, indices, scores = _objects(table, head.background, floor)
    # Some graphs end in the sigmoid.
    as_shares = np.asarray if are_within_unit(table[:, :2]) else _sigmoid
    offset, anchor = table[rows, :4], anchors[rows]
    each = [one[..., 0].size for one in grids]
    reach = np.repeat(np.asarray(how.reach[of_tiny][: len(each)], np.float32), each)[rows, None]
    half = np.float32(0.5)
    centres = (reach * (as_shares(offset[:, :2]) - half) + half + anchor[:, :2]) * anchor[:, 2:3]
    if how.are_powers:
        sides = np.exp(np.minimum(offset[:, 2:], _LARGEST)) * anchor[:, 3:]
    else:
        sides = np.square(2 * as_shares(offset[:, 2:])) * anchor[:, 3:]
    size = np.asarray(size_wh, np.float32)
    found = _detections(_corners(centres / size, sides / size), scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def yolo_grids(
    outputs: Mapping[str, Array], size_wh: tuple[int, int], anchors: Anchors = ()
) -> list[Array]:
    """Return the grids of a YOLO 3, 4, 5 or 7, (A, H, W, 5 + C) each; none where one lacks.

    There are as many grids and boxes a cell as anchors say; without them three grids, or two, of
    three boxes. The first has the smallest stride.
    """
    for strides in (_STRIDES[len(anchors)],) if anchors else (_STRIDES[3], _STRIDES[2]):
        per_cell = [len(sides) for sides in anchors] or [3] * len(strides)
        found = [
            grid
            for stride, boxes in zip(strides, per_cell, strict=True)
            for one in outputs.values()
            if (grid := _grid(one, boxes, size_wh[1] // stride, size_wh[0] // stride)) is not None
        ]
        if len(found) == len(strides) and len({one.shape[3] for one in found}) == 1:
            return found
    return []


def _grid(values: Array, boxes: int, rows: int, columns: int) -> Array | None:
    """Return one grid as (A, H, W, 5 + C), whatever order its sides have; None if it is none."""
    shape = values.shape
    if values.ndim < 4:
        return None
    if shape == (1, boxes, rows, columns, shape[-1]):
        return values.reshape(shape[1:])
    if shape == (1, rows, columns, boxes, shape[-1]):
        return values.reshape(shape[1:]).transpose(2, 0, 1, 3)
    if shape == (1, shape[1], rows, columns) and not shape[1] % boxes:
        return values.reshape(boxes, -1, rows, columns).transpose(0, 2, 3, 1)
    if shape == (1, rows, columns, shape[-1]) and not shape[3] % boxes:
        return values.reshape(rows, columns, boxes, -1).transpose(2, 0, 1, 3)
    return None


def decode_yolo_8(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode what YOLO gives from version 8 on, a column a box and no objectness, as `decode`."""
    table = _table(outputs, head.boxes_output).T
    if table.shape[1] < 5:
        raise ValueError(f"{table.shape[1]} x {len(table)}")
    given = table[:, 4:]
    indices, best = _best(given, head.background)
    if not are_within_unit(given):
        best = _sigmoid(best)
    rows = np.flatnonzero(best >= floor)
    unit = _unit(table[:, :2], size_wh)
    corners = _corners(table[rows, :2] / unit, table[rows, 2:4] / unit)
    return Proposals(_detections(corners, best[rows], indices[rows]), len(table), given.shape[1])


def decode_yolo_10(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take rows of corners, score and class as they are, as `decode`.

    Notes
    -----
    Rows of zeros fill the output up where the network has chosen fewer boxes.
    """
    table = _table(outputs, head.boxes_output, 6)
    rows = table[_are_objects(table[:, 4], table[:, 5], floor)]
    unit = _unit(table[:, :4], size_wh)
    corners = rows[:, :4] / np.concatenate([unit, unit])
    return Proposals(_detections(corners, rows[:, 4], rows[:, 5].astype(np.int32)), len(table), 0)


def decode_yolo_7_rows(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take rows of picture, corners, class and score as they are, as `decode`."""
    table = _table(outputs, head.boxes_output, 7)
    rows = table[_are_objects(table[:, 6], table[:, 5], floor) & (table[:, 0] == 0)]
    unit = _unit(table[:, 1:5], size_wh)
    corners = rows[:, 1:5] / np.concatenate([unit, unit])
    return Proposals(_detections(corners, rows[:, 6], rows[:, 5].astype(np.int32)), len(table), 0)


def decode_chosen(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take corners, scores and classes, each from an output of its own, as `decode`.

    Notes
    -----
    Scores of 0 or less fill the outputs up where the network has chosen fewer boxes.
    """
    boxes = _table(outputs, head.boxes_output, 4)
    scores, classes = (
        outputs[name].reshape(-1) for name in (head.scores_output, head.classes_output)
    )
    if not len(boxes) == len(scores) == len(classes):
        raise ValueError(f"{len(boxes)}, {len(scores)} and {len(classes)}")
    rows = _are_objects(scores, classes, floor)
    unit = _unit(boxes, size_wh)
    corners = boxes[rows] / np.concatenate([unit, unit])
    found = _detections(corners, scores[rows], classes[rows].astype(np.int32))
    return Proposals(found, len(boxes), 0)


def decode_corners(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take corners and scores as they are, of logits the sigmoids, as `decode`."""
    boxes, scores = _paired(head, outputs)
    indices, best = _best(scores, head.background)
    if not are_within_unit(scores):
        best = _sigmoid(best)
    rows = np.flatnonzero(best >= floor)
    found = _detections(boxes[rows], best[rows], indices[rows])
    return Proposals(found, len(boxes), scores.shape[1])


def decode_rows(
    head: Head, outputs: Mapping[str, Array], size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Take rows of picture, class, score and corners as they are, as `decode`.

    Notes
    -----
    OpenCV and Caffe give one row of zeros, or of -1 for the picture, where nothing was found.
    """
    table = _table(outputs, head.boxes_output, 7)
    rows = table[_are_objects(table[:, 2], table[:, 1], floor) & (table[:, 0] >= 0)]
    if head.background is not None:
        rows = rows[rows[:, 1] != head.background]
    found = _detections(rows[:, 3:], rows[:, 2], rows[:, 1].astype(np.int32))
    return Proposals(found, len(table), 0)


def _are_objects(scores: Array, classes: Array, floor: float) -> npt.NDArray[np.bool_]:
    """Tell which rows of a list are objects that reach the floor.

    Raises
    ------
    ValueError
        If one of the scores is above 1, and so they are none.
    """
    if (scores > 1 + 1e-6).any():
        raise ValueError(f"scores up to {np.nanmax(scores):g}")
    # A class that is no number cannot be a whole one; 2**24 is the last that float32 counts to.
    return np.asarray((scores >= floor) & (classes >= 0) & (classes < 2**24), np.bool_)


type _Decoder = Callable[[Head, Mapping[str, Array], tuple[int, int], float], Proposals]

_DECODERS: Final[dict[HeadKind, _Decoder]] = {
    HeadKind.SSD: decode_ssd,
    HeadKind.YOLOX: decode_yolox,
    HeadKind.YOLOX_PIXELS: decode_yolox,
    HeadKind.YOLO_8: decode_yolo_8,
    HeadKind.YOLO_5: decode_yolo_5,
    HeadKind.YOLO_3_GRIDS: decode_yolo_grids,
    HeadKind.YOLO_4_GRIDS: decode_yolo_grids,
    HeadKind.YOLO_5_GRIDS: decode_yolo_grids,
    HeadKind.YOLO_7_GRIDS: decode_yolo_grids,
    HeadKind.YOLO_7_ROWS: decode_yolo_7_rows,
    HeadKind.YOLO_10: decode_yolo_10,
    HeadKind.CORNERS: decode_corners,
    HeadKind.ROWS: decode_rows,
    HeadKind.CHOSEN: decode_chosen,
}
