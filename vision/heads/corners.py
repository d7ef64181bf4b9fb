"""Corners as shares of the tensor (P, 4) and one score per class (P, C)."""

from __future__ import annotations

from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import (
    are_within_unit,
    best_classes,
    box_outputs,
    boxes_and_scores,
    detections_of,
    rows_and_columns,
    sigmoid,
)
from vision.heads.kind import (
    DetectorHead,
    Head,
    Outputs,
    Proposals,
    Recognition,
    Trial,
    unusable_network,
)
from vision.pictures.preprocessing import UNIT_RGB


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode plain corners and scores, applying a sigmoid to logits; see `decode`."""
    boxes, scores = boxes_and_scores(head, outputs)
    indices, best = best_classes(scores, head.background)
    if not are_within_unit(scores):
        best = sigmoid(best)
    rows = np.flatnonzero(best >= floor)
    found = detections_of(boxes[rows], best[rows], indices[rows])
    return Proposals(found, len(boxes), scores.shape[1])


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise corners with scores; describe networks with other kinds of boxes."""
    outputs = trial.outputs
    boxes, scores = box_outputs(outputs)
    if not boxes:
        lengths = [rows_and_columns(values)[0] for values in outputs.values()]
        long = [rows for rows in lengths if rows > 100]
        if len(set(long)) < len(long) or _gives_chosen_boxes(outputs):
            return unusable_network(Text("a detector with a head that is not known"), outputs)
        return None
    corners = outputs[boxes].reshape(-1, 4)
    is_ordered = (corners[:, 2:] >= corners[:, :2]).mean() > 0.99
    in_units = (np.abs(corners) <= 2).mean() > 0.99
    if not (is_ordered and in_units and are_within_unit(outputs[scores])):
        return unusable_network(Text("a detector with a head that is not known"), outputs)
    return CORNERS.recognition(
        Text("it gives corners and one score a class"), _find_outputs(outputs)
    )


def _find_outputs(outputs: Outputs) -> Head | None:
    boxes, scores = box_outputs(outputs)
    return Head(kind=CORNERS.name, boxes_output=boxes, scores_output=scores) if boxes else None


def _gives_chosen_boxes(outputs: Outputs) -> bool:
    """Return whether the network suppresses overlapping boxes itself.

    With one output, its rows are corners, score and class; with several, corners in one and
    scores and classes, one number per box, in the others.
    """
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    if [columns for rows, columns in tables.values() if rows > 1] == [6] and len(tables) == 1:
        return True
    return any(
        columns == 4
        and rows > 1
        and sum(values.size == rows and rows in values.shape for values in outputs.values()) >= 2
        for rows, columns in tables.values()
    )


CORNERS: Final = DetectorHead(
    name="corners",
    place=12,
    label=Text("corners and scores"),
    title=Text("a detector that gives corners"),
    recognise=_recognise,
    turn=8,
    decode=_decode,
    preprocessing=UNIT_RGB,
    find_outputs=_find_outputs,
)
