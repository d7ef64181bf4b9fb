"""Array functions shared by the decoders of heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vision.detections import Boxes, Detections
from vision.reasons import sides_text

if TYPE_CHECKING:
    from vision.heads.kind import Array, Head, Outputs


# e to this is 22,026 times an anchor: more than any picture holds, and far from an overflow.
LARGEST: Final = np.float32(10)


def cells_of(size_wh: tuple[int, int], stride: int) -> Array:
    """Return the cells of a grid as (P, 3): column, row and stride."""
    columns, rows = (side // stride for side in size_wh)
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    cells = np.stack([x, y, np.full_like(x, stride)], axis=-1)
    return cells.reshape(-1, 3).astype(np.float32)


def table_of(outputs: Outputs, name: str, columns: int = 0) -> Array:
    """Return an output as (P, columns), without leading axes of length 1."""
    values = outputs[name] if name else next(iter(outputs.values()))
    rows, width = rows_and_columns(values)
    if not width or columns not in (0, width):
        raise ValueError(sides_text(values.shape))
    return values.reshape(rows, width)


def rows_and_columns(values: Array) -> tuple[int, int]:
    """Return rows and columns, ignoring leading axes of length 1, or (0, 0) if not a table.

    YOLO 4 returns its corners as (1, P, 1, 4).
    """
    if values.ndim == 4 and values.shape[::2] == (1, 1) and values.shape[3] == 4:
        return values.shape[1], 4
    if values.ndim < 2 or math.prod(values.shape[-2:]) != values.size:
        return 0, 0
    return values.shape[-2], values.shape[-1]


def best_classes(scores: Array, background: int | None) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the best class of each row (P, C) and its score; NaN if a row contains NaN."""
    if scores.shape[1] == 1:
        return np.zeros(len(scores), np.intp), scores[:, 0]
    part = scores if background is None else np.delete(scores, background, axis=1)
    indices = part.argmax(axis=1)
    best = part[np.arange(len(part)), indices]
    return indices if background is None else indices + (indices >= background), best


def boxes_and_scores(head: Head, outputs: Outputs) -> tuple[Array, Array]:
    """Return boxes (P, 4) and scores (P, C) from two outputs or the halves of one."""
    if head.scores_output:
        boxes = table_of(outputs, head.boxes_output, 4)
        scores = table_of(outputs, head.scores_output)
    else:
        both = table_of(outputs, head.boxes_output)
        boxes, scores = both[:, :4], both[:, 4:]
    if len(boxes) != len(scores) or not scores.shape[1]:
        raise ValueError(f"{len(boxes)} and {len(scores)}")
    return boxes, scores


def sigmoid(logits: Array) -> Array:
    """Return the sigmoid without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)


def detections_of(corners: Boxes, scores: Array, indices: npt.NDArray[np.integer]) -> Detections:
    """Return detections with the arrays converted to their storage types."""
    return Detections(
        np.asarray(corners, np.float32),
        np.asarray(scores, np.float32),
        np.asarray(indices, np.int32),
    )


def corners_of(centres: Array, sides: Array) -> Boxes:
    """Return corners from centres and sizes (P, 2)."""
    half = sides / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def objects_in(
    table: Array, background: int | None, floor: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array]:
    """Return the indices of rows (P, 5 + C) that reach the floor, their classes and scores.

    A score is objectness times the class score, after a sigmoid of both if the graph returns
    logits. Objectness alone filters out nearly all rows.
    """
    if table.shape[1] < 6:
        raise ValueError(sides_text(table.shape))
    objectness = table[:, 4]
    are_logits = not are_within_unit(objectness)
    objectness = sigmoid(objectness) if are_logits else objectness
    rows = np.flatnonzero(objectness >= floor)
    indices, best = best_classes(table[rows, 5:], background)
    scores = (sigmoid(best) if are_logits else best) * objectness[rows]
    good = scores >= floor
    return rows[good], indices[good], scores[good]


def tensor_unit(places: Array, size_wh: tuple[int, int]) -> Array:
    """Return the tensor's width and height (2,) in the unit of the places (P, any).

    That is its size in pixels, or (1, 1) if no place exceeds 2, that is for shares, as in TFLite
    files.
    """
    are_pixels = np.nanmax(places, initial=0) > 2
    return np.asarray(size_wh if are_pixels else (1, 1), np.float32)


def object_mask(scores: Array, classes: Array, floor: float) -> npt.NDArray[np.bool_]:
    """Return which rows of a list are objects that reach the floor.

    Raises
    ------
    ValueError
        If a score is above 1, so that they are not scores.
    """
    if (scores > 1 + 1e-6).any():
        raise ValueError(f"scores up to {np.nanmax(scores):g}")
    # A class that is no number cannot be a whole one; 2**24 is the last that float32 counts to.
    return np.asarray((scores >= floor) & (classes >= 0) & (classes < 2**24), np.bool_)


def chosen_objects(
    corners: Array, scores: Array, classes: Array, size_wh: tuple[int, int], floor: float
) -> Detections:
    """Return the objects among boxes selected by a network, as shares of the tensor.

    Their corners (N, 4) are in pixels of the tensor or already shares; scores and classes are (N,).
    """
    rows = object_mask(scores, classes, floor)
    unit = tensor_unit(corners, size_wh)
    shares = corners[rows] / np.concatenate([unit, unit])
    return detections_of(shares, scores[rows], classes[rows].astype(np.int32))


def are_class_numbers(classes: Array) -> bool:
    """Return whether all values are non-negative integers."""
    return bool(((classes >= 0) & (classes == np.round(classes))).all())


def box_outputs(outputs: Outputs) -> tuple[str, str]:
    """Return the names of an output (P, 4) and of one (P, C), or empty names."""
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    for name, (rows, columns) in tables.items():
        partners = [
            other
            for other, (count, _) in tables.items()
            if other != name and count == rows and rows > 1
        ]
        if columns == 4 and partners:
            fitting = [other for other in partners if tables[other][1] != 4]
            return name, (fitting or partners)[0]
    return "", ""


MIN_ROWS: Final = 100
"""Minimum rows that exporters write, usually 300; unused rows are zeros."""

_ROUNDING: Final = 1e-6
"""Maximum distance of a single-precision softmax or sigmoid from 0-1."""


def are_within_unit(scores: npt.NDArray[np.float32]) -> bool:
    """Return whether all scores lie in 0-1 up to rounding, ignoring NaN.

    If not, they are logits.
    """
    low, high = np.nanmin(scores, initial=0), np.nanmax(scores, initial=1)
    return bool(low >= -_ROUNDING and high <= 1 + _ROUNDING)


def is_score_like(shape: tuple[int, ...], rows: int = 1) -> bool:
    """Return whether a shape is (N, classes) or (classes,), apart from axes of length 1."""
    size = math.prod(shape)
    if size % rows or size // rows < 2:
        return False
    if rows > 1 and (not shape or shape[0] != rows):
        return False
    long_sides = [side for side in (shape[1:] if rows > 1 else shape) if side > 1]
    return len(long_sides) == 1
