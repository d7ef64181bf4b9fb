"""The grids of YOLO 3, 4, 5 or 7, to be decoded to boxes: logits (3, H, W, 5 + C)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import (
    LARGEST,
    are_within_unit,
    cells_of,
    corners_of,
    detections_of,
    objects_in,
    sigmoid,
)
from vision.heads.kind import (
    Array,
    DetectorHead,
    Head,
    Outputs,
    Proposals,
    Recognition,
    Trial,
)
from vision.pictures.preprocessing import YOLO_RGB
from vision.reasons import sides_text

if TYPE_CHECKING:
    from vision.formats.onnx.structure import OnnxStructure

type Anchors = tuple[tuple[tuple[int, int], ...], ...]
"""Widths and heights of each grid's anchors, in pixels of the tensor, smallest stride first."""

STRIDES: Final = {3: (8, 16, 32), 2: (16, 32)}
"""Strides by the number of grids."""
_BOXES_PER_CELL: Final = 3
"""Boxes per cell."""
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
    """How to decode boxes from grids.

    Attributes
    ----------
    anchors
        Anchors for three grids, and for the two grids of small networks.
    reach
        Range of a centre in cells, per grid, for three and for two grids.
    uses_exponentials
        Whether sides are exponentials rather than squares.
    """

    anchors: tuple[Anchors, Anchors]
    reach: tuple[tuple[float, ...], tuple[float, ...]]
    uses_exponentials: bool


_ONCE: Final = ((1.0,) * 3, (1.0,) * 2)
_TWICE: Final = ((2.0,) * 3, (2.0,) * 2)
_REACH_4: Final = ((1.2, 1.1, 1.05), (1.05, 1.05))


@lru_cache(maxsize=8)
def yolo_anchors(size_wh: tuple[int, int], anchors: Anchors) -> Array:
    """Return a YOLO model's anchor boxes as (P, 5): column, row, stride, width and height.

    Stride, width and height are in pixels of the tensor. The order is grid by grid, anchor by
    anchor and cell by cell.
    """
    maps = []
    for stride, sides in zip(STRIDES[len(anchors)], anchors, strict=True):
        grid = cells_of(size_wh, stride)
        for side in sides:
            each = np.broadcast_to(np.asarray(side, np.float32), (len(grid), 2))
            maps.append(np.concatenate([grid, each], axis=1))
    return np.concatenate(maps)


def _decode(
    how: _Grids, head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode the grids of YOLO 3, 4, 5 or 7, ordered by their sizes; see `decode`.

    Notes
    -----
    x = (r (σ(dx) - 1/2) + 1/2 + column) s, y = (r (σ(dy) - 1/2) + 1/2 + row) s with the reach r
    (1 for version 3, 2 for 5 and 7) and the stride s; w = exp(dw) w_a, h = exp(dh) h_a, from
    version 5 on w = (2 σ(dw))² w_a, h = (2 σ(dh))² h_a, with the anchor (w_a, h_a); the score is
    objectness times the class score.

    References
    ----------
    J. Redmon and A. Farhadi, "YOLOv3: An Incremental Improvement", 2018. A. Bochkovskiy et al.,
    "YOLOv4: Optimal Speed and Accuracy of Object Detection", 2020. C.-Y. Wang et al., "YOLOv7:
    Trainable bag-of-freebies sets new state-of-the-art for real-time object detectors", 2023.
    """
    grids = yolo_grids(outputs, size_wh)
    if not grids:
        raise ValueError(", ".join(sides_text(one.shape) for one in outputs.values()))
    table = np.concatenate([one.reshape(-1, one.shape[-1]) for one in grids])
    of_tiny = len(grids) == 2
    anchors = yolo_anchors(size_wh, how.anchors[of_tiny])
    rows, indices, scores = objects_in(table, head.background, floor)
    # Some graphs end in the sigmoid.
    as_shares = np.asarray if are_within_unit(table[:, :2]) else sigmoid
    offset, anchor = table[rows, :4], anchors[rows]
    each = [one[..., 0].size for one in grids]
    reach = np.repeat(np.asarray(how.reach[of_tiny], np.float32), each)[rows, None]
    half = np.float32(0.5)
    centres = (reach * (as_shares(offset[:, :2]) - half) + half + anchor[:, :2]) * anchor[:, 2:3]
    if how.uses_exponentials:
        sides = np.exp(np.minimum(offset[:, 2:], LARGEST)) * anchor[:, 3:]
    else:
        sides = np.square(2 * as_shares(offset[:, 2:])) * anchor[:, 3:]
    size = np.asarray(size_wh, np.float32)
    found = detections_of(corners_of(centres / size, sides / size), scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def yolo_grids(outputs: Outputs, size_wh: tuple[int, int]) -> list[Array]:
    """Return the grids of YOLO 3, 4, 5 or 7, (3, H, W, 5 + C) each; [] if one is missing.

    There are three grids, or two. The first has the smallest stride.
    """
    for strides in STRIDES.values():
        found = [
            grid
            for stride in strides
            for one in outputs.values()
            if (grid := _grid(one, size_wh[1] // stride, size_wh[0] // stride)) is not None
        ]
        if len(found) == len(strides) and len({one.shape[3] for one in found}) == 1:
            return found
    return []


def _grid(values: Array, rows: int, columns: int) -> Array | None:
    """Return a grid as (3, H, W, 5 + C), whatever its order of axes; None if it is not one."""
    shape, boxes = values.shape, _BOXES_PER_CELL
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


_EMPTY: Final = 0.12
_EMPTY_LOGIT: Final = -2.0
"""Objectness logit that most cells stay below for a black picture."""


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise the grids of a YOLO; the file does not contain their anchors."""
    outputs, size_wh = trial.outputs, trial.size_wh
    grids = yolo_grids(outputs, size_wh)
    if not grids or len(outputs) != len(grids):
        return None
    objectness = np.concatenate([one[..., 4].ravel() for one in grids])
    are_done = are_within_unit(objectness)
    are_apart = all(one.ndim == 5 for one in outputs.values())
    if not are_apart and np.median(objectness) > (_EMPTY if are_done else _EMPTY_LOGIT):
        return None  # planes of which a third has another meaning look the same
    kind = _kind_of_grids(len(grids), are_done, are_apart, trial.structure)
    reason = Text(
        "its outputs are the grids of a YOLO of {width} x {height}",
        width=size_wh[0],
        height=size_wh[1],
    )
    return kind.recognition(reason, Head(kind=kind.name, overlap=0.45))


def _kind_of_grids(
    count: int, are_done: bool, are_apart: bool, structure: OnnxStructure | None
) -> DetectorHead:
    """Return the version of grids from the operators of a graph.

    Notes
    -----
    Darknet's versions have leaky ReLUs, and version 4 has Mish. Darknet's export, and exports made
    from it, keep the boxes of a cell together in one axis; PyTorch's versions from 5 on separate
    them, and have SiLU. Of those, version 5 pools three times, before its head; version 7 also
    wherever it reduces its maps. The small version 7, with leaky ReLUs, has the anchors of version
    5, which are those of version 3. Of Darknet's small ones, version 3 pools six times, version 4
    three times.
    """
    operators = Counter[str]() if structure is None else structure.operators
    pools_often = operators["MaxPool"] > 3
    is_leaky = operators["LeakyRelu"] > 0
    is_mish = operators["Mish"] + min(operators["Softplus"], operators["Tanh"]) > 0
    if count == 2 and is_leaky:
        return YOLO_3_GRIDS if pools_often else YOLO_4_GRIDS
    if are_done or are_apart:
        is_7 = is_mish or (pools_often and not is_leaky)
        return YOLO_7_GRIDS if is_7 else YOLO_5_GRIDS
    if is_mish:
        return YOLO_4_GRIDS
    if is_leaky:
        return YOLO_5_GRIDS if pools_often else YOLO_3_GRIDS
    return YOLO_7_GRIDS if pools_often else YOLO_5_GRIDS


YOLO_3_GRIDS: Final = DetectorHead(
    name="yolo_3_grids",
    place=5,
    label=Text("YOLO 3, grids"),
    title=Text("a YOLO detector whose grids are read with the anchors of version 3"),
    recognise=_recognise,
    turn=6,
    decode=partial(_decode, _Grids((_ANCHORS_3, _TINY_3), _ONCE, True)),
    preprocessing=YOLO_RGB,
)

YOLO_4_GRIDS: Final = DetectorHead(
    name="yolo_4_grids",
    place=6,
    label=Text("YOLO 4, grids"),
    title=Text("a YOLO detector whose grids are read with the anchors of version 4"),
    decode=partial(_decode, _Grids((_ANCHORS_4, _TINY_4), _REACH_4, True)),
    preprocessing=YOLO_RGB,
)

YOLO_5_GRIDS: Final = DetectorHead(
    name="yolo_5_grids",
    place=7,
    label=Text("YOLO 5, grids"),
    title=Text("a YOLO detector whose grids are read with the anchors of version 5"),
    decode=partial(_decode, _Grids((_ANCHORS_3, _TINY_3), _TWICE, False)),
    preprocessing=YOLO_RGB,
)

YOLO_7_GRIDS: Final = DetectorHead(
    name="yolo_7_grids",
    place=8,
    label=Text("YOLO 7, grids"),
    title=Text("a YOLO detector whose grids are read with the anchors of version 7"),
    decode=partial(_decode, _Grids((_ANCHORS_4, _TINY_4), _TWICE, False)),
    preprocessing=YOLO_RGB,
)
