"""YOLO's boxes in one table, with a row or a column per cell."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.detections import Boxes
from vision.heads.arrays import (
    LARGEST,
    are_within_unit,
    best_classes,
    cells_of,
    corners_of,
    detections_of,
    objects_in,
    rows_and_columns,
    sigmoid,
    table_of,
    tensor_unit,
)
from vision.heads.kind import (
    Array,
    DetectorHead,
    Head,
    Outputs,
    Proposals,
    Recognition,
    Trial,
    unusable_network,
)
from vision.pictures.preprocessing import YOLO_RGB, Preprocessing

YOLOX_STRIDES: Final = (8, 16, 32)
_FEWEST_CELLS: Final = 21


MORE_THAN_BOXES: Final = Text("a YOLO of version 8 or later with more than boxes")


@lru_cache(maxsize=8)
def yolox_cells(size_wh: tuple[int, int]) -> Array:
    """Return YOLOX's grid cells as (P, 3): column, row and stride in pixels of the tensor.

    References
    ----------
    Z. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", 2021.
    """
    return np.concatenate([cells_of(size_wh, stride) for stride in YOLOX_STRIDES])


def _decode_yolox(
    head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode offsets from grid cells; see `decode`.

    Notes
    -----
    x = (dx + column) s, y = (dy + row) s, w = exp(dw) s, h = exp(dh) s with the stride s; the score
    is objectness times the class score.
    """
    table = table_of(outputs, head.boxes_output)
    cells = yolox_cells(size_wh)
    if len(cells) != len(table):
        raise ValueError(f"{len(table)} x {table.shape[1]} for {len(cells)} cells")
    rows, indices, scores = objects_in(table, head.background, floor)
    offset, cell = table[rows, :4], cells[rows]
    if head.kind == YOLOX.name:
        stride = cell[:, 2:]
        centres = (offset[:, :2] + cell[:, :2]) * stride
        sides = np.exp(np.minimum(offset[:, 2:], LARGEST)) * stride
    else:
        centres, sides = offset[:, :2], offset[:, 2:]
    size = np.asarray(size_wh, np.float32)
    found = detections_of(corners_of(centres / size, sides / size), scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def _decode_yolo_5(
    head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode the centres and sizes of YOLO 5 and 7; see `decode`."""
    table = table_of(outputs, head.boxes_output)
    rows, indices, scores = objects_in(table, head.background, floor)
    found = detections_of(_corners(table, rows, size_wh), scores, indices)
    return Proposals(found, len(table), table.shape[1] - 5)


def _decode_yolo_8(
    head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float
) -> Proposals:
    """Decode YOLO from version 8 on, a column per box without objectness; see `decode`."""
    table = table_of(outputs, head.boxes_output).T
    if table.shape[1] < 5:
        raise ValueError(f"{table.shape[1]} x {len(table)}")
    given = table[:, 4:]
    indices, best = best_classes(given, head.background)
    if not are_within_unit(given):
        best = sigmoid(best)
    rows = np.flatnonzero(best >= floor)
    found = detections_of(_corners(table, rows, size_wh), best[rows], indices[rows])
    return Proposals(found, len(table), given.shape[1])


def _corners(table: Array, rows: npt.NDArray[np.intp], size_wh: tuple[int, int]) -> Boxes:
    """Convert some rows of centres and sizes to corners as shares of the tensor."""
    unit = tensor_unit(table[:, :2], size_wh)
    return corners_of(table[rows, :2] / unit, table[rows, 2:4] / unit)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise YOLOX and its relatives by the number of boxes."""
    outputs, size_wh = trial.outputs, trial.size_wh
    cells = len(yolox_cells(size_wh))
    # Those for large pictures have a fourth grid.
    counts = (cells, cells + (size_wh[0] // 64) * (size_wh[1] // 64))
    if cells < _FEWEST_CELLS:
        # On so small a picture a row of scores might be taken for it.
        return None
    for name, values in outputs.items():
        rows, columns = rows_and_columns(values)
        others = [one for other, one in outputs.items() if other != name]
        if rows == cells and columns >= 6:
            # Offsets from cells are small; worked out into pixels, they fill the picture.
            spread = float(np.nan_to_num(np.abs(values.reshape(rows, columns)[:, :2])).max())
            is_pixels = spread > min(size_wh) / 2
            kind = YOLOX_PIXELS if is_pixels else YOLOX
            return _by_box_count(kind, name, rows, size_wh)
        if rows in [3 * count for count in counts] and columns >= 6:
            # Some files give the grids too that the boxes are made of.
            are_grids = all(one.ndim == 5 and one.shape[-1] == columns for one in others)
            if are_grids and are_within_unit(values.reshape(rows, columns)[:, 4:]):
                return _by_box_count(YOLO_5, name, rows, size_wh)
            return unusable_network(Text("a YOLO of version 5 or 7 with more than boxes"), outputs)
        if columns in (*counts, 3 * cells) and 5 <= rows < columns:
            if others or not are_within_unit(values.reshape(rows, columns)[4:]):
                return unusable_network(MORE_THAN_BOXES, outputs)
            return _by_box_count(YOLO_8, name, columns, size_wh)
    return None


def _by_box_count(
    kind: DetectorHead, name: str, boxes: int, size_wh: tuple[int, int]
) -> Recognition:
    """Return the recognition of a YOLO by its number of boxes."""
    values = {"boxes": boxes, "width": size_wh[0], "height": size_wh[1]}
    if kind is YOLO_5:
        reason = Text(
            "its {boxes} boxes are three for each cell of a YOLO of {width} x {height}", **values
        )
    else:
        reason = Text(
            "its {boxes} boxes are as many as the cells of a YOLO of {width} x {height}", **values
        )
    return kind.recognition(reason, Head(kind=kind.name, boxes_output=name, overlap=0.45))


_YOLOX_BGR: Final = Preprocessing(letterbox=True)
"""Preprocessing of YOLOX: BGR from 0 to 255, in a letterbox."""
# Offsets from the cells of three grids, objectness and one score a class (P, 5 + C).
YOLOX: Final = DetectorHead(
    name="yolox",
    place=2,
    label=Text("YOLOX"),
    title=Text("a detector with the head of YOLOX"),
    recognise=_recognise,
    turn=5,
    decode=_decode_yolox,
    preprocessing=_YOLOX_BGR,
)
# The same, with the offsets worked out into pixels of the tensor by the graph itself.
YOLOX_PIXELS: Final = DetectorHead(
    name="yolox_pixels",
    place=3,
    label=Text("YOLOX in pixels"),
    title=YOLOX.title,
    decode=_decode_yolox,
    preprocessing=_YOLOX_BGR,
)
# As YOLOX_PIXELS, but three boxes a cell (P, 5 + C).
YOLO_5: Final = DetectorHead(
    name="yolo_5",
    place=4,
    label=Text("YOLO 5 and 7"),
    title=Text("a YOLO detector of version 5 or 7"),
    decode=_decode_yolo_5,
    preprocessing=YOLO_RGB,
)
# Centre and size in pixels of the tensor and one score a class, a column a box (4 + C, P).
YOLO_8: Final = DetectorHead(
    name="yolo_8",
    place=10,
    label=Text("YOLO 8 and later"),
    title=Text("a YOLO detector of version 8 or later"),
    decode=_decode_yolo_8,
    preprocessing=YOLO_RGB,
)
